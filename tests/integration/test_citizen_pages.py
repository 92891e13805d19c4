"""The citizen's pages as a browser meets them: nothing typed is lost, one matter is one complaint, the key opens it."""

from __future__ import annotations

import io
import re
from typing import Any
from urllib.parse import quote_from_bytes, urlencode

import pytest
import sqlalchemy as sa
from flask import Flask

from hotline.domain.workflow import State
from hotline.models import Attachment, Citizen, Complaint, DeadlineKind, Urgency
from tests.citizen import LAMP, Browser, count, field, file, photo, receipt, words
from tests.city import City

# ---- complaining


def test_from_the_home_page_to_the_receipt(city: City, browser: Browser) -> None:
    assert "/complaints/new" in browser.get("/").text
    response = browser.send(browser.form(photos=[file("夜里.jpg"), file("b.png", photo(kind="PNG"))]))
    assert response.status_code == 303
    page = browser.get(response.location).text
    number, key = receipt(page)
    assert "138****5678" in page and "13800005678" not in page
    assert re.findall(r"<span>([^<]+)</span><b>", page) == ["受理，告诉您由谁办理", "答复您", "办结这件事"]
    ticket, (complaint,) = city.ticket(number), city.rows(sa.select(Complaint))
    assert (ticket.state, complaint.text, ticket.place) == (State.RECEIVED, LAMP, "香溪路与大桥路口")
    assert [row.name for row in city.rows(sa.select(Attachment).order_by(Attachment.id))] == ["夜里.jpg", "b.png"]
    assert key not in response.location


def test_the_same_form_sent_again_is_the_same_complaint_and_shows_the_same_receipt(city: City, app: Flask) -> None:
    """Also when the first answer never arrived: the second request carries the old cookies."""
    browser = Browser(app)
    filled = browser.form()
    impatient = browser.client.get_cookie("session")
    first = receipt(browser.get(browser.send(filled).location).text)
    assert impatient is not None
    browser.client.set_cookie("session", impatient.value)
    second = receipt(browser.get(browser.send(filled).location).text)
    assert first == second
    assert count(city) == 1


def test_a_form_changed_and_sent_again_loses_nothing(city: City, browser: Browser) -> None:
    filled = browser.form()
    browser.send(filled)
    browser.send(filled | {"text": "还有，香溪路的井盖也松了，车过会响。"})
    assert count(city) == 2


def test_a_photo_with_the_same_form_sent_twice(city: City, browser: Browser) -> None:
    filled = browser.form()
    for _ in range(2):
        browser.send(filled | {"photos": [file()]})
    assert (count(city), count(city, Attachment)) == (1, 1)


@pytest.mark.parametrize(
    ("fields", "where", "advice"),
    [
        ({"text": ""}, "text", "请写下您要反映的问题"),
        ({"text": " \n\t\u202e\u200b"}, "text", "请写下您要反映的问题"),
        ({"text": "路" * 34_000}, "text", "精简到10000字以内"),
        ({"text": "灯坏了", "place": ""}, "place", "请写明大致位置"),
        ({"place": "路" * 201}, "place", "200字以内"),
        ({"phone": ""}, "phone", "请填写手机号码，或在上面选择"),
        ({"phone": "1380000567"}, "phone", "手机号码应为 11 位"),
        ({"phone": "+1 555"}, "phone", "境外号码不正确"),
        ({"phone": "不告诉你\0"}, "phone", "号码无法识别"),
        ({"name": "王" * 51}, "name", "50字以内"),
        ({"photos": [(io.BytesIO(b"<svg/>"), "a.svg")]}, "photos", "不是能打开的照片"),
        ({"photos": [(io.BytesIO(b"<html>"), "a.jpg")]}, "photos", "不是能打开的照片"),
        ({"photos": [(io.BytesIO(b""), "a.jpg")]}, "photos", "空文件"),
    ],
)
def test_what_cannot_be_taken_is_said_beside_its_field_and_nothing_typed_is_lost(
    city: City, browser: Browser, fields: dict[str, Any], where: str, advice: str
) -> None:
    filled = browser.form(**fields)
    response = browser.send(filled)
    assert response.status_code == 422
    page = response.text
    assert advice in page
    assert re.search(rf'id="f-{where}-error"', page) and f'href="#f-{where}"' in page
    assert count(city) == 0
    for name in ("text", "place", "name"):
        assert filled[name].strip(" \n\t\u202e\u200b") in page
    assert field(page, "form_key") == filled["form_key"]


