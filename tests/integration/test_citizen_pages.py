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
from hotline.models import Attachment, Citizen, Complaint, DeadlineKind, Ground, Survey, Urgency
from hotline.services import accepting, assigning, checking, handling, merging, pausing, replying, supervising
from tests.api import person
from tests.citizen import LAMP, Browser, field, make_app, photo, receipt, words
from tests.city import City


@pytest.fixture
def app(city: City) -> Flask:
    return make_app(city)


@pytest.fixture
def browser(app: Flask) -> Browser:
    return Browser(app)


def count(city: City, model: Any = Complaint) -> int:
    return int(city.scalar(sa.select(sa.func.count()).select_from(model)))


def file(name: str = "a.jpg", data: bytes | None = None) -> tuple[io.BytesIO, str]:
    return io.BytesIO(photo() if data is None else data), name


# ---- complaining


def test_from_the_home_page_to_the_receipt(city: City, browser: Browser) -> None:
    assert "/complaints/new" in browser.get("/").text
    response = browser.send(browser.form(photos=[file("夜里.jpg"), file("b.png", photo(kind="PNG"))]))
    assert response.status_code == 303
    page = browser.get(response.location).text
    number, key = receipt(page)
    assert "138****5678" in page and "13800005678" not in page
    assert re.findall(r"<span>([^<]+)</span><b>", page) == ["受理，告诉您由谁办理", "答复您", "办结"]
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
        ({"phone": "不告诉你\0"}, "phone", "联系电话无法识别"),
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
        browser.complain(text=f"{LAMP}第{place}处")
    response = browser.send(browser.form(text="第二十一件事，香溪路"))
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


# ---- following


def test_the_page_follows_the_chain(city: City, browser: Browser) -> None:
    number, _ = browser.complain()

    def headline() -> str:
        found = re.search(r'class="state-line">([^<]+)<', browser.get(f"/q/{number}").text)
        assert found
        return found[1]

    assert headline() == "已收到，10月12日11时前受理"
    with city.work("olga") as work:
        accepting.accept(work, number)
    assert re.fullmatch(r"已受理，正在交办，10月\d+日\d+时前答复您", headline())
    with city.work("dora") as work:
        assigning.assign(work, number, city.unit_id("lamps"))
    assert headline().startswith("已交市政处办理，10月")
    with city.work("sven") as work:
        supervising.supervise(work, number, "order", Ground.LEADER, "请加紧办理。")
    assert headline().startswith("已督办市政处加紧办理，")
    page = browser.text_of(f"/q/{number}")
    assert "已向承办单位发出督办" in page and "请加紧办理" not in page, "what offices say to each other stays there"


def test_an_answer_that_was_opened_has_reached_the_citizen(city: City, browser: Browser) -> None:
    number, _ = browser.complain(phone="0355-1234567")
    walk(city, number)
    assert city.deadlines(number, DeadlineKind.REPLY)[0].met_at is None
    city.turn(minutes=5)
    page = browser.text_of(f"/q/{number}")
    assert "路灯已修复" in page and "已答复" in page
    assert city.deadlines(number, DeadlineKind.REPLY)[0].met_at == city.now
    (complaint,) = city.rows(sa.select(Complaint))
    assert complaint.reached_by == "opened"


def walk(city: City, number: str) -> None:
    """From received to replied."""
    with city.work("olga") as work:
        accepting.accept(work, number)
    with city.work("dora") as work:
        assigning.assign(work, number, city.unit_id("lamps"))
    with city.work("hans") as work:
        handling.sign(work, number)
    with city.work("hans") as work:
        handling.submit(work, number, "已更换灯头两只，恢复照明。")
    with city.work("sven") as work:
        checking.approve(work, number)
    with city.work("olga") as work:
        replying.reply(work, number, "您反映的路灯已修复，感谢监督。联系电话0320-0002101。")


