"""我的信息: seen, taken away, corrected and deleted with the key; and by nobody without it."""

from __future__ import annotations

import json

import pytest
import sqlalchemy as sa
from flask import Flask

from hotline.models import Citizen, Complaint, Event, Message, MessageState, Ticket
from hotline.services import accepting, assigning, disclosing, handling
from tests.citizen import LAMP, PHONE, Browser, file, words
from tests.city import City

NEW_PHONE = "139 0000 4321"


def the_complaint(city: City, number: str) -> Complaint:
    return city.rows(sa.select(Complaint).where(Complaint.number == number))[0]


def lines(city: City, number: str, step: str) -> list[Event]:
    return city.rows(sa.select(Event).join(Ticket).where(Ticket.number == number, Event.step == step))


def end(city: City, number: str) -> None:
    """The matter is not for this hotline."""
    with city.work("olga") as work:
        accepting.decline(work, number, "属供电公司职责", "供电服务热线95598")


def test_everything_that_is_stored_is_shown_to_the_one_who_said_it(city: City, app: Flask) -> None:
    browser = Browser(app)
    number, _ = browser.complain(photos=[file()])
    with city.work("olga") as work:
        accepting.accept(work, number)
    with city.work("dora") as work:
        assigning.assign(work, number, city.unit_id("lamps"))
    with city.work("hans") as work:
        handling.sign(work, number)
        disclosing.disclose(work, number, number, "核实路灯杆号")
    page = browser.text_of(f"/q/{number}/data")
    for told in (LAMP, "13800005678", "王女士", "市政处", "承办人", "核实路灯杆号", "办结后3年", "号码仅用于办理"):
        assert told in page
    assert "冯市政" not in page, "who it was is told by unit, not by name"
    assert "2026-1" in page, "the version of the notice that was shown"


def test_a_copy_leaves_as_a_file_and_the_history_notes_it(city: City, app: Flask) -> None:
    browser = Browser(app)
    number, _ = browser.complain()
    response = browser.get(f"/q/{number}/data.json")
    assert response.headers["Content-Disposition"].startswith("attachment")
    given = json.loads(response.text)
    assert (given["text"], given["phone"], given["name"]) == (LAMP, PHONE, "王女士")
    assert given["received_at"].endswith("+08:00")
    (line,) = lines(city, number, "data_given")
    assert line.data == {"complaint": number}


@pytest.mark.parametrize("path", ["data", "data.json", "data/correction", "data/erasure"])
def test_without_the_key_nothing_is_there(city: City, app: Flask, path: str) -> None:
    number, _ = Browser(app).complain()
    stranger = Browser(app)
    post = path.startswith("data/")
    for asked in (number, "20261012999999"):
        response = stranger.post(f"/q/{asked}/{path}") if post else stranger.get(f"/q/{asked}/{path}")
        assert response.status_code == 303
        assert response.location.endswith(f"/q/{asked}")
    assert the_complaint(city, number).erased_at is None


def test_a_corrected_number_is_where_texts_go_from_now_on(city: City, app: Flask) -> None:
    browser = Browser(app)
    number, _ = browser.complain()
    other, _ = browser.complain(text="大桥路下水道堵塞，污水外溢。", place="大桥路")
    sent = browser.post(f"/q/{number}/data/correction", {"name": "王小姐", "phone": NEW_PHONE}, of=f"/q/{number}/data")
    assert sent.status_code == 303
    page = browser.text_of(f"/q/{number}/data")
    assert "13900004321" in page
    assert "王小姐" in page
    (line,) = lines(city, number, "contact_corrected")
    assert line.data == {"complaint": number, "changed": ["name", "phone"]}, "no personal data in the history"
    with city.work("olga") as work:
        accepting.accept(work, number)
    vault = city.office.vault
    texts = city.rows(sa.select(Message).join(Complaint).where(Complaint.number == number).order_by(Message.id))
    assert {text.phone_print for text in texts} == {vault.fingerprint("+8613900004321")}
    kept = the_complaint(city, other)
    citizen = city.rows(sa.select(Citizen).where(Citizen.id == kept.citizen_id))[0]
    assert vault.open(citizen.phone_sealed) == PHONE, "the other complaint keeps its number"
    assert vault.open(kept.name_sealed) == "王女士"


