"""A real PostgreSQL and a real Redis for the run; a small city, put back after each test."""

from __future__ import annotations

import gc
import itertools
import tempfile
from collections.abc import Iterator
from pathlib import Path
from types import CodeType, MethodType
from typing import ClassVar

import pytest
import sqlalchemy as sa
from flask import Flask
from hypothesis import HealthCheck, settings
from jinja2.bccache import Bucket, BytecodeCache
from redis import Redis
from werkzeug.routing import Rule

from hotline.web import sessions
from runner.servers import embedded_postgres, embedded_redis
from tests import applications, databases
from tests.city import QUICK, City, found_city
from tests.played import Played

_serial = itertools.count()

#: Between two looks for garbage, as in production (config/gunicorn.py).
OBJECTS = 20_000


class Compiled(BytecodeCache):
    """Templates once compiled, for all the applications of a run: each test makes its own."""

    def __init__(self) -> None:
        self.codes: dict[tuple[str, str], CodeType] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self.codes.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        if bucket.code is not None:
            self.codes[bucket.key, bucket.checksum] = bucket.code


class Address(Rule):
    """How an address is read and written, worked out once for all the applications of a run."""

    _known: ClassVar[dict[tuple[str, str | None], Address]] = {}

    def compile(self) -> None:
        if self.defaults:
            super().compile()
            return
        known = self._known.setdefault((self.rule, self.subdomain), self)
        if known is self:
            super().compile()
            return
        self._parts, self._trace, self._converters = known._parts, known._trace, known._converters
        self.arguments |= known.arguments
        self._build, self._build_unknown = (
            MethodType(build.__func__, self)  # type: ignore[attr-defined]
            for build in (known._build, known._build_unknown)
        )


# A slow machine is no fault, and what is refused once is refused again.
settings.register_profile(
    "any machine", deadline=None, derandomize=True, database=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("any machine")

Flask.jinja_options = {**Flask.jinja_options, "bytecode_cache": Compiled()}
Flask.url_rule_class = Address


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Iterator[None]:
    """Ten thousand tests stay until the end: to look again and again whether they are garbage takes a quarter of it."""
    gc.disable()
    yield
    gc.freeze()
    gc.set_threshold(OBJECTS)
    gc.enable()


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The address of a running PostgreSQL. Not in pytest's own folder: another run of pytest shuts that to others."""
    with (
        tempfile.TemporaryDirectory(prefix="hotline-tests-") as folder,
        embedded_postgres(Path(folder) / "postgres") as url,
    ):
        for setting in ("fsync", "full_page_writes", "synchronous_commit"):  # nobody pulls the plug on a test
            databases.administer(url, f"ALTER SYSTEM SET {setting} = off")
        databases.administer(url, "SELECT pg_reload_conf()")
        yield url
        databases.Kept.close_all()


@pytest.fixture(scope="session")
def redis_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a running Redis."""
    with embedded_redis(tmp_path_factory.mktemp("redis")) as url:
        yield url


@pytest.fixture
def redis(redis_url: str) -> Iterator[Redis]:
    """An empty Redis."""
    with Redis.from_url(redis_url) as client:
        client.flushall()
        yield client


@pytest.fixture(scope="session")
def founded(postgres: str) -> Iterator[databases.Founded]:
    """A database with all migrations and a small city in it."""
    url = databases.create(postgres, "city")
    found_city(sa.create_engine(url, poolclass=sa.NullPool))
    founded = databases.Founded(url)
    yield founded
    founded.dispose()


@pytest.fixture(scope="session")
def played(founded: databases.Founded) -> Played:
    """The histories that this run has played in the small city."""
    return Played(founded)


@pytest.fixture
def database_url(founded: databases.Founded) -> Iterator[str]:
    """The small city, put back after the test to how it was founded."""
    yield founded.url
    founded.put_back()


@pytest.fixture
def empty_database_url(postgres: str) -> Iterator[str]:
    """A database with nothing in it."""
    name = f"empty_{next(_serial)}"
    yield databases.create(postgres, name)
    databases.drop(postgres, name)


@pytest.fixture
def city(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[City]:
    """A small city with its people, whose clock is turned by hand. What they type as their password is soon checked."""
    monkeypatch.setattr(sessions, "_hasher", QUICK)
    monkeypatch.setattr(sessions, "_NOBODY", QUICK.hash("nobody"))
    city = City(database_url, tmp_path / "files")
    yield city
    applications.give_back(city)
