"""时限 and 督办: every promise with its due time, what was done when it slipped, and the orders that followed."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from hotline.models.base import Base, Id, reference, words


class DeadlineKind(StrEnum):
    ACCEPT = "accept"  # 受理
    DISPATCH = "dispatch"  # 交办
    SIGN = "sign"  # 签收
    HANDLE = "handle"  # 处理
    CHECK = "check"  # 核查
    REPLY = "reply"  # 回复
    SURVEY = "survey"  # 回访
    CLOSE = "close"  # 办结
    EXPLAIN = "explain"  # 书面说明


KIND_LABELS = {
    DeadlineKind.ACCEPT: "受理",
    DeadlineKind.DISPATCH: "交办",
    DeadlineKind.SIGN: "签收",
    DeadlineKind.HANDLE: "处理",
    DeadlineKind.CHECK: "核查",
    DeadlineKind.REPLY: "回复",
    DeadlineKind.SURVEY: "回访",
    DeadlineKind.CLOSE: "办结",
    DeadlineKind.EXPLAIN: "书面说明",
}


#: A promise that is neither kept, nor void, nor offered and waiting for its check.
RUNNING = "met_at IS NULL AND void_at IS NULL AND offered_at IS NULL"

#: What a month's figures look at besides kind and due time.
COUNTED = ("unit_path", "original_due_at", "met_at", "void_at", "exempt_at", "extensions", "direct", "ticket_id")

LATE_COUNTED = tuple(name for name in COUNTED if name != "met_at")


class Deadline(Base):
    """One promise with a due time. Overdue is `met_at` against `due_at`, never whether a job ran (design §4).

    A promise that would start at the latest when an earlier step's time is up is written from the first day with that
    start; it is in force once `started_at` has come. So a complaint that rots in a drawer owes everything.
    `unit` is who owes it; it follows the ticket until the promise falls due or is met, and then stays.
    `direct`: the centre answered itself, in the round that the promise is of; a later rework does not change that.
    `offered_at` is a submission that waits for its check: it counts as `met_at` if approved.
    `next_at` is the next moment at which something must happen: the one thing the sweep looks for.
    """

    __tablename__ = "deadline"
    __table_args__ = (
        sa.Index("ix_deadline_next_at", "next_at", postgresql_where=sa.text("next_at IS NOT NULL")),
        # With all that the figures look at: a month is counted without a look at its rows (services/month/counting).
        # Those of what is carried over hold it too, or PostgreSQL would rather pass over all that was ever due.
        sa.Index("ix_deadline_kind_due_at", "kind", "due_at", postgresql_include=list(COUNTED)),
        sa.Index("ix_deadline_unmet", "kind", "due_at", postgresql_include=list(COUNTED),
                 postgresql_where=sa.text("met_at IS NULL AND void_at IS NULL")),
        # The rates of a month that is past: what was late then, and what was moved out of it by an extension.
        sa.Index("ix_deadline_late", "kind", "met_at", postgresql_include=["due_at", *LATE_COUNTED],
                 postgresql_where=sa.text("met_at > due_at AND void_at IS NULL")),
        sa.Index("ix_deadline_extended", "kind", "due_at", postgresql_include=list(COUNTED),
                 postgresql_where=sa.text("extensions > 0 AND void_at IS NULL")),
        # What is still owed, in the order in which it falls due; and of that what its owner was warned of. With the
        # place in the tree, so that a unit passes over what others owe without reading it (services/desk).
        sa.Index("ix_deadline_running", "due_at", "ticket_id", "unit_path", postgresql_where=sa.text(RUNNING),
                 postgresql_ops={"unit_path": "text_pattern_ops"}),
        sa.Index("ix_deadline_warned", "due_at", "ticket_id", "unit_path",
                 postgresql_where=sa.text(f"{RUNNING} AND rank >= -1"),
                 postgresql_ops={"unit_path": "text_pattern_ops"}),
        sa.CheckConstraint("due_at >= started_at", name="due_after_start"),
        sa.CheckConstraint("(void_at IS NULL) = (void_reason IS NULL)", name="void_with_reason"),
    )  # fmt: skip
    id: Mapped[Id]
    ticket_id: Mapped[int] = reference("ticket", index=True)
    complaint_id: Mapped[int | None] = reference("complaint", index=True, nullable=True)
    assignment_id: Mapped[int | None] = reference("assignment", nullable=True)
    kind: Mapped[DeadlineKind] = mapped_column(words(DeadlineKind, "kind"))
    round: Mapped[int] = mapped_column(sa.SmallInteger)
    unit_id: Mapped[int] = reference("unit")
    unit_path: Mapped[str]
    limit_text: Mapped[str]  # "5 working_days"
    extensions: Mapped[int] = mapped_column(sa.SmallInteger, server_default="0")
    started_at: Mapped[datetime]
    due_at: Mapped[datetime]
    original_due_at: Mapped[datetime]  # without extensions
    offered_at: Mapped[datetime | None]
    met_at: Mapped[datetime | None]
    void_at: Mapped[datetime | None]
    void_reason: Mapped[str | None]
    exempt_at: Mapped[datetime | None]
    exempt_reason: Mapped[str | None]
    direct: Mapped[bool] = mapped_column(server_default=sa.false())
    next_at: Mapped[datetime | None]
    rank: Mapped[int] = mapped_column(
        sa.SmallInteger, server_default="-2"
    )  # last alert taken: -1 warn, 0 breach, 1… rungs


class Alert(Base):
    """One level taken on one deadline: once and only once, dated when it happened, not when it was noticed."""

    __tablename__ = "alert"
    __table_args__ = (sa.UniqueConstraint("deadline_id", "level"),)
    id: Mapped[Id]
    deadline_id: Mapped[int] = reference("deadline")
    level: Mapped[str]
    happened_at: Mapped[datetime]
    noticed_at: Mapped[datetime]


class Ground(StrEnum):
    OVERDUE = "overdue"  # 超期
    LEADER = "leader"  # 领导批示
    REPEATED = "repeated"  # 重复投诉
    REFUSAL = "refusal"  # 推诿拒办
    OTHER = "other"  # 其他


class Supervision(Base):
    """督办单: an order to a unit, with its demand, its own due time and the unit's written explanation."""

    __tablename__ = "supervision"
    __table_args__ = (
        sa.Index("uq_supervision_deadline_level", "deadline_id", "level", unique=True,
                 postgresql_where=sa.text("deadline_id IS NOT NULL")),
        # 督办台: cards of a month, orders that stand, explanations not yet settled (services/carding.py).
        sa.Index("ix_supervision_issued_at", "issued_at"),
        sa.Index("ix_supervision_standing", "unit_path", postgresql_where=sa.text("lifted_at IS NULL"),
                 postgresql_ops={"unit_path": "text_pattern_ops"}),
        sa.Index("ix_supervision_unexplained", "explain_deadline_id",
                 postgresql_where=sa.text("explain_deadline_id IS NOT NULL AND explanation_accepted_at IS NULL")),
    )  # fmt: skip
    id: Mapped[Id]
    ticket_id: Mapped[int] = reference("ticket", index=True)
    deadline_id: Mapped[int | None] = reference("deadline", nullable=True)  # the one that slipped
    round: Mapped[int] = mapped_column(sa.SmallInteger)
    unit_id: Mapped[int] = reference("unit", index=True)
    unit_path: Mapped[str]
    level: Mapped[str]
    rank: Mapped[int] = mapped_column(sa.SmallInteger)
    ground: Mapped[Ground] = mapped_column(words(Ground, "ground"))
    demand: Mapped[str]
    copies: Mapped[list[str]] = mapped_column(ARRAY(sa.Text))
    deduction: Mapped[Decimal] = mapped_column(sa.Numeric(6, 2))
    issued_at: Mapped[datetime]
    issued_by: Mapped[str]
    explain_deadline_id: Mapped[int | None] = reference("deadline", nullable=True)
    explanation: Mapped[str | None]
    explained_at: Mapped[datetime | None]
    explanation_accepted_at: Mapped[datetime | None]
    lifted_at: Mapped[datetime | None]
