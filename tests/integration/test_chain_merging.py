"""并案 and back: every caller keeps an answer that is about the own matter, whatever was joined to what in between."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from hotline.domain.errors import Invalid, Refused
from hotline.domain.workflow import State
from hotline.models import Complaint, DeadlineKind, Ground, Message, Survey
from hotline.services import (
    accepting,
    assigning,
    checking,
    enforcing,
    handling,
    merging,
    pausing,
    replying,
    returning,
    reworking,
    supervising,
    surveying,
)
from tests.city import City

PHONE, OTHER = "+8619900000001", "+8619900000002"
ANSWER = "您反映的路灯已修复，感谢监督。联系电话0320-0002101。"
REPLY = DeadlineKind.REPLY


def complaint_of(city: City, number: str) -> Complaint:
    return city.rows(sa.select(Complaint).where(Complaint.number == number))[0]


def test_merged_every_caller_is_answered_and_the_rates_count_once(city: City) -> None:
    first, second = city.assigned(phone=PHONE), city.receive(text="大桥路口黑灯瞎火", phone="+8619900000002").number
    with city.work("olga") as work:
        merging.merge(work, second, first)
    merged = city.ticket(second)
    assert merged.state is State.MERGED
    assert city.ticket(first).heat == 2
    for kind in (DeadlineKind.HANDLE, DeadlineKind.CLOSE):
        assert [row.void_reason for row in city.deadlines(second, kind)] == ["merged"]
    replies = city.deadlines(first, DeadlineKind.REPLY)
    assert len(replies) == 2
    assert {row.unit_id for row in replies} == {city.unit_id("lamps")}
    with city.work("hans") as work:
        handling.sign(work, first)
    with city.work("hans") as work:
        handling.submit(work, first, "已更换灯头，恢复照明。")
    with city.work("sven") as work:
        checking.approve(work, first)
    with city.work("olga") as work:
        replying.reply(work, first, ANSWER)
    answered = [row.complaint_id for row in city.rows(sa.select(Message).where(Message.purpose == "answered"))]
    assert len(answered) == len(set(answered)) == 2


def test_a_merge_can_be_taken_back_and_the_clocks_never_stopped(city: City) -> None:
    first, second = city.assigned(), city.accepted(text="大桥路口黑灯瞎火")
    before = {
        kind: [(row.due_at, row.started_at, row.void_at) for row in city.deadlines(second, kind)]
        for kind in DeadlineKind
    }
    city.turn(hours=1)
    with city.work("dora") as work:
        merging.merge(work, second, first)
    city.turn(hours=1)
    with city.work("dora") as work:
        merging.unmerge(work, second, "不是同一路口")
    assert city.ticket(second).state is State.ACCEPTED
    assert city.ticket(first).heat == 1
    after = {
        kind: [(row.due_at, row.started_at, row.void_at) for row in city.deadlines(second, kind)]
        for kind in DeadlineKind
    }
    assert after == before
    with city.work("dora") as work:
        assigning.assign(work, second, city.unit_id("parks"))
    assert complaint_of(city, second).ticket_id == city.ticket(second).id


def test_an_unaccepted_ticket_taken_back_is_still_to_be_accepted(city: City) -> None:
    first, second = city.assigned(), city.receive().number
    with city.work("olga") as work:
        merging.merge(work, second, first)
    with city.work("olga") as work:
        merging.unmerge(work, second, "不是同一件事")
    assert city.ticket(second).state is State.RECEIVED
    (accept,) = city.deadlines(second, DeadlineKind.ACCEPT)
    assert accept.met_at is None
    assert accept.next_at is not None


def test_joined_to_an_answered_matter_the_caller_is_answered_at_once(city: City) -> None:
    first = city.replied(phone=PHONE)
    second = city.receive(text="大桥路口黑灯瞎火", phone="+8619900000002").number
    with city.work("olga") as work:
        merging.merge(work, second, first)
    assert complaint_of(city, second).answered_at == city.now
    texts = city.rows(sa.select(Message).where(Message.purpose == "answered"))
    assert {row.complaint_id for row in texts} == {
        complaint_of(city, first).id,
        complaint_of(city, second).id,
    }


@pytest.mark.parametrize("into", ["self", "missing", "closed"])
def test_a_merge_needs_a_living_other_ticket(city: City, into: str) -> None:
    number = city.receive().number
    target = {"self": number, "missing": "20260101999999"}.get(into) or city.replied()
    with city.work("olga") as work, pytest.raises((Invalid, Refused)):
        merging.merge(work, number, target)
    assert city.ticket(number).state is State.RECEIVED


def test_one_of_several_callers_cannot_withdraw_the_matter(city: City) -> None:
    first, second = city.handling(), city.receive().number
    with city.work("olga") as work:
        merging.merge(work, second, first)
    with city.work("citizen") as work, pytest.raises(Refused) as refused:
        accepting.withdraw(work, first)
    assert refused.value.code == "joined"


def test_a_ticket_with_others_in_it_is_merged_and_each_comes_back(city: City) -> None:
    a, b, c = (city.accepted(phone=phone) for phone in (PHONE, OTHER, ""))
    for number, into in ((a, b), (b, c)):
        with city.work("dora") as work:
            merging.merge(work, number, into)
    assert [city.ticket(number).heat for number in (a, b, c)] == [0, 0, 3]
    with city.work("dora") as work:
        merging.unmerge(work, a, "不是同一路口")
    assert [city.ticket(number).heat for number in (a, b, c)] == [1, 0, 2]
    assert city.ticket(a).state is State.ACCEPTED
    with city.work("dora") as work:
        merging.merge(work, a, c)
        merging.unmerge(work, b, "不是同一路口")
    assert [city.ticket(number).heat for number in (a, b, c)] == [0, 1, 2]
    assert complaint_of(city, b).ticket_id == city.ticket(b).id


def test_a_ticket_comes_back_with_all_that_had_joined_it(city: City) -> None:
    a, b, c = (city.accepted(phone=phone) for phone in (PHONE, OTHER, ""))
    for number, into in ((a, b), (b, c)):
        with city.work("dora") as work:
            merging.merge(work, number, into)
    with city.work("dora") as work:
        merging.unmerge(work, b, "不是同一路口")
    assert [city.ticket(number).heat for number in (a, b, c)] == [0, 2, 1]
    with city.work("dora") as work:
        merging.unmerge(work, a, "也不是")
    assert [city.ticket(number).heat for number in (a, b, c)] == [1, 1, 1]


def test_the_answer_of_another_matter_was_no_answer_to_this_one(city: City) -> None:
    first, second = city.handling(), city.accepted(phone=PHONE)
    with city.work("dora") as work:
        merging.merge(work, second, first)
    with city.work("hans") as work:
        handling.submit(work, first, "已更换灯头，恢复照明。")
    with city.work("sven") as work:
        checking.approve(work, first)
    with city.work("olga") as work:
        replying.reply(work, first, ANSWER)
    with city.work("olga") as work:
        replying.log_call(work, first, second, "已电话告知")
    assert city.deadlines(first, REPLY)[1].met_at is not None
    city.turn(hours=1)
    with city.work("olga") as work:
        merging.unmerge(work, second, "不是同一路口")
    complaint, (owed,) = complaint_of(city, second), city.deadlines(second, REPLY)
    assert (complaint.answered_at, complaint.reached_at, owed.met_at) == (None, None, None)
    assert owed.next_at is not None
    assert city.ticket(first).state is State.CLOSED, "nobody else was left to be asked there"
    with city.work("olga") as work:
        replying.answer(work, second, ANSWER)
    assert complaint_of(city, second).answered_at == city.now


def test_who_joins_an_answered_matter_is_asked_once(city: City) -> None:
    first, second = city.replied(phone=PHONE), city.accepted(phone=OTHER)
    for _ in range(2):
        with city.work("olga") as work:
            merging.merge(work, second, first)
        with city.work("olga") as work:
            merging.unmerge(work, second, "不是同一路口")
    with city.work("olga") as work:
        replying.answer(work, second, ANSWER)
    with city.work("olga") as work:
        replying.log_call(work, second, second, "")
    with city.work("olga") as work:
        surveying.log(work, second, second, True, 5, "")
    assert city.ticket(second).state is State.CLOSED


def test_a_reworked_ticket_joins_another_and_its_caller_is_asked_there(city: City) -> None:
    number = city.replied(phone=PHONE)
    with city.work("sven") as work:
        reworking.rework(work, number, "抽查未解决")
    target = city.resolved()
    with city.work("dora") as work:
        merging.merge(work, number, target)
    with city.work("olga") as work:
        replying.reply(work, target, ANSWER)
    surveys = city.rows(sa.select(Survey).order_by(Survey.id))
    assert [(row.round, row.expired_at is None) for row in surveys] == [(1, False), (1, True)]


def test_a_county_takes_back_its_ticket_from_one_that_it_cannot_see(city: City) -> None:
    county = (city.unit_id("county"), city.actor("cora").unit_path)
    theirs, ours = city.accepted(centre=county), city.accepted()
    with city.work("dora") as work:
        merging.merge(work, theirs, ours)
    with city.work("cora") as work:
        merging.unmerge(work, theirs, "属本县道路")
    assert city.ticket(theirs).state is State.ACCEPTED


def test_a_ticket_that_others_joined_is_not_struck_out(city: City) -> None:
    first, second = city.accepted(), city.accepted()
    with city.work("olga") as work:
        merging.merge(work, second, first)
    with city.work("olga") as work, pytest.raises(Refused) as refused:
        accepting.void(work, first, "测试来件")
    assert refused.value.code == "joined"
    with city.work("olga") as work:
        accepting.decline(work, first, "不属本市受理范围", "省热线，电话12345")
    assert all(complaint_of(city, number).answered_at for number in (first, second))


def test_the_reply_of_who_joins_stands_still_only_from_then_on(city: City) -> None:
    paused, joining = city.handling(), city.accepted(phone=PHONE)
    (before,) = city.deadlines(joining, REPLY)
    with city.work("hans") as work:
        pausing.request(work, paused, "等待雨季结束", date(2026, 11, 30))
    with city.work("sven") as work:
        pausing.decide(work, paused, True, "同意")
    city.now = before.due_at + timedelta(days=1)
    with city.work("dora") as work:
        merging.merge(work, joining, paused)
    with city.work("sven") as work:
        pausing.resume(work, paused)
    owed = next(row for row in city.deadlines(paused, REPLY) if row.complaint_id == complaint_of(city, joining).id)
    assert owed.due_at == before.due_at, "late before it joined, and late it stays"


def test_a_confidential_complaint_makes_the_matter_confidential(city: City) -> None:
    first, second = city.handling(), city.accepted(confidential=True, phone=PHONE)
    with city.work("olga") as work:
        merging.merge(work, second, first)
    assert city.ticket(first).confidential


def test_a_complaint_about_a_unit_does_not_join_that_units_ticket(city: City) -> None:
    first, second = city.handling(), city.receive(text="市政处的人上班打牌").number
    with city.work("olga") as work:
        accepting.accept(work, second, accepting.Classification(named_unit_ids=(city.unit_id("lamps"),)))
    with city.work("olga") as work, pytest.raises(Refused) as refused:
        merging.merge(work, second, first)
    assert refused.value.code == "named_unit"


def test_an_explanation_is_not_owed_on_a_ticket_that_has_joined_another(city: City) -> None:
    number, target = city.handling(), city.handling()
    with city.work("sven") as work:
        supervising.supervise(work, number, "order", Ground.LEADER, "三日内解决")
    with city.work("hans") as work:
        returning.give_back_to_centre(work, number, "属园林局职责")
    with city.work("sven") as work:
        returning.decide(work, number, True, "属实")
    with city.work("dora") as work:
        merging.merge(work, number, target)
    assert [row.void_reason for row in city.deadlines(number, DeadlineKind.EXPLAIN)] == ["merged"]
    city.turn(days=30)
    with city.work() as work:
        while enforcing.run_pass(work):
            pass
    with city.work("dora") as work:
        merging.unmerge(work, number, "不是同一路口")
    (owed,) = city.deadlines(number, DeadlineKind.EXPLAIN)
    assert owed.void_at is None
    assert owed.next_at is not None
