"""A million tickets of a city that has lived for two years, a tenth of them open, written by PostgreSQL itself.

Units large (an eighth of everything), small (stations with some hundred tickets ever) and a county with a centre of its
own; words that stand in every third ticket and words that stand in one; promises due, overdue and far off.
"""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

#: Written without their secondary indexes, which are made again at the end: a tenth of the time.
FILLED = (
    *("ticket", "complaint", "citizen", "assignment", "deadline"),
    *("supervision", "extension", "event", "found_words"),
)

UNITS = """
INSERT INTO unit (key, name, kind, parent_id, path)
SELECT 'station-' || n, '第' || n || '站', 'station', parent.id, 'new-' || n
FROM generate_series(0, 39) AS n JOIN unit AS parent ON parent.key = 'department-' || n % 8;

INSERT INTO unit (key, name, kind, parent_id, path)
SELECT 'county', '石麓县中心', 'county_centre', id, 'new-county' FROM unit WHERE key = 'center';

INSERT INTO unit (key, name, kind, parent_id, path)
SELECT 'county-' || n, '石麓县第' || n || '站', 'station', id, 'new-county-' || n
FROM unit, generate_series(0, 3) AS n WHERE key = 'county';

UPDATE unit SET path = parent.path || unit.id || '/'
FROM unit AS parent WHERE parent.id = unit.parent_id AND unit.path LIKE 'new-%' AND parent.path NOT LIKE 'new-%';

UPDATE unit SET path = parent.path || unit.id || '/'
FROM unit AS parent WHERE parent.id = unit.parent_id AND unit.path LIKE 'new-%';
"""

#: One row a ticket, from which all tables are written.
PLAN = """
CREATE UNLOGGED TABLE planned AS
SELECT n, abs(hashint4(n)) AS mixed,
       CAST(:now AS timestamptz) - (:count - n) * interval '700 days' / :count AS at,
       n % 100 < 3 OR (n > :count * 0.92 AND n % 100 < 90) AS open, n % 20 = 1 AS county,
       (ARRAY['云锦区', '城中区', '临河区', '高新区', '石麓县'])[1 + n % 5] AS area,
       '锦绣' || n % 500 || '路' AS road, '金桂' || n * 7 % 2000 || '小区' AS estate,
       (ARRAY['路灯不亮', '路灯不亮三天了', '下水道堵塞污水外溢', '搅拌站夜间施工噪音扬尘', '店外经营占道',
              '垃圾无人清运', '井盖破损有安全隐患', '树枝遮挡信号灯', '供暖不热室温不到十六度', '小广告乱贴'])
           [1 + abs(hashint4(n)) / 7 % 10] AS trouble,
       (SELECT array_agg(id ORDER BY id) FROM category)[1 + abs(hashint4(n)) / 11 % 60] AS category_id,
       (ARRAY['web', 'sms', 'phone', 'api', 'staff'])[1 + n % 5] AS channel,
       CASE n % 97 WHEN 0 THEN 'leader' WHEN 1 THEN 'petition' WHEN 2 THEN 'media' ELSE 'citizen' END AS source,
       CASE WHEN n % 31 = 0 THEN 'urgent' ELSE 'normal' END AS urgency,
       CASE WHEN n % 20 = 1 THEN 'county-' || n / 20 % 4 WHEN n % 50 = 0 THEN 'station-' || n / 50 % 40
            ELSE 'department-' || n % 8 END AS unit_key,
       (ARRAY['received', 'accepted', 'assigned', 'assigned', 'handling', 'handling', 'handling', 'handling',
              'handling', 'handling', 'handling', 'handling', 'handling', 'handling', 'supervised', 'supervised',
              'paused', 'submitted', 'resolved', 'replied'])[1 + abs(hashint4(n)) / 13 % 20] AS state
FROM generate_series(1, :count) AS n;

UPDATE planned SET state = CASE WHEN n % 33 = 0 THEN 'declined' ELSE 'closed' END WHERE NOT open;
"""

