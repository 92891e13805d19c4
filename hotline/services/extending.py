"""延期: asked before the due time, approved by someone else, one more original limit, at most twice (运城)."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from hotline.domain.dates import spoken
from hotline.domain.errors import Invalid
from hotline.models import Deadline, DeadlineKind, Extension, Ticket
from hotline.services import messaging, promising, standing
from hotline.services.accepting import complaints_of
from hotline.services.hand import Hand, record, take
from hotline.services.work import Work


def request(work: Work, number: str, reason: str, *, version: int | None = None) -> Ticket:
    """申请延期 by the lead unit."""
    if len(reason.strip()) < 2:
        raise Invalid({"reason": "请写明延期原因和预计完成时间，此原因将告知诉求人。"})
    hand = take(work, number, "request_extension", version=version)
    handle = _handle(hand)
    work.session.add(
        Extension(
            ticket_id=hand.ticket.id,
            assignment_id=hand.turn.id,
            deadline_id=handle.id,
            round=hand.ticket.round,
            reason=reason.strip(),
            asked_by_id=work.actor.staff_id,
            asked_at=work.now,
        )
    )
    record(hand, reason=reason.strip(), due_at=handle.due_at.isoformat())
    return hand.ticket


def decide(work: Work, number: str, granted: bool, opinion: str, *, version: int | None = None) -> Ticket:
    """同意 or 不同意延期. A refusal uses none up. Asked in time is in time, also if decided after the due time."""
    hand = take(work, number, "grant_extension" if granted else "refuse_extension", version=version)
    extension = _waiting(hand)
    extension.granted, extension.opinion = granted, opinion
    extension.decided_by_id, extension.decided_at = work.actor.staff_id, work.now
    data: dict[str, Any] = {"opinion": opinion}
    if granted:
        handle = work.session.get_one(Deadline, extension.deadline_id)
        extension.due_before = handle.due_at
        handle.extensions += 1
        promising.recount(work, handle)
        extension.due_after = handle.due_at
        data |= {"due_before": extension.due_before.isoformat(), "due_at": handle.due_at.isoformat()}
        data["unmoved"] = _tell(hand, extension, handle)
    _tell_unit(hand, granted, opinion)
    record(hand, **data)
    return hand.ticket


def _tell(hand: Hand, extension: Extension, handle: Deadline) -> dict[str, str]:
    """Each complainant is told the one date that holds for him: the unit's new limit, or what he was promised, if that
    lies later and stays. Whose stays, by number, with that date."""
    work, reason = hand.work, extension.reason.rstrip("。")
    unmoved: dict[str, str] = {}
    for complaint in complaints_of(work, hand.ticket):
        now = standing.stand(work, complaint, hand.ticket)
        promised = now.due if now.overtaken is None else None
        if promised is not None:
            unmoved[complaint.number] = promised.due_at.isoformat()
        wording = "extended" if promised is None else "extended_within"
        due = spoken(promised.due_at if promised is not None else handle.due_at, work.rules.zone)
        messaging.tell_citizen(work, hand.ticket, complaint, wording, reason=reason, due=due)
    return unmoved


def _tell_unit(hand: Hand, granted: bool, opinion: str) -> None:
    """With the limit as it stands now, which the unit holds to."""
    work, wording = hand.work, "unit_extension_granted" if granted else "unit_extension_refused"
    due = spoken(_handle(hand).due_at, work.rules.zone)
    messaging.tell_unit(work, hand.ticket, hand.turn.unit_id, wording, due=due, reason=opinion)


def _handle(hand: Hand) -> Deadline:
    owed = promising.open_deadlines(hand.work, hand.ticket, DeadlineKind.HANDLE)
    return next(row for row in owed if row.assignment_id == hand.turn.id)


def _waiting(hand: Hand) -> Extension:
    query = sa.select(Extension).where(Extension.ticket_id == hand.ticket.id, Extension.granted.is_(None))
    return hand.work.session.scalars(query).one()
