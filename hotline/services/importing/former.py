"""What an earlier import has left of the same tickets, and whether a row can go on from there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import sqlalchemy as sa
from sqlalchemy.orm import Session

from hotline.domain.actors import ActorKind
from hotline.domain.errors import Refused
from hotline.domain.workflow import BY_NAME as STEPS
from hotline.models import Complaint, Event, Ticket
from hotline.services.importing.columns import BY_NAME as COLUMNS
from hotline.services.importing.playing import Step
from hotline.services.importing.rows import Row

ACTOR_NAME = "导入"
_DETAILS = {"assign": "unit_id", "submit": "outcome", "reply": "answer", "answer": "answer"}


@dataclass
class Former:
    """A ticket that an earlier import made: what was said then, the steps played, whether others went on with it."""

    number: str
    said: dict[str, object]
    steps: list[Step] = field(default_factory=list)
    touched: bool = False  # somebody has taken a step on it: a person, a machine or the citizen, but not the clock

    def missing(self, row: Row, steps: Sequence[Step]) -> list[Step]:
        """What the row tells beyond what was played; empty where it tells nothing new. Raises Refused.

        History is not rewritten: a row that contradicts it, or a ticket that is in other hands by now, stays as it is.
        """
        differing = [COLUMNS[name].heading for name, value in self.said.items() if getattr(row, name) != value]
        if differing:
            raise Refused(f"{'、'.join(differing)}与已导入的不同")
        for played, told in zip(self.steps, steps, strict=False):
            if played != told:
                raise Refused(f"“{STEPS[told.name].label}”与已导入的不同")
        rest = list(steps[len(self.steps) :])
        if rest and self.touched:
            raise Refused("已在本系统继续办理，请在工单上登记")
        return rest


def find_former(session: Session, rows: Sequence[Row]) -> dict[str, Former]:
    """Those of the rows that are here already, by their keys."""
    found = session.execute(
        sa.select(Complaint, Ticket.id, Ticket.own_limit)
        .join(Ticket, Ticket.number == Complaint.number)  # where it came in; a merge may have moved it since
        .where(Complaint.idempotency_key.in_([row.key for row in rows]))
    ).all()
    by_ticket: dict[int, Former] = {}
    by_key: dict[str, Former] = {}
    for complaint, ticket_id, own_limit in found:
        names = ("text", "received_at", "channel", "source")
        said = {**{name: getattr(complaint, name) for name in names}, "limit": own_limit}
        by_ticket[ticket_id] = by_key[str(complaint.idempotency_key)] = Former(complaint.number, said)
    events = sa.select(Event).where(Event.ticket_id.in_(by_ticket), Event.step != "receive").order_by(Event.id)
    for event in session.scalars(events) if by_ticket else ():
        former = by_ticket[event.ticket_id]
        if event.actor_kind is not ActorKind.SYSTEM:
            former.touched = True
        elif event.actor_name == ACTOR_NAME:
            detail = event.data.get(_DETAILS.get(event.step, ""))
            former.steps.append(Step(event.step, event.happened_at, detail))
    return by_key


def find_taken(session: Session, rows: Sequence[Row]) -> set[str]:
    """Numbers of the rows that belong to tickets which no import of the same number has made."""
    numbers = {row.number: row.key for row in rows if row.number}
    found = session.execute(sa.select(Complaint.number, Complaint.idempotency_key).where(Complaint.number.in_(numbers)))
    return {number for number, key in found if key != numbers[number]}
