"""Where one turn, round or ticket meets the next: what was asked, ordered or joined before does not linger."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from hotline.domain.errors import NotFound, Refused
from hotline.domain.workflow import State
from hotline.models import Assignment, Complaint, Deadline, DeadlineKind, Ending, Extension, Ground, Staff, Survey
from hotline.services import (
    accepting,
    appealing,
    assigning,
    checking,
    enforcing,
    extending,
    handling,
    merging,
    pausing,
    replying,
    returning,
    reworking,
    supervising,
    surveying,
    sweeping,
)
from tests.city import City, at

PHONE, OTHER = "+8619900000001", "+8619900000002"
ANSWER = "您反映的路灯已修复，感谢监督。联系电话0320-0002101。"
HANDLE, REPLY, CLOSE = DeadlineKind.HANDLE, DeadlineKind.REPLY, DeadlineKind.CLOSE


def complaint_of(city: City, number: str) -> Complaint:
    return city.rows(sa.select(Complaint).where(Complaint.number == number))[0]


def finish(city: City, number: str) -> None:
    """From the unit's desk to the answer."""
    with city.work("hans") as work:
        handling.submit(work, number, "已更换灯头，恢复照明。")
    with city.work("sven") as work:
        checking.approve(work, number)
    with city.work("olga") as work:
        replying.reply(work, number, ANSWER)


def again(city: City, number: str) -> None:
    """A new round, with 市政处 at work."""
    with city.work("sven") as work:
        reworking.rework(work, number, "抽查未解决")
    with city.work("dora") as work:
        assigning.assign(work, number, city.unit_id("lamps"))
    with city.work("hans") as work:
        handling.sign(work, number)


def supervised(city: City, number: str) -> None:
    with city.work("sven") as work:
        supervising.supervise(work, number, "order", Ground.LEADER, "三日内解决")


# ---- requests ----


def test_a_request_that_nobody_decided_ends_with_the_submission(city: City) -> None:
    number = city.handling()
    with city.work("hans") as work:
        extending.request(work, number, "等待灯杆到货")
    finish(city, number)
    kept = city.deadlines(number, HANDLE)[0]
    again(city, number)
    with city.work("dora") as work, pytest.raises(Refused) as refused:
        extending.decide(work, number, True, "同意")
    assert refused.value.code == "no_extension"
    assert city.deadlines(number, HANDLE)[0].due_at == kept.due_at, "the promise that was kept is not moved afterwards"
    with city.work("hans") as work:
        extending.request(work, number, "等待灯杆到货")
    assert [row.granted for row in city.rows(sa.select(Extension).order_by(Extension.id))] == [False, None]


def test_a_request_does_not_pass_to_the_unit_below(city: City) -> None:
    number = city.handling()
    with city.work("hans") as work:
        extending.request(work, number, "等待灯杆到货")
    with city.work("hans") as work:
        handling.transfer(work, number, city.unit_id("lamps-east"), "请东站处理")
    with city.work("hugo") as work:
        handling.sign(work, number)
    with city.work("hugo") as work:
        extending.request(work, number, "等待灯杆到货")
    with city.work("dora") as work:
        extending.decide(work, number, True, "同意")
    assert [row.extensions for row in city.deadlines(number, HANDLE)] == [0, 1]


def test_asked_in_time_is_in_time_though_decided_late(city: City) -> None:
    number = city.handling()
    (before,) = city.deadlines(number, HANDLE)
    city.now = before.due_at
    with city.work("hans") as work:
        extending.request(work, number, "等待灯杆到货")
    city.turn(days=1)
    with city.work("sven") as work:
        extending.decide(work, number, True, "同意")
    (after,) = city.deadlines(number, HANDLE)
    assert (after.original_due_at, after.due_at) == (before.due_at, at("2026-10-26 18:00"))
    assert after.next_at is not None


def test_a_pause_that_was_overtaken_by_its_own_day_is_not_granted(city: City) -> None:
    number = city.handling()
    with city.work("hans") as work:
        pausing.request(work, number, "等待雨季结束", date(2026, 10, 14))
    city.now = at("2026-10-15 00:00")
    with city.work("sven") as work, pytest.raises(Refused) as refused:
        pausing.decide(work, number, True, "同意")
    assert refused.value.code == "pause_past"
    with city.work("sven") as work:
        pausing.decide(work, number, False, "已过期")
    assert city.ticket(number).state is State.HANDLING


def test_a_pause_after_the_breach_cures_nothing(city: City) -> None:
    number = city.handling()
    before = {row.id: row.due_at for row in city.rows(sa.select(Deadline))}
    city.now = at("2026-11-09 09:00")
    with city.work("hans") as work:
        pausing.request(work, number, "等待雨季结束", date(2026, 11, 20))
    with city.work("sven") as work:
        pausing.decide(work, number, True, "同意")
    city.now = at("2026-11-21 09:00")
    with city.work() as work:
        assert sweeping.resume_paused(work) == 1
    late = [row for row in city.rows(sa.select(Deadline)) if row.kind in (HANDLE, REPLY, CLOSE)]
    assert {row.id: row.due_at for row in late}.items() <= before.items()


