"""A real PostgreSQL and a real Redis for the run; a database of its own, copied from a migrated one, for each test."""

from __future__ import annotations

import itertools
import tempfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import pytest
import sqlalchemy as sa
from redis import Redis

from runner.servers import embedded_postgres, embedded_redis
from tests.city import City, found_city

_serial = itertools.count()


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The address of a running PostgreSQL. Not in pytest's own folder: another run of pytest shuts that to others."""
    with (
        tempfile.TemporaryDirectory(prefix="hotline-tests-") as folder,
        embedded_postgres(Path(folder) / "postgres") as url,
    ):
        for setting in ("fsync", "full_page_writes", "synchronous_commit"):  # nobody pulls the plug on a test
            _admin(url, f"ALTER SYSTEM SET {setting} = off")
        _admin(url, "SELECT pg_reload_conf()")
        yield url


@pytest.fixture(scope="session")
def redis_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a running Redis."""
    with embedded_redis(tmp_path_factory.mktemp("redis")) as url:
        yield url


@pytest.fixture
def redis(redis_url: str) -> Redis:
    """An empty Redis."""
    client = Redis.from_url(redis_url)
    client.flushall()
    return client


@pytest.fixture(scope="session")
def template(postgres: str) -> str:
    """The name of a database with all migrations and a small city in it."""
    name = "template_city"
    url = _create(postgres, name)
    engine = sa.create_engine(url)
    found_city(engine)
    engine.dispose()
    return name


@pytest.fixture
def database_url(postgres: str, template: str) -> Iterator[str]:
    """A copy of the template, dropped after the test."""
    name = f"test_{next(_serial)}"
    yield _create(postgres, name, template)
    _admin(postgres, f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture
def empty_database_url(postgres: str) -> Iterator[str]:
    """A database with nothing in it."""
    name = f"empty_{next(_serial)}"
    yield _create(postgres, name)
    _admin(postgres, f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture
def city(database_url: str, tmp_path: Path) -> Iterator[City]:
    """A small city with its people, whose clock is turned by hand."""
    city = City(database_url, tmp_path / "files")
    yield city
    city.office.engine.dispose()


def _create(postgres: str, name: str, template: str = "template1") -> str:
    _admin(postgres, f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    return urlunsplit(urlsplit(postgres)._replace(path=f"/{name}"))


def _admin(postgres: str, statement: str) -> None:
    engine = sa.create_engine(postgres, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(sa.text(statement))
    engine.dispose()
