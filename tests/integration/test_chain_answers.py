"""答复: everybody is answered, asked, and may say that it is not solved; declining, withdrawing, appealing."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from hotline.domain.errors import Invalid, NotFound, Refused
from hotline.domain.workflow import State
from hotline.models import Channel, Citizen, Complaint, DeadlineKind, Message, MessageState, Survey, Ticket
from hotline.services import (
    accepting,
    appealing,
    assigning,
    checking,
    citizens,
    closing,
    handling,
    reaching,
    replying,
    reworking,
    surveying,
)
from tests.city import City, at

PHONE = "+8619900000001"
ANSWER = "您反映的路灯已修复，感谢监督。联系电话0320-0002101。"


def complaint_of(city: City, number: str) -> Complaint:
    """The complaint with that number."""
    return city.rows(sa.select(Complaint).where(Complaint.number == number))[0]


def delivered(city: City, number: str) -> None:
    """The text with the answer arrives now, and the question after it is put."""
    with city.work() as work:
        complaint = work.session.scalars(sa.select(Complaint).where(Complaint.number == number)).one()
        ticket = citizens.ticket_of(work, complaint)
        reaching.reach(work, complaint, work.now, reaching.DELIVERED)
        closing.close_if_finished(work, ticket)


def score(city: City, number: str, points: int) -> None:
    """The citizen gives points."""
    with city.work("citizen") as work:
        complaint = work.session.scalars(sa.select(Complaint).where(Complaint.number == number)).one()
        citizens.score(work, complaint, citizens.ticket_of(work, complaint), points, "", "sms")


def test_the_promise_to_reply_is_kept_when_the_answer_arrives(city: City) -> None:
    number = city.replied(phone=PHONE)
    sent_at = city.now
    assert city.ticket(number).state is State.REPLIED
    (reply,) = city.deadlines(number, DeadlineKind.REPLY)
    assert reply.met_at is None, "sent is not arrived"
    city.turn(minutes=3)
    delivered(city, number)
    (reply,) = city.deadlines(number, DeadlineKind.REPLY)
    assert reply.met_at == sent_at + timedelta(minutes=3)
    assert city.ticket(number).state is State.REPLIED, "the citizen is still to be asked"
    score(city, number, 5)
    assert city.ticket(number).state is State.CLOSED


def test_nothing_is_closed_behind_the_back_of_an_unanswered_caller(city: City) -> None:
    number = city.replied(phone=PHONE)
    with city.work("olga") as work, pytest.raises(Refused) as refused:
        closing.close(work, number)
    assert refused.value.code == "unanswered"
    with city.work("olga") as work:
        replying.log_call(work, number, number, "已电话告知")
    (reply,) = city.deadlines(number, DeadlineKind.REPLY)
    assert reply.met_at == city.now
    assert complaint_of(city, number).reached_by == reaching.CALLED
    with city.work("olga") as work:
        surveying.log(work, number, number, True, 4, "比较满意")
    assert city.ticket(number).state is State.CLOSED


def test_a_survey_is_tried_twice_and_then_expires(city: City) -> None:
    number = city.replied(phone=PHONE)
    delivered(city, number)
    for expected in (1, 2):
        (survey,) = city.rows(sa.select(Survey))
        assert survey.next_at is not None
        city.now = max(city.now, survey.next_at)
        with city.work() as work:
            surveying.ask(work, work.session.get_one(Survey, survey.id))
        assert city.rows(sa.select(Survey))[0].tries == expected
    city.now = city.rows(sa.select(Survey))[0].next_at
    with city.work() as work:
        surveying.ask(work, work.session.get_one(Survey, survey.id))
    (survey,) = city.rows(sa.select(Survey))
    assert survey.expired_at == city.now
    assert city.ticket(number).state is State.CLOSED
    purposes = [row.purpose for row in city.rows(sa.select(Message).order_by(Message.id))]
    assert purposes.count("survey") == purposes.count("survey_again") == 1


def test_who_wants_no_reply_is_owed_none(city: City) -> None:
    number = city.replied(phone=PHONE, wants_reply=False)
    assert city.deadlines(number, DeadlineKind.REPLY) == []
    assert city.ticket(number).state is State.CLOSED
    assert "answered" not in {row.purpose for row in city.rows(sa.select(Message))}


def test_who_takes_no_texts_is_called(city: City) -> None:
    number = city.resolved(phone=PHONE)
    with city.work() as work:
        work.session.execute(sa.update(Citizen).values(opted_out_at=work.now))
    with city.work("olga") as work:
        replying.reply(work, number, ANSWER)
    complaint = complaint_of(city, number)
    assert complaint.answered_at is not None
    assert complaint.reached_at is None
    with city.work("olga") as work:
        replying.log_call(work, number, number, "已电话告知")
    assert complaint_of(city, number).reached_by == reaching.CALLED


def test_declined_needs_reason_and_channel_and_still_owes_a_reply(city: City) -> None:
    number = city.receive(text="老板拖欠工资三个月", phone=PHONE).number
    with city.work("olga") as work, pytest.raises(Invalid) as invalid:
        accepting.decline(work, number, " ", "")
    assert set(invalid.value.fields) == {"reason", "channel"}
    with city.work("olga") as work:
        accepting.decline(work, number, "劳动报酬争议不属本热线受理范围", "市劳动监察支队，电话12333")
    assert city.ticket(number).state is State.DECLINED
    (accept,) = city.deadlines(number, DeadlineKind.ACCEPT)
    assert accept.met_at == city.now
    for kind in (DeadlineKind.DISPATCH, DeadlineKind.HANDLE, DeadlineKind.CLOSE):
        assert [row.void_reason for row in city.deadlines(number, kind)] == ["declined"]
    (reply,) = city.deadlines(number, DeadlineKind.REPLY)
    assert (reply.void_at, reply.started_at) == (None, city.now)
    delivered(city, number)
    assert city.deadlines(number, DeadlineKind.REPLY)[0].met_at == city.now


def test_a_direct_answer_is_a_kept_promise_of_the_centre(city: City) -> None:
    number = city.accepted()
    with city.work("olga") as work:
        replying.answer(work, number, "路灯夜间22时后隔盏亮灯，属节能安排。")
    ticket = city.ticket(number)
    assert (ticket.state, ticket.direct) == (State.CLOSED, True)
    (handle,) = [row for row in city.deadlines(number, DeadlineKind.HANDLE) if row.void_at is None]
    assert (handle.met_at, handle.unit_id) == (city.now, city.unit_id("center"))


def test_not_solved_is_a_new_round_with_new_deadlines(city: City) -> None:
    number = city.replied()
    closed = city.deadlines(number, DeadlineKind.CLOSE)[0]
    city.turn(days=6)
    with city.work("citizen") as work:
        reworking.rework(work, number, "昨晚又不亮了")
    ticket = city.ticket(number)
    assert (ticket.state, ticket.round) == (State.ACCEPTED, 2)
    first, second = city.deadlines(number, DeadlineKind.CLOSE)
    assert (first.met_at, first.due_at) == (closed.met_at, closed.due_at), "the first round stays as it was"
    assert (second.round, second.started_at) == (2, city.now)
    assert len(city.deadlines(number, DeadlineKind.REPLY)) == 1, "one reply per complaint, it never restarts"
    with city.work("dora") as work:
        assigning.assign(work, number, city.unit_id("lamps"))
    with city.work("hans") as work:
        handling.sign(work, number)
    with city.work("hans") as work:
        handling.submit(work, number, "更换电缆接头，恢复照明。")
    with city.work("sven") as work:
        checking.approve(work, number)
    with city.work("olga") as work:
        replying.reply(work, number, ANSWER)
    assert city.ticket(number).state is State.CLOSED
    assert [row.round for row in city.deadlines(number, DeadlineKind.HANDLE) if row.void_at is None] == [1, 2]


def test_after_the_limit_only_a_supervisor_reopens(city: City) -> None:
    number = city.replied()
    city.turn(days=9)
    with city.work("citizen") as work, pytest.raises(Refused) as refused:
        reworking.rework(work, number, "又不亮了")
    assert refused.value.code == "reopen_limit"
    with city.work("sven") as work:
        reworking.rework(work, number, "抽查发现未解决")
    assert city.ticket(number).round == 2


def test_withdrawn_owes_nothing(city: City) -> None:
    number = city.handling()
    with city.work("citizen") as work:
        accepting.withdraw(work, number)
    assert city.ticket(number).state is State.VOIDED
    for kind in (DeadlineKind.HANDLE, DeadlineKind.REPLY, DeadlineKind.CLOSE):
        assert all(row.void_at is not None for row in city.deadlines(number, kind))


def late_and_closed(city: City) -> str:
    """A ticket that 市政处 submitted late."""
    number = city.handling()
    city.now = at("2026-11-02 09:00")
    with city.work("hans") as work:
        handling.submit(work, number, "已更换灯头，恢复照明。")
    with city.work("sven") as work:
        checking.approve(work, number)
    with city.work("olga") as work:
        replying.reply(work, number, ANSWER)
    return number


def test_an_appeal_is_upheld_by_two_and_the_raw_fact_stays(city: City) -> None:
    number = late_and_closed(city)
    with city.work("hans") as work:
        appealing.appeal(work, number, "10月13日起全区停电，附供电公司证明。")
    with city.work("sven") as work:
        appealing.review(work, number, True, "证明属实")
    with city.work("sven") as work, pytest.raises(Refused) as refused:
        appealing.review(work, number, True, "再次同意")
    assert refused.value.code == "same_reviewer"
    handle = next(row for row in city.deadlines(number, DeadlineKind.HANDLE) if row.assignment_id)
    assert handle.exempt_at is None
    with city.work("sara") as work:
        appealing.review(work, number, True, "同意")
    handle = next(row for row in city.deadlines(number, DeadlineKind.HANDLE) if row.assignment_id)
    assert handle.exempt_at == city.now
    assert handle.met_at is not None
    assert handle.met_at > handle.due_at
    with city.work("hans") as work, pytest.raises(Refused) as refused:
        appealing.appeal(work, number, "再次申诉，请复核。")
    assert refused.value.code == "appealed"


def test_one_no_ends_an_appeal(city: City) -> None:
    number = late_and_closed(city)
    with city.work("hans") as work:
        appealing.appeal(work, number, "人手不足，请予免责。")
    with city.work("sven") as work:
        appealing.review(work, number, False, "不属免责事由")
    assert all(row.exempt_at is None for row in city.deadlines(number, DeadlineKind.HANDLE))


def test_number_and_key_open_a_complaint_and_nothing_else_does(city: City) -> None:
    receipt = city.receive()
    with city.work("citizen") as work:
        complaint, _ = citizens.open_complaint(work, receipt.number, receipt.key.lower())
        assert complaint.number == receipt.number
    for number, key in ((receipt.number, "AAAAAAAAAA"), ("20200101000001", receipt.key), (receipt.number, "")):
        with city.work("citizen") as work, pytest.raises(NotFound):
            citizens.open_complaint(work, number, key)


def test_opening_the_answer_with_the_key_is_being_reached(city: City) -> None:
    receipt = city.receive(phone=PHONE)
    number = receipt.number
    with city.work("olga") as work:
        accepting.accept(work, number)
    with city.work("olga") as work:
        replying.answer(work, number, "夜间22时后隔盏亮灯，属节能安排。")
    with city.work("citizen") as work:
        citizens.read(work, *citizens.open_complaint(work, number, receipt.key))
    assert complaint_of(city, number).reached_by == reaching.OPENED
    assert city.deadlines(number, DeadlineKind.REPLY)[0].met_at == city.now


def test_words_are_added_and_urging_is_counted_once_a_day(city: City) -> None:
    receipt = city.receive()
    with city.work("citizen") as work:
        complaint, ticket = citizens.open_complaint(work, receipt.number, receipt.key)
        citizens.add(work, complaint, ticket, "是靠近加油站的那两盏", Channel.WEB)
        citizens.urge(work, complaint, ticket)
    with city.work("citizen") as work, pytest.raises(Refused) as refused:
        citizens.urge(work, *citizens.open_complaint(work, receipt.number, receipt.key))
    assert refused.value.code == "urged"
    city.turn(days=1)
    with city.work("citizen") as work:
        citizens.urge(work, *citizens.open_complaint(work, receipt.number, receipt.key))
    assert city.ticket(receipt.number).urgings == 2
    assert city.scalar(sa.select(sa.func.max(Ticket.version))) == 1, "neither is a hand on the ticket"


def test_a_phone_and_a_name_are_stored_sealed(city: City) -> None:
    city.receive(phone=PHONE, name="王秀英")
    with city.office.session() as session:
        dump = str(session.execute(sa.text("SELECT row_to_json(c) FROM citizen c")).all())
        dump += str(session.execute(sa.text("SELECT row_to_json(m) FROM message m")).all())
    assert "19900000001" not in dump
    assert "王秀英" not in dump
    (citizen,) = city.rows(sa.select(Citizen))
    assert city.office.vault.open(citizen.phone_sealed) == PHONE
    assert citizen.phone_masked == "199****0001"


def test_the_first_text_gives_number_and_key(city: City) -> None:
    receipt = city.receive(phone=PHONE)
    (message,) = city.rows(sa.select(Message))
    assert message.state is MessageState.QUEUED
    body = city.office.vault.open(message.body_sealed)
    assert receipt.number in body
    assert receipt.key in body
    assert message.segments <= 2


def test_a_number_taken_by_an_older_system_is_passed_over(city: City) -> None:
    first = city.receive().number
    taken = str(int(first) + 1)
    assert city.receive(number=taken).number == taken
    assert city.receive().number == str(int(first) + 2)
    with pytest.raises(Refused) as refused:
        city.receive(number=taken)
    assert refused.value.code == "number_taken"
