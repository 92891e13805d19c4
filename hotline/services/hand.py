"""To take a ticket in hand: lock it, gather the facts, check the step; and to write down what was done.

The lock comes first, so that two hands meet the rule and not a crash; the version tells the second hand what the
first one did. This is the one place that changes a state, and it writes the event in the same breath (design §8).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from hotline.domain.actors import Actor
from hotline.domain.errors import NotFound, Stale, say
from hotline.domain.workflow import ENDED, STATE_LABELS, Facts, State, Step, Target, check, choose, working_state
from hotline.models import Assignment, Event, Ticket
from hotline.services.facts import gather
from hotline.services.scoping import visible
from hotline.services.work import Work


@dataclass
class Hand:
    """A ticket held by its row lock, with its open turns and the facts as they were when it was taken."""

    work: Work
    ticket: Ticket
    facts: Facts
    step: Step
    lead: Assignment | None
    assists: list[Assignment]

    @property
    def turn(self) -> Assignment:
        """The open lead turn; steps whose reach is the lead unit always have one."""
        assert self.lead is not None
        return self.lead


def take(work: Work, number: str, *steps: str, version: int | None = None) -> Hand:
    """Lock the ticket and check that the actor may take the step now.

    `steps` are the names of one verb's lines in the table; the one for the ticket's state is chosen.
    Raises NotFound, Stale (the ticket has moved on since `version`), NotAllowed or Refused.
    """
    return take_found(work, find(work, number, lock=True), *steps, version=version)


def take_found(work: Work, ticket: Ticket, *steps: str, version: int | None = None) -> Hand:
    """The same for a ticket that is already locked."""
    if version is not None and version != ticket.version:
        changes = changes_since(work, ticket, version)
        raised = any(change["raised"] for change in changes)
        why = "新增内容涉及危险，工单已提升为紧急" if raised else "工单已被他人处理"
        raise Stale(
            f"{why}，现为“{STATE_LABELS[ticket.state]}”。请查看变化后再操作。", version=ticket.version, changes=changes
        )
    facts, lead, assists = gather(work, ticket)
    step = choose(steps, facts)
    check(step, work.actor, facts)
    return Hand(work, ticket, facts, step, lead, assists)


def find(work: Work, number: str, *, lock: bool = False) -> Ticket:
    """The ticket, if it is there and the actor's to see; NotFound otherwise."""
    if work.held is not None and work.held.ticket.number == number:  # found and locked before its history began
        return work.held.ticket
    query = _BY_NUMBER.where(visible(work.actor))
    if lock:  # plain FOR UPDATE would deadlock against the foreign keys of rows that point here
        query = query.with_for_update(key_share=True, of=Ticket).execution_options(populate_existing=True)
    ticket = work.session.scalar(query, {"number": number})
    if ticket is None:
        raise NotFound(say("没有找到这件工单，请核对编号。"))
    return ticket


_BY_NUMBER = sa.select(Ticket).where(Ticket.number == sa.bindparam("number", type_=sa.String))


def lock_all(work: Work, numbers: Iterable[str]) -> dict[str, Ticket]:
    """Several tickets, locked in one order for everybody, so that two merges cannot wait for each other."""
    query = (
        sa.select(Ticket)
        .where(Ticket.number.in_(set(numbers)), visible(work.actor))
        .order_by(Ticket.id)
        .with_for_update(key_share=True, of=Ticket)
        .execution_options(populate_existing=True)
    )
    return {ticket.number: ticket for ticket in work.session.scalars(query)}


def record(
    hand: Hand,
    *,
    at: datetime | None = None,
    to: State | None = None,
    bump: bool = True,
    **data: Any,
) -> Event:
    """Move the ticket where the step leads and write its line of history.

    `at`: when it happened, if that is not now. `to`: the state, where the table leaves it to the facts.
    """
    ticket, work = hand.ticket, hand.work
    before = ticket.state
    target = to or _target(hand)
    ticket.state = target
    ticket.ended_at = (ticket.ended_at or at or work.now) if target in ENDED else None
    if bump:
        ticket.version += 1
    return _line(work, ticket, hand.step.name, before, data, at or work.now)


def log(work: Work, ticket: Ticket, step: str, **data: Any) -> None:
    """A line of the history that is no step of the chain: nothing moves."""
    _line(work, ticket, step, ticket.state, data, work.now)


def _line(work: Work, ticket: Ticket, step: str, before: State, data: dict[str, Any], happened_at: datetime) -> Event:
    event = Event(
        ticket_id=ticket.id,
        version=ticket.version,
        round=ticket.round,
        step=step,
        from_state=before.value,
        to_state=ticket.state.value,
        happened_at=happened_at,
        noticed_at=work.now,
        data=data,
        **signature(work.actor),
    )
    work.session.add(event)
    return event


def signature(actor: Actor) -> dict[str, Any]:
    """The columns of an event that say who."""
    return {"actor_kind": actor.kind, "actor_id": actor.id, "actor_name": actor.name, "unit_id": actor.unit_id}


def changes_since(work: Work, ticket: Ticket, version: int) -> list[dict[str, Any]]:
    """What others did after the given version, oldest first."""
    events = work.session.scalars(
        sa.select(Event).where(Event.ticket_id == ticket.id, Event.version > version).order_by(Event.id)
    )
    return [
        {
            "step": event.step,
            "to_state": event.to_state,
            "actor": event.actor_name,
            "happened_at": event.happened_at.isoformat(),
            "version": event.version,
            "raised": event.step == "risk" and "urgency" in event.data,
        }
        for event in events
    ]


def _target(hand: Hand) -> State:
    target = hand.step.target
    if target is Target.STAY:
        return hand.ticket.state
    if target is Target.WORK:
        facts, _, _ = gather(hand.work, hand.ticket)
        return working_state(facts)
    if target is Target.FORMER:
        return State(hand.ticket.former_state or State.RECEIVED)
    return State(target)
