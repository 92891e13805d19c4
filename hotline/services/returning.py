"""退回: with a reason, within the time limit, at most twice, never by a designated unit; every hop is counted."""

from __future__ import annotations

import sqlalchemy as sa

from hotline.domain.errors import Invalid
from hotline.models import Ending, Return, Ticket, Unit
from hotline.services import messaging
from hotline.services.assigning import give_back
from hotline.services.hand import Hand, record, take
from hotline.services.work import Work


def give_back_to_centre(work: Work, number: str, reason: str, *, version: int | None = None) -> Ticket:
    """退回 by the lead unit. Under 督办 this is a request that waits for the supervisor."""
    if len(reason.strip()) < 2:
        raise Invalid({"reason": "请写明退回原因，例如：不属本单位职责，应由哪个单位办理。"})
    hand = take(work, number, "return", "request_return", version=version)
    request = Return(
        ticket_id=hand.ticket.id,
        assignment_id=hand.turn.id,
        round=hand.ticket.round,
        reason=reason.strip(),
        asked_by_id=work.actor.staff_id,
        asked_at=work.now,
    )
    work.session.add(request)
    if hand.step.name == "return":  # within the rules it is granted by the rule itself
        request.granted, request.decided_at = True, work.now
        give_back(hand, Ending.RETURNED)
        unit = work.session.get_one(Unit, hand.turn.unit_id)
        centre_id = hand.ticket.centre_id
        messaging.tell_unit(work, hand.ticket, centre_id, "centre_returned", unit=unit.name, reason=request.reason)
    record(hand, reason=request.reason, unit_id=hand.turn.unit_id)
    return hand.ticket


def decide(work: Work, number: str, granted: bool, opinion: str, *, version: int | None = None) -> Ticket:
    """同意 or 不同意退回, by the supervisor, while an order is open."""
    hand = take(work, number, "grant_return" if granted else "refuse_return", version=version)
    request = _waiting(hand)
    request.granted, request.opinion = granted, opinion
    request.decided_by_id, request.decided_at = work.actor.staff_id, work.now
    if granted:
        give_back(hand, Ending.RETURNED)
    wording = "unit_return_granted" if granted else "unit_return_refused"
    messaging.tell_unit(work, hand.ticket, hand.turn.unit_id, wording, reason=opinion)
    record(hand, opinion=opinion)
    return hand.ticket


def _waiting(hand: Hand) -> Return:
    query = sa.select(Return).where(Return.ticket_id == hand.ticket.id, Return.granted.is_(None))
    return hand.work.session.scalars(query).one()
