"""Somebody on the telephone: Twilio's voice webhooks, signed, and its TwiML read as Twilio reads it."""

from __future__ import annotations

import inspect
import itertools
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit
from xml.etree import ElementTree

import sqlalchemy as sa
from flask import Flask
from twilio.request_validator import RequestValidator
from twilio.twiml.voice_response import Dial, Start, VoiceResponse
from werkzeug.test import TestResponse

from config.wordings.voice import load_script
from hotline.carriers.twilio_voice import TwilioVoice
from hotline.carriers.voice import Switchboard
from hotline.models import Draft, LiveCall, LiveTurn
from hotline.services import transcribing
from tests.city import City

TOKEN = "voice-token-of-the-tests"
PHONE = "+8613800005678"
SEATS = ("+8655112319", "+8655112320")
SCRIPT = load_script()
LAMP = "香溪路和大桥路口的路灯坏了，三天了都不亮"
STORY = (LAMP, "要的，给我回电话", "可以", "对的")

_serial = itertools.count(1)

#: What each element may be told, by the client library itself; and what may stand in it.
KNOWN: Mapping[str, Callable[..., Any]] = {
    "Response": lambda: None,
    "Gather": VoiceResponse.gather,
    "Say": VoiceResponse.say,
    "Dial": VoiceResponse.dial,
    "Number": Dial.number,
    "Hangup": VoiceResponse.hangup,
    "Start": VoiceResponse.start,
    "Recording": Start.recording,
}
INSIDE = {
    "Response": {"Gather", "Say", "Dial", "Hangup", "Start"},
    "Gather": {"Say"},
    "Dial": {"Number"},
    "Start": {"Recording"},
}


def connect(city: City, seats: tuple[str, ...] = SEATS) -> None:
    """Calls come by Twilio from now on."""
    carrier = TwilioVoice(auth_token=TOKEN, site=city.office.site, hints=SCRIPT.hints, records=SCRIPT.records)
    city.office.switchboard = Switchboard(SCRIPT, seats, carrier)


def read_twiml(text: str) -> ElementTree.Element:
    """TwiML that Twilio would take: known elements in their places, with known attributes."""
    root = ElementTree.fromstring(text)
    for parent in root.iter():
        known = {_camel(name) for name in inspect.signature(KNOWN[parent.tag]).parameters}
        assert set(parent.attrib) <= known, parent.attrib
        assert {child.tag for child in parent} <= INSIDE.get(parent.tag, set()), parent.tag
    return root


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word.title() for word in rest)


class Caller:
    """One call, from the ringing to the hanging up. `heard` is what was said last, `next` where it goes on."""

    def __init__(self, app: Flask, city: City, phone: str = PHONE, sid: str = "") -> None:
        self.client, self.city, self.phone = app.test_client(), city, phone
        self.sid = sid or f"CA{next(_serial):032x}"
        self.heard, self.next = "", ""
        self.twiml = ElementTree.Element("Response")

    def post(self, path: str, *, token: str = TOKEN, **fields: str) -> TestResponse:
        """A callback as Twilio sends it."""
        form = {"CallSid": self.sid, "AccountSid": "AC" + "0" * 32, "From": self.phone, "To": SEATS[0]} | fields
        form = {name: value for name, value in form.items() if value is not None}
        signature = RequestValidator(token).compute_signature(self.city.office.site + path, form)
        return self.client.post(path, data=form, headers={"X-Twilio-Signature": signature})

    def hear(self, path: str, **fields: str) -> str:
        """A callback that waits for an answer; what is said."""
        response = self.post(path, **fields)
        assert (response.status_code, response.content_type) == (200, "text/xml; charset=utf-8"), response.text
        self.twiml = read_twiml(response.text)
        self.heard = "".join(say.text or "" for say in self.twiml.iter("Say"))
        gather = self.twiml.find("Gather")
        self.next = urlsplit(gather.attrib["action"]).path if gather is not None else ""
        return self.heard

    def ring(self) -> str:
        return self.hear("/voice/twilio/answer", CallStatus="ringing", Direction="inbound")

    def say(self, text: str, **fields: str) -> str:
        """The next turn."""
        return self.hear(self.next, **({"SpeechResult": text, "Confidence": "0.91"} | fields))

    def press(self, keys: str) -> str:
        return self.hear(self.next, Digits=keys)

    def begin(self, text: str, sequence: int = 0) -> int:
        """Words of the next turn that is not finished yet."""
        path = self.next.replace("/turns/", "/partial/")
        return self.post(path, UnstableSpeechResult=text, SequenceNumber=str(sequence)).status_code

    def hang_up(self, status: str = "completed") -> int:
        return self.post("/voice/twilio/status", CallStatus=status).status_code

    def dialled(self, status: str) -> str:
        return self.hear("/voice/twilio/dialled", DialCallStatus=status)

    @property
    def is_handed_over(self) -> bool:
        return self.twiml.find("Dial") is not None

    @property
    def is_over(self) -> bool:
        return self.twiml.find("Hangup") is not None


def live(city: City) -> list[LiveCall]:
    return city.rows(sa.select(LiveCall).order_by(LiveCall.id))


def turns(city: City) -> list[LiveTurn]:
    return city.rows(sa.select(LiveTurn).order_by(LiveTurn.call_id, LiveTurn.number))


def drafts(city: City) -> list[Draft]:
    return city.rows(sa.select(Draft).order_by(Draft.id))


def words(city: City, draft: Draft) -> list[tuple[str, str]]:
    """The draft's turns: who, what."""
    with city.work("olga") as work:
        return [(turn["speaker"], turn["text"]) for turn in transcribing.read_content(work, draft)["turns"]]


def told(city: City, draft: Draft) -> list[str]:
    """What the caller said."""
    return [text for speaker, text in words(city, draft) if speaker == "citizen"]
