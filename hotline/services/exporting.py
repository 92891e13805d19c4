"""导出: every promise of all nine kinds that was owed in a month, so that anybody's program can recount it.

The columns are a promise to the outside and documented in docs/rates.md. The same rule of membership as the figures.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from hotline.domain.rates import Month, Window
from hotline.models import Category, Complaint, Deadline, DeadlineKind, Ticket, Unit
from hotline.services import owing
from hotline.services.covering import in_passing
from hotline.services.work import Work

COLUMNS = (
    "deadline_id",
    "ticket",
    "complaint",
    "kind",
    "round",
    "unit",
    "unit_name",
    "unit_path",
    "started_at",
    "due_at",
    "original_due_at",
    "met_at",
    "state",
    "why",
    "extensions",
    "direct",
    "category_code",
    "area",
    "channel",
    "source",
)
OWED, VOID, EXEMPT, EXTENDED = "owed", "void", "exempt", "extended"
_AT_ONCE = 2000  # rows fetched from the server at a time: memory stays flat however many there are
_LEADS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def deadlines(work: Work, month: str) -> Iterator[list[str]]:
    """The rows of the month (`2026-10`), each as safe cells in the order of COLUMNS; by due time.

    Raises MonthError at once, before the first row is asked for.
    """
    asked = Month.parse(month, work.rules.zone)
    window = asked.seen_at(work.now)
    names = {unit.id: unit.name for unit in work.session.execute(sa.select(Unit.id, Unit.name))}
    return _cells(work, asked, window, names)


def _cells(work: Work, month: Month, window: Window, names: dict[int, str]) -> Iterator[list[str]]:
    result = work.session.execute(_query(work, window).execution_options(yield_per=_AT_ONCE))
    for row in result:
        yield [safe(cell) for cell in _row(row, month, names)]


def _query(work: Work, window: Window) -> sa.Select[*tuple[Any, ...]]:
    taken = owing.taken_in(window, Deadline.due_at)
    moved_on = sa.and_(owing.moved_on(window), Deadline.exempt_at.is_(None))
    state = sa.case(
        (Deadline.void_at.is_not(None), VOID),
        (Deadline.exempt_at.is_not(None), EXEMPT),
        (moved_on, EXTENDED),
        else_=OWED,
    )
    return (
        sa.select(
            Deadline.id,
            Ticket.number.label("ticket"),
            Complaint.number.label("complaint"),
            Deadline.kind,
            Deadline.round,
            Unit.key.label("unit"),
            Deadline.unit_id,
            Deadline.unit_path,
            Deadline.started_at,
            Deadline.due_at,
            Deadline.original_due_at,
            Deadline.met_at,
            state.label("state"),
            sa.func.coalesce(Deadline.void_reason, Deadline.exempt_reason, "").label("why"),
            Deadline.extensions,
            owing.DIRECT.label("direct"),
            Category.code.label("category_code"),
            Ticket.area,
            Ticket.channel,
            Ticket.source,
        )
        .join(Ticket, Ticket.id == Deadline.ticket_id)
        .join(Unit, Unit.id == Deadline.unit_id)
        .outerjoin(Complaint, Complaint.id == Deadline.complaint_id)
        .outerjoin(Category, Category.id == Ticket.category_id)
        .where(
            Deadline.kind.in_(list(DeadlineKind)),  # all: so that the index on kind and due time answers
            sa.or_(sa.and_(Deadline.void_at.is_(None), taken), moved_on, owing.voided(window)),
            owing.within(work.actor),
        )
        .order_by(Deadline.due_at, Deadline.id)
    )


def _row(row: Any, month: Month, names: dict[int, str]) -> Sequence[str]:
    def city(moment: datetime | None) -> str:
        return "" if moment is None else moment.astimezone(month.zone).isoformat()

    why = f"extended to {city(row.due_at)}" if row.state == EXTENDED else in_passing(row.why)
    return (
        str(row.id),
        row.ticket,
        row.complaint or "",
        row.kind.value,
        str(row.round),
        row.unit,
        names[row.unit_id],
        "/".join(names[unit_id] for unit_id in owing.lineage(row.unit_path)),
        city(row.started_at),
        city(row.due_at),
        city(row.original_due_at),
        city(row.met_at),
        row.state,
        why,
        str(row.extensions),
        "true" if row.direct else "false",
        row.category_code or "",
        row.area,
        row.channel.value,
        row.source.value,
    )


def safe(cell: str) -> str:
    """No spreadsheet takes the cell for a formula (design §7): an apostrophe before what would begin one."""
    return f"'{cell}" if cell.startswith(_LEADS_A_FORMULA) else cell
