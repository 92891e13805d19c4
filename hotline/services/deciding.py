"""What waits for a decision of this person, one after the other, what is due first on top: results to be checked,
written explanations, appeals. One statement each; what nobody may decide on is not in the list.

`Queue` is one of them: read as a list that ends somewhere, asked for a certain ticket, or counted, each time by the
same conditions.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from hotline.domain.actors import Actor
from hotline.domain.workflow import State
from hotline.models import Appeal, Assignment, Deadline, DeadlineKind, Ending, Part, Supervision, Ticket, Unit
from hotline.services import covering, desk
from hotline.services.scoping import visible
from hotline.services.work import Work

MOST = 100  # shown: nobody works through more at a sitting; the rest moves up
COUNTED = 1000

Condition = sa.ColumnElement[bool]


@dataclass(frozen=True)
class Waiting:
    """A ticket in the queue: its number, the matter as lists show it, whose work it is, since when and until when.
    From `warn_at` on it is 将到期, as in the lists."""

    number: str
    matter: str
    unit: str
    since: datetime | None
    due_at: datetime | None
    warn_at: datetime | None = None


@dataclass(frozen=True)
class Queue:
    """`query` gives all of it, the first to be decided on top."""

    query: Callable[[Work], sa.Select[Any]]

    def read(self, work: Work) -> list[Waiting]:
        """The first of it."""
        return _read(work, self.query(work).limit(MOST))

    def one(self, work: Work, number: str) -> Waiting | None:
        """A certain ticket, however many wait before it; None for one that waits no longer."""
        return next(iter(_read(work, self.query(work).where(Ticket.number == number))), None)

    def counting(self, work: Work) -> sa.ScalarSelect[int]:
        """How many wait, as a part of a statement; counting stops at `COUNTED`."""
        few = self.query(work).with_only_columns(Ticket.id).order_by(None).limit(COUNTED).subquery()
        return sa.select(sa.func.count()).select_from(few).scalar_subquery()


def _checks(work: Work) -> sa.Select[Any]:
    due = _due(DeadlineKind.CHECK)
    return (
        _with_unit(Ticket.submitted_at, due)
        .add_columns(_warned(DeadlineKind.CHECK))
        .where(Ticket.state == State.SUBMITTED, *_above(work.actor), visible(work.actor))
        .order_by(due.nulls_last(), Ticket.id)
    )


def _explanations(work: Work) -> sa.Select[Any]:
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
    return (
        _with_unit(given.c.since, given.c.due_at)
        .join(given, given.c.ticket_id == Ticket.id)
        .where(Ticket.state.not_in((State.MERGED, State.VOIDED)), *_above(work.actor), visible(work.actor))
        .order_by(given.c.due_at, Ticket.id)
    )


def _appeals(work: Work) -> sa.Select[Any]:
    query = _with_unit(Appeal.asked_at, sa.null()).join(Appeal, Appeal.ticket_id == Ticket.id)
    return query.where(*_reviewable(work.actor), visible(work.actor)).order_by(Appeal.id)


#: 核查: results that were submitted, by when they are to be checked. Nobody checks what is his own unit's.
checks = Queue(_checks)
#: 书面说明: what units have written and nobody has judged yet, by when it was owed; a ticket with several is one.
explanations = Queue(_explanations)
#: 申诉 that this person may review now, the oldest first: not his own, and as the second reviewer another one.
appeals = Queue(_appeals)


def checks_due(work: Work, begin: datetime | None, end: datetime) -> sa.ScalarSelect[int]:
    """How many of the results to be checked are due from the one moment on and before the other, as a part of a
    statement."""
    due = _due(DeadlineKind.CHECK)
    within = [due < end] if begin is None else [due >= begin, due < end]
    return Queue(lambda unit: _checks(unit).where(*within)).counting(work)


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
    rows: Sequence[Any] = work.session.execute(query).all()
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
    return _of_open(kind, Deadline.due_at)


def _warned(kind: DeadlineKind) -> sa.ScalarSelect[Any]:
    """From when on it is 将到期, as `desk.warned_at` has it."""
    later = sa.func.coalesce(Deadline.next_at, Deadline.due_at)
    return _of_open(kind, sa.case((Deadline.rank < desk.WARNED, later), else_=Deadline.started_at))


def _of_open(kind: DeadlineKind, column: Any) -> sa.ScalarSelect[Any]:
    """The earliest of the ticket's open promises of that kind."""
    return (
        sa.select(sa.func.min(column))
        .where(
            Deadline.ticket_id == Ticket.id,
            Deadline.kind == kind,
            Deadline.met_at.is_(None),
            Deadline.void_at.is_(None),
        )
        .correlate(Ticket)
        .scalar_subquery()
    )
