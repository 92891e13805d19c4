"""Days at the end of the calendar: no page and no answer fails on them, they are refused in words or left out."""

from __future__ import annotations

from datetime import date

import pytest
from flask import Flask

from hotline.domain import days
from hotline.domain.actors import Role
from tests.api import machine
from tests.city import City
from tests.desk import Person, make_app

FAR = ("0001-01-01", "1979-12-31", "2201-01-01", "9999-12-31")
MOMENTS = ("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00", "9999-12-31T23:59:59+00:00")


@pytest.fixture
def app(city: City) -> Flask:
    return make_app(city)


def test_which_days_can_be_counted_on() -> None:
    assert [days.is_countable(date.fromisoformat(day)) for day in FAR] == [False] * 4
    assert days.is_countable(date(1980, 1, 1)) and days.is_countable(date(2200, 12, 31))


def test_an_address_that_names_one_still_opens(city: City, app: Flask) -> None:
    city.handling()
    sven, adam = Person(app, "sven"), Person(app, "adam")
    for name in ("since", "until"):
        for moment in MOMENTS:
            address = f"/desk/supervision/items?{name}={moment.replace('+', '%2B')}"
            assert sven.open(address).status == 200, address
        for day in FAR:
            assert sven.open(f"/desk/tickets?view=all&{name}={day}").status == 200, day
            assert adam.open(f"/desk/changes?{name}={day}").status == 200, day


def test_a_form_that_names_one_is_refused_in_words(city: City, app: Flask) -> None:
    number = city.handling()
    sven = Person(app, "sven")
    draw = sven.open("/desk/samples").form("/desk/samples")
    given = sven.open(f"/desk/instructions?number={number}").form("/desk/instructions")
    words = {"leader": "市长", "text": "请办理好"}
    for told in (
        sven.send(draw, since="0001-01-01", until="2026-12-01"),
        sven.send(draw, since="2026-10-01", until="9999-12-31"),
        sven.send(given, given_on="1900-01-01", due_on="", **words),
        sven.send(given, given_on="2026-10-01", due_on="9999-12-31", **words),
    ):
        assert told.status == 422 and days.TOO_FAR in told.text


@pytest.mark.parametrize("day", FAR)
def test_the_interface_refuses_one(city: City, app: Flask, day: str) -> None:
    client = machine(city, app, "系统", "center", Role.SUPERVISOR)
    for name in ("since", "until"):
        answer = client.get(f"/tickets?{name}={day}")
        assert answer.status_code == 422 and days.TOO_FAR in answer.get_data(as_text=True)
