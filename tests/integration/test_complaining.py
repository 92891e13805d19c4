"""The complaint form beyond its fields: what it tells while typing and asks before sending; one complaint always."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from html import unescape
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from hotline.models import Attachment, Category, Citizen, Complaint, Ticket, Urgency
from hotline.services import repeating, replying
from hotline.web.mapping import MapSettings
from tests.citizen import LAMP, Browser, count, field, file, make_app, receipt, words
from tests.city import City

OTHER_LAMP = "香溪路大桥路口的路灯坏了好几天，晚上很黑"
OTHER = {"text": OTHER_LAMP, "phone": "139 0000 1111", "same": None}
GAS = "香溪路与大桥路口有很浓的燃气味道，怀疑泄漏"


@pytest.fixture
def app(city: City) -> Flask:
    return make_app(city)


@pytest.fixture
def browser(app: Flask) -> Browser:
    return Browser(app)


def tokens(page: str) -> list[str]:
    """What the page offers to join."""
    return [unescape(token) for token in re.findall(r'name="same" value="([^"]{20,})"', page)]


def hidden(page: str) -> dict[str, Any]:
    """The form of the question, as it would be sent."""
    fields = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page)
    return {name: unescape(value) for name, value in fields}


# ---- 是同一件吗


def test_a_matter_that_others_told_of_is_asked_about_before_sending(city: City, browser: Browser, app: Flask) -> None:
    first, _ = browser.complain()
    second = Browser(app)
    response = second.send(second.form(**OTHER, photos=[file()]))
    assert response.status_code == 200 and count(city) == 1
    page = words(response.text)
    assert "是同一件吗" in page and "还没有提交" in page and "1 人反映" in page and "照片已经收到" in page
    assert first not in page and "138" not in page and "王女士" not in page
    joined = second.send(hidden(response.text) | {"same": tokens(response.text)[0]})
    number, _ = receipt(second.get(joined.location).text)
    assert number != first and count(city) == 2
    assert "另外 1 位市民反映的是同一件事" in second.text_of(joined.location)
    assert city.ticket(first).heat == 2
    assert [row.text for row in city.rows(sa.select(Complaint).order_by(Complaint.id))] == [LAMP, OTHER_LAMP]
    assert count(city, Attachment) == 1, "the photo is his who sent it"


def test_another_matter_is_filed_by_itself(city: City, browser: Browser, app: Flask) -> None:
    first, _ = browser.complain()
    second = Browser(app)
    page = second.send(second.form(**OTHER)).text
    assert second.send(hidden(page) | {"same": "no"}).status_code == 303
    assert city.ticket(first).heat == 1 and count(city) == 2


def test_back_to_the_form_with_all_that_was_typed(city: City, browser: Browser, app: Flask) -> None:
    browser.complain()
    second = Browser(app)
    page = second.send(second.form(**OTHER, photos=[file("夜.jpg")], latitude="31.5", longitude="120.5")).text
    form = second.send(hidden(page) | {"same": "edit"}).text
    assert OTHER_LAMP in form and "夜.jpg" in form and "139 0000 1111" in form
    assert (field(form, "latitude"), field(form, "longitude")) == ("31.500000", "120.500000")
    assert count(city) == 1


def test_whatever_is_answered_and_however_often_it_is_one_complaint(city: City, browser: Browser, app: Flask) -> None:
    browser.complain()
    second = Browser(app)
    filled = second.form(**OTHER)
    page = second.send(filled).text
    carried, token = hidden(page), tokens(page)[0]
    numbers = {second.send(answer).location for answer in (carried | {"same": token}, carried | {"same": "no"}, filled)}
    assert len(numbers) == 1 and count(city) == 2


def test_nobody_joins_what_he_was_not_offered(city: City, browser: Browser, app: Flask) -> None:
    first, _ = browser.complain()
    second, third = Browser(app), Browser(app)
    token = tokens(second.send(second.form(**OTHER)).text)[0]
    for forged in (first, token[:-2] + "xx", token):  # a bare number, a changed token, one of another form
        answer = third.send(third.form(**(OTHER | {"phone": "139 0000 2222", "same": forged})))
        assert answer.status_code == 200 and "是同一件吗" in answer.text
    assert city.ticket(first).heat == 1


@pytest.mark.parametrize("more", [{"text": GAS}, {"urgency": "urgent"}, {"identity": "confidential"}])
def test_danger_and_confidence_are_never_asked(city: City, browser: Browser, app: Flask, more: dict[str, str]) -> None:
    browser.complain(text=more.get("text", LAMP))
    second = Browser(app)
    assert second.send(second.form(**(OTHER | more))).status_code == 303
    assert count(city) == 2


def test_a_matter_answered_meanwhile_is_none_to_join(city: City, browser: Browser, app: Flask) -> None:
    number = city.resolved(text=LAMP, place="香溪路与大桥路口")
    second = Browser(app)
    page = second.send(second.form(**OTHER)).text
    with city.work("olga") as work:
        replying.reply(work, number, "您反映的路灯已修复，感谢监督。联系电话0320-0002101。")
    assert second.send(hidden(page) | {"same": tokens(page)[0]}).status_code == 303
    assert city.ticket(number).heat == 1 and count(city) == 2


def test_the_same_words_from_the_same_telephone_are_the_same_complaint(
    city: City, browser: Browser, app: Flask
) -> None:
    number, key = browser.complain()
    again = Browser(app)  # whoever knows the telephone number learns nothing here
    response = again.send(again.form(photos=[file()]))
    page = words(response.text)
    assert "已经反映过" in page and "138****5678" in page and "照片没有加上" in page
    assert number not in page and key not in page
    assert (count(city), count(city, Attachment)) == (1, 0)
    assert again.get(f"/complaints/{number}/received").location == f"/q/{number}"


def test_four_retries_at_once_are_one_complaint(city: City, app: Flask) -> None:
    """None of them is asked about the complaint that another has just made."""
    browser = Browser(app)
    filled = browser.form(same=None)
    cookie = browser.client.get_cookie("session")
    assert cookie is not None

    def send(_: int) -> str:
        client = app.test_client()
        client.set_cookie("session", cookie.value)
        return str(client.post("/complaints/new", data=filled, headers=browser.headers).location)

    with ThreadPoolExecutor(4) as pool:
        places = set(pool.map(send, range(4)))
    assert len(places) == 1 and count(city) == 1


# ---- while typing


def hint(browser: Browser, text: str, **more: str) -> str:
    """What the form is told of these words."""
    form = browser.form()
    asked = {"csrf_token": form["csrf_token"], "form_key": form["form_key"], "text": text, "place": ""} | more
    response = browser.client.post("/complaints/hints", data=asked, headers=browser.headers)
    assert response.status_code == 200
    return response.text


def test_while_typing_category_danger_and_what_is_nearby_are_told(city: City, browser: Browser) -> None:
    browser.complain()
    page = hint(browser, OTHER_LAMP)
    assert "路灯" in page and re.search(r'data-category="\d+"', page)
    assert len(tokens(page)) == 1 and "1 人反映" in page
    assert 'href="tel:110"' not in page
    danger = hint(browser, GAS)
    assert 'href="tel:119"' in danger and "燃气泄漏" in danger and not tokens(danger)
    assert count(city) == 1


def test_the_choice_made_while_typing_needs_no_question(city: City, browser: Browser, app: Flask) -> None:
    number, _ = browser.complain()
    second = Browser(app)
    filled = second.form(**OTHER)
    asked = {name: filled[name] for name in ("csrf_token", "form_key", "text", "place")}
    page = second.client.post("/complaints/hints", data=asked, headers=second.headers).text
    token = tokens(page)[0]
    again = second.client.post("/complaints/hints", data=asked | {"same": token}, headers=second.headers).text
    assert re.search(r'value="[^"]+" checked', again), "the choice stays while he goes on typing"
    assert second.send(filled | {"same": token}).status_code == 303
    assert city.ticket(number).heat == 2


@pytest.mark.parametrize("text", ["", "灯", "路" * 11_000, "\0\u202e"])
def test_too_little_and_too_much_tell_nothing(browser: Browser, text: str) -> None:
    page = hint(browser, text)
    assert "data-category" not in page and not tokens(page)


def test_hints_need_the_forms_own_token_and_are_not_endless(app: Flask, browser: Browser) -> None:
    assert browser.client.post("/complaints/hints", data={"text": LAMP}).status_code == 400
    form = browser.form()
    asked = {"csrf_token": form["csrf_token"], "text": "灯"}
    answers = [browser.client.post("/complaints/hints", data=asked, headers=browser.headers) for _ in range(41)]
    assert answers[39].status_code == 200 and answers[40].status_code == 429


# ---- category and urgency


def test_the_category_is_the_citizens_choice_or_the_hotlines(city: City, browser: Browser) -> None:
    page = browser.get("/complaints/new").text
    assert "由热线判断" in words(page)
    offered = re.search(r'<optgroup label="[^"]+">\s*<option value="(\d+)"', page)
    assert offered
    number, _ = browser.complain(category=offered[1])
    assert city.ticket(number).category_id == int(offered[1])
    unfit = city.scalar(sa.select(sa.func.max(Category.id))) + 1
    for place, odd in enumerate(("", str(unfit), "9" * 5000, "x", "１", "-1")):
        number, _ = browser.complain(category=odd, text=f"{LAMP}第{place}处")
        assert city.ticket(number).category_id is None


@pytest.mark.parametrize(
    ("text", "chosen", "urgency", "reason"),
    [
        (LAMP, "auto", Urgency.NORMAL, ""),
        (LAMP, "calm", Urgency.NORMAL, ""),
        (LAMP, "urgent", Urgency.URGENT, "市民认为有危险"),
        (GAS, "auto", Urgency.URGENT, "燃气泄漏"),
        (GAS, "calm", Urgency.URGENT, "市民认为不急"),
        (LAMP, "at once!", Urgency.NORMAL, ""),
    ],
)
def test_danger_decides_and_the_citizens_view_is_noted(
    city: City, browser: Browser, text: str, chosen: str, urgency: Urgency, reason: str
) -> None:
    number, _ = browser.complain(text=text, urgency=chosen)
    ticket = city.ticket(number)
    assert ticket.urgency is urgency and reason in ticket.urgency_reason
    assert bool(reason) == bool(ticket.urgency_reason)


# ---- where


@pytest.mark.parametrize(
    ("latitude", "longitude", "stored"),
    [
        ("31.4912345678", "120.3119", (31.491235, 120.3119)),
        ("-90", "180", (-90.0, 180.0)),
        ("90.1", "120", (None, None)),
        ("31.4", "", (None, None)),
        ("nan", "120", (None, None)),
        ("inf", "inf", (None, None)),
        ("0", "0", (None, None)),
        ("north", "\0", (None, None)),
        ("9" * 400, "1", (None, None)),
    ],
)
def test_a_position_is_kept_where_it_is_one(
    city: City, browser: Browser, latitude: str, longitude: str, stored: tuple[float | None, float | None]
) -> None:
    number, _ = browser.complain(latitude=latitude, longitude=longitude)
    ticket = city.ticket(number)
    assert (ticket.latitude, ticket.longitude) == stored


def test_a_position_is_place_enough(city: City, browser: Browser) -> None:
    number, _ = browser.complain(text="灯坏了好几天", place="", latitude="31.4912", longitude="120.3119")
    assert city.ticket(number).place == "定位点31.491200,120.311900"


def test_the_map_stands_only_where_there_are_tiles(city: City, browser: Browser) -> None:
    assert "data-map" not in browser.get("/complaints/new").text
    tiles = MapSettings("https://tiles.test/{z}/{x}/{y}.png", "审图号GS(2026)1号", "gcj02", (31.49, 120.31))
    page = Browser(make_app(city, map_settings=tiles)).get("/complaints/new")
    assert (
        'data-tiles="https://tiles.test/{z}/{x}/{y}.png"' in page.text and "data-centre='[31.49, 120.31]'" in page.text
    )
    assert "gcoord-1.0.7" in page.text and "https://tiles.test" in page.headers["Content-Security-Policy"]


# ---- the receipt, and what is stored with it


def test_the_receipt_opens_on_another_telephone_and_no_log_reads_the_key(city: City, browser: Browser) -> None:
    number, key = browser.complain()
    page = browser.get(f"/complaints/{number}/received").text
    assert f'data-link="http://hotline.test/q/{number}#{key}"' in page
    assert 'src="data:image/svg+xml' in page and "<style" not in page


def test_notice_and_language_are_stored(city: City, browser: Browser) -> None:
    browser.complain()
    english = Browser(browser.app)
    english.headers |= {"Accept-Language": "en"}
    filled = english.form(text="Street lamp out at 香溪路 for three days", phone="139 0000 1111")
    assert english.send(filled).status_code == 303
    rows = city.rows(sa.select(Complaint).order_by(Complaint.id))
    in_force = city.office.privacy.notices.at(city.now.date()).version
    assert [(row.language, row.notice_version) for row in rows] == [("zh", in_force), ("en", in_force)]


def test_a_script_is_told_where_to_go_and_reads_faults_as_a_page(browser: Browser) -> None:
    headers = browser.headers | {"Accept": "application/json"}
    good = browser.client.post("/complaints/new", data=browser.form(), headers=headers)
    answer = good.get_json()
    assert (good.status_code, list(answer)) == (200, ["next"])
    assert browser.get(answer["next"]).status_code == 200
    bad = browser.client.post("/complaints/new", data=browser.form(phone=""), headers=headers)
    assert bad.status_code == 422 and bad.mimetype == "text/html"


def test_a_fault_of_ours_keeps_what_was_typed(city: City, browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    filled = browser.form(photos=[file()])
    monkeypatch.setattr(repeating, "receive", lambda *_: 1 / 0)
    response = browser.send(filled)
    assert response.status_code == 503
    assert LAMP in response.text and "没有提交成功" in response.text and field(response.text, "form_key")
    monkeypatch.undo()
    assert browser.send(filled | {"photos": [file()]}).status_code == 303


def test_without_its_database_the_form_still_keeps_what_was_typed(city: City, app: Flask) -> None:
    browser = Browser(app)
    filled = browser.form()
    good = city.office.engine
    city.office._sessions.configure(bind=sa.create_engine("postgresql+psycopg://nobody@127.0.0.1:1/none"))
    try:
        response = browser.send(filled)
    finally:
        city.office._sessions.configure(bind=good)
    assert response.status_code == 503 and LAMP in response.text
    assert browser.send(filled).status_code == 303
    assert (count(city), count(city, Citizen), count(city, Ticket)) == (1, 1, 1)
