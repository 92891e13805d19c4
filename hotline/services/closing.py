"""办结归档: not before every complainant is answered and has been asked."""

from __future__ import annotations

from hotline.domain.actors import SYSTEM
from hotline.domain.errors import Refused
from hotline.domain.workflow import State
from hotline.models import DeadlineKind, Ticket
from hotline.services import promising
from hotline.services.hand import Hand, record, take, take_found
from hotline.services.work import Work


def close(work: Work, number: str, *, version: int | None = None) -> Ticket:
    """办结 by a person of the centre."""
    return _close(take(work, number, "close", version=version))


def close_if_finished(work: Work, ticket: Ticket) -> None:
    """办结 by the system, as soon as nothing is left to wait for. The ticket is locked already."""
    if ticket.state is not State.REPLIED or not work.closes:
        return
    try:
        hand = take_found(work.act_as(SYSTEM), ticket, "close")
    except Refused:  # somebody still waits
        return
    _close(hand)


def _close(hand: Hand) -> Ticket:
    work, ticket = hand.work, hand.ticket
    ticket.closed_at = work.now
    # A round that was reopened before it closed still owes its closing: it is kept only now.
    promising.meet(work, promising.open_deadlines(work, ticket, DeadlineKind.CLOSE), work.now)
    record(hand)
    return ticket
