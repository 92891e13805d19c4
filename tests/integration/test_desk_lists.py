"""The lists of the desk: each thing that can be asked for, alone and with others, and every page in every order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from itertools import chain, product
from random import Random
from typing import Any

import pytest
import sqlalchemy as sa

from hotline.domain.errors import Invalid
from hotline.domain.workflow import STAGES, State
from hotline.models import Category, Channel, DeadlineKind, Source, Staff, Ticket, Urgency
from hotline.services import desk, finding
from hotline.services.desk import DueWithin, Search, Sort, View, probing, reading
from tests import desk_recount, histories
from tests.city import City

READERS = ("olga", "dora", "sven", "lena", "hans", "hugo", "paul", "cora", "carl")
PAIR = ("dora", "hans")
FAR = {"NEAR": reading.NEAR, "WINDOW": reading.WINDOW}
DEEP = reading.DEEP
LONG, SHORT = 0, probing.READ  # rows of an index that are read: none, so that every list is walked; and usually


@pytest.fixture
def lived(city: City) -> City:
    """A city after a month of work."""
    histories.play(city, 11, tickets=30, days=28)
    heat_up(city)
    return city


def heat_up(city: City) -> None:
    """Some matters that several have brought up, some that were done again."""
    with city.office.session() as session:
        session.execute(sa.update(Ticket).where(Ticket.id % 5 == 0).values(heat=Ticket.id % 4 + 1))
        session.execute(sa.update(Ticket).where(Ticket.id % 7 == 0).values(round=2))
        session.execute(sa.update(Ticket).where(Ticket.id % 3 == 0).values(level=Ticket.id % 4))
        session.commit()


def alone(city: City) -> Iterator[Search]:
    """Each thing that can be asked for, by itself."""
    everything = Search(view=View.ALL)
    category = city.rows(sa.select(Category).order_by(Category.id).limit(1))[0]
    day = city.now.date()
    asked: dict[str, Sequence[Any]] = {
        "states": [(State.HANDLING,), (State.CLOSED, State.REPLIED)],
        "stages": [(stage,) for stage in STAGES],
        "kind": list(DeadlineKind),
        "due": list(DueWithin),
        "unit_id": [city.unit_id(key) for key in ("center", "lamps", "lamps-east", "county", "county-roads")] + [999],
        "handler_id": [city.scalar(sa.select(Staff.id).where(Staff.login == "hans")), 999],
        "category": [category.code, category.parent_name, "没有这一类"],
        "area": ["东城", "'; \\"],
        "source": list(Source),
        "channel": list(Channel),
        "urgency": list(Urgency),
        "level": [0, 1, 2],
        "heat": [1, 2, 3],
        "rework": [True, False],
        "risk": ["any", "没有"],
        "since": [day - timedelta(days=20)],
        "until": [day - timedelta(days=20), date(1999, 1, 1)],
    }
    yield from (replace(everything, **{name: value}) for name, values in asked.items() for value in values)
    yield from (Search(view=view) for view in View)


def together(city: City, random: Random) -> Search:
    """Several of them at once."""
    chosen = random.sample(list(alone(city)), 3)
    given = {
        name: value
        for search in chosen
        for name, value in vars(search).items()
        if name != "view" and value != getattr(Search, name)
    }
    return Search(view=random.choice(list(View)), sort=random.choice([None, *Sort]), **given)


def compare(city: City, who: str, searches: list[Search]) -> None:
    actor = city.actor(who)
    books = desk_recount.open_books(city, actor)
    with city.work(actor) as work:
        for place, search in enumerate(searches):
            expected = desk_recount.numbers(books, search)
            assert desk.numbers(work, search, 500) == expected, (who, search)
            if place % 3 == 0:
                assert [line.ticket.number for line in desk.stream(work, search)] == expected, (who, search)
                assert desk.count(work, search) == len(expected), (who, search)
        counted = desk.counts(work, list(View))
        assert counted == {view: len(desk_recount.numbers(books, Search(view=view))) for view in View}, who


def test_every_list_is_what_a_slow_recount_finds(lived: City, monkeypatch: pytest.MonkeyPatch) -> None:
    """By all ways: a short list is sorted, a long one walked, what is only long in its parts found otherwise."""
    monkeypatch.setattr(reading, "AT_ONCE", 7)
    random = Random(5)
    single = list(alone(lived))
    in_order = [Search(view=view, sort=sort) for view, sort in product((View.ALL, View.OPEN, View.MINE), Sort)]
    for rows in (SHORT, LONG):
        monkeypatch.setattr(probing, "READ", rows)
        for place, who in enumerate(READERS):
            for name, usual in FAR.items():
                monkeypatch.setattr(reading, name, usual if place % 3 == 0 else 3)
            monkeypatch.setattr(reading, "DEEP", DEEP if place % 3 == 1 else 0)
            monkeypatch.setattr(reading, "TOGETHER", 0 if who == "sven" else DEEP)
            chosen = single if who in ("sven", "hans") else random.sample(single, 6)
            compare(lived, who, [*chosen, *random.sample(in_order, 4), *(together(lived, random) for _ in range(6))])
    monkeypatch.setattr(probing, "READ", SHORT)
    monkeypatch.setattr(reading, "PAGE", 4)
    page_through(lived, monkeypatch)


def page_through(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    """Forwards to the end and back to the beginning, over everything that is equal: nothing twice, nothing left out."""
    for rows, sort, who, view in product((SHORT, LONG), Sort, ("sven", "hans"), (View.ALL, View.OPEN)):
        monkeypatch.setattr(probing, "READ", rows)
        for name, usual in FAR.items():
            monkeypatch.setattr(reading, name, 3 if who == "hans" else usual)
        monkeypatch.setattr(reading, "DEEP", DEEP if sort is Sort.DUE else 0)
        search = Search(view=view, sort=sort)
        with city.work(who) as work:
            expected = desk.numbers(work, search, 500)
            pages, after = [], ""
            while True:
                page = desk.page(work, replace(search, after=after))
                assert bool(page.previous) is bool(after)
                pages.append([line.ticket.number for line in page.lines])
                if not page.next:
                    break
                after = page.next
            assert list(chain(*pages)) == expected, (rows, sort, who)
            back = [pages[-1]]
            while page.previous:
                page = desk.page(work, replace(search, before=page.previous))
                back.insert(0, [line.ticket.number for line in page.lines])
            assert list(chain(*back)) == expected, (rows, sort, who)


def test_a_list_asks_no_more_for_many_than_for_few(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    searches = [Search(view=view) for view in View]
    searches += [Search(view=View.ALL, text="路灯 12"), Search(view=View.OPEN, area="东城", sort=Sort.HEAT)]

    def asked() -> list[int]:
        with city.work("dora") as work:
            finding.catch_up(work)
        return [statements_of(search, who, rows) for search, who, rows in product(searches, PAIR, (SHORT, LONG))]

    def statements_of(search: Search, who: str, rows: int) -> int:
        monkeypatch.setattr(probing, "READ", rows)
        with city.work(who) as work, city.statements() as statements:
            desk.page(work, search)
            desk.counts(work, [View.MINE, View.SOON, View.OVER, View.SUPERVISED])
        return len(statements)

    for _ in range(2):
        city.assigned(text="路灯12号不亮", area="东城")
    few = asked()
    for _ in range(26):
        city.assigned(text="路灯12号不亮", area="东城")
    many = asked()
    assert all(later <= before for later, before in zip(many, few, strict=True)), (few, many)
    assert max(few) <= 11


@pytest.mark.parametrize(
    "cursor", ["x", "~", "~x", "2026-10-12~5", "x~5", "²~5", "~99999999999999999999", "99999999999~5"]
)
@pytest.mark.parametrize("sort", [Sort.DUE, Sort.HEAT])
def test_a_cursor_that_is_none_of_ours_is_refused(city: City, sort: Sort, cursor: str) -> None:
    with city.work("dora") as work, pytest.raises(Invalid, match="从列表第一页"):
        desk.page(work, Search(view=View.ALL, sort=sort, after=cursor))
