"""通话中: a call that the machine takes down as it is spoken, until it becomes a draft. All words are sealed."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from hotline.models.base import Base, Id, reference, words


class CallState(StrEnum):
    TALKING = "talking"  # with the machine
    HANDED_OVER = "handed_over"  # 转人工
    ENDED = "ended"  # hung up, by whomever


class LiveCall(Base):
    """`sid` is the carrier's id of the call. `heard_sealed`: what was last understood of a sentence not yet finished,
    so that a call that breaks off loses nothing. Once the draft is there nothing of what was said is left here."""

    __tablename__ = "live_call"
    __table_args__ = (sa.Index("ix_live_call_heard_at", "heard_at", postgresql_where=sa.text("ended_at IS NULL")),)
    id: Mapped[Id]
    carrier: Mapped[str]
    sid: Mapped[str] = mapped_column(unique=True)
    state: Mapped[CallState] = mapped_column(words(CallState, "state"))
    caller_sealed: Mapped[bytes | None]
    heard_sealed: Mapped[bytes | None]
    asked: Mapped[list[str]] = mapped_column(ARRAY(sa.Text), server_default="{}")  # what has been asked already
    recording: Mapped[str] = mapped_column(server_default="")  # reference of the recording
    began_at: Mapped[datetime]
    heard_at: Mapped[datetime]  # when anything came of it last
    ended_at: Mapped[datetime | None]
    draft_id: Mapped[int | None] = reference("draft", nullable=True)


class LiveTurn(Base):
    """One thing said. `number` counts from 1 in a call, so that a callback that comes twice is written once."""

    __tablename__ = "live_turn"
    call_id: Mapped[int] = mapped_column(sa.BigInteger, sa.ForeignKey("live_call.id"), primary_key=True)
    number: Mapped[int] = mapped_column(sa.SmallInteger, primary_key=True)
    speaker: Mapped[str]  # as in domain/transcript
    text_sealed: Mapped[bytes]
    confidence: Mapped[float | None]  # of the recogniser, 0 to 1
    said_at: Mapped[datetime]
