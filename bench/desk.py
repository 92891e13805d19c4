"""工作台: every list and the ticket page with a million tickets, eight people at once; a hundred desks that stand open.

Twice: eight people who each look at a page for about a second before they open the next, which is more than anybody
does all day; and eight connections that never stop, which is as much as the machine can.

`./run bench desk`. Beside each figure stands the floor of the same run: the shortest statement that reads as many
tickets with their promises and units, and a page that does nothing.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from urllib.parse import quote

import psycopg
import sqlalchemy as sa

from bench import million
from bench.driving import Request, drive, get
from bench.ground import PASSWORD, Ground, open_quiet_office, plain_address, settle
from bench.inbox import log_in
from bench.plans import plans_of
from bench.serving import EMPTY, served
from bench.table import Line
from hotline.domain.actors import SYSTEM, Actor, ActorKind, Role
from hotline.domain.workflow import State
from hotline.models import DeadlineKind, Source, Staff, Ticket, Unit
from hotline.office import Office
from hotline.services import asked, desk, finding, seeding
from hotline.services.desk import DueWithin, Search, Sort, View

TICKETS = 1_000_000
GOAL, SEARCHED = 150, 100  # milliseconds of a page, p95; of a search alone
LOOK = 1.0  # seconds for which a person looks at a page
DESKS = 100  # that stand open, each asking every so many seconds
EVERY = 20
PEOPLE = {
    "olga": ("center", Role.OPERATOR),
    "dora": ("center", Role.DISPATCHER),
    "sven": ("center", Role.SUPERVISOR),
    "lena": ("center", Role.LEADER),
    "hans": ("department-0", Role.HANDLER),
    "paul": ("department-1", Role.HANDLER),
    "hugo": ("station-7", Role.HANDLER),
    "cora": ("county", Role.DISPATCHER),
}
#: What else is opened all day, and by whom.
PAGES = {
    "/desk/": tuple(PEOPLE),
    "/desk/dispatching": ("dora", "cora"),
    "/desk/checks": ("sven",),
    "/desk/appeals": ("sven",),
    "/desk/calls": ("olga",),
    "/desk/calls?list=surveys": ("olga",),
    "/desk/field": ("hans", "hugo"),
    "/desk/public": ("sven",),
}
RARE, COMMON = ("晋a00017", "金桂7小区", "锦绣17路金桂119小区"), ("路灯", "灯", "请尽快派人")


@dataclass(frozen=True)
class Asked:
    """Some lists that are measured together, and who asks for them; nobody named: all eight."""

    what: str
    searches: Sequence[Search]
    who: Sequence[str] = tuple(PEOPLE)


def measure(ground: Ground, *, quick: bool) -> list[Line]:
    """A tenth of the tickets is open. Every list is asked for by several people in turn."""
    tickets, seconds = (2000, 0.05) if quick else (TICKETS, 5.0)
    now = datetime.now(UTC)
    with served(ground.environ, EMPTY) as port:
        empty = drive(port, lambda _: get("/"), status=200, seconds=seconds)
    with ground.copy() as url:
        million.fill(url, tickets, now)
        settle(url)
        office = open_quiet_office(ground.environ, url)
        _employ(office, now)
        _check_words(office, now)
        lists = _lists(office)
        beside = f"只读 {desk.PAGE} 件 p50 {_floor(url):.1f} 毫秒，空路由 p50 {empty.at(0.5):.1f} 毫秒"
        lines = [_searching(office, now, one, quick=quick) for one in lists if one.searches[0].text]
        with served({**ground.environ, "DATABASE_URL": url}, workers=1 if quick else 2) as port:
            cookies = {name: log_in(port, name) for name in PEOPLE}
            following = [_next_pages(office, now, one) for one in lists if "第一页" in one.what]
            asked_for = {one.what: _of_lists(cookies, one) for one in [*lists, *following]}
            asked_for |= {
                "首页和各角色的名单页": _of_pages(cookies),
                "工单页": _of_tickets(cookies, _open_tickets(office)),
            }
            drive(port, _in_turns(_of_pages(cookies)), status=200, seconds=seconds)  # everybody was here before
            for what, requests in asked_for.items():
                lines += _pages(port, what, requests, beside, seconds, quick=quick)
            lines.append(_open_desks(port, cookies, seconds, quick=quick))
        if not quick:
            for title, text in plans_of(office, _actor(office, "sven"), now, _heavy()):
                print(f"\n### {title}\n\n```\n{text}\n```", file=sys.stderr)
        office.engine.dispose()
    return lines


def _employ(office: Office, now: datetime) -> None:
    people = [
        {"login": login, "name": login, "unit": unit, "roles": [role.value], "password": PASSWORD}
        for login, (unit, role) in PEOPLE.items()
        if login != "hans"
    ]
    with office.work(SYSTEM, now) as work:
        seeding.store_staff(work.session, people, now)


def _actor(office: Office, login: str) -> Actor:
    with office.session() as session:
        staff, unit = session.execute(sa.select(Staff, Unit).join(Unit).where(Staff.login == login)).one()
        roles = frozenset(Role(role) for role in staff.roles)
        return Actor(ActorKind.STAFF, staff.name, staff.id, roles, unit.id, unit.path)


def _check_words(office: Office, now: datetime) -> None:
    """What `million` enters is what the product would: else the search of something else would be measured."""
    read = sa.text(
        "SELECT ticket_id, words, marks FROM found_words"
        " WHERE ticket_id IN (SELECT id FROM ticket WHERE id % 97 = 5 ORDER BY id DESC LIMIT 20)"
    )
    with office.work(SYSTEM, now) as work:
        before = {row.ticket_id: (row.words, set(row.marks)) for row in work.session.execute(read)}
        stale = sa.text("UPDATE found_words SET words = NULL, covered = NULL, marks = NULL WHERE ticket_id = ANY(:ids)")
        work.session.execute(stale, {"ids": list(before)})
        finding.catch_up(work)
        after = work.session.execute(read).all()
        different = [row for row in after if (row.words, set(row.marks)) != before[row.ticket_id]]
        if different or not after:
            raise RuntimeError(f"检索用的字与本系统写的不同：{different[:1]}，{before[different[0].ticket_id]}")


def _lists(office: Office) -> list[Asked]:
    with office.session() as session:
        units = {unit.key: unit.id for unit in session.scalars(sa.select(Unit))}
        category = session.execute(sa.text("SELECT code FROM category ORDER BY id LIMIT 1 OFFSET 7")).scalar_one()
        parent = session.execute(sa.text("SELECT parent_name FROM category ORDER BY id LIMIT 1 OFFSET 7")).scalar_one()
        number = session.scalar(sa.select(Ticket.number).where(Ticket.ended_at.is_(None)).order_by(Ticket.id).limit(1))
    every, going = Search(view=View.ALL), Search(view=View.OPEN)
    assert number is not None
    return [
        Asked("各标签页，第一页", [Search(view=view) for view in View]),
        Asked("各种排序，在办，第一页", [replace(going, sort=sort) for sort in Sort]),
        Asked("各种排序，全部，第一页", [replace(every, sort=sort) for sort in Sort], ("dora", "sven", "hans", "hugo")),
        Asked(
            "一个筛选条件",
            [
                replace(every, category=category),
                replace(every, area="云锦区"),
                replace(every, source=Source.LEADER),
                replace(every, unit_id=units["department-3"]),
                replace(every, unit_id=units["station-9"]),
                replace(every, heat=5),
                replace(every, rework=True),
                replace(going, states=(State.SUBMITTED,)),
                replace(going, kind=DeadlineKind.HANDLE, due=DueWithin.TODAY),
                replace(going, due=DueWithin.WEEK),
            ],
        ),
        Asked(
            "几个筛选条件一起",
            [
                replace(every, category=category, area="云锦区", heat=2),
                replace(every, category=parent, source=Source.LEADER, rework=True),
                replace(every, area="高新区", source=Source.MEDIA, level=1),
                replace(going, unit_id=units["station-9"], kind=DeadlineKind.REPLY, due=DueWithin.OVER),
                replace(going, unit_id=units["department-3"], states=(State.HANDLING,), sort=Sort.HEAT),
                replace(every, states=(State.CLOSED,), heat=9, rework=True),
            ],
        ),
        Asked("检索少见的字词", [replace(every, text=text) for text in RARE]),
        Asked("检索常见的字词", [replace(view, text=text) for view in (every, going) for text in COMMON]),
        Asked("检索编号、尾号", [replace(every, text=text) for text in (number, number[-6:], number[-4:], "0420")]),
        Asked(
            "检索加筛选",
            [
                replace(every, text="路灯 锦绣17路", area="云锦区"),
                replace(every, text="噪音", source=Source.MEDIA),
                replace(going, text="供暖", category=parent, sort=Sort.DUE),
                replace(going, text="路灯", unit_id=units["station-9"]),
            ],
        ),
    ]


def _heavy() -> list[tuple[str, Search]]:
    every, going = Search(view=View.ALL), Search(view=View.OPEN)
    return [
        ("在办，先到期的在前", going),
        ("已超期", Search(view=View.OVER)),
        ("全部，检索“路灯”", replace(every, text="路灯")),
        ("全部，检索“晋a00017”", replace(every, text="晋a00017")),
    ]


def _next_pages(office: Office, now: datetime, one: Asked) -> Asked:
    """The same lists from where their first page ends, for the first of who asks."""
    found = []
    with office.work(_actor(office, one.who[0]), now) as work:
        for search in one.searches:
            page = desk.page(work, search)
            if page.next:
                found.append(replace(search, after=page.next))
    return Asked(one.what.replace("第一页", "下一页"), found or one.searches, one.who)


def _pages(
    port: int, what: str, requests: Sequence[bytes], beside: str, seconds: float, *, quick: bool
) -> Iterator[Line]:
    long, pause, connections = (seconds, 0.01, 2) if quick else (4 * seconds, LOOK, 8)
    people = drive(port, _in_turns(requests), status=200, seconds=long, pause=pause)
    p95 = people.at(0.95)
    figure = f"p50 {people.at(0.5):.1f}，p95 {p95:.1f} 毫秒"
    yield Line(f"{what}，8 人同时", figure, beside, "", f"p95 < {GOAL} 毫秒", None if quick else p95 < GOAL)
    hard = drive(port, _in_turns(requests), status=200, seconds=seconds, connections=connections)
    yield Line("", f"不停地点：{hard.rate:.0f} 页/秒，p50 {hard.at(0.5):.1f}，p95 {hard.at(0.95):.1f} 毫秒")


def _in_turns(requests: Sequence[bytes]) -> Request:
    """Far from each other, so that nobody is asked for twice at once."""
    return lambda number: requests[number * 7 % len(requests)]


def _searching(office: Office, now: datetime, one: Asked, *, quick: bool) -> Line:
    """The search alone, without the page: one person after the other."""
    taken: list[float] = []
    for _ in range(2 if quick else 8):
        for who in ("dora", "hans"):
            actor = _actor(office, who)
            for search in one.searches:
                with office.work(actor, now) as work:
                    began = time.perf_counter()
                    desk.page(work, search)
                    taken.append(1000 * (time.perf_counter() - began))
    taken = sorted(taken[len(taken) // 4 :])
    p50, p95 = taken[len(taken) // 2], taken[int(len(taken) * 0.95)]
    return Line(
        f"{one.what}，一人，不含网页", f"p50 {p50:.1f}，p95 {p95:.1f} 毫秒", "", "", f"p95 < {SEARCHED} 毫秒",
        None if quick else p95 < SEARCHED,
    )  # fmt: skip


def _of_lists(cookies: Mapping[str, str], one: Asked) -> list[bytes]:
    return [
        get(f"/desk/tickets?{asked.write(search)}", Cookie=cookies[who]) for search in one.searches for who in one.who
    ]


def _of_pages(cookies: Mapping[str, str]) -> list[bytes]:
    return [get(path, Cookie=cookies[name]) for path, names in PAGES.items() for name in names]


def _open_tickets(office: Office) -> list[str]:
    with office.session() as session:
        query = sa.select(Ticket.number).where(Ticket.ended_at.is_(None)).order_by(Ticket.id.desc()).limit(200)
        return list(session.scalars(query))


def _of_tickets(cookies: Mapping[str, str], numbers: Sequence[str]) -> list[bytes]:
    centre = [cookies[who] for who in ("olga", "dora", "sven", "lena")]
    return [
        get(f"/desk/tickets/{quote(number)}", Cookie=centre[place % len(centre)])
        for place, number in enumerate(numbers)
    ]


def _open_desks(port: int, cookies: Mapping[str, str], seconds: float, *, quick: bool) -> Line:
    """What a hundred desks ask for in their time, one after the other: how much of the machine they take."""
    names = list(cookies)
    requests = [get("/desk/live", Cookie=cookies[names[number % len(names)]]) for number in range(DESKS)]
    taken = drive(port, lambda number: requests[number % DESKS], status=200, seconds=seconds)
    share = DESKS / EVERY / taken.rate
    return Line(
        f"{DESKS} 个开着的工作台，每 {EVERY} 秒各问一次",
        f"{taken.rate:.0f} 次/秒，p50 {taken.at(0.5):.1f}，p95 {taken.at(0.95):.1f} 毫秒，占全机 {100 * share:.1f} %",
        "",
        "",
        "占全机 < 10 %",
        None if quick else share < 0.1,
    )


BARE = """
SELECT ticket.*, deadline.due_at, unit.name
FROM ticket
LEFT JOIN LATERAL (SELECT due_at FROM deadline WHERE ticket_id = ticket.id AND met_at IS NULL
                   ORDER BY due_at LIMIT 1) AS deadline ON true
LEFT JOIN LATERAL (SELECT name FROM assignment JOIN unit ON unit.id = assignment.unit_id
                   WHERE ticket_id = ticket.id LIMIT 1) AS unit ON true
WHERE ticket.id <= %s ORDER BY ticket.id DESC LIMIT %s
"""


def _floor(url: str) -> float:
    """Milliseconds of the shortest statement that reads what stands on a page; the median."""
    with psycopg.connect(plain_address(url)) as connection:
        newest = connection.execute("SELECT max(id) FROM ticket").fetchone()
        assert newest is not None
        return sorted(_bare_reads(connection, newest[0]))[50]


def _bare_reads(connection: psycopg.Connection, newest: int) -> Iterator[float]:
    for number in range(101):
        began = time.perf_counter()
        connection.execute(BARE, (newest - 11 * number, desk.PAGE), prepare=True).fetchall()
        yield 1000 * (time.perf_counter() - began)