# ---- orders ----


def test_an_order_to_one_unit_does_not_hold_the_next(city: City) -> None:
    number = city.handling()
    supervised(city, number)
    with city.work("hans") as work:
        returning.give_back_to_centre(work, number, "属园林局职责")
    with city.work("sven") as work, pytest.raises(Refused) as refused:
        supervising.lift(work, number, "")
    assert refused.value.code == "return_waiting"
    with city.work("sven") as work:
        returning.decide(work, number, True, "属实")
    with city.work("dora") as work:
        assigning.assign(work, number, city.unit_id("parks"))
    with city.work("paul") as work:
        handling.sign(work, number)
    with city.work("paul") as work:
        extending.request(work, number, "等待修剪季节")
    with city.work("dora") as work:
        extending.decide(work, number, True, "同意")  # no supervisor's consent: 园林局 is under no order
    with city.work("paul") as work:
        handling.submit(work, number, "树枝已修剪，路灯已修复。")
    with city.work("sven") as work:
        checking.send_back(work, number, "仍有遮挡")
    assert city.ticket(number).state is State.HANDLING
    with city.work("sven") as work:
        supervising.supervise(work, number, "yellow", Ground.REPEATED)
    with city.work("paul") as work:
        supervising.explain(work, number, "因树木保护审批延误，今日完成。")
    with city.work("sven") as work:
        supervising.decide_explanation(work, number, True, "属实")
    with city.work("sven") as work:
        supervising.lift(work, number, "已整改")
    assert city.ticket(number).state is State.HANDLING, "what 市政处 still owes is no reason to hold 园林局"
    with city.work("hans") as work:
        supervising.explain(work, number, "误派，已说明情况，今后及时沟通。")


def test_an_order_of_an_earlier_round_does_not_hold_the_next(city: City) -> None:
    number = city.handling()
    supervised(city, number)
    finish(city, number)
    again(city, number)
    ticket = city.ticket(number)
    assert (ticket.state, ticket.level) == (State.HANDLING, 0)
    with city.work("hans") as work:
        supervising.explain(work, number, "上一轮因人员不足延误，已整改。")


# ---- rounds ----


def test_what_comes_later_does_not_wipe_out_the_round_before(city: City) -> None:
    number = city.handling()
    city.now = at("2026-11-02 09:00")
    finish(city, number)
    with city.work("sven") as work:
        reworking.rework(work, number, "抽查未解决")
    with city.work("dora") as work:
        accepting.decline(work, number, "现查明属业主自管", "物业公司")
    first = [row for row in city.deadlines(number, HANDLE) if row.assignment_id]
    assert [(row.void_at, row.met_at) for row in first] == [(None, at("2026-11-02 09:00"))]
    closes = city.deadlines(number, CLOSE)
    assert [row.void_reason for row in closes] == [None, "declined"]


def test_an_appeal_is_about_the_round_that_it_was_made_in(city: City) -> None:
    number = city.handling()
    city.now = at("2026-11-02 09:00")
    finish(city, number)
    again(city, number)
    finish(city, number)
    with city.work("hans") as work, pytest.raises(Refused) as refused:
        appealing.appeal(work, number, "首轮当日暴雨预警停止作业")
    assert refused.value.code == "not_late"


def test_the_question_is_not_put_to_who_has_withdrawn(city: City) -> None:
    number = city.replied(phone=PHONE)
    with city.work("citizen") as work:
        accepting.withdraw(work, number)
    (survey,) = city.rows(sa.select(Survey))
    assert survey.next_at is None
    city.turn(days=9)
    with city.work() as work:
        assert sweeping.ask_surveys(work) == 0


# ---- turns ----


def test_an_assisting_unit_can_become_the_lead(city: City) -> None:
    number = city.accepted()
    with city.work("dora") as work:
        assigning.assign(work, number, city.unit_id("lamps"), assist_ids=[city.unit_id("lamps-east")])
    with city.work("hans") as work:
        handling.transfer(work, number, city.unit_id("lamps-east"), "请东站主办")
    with city.work("hugo") as work:
        handling.sign(work, number)
    with city.work("hugo") as work:
        handling.submit(work, number, "已更换灯头，恢复照明。")
    assert {row.ending for row in city.rows(sa.select(Assignment))} == {Ending.TRANSFERRED, None}


def test_who_was_handed_the_ticket_sees_it(city: City) -> None:
    number = city.handling()
    with city.work("hugo") as work, pytest.raises(NotFound):
        replying.note(work, number, "已联系厂家")
    hugo = city.scalar(sa.select(Staff.id).where(Staff.login == "hugo"))
    with city.work("hans") as work:
        handling.hand_down(work, number, hugo)
    with city.work("hugo") as work:
        handling.submit(work, number, "已更换灯头，恢复照明。")


# ---- merging ----


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
    finish(city, first)
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
    supervised(city, number)
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
