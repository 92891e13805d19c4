"""The rows of a ticket that its guards look at and its steps move, as they are now.

Each step reads them anew. Whoever plays years of history (`importing`) asks for those of many tickets at once and holds
each ticket from its first step to its last: then what is read here is what is held. A step that adds a row or takes one
away says so here, so that what is held stays whole.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import TypeEngine

from hotline.models import (
    Appeal,
    Assignment,
    Base,
    Complaint,
    Deadline,
    DeadlineKind,
    Extension,
    Pause,
    Return,
    Supervision,
    Survey,
    Ticket,
)
from hotline.services.work import Work

AnyRequest = type[Return] | type[Extension] | type[Pause] | type[Appeal]
REQUESTS: dict[str, AnyRequest] = {
    "return": Return,
    "extension": Extension,
    "pause": Pause,
    "appeal": Appeal,
}
SURVEY = "survey"  # what the citizen is asked waits for an answer like the requests
CALLER = "caller"


class Caller(NamedTuple):
    """One who complained: whether it was taken back, and whether an answer is wanted and has not arrived."""

    withdrawn: bool
    waits: bool

    @classmethod
    def of(cls, complaint: Complaint) -> Caller:
        """The same, of the whole row."""
        return cls(complaint.withdrawn_at is not None, complaint.wants_reply and complaint.reached_at is None)


class Standing(NamedTuple):
    """How a ticket stands: every unit's turn and the promise to handle of each, the orders, what was asked, by whom it
    was complained of; each oldest first, what was asked in no order."""

    turns: Sequence[Assignment]
    handles: Sequence[Deadline]
    orders: Sequence[Supervision]
    asked: Sequence[Any]
    callers: Sequence[Caller]


@dataclass
class Held:
    """A locked ticket with all its rows. What waits for an answer is as it was when it was read."""

    ticket: Ticket
    turns: list[Assignment] = field(default_factory=list)
    deadlines: list[Deadline] = field(default_factory=list)
    orders: list[Supervision] = field(default_factory=list)
    complaints: list[Complaint] = field(default_factory=list)
    asked: list[sa.Row[Any]] = field(default_factory=list)


def hold(work: Work, tickets: Iterable[Ticket]) -> dict[str, Held]:
    """Read the rows of all these tickets, which are locked, in a fixed number of queries. By the tickets' numbers."""
    held = {ticket.id: Held(ticket) for ticket in tickets}
    session, of_all = work.session, {"tickets": list(held)}
    for turn in session.scalars(_TURNS, of_all):
        held[turn.ticket_id].turns.append(turn)
    for deadline in session.scalars(_deadlines(()), of_all):
        held[deadline.ticket_id].deadlines.append(deadline)
    for order in session.scalars(_ORDERS, of_all):
        held[order.ticket_id].orders.append(order)
    for complaint in session.scalars(_COMPLAINTS, of_all):
        held[complaint.ticket_id].complaints.append(complaint)
    for asked in session.execute(_ASKED, of_all):
        held[asked.ticket_id].asked.append(asked)
    return {each.ticket.number: each for each in held.values()}


def turns_of(work: Work, ticket: Ticket) -> Sequence[Assignment]:
    """Every unit's turn at it, oldest first."""
    held = _held(work, ticket.id)
    return held.turns if held else work.session.scalars(_TURNS, {"tickets": [ticket.id]}).all()


def deadlines_of(work: Work, ticket: Ticket, *kinds: DeadlineKind) -> Sequence[Deadline]:
    """Its promises of these kinds (none named: of all), met and void ones too, oldest first."""
    if held := _held(work, ticket.id):
        return [row for row in held.deadlines if not kinds or row.kind in kinds]
    return work.session.scalars(_deadlines(kinds), {"tickets": [ticket.id]}).all()


def orders_of(work: Work, ticket: Ticket) -> Sequence[Supervision]:
    """Every order that was issued on it, oldest first."""
    held = _held(work, ticket.id)
    return held.orders if held else work.session.scalars(_ORDERS, {"tickets": [ticket.id]}).all()


def complaints_of(work: Work, ticket: Ticket) -> Sequence[Complaint]:
    """Everybody who ever complained of it, first comer first."""
    held = _held(work, ticket.id)
    return held.complaints if held else work.session.scalars(_COMPLAINTS, {"tickets": [ticket.id]}).all()


def standing_of(work: Work, ticket: Ticket) -> Standing:
    """All of it that the guards of the chain look at: asked at every step, so in two statements."""
    if held := _held(work, ticket.id):
        handles = [row for row in held.deadlines if row.kind is DeadlineKind.HANDLE and row.assignment_id]
        callers = [Caller.of(row) for row in held.complaints]
        return Standing(held.turns, handles, held.orders, held.asked, callers)
    of_ticket = {"ticket_id": ticket.id}
    turns, promised, orders = _by_entity(work.session.execute(_WORKED_ON, of_ticket))
    handles = [row for row in promised if row.kind is DeadlineKind.HANDLE]
    said = work.session.execute(_ASKED_AND_CALLERS, {"tickets": [ticket.id]}).all()
    callers = [Caller(row.withdrawn, row.waits) for row in said if row.name == CALLER]
    return Standing(turns, handles, orders, [row for row in said if row.name != CALLER], callers)


def _by_entity(rows: Iterable[Any]) -> list[list[Any]]:
    """The entities of each column, each once, oldest first."""
    found: tuple[dict[int, Any], ...] = ({}, {}, {})
    for row in rows:
        for entities, entity in zip(found, row, strict=True):
            if entity is not None:
                entities[entity.id] = entity
    return [[entities[key] for key in sorted(entities)] for entities in found]


