"""导出: every promise of all nine kinds that was owed in a month, so that anybody's program can recount it.

The columns are a promise to the outside and documented in docs/rates.md. The same rule of membership as the figures;
of a frozen month what it has kept.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa

from hotline.domain.rates import Month, Window
from hotline.models import Category, Complaint, Deadline, MonthlyReport, Unit
from hotline.services.covering import in_passing
from hotline.services.month import asked_items, frozen, itemising, owing
from hotline.services.tabulating import Sheet
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
TITLE: Final = "明细"
_AT_ONCE = 2000  # rows fetched from the server at a time: memory stays flat however many there are
_LEADS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def query(work: Work, month: str, version: int | None) -> str:
    """The whole month in words: of a frozen one that version which it is now, also if it is restated meanwhile."""
    return asked_items.write_whole(month, frozen.counted(work, month, version))


def sheet_of(work: Work, query: str) -> Sheet:
    """What such words ask for. Raises as `deadlines`, at once."""
    given = asked_items.fields(query)
    rows = deadlines(work, given[asked_items.MONTH], asked_items.number(given, "version"))
    return Sheet(TITLE, [(column, 16) for column in COLUMNS], rows)


def is_fewer(work: Work, month: str, version: int | None, than: int) -> bool:
    """Whether there are fewer rows than so many. Raises as `deadlines`."""
    asked, report = Month.parse(month, work.rules.zone), frozen.find(work, month, version)
    some = _query(work, asked.seen_at(work.now), report).order_by(None).limit(than).subquery()
    return work.session.execute(sa.select(sa.func.count()).select_from(some)).scalar_one() < than


def deadlines(work: Work, month: str, version: int | None = None) -> Iterator[list[str]]:
    """The rows of the month (`2026-10`), each as safe cells in the order of COLUMNS; by due time. Of a frozen month the
    items of that version, or of the newest.

    Raises MonthError, and NotFound for such a version, at once, before the first row is asked for.
    """
    asked = Month.parse(month, work.rules.zone)
    report = frozen.find(work, month, version)
    return _cells(work, asked, report, _units(work, report))


def _units(work: Work, report: MonthlyReport | None) -> dict[int, tuple[str, str]]:
    """Key and name of each unit: as they were when the month was frozen, where it has kept them."""
    units = {unit.id: (unit.key, unit.name) for unit in work.session.execute(sa.select(Unit.id, Unit.key, Unit.name))}
    kept = report.figures["rates"]["units"] if report is not None else ()
    return units | {unit["id"]: (unit["key"], unit["name"]) for unit in kept}


def _cells(
    work: Work, month: Month, report: MonthlyReport | None, units: dict[int, tuple[str, str]]
) -> Iterator[list[str]]:
    query = _query(work, month.seen_at(work.now), report)
    for row in work.session.execute(query.execution_options(yield_per=_AT_ONCE)):
        yield [safe(cell) for cell in _row(row, month, units)]


def _query(work: Work, window: Window, report: MonthlyReport | None) -> sa.Select[Any]:
    rows = owing.rows_of(report)
    of, ticket = rows.promise, rows.ticket
    live = report is None
    query = rows.of(
        sa.select(
            rows.id.label("id"),
            (ticket.number if live else of.ticket).label("ticket"),
            (Complaint.number if live else of.complaint).label("complaint"),
            of.kind,
            of.round,
            of.unit_id,
            of.unit_path,
            of.started_at,
            of.due_at,
            of.original_due_at,
            of.met_at,
            itemising.state(window, of).label("state"),
            sa.func.coalesce(of.void_reason, of.exempt_reason, "").label("why"),
            of.extensions,
            of.direct,
            (Category.code if live else of.category_code).label("category_code"),
            ticket.area,
            ticket.channel,
            ticket.source,
        )
    )
    if live:
        query = (
            query.outerjoin(Complaint, Complaint.id == Deadline.complaint_id)
            .outerjoin(Category, Category.id == ticket.category_id)
            .where(itemising.belongs(window))
        )
    return query.where(owing.within(work.actor, of)).order_by(of.due_at, rows.id)


def _row(row: Any, month: Month, units: dict[int, tuple[str, str]]) -> Sequence[str]:
    def city(moment: datetime | None) -> str:
        return "" if moment is None else moment.astimezone(month.zone).isoformat()

    why = f"extended to {city(row.due_at)}" if row.state == itemising.EXTENDED else in_passing(row.why)
    return (
        str(row.id),
        row.ticket,
        row.complaint or "",
        row.kind.value,
        str(row.round),
        *units[row.unit_id],
        "/".join(units[unit_id][1] for unit_id in owing.lineage(row.unit_path)),
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
