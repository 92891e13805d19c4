"""The cast of the tests: a small city with two levels of units, its people, and a clock turned by hand.

Lamps (市政处) does the work, with a station below it; Parks (园林局) is the stranger; 东县 is a county with
a centre of its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from argon2 import PasswordHasher

from config.calendars import CHINA, read_mapping
from config.categories import load_categories
from config.categories.names import load_names
from config.categories.words import load_vocabulary
from config.checklists import load_checklist
from config.circular import load_circular
from config.notices import load_privacy
from config.policy import load_case_standards, load_policy
from config.publicity import load_withheld
from config.replies import load_manners
from config.risks import load_risks
from config.scoring import load_schemes
from config.wordings import load_wordings
from config.wordings.calls import load_phone_script
from hotline.bell import Bell, SilentBell
from hotline.carriers.console import ConsoleCarrier
from hotline.domain.actors import SYSTEM, Actor, ActorKind, Role, a_citizen
from hotline.driver import LateCursor
from hotline.models import Channel, Deadline, DeadlineKind, Event, Staff, Ticket, Unit
from hotline.office import Office
from hotline.services import accepting, assigning, checking, handling, receiving, replying, rulebook, seeding
from hotline.services.vault import Vault
from hotline.services.work import Rules, Work
from migrations import upgrade
from tests.databases import KEPT, Kept

ZONE = ZoneInfo("Asia/Shanghai")
PASSWORD = "test-password-12319"
QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)  # argon2 is slow on purpose; the tests log in often
KEY = "c2l4dGVlbi1ieXRlcy1hbmQtc2l4dGVlbi1tb3JlISE="

UNITS = [
    {"key": "center", "name": "市城管服务中心", "kind": "centre", "duty_phone": "0320-0002100"},
    {"key": "lamps", "name": "市政处", "kind": "department", "parent": "center", "duty_phone": "0320-0002101"},
    {"key": "lamps-east", "name": "市政处东站", "kind": "station", "parent": "lamps", "duty_phone": "0320-0002102"},
    {"key": "parks", "name": "园林局", "kind": "department", "parent": "center", "duty_phone": "0320-0002103"},
    {"key": "county", "name": "东县中心", "kind": "county_centre", "parent": "center", "duty_phone": "0320-0002104"},
    {"key": "county-roads", "name": "东县公路站", "kind": "station", "parent": "county", "duty_phone": "0320-0002105"},
]
PEOPLE = {
    "olga": ("王受理", "center", Role.OPERATOR),
    "otto": ("李受理", "center", Role.OPERATOR),
    "dora": ("陈派单", "center", Role.DISPATCHER),
    "sven": ("周督办", "center", Role.SUPERVISOR),
    "sara": ("吴督办", "center", Role.SUPERVISOR),
    "lena": ("郑主任", "center", Role.LEADER),
    "adam": ("何管理", "center", Role.ADMINISTRATOR),
    "hans": ("冯市政", "lamps", Role.HANDLER),
    "hugo": ("孟东站", "lamps-east", Role.HANDLER),
    "paul": ("林园林", "parks", Role.HANDLER),
    "cora": ("许县派", "county", Role.DISPATCHER),
    "carl": ("曹公路", "county-roads", Role.HANDLER),
}


def at(text: str) -> datetime:
    """A moment in city time: `at("2026-10-12 09:00")`."""
    return datetime.fromisoformat(text).replace(tzinfo=ZONE).astimezone(UTC)


FOUNDED_AT = at("2026-01-01 08:00")


def found_city(engine: sa.Engine) -> None:
    """Migrate an empty database and put the rules, the units and the people in it."""
    upgrade(engine)
    with sa.orm.Session(engine) as session:
        seeding.seed_rules(
            session,
            policy=load_policy(),
            calendar=read_mapping(CHINA),
            categories=load_categories(),
            standards=load_case_standards(),
            now=FOUNDED_AT,
        )
        seeding.store_units(session, UNITS)
        people = [
            {"login": login, "name": name, "unit": unit, "roles": [role], "password": PASSWORD}
            for login, (name, unit, role) in PEOPLE.items()
        ]
        seeding.store_staff(session, people, FOUNDED_AT)
        session.execute(sa.update(Staff).values(password_hash=QUICK.hash(PASSWORD)))
        session.commit()


@cache
def _own_words() -> dict[str, Any]:
    """The project's files, read once for all cities: nobody changes what was read."""
    return {
        "wordings": load_wordings(),
        "withheld": load_withheld(),
        "vocabulary": load_vocabulary(),
        "category_names": load_names(),
        "privacy": load_privacy(),
        "risks": load_risks(),
        "manners": load_manners(),
        "phone_script": load_phone_script(),
        "checklist": load_checklist(),
        "circular": load_circular(),
        "schemes": load_schemes(),
    }


@cache
def _engine(database_url: str) -> sa.Engine:
    """One for all cities on a database: each new one would have to learn again how every statement is written."""
    return sa.create_engine(
        database_url,
        poolclass=Kept,
        pool_size=12,
        pool_use_lifo=True,  # the one that was used last knows most of them
        query_cache_size=5000,  # of all tests together
        connect_args={"application_name": KEPT, "cursor_factory": LateCursor},
    )


@cache
def _founded_rules(database_url: str) -> tuple[Rules, tuple[int, ...]]:
    """What a city is founded with, read once for all cities on a database, and of which versions it is."""
    words = _own_words()
    with sa.orm.Session(_engine(database_url)) as session:
        return rulebook.read(session, words["wordings"], words["vocabulary"]), rulebook.versions(session)


