"""`./run` as whoever runs it meets it: a process of its own, a data directory of its own, a free port."""

import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.run.command import Run, free_port

Start = Callable[..., Run]


@pytest.fixture
def folder() -> Iterator[Path]:
    """A place for data."""
    with place() as folder:
        yield folder


@pytest.fixture
def environ(folder: Path) -> dict[str, str]:
    """An environment with no settings but a data directory, a free port and the Python environment of these tests."""
    return _environment(folder)


@pytest.fixture
def start(environ: dict[str, str], folder: Path) -> Iterator[Start]:
    """Start `./run` with these arguments and settings; whatever is left at the end of the test is ended."""
    with _starting(environ, folder) as start:
        yield start


@pytest.fixture(scope="module")
def beside() -> Iterator[Start]:
    """The same for all of a module, in the folder of its `house`."""
    with place() as folder, _starting(_environment(folder), folder) as start:
        yield start


class House:
    """One data directory and who runs on it: each test finds it running, however the one before has ended it."""

    def __init__(self, start: Start) -> None:
        self._start = start
        self._run: Run | None = None

    def up(self) -> Run:
        """`./run up`, ready; started where none is running any more."""
        if self._run is None or self._run.process.poll() is not None:
            self.begin()
        assert self._run is not None
        self._run.wait_until_ready()
        return self._run

    def begin(self) -> Run:
        """`./run up` at once, whatever the last one has left; not waited for."""
        self._run = self._start("up")
        return self._run


@pytest.fixture(scope="module")
def house(beside: Start) -> House:
    """Of all who only look at what runs, end it in their own way, or try something beside it."""
    return House(beside)


@pytest.fixture
def running(house: House) -> Run:
    """`./run up`, ready."""
    return house.up()


@contextmanager
def place() -> Iterator[Path]:
    """Not in pytest's own folder: another run of pytest shuts that to the database's account."""
    with tempfile.TemporaryDirectory(prefix="hotline-run-", ignore_cleanup_errors=True) as name:
        yield Path(name)


def _environment(folder: Path) -> dict[str, str]:
    foreign = ("HOTLINE_", "DATABASE_URL", "REDIS_URL", "TWILIO_")
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(foreign)}
    ours = {"HOTLINE_DATA": str(folder / "data"), "HOTLINE_PORT": str(free_port()), "HOTLINE_VENV": sys.prefix}
    return inherited | ours


@contextmanager
def _starting(environ: dict[str, str], folder: Path) -> Iterator[Start]:
    started: list[Run] = []

    def begin(*arguments: str, **settings: str) -> Run:
        run = Run(*arguments, environ=environ | settings, log=folder / f"run-{len(started)}.log")
        started.append(run)
        return run

    yield begin
    for run in started:
        run.clean_up()
