"""Eight at once, killed in the middle, Redis emptied, two timetables, a day skipped: no level lost, none doubled."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from redis import Redis
from rq import Queue

from hotline.bell import QUEUE, Bell, RqBell
from hotline.domain.workflow import State
from hotline.models import Alert, Deadline, DeadlineKind, Event, Ticket
from hotline.services import enforcing, handling
from tests.city import City
from tests.clockwork import assert_each_level_once, overdue, started, wait_until
from tests.races.hands import PATIENCE, together
from workers.timetable import keep

GATE = "pg_advisory_xact_lock_shared(12319)"


def sweep(city: City, limit: int = enforcing.BATCH) -> int:
    total = 0
    while True:
        with city.work() as work:
            done = enforcing.run_pass(work, limit)
        total += done
        if not done:
            return total


def waiting(city: City) -> int:
    return int(city.scalar(sa.select(sa.func.count()).select_from(Deadline).where(Deadline.next_at <= city.now)))


@contextmanager
def before_each_alert(city: City, does: str) -> Iterator[None]:
    """The database does this before it writes an alert, so that somebody can come in between."""
    with city.office.session() as session:
        session.execute(
            sa.text(
                "CREATE FUNCTION dawdle() RETURNS trigger LANGUAGE plpgsql AS "
                f"$$ BEGIN PERFORM {does}; RETURN NEW; END $$"
            )
        )
        session.execute(sa.text("CREATE TRIGGER dawdle BEFORE INSERT ON alert FOR EACH ROW EXECUTE FUNCTION dawdle()"))
    try:
        yield
    finally:
        with city.office.session() as session:
            session.execute(sa.text("DROP TRIGGER dawdle ON alert"))
            session.execute(sa.text("DROP FUNCTION dawdle()"))


@contextmanager
def shut_gate(city: City) -> Iterator[None]:
    """Who writes an alert stands still before it until this ends, however slow the machine is."""
    with city.office.session() as session:
        session.execute(sa.text("SELECT pg_advisory_xact_lock(12319)"))
        yield


@contextmanager
def ringing(timetable: Mapping[str, float], *bells: Bell) -> Iterator[None]:
    """A timetable at each of these bells."""
    enough = threading.Event()
    threads = [threading.Thread(target=keep, args=(bell, enough, timetable)) for bell in bells]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        enough.set()
        for thread in threads:
            thread.join()


class Counted:
    """A bell that counts how often it was rung."""

    def __init__(self, bell: Bell) -> None:
        self.bell = bell
        self.rung = 0

    def ring(self, names: Iterable[str]) -> None:
        for name in names:
            self.bell.ring([name])
            self.rung += 1


def writing(city: City) -> int:
    """How many are in the middle of writing alerts."""
    query = sa.text(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() "
        "AND state = 'active' AND query LIKE 'INSERT INTO alert%'"
    )
    with city.office.session() as session:
        return int(session.scalar(query) or 0)


@pytest.mark.parametrize("limit", [3, 1000])
def test_eight_at_once_on_the_same_overdue_tickets(city: City, limit: int) -> None:
    now = overdue(city, 12)
    together(*[lambda: sweep(city, limit)] * 8)
    sweep(city)
    assert_each_level_once(city, now)


def test_eight_worker_processes_on_the_same_overdue_tickets(city: City, redis: Redis, redis_url: str) -> None:
    overdue(city, 25)
    queue = Queue(QUEUE, connection=redis)
    for _ in range(16):
        queue.enqueue("workers.jobs.sweep", result_ttl=0)
    with (
        started(city, redis_url),
        started(city, redis_url),
        started(city, redis_url),
        started(city, redis_url),
        started(city, redis_url),
        started(city, redis_url),
        started(city, redis_url),
        started(city, redis_url),
    ):
        wait_until(lambda: queue.is_empty() and waiting(city) == 0, within=PATIENCE)
    assert_each_level_once(city, city.now)


def test_a_worker_killed_in_the_middle_of_a_batch(city: City, redis: Redis, redis_url: str) -> None:
    now = overdue(city, 3)
    with before_each_alert(city, GATE):
        with shut_gate(city), started(city, redis_url) as worker:
            RqBell(redis).ring(["sweep"])
            wait_until(lambda: writing(city) == 1)
            worker.kill()
            worker.join()
        wait_until(lambda: writing(city) == 0)
    assert city.scalar(sa.select(sa.func.count()).select_from(Alert)) == 0, "half a batch is no batch"
    redis.flushall()  # the job that was being done is gone with it; so is the bell
    with started(city, redis_url):
        RqBell(redis).ring(["sweep"])
        wait_until(lambda: waiting(city) == 0)
    assert_each_level_once(city, now)


def test_one_of_three_killed_while_the_others_go_on(city: City, redis: Redis, redis_url: str) -> None:
    now = overdue(city, 8)
    holding, gone_on = threading.Event(), threading.Barrier(3, timeout=PATIENCE)

    def doomed() -> None:
        with city.work() as work:
            assert enforcing.run_pass(work, 3) == 3
            holding.set()
            gone_on.wait()
            raise ConnectionError("killed before the commit")

    def other() -> None:
        assert holding.wait(PATIENCE)
        with city.work() as work:
            assert enforcing.run_pass(work, 3) > 0, "what another one holds is no hindrance"
        gone_on.wait()
        sweep(city, 3)

    with before_each_alert(city, "pg_sleep(0.002)"), pytest.raises(ConnectionError):
        together(doomed, other, other)
    sweep(city)
    assert_each_level_once(city, now)


def test_redis_emptied_again_and_again(city: City, redis: Redis, redis_url: str) -> None:
    now = overdue(city, 20)
    with started(city, redis_url), ringing({"sweep": 0.2}, RqBell(redis)):
        for _ in range(10):
            redis.flushall()
            time.sleep(0.1)
        wait_until(lambda: waiting(city) == 0)
    assert_each_level_once(city, now)


def test_two_timetables_at_once_ring_each_bell_once(city: City, redis: Redis, redis_url: str) -> None:
    now = overdue(city, 10)
    both = [Counted(RqBell(redis)) for _ in range(2)]
    with ringing({"sweep": 0.05, "deliver": 0.05}, *both):
        wait_until(lambda: all(bell.rung >= 10 for bell in both))
        queue = Queue(QUEUE, connection=redis)
        assert sorted(str(job.func_name) for job in queue.jobs) == ["workers.jobs.deliver", "workers.jobs.sweep"]
        with started(city, redis_url):
            wait_until(lambda: waiting(city) == 0)
    assert_each_level_once(city, now)


def test_skipping_a_day_or_a_month_gives_what_looking_every_hour_gives(city: City) -> None:
    def history() -> set[tuple[int, str, datetime]]:
        return {(row.deadline_id, row.level, row.happened_at) for row in city.rows(sa.select(Alert))}

    first = overdue(city, 1, days=40)
    (ticket,) = city.rows(sa.select(Ticket))
    city.now = first - timedelta(days=40)
    while city.now < first:
        city.turn(hours=13)
        sweep(city)
    city.now = first
    sweep(city)
    watched = history()
    with city.office.session() as session:  # the same ticket as it was, with nobody having looked
        session.execute(sa.text("ALTER TABLE event DISABLE TRIGGER event_append_only"))
        for table in ("alert", "supervision", "message"):
            session.execute(sa.text(f"DELETE FROM {table}"))
        session.execute(sa.text("DELETE FROM event WHERE step IN ('warn', 'breach', 'supervise')"))
        session.execute(sa.text("ALTER TABLE event ENABLE TRIGGER event_append_only"))
        session.execute(sa.text("DELETE FROM deadline WHERE kind = 'explain'"))
        warned = {key[0]: key[2] for key in watched if key[1] == "warn"}
        for row in session.scalars(sa.select(Deadline)):
            if row.rank > -2 and row.id in warned:
                row.rank, row.next_at = -2, warned[row.id]
    sweep(city)
    own = {row.id for row in city.rows(sa.select(Deadline).where(Deadline.kind != DeadlineKind.EXPLAIN))}
    assert {key for key in history() if key[0] in own} == {key for key in watched if key[0] in own}
    assert ticket.id


class TestBesidePeople:
    def test_a_ticket_in_somebodys_hand_is_skipped_and_not_waited_for(self, city: City) -> None:
        now = overdue(city, 2, days=20)
        mine, other = city.rows(sa.select(Ticket).order_by(Ticket.id))
        with city.work("hans") as work:
            handling.submit(work, mine.number, "已更换灯头两只，恢复照明。")
            together(lambda: sweep(city))
            with city.office.session() as session:
                taken = set(session.scalars(sa.select(Event.ticket_id).where(Event.step == "breach")))
            assert taken == {other.id}
        sweep(city)
        assert city.ticket(mine.number).state is State.SUBMITTED, (
            "the submission was first; lateness is dated before it"
        )
        assert_each_level_once(city, now)

    def test_nobody_waits_for_anybody_for_ever(self, city: City) -> None:
        now = overdue(city, 16, days=20)
        numbers = [row.number for row in city.rows(sa.select(Ticket).order_by(Ticket.id))]

        def submit(own: list[str]) -> None:
            for number in own:
                with city.work("hans") as work:
                    handling.submit(work, number, "已更换灯头两只，恢复照明。")

        people = [lambda own=numbers[start::4]: submit(own) for start in range(4)]
        together(*people, *[lambda: sweep(city, 5)] * 4)
        sweep(city)
        assert {city.ticket(number).state for number in numbers} == {State.SUBMITTED}
        assert_each_level_once(city, now)


def test_asked_to_stop_it_finishes_the_batch_and_leaves_the_rest(city: City, redis: Redis, redis_url: str) -> None:
    overdue(city, 8)
    with before_each_alert(city, GATE), started(city, redis_url) as worker:
        with shut_gate(city):
            RqBell(redis).ring(["sweep"])
            wait_until(lambda: writing(city) == 1)
            worker.terminate()
        worker.join(PATIENCE)
        assert worker.exitcode == 0
        assert city.scalar(sa.select(sa.func.count()).select_from(Alert)) > 0, "the batch in hand was finished"
    sweep(city)
    assert_each_level_once(city, city.now)
