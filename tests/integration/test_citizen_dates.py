"""One date: by when the citizen hears is the same on his page, in the texts and on the receipt, also where the unit was
granted more time (延期 moves its limit only) or the complaint joined a matter that others had told of before."""

from __future__ import annotations

import re
from datetime import date
from html import unescape

import pytest
from flask import Flask

from hotline.models import DeadlineKind
from tests.citizen import Browser, Telephone, receipt, words
from tests.city import City, at
from tests.status import assign, extend, headline, last_text, merge, pause, reply, rework, said, submit

OTHER_LAMP = "香溪路大桥路口的路灯坏了好几天，晚上很黑"
PROMISED = "原来承诺 10月21日 18:00 前答复您；因延期，办完、核查后即答复您。"


@pytest.fixture
def number(city: City, browser: Browser) -> str:
    """With the unit until 19 October; the answer is promised for the 21st."""
    number, _ = browser.complain()
    assign(city, number)
    return number


def me_too(browser: Browser) -> str:
    """Joins what looks the same, as the form offers it; the address of the receipt."""
    asked = browser.send(browser.form(text=OTHER_LAMP, phone="139 0000 1111", same=None)).text
    (token,) = re.findall(r'name="same" value="([^"]{20,})"', asked)
    hidden = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', asked)
    fields = {name: unescape(value) for name, value in hidden}
    return str(browser.send(fields | {"same": unescape(token)}).location)


def promises(browser: Browser, address: str) -> list[tuple[str, str]]:
    """What the receipt says happens by when."""
    return re.findall(r"<li><span>([^<]+)</span><b>([^<]+)</b>", browser.get(address).text)


# ---- more time for the unit


def test_more_time_than_was_promised_is_the_date_everywhere_and_the_promise_is_named(
    city: City, app: Flask, browser: Browser, number: str
) -> None:
    assert headline(browser, number) == "已交市政处办理，10月21日18时前答复您"
    extend(city, number)
    assert last_text(city, number) == f"编号{number}的诉求因灯杆需定制需延期办理，新的时限为10月26日18时，请予谅解。"
    assert headline(browser, number) == "已交市政处办理，经批准延期至10月26日18时"
    page = browser.text_of(f"/q/{number}")
    assert PROMISED in page and "经批准延期 1 次" in page and "所以是 10月26日 18:00 前" in page
    assert said(browser, number) == [
        "热线中心 10月12日 09:00 因灯杆需定制需延期办理，新的办理时限为10月26日18时，请予谅解。"
    ]
    (told,) = Telephone(app, city).say("进度")
    assert told == f"编号{number}：办理中，市政处办理，时限10月26日18时。"
    (owed,) = city.deadlines(number, DeadlineKind.REPLY)
    assert (owed.due_at, owed.extensions) == (at("2026-10-21 18:00"), 0), "owed and counted as before"


def test_the_day_of_the_first_promise_goes_by_without_another_date(city: City, browser: Browser, number: str) -> None:
    extend(city, number)
    key = key_of(city, browser, number)
    city.now = at("2026-10-22 10:00")
    browser.post("/q", {"number": number, "key": key})
    assert headline(browser, number) == "已交市政处办理，经批准延期至10月26日18时"
    submit(city, number)
    assert headline(browser, number) == "已办理，正在核查", "no date holds now, and none is made up"
    page = browser.text_of(f"/q/{number}")
    assert PROMISED in page and "已超" not in page
    city.now = at("2026-10-26 18:01")
    browser.post("/q", {"number": number, "key": key})
    assert headline(browser, number) == "已办理，正在核查，已超过承诺的时间，正在督促"


def key_of(city: City, browser: Browser, number: str) -> str:
    """The key that this browser's receipt shows."""
    return receipt(browser.get(f"/complaints/{number}/received").text)[1]


def test_done_sooner_the_first_promise_holds_again(city: City, browser: Browser, number: str) -> None:
    extend(city, number)
    submit(city, number)
    assert headline(browser, number) == "已办理，正在核查，10月21日18时前答复您"
    assert "原来承诺" not in browser.text_of(f"/q/{number}")


def test_the_extended_time_over_it_is_late(city: City, browser: Browser, number: str) -> None:
    extend(city, number)
    key = key_of(city, browser, number)
    city.now = at("2026-10-26 18:01")
    browser.post("/q", {"number": number, "key": key})
    assert headline(browser, number) == "已交市政处办理，已超过承诺的时间，正在督促"


