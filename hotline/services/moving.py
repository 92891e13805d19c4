"""A unit takes another place in the tree: its files and what is still open go with it, what is settled stays.

docs/decisions/0014-a-unit-moves.md says why. `place` columns hold the ids from the root; a subtree is a prefix.
"""

from __future__ import annotations

from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute

from hotline.models import (
    Assignment,
    Deadline,
    ListExport,
    QuickText,
    ReportPaper,
    SampleCheck,
    SavedView,
    Supervision,
    Ticket,
    Unit,
    Webhook,
)
from hotline.services.work import Work

Place = InstrumentedAttribute[str] | InstrumentedAttribute[str | None]

#: Holds the tree until the transaction ends: whoever changes it takes this first.
HOLD: Final = sa.text("SELECT pg_advisory_xact_lock(hashtext('unit_tree'))")
_MOVED: Final = "moved_units"


def move(work: Work, unit: Unit, path: str) -> None:
    """Unit and subtree get their new place, and all that stands at it. The caller holds the tree."""
    former = unit.path
    if former == path:
        return
    _carry(work, Unit.path, former, path)
    work.session.expire(unit, ["path"])
    carry(work, former, path)
    work.session.info.setdefault(_MOVED, []).append((unit.id, former))


def moved(work: Work) -> list[tuple[int, str]]:
    """The units that were moved in this transaction, each with its former place."""
    return list(work.session.info.get(_MOVED, ()))


def carry_again(work: Work, moves: list[tuple[int, str]]) -> None:
    """In a transaction after that of the move: what somebody who had read the former place has written there since."""
    work.session.execute(HOLD)
    for unit_id, former in moves:
        path = work.session.scalar(sa.select(Unit.path).where(Unit.id == unit_id))
        if path is not None and path != former:  # it may have gone elsewhere, or back, meanwhile
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
    # A promise that is settled stays where it was kept or became void (design §4), and so does an order of which
    # nothing is open; what is still owed, also late, is owed by the office wherever it stands.
    _carry(work, Deadline.unit_path, former, path, Deadline.met_at.is_(None), Deadline.void_at.is_(None))
    _carry(work, Supervision.unit_path, former, path, _is_open())
    for model in (SampleCheck, SavedView, QuickText, Webhook, ListExport, ReportPaper):
        _carry(work, model.unit_path, former, path)


def _is_open() -> sa.ColumnElement[bool]:
    """Of an open ticket, or neither lifted nor explained."""
    open_tickets = sa.select(Ticket.id).where(Ticket.ended_at.is_(None))
    owed = sa.and_(Supervision.explain_deadline_id.is_not(None), Supervision.explanation_accepted_at.is_(None))
    return sa.or_(Supervision.ticket_id.in_(open_tickets), Supervision.lifted_at.is_(None), owed)


def _at(place: Place, path: str) -> sa.ColumnElement[bool]:
    return place.startswith(path)


def _carry(work: Work, place: Place, former: str, path: str, *conditions: Any) -> None:
    moved = sa.literal(path).concat(sa.func.substr(place, len(former) + 1))
    statement = sa.update(place.class_).where(_at(place, former), *conditions).values({place: moved})
    work.session.execute(statement, execution_options={"synchronize_session": False})
