"""工单 on paper: what the sheet holds, and that nobody reads more on it than on the screen."""

from __future__ import annotations

import pytest
from flask import Flask

from hotline.services import accepting, assigning, checking, handling, returning, surveying
from tests.city import City
from tests.desk import Person, make_app

PHONE = "+8613812345678"


@pytest.fixture
def app(city: City) -> Flask:
    return make_app(city)


def test_the_sheet_holds_what_an_official_one_holds(city: City, app: Flask) -> None:
    number = city.receive(text="香溪路口路灯不亮三天了", phone=PHONE, name="张建国", place="香溪路与大桥路口").number
    with city.work("olga") as work:
        accepting.accept(work, number)
    with city.work("dora") as work:
        assigning.assign(work, number, city.unit_id("lamps"), instruction="请当晚修复")
    with city.work("hans") as work:
        handling.sign(work, number)
        handling.submit(work, number, "已更换灯头两只，恢复照明。")
    with city.work("sven") as work:
        checking.approve(work, number, "照片清楚，属实")
    olga = Person(app, "olga")
    olga.take(number, "reply", text="您反映的路灯已修复。")
    with city.work("olga") as work:
        surveying.log(work, number, number, True, 5, "很快")
    assert f"/desk/tickets/{number}/sheet" in olga.ticket(number).html
    page = olga.open(f"/desk/tickets/{number}/sheet")
    for told in ("城市管理服务热线", "工单", number, "受理时间", "2026年10月12日", "张** 138****5678",
                 "香溪路口路灯不亮三天了", "香溪路与大桥路口", "市政处", "处理：", "办结：", "请当晚修复", "陈派单",
                 "已更换灯头两只，恢复照明。", "核查通过。照片清楚，属实", "周督办", "您反映的路灯已修复。", "王受理",
                 "已解决，满意度5分，很快"):  # fmt: skip
        assert told in page.text, told
    assert "13812345678" not in page.html and "张建国" not in page.html, "masked on paper, too"


def test_a_new_matter_leaves_room_to_write(city: City, app: Flask) -> None:
    page = Person(app, "olga").open(f"/desk/tickets/{city.receive().number}/sheet")
    assert page.status == 200 and "尚未交办" in page.text and "单位负责人" in page.text and "None" not in page.text


def test_what_was_given_back_is_nobodys_until_it_is_assigned_anew(city: City, app: Flask) -> None:
    """On paper as on the page: the unit that has it, and who gave it to that unit."""
    number = city.accepted()
    with city.work("dora") as work:
        assigning.assign(work, number, city.unit_id("parks"), instruction="请修剪树枝")
    with city.work("paul") as work:
        returning.give_back_to_centre(work, number, "路灯不归园林局管养")
    olga = Person(app, "olga")
    page = olga.open(f"/desk/tickets/{number}/sheet")
    assert "尚未交办" in page.text and "园林局" not in page.text and "请修剪树枝" not in page.text
    assert "陈派单" not in page.text, "nobody has assigned it"
    with city.work("sven") as work:
        assigning.assign(work, number, city.unit_id("lamps"))
    page = olga.open(f"/desk/tickets/{number}/sheet")
    assert "市政处" in page.text and "派单员：周督办" in page.text


@pytest.mark.parametrize(("who", "status"), [("hans", 200), ("lena", 200), ("paul", 404), ("carl", 404), ("adam", 404)])
def test_it_is_there_for_who_sees_the_ticket(city: City, app: Flask, who: str, status: int) -> None:
    number = city.handling(text="举报渣土车，电话13812345678", phone=PHONE, name="张建国", confidential=True)
    page = Person(app, who).open(f"/desk/tickets/{number}/sheet")
    assert page.status == status
    if who == "hans":
        for secret in ("13812345678", "138****5678", "张**", "张建国"):
            assert secret not in page.html
