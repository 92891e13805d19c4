"""评分排名 and 点位 on the desk: a score tells why, its numbers open their lists, a scheme is tried out before."""

from __future__ import annotations

import io
import re
from typing import Any

import pytest
from flask import Flask

from tests.city import City
from tests.desk import Page, Person, make_app
from tests.integration.test_ranking import lived
from tests.played import Played


@pytest.fixture
def app(city: City, played: Played) -> Flask:
    return make_app(played.on(city, lived))


def submit(person: Person, page: Page, action: str, **typed: Any) -> Page:
    """Fill in the form and send it; the page that follows."""
    answer = person.send(page.form(action), **typed)
    return person.open(answer.response.headers["Location"]) if answer.status == 303 else answer


def test_a_leader_sees_who_stands_where_and_why(city: City, app: Flask) -> None:
    adam = Person(app, "adam")
    page = adam.open("/desk/rules/scoring?scheme=jinniu_szcg")
    assert "改用后会怎样" in page.text and "（1 − 返工率） × 20" in page.text
    submit(adam, page, "/desk/rules/scoring")
    assert "现行：金牛区数字城管" in adam.open("/desk/rules/scoring").text
    lena = Person(app, "lena")
    page = lena.open("/desk/ranking/2026-10")
    assert re.search(r"1 园林局 100\.00 达标", page.text), page.text
    assert re.search(r"2 市政处 70\.00 不达标", page.text), page.text
    why = lena.open(f"/desk/ranking/2026-10/{city.unit_id('lamps')}")
    assert f"/desk/ranking/2026-10/{city.unit_id('lamps')}" in page.links("/desk/ranking/2026-10/")
    assert "30 × 2/3 = 20" in why.text and "市级部门第 2 名，共 2 个单位参加排名" in why.text
    links = why.links("/reports/2026-10/")
    assert len(links) >= 8
    for link in dict.fromkeys(links):
        assert lena.open(link).status == 200, link
    assert lena.open("/desk/ranking/2026-13").status == 404
    assert lena.open("/desk/ranking/2026-10/999999").status == 404
    assert "本月尚未开始" in lena.open("/desk/ranking/2027-03").text


def test_a_unit_reads_its_own_score_and_the_scheme_is_the_citys(city: City, app: Flask) -> None:
    hans = Person(app, "hans")
    page = hans.open("/desk/ranking/2026-10")
    assert "市政处合计" in page.text and "园林局" not in page.text
    assert hans.open(f"/desk/ranking/2026-10/{city.unit_id('parks')}").status == 404
    assert hans.open("/desk/rules/scoring").status == 404
    adam = Person(app, "adam")
    assert adam.open("/desk/ranking/2026-10").status == 404, "who keeps the house reads no months"
    assert adam.open("/desk/rules/scoring?scheme=none").status == 422


def test_points_are_registered_ranked_and_opened(city: City, app: Flask) -> None:
    sven = Person(app, "sven")
    page = sven.open("/desk/points")
    assert "还没有点位" in page.text
    page = submit(sven, page, "/desk/points", name="香溪路", unit_id=str(city.unit_id("lamps")), chief="张建国")
    assert "已登记" in page.text
    wrong = submit(sven, page, "/desk/points", name="香溪路", unit_id=str(city.unit_id("lamps")), chief="")
    assert wrong.status == 422 and "请填写点长" in wrong.text
    page = sven.open("/desk/points/2026-10")
    assert "香溪路" in page.text and "张建国" in page.text
    opened = sven.open(page.links("/desk/points/2026-10/")[0])
    assert opened.status == 200 and "为什么是" in opened.text
    file = (io.BytesIO("点位,点长,单位\n滨河公园,王新,不存在的单位\n".encode()), "points.csv")
    refused = submit(sven, sven.open("/desk/points"), "/desk/points/import", file=file)
    assert refused.status == 422 and "第2行：没有单位“不存在的单位”" in refused.text
    path = next(link for link in sven.open("/desk/points").links("/desk/points/") if re.search(r"/\d+$", link))
    closed = submit(sven, sven.open(path), f"{path}/closing")
    assert "已停用" in closed.text
    assert Person(app, "paul").open("/desk/points").text.count("香溪路") == 0
