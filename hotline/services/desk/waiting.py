"""待我办理: whose next step it is, role by role.

Each role's work is told in branches, each of which the database can read from a short index; together they are one
condition, apart they are counted without looking at what is not theirs.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from hotline.domain.actors import Actor, Role
from hotline.domain.workflow import WITH_UNIT, State
from hotline.models import Appeal, Assignment, Extension, Part, Pause, Return, Supervision, Ticket
from hotline.services.scoping import there_is

Condition = sa.ColumnElement[bool]
Request = type[Return] | type[Extension] | type[Pause] | type[Appeal]


@dataclass(frozen=True)
class Branch:
    """Tickets in some states; where `waiting` is given, with a row of that table that waits."""

    ticket: Sequence[Condition]
    waiting: type[Any] | None = None
    rows: Sequence[Condition] = ()

    def condition(self, *, by_row: bool) -> Condition:
        """On a ticket. `by_row`: asked of each by itself (`hotline.services.scoping`)."""
        if self.waiting is None:
            return sa.and_(*self.ticket)
        rows = sa.select(self.waiting.id).where(self.waiting.ticket_id == Ticket.id, *self.rows)
        return sa.and_(*self.ticket, there_is(rows, by_row=by_row))

    @property
    def leads(self) -> sa.Select[Any]:
        """Tickets among which all of these are, by the rows that wait alone."""
        if self.waiting is None:
            return sa.select(Ticket.id).where(*self.ticket)
        return sa.select(self.waiting.ticket_id).where(*self.rows)

    def found(self, wanted: Sequence[Condition]) -> sa.Select[Any]:
        """Those of them of which this holds, too; one as often as it has such rows. From each row that waits to its
        ticket, never the other way round: a unit has a tenth of all tickets in these states."""
        asked = sa.select(Ticket.id).where(*self.ticket, *wanted)
        if self.waiting is None:
            return asked
        rows = self.leads.subquery("waiting")
        one_by_one = asked.where(Ticket.id == rows.c.ticket_id).offset(sa.literal_column("0")).lateral("its")
        return sa.select(one_by_one.c.id).select_from(rows.join(one_by_one, sa.true()))


def waits_for(actor: Actor, *, by_row: bool = True) -> Condition:
    """Tickets whose next step is this person's."""
    return sa.or_(sa.false(), *(branch.condition(by_row=by_row) for branch in branches(actor)))


def branches(actor: Actor) -> list[Branch]:
    """The same, one by one. A ticket may be in several."""
    return [branch for role, make in _WAITS.items() if role in actor.roles for branch in make(actor)]


def _operators(actor: Actor) -> Iterator[Branch]:
    yield _at_centre(actor, State.RECEIVED, State.RESOLVED)


def _dispatchers(actor: Actor) -> Iterator[Branch]:
    yield _at_centre(actor, State.ACCEPTED)
    for model in (Extension, Pause):
        yield _at_centre(actor, State.HANDLING, asked=model)
    yield _at_centre(actor, State.CLOSED, asked=Appeal)


def _supervisors(actor: Actor) -> Iterator[Branch]:
    yield _at_centre(actor, State.SUBMITTED)
    for model in (Return, Extension, Pause):
        yield _at_centre(actor, State.HANDLING, State.SUPERVISED, asked=model)
    yield _at_centre(actor, State.CLOSED, asked=Appeal)
    yield _ordered(actor, (), Supervision.explained_at.is_not(None))


def _handlers(actor: Actor) -> Iterator[Branch]:
    turn = (Assignment.unit_path.startswith(actor.unit_path), Assignment.ended_at.is_(None))
    working = Ticket.state.in_((State.ASSIGNED, State.HANDLING, State.SUPERVISED))
    yield Branch([working], Assignment, [*turn, Assignment.part == Part.LEAD])
    assisting = [*turn, Assignment.part == Part.ASSIST, Assignment.submitted_at.is_(None)]
    yield Branch([Ticket.state.in_(WITH_UNIT)], Assignment, assisting)
    still_there = Ticket.state.not_in((State.MERGED, State.VOIDED))
    yield _ordered(actor, [still_there], Supervision.explained_at.is_(None))


_WAITS = {
    Role.OPERATOR: _operators,
    Role.DISPATCHER: _dispatchers,
    Role.SUPERVISOR: _supervisors,
    Role.HANDLER: _handlers,
}


def _at_centre(actor: Actor, *states: State, asked: Request | None = None) -> Branch:
    """With the centre; `asked`: with such a request that is not yet decided.

    Nobody decides on his own, and the second reviewer of an appeal is another one.
    """
    ticket = [Ticket.centre_path.startswith(actor.unit_path), Ticket.state.in_(states)]
    if asked is None:
        return Branch(ticket)
    undecided = [asked.granted.is_(None), asked.asked_by_id.is_distinct_from(actor.id)]
    if asked is Appeal:
        undecided.append(Appeal.reviewed_by_id.is_distinct_from(actor.id))
    return Branch(ticket, asked, undecided)


def _ordered(actor: Actor, ticket: Sequence[Condition], explained: Condition) -> Branch:
    """With an order whose explanation is not settled."""
    unsettled = (Supervision.explain_deadline_id.is_not(None), Supervision.explanation_accepted_at.is_(None))
    return Branch(ticket, Supervision, [Supervision.unit_path.startswith(actor.unit_path), *unsettled, explained])
