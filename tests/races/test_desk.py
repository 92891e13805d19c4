"""Two hands at one desk: one call for one operator, one key pressed by two dispatchers, one form sent twice."""

from __future__ import annotations

import itertools

import sqlalchemy as sa

from hotline.domain.errors import Stale
from hotline.models import Assignment, Channel, Complaint, Event, Missed, OutCall, Part, Ticket
from hotline.services import assigning, callers, phoning, taking_down
from hotline.services.phoning import Which
from hotline.services.receiving import Intake
from tests.city import City
from tests.integration.test_call_list import unanswered
from tests.races.hands import at_once, doing, done, refused

PHONE = "+8613800005678"
CENTRE = ("olga", "otto")


def test_two_operators_are_led_to_two_calls(city: City) -> None:
    numbers = {unanswered(city), unanswered(city)}
    results = at_once(city, [(who, doing(phoning.next_call, Which.ANSWERS)) for who in CENTRE])
    assert set(results) == numbers


def test_one_call_is_made_by_one_operator(city: City) -> None:
    unanswered(city)
    results = at_once(city, [(who, doing(phoning.next_call, Which.ANSWERS)) for who in CENTRE])
    assert sum(result is None for result in results) == 1
    assert len(city.rows(sa.select(OutCall))) == 1


def test_tries_written_down_at_once_are_both_counted(city: City) -> None:
    number = unanswered(city)
    at_once(city, [(who, doing(phoning.missed, number, Missed.NO_ANSWER, Which.ANSWERS)) for who in CENTRE])
    assert city.rows(sa.select(OutCall))[0].tries == 2


def test_one_key_pressed_by_two_dispatchers_assigns_once(city: City) -> None:
    number = city.accepted()
    version, units = city.ticket(number).version, [city.unit_id(key) for key in ("lamps", "parks")]
    results = at_once(
        city,
        [
            (who, doing(assigning.assign, number, unit, version=version))
            for who, unit in zip(("dora", "sven"), units, strict=True)
        ],
    )
    assert len(done(results)) == 1 and isinstance(refused(results)[0], Stale)
    assert len(city.rows(sa.select(Assignment).where(Assignment.part == Part.LEAD))) == 1


def test_a_call_sent_twice_at_once_is_one_ticket(city: City) -> None:
    intake = Intake(text="香溪路路灯不亮", channel=Channel.PHONE, phone=PHONE, idempotency_key="desk:1:x")
    results = at_once(city, [("olga", doing(taking_down.accept, intake)) for _ in range(2)])
    assert len(done(results)) == 2
    assert len(city.rows(sa.select(Ticket))) == len(city.rows(sa.select(Complaint))) == 1


def test_a_caller_urges_once_whoever_takes_the_call(city: City) -> None:
    number = city.handling(phone=PHONE)
    results = at_once(city, [(who, doing(callers.urge, PHONE, number)) for who in CENTRE])
    assert len(done(results)) == 1
    assert len(city.rows(sa.select(Event).where(Event.step == "urge"))) == city.ticket(number).urgings == 1


def test_the_same_caller_joining_twice_is_on_the_matter_once(city: City) -> None:
    number = city.accepted()
    intakes = (
        Intake(text=f"香溪路路灯不亮，{words}", channel=Channel.PHONE, phone=PHONE, idempotency_key=f"desk:{words}")
        for words in itertools.islice(("还没修", "又坏了"), 2)
    )
    results = at_once(
        city, [(who, doing(taking_down.join, intake, number)) for who, intake in zip(CENTRE, intakes, strict=True)]
    )
    assert len(done(results)) == 2 and city.ticket(number).heat == 2
