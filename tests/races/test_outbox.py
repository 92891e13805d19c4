"""Several senders at once: one sending for each text. A sender that dies is found; nothing is lost with Redis."""

from __future__ import annotations

import threading
import time
from collections import Counter
from datetime import UTC, datetime

import sqlalchemy as sa
from redis import Redis

from hotline.bell import RqBell, SilentBell
from hotline.carriers.base import Fate, Receipt, Sent
from hotline.models import Complaint, Message, MessageState
from hotline.services import delivering, messaging
from tests.carrier import PHONE, TRIAL_PHONE, Scripted
from tests.city import City
from tests.clockwork import started, wait_until
from tests.races.hands import together
from workers import batches
from workers.shift import Shift


def test_eight_senders_send_each_text_once(city: City) -> None:
    for _ in range(120):
        city.receive(phone=PHONE)
    handed: Counter[str] = Counter()
    lock = threading.Lock()

    def script(to: str, body: str, token: str) -> Sent:
        time.sleep(0.002)
        with lock:
            handed[token] += 1
        return Sent(f"SM{token}")

    city.office.carrier = Scripted(script, at_once=3)
    shift = Shift(city.office, Redis(), SilentBell(), None, clock=lambda: city.now)

    def work() -> None:
        while batches.deliver(shift):
            pass

    together(*[work] * 8)
    assert len(handed) == 120
    assert set(handed.values()) == {1}
    assert {row.state for row in city.rows(sa.select(Message))} == {MessageState.SENT}


def test_receipt_and_writing_down_at_the_same_moment(city: City) -> None:
    for _ in range(10):
        number = city.replied(phone=PHONE)
        with city.work() as work:
            parcels = [each for each in delivering.claim(work, None) if each.answers]
        (parcel,) = parcels

        def write_down(outcome: delivering.Outcome = delivering.Outcome(parcel, Sent(f"SM{parcel.id}"))) -> None:  # noqa: B008
            with city.work() as work:
                delivering.write_down_answer(work, outcome)

        def receipt(token: str = parcel.token) -> None:
            with city.work() as work:
                delivering.receipt(work, Receipt(Fate.DELIVERED, token))

        together(write_down, receipt, receipt)
        message = city.rows(sa.select(Message).where(Message.id == parcel.id))[0]
        assert (message.state, message.carrier_sid) == (MessageState.DELIVERED, f"SM{parcel.id}")
        complaint = city.rows(sa.select(Complaint).where(Complaint.number == number))[0]
        assert complaint.reached_at == city.now


def test_the_same_notice_by_eight_is_one_text(city: City) -> None:
    number = city.handling()
    ticket = city.ticket(number)

    def tell() -> None:
        with city.work() as work:
            unit = city.unit_id("lamps")
            messaging.tell_unit(work, ticket, unit, "unit_urged", dedupe_key=f"urged:{ticket.id}")

    together(*[tell] * 8)
    assert city.scalar(sa.select(sa.func.count()).where(Message.purpose == "unit_urged")) == 1


def test_a_worker_sends_as_soon_as_the_bell_rings_and_finds_what_redis_has_lost(
    city: City, redis: Redis, redis_url: str
) -> None:
    def waiting() -> int:
        return int(city.scalar(sa.select(sa.func.count()).where(Message.state != MessageState.DELIVERED)))

    bell = RqBell(redis)
    city.now = datetime.now(UTC)
    with started(city, redis_url):
        city.receive(phone=TRIAL_PHONE)
        bell.ring(["deliver"])
        wait_until(lambda: waiting() == 0)
        city.receive(phone=TRIAL_PHONE)
        bell.ring(["deliver"])
        wait_until(lambda: waiting() == 0)
        city.receive(phone=TRIAL_PHONE)
        bell.ring(["deliver"])
        redis.flushall()
        bell.ring(["deliver"])
        wait_until(lambda: waiting() == 0)
