"""A city that has lived for years, as the month sees it: tickets with their promises, turns and answers to surveys.

Every month has as many tickets; the last whole one and the running one have the promises of all steps, those before
only the three that the city answers for. Of a hundred tickets three are declined, ten of the others late, one
extended, one still owed from before, four answered by the centre itself.
"""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from bench.million import SECONDARY, UNITS

FILLED = ("ticket", "complaint", "assignment", "deadline", "survey", "found_words")

PLAN = """
CREATE UNLOGGED TABLE planned AS
SELECT n, abs(hashint4(n)) AS mixed, at, n % 33 = 0 AS declined, at > :now - interval '7 days' AS open,
       at > CAST(:detailed AS timestamptz) AS detailed, abs(hashint4(n)) % 100 BETWEEN 40 AND 43 AS direct,
       (ARRAY['云锦区', '城中区', '临河区', '高新区', '石麓县'])[1 + n % 5] AS area,
       (ARRAY['web', 'sms', 'phone', 'api', 'staff'])[1 + n % 5] AS channel,
       CASE n % 97 WHEN 0 THEN 'leader' WHEN 1 THEN 'petition' WHEN 2 THEN 'media' ELSE 'citizen' END AS source,
       CASE WHEN n % 20 = 1 THEN 'county-' || n / 20 % 4 WHEN n % 50 = 0 THEN 'station-' || n / 50 % 40
            ELSE 'department-' || n % 8 END AS unit_key
FROM generate_series(1, :count) AS n
CROSS JOIN LATERAL (
    SELECT CAST(:begins AS timestamptz) + (CAST(:now AS timestamptz) - :begins) * (n::float8 / :count) AS at
) AS arrived
"""

TICKETS = """
INSERT INTO ticket (number, state, version, matter, place, area, channel, source, urgency, request_type, category_id,
                    centre_id, centre_path, unit_id, unit_path, direct, policy_version_id, received_at, accepted_at,
                    ended_at)
SELECT 'L' || lpad(n::text, 9, '0'),
       CASE WHEN declined THEN 'declined' WHEN open THEN 'handling' ELSE 'closed' END, 6,
       '香溪路' || n % 5000 || '号门前路灯不亮', '香溪路' || n % 5000 || '号', area, channel, source, 'normal',
       'complaint', categories.ids[1 + mixed / 11 % 60], centre.id, centre.path, unit.id, unit.path,
       direct AND NOT open AND NOT declined, policy.id, at, at + interval '20 minutes',
       CASE WHEN declined OR NOT open THEN at + interval '6 days' END
FROM planned JOIN unit ON unit.key = unit_key JOIN unit AS centre ON centre.key = 'center'
CROSS JOIN (SELECT array_agg(id ORDER BY id) AS ids FROM category) AS categories
CROSS JOIN (SELECT max(id) AS id FROM policy_version) AS policy
ORDER BY n;

INSERT INTO assignment (ticket_id, round, part, unit_id, unit_path, assigned_at, signed_at, ended_at, ending)
SELECT ticket.id, 1, 'lead', unit_id, unit_path, at + interval '1 hour', at + interval '2 hours',
       CASE WHEN NOT open THEN at + interval '5 days' END,
       CASE WHEN NOT open THEN CASE WHEN mixed % 40 = 7 THEN 'returned' ELSE 'submitted' END END
FROM ticket JOIN planned ON ticket.number = 'L' || lpad(n::text, 9, '0')
WHERE detailed AND NOT declined
ORDER BY n;

INSERT INTO complaint (ticket_id, number, key_hash, channel, source, text, place, received_at)
SELECT ticket.id, number, 'none', ticket.channel, ticket.source, matter, place, received_at
FROM ticket JOIN planned ON ticket.number = 'L' || lpad(n::text, 9, '0')
WHERE detailed ORDER BY n;

INSERT INTO survey (ticket_id, complaint_id, round, tries, asked_at, answered_at, solved, score)
SELECT ticket_id, complaint.id, 1, 1, at + interval '6 days', at + interval '7 days', mixed % 9 <> 0, 1 + mixed % 5
FROM complaint JOIN planned ON complaint.number = 'L' || lpad(n::text, 9, '0')
WHERE detailed AND NOT open AND NOT declined AND mixed % 10 < 4 ORDER BY n
"""

PROMISES = """
INSERT INTO deadline (ticket_id, kind, round, unit_id, unit_path, limit_text, extensions, started_at, due_at,
                      original_due_at, met_at, void_at, void_reason, next_at, rank)
SELECT ticket.id, kind, 1, unit_id, unit_path, '5 working_days',
       CASE WHEN extended THEN 1 ELSE 0 END, at, due_at,
       due_at - CASE WHEN extended THEN interval '5 days' ELSE '0' END,
       CASE WHEN declined THEN NULL WHEN NOT over OR mixed % 2000 = 3 THEN NULL
            WHEN mixed % 10 = 1 THEN due_at + interval '1 day' ELSE due_at - length / 4 END,
       CASE WHEN declined AND NOT step THEN at END, CASE WHEN declined AND NOT step THEN 'declined' END,
       CASE WHEN NOT over AND NOT declined THEN due_at END, -1
FROM planned JOIN ticket ON ticket.number = 'L' || lpad(n::text, 9, '0')
CROSS JOIN (VALUES ('accept', interval '30 minutes', true), ('dispatch', '1 hour', true), ('sign', '1 day', true),
                   ('check', '5 days', true), ('handle', '5 days', false), ('reply', '7 days', false),
                   ('close', '9 days', false)) AS promise (kind, length, step)
CROSS JOIN LATERAL (SELECT kind = 'handle' AND mixed % 100 = 17 AS extended) AS more
CROSS JOIN LATERAL (SELECT at + length + CASE WHEN extended THEN interval '5 days' ELSE '0' END AS due_at) AS due
CROSS JOIN LATERAL (SELECT due_at <= CAST(:now AS timestamptz) AS over) AS passed
WHERE detailed OR NOT step
ORDER BY n
"""


def fill(database_url: str, count: int, begins: datetime, detailed: datetime, now: datetime) -> None:
    """So many tickets from `begins` to `now`; from `detailed` on with all steps. Minutes for ten million."""
    engine = sa.create_engine(database_url, poolclass=sa.NullPool)
    given = {"count": count, "begins": begins, "detailed": detailed, "now": now}
    with engine.begin() as connection:
        connection.execute(sa.text("SET LOCAL session_replication_role = replica"))  # no checks, no triggers
        connection.execute(sa.text("SET LOCAL maintenance_work_mem = '1GB'"))
        connection.execute(sa.text("SET LOCAL work_mem = '512MB'"))
        indexes = connection.execute(SECONDARY, {"tables": list(FILLED)}).all()
        for index in indexes:
            connection.execute(sa.text(f'DROP INDEX "{index.name}"'))
        for statement in ";\n".join((UNITS, PLAN, "ANALYZE planned", TICKETS, PROMISES)).split(";\n"):
            named = {name: value for name, value in given.items() if f":{name}" in statement}
            if statement.strip():
                connection.execute(sa.text(statement), named)
        connection.execute(sa.text("DROP TABLE planned"))
        for index in indexes:
            connection.execute(sa.text(index.definition.replace(":", "\\:")))
    engine.dispose()
