"""交办 and what a unit may ask for during its turn: 退回, 延期, 挂账, 申诉. Each request is a row of its own."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from hotline.models.base import Base, Id, reference, words


class Part(StrEnum):
    LEAD = "lead"  # 主办
    ASSIST = "assist"  # 协办


class Ending(StrEnum):
    SUBMITTED = "submitted"  # 已提交并核查通过
    RETURNED = "returned"  # 退回
    WITHDRAWN = "withdrawn"  # 收回
    TRANSFERRED = "transferred"  # 转下级


class Assignment(Base):
    """One unit's turn at a ticket. At most one lead turn is open at a time."""

    __tablename__ = "assignment"
    __table_args__ = (
        sa.Index("uq_assignment_open_lead", "ticket_id", unique=True,
                 postgresql_where=sa.text("part = 'lead' AND ended_at IS NULL")),
        sa.Index("uq_assignment_open_unit", "ticket_id", "unit_id", unique=True,
                 postgresql_where=sa.text("ended_at IS NULL")),
        # What a unit or a person had, or has now, told without looking at the turns themselves (services/desk).
        sa.Index("ix_assignment_unit_path", "unit_path", postgresql_ops={"unit_path": "text_pattern_ops"},
                 postgresql_include=["ticket_id"]),
        sa.Index("ix_assignment_open", "part", "unit_path", postgresql_where=sa.text("ended_at IS NULL"),
                 postgresql_ops={"unit_path": "text_pattern_ops"}, postgresql_include=["ticket_id"]),
        sa.Index("ix_assignment_handler_id", "handler_id", postgresql_where=sa.text("handler_id IS NOT NULL")),
        # Who has how much just now (services/dispatching.py).
        sa.Index("ix_assignment_standing", "unit_id",
                 postgresql_where=sa.text("part = 'lead' AND ended_at IS NULL")),
        # The newest results of a unit, with which another one is compared (services/reviewing.py).
        sa.Index("ix_assignment_led", "unit_id", sa.text("id DESC"),
                 postgresql_where=sa.text("part = 'lead' AND submitted_at IS NOT NULL")),
        # The turns of a month (services/month/live_cases.py).
        sa.Index("ix_assignment_assigned_at", "assigned_at", postgresql_where=sa.text("part = 'lead'")),
        sa.CheckConstraint("(ended_at IS NULL) = (ending IS NULL)", name="ending_with_time"),
    )  # fmt: skip
    id: Mapped[Id]
    ticket_id: Mapped[int] = reference("ticket", index=True)
    round: Mapped[int] = mapped_column(sa.SmallInteger)
    part: Mapped[Part] = mapped_column(words(Part, "part"))
    unit_id: Mapped[int] = reference("unit")
    unit_path: Mapped[str]
    designated: Mapped[bool] = mapped_column(server_default=sa.false())  # 指定承办
    instruction: Mapped[str] = mapped_column(server_default="")
    handler_id: Mapped[int | None] = reference("staff", nullable=True)
    assigned_at: Mapped[datetime]
    signed_at: Mapped[datetime | None]
    submitted_at: Mapped[datetime | None]
    opinion: Mapped[str] = mapped_column(server_default="")  # 协办意见
    ended_at: Mapped[datetime | None]
    ending: Mapped[Ending | None] = mapped_column(words(Ending, "ending"))


UNDECIDED = "granted IS NULL"


class Request:
    """What the requests share: who asked when and why, and what was decided. `granted` is empty until then."""

    id: Mapped[Id]
    ticket_id: Mapped[int] = reference("ticket", index=True)
    assignment_id: Mapped[int] = reference("assignment")
    round: Mapped[int] = mapped_column(sa.SmallInteger)
    reason: Mapped[str]
    asked_by_id: Mapped[int | None] = reference("staff", nullable=True)
    asked_at: Mapped[datetime]
    granted: Mapped[bool | None]
    decided_by_id: Mapped[int | None] = reference("staff", nullable=True)
    decided_at: Mapped[datetime | None]
    opinion: Mapped[str] = mapped_column(server_default="")


class Return(Request, Base):
    """退回. Within the rules it is granted by the rule itself; under 督办 by the supervisor."""

    __tablename__ = "return_request"
    __table_args__ = (sa.Index("ix_return_request_undecided", "ticket_id", postgresql_where=sa.text(UNDECIDED)),)


class Extension(Request, Base):
    """延期: one more original limit."""

    __tablename__ = "extension"
    __table_args__ = (sa.Index("ix_extension_undecided", "ticket_id", postgresql_where=sa.text(UNDECIDED)),)
    deadline_id: Mapped[int] = reference("deadline")
    due_before: Mapped[datetime | None]
    due_after: Mapped[datetime | None]


class Pause(Request, Base):
    """挂账: the clock stands still from the decision to `until`, or to the earlier resumption."""

    __tablename__ = "pause"
    __table_args__ = (
        sa.Index("ix_pause_undecided", "ticket_id", postgresql_where=sa.text(UNDECIDED)),
        # Those that stood in a month (services/month/live_cases.py): none is longer than a year.
        sa.Index("ix_pause_until", "until", postgresql_where=sa.text("from_at IS NOT NULL")),
    )
    until: Mapped[datetime]
    from_at: Mapped[datetime | None]
    resumed_at: Mapped[datetime | None]


class Appeal(Request, Base):
    """申诉: once, after closing, two reviewers. Upheld = exempt in the rates; the raw fact stays."""

    __tablename__ = "appeal"
    __table_args__ = (
        sa.UniqueConstraint("ticket_id", name="uq_appeal_ticket_id"),
        sa.Index("ix_appeal_undecided", "ticket_id", postgresql_where=sa.text(UNDECIDED)),
    )
    reviewed_by_id: Mapped[int | None] = reference("staff", nullable=True)
    reviewed_at: Mapped[datetime | None]
