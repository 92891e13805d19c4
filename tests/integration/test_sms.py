"""短信 by Twilio's webhook: signed, taken in once, made a complaint, answered in the city's words."""

from __future__ import annotations

import re

import pytest
import sqlalchemy as sa
from flask import Flask

from hotline.models import Attachment, Citizen, Complaint, Message, MessageState, Urgency
from hotline.services import filing
from tests.citizen import LAMP_TEXT as LAMP
from tests.citizen import PHONE, Telephone, count, make_app
from tests.city import City

# ---- the carrier's door


def test_only_what_the_carrier_has_signed_for_the_public_address_is_let_in(city: City, phone: Telephone) -> None:
    fields = phone.fields(LAMP)
    for wrong in (
        phone.client.post("/twilio/sms", data=fields),
        phone.call("/twilio/sms", fields, token="another-token"),
        phone.call("/twilio/sms", fields, url="http://localhost/twilio/sms"),
    ):
        assert wrong.status_code == 403
        assert (wrong.content_type, (wrong.json or {})["code"]) == ("application/problem+json", "bad_signature")
    changed = phone.client.post(
        "/twilio/sms",
        data=fields | {"From": "+8613900000000"},
        headers={"X-Twilio-Signature": "whatever"},
    )
    assert changed.status_code == 403
    assert count(city, Message) == 0


def test_without_a_carrier_the_door_is_shut(city: City) -> None:
    response = Telephone(make_app(city, twilio=False), city).text(LAMP)
    assert (response.status_code, (response.json or {})["code"]) == (403, "no_carrier")


def test_a_retry_is_answered_and_does_nothing(city: City, phone: Telephone) -> None:
    for _ in range(3):
        response = phone.text(LAMP, sid="SM1")
        assert (response.status_code, response.content_type) == (200, "text/xml; charset=utf-8")
        assert response.text.endswith("<Response/>")
    assert (count(city, Complaint), len(phone.inbox())) == (1, 1)