TICKETS = """
INSERT INTO ticket (number, state, version, round, matter, place, area, channel, source, urgency, request_type,
                    category_id, centre_id, centre_path, unit_id, unit_path, level, heat, outcome, answer,
                    policy_version_id, received_at, accepted_at, ended_at, paused_until)
SELECT to_char(at, 'YYYYMMDD') || lpad((n % 1000000)::text, 6, '0'), state, 6,
       CASE WHEN mixed / 5 % 61 = 0 THEN 2 ELSE 1 END,
       road || estate || '门口' || trouble, road || estate, area, channel, source, urgency, 'complaint', category_id,
       centre.id, centre.path,
       CASE WHEN state IN ('assigned', 'handling', 'supervised', 'paused') THEN unit.id ELSE centre.id END,
       CASE WHEN state IN ('assigned', 'handling', 'supervised', 'paused') THEN unit.path ELSE centre.path END,
       CASE WHEN state = 'supervised' THEN 1 + mixed % 4 WHEN mixed % 53 = 0 THEN 1 ELSE 0 END,
       CASE WHEN mixed / 3 % 40 = 0 THEN 2 + mixed % 9 ELSE 1 END,
       CASE WHEN state IN ('submitted', 'resolved', 'replied', 'closed') THEN '已派员到场处理完毕' ELSE '' END,
       CASE WHEN state IN ('replied', 'closed') THEN '您反映的问题已处理，感谢监督' ELSE '' END,
       (SELECT max(id) FROM policy_version), at, CASE WHEN state <> 'received' THEN at + interval '20 minutes' END,
       CASE WHEN NOT open THEN at + interval '6 days' END,
       CASE WHEN state = 'paused' THEN CAST(:now AS timestamptz) + interval '30 days' END
FROM planned JOIN unit ON unit.key = unit_key
JOIN unit AS centre ON centre.key = CASE WHEN county THEN 'county' ELSE 'center' END
ORDER BY n;

INSERT INTO citizen (phone_print, phone_masked, created_at)
SELECT 'print-' || n, '138****' || lpad((n % 10000)::text, 4, '0'), CAST(:now AS timestamptz)
FROM generate_series(1, :count / 5) AS n;

INSERT INTO complaint (ticket_id, number, key_hash, citizen_id, channel, source, text, place, received_at)
SELECT ticket.id, ticket.number, 'none', (SELECT min(id) FROM citizen) + n % (:count / 5), ticket.channel,
       ticket.source, matter || '，车牌晋A' || lpad((n * 17 % 100000)::text, 5, '0') || '，请尽快派人处理。',
       ticket.place, ticket.received_at
FROM ticket JOIN planned ON ticket.id = n + (SELECT min(id) - 1 FROM ticket)
ORDER BY n;

INSERT INTO assignment (ticket_id, round, part, unit_id, unit_path, assigned_at, signed_at, submitted_at, ended_at,
                        ending)
SELECT ticket.id, ticket.round, 'lead', unit.id, unit.path, at + interval '1 hour', at + interval '2 hours',
       CASE WHEN done THEN at + interval '5 days' END, CASE WHEN done THEN at + interval '5 days' END,
       CASE WHEN done THEN 'submitted' END
FROM ticket JOIN planned ON ticket.id = n + (SELECT min(id) - 1 FROM ticket) JOIN unit ON unit.key = unit_key
CROSS JOIN LATERAL (SELECT ticket.state IN ('resolved', 'replied', 'closed') AS done) AS turn
WHERE ticket.state NOT IN ('received', 'accepted', 'declined')
ORDER BY n;
"""

