"""A real PostgreSQL and a real Redis for the run; a small city, put back after each test."""

from __future__ import annotations

import itertools
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from types import CodeType
from typing import ClassVar

import pytest
import sqlalchemy as sa
from flask import Flask
from hypothesis import HealthCheck, settings
from jinja2.bccache import Bucket, BytecodeCache
from redis import Redis
from werkzeug.routing import Rule

from runner.servers import embedded_postgres, embedded_redis
from tests import databases
from tests.city import City, found_city

_serial = itertools.count()


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
    """How an address is written, worked out once for all the applications of a run."""

    _builders: ClassVar[dict[tuple[str, tuple[tuple[bool, str], ...], bool], Callable[..., tuple[str, str]]]] = {}

    def _compile_builder(self, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        if self.defaults:
            return super()._compile_builder(append_unknown)
        known = self.rule, tuple(self._trace), append_unknown
        if known not in self._builders:
            self._builders[known] = super()._compile_builder(append_unknown)
        return self._builders[known]


# A slow machine is no fault, and what is refused once is refused again.
settings.register_profile(
    "any machine", deadline=None, derandomize=True, database=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("any machine")

Flask.jinja_options = {**Flask.jinja_options, "bytecode_cache": Compiled()}
Flask.url_rule_class = Address


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
def city(database_url: str, tmp_path: Path) -> Iterator[City]:
    """A small city with its people, whose clock is turned by hand."""
    city = City(database_url, tmp_path / "files")
    yield city
    city.office.engine.dispose()
