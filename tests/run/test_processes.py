"""The process manager: restarts with a limit, and nothing outlives it, not even what left its process group."""

import signal
import subprocess
import sys
import time

import psutil

from tests.run.command import PROJECT, is_alive

MANAGER = """
import os, sys
from pathlib import Path
from runner.processes import Processes
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


def manage(*commands: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", MANAGER, *commands],
        cwd=PROJECT,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def family_of(manager: subprocess.Popen[str], size: int) -> list[psutil.Process]:
    """All its descendants, once there are at least `size`."""
    deadline = time.monotonic() + 20
    while len(family := psutil.Process(manager.pid).children(recursive=True)) < size:
        assert time.monotonic() < deadline, family
        time.sleep(0.05)
    return family


def assert_gone(family: list[psutil.Process]) -> None:
    deadline = time.monotonic() + 20
    while alive := [process for process in family if is_alive(process)]:
        assert time.monotonic() < deadline, alive
        time.sleep(0.05)


def test_what_cannot_be_kept_alive_ends_everything_with_a_reason() -> None:
    manager = manage("exit 3", "sleep 300")
    output, _ = manager.communicate(timeout=60)
    assert manager.returncode == 1
    assert output.count("意外退出(退出码 3)") == 5
    assert "p0 意外退出" in output


def test_what_ignores_sigterm_is_killed_after_a_while() -> None:
    manager = manage(STUBBORN, "sleep 300; true")
    family = family_of(manager, 6)
    manager.send_signal(signal.SIGTERM)
    manager.communicate(timeout=30)
    assert manager.returncode == 0
    assert_gone(family)


def test_killed_with_9_its_processes_die_too_with_all_they_started() -> None:
    manager = manage(STUBBORN, "sleep 300; true")
    family = family_of(manager, 6)
    manager.kill()
    manager.communicate(timeout=20)
    assert_gone(family)


def test_when_a_minder_is_killed_everything_ends_with_a_reason() -> None:
    manager = manage("sleep 300; true", "sleep 300; true")
    family = family_of(manager, 6)
    next(process for process in family if process.ppid() == manager.pid).kill()
    output, _ = manager.communicate(timeout=30)
    assert manager.returncode == 1
    assert "意外退出" in output
    assert_gone(family)


def test_commands_get_their_words_unchanged() -> None:
    manager = manage("echo '12319  热线 $HOME'; sleep 300")
    assert manager.stdout is not None
    assert any("12319  热线 $HOME" in line for line in manager.stdout), "it ended without a word"
    manager.send_signal(signal.SIGINT)
    manager.communicate(timeout=30)
    assert manager.returncode == 130
