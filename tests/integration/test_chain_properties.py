"""The chain under chance: whoever tries whatever whenever, each attempt succeeds or is refused with a reason, and
after each success everything that the chain promises still holds.
"""

from __future__ import annotations

from random import Random
from typing import Any

import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hotline.models import Deadline, Survey, Ticket
from tests.city import City, at
from tests.integration.chain_invariants import INVARIANTS, Past, read
from tests.integration.chain_moves import Hands

PHONES = ("+8619900000001", "", "+8619900000003")
HOURS = (0, 0.1, 0.2, 0.5, 1, 1, 3, 9, 24, 60)

believable = st.lists(st.sampled_from(HOURS), min_size=25, max_size=45)


@settings(
    max_examples=20,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(seed=st.integers(0, 2**32), waits=believable)
def test_whatever_anybody_tries_the_chain_holds(city: City, seed: int, waits: list[float]) -> None:
    random, past, told = Random(seed), Past(), []
    _leave_alone_what_was_before(city)
    numbers = [_begin(city, random, phone) for phone in PHONES]
    hands = Hands(city, random, numbers)
    for wait in waits:
        city.turn(hours=wait)
        told.append(hands.move())
        if not told[-1].startswith("!"):
            _hold_all(city, numbers, past, told)


def _begin(city: City, random: Random, phone: str) -> str:
    """A ticket somewhere on its way."""
    said: dict[str, Any] = {"phone": phone, "confidential": random.random() < 0.1}
    said["wants_reply"] = random.random() < 0.85
    stage = random.choice(("received", "received", "accepted", "handling", "submitted", "resolved", "replied"))
    return city.receive(**said).number if stage == "received" else getattr(city, stage)(**said)


def _leave_alone_what_was_before(city: City) -> None:
    """The tickets of the examples before this one lie still, and the clock stands where it stood."""
    city.now = at("2026-10-12 09:00")
    with city.office.session() as session:
        session.execute(sa.update(Deadline).values(next_at=None))
        session.execute(sa.update(Survey).values(next_at=None))
        session.execute(sa.update(Ticket).values(paused_until=None))


def _hold_all(city: City, numbers: list[str], past: Past, told: list[str]) -> None:
    with city.work() as work:
        for story in read(work, numbers, past):
            for holds in INVARIANTS:
                try:
                    holds(story)
                except AssertionError as fault:
                    raise AssertionError(f"{holds.__name__} after {told}: {story.ticket.number} {fault}") from fault
