"""A call's transcript with the parts drawn out of it, until an operator has confirmed or answered it."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from hotline.models.base import Base, Id, reference, words


class DraftState(StrEnum):
    OPEN = "open"  # 待确认
    CONFIRMED = "confirmed"  # 已转工单
    ANSWERED = "answered"  # 当场答复
    DISCARDED = "discarded"  # 作废


class CameBy(StrEnum):
    API = "api"  # 接口
    UPLOAD = "upload"  # 上传
    FOLDER = "folder"  # 收取目录
    VOICE = "voice"  # 热线来电
    DESK = "desk"  # 受理员登记


class Draft(Base):
    """`called_at` is when the complaint arrived: the promise to accept runs from there. Both texts are sealed."""

    __tablename__ = "draft"
    __table_args__ = (
        sa.Index("ix_draft_state", "state", sa.text("id DESC")),
        sa.Index("ix_draft_complaint_id", "complaint_id", postgresql_where=sa.text("complaint_id IS NOT NULL")),
        sa.Index("ix_draft_settled_at", "settled_at",
                 postgresql_where=sa.text("erased_at IS NULL AND complaint_id IS NULL")),
    )  # fmt: skip
    id: Mapped[Id]
    state: Mapped[DraftState] = mapped_column(words(DraftState, "state"))
    centre_id: Mapped[int] = reference("unit")
    idempotency_key: Mapped[str | None] = mapped_column(unique=True)
    came_by: Mapped[CameBy] = mapped_column(words(CameBy, "came_by"), server_default="api")
    filename: Mapped[str] = mapped_column(server_default="")
    recording: Mapped[str] = mapped_column(server_default="")  # reference of the recording
    format: Mapped[str]
    encoding: Mapped[str]
    source_sealed: Mapped[bytes]  # what was sent, as it was sent
    content_sealed: Mapped[bytes]  # JSON: turns and drawn-out parts
    urgent: Mapped[bool] = mapped_column(server_default=sa.false())  # a danger was spoken of: it is looked at first
    warnings: Mapped[list[dict[str, Any]]]
    taken_by_id: Mapped[int | None] = reference("staff", nullable=True)  # who looks at it: others take the next
    taken_at: Mapped[datetime | None]
    called_at: Mapped[datetime]
    received_at: Mapped[datetime]
    sent_by: Mapped[str]
    complaint_id: Mapped[int | None] = reference("complaint", nullable=True)
    answer: Mapped[str] = mapped_column(server_default="")  # what was told on the spot, or why it was discarded
    settled_at: Mapped[datetime | None]
    settled_by_id: Mapped[int | None] = reference("staff", nullable=True)  # empty when a machine settled it
    settled_by: Mapped[str | None]
    erased_at: Mapped[datetime | None]  # nothing of what was said is left
