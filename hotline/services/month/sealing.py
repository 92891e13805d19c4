"""月报的校验码: the text that a frozen report is, byte by byte, and its SHA-256.

Anybody who has the text (`./run export frozen 2026-10`) makes the same checksum with sha256sum: docs/freezing.md says
what stands in it. It is written by PostgreSQL as it goes, however many items there are.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, Final

import sqlalchemy as sa

from hotline.models import MonthlyReport, MonthlyReportCase, MonthlyReportItem
from hotline.services.work import Work

FORM: Final = "12319 monthly report 1"  # another form gets another number
ITEMS: Final = tuple(column.name for column in MonthlyReportItem.__table__.c if column.name != "report_id")
CASES: Final = tuple(column.name for column in MonthlyReportCase.__table__.c if column.name != "report_id")

#: Times are written in UTC and year first, whatever the database is set to otherwise.
_PLAINLY = sa.text("SELECT set_config('TimeZone', 'UTC', true), set_config('DateStyle', 'ISO, YMD', true)")


def checksum(work: Work, report: MonthlyReport) -> str:
    """SHA-256 of the text, hexadecimal."""
    seal = hashlib.sha256()
    for stretch in text(work, report):
        seal.update(stretch)
    return seal.hexdigest()


def text(work: Work, report: MonthlyReport) -> Iterator[bytes]:
    """The text in stretches: the head, then the items and the cases as COPY writes them, in the order of their keys."""
    yield _head(report).encode()
    yield _line("items", *ITEMS)
    yield from _copied(work, report, MonthlyReportItem, ITEMS, ("deadline_id",))
    yield _line("cases", *CASES)
    yield from _copied(work, report, MonthlyReportCase, CASES, ("sort", "ref_id"))


def _head(report: MonthlyReport) -> str:
    """What is known of the report before it has a checksum, one thing a line."""
    facts: dict[str, Any] = {
        "month": f"{report.month:%Y-%m}",
        "version": report.version,
        "cut_off": _moment(report.ends_at),
        "frozen_at": _moment(report.frozen_at),
        "frozen_by": report.frozen_by,
        "reason": report.reason,
        "known": report.known,
        "policies": report.policies,
        "calendar": report.calendar_id,
        "previous": report.previous_checksum,
        "figures": report.figures,
    }
    lines = (f"{name}\t{json.dumps(value, ensure_ascii=False, sort_keys=True)}" for name, value in facts.items())
    return "\n".join((FORM, *lines, ""))


def _moment(moment: datetime | None) -> str:
    return "" if moment is None else moment.astimezone(UTC).isoformat()


def _line(*cells: str) -> bytes:
    return ("\t".join(cells) + "\n").encode()


def _copied(
    work: Work, report: MonthlyReport, table: Any, columns: tuple[str, ...], order: tuple[str, ...]
) -> Iterator[bytes]:
    connection = work.session.connection()
    connection.execute(_PLAINLY)
    # Of words, the order of their bytes: the same on every machine.
    keys = ", ".join(f'{name} COLLATE "C"' if name == "sort" else name for name in order)
    source = f"{table.__tablename__} WHERE report_id = {report.id:d} ORDER BY {keys}"
    query = f"COPY (SELECT {', '.join(columns)} FROM {source}) TO STDOUT"  # noqa: S608 - the names of our own tables
    driver: Any = connection.connection
    with driver.cursor() as cursor, cursor.copy(query) as copy:
        yield from copy
