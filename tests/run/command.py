"""`./run` as a subprocess, with everything it starts."""

import itertools
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import suppress
from pathlib import Path

import psutil

PROJECT = Path(__file__).resolve().parents[2]
READY = "已就绪:"
PATIENCE = 120  # seconds: a busy machine takes its time, and only what fails waits so long

#: The kernel gives nobody a port below its own range unasked; pytest's workers, and other runs, begin elsewhere.
FIRST_PORT, PORTS = 12_000, 20_000
_serial = itertools.count(os.getpid() * 97)

_direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class Run:
    """One `./run …` and all that it starts."""

    def __init__(self, *arguments: str, environ: dict[str, str], log: Path) -> None:
        self.log = log
        with log.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, str(PROJECT / "run"), *arguments],
                env=environ,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self.environ = environ
        self.address = f"http://127.0.0.1:{environ['HOTLINE_PORT']}"
        self.family: list[psutil.Process] = []

    def output(self) -> str:
        return self.log.read_text(errors="replace")

    def wait_until(self, text: str) -> None:
        deadline = time.monotonic() + PATIENCE
        while text not in self.output():
            assert self.process.poll() is None, f"ended with {self.process.returncode}:\n{self.output()}"
            assert time.monotonic() < deadline, f"no “{text}”:\n{self.output()}"
            time.sleep(0.05)

    def wait_until_ready(self) -> None:
        """Afterwards its family are those who are there now."""
        self.wait_until(READY)
        self.family = psutil.Process(self.process.pid).children(recursive=True)

    def answers(self) -> bool:
        with _direct.open(f"{self.address}/readyz", timeout=PATIENCE) as answer:
            return bool(answer.status == 200)

    def end(self, signum: signal.Signals) -> int:
        """Signal `./run` alone, as `kill` does; return its exit code."""
        self.process.send_signal(signum)
        return self.ended()

    def ended(self) -> int:
        """Wait for its end; its exit code."""
        return self.process.wait(PATIENCE)

    def left_behind(self) -> list[psutil.Process]:
        """What it started and what does not leave."""
        deadline = time.monotonic() + PATIENCE
        while (alive := [p for p in self.family if is_alive(p)]) and time.monotonic() < deadline:
            time.sleep(0.05)
        return alive

    def named(self, *words: str) -> list[psutil.Process]:
        """Those of its processes whose command has all these words."""
        found = []
        for process in psutil.Process(self.process.pid).children(recursive=True):
            try:
                command = " ".join(process.cmdline())
            except psutil.Error:
                continue
            if all(word in command for word in words):
                found.append(process)
        return found

    def clean_up(self) -> None:
        if self.process.poll() is None:
            self.family += psutil.Process(self.process.pid).children(recursive=True)
            self.process.kill()
            self.process.wait()
        for process in self.left_behind():
            process.kill()
        self.left_behind()


def is_alive(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def free_port() -> int:
    """One that nobody listens on, and that nobody is given while `./run` has yet to start."""
    for number in _serial:
        with socket.socket() as attempt, suppress(OSError):
            port = FIRST_PORT + number % PORTS
            attempt.bind(("127.0.0.1", port))
            return port
    raise AssertionError("the numbers never end")
