"""A unit takes another place in the tree: its files go with it, what had fallen due before stays where it was.

docs/decisions/0014-a-unit-moves.md says why. `place` columns hold the ids from the root; a subtree is a prefix.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute

from hotline.models import Assignment, Deadline, QuickText, SavedView, Supervision, Ticket, Unit, Webhook
from hotline.services.work import Work

Place = InstrumentedAttribute[str]


def move(work: Work, unit: Unit, path: str) -> None:
    """Unit and subtree get their new place, and all that stands at it. The caller holds the tree."""
    former = unit.path
    if former == path:
        return
    _carry(work, Unit.path, former, path)
    work.session.expire(unit, ["path"])
    carry(work, former, path)


def carry(work: Work, former: str, path: str) -> None:
    """What stands at the former place comes along; safe to do again for what was written meanwhile.

    Tickets are held first, in the order of their ids, as every step on several tickets does.
    """
    work.session.execute(
        sa.select(Ticket.id)
        .where(
            sa.or_(
                _at(Ticket.unit_path, former),
                _at(Ticket.centre_path, former),
                Ticket.id.in_(sa.select(Assignment.ticket_id).where(_at(Assignment.unit_path, former))),
            )
        )
        .order_by(Ticket.id)
        .with_for_update(key_share=True)
    ).all()
    for place in (Ticket.unit_path, Ticket.centre_path, Assignment.unit_path):
        _carry(work, place, former, path)
    # A promise stays with the place in which it fell due or was kept (design §4); an order, with that of a matter
    # that has come to its end: last year's figures do not change.
    _carry(work, Deadline.unit_path, former, path, Deadline.due_at > work.now, Deadline.met_at.is_(None))
    open_tickets = sa.select(Ticket.id).where(Ticket.ended_at.is_(None))
    _carry(work, Supervision.unit_path, former, path, Supervision.ticket_id.in_(open_tickets))
    for place in (SavedView.unit_path, QuickText.unit_path, Webhook.unit_path):
        _carry(work, place, former, path)


def _at(place: Place, path: str) -> sa.ColumnElement[bool]:
    return place.startswith(path)


def _carry(work: Work, place: Place, former: str, path: str, *conditions: Any) -> None:
    moved = sa.literal(path).concat(sa.func.substr(place, len(former) + 1))
    statement = sa.update(place.class_).where(_at(place, former), *conditions).values({place: moved})
    work.session.execute(statement, execution_options={"synchronize_session": False})
