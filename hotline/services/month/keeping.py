"""Where the rows of a frozen report are kept: each report has a part of its tables for itself.

The part is made and filled first, indexed and added to its table afterwards: that takes half as long as row by row, and
no month makes a later one slower. Nobody else sees it before the report is committed; with a killed process it is gone.
"""

from __future__ import annotations

import sqlalchemy as sa

from hotline.models import MonthlyReport, MonthlyReportCase, MonthlyReportItem
from hotline.models.report import STAYS
from hotline.services.work import Work

Kept = type[MonthlyReportItem] | type[MonthlyReportCase]


def keep(work: Work, table: Kept, report: MonthlyReport, rows: sa.SelectBase) -> int:
    """Put the rows, which are the table's columns but for `report_id`, into the report's part. Returns how many."""
    connection = work.session.connection()
    part = f"{table.__tablename__}_{report.id:d}"
    connection.execute(sa.text(f"CREATE TABLE {part} (LIKE {table.__tablename__} INCLUDING CONSTRAINTS)"))
    kept = connection.execute(_filling(part, report, rows).execution_options(preserve_rowcount=True))
    # The table's indexes and its triggers for each row are made for the part as it is added.
    for statement in (
        f"ALTER TABLE {table.__tablename__} ATTACH PARTITION {part} FOR VALUES IN ({report.id:d})",
        STAYS[0].format(table=part),
        f"ANALYZE {part}",  # what was put in has not been seen yet by anybody
    ):
        connection.execute(sa.text(statement))
    return kept.rowcount


def _filling(part: str, report: MonthlyReport, rows: sa.SelectBase) -> sa.Insert:
    found = rows.subquery("found")
    names = ["report_id", *(column.name for column in found.c)]
    query = sa.select(sa.literal(report.id, sa.BigInteger).label("report_id"), *found.c)
    table = sa.table(part, *(sa.column(name) for name in names))
    return sa.insert(table).from_select(names, query, include_defaults=False)
