"""派单目录 at the desk: kept by dispatchers and administrators; and what the ticket's page and the API make of it."""

from __future__ import annotations

import tomllib

import pytest
import sqlalchemy as sa
from flask import Flask

from hotline.domain.workflow import State
from hotline.models import DispatchRule
from hotline.services import hand, routing, suggesting
from tests.city import City
from tests.desk import Person, make_app
from tests.integration.test_routing import LAMP, LAMPS, a_lamp, catalogue


@pytest.fixture
def app(city: City) -> Flask:
    return make_app(city)


def test_the_first_line_is_entered_where_there_is_none(city: City, app: Flask) -> None:
    dora = Person(app, "dora")
    page = dora.open("/desk/dispatch")
    assert "还没有派单目录" in page.text and "[[dispatch]]" in page.text
    lamps, parks = str(city.unit_id("lamps")), str(city.unit_id("parks"))
    faulty = dora.send(page.form("/desk/dispatch"), lead_id=lamps, limit="三天左右", note="市政3号")
    assert faulty.status == 422 and "看不懂的时限" in faulty.text and "类别、词语、区域至少写一项" in faulty.text
    form = faulty.form("/desk/dispatch")
    assert form.values["note"] == ["市政3号"], "nothing typed is lost"
    done = dora.send(form, category=LAMP, words="路灯、灯杆 夜市+油烟", limit="3个工作日", assist_ids=parks)
    assert done.status == 303
    row = city.rows(sa.select(DispatchRule))[0]
    assert (row.words, row.assist_ids, row.limit_text) == (
        ["路灯", "灯杆", "夜市+油烟"],
        [int(parks)],
        "3 working_days",
    )
    listed = dora.open("/desk/dispatch").text
    assert "路灯 B0137" in listed and "3个工作日" in listed and "市政3号" in listed


def test_a_line_is_changed_removed_and_offered_again(city: City, app: Flask) -> None:
    catalogue(city, LAMPS, {"area": "东区", "lead": "parks"})
    dora = Person(app, "dora")
    assert dora.open("/desk/dispatch?category=B01").text.count("修改") == 1
    assert "没有符合条件" in dora.open("/desk/dispatch?category=R0101").text
    first = city.rows(sa.select(DispatchRule).order_by(DispatchRule.position))[0]
    page = dora.open(f"/desk/dispatch/{first.id}")
    assert dora.send(page.form(f"/{first.id}"), area="西区").status == 303
    removed = dora.send(page.form("/removal"))
    assert removed.status == 303 and len(city.rows(sa.select(DispatchRule))) == 1
    again = dora.open(removed.response.headers["Location"]).form("/desk/dispatch")
    assert again.values["area"] == ["西区"] and again.values["category"] == [LAMP]
    assert dora.send(again).status == 303
    assert dora.open(f"/desk/dispatch/{first.id}").status == 404


@pytest.mark.parametrize(
    "query",
    ["category=%00", "category=%ED%A0%80", "category=X9", "unit=%00", "unit=%ED%A0%80", "unit=9999999999999999999",
     "lead_id=%00&words=%00&area=%ED%A0%80&assist_ids=%00"],
)  # fmt: skip
def test_an_address_that_makes_no_sense_sifts_nothing(city: City, app: Flask, query: str) -> None:
    catalogue(city, LAMPS)
    page = Person(app, "dora").open(f"/desk/dispatch?{query}")
    assert page.status == 200 and page.text.count("修改") == 1


@pytest.mark.parametrize("words", ["+", "路灯+", "夜市 + 油烟", "夜市＋"])
def test_half_a_pair_of_words_is_refused(city: City, app: Flask, words: str) -> None:
    dora = Person(app, "dora")
    form = dora.open("/desk/dispatch").form("/desk/dispatch")
    told = dora.send(form, lead_id=str(city.unit_id("lamps")), words=words)
    assert told.status == 422 and "不完整：“+”前后都要写词" in told.text
    assert city.rows(sa.select(DispatchRule)) == []


def test_the_file_that_is_downloaded_can_be_loaded_again(city: City, app: Flask) -> None:
    rows = [LAMPS, {"words": ['说"坏"了\\', "夜市"], "area": "东区", "lead": "parks"}]
    catalogue(city, *rows)
    answer = Person(app, "dora").open("/desk/dispatch.toml")
    assert tomllib.loads(answer.html)["dispatch"] == rows


