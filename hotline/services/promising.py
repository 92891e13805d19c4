"""时限: the life of a promise. One place writes, moves, meets and voids deadlines (design §4)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from hotline.domain.calendar import Calendar
from hotline.domain.deadlines import due_at, extend
from hotline.domain.limits import Limit
from hotline.domain.policy import Policy
from hotline.models import CaseStandard, Complaint, Deadline, DeadlineKind, Pause, Ticket, Unit
from hotline.services import holding
from hotline.services.work import Work

Span = tuple[datetime, datetime]

#: Promises that follow the ticket from unit to unit until they fall due; the others belong to one side for good.
FOLLOWING = (DeadlineKind.REPLY, DeadlineKind.CLOSE)
PROMISED = (DeadlineKind.HANDLE, DeadlineKind.REPLY, DeadlineKind.CLOSE)
WARN, BREACH = -1, 0  # ranks below the rungs of the ladder


def limit_for(work: Work, ticket: Ticket, kind: DeadlineKind) -> Limit:
    """The limit of this kind under the ticket's own policy version, source, urgency and case condition."""
    policy = work.rules.policy(ticket.policy_version_id)
    return policy.limit(
        kind.value,
        source=ticket.source.value,
        urgency=ticket.urgency.value,
        condition=_condition(work, ticket),
        request_type=ticket.request_type.value,
        own_limit=Limit.parse(ticket.own_limit) if ticket.own_limit else None,
    )


def _condition(work: Work, ticket: Ticket) -> Limit | None:
    if ticket.case_standard_id is None:
        return None
    standard = work.session.get_one(CaseStandard, ticket.case_standard_id)
    return Limit.parse(standard.limit_text)


def draw(calendar: Calendar, policy: Policy, kind: DeadlineKind, started_at: datetime, limit: Limit) -> dict[str, Any]:
    """The times of a new promise, before any pause or extension."""
    due = due_at(calendar, started_at, limit)
    values = {
        "kind": kind,
        "limit_text": str(limit),
        "started_at": started_at,
        "due_at": due,
        "original_due_at": due,
    }
    warned = policy.warn_limit(kind.value, limit)
    values["next_at"] = due if warned is None else min(due, due_at(calendar, started_at, warned))
    values["rank"] = -2 if warned is not None else WARN
    return values


def promise(
    work: Work,
    ticket: Ticket,
    kind: DeadlineKind,
    started_at: datetime,
    *,
    to_centre: bool = True,
    complaint_id: int | None = None,
    assignment_id: int | None = None,
    limit: Limit | None = None,
    owner: tuple[int, str] | None = None,
) -> Deadline:
    """Write a promise. Owed by the centre, by whoever has the ticket, or by the given unit (id, path).

    It has its id when the session is flushed.
    """
    limit = limit or limit_for(work, ticket, kind)
    unit_id, unit_path = owner or (
        (ticket.centre_id, ticket.centre_path) if to_centre else (ticket.unit_id, ticket.unit_path)
    )
    policy = work.rules.policy(ticket.policy_version_id)
    deadline = Deadline(
        ticket_id=ticket.id,
        complaint_id=complaint_id,
        assignment_id=assignment_id,
        round=ticket.round,
        unit_id=unit_id,
        unit_path=unit_path,
        extensions=0,
        direct=ticket.direct,
        **draw(work.rules.calendar, policy, kind, started_at, limit),
    )
    holding.add_deadline(work, deadline)
    return deadline


def restart(work: Work, ticket: Ticket, deadline: Deadline, started_at: datetime) -> None:
    """A promise not yet in force begins earlier than at the latest, now that the step before it has happened."""
    limit = limit_for(work, ticket, deadline.kind)
    policy = work.rules.policy(ticket.policy_version_id)
    for name, value in draw(work.rules.calendar, policy, deadline.kind, started_at, limit).items():
        setattr(deadline, name, value)


def hasten(work: Work, ticket: Ticket, said_at: datetime) -> dict[str, str]:
    """The ticket has become urgent and nobody has accepted it: what is owed is drawn anew under the limits that now
    hold, from when the danger was told, and each promise keeps the earlier of its two moments.

    Returns by when it was to be accepted and is now, for the history; nothing where that has not changed.
    """
    owed = open_deadlines(work, ticket)
    accepts = [row for row in owed if row.kind is DeadlineKind.ACCEPT]
    before = [row.due_at for row in accepts]
    accepted_at = _drawn_in(work, ticket, accepts, said_at, said_at)
    dispatches = [row for row in owed if row.kind is DeadlineKind.DISPATCH]
    dispatched_at = _drawn_in(work, ticket, dispatches, said_at, accepted_at)
    _drawn_in(work, ticket, [row for row in owed if row.kind in FOLLOWING], said_at, accepted_at)
    _drawn_in(work, ticket, [row for row in owed if row.kind is DeadlineKind.HANDLE], said_at, dispatched_at)
    if before == [row.due_at for row in accepts]:
        return {}
    return {"due_before": before[0].isoformat(), "due_at": accepts[0].due_at.isoformat()}


