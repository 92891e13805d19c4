"""The door for time and the queue: every bell has its job, jobs take turns, Redis may be away."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from redis import Redis
from redis.exceptions import ConnectionError as RedisAway
from rq import Queue

import workers.jobs
from hotline.assembly import open_office
from hotline.bell import QUEUE, RqBell, SilentBell, bell_key, connect_redis
from hotline.carriers.console import ConsoleCarrier
from hotline.carriers.twilio import TwilioCarrier
from hotline.models import Message, MessageState, Pause
from hotline.services import pausing, sweeping
from tests.carrier import TRIAL_PHONE
from tests.city import City, at
from tests.clockwork import PROJECT, settings, started, stop, wait_until
from workers import shift as shifts
from workers.shift import Shift, open_shift
from workers.timetable import TIMETABLE, keep
from workers.worker import _name


class Recorder:
    """A bell that remembers."""

    def __init__(self) -> None:
        self.rung: list[str] = []

    def ring(self, names: Iterable[str]) -> None:
        self.rung.extend(names)


def test_every_bell_that_is_rung_has_a_job_and_a_place_in_the_timetable() -> None:
    named = {"DELIVER": "deliver", "SWEEP": "sweep", "RESUME": "resume", "SURVEY": "survey", "FETCH": "fetch"}
    named |= {"TELL": "tell"}
    sources = [path.read_text() for path in (PROJECT / "hotline").rglob("*.py")]
    rung = {match for source in sources for match in re.findall(r"\.ring\(\"?(\w+)\"?\)", source)}
    bells = {named.get(name, name) for name in rung} - {"bells"}
    jobs = {name for name, job in vars(workers.jobs).items() if getattr(job, "__module__", "") == "workers.jobs"}
    assert bells <= jobs
    assert set(TIMETABLE) == jobs


class TestAShift:
    @pytest.fixture
    def shift(self, city: City, redis: Redis, monkeypatch: pytest.MonkeyPatch) -> Shift:
        shift = Shift(city.office, redis, Recorder(), None)
        monkeypatch.setattr(shifts, "_shift_of", lambda process: shift)
        return shift

    def test_works_until_nothing_is_left(self, shift: Shift) -> None:
        left = [3, 2, 1, 0]
        shifts.work_through("sweep", lambda _: left.pop(0))
        assert left == []
        assert shift.bell.rung == []  # type: ignore[attr-defined]

    def test_takes_the_bell_down_before_it_looks(self, shift: Shift, redis: Redis) -> None:
        RqBell(redis).ring(["sweep"])
        seen = []

        def batch(_: Shift) -> int:
            seen.append(redis.exists(bell_key("sweep")))
            return 0

        shifts.work_through("sweep", batch)
        assert seen == [0]

    def test_gives_the_others_their_turn(self, shift: Shift, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(shifts, "TURN", 0.02)

        def batch(_: Shift) -> int:
            time.sleep(0.01)
            return 1

        shifts.work_through("sweep", batch)
        assert shift.bell.rung == ["sweep"]  # type: ignore[attr-defined]

    def test_stops_after_the_batch_when_asked_to(self, shift: Shift, monkeypatch: pytest.MonkeyPatch) -> None:
        stopping = threading.Event()
        monkeypatch.setattr(shifts, "stopping", stopping)
        done = []

        def batch(_: Shift) -> int:
            stopping.set()
            done.append(1)
            return 1

        shifts.work_through("sweep", batch)
        assert done == [1]

    def test_does_the_work_even_if_redis_has_gone(self, shift: Shift, monkeypatch: pytest.MonkeyPatch) -> None:
        def away(*names: object) -> int:
            raise RedisAway("gone")

        monkeypatch.setattr(shift.redis, "delete", away)
        left = [1, 0]
        shifts.work_through("sweep", lambda _: left.pop(0))
        assert left == []


class TestTheTimetable:
    def test_rings_everything_at_once_and_then_each_in_its_time(self) -> None:
        bell, stopping = Recorder(), threading.Event()
        thread = threading.Thread(target=keep, args=(bell, stopping, {"sweep": 0.05, "resume": 3600}))
        thread.start()
        try:
            wait_until(lambda: bell.rung.count("sweep") >= 4)
        finally:
            stopping.set()
            thread.join()
        assert bell.rung.count("resume") == 1

    def test_goes_on_when_redis_is_away(self) -> None:
        nobody, stopping = RqBell(connect_redis("redis://127.0.0.1:1")), threading.Event()
        rung: list[bool] = []

        class Bell:
            def ring(self, names: Iterable[str]) -> None:
                nobody.ring(names)
                rung.append(True)
                if len(rung) == 5:
                    stopping.set()

        keep(Bell(), stopping, {"sweep": 0.01})
        assert len(rung) == 5

    def test_leaves_when_asked_to(self, city: City, redis: Redis, redis_url: str) -> None:
        with started(city, redis_url, "workers.timetable") as timetable:
            wait_until(lambda: len(Queue(QUEUE, connection=redis)) == len(TIMETABLE))
            assert stop(timetable) == 0


def _listens(process: int | None) -> bool:
    """Whether it has been loaded so far that it hears SIGTERM; how long that takes depends on who else is at work."""
    caught = re.search(r"SigCgt:\s+(\w+)", Path(f"/proc/{process}/status").read_text())
    return caught is not None and bool(int(caught[1], 16) >> (signal.SIGTERM - 1) & 1)


class TestAWorker:
    def test_waits_for_a_redis_that_is_away_and_leaves_when_asked_to(self, city: City, tmp_path: Path) -> None:
        with started(city, f"unix://{tmp_path}/nobody") as worker:
            wait_until(lambda: _listens(worker.pid))
            time.sleep(1)
            assert worker.is_alive()
            assert stop(worker) == 0

    def test_has_a_name_of_its_own(self) -> None:
        assert _name() != _name()

    def test_does_what_the_timetable_rings_for(self, city: City, redis: Redis, redis_url: str) -> None:
        city.now = datetime.now(UTC)
        city.receive(phone=TRIAL_PHONE)
        with started(city, redis_url) as worker, started(city, redis_url, "workers.timetable"):
            state = sa.select(Message.state).where(Message.purpose == "received")
            wait_until(lambda: city.scalar(state) is MessageState.DELIVERED)
            assert stop(worker) == 0


@pytest.mark.parametrize("module", ["workers.worker", "workers.timetable"])
def test_without_a_database_and_redis_they_say_so_and_end(module: str, tmp_path: Path) -> None:
    environ = {"PATH": os.environ["PATH"], "PYTHONPATH": str(PROJECT), "HOTLINE_DATA": str(tmp_path)}
    command = [sys.executable, "-P", "-m", module]
    ended = subprocess.run(command, env=environ, cwd=PROJECT, capture_output=True, text=True, timeout=120, check=False)
    assert ended.returncode == 2
    assert "./run up" in ended.stderr
    assert "Traceback" not in ended.stderr


class TestPausedTickets:
    @pytest.fixture
    def paused(self, city: City) -> str:
        number = city.handling()
        with city.work("hans") as work:
            pausing.request(work, number, "等待冬季施工", at("2026-11-30 12:00").date())
        with city.work("sven") as work:
            pausing.decide(work, number, True, "同意")
        return number

    def test_go_on_by_themselves_on_the_agreed_day(self, city: City, paused: str) -> None:
        with city.work(now=at("2026-11-30 23:59")) as work:
            assert sweeping.resume_paused(work) == 0
        with city.work(now=at("2026-12-03 08:00")) as work:
            assert sweeping.resume_paused(work) == 1
        with city.work(now=at("2026-12-03 08:00")) as work:
            assert sweeping.resume_paused(work) == 0
        assert city.ticket(paused).state == "handling"
        (pause,) = city.rows(sa.select(Pause))
        assert pause.resumed_at == at("2026-12-01 00:00"), "dated when it was agreed, not when it was noticed"

    def test_one_that_fails_stops_no_other(self, city: City, paused: str, monkeypatch: pytest.MonkeyPatch) -> None:
        with city.work(now=at("2026-12-03 08:00")) as work:
            monkeypatch.setattr(pausing, "resume_due", lambda *_: 1 / 0)
            assert sweeping.resume_paused(work) == 0
        assert city.ticket(paused).state == "paused"


class TestAssembly:
    def test_texts_go_to_the_console_without_credentials(self, city: City, redis_url: str) -> None:
        office = open_office(settings(city, redis_url))
        assert isinstance(office.carrier, ConsoleCarrier) and not office.carrier.trying_out
        demo = open_office(replace(settings(city, redis_url), demo=True))
        assert isinstance(demo.carrier, ConsoleCarrier) and demo.carrier.trying_out
        with office.session() as session:
            assert session.scalar(sa.text("SELECT 1")) == 1
        office.engine.dispose()

    def test_texts_go_to_twilio_with_them(self, city: City, redis_url: str) -> None:
        given = replace(
            settings(city, redis_url),
            carrier="twilio",
            carrier_settings={
                "account_sid": "AC" + "0" * 32,
                "auth_token": "secret-token",
                "from_number": "+8655112319",
            },
        )
        assert isinstance(open_office(given, bell=SilentBell()).carrier, TwilioCarrier)

    def test_says_what_is_missing(self, city: City, redis_url: str) -> None:
        nothing = replace(settings(city, redis_url), database_url=None, redis_url=None)
        with pytest.raises(LookupError, match="DATABASE_URL"):
            open_office(nothing)
        with pytest.raises(LookupError, match="REDIS_URL"):
            connect_redis(nothing.redis_url)

    def test_a_shift_has_its_bell_and_its_quiet_hours(self, city: City, redis: Redis, redis_url: str) -> None:
        shift = open_shift(settings(city, redis_url))
        assert shift.quiet is None
        shift.bell.ring(["sweep"])
        assert len(Queue(QUEUE, connection=redis)) == 1
        shift.office.engine.dispose()
