"""工单页: what is forbidden and why, the chain's rounds, the way along the list, keys, the place on the map."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from hotline.services import assigning, reworking
from hotline.web.resources import RESOURCES
from hotline.web.staff import steps
from tests.city import City
from tests.desk import Person, make_app

PHONE = "+8613812345678"


@pytest.fixture
def app(city: City) -> Flask:
    return make_app(city)


def test_what_a_rule_forbids_is_shown_with_the_rules_words(city: City, app: Flask) -> None:
    number = city.handling()
    hans, sven, paul = (Person(app, login) for login in ("hans", "sven", "paul"))
    fresh = hans.ticket(number)
    assert fresh.offers("/extension") and "不能再申请延期" not in fresh.text
    city.turn(days=12)
    page = hans.ticket(number)
    assert not page.offers("/extension") and "申请延期 ：办理时限已过，不能再申请延期" in page.text
    told = sven.ticket(number).text
    assert "没有待审批的延期申请" not in told and "没有未解除的督办单" not in told, "nothing to do is no news"
    assert paul.open(f"/desk/tickets/{number}").status == 404


def test_a_step_keeps_the_list_that_the_ticket_was_opened_from(city: City, app: Flask) -> None:
    first, second = city.accepted(), city.accepted()
    dora = Person(app, "dora")
    (link,) = {link for link in dora.open("/desk/tickets").links("from=") if f"/tickets/{first}?" in link}
    page = dora.open(link)
    assert [each for each in page.links("from=") if f"/tickets/{second}?" in each], "its neighbour in the list"
    done = dora.send(page.form("/assignment"), unit_id=str(city.unit_id("lamps")))
    assert done.status == 303 and "from=" in done.response.headers["Location"]
    following = dora.open(done.response.headers["Location"])
    assert [each for each in following.links("from=") if f"/tickets/{second}?" in each], "which has moved up"


def test_the_rounds_of_the_chain_tell_who_and_when(city: City, app: Flask) -> None:
    number = city.replied(phone=PHONE)
    with city.work("sven") as work:
        reworking.rework(work, number, "诉求人反映又坏了")
    sven = Person(app, "sven")
    page = sven.ticket(number)
    course = page.text[page.text.index("办理进程") : page.text.index("诉求 ")]
    assert "第 2 轮（本轮）" in course and "第 1 轮" in course and "待交办" in course
    for told in ("王受理（市城管服务中心）", "陈派单（市城管服务中心）", "市政处已签收"):
        assert told in course


def test_two_forms_of_a_page_never_have_the_same_key(city: City, app: Flask) -> None:
    assert set(steps.KEYS) == {resource.noun for resource in RESOURCES}
    numbers = [city.receive().number, city.accepted(), city.assigned(), city.handling(), city.submitted()]
    numbers += [city.resolved(phone=PHONE), city.replied(phone=PHONE)]
    for login in ("olga", "dora", "hans", "sven"):
        person = Person(app, login)
        for number in numbers:
            page = person.open(f"/desk/tickets/{number}")
            keys = re.findall(r'data-key="([a-z])"', page.html)
            assert len(keys) == len(set(keys)), (login, number, keys)


def test_who_need_not_act_sees_no_nearer_than_strangers_where_it_is(city: City, app: Flask) -> None:
    number = city.accepted(latitude=31.4912345, longitude=120.3112345)
    with city.work("dora") as work:
        assigning.assign(work, number, city.unit_id("lamps"), assist_ids=[city.unit_id("parks")])
    assert "31.4912345" in Person(app, "hans").ticket(number).html
    seen = Person(app, "paul").ticket(number).html
    assert "31.491" in seen and "31.4912345" not in seen
    assert "data-map" not in Person(app, "hans").ticket(city.assigned()).html, "nothing is known"
