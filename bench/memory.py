"""内存: every process of a small county's hotline, started by `./run up` with nothing set, after it has been used."""

from __future__ import annotations

import signal
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from collections import defaultdict
from pathlib import Path

import psutil

from bench.driving import Request, drive, get
from bench.ground import Ground
from bench.serving import NotServed, free_port
from bench.table import Line
from config.settings import PROJECT
from runner.children import python_module
from runner.tether import tied_to_parent

READY_WITHIN = 180  # seconds
SMALL_COUNTY = 600  # megabytes at most
MEGABYTE = 1_000_000
NAMES = {
    "gunicorn": "网页",
    "workers.worker": "后台任务",
    "workers.timetable": "定时",
    "runner.serving": "总管",
    "redis": "Redis",
    "valkey": "Redis",
    "postgres": "PostgreSQL",
}
PAGES = ("/", "/complaints/new", "/login", "/api/v1/openapi.json")


def measure(ground: Ground, *, quick: bool) -> list[Line]:
    """PSS: what is shared between processes is counted once."""
    with tempfile.TemporaryDirectory(prefix="county-", dir=ground.environ.get("HOTLINE_DATA")) as county:
        port = free_port()
        own = {"HOTLINE_DATA": county, "HOTLINE_PORT": str(port), "PYTHONPATH": str(PROJECT)}
        given = ("DATABASE_URL", "REDIS_URL")
        inherited = {name: value for name, value in ground.environ.items() if name not in given}
        with (Path(county) / "said").open("wb") as said:
            process = subprocess.Popen(
                python_module("runner.serving", "up"),
                env=inherited | own,
                stdout=said,
                stderr=said,
                preexec_fn=tied_to_parent(signal.SIGTERM),  # noqa: PLW1509 - one system call
            )
            try:
                _wait(process, port, Path(said.name))
                for page in PAGES:
                    drive(port, _asking_for(page), status=200, seconds=0.5 if quick else 2.0)
                used = by_part(psutil.Process(process.pid))
            finally:
                process.terminate()
                process.wait()
    total = sum(used.values())
    parts = "，".join(f"{name} {size:.0f}" for name, size in sorted(used.items(), key=lambda each: -each[1]))
    met = None if quick else total < SMALL_COUNTY
    return [Line("小县全部进程的内存（PSS）", f"{total:.0f} MB", parts, "", "< 600 MB", met)]


def _asking_for(page: str) -> Request:
    return lambda _: get(page)


def _wait(process: subprocess.Popen[bytes], port: int, said: Path) -> None:
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    give_up = time.monotonic() + READY_WITHIN
    while True:
        try:
            direct.open(f"http://127.0.0.1:{port}/readyz", timeout=5).close()
            return
        except (urllib.error.URLError, OSError):
            if process.poll() is not None or time.monotonic() > give_up:
                raise NotServed(said.read_text(errors="replace")[-3000:]) from None
            time.sleep(0.2)


def by_part(top: psutil.Process) -> dict[str, float]:
    """Megabytes by part of the system."""
    used: dict[str, float] = defaultdict(float)
    for process in [top, *top.children(recursive=True)]:
        command = " ".join([process.name(), *process.cmdline()])
        part = next((label for word, label in NAMES.items() if word in command), "其他")
        used[part] += process.memory_full_info().pss / MEGABYTE
    return used
