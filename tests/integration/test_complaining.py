"""The complaint form beyond its fields: what it tells while typing and asks before sending; one complaint always."""

from __future__ import annotations

import re
from html import unescape
from io import BytesIO
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from hotline.domain.publicity import Publicity
from hotline.models import Addition, Attachment, Citizen, Complaint, Ticket
from hotline.services import attaching, repeating, replying
from hotline.web.mapping import MapSettings
from tests.api import person
from tests.citizen import LAMP, Browser, count, field, file, make_app, photo, receipt, words
from tests.city import City
from tests.races.hands import together

OTHER_LAMP = "香溪路大桥路口的路灯坏了好几天，晚上很黑"
OTHER = {"text": OTHER_LAMP, "phone": "139 0000 1111", "same": None}
GAS = "香溪路与大桥路口有很浓的燃气味道，怀疑泄漏"


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


STORY = "我婆婆李桂英走后丈夫天天喝酒，香溪路与大桥路口的路灯又不亮了，昨晚摔断了腿"


@pytest.mark.parametrize("publicity", Publicity)
def test_nobody_reads_what_nobody_has_accepted_and_joins_it_all_the_same(
    city: City, browser: Browser, app: Flask, publicity: Publicity
) -> None:
    """Not while typing, not when asked, not on the receipt, the status page or in one's own data."""
    city.office.publicity = publicity
    first, _ = browser.complain(text=STORY, place="香溪路与大桥路口李桂英家楼下", name="孙小姐")
    second = Browser(app)
    hinted = hint(second, OTHER_LAMP)
    asked = second.send(second.form(**OTHER)).text
    joined = second.send(hidden(asked) | {"same": tokens(asked)[0]}).location
    number, _ = receipt(second.get(joined).text)
    shown = [hinted, asked, *(second.get(path).text for path in (joined, f"/q/{number}", f"/q/{number}/data"))]
    for page in shown:
        assert not any(word in page for word in ("婆婆", "李桂英", "丈夫", "喝酒", "摔断", "孙小姐", first))
    for page in (hinted, asked):
        assert "路灯不亮" in page and "大桥路" in page and "1 人反映" in page and "别人的原话没有公开的" in page
        assert "2026年10月12日" in page and "待受理" not in page
    assert city.ticket(first).heat == 2


def test_joining_is_as_easy_to_press_as_not_joining(browser: Browser, app: Flask) -> None:
    browser.complain()
    second = Browser(app)
    page = second.send(second.form(**OTHER)).text
    buttons = re.findall(r'<button class="btn (btn-\w+)" type="submit" name="same" value="([^"]+)"', page)
    assert [look for look, _ in buttons] == ["btn-primary", "btn-secondary", "btn-link"]
    assert [answer for _, answer in buttons[1:]] == ["no", "edit"]


def test_a_number_in_the_address_tells_nothing_of_what_is_not_public(city: City, app: Flask) -> None:
    """The public page of a matter leads here with its number; a guessed one leads to an empty form."""
    waiting, public = city.receive(text=STORY).number, city.accepted(text=LAMP)
    browser = Browser(app)
    assert not tokens(browser.get(f"/complaints/new?of={waiting}").text)
    page = browser.get(f"/complaints/new?of={public}").text
    assert len(tokens(page)) == 1 and LAMP[:12] in page


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
    response = again.send(again.form())
    page = words(response.text)
    assert "已经反映过" in page and "138****5678" in page and "张照片" not in page
    assert number not in page and key not in page
    assert (count(city), count(city, Addition)) == (1, 0)
    assert again.get(f"/complaints/{number}/received").location == f"/q/{number}"


def shades(*shades: int) -> list[tuple[BytesIO, str]]:
    """A photo of each size, so that no two are the same."""
    return [file(f"{shade}.jpg", photo((10 + shade, 10))) for shade in shades]


def test_photos_with_the_same_words_are_added_to_what_was_said_first(city: City, browser: Browser, app: Flask) -> None:
    number, _ = browser.complain(photos=shades(1, 2))

    def send(*which: int) -> str:
        again = Browser(app)
        return words(again.send(again.form(photos=shades(*which))).text)

    page = send(2, 3)
    assert "这次的 1 张照片已加到那件事里" in page and "1 张照片原来就有" in page and number not in page
    page = send(3, 4, 5, 6, 7, 8)
    assert "这次的 3 张照片已加到" in page and "1 张照片原来就有" in page
    assert "2 张照片没有加上：一件事最多附 6 张" in page
    for _ in range(3):
        page = send(7, 8)
        assert "2 张照片没有加上" in page and "已加到" not in page
    assert (count(city), count(city, Attachment)) == (1, attaching.MOST)
    added = [f"再次反映时附照片{count}张。" for count in (1, 3)]
    assert city.rows(sa.select(Addition.text).order_by(Addition.id)) == added
    assert city.steps(number) == ["receive", "add", "risk", "add"]  # it was said a third time
    at_the_desk = words(person(app, "olga").client.get(f"/desk/tickets/{number}").text)
    assert all(text in page for text in added for page in (browser.text_of(f"/q/{number}"), at_the_desk))
    assert browser.get(f"/q/{number}").text.count('<img src="/files/') == attaching.MOST


def test_new_words_to_what_he_is_on_already_bring_their_photos(city: City, browser: Browser, app: Flask) -> None:
    """Chosen from what is offered while another person's, or his own, matter is still open."""
    number, _ = browser.complain()
    again = Browser(app)
    page = again.send(again.form(text=OTHER_LAMP, same=None, photos=shades(1))).text
    page = words(again.send(hidden(page) | {"same": tokens(page)[0]}).text)
    assert "已经反映过" in page and "这次的 1 张照片已加到" in page and number not in page
    assert city.rows(sa.select(Addition.text).order_by(Addition.id)) == [OTHER_LAMP, "再次反映时附照片1张。"]
    assert (count(city), count(city, Attachment)) == (1, 1)


def test_four_retries_at_once_are_one_complaint(city: City, app: Flask) -> None:
    """None of them is asked about the complaint that another has just made."""
    browser = Browser(app)
    filled = browser.form(same=None)
    cookie = browser.client.get_cookie("session")
    assert cookie is not None

    def send() -> str:
        client = app.test_client()
        client.set_cookie("session", cookie.value)
        return str(client.post("/complaints/new", data=filled, headers=browser.headers).location)

    assert len(set(together(*[send] * 4))) == 1 and count(city) == 1


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
