"""月报: every figure opens the tickets behind it, and a unit reads its own."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from tests.city import City
from tests.desk import Person, make_app


@pytest.fixture
def app(city: City) -> Flask:
    return make_app(city)


def test_every_figure_of_the_month_opens_its_tickets_missing_ones_first(city: City, app: Flask) -> None:
    missed = city.handling(text="路灯不亮")
    kept = city.replied(text="垃圾桶满溢")
    city.turn(days=12)
    lena = Person(app, "lena")
    page = lena.open("/desk/reports/2026-10")
    assert "还差哪些" in page.text and missed in page.html
    assert re.search(r"kind=handle&amp;figure=missing[^>]*>看全部未处理的<", page.html), "the list says of what it is"
    assert "50.00 %" in page.text
    for link in dict.fromkeys(page.links("/items?")):
        assert lena.open(link).status == 200, link
    owed = lena.open("/desk/reports/2026-10/items?kind=handle&figure=owed")
    assert owed.html.index(missed) < owed.html.index(kept)
    assert lena.open("/desk/reports/2026-10/items?kind=rubbish").status == 422
    assert lena.open("/desk/reports/2026-13").status == 404
    assert lena.open(f"/desk/reports/2026-10/items?kind=handle&unit={10**17}").status == 404
    sheet = lena.send(page.form("/deadlines"))
    assert sheet.status == 200 and missed in sheet.html


def test_a_unit_reads_its_own_month_only(city: City, app: Flask) -> None:
    missed = city.handling(text="路灯不亮")
    city.turn(days=12)
    paul = Person(app, "paul")
    page = paul.open("/desk/reports/2026-10")
    assert missed not in page.html and "本月没有到期的" in page.text
    assert paul.open(f"/desk/reports/2026-10?unit={city.unit_id('lamps')}").status == 404
