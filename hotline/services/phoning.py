"""外呼: whom to call next, one operator a call; the tries that reached nobody, and what then goes on by rule.

Whom to call is derived (`calling` for what no text could bring, here for the questions that nobody has answered). What
is kept is only who is calling and how often it was tried; whoever was reached is off the list by what was logged.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import aliased

from hotline.domain.deadlines import due_at
from hotline.domain.errors import Invalid, NotFound, Refused
from hotline.domain.workflow import State
from hotline.models import (
    Citizen,
    Complaint,
    Deadline,
    DeadlineKind,
    Direction,
    Message,
    MessageState,
    Missed,
    OutCall,
    Staff,
    Survey,
    Ticket,
)
from hotline.services import calling, messaging, reaching
from hotline.services.calling import Call, Why
from hotline.services.closing import close_if_finished
from hotline.services.hand import find
from hotline.services.hand import log as log_line
from hotline.services.paging import FIRST, Place, Stretch, cut
from hotline.services.scoping import visible
from hotline.services.work import Work

HELD = timedelta(minutes=10)  # how long nobody else is led to a call that somebody makes
LATEST = timedelta(days=30)  # a call is put off until then at most
MOST = 1000  # counts stop here
LOOKED_AT = 100  # calls of each reason that are looked through for the next one, oldest first
AGAIN = timedelta(hours=2)  # after a try that reached nobody
LATER = "call_later"  # the line of the history
LABELS = {
    Missed.NO_ANSWER: "无人接听",
    Missed.OFF: "关机",
    Missed.VOID: "空号",
    Missed.REFUSED: "拒接",
}


class Which(StrEnum):
    """The two lists."""

    ANSWERS = "answers"  # 待联系: what no text could bring
    SURVEYS = "surveys"  # 回访


@dataclass(frozen=True, slots=True)
class Question:
    """One citizen to be asked whether it was solved. `asked_at`: when a text asked; `ends_at`: when nobody waits for
    the answer any more."""

    survey_id: int
    complaint_id: int
    complaint_number: str
    ticket: Ticket
    confidential: bool
    phone_masked: str | None
    opted_out: bool
    tries: int
    asked_at: datetime | None
    due_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a call stands: who else is calling just now, and what came of the tries before."""

    by_other: str = ""
    tries: int = 0
    missed: Missed | None = None
    tried_at: datetime | None = None
    again_at: datetime | None = None


def survey_list(work: Work, place: Place[int] = FIRST, size: int = calling.PAGE) -> Stretch[Question, int]:
    """回访: whom a text has asked in vain, or may not ask: whose question ends first stands on top. `place`: the id of
    the survey that a page before this one ended or began with."""
    query = _due_surveys(work)
    edge = place.before if place.back else place.after
    if edge is not None:
        ends_at = work.session.scalar(sa.select(Survey.next_at).where(Survey.id == edge))
        if ends_at is None:  # answered meanwhile
            return Stretch([], before=None, after=None, astray=True)
        here, there = sa.tuple_(Survey.next_at, Survey.id), sa.tuple_(sa.literal(ends_at), sa.literal(edge))
        query = query.where(here < there if place.back else here > there)
    order = (Survey.next_at.desc(), Survey.id.desc()) if place.back else (Survey.next_at, Survey.id)
    rows = [_question(row) for row in work.session.execute(query.order_by(*order).limit(size + 1))]
    return cut(rows, place, size, lambda each: each.survey_id)


def question_of(work: Work, complaint_number: str) -> Question | None:
    """The question to this citizen, if it is still open and he can be called."""
    row = work.session.execute(_due_surveys(work).where(Complaint.number == complaint_number)).one_or_none()
    return _question(row) if row is not None else None


def surveys(work: Work) -> sa.Select[Any]:
    """The ids of all that stand on that list, to be counted in a statement with others."""
    return _due_surveys(work).with_only_columns(Survey.id)


