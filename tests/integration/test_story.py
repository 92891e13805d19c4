"""From a citizen's words to a closed ticket, through the services, with the clock turned by hand."""

from __future__ import annotations

from hotline.domain.workflow import State
from hotline.models import DeadlineKind
from hotline.services import surveying
from tests.city import City


def test_a_lamp_is_reported_repaired_answered_and_closed(city: City) -> None:
    number = city.replied()
    ticket = city.ticket(number)
    assert ticket.state is State.CLOSED, "without any contact nothing is left to wait for"
    assert city.steps(number) == ["receive", "accept", "assign", "sign", "submit", "approve", "reply", "close"]
    for kind in (DeadlineKind.HANDLE, DeadlineKind.REPLY, DeadlineKind.CLOSE):
        (deadline,) = city.deadlines(number, kind)
        assert deadline.met_at == city.now
        assert deadline.void_at is None
    assert surveying
