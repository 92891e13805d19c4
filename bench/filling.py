"""Rows by the hundred thousand, made by PostgreSQL itself: only a bench may go past the services like this."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

RUNNING = """
INSERT INTO ticket (number, state, version, matter, place, channel, source, urgency, request_type, centre_id,
                    centre_path, unit_id, unit_path, policy_version_id, received_at, accepted_at)
SELECT 'R' || n, 'handling', 4, '香溪路' || n || '号门前路灯不亮', '香溪路' || n || '号', 'web', 'citizen', 'normal',
       'complaint', centre.id, centre.path, unit.id, unit.path, (SELECT max(id) FROM policy_version),
       CAST(:now AS timestamptz) - interval '4 days', CAST(:now AS timestamptz) - interval '4 days'
FROM generate_series(1, :count) AS n
JOIN unit AS centre ON centre.key = 'center'
JOIN unit ON unit.key = 'department-' || n % 8;

INSERT INTO deadline (ticket_id, kind, round, unit_id, unit_path, limit_text, started_at, due_at, original_due_at,
                      next_at, rank)
SELECT id, 'handle', 1, unit_id, unit_path, '5 working_days', received_at, received_at + interval '7 days',
       received_at + interval '7 days', received_at + interval '5 days' + id * interval '1 millisecond', -2
FROM ticket;
"""

#: Of 100 tickets 95 are done; of these 10 were late, and 3 were declined. Three rated promises each.
MONTH = """
INSERT INTO ticket (number, state, version, matter, place, area, channel, source, urgency, request_type, category_id,
                    centre_id, centre_path, unit_id, unit_path, policy_version_id, received_at, accepted_at, ended_at)
SELECT 'M' || n, CASE WHEN n % 100 < 5 THEN 'handling' WHEN n % 100 < 8 THEN 'declined' ELSE 'closed' END, 6,
       '香溪路' || n || '号门前路灯不亮', '香溪路' || n || '号', (ARRAY['云锦区', '石麓县', '城中区'])[1 + n % 3],
       (ARRAY['web', 'sms', 'phone', 'api'])[1 + n % 4], (ARRAY['citizen', 'citizen', 'media'])[1 + n % 3], 'normal',
       'complaint', (SELECT array_agg(id ORDER BY id) FROM category)[1 + n % 60], centre.id, centre.path,
       unit.id, unit.path, (SELECT max(id) FROM policy_version), at, at,
       CASE WHEN n % 100 >= 5 THEN at + interval '6 days' END
FROM generate_series(1, :count) AS n
CROSS JOIN LATERAL (SELECT CAST(:begins AS timestamptz) + n * interval '20 days' / :count AS at) AS arrived
JOIN unit AS centre ON centre.key = 'center'
JOIN unit ON unit.key = 'department-' || n % 8;

INSERT INTO complaint (ticket_id, number, key_hash, channel, source, text, place, received_at)
SELECT id, number, 'none', channel, source, matter, place, received_at FROM ticket;

INSERT INTO assignment (ticket_id, round, part, unit_id, unit_path, assigned_at, signed_at, ended_at, ending)
SELECT id, 1, 'lead', unit_id, unit_path, received_at, received_at, ended_at,
       CASE WHEN ended_at IS NOT NULL THEN 'submitted' END
FROM ticket WHERE state <> 'declined';

INSERT INTO deadline (ticket_id, complaint_id, kind, round, unit_id, unit_path, limit_text, started_at, due_at,
                      original_due_at, met_at, void_at, void_reason, next_at, rank)
SELECT ticket.id, CASE WHEN promise.kind = 'reply' THEN complaint.id END, promise.kind, 1, unit_id, unit_path,
       '5 working_days', ticket.received_at, due_at, due_at,
       CASE WHEN state = 'closed' THEN due_at + CASE WHEN ticket.id % 10 = 0 THEN 1 ELSE -1 END * interval '1 day' END,
       CASE WHEN state = 'declined' THEN ticket.received_at END, CASE WHEN state = 'declined' THEN 'declined' END,
       CASE WHEN state = 'handling' THEN due_at END, -1
