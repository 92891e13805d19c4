"""What the supervisors keep: leaders' instructions with the report back, and results drawn for a closer look."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from hotline.models.base import Base, Id, reference


class Instruction(Base):
    """领导批示 on a ticket, and what was reported back of it (反馈)."""

    __tablename__ = "instruction"
    __table_args__ = (sa.Index("ix_instruction_open", "due_at", postgresql_where=sa.text("reported_at IS NULL")),)
    id: Mapped[Id]
    ticket_id: Mapped[int] = reference("ticket", index=True)
    leader: Mapped[str]  # who wrote it, with the office held
    text: Mapped[str]
    given_at: Mapped[datetime]
    due_at: Mapped[datetime]  # by when it is to be reported back
    entered_by_id: Mapped[int] = reference("staff")
    report: Mapped[str] = mapped_column(server_default="")
    reported_at: Mapped[datetime | None]
    reported_by_id: Mapped[int | None] = reference("staff", nullable=True)


class SampleCheck(Base):
    """抽查: a ticket drawn at random after it was closed, and what was found.

    `seed` is what the draw was made by: the same seed over the same tickets draws the same ones, so that nobody can
    say they were picked. `unit` is whose work is looked at, with its place in the tree, which moves with it.
    """

    __tablename__ = "sample_check"
    __table_args__ = (
        sa.UniqueConstraint("ticket_id", "round"),
        sa.Index("ix_sample_check_open", "drawn_at", postgresql_where=sa.text("checked_at IS NULL")),
        sa.Index("ix_sample_check_drawn_at", "drawn_at"),
    )
    id: Mapped[Id]
    ticket_id: Mapped[int] = reference("ticket")
    round: Mapped[int] = mapped_column(sa.SmallInteger)
    seed: Mapped[str]
    unit_id: Mapped[int] = reference("unit")
    unit_path: Mapped[str]
    drawn_at: Mapped[datetime]
    drawn_by_id: Mapped[int] = reference("staff")
    passed: Mapped[bool | None]
    finding: Mapped[str] = mapped_column(server_default="")
    checked_at: Mapped[datetime | None]
    checked_by_id: Mapped[int | None] = reference("staff", nullable=True)