def test_photos_stay_when_something_else_is_wrong(city: City, browser: Browser) -> None:
    page = browser.send(browser.form(phone="", photos=[file("一.jpg")])).text
    assert "已收到 1 张照片" in page
    again = browser.form(kept_photo=field(page, "kept_photo"), photos=[file("二.png", photo((9, 9), "PNG"))])
    assert browser.send(again).status_code == 303
    assert [row.name for row in city.rows(sa.select(Attachment).order_by(Attachment.id))] == ["一.jpg", "二.png"]
    forged = browser.form(kept_photo="WyJhIiwgImltYWdlL2pwZWciLCAiZGVhZGJlZWYiLCAxXQ.x.y", text=LAMP + "又")
    assert browser.send(forged).status_code == 303
    assert count(city, Attachment) == 2


def test_seven_photos_are_one_too_many_and_six_are_kept(browser: Browser) -> None:
    response = browser.send(browser.form(photos=[file(f"{n}.jpg", photo((20 + n, 20))) for n in range(7)]))
    assert response.status_code == 422
    assert "照片最多6张" in response.text and "已收到 6 张照片" in response.text


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("路灯不亮😀，香溪路", "路灯不亮😀，香溪路"),
        ("香溪路\u202e灯路\u202c不亮", "香溪路灯路不亮"),
        ("香溪路\0路灯不亮", "香溪路路灯不亮"),
        ("=cmd|' /C calc'!A0 香溪路<script>alert(1)</script>", "=cmd|' /C calc'!A0 香溪路<script>alert(1)</script>"),
    ],
)
def test_odd_characters_do_no_harm(city: City, browser: Browser, typed: str, stored: str) -> None:
    number, _ = browser.complain(text=typed)
    assert city.rows(sa.select(Complaint.text)) == [stored]
    assert "<script>alert" not in browser.get(f"/q/{number}").text


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
@pytest.mark.parametrize("multipart", [True, False])
def test_a_form_in_the_encoding_of_old_clients(city: City, browser: Browser, encoding: str, multipart: bool) -> None:
    filled = browser.form()
    if multipart:
        parts = "".join(
            f'--xx\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
            for name, value in filled.items()
        )
        body, content_type = (parts + "--xx--\r\n").encode(encoding), "multipart/form-data; boundary=xx"
    else:
        pairs = (f"{name}={quote_from_bytes(value.encode(encoding))}" for name, value in filled.items())
        body, content_type = "&".join(pairs).encode(), "application/x-www-form-urlencoded"
    response = browser.client.post("/complaints/new", data=body, content_type=content_type, headers=browser.headers)
    assert response.status_code == 303, response.text
    assert city.rows(sa.select(Complaint.text)) == [LAMP]


@pytest.mark.parametrize(
    "body",
    [
        urlencode({"text": ""}).encode() + b"%ED%A0%80 %FF%FE",  # a lone surrogate, and bytes of no encoding
        b"text=\xff\xfe\x00",
        b"--broken",
        b"",
    ],
)
@pytest.mark.parametrize("content_type", ["application/x-www-form-urlencoded", "multipart/form-data; boundary=xx"])
def test_broken_bodies_are_answered(browser: Browser, body: bytes, content_type: str) -> None:
    response = browser.client.post("/complaints/new", data=body, content_type=content_type, headers=browser.headers)
    assert response.status_code == 422
    assert "没有提交成功" in response.text or "请改好下面" in response.text


def test_an_expired_page_keeps_what_was_typed(city: City, browser: Browser) -> None:
    page = browser.send(browser.form(csrf_token="of another day")).text
    assert "页面停留时间过长" in page and LAMP in page
    again = browser.form(csrf_token=field(page, "csrf_token"), form_key=field(page, "form_key"))
    assert browser.send(again).status_code == 303
    assert count(city) == 1


def test_too_many_in_an_hour_keeps_what_was_typed_too(browser: Browser) -> None:
    for place in range(20):
        browser.complain(text=f"{LAMP}第{place}处", phone=f"138 0000 5{place:03}")
    response = browser.send(browser.form(text="第二十一件事，香溪路", phone="138 0000 6000"))
    assert response.status_code == 429
    assert "提交过于频繁" in response.text and "第二十一件事" in response.text


