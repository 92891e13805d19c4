"""申诉: by the unit, once, after closing, two reviewers; upheld = exempt in the rates, the raw fact stays visible."""

from __future__ import annotations

import sqlalchemy as sa

from hotline.domain.deadlines import due_at
from hotline.domain.errors import Invalid, Refused
from hotline.models import Appeal, Assignment, Deadline, DeadlineKind, Ending, Part, Ticket
from hotline.services.hand import Hand, record, take
from hotline.services.work import Work


def appeal(work: Work, number: str, reason: str, *, version: int | None = None) -> Ticket:
    """申诉 of a ticket that was closed late (运城)."""
    if len(reason.strip()) < 5:
        raise Invalid({"reason": "请写明申诉理由和依据。"})
    hand = take(work, number, "appeal", version=version)
    _in_time(hand)
    work.session.add(
        Appeal(
            ticket_id=hand.ticket.id,
            assignment_id=_last_turn(hand).id,
            round=hand.ticket.round,
            reason=reason.strip(),
            asked_by_id=work.actor.staff_id,
            asked_at=work.now,
        )
    )
    record(hand, reason=reason.strip())
    return hand.ticket


def _in_time(hand: Hand) -> None:
    work, ticket = hand.work, hand.ticket
    within = work.rules.policy(ticket.policy_version_id).appeals.within
    if ticket.closed_at is not None and work.now > due_at(work.rules.calendar, ticket.closed_at, within):
        raise Refused(f"申诉应在办结后{within.label}内提出，现已超过。", code="appeal_limit")


def _last_turn(hand: Hand) -> Assignment:
    query = (
        sa.select(Assignment)
        .where(
            Assignment.ticket_id == hand.ticket.id,
            Assignment.part == Part.LEAD,
            Assignment.ending == Ending.SUBMITTED,
        )
        .order_by(Assignment.id.desc())
        .limit(1)
    )
    return hand.work.session.scalars(query).one()


def review(work: Work, number: str, upheld: bool, opinion: str, *, version: int | None = None) -> Ticket:
    """审核申诉: a no ends it at once; a yes needs a second reviewer's yes."""
    hand = take(work, number, "review_appeal", version=version)
    row = work.session.scalars(
        sa.select(Appeal).where(Appeal.ticket_id == hand.ticket.id, Appeal.granted.is_(None))
    ).one()
    if upheld and row.reviewed_at is None:
        row.reviewed_by_id, row.reviewed_at = work.actor.staff_id, work.now
    else:
        row.granted, row.decided_by_id, row.decided_at = upheld, work.actor.staff_id, work.now
        if upheld:
            _exempt(hand, row)
    row.opinion = "；".join(part for part in (row.opinion, opinion.strip()) if part)
    record(hand, upheld=upheld, final=row.granted is not None, opinion=opinion.strip())
    return hand.ticket


def _exempt(hand: Hand, row: Appeal) -> None:
    """What this unit was late with in this round is not counted; due and met times stay as they are."""
    work = hand.work
    turn = work.session.get_one(Assignment, row.assignment_id)
    late = work.session.scalars(
        sa.select(Deadline).where(
            Deadline.ticket_id == hand.ticket.id,
            Deadline.round == row.round,
            Deadline.unit_id == turn.unit_id,
            Deadline.kind.in_((DeadlineKind.SIGN, DeadlineKind.HANDLE, DeadlineKind.REPLY, DeadlineKind.CLOSE)),
            Deadline.void_at.is_(None),
            Deadline.met_at > Deadline.due_at,
        )
    )
    for deadline in late:
        deadline.exempt_at, deadline.exempt_reason = work.now, f"申诉成立：{row.reason}"
