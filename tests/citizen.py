"""A citizen's browser and telephone on a `City`: pages with their forms, texts as Twilio sends them, photos."""

from __future__ import annotations

import html
import itertools
import re
from collections.abc import Mapping
from datetime import timedelta
from io import BytesIO
from typing import Any

import sqlalchemy as sa
from flask import Flask
from PIL import Image
from twilio.request_validator import RequestValidator
from werkzeug.test import TestResponse

from hotline.models import Complaint, Direction, Message
from hotline.web.limits import limiter
from tests import applications
from tests.carrier import Prompt
from tests.city import City

CARRIER_TOKEN = "carrier-token-of-the-tests"
PHONE = "+8613800005678"
LAMP = "香溪路与大桥路口路灯不亮三天了，晚上看不清路。"
WHILE = timedelta(seconds=40)
LAMP_TEXT = "香溪路与大桥路口，路灯不亮三天了"

_serial = itertools.count(1)


def make_app(city: City, *, twilio: bool = True, **more: Any) -> Flask:
    """The application on the city's clock; Twilio calls it, unless texts are to go to the console's page."""
    if twilio:
        city.office.carrier = Prompt(CARRIER_TOKEN, city.office.site)
    make = applications.new if more else applications.lend
    app = make(city, secret_key="test-secret-key-test-secret-key", proxies=1, **more)
    app.testing = False  # faults are answered as in production, so that a 500 is seen as one
    limiter.enabled = True
    limiter.reset()
    return app


def photo(size: tuple[int, int] = (64, 48), kind: str = "JPEG", **more: Any) -> bytes:
    """A picture's bytes."""
    out = BytesIO()
    Image.new("RGB", size, "orange").save(out, kind, **more)
    return out.getvalue()


def file(name: str = "a.jpg", data: bytes | None = None) -> tuple[BytesIO, str]:
    """A file as a form sends it, a photo unless told."""
    return BytesIO(photo() if data is None else data), name


def count(city: City, model: Any = Complaint) -> int:
    """How many of them the city has."""
    return int(city.scalar(sa.select(sa.func.count()).select_from(model)))


class Browser:
    """One citizen's browser, with its cookies and an address of its own."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.client = app.test_client()
        number = next(_serial)
        self.headers = {"X-Forwarded-For": f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"}

    def get(self, path: str) -> TestResponse:
        return self.client.get(path, headers=self.headers)

    def post(self, path: str, data: dict[str, Any] | None = None, *, of: str = "/q", **more: Any) -> TestResponse:
        """Send a form with the token that the page `of` gives."""
        fields = {"csrf_token": field(self.get(of).text, "csrf_token")} | (data or {})
        return self.client.post(path, data=fields, headers=self.headers, **more)

    def form(self, **fields: Any) -> dict[str, Any]:
        """The complaint form as shown a while ago, filled in; `None` leaves a field out.

        Whatever looks like it already is said to be another matter, unless `same` says otherwise.
        """
        page = self._shown_a_while_ago("/complaints/new").text
        filled = {
            "csrf_token": field(page, "csrf_token"),
            "form_key": field(page, "form_key"),
            "text": LAMP,
            "place": "香溪路与大桥路口",
            "identity": "named",
            "phone": "138 0000 5678",
            "name": "王女士",
            "wants_reply": "yes",
            "same": "no",
        } | fields
        return {name: value for name, value in filled.items() if value is not None}

    def _shown_a_while_ago(self, path: str) -> TestResponse:
        """Nobody fills in a form in no time, and the clock of the tests stands still."""
        clock = self.app.config["CLOCK"]
        self.app.config["CLOCK"] = lambda: clock() - WHILE
        try:
            return self.get(path)
        finally:
            self.app.config["CLOCK"] = clock

    def send(self, filled: dict[str, Any]) -> TestResponse:
        """Send a filled form."""
        return self.client.post("/complaints/new", data=filled, headers=self.headers)

    def complain(self, **fields: Any) -> tuple[str, str]:
        """A complaint that must be taken; its number and key from the receipt."""
        response = self.send(self.form(**fields))
        assert response.status_code == 303, response.text
        return receipt(self.get(response.location).text)

    def text_of(self, path: str) -> str:
        """The words of a page, without its markup."""
        response = self.get(path)
        assert response.status_code == 200, response.text
        return words(response.text)


def field(page: str, name: str) -> str:
    """The value of a hidden field."""
    found = re.search(rf'name="{name}"[^>]*value="([^"]*)"', page)
    assert found, name
    return html.unescape(found[1])


def words(page: str) -> str:
    """What a page says."""
    main = page[page.index("<main") : page.index("</main>")]
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]*>", " ", main)))


def receipt(page: str) -> tuple[str, str]:
    """Number and key of a receipt."""
    found = re.search(r"编号</dt><dd>(\d+)</dd>.*?查询码</dt><dd>(\w+)</dd>", page, re.DOTALL)
    assert found, page
    return found[1], found[2]


class Telephone:
    """A telephone whose texts come in by Twilio's webhook, signed, and that reads what is queued for it."""

    def __init__(self, app: Flask, city: City, number: str = PHONE) -> None:
        self.client, self.city, self.number = app.test_client(), city, number

    def text(self, body: str, sid: str = "", **more: str) -> TestResponse:
        """Send a text; the webhook's answer."""
        return self.call("/twilio/sms", self.fields(body, sid, **more))

    def fields(self, body: str, sid: str = "", **more: str) -> dict[str, str]:
        sid = sid or f"SM{next(_serial):032x}"
        return {"MessageSid": sid, "From": self.number, "To": "+8655112319", "Body": body, "NumMedia": "0"} | more

    def call(self, path: str, fields: Mapping[str, str], *, token: str = CARRIER_TOKEN, url: str = "") -> TestResponse:
        """Call a webhook as the carrier does."""
        signature = self.signature(path, fields, token=token, url=url)
        return self.client.post(path, data=fields, headers={"X-Twilio-Signature": signature})

    def signature(self, path: str, fields: Mapping[str, str], *, token: str = CARRIER_TOKEN, url: str = "") -> str:
        """What the carrier signs: the public address and the fields."""
        return str(RequestValidator(token).compute_signature(url or self.city.office.site + path, fields))

    def say(self, body: str, **more: str) -> list[str]:
        """Send a text that must be taken; what is answered, signature left off."""
        before = len(self.inbox())
        response = self.text(body, **more)
        assert response.status_code == 200, response.text
        return [text.removeprefix("【12319】") for text in self.inbox()[before:]]

    def inbox(self) -> list[str]:
        """All texts to this number, oldest first."""
        vault = self.city.office.vault
        query = sa.select(Message).where(
            Message.direction == Direction.OUT, Message.phone_print == vault.fingerprint(self.number)
        )
        return [vault.open(row.body_sealed) for row in self.city.rows(query.order_by(Message.id))]

    def complaints(self) -> list[Complaint]:
        """What this number has complained about."""
        return self.city.rows(sa.select(Complaint).order_by(Complaint.id))
