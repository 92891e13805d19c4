"""Who sees what: the one condition that every list, search, count, export and lookup shares (design §7)."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY

from hotline.domain.actors import TICKET_ROLES, Actor, ActorKind
from hotline.models import Assignment, Ending, Supervision, Ticket


def visible(actor: Actor, *, by_row: bool = False) -> sa.ColumnElement[bool]:
    """Tickets that lie in the actor's subtree: now, by a turn of one of its units that was not given back, or by an
    order that it must answer.

    A unit that a complaint names, and everybody below it, sees nothing of that ticket: 信访条例 第三十条. Who has no
    part in the chain, as an administrator, sees none at all (design §1).
    The system and the citizen are let in by their own doors. Only the ticket is the statement's own: it may be about
    turns or orders itself. `by_row`: asked of each ticket by itself, for a list that is walked until a page is full;
    else the database may read all turns of the unit first.
    """
    if actor.kind in (ActorKind.SYSTEM, ActorKind.CITIZEN):
        return sa.true()
    if not actor.unit_path or not actor.is_any(TICKET_ROLES):
        return sa.false()
    if is_root(actor):
        return sa.true()
    had_turn = sa.select(Assignment.id).where(
        Assignment.ticket_id == Ticket.id,
        _is_of(actor),
        sa.or_(Assignment.ending.is_(None), Assignment.ending.not_in((Ending.RETURNED, Ending.WITHDRAWN))),
    )
    ordered = sa.select(Supervision.id).where(
        Supervision.ticket_id == Ticket.id, Supervision.unit_path.startswith(actor.unit_path)
    )
    mine = sa.or_(
        Ticket.unit_path.startswith(actor.unit_path),
        Ticket.centre_path.startswith(actor.unit_path),
        there_is(had_turn.correlate(Ticket), by_row=by_row),
        there_is(ordered.correlate(Ticket), by_row=by_row),
    )
    return sa.and_(mine, not_named(actor))


def there_is(rows: sa.Select[Any], *, by_row: bool) -> sa.ColumnElement[bool]:
    """Whether there are such rows; `by_row` as above."""
    return exists_by_row(rows) if by_row else sa.exists(rows)


def exists_by_row(rows: sa.Select[Any]) -> sa.ColumnElement[bool]:
    """Asked of each ticket by itself: to skip none of the rows keeps PostgreSQL from reading all of them at once."""
    return sa.exists(rows.offset(sa.literal_column("0")))


def _is_of(actor: Actor) -> sa.ColumnElement[bool]:
    """A turn of the actor's subtree, or one of a unit above that was handed down to this very person."""
    below = Assignment.unit_path.startswith(actor.unit_path)
    return below if actor.staff_id is None else sa.or_(below, Assignment.handler_id == actor.staff_id)


def not_named(actor: Actor, ticket: Any = Ticket) -> sa.ColumnElement[bool]:
    """Tickets in which no complaint names the actor's unit or one above it. The actor stands in the tree."""
    lineage = sa.cast([int(part) for part in actor.unit_path.strip("/").split("/")], ARRAY(sa.BigInteger))
    return sa.not_(ticket.named_unit_ids.overlap(lineage))


def sees_all(actor: Actor) -> bool:
    """Whether `visible` leaves nothing out: then nobody has to look at the tickets to know it."""
    return actor.kind is ActorKind.SYSTEM or (bool(actor.unit_path) and actor.is_any(TICKET_ROLES) and is_root(actor))


def is_root(actor: Actor) -> bool:
    """Whether the actor is of the city centre, which sees everything."""
    return actor.unit_path.count("/") == 1
