"""督办: orders by a supervisor, the unit's written explanation, and the lifting. What the clock does: `enforcing`."""

from __future__ import annotations

import sqlalchemy as sa

from hotline.domain.errors import Invalid
from hotline.domain.ladder import Rung
from hotline.models import Deadline, DeadlineKind, Ground, Supervision, Ticket
from hotline.services import messaging, promising
from hotline.services.hand import Hand, record, take
from hotline.services.work import Work


def supervise(
    work: Work, number: str, level: str, ground: Ground, demand: str = "", *, version: int | None = None
) -> Ticket:
    """督办 by a supervisor: for a leader's instruction, repeated complaints, refusal. Levels only rise.

    Raises Invalid for a level that is not above the present one.
    """
    hand = take(work, number, "supervise", version=version)
    ticket = hand.ticket
    ladder = work.rules.policy(ticket.policy_version_id).ladder
    rung = next((each for each in ladder if each.level == level), None)
    if rung is None or rung.rank <= ticket.level:
        higher = "、".join(each.name for each in ladder if each.rank > ticket.level)
        raise Invalid({"level": f"督办等级只升不降，可选：{higher}。" if higher else "督办已是最高等级。"})
    order = issue(hand, rung, ground, demand.strip() or rung.demand)
    record(hand, level=level, rank=rung.rank, ground=ground.value, demand=order.demand, unit_id=order.unit_id)
    return ticket


def issue(hand: Hand, rung: Rung, ground: Ground, demand: str) -> Supervision:
    """Write the order to the lead unit, with the due time of its explanation where the rung demands one."""
    work, ticket, turn = hand.work, hand.ticket, hand.turn
    order = Supervision(
        ticket_id=ticket.id,
        round=ticket.round,
        unit_id=turn.unit_id,
        unit_path=turn.unit_path,
        level=rung.level,
        rank=rung.rank,
        ground=ground,
        demand=demand,
        copies=list(rung.copies),
        deduction=rung.deduction,
        issued_at=work.now,
        issued_by=work.actor.name,
    )
    if rung.explain is not None:
        owed = promising.promise(
            work, ticket, DeadlineKind.EXPLAIN, work.now, limit=rung.explain, owner=(turn.unit_id, turn.unit_path)
        )
        work.session.flush()
        order.explain_deadline_id = owed.id
    work.session.add(order)
    ticket.level = max(ticket.level, rung.rank)
    messaging.tell_unit(work, ticket, turn.unit_id, f"unit_{rung.level}", demand=demand)
    work.session.flush()
    return order


def explain(work: Work, number: str, explanation: str, *, version: int | None = None) -> Ticket:
    """书面说明 of the unit to its open orders."""
    if len(explanation.strip()) < 5:
        raise Invalid({"explanation": "请写明超期原因、整改措施和完成时间。"})
    hand = take(work, number, "explain", version=version)
    for order in _demanded(hand):
        mine = work.actor.unit_path.startswith(order.unit_path) or order.unit_path.startswith(work.actor.unit_path)
        if mine and order.explained_at is None:
            order.explanation, order.explained_at = explanation.strip(), work.now
            promising.offer(work, [_owed(hand, order)], work.now)
    record(hand, explanation=explanation.strip())
    return hand.ticket


def decide_explanation(work: Work, number: str, accepted: bool, opinion: str, *, version: int | None = None) -> Ticket:
    """说明通过: it counts from when it was given. 说明退回: to be written again for a reason, the clock was running."""
    if not accepted and len(opinion.strip()) < 2:
        raise Invalid({"opinion": "请写明退回的原因，例如：没有写明整改措施和完成时间。"})
    hand = take(work, number, "accept_explanation" if accepted else "refuse_explanation", version=version)
    refused: set[int] = set()
    for order in _demanded(hand):
        if order.explained_at is None:
            continue
        if accepted:
            order.explanation_accepted_at = work.now
            if hand.lead is None:  # the turn is over: nothing else is demanded
                order.lifted_at = order.lifted_at or work.now
            promising.take_offer(work, [_owed(hand, order)])
        else:
            order.explained_at = None
            promising.refuse_offer(work, [_owed(hand, order)])
            refused.add(order.unit_id)
    for unit_id in sorted(refused):
        messaging.tell_unit(work, hand.ticket, unit_id, "unit_explanation_refused", reason=opinion)
    record(hand, opinion=opinion)
    return hand.ticket


def lift(work: Work, number: str, opinion: str, *, version: int | None = None) -> Ticket:
    """解除督办: the ticket goes back to the unit's desk; the level reached stays on record."""
    hand = take(work, number, "lift", version=version)
    unlifted = sa.select(Supervision).where(Supervision.ticket_id == hand.ticket.id, Supervision.lifted_at.is_(None))
    orders = work.session.scalars(unlifted).all()
    for order in orders:
        order.lifted_at = work.now
    for unit_id in sorted({order.unit_id for order in orders}):
        messaging.tell_unit(work, hand.ticket, unit_id, "unit_lifted")
    record(hand, opinion=opinion)
    return hand.ticket


def _demanded(hand: Hand) -> list[Supervision]:
    """The orders whose explanation has not been accepted, also of a turn or a round that is over."""
    query = sa.select(Supervision).where(
        Supervision.ticket_id == hand.ticket.id,
        Supervision.explain_deadline_id.is_not(None),
        Supervision.explanation_accepted_at.is_(None),
    )
    return list(hand.work.session.scalars(query.order_by(Supervision.id)))


def _owed(hand: Hand, order: Supervision) -> Deadline:
    return hand.work.session.get_one(Deadline, order.explain_deadline_id)
