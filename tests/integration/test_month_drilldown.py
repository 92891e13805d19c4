"""月报: every number on its pages is the length of the list that it opens, of a running month and of a frozen one."""

from __future__ import annotations

import re
from html import unescape
from urllib.parse import parse_qsl, urlsplit

import pytest
from flask import Flask

from hotline.services.month import asked_items, listing
from hotline.services.work import Work
from tests.city import City
from tests.desk import Person, make_app
from tests.freezing import freeze
from tests.lively import play
from tests.played import Played
from tests.watched import register, watch

LINK = re.compile(r'<a [^>]*href="([^"]*/desk/reports/[^"]*/(?:items|cases|changes)[^"]*)"[^>]*>(.*?)</a>', re.DOTALL)
OPENED = 20  # every so many lists are opened as a page, the others counted by the service that the page asks


def lively(city: City) -> None:
    """Seven weeks; then October is frozen, and November is not."""
    register(city)
    watch(city)
    play(city, 7, tickets=9, days=42)
    watch(city)
    freeze(city)


@pytest.fixture
def app(city: City, played: Played) -> Flask:
    return make_app(played.on(city, lively))


def numbers(html: str) -> dict[str, int]:
    """By the address of the list, the number that opens it."""
    found: dict[str, int] = {}
    for link, inside in LINK.findall(html):
        told = re.fullmatch(r"(?:\D* )?(\d+)(?: 件)?", re.sub(r"<[^>]*>", "", inside).strip())
        if told is not None:
            address = unescape(link)
            assert found.setdefault(address, int(told[1])) == int(told[1]), address
    return found


def length(work: Work, person: Person, address: str, *, opened: bool) -> int:
    parts = urlsplit(address)
    if opened or not parts.path.endswith("/items"):
        page = person.open(address)
        assert page.status == 200, (address, page.text)
        return int(re.findall(r'data-total="(\d+)"', page.html)[0])
    asked = asked_items.read(dict(parse_qsl(parts.query, keep_blank_values=True)))
    return listing.count(work, parts.path.split("/")[3], asked)


@pytest.mark.parametrize("month", ["2026-10", "2026-11"])
def test_every_number_is_the_length_of_the_list_that_it_opens(city: City, app: Flask, month: str) -> None:
    lena = Person(app, "lena")
    page = lena.open(f"/desk/reports/{month}?units=all")
    assert page.status == 200, page.text
    told = numbers(page.html)
    assert len(told) > 40
    with city.work("lena") as work:
        lengths = {
            address: length(work, lena, address, opened=place % OPENED == 0) for place, address in enumerate(told)
        }
    assert lengths == told


def test_a_county_reads_its_own(app: Flask) -> None:
    cora = Person(app, "cora")
    told = numbers(cora.open("/desk/reports/2026-11").html)
    whole = numbers(Person(app, "lena").open("/desk/reports/2026-11").html)
    shared = told.keys() & whole.keys()
    assert len(shared) > 20
    assert all(told[address] <= whole[address] for address in shared)
    assert any(told[address] < whole[address] for address in shared)
