"""What waits for a decision of this person, one after the other, what is due first on top: results to be checked,
written explanations, appeals. One statement each; what nobody may decide on is not in the list.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from hotline.domain.actors import Actor
from hotline.domain.workflow import State
from hotline.models import Appeal, Assignment, Deadline, DeadlineKind, Ending, Part, Supervision, Ticket, Unit
from hotline.services import covering
from hotline.services.scoping import visible
from hotline.services.work import Work

MOST = 100  # nobody works through more at a sitting; the rest moves up

Condition = sa.ColumnElement[bool]


@dataclass(frozen=True)
class Waiting:
    """A ticket in the queue: its number, the matter as lists show it, whose work it is, since when and until when."""

    number: str
    matter: str
    unit: str
    since: datetime | None
    due_at: datetime | None


def checks(work: Work) -> list[Waiting]:
    """核查: results that were submitted, by when they are to be checked. Nobody checks what is his own unit's."""
    due = _due(DeadlineKind.CHECK)
    query = (
        _with_unit(Ticket.submitted_at, due)
        .where(Ticket.state == State.SUBMITTED, *_above(work.actor))
        .order_by(due.nulls_last(), Ticket.id)
    )
    return _read(work, query)


def explanations(work: Work) -> list[Waiting]:
    """书面说明: what units have written and nobody has judged yet, by when it was owed."""
    given = (
        sa.select(
            Supervision.ticket_id,
            sa.func.min(Supervision.explained_at).label("since"),
            sa.func.min(Deadline.due_at).label("due_at"),
        )
        .join(Deadline, Deadline.id == Supervision.explain_deadline_id)
        .where(
            Supervision.explain_deadline_id.is_not(None),
            Supervision.explanation_accepted_at.is_(None),
            Supervision.explained_at.is_not(None),
        )
        .group_by(Supervision.ticket_id)
        .subquery()
    )
    query = (
        _with_unit(given.c.since, given.c.due_at)
        .join(given, given.c.ticket_id == Ticket.id)
        .where(Ticket.state.not_in((State.MERGED, State.VOIDED)), *_above(work.actor))
        .order_by(given.c.due_at, Ticket.id)
    )
    return _read(work, query)


def appeals(work: Work) -> list[Waiting]:
    """申诉 that this person may review now, the oldest first: not his own, and as the second reviewer another one."""
    query = _with_unit(Appeal.asked_at, sa.null()).join(Appeal, Appeal.ticket_id == Ticket.id)
    return _read(work, query.where(*_reviewable(work.actor)).order_by(Appeal.id))


def appeals_waiting(work: Work) -> sa.ScalarSelect[int]:
    """How many appeals that is, as a part of a statement."""
    query = sa.select(sa.func.count()).select_from(Appeal).join(Ticket, Ticket.id == Appeal.ticket_id)
    return query.where(*_reviewable(work.actor), visible(work.actor)).scalar_subquery()


def _reviewable(actor: Actor) -> list[Condition]:
    return [
        Appeal.granted.is_(None),
        Appeal.asked_by_id.is_distinct_from(actor.id),
        Appeal.reviewed_by_id.is_distinct_from(actor.id),
        Ticket.state == State.CLOSED,
        *_above(actor),
    ]


def _with_unit(since: Any, due: Any) -> sa.Select[Any]:
    """Tickets with the unit whose work it is: the lead unit that has, or has had, them last."""
    return (
        sa.select(Ticket, Unit.name, since, due)
        .select_from(Ticket)
        .join(Unit, Unit.id == sa.func.coalesce(lead("unit_id"), Ticket.unit_id))
    )


def _read(work: Work, query: sa.Select[Any]) -> list[Waiting]:
    rows: Sequence[Any] = work.session.execute(query.where(visible(work.actor)).limit(MOST)).all()
    covering.read_ahead(work, (row[0] for row in rows))
    return [Waiting(row[0].number, covering.passing(work, row[0])(row[0].matter), *row[1:]) for row in rows]


def _above(actor: Actor) -> tuple[Condition, Condition]:
    """As `workflow.Reach.ABOVE` has it: who oversees the ticket or its lead unit, and is not of that unit."""
    of_lead = lead("unit_path").startswith(actor.unit_path)
    oversees = sa.or_(Ticket.centre_path.startswith(actor.unit_path), of_lead)
    return oversees, lead("unit_id").is_distinct_from(actor.unit_id)


def lead(column: str) -> sa.ScalarSelect[Any]:
    """A column of the ticket's newest lead turn that was not given back: whose work it is or was."""
    return (
        sa.select(getattr(Assignment, column))
        .where(
            Assignment.ticket_id == Ticket.id,
            Assignment.part == Part.LEAD,
            sa.or_(Assignment.ending.is_(None), Assignment.ending == Ending.SUBMITTED),
        )
        .order_by(Assignment.id.desc())
        .limit(1)
        .correlate(Ticket)
        .scalar_subquery()
    )


def _due(kind: DeadlineKind) -> sa.ScalarSelect[Any]:
    return (
        sa.select(sa.func.min(Deadline.due_at))
        .where(
            Deadline.ticket_id == Ticket.id,
            Deadline.kind == kind,
            Deadline.met_at.is_(None),
            Deadline.void_at.is_(None),
        )
        .correlate(Ticket)
        .scalar_subquery()
    )
