"""The limit of the database: the least SQL that does the like, on the product's own tables with all their indexes.

Eight processes with one connection each and prepared statements, at the level of libpq: what is left is PostgreSQL.
"""

from __future__ import annotations

import multiprocessing
import secrets
import time
from collections.abc import Callable
from datetime import UTC, datetime
from multiprocessing.queues import Queue
from multiprocessing.synchronize import Barrier

import psycopg
from psycopg.pq.abc import PGresult

from bench.ground import plain_address

CONNECTIONS = 8
PATIENCE = 60  # seconds for eight processes to begin

STATEMENTS = {
    b"begin": b"BEGIN",
    b"ticket": b"""
INSERT INTO ticket (id, number, state, matter, place, channel, source, urgency, request_type, centre_id, centre_path,
                    unit_id, unit_path, policy_version_id, received_at)
VALUES ($1, $2, 'received', $3, $4, 'api', 'citizen', 'normal', 'complaint', 1, '1/', 1, '1/', 1, $5)
""",
    b"event": b"""
INSERT INTO event (ticket_id, version, round, step, to_state, actor_kind, actor_name, data, happened_at, noticed_at)
VALUES ($1, 1, 1, 'receive', 'received', 'client', 'bench', '{"channel": "api", "source": "citizen"}', $2, $2)
""",
    b"message": b"""
INSERT INTO message (token, direction, state, purpose, ticket_id, phone_sealed, phone_print, phone_masked, body_sealed,
                     segments, created_at, next_at)
VALUES ($1, 'out', 'queued', 'received', $2, $3, $4, '138****0000', $5, 2, $6, $6)
""",
    b"commit": b"COMMIT",
}


def five_trips(database_url: str, seconds: float) -> float:
    """Transactions a second: BEGIN, ticket, event, outbox row, COMMIT, each a round trip of its own, durable."""
    forked = multiprocessing.get_context("fork")
    together, counts = forked.Barrier(CONNECTIONS), forked.Queue()
    hands = [
        forked.Process(target=_insert, args=(plain_address(database_url), place, together, seconds, counts))
        for place in range(CONNECTIONS)
    ]
    for hand in hands:
        hand.start()
    total = sum(counts.get(timeout=seconds + PATIENCE) for _ in hands)
    for hand in hands:
        hand.join()
    return total / seconds


def _insert(address: str, place: int, together: Barrier, seconds: float, counts: Queue[int]) -> None:
    """One connection's share: how many transactions it has done in that time."""
    with psycopg.connect(address, autocommit=True) as connection:
        raw = connection.pgconn
        for name, statement in STATEMENTS.items():
            _done(raw.prepare(name, statement))
        now = datetime.now(UTC).isoformat().encode()
        matter, where = "路灯不亮".encode(), "香溪路与大桥路口".encode()
        phone, body = b"\\x" + b"ab" * 100, b"\\x" + b"cd" * 300  # as long as sealed ones
        together.wait(PATIENCE)
        count, end = 0, time.monotonic() + seconds
        while time.monotonic() < end:
            count += 1
            id, mark = b"%d" % (10_000_000 * (place + 1) + count), secrets.token_hex(16).encode()
            _done(raw.exec_prepared(b"begin", []))
            _done(raw.exec_prepared(b"ticket", [id, b"B" + id, matter, where, now]))
            _done(raw.exec_prepared(b"event", [id, now]))
            _done(raw.exec_prepared(b"message", [mark, id, phone, mark, body, now]))
            _done(raw.exec_prepared(b"commit", []))
    counts.put(count)


def _done(result: PGresult) -> None:
    if result.status not in (psycopg.pq.ExecStatus.COMMAND_OK, psycopg.pq.ExecStatus.TUPLES_OK):
        raise RuntimeError(result.error_message)


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