def test_when_we_fail_nothing_is_left_and_the_retry_is_taken(
    city: City, phone: Telephone, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("out of memory")

    with monkeypatch.context() as broken:
        broken.setattr(filing, "place_of", fail)
        assert phone.text(LAMP, sid="SM1").status_code == 500
    assert (count(city, Complaint), count(city, Message)) == (0, 0)
    assert phone.text(LAMP, sid="SM1").status_code == 200
    assert count(city, Complaint) == 1


@pytest.mark.parametrize("missing", ["MessageSid", "From"])
def test_half_a_webhook_is_refused(phone: Telephone, missing: str) -> None:
    fields = {name: value for name, value in phone.fields(LAMP).items() if name != missing}
    assert phone.call("/twilio/sms", fields).status_code == 422


# ---- a complaint


def test_a_text_becomes_a_complaint_and_is_answered_with_number_and_key(city: City, phone: Telephone) -> None:
    (answer,) = phone.say(LAMP)
    (complaint,) = phone.complaints()
    assert re.search(rf"编号{complaint.number}，查询码\w{{10}}", answer)
    ticket = city.ticket(complaint.number)
    assert (complaint.channel, complaint.text, ticket.place) == ("sms", LAMP, "香溪路与大桥路口")
    (heard,) = city.rows(sa.select(Message).where(Message.direction == "in"))
    assert (heard.complaint_id, heard.ticket_id) == (complaint.id, ticket.id)
    assert LAMP.encode() not in heard.body_sealed


def test_a_missing_place_is_asked_for_and_the_answer_is_it(city: City, phone: Telephone) -> None:
    _, question = phone.say("路灯坏了三天没人修")
    assert "具体地点" in question
    (answer,) = phone.say("老粮站斜对过那个")
    (complaint,) = phone.complaints()
    assert "补充" in answer
    assert city.ticket(complaint.number).place == "老粮站斜对过"


def test_danger_is_urgent_and_answered_with_whom_to_call(city: City, phone: Telephone) -> None:
    answers = phone.say("香溪路井盖被偷了，老人差点掉下去")
    assert any("119" in answer for answer in answers)
    assert city.ticket(phone.complaints()[0].number).urgency is Urgency.URGENT


@pytest.mark.parametrize(
    "text",
    [
        "香溪路灯坏了😀",
        "香溪路\u202e灯坏了",
        "香溪路灯坏了" + "很" * 30_000,
        "=HYPERLINK(1) 香溪路<b>",
        "Lamp broken at 香溪路",
    ],
)
def test_odd_texts_lose_nothing(city: City, phone: Telephone, text: str) -> None:
    assert len(phone.say(text)) == 1
    assert len(phone.complaints()) == 1


def test_a_number_from_abroad(city: City, app: Flask) -> None:
    assert len(Telephone(app, city, "+85221234567").say(LAMP)) == 1


@pytest.mark.parametrize("sender", ["ALIPAY", "10086", "whatsapp:+8613800005678", "\u202e"])
def test_who_cannot_be_answered_is_written_down(city: City, app: Flask, sender: str) -> None:
    phone = Telephone(app, city, sender)
    assert phone.text("您的验证码是1234").status_code in (200, 422)
    assert (count(city, Complaint), count(city, Citizen)) == (0, 0)


# ---- pictures


def media(*urls: str) -> dict[str, str]:
    return {"NumMedia": str(len(urls))} | {f"MediaUrl{place}": url for place, url in enumerate(urls)}


def test_pictures_wait_at_the_carrier(city: City, phone: Telephone) -> None:
    phone.say(LAMP, **media("https://api.twilio.com/1", "https://api.twilio.com/2", "http://elsewhere/3"))
    rows = city.rows(sa.select(Attachment).order_by(Attachment.id))
    assert [(row.remote_url, row.next_try_at) for row in rows] == [
        ("https://api.twilio.com/1", city.now),
        ("https://api.twilio.com/2", city.now),
    ]


def test_a_picture_alone_asks_for_words_and_takes_them(city: City, phone: Telephone) -> None:
    _, question = phone.say("", **media("https://api.twilio.com/1"))
    assert "请用一两句话写明" in question
    (answer,) = phone.say("路灯不亮，在香溪路")
    (complaint,) = phone.complaints()
    ticket = city.ticket(complaint.number)
    assert "补充已记入" in answer
    assert (ticket.matter, ticket.place) == ("路灯不亮，在香溪路", "香溪路")


def test_a_picture_alone_belongs_to_the_open_matter(city: City, phone: Telephone) -> None:
    phone.say(LAMP)
    (answer,) = phone.say("", **media("https://api.twilio.com/1"))
    assert "补充已记入" in answer
    assert (len(phone.complaints()), count(city, Attachment)) == (1, 1)


def test_an_empty_text_is_helped(city: City, phone: Telephone) -> None:
    assert "请用一两句话写明" in phone.say("")[0]
    assert "直接回复问题和地点" in phone.say("你好")[0]
    assert count(city, Complaint) == 0


# ---- receipts


def test_a_receipt_only_moves_forward(city: City, phone: Telephone) -> None:
    phone.say(LAMP)
    (token,) = city.rows(sa.select(Message.token).where(Message.direction == "out"))

    def receipt(status: str, token: str = token) -> int:
        fields = {"MessageSid": "SM9", "MessageStatus": status}
        return phone.call(f"/twilio/status/{token}", fields).status_code

    assert receipt("delivered") == 204
    assert receipt("sent") == 204
    state = sa.select(Message.state).where(Message.token == token)
    assert city.scalar(state) is MessageState.DELIVERED
    assert receipt("delivered", "unknown") == 204
    assert phone.call(f"/twilio/status/{token}", {"MessageStatus": "failed"}, token="other").status_code == 403


def test_the_number_of_the_tests_is_nowhere_readable(city: City, phone: Telephone) -> None:
    phone.say(LAMP)
    with city.office.session() as session:
        for table in ("message", "citizen", "complaint", "event", "ticket"):
            dump = session.execute(sa.text(f"SELECT coalesce(string_agg({table}::text, ' '), '') FROM {table}"))
            assert PHONE.removeprefix("+86") not in dump.scalar_one(), table