def _drawn_in(work: Work, ticket: Ticket, rows: Sequence[Deadline], said_at: datetime, begins_at: datetime) -> datetime:
    """Promises of one step, which begins at the latest at `begins_at`, and what has begun already, at `said_at`.

    Returns by when they are due; without any, when the step begins.
    """
    for row in rows:
        limit, started_at = limit_for(work, ticket, row.kind), max(said_at, min(row.started_at, begins_at))
        if due_at(work.rules.calendar, started_at, limit, pauses_of(work, row)) < row.due_at:
            row.limit_text, row.started_at = str(limit), started_at
            recount(work, row)
    return min((row.due_at for row in rows), default=begins_at)


def open_deadlines(work: Work, ticket: Ticket, *kinds: DeadlineKind) -> list[Deadline]:
    """The ticket's promises neither met nor void, oldest first."""
    return [row for row in holding.deadlines_of(work, ticket, *kinds) if row.met_at is None and row.void_at is None]


def meet(work: Work, deadlines: Iterable[Deadline], at: datetime) -> None:
    """Kept, in time or late. What fell due before and has not been taken yet is left to the sweep, which dates it."""
    for deadline in deadlines:
        deadline.met_at = at
        deadline.next_at = _left_to_sweep(work, deadline, at)


def offer(work: Work, deadlines: Iterable[Deadline], at: datetime) -> None:
    """Submitted: the clock waits for the check."""
    for deadline in deadlines:
        deadline.offered_at = at
        deadline.next_at = _left_to_sweep(work, deadline, at)


def take_offer(work: Work, deadlines: Iterable[Deadline]) -> None:
    """The submission was approved: it counts from when it was made."""
    for deadline in deadlines:
        if deadline.offered_at is not None:
            deadline.met_at = deadline.offered_at


def refuse_offer(work: Work, deadlines: Iterable[Deadline]) -> None:
    """The submission was sent back: the clock was running all the time."""
    for deadline in deadlines:
        deadline.offered_at = None
        recount(work, deadline)


def void(work: Work, deadlines: Iterable[Deadline], reason: str) -> None:
    """No longer owed. The row keeps its times, for the list behind the figures and for taking the reason back."""
    for deadline in deadlines:
        deadline.void_at = work.now
        deadline.void_reason = reason
        deadline.next_at = None


def revive(work: Work, deadlines: Iterable[Deadline]) -> None:
    """The reason for voiding was taken back: owed as before."""
    for deadline in deadlines:
        deadline.void_at = None
        deadline.void_reason = None
        _stand_with_unit(work, deadline)
        recount(work, deadline)


def owe_again(work: Work, deadline: Deadline) -> None:
    """What it was met by was none of its own. The caller counts it again."""
    deadline.met_at = None
    _stand_with_unit(work, deadline)


def _stand_with_unit(work: Work, deadline: Deadline) -> None:
    """What was settled has stayed where it was when its unit moved; what is open stands where the unit stands."""
    deadline.unit_path = work.session.get_one(Unit, deadline.unit_id).path


def drop_unborn(work: Work, deadlines: Iterable[Deadline]) -> list[Deadline]:
    """Delete promises that never came into force; return those that did."""
    kept = []
    for deadline in deadlines:
        if deadline.started_at > work.now:
            holding.drop_deadline(work, deadline)
        else:
            kept.append(deadline)
    return kept


def answer_directly(work: Work, ticket: Ticket) -> None:
    """The centre answers by itself: what is owed or was kept in this round is shown apart in the rates."""
    for deadline in holding.deadlines_of(work, ticket):
        if deadline.round == ticket.round or (deadline.met_at is None and deadline.void_at is None):
            deadline.direct = True


def hand_over(work: Work, ticket: Ticket, unit_id: int, unit_path: str) -> None:
    """The ticket is with this unit now, and so is what has not fallen due yet (design §4)."""
    ticket.unit_id, ticket.unit_path = unit_id, unit_path
    for deadline in open_deadlines(work, ticket, *FOLLOWING):
        if deadline.due_at > work.now:
            deadline.unit_id, deadline.unit_path = unit_id, unit_path


