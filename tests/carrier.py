"""A carrier that does as the test says, a round of the outbox with it, and the texts that came of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import time

import sqlalchemy as sa
from redis import Redis

from hotline.bell import SilentBell
from hotline.carriers.base import Callback, CarrierError, Fate, Forged, Inbound, Receipt, Reply, Sent
from hotline.carriers.twilio import TwilioCarrier
from hotline.models import Complaint, Message
from hotline.services import delivering
from tests.city import City
from workers import batches
from workers.shift import Shift

PHONE = "+8613812345678"
TRIAL_PHONE = "+8619900005678"  # set aside: it gets its texts also where no carrier is connected
Script = Callable[[str, str, str], Sent]


class Scripted:
    """A carrier that answers by a script, and remembers what it was handed."""

    name = "scripted"

    def __init__(self, script: Script | None = None, at_once: int = 1) -> None:
        self.script = script or (lambda to, body, token: Sent(f"SM{token}"))
        self.at_once = at_once
        self.fills_templates = True
        self.handed: list[tuple[str, str, str]] = []

    def send(self, to: str, body: str, token: str, wording: str, fields: Mapping[str, str]) -> Sent:
        self.handed.append((to, body, token))
        return self.script(to, body, token)

    def fetch(self, url: str) -> tuple[bytes, str]:
        raise CarrierError("no_media", "", final=True)

    def verify(self, callback: Callback) -> None:
        raise Forged("")

    def hear(self, callback: Callback) -> Sequence[Inbound]:
        return ()

    def receipts(self, callback: Callback) -> Sequence[Receipt]:
        return ()

    def answer(self, callback: Callback) -> Reply:
        return Reply()


class Prompt(TwilioCarrier):
    """Twilio as far as its callbacks go, signatures and all; what it is handed has arrived at once."""

    at_once = 1

    def __init__(self, token: str, site: str) -> None:
        super().__init__(
            account_sid="AC" + "0" * 32,
            auth_token=token,
            from_number="+8655112319",
            messaging_service_sid=None,
            site=site,
        )

    def send(self, to: str, body: str, token: str, wording: str, fields: Mapping[str, str]) -> Sent:
        return Sent(f"SM{token}", delivered=True)


def refuse(code: str, *, final: bool) -> Script:
    def script(to: str, body: str, token: str) -> Sent:
        raise CarrierError(code, "refused", final=final, unsubscribed=code == "21610")

    return script


def deliver(city: City, carrier: Scripted | None = None, quiet: tuple[time, time] | None = None) -> int:
    """One round of the outbox at the city's time."""
    if carrier is not None:
        city.office.carrier = carrier
    shift = Shift(city.office, Redis(), SilentBell(), quiet, clock=lambda: city.now)
    total = 0
    while done := batches.deliver(shift):
        total += done
    return total


def texts(city: City, purpose: str) -> list[Message]:
    return city.rows(sa.select(Message).where(Message.purpose == purpose).order_by(Message.id))


def the_answer(city: City) -> Message:
    (message,) = texts(city, "answered")
    return message


def receipt(city: City, message: Message, fate: Fate | None, code: str = "", sid: str = "") -> bool:
    said = Receipt(fate, message.token, sid, code, unsubscribed=code == "21610")
    with city.work() as work:
        return delivering.receipt(work, said)


def complaint(city: City) -> Complaint:
    row: Complaint = city.rows(sa.select(Complaint))[0]
    return row
