"""短信台: the console carrier's telephone plays the very conversation, for those who may, where no real carrier is."""

from __future__ import annotations

import html
import io
import re
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from config.wordings import load_wordings
from hotline.domain.workflow import State
from hotline.models import Attachment, Complaint
from hotline.services import assigning, sweeping
from hotline.web.trying import AFTER
from tests.api import person
from tests.carrier import deliver
from tests.citizen import Browser, field, make_app, photo, words
from tests.city import City
from tests.conversation import answer, assign

PAGE = "/console/sms"
DEMO = [{"username": "wang", "password": "demo", "name": "王", "role": "受理员", "unit": "中心"}]


@pytest.fixture
def demo(city: City) -> Browser:
    return Browser(make_app(city, twilio=False, demo_logins=DEMO))


@pytest.fixture
def app(city: City) -> Flask:
    return make_app(city, twilio=False)


def send(browser: Browser, text: str, phone: str = "13800005678", **more: Any) -> str:
    """A text from that telephone; the page afterwards."""
    response = browser.post(PAGE, {"phone": phone, "text": text} | more, of=PAGE)
    return browser.get(response.location).text if response.status_code == 303 else response.text


@pytest.mark.parametrize(("login", "status"), [("olga", 200), ("adam", 200), ("dora", 404), ("hans", 404)])
def test_for_operators_and_administrators(app: Flask, login: str, status: int) -> None:
    assert person(app, login).client.get(PAGE).status_code == status


def test_for_nobody_else_outside_the_demo(app: Flask, demo: Browser) -> None:
    assert Browser(app).get(PAGE).status_code == 404
    assert Browser(app).post(PAGE, {"phone": "13800005678", "text": "路灯不亮"}).status_code == 404
    page = demo.get(PAGE)
    assert page.status_code == 200 and "19900005678" in page.text, "it begins with a number that README names"


def test_not_where_a_real_carrier_is(city: City) -> None:
    city.carrier.name = "twilio"
    assert Browser(make_app(city, twilio=False, demo_logins=DEMO)).get(PAGE).status_code == 404


def test_the_whole_conversation(city: City, demo: Browser) -> None:
    page = words(send(demo, "香溪路与大桥路口，路灯不亮三天了"))
    (complaint,) = city.rows(sa.select(Complaint))
    assert complaint.channel == "sms"
    assert "香溪路与大桥路口" in page and f"编号{complaint.number}，查询码" in page and "待发送" in page
    assert "待受理" in words(send(demo, "进度"))
    assert "已退订" in words(send(demo, "退订"))


def offered(page: str) -> list[str]:
    """What the page suggests to write next."""
    return [html.unescape(reply) for reply in re.findall(r'name="text" value="([^"]*)"', page)]


def test_the_whole_life_of_a_complaint_by_what_the_page_suggests(city: City, demo: Browser) -> None:
    """Nothing there needs explaining: each text is one that is offered at that moment."""

    def press(reply: str) -> str:
        page = demo.get(PAGE).text
        assert reply in offered(page), offered(page)
        return words(send(demo, reply))

    def work_goes_on() -> None:
        deliver(city)
        with city.work() as work:
            sweeping.ask_surveys(work)

    assert "具体地点" in press("路灯坏了没人修")
    assert "补充已记入" in press("老粮站斜对面")
    number = city.rows(sa.select(Complaint))[0].number
    assert "待受理" in press("进度")
    assert "催办已记入" in press("催办")
    assign(city, number)
    assert "已交市政处办理" in words(demo.get(PAGE).text)
    answer(city, number)
    work_goes_on()
    assert "十分抱歉" in press("未解决2，还是不亮")
    with city.work("dora") as work:
        assigning.assign(work, number, city.unit_id("lamps"))
    answer(city, number)
    work_goes_on()
    assert "感谢您的评价" in press("解决5")
    assert city.ticket(number).state is State.CLOSED
    press("新投诉：建设路垃圾没人清运")
    assert "已退订" in press("退订")
    assert "已恢复" in press("恢复")
    assert len(city.rows(sa.select(Complaint))) == 2


@pytest.mark.parametrize("wording", sorted(AFTER))
def test_there_is_a_next_step_after_texts_that_exist(city: City, wording: str) -> None:
    assert wording in load_wordings().names


def test_telephones_do_not_see_each_other(demo: Browser) -> None:
    send(demo, "香溪路灯不亮")
    other = send(demo, "建设路垃圾没人清运", phone="+852 2123 4567")
    assert "香溪路灯不亮" not in words(other) and "建设路垃圾没人清运" in other
    assert "+85221234567" in other and "13800005678" in other, "both telephones are offered"


def test_pictures(city: City, demo: Browser) -> None:
    page = send(demo, "香溪路灯不亮", photos=[(io.BytesIO(photo()), "夜里.jpg")])
    assert "夜里.jpg" in page
    assert len(city.rows(sa.select(Attachment))) == 1


@pytest.mark.parametrize(
    ("text", "more", "advice"),
    [
        ("", {}, "请写短信内容"),
        ("路" * 1601, {}, "短信最多1600字"),
        ("看图", {"photos": [(io.BytesIO(b"<svg/>"), "a.svg")]}, "不是能打开的照片"),
        ("路灯不亮", {"phone": "1380"}, "手机号码应为 11 位"),
    ],
)
def test_what_cannot_be_sent_is_kept(city: City, demo: Browser, text: str, more: dict[str, Any], advice: str) -> None:
    page = send(demo, text, **more)
    assert advice in page and text in page
    assert city.rows(sa.select(Complaint)) == []


def test_an_odd_number_is_not_chosen(demo: Browser) -> None:
    response = demo.get(f"{PAGE}?phone=1380%00")
    assert response.status_code == 422 and "手机号码应为 11 位" in response.text


def test_outside_of_the_demo_only_ones_own_telephones_are_listed(app: Flask, demo: Browser) -> None:
    send(demo, "香溪路灯不亮", phone="19900001111")
    assert "19900001111" not in person(app, "olga").client.get(PAGE).text


@pytest.mark.parametrize("login", ["olga", "adam"])
def test_outside_of_the_demo_nobody_reads_or_writes_a_citizen_s_texts(city: City, app: Flask, login: str) -> None:
    """Texts of a city without a carrier stand in the outbox all the same, with keys and codes, of every centre."""
    number = city.receive(phone="+8613800005678").number
    client = person(app, login).client
    page = client.get(f"{PAGE}?phone=13800005678")
    assert page.status_code == 422 and "199 0000 开头" in page.text
    assert number not in page.text and 'value="13800005678"' not in page.text
    answer = client.post(
        PAGE, data={"phone": "13800005678", "text": "撤回", "csrf_token": field(page.text, "csrf_token")}
    )
    assert answer.status_code == 422 and "撤回" in answer.text, "what was written stays"
    assert city.ticket(number).state is State.RECEIVED
    page = client.get(f"{PAGE}?phone=19900001234")
    assert page.status_code == 200 and "还没有短信" in page.text


def test_a_number_that_was_played_in_the_demo_is_not_played_outside_of_it(app: Flask) -> None:
    client = person(app, "olga").client
    with client.session_transaction() as session:
        session["telephone"], session["telephones"] = "+8613900001111", ["+8613900001111"]
    assert "13900001111" not in client.get(PAGE).text
