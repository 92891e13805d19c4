"""Erasure against what happens at the same moment: no word comes after the person is gone, no number is lost."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from hotline.domain.actors import SYSTEM, Actor
from hotline.domain.errors import HotlineError
from hotline.models import Addition, Channel, Citizen, Complaint, Event, Ticket
from hotline.services import accepting, citizens, erasing, receiving, replying, reworking, surveying
from hotline.services.forgetting import GONE
from hotline.services.work import Work
from tests.city import City
from tests.races.hands import Deed, at_once

PHONE = "+8613912345678"


def ended(city: City) -> str:
    number = city.receive(text="我叫张伟，门前路灯不亮", name="张伟", phone=PHONE).number
    with city.work("olga") as work:
        accepting.decline(work, number, "属供电公司职责", "95598")
    return number


def erase(number: str) -> Deed:
    def deed(work: Work) -> None:
        complaint = citizens.find_complaint(work, number)
        assert complaint is not None
        erasing.erase_on_request(work, complaint, citizens.ticket_of(work, complaint))

    return deed


def add(number: str) -> Deed:
    def deed(work: Work) -> None:
        complaint = citizens.find_complaint(work, number)
        assert complaint is not None
        citizens.add(work, complaint, citizens.ticket_of(work, complaint), "我是张伟，还没修", Channel.WEB)

    return deed


@pytest.mark.parametrize("state", ["open", "ended", "replied"])
def test_an_addition_comes_before_the_erasure_or_not_at_all(city: City, state: str) -> None:
    made = {
        "open": lambda: city.accepted(text="我叫张伟，门前路灯不亮", name="张伟", phone=PHONE),
        "ended": lambda: ended(city),
        "replied": lambda: city.replied(text="我叫张伟，门前路灯不亮", name="张伟", phone=PHONE),
    }
    number = made[state]()
    at_once(city, [("citizen", erase(number)), ("citizen", add(number))] * 3)
    complaint = city.rows(sa.select(Complaint))[0]
    words = city.rows(sa.select(Addition.text))
    if complaint.erased_at is None:
        assert state != "ended"
        assert GONE not in words
    else:
        assert set(words) <= {GONE}


def test_eight_passes_at_once_erase_each_person_once(city: City) -> None:
    numbers = [ended(city) for _ in range(6)]
    city.turn(days=1100)
    at_once(city, [(SYSTEM, lambda work: erasing.erase_due(work, 2))] * 8)
    with city.work(SYSTEM) as work:
        while erasing.erase_due(work):
            pass
    told = city.rows(sa.select(Event.data["complaint"].astext).where(Event.step == erasing.ERASED))
    assert sorted(told) == sorted(numbers)
    assert city.rows(sa.select(Ticket).where(Ticket.erased_at.is_(None))) == []


def test_a_complaint_that_comes_in_during_the_erasure_keeps_its_number(city: City) -> None:
    ended(city)
    city.turn(days=1100)

    def complain(work: Work) -> None:
        receiving.receive(
            work, receiving.Intake(text="大桥路下水道堵塞", channel=Channel.WEB, name="张伟", phone=PHONE)
        )

    results = at_once(city, [("citizen", complain), (SYSTEM, erasing.erase_due), ("citizen", complain)])
    assert not [each for each in results if isinstance(each, HotlineError)]
    living = city.rows(sa.select(Citizen).join(Complaint, Complaint.citizen_id == Citizen.id).distinct())
    assert len(living) == 1
    assert city.office.vault.open(living[0].phone_sealed) == PHONE
    assert living[0].phone_print == city.office.vault.fingerprint(PHONE)


def test_a_rework_keeps_the_person_or_comes_too_late_for_that(city: City) -> None:
    number = city.replied(text="我叫张伟，门前路灯不亮", name="张伟", phone=PHONE)
    with city.work("olga") as work:
        replying.log_call(work, number, number, "已告知")
    with city.work("olga") as work:
        surveying.log(work, number, number, solved=True, score=5, comment="")
    assert city.ticket(number).ended_at is not None
    city.turn(days=1100)
    deeds: list[tuple[str | Actor, Deed]] = [
        ("sven", lambda work: reworking.rework(work, number, "仍有两盏不亮")),
        (SYSTEM, erasing.erase_due),
    ]
    at_once(city, deeds)
    steps, complaint = city.steps(number), city.rows(sa.select(Complaint))[0]
    if complaint.erased_at is None:
        assert "rework" in steps
    elif "rework" in steps:
        assert steps.index(erasing.ERASED) < steps.index("rework"), "an open matter is not erased"