FROM ticket JOIN complaint ON complaint.ticket_id = ticket.id
CROSS JOIN (VALUES ('handle', 5), ('reply', 7), ('close', 9)) AS promise (kind, days)
CROSS JOIN LATERAL (SELECT ticket.received_at + promise.days * interval '1 day' AS due_at) AS due;
"""

#: Every fifth ticket is open, on the longest road and in the middle of the city; of the others one in five is open, in
#: one of so many communities on 500 roads, all over half a degree. One caller has complained of fifty of them.
PLACES = """
CREATE TEMPORARY TABLE placed ON COMMIT DROP AS
SELECT n, n % 5 = 0 AS central, n % 5 = 0 OR n % 25 = 1 AS open,
       CASE WHEN n % 5 = 0 THEN '长安大道' ELSE '锦绣' || n % 500 || '路' END AS road,
       '金桂' || CASE WHEN n % 5 = 0 THEN n / 5 % 4000 ELSE n % greatest(1, :count / 500) END || '小区' AS estate,
       (ARRAY['路灯不亮三天了', '搅拌站噪音扬尘', '下水道堵了，污水外溢', '店外经营占道'])[1 + n / 7 % 4] AS trouble,
       CASE WHEN n % 5 = 0 THEN 36.2501 + random() * 0.0048 ELSE 36 + random() / 2 END AS latitude,
       CASE WHEN n % 5 = 0 THEN 113.1501 + random() * 0.0048 ELSE 113 + random() / 2 END AS longitude,
       CAST(:now AS timestamptz) - (:count - n) * interval '90 days' / :count AS at
FROM generate_series(1, :count) AS n;

INSERT INTO ticket (number, state, version, matter, place, place_keys, latitude, longitude, channel, source, urgency,
                    request_type, centre_id, centre_path, unit_id, unit_path, policy_version_id, received_at,
                    accepted_at, ended_at)
SELECT 'P' || n, CASE WHEN open THEN 'handling' ELSE 'closed' END, 4, road || estate || trouble, road || estate,
       ARRAY[road, estate], latitude, longitude, 'web', 'citizen', 'normal', 'complaint', centre.id, centre.path,
       unit.id, unit.path, (SELECT max(id) FROM policy_version), at, at, CASE WHEN NOT open THEN at END
FROM placed JOIN unit AS centre ON centre.key = 'center' JOIN unit ON unit.key = 'department-' || n % 8
ORDER BY n;

INSERT INTO citizen (phone_print, created_at) VALUES (:phone_print, :now);

INSERT INTO complaint (ticket_id, number, key_hash, citizen_id, channel, source, text, place, received_at)
SELECT id, number, 'none', CASE WHEN id % (:count / 50) = 0 THEN (SELECT max(id) FROM citizen) END, channel, source,
       matter || '，请派人处理。', place, received_at
FROM ticket;

INSERT INTO clue (key, ticket_id)
SELECT key, id FROM ticket, LATERAL (
    SELECT unnest(place_keys) AS key UNION SELECT '@' || floor(latitude * 200) || ':' || floor(longitude * 200)
) AS keys
ORDER BY key, id;
"""


def fill_running(database_url: str, count: int, now: datetime) -> None:
    """So many tickets at work, each with one running promise; the first warning is a day away."""
    _fill(database_url, RUNNING, count=count, now=now)


def fill_month(database_url: str, count: int, begins: datetime) -> None:
    """A month's tickets, most of them done."""
    _fill(database_url, MONTH, count=count, begins=begins)


def fill_places(database_url: str, count: int, now: datetime, phone_print: str) -> None:
    """Tickets with all that the same matter is found by."""
    _fill(database_url, PLACES, count=count, now=now, phone_print=phone_print)


def make_due(database_url: str, count: int, now: datetime) -> None:
    """The first so many running promises have reached the moment of their warning, one after the other."""
    _fill(database_url, DUE, count=count, now=now)


DUE = """
UPDATE deadline SET next_at = CAST(:now AS timestamptz) - interval '1 hour' + id * interval '1 millisecond'
WHERE id IN (SELECT id FROM deadline WHERE rank = -2 ORDER BY id LIMIT :count);
"""


def _fill(database_url: str, statements: str, **values: object) -> None:
    engine = sa.create_engine(database_url, poolclass=sa.NullPool)
    with engine.begin() as connection:
        for statement in statements.split(";\n"):
            if statement.strip():
                named = {name: value for name, value in values.items() if f":{name}" in statement}
                connection.execute(sa.text(statement), named)
