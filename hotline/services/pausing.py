"""挂账: once, to an agreed day at most a year ahead; the clock stands still and goes on by itself."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import sqlalchemy as sa

from hotline.domain.dates import spoken
from hotline.domain.errors import Invalid, Refused
from hotline.models import DeadlineKind, Pause, Ticket
from hotline.services import messaging, promising
from hotline.services.accepting import complaints_of
from hotline.services.hand import Hand, record, take, take_found
from hotline.services.work import Work


def request(work: Work, number: str, reason: str, until: date, *, version: int | None = None) -> Ticket:
    """申请挂账 to the end of the given city day. Raises Invalid for a day past or too far ahead."""
    hand = take(work, number, "request_pause", version=version)
    if len(reason.strip()) < 2:
        raise Invalid({"reason": "请写明挂账原因，此原因将告知诉求人。"})
    work.session.add(
        Pause(
            ticket_id=hand.ticket.id,
            assignment_id=hand.turn.id,
            round=hand.ticket.round,
            reason=reason.strip(),
            until=_end_of(hand, until),
            asked_by_id=work.actor.staff_id,
            asked_at=work.now,
        )
    )
    record(hand, reason=reason.strip(), until=until.isoformat())
    return hand.ticket


def _end_of(hand: Hand, day: date) -> datetime:
    work = hand.work
    longest = work.rules.policy(hand.ticket.policy_version_id).pauses.days
    today = work.now.astimezone(work.rules.zone).date()
    if not today < day <= today + timedelta(days=longest):
        raise Invalid({"until": f"恢复日期应在明天与{longest}天之内。"})
    return datetime.combine(day + timedelta(days=1), time(), work.rules.zone)


def decide(work: Work, number: str, granted: bool, opinion: str, *, version: int | None = None) -> Ticket:
    """同意 or 不同意挂账. The clock stands still from the decision; what was overdue by then stays overdue."""
    hand = take(work, number, "grant_pause" if granted else "refuse_pause", version=version)
    pause = _latest(hand, granted=None)
    if granted and pause.until <= work.now:
        raise Refused("申请的恢复日期已过，不能再同意挂账；请不同意，由承办单位另行申请。", code="pause_past")
    pause.granted, pause.opinion = granted, opinion
    pause.decided_by_id, pause.decided_at = work.actor.staff_id, work.now
    if granted:
        pause.from_at = work.now
        hand.ticket.paused_until = pause.until
        _recount(hand)
        until = f"{pause.until.astimezone(work.rules.zone) - timedelta(days=1):%-m月%-d日}"
        messaging.tell_unit(work, hand.ticket, hand.turn.unit_id, "unit_pause_granted", until=until)
        for complaint in complaints_of(work, hand.ticket):
            messaging.tell_citizen(work, hand.ticket, complaint, "paused", reason=pause.reason, until=until)
    else:
        messaging.tell_unit(work, hand.ticket, hand.turn.unit_id, "unit_pause_refused", reason=opinion)
    record(hand, opinion=opinion)
    return hand.ticket


def resume(work: Work, number: str, *, version: int | None = None) -> Ticket:
    """恢复办理, by hand or, with the system as the actor, on the agreed day."""
    hand = take(work, number, "resume", version=version)
    return _resume(hand, work.now)


def resume_due(work: Work, ticket: Ticket) -> None:
    """挂账到期: goes on by itself from the agreed moment, whenever that is noticed. The ticket is locked already."""
    hand = take_found(work, ticket, "resume_by_clock")
    _resume(hand, hand.ticket.paused_until or work.now)


def _resume(hand: Hand, at: datetime) -> Ticket:
    pause = _latest(hand, granted=True)
    pause.resumed_at = min(at, pause.until)
    hand.ticket.paused_until = None
    _recount(hand)
    record(hand, at=pause.resumed_at)
    for complaint in complaints_of(hand.work, hand.ticket):
        messaging.tell_citizen(hand.work, hand.ticket, complaint, "resumed")
    _tell_unit(hand)
    return hand.ticket


def _tell_unit(hand: Hand) -> None:
    """When it must be done by now; nothing to a unit that has handed it in meanwhile."""
    work, owed = hand.work, promising.open_deadlines(hand.work, hand.ticket, DeadlineKind.HANDLE)
    handle = next((row for row in owed if row.assignment_id == hand.turn.id), None)
    if handle is not None:
        due = spoken(handle.due_at, work.rules.zone)
        messaging.tell_unit(work, hand.ticket, hand.turn.unit_id, "unit_resumed", due=due)


def _recount(hand: Hand) -> None:
    hand.work.session.flush()
    for deadline in promising.open_deadlines(hand.work, hand.ticket, *promising.PROMISED):
        promising.recount(hand.work, deadline)


def _latest(hand: Hand, *, granted: bool | None) -> Pause:
    query = sa.select(Pause).where(Pause.ticket_id == hand.ticket.id, Pause.granted.is_(granted))
    return hand.work.session.scalars(query.order_by(Pause.id.desc()).limit(1)).one()
