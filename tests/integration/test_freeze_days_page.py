"""月报冻结日 on the desk: what holds and what comes next, said before a month is frozen by it, put back by one step."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from flask import Flask

from hotline.domain.errors import NotFound, Refused
from hotline.models import Change, Staff
from hotline.services import changing
from hotline.services.month import freeze_days
from hotline.services.month.freeze_days import FreezeRule
from tests.city import City, at
from tests.desk import Person, make_app
from tests.freezing import freeze

PAGE = "/desk/rules/freezing"


@pytest.fixture
def app(city: City) -> Flask:
    return make_app(city)


def put(city: City) -> tuple[int, str]:
    with city.work() as work:
        rule = freeze_days.rule(work)
        return rule.day, rule.first


def test_the_day_is_put_and_put_back(city: City, app: Flask) -> None:
    city.now = at("2026-08-17 09:00")
    city.receive()
    adam = Person(app, "adam")
    page = adam.open(PAGE)
    assert "次月 3 日（未改过）" in page.text and "2026年8月， 9月3日 00:00 起" in page.text
    assert adam.send(page.form("/freezing"), day="10", first="2026-09").status == 303
    page = adam.open(PAGE)
    assert "次月 10 日" in page.text and "2026年9月， 10月10日 00:00 起" in page.text and "何管理" in page.text
    assert put(city) == (10, "2026-09")
    assert adam.send(page.form("/freezing")).status == 303, "nothing has changed"
    (change,) = city.rows(sa.select(Change).where(Change.subject == "freezing"))
    assert (change.before, change.after) == ({"day": 3, "first": ""}, {"day": 10, "first": "2026-09"})
    assert adam.send(adam.open("/desk/changes").form(f"/{change.id}/reversal")).status == 303
    assert put(city) == (3, "")


@pytest.mark.parametrize(
    ("day", "first", "said"),
    [
        ("31", "", "有的月份没有这一天"),
        ("21", "", "最晚为20日"),
        ("0", "", "请填1至20的整数"),
        ("三", "", "请填1至20的整数"),
        ("-3", "", "请填1至20的整数"),
        ("", "", "请填1至20的整数"),
        ("3", "2026-13", "应写作“2026-10”"),
        ("3", "2026-07", "2026年8月之前没有诉求"),
        ("3", "2027-09", "最晚从2027年8月开始"),
    ],
)
def test_what_cannot_be_is_said_and_stays_typed(city: City, app: Flask, day: str, first: str, said: str) -> None:
    city.now = at("2026-08-17 09:00")
    city.receive()
    adam = Person(app, "adam")
    wrong = adam.send(adam.open(PAGE).form("/freezing"), day=day, first=first)
    assert wrong.status == 422 and said in wrong.text
    assert wrong.form("/freezing").values["day"] == [day] and wrong.form("/freezing").values["first"] == [first]
    assert put(city) == (3, "")


def test_what_would_be_frozen_at_once_is_said_before(city: City, app: Flask) -> None:
    city.now = at("2026-09-17 09:00")
    city.receive()
    with city.work("adam") as work:
        freeze_days.change(work, FreezeRule(20), FreezeRule())
    city.now = at("2026-11-17 09:00")
    freeze(city, "2026-09")
    adam = Person(app, "adam")
    page = adam.open(PAGE)
    assert "已冻结到 2026年9月" in page.text
    told = adam.send(page.form("/freezing"), day="10")
    assert told.status == 200 and "还没有保存。 按这个规定，2026年10月将在一小时内冻结" in told.text
    assert put(city) == (20, "")
    other = adam.send(told.form("/freezing"), day="12", sure="2026-09")
    assert "2026年10月将在一小时内冻结" in other.text, "what was confirmed is not what would be"
    assert adam.send(told.form("/freezing"), day="12", sure="2026-10").status == 303
    assert put(city) == (12, "")
    with city.work("adam") as work:
        freeze_days.change(work, FreezeRule(20), FreezeRule(12))
        last = work.session.scalars(sa.select(sa.func.max(Change.id))).one()
    with pytest.raises(Refused, match="2026年10月会马上冻结"), city.work("adam") as work:
        changing.undo(work, last)
    assert put(city) == (20, "")


def test_where_the_chain_begins_stands_once_it_has_begun(city: City, app: Flask) -> None:
    city.now = at("2026-09-17 09:00")
    city.receive()
    with city.work("adam") as work:
        freeze_days.change(work, FreezeRule(3, "2026-10"), FreezeRule())
        change = work.session.scalars(sa.select(sa.func.max(Change.id))).one()
    city.now = at("2026-11-17 09:00")
    freeze(city, "2026-10")
    adam = Person(app, "adam")
    page = adam.open(PAGE)
    form = page.form("/freezing")
    assert form.values["first"] == ["2026-10"] and 'id="f-first"' not in page.html, "sent as it is, not to be typed"
    assert "已经有月份冻结" in adam.send(form, first="2026-09").text
    with pytest.raises(Refused, match="已经有月份冻结"), city.work("adam") as work:
        changing.undo(work, change)


def test_of_two_who_save_at_once_the_second_is_told(city: City, app: Flask) -> None:
    adam = Person(app, "adam")
    first, second = adam.open(PAGE).form("/freezing"), adam.open(PAGE).form("/freezing")
    assert adam.send(first, day="5").status == 303
    late = adam.send(second, day="6")
    assert late.status == 409 and "别人刚刚改过冻结日" in late.text
    assert late.form("/freezing").values["day"] == ["6"]
    assert adam.send(late.form("/freezing")).status == 303
    assert put(city) == (6, "")
    assert adam.send(late.form("/freezing"), seen="nonsense").status == 409


def test_a_county_reads_and_others_find_no_page(city: City, app: Flask) -> None:
    with city.office.session() as session:
        session.execute(sa.update(Staff).where(Staff.login == "cora").values(roles=["administrator"]))
        session.execute(sa.update(Staff).where(Staff.login == "sven").values(roles=["supervisor", "administrator"]))
    cora = Person(app, "cora")
    page = cora.open(PAGE)
    assert page.status == 200 and not page.offers("/freezing")
    with pytest.raises(NotFound), city.work("cora") as work:
        freeze_days.change(work, FreezeRule(5), FreezeRule())
    assert Person(app, "olga").open(PAGE).status == 404
    city.receive()
    assert not Person(app, "lena").open("/desk/reports/2026-10/versions").links(PAGE)
    assert Person(app, "sven").open("/desk/reports/2026-10/versions").links(PAGE)
