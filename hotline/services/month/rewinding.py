"""As it was known then: promises and tickets as they stood when a version of a month was frozen.

What has been written since has a greater id than the report knows (`MonthlyReport.known`); what has been changed since
is put back by the first `Hindsight` after it, which is what stood there then; and so is what has been deleted.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from hotline.models import Deadline, MonthlyReport, Ticket
from hotline.models.report import OF_TICKETS

_COLUMNS = [column.name for column in Deadline.__table__.c]

_PROMISES = f"""
    WITH put_back AS MATERIALIZED (
        SELECT DISTINCT ON (deadline_id) deadline_id, was FROM hindsight
        WHERE deadline_id <= :last AND id > :hindsight ORDER BY deadline_id, id
    )
    SELECT {", ".join(f"stands.{name}" for name in _COLUMNS)} FROM deadline AS stands
    WHERE stands.id <= :last AND NOT EXISTS (SELECT FROM put_back WHERE put_back.deadline_id = stands.id)
    UNION ALL
    SELECT {", ".join(f"stood.{name}" for name in _COLUMNS)}
    FROM put_back CROSS JOIN LATERAL jsonb_populate_record(NULL::deadline, put_back.was) AS stood
"""  # noqa: S608 - the names of the table's columns

_TICKETS = """
    WITH put_back AS MATERIALIZED (
        SELECT DISTINCT ON (ticket_id) ticket_id, was FROM hindsight
        WHERE deadline_id IS NULL AND id > :hindsight ORDER BY ticket_id, id
    )
    SELECT ticket.id, ticket.number,
        CASE WHEN was IS NULL THEN ticket.category_id ELSE (was ->> 'category_id')::bigint END AS category_id,
        COALESCE(was ->> 'area', ticket.area) AS area,
        COALESCE(was ->> 'channel', ticket.channel) AS channel,
        COALESCE(was ->> 'source', ticket.source) AS source,
        COALESCE(was ->> 'urgency', ticket.urgency) AS urgency
    FROM ticket LEFT JOIN put_back ON put_back.ticket_id = ticket.id
"""


def promises(report: MonthlyReport) -> Any:
    """All promises as they were known when that version was frozen, to be read like `Deadline`; without the words in
    which an appeal was upheld."""
    known = {"last": report.known["deadline"], "hindsight": report.known["hindsight"]}
    rows = sa.text(_PROMISES).bindparams(**known).columns(*Deadline.__table__.c)
    return aliased(Deadline, rows.subquery("promise_then"), adapt_on_names=True)


def tickets(report: MonthlyReport) -> Any:
    """All tickets with what the figures look at, to be read like `Ticket`."""
    columns = [Ticket.__table__.c[name] for name in ("id", "number", *OF_TICKETS)]
    rows = sa.text(_TICKETS).bindparams(hindsight=report.known["hindsight"]).columns(*columns)
    return aliased(Ticket, rows.subquery("ticket_then"), adapt_on_names=True)
