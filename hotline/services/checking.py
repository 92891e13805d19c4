"""核查: somebody else than the unit looks at the result — the centre, not the unit (北京条例 第二十三条)."""

from __future__ import annotations

from hotline.domain.errors import Invalid
from hotline.models import DeadlineKind, Ending, Ticket
from hotline.services import holding, messaging, promising, reviewing
from hotline.services.hand import Hand, record, take
from hotline.services.work import Work


def approve(work: Work, number: str, opinion: str = "", *, version: int | None = None) -> Ticket:
    """核查通过: the submission counts from when it was made; the turns end; reminders without a demand are settled.

    The history says what the checker had been told of the result (`reviewing`); who approves against a serious remark
    says why. Raises Invalid where he does not, and what `take` raises.
    """
    hand = take(work, number, "approve", version=version)
    ticket = hand.ticket
    told = reviewing.told(work, ticket, ticket.outcome)
    if not opinion.strip() and (missing := reviewing.say_why(told)):
        raise Invalid({"opinion": missing})
    _end_check(hand)
    promising.take_offer(work, promising.open_deadlines(work, ticket, DeadlineKind.HANDLE))
    for turn in [hand.turn, *hand.assists]:
        turn.ended_at, turn.ending = turn.submitted_at or work.now, Ending.SUBMITTED
    ticket.resolved_at = work.now
    for order in holding.orders_of(work, ticket):
        settled = order.explain_deadline_id is None or order.explanation_accepted_at is not None
        if settled and order.lifted_at is None:
            order.lifted_at = work.now
    record(hand, opinion=opinion, remarks=[each["code"] for each in told])
    return ticket


def send_back(work: Work, number: str, reason: str, *, version: int | None = None) -> Ticket:
    """退回重新办理: the same turn goes on, and its clock was running all the time."""
    if len(reason.strip()) < 2:
        raise Invalid({"reason": "请写明退回重办的原因和要求。"})
    hand = take(work, number, "send_back", version=version)
    ticket = hand.ticket
    _end_check(hand)
    hand.turn.submitted_at = None
    promising.refuse_offer(work, promising.open_deadlines(work, ticket, DeadlineKind.HANDLE))
    promising.hand_over(work, ticket, hand.turn.unit_id, hand.turn.unit_path)
    messaging.tell_unit(work, ticket, hand.turn.unit_id, "unit_sent_back", reason=reason.strip())
    record(hand, reason=reason.strip())
    return ticket


def _end_check(hand: Hand) -> None:
    work = hand.work
    promising.meet(work, promising.open_deadlines(work, hand.ticket, DeadlineKind.CHECK), work.now)
