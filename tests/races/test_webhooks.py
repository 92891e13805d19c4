"""Many at once: every event of eight writers is told once in rows, and each row is sent once."""

from __future__ import annotations

import random
import threading
import time
from collections import Counter

import sqlalchemy as sa
from redis import Redis

from hotline.bell import SilentBell
from hotline.carriers.outside import Answer, Outside
from hotline.domain.actors import SYSTEM
from hotline.models import DeliveryState, Event, Webhook, WebhookDelivery
from hotline.services import accepting, subscribing, telling
from tests.city import City
from tests.listener import listening
from tests.races.hands import together
from workers.outside import Teller
from workers.shift import Shift

EACH = 12  # tickets of one writer


def add(city: City, url: str, name: str = "市政平台") -> int:
    city.office.outside = Outside(trying_out=True)
    with city.work("adam") as work:
        return subscribing.add(work, city.office.outside, name, url, city.unit_id("center"), ())[0].id


def teller_of(city: City) -> Teller:
    return Teller(Shift(city.office, Redis(), SilentBell(), None, clock=lambda: city.now))


def test_every_event_of_eight_writers_is_told_once_however_late_it_is_committed(city: City) -> None:
    webhook_id = add(city, "http://localhost:9/")
    numbers = [[city.receive().number for _ in range(EACH)] for _ in range(8)]
    with city.office.session() as session:  # no margin: only the mark itself may keep an event from being lost
        session.execute(sa.update(Webhook).values(last_event_id=sa.select(sa.func.max(Event.id)).scalar_subquery()))
    begun = city.scalar(sa.select(Webhook.last_event_id))
    writing = threading.Semaphore(0)
    actor, left = city.actor("olga"), [8]

    def write(mine: list[str], seed: int) -> None:
        dice = random.Random(seed)
        for number in mine:
            with city.work(actor) as work:
                accepting.accept(work, number)
                work.session.flush()  # its event has a number now
                time.sleep(dice.random() / 100)
        left[0] -= 1
        writing.release()

    def sweep() -> None:
        seen = None
        while True:
            over = left[0] == 0
            with city.work() as work:
                _, seen = telling.collect(work, seen)
            if over:
                return

    together(*[lambda mine=mine, seed=seed: write(mine, seed) for seed, mine in enumerate(numbers)], sweep, sweep)
    with city.work() as work:
        telling.collect(work)
    events = city.rows(sa.select(Event.id).where(Event.id > begun, Event.step == "accept"))
    rows = city.rows(sa.select(WebhookDelivery.event_id).where(WebhookDelivery.webhook_id == webhook_id))
    assert len(events) == 8 * EACH
    assert sorted(rows) == sorted(events), "each once, none passed over"
    newest = city.scalar(sa.select(sa.func.max(Event.id)))
    assert city.scalar(sa.select(Webhook.last_event_id)) == newest, "the mark has come up to it"


def test_a_mark_that_only_followed_the_newest_would_lose_events(city: City) -> None:
    """What the mark is for: with a transaction open the newest event is above one that is not visible yet."""
    add(city, "http://localhost:9/")
    early, late = city.receive().number, city.receive().number
    with city.work("olga") as slow:
        accepting.accept(slow, early)
        slow.session.flush()
        with city.work("otto") as work:
            accepting.accept(work, late)
        newest = city.scalar(sa.select(sa.func.max(Event.id)))
        hidden = slow.session.scalar(sa.select(sa.func.max(Event.id)).where(Event.actor_name == "王受理"))
        assert hidden is not None and hidden < newest
        with city.work() as work:
            _, seen = telling.collect(work)
        with city.work() as work:
            telling.collect(work, seen)
        assert city.scalar(sa.select(Webhook.last_event_id)) < hidden
    with city.work() as work:
        telling.collect(work, seen)
    assert hidden in city.rows(sa.select(WebhookDelivery.event_id))


def test_two_senders_send_each_row_once(city: City) -> None:
    with listening() as listener:
        add(city, listener.url)
        for _ in range(20):
            city.accepted()
        tellers = [teller_of(city) for _ in range(2)]

        def send(teller: Teller) -> None:
            while teller.tell():
                pass

        together(*[lambda teller=teller: send(teller) for teller in tellers])
        rows = city.rows(sa.select(WebhookDelivery))
        assert {row.state for row in rows} == {DeliveryState.SENT} and {row.tries for row in rows} == {1}
        assert Counter(listener.ids) == Counter(f"event-{row.event_id}" for row in rows)


def test_a_thread_takes_up_what_comes_while_it_is_at_work_and_a_ring_never_waits(city: City) -> None:
    entered, go_on = threading.Event(), threading.Event()
    heard: list[str] = []

    class Slow(Outside):
        def post(self, url: str, headers: object, body: bytes) -> Answer:
            entered.set()
            assert go_on.wait(60)
            heard.append(url)
            return Answer(204)

    add(city, "http://localhost:9/")
    city.office.outside = Slow(trying_out=True)
    teller = teller_of(city)
    city.receive()
    teller.look()
    assert entered.wait(60)
    city.receive()
    teller.look()  # returns at once, although the other is still waiting
    assert not heard
    go_on.set()
    for _ in range(6000):
        with city.office.work(SYSTEM, city.now) as work:
            left = work.session.scalar(
                sa.select(sa.func.count())
                .select_from(Event)
                .where(
                    ~sa.exists().where(
                        WebhookDelivery.event_id == Event.id, WebhookDelivery.state == DeliveryState.SENT
                    )
                )
            )
        if not left:
            break
        time.sleep(0.01)
    assert left == 0 and len(heard) == 2
    for thread in threading.enumerate():
        if thread.name == "tell":
            thread.join(60)
