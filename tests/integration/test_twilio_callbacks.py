"""Twilio's webhooks as it documents them: the fields of a text, receipts in any order, behind any proxy."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import permutations

import pytest
import sqlalchemy as sa

from hotline.domain.texts import segments
from hotline.models import Attachment, Citizen, Complaint, Message, MessageState
from hotline.services import calling
from tests.carrier import Scripted, deliver, texts, the_answer
from tests.citizen import PHONE, Telephone, count, make_app
from tests.city import City

#: twilio.com/docs/messaging/guides/webhook-request: all of them, with what a Chinese telephone brings.
DOCUMENTED = {
    "MessageSid": "SM" + "a" * 32,
    "SmsSid": "SM" + "a" * 32,
    "SmsMessageSid": "SM" + "a" * 32,
    "AccountSid": "AC" + "0" * 32,
    "MessagingServiceSid": "MG" + "1" * 32,
    "From": PHONE,
    "To": "+8655112319",
    "Body": "香溪路与大桥路口，路灯不亮三天了 😀",
    "NumMedia": "1",
    "NumSegments": "1",
    "MediaContentType0": "image/jpeg",
    "MediaUrl0": f"https://api.twilio.com/2010-04-01/Accounts/AC{'0' * 32}/Messages/MM{'a' * 32}/Media/ME{'a' * 32}",
    "FromCity": "",
    "FromState": "",
    "FromZip": "",
    "FromCountry": "CN",
    "ToCity": "",
    "ToState": "",
    "ToZip": "",
    "ToCountry": "CN",
    "SmsStatus": "received",
    "ApiVersion": "2010-04-01",
}


class TestAText:
    def test_with_all_documented_fields(self, city: City, phone: Telephone) -> None:
        assert phone.call("/twilio/sms", DOCUMENTED).status_code == 200
        (complaint,) = phone.complaints()
        assert complaint.text == "香溪路与大桥路口，路灯不亮三天了 😀"
        assert city.rows(sa.select(Attachment.remote_url)) == [DOCUMENTED["MediaUrl0"]]

    def test_of_the_greatest_length_in_ucs_2(self, city: City, phone: Telephone) -> None:
        body = ("香溪路灯不亮" * 300)[:1600]
        assert phone.call("/twilio/sms", DOCUMENTED | {"Body": body, "NumSegments": "24"}).status_code == 200
        (complaint,) = phone.complaints()
        (heard,) = city.rows(sa.select(Message).where(Message.direction == "in"))
        assert complaint.text == body
        assert heard.segments == segments(body) == 24

    @pytest.mark.parametrize(
        ("word", "opted_out"), [("STOP", True), ("stop", True), ("START", False), ("HELP", None), ("", None)]
    )
    def test_that_twilio_has_understood_is_not_answered(
        self, city: City, phone: Telephone, word: str, opted_out: bool | None
    ) -> None:
        """With advanced opt-out it tells so in `OptOutType`, whatever the city has made its word."""
        phone.say("香溪路与大桥路口路灯不亮")
        answers = phone.say("够了够了", OptOutType=word)
        if word:
            assert answers == []
        (at,) = city.rows(sa.select(Citizen.opted_out_at))
        assert at == (city.now if opted_out else None)

    @pytest.mark.parametrize(
        "media", [{"NumMedia": "x"}, {"NumMedia": "3"}, {"NumMedia": "-1"}, {"MediaUrl0": "file:///x"}]
    )
    def test_with_odd_media_is_taken_without_them(self, city: City, phone: Telephone, media: Mapping[str, str]) -> None:
        fields = {name: value for name, value in DOCUMENTED.items() if name != "MediaUrl0"} | dict(media)
        assert phone.call("/twilio/sms", fields).status_code == 200
        assert (count(city), count(city, Attachment)) == (1, 0)


class TestTheSignature:
    @pytest.mark.parametrize(
        "site",
        [
            "https://12319.example.gov.cn",
            "https://12319.example.gov.cn:8443",
            "http://10.0.0.7:8319",
            "https://例子.中国",
        ],
    )
    @pytest.mark.parametrize(
        "headers",
        [
            {},
            {"Host": "127.0.0.1:8319"},
            {"Host": "web", "X-Forwarded-Proto": "http", "X-Forwarded-Host": "inner:8080", "X-Forwarded-Port": "8080"},
        ],
    )
    def test_is_of_the_public_address_whatever_a_proxy_makes_of_it(
        self, city: City, site: str, headers: dict[str, str]
    ) -> None:
        city.office.site = site
        phone = Telephone(make_app(city), city)
        signature = phone.signature("/twilio/sms?from=gateway", DOCUMENTED)
        response = phone.client.post(
            "/twilio/sms?from=gateway", data=DOCUMENTED, headers={**headers, "X-Twilio-Signature": signature}
        )
        assert response.status_code == 200
        assert count(city) == 1

    def test_of_another_query_is_none(self, phone: Telephone) -> None:
        signature = phone.signature("/twilio/sms", DOCUMENTED)
        response = phone.client.post(
            "/twilio/sms?from=elsewhere", data=DOCUMENTED, headers={"X-Twilio-Signature": signature}
        )
        assert response.status_code == 403


class TestReceipts:
    def status(self, phone: Telephone, message: Message, status: str, error: str = "") -> int:
        fields = {
            "MessageSid": "SM" + "b" * 32,
            "MessageStatus": status,
            "AccountSid": "AC" + "0" * 32,
            "ApiVersion": "2010-04-01",
        }
        fields |= {"ErrorCode": error} if error else {}
        return phone.call(f"/twilio/status/{message.token}", fields).status_code

    @pytest.mark.parametrize("order", list(permutations(["queued", "sent", "delivered"])))
    def test_come_in_any_order_and_twice(self, city: City, phone: Telephone, order: tuple[str, ...]) -> None:
        phone.say("香溪路与大桥路口路灯不亮")
        (message,) = texts(city, "received")
        for status in [*order, *order]:
            assert self.status(phone, message, status) == 204
        (message,) = texts(city, "received")
        assert (message.state, message.carrier_sid) == (MessageState.DELIVERED, "SM" + "b" * 32)

    @pytest.mark.parametrize("status", ["read", "READ", "Delivered"])
    def test_of_arrival(self, city: City, phone: Telephone, status: str) -> None:
        phone.say("香溪路与大桥路口路灯不亮")
        self.status(phone, texts(city, "received")[0], status)
        assert texts(city, "received")[0].state is MessageState.DELIVERED

    @pytest.mark.parametrize("status", ["accepted", "scheduled", "sending", "partially_delivered", "", "nonsense"])
    def test_of_nothing_yet(self, city: City, phone: Telephone, status: str) -> None:
        phone.say("香溪路与大桥路口路灯不亮")
        assert self.status(phone, texts(city, "received")[0], status) == 204
        assert texts(city, "received")[0].state is MessageState.QUEUED

    @pytest.mark.parametrize(
        ("status", "error"),
        [
            ("undelivered", "30003"),
            ("undelivered", "30006"),
            ("failed", "30008"),
            ("undelivered", ""),
            ("failed", "21610"),
        ],
    )
    def test_of_an_answer_that_will_never_arrive(self, city: City, phone: Telephone, status: str, error: str) -> None:
        number = city.replied(phone=PHONE)
        deliver(city, Scripted())
        make_app(city)  # whose carrier is called back
        for _ in range(2):
            assert self.status(phone, the_answer(city), status, error) == 204
        assert (the_answer(city).state, the_answer(city).error) == (MessageState.FAILED, error or None)
        with city.work("olga") as work:
            (call,) = calling.call_list(work)
        assert (call.ticket_number, call.opted_out) == (number, error == "21610")
        assert len(texts(city, "centre_undelivered")) == 1

    def test_of_a_text_that_is_not_ours(self, phone: Telephone) -> None:
        response = phone.call("/twilio/status/of-another-system", {"MessageSid": "SM1", "MessageStatus": "delivered"})
        assert response.status_code == 204

    def test_never_came(self, city: City, phone: Telephone) -> None:
        city.replied(phone=PHONE)
        deliver(city, Scripted())
        city.turn(hours=25)
        with city.work("olga") as work:
            assert len(calling.call_list(work)) == 1
        assert city.rows(sa.select(Complaint.reached_at)) == [None]


def test_the_same_door_by_its_general_name(city: City, phone: Telephone) -> None:
    assert phone.call("/carriers/twilio/sms", DOCUMENTED).status_code == 200
    assert count(city) == 1


def test_what_is_too_large_for_a_callback_is_refused(phone: Telephone) -> None:
    assert phone.call("/twilio/sms", DOCUMENTED | {"Body": "x" * 3_000_000}).status_code == 413
