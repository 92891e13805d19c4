"""`./run up`: says what is the matter, stops whole, recovers (issue 2, point 1)."""

import os
import signal
import socket
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import psutil

from tests.run.command import PATIENCE, Run
from tests.run.conftest import House

Start = Callable[..., Run]

SMALL_COUNTY = 600 * 1024 * 1024  # bytes, all processes together (docs/performance.md)


def test_what_dies_is_started_again_and_sigterm_ends_everything_and_the_next_start_finds_the_data(house: House) -> None:
    first = house.up()
    assert first.address in first.output()
    assert first.answers()
    assert {"postgres", "redis-server", "gunicorn"} <= {_program(process) for process in first.family}

    (timetable,) = first.named("-m workers.timetable")
    timetable.kill()
    first.wait_until("意外退出")
    deadline = time.monotonic() + PATIENCE
    while first.named("-m workers.timetable") in ([], [timetable]):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert first.answers()

    first.wait_until_ready()
    assert first.end(signal.SIGTERM) == 0
    assert first.left_behind() == []

    assert house.up().answers()


def test_ctrl_c_in_the_terminal_ends_everything(running: Run) -> None:
    os.killpg(running.process.pid, signal.SIGINT)  # a terminal signals the whole group
    assert running.ended() == 130
    assert running.left_behind() == []
    assert "Traceback" not in running.output()


def test_sigterm_while_it_is_still_starting(start: Start) -> None:
    run = start("up")
    run.wait_until("启动数据库")
    run.family = psutil.Process(run.process.pid).children(recursive=True)
    assert run.end(signal.SIGTERM) == 0
    assert run.left_behind() == []
    assert "Traceback" not in run.output()


def test_killed_with_9_it_takes_its_children_along_and_the_next_start_recovers(house: House) -> None:
    first = house.up()
    first.end(signal.SIGKILL)
    second = house.begin()  # at once, while the first one's servers may still be leaving
    assert first.left_behind() == []
    second.wait_until_ready()
    assert second.answers()


def test_started_twice_it_names_the_first_and_leaves_it_alone(running: Run, beside: Start) -> None:
    second = beside("up")
    assert second.ended() == 1
    assert str(running.process.pid) in second.output()
    assert running.address in second.output()
    assert running.answers()

    elsewhere = beside("up", HOTLINE_DATA=running.environ["HOTLINE_DATA"] + "-2")
    assert elsewhere.ended() == 1
    assert running.environ["HOTLINE_PORT"] in elsewhere.output()
    assert running.answers()


def test_a_taken_port_is_named_before_anything_is_started(start: Start, environ: dict[str, str]) -> None:
    with socket.socket() as somebody:
        somebody.bind(("127.0.0.1", int(environ["HOTLINE_PORT"])))
        somebody.listen()
        run = start("up")
        assert run.ended() == 1
    assert environ["HOTLINE_PORT"] in run.output()
    assert "HOTLINE_PORT=" in run.output()
    assert not (Path(environ["HOTLINE_DATA"]) / "postgres").exists()


def test_all_faults_of_the_settings_are_named_at_once(start: Start, environ: dict[str, str]) -> None:
    run = start("up", HOTLINE_PORT="99999", TWILIO_AUTH_TOKEN="0123456789", HOTLINE_PROT="1")
    assert run.ended() == 2
    for name in ("HOTLINE_PORT", "TWILIO_ACCOUNT_SID", "HOTLINE_PROT"):
        assert name in run.output()
    assert not Path(environ["HOTLINE_DATA"]).exists()


def test_given_servers_that_do_not_answer_are_both_named(start: Start) -> None:
    run = start("up", DATABASE_URL="postgresql://nobody@127.0.0.1:1/none", REDIS_URL="redis://127.0.0.1:1/0")
    assert run.ended() == 2
    assert "DATABASE_URL" in run.output()
    assert "REDIS_URL" in run.output()


def test_a_demo_never_gets_a_database_that_may_be_real(start: Start) -> None:
    url = "postgresql://db.example/real"
    for run in (start("demo", DATABASE_URL=url), start("up", DATABASE_URL=url, HOTLINE_DEMO="1")):
        assert run.ended() == 2
        assert "DATABASE_URL 不能用于演示" in run.output()


def test_a_demo_never_takes_the_files_of_a_real_recording_system(start: Start, folder: Path) -> None:
    real = folder / "recordings"
    run = start("demo", HOTLINE_TRANSCRIPTS=str(real))
    assert run.ended() == 2
    assert "HOTLINE_TRANSCRIPTS 不能用于演示" in run.output()
    assert not real.exists()


def test_an_unknown_command_is_misuse(start: Start) -> None:
    run = start("upp")
    assert run.ended() == 2
    assert "./run help" in run.output()


def test_help_lists_every_command_in_chinese(start: Start) -> None:
    run = start("help")
    assert run.ended() == 0
    for name in ("up", "demo", "test", "bench", "due", "import", "export", "migrate"):
        assert f"  {name} " in run.output()


def test_commands_use_the_running_instance(running: Run, beside: Start) -> None:
    assert beside("migrate").ended() == 0
    assert running.answers()


def test_commands_start_the_servers_themselves_when_nothing_runs(start: Start) -> None:
    command = start("migrate")
    assert command.ended() == 0, command.output()


def test_all_processes_of_a_small_county_fit_into_600_megabytes(running: Run) -> None:
    manager = psutil.Process(running.process.pid)
    assert 0 < sum(map(_memory, [manager, *manager.children(recursive=True)])) < SMALL_COUNTY


def test_neither_web_nor_workers_load_the_library_that_learns(running: Run) -> None:
    for process in running.named("gunicorn") + running.named("-m workers.worker"):
        files = _loaded_by(process)
        assert "psycopg" in files, "what is loaded can be seen"
        assert not any(library in files for library in ("sklearn", "scipy", "numpy"))


def test_without_its_database_it_stops_and_says_why(running: Run) -> None:
    (postmaster,) = [process for process in running.family if _program(process) == "postgres" and _is_first(process)]
    postmaster.send_signal(signal.SIGQUIT)
    assert running.ended() == 1
    assert "意外停止" in running.output()
    assert running.left_behind() == []


def _loaded_by(process: psutil.Process) -> str:
    """The compiled files that it has in memory."""
    return " ".join(part.path for part in process.memory_maps())


def _program(process: psutil.Process) -> str:
    """What it is, whether it runs by itself or in Python; nothing once it is gone: a connection's process may be."""
    with suppress(psutil.NoSuchProcess):
        return "gunicorn" if "gunicorn" in " ".join(process.cmdline()) else process.name()
    return ""


def _is_first(process: psutil.Process) -> bool:
    """The postmaster, not one of its own children."""
    with suppress(psutil.NoSuchProcess):
        return "-D" in process.cmdline()
    return False


def _memory(process: psutil.Process) -> int:
    """Its share in bytes; none once it is gone."""
    with suppress(psutil.NoSuchProcess):
        return int(process.memory_full_info().pss)
    return 0
