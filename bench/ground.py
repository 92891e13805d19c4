"""What the measurements stand on: a small city in a database, and as many fresh copies of it as are needed."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlsplit, urlunsplit

import sqlalchemy as sa

from config.calendars import CHINA, read_mapping
from config.categories import load_categories
from config.policy import load_case_standards, load_policy
from config.settings import load
from hotline.assembly import open_office
from hotline.bell import SilentBell
from hotline.domain.actors import Role
from hotline.office import Office
from hotline.services import clients, seeding
from migrations import upgrade

CENTRE = {"key": seeding.ROOT_KEY, "name": "城市管理服务中心", "kind": "centre", "duty_phone": "0320-0002100"}
TRADES = ("市政", "园林", "环卫", "执法", "供水", "供热", "燃气", "排水")
DEPARTMENTS = [
    {
        "key": f"department-{place}",
        "name": f"{trade}处",
        "kind": "department",
        "parent": seeding.ROOT_KEY,
        "duty_phone": f"0320-000211{place}",
    }
    for place, trade in enumerate(TRADES)
]
HANDLER, PASSWORD = "hans", "bench-password-12319"
_serial = itertools.count(1)


@dataclass(frozen=True)
class Ground:
    """A founded city: where it lies, the environment of the programs that serve it, and the token of its platform."""

    database_url: str
    environ: Mapping[str, str]
    token: str

    @contextmanager
    def copy(self) -> Iterator[str]:
        """The address of a fresh copy, dropped afterwards."""
        name = f"bench_{next(_serial)}"
        _administer(self.database_url, f'CREATE DATABASE "{name}" TEMPLATE "{_name(self.database_url)}"')
        try:
            yield urlunsplit(urlsplit(self.database_url)._replace(path=f"/{name}"))
        finally:
            _administer(self.database_url, f'DROP DATABASE "{name}" WITH (FORCE)')


def found(environ: Mapping[str, str]) -> Ground:
    """Migrate and seed the empty database of DATABASE_URL."""
    url = environ["DATABASE_URL"]
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    upgrade(engine)
    now = datetime.now(UTC)
    with sa.orm.Session(engine) as session:
        seeding.seed_rules(
            session,
            policy=load_policy(),
            calendar=read_mapping(CHINA),
            categories=load_categories(),
            standards=load_case_standards(),
            now=now,
        )
        seeding.store_units(session, [CENTRE, *DEPARTMENTS])
        person = {"login": HANDLER, "name": "冯市政", "unit": DEPARTMENTS[0]["key"], "roles": ["handler"]}
        seeding.store_staff(session, [person | {"password": PASSWORD}], now)
        token = clients.create(session, "热线平台", seeding.ROOT_KEY, [Role.OPERATOR.value], now)
        session.commit()
    engine.dispose()
    return Ground(url, dict(environ), token)


def open_quiet_office(environ: Mapping[str, str], database_url: str) -> Office:
    """The office of a database, in this process; nobody hears its bells."""
    return open_office(load({**environ, "DATABASE_URL": database_url}), bell=SilentBell())


def settle(database_url: str) -> None:
    """Statistics, visibility and a checkpoint, so that no measurement pays for what another one wrote."""
    for statement in ("VACUUM (ANALYZE)", "CHECKPOINT"):
        _administer(database_url, statement)


def plain_address(database_url: str) -> str:
    """The same address for psycopg itself."""
    return database_url.replace("+psycopg", "", 1)


def _administer(url: str, statement: str) -> None:
    engine = sa.create_engine(url, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    with engine.connect() as connection:
        connection.execute(sa.text(statement))


def _name(url: str) -> str:
    return urlsplit(url).path.removeprefix("/")
