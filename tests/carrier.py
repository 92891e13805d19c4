"""A carrier that does as the test says, a round of the outbox with it, and the texts that came of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import time

import sqlalchemy as sa
from redis import Redis

from hotline.bell import SilentBell
from hotline.carriers.base import CarrierError, Sent
from hotline.models import Complaint, Message
from hotline.services import delivering
from tests.city import City
from workers import batches
from workers.shift import Shift

PHONE = "+8613812345678"
Script = Callable[[str, str, str], Sent]


class Scripted:
    """A carrier that answers by a script, and remembers what it was handed."""

    name = "scripted"

    def __init__(self, script: Script | None = None, at_once: int = 1) -> None:
        self.script = script or (lambda to, body, token: Sent(f"SM{token}"))
        self.at_once = at_once
        self.handed: list[tuple[str, str, str]] = []

    def send(self, to: str, body: str, token: str) -> Sent:
        self.handed.append((to, body, token))
        return self.script(to, body, token)

    def fetch(self, url: str) -> tuple[bytes, str]:
        raise CarrierError("no_media", "", final=True)


def refuse(code: str, *, final: bool) -> Script:
    def script(to: str, body: str, token: str) -> Sent:
        raise CarrierError(code, "refused", final=final)

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


def receipt(city: City, message: Message, status: str, code: str = "", sid: str = "") -> bool:
    with city.work() as work:
        return delivering.receipt(work, message.token, status, code, sid)


def complaint(city: City) -> Complaint:
    row: Complaint = city.rows(sa.select(Complaint))[0]
    return row