def counts(work: Work) -> dict[Which, int]:
    """How many wait on each list, at most `MOST`."""
    asked = _due_surveys(work).with_only_columns(Survey.id).limit(MOST).subquery()
    surveys = work.session.execute(sa.select(sa.func.count()).select_from(asked)).scalar_one()
    return {Which.ANSWERS: calling.count(work, MOST), Which.SURVEYS: surveys}


def standings(work: Work, complaint_ids: Sequence[int]) -> dict[int, Standing]:
    """Where the calls stand, in one statement; those that nobody has begun are left out."""
    rows = work.session.execute(
        sa.select(OutCall, Staff.name)
        .outerjoin(Staff, Staff.id == OutCall.taken_by_id)
        .where(OutCall.complaint_id.in_(complaint_ids))
    )
    return {call.complaint_id: _standing(work, call, name) for call, name in rows}


def take(work: Work, complaint_id: int) -> Standing:
    """The call is the actor's for a while, unless somebody else is making it: then his name is told."""
    free = sa.or_(OutCall.taken_at.is_(None), OutCall.taken_at <= work.now - HELD, OutCall.taken_by_id == _me(work))
    mine = {"taken_by_id": _me(work), "taken_at": work.now}
    statement = insert(OutCall).values(complaint_id=complaint_id, **mine)
    work.session.execute(statement.on_conflict_do_update(index_elements=[OutCall.complaint_id], set_=mine, where=free))
    return standings(work, [complaint_id])[complaint_id]


def next_call(work: Work, which: Which, besides: str = "") -> str | None:
    """The complaint to call about next, taken by the actor, so that two operators are never led to the same one: what
    is due first; whoever goes on is led back to what he has left undone only when nothing else waits. None when no call
    waits. `besides`: the one that was just made."""
    waiting = _waiting_surveys if which is Which.SURVEYS else _waiting_answers
    for mine in (False, True):
        for complaint_id, number in waiting(work, _is_free(work, mine=mine)):
            if number != besides and not take(work, complaint_id).by_other:
                return number
    return None


def missed(work: Work, complaint_number: str, why: Missed, which: Which, said: str = "") -> str:
    """登记未接通: the try counts, with its time and its reason, and what was `said` by whoever was there. What follows,
    in words. Raises NotFound, Refused."""
    complaint, ticket = _hold(work, complaint_number)
    _refuse_settled(work, complaint, which)
    call = _call(work, complaint)
    void_again = why is Missed.VOID and call.missed is Missed.VOID
    call.tries, call.missed, call.tried_at = call.tries + 1, why, work.now
    call.taken_by_id = call.taken_at = call.again_at = None
    if which is Which.SURVEYS:
        last, follows = _ask_later(work, complaint, call)
    else:
        last = void_again or call.tries >= work.phone_script.tries
        follows = _go_on(work, ticket, complaint, call) if last else _try_again(work, call)
    log_line(
        work, ticket, calling.MISSED,
        complaint=complaint.number, why=LABELS[why], tries=call.tries, last=last,
        note="；".join(each for each in (said, follows) if each),
    )  # fmt: skip
    if last and which is Which.ANSWERS:
        call.tries, call.missed = 0, None
        close_if_finished(work, ticket)
    return follows


def put_off(work: Work, complaint_number: str, at: datetime, which: Which, said: str = "") -> None:
    """约定再打: nobody is led to it before that moment. No try is counted: somebody was spoken to. Raises Invalid."""
    if not work.now < at <= work.now + LATEST:
        raise Invalid({"again_at": f"请填写从现在起{LATEST.days}天以内的时间。"})
    complaint, ticket = _hold(work, complaint_number)
    _refuse_settled(work, complaint, which)
    call = _call(work, complaint)
    call.again_at, call.taken_by_id, call.taken_at = at, None, None
    log_line(work, ticket, LATER, complaint=complaint.number, at=at.isoformat(), note=said)


def done(work: Work, complaint_id: int) -> None:
    """Somebody was reached: nothing is left of the tries."""
    work.session.execute(sa.delete(OutCall).where(OutCall.complaint_id == complaint_id))