def test_words_and_photos_are_added(city: City, browser: Browser) -> None:
    number, _ = browser.complain()
    here = f"/q/{number}"
    data = {"text": "今晚又灭了两盏\u202e", "photos": [file()]}
    assert browser.post(f"{here}/additions", data, of=here).status_code == 303
    page = browser.get(here).text
    assert "已收到您的补充" in page and "今晚又灭了两盏" in page
    (address,) = re.findall(r'<img src="(/files/[^"]+)"', page)
    download = browser.get(address)
    assert download.status_code == 200
    download.close()
    assert browser.get(f"{here}/additions").location == here
    empty = browser.post(f"{here}/additions", {"text": ""}, of=here)
    assert empty.status_code == 422 and "请写下要补充的内容" in empty.text
    broken = browser.post(f"{here}/additions", {"text": "看照片", "photos": [file("a.svg", b"<svg/>")]}, of=here)
    assert broken.status_code == 422 and "看照片" in broken.text
    assert (
        browser.post(f"{here}/additions", {"photos": [file("c.png", photo((5, 5), "PNG"))]}, of=here).status_code == 303
    )


def test_urging_counts_once_a_day(city: City, browser: Browser) -> None:
    number, _ = browser.complain()
    here = f"/q/{number}"
    assert browser.post(f"{here}/urging", of=here).status_code == 303
    again = browser.post(f"{here}/urging", of=here)
    assert again.status_code == 409 and "今天已经催办过" in again.text
    assert city.ticket(number).urgings == 1


def test_too_many_words_in_an_hour_keeps_the_last(browser: Browser) -> None:
    number, _ = browser.complain()
    here = f"/q/{number}"
    for turn in range(30):
        assert browser.post(f"{here}/additions", {"text": f"第{turn}次补充"}, of=here).status_code == 303
    response = browser.post(f"{here}/additions", {"text": "第三十一次补充"}, of=here)
    assert response.status_code == 429 and "第三十一次补充" in response.text


def test_withdrawing(city: City, browser: Browser) -> None:
    number, _ = browser.complain()
    here = f"/q/{number}"
    assert browser.post(f"{here}/withdrawal", {"reason": "已经有人来修了"}, of=here).status_code == 303
    assert city.ticket(number).state is State.VOIDED
    page = browser.text_of(here)
    assert "已撤回" in page and "已经有人来修了" in page
    late = browser.post(f"{here}/additions", {"text": "等等，还没修好"}, of="/q")
    assert late.status_code == 409 and "等等，还没修好" in late.text, "what comes too late is not lost either"


def test_not_solved_is_a_new_round_and_the_first_answer_stays(city: City, browser: Browser) -> None:
    number, _ = browser.complain(identity="anonymous")
    walk(city, number)
    here = f"/q/{number}"
    assert "要求重办" in browser.text_of(here)
    short = browser.post(f"{here}/rework", {"reason": "不"}, of=here)
    assert short.status_code == 422 and "请写明哪里还没有解决" in short.text
    assert browser.post(f"{here}/rework", {"reason": "东边两盏仍不亮"}, of=here).status_code == 303
    page = browser.text_of(here)
    assert "第1次答复：您反映的路灯已修复" in page and "东边两盏仍不亮" in page
    assert (city.ticket(number).round, city.ticket(number).state) == (2, State.ACCEPTED)


def test_after_the_limit_it_is_told_and_the_words_stay(city: City, browser: Browser) -> None:
    number, key = browser.complain(identity="anonymous")
    walk(city, number)
    city.turn(days=30)
    here = f"/q/{number}"
    browser.post("/q", {"number": number, "key": key})
    assert "要求重办" not in browser.text_of(here)
    late = browser.post(f"{here}/rework", {"reason": "又不亮了"}, of=here)
    assert late.status_code == 409 and "请重新反映" in late.text and "又不亮了" in late.text


def test_the_verdict(city: City, browser: Browser) -> None:
    number, _ = browser.complain()
    walk(city, number)
    here = f"/q/{number}"
    assert "问题解决了吗" in browser.text_of(here)
    nothing = browser.post(f"{here}/survey", {"comment": "挺快"}, of=here)
    assert nothing.status_code == 422
    assert "请选择满意程度" in nothing.text and "挺快" in nothing.text
    verdict = {"solved": "yes", "satisfaction": "5", "comment": "挺快"}
    assert browser.post(f"{here}/survey", verdict, of=here).status_code == 303
    (survey,) = city.rows(sa.select(Survey))
    assert (survey.solved, survey.score, survey.comment, survey.by) == (True, 5, "挺快", "web")
    assert city.ticket(number).state is State.CLOSED
    assert "已解决，非常满意，挺快" in browser.text_of(here)
    assert browser.post(f"{here}/survey", verdict, of=here).status_code == 409


