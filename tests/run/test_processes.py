"""The process manager: restarts with a limit, and nothing outlives it, not even what left its process group."""

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import psutil
import pytest

from tests.run.command import PATIENCE, PROJECT, is_alive

MANAGER = """
import os, sys
from pathlib import Path
from runner import processes as patience
from runner.processes import Processes
patience.STOP_WITHIN, patience.ORPHANS_LEAVE_WITHIN, patience.PAUSE_BEFORE_RESTART = 1, 0.5, 0.1
processes = Processes(dict(os.environ), Path.cwd(), when_started=lambda: None)
for number, command in enumerate(sys.argv[1:]):
    processes.add(f"p{number}", ["/bin/sh", "-c", command])
code = processes.run()
print(processes.reason)
sys.exit(code)
"""

#: Leaves the process group, as RQ does for each job, and does not listen to SIGTERM.
STUBBORN = (
    f"{sys.executable} -c 'import os, signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN);"
    " os.fork() or os.setpgrp(); print(os.getpid(), flush=True); time.sleep(300)'"
)


@contextmanager
def manage(*commands: str) -> Iterator[subprocess.Popen[str]]:
    """A manager of these, killed at the end if it is still there."""
    manager = subprocess.Popen(
        [sys.executable, "-c", MANAGER, *commands],
        cwd=PROJECT,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    with manager:
        try:
            yield manager
        finally:
            manager.kill()


def last_words(manager: subprocess.Popen[str]) -> str:
    """What it says until its end."""
    return manager.communicate(timeout=PATIENCE)[0]


def family_of(manager: subprocess.Popen[str], size: int) -> list[psutil.Process]:
    """All its descendants, once there are at least `size`."""
    deadline = time.monotonic() + PATIENCE
    while len(family := psutil.Process(manager.pid).children(recursive=True)) < size:
        assert time.monotonic() < deadline, family
        time.sleep(0.05)
    return family


def assert_gone(family: list[psutil.Process]) -> None:
    deadline = time.monotonic() + PATIENCE
    while alive := [process for process in family if is_alive(process)]:
        assert time.monotonic() < deadline, alive
        time.sleep(0.05)


def test_what_cannot_be_kept_alive_ends_everything_with_a_reason() -> None:
    with manage("exit 3", "sleep 300") as manager:
        output = last_words(manager)
        assert manager.returncode == 1
        assert output.count("意外退出(退出码 3)") == 5
        assert "p0 意外退出" in output


def test_what_ignores_sigterm_is_killed_after_a_while() -> None:
    with manage(STUBBORN, "sleep 300; true") as manager:
        family = family_of(manager, 6)
        manager.send_signal(signal.SIGTERM)
        last_words(manager)
        assert manager.returncode == 0
        assert_gone(family)


def test_killed_with_9_its_processes_die_too_with_all_they_started() -> None:
    with manage(STUBBORN, "sleep 300; true") as manager:
        family = family_of(manager, 6)
        manager.kill()
        last_words(manager)
        assert_gone(family)


def test_when_a_minder_is_killed_everything_ends_with_a_reason() -> None:
    with manage("sleep 300; true", "sleep 300; true") as manager:
        family = family_of(manager, 6)
        next(process for process in family if process.ppid() == manager.pid).kill()
        output = last_words(manager)
        assert manager.returncode == 1
        assert "意外退出" in output
        assert_gone(family)


@pytest.mark.parametrize("end", ["the manager", "a minder"])
def test_what_has_left_its_session_ends_too(end: str) -> None:
    with manage("setsid sleep 300; true", "sleep 300; true") as manager:
        family = family_of(manager, 6)
        if end == "the manager":
            manager.send_signal(signal.SIGTERM)
        else:
            next(process for process in family if process.ppid() == manager.pid).kill()
        last_words(manager)
        assert_gone(family)


def test_commands_get_their_words_unchanged() -> None:
    with manage("echo '12319  热线 $HOME'; sleep 300") as manager:
        assert manager.stdout is not None
        assert any("12319  热线 $HOME" in line for line in manager.stdout), "it ended without a word"
        manager.send_signal(signal.SIGINT)
        last_words(manager)
        assert manager.returncode == 130