def find_complaint(work: Work, number: str) -> tuple[Complaint, Ticket]:
    """The complaint and its ticket, if they are the actor's to see. Raises NotFound."""
    row = work.session.execute(
        sa.select(Complaint, Ticket)
        .join(Ticket, Ticket.id == Complaint.ticket_id)
        .where(Complaint.number == number, visible(work.actor))
    ).one_or_none()
    if row is None:
        raise NotFound("没有找到这件诉求，请核对编号。")
    return row.Complaint, row.Ticket


def _due_surveys(work: Work) -> sa.Select[*tuple[Any, ...]]:
    """Open questions to whom the answer has reached, that a text has put at least once and a day ago, or could not."""
    text = aliased(Message)
    asked_lately = sa.exists().where(
        text.complaint_id == Complaint.id,
        text.direction == Direction.OUT,
        text.purpose.in_(("survey", "survey_again")),
        text.state.not_in((MessageState.FAILED, MessageState.CANCELLED)),
        text.created_at > work.now - calling.UNHEARD,
    )
    return (
        sa.select(Survey, Complaint, Ticket, Citizen, Deadline.due_at)
        .join(Complaint, Complaint.id == Survey.complaint_id)
        .join(Ticket, sa.and_(Ticket.id == Complaint.ticket_id, Ticket.id == Survey.ticket_id))
        .join(Citizen, Citizen.id == Complaint.citizen_id)
        .join(Deadline, Deadline.id == Survey.deadline_id)
        .where(Survey.next_at.is_not(None), Survey.answered_at.is_(None), Survey.expired_at.is_(None))
        .where(Survey.tries > 0, Survey.round == Ticket.round, Ticket.state == State.REPLIED)
        .where(Complaint.reached_at.is_not(None), Complaint.withdrawn_at.is_(None), Citizen.phone_sealed.is_not(None))
        .where(visible(work.actor), sa.or_(Citizen.opted_out_at.is_not(None), sa.not_(asked_lately)))
    )


def _question(row: sa.Row[Any]) -> Question:
    survey, complaint, ticket, citizen, due = tuple(row)
    assert survey.next_at is not None  # it is asked for only until then
    return Question(
        survey.id, complaint.id, complaint.number, ticket, complaint.confidential, citizen.phone_masked,
        citizen.opted_out_at is not None, survey.tries, survey.asked_at, due, survey.next_at,
    )  # fmt: skip


def _is_free(work: Work, *, mine: bool) -> sa.ColumnElement[bool]:
    """The condition on `Complaint`: nobody makes the call just now, unless it is the actor himself and `mine`; and no
    other moment was agreed."""
    held = OutCall.taken_at > work.now - HELD
    if mine:
        held = sa.and_(held, OutCall.taken_by_id.is_distinct_from(_me(work)))
    return ~sa.exists().where(OutCall.complaint_id == Complaint.id, sa.or_(held, OutCall.again_at > work.now))


def _waiting_surveys(work: Work, free: sa.ColumnElement[bool]) -> list[tuple[int, str]]:
    query = _due_surveys(work).where(free).with_only_columns(Complaint.id, Complaint.number)
    return [(row.id, row.number) for row in work.session.execute(query.order_by(Survey.next_at).limit(LOOKED_AT))]


def _waiting_answers(work: Work, free: sa.ColumnElement[bool]) -> list[tuple[int, str]]:
    """Whom to tell something: by the promise to reply that falls due first. Words that were read are no call."""
    found = {call.complaint_id: call for call in calling.oldest(work, LOOKED_AT, free) if call.why is not Why.WORDS}
    owed = work.session.execute(
        sa.select(Deadline.complaint_id, sa.func.max(Deadline.due_at))
        .where(Deadline.complaint_id.in_(found), Deadline.kind == DeadlineKind.REPLY, Deadline.void_at.is_(None))
        .group_by(Deadline.complaint_id)
    )
    due = {row[0]: row[1] for row in owed}
    first = sorted(found.values(), key=lambda call: (call.complaint_id not in due, due.get(call.complaint_id)))
    return [(call.complaint_id, call.complaint_number) for call in first]