#: Of the open ones one in six is overdue; one in five of the others has been warned of.
PROMISES = """
INSERT INTO deadline (ticket_id, complaint_id, kind, round, unit_id, unit_path, limit_text, started_at, due_at,
                      original_due_at, met_at, void_at, void_reason, next_at, rank)
SELECT ticket.id, CASE WHEN promise.kind = 'reply' THEN ticket.id + shift END, promise.kind, ticket.round,
       ticket.unit_id, ticket.unit_path, '5 working_days', started_at, due_at, due_at,
       CASE WHEN ticket.state = 'closed' THEN due_at + CASE n % 10 WHEN 0 THEN 1 ELSE -1 END * interval '1 day' END,
       CASE WHEN ticket.state = 'declined' THEN ticket.received_at END,
       CASE WHEN ticket.state = 'declined' THEN 'declined' END,
       CASE WHEN open AND due_at < :now THEN due_at + interval '30 days'
            WHEN open THEN greatest(due_at - interval '1 day', CAST(:now AS timestamptz) + interval '1 hour') END,
       CASE WHEN due_at < :now THEN 0 WHEN mixed % 5 = 0 THEN -1 ELSE -2 END
FROM ticket JOIN planned ON ticket.id = n + (SELECT min(id) - 1 FROM ticket)
CROSS JOIN (SELECT min(complaint.id) - min(ticket_id) AS shift FROM complaint) AS complaints
CROSS JOIN (VALUES ('handle', 0), ('reply', 2), ('close', 4)) AS promise (kind, days)
CROSS JOIN LATERAL (
    SELECT CASE WHEN open THEN CAST(:now AS timestamptz) + (mixed / 17 % 10000 - 1600) * interval '2 minutes'
                ELSE ticket.received_at + interval '5 days' END + days * interval '1 day' AS due_at
) AS due
CROSS JOIN LATERAL (SELECT least(due_at, ticket.received_at) AS started_at) AS started
ORDER BY n;

INSERT INTO supervision (ticket_id, round, unit_id, unit_path, level, rank, ground, demand, copies, deduction,
                         issued_at, issued_by)
SELECT id, round, unit_id, unit_path, 'order', level, 'overdue', '限期办结', '{}', 0, :now, '系统'
FROM ticket WHERE state = 'supervised';

INSERT INTO extension (ticket_id, assignment_id, round, reason, asked_at, deadline_id)
SELECT ticket.id, assignment.id, ticket.round, '等待配件', :now, min(deadline.id)
FROM ticket JOIN assignment ON assignment.ticket_id = ticket.id AND assignment.ended_at IS NULL
JOIN deadline ON deadline.ticket_id = ticket.id
WHERE ticket.state = 'handling' AND ticket.id % 500 = 0
GROUP BY ticket.id, assignment.id;

INSERT INTO event (ticket_id, version, round, step, to_state, actor_kind, actor_name, data, happened_at, noticed_at)
SELECT id, 1, 1, 'receive', 'received', 'citizen', '诉求人', '{}', received_at, received_at FROM ticket ORDER BY id;
"""

#: What `services.finding` would write; `bench.desk` compares some.
WORDS = """
INSERT INTO found_words (ticket_id, words, covered, marks)
SELECT ticket.id, concat_ws(E'\\n', lower(matter), nullif(outcome, ''), nullif(replace(answer, '，', ''), ''),
                            lower(said)),
       concat_ws(E'\\n', lower(matter), nullif(outcome, ''), nullif(replace(answer, '，', ''), ''),
                 matter || '车牌', '请尽快派人处理'),
       ARRAY['tail=' || right(ticket.number, 4), 'tail=' || right(ticket.number, 5), 'tail=' || right(ticket.number, 6),
             'area=' || area, 'category=' || category_id, 'source=' || ticket.source, 'channel=' || ticket.channel,
             'urgency=' || urgency]
FROM ticket JOIN complaint ON complaint.ticket_id = ticket.id
CROSS JOIN LATERAL (SELECT replace(replace(complaint.text, '，', ''), '。', '') AS said) AS folded
ORDER BY ticket.id;

DROP TABLE planned;
"""


def fill(database_url: str, count: int, now: datetime) -> None:
    """Some minutes for a million; seconds for a thousand."""
    engine = sa.create_engine(database_url, poolclass=sa.NullPool)
    with engine.begin() as connection:
        connection.execute(sa.text("SET LOCAL session_replication_role = replica"))  # no checks, no triggers
        connection.execute(sa.text("SET LOCAL maintenance_work_mem = '512MB'"))
        indexes = connection.execute(SECONDARY, {"tables": list(FILLED)}).all()
        for index in indexes:
            connection.execute(sa.text(f'DROP INDEX "{index.name}"'))
        for statement in ";\n".join((UNITS, PLAN, TICKETS, PROMISES, WORDS)).split(";\n"):
            if statement.strip():
                given = {"count": count, "now": now}
                named = {name: value for name, value in given.items() if f":{name}" in statement}
                connection.execute(sa.text(statement), named)
        for index in indexes:
            connection.execute(sa.text(index.definition.replace(":", "\\:")))
    engine.dispose()


SECONDARY = sa.text("""
SELECT index.relname AS name, pg_get_indexdef(index.oid) AS definition
FROM pg_index JOIN pg_class AS index ON index.oid = pg_index.indexrelid
JOIN pg_class AS filled ON filled.oid = pg_index.indrelid
WHERE filled.relname = ANY(:tables) AND NOT indisunique AND filled.relnamespace = 'public'::regnamespace
ORDER BY index.relname
""")
