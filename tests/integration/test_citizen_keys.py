"""Number and key: guessing leads nowhere, a lost key comes back by text, a link brings it, nothing typed is lost."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from werkzeug.test import TestResponse

from hotline.carriers.console import ConsoleCarrier
from hotline.models import AccessCode, Addition, Attachment, Citizen, Complaint, Message
from hotline.services import delivering, recovering
from hotline.services.vault import hash_key
from tests.citizen import PHONE, Browser, count, field, file, words
from tests.city import City, at

UNKNOWN = "20261012999999"


def codes(city: City) -> list[str]:
    """The codes that were texted, oldest first."""
    texts = city.rows(sa.select(Message).where(Message.purpose == "access_code").order_by(Message.id))
    bodies = [city.office.vault.open(row.body_sealed) for row in texts]
    return [found[1] for body in bodies if (found := re.search(r"验证码(\d{6})", body))]


def ask(browser: Browser, number: str, phone: str = "138 0000 5678") -> TestResponse:
    """Ask for a code."""
    return browser.post("/q/lost", {"number": number, "phone": phone}, of="/q/lost")


def give(browser: Browser, number: str, code: str) -> TestResponse:
    """Type a code."""
    return browser.post("/q/lost/code", {"number": number, "code": code}, of="/q/lost/code")


# ---- guessing


def same(response: TestResponse, number: str) -> tuple[int, str]:
    """Status and page, without the number that was asked for and the token of the form."""
    page = re.sub(r'name="csrf_token" value="[^"]*"', "", response.text)
    return response.status_code, page.replace(number, "N")


ATTEMPTS = {
    "the short link": lambda b, n: b.get(f"/q/{n}"),
    "a wrong key": lambda b, n: b.post("/q", {"number": n, "key": "AAAAAAAAAA"}),
    "a wrong key at the link": lambda b, n: b.post(f"/q/{n}", {"key": "AAAAAAAAAA"}),
    "no key": lambda b, n: b.post(f"/q/{n}", {"key": ""}),
    "words": lambda b, n: b.post(f"/q/{n}/additions", {"text": "看看"}),
    "urging": lambda b, n: b.post(f"/q/{n}/urging"),
    "taking back": lambda b, n: b.post(f"/q/{n}/withdrawal"),
    "not solved": lambda b, n: b.post(f"/q/{n}/rework", {"reason": "没有解决"}),
    "a verdict": lambda b, n: b.post(f"/q/{n}/survey", {"solved": "yes", "satisfaction": "5"}),
    "a step's address": lambda b, n: b.get(f"/q/{n}/additions"),
    "the receipt": lambda b, n: b.get(f"/complaints/{n}/received"),
    "the lost key": lambda b, n: b.get(f"/q/lost?number={n}"),
    "a code for another's telephone": lambda b, n: ask(b, n, "139 1111 2222"),
    "a wrong code": lambda b, n: give(b, n, "000000"),
}


@pytest.mark.parametrize("attempt", list(ATTEMPTS))
def test_a_number_that_exists_is_told_nothing_that_another_is_not(app: Flask, browser: Browser, attempt: str) -> None:
    number, _ = browser.complain()
    existing, unknown = (ATTEMPTS[attempt](Browser(app), each) for each in (number, UNKNOWN))
    assert same(existing, number) == same(unknown, UNKNOWN)
    for told in ("香溪", "王女士", "5678", "路灯"):
        assert told not in existing.text


def test_a_code_for_the_right_telephone_is_told_like_one_for_a_wrong_one(app: Flask, browser: Browser) -> None:
    number, _ = browser.complain()
    right, wrong = ask(Browser(app), number), ask(Browser(app), number, "139 1111 2222")
    assert (right.status_code, right.location) == (wrong.status_code, wrong.location)
    assert words(Browser(app).get(right.location).text) == words(Browser(app).get(wrong.location).text)


def test_nobody_is_shut_out_of_his_own_page_by_others_who_guess(app: Flask, browser: Browser) -> None:
    number, key = browser.complain()
    for turn in range(70):
        assert Browser(app).post("/q", {"number": number, "key": f"GUESS{turn:05}"}).status_code == 404
        assert ask(Browser(app), number, "139 1111 2222").status_code == 303
        wrong = {"number": number, "code": f"{turn:06}"}
        assert Browser(app).post("/q/lost/code", wrong, of=f"/q/lost/code?number={number}").status_code == 404
    assert Browser(app).post(f"/q/{number}", {"key": key}).status_code == 303
    assert ask(Browser(app), number).status_code == 303


def test_number_and_key_may_be_typed_as_a_telephone_writes_them(app: Flask, browser: Browser) -> None:
    number, key = browser.complain()
    wide = str.maketrans({chr(code): chr(code + 0xFEE0) for code in range(0x21, 0x7F)})
    for typed in (number.translate(wide), f"{number[:8]} {number[8:]}"):
        answer = Browser(app).post("/q", {"number": typed, "key": key.lower().translate(wide)})
        assert (answer.status_code, answer.location) == (303, f"/q/{number}")


def test_who_shows_the_right_key_is_not_counted(app: Flask, browser: Browser) -> None:
    number, key = browser.complain()
    neighbour = Browser(app)
    for _ in range(15):
        assert neighbour.post("/q", {"number": number, "key": key}).status_code == 303


def test_the_right_key_is_not_counted_against_the_number(app: Flask, browser: Browser) -> None:
    number, key = browser.complain()
    for _ in range(61):
        assert Browser(app).post("/q", {"number": number, "key": key}).status_code == 303


# ---- the lost key


def test_a_lost_key_comes_back_by_text(city: City, app: Flask, browser: Browser) -> None:
    number, old = browser.complain()
    stranger = Browser(app)
    assert "查询码丢了？" in stranger.text_of("/q")
    asked = ask(stranger, number)
    assert asked.location == f"/q/lost/code?number={number}"
    assert "如果编号和手机号码对得上，验证码已经发出，10 分钟内有效。" in stranger.text_of(asked.location)
    (code,) = codes(city)
    opened = give(stranger, number, f" {code[:3]} {code[3:]} ")
    assert opened.location == f"/q/{number}"
    page = stranger.get(f"/q/{number}").text
    found = re.search(r"查询码</dt><dd>(\w{10})</dd>", page)
    assert found and "只显示这一次" in page and "香溪路" in page
    again = stranger.get(f"/q/{number}").text
    assert "您的新查询码" not in again and "换了新的查询码" in again
    assert Browser(app).post("/q", {"number": number, "key": old}).status_code == 404
    assert Browser(app).post("/q", {"number": number, "key": found[1]}).status_code == 303
    assert "输入" in browser.text_of(f"/q/{number}") or "查询码" in browser.text_of(f"/q/{number}")
    assert "香溪路" not in browser.text_of(f"/q/{number}"), "what the old key had opened is shut"
    assert city.steps(number) == ["receive", "key_renewed"]


def test_a_code_is_stored_only_as_a_hash_and_texted_in_one_segment(city: City, browser: Browser) -> None:
    number, _ = browser.complain()
    ask(browser, number)
    (row,) = city.rows(sa.select(AccessCode))
    (code,) = codes(city)
    assert code not in row.code_hash and row.code_hash != hash_key(code)
    assert row.expires_at - row.created_at == timedelta(minutes=10)
    (text,) = city.rows(sa.select(Message).where(Message.purpose == "access_code"))
    assert text.segments == 1


def test_a_code_holds_ten_minutes(city: City, browser: Browser) -> None:
    number, _ = browser.complain()
    ask(browser, number)
    city.turn(minutes=10)
    late = give(browser, number, codes(city)[0])
    assert late.status_code == 404 and "已超过10分钟" in late.text


def test_a_code_is_used_once(city: City, browser: Browser) -> None:
    number, _ = browser.complain()
    ask(browser, number)
    assert give(browser, number, codes(city)[0]).status_code == 303
    assert give(browser, number, codes(city)[0]).status_code == 404


def test_the_fifth_wrong_try_ends_a_code(city: City, browser: Browser) -> None:
    number, _ = browser.complain()
    ask(browser, number)
    (code,) = codes(city)
    wrong = "000000" if code != "000000" else "111111"
    for _ in range(5):
        assert give(browser, number, wrong).status_code == 404
    assert give(browser, number, code).status_code == 404


def test_a_new_code_ends_the_one_before(city: City, browser: Browser) -> None:
    number, _ = browser.complain()
    ask(browser, number)
    ask(browser, number)
    first, second = codes(city)
    if first != second:
        assert give(browser, number, first).status_code == 404
    assert give(browser, number, second).status_code == 303


def test_three_codes_an_hour(city: City, browser: Browser) -> None:
    number, _ = browser.complain()
    answers = {ask(browser, number).location for _ in range(5)}
    assert len(codes(city)) == 3 and len(answers) == 1
    city.turn(minutes=61)
    ask(browser, number)
    assert len(codes(city)) == 4


def test_asking_without_end_is_slowed_down(browser: Browser) -> None:
    number, _ = browser.complain()
    for _ in range(10):
        assert ask(browser, number).status_code == 303
    slowed = ask(browser, number)
    assert slowed.status_code == 429 and "获取次数过多" in slowed.text and number in slowed.text


@pytest.mark.parametrize(
    ("number", "phone", "told"),
    [
        ("", "13800005678", "请填写编号"),
        (UNKNOWN, "", "请填写手机号码"),
        (UNKNOWN, "1380000", "手机号码应为 11 位"),
    ],
)
def test_what_cannot_be_a_number_or_a_telephone_is_said(browser: Browser, number: str, phone: str, told: str) -> None:
    response = ask(browser, number, phone)
    assert response.status_code == 422 and told in response.text


def test_a_code_reaches_also_who_takes_no_texts_and_at_night(city: City, browser: Browser) -> None:
    number, _ = browser.complain()
    with city.work() as work:
        work.session.execute(sa.update(Citizen).values(opted_out_at=city.now))
    city.now = at("2026-10-12 23:30")
    ask(browser, number)
    assert len(codes(city)) == 1
    with city.work() as work:
        parcels = delivering.claim(work, (at("2026-10-12 22:00").time(), at("2026-10-12 08:00").time()))
    assert any("验证码" in each.body for each in parcels)


def test_who_left_no_telephone_is_told_what_to_do(city: City, browser: Browser) -> None:
    number, _ = browser.complain(identity="anonymous", phone="", name="")
    assert ask(browser, number).status_code == 303
    assert codes(city) == []
    page = browser.text_of("/q/lost")
    assert "请拨打 12319，说出反映的时间、地点和内容" in page and "匿名反映" in page


def test_where_no_carrier_is_connected_no_text_is_promised(city: City, app: Flask, browser: Browser) -> None:
    city.office.carrier = ConsoleCarrier()
    filled = browser.form()
    receipt = browser.text_of(browser.send(filled).location)
    assert "您留的号码收不到我们的短信" in receipt and "也会用短信" not in receipt
    number = str(city.scalar(sa.select(Complaint.number)))
    for told, phone in ((number, "138 0000 5678"), (UNKNOWN, "139 1111 2222")):
        refused = ask(Browser(app), told, phone)
        assert refused.status_code == 422 and "没有发送验证码。请拨打12319" in refused.text and told in refused.text
    assert codes(city) == []
    again = Browser(app)
    page = words(again.send(again.form()).text)
    assert "已经反映过" in page and "请拨打 12319" in page and "已用短信发到" not in page


def test_a_trial_number_gets_its_code_also_where_no_carrier_is_connected(city: City, browser: Browser) -> None:
    city.office.carrier = ConsoleCarrier()
    sent = browser.send(browser.form(phone="199 0000 5678"))
    assert "也会用短信" in browser.text_of(sent.location)
    assert ask(browser, str(city.scalar(sa.select(Complaint.number))), "199 0000 5678").status_code == 303
    assert len(codes(city)) == 1


def test_while_history_is_played_in_nobody_is_texted(city: City) -> None:
    number = city.receive(phone=PHONE).number
    with city.office.work(city.actor("olga"), city.now, texts=False) as work:
        assert not recovering.send_code(work, number, PHONE)


# ---- the link


def test_the_picture_of_the_link_has_the_key_only_where_it_is_known(app: Flask, browser: Browser) -> None:
    number, key = browser.complain()
    assert f"http://hotline.test/q/{number}#{key}" in browser.get(f"/q/{number}").text
    other = Browser(app)
    other.post("/q", {"number": number, "key": key})
    page = other.get(f"/q/{number}").text
    assert key not in page and f"http://hotline.test/q/{number}<" in page and "data:image/svg+xml" in page


# ---- nothing typed is lost


def test_an_expired_form_keeps_the_words(city: City, browser: Browser) -> None:
    number, _ = browser.complain()
    here = f"/q/{number}"
    data = {"csrf_token": "of another day", "text": "今晚又灭了两盏", "photos": [file()]}
    response = browser.post(f"{here}/additions", data, of=here)
    assert response.status_code == 422
    assert "页面停留时间过长" in response.text and "今晚又灭了两盏" in response.text
    assert "已收到 1 张照片" in response.text
    assert city.scalar(sa.select(sa.func.count()).select_from(Addition)) == 0
    note = field(response.text, "kept_photo")
    assert browser.post(f"{here}/additions", {"text": "今晚又灭了两盏", "kept_photo": note}, of=here).status_code == 303
    assert count(city, Attachment) == 1


@pytest.mark.parametrize(
    ("step", "typed"),
    [
        ("additions", {"text": "今晚又灭了两盏"}),
        ("withdrawal", {"reason": "已经有人来修了"}),
        ("urging", {}),
    ],
)
def test_an_expired_session_asks_for_the_key_and_brings_the_words_back(
    city: City, browser: Browser, step: str, typed: dict[str, str]
) -> None:
    number, key = browser.complain()
    city.turn(hours=13)
    asked = browser.post(f"/q/{number}/{step}", dict(typed), of="/q")
    assert asked.status_code == 403 and "请重新输入查询码" in asked.text
    carried = {name: field(asked.text, name) for name in ("carried", *typed)}
    opened = browser.post("/q", {"number": number, "key": key} | carried)
    assert opened.status_code == 200 and "已重新打开" in opened.text
    for text in typed.values():
        assert text in opened.text
    assert city.steps(number) == ["receive"], "nothing is done that was not asked for again"


def test_a_wrong_key_carries_the_words_on(city: City, browser: Browser) -> None:
    number, _ = browser.complain()
    data = {"number": number, "key": "WRONG", "carried": "add", "text": "今晚又灭了两盏"}
    response = browser.post("/q", data)
    assert response.status_code == 404 and field(response.text, "text") == "今晚又灭了两盏"


def test_an_expired_look_up_keeps_the_number(browser: Browser) -> None:
    number, key = browser.complain()
    response = browser.client.post("/q", data={"number": number, "key": key}, headers=browser.headers)
    assert response.status_code == 422 and field(response.text, "number") == number
    assert key not in response.text


def test_urging_again_is_told_when(city: City, browser: Browser) -> None:
    number, _ = browser.complain()
    here = f"/q/{number}"
    browser.post(f"{here}/urging", of=here)
    assert "10月13日 09:00 以后可以再次催办" in browser.text_of(here)
    again = browser.post(f"{here}/urging", of=here)
    assert again.status_code == 409 and "10月13日9时后可以再次催办" in again.text
    city.turn(days=1)
    (complaint,) = city.rows(sa.select(Complaint))
    with city.work() as work:
        work.session.execute(sa.update(Complaint).values(key_hash=hash_key("NEWKEY")))
    browser.post("/q", {"number": number, "key": "NEWKEY"})
    assert browser.post(f"{here}/urging", of=here).status_code == 303
    assert city.ticket(complaint.number).urgings == 2