def test_who_keeps_it_and_how_far(city: City, app: Flask) -> None:
    catalogue(city, LAMPS, {"area": "东县", "lead": "county-roads"})
    lamps, roads = city.rows(sa.select(DispatchRule).order_by(DispatchRule.position))
    cora = Person(app, "cora")
    listed = cora.open("/desk/dispatch")
    assert "东县公路站" in listed.text and "路灯 B0137 " not in listed.text.partition("共 ")[2]
    assert cora.open(f"/desk/dispatch/{roads.id}").status == 200
    assert cora.open(f"/desk/dispatch/{lamps.id}").status == 404
    wrong = cora.send(listed.form("/desk/dispatch"), area="东县", lead_id=str(city.unit_id("lamps")))
    assert wrong.status == 422 and "请选择主办单位" in wrong.text
    assert Person(app, "hans").open("/desk/dispatch").status == 404


def test_a_suggestion_fills_the_form_in_and_a_person_sends_it(city: City, app: Flask) -> None:
    catalogue(city, LAMPS, {"category": "B01", "lead": "parks"})
    number = a_lamp(city)
    dora = Person(app, "dora")
    page = dora.ticket(number)
    assert "派单目录：类别“路灯”（市政〔2025〕3号）" in page.text and "协办：园林局 时限：3个工作日" in page.text
    lamps, parks = str(city.unit_id("lamps")), str(city.unit_id("parks"))
    filled = dora.send(page.form("/assignment"), take=lamps, instruction="请当晚修复")
    assert filled.status == 200 and city.ticket(number).state is State.ACCEPTED
    form = filled.form("/assignment")
    assert form.values["unit_id"] == [lamps] and form.values["assist_ids"] == [parks]
    assert form.values["limit"] == ["3个工作日"] and form.values["instruction"] == ["请当晚修复"]
    other = dora.send(form, take=parks).form("/assignment")
    assert other.values["unit_id"] == [parks] and other.values["limit"] == [""] and "assist_ids" not in other.values
    assert dora.send(form).status == 303
    assert city.ticket(number).state is State.ASSIGNED


def test_a_suggested_category_brings_its_conditions(city: City, app: Flask) -> None:
    number = city.receive(text="香溪路的路灯不亮三天了，整条路都是黑的").number
    olga = Person(app, "olga")
    page = olga.ticket(number)
    assert "推荐类别" in page.text and "为什么？" in page.text
    with city.work("olga") as work:
        words = routing.words_of(work, hand.find(work, number))
        first = suggesting.for_staff(work, words)[0]
    filled = olga.send(page.form("/acceptance"), take=str(first.category_id), place="我填的地点")
    assert filled.status == 200 and city.ticket(number).state is State.RECEIVED
    form = filled.form("/acceptance")
    assert form.values["category_id"] == [str(first.category_id)] and form.values["place"] == ["我填的地点"]
    assert f"已填好：{first.parent} · {first.name}。" in filled.text
    assert olga.send(form).status == 303
    assert city.ticket(number).category_id == first.category_id


def test_a_unit_that_is_complained_of_is_named_with_the_reason(city: City, app: Flask) -> None:
    catalogue(city, LAMPS)
    number = a_lamp(city)
    with city.work("dora") as work:
        work.session.execute(sa.text("UPDATE ticket SET against = '市政处'"))
    page = Person(app, "dora").ticket(number)
    assert "诉求反映“市政处”或其上级单位，应当回避，不作推荐。" in page.text
    assert "暂时推荐不出主办单位" in page.text


def test_the_api_tells_the_same_to_whom_it_concerns(city: City, app: Flask) -> None:
    catalogue(city, LAMPS)
    number = a_lamp(city)
    address = f"/api/v1/tickets/{number}/suggestions"
    told = Person(app, "dora").client.get(address).get_json()
    assert told["units"] == [
        {
            "unit": {"id": city.unit_id("lamps"), "key": "lamps", "name": "市政处"},
            "assists": [{"id": city.unit_id("parks"), "key": "parks", "name": "园林局"}],
            "limit": "3 working_days",
            "score": told["units"][0]["score"],
            "reasons": ["派单目录：类别“路灯”（市政〔2025〕3号）"],
        }
    ]
    assert told["avoided"] == []
    assert "路灯" in told["categories"][0]["category"]["name"] and told["categories"][0]["reasons"]
    assert Person(app, "paul").client.get(address).status_code == 404
    assert Person(app, "lena").client.get(address).status_code == 403