def _standing(work: Work, call: OutCall, name: str | None) -> Standing:
    held = call.taken_at is not None and call.taken_at > work.now - HELD and call.taken_by_id != _me(work)
    return Standing((name or "其他受理员") if held else "", call.tries, call.missed, call.tried_at, call.again_at)


def _me(work: Work) -> int | None:
    return work.actor.staff_id


def _hold(work: Work, number: str) -> tuple[Complaint, Ticket]:
    """Both, the ticket locked: of two who write down the same call the second sees what the first did."""
    complaint, ticket = find_complaint(work, number)
    locked = find(work, ticket.number, lock=True)
    work.session.refresh(complaint)
    if complaint.ticket_id != locked.id:
        raise Refused("这件诉求刚刚并案或撤销并案，请重新打开。", code="moved")
    return complaint, locked


def _refuse_settled(work: Work, complaint: Complaint, which: Which) -> None:
    """Whom somebody has reached meanwhile is not called any more."""
    waits: Question | Call | None
    waits = question_of(work, complaint.number) if which is Which.SURVEYS else calling.call_of(work, complaint.id)
    if waits is None:
        raise Refused("这件诉求已经联系上，或不再需要打电话。", code="called")


def _call(work: Work, complaint: Complaint) -> OutCall:
    """The row of the call; tries about an earlier answer are not counted for this one."""
    call = work.session.get(OutCall, complaint.id)
    if call is None:
        call = OutCall(complaint_id=complaint.id, tries=0)
        work.session.add(call)
    elif call.tried_at is not None and complaint.answered_at is not None and call.tried_at < complaint.answered_at:
        call.tries = 0
    return call


def _ask_later(work: Work, complaint: Complaint, call: OutCall) -> tuple[bool, str]:
    """A call in vain is a try like a text in vain: after the last one the question ends when its wait is over."""
    survey, ticket = work.session.execute(
        sa.select(Survey, Ticket)
        .join(Ticket, Ticket.id == Survey.ticket_id)
        .where(Survey.complaint_id == complaint.id, Survey.ticket_id == complaint.ticket_id)
        .where(Survey.answered_at.is_(None), Survey.expired_at.is_(None), Survey.round == Ticket.round)
    ).one()
    rule = work.rules.policy(ticket.policy_version_id).survey
    survey.tries += 1
    survey.next_at = due_at(work.rules.calendar, work.now, rule.wait)
    last = survey.tries >= rule.tries
    call.again_at = survey.next_at if last else work.now + AGAIN
    if last:
        return True, f"已尝试{survey.tries}次，不再拨打；到期仍无评价的，回访按规则结束。"
    return False, f"已尝试{survey.tries}次，共{rule.tries}次，稍后再打。"


def _try_again(work: Work, call: OutCall) -> str:
    call.again_at = work.now + AGAIN
    return f"已尝试{call.tries}次，共{work.phone_script.tries}次，稍后再打。"


def _go_on(work: Work, ticket: Ticket, complaint: Complaint, call: OutCall) -> str:
    """The tries are used up. An answer is owed all the same: it goes out by text once more, and comes back to the list
    if that fails again. Whose number does not exist has left no contact: the answer stands on the status page."""
    if complaint.answered_at is None:
        return "不再拨打，办理结果另行答复。"
    if call.missed is Missed.VOID:
        reaching.reach(work, complaint, work.now, reaching.PUBLISHED)
        return "号码为空号，没有其他联系方式，答复在查询页公布。"
    if _send_again(work, ticket, complaint):
        return "再发一次短信；仍未送达的，重新列入名单。"
    call.again_at = work.now + timedelta(days=1)
    return "诉求人不接收短信，次日再打。"


def _send_again(work: Work, ticket: Ticket, complaint: Complaint) -> bool:
    if ticket.state is State.DECLINED:
        about = {"reason": ticket.decline_reason, "channel": ticket.decline_channel}
        return messaging.tell_citizen(work, ticket, complaint, "declined", **about)
    return messaging.tell_citizen(work, ticket, complaint, "answered", answer=ticket.answer)