def test_danger_is_urgent_and_shows_whom_to_call(city: City, browser: Browser) -> None:
    number, _ = browser.complain(text="香溪路井盖被偷了，有人差点掉下去")
    assert city.ticket(number).urgency is Urgency.URGENT
    page = browser.get(f"/complaints/{number}/received").text
    assert "按紧急件处理" in page and 'href="tel:119"' in page


def test_anonymous_leaves_nothing_and_confidential_is_marked(city: City, browser: Browser) -> None:
    number, _ = browser.complain(identity="anonymous")
    assert count(city, Citizen) == 0
    assert "丢失后无法找回" in browser.text_of(f"/complaints/{number}/received")
    secret, _ = browser.complain(identity="confidential", phone="+852 2123 4567", text=LAMP + "保密")
    assert city.ticket(secret).confidential
    assert city.rows(sa.select(Citizen.phone_masked)) == ["+852****4567"]


def test_no_reply_wanted_owes_none(city: City, browser: Browser) -> None:
    number, _ = browser.complain(wants_reply="no")
    assert city.deadlines(number, DeadlineKind.REPLY) == []
    assert "您选择了不用答复" in browser.text_of(f"/complaints/{number}/received")


def test_the_receipt_is_only_for_the_browser_that_has_sent_it(app: Flask, browser: Browser) -> None:
    number, key = browser.complain()
    response = Browser(app).get(f"/complaints/{number}/received")
    assert response.status_code == 303 and response.location == f"/q/{number}"
    assert key not in Browser(app).get(f"/q/{number}").text


# ---- looking up


def test_number_and_key_open_it_in_any_case(app: Flask, browser: Browser) -> None:
    number, key = browser.complain()
    other = Browser(app)
    opened = other.post("/q", {"number": f" {number} ", "key": f" {key[:5].lower()}-{key[5:]}\0"})
    assert (opened.status_code, opened.location) == (303, f"/q/{number}")
    assert LAMP in other.text_of(f"/q/{number}")
    third = Browser(app)
    assert third.post(f"/q/{number}", {"key": key}).status_code == 303
    assert third.get(f"/q/{number}").status_code == 200


def test_a_wrong_key_and_a_wrong_number_are_told_the_same(app: Flask, browser: Browser) -> None:
    number, key = browser.complain()
    stranger = Browser(app)
    right_number = stranger.post("/q", {"number": number, "key": "WRONGWRONG"})
    wrong_number = stranger.post("/q", {"number": "20261012999999", "key": key})
    assert right_number.status_code == wrong_number.status_code == 404
    assert words(right_number.text) == words(wrong_number.text)
    unopened = words(stranger.get(f"/q/{number}").text)
    assert unopened == words(stranger.get("/q/20261012999999").text)
    assert "香溪" not in unopened


@pytest.mark.parametrize("number", ["%00", "%ff%fe", "x" * 300, "..%2f..", "😀", "'; DROP TABLE complaint--"])
def test_odd_numbers_are_only_wrong_numbers(app: Flask, number: str) -> None:
    browser = Browser(app)
    assert browser.get(f"/q/{number}").status_code in (200, 303, 404)
    assert browser.get(f"/complaints/{number}/received").status_code in (303, 404)
    assert browser.get(f"/files/{number}").status_code == 404
    assert (
        browser.post("/q", {"number": number, "key": "K\0\ud800".encode("utf-8", "surrogatepass")}).status_code == 404
    )


def test_guessing_is_slowed_down(app: Flask, browser: Browser) -> None:
    number, _ = browser.complain()
    guesser = Browser(app)
    answers = [guesser.post("/q", {"number": number, "key": f"GUESS{n}"}).status_code for n in range(11)]
    assert answers == [404] * 10 + [429]


def test_a_browser_forgets_when_asked_and_by_itself(city: City, browser: Browser) -> None:
    number, _ = browser.complain()
    city.turn(hours=13)
    assert LAMP not in browser.text_of(f"/q/{number}")
    number, _ = browser.complain(text=LAMP + "又")
    browser.post(f"/q/{number}/leaving")
    assert LAMP not in browser.text_of(f"/q/{number}")
    assert browser.get(f"/complaints/{number}/received").status_code == 303
