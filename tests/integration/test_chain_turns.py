"""交办 and what a unit may do in its turn: return, transfer, extension, pause, assist; the effect on the clock."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
import sqlalchemy as sa

from hotline.domain.errors import Invalid, NotAllowed, NotFound, Refused, Stale
from hotline.domain.workflow import State
from hotline.models import Assignment, DeadlineKind, Ending, Extension, Ground, Ticket
from hotline.services import accepting, assigning, checking, extending, handling, pausing, returning, supervising
from tests.city import City, at


def turns(city: City, number: str) -> list[Assignment]:
    """All turns, oldest first."""
    query = sa.select(Assignment).join(Ticket, Ticket.id == Assignment.ticket_id).where(Ticket.number == number)
    return city.rows(query.order_by(Assignment.id))


def test_the_promises_begin_with_acceptance_and_follow_the_ticket(city: City) -> None:
    number = city.receive().number
    accepted_at = city.turn(minutes=10)
    with city.work("olga") as work:
        accepting.accept(work, number)
    (accept,) = city.deadlines(number, DeadlineKind.ACCEPT)
    assert accept.met_at == accepted_at
    for kind in (DeadlineKind.DISPATCH, DeadlineKind.REPLY, DeadlineKind.CLOSE):
        (deadline,) = city.deadlines(number, kind)
        assert deadline.started_at == accepted_at
        assert deadline.unit_id == city.unit_id("center")
    assigned_at = city.turn(minutes=5)
    with city.work("dora") as work:
        assigning.assign(work, number, city.unit_id("lamps"))
    (handle,) = city.deadlines(number, DeadlineKind.HANDLE)
    assert (handle.started_at, handle.unit_id) == (assigned_at, city.unit_id("lamps"))
    assert handle.due_at == at("2026-10-19 18:00"), "five working days after Monday 12 October"
    for kind in (DeadlineKind.REPLY, DeadlineKind.CLOSE):
        assert city.deadlines(number, kind)[0].unit_id == city.unit_id("lamps")


def test_a_complaint_that_rots_in_a_drawer_owes_everything(city: City) -> None:
    number = city.receive().number
    (accept,) = city.deadlines(number, DeadlineKind.ACCEPT)
    (dispatch,) = city.deadlines(number, DeadlineKind.DISPATCH)
    city.turn(days=30)
    for kind in (DeadlineKind.REPLY, DeadlineKind.CLOSE, DeadlineKind.DISPATCH):
        (deadline,) = city.deadlines(number, kind)
        assert deadline.started_at == accept.due_at
        assert deadline.due_at < city.now
    (handle,) = city.deadlines(number, DeadlineKind.HANDLE)
    assert (handle.started_at, handle.unit_id) == (dispatch.due_at, city.unit_id("center"))
    with city.work("olga") as work:
        accepting.accept(work, number)
    assert city.deadlines(number, DeadlineKind.REPLY)[0].started_at == accept.due_at, "accepted late gains no time"
    with city.work("dora") as work:
        assigning.assign(work, number, city.unit_id("lamps"))
    centre, unit = city.deadlines(number, DeadlineKind.HANDLE)
    assert centre.void_at is None, "what the centre came to owe is not wiped out by assigning at last"
    assert unit.started_at == city.now, "and the unit has its full limit"


def test_a_return_ends_the_turn_and_its_promise(city: City) -> None:
    number = city.assigned()
    city.turn(hours=3)
    with city.work("hans") as work:
        returning.give_back_to_centre(work, number, "属园林局职责")
    assert city.ticket(number).state is State.ACCEPTED
    (handle, own) = city.deadlines(number, DeadlineKind.HANDLE)
    assert handle.void_reason == "returned"
    assert own.unit_id == city.unit_id("center")
    assert own.started_at > city.now
    dispatches = city.deadlines(number, DeadlineKind.DISPATCH)
    assert len(dispatches) == 2
    assert dispatches[1].started_at == city.now
    (reply,) = city.deadlines(number, DeadlineKind.REPLY)
    assert reply.unit_id == city.unit_id("center"), "the reply never restarts, but it is the centre's again"
    with city.work("hans") as work, pytest.raises(NotFound):
        handling.sign(work, number)


def test_twice_returned_cannot_be_returned_again(city: City) -> None:
    number = city.assigned()
    for who, unit in (("hans", "parks"), ("paul", "lamps")):
        with city.work(who) as work:
            returning.give_back_to_centre(work, number, "不属本单位职责")
        with city.work("dora") as work:
            assigning.assign(work, number, city.unit_id(unit))
    with city.work("hans") as work, pytest.raises(Refused) as refused:
        returning.give_back_to_centre(work, number, "还是不属本单位")
    assert refused.value.code == "designated"
    assert city.ticket(number).hops == 3


def test_only_a_supervisor_designates(city: City) -> None:
    number = city.accepted()
    with city.work("dora") as work, pytest.raises(Refused) as refused:
        assigning.assign(work, number, city.unit_id("lamps"), designated=True)
    assert refused.value.code == "supervisor_designates"
    with city.work("sven") as work:
        assigning.assign(work, number, city.unit_id("lamps"), designated=True)
    with city.work("hans") as work, pytest.raises(Refused) as refused:
        returning.give_back_to_centre(work, number, "不属本单位职责")
    assert refused.value.code == "designated"


def test_a_return_comes_within_its_limit_or_not_at_all(city: City) -> None:
    number = city.assigned()
    city.turn(days=3)
    with city.work("hans") as work, pytest.raises(Refused) as refused:
        returning.give_back_to_centre(work, number, "不属本单位职责")
    assert refused.value.code == "return_limit"


def test_under_supervision_a_return_waits_for_the_supervisor(city: City) -> None:
    number = city.handling()
    with city.work("sven") as work:
        supervising.supervise(work, number, "order", Ground.LEADER, "三日内解决")
    with city.work("hans") as work:
        returning.give_back_to_centre(work, number, "属园林局职责")
    assert city.ticket(number).state is State.SUPERVISED
    with city.work("dora") as work, pytest.raises(NotAllowed):
        returning.decide(work, number, True, "")
    with city.work("sven") as work:
        returning.decide(work, number, True, "情况属实")
    assert city.ticket(number).state is State.ACCEPTED
    assert turns(city, number)[0].ending is Ending.RETURNED
    with city.work("hans") as work:
        supervising.explain(work, number, "误派，已说明情况，今后及时沟通。")
    assert city.steps(number)[-1] == "explain", "the order went to the unit, and it can still answer it"


def test_a_transfer_goes_down_the_tree_with_a_full_limit(city: City) -> None:
    number = city.handling()
    city.turn(days=1)
    with city.work("hans") as work, pytest.raises(Invalid):
        handling.transfer(work, number, city.unit_id("parks"), "")
    with city.work("hans") as work:
        handling.transfer(work, number, city.unit_id("lamps-east"), "请东站处理")
    assert city.ticket(number).state is State.ASSIGNED
    first, second = city.deadlines(number, DeadlineKind.HANDLE)
    assert first.void_reason == "transferred"
    assert (second.unit_id, second.started_at) == (city.unit_id("lamps-east"), city.now)
    with city.work("hugo") as work:
        handling.sign(work, number)


def test_an_extension_adds_one_original_limit_twice_and_never_when_overdue(city: City) -> None:
    number = city.handling()
    (before,) = city.deadlines(number, DeadlineKind.HANDLE)
    expected = [at("2026-10-26 18:00"), at("2026-11-02 18:00")]
    for due in expected:
        with city.work("hans") as work:
            extending.request(work, number, "需要订购灯杆，货期五天")
        with city.work("dora") as work:
            extending.decide(work, number, False, "请先说明货期")
        with city.work("hans") as work:
            extending.request(work, number, "灯杆货期五天，附厂家函")
        with city.work("dora") as work:
            extending.decide(work, number, True, "同意")
        (handle,) = city.deadlines(number, DeadlineKind.HANDLE)
        assert handle.due_at == due
        assert handle.original_due_at == before.due_at
    with city.work("hans") as work, pytest.raises(Refused) as refused:
        extending.request(work, number, "还要时间")
    assert refused.value.code == "extensions_used"
    assert sum(row.granted is True for row in city.rows(sa.select(Extension))) == 2
    late = city.handling()
    city.now = at("2026-12-01 09:00")
    with city.work("hans") as work, pytest.raises(Refused) as refused:
        extending.request(work, late, "来不及了")
    assert refused.value.code == "overdue"


def test_a_pause_stops_the_clock_and_it_goes_on_by_itself(city: City) -> None:
    number = city.handling()
    city.now = at("2026-10-14 10:00")
    with city.work("hans") as work:
        pausing.request(work, number, "等待雨季结束", date(2026, 10, 20))
    with city.work("dora") as work:
        pausing.decide(work, number, True, "同意")
    ticket = city.ticket(number)
    assert (ticket.state, ticket.paused_until) == (State.PAUSED, at("2026-10-21 00:00"))
    (handle,) = city.deadlines(number, DeadlineKind.HANDLE)
    assert handle.due_at > at("2026-10-21 00:00")
    planned = handle.due_at
    city.now = at("2026-10-23 09:00")
    with city.work() as work:
        row = work.session.scalars(sa.select(Ticket).where(Ticket.number == number)).one()
        pausing.resume_due(work, row)
    assert city.ticket(number).state is State.HANDLING
    (handle,) = city.deadlines(number, DeadlineKind.HANDLE)
    assert handle.due_at == planned, "dated when it was agreed, not when it was noticed"
    with city.work("hans") as work, pytest.raises(Refused) as refused:
        pausing.request(work, number, "再等等", date(2026, 11, 1))
    assert refused.value.code == "pause_used"


def test_a_pause_ended_early_gives_back_only_what_was_used(city: City) -> None:
    number = city.handling()
    (original,) = city.deadlines(number, DeadlineKind.HANDLE)
    with city.work("hans") as work:
        pausing.request(work, number, "等待材料", date(2026, 12, 20))
    with city.work("dora") as work:
        pausing.decide(work, number, True, "")
    (long,) = city.deadlines(number, DeadlineKind.HANDLE)
    city.turn(hours=2)
    with city.work("sven") as work:
        pausing.resume(work, number)
    (short,) = city.deadlines(number, DeadlineKind.HANDLE)
    assert original.due_at <= short.due_at < long.due_at


@pytest.mark.parametrize("day", [date(2026, 10, 12), date(2020, 1, 1), date(2027, 12, 1)])
def test_a_pause_has_a_sensible_day(city: City, day: date) -> None:
    number = city.handling()
    with city.work("hans") as work, pytest.raises(Invalid):
        pausing.request(work, number, "等待材料", day)


def test_the_lead_waits_for_the_assisting_unit(city: City) -> None:
    number = city.accepted()
    with city.work("dora") as work:
        assigning.assign(work, number, city.unit_id("lamps"), assist_ids=[city.unit_id("parks")])
    with city.work("hans") as work:
        handling.sign(work, number)
    with city.work("hans") as work, pytest.raises(Refused) as refused:
        handling.submit(work, number, "树枝已修剪，路灯已修复。")
    assert refused.value.code == "assists_open"
    with city.work("paul") as work:
        handling.assist(work, number, "遮挡路灯的树枝已修剪。")
    with city.work("hans") as work:
        handling.submit(work, number, "树枝已修剪，路灯已修复。")
    with city.work("sven") as work:
        checking.approve(work, number)
    assert {turn.ending for turn in turns(city, number)} == {Ending.SUBMITTED}


def test_a_result_sent_back_was_never_in_time(city: City) -> None:
    number = city.submitted()
    offered_at = city.now
    (handle,) = city.deadlines(number, DeadlineKind.HANDLE)
    assert (handle.offered_at, handle.met_at, handle.next_at) == (offered_at, None, None)
    city.turn(days=1)
    with city.work("sven") as work:
        checking.send_back(work, number, "照片显示仍有一盏不亮")
    (handle,) = city.deadlines(number, DeadlineKind.HANDLE)
    assert handle.offered_at is None
    assert handle.next_at is not None
    assert city.ticket(number).state is State.HANDLING
    city.turn(days=1)
    with city.work("hans") as work:
        handling.submit(work, number, "剩余一盏已更换，全部恢复。")
    with city.work("sven") as work:
        checking.approve(work, number)
    (handle,) = city.deadlines(number, DeadlineKind.HANDLE)
    assert handle.met_at == city.now


def test_checked_late_but_submitted_in_time_is_in_time(city: City) -> None:
    number = city.submitted()
    submitted_at = city.now
    city.turn(days=20)
    with city.work("sven") as work:
        checking.approve(work, number)
    (handle,) = city.deadlines(number, DeadlineKind.HANDLE)
    assert handle.met_at == submitted_at
    assert handle.met_at <= handle.due_at


def test_supervision_only_rises_and_is_explained_before_it_is_lifted(city: City) -> None:
    number = city.handling()
    with city.work("sven") as work:
        supervising.supervise(work, number, "yellow", Ground.REPEATED)
    with city.work("sven") as work, pytest.raises(Invalid):
        supervising.supervise(work, number, "order", Ground.OTHER)
    with city.work("sven") as work, pytest.raises(Refused) as refused:
        supervising.lift(work, number, "")
    assert refused.value.code == "explanation_owed"
    city.turn(hours=2)
    explained_at = city.now
    with city.work("hans") as work:
        supervising.explain(work, number, "因人员不足延误，今日完成。")
    city.turn(days=9)
    with city.work("sven") as work:
        supervising.decide_explanation(work, number, True, "属实")
    (explain,) = city.deadlines(number, DeadlineKind.EXPLAIN)
    assert explain.met_at == explained_at
    with city.work("sven") as work:
        supervising.lift(work, number, "已整改")
    ticket = city.ticket(number)
    assert (ticket.state, ticket.level) == (State.HANDLING, 3)


def test_the_named_unit_is_not_assigned_and_sees_nothing(city: City) -> None:
    number = city.receive(text="市政处东站的人上班时间打牌，路灯没人修").number
    with city.work("olga") as work:
        accepting.accept(work, number, accepting.Classification(named_unit_ids=(city.unit_id("lamps"),)))
    for unit in ("lamps", "lamps-east"):
        with city.work("dora") as work, pytest.raises(Refused) as refused:
            assigning.assign(work, number, city.unit_id(unit))
        assert refused.value.code == "named_unit"
    with city.work("dora") as work:
        assigning.assign(work, number, city.unit_id("parks"))
    for who in ("hans", "hugo"):
        with city.work(who) as work, pytest.raises(NotFound):
            handling.sign(work, number)


def test_the_second_hand_is_told_what_the_first_one_did(city: City) -> None:
    number = city.accepted()
    seen = city.ticket(number).version
    with city.work("dora") as work:
        assigning.assign(work, number, city.unit_id("lamps"), version=seen)
    with city.work("dora") as work, pytest.raises(Stale) as stale:
        assigning.assign(work, number, city.unit_id("parks"), version=seen)
    assert [change["step"] for change in stale.value.changes] == ["assign"]
    assert stale.value.version == seen + 1


def test_a_county_centre_sees_and_works_its_own_subtree(city: City) -> None:
    number = city.assigned("county")
    with city.work("cora") as work:
        handling.transfer(work, number, city.unit_id("county-roads"), "请公路站处理")
    with city.work("carl") as work:
        handling.sign(work, number)
    other = city.assigned("lamps")
    with city.work("cora") as work, pytest.raises(NotFound):
        handling.sign(work, other)


def test_history_cannot_be_changed(city: City) -> None:
    number = city.accepted()
    for statement in ("UPDATE event SET step = 'x'", "DELETE FROM event", "TRUNCATE event"):
        with pytest.raises(sa.exc.DBAPIError, match="append-only"), city.office.session() as session:
            session.execute(sa.text(statement))
    assert city.steps(number) == ["receive", "accept"]


def test_times_are_stored_in_utc(city: City) -> None:
    city.now = datetime(2026, 10, 12, 16, 30, tzinfo=UTC)  # after midnight in the city
    number = city.receive().number
    assert number.startswith("20261013")
    assert city.ticket(number).received_at == city.now
