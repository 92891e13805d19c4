"""申诉: by the unit, once, after closing, two reviewers; upheld = exempt in the rates, the raw fact stays visible.

What the first reviewer has written nobody else reads before the second has decided, so that the second judges for
himself: it stands in the appeal's row, and comes into the history with the decision.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from hotline.domain.deadlines import due_at
from hotline.domain.errors import Invalid, Refused
from hotline.models import Appeal, Assignment, Deadline, DeadlineKind, Ending, Part, Staff, Ticket, Unit
from hotline.services import covering, messaging
from hotline.services.hand import Hand, record, take
from hotline.services.paging import Place, Stretch, cut, newest_first
from hotline.services.scoping import visible
from hotline.services.work import Work

PAGE = 50
COUNTED = (DeadlineKind.SIGN, DeadlineKind.HANDLE, DeadlineKind.REPLY, DeadlineKind.CLOSE)  # what an appeal is about


@dataclass(frozen=True)
class Appealed:
    """An appeal as it is read: with its ticket, the unit that appealed, who asked, and who has reviewed it."""

    appeal: Appeal
    ticket: Ticket
    unit: str
    asked_by: str | None
    first: str | None
    last: str | None
    matter: str


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
    """审核申诉: a no ends it at once and says why; a yes needs a second reviewer's yes."""
    if not upheld and len(opinion.strip()) < 2:
        raise Invalid({"opinion": "请写明申诉不成立的理由，例如：停工通知不在办理期限内。"})
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
    final = row.granted is not None
    said: dict[str, Any] = {"first_opinion": row.opinion, "opinion": opinion.strip()} if final else {}
    row.opinion = "；".join(part for part in (row.opinion, opinion.strip()) if part)
    if final:
        turn = work.session.get_one(Assignment, row.assignment_id)
        wording = "unit_appeal_upheld" if upheld else "unit_appeal_refused"
        messaging.tell_unit(work, hand.ticket, turn.unit_id, wording, reason=opinion)
    record(hand, upheld=upheld, final=final, **said)
    return hand.ticket


def opinion_for(work: Work, row: Appeal) -> str:
    """What the reviewers have written, as far as this person may read it by now."""
    mine = row.reviewed_by_id is not None and row.reviewed_by_id == work.actor.staff_id
    return row.opinion if row.granted is not None or mine else ""


def waiting_on(work: Work, ticket: Ticket) -> Appealed:
    """The newest appeal on this ticket, on which there must be one: as it is to be reviewed, or as another has decided
    it this moment."""
    query = _read(work).where(Appeal.ticket_id == ticket.id).order_by(Appeal.id.desc()).limit(1)
    return _appealed(work, work.session.execute(query).one())


def decided(work: Work, place: Place[int], size: int = PAGE) -> Stretch[Appealed, int]:
    """A page of what has been decided, the newest appeal first."""
    query = newest_first(_read(work).where(Appeal.granted.is_not(None)), Appeal.id, place, size)
    rows = work.session.execute(query).all()
    covering.read_ahead(work, (row[1] for row in rows))
    return cut([_appealed(work, row) for row in rows], place, size, lambda each: each.appeal.id)


def late_with(work: Work, row: Appeal) -> Sequence[Deadline]:
    """The raw fact: what the unit that appeals was late with in that round."""
    unit_id = sa.select(Assignment.unit_id).where(Assignment.id == row.assignment_id).scalar_subquery()
    return work.session.scalars(
        sa.select(Deadline)
        .where(
            Deadline.ticket_id == row.ticket_id,
            Deadline.round == row.round,
            Deadline.unit_id == unit_id,
            Deadline.kind.in_(COUNTED),
            Deadline.void_at.is_(None),
            Deadline.met_at > Deadline.due_at,
        )
        .order_by(Deadline.due_at, Deadline.id)
    ).all()


def _read(work: Work) -> sa.Select[*tuple[Any, ...]]:
    asker, first, last = aliased(Staff), aliased(Staff), aliased(Staff)
    return (
        sa.select(Appeal, Ticket, Unit.name, asker.name, first.name, last.name)
        .join(Ticket, Ticket.id == Appeal.ticket_id)
        .join(Assignment, Assignment.id == Appeal.assignment_id)
        .join(Unit, Unit.id == Assignment.unit_id)
        .outerjoin(asker, asker.id == Appeal.asked_by_id)
        .outerjoin(first, first.id == Appeal.reviewed_by_id)
        .outerjoin(last, last.id == Appeal.decided_by_id)
        .where(visible(work.actor))
    )


def _appealed(work: Work, row: Any) -> Appealed:
    appeal, ticket, unit, asked_by, first, last = row
    return Appealed(appeal, ticket, unit, asked_by, first, last, covering.passing(work, ticket)(ticket.matter))


def _exempt(hand: Hand, row: Appeal) -> None:
    """What this unit was late with in this round is not counted; due and met times stay as they are."""
    work = hand.work
    for deadline in late_with(work, row):
        deadline.exempt_at, deadline.exempt_reason = work.now, f"申诉成立：{row.reason}"
