"""短信: a text in or out. A queued row *is* the outbox; the queue is only the bell."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from hotline.models.base import Base, Id, reference, words


class Direction(StrEnum):
    IN = "in"
    OUT = "out"


class MessageState(StrEnum):
    """Receipts only move forward, in this order; a final state never changes."""

    RECEIVED = "received"  # 收到
    QUEUED = "queued"  # 待发
    SENDING = "sending"  # 发送中
    SENT = "sent"  # 已交运营商
    DELIVERED = "delivered"  # 已送达
    FAILED = "failed"  # 未送达
    CANCELLED = "cancelled"  # 不再发送


class Message(Base):
    """`token` is our own id in the callback address: a receipt can overtake the carrier's id."""

    __tablename__ = "message"
    __table_args__ = (
        sa.Index("ix_message_due", "next_at", postgresql_where=sa.text("next_at IS NOT NULL")),
        sa.Index("ix_message_ticket_id", "ticket_id"),
        # Notices to units have neither: they are many, and are spared both.
        sa.Index("ix_message_complaint_id", "complaint_id", postgresql_where=sa.text("complaint_id IS NOT NULL")),
        sa.Index("ix_message_phone_print", "phone_print", sa.text("id DESC"),
                 postgresql_where=sa.text("phone_print IS NOT NULL")),
        sa.Index("ix_message_failed", "complaint_id",
                 postgresql_where=sa.text("state = 'failed' AND complaint_id IS NOT NULL")),
        # What belongs to nothing and is erased one day.
        sa.Index("ix_message_loose", "created_at", postgresql_where=sa.text(
            "complaint_id IS NULL AND unit_id IS NULL AND octet_length(body_sealed) > 0")),
    )  # fmt: skip
    id: Mapped[Id]
    token: Mapped[str] = mapped_column(unique=True)
    direction: Mapped[Direction] = mapped_column(words(Direction, "direction"))
    state: Mapped[MessageState] = mapped_column(words(MessageState, "state"))
    purpose: Mapped[str]  # name of the wording; "answer" meets the promise to reply
    dedupe_key: Mapped[str | None] = mapped_column(unique=True)  # the same notice is written once
    ticket_id: Mapped[int | None] = reference("ticket", nullable=True)
    complaint_id: Mapped[int | None] = reference("complaint", nullable=True)
    unit_id: Mapped[int | None] = reference("unit", nullable=True)  # a notice to a unit
    phone_sealed: Mapped[bytes | None]
    phone_print: Mapped[str | None]
    phone_masked: Mapped[str | None]
    body_sealed: Mapped[bytes]  # what citizens write and are told is theirs
    fields_sealed: Mapped[bytes | None]  # JSON: what fills the wording, for carriers that send templates only
    segments: Mapped[int] = mapped_column(sa.SmallInteger)
    carrier_sid: Mapped[str | None] = mapped_column(unique=True)
    attempts: Mapped[int] = mapped_column(sa.SmallInteger, server_default="0")
    error: Mapped[str | None]
    created_at: Mapped[datetime]
    next_at: Mapped[datetime | None]  # when to try to send (again)
    sent_at: Mapped[datetime | None]
    delivered_at: Mapped[datetime | None]
    failed_at: Mapped[datetime | None]