def asked_of(work: Work, ticket: Ticket) -> Sequence[Any]:
    """All requests and all surveys on it: `name`, `round`, `granted`, `asked_by_id`, `reviewed_by_id`.

    `granted` is None where the answer is still waited for.
    """
    held = _held(work, ticket.id)
    return held.asked if held else work.session.execute(_ASKED, {"tickets": [ticket.id]}).all()


def reply_owed_to(work: Work, complaint: Complaint) -> Deadline | None:
    """The promise to answer this complaint; None for callers who asked for no reply."""
    if held := _held(work, complaint.ticket_id):
        mine = (row for row in held.deadlines if row.complaint_id == complaint.id and row.kind is DeadlineKind.REPLY)
        return next(mine, None)
    return work.session.scalar(_REPLY_OWED, {"complaint_id": complaint.id})


def add_turn(work: Work, turn: Assignment) -> None:
    """Write a new turn; it has its id afterwards."""
    work.session.add(turn)
    work.session.flush()
    if held := _held(work, turn.ticket_id):
        held.turns.append(turn)


def add_deadline(work: Work, deadline: Deadline) -> None:
    """Write a new promise; it has its id when the session is flushed."""
    work.session.add(deadline)
    if held := _held(work, deadline.ticket_id):
        held.deadlines.append(deadline)


def drop_deadline(work: Work, deadline: Deadline) -> None:
    """Delete a promise."""
    work.session.delete(deadline)
    if held := _held(work, deadline.ticket_id):
        held.deadlines.remove(deadline)


def _held(work: Work, ticket_id: int) -> Held | None:
    return work.held if work.held is not None and work.held.ticket.id == ticket_id else None


# Asked at every step of every ticket: statements that stand ready take half the time of ones that are put together.
_TICKETS = sa.bindparam("tickets", type_=ARRAY(sa.BigInteger))
_TURNS = sa.select(Assignment).where(Assignment.ticket_id == sa.any_(_TICKETS)).order_by(Assignment.id)
_ORDERS = sa.select(Supervision).where(Supervision.ticket_id == sa.any_(_TICKETS)).order_by(Supervision.id)
_COMPLAINTS = sa.select(Complaint).where(Complaint.ticket_id == sa.any_(_TICKETS)).order_by(Complaint.id)
#: A ticket has few of either: that each turn comes with each order costs less than another round trip. Which promises
#: are to handle is told afterwards: asked for here, it would tempt a server that knows little yet to read all of them.
_WORKED_ON = (
    sa.select(Assignment, Deadline, Supervision)
    .select_from(Ticket)
    .outerjoin(Assignment, Assignment.ticket_id == Ticket.id)
    .outerjoin(Deadline, sa.and_(Deadline.ticket_id == Ticket.id, Deadline.assignment_id == Assignment.id))
    .outerjoin(Supervision, Supervision.ticket_id == Ticket.id)
    .where(Ticket.id == sa.bindparam("ticket_id", type_=sa.BigInteger))
)
_REPLY_OWED = sa.select(Deadline).where(
    Deadline.complaint_id == sa.bindparam("complaint_id", type_=sa.BigInteger), Deadline.kind == DeadlineKind.REPLY
)


@cache
def _deadlines(kinds: tuple[DeadlineKind, ...]) -> sa.Select[Deadline]:
    query = sa.select(Deadline).where(Deadline.ticket_id == sa.any_(_TICKETS))
    return (query.where(Deadline.kind.in_(kinds)) if kinds else query).order_by(Deadline.id)


def asked_part(kind: str, **more: type[TypeEngine[Any]] | TypeEngine[Any]) -> sa.Select[*tuple[Any, ...]]:
    """Of the tickets in `tickets` all requests of one kind, or all surveys, as one part of a union. `more`: further
    columns with their types, empty where that kind has none."""
    model = Survey if kind == SURVEY else REQUESTS[kind]
    columns = [_column(model, name, type).label(name) for name, type in {**_WHO, **more}.items()]
    granted = _SETTLED if model is Survey else model.__table__.c.granted
    return sa.select(
        sa.literal(kind).label("name"), model.ticket_id, model.round, granted.label("granted"), *columns
    ).where(model.ticket_id == sa.any_(_TICKETS))


_WHO = {"asked_by_id": sa.BigInteger, "reviewed_by_id": sa.BigInteger}
#: True, or empty where the answer is still waited for.
_SETTLED = sa.func.nullif(sa.or_(Survey.answered_at.is_not(None), Survey.expired_at.is_not(None)), sa.false())


def _column(model: type[Base], name: str, type: type[TypeEngine[Any]] | TypeEngine[Any]) -> sa.ColumnElement[Any]:
    own = model.__table__.columns.get(name)
    return sa.cast(None, type) if own is None else own


_ASKED = sa.union_all(*(asked_part(kind) for kind in (*REQUESTS, SURVEY)))
_ABOUT = {"withdrawn": sa.Boolean, "waits": sa.Boolean}
_CALLERS = sa.select(
    sa.literal(CALLER).label("name"),
    Complaint.ticket_id,
    sa.cast(None, sa.SmallInteger).label("round"),
    sa.cast(None, sa.Boolean).label("granted"),
    *(sa.cast(None, type).label(name) for name, type in _WHO.items()),
    Complaint.withdrawn_at.is_not(None).label("withdrawn"),
    sa.and_(Complaint.wants_reply, Complaint.reached_at.is_(None)).label("waits"),
).where(Complaint.ticket_id == sa.any_(_TICKETS))
_ASKED_AND_CALLERS: sa.CompoundSelect[*tuple[Any, ...]] = sa.union_all(
    *(asked_part(kind, **_ABOUT) for kind in (*REQUESTS, SURVEY)), _CALLERS
)
