"""The citizen's side under many hands: one code, one new key, five tries, and nobody's withdrawal is lost."""

from __future__ import annotations

import re

import sqlalchemy as sa

from hotline.domain.workflow import State
from hotline.models import AccessCode, Complaint, Message, Ticket
from hotline.services import citizens, merging, recovering
from hotline.services.work import Work
from tests.city import City
from tests.races.hands import Deed, at_once, done, refused

PHONE = "+8619900000001"


def sent_codes(city: City) -> list[str]:
    texts = city.rows(sa.select(Message).where(Message.purpose == "access_code").order_by(Message.id))
    return re.findall(r"验证码(\d{6})", "".join(city.office.vault.open(row.body_sealed) for row in texts))


def test_eight_ask_for_a_code_and_three_are_sent(city: City) -> None:
    number = city.receive(phone=PHONE).number
    results = at_once(city, [("citizen", lambda work: recovering.send_code(work, number, PHONE))] * 8)
    assert sorted(results) == [False] * 5 + [True] * 3
    assert len(sent_codes(city)) == len(city.rows(sa.select(AccessCode))) == 3


def test_of_two_codes_at_once_only_the_newer_holds(city: City) -> None:
    number = city.receive(phone=PHONE).number
    at_once(city, [("citizen", lambda work: recovering.send_code(work, number, PHONE))] * 2)
    first, second = sent_codes(city)
    rows = city.rows(sa.select(AccessCode).order_by(AccessCode.id))
    assert len(rows) == 2
    if first != second:
        with city.work("citizen") as work:
            assert recovering.renew_key(work, number, first) is None
    with city.work("citizen") as work:
        assert recovering.renew_key(work, number, second) is not None


def test_the_right_code_sent_five_times_at_once_gives_one_key(city: City) -> None:
    number = city.receive(phone=PHONE).number
    with city.work("citizen") as work:
        recovering.send_code(work, number, PHONE)
    (code,) = sent_codes(city)
    results = at_once(city, [("citizen", lambda work: recovering.renew_key(work, number, code))] * 5)
    keys = [each[1] for each in results if each is not None]
    assert len(keys) == 1
    with city.work("citizen") as work:
        citizens.open_complaint(work, number, keys[0])
    assert city.steps(number) == ["receive", "key_renewed"]


def test_eight_wrong_tries_at_once_leave_none_for_the_right_code(city: City) -> None:
    number = city.receive(phone=PHONE).number
    with city.work("citizen") as work:
        recovering.send_code(work, number, PHONE)
    (code,) = sent_codes(city)
    wrong = "000000" if code != "000000" else "111111"
    assert at_once(city, [("citizen", lambda work: recovering.renew_key(work, number, wrong))] * 8) == [None] * 8
    (row,) = city.rows(sa.select(AccessCode))
    assert row.tries == recovering.TRIES
    with city.work("citizen") as work:
        assert recovering.renew_key(work, number, code) is None


def take_back(number: str) -> Deed:
    def deed(work: Work) -> None:
        complaint = citizens.find_complaint(work, number)
        assert complaint is not None
        citizens.withdraw(work, complaint, citizens.ticket_of(work, complaint))

    return deed


def test_all_of_a_matters_callers_take_it_back_at_once(city: City) -> None:
    first, *others = (city.accepted() for _ in range(4))
    for number in others:
        with city.work("dora") as work:
            merging.merge(work, number, first)
    results = at_once(city, [("citizen", take_back(number)) for number in (first, *others)])
    assert not refused(results) and len(done(results)) == 4
    ticket = city.ticket(first)
    assert (ticket.state, ticket.heat) == (State.VOIDED, 0)
    assert city.steps(first).count("withdraw_own") == 3 and city.steps(first)[-1] == "withdraw"
    assert all(row.withdrawn_at is not None for row in city.rows(sa.select(Complaint)))


def test_the_same_one_takes_it_back_twice_at_once(city: City) -> None:
    first, second = city.accepted(), city.accepted()
    with city.work("dora") as work:
        merging.merge(work, second, first)
    results = at_once(city, [("citizen", take_back(second))] * 4)
    assert [each.code for each in refused(results)] == ["withdrawn"] * 3
    assert city.steps(first).count("withdraw_own") == 1
    assert city.ticket(first).heat == 1


def test_one_leaves_while_the_tickets_are_parted(city: City) -> None:
    first, second = city.accepted(), city.accepted()
    with city.work("dora") as work:
        merging.merge(work, second, first)
    at_once(
        city,
        [("citizen", take_back(first)), ("dora", lambda work: merging.unmerge(work, second, "不是同一件事"))],
    )
    assert city.ticket(first).state is State.VOIDED
    assert (city.ticket(second).state, city.ticket(second).heat) == (State.ACCEPTED, 1)
    on_second = sa.select(Complaint.withdrawn_at).join(Ticket, Ticket.id == Complaint.ticket_id)
    assert city.rows(on_second.where(Ticket.number == second)) == [None]
