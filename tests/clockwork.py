"""For tests of what the clock does: tickets long overdue, real worker processes, and what must be true afterwards."""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from multiprocessing.context import ForkServerProcess
from pathlib import Path

import sqlalchemy as sa

from config.settings import Settings, load
from hotline.domain.deadlines import due_at
from hotline.models import Alert, Channel, Deadline, Event, Message, Supervision, Ticket
from hotline.services import accepting, assigning, handling, receiving
from hotline.services.work import Work
from tests.city import KEY, City
from tests.forked import fork

PROJECT = Path(__file__).resolve().parents[1]
Level = tuple[int, str]


def overdue(city: City, count: int, days: int = 60) -> datetime:
    """So many tickets, signed for by their unit that many days ago and forgotten. Returns the present."""
    now = datetime.now(UTC)
    city.now = now - timedelta(days=days)
    lamps = city.unit_id("lamps")
    with city.work("citizen") as work:
        intake = receiving.Intake(text="香溪路与大桥路口路灯不亮三天了", channel=Channel.WEB)
        numbers = [receiving.receive(work, intake).number for _ in range(count)]
    steps: dict[str, Callable[[Work, str], object]] = {
        "olga": accepting.accept,
        "dora": partial(assigning.assign, unit_id=lamps),
        "hans": handling.sign,
    }
    for who, step in steps.items():
        with city.work(who) as work:  # all in one: that takes less than a transaction for each
            for number in numbers:
                step(work, number)
    city.now = now
    return now


def expected(city: City, now: datetime) -> Counter[Level]:
    """Every level that every promise has reached by now, counted without the code under test."""
    levels: Counter[Level] = Counter()
    with city.work() as work:
        tickets = {row.id: row.policy_version_id for row in work.session.scalars(sa.select(Ticket))}
        for row in work.session.scalars(sa.select(Deadline).where(Deadline.void_at.is_(None))):
            policy = work.rules.policy(tickets[row.ticket_id])
            ended = row.met_at or row.offered_at or datetime.max.replace(tzinfo=UTC)
            if row.rank >= -1 and policy.warnings.get(row.kind.value, policy.warnings["default"]):
                levels[row.id, "warn"] = 1  # its moment is not kept once it is taken
            moments = [("breach", row.due_at)]
            for rung in policy.rungs(row.kind.value):
                at = due_at(work.rules.calendar, row.due_at, rung.after) if rung.after else row.due_at
                moments.append((rung.level, at))
            levels.update((row.id, level) for level, at in moments if at <= now and at < ended)
    return levels


def assert_each_level_once(city: City, now: datetime) -> None:
    """Alerts, history, orders and notices agree, nothing is missing and nothing is there twice."""
    wanted = expected(city, now)
    assert wanted, "the test has made nothing overdue"
    alerts = Counter((row.deadline_id, row.level) for row in city.rows(sa.select(Alert)))
    assert alerts == wanted
    orders = assert_orders_only_rise(city, wanted)
    steps = ("warn", "breach", "supervise")
    events = city.rows(sa.select(Event).where(Event.step.in_(steps)))
    simple = Counter({key: 1 for key in wanted if key[1] in ("warn", "breach")})
    assert Counter((event.data["deadline_id"], event.data["level"]) for event in events) == simple + orders
    keys = [row.dedupe_key for row in city.rows(sa.select(Message).where(Message.dedupe_key.is_not(None)))]
    assert len(keys) == len(set(keys))
    dated = {(row.deadline_id, row.level): row.happened_at for row in city.rows(sa.select(Alert))}
    assert all(event.happened_at == dated[event.data["deadline_id"], event.data["level"]] for event in events)


def assert_orders_only_rise(city: City, wanted: Counter[Level]) -> Counter[Level]:
    """Of the levels reached, each unit got one rising line of orders a ticket, as high as any promise climbed."""
    rows = city.rows(sa.select(Supervision).order_by(Supervision.id))
    orders = Counter((row.deadline_id, row.level) for row in rows)
    assert orders <= wanted
    lines: dict[tuple[int, int, int], list[int]] = {}
    for row in rows:
        lines.setdefault((row.ticket_id, row.round, row.unit_id), []).append(row.rank)
    assert all(line == sorted(set(line)) for line in lines.values())
    ranks = {"remind": 1, "order": 2, "yellow": 3, "red": 4, "exposure": 5}
    reached: dict[tuple[int, int, int], int] = {}
    owed = {row.id: (row.ticket_id, row.round, row.unit_id) for row in city.rows(sa.select(Deadline))}
    for deadline_id, level in wanted:
        if level in ranks:
            reached[owed[deadline_id]] = max(reached.get(owed[deadline_id], 0), ranks[level])
    assert {key: max(line) for key, line in lines.items()} == reached
    return orders


def environment(city: City, redis_url: str) -> dict[str, str]:
    """What a worker of this city is started with."""
    return {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(PROJECT),
        "PYTHONUNBUFFERED": "1",
        "DATABASE_URL": city.database_url,
        "REDIS_URL": redis_url,
        "HOTLINE_DATA": str(city.office.files),
        "HOTLINE_CITIZEN_KEYS": KEY,
        "HOTLINE_QUIET_HOURS": "off",
    }


def settings(city: City, redis_url: str) -> Settings:
    """The same, read."""
    return load({name: value for name, value in environment(city, redis_url).items() if name.isupper()})


@contextmanager
def started(city: City, redis_url: str, module: str = "workers.worker") -> Iterator[ForkServerProcess]:
    """A real process of the product; killed at the end if it is still there."""
    process = fork(module, environment(city, redis_url), str(PROJECT))
    try:
        yield process
    finally:
        process.kill()
        process.join()


def stop(process: ForkServerProcess, within: float = 60) -> int | None:
    """Ask it to leave, as the process manager does; its exit code, none if it stays."""
    process.terminate()
    process.join(within)
    return process.exitcode


def wait_until(true: Callable[[], object], within: float = 120) -> None:
    """Until something is so; AssertionError if it never is."""
    give_up = time.monotonic() + within
    while not true():
        assert time.monotonic() < give_up, "it did not come to pass"
        time.sleep(0.02)
