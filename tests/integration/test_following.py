"""Whatever becomes of the tickets: what a complaint was answered it was answered for ever, and the answer that holds is
the one that its ticket has."""

from __future__ import annotations

from collections import Counter
from random import Random

import sqlalchemy as sa

from hotline.domain.errors import HotlineError
from hotline.models import Complaint, Ticket
from hotline.services import accepting, citizens, following, replying
from hotline.services.following import Answer
from tests.city import City
from tests.status import merge, rework, unmerge

WORLDS, MOVES = 6, 40


def test_what_was_told_stays_told(city: City) -> None:
    random, done = Random(12319), Counter[str]()
    for _ in range(WORLDS):
        numbers = [city.receive(phone=f"+861990000000{n}").number for n in range(4)]
        told = _answers(city, numbers)
        for _ in range(MOVES):
            city.turn(minutes=random.choice((0, 5)))
            done[_move(city, random, numbers)] += 1
            now = _answers(city, numbers)
            for number in numbers:
                assert now[number][: len(told[number])] == told[number]
            told = now
    assert all(done[name] > 2 for name in ("merge", "unmerge", "answer", "rework", "leave")), done


def _move(city: City, random: Random, numbers: list[str]) -> str:
    """One step that may or may not be possible; what was done, or nothing."""
    name = random.choices(("merge", "unmerge", "answer", "rework", "leave"), (8, 6, 8, 5, 1))[0]
    number = random.choice(numbers)
    try:
        match name:
            case "merge":
                merge(city, number, random.choice(numbers))
            case "unmerge":
                unmerge(city, number)
            case "answer":
                _answer(city, random, number)
            case "rework":
                rework(city, number)
            case "leave":
                _leave(city, number)
    except HotlineError:
        return ""
    return name


def _answer(city: City, random: Random, number: str) -> None:
    if city.ticket(number).accepted_at is None:
        with city.work("olga") as work:
            accepting.accept(work, number)
    with city.work("dora") as work:
        if random.random() < 0.05:
            accepting.decline(work, number, "属于小区物业", "小区物业，电话0320-0009999")
        else:
            replying.answer(work, number, f"路灯已修复，第{random.random()}号答复。")


def _leave(city: City, number: str) -> None:
    with city.work("citizen") as work:
        complaint = citizens.find_complaint(work, number)
        assert complaint is not None
        citizens.withdraw(work, complaint, citizens.ticket_of(work, complaint))


def _answers(city: City, numbers: list[str]) -> dict[str, list[Answer]]:
    found: dict[str, list[Answer]] = {}
    with city.work() as work:
        for complaint in work.session.scalars(sa.select(Complaint).where(Complaint.number.in_(numbers))):
            answers = following.answers_to(work, following.past_of(work, complaint))
            holds = following.current(complaint, answers)
            assert (holds is not None) == (complaint.answered_at is not None)
            if holds is not None and complaint.withdrawn_at is None:
                ticket = work.session.get_one(Ticket, complaint.ticket_id)
                assert (holds.ticket_id, holds.round) == (ticket.id, ticket.round)
                assert (holds.text, holds.at) == (ticket.answer, complaint.answered_at)
            found[complaint.number] = answers
    return found