def recount(work: Work, deadline: Deadline) -> None:
    """Compute due time and next moment again, from start, limit, pauses and extensions."""
    calendar, limit = work.rules.calendar, Limit.parse(deadline.limit_text)
    pauses = pauses_of(work, deadline)
    deadline.original_due_at = due_at(calendar, deadline.started_at, limit, pauses)
    deadline.due_at = _extended(work, deadline, calendar, deadline.original_due_at, pauses)
    deadline.next_at = _next_moment(work, deadline, limit, pauses)


def due_of(work: Work, deadline: Deadline, calendar: Calendar, pauses: Sequence[Span]) -> datetime:
    """When it would be due by that calendar. Nothing is written."""
    due = due_at(calendar, deadline.started_at, Limit.parse(deadline.limit_text), pauses)
    return _extended(work, deadline, calendar, due, pauses)


def with_pauses(work: Work, ticket_ids: Sequence[int]) -> set[int]:
    """Those of the tickets whose clock stood still at some time: of the others nobody need ask `pauses_of`."""
    ids = sa.select(Pause.ticket_id).where(Pause.ticket_id.in_(ticket_ids), Pause.granted.is_(True)).distinct()
    return set(work.session.scalars(ids)) if ticket_ids else set()


def _extended(work: Work, deadline: Deadline, calendar: Calendar, due: datetime, pauses: Sequence[Span]) -> datetime:
    limit = Limit.parse(deadline.limit_text)
    for _ in range(deadline.extensions):
        due = extend(calendar, due, added_by_extension(work, deadline) or limit, pauses)
    return due


def added_by_extension(work: Work, deadline: Deadline) -> Limit | None:
    """What one extension adds, where the source has a rule of its own (信访条例 第三十四条)."""
    ticket = work.session.get_one(Ticket, deadline.ticket_id)
    return work.rules.policy(ticket.policy_version_id).extension(ticket.source.value).adds


def pauses_of(work: Work, deadline: Deadline) -> list[Span]:
    """When the clock stood or will stand still; a pause that has not ended is counted to its agreed day.

    Only what is promised to the citizen stands still; and what joined the ticket later, not before it had joined.
    """
    if deadline.kind not in PROMISED:
        return []
    rows = work.session.scalars(sa.select(Pause).where(Pause.ticket_id == deadline.ticket_id, Pause.granted.is_(True)))
    spans = [(row.from_at, row.resumed_at or row.until) for row in rows if row.from_at is not None]
    joined_at = _joined_at(work, deadline) if spans else None
    if joined_at is None:
        return spans
    return [(max(begin, joined_at), end) for begin, end in spans if end > joined_at]


def _joined_at(work: Work, deadline: Deadline) -> datetime | None:
    """When the complaint that is to be answered came over from another ticket; None if it was here from the first."""
    return work.session.scalar(
        sa.select(Ticket.ended_at)
        .join(Complaint, Complaint.first_ticket_id == Ticket.id)
        .where(Complaint.id == deadline.complaint_id)
    )


def _next_moment(work: Work, deadline: Deadline, limit: Limit, pauses: Sequence[Span]) -> datetime | None:
    if deadline.met_at or deadline.void_at or deadline.offered_at:
        return None
    policy = work.rules.policy(work.session.get_one(Ticket, deadline.ticket_id).policy_version_id)
    if deadline.rank < WARN and (warned := policy.warn_limit(deadline.kind.value, limit)) is not None:
        return min(deadline.due_at, due_at(work.rules.calendar, deadline.started_at, warned, pauses))
    return moment_after(work.rules.calendar, policy, deadline.kind, deadline.due_at, max(deadline.rank, WARN))


def moment_after(calendar: Calendar, policy: Policy, kind: DeadlineKind, due: datetime, rank: int) -> datetime | None:
    """When the level after `rank` is reached: the due time itself, then each rung of the ladder; None at its top."""
    if rank < BREACH:
        return due
    rung = next((each for each in policy.rungs(kind.value) if each.rank > rank), None)
    if rung is None:
        return None
    return due if rung.after is None else due_at(calendar, due, rung.after)


def _left_to_sweep(work: Work, deadline: Deadline, at: datetime) -> datetime | None:
    return deadline.next_at if work.texts and deadline.next_at is not None and deadline.next_at <= at else None


def reply_owed(work: Work, complaint: Complaint) -> Deadline | None:
    """The promise to answer this complaint; None for callers who asked for no reply."""
    return holding.reply_owed_to(work, complaint)