def test_a_pause_moves_the_one_date(city: City, browser: Browser, number: str) -> None:
    extend(city, number)
    pause(city, number, date(2026, 10, 16))
    page = browser.text_of(f"/q/{number}")
    assert "因等待管线迁改暂缓办理，预计10月16日24时后恢复" in page
    (handle,) = [row for row in city.deadlines(number, DeadlineKind.HANDLE) if row.assignment_id]
    assert handle.due_at == at("2026-10-30 18:00") and "时限顺延到 10月30日 18:00 前" in page


def test_nothing_is_finished_in_public_before_the_units_time_is_up(city: City, browser: Browser, number: str) -> None:
    for _ in range(2):
        extend(city, number)
    assert "11月2日 18:00 前办结" in words_of(browser, f"/public/{number}")
    assert "11月2日 18:00 前办结" in words_of(browser, "/public")


def words_of(browser: Browser, path: str) -> str:
    return words(browser.get(path).text)


# ---- joined


def test_who_was_promised_a_later_day_is_told_that_it_stays(city: City, app: Flask, browser: Browser) -> None:
    first, _ = browser.complain()
    assign(city, first)
    city.now = at("2026-10-16 10:00")
    other = Browser(app)
    address = me_too(other)
    assert promises(other, address) == [("答复您", "10月27日 18:00 前")], "not also when the first one's is closed"
    second = address.split("/")[2]
    assert headline(other, second) == "已交市政处办理，10月27日18时前答复您"
    extend(city, first)
    stays = "因灯杆需定制需延长办理，向您承诺的时限不变，仍为10月27日18时。"
    assert last_text(city, second) == f"编号{second}的诉求{stays}"
    assert "新的时限为10月26日18时" in last_text(city, first)
    assert headline(other, second) == "已交市政处办理，10月27日18时前答复您"
    assert said(other, second)[-1].endswith(stays)
    pause(city, first, date(2026, 10, 20))
    assert said(other, second)[-2].endswith(stays), "what was said then was said then"


def test_who_joins_after_more_time_was_granted_reads_that_on_the_receipt_and_on_the_page(
    city: City, app: Flask, browser: Browser
) -> None:
    first, _ = browser.complain()
    assign(city, first)
    for _ in range(2):
        extend(city, first)
    city.turn(hours=1)
    other = Browser(app)
    address = me_too(other)
    assert promises(other, address) == [("经批准延期，承办单位办完后答复您", "11月2日 18:00 前")]
    second = address.split("/")[2]
    assert headline(other, second) == "已交市政处办理，经批准延期至11月2日18时"
    assert PROMISED in other.text_of(f"/q/{second}")
    assert not [line for line in said(other, second) if "延期" in line], "nobody has told him of it"


def test_a_complaint_joined_by_an_operator_keeps_its_own_date(city: City, browser: Browser) -> None:
    other = city.handling(text="大桥路口黑灯瞎火")
    city.turn(days=1)
    number, _ = browser.complain()
    merge(city, number, other)
    assert headline(browser, number) == "已交市政处办理，10月22日18时前答复您"
    (own,) = [row for row in city.deadlines(other, DeadlineKind.REPLY) if row.started_at == city.now]
    assert own.due_at == at("2026-10-22 18:00")


# ---- another round


def test_a_new_round_has_the_date_that_the_text_says_also_where_no_answer_had_arrived(
    city: City, browser: Browser, number: str
) -> None:
    reply(city, number, "路灯已修复。电话0320-0002101。")
    city.now = at("2026-10-23 09:00")
    rework(city, number)
    assert city.deadlines(number, DeadlineKind.REPLY)[0].met_at is None, "the case that is meant"
    assert last_text(city, number) == f"编号{number}的诉求重新办理，11月9日18时前办结，结果再答复您。"
    browser.post("/q", {"number": number, "key": key_of(city, browser, number)})
    assert headline(browser, number) == "重新办理，正在交办，11月9日18时前办结"
    assign(city, number)
    assert headline(browser, number) == "已交市政处办理，11月9日18时前办结"
    extend(city, number)
    assert last_text(city, number).endswith("向您承诺的时限不变，仍为11月9日18时。")
    assert headline(browser, number) == "已交市政处办理，11月9日18时前办结"
    extend(city, number)
    assert "新的时限为11月13日18时" in last_text(city, number)
    assert headline(browser, number) == "已交市政处办理，经批准延期至11月13日18时"
    assert "原来承诺 11月9日 18:00 前办结；因延期，办完、核查后即告诉您结果。" in browser.text_of(f"/q/{number}")
