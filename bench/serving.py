"""A web server for a measurement: the product's own gunicorn with its own configuration, as a child."""

from __future__ import annotations

import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from config.settings import PROJECT
from runner.children import python_module
from runner.tether import tied_to_parent

READY_WITHIN = 60  # seconds
HOTLINE, EMPTY = "wsgi:app", "bench.empty:app"


class NotServed(Exception):
    """The server did not start; the text is what it said."""


@contextmanager
def served(environ: Mapping[str, str], application: str = HOTLINE, *, workers: int = 2, port: int = 0) -> Iterator[int]:
    """Serve for as long as the block runs; yields the port, a free one where none is given."""
    port = port or free_port()
    own = {"HOTLINE_PORT": str(port), "HOTLINE_WEB_WORKERS": str(workers), "HOTLINE_LOG_LEVEL": "WARNING"}
    command = python_module("gunicorn", "--config", "config/gunicorn.py", application)
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(
            command,
            env={**environ, **own},
            cwd=PROJECT,
            stdout=said,
            stderr=said,
            preexec_fn=tied_to_parent(signal.SIGTERM),  # noqa: PLW1509 - one system call, made from the main thread
        )
        try:
            give_up = time.monotonic() + READY_WITHIN
            while not answers(port):
                if process.poll() is not None or time.monotonic() > give_up:
                    said.seek(0)
                    raise NotServed(said.read().decode(errors="replace")[-3000:])
                time.sleep(0.05)
            yield port
        finally:
            process.terminate()
            process.wait()


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def answers(port: int) -> bool:
    """Whether somebody listens there."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
