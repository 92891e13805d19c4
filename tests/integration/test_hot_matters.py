"""热点: counted from the tickets, shown to the centre, one step for a whole group."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from hotline.domain.errors import NotAllowed
from hotline.domain.workflow import State
from hotline.models import RequestType
from hotline.services import accepting, handling, heating, merging
from tests.city import City
from tests.desk import Person

DEMAND = "本周同类诉求集中，请夜间到现场查看并统一整改。"
NOISE = "丽景花园旁边工地半夜打桩，吵得睡不着"


def noise(city: City, many: int = 3, **more: object) -> list[str]:
    return [city.receive(text=f"{NOISE}，第{each}天了", place="丽景花园", **more).number for each in range(many)]


def count(city: City) -> int:
    with city.work("olga") as work:
        return heating.count(work)


def test_a_group_is_one_place_and_one_kind_of_matter(city: City) -> None:
    noise(city)
    city.receive(text="丽景花园门口路灯不亮", place="丽景花园")
    city.receive(text="建设路工地半夜打桩，睡不着", place="建设路")
    assert count(city) == 1
    with city.work("sven") as work:
        (hot,) = heating.newest(work)
    assert (hot.matter.place, hot.matter.this_week, hot.matter.usual) == ("丽景花园", 3, 0.0)
    assert hot.category == "夜间施工噪声"
    assert "睡不着" in hot.matter.words


def test_what_is_usual_at_a_place_is_not_hot(city: City) -> None:
    for _ in range(4):
        noise(city)
        city.turn(days=7)
    noise(city)
    assert count(city) == 0
    noise(city, many=4)
    assert count(city) == 1


def test_after_a_week_it_has_cooled(city: City) -> None:
    noise(city)
    city.turn(days=8)
    assert count(city) == 0
    with city.work("sven") as work:
        assert heating.newest(work) == []


@pytest.mark.parametrize("secret", [{"confidential": True}, {"request_type": RequestType.REPORT}])
def test_what_is_secret_is_in_no_group(city: City, secret: dict[str, object]) -> None:
    noise(city, many=2)
    noise(city, many=1, **secret)
    assert count(city) == 0


def test_who_sees_a_part_is_told_nothing(city: City) -> None:
    noise(city)
    count(city)
    with city.work("cora") as work:  # a county centre's dispatcher: these are the city's
        assert heating.newest(work) == []
    with city.work("hans") as work, pytest.raises(NotAllowed):
        heating.newest(work)


def test_the_group_joins_its_oldest_ticket_at_one_press(city: City, app: Flask) -> None:
    first, *others = noise(city)
    with city.work("olga") as work:
        accepting.accept(work, first)
    count(city)
    olga = Person(app, "olga")
    page = olga.open("/desk/hot")
    assert "本周 3 件，平时每周 0 件" in page.text
    group = page.links("/desk/hot/")[0]
    done = olga.open(olga.send(olga.open(group).form("/merger")).response.headers["Location"])
    assert f"已并入工单{first}：2件" in done.text
    assert {city.ticket(number).state for number in others} == {State.MERGED}
    assert city.ticket(first).heat == 3


def test_a_supervisor_orders_for_the_whole_group(city: City, app: Flask) -> None:
    assigned = city.assigned(text=NOISE, place="丽景花园")
    waiting = noise(city, many=2)
    count(city)
    sven = Person(app, "sven")
    group = sven.open("/desk/hot").links("/desk/hot/")[0]
    form = sven.open(group).form("/supervision")
    refused = sven.send(form, demand=" ")
    assert refused.status == 422
    assert "请写明督办要求" in refused.text
    done = sven.open(sven.send(form, demand=DEMAND).response.headers["Location"])
    assert f"已发出督办：1件（{assigned}）" in done.text
    assert city.ticket(assigned).state is State.SUPERVISED
    assert all(f"工单{number}没有办理" in done.text for number in waiting)
    later = noise(city, many=1)
    with city.work("hans") as work:
        handling.sign(work, assigned)
    count(city)
    twice = sven.open(sven.send(form, demand=DEMAND).response.headers["Location"])
    assert f"工单{assigned}没有办理：工单已被他人处理" in twice.text and city.ticket(assigned).level == 1
    assert later[0] not in re.findall("工单([0-9]+)没有办理", twice.text), "what nobody has looked at is left alone"
    bare = sven.send(form, demand=DEMAND, seen="x")
    assert bare.status == 422 and "本组工单已有变化" in bare.text and DEMAND in bare.text


def test_without_any_group_the_page_says_so(city: City, app: Flask) -> None:
    olga = Person(app, "olga")
    assert "最近七天没有明显增多的诉求" in olga.open("/desk/hot").text
    assert olga.open("/desk/hot/1").status == 404


def test_a_group_that_still_grows_keeps_its_address(city: City) -> None:
    noise(city)
    count(city)
    with city.work("sven") as work:
        before = heating.newest(work)[0].matter.id
    city.turn(hours=1)
    noise(city, many=1)
    count(city)
    with city.work("sven") as work:
        (hot,) = heating.newest(work)
    assert (hot.matter.id, hot.matter.this_week) == (before, 4)


def test_what_was_filed_in_the_tree_of_the_street_is_of_the_same_kind(city: City) -> None:
    numbers = noise(city)
    with city.work("olga") as work:
        piling = work.rules.category_ids["S0301"]
        accepting.accept(work, numbers[0], accepting.Classification(category_id=piling))
        merging.merge(work, numbers[1], numbers[0])
    assert count(city) == 1
    with city.work("sven") as work:
        (hot,) = heating.newest(work)
    assert (hot.category, hot.matter.this_week) == ("夜间施工噪声", 3)
