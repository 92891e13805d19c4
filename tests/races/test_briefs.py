"""简报 made by several workers at once, or by one that dies: each person has one, and one text."""

from __future__ import annotations

from datetime import time

import pytest
import sqlalchemy as sa

from hotline.models import Brief, Message
from hotline.services.month import brief_reading, briefing
from tests.city import City, at
from tests.races.hands import together
from tests.work import shift_of
from workers import briefs

MORNING = "2026-10-19 08:00"  # a Monday: the day's and the week's


def ready(city: City) -> None:
    for who, phone in (("sven", "+8613812345678"), ("lena", "+8613812345679")):
        with city.work(who) as work:
            brief_reading.choose(work, True, phone)
    city.now = at(MORNING)


def check_each_once(city: City) -> None:
    made = [(each.staff_id, each.rhythm) for each in city.rows(sa.select(Brief))]
    assert len(made) == len(set(made)) == 2 * 3
    assert len([each for each in city.rows(sa.select(Message)) if each.purpose.startswith("unit_brief")]) == 2 * 2


def test_six_workers_make_each_once(city: City) -> None:
    ready(city)

    def work() -> None:
        while briefs.make(shift_of(city)):
            pass

    together(*[work] * 6)
    check_each_once(city)


def test_two_that_have_both_counted_make_one(city: City) -> None:
    """Both have found that it is lacking before either has written."""
    ready(city)
    with city.work() as first, city.work() as second:
        counted = briefing.lacking(second, briefing.occasions(second, time(8))[0])
        assert briefing.make(first, time(8), None) == len(counted) == 3
        first.session.commit()
        briefing.make_for(second, briefing.occasions(second, time(8))[0], counted)
    assert len(city.rows(sa.select(Brief))) == 3


def test_what_a_worker_left_that_died_is_made_by_the_next(city: City) -> None:
    ready(city)
    with pytest.raises(ZeroDivisionError), city.work() as work:
        assert briefing.make(work, time(8), None)
        raise ZeroDivisionError
    assert not city.rows(sa.select(Brief))
    while briefs.make(shift_of(city)):
        pass
    check_each_once(city)
