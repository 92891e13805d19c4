"""随同反映: "me too" is a complaint of its own on somebody else's ticket; the same said again is no second one."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa

from hotline.domain.publicity import Publicity
from hotline.domain.workflow import State
from hotline.models import (
    Addition,
    Channel,
    Complaint,
    DeadlineKind,
    Event,
    Message,
    Publication,
    RequestType,
    Staff,
    Ticket,
    Urgency,
)
from hotline.services import (
    accepting,
    assigning,
    checking,
    citizens,
    handling,
    joining,
    merging,
    pausing,
    repeating,
    replying,
)
from hotline.services.receiving import Intake, Receipt
from tests.city import City

ANNA, BEN = "+8619900000001", "+8619900000002"
ME_TOO = Intake(text="香溪路大桥路口，路灯也不亮，晚上摔了一跤", channel=Channel.WEB, place="香溪路", phone=BEN)


def join(city: City, number: str, **more: Any) -> Receipt:
    with city.work("citizen") as work:
        return joining.join(work, replace(ME_TOO, **more), number)


def complaint(city: City, number: str) -> Complaint:
    return city.rows(sa.select(Complaint).where(Complaint.number == number))[0]


def complaints_on(city: City, number: str) -> list[str]:
    query = sa.select(Complaint.number).join(Ticket, Ticket.id == Complaint.ticket_id).where(Ticket.number == number)
    return city.rows(query.order_by(Complaint.id))


def texts(city: City, complaint_id: int) -> list[str]:
    query = sa.select(Message.purpose).where(Message.complaint_id == complaint_id, Message.direction == "out")
    return city.rows(query.order_by(Message.id))


def test_a_number_a_key_and_an_answer_of_its_own(city: City) -> None:
    number = city.assigned(phone=ANNA)
    before = city.ticket(number)
    city.turn(days=1)
    receipt = join(city, number)
    assert receipt.joined and not receipt.repeated
    assert receipt.number != number and receipt.key
    ticket = city.ticket(number)
    assert (ticket.heat, ticket.state, ticket.version) == (2, State.ASSIGNED, before.version), (
        "nobody's form grows stale"
    )
    assert complaints_on(city, number) == [number, receipt.number]
    with city.work("citizen") as work:
        found, on = citizens.open_complaint(work, receipt.number, receipt.key)
        assert (found.text, on.number) == (ME_TOO.text, number)
    first, second = city.deadlines(number, DeadlineKind.REPLY)
    assert second.complaint_id == receipt.complaint_id
    assert second.started_at == city.now and second.due_at > first.due_at
    assert second.unit_id == city.unit_id("lamps"), "owed by who has the ticket"
    assert texts(city, receipt.complaint_id) == ["received"], "one text: who chose it knows it"
    line = city.rows(sa.select(Event).where(Event.ticket_id == ticket.id).order_by(Event.id))[-1]
    assert (line.step, line.data["complaints"], line.actor_kind) == ("joined", [receipt.number], "citizen")


def test_its_own_promises_as_a_ticket_are_no_longer_owed_and_accepting_is_kept(city: City) -> None:
    receipt = join(city, city.assigned(phone=ANNA))
    assert city.ticket(receipt.number).state is State.MERGED
    (accept,) = city.deadlines(receipt.number, DeadlineKind.ACCEPT)
    assert accept.met_at == city.now
    for kind in (DeadlineKind.DISPATCH, DeadlineKind.HANDLE, DeadlineKind.CLOSE):
        assert [row.void_reason for row in city.deadlines(receipt.number, kind)] == ["merged"]


def test_everybody_who_joined_is_answered(city: City) -> None:
    number = city.handling(phone=ANNA)
    receipts = [join(city, number, phone=f"+861990000001{n}") for n in range(3)]
    with city.work("hans") as work:
        handling.submit(work, number, "已更换灯头，恢复照明。")
    with city.work("sven") as work:
        checking.approve(work, number)
    with city.work("olga") as work:
        replying.reply(work, number, "您反映的路灯已修复，感谢监督。联系电话0320-0002101。")
    for receipt in receipts:
        assert complaint(city, receipt.number).answered_at == city.now
        assert texts(city, receipt.complaint_id)[-1] in ("answered", "survey")


def test_joined_before_it_is_accepted_the_answer_is_owed_from_now_and_does_not_start_again(city: City) -> None:
    number = city.receive(phone=ANNA).number
    receipt = join(city, number)
    (own,) = [row for row in city.deadlines(number, DeadlineKind.REPLY) if row.complaint_id == receipt.complaint_id]
    assert own.started_at == city.now
    due = own.due_at
    city.turn(hours=2)
    with city.work("olga") as work:
        accepting.accept(work, number)
    again = [row for row in city.deadlines(number, DeadlineKind.REPLY) if row.complaint_id == receipt.complaint_id]
    assert [row.due_at for row in again] == [due]


def test_joined_while_paused_the_rest_of_the_pause_counts(city: City) -> None:
    number = city.handling(phone=ANNA)
    with city.work("hans") as work:
        pausing.request(work, number, "待管线迁改", date(2026, 10, 30))
    with city.work("sven") as work:
        pausing.decide(work, number, True, "同意")
    city.turn(days=1)
    receipt = join(city, number)
    (own,) = [row for row in city.deadlines(number, DeadlineKind.REPLY) if row.complaint_id == receipt.complaint_id]
    until = city.ticket(number).paused_until
    assert until is not None and own.due_at > until


def test_who_asks_for_no_answer_is_owed_none(city: City) -> None:
    number = city.assigned(phone=ANNA)
    join(city, number, wants_reply=False)
    assert len(city.deadlines(number, DeadlineKind.REPLY)) == 1 and city.ticket(number).heat == 2


def test_a_joining_can_be_taken_back_like_any_merging(city: City) -> None:
    number = city.assigned(phone=ANNA)
    receipt = join(city, number)
    with city.work("olga") as work:
        merging.unmerge(work, receipt.number, "不是同一路口")
    assert city.ticket(receipt.number).state is State.RECEIVED
    assert (city.ticket(number).heat, complaints_on(city, receipt.number)) == (1, [receipt.number])
    with city.work("olga") as work:
        accepting.accept(work, receipt.number)
    with city.work("dora") as work:
        assigning.assign(work, receipt.number, city.unit_id("parks"))


def test_the_same_form_again_is_the_same_complaint(city: City) -> None:
    number = city.assigned(phone=ANNA)
    first, again = join(city, number, idempotency_key="web:1"), join(city, number, idempotency_key="web:1")
    assert (again.number, again.repeated, again.joined, again.known, again.key) == (first.number, True, True, False, "")
    assert city.ticket(number).heat == 2
    assert complaint(city, first.number).repeats == 0, "a retry is no repetition"


def test_the_same_form_again_after_the_ticket_has_ended_is_still_the_same_complaint(city: City) -> None:
    number = city.receive(phone=ANNA).number
    first = join(city, number, idempotency_key="web:1")
    with city.work("olga") as work:
        accepting.decline(work, number, "不属本市受理范围", "省热线，电话12345")
    assert join(city, number, idempotency_key="web:1").number == first.number


@pytest.mark.parametrize("publicity", Publicity)
def test_in_every_city_whatever_it_shows(city: City, publicity: Publicity) -> None:
    number = city.assigned(phone=ANNA)
    city.office.publicity = publicity
    assert join(city, number).joined


class TestStandsAlone:
    """What cannot be joined is a ticket like any other; nothing that was said is lost."""

    def alone(self, city: City, number: str, **more: Any) -> Receipt:
        heat = city.scalar(sa.select(Ticket.heat).where(Ticket.number == number))
        receipt = join(city, number, **more)
        assert not receipt.joined and not receipt.repeated and receipt.key
        assert city.ticket(receipt.number).state is State.RECEIVED
        assert city.scalar(sa.select(Ticket.heat).where(Ticket.number == number)) == heat
        return receipt

    def test_what_strangers_may_not_see(self, city: City) -> None:
        self.alone(city, city.assigned(confidential=True))
        self.alone(city, city.assigned(request_type=RequestType.REPORT), text="又一个问题")

    def test_what_a_reviewer_keeps_from_strangers(self, city: City) -> None:
        number = city.assigned()
        with city.office.session() as session:
            staff = session.scalar(sa.select(Staff.id).limit(1))
            ticket_id = session.scalar(sa.select(Ticket.id).where(Ticket.number == number))
            session.add(Publication(ticket_id=ticket_id, shown=False, reviewed_at=city.now, reviewed_by_id=staff))
        self.alone(city, number)

    def test_what_has_been_answered_or_has_ended(self, city: City) -> None:
        self.alone(city, city.replied(phone=ANNA))
        ended = city.receive(text="另一件事").number
        with city.work("olga") as work:
            accepting.void(work, ended, "测试来件")
        self.alone(city, ended, text="还有一件事")

    def test_what_is_not_there(self, city: City) -> None:
        assert not join(city, "20261012999999").joined

    def test_what_is_told_in_confidence(self, city: City) -> None:
        receipt = self.alone(city, city.assigned(), confidential=True)
        assert city.ticket(receipt.number).confidential

    def test_a_danger_that_the_unit_does_not_know_of(self, city: City) -> None:
        number = city.assigned()
        self.alone(city, number, urgency=Urgency.URGENT, urgency_reason="漏电：“漏电”")
        assert city.ticket(number).urgency is Urgency.NORMAL


def test_a_danger_makes_what_nobody_has_accepted_yet_urgent(city: City) -> None:
    number = city.receive().number
    assert join(city, number, urgency=Urgency.URGENT, urgency_reason="漏电：“漏电”").joined
    ticket = city.ticket(number)
    assert (ticket.urgency, ticket.urgency_reason) == (Urgency.URGENT, "漏电：“漏电”")


class TestTheSamePerson:
    def test_new_words_are_added_to_what_was_said_first(self, city: City) -> None:
        number = city.assigned(phone=BEN)
        receipt = join(city, number)
        assert receipt.repeated and receipt.known and (receipt.number, receipt.key) == (number, "")
        assert city.rows(sa.select(Addition.text)) == [ME_TOO.text]
        assert (city.ticket(number).heat, complaints_on(city, number)) == (1, [number])
        assert texts(city, receipt.complaint_id).count("known") == 1

    def test_the_same_words_are_only_counted(self, city: City) -> None:
        number = city.assigned(phone=ANNA)
        first = join(city, number)
        for text in (ME_TOO.text, f"  {ME_TOO.text}！"):
            again = join(city, number, text=text)
            assert again.known and again.number == first.number
        assert complaint(city, first.number).repeats == 2
        assert city.rows(sa.select(Addition)) == []
        assert texts(city, first.complaint_id) == ["received", "known"], "told once"

    def test_words_added_before_are_not_added_again(self, city: City) -> None:
        number = city.assigned(phone=BEN)
        join(city, number)
        join(city, number)
        assert len(city.rows(sa.select(Addition))) == 1
        assert complaint(city, number).repeats == 1

    def test_without_a_telephone_nobody_is_known(self, city: City) -> None:
        number = city.assigned()
        assert [join(city, number, phone="").joined for _ in range(2)] == [True, True]
        assert city.ticket(number).heat == 3


class TestRepeating:
    """重复诉求: the same words from the same telephone, by the form."""

    def send(self, city: City, **more: Any) -> Receipt:
        with city.work("citizen") as work:
            intake = Intake(text="路灯不亮三天了", channel=Channel.WEB, place="香溪路", phone=ANNA)
            return repeating.receive(work, replace(intake, **more))

    def test_a_flood_of_forms_makes_one_ticket_and_says_so_once(self, city: City) -> None:
        receipts = [self.send(city, idempotency_key=f"web:{n}") for n in range(30)]
        assert {receipt.number for receipt in receipts} == {receipts[0].number}
        assert [receipt.known for receipt in receipts] == [False] + [True] * 29
        assert len(city.rows(sa.select(Ticket.id))) == 1
        assert complaint(city, receipts[0].number).repeats == 29
        assert texts(city, receipts[0].complaint_id) == ["received", "known"]

    def test_told_again_after_a_day(self, city: City) -> None:
        first = self.send(city)
        for _ in range(3):
            self.send(city)
        city.turn(days=1)
        self.send(city)
        assert texts(city, first.complaint_id) == ["received", "known", "known"]

    def test_a_retry_of_one_form_is_not_counted(self, city: City) -> None:
        first, again = self.send(city, idempotency_key="web:1"), self.send(city, idempotency_key="web:1")
        assert (again.number, again.repeated, again.known) == (first.number, True, False)
        assert complaint(city, first.number).repeats == 0

    @pytest.mark.parametrize(
        "other",
        [
            {"text": "路灯不亮四天了"},
            {"place": "大桥路"},
            {"phone": BEN},
            {"phone": ""},
            {"latitude": 36.2, "longitude": 113.1},
        ],
        ids=["words", "place", "person", "nobody", "position"],
    )
    def test_other_words_place_person_or_position_are_another_complaint(
        self, city: City, other: dict[str, Any]
    ) -> None:
        first = self.send(city, latitude=36.1, longitude=113.1)
        second = self.send(city, **({"latitude": 36.1, "longitude": 113.1} | other))
        assert not second.repeated and second.number != first.number

    def test_blanks_points_and_width_are_no_other_words(self, city: City) -> None:
        first = self.send(city)
        assert self.send(city, text="路灯 不亮，三天了！！").number == first.number

    def test_after_the_end_it_may_be_said_again(self, city: City) -> None:
        first = self.send(city)
        with city.work("olga") as work:
            accepting.void(work, first.number, "测试来件")
        assert not self.send(city).repeated

    def test_said_about_a_merged_matter_it_counts_there(self, city: City) -> None:
        first = self.send(city)
        target = city.accepted(text="别的路灯")
        with city.work("olga") as work:
            merging.merge(work, first.number, target)
        again = self.send(city)
        assert again.known and again.joined and again.number == first.number

    def test_who_wants_no_texts_is_not_told(self, city: City) -> None:
        first = self.send(city)
        with city.office.session() as session:
            session.execute(sa.text("UPDATE citizen SET opted_out_at = now()"))
        assert self.send(city).known
        assert texts(city, first.complaint_id) == ["received"]
