"""月报: frozen figures with the items behind them; what became known later; papers and briefs made of a month."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from hotline.models.base import Base, Id, reference, words
from hotline.models.deadline import Deadline, DeadlineKind
from hotline.models.desk import ExportState
from hotline.models.ticket import Channel, Source, Ticket, Urgency


class ReportState(StrEnum):
    COUNTING = "counting"  # 正在冻结: claimed by a worker, or left by one that died
    FROZEN = "frozen"  # 已冻结


class MonthlyReport(Base):
    """One version of one month; a restatement (更正) is the next version, with its reason.

    `known` is how far the rows went when it was counted: the greatest ids of `deadline` and `hindsight` then. What
    is written later is not of this version; `hindsight` tells what it stood in the place of.
    """

    __tablename__ = "monthly_report"
    __table_args__ = (sa.UniqueConstraint("month", "version"),)
    id: Mapped[Id]
    month: Mapped[date]  # its first day
    version: Mapped[int] = mapped_column(sa.SmallInteger)
    state: Mapped[ReportState] = mapped_column(words(ReportState, "state"))
    ends_at: Mapped[datetime]  # M1, which is also the cut-off
    known: Mapped[dict[str, Any]] = mapped_column(server_default="{}")
    policies: Mapped[list[dict[str, Any]]] = mapped_column(server_default="[]")  # id, name, effective from
    calendar_id: Mapped[int | None] = reference("calendar_version", nullable=True)
    figures: Mapped[dict[str, Any]] = mapped_column(server_default="{}", deferred=True)  # as JSON sends them
    items: Mapped[int] = mapped_column(server_default="0")  # rows of `monthly_report_item`
    cases: Mapped[int] = mapped_column(server_default="0")  # rows of `monthly_report_case`
    previous_checksum: Mapped[str] = mapped_column(server_default="")  # of the report it is chained to
    checksum: Mapped[str] = mapped_column(server_default="")  # SHA-256, hexadecimal; empty until frozen
    reason: Mapped[str] = mapped_column(server_default="")  # of a restatement
    claimed_at: Mapped[datetime]
    frozen_at: Mapped[datetime | None]
    frozen_by: Mapped[str] = mapped_column(server_default="")


#: Each report has a part of the table for itself: services/month/keeping.py.
BY_REPORT: dict[str, Any] = {"postgresql_partition_by": "LIST (report_id)"}


class MonthlyReportItem(Base):
    """One promise as it stood when the month was frozen: owed, not owed and why, or moved out of it by an extension.

    The columns that the figures look at have the names they have in `Deadline`, so that one rule counts both. No
    foreign keys to what may be erased: the item stays.
    """

    __tablename__ = "monthly_report_item"
    __table_args__ = (
        sa.Index("ix_monthly_report_item_due_at", "report_id", "kind", "due_at", postgresql_include=["unit_path"]),
        BY_REPORT,
    )
    report_id: Mapped[int] = mapped_column(sa.BigInteger, primary_key=True)
    deadline_id: Mapped[int] = mapped_column(sa.BigInteger, primary_key=True)
    ticket_id: Mapped[int] = mapped_column(sa.BigInteger)
    ticket: Mapped[str]  # its number
    complaint: Mapped[str | None]  # the number of the complaint that is to be answered
    kind: Mapped[DeadlineKind] = mapped_column(words(DeadlineKind, "kind"))
    round: Mapped[int] = mapped_column(sa.SmallInteger)
    unit_id: Mapped[int] = mapped_column(sa.BigInteger)
    unit_path: Mapped[str]
    started_at: Mapped[datetime]
    due_at: Mapped[datetime]
    original_due_at: Mapped[datetime]
    offered_at: Mapped[datetime | None]
    met_at: Mapped[datetime | None]
    void_at: Mapped[datetime | None]
    void_reason: Mapped[str | None]
    exempt_at: Mapped[datetime | None]
    exempt_reason: Mapped[str | None]
    extensions: Mapped[int] = mapped_column(sa.SmallInteger)
    direct: Mapped[bool]
    category_id: Mapped[int | None] = mapped_column(sa.BigInteger)
    category_code: Mapped[str | None]
    area: Mapped[str]
    channel: Mapped[Channel] = mapped_column(words(Channel, "channel"))
    source: Mapped[Source] = mapped_column(words(Source, "source"))
    urgency: Mapped[Urgency] = mapped_column(words(Urgency, "urgency"))


class MonthlyReportCase(Base):
    """What else the month's indicators and scores count, one row for each thing in a denominator, and which ticket was
    at which 点位 (services/month/cases.py)."""

    __tablename__ = "monthly_report_case"
    __table_args__ = BY_REPORT
    report_id: Mapped[int] = mapped_column(sa.BigInteger, primary_key=True)
    sort: Mapped[str] = mapped_column(primary_key=True)  # turn, survey, rework …
    ref_id: Mapped[int] = mapped_column(sa.BigInteger, primary_key=True)  # of the row that it was read from
    ticket_id: Mapped[int] = mapped_column(sa.BigInteger)
    ticket: Mapped[str]
    unit_id: Mapped[int] = mapped_column(sa.BigInteger)
    unit_path: Mapped[str]
    category_id: Mapped[int | None] = mapped_column(sa.BigInteger)
    area: Mapped[str]
    channel: Mapped[Channel] = mapped_column(words(Channel, "channel"))
    source: Mapped[Source] = mapped_column(words(Source, "source"))
    at: Mapped[datetime]
    counted: Mapped[bool]  # in the numerator
    value: Mapped[int | None]  # a score, hundredths of a point, a point's id: by its sort


class MonthCount(Base):
    """A month as it was last counted for those who see the same of it, where it is too large to be counted while they
    wait: services/month/overview.py. The row is the work: it is to be counted while `asked_at` is after `counted_at`.
    """

    __tablename__ = "month_count"
    __table_args__ = (sa.UniqueConstraint("month", "version", "unit_path", "sees_all", "unit_id"),)
    id: Mapped[Id]
    month: Mapped[date]
    version: Mapped[int] = mapped_column(sa.SmallInteger, server_default="0")  # of the frozen report; 0: as it stands
    unit_path: Mapped[str]  # whose figures they may see
    sees_all: Mapped[bool]
    unit_id: Mapped[int] = mapped_column(sa.BigInteger, server_default="0")  # whose they asked for; 0: all of them
    staff_id: Mapped[int] = reference("staff")  # who asked last, with whose rights it is counted
    asked_at: Mapped[datetime]
    counted_at: Mapped[datetime | None]
    figures: Mapped[dict[str, Any]] = mapped_column(server_default="{}", deferred=True)


class Hindsight(Base):
    """What a promise or a ticket was before it was changed after a month that it counts in had been frozen.

    Written by the database itself whatever changed it, and append-only: with it a frozen month can be counted again
    as it was known then. `deadline_id` is empty for what is the ticket's (category, area …).
    """

    __tablename__ = "hindsight"
    __table_args__ = (
        sa.Index("ix_hindsight_deadline_id", "deadline_id", "id", postgresql_where=sa.text("deadline_id IS NOT NULL")),
        sa.Index("ix_hindsight_ticket_id", "ticket_id", "id", postgresql_where=sa.text("deadline_id IS NULL")),
    )
    id: Mapped[Id]
    deadline_id: Mapped[int | None] = mapped_column(sa.BigInteger)
    ticket_id: Mapped[int] = mapped_column(sa.BigInteger)
    was: Mapped[dict[str, Any]]  # the whole row before, without words that somebody wrote


#: The columns that the figures look at: only a change in these is remembered.
OF_PROMISES = (
    *("ticket_id", "round", "unit_id", "unit_path", "started_at", "due_at", "original_due_at"),
    *("offered_at", "met_at", "void_at", "void_reason", "exempt_at", "extensions", "direct"),
)
OF_TICKETS = ("category_id", "area", "channel", "source", "urgency")

REMEMBER = """
CREATE OR REPLACE FUNCTION remember_standing() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    frozen_until timestamptz := (SELECT max(ends_at) FROM monthly_report);
BEGIN
    IF frozen_until IS NULL THEN
        RETURN NULL;
    ELSIF TG_TABLE_NAME = 'ticket' THEN
        IF OLD.received_at <= frozen_until OR EXISTS (SELECT FROM deadline
            WHERE ticket_id = OLD.id AND LEAST(due_at, original_due_at) <= frozen_until) THEN
            INSERT INTO hindsight (ticket_id, was) VALUES (OLD.id,
                jsonb_build_object('id', OLD.id, 'category_id', OLD.category_id, 'area', OLD.area,
                    'channel', OLD.channel, 'source', OLD.source, 'urgency', OLD.urgency));
        END IF;
    ELSIF LEAST(OLD.due_at, OLD.original_due_at) <= frozen_until
        OR (TG_OP = 'UPDATE' AND LEAST(NEW.due_at, NEW.original_due_at) <= frozen_until) THEN
        INSERT INTO hindsight (deadline_id, ticket_id, was)
            VALUES (OLD.id, OLD.ticket_id, to_jsonb(OLD) - 'exempt_reason');
        IF TG_OP = 'DELETE' OR NEW.ticket_id <> OLD.ticket_id THEN
            INSERT INTO hindsight (ticket_id, was) SELECT id,
                jsonb_build_object('id', id, 'category_id', category_id, 'area', area,
                    'channel', channel, 'source', source, 'urgency', urgency)
                FROM ticket WHERE id = OLD.ticket_id;
        END IF;
    END IF;
    RETURN NULL;
