"""核查提示: the answer held against what was complained of, for the person who checks it. A note, never a decision: who
approves against a serious one says why.

A fixed number of queries, whatever the ticket: what was said, what the same unit last answered, who complained.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import sqlalchemy as sa

from hotline.domain.reply_check import Remark, check
from hotline.domain.workflow import State
from hotline.models import Addition, Assignment, Complaint, Ending, Part, Ticket
from hotline.services import persons, self_checking
from hotline.services.covering import is_of_centre
from hotline.services.scoping import visible
from hotline.services.work import Work

PRIVATE = "private"  # whose words are somebody's name or number: they are not said again
NEWEST = 20  # other tickets of the unit whose answers are compared
#: The steps before which one is shown the remarks, and what they are about then.
CHECKS = frozenset({"approval", "reply"})
CHECKED = (State.SUBMITTED, State.RESOLVED)
SAY_WHY: Final = "核查提示中有需要重点核实的，请写明核实情况和通过的理由。"


@dataclass(frozen=True)
class Review:
    """One remark, with the number of the other ticket where the words are copied from one."""

    remark: Remark
    copied_from: str | None = None

    def as_dict(self) -> dict[str, Any]:
        """For the page and the API alike."""
        return {
            "code": self.remark.code,
            "label": self.remark.label,
            "serious": self.remark.serious,
            "text": self.remark.text,
            "words": [] if self.remark.code == PRIVATE else list(self.remark.words),
            "copied_from": self.copied_from,
        }


def of_ticket(work: Work, ticket: Ticket, nouns: Collection[str], typed: str = "") -> list[dict[str, Any]]:
    """The remarks on what lies before the actor: the unit's result, or the reply as it is being written (`typed`).

    None where it is not the actor's to check. `nouns`: the resources of which the actor may take a step now.
    """
    if not is_of_centre(work.actor, ticket):
        return []
    before_the_actor = ticket.outcome if ticket.state in CHECKED and not CHECKS.isdisjoint(nouns) else ""
    found = [each.as_dict() for each in review(work, ticket, typed or before_the_actor)]
    return found + self_checking.remarks(work, ticket) if before_the_actor and not typed else found


def told(work: Work, ticket: Ticket, text: str) -> list[dict[str, Any]]:
    """What the actor was told of a result or a reply before he takes the step; nobody is told anything of what is
    played in."""
    shown = work.closes and is_of_centre(work.actor, ticket)
    return [each.as_dict() for each in review(work, ticket, text)] if shown else []


def codes(work: Work, ticket: Ticket, text: str) -> list[str]:
    """The same as the history keeps it."""
    return [each["code"] for each in told(work, ticket, text)]


def say_why(remarks: Iterable[Mapping[str, Any]]) -> str:
    """What is asked of who approves against these remarks without a word; nothing where none is serious."""
    return SAY_WHY if any(each["serious"] for each in remarks) else ""


def review(work: Work, ticket: Ticket, text: str) -> list[Review]:
    """What is to be looked at in a result or a reply to this ticket, the serious first; nothing for an empty text."""
    if not text.strip():
        return []
    others = _others(work, ticket)
    remarks = check(
        _said(work, ticket),
        ticket.place,
        text,
        [other for _, other in others],
        manners=work.manners,
        known=persons.complainants(work, ticket.id),
    )
    return [Review(each, None if each.other is None else others[each.other][0]) for each in remarks]


def _said(work: Work, ticket: Ticket) -> str:
    """The matter in the operator's words and in everybody's own."""
    own = sa.select(Complaint.text).where(Complaint.ticket_id == ticket.id)
    added = sa.select(Addition.text).join(Complaint).where(Complaint.ticket_id == ticket.id)
    return "\n".join([ticket.matter, *work.session.scalars(own.union_all(added))])


def _others(work: Work, ticket: Ticket) -> list[tuple[str, str]]:
    """The newest results of the unit that has led this one last, with their numbers, newest first."""
    lead = (
        sa.select(Assignment.unit_id)
        .where(Assignment.ticket_id == ticket.id, Assignment.part == Part.LEAD)
        .order_by(Assignment.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    turns = (
        sa.select(Assignment.ticket_id, Assignment.id)
        .where(
            Assignment.unit_id == lead,
            Assignment.part == Part.LEAD,
            Assignment.submitted_at.is_not(None),
            sa.or_(Assignment.ending.is_(None), Assignment.ending == Ending.SUBMITTED),
            Assignment.ticket_id != ticket.id,
        )
        .order_by(Assignment.id.desc())
        .limit(NEWEST)
        .subquery()
    )
    rows = work.session.execute(
        sa.select(Ticket.number, Ticket.outcome)
        .join(turns, turns.c.ticket_id == Ticket.id)
        .where(Ticket.outcome != "", visible(work.actor))
        .order_by(turns.c.id.desc())
    )
    return [(number, outcome) for number, outcome in rows]