def test_a_strangers_number_tells_nothing_of_the_stranger(city: City, app: Flask) -> None:
    Browser(app).complain()  # 王女士, 13800005678
    nosy = Browser(app)
    number, _ = nosy.complain(text="大桥路下水道堵塞，污水外溢。", place="大桥路", phone=NEW_PHONE, name="")
    nosy.post(f"/q/{number}/data/correction", {"name": "", "phone": PHONE}, of=f"/q/{number}/data")
    page = nosy.text_of(f"/q/{number}/data")
    assert "13800005678" in page
    assert "王女士" not in page


@pytest.mark.parametrize(
    ("phone", "told"), [("1380000", "手机号码应为 11 位"), ("2034567", "区号"), ("没有", "无法识别")]
)
def test_a_number_that_cannot_be_called_is_refused_and_kept_as_typed(
    city: City, app: Flask, phone: str, told: str
) -> None:
    browser = Browser(app)
    number, _ = browser.complain()
    back = browser.post(f"/q/{number}/data/correction", {"name": "王", "phone": phone}, of=f"/q/{number}/data")
    assert back.status_code == 422
    assert told in words(back.text)
    assert f'value="{phone}"' in back.text
    assert lines(city, number, "contact_corrected") == []


def test_a_number_can_be_taken_back(city: City, app: Flask) -> None:
    browser = Browser(app)
    number, _ = browser.complain()
    browser.post(f"/q/{number}/data/correction", {"name": "王女士", "phone": ""}, of=f"/q/{number}/data")
    with city.work("olga") as work:
        accepting.accept(work, number)
    states = [row.state for row in city.rows(sa.select(Message).where(Message.phone_print.is_not(None)))]
    assert states == [MessageState.CANCELLED]
    citizens = city.rows(sa.select(Citizen).order_by(Citizen.id))
    assert [citizen.phone_sealed for citizen in citizens] == [None, None]


def test_while_the_matter_is_open_it_says_why_nothing_is_deleted(city: City, app: Flask) -> None:
    browser = Browser(app)
    number, _ = browser.complain()
    assert "先撤回" in browser.text_of(f"/q/{number}/data")
    back = browser.post(f"/q/{number}/data/erasure", {"sure": "yes"}, of=f"/q/{number}/data")
    assert back.status_code == 409
    assert "还在办理" in words(back.text)
    assert the_complaint(city, number).erased_at is None


def test_once_it_has_ended_a_word_is_enough_and_the_key_opens_nothing(city: City, app: Flask) -> None:
    browser = Browser(app)
    number, key = browser.complain(photos=[file()])
    end(city, number)
    unsure = browser.post(f"/q/{number}/data/erasure", of=f"/q/{number}/data")
    assert unsure.status_code == 422
    gone = browser.post(f"/q/{number}/data/erasure", {"sure": "yes"}, of=f"/q/{number}/data")
    assert "已删除" in words(gone.text)
    assert browser.get(f"/q/{number}/data").status_code == 303
    assert browser.post(f"/q/{number}", {"key": key}).status_code == 404
    complaint = the_complaint(city, number)
    assert complaint.erased_at == city.now
    assert LAMP not in complaint.text
    assert complaint.reached_at is not None, "who deletes has read the answer on the way"
    (line,) = lines(city, number, "person_erased")
    assert line.data == {"complaint": number}


def test_every_version_of_the_notice_stays_readable(app: Flask) -> None:
    browser = Browser(app)
    page = browser.text_of("/privacy")
    for told in ("个人信息保护法", "3年", "12319", "更正"):
        assert told in page
    assert browser.get("/privacy/2026-1").status_code == 200
    assert browser.get("/privacy/1999").status_code == 404
    assert "Your rights" in words(browser.get("/privacy?lang=en").text)