END $$
"""


def _remembers(table: str, columns: tuple[str, ...]) -> str:
    old, new = (", ".join(f"{row}.{column}" for column in columns) for row in ("OLD", "NEW"))
    return (
        f"CREATE TRIGGER {table}_remembers AFTER UPDATE OF {', '.join(columns)} ON {table} FOR EACH ROW"
        f" WHEN (({old}) IS DISTINCT FROM ({new})) EXECUTE FUNCTION remember_standing()"
    )


REMEMBERS = {
    Deadline.__table__: (
        _remembers("deadline", OF_PROMISES),
        "CREATE TRIGGER deadline_remembers_all AFTER DELETE ON deadline FOR EACH ROW"
        " EXECUTE FUNCTION remember_standing()",
    ),
    Ticket.__table__: (_remembers("ticket", OF_TICKETS),),
}
#: What was kept and what was remembered is added, never changed: also not by a transaction that erases.
STAYS = (
    "CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}"
    " EXECUTE FUNCTION refuse_change()",
    "CREATE TRIGGER {table}_stays BEFORE UPDATE ON {table} FOR EACH ROW EXECUTE FUNCTION refuse_change()",
)
sa.event.listen(Base.metadata, "before_create", sa.DDL(REMEMBER.replace("%", "%%")))
for _table, _triggers in REMEMBERS.items():
    for _trigger in _triggers:
        sa.event.listen(_table, "after_create", sa.DDL(_trigger))
for _kept in (Hindsight, MonthlyReportItem, MonthlyReportCase):
    for _trigger in STAYS:
        sa.event.listen(_kept.__table__, "after_create", sa.DDL(_trigger.format(table=_kept.__tablename__)))


class PaperForm(StrEnum):
    XLSX = "xlsx"  # 月报表
    DOCX = "docx"  # 通报


class ReportPaper(Base):
    """A month on its way onto paper: the row is the work, as with `ListExport`; the file lies in the data folder."""

    __tablename__ = "report_paper"
    __table_args__ = (
        sa.Index("ix_report_paper_waiting", "asked_at", postgresql_where=sa.text("state IN ('queued', 'running')")),
        sa.Index("ix_report_paper_staff_id", "staff_id", sa.text("id DESC")),
        sa.Index("ix_report_paper_kept_until", "kept_until", postgresql_where=sa.text("kept_until IS NOT NULL")),
    )
    id: Mapped[Id]
    token: Mapped[str] = mapped_column(unique=True)  # in its address: not guessable
    staff_id: Mapped[int] = reference("staff")  # whose rights it has, as they are when it is written
    unit_path: Mapped[str | None]  # where that person stood when it was written, as with `ListExport`
    month: Mapped[date]
    version: Mapped[int | None] = mapped_column(sa.SmallInteger)  # of the frozen report; empty: as it stands
    unit_id: Mapped[int | None] = reference("unit", nullable=True)  # whose figures; empty: all that the person sees
    form: Mapped[PaperForm] = mapped_column(words(PaperForm, "form"))
    given: Mapped[dict[str, Any]] = mapped_column(server_default="{}")  # 文号, 签发人 … as they were typed
    state: Mapped[ExportState] = mapped_column(words(ExportState, "state"))
    stage: Mapped[str] = mapped_column(server_default="")  # what is being written now, in Chinese
    written: Mapped[int] = mapped_column(server_default="0")
    total: Mapped[int | None]
    size: Mapped[int | None]  # bytes
    failure: Mapped[str] = mapped_column(server_default="")
    asked_at: Mapped[datetime]
    seen_at: Mapped[datetime | None]  # when its writer last gave a sign of life
    tries: Mapped[int] = mapped_column(sa.SmallInteger, server_default="0")
    finished_at: Mapped[datetime | None]
    kept_until: Mapped[datetime | None]


class Rhythm(StrEnum):
    DAY = "day"  # 日报
    WEEK = "week"  # 周报


class Brief(Base):
    """简报 of a day or a week for one person, with that person's own subtree only; made once, whoever makes it."""

    __tablename__ = "brief"
    __table_args__ = (sa.UniqueConstraint("staff_id", "rhythm", "of_day"),)
    id: Mapped[Id]
    staff_id: Mapped[int] = reference("staff")
    rhythm: Mapped[Rhythm] = mapped_column(words(Rhythm, "rhythm"))
    of_day: Mapped[date]  # the city day that it tells of; of a week, its Monday
    unit_path: Mapped[str]  # where the person stood
    figures: Mapped[dict[str, Any]]
    text: Mapped[str]  # as it was texted; empty where nothing was to be said by text
    made_at: Mapped[datetime]
    read_at: Mapped[datetime | None]
