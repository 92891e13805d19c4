"""同一件事: the search among a million tickets, for staff and for citizens, beside the bare reading of the index."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

import psycopg

from bench.filling import fill_places
from bench.ground import Ground, open_quiet_office, plain_address, settle
from bench.table import Line
from hotline.domain.actors import SYSTEM, Actor, ActorKind, Role, a_citizen
from hotline.domain.clues import clues_of, squares_around
from hotline.domain.likeness import TOO_FAR
from hotline.domain.places import place_keys
from hotline.office import Office
from hotline.services import matching, resembling
from hotline.services.clueing import READ
from hotline.services.matching import Query

TICKETS, PHONE = 1_000_000, "+8613812345678"
GOAL = 50  # milliseconds, p99
CENTRE = (36.2525, 113.1525)  # the middle of the square that a fifth of all tickets lie in, on the longest road
TROUBLES = (
    "路灯不亮三天了，晚上看不见路",
    "搅拌站噪音扬尘，夜里机器不停",
    "下水道堵了污水外溢",
    "店外经营占道，行人走不过去",
)

WARMING = 30  # searches before the first that counts

BARE = "SELECT ticket_id FROM clue WHERE key = %s ORDER BY ticket_id DESC LIMIT %s"


@dataclass(frozen=True)
class Taken:
    """Milliseconds of each search, sorted; and how long this process was busy with one."""

    milliseconds: list[float]
    used: float

    def at(self, share: float) -> float:
        """So many of them took no longer."""
        return self.milliseconds[min(len(self.milliseconds) - 1, int(share * len(self.milliseconds)))]


def measure(ground: Ground, *, quick: bool) -> list[Line]:
    """A fifth of the tickets is open on one road, the rest lies in 2,000 communities on 500 roads."""
    tickets, times, warming = (2000, 5, 1) if quick else (TICKETS, 300, WARMING)
    now = datetime.now(UTC)
    with ground.copy() as url:
        office = open_quiet_office(ground.environ, url)
        fill_places(url, tickets, now, phone_print=office.vault.fingerprint(PHONE))
        settle(url)
        operator = _operator(office, now)
        anywhere = _times(lambda n: _staff(office, operator, now, _somewhere(n, tickets)), times, warming)
        longest = _times(lambda n: _staff(office, operator, now, _on_the_longest_road(n)), times, warming)
        stranger = _times(lambda n: _citizen(office, now, _on_the_longest_road(n)), times, warming)
        bare = _bare(url, _on_the_longest_road(0), times, warming)
        office.engine.dispose()
    return [
        _line(f"同一件事，{tickets} 件工单中，受理员查一处小区", anywhere, quick=quick),
        _line(f"查最长的路、最密的一格（{tickets // 5} 件在办）", longest, quick=quick, bare=bare),
        _line("同一处，市民填表时的提示", stranger, quick=quick, bare=bare),
    ]


def _somewhere(number: int, tickets: int) -> Query:
    place = number * 7919 % max(1, tickets // 500)
    return Query(f"金桂{place}小区门口{TROUBLES[number % 4]}", phone=PHONE)


def _on_the_longest_road(number: int) -> Query:
    latitude, longitude = CENTRE
    return Query(
        f"长安大道与金桂{number % 40}小区路口{TROUBLES[number % 4]}",
        latitude=latitude,
        longitude=longitude,
        phone=PHONE,
    )


def _staff(office: Office, operator: Actor, now: datetime, query: Query) -> None:
    with office.work(operator, now) as work:
        if not matching.same(work, query):
            raise RuntimeError(f"没有找到同一件事：{query.text}")


def _operator(office: Office, now: datetime) -> Actor:
    with office.work(SYSTEM, now) as work:
        root = work.rules.root
    return Actor(ActorKind.STAFF, "王受理", None, frozenset({Role.OPERATOR}), root.id, root.path)


def _citizen(office: Office, now: datetime, query: Query) -> None:
    with office.work(a_citizen(), now) as work:
        if not resembling.matters_nearby(work, query.text, "", query.latitude, query.longitude):
            raise RuntimeError(f"没有提示相似诉求：{query.text}")


def _bare(url: str, query: Query, times: int, warming: int) -> Taken:
    """All keys of one search, each read by the shortest statement that there is."""
    keys = clues_of(place_keys("", query.text), None, None)
    if query.latitude is not None and query.longitude is not None:
        keys += squares_around(query.latitude, query.longitude, TOO_FAR)
    with psycopg.connect(plain_address(url)) as connection:

        def read_all(_: int) -> None:
            for key in keys:
                connection.execute(BARE, (key, READ), prepare=True).fetchall()

        return _times(read_all, times, warming)


def _times(ask: Callable[[int], object], times: int, warming: int) -> Taken:
    """Each search once it is warm."""
    for number in range(warming):
        ask(number)
    taken, used = [], time.process_time()
    for number in range(warming, warming + times):
        began = time.perf_counter()
        ask(number)
        taken.append(1000 * (time.perf_counter() - began))
    return Taken(sorted(taken), 1000 * (time.process_time() - used) / times)


def _line(what: str, taken: Taken, *, quick: bool, bare: Taken | None = None) -> Line:
    p99 = taken.at(0.99)
    beside = f"只读索引 p50 {bare.at(0.5):.2f}，p99 {bare.at(0.99):.2f} 毫秒" if bare is not None else ""
    return Line(
        what,
        f"p50 {taken.at(0.5):.1f}，p99 {p99:.1f} 毫秒（其中 Python {taken.used:.1f}）",
        beside,
        f"{bare.at(0.5) / taken.at(0.5):.2f}" if bare is not None else "",
        f"p99 < {GOAL} 毫秒",
        None if quick else p99 < GOAL,
    )
