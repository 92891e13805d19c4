"""What was owed in a month, in SQL: the twin of `hotline.domain.rates`, for figures, lists and the export alike."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from types import MappingProxyType

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute

from hotline.domain.actors import TICKET_ROLES, Actor, ActorKind
from hotline.domain.rates import RateKind, Window
from hotline.models import Deadline, Event, Ticket
from hotline.services.scoping import is_root, not_named

Condition = sa.ColumnElement[bool]
Column = InstrumentedAttribute[datetime]

#: Why a promise is void, in Chinese. 收回 is the dispatcher's, 撤回 the citizen's: the history tells which.
VOIDED_BY = {
    "declined": "不予受理",
    "voided": "作废",
    "withdrawn": "已收回或撤回",
    "merged": "已并案",
    "returned": "已退回",
    "transferred": "已转下级单位",
}
RATED = tuple(kind.value for kind in RateKind)


def taken_in(window: Window, due_at: Column) -> Condition:
    """`Window.takes_in`: due in the month, or due before and carried over. Each arm is an index's own condition."""
    if not window.begun:
        return sa.false()
    before = due_at <= window.begins
    return sa.or_(
        sa.and_(due_at > window.begins, due_at <= window.cut_off),
        sa.and_(before, Deadline.met_at.is_(None)),
        sa.and_(before, Deadline.met_at > window.begins, Deadline.met_at > due_at),
    )


@lru_cache(maxsize=32)
def figures(window: Window) -> Mapping[str, Condition]:
    """`rates.FIGURES`, by the same names, and `void`: what fell due in the month but is not owed.

    Put together once for all lists of a month.
    """
    taken, original = taken_in(window, Deadline.due_at), taken_in(window, Deadline.original_due_at)
    standing, counted = Deadline.void_at.is_(None), Deadline.exempt_at.is_(None)
    owed = sa.and_(standing, counted, taken)
    owed_originally = sa.and_(standing, counted, original)
    seen = sa.func.coalesce(Deadline.met_at <= window.cut_off, False)
    by_name = {
        "owed": owed,
        "kept": sa.and_(owed, seen),
        "missing": sa.and_(owed, sa.not_(seen)),
        "on_time": sa.and_(owed, Deadline.met_at <= Deadline.due_at),
        "late": sa.and_(owed, seen, Deadline.met_at > Deadline.due_at),
        "on_original": sa.and_(owed, Deadline.met_at <= Deadline.original_due_at),
        "extended": sa.and_(owed, Deadline.extensions > 0),
        "exempt": sa.and_(standing, Deadline.exempt_at.is_not(None), taken),
        "original_owed": owed_originally,
        "original_on_time": sa.and_(owed_originally, Deadline.met_at <= Deadline.original_due_at),
        "void": voided(window),
    }
    return MappingProxyType(by_name)


def voided(window: Window) -> Condition:
    """Fell due in the month, but declined, voided, withdrawn, merged, returned or transferred."""
    return sa.and_(Deadline.void_at.is_not(None), Deadline.due_at > window.begins, Deadline.due_at <= window.cut_off)


def moved_on(window: Window) -> Condition:
    """Owed by its original due time, but extended beyond the cut-off: counted only in `original_…`."""
    return sa.and_(
        Deadline.extensions > 0,
        Deadline.due_at > window.cut_off,
        taken_in(window, Deadline.original_due_at),
        Deadline.void_at.is_(None),
    )


def all_of(window: Window) -> Condition:
    """Every row that one of the figures counts, in the form that the indexes of the table answer."""
    return sa.and_(
        Deadline.kind.in_(RATED),
        Deadline.void_at.is_(None),
        sa.or_(taken_in(window, Deadline.due_at), moved_on(window)),
    )


def within(actor: Actor) -> Condition:
    """Promises owed in the actor's subtree, each by the unit's place when it fell due; the system sees all, and who
    reads no tickets none.

    What a complaint says about a unit is kept from it also as a number (信访条例 第三十条).
    """
    if actor.kind is ActorKind.SYSTEM:
        return sa.true()
    if not actor.unit_path or not actor.is_any(TICKET_ROLES):
        return sa.false()
    if is_root(actor):
        return sa.true()
    return sa.and_(Deadline.unit_path.startswith(actor.unit_path), not_named(actor))


def in_subtree(unit_id: int) -> Condition:
    """Owed by the unit or by one that stood below it then."""
    return sa.func.strpos(sa.literal("/") + Deadline.unit_path, f"/{unit_id}/") > 0


def lineage(unit_path: str) -> list[int]:
    """The units from the root down to the one that owes, as they stood then."""
    return [int(part) for part in unit_path.strip("/").split("/")]


#: Answered by the centre itself, in the round that the promise is of: a later rework does not change the month.
DIRECT = sa.case(
    (Deadline.round == Ticket.round, Ticket.direct),
    else_=sa.exists(
        sa.select(Event.id).where(Event.ticket_id == Ticket.id, Event.step == "answer", Event.round == Deadline.round)
    ),
)
