"""月报: every number on its pages equals the length of the list that it opens, of a running month and of a frozen one."""

from __future__ import annotations

import re
from html import unescape

import pytest
from flask import Flask

from tests.city import City
from tests.desk import Person, make_app
from tests.freezing import freeze
from tests.lively import play
from tests.played import Played

LINK = re.compile(r'<a [^>]*href="([^"]*/desk/reports/[^"]*/(?:items|cases|changes)[^"]*)"[^>]*>(.*?)</a>', re.DOTALL)


def lively(city: City) -> None:
    """Eleven weeks; then October is frozen, and November is not."""
    play(city, 7, tickets=26)
    freeze(city)


@pytest.fixture
def app(city: City, played: Played) -> Flask:
    return make_app(played.on(city, lively))


def numbers(html: str) -> dict[str, int]:
    """By the address of the list, the number that opens it."""
    found: dict[str, int] = {}
    for address, inside in LINK.findall(html):
        told = re.fullmatch(r"(?:\D* )?(\d+)(?: 件)?", re.sub(r"<[^>]*>", "", inside).strip())
        if told is not None:
            address = unescape(address)
            assert found.setdefault(address, int(told[1])) == int(told[1]), address
    return found


@pytest.mark.parametrize(
    ("who", "month"), [("lena", "2026-10"), ("lena", "2026-11"), ("cora", "2026-11")], ids=lambda value: str(value)
)
def test_every_number_is_the_length_of_the_list_that_it_opens(app: Flask, who: str, month: str) -> None:
    person = Person(app, who)
    page = person.open(f"/desk/reports/{month}?units=all")
    assert page.status == 200, page.text
    told = numbers(page.html)
    assert len(told) > 40
    wrong = []
    for address, number in told.items():
        list_ = person.open(address)
        assert list_.status == 200, (address, list_.text)
        total = re.search(r'data-total="(\d+)"', list_.html)
        if total is None or int(total[1]) != number:
            wrong.append((address, number, total and total[1]))
    assert not wrong
