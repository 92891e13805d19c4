"""The lists of what is no promise: the same in every order, on their pages and in their file, running and frozen."""

from __future__ import annotations

import csv
import re
from datetime import date
from io import StringIO
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from hotline.domain.indicators import INDICATORS, Basis
from hotline.models import Complaint
from hotline.services import citizens, exporting_lists, pausing, returning, reworking, surveying
from hotline.services.month import asked_cases, exporting_cases, listing_cases
from hotline.services.month.listing_cases import TIMES, VALUES, WORST_FIRST, Case
from hotline.services.paging import FIRST, Place
from hotline.services.work import Work
from tests.city import City, at
from tests.desk import Person, make_app
from tests.freezing import freeze
from tests.played import Played

MONTH = "2026-10"
OF_CASES = [key for key, indicator in INDICATORS.items() if indicator.basis is Basis.CASES]
#: What a reader sees of the list, by its field.
COLUMNS = {"编号": "ticket", "事项": "matter", "责任单位": "unit", "情况": "label"}


def cases(city: City) -> None:
    """Some of each sort in October, of two units, good ones and bad ones; at some moment in November."""
    for number, score in enumerate((5, 1, 3, 2, 4)):
        ticket = city.replied(text="我叫张三丰，路灯不亮", phone=f"+861990000000{number}", confidential=number == 1)
        with city.work("olga") as work:
            complaint = work.session.scalars(sa.select(Complaint).where(Complaint.number == ticket)).one()
            of = citizens.ticket_of(work, complaint)
            surveying.answer(work, of, complaint, solved=score > 2, score=score, comment="=1+1", by="call")
        if score != 4:
            with city.work("sven") as work:
                reworking.rework(work, ticket, "又不亮了")
        city.turn(days=1)
    for who, unit in (("hans", "lamps"), ("paul", "parks")):
        for _ in range(2):
            returned, paused = city.assigned(unit), city.handling(text="香溪路路灯不亮三天了", phone="+8619900000009")
            with city.work(who) as work:
                returning.give_back_to_centre(work, returned, "不属本单位职责，请另派。")
            with city.work("hans") as work:
                pausing.request(work, paused, "等待开挖许可", date(2026, 10 + 2 * (unit == "lamps"), 30))
            with city.work("sven") as work:
                pausing.decide(work, paused, True, "同意")
            city.turn(hours=1)
    city.now = at("2026-11-05 09:00")


@pytest.fixture
def app(city: City, played: Played) -> Flask:
    return make_app(played.on(city, cases))


def read_both_ways(work: Work, asked: listing_cases.Asked) -> list[Case]:
    """The list page by page down to its end, which is the same on the way back up."""

    def page(place: Place[str]) -> listing_cases.Page:
        return listing_cases.listed(work, MONTH, asked, place=place, limit=6)

    down = [page(FIRST)]
    while down[-1].after is not None:
        down.append(page(Place(down[-1].after)))
    up = down[-1:]
    while up[0].before is not None:
        up.insert(0, page(Place(before=up[0].before)))
    found, again = ([case for each in way for case in each.items] for way in (down, up))
    assert found == again and len(found) == down[0].total
    return found


def in_file(work: Work, figure: asked_cases.Figure) -> list[dict[str, Any]]:
    sheet = exporting_lists.sheet_of(work, exporting_cases.query(work, MONTH, figure))
    names = [name for name, _ in sheet.headings]
    return [dict(zip(names, row, strict=True)) for row in sheet.rows]


def lists(city: City, who: str, *orders: str) -> dict[tuple[str, str], list[Case]]:
    """Every list that this person may see, by its sort and its order, each compared with its file."""
    found = {}
    with city.work(who) as work:
        for sort, key in {INDICATORS[key].sort: key for key in OF_CASES}.items():
            for order in orders or {WORST_FIRST: "", **listing_cases.orders(sort)}:
                figure = asked_cases.read({"indicator": key, "sort": order})
                found[sort, order] = told = read_both_ways(work, figure.asked)
                columns = {**COLUMNS, TIMES[sort]: "at", **({VALUES[sort]: "points"} if sort in VALUES else {})}
                columns |= {} if sort == "repeat" else {"原因": "reason"}  # nobody says why with what was received
                expected = [{column: getattr(case, name) for column, name in columns.items()} for case in told]
                assert in_file(work, figure) == expected, (sort, order)
    return found


def test_every_order_has_the_same_cases_on_pages_and_in_files(city: City, app: Flask) -> None:
    live = lists(city, "sven")
    for (sort, order), found in live.items():
        assert len(found) > 2 and {case.ref_id for case in found} == {case.ref_id for case in live[sort, WORST_FIRST]}
        by_order: dict[str, list[Any]] = {
            "worst": [case.good for case in found],
            "oldest": [case.at for case in found],
            "newest": [case.at for case in found][::-1],
            "unit": [case.unit_id for case in found],
            "ticket": [case.ticket for case in found],
            "lowest": [case.value for case in found],
        }
        assert by_order[order] == sorted(by_order[order]), (sort, order)
    of_unit = lists(city, "paul", WORST_FIRST)
    assert [len(of_unit[sort, WORST_FIRST]) for sort in ("turn", "rework", "pause")] == [2, 0, 0]
    freeze(city, MONTH)
    frozen = lists(city, "sven", WORST_FIRST, "newest")
    assert frozen == {each: live[each] for each in frozen} and lists(city, "paul", WORST_FIRST) == of_unit
    with city.work("sven") as work:
        assert "version=1" in exporting_cases.query(work, MONTH, asked_cases.read({"indicator": "paused"}))


def test_the_button_answers_with_the_rows_of_the_page(city: City, app: Flask) -> None:
    sven = Person(app, "sven")
    for key in OF_CASES:
        page = sven.open(f"/desk/reports/{MONTH}/cases?indicator={key}&side=part&sort=newest&where=&channel=")
        answer = sven.send(page.form("/cases"), file="csv")
        answer.response.close()
        rows = list(csv.DictReader(StringIO(answer.html.lstrip("\ufeff"))))
        numbers = re.findall(r'<td class="nowrap">(\d{14})</td>', page.html)
        assert [row["编号"] for row in rows] == numbers and len(numbers) == int(re.findall(r'"(\d+)">共', page.html)[0])
        assert not any(cell.startswith("=") or "张三丰" in cell for row in rows for cell in row.values())
    form = page.form("/cases")
    assert sven.client.post(form.action, data=form.values | {"file": "xlsx"}).data.startswith(b"PK")
