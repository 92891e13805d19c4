"""打电话: the console's telephone plays the very conversation, for those who may, where no real carrier is."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest
from flask import Flask

from hotline.carriers.voice import Switchboard
from hotline.domain.interviewing import GO_ON, PHONE_REST
from hotline.models import CallState
from hotline.web.handset import LONGEST_WORDS, TO_SAY
from tests.api import person
from tests.caller import SCRIPT, drafts, live
from tests.citizen import Browser, make_app, words
from tests.city import City

PAGE = "/console/call"
DEMO = [{"username": "wang", "password": "demo", "name": "王", "role": "受理员", "unit": "中心"}]


@pytest.fixture
def app(city: City) -> Flask:
    city.office.switchboard = Switchboard(SCRIPT)
    return make_app(city, twilio=False)


@pytest.fixture
def demo(city: City, app: Flask) -> Browser:
    return Browser(make_app(city, twilio=False, demo_logins=DEMO))


def press(browser: Browser, path: str = "", **fields: Any) -> str:
    """What the page says afterwards."""
    response = browser.post(PAGE + path, fields, of=PAGE)
    return words(browser.get(response.location).text if response.status_code == 303 else response.text)


def say(browser: Browser, text: str, **more: Any) -> str:
    """The next turn, by the form that is shown."""
    found = re.search(r"/console/call(/turns/\d+)", browser.get(PAGE).text)
    assert found
    return press(browser, found[1], text=text, **more)


def offered(browser: Browser) -> list[str]:
    return [html.unescape(each) for each in re.findall(r'name="text" value="([^"]*)"', browser.get(PAGE).text)]


@pytest.mark.parametrize(("login", "status"), [("olga", 200), ("adam", 200), ("dora", 404), ("hans", 404)])
def test_for_operators_and_administrators(app: Flask, login: str, status: int) -> None:
    assert person(app, login).client.get(PAGE).status_code == status


def test_for_nobody_else_outside_the_demo_and_not_where_a_real_carrier_is(city: City, app: Flask) -> None:
    assert Browser(app).get(PAGE).status_code == 404
    city.carrier.name = "twilio"
    assert Browser(make_app(city, twilio=False, demo_logins=DEMO)).get(PAGE).status_code == 404


def test_a_whole_call_by_what_the_page_suggests(city: City, demo: Browser) -> None:
    assert "12319" in press(demo, phone="13800005678")
    for _ in range(9):
        if not (to_say := offered(demo)):
            break
        page = say(demo, to_say[0])
    assert "感谢来电" in page and "已挂断" in page and "已生成来电草稿" in page
    assert len(drafts(city)) == 1 and live(city)[0].carrier == "console"


def test_a_hang_up_in_the_middle_of_a_sentence(city: City, demo: Browser) -> None:
    press(demo, phone="")
    assert "隐藏号码" in say(demo, "香溪路的路灯不亮")
    page = press(demo, "/end", text="还有就是")
    assert "还有就是" in page and "已生成来电草稿" in page


def test_a_hand_over_that_nobody_takes(demo: Browser) -> None:
    press(demo, phone="13800005678")
    assert "转接人工" in say(demo, "", key="0")
    assert "都在忙" in press(demo, "/person")


def test_a_call_without_a_word_leaves_nothing(city: City, demo: Browser) -> None:
    press(demo, phone="13800005678")
    assert "没有说话，不生成草稿" in press(demo, "/end")
    assert drafts(city) == []


def test_dialling_again_ends_the_call_before(city: City, demo: Browser) -> None:
    press(demo, phone="13800005678")
    say(demo, "香溪路的路灯不亮")
    press(demo, phone="13900005678")
    assert [call.state for call in live(city)] == [CallState.ENDED, CallState.TALKING]
    assert len(drafts(city)) == 1


def test_nothing_typed_is_lost_and_nothing_fails_without_a_call(demo: Browser) -> None:
    assert "11 位" in press(demo, phone="138")
    for path in ("/turns/2", "/end", "/person"):
        assert "拨打" in press(demo, path, text="路灯不亮")
    press(demo, phone="13800005678")
    long = "啊" * (LONGEST_WORDS + 1)
    page = say(demo, long)
    assert f"最多说{LONGEST_WORDS}字" in page and long in page


def test_who_may_see_drafts_is_led_to_his_own(city: City, app: Flask) -> None:
    olga = Browser(app)
    olga.client = person(app, "olga").client
    assert "199 0000 开头" in press(olga, phone="13800005678"), "nobody calls in a citizen's name"
    press(olga, phone="19900005678")
    say(olga, "转人工")
    press(olga, "/person", reached="1")
    page = olga.get(PAGE).text
    (draft,) = drafts(city)
    assert f"/desk/drafts/{draft.id}" in page
    assert olga.get(f"/desk/drafts/{draft.id}").status_code == 200


def test_every_question_has_words_to_answer_it() -> None:
    asked = {name for name in SCRIPT.wordings.names if SCRIPT.wordings.render(name, matter="", place="").endswith("？")}
    assert asked - {"greeting_recorded"} | {PHONE_REST, GO_ON} == set(TO_SAY)
