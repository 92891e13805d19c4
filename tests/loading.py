"""Tickets by the ten thousand, written by PostgreSQL itself: for figures that were published, with their real counts.

Only what the figures look at is written: the ticket, its promises, its complaint and what the citizen answered.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from tests import databases
from tests.city import City, at

FILLED = ("ticket", "complaint", "deadline", "survey")


@dataclass(frozen=True)
class Batch:
    """So many tickets alike. Times are city time (`2018-03-20 18:00`); `met` is empty where the promise is not kept.

    `kind`: of the one promise that each has. `surveyed`: whether the citizen was asked; `score`: what came of it, None
    where nobody answered.
    """

    count: int
    due: str
    met: str
    kind: str = "close"
    unit: str = "lamps"
    area: str = ""
    direct: bool = False
    surveyed: bool = False
    score: int | None = None


def load(city: City, batches: Sequence[Batch]) -> None:
    """Write them all, received three weeks before they were due."""
    told = json.dumps([{"name": f"{place:03}", **_told(batch)} for place, batch in enumerate(batches)])
    with city.office.session() as session:
        session.execute(sa.text("SET LOCAL session_replication_role = replica"))  # no checks of what refers to what
        for statement in (PLANNED, TICKETS, COMPLAINTS, PROMISES, SURVEYS):
            session.execute(sa.text(statement), {"batches": told} if ":batches" in statement else {})
        session.execute(sa.text(f"ANALYZE {', '.join(FILLED)}"))
        session.commit()


def settle(database_url: str) -> None:
    """After they have been taken out again: nobody else's tests shall read the room that they took."""
    databases.administer(database_url, f"VACUUM {', '.join(FILLED)}")


def _told(batch: Batch) -> dict[str, object]:
    met = at(batch.met).isoformat() if batch.met else None
    return {**vars(batch), "due": at(batch.due).isoformat(), "met": met}


PLANNED = """
CREATE TEMPORARY TABLE planned ON COMMIT DROP AS
SELECT batch.*, unit.id AS unit_id, unit.path AS unit_path, centre.id AS centre_id, centre.path AS centre_path
FROM jsonb_to_recordset(CAST(:batches AS jsonb)) AS batch
     (name text, count int, due timestamptz, met timestamptz, kind text, unit text, area text, direct boolean,
      surveyed boolean, score int)
JOIN unit ON unit.key = batch.unit JOIN unit AS centre ON centre.key = 'center'
"""

TICKETS = """
INSERT INTO ticket (number, state, matter, area, channel, source, urgency, request_type, centre_id, centre_path,
                    unit_id, unit_path, direct, policy_version_id, received_at, accepted_at, closed_at, ended_at)
SELECT name || '-' || n, CASE WHEN met IS NULL THEN 'handling' ELSE 'closed' END, '路灯不亮', area, 'phone', 'citizen',
       'normal', 'complaint', centre_id, centre_path, unit_id, unit_path, direct,
       (SELECT max(id) FROM policy_version), due - interval '21 days', due - interval '21 days', met, met
FROM planned CROSS JOIN LATERAL generate_series(1, count) AS n
"""

COMPLAINTS = """
INSERT INTO complaint (ticket_id, number, key_hash, channel, source, text, received_at)
SELECT ticket.id, ticket.number, 'none', channel, source, matter, received_at
FROM ticket JOIN planned ON name = split_part(number, '-', 1)
WHERE surveyed
"""

PROMISES = """
INSERT INTO deadline (ticket_id, kind, round, unit_id, unit_path, limit_text, started_at, due_at, original_due_at,
                      met_at, direct)
SELECT ticket.id, kind, 1, ticket.unit_id, ticket.unit_path, '15 working_days', received_at, due, due, met,
       ticket.direct
FROM ticket JOIN planned ON name = split_part(number, '-', 1)
"""

SURVEYS = """
INSERT INTO survey (ticket_id, complaint_id, round, tries, asked_at, answered_at, expired_at, score, by)
SELECT ticket_id, complaint.id, 1, 1, met, CASE WHEN score IS NOT NULL THEN met + interval '1 hour' END,
       CASE WHEN score IS NULL THEN met + interval '3 days' END, score, CASE WHEN score IS NOT NULL THEN 'sms' END
FROM complaint JOIN planned ON name = split_part(number, '-', 1)
"""
