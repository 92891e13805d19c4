"""Twilio: its own client, over real HTTP, against a server that speaks its published interface."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from time import sleep

import pytest
import sqlalchemy as sa
from PIL import Image
from redis import Redis

from hotline.bell import SilentBell
from hotline.carriers import twilio
from hotline.carriers.base import CarrierError
from hotline.carriers.twilio import LARGEST, TwilioCarrier
from hotline.models import Attachment, Channel, Message, MessageState
from hotline.services import attaching, fetching
from hotline.services.delivering import BACK_OFF
from tests.carrier import Scripted, deliver, texts
from tests.city import City
from tests.twilio_server import Answer, ToServer, TwilioServer, running
from tests.twilio_spec import PATH, Spec
from workers import batches
from workers.shift import Shift

ACCOUNT, TOKEN = "AC" + "0" * 32, "secret-token"
SERVICE = "MG" + "1" * 32
PICTURE = "ME" + "1" * 32
MEDIA = f"https://api.twilio.com/2010-04-01/Accounts/{ACCOUNT}/Messages/MM{'1' * 32}/Media/{PICTURE}"
CDN = f"https://mms.twiliocdn.com/{ACCOUNT}/{PICTURE}"

pytestmark = pytest.mark.skipif(not PATH.exists(), reason="Twilio's specification is not beside the project")


@pytest.fixture
def server() -> Iterator[TwilioServer]:
    with running(TwilioServer(Spec())) as server:
        yield server
    assert server.faults == [], "what we send and what it answers is as Twilio has published it"


def carrier_to(server: TwilioServer, **more: str | None) -> TwilioCarrier:
    values = {"from_number": "+8655112319", "messaging_service_sid": None, **more}
    carrier = TwilioCarrier(account_sid=ACCOUNT, auth_token=TOKEN, site="https://12319.example", **values)
    carrier.session.mount("https://", ToServer(server.port))
    return carrier


@pytest.fixture
def carrier(server: TwilioServer) -> Iterator[TwilioCarrier]:
    carrier = carrier_to(server)
    yield carrier
    carrier.session.close()


def picture() -> bytes:
    out = BytesIO()
    Image.new("RGB", (40, 30), "orange").save(out, "JPEG")
    return out.getvalue()


def too_late() -> Answer:
    """After the client has given up."""
    sleep(0.6)
    return Answer(503)


class TestSending:
    def test_says_to_whom_what_and_where_the_receipt_goes(self, server: TwilioServer, carrier: TwilioCarrier) -> None:
        sent = carrier.send("+8613812345678", "【12319】已受理。😀", "our-token", "received", {})
        assert sent.sid == f"SM{1:032x}"
        assert not sent.delivered, "that is for the receipt to say"
        (asked,) = server.asked
        assert asked.path == f"/2010-04-01/Accounts/{ACCOUNT}/Messages.json"
        assert asked.user == f"{ACCOUNT}:{TOKEN}"
        assert asked.form == {
            "To": "+8613812345678",
            "From": "+8655112319",
            "Body": "【12319】已受理。😀",
            "StatusCallback": "https://12319.example/twilio/status/our-token",
        }

    def test_by_a_messaging_service(self, server: TwilioServer) -> None:
        carrier = carrier_to(server, messaging_service_sid=SERVICE, from_number=None)
        carrier.send("+8613812345678", "好", "t", "received", {})
        carrier.session.close()
        assert server.asked[0].form["MessagingServiceSid"] == SERVICE
        assert "From" not in server.asked[0].form

    def test_a_units_number_as_people_write_it(self, server: TwilioServer, carrier: TwilioCarrier) -> None:
        carrier.send("0551-6300 2101", "催办", "t", "received", {})
        assert server.asked[0].form["To"] == "+8655163002101"

    @pytest.mark.parametrize(
        ("status", "code", "final"),
        [
            (400, 21211, True),  # no such number
            (400, 21610, True),  # unsubscribed
            (400, 21614, True),  # not a mobile
            (429, 20429, False),  # too many at once
            (500, 20500, False),
            (503, None, False),
            (401, 20003, False),  # a wrong password is mended by the administrator, not by dropping texts
            (400, 21606, False),  # our own number is not set up
        ],
    )
    def test_refused(
        self, server: TwilioServer, carrier: TwilioCarrier, status: int, code: int | None, final: bool
    ) -> None:
        server.refuse(status, code)
        with pytest.raises(CarrierError) as refused:
            carrier.send("+8613812345678", "好", "t", "received", {})
        assert (refused.value.code, refused.value.final) == (str(code or status), final)
        assert "13812345678" not in str(refused.value), "the reason is stored and logged: no number in it"

    @pytest.mark.parametrize(("asked", "seconds"), [("300", 300), ("", 0), ("Wed, 21 Oct 2026 07:28:00 GMT", 0)])
    def test_too_many_at_once_waits_as_long_as_it_asks(
        self, city: City, server: TwilioServer, carrier: TwilioCarrier, asked: str, seconds: int
    ) -> None:
        server.refuse(429, 20429, **{"Retry-After": asked})
        city.office.carrier = carrier
        city.receive(phone="+8613812345678")
        deliver(city)
        (message,) = texts(city, "received")
        assert message.next_at == city.now + max(timedelta(seconds=seconds), BACK_OFF[0])
        server.answers.clear()
        city.now = message.next_at
        deliver(city)
        assert texts(city, "received")[0].state is MessageState.SENT

    def test_no_word_for_too_long_is_tried_again(self, server: TwilioServer, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(twilio, "PATIENCE", 0.2)
        carrier = carrier_to(server)
        server.answers = [("Messages.json", lambda _: too_late())]
        with pytest.raises(CarrierError) as failed:
            carrier.send("+8613812345678", "好", "t", "received", {})
        server.answers = [(f"/{PICTURE}", lambda _: too_late())]
        with pytest.raises(CarrierError) as unfetched:
            carrier.fetch(MEDIA)
        carrier.session.close()
        assert (failed.value.code, failed.value.final) == ("no_connection", False)
        assert (unfetched.value.code, unfetched.value.final) == ("no_connection", False)

    def test_taken_and_refused_in_one_answer(self, server: TwilioServer, carrier: TwilioCarrier) -> None:
        said = server.spec.example("create") | {"status": "failed", "error_code": 21610}
        assert server.spec.faults_of_answer(said) == []
        server.answers = [("Messages.json", lambda _: Answer(201, json.dumps(said).encode()))]
        with pytest.raises(CarrierError) as refused:
            carrier.send("+8613812345678", "好", "t", "received", {})
        assert refused.value.final and refused.value.unsubscribed

    def test_nobody_answers(self, server: TwilioServer) -> None:
        carrier = carrier_to(server)
        carrier.session.mount("https://", ToServer(1))
        with pytest.raises(CarrierError) as failed:
            carrier.send("+8613812345678", "好", "t", "received", {})
        carrier.session.close()
        assert (failed.value.code, failed.value.final) == ("no_connection", False)

    def test_a_number_that_is_none(self, carrier: TwilioCarrier) -> None:
        with pytest.raises(CarrierError) as refused:
            carrier.send("值班室", "好", "t", "received", {})
        assert refused.value.final


def test_the_server_of_these_tests_sees_what_is_wrong(server: TwilioServer) -> None:
    path = f"/2010-04-01/Accounts/{ACCOUNT}/Messages.json"
    good = {"To": "+8613812345678", "MessagingServiceSid": SERVICE, "Body": "好"}
    user = f"{ACCOUNT}:{TOKEN}"
    faults = server.spec.faults_of_creating
    assert faults(path, user, good) == []
    assert faults(path, f"{ACCOUNT}:guessed", good)
    assert faults(path.replace("AC0", "XX0"), user, good)
    for wrong in ({"To": "0551 6300"}, {"MessagingServiceSid": "MG1"}, {"Bodi": "好"}, {"StatusCallback": "/status"}):
        assert faults(path, user, good | wrong), wrong
    assert faults(path, user, {"Body": "好"})
    assert server.spec.faults_of_answer(server.spec.example("create") | {"status": "lost"})


class TestFetching:
    def test_follows_to_where_the_picture_lies_without_telling_our_password(
        self, server: TwilioServer, carrier: TwilioCarrier
    ) -> None:
        data = picture()
        server.answers = [
            (f"/Media/{PICTURE}", lambda _: Answer(307, headers={"Location": CDN})),
            (f"{ACCOUNT}/{PICTURE}", lambda _: Answer(200, data, {"Content-Type": "image/jpeg"})),
        ]
        assert carrier.fetch(MEDIA) == (data, "image/jpeg")
        first, second = server.asked
        assert (first.host, first.user) == ("api.twilio.com", f"{ACCOUNT}:{TOKEN}")
        assert (second.host, second.user) == ("mms.twiliocdn.com", None)

    @pytest.mark.parametrize(
        "url",
        [
            "http://api.twilio.com/x",
            "https://169.254.169.254/latest/meta-data",
            "https://localhost/x",
            "https://api.twilio.com.evil.example/x",
            "https://eviltwiliocdn.com/x",
            "https://api.twilio.com:8443/x",
            "https://user@api.twilio.com/x",
            "https://s3-external-1.amazonaws.com/somebody-else/x",
            "file:///etc/passwd",
            "",
        ],
    )
    def test_asks_nobody_else(self, server: TwilioServer, carrier: TwilioCarrier, url: str) -> None:
        with pytest.raises(CarrierError) as refused:
            carrier.fetch(url)
        assert refused.value.final
        server.answers = [
            (f"/Media/{PICTURE}", lambda _: Answer(302, headers={"Location": url or "https://localhost"}))
        ]
        with pytest.raises(CarrierError):
            carrier.fetch(MEDIA)
        assert len(server.asked) == 1, "nor by a redirect"

    def test_does_not_run_in_circles(self, server: TwilioServer, carrier: TwilioCarrier) -> None:
        server.answers = [("", lambda _: Answer(302, headers={"Location": MEDIA}))]
        with pytest.raises(CarrierError, match="太多次"):
            carrier.fetch(MEDIA)

    def test_stops_at_what_a_picture_may_have(self, server: TwilioServer, carrier: TwilioCarrier) -> None:
        server.answers = [(f"/{PICTURE}", lambda _: Answer(200, b"x" * (LARGEST + 1)))]
        with pytest.raises(CarrierError, match="超过"):
            carrier.fetch(MEDIA)

    @pytest.mark.parametrize(("status", "final"), [(404, True), (403, True), (429, False), (502, False)])
    def test_refused(self, server: TwilioServer, carrier: TwilioCarrier, status: int, final: bool) -> None:
        server.answers = [(f"/{PICTURE}", lambda _: Answer(status))]
        with pytest.raises(CarrierError) as refused:
            carrier.fetch(MEDIA)
        assert refused.value.final is final


class TestPicturesOfATextMessage:
    @pytest.fixture
    def wanted(self, city: City) -> int:
        receipt = city.receive(channel=Channel.SMS, phone="+8613812345678")
        with city.work() as work:
            attachment = attaching.remote(work, receipt.complaint_id, MEDIA, "彩信照片")
            assert attachment is not None
            return attachment.id

    def fetch(self, city: City) -> int:
        return batches.fetch(Shift(city.office, Redis(), SilentBell(), None, clock=lambda: city.now))

    def stored(self, city: City) -> Attachment:
        row: Attachment = city.rows(sa.select(Attachment))[0]
        return row

    def test_are_fetched_checked_and_kept(
        self, city: City, server: TwilioServer, carrier: TwilioCarrier, wanted: int
    ) -> None:
        city.office.carrier = carrier
        server.answers = [(f"/{PICTURE}", lambda _: Answer(200, picture(), {"Content-Type": "image/jpeg"}))]
        assert self.fetch(city) == 1
        assert self.fetch(city) == 0
        row = self.stored(city)
        assert (row.media_type, row.next_try_at, row.failure) == ("image/jpeg", None, None)
        assert attaching.place_of(Path(city.office.files), row.digest or "").is_file()

    def test_are_tried_again_when_the_carrier_is_away(
        self, city: City, server: TwilioServer, carrier: TwilioCarrier, wanted: int
    ) -> None:
        city.office.carrier = carrier
        server.answers = [(f"/{PICTURE}", lambda _: Answer(503))]
        for _ in range(fetching.TRIES):
            assert self.fetch(city) == 1
            assert self.fetch(city) == 0
            city.now = self.stored(city).next_try_at or city.now
        row = self.stored(city)
        assert (row.next_try_at, row.tries) == (None, fetching.TRIES)
        assert fetching.GONE in (row.failure or "")

    def test_that_are_none_are_refused_and_the_citizen_is_told(
        self, city: City, server: TwilioServer, carrier: TwilioCarrier, wanted: int
    ) -> None:
        city.office.carrier = carrier
        server.answers = [
            (f"/{PICTURE}", lambda _: Answer(200, b"<svg onload=alert(1)>", {"Content-Type": "image/svg+xml"}))
        ]
        self.fetch(city)
        assert self.stored(city).digest is None
        assert "不是能打开的照片" in (self.stored(city).failure or "")
        assert city.scalar(sa.select(sa.func.count()).where(Message.purpose == "picture_refused")) == 1

    def test_of_a_fetcher_that_died_are_found(self, city: City, wanted: int) -> None:
        city.office.carrier = Scripted()
        with city.work() as work:
            assert len(fetching.claim(work)) == 1
        assert self.fetch(city) == 0
        city.now += fetching.LEASE
        assert self.fetch(city) == 1
