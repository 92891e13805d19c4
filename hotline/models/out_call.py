"""外呼: who is calling a citizen at the moment, and what came of the tries so far; what was said is in the history."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from hotline.models.base import Base, reference, words


class Missed(StrEnum):
    NO_ANSWER = "no_answer"  # 无人接听
    OFF = "off"  # 关机
    VOID = "void"  # 空号
    REFUSED = "refused"  # 拒接


class OutCall(Base):
    """One for each complaint whose citizen is being called; gone as soon as he was reached.

    `tries` count those that reached nobody since the call became due. `again_at`: nobody is led to it before that.
    """

    __tablename__ = "out_call"
    complaint_id: Mapped[int] = mapped_column(sa.BigInteger, sa.ForeignKey("complaint.id"), primary_key=True)
    taken_by_id: Mapped[int | None] = reference("staff", nullable=True)
    taken_at: Mapped[datetime | None]
    tries: Mapped[int] = mapped_column(sa.SmallInteger, server_default="0")
    missed: Mapped[Missed | None] = mapped_column(words(Missed, "missed"))  # why the last one reached nobody
    tried_at: Mapped[datetime | None]
    again_at: Mapped[datetime | None]
