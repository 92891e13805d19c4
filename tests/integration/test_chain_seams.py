"""Where one turn or round meets the next: what was asked or ordered before does not linger."""

from __future__ import annotations

from datetime import date

import pytest
import sqlalchemy as sa

from hotline.domain.errors import NotFound, Refused
from hotline.domain.workflow import State
from hotline.models import Assignment, Deadline, DeadlineKind, Ending, Extension, Ground, Staff, Survey
from hotline.services import (
    accepting,
    appealing,
    assigning,
    checking,
    enforcing,
    extending,
    handling,
    pausing,
    replying,
    returning,
    reworking,
    supervising,
    sweeping,
)
from tests.city import City, at

PHONE, OTHER = "+8619900000001", "+8619900000002"
ANSWER = "您反映的路灯已修复，感谢监督。联系电话0320-0002101。"
HANDLE, REPLY, CLOSE = DeadlineKind.HANDLE, DeadlineKind.REPLY, DeadlineKind.CLOSE


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


def test_who_has_withdrawn_leaves_nothing_to_explain(city: City) -> None:
    number = city.assigned()
    city.now = at("2026-10-16 09:00")
    with city.work("hans") as work:
        handling.sign(work, number)  # late, and not noticed yet
    with city.work("citizen") as work:
        accepting.withdraw(work, number)
    with city.work() as work:
        while enforcing.run_pass(work):
            pass
    assert city.deadlines(number, DeadlineKind.EXPLAIN) == []
    assert "supervise" in city.steps(number), "what was late stays on record"
