"""Outgoing webhooks: who is told what happens to tickets, and each telling with what came of it."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from hotline.models.base import Base, Id, reference, words


class Webhook(Base):
    """An address that is told of the tickets of a unit's subtree."""

    __tablename__ = "webhook"
    id: Mapped[Id]
    name: Mapped[str] = mapped_column(unique=True)
    url: Mapped[str]
    secret_sealed: Mapped[bytes]  # signs what is sent
    steps: Mapped[list[str]] = mapped_column(ARRAY(sa.Text), server_default="{}")  # of the chain; none: all
    unit_id: Mapped[int] = reference("unit")
    unit_path: Mapped[str]
    active: Mapped[bool] = mapped_column(server_default=sa.true())
    #: The mark: whatever it is to be told of up to this event has its row; above it that is looked for (`telling`).
    last_event_id: Mapped[int] = mapped_column(sa.BigInteger, server_default="0")
    created_at: Mapped[datetime]


class DeliveryState(StrEnum):
    QUEUED = "queued"  # 待发
    SENT = "sent"  # 已送达
    FAILED = "failed"  # 未送达


class WebhookDelivery(Base):
    """One event for one address. A queued row is the outbox; `replays_id` names the one that it repeats. A row without
    an event (both 0) is a try, which tells nothing."""

    __tablename__ = "webhook_delivery"
    __table_args__ = (
        sa.Index("uq_webhook_delivery_event", "webhook_id", "event_id", unique=True,
                 postgresql_where=sa.text("replays_id IS NULL")),
        sa.Index("ix_webhook_delivery_due", "next_try_at", postgresql_where=sa.text("state = 'queued'")),
        sa.Index("ix_webhook_delivery_again", "webhook_id", "event_id", "id"),
        sa.Index("ix_webhook_delivery_failed", "webhook_id", postgresql_where=sa.text("state = 'failed'")),
        sa.Index("ix_webhook_delivery_newest", "webhook_id", sa.text("id DESC")),
    )  # fmt: skip
    id: Mapped[Id]
    webhook_id: Mapped[int] = reference("webhook")
    event_id: Mapped[int] = mapped_column(sa.BigInteger)
    replays_id: Mapped[int | None] = mapped_column(sa.BigInteger)
    state: Mapped[DeliveryState] = mapped_column(words(DeliveryState, "state"))
    tries: Mapped[int] = mapped_column(sa.SmallInteger, server_default="0")
    next_try_at: Mapped[datetime | None]
    claimed_until: Mapped[datetime | None]
    status: Mapped[int | None]  # of the answer
    failure: Mapped[str] = mapped_column(server_default="")
    queued_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]  # the last time
