"""Me too, many at once: a retry is no second complaint, nobody is lost between a joining and a merge or an answer."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa

from hotline.domain.workflow import State
from hotline.models import Channel, Complaint, Deadline, DeadlineKind, Event, Message, Ticket
from hotline.services import accepting, closing, joining, merging, repeating, replying
from hotline.services.receiving import Intake, Receipt
from tests.city import City
from tests.races.hands import at_once, doing, done, refused

EIGHT = 8
ME_TOO = Intake(text="路灯也不亮，晚上摔了一跤", channel=Channel.WEB, place="香溪路", phone="+8619900000002")


def complaints_on(city: City, number: str) -> list[Complaint]:
    query = sa.select(Complaint).join(Ticket, Ticket.id == Complaint.ticket_id).where(Ticket.number == number)
    return city.rows(query.order_by(Complaint.id))


def join(number: str, **more: Any) -> tuple[str, Any]:
    return "citizen", doing(joining.join, replace(ME_TOO, **more), number)


def nobody_is_lost(city: City, receipts: list[Receipt]) -> None:
    """Each has a complaint on a living ticket that counts it, with an answer owed to it."""
    for receipt in receipts:
        (complaint,) = city.rows(sa.select(Complaint).where(Complaint.number == receipt.number))
        (ticket,) = city.rows(sa.select(Ticket).where(Ticket.id == complaint.ticket_id))
        assert ticket.state not in (State.MERGED, State.VOIDED)
        assert ticket.heat == len(complaints_on(city, ticket.number))
        (owed,) = city.rows(
            sa.select(Deadline).where(Deadline.complaint_id == complaint.id, Deadline.kind == DeadlineKind.REPLY)
        )
        assert owed.ticket_id == ticket.id and owed.void_at is None
    for ticket in city.rows(sa.select(Ticket)):
        events = city.rows(sa.select(Event).where(Event.ticket_id == ticket.id).order_by(Event.id))
        assert [each.from_state for each in events[1:]] == [each.to_state for each in events[:-1]]


@pytest.mark.parametrize("phone", [ME_TOO.phone, ""], ids=["with a number", "anonymous"])
def test_one_key_eight_times_is_one_complaint(city: City, phone: str) -> None:
    number = city.assigned()
    receipts = at_once(city, [join(number, idempotency_key="web:1", phone=phone)] * EIGHT)
    assert refused(receipts) == []
    assert len({receipt.number for receipt in receipts}) == 1
    assert [receipt.repeated for receipt in receipts].count(False) == 1
    assert all(receipt.joined and not receipt.known for receipt in receipts)
    assert (city.ticket(number).heat, len(complaints_on(city, number))) == (2, 2)
    assert [each.repeats for each in complaints_on(city, number)] == [0, 0]
    nobody_is_lost(city, receipts[:1])


def test_one_key_eight_times_on_a_ticket_that_cannot_be_joined_is_one_ticket(city: City) -> None:
    number = city.assigned(confidential=True)
    receipts = at_once(city, [join(number, idempotency_key="web:1", phone="")] * EIGHT)
    assert len({receipt.number for receipt in receipts}) == 1 and not any(receipt.joined for receipt in receipts)
    assert int(city.scalar(sa.select(sa.func.count()).select_from(Ticket))) == 2


def test_eight_people_at_once_all_count(city: City) -> None:
    number = city.handling()
    receipts = at_once(city, [join(number, phone=f"+861990000001{n}") for n in range(EIGHT)])
    assert len({receipt.number for receipt in receipts}) == EIGHT and all(receipt.joined for receipt in receipts)
    assert city.ticket(number).heat == len(complaints_on(city, number)) == EIGHT + 1
    nobody_is_lost(city, receipts)


def test_one_person_eight_times_at_once_without_a_key_is_one_complaint(city: City) -> None:
    number = city.handling()
    receipts = at_once(city, [join(number)] * EIGHT)
    assert len({receipt.number for receipt in receipts}) == 1
    assert [receipt.known for receipt in receipts].count(True) == EIGHT - 1
    assert [each.repeats for each in complaints_on(city, number)] == [0, EIGHT - 1]


@pytest.mark.parametrize("attempt", range(3))
def test_joined_to_what_is_merged_at_this_moment(city: City, attempt: int) -> None:
    number, other = city.accepted(), city.accepted(text="大桥路黑灯瞎火")
    merge = ("dora", doing(merging.merge, number, other))
    results = at_once(city, [join(number, phone=f"+861990000001{n}") for n in range(4)] + [merge])
    assert refused(results) == []
    receipts = [each for each in done(results) if isinstance(each, Receipt)]
    assert len({receipt.number for receipt in receipts}) == 4
    assert city.ticket(number).state is State.MERGED
    nobody_is_lost(city, receipts)


@pytest.mark.parametrize("attempt", range(3))
def test_joined_to_what_is_declined_at_this_moment(city: City, attempt: int) -> None:
    number = city.accepted()
    decline = ("olga", doing(accepting.decline, number, "不属本市受理范围", "省热线，电话12345"))
    results = at_once(city, [join(number, phone=f"+861990000001{n}") for n in range(4)] + [decline])
    assert refused(results) == []
    for receipt in (each for each in done(results) if isinstance(each, Receipt)):
        (complaint,) = city.rows(sa.select(Complaint).where(Complaint.number == receipt.number))
        # Either it was there in time and was told why not, or it is a ticket of its own.
        assert (complaint.answered_at is not None) == receipt.joined
    assert city.ticket(number).heat == len(complaints_on(city, number))


@pytest.mark.parametrize("attempt", range(3))
def test_joined_to_what_is_answered_at_this_moment(city: City, attempt: int) -> None:
    number = city.resolved()
    answer = ("olga", doing(replying.reply, number, "您反映的路灯已修复，感谢监督。联系电话0320-0002101。"))
    results = at_once(city, [join(number, phone=f"+861990000001{n}") for n in range(4)] + [answer])
    assert refused(results) == []
    for receipt in (each for each in done(results) if isinstance(each, Receipt)):
        (complaint,) = city.rows(sa.select(Complaint).where(Complaint.number == receipt.number))
        assert (complaint.answered_at is not None) == receipt.joined, "nobody who joined in time is left unanswered"


def test_joined_to_what_is_closed_at_this_moment(city: City) -> None:
    number = city.replied()
    results = at_once(city, [join(number), ("olga", doing(closing.close, number))])
    assert not done(results)[0].joined  # type: ignore[attr-defined]
    assert len(complaints_on(city, number)) == 1


def test_forms_of_one_telephone_at_once_are_one_ticket_told_once(city: City) -> None:
    intake = Intake(text="路灯不亮三天了", channel=Channel.WEB, place="香溪路", phone="+8619900000001")
    for _ in range(5):
        assert refused(at_once(city, [("citizen", doing(repeating.receive, intake))] * EIGHT)) == []
    (complaint,) = city.rows(sa.select(Complaint))
    assert complaint.repeats == 5 * EIGHT - 1
    assert city.rows(sa.select(Message.purpose).order_by(Message.id)) == ["received", "known"]
