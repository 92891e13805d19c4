"""`./run` as a subprocess, with everything it starts."""

import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import psutil

PROJECT = Path(__file__).resolve().parents[2]
READY = "已就绪:"


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
        self.address = f"http://127.0.0.1:{environ['HOTLINE_PORT']}"
        self.family: list[psutil.Process] = []

    def output(self) -> str:
        return self.log.read_text(errors="replace")

    def wait_until(self, text: str, seconds: float = 60) -> None:
        deadline = time.monotonic() + seconds
        while text not in self.output():
            assert self.process.poll() is None, f"ended with {self.process.returncode}:\n{self.output()}"
            assert time.monotonic() < deadline, f"no “{text}” within {seconds} s:\n{self.output()}"
            time.sleep(0.05)

    def wait_until_ready(self) -> None:
        self.wait_until(READY)
        self.family = psutil.Process(self.process.pid).children(recursive=True)

    def answers(self) -> bool:
        with urllib.request.urlopen(f"{self.address}/readyz", timeout=5) as answer:
            return bool(answer.status == 200)

    def end(self, signum: signal.Signals) -> int:
        """Signal `./run` alone, as `kill` does; return its exit code."""
        self.process.send_signal(signum)
        return self.process.wait(20)

    def left_behind(self, seconds: float = 10) -> list[psutil.Process]:
        """What it started and what is still alive `seconds` later."""
        deadline = time.monotonic() + seconds
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
            self.process.kill()
            self.process.wait()
        for process in self.left_behind(seconds=5):
            process.kill()


def is_alive(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def free_port() -> int:
    with socket.socket() as attempt:
        attempt.bind(("127.0.0.1", 0))
        port: int = attempt.getsockname()[1]
        return port
