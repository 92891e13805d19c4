"""回访: asks whether it was solved and whether the citizen is satisfied."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from hotline.models.base import Base, Id, reference


class Survey(Base):
    """One per complaint and round of the ticket that it is on; ended by an answer, or by two tries and expiry."""

    __tablename__ = "survey"
    __table_args__ = (
        sa.UniqueConstraint("complaint_id", "ticket_id", "round"),
        sa.CheckConstraint("score BETWEEN 1 AND 5", name="score"),
        sa.Index("ix_survey_answered_at", "answered_at", postgresql_where=sa.text("answered_at IS NOT NULL")),
        sa.Index("ix_survey_next_at", "next_at", postgresql_where=sa.text("next_at IS NOT NULL")),
    )
    id: Mapped[Id]
    ticket_id: Mapped[int] = reference("ticket", index=True)
    complaint_id: Mapped[int] = reference("complaint")
    deadline_id: Mapped[int | None] = reference("deadline", nullable=True)  # none for a verdict nobody asked for
    round: Mapped[int] = mapped_column(sa.SmallInteger)
    tries: Mapped[int] = mapped_column(sa.SmallInteger, server_default="0")
    asked_at: Mapped[datetime | None]
    next_at: Mapped[datetime | None]  # next try, or expiry
    answered_at: Mapped[datetime | None]
    expired_at: Mapped[datetime | None]
    solved: Mapped[bool | None]
    score: Mapped[int | None] = mapped_column(sa.SmallInteger)
    comment: Mapped[str] = mapped_column(server_default="")
    by: Mapped[str | None]  # sms, web, call