class City:
    """An office on its own database. `now` is the clock; `work` is a transaction of one of the cast."""

    def __init__(self, database_url: str, files: Path, bell: Bell | None = None) -> None:
        self.database_url = database_url
        self.carrier = ConsoleCarrier(trying_out=True)  # whoever is written to is played by the test
        self.office = Office(
            engine=_engine(database_url),
            vault=Vault([KEY]),
            bell=bell or SilentBell(),
            carrier=self.carrier,
            files=files,
            site="http://hotline.test",
            **_own_words(),
        )
        self.office._rules, self.office._versions = _founded_rules(database_url)
        self.office._checked_at = FOUNDED_AT  # long ago: whether they still are the newest is asked at first use
        self.now = at("2026-10-12 09:00")  # a Monday

    @contextmanager
    def statements(self) -> Iterator[list[tuple[str, Any]]]:
        """What the database is asked meanwhile: each statement with its parameters."""
        asked: list[tuple[str, Any]] = []

        def note(connection: object, cursor: object, statement: str, parameters: Any, *rest: object) -> None:
            asked.append((statement, parameters))

        sa.event.listen(self.office.engine, "before_cursor_execute", note)
        try:
            yield asked
        finally:
            sa.event.remove(self.office.engine, "before_cursor_execute", note)

    def turn(self, **length: float) -> datetime:
        """Turn the clock on by days, hours, minutes."""
        self.now += timedelta(**length)
        return self.now

    @contextmanager
    def work(self, who: str | Actor = SYSTEM, now: datetime | None = None) -> Iterator[Work]:
        """A transaction in the name of one of the cast (or `citizen`), at the clock's time."""
        actor = who if isinstance(who, Actor) else a_citizen() if who == "citizen" else self.actor(who)
        with self.office.work(actor, now or self.now) as work:
            yield work

    def actor(self, login: str) -> Actor:
        """One of the cast."""
        with self.office.session() as session:
            staff, unit = session.execute(sa.select(Staff, Unit).join(Unit).where(Staff.login == login)).one()
            roles = frozenset(Role(role) for role in staff.roles)
            return Actor(ActorKind.STAFF, staff.name, staff.id, roles, unit.id, unit.path)

    def unit_id(self, key: str) -> int:
        """The unit of that key."""
        return int(self.scalar(sa.select(Unit.id).where(Unit.key == key)))

    def scalar(self, query: sa.Select[Any]) -> Any:
        """One value, the oldest where there are several, read in a transaction of its own."""
        with self.office.session() as session:
            return session.scalar(_oldest_first(query))

    def rows(self, query: sa.Select[Any]) -> list[Any]:
        """All rows, oldest first unless told, read in a transaction of its own."""
        with self.office.session() as session:
            return list(session.scalars(_oldest_first(query)))

    def ticket(self, number: str) -> Ticket:
        """The ticket as it stands in the database."""
        return self.rows(sa.select(Ticket).where(Ticket.number == number))[0]

    def steps(self, number: str) -> list[str]:
        """The steps of the history, oldest first."""
        query = sa.select(Event).join(Ticket, Ticket.id == Event.ticket_id).where(Ticket.number == number)
        return [event.step for event in self.rows(query.order_by(Event.id))]

    def deadlines(self, number: str, kind: DeadlineKind) -> list[Deadline]:
        """The ticket's promises of that kind, oldest first."""
        query = sa.select(Deadline).join(Ticket, Ticket.id == Deadline.ticket_id).where(Ticket.number == number)
        return self.rows(query.where(Deadline.kind == kind).order_by(Deadline.id))

    def receive(self, text: str = "香溪路与大桥路口路灯不亮三天了", **more: Any) -> receiving.Receipt:
        """A citizen complains on the web."""
        with self.work("citizen") as work:
            intake = receiving.Intake(text=text, channel=more.pop("channel", Channel.WEB), **more)
            return receiving.receive(work, intake)

    def accepted(self, **more: Any) -> str:
        """A complaint that the operator has accepted; its number."""
        number = self.receive(**more).number
        with self.work("olga") as work:
            accepting.accept(work, number)
        return number

    def assigned(self, unit: str = "lamps", **more: Any) -> str:
        """… and the dispatcher has assigned."""
        number = self.accepted(**more)
        with self.work("dora") as work:
            assigning.assign(work, number, self.unit_id(unit))
        return number

    def handling(self, **more: Any) -> str:
        """… and the unit (市政处) has signed for."""
        number = self.assigned(**more)
        with self.work("hans") as work:
            handling.sign(work, number)
        return number

    def submitted(self, **more: Any) -> str:
        """… and has submitted."""
        number = self.handling(**more)
        with self.work("hans") as work:
            handling.submit(work, number, "已更换灯头两只，10月12日晚恢复照明。")
        return number

    def resolved(self, **more: Any) -> str:
        """… and the check has approved."""
        number = self.submitted(**more)
        with self.work("sven") as work:
            checking.approve(work, number)
        return number

    def replied(self, **more: Any) -> str:
        """… and every complainant has been sent the answer."""
        number = self.resolved(**more)
        with self.work("olga") as work:
            replying.reply(work, number, "您反映的路灯已修复，感谢监督。联系电话0320-0002101。")
        return number


def _oldest_first(query: sa.Select[Any]) -> sa.Select[Any]:
    """In the order of the rows' keys, where none was asked for and among equals: what the database likes is chance."""
    first = query.column_descriptions[0]
    if not isinstance(first["expr"], type | sa.orm.InstrumentedAttribute):
        return query  # a count, a sum: one value
    return query.order_by(*sa.inspect(first["entity"]).primary_key)
