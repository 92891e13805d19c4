"""The lists of the desk: each thing that can be asked for, alone and with others, and every page in every order."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from itertools import product
from random import Random

import pytest
import sqlalchemy as sa

from hotline.domain.errors import Invalid
from hotline.domain.workflow import STAGES, State
from hotline.models import Category, Channel, DeadlineKind, Source, Staff, Ticket, Urgency
from hotline.services import desk
from hotline.services.desk import DueWithin, Search, Sort, View, probing, reading
from tests import desk_recount, histories
from tests.city import City

READERS = ("olga", "dora", "sven", "lena", "hans", "hugo", "paul", "cora", "carl")
LONG, SHORT = 0, probing.READ  # rows of an index that are read: none, so that every list is walked; and usually


@pytest.fixture(params=[11])
def lived(city: City, request: pytest.FixtureRequest) -> City:
    """A city after a month of work."""
    histories.play(city, request.param, tickets=36, days=32)
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
    asked = {
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
        for search in searches:
            expected = desk_recount.numbers(books, search)
            assert desk.numbers(work, search, 500) == expected, (who, search)
            assert [line.ticket.number for line in desk.stream(work, search)] == expected, (who, search)
            assert desk.count(work, search) == len(expected), (who, search)
        counted = desk.counts(work, list(View))
        assert counted == {view: len(desk_recount.numbers(books, Search(view=view))) for view in View}, who


@pytest.mark.parametrize("rows", [SHORT, LONG])
def test_every_list_is_what_a_slow_recount_finds(lived: City, rows: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(probing, "READ", rows)
    monkeypatch.setattr(reading, "AT_ONCE", 7)
    random = Random(rows)
    single = list(alone(lived))
    sorted_ = [Search(view=view, sort=sort) for view, sort in product((View.ALL, View.OPEN, View.MINE), Sort)]
    for who in READERS:
        chosen = single if who in ("sven", "hans") else random.sample(single, 8)
        compare(lived, who, [*chosen, *random.sample(sorted_, 5), *(together(lived, random) for _ in range(8))])