def test_a_bad_verdict_is_a_new_round(city: City, browser: Browser) -> None:
    number, _ = browser.complain()
    walk(city, number)
    here = f"/q/{number}"
    without = browser.post(f"{here}/survey", {"solved": "no", "satisfaction": "1"}, of=here)
    assert without.status_code == 422 and "请写明哪里还没有解决" in without.text
    browser.post(f"{here}/survey", {"solved": "no", "satisfaction": "1", "comment": "一盏没修"}, of=here)
    (survey,) = city.rows(sa.select(Survey))
    assert (survey.solved, survey.score) == (False, 1)
    assert city.ticket(number).round == 2


def test_a_merged_complaint_shows_where_its_ticket_stands(city: City, browser: Browser) -> None:
    other = city.assigned()
    number, _ = browser.complain()
    with city.work("olga") as work:
        merging.merge(work, number, other)
    page = browser.text_of(f"/q/{number}")
    assert "已交市政处办理" in page and "现并案办理" in page and number in page
    city.turn(hours=1)
    browser.post(f"/q/{number}/urging", of=f"/q/{number}")
    assert city.ticket(other).urgings == 1


def test_declined_names_the_reason_and_the_right_channel(city: City, browser: Browser) -> None:
    number, _ = browser.complain()
    with city.work("olga") as work:
        accepting.decline(work, number, "属于劳动争议", "市劳动监察支队，电话12333")
    page = browser.text_of(f"/q/{number}")
    assert "不属于本热线受理范围" in page and "属于劳动争议，请联系市劳动监察支队，电话12333" in page


def test_paused_says_why_and_until_when(city: City, browser: Browser) -> None:
    number, _ = browser.complain()
    with city.work("olga") as work:
        accepting.accept(work, number)
    with city.work("dora") as work:
        assigning.assign(work, number, city.unit_id("lamps"))
    with city.work("hans") as work:
        handling.sign(work, number)
        pausing.request(work, number, "等待灯杆到货", (city.now.date().replace(day=20)))
    with city.work("sven") as work:
        pausing.decide(work, number, True, "同意")
    assert "因等待灯杆到货暂缓办理，预计10月20日24时后恢复" in browser.text_of(f"/q/{number}")


def test_every_step_needs_the_key(city: City, app: Flask, browser: Browser) -> None:
    number, _ = browser.complain()
    stranger = Browser(app)
    for step in ("additions", "urging", "withdrawal", "rework", "survey"):
        response = stranger.post(f"/q/{number}/{step}", {"text": "x", "reason": "xx"})
        assert response.status_code == 403, step
        assert "香溪" not in response.text
    assert city.steps(number) == ["receive"]


# ---- downloads


def test_a_photo_is_a_download_for_those_whom_it_concerns(city: City, app: Flask, browser: Browser) -> None:
    number, _ = browser.complain(photos=[file("夜里.jpg")])
    (row,) = city.rows(sa.select(Attachment))
    address = f"/files/{row.token}"
    response = browser.get(address)
    assert response.headers["Content-Disposition"].startswith("attachment;")
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in response.headers["Content-Security-Policy"]
    assert response.content_type == "image/jpeg"
    response.close()
    assert Browser(app).get(address).status_code == 404
    for login, status in (("olga", 200), ("paul", 404), ("carl", 404)):
        found = person(app, login).client.get(address)
        assert found.status_code == status, login
        found.close()
    with city.work("olga") as work:
        accepting.accept(work, number)
    with city.work("dora") as work:
        assigning.assign(work, number, city.unit_id("lamps"))
    found = person(app, "hans").client.get(address)
    assert found.status_code == 200
    found.close()
