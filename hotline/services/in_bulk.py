"""成批办理: one step on many tickets, each in a transaction of its own; who can go is seen before.

Which of them can take the step now, by the chain's own table, in a fixed number of statements.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final
from uuid import UUID, uuid5

import sqlalchemy as sa

from hotline.domain import workflow
from hotline.domain.actors import Actor
from hotline.domain.errors import HotlineError
from hotline.domain.workflow import BY_NAME, Facts
from hotline.models import Ticket, Unit
from hotline.services import holding
from hotline.services.facts import gather
from hotline.services.scoping import visible
from hotline.services.work import Work

MOST: Final = 200  # tickets at once: what fits into a request, and what a person can answer for


@dataclass(frozen=True)
class Chosen:
    """A ticket, who has it now, and why it cannot take the step; nothing if it can."""

    ticket: Ticket
    unit: str
    why_not: str


def look(work: Work, numbers: Sequence[str], steps: Sequence[str]) -> list[Chosen]:
    """The chosen tickets that the actor may see, in the order of choosing; what is not his is not there."""
    found = {
        ticket.number: (ticket, unit)
        for ticket, unit in work.session.execute(
            sa.select(Ticket, Unit.name)
            .join(Unit, Unit.id == Ticket.unit_id)
            .where(Ticket.number.in_(set(numbers[:MOST])), visible(work.actor))
        )
    }
    held = holding.hold(work, (ticket for ticket, _ in found.values()))
    chosen = []
    for number in dict.fromkeys(numbers[:MOST]):
        if number in found:
            ticket, unit = found[number]
            facts, _, _ = gather(replace(work, held=held[number]), ticket)
            chosen.append(Chosen(ticket, unit, why_not(work.actor, facts, steps)))
    return chosen


def why_not(actor: Actor, facts: Facts, steps: Sequence[str]) -> str:
    """Why the actor can take none of these lines of the chain's table now; nothing if he can take one."""
    reasons = []
    for step in (workflow.choose(tuple(steps), facts), *(BY_NAME[name] for name in steps)):
        try:
            workflow.check(step, actor, facts)
        except HotlineError as refusal:
            reasons.append(refusal.message)
        else:
            return ""
    return reasons[0]


def key_of(form: UUID, staff_id: int, number: str) -> str:
    """Under which this form takes this ticket: once, however often it is sent (`sending_once`)."""
    return str(uuid5(form, f"{staff_id} {number}"))
