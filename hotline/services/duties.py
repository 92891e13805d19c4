"""本单位: what is asked of the actor's units day by day, and who of their people has how much.

A day is one of the city's; what ends at 24:00 belongs to the day that ends. Whatever is counted is listed by the same
conditions. What is paused falls due on no day.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from hotline.domain.errors import Invalid
from hotline.domain.workflow import State
from hotline.models import Deadline, DeadlineKind, Part, Staff, Supervision, Ticket, Unit
from hotline.services import crews, desk, paging
from hotline.services.covering import read_ahead
from hotline.services.crews import BAD_PLACE, Condition, Due, Turn
from hotline.services.paging import FIRST, Place, Stretch
from hotline.services.scoping import visible
from hotline.services.work import Work

KINDS = (DeadlineKind.SIGN, DeadlineKind.HANDLE, DeadlineKind.EXPLAIN)
Demand = aliased(Supervision)
DAYS = 7  # from today on
PAGE = 50
OVER, LATER = "over", "later"  # beside the days: past due, and beyond the week
NOBODY = 0  # asks for what was handed down to nobody
_A_MOMENT = sa.literal(timedelta(microseconds=1), sa.Interval)


@dataclass(frozen=True)
class Duty:
    """A promise that one of the units owes, with who has the ticket there."""

    ticket: Ticket
    unit: str
    handler: str | None
    due: Due


@dataclass(frozen=True)
class Load:
    """What a person, or nobody (`staff_id` None), of a unit has in hand."""

    unit_id: int
    unit: str
    staff_id: int | None
    name: str | None
    held: int
    unsigned: int
    soon: int
    over: int


@dataclass(frozen=True)
class Order:
    """A 督办 order that demands an explanation in writing, not yet given."""

    id: int
    ticket: Ticket
    unit: str
    level: str
    rank: int
    demand: str
    issued_at: datetime
    due_at: datetime


def days(work: Work) -> list[date]:
    """Today and those after it."""
    today = work.now.astimezone(work.rules.zone).date()
    return [today + timedelta(days=count) for count in range(DAYS)]


def week(work: Work, path: str) -> dict[tuple[DeadlineKind, str], int]:
    """How many promises fall due, by kind and by day (`2026-10-14`, `OVER` or `LATER`), in the subtree of that path."""
    bucket = _bucket(work).label("bucket")
    rows = work.session.execute(
        sa.select(Deadline.kind, bucket, sa.func.count())
        .join(Ticket, Ticket.id == Deadline.ticket_id)
        .where(*_asked(work, path))
        .group_by(Deadline.kind, bucket)
    )
    return {(kind, name): count for kind, name, count in rows}


def due(
    work: Work, path: str, kind: DeadlineKind | None = None, bucket: str = "", place: Place[str] = FIRST
) -> Stretch[Duty, str]:
    """Exactly those that `week` counts, the earliest first. Raises Invalid for a place or a bucket that is none."""
    query = (
        sa.select(
            Deadline.id.label("deadline_id"), Deadline.kind, Deadline.due_at, Deadline.started_at, Deadline.limit_text,
            Deadline.rank, Deadline.next_at, Ticket, Unit.name.label("unit"), Staff.name.label("handler"),
        )
        .select_from(Deadline)
        .join(Ticket, Ticket.id == Deadline.ticket_id)
        .join(Unit, Unit.id == Deadline.unit_id)
        .outerjoin(Turn, _open_lead())
        .outerjoin(Staff, Staff.id == Turn.handler_id)
        .where(*_asked(work, path))
    )  # fmt: skip
    if kind is not None:
        query = query.where(Deadline.kind == kind)
    if bucket:
        query = query.where(_bucket(work) == _read_bucket(bucket))
    here = sa.tuple_(Deadline.due_at, Deadline.id)
    if place.before is not None:
        query = query.where(here < _read(place.before)).order_by(Deadline.due_at.desc(), Deadline.id.desc())
    else:
        query = query if place.after is None else query.where(here > _read(place.after))
        query = query.order_by(Deadline.due_at, Deadline.id)
    found = paging.cut(work.session.execute(query.limit(PAGE + 1)).all(), place, PAGE, _place)
    read_ahead(work, (row.Ticket for row in found))
    duties = [_duty(row) for row in found]
    return Stretch(duties, before=found.before, after=found.after, astray=found.astray)


def loads(work: Work, path: str) -> list[Load]:
    """Who has how much in the subtree, by unit and person, in the order of the tree; nobody's first."""
    turn_due = crews.TURN_DUE
    warned = sa.and_(turn_due.c.due_at >= work.now, desk_warned(work))
    rows = work.session.execute(
        sa.select(
            Turn.unit_id,
            Unit.name.label("unit"),
            Turn.handler_id,
            Staff.name,
            sa.func.count().label("held"),
            sa.func.count().filter(Turn.signed_at.is_(None)).label("unsigned"),
            sa.func.count().filter(warned).label("soon"),
            sa.func.count().filter(turn_due.c.due_at < work.now).label("over"),
        )
        .select_from(Turn)
        .join(Ticket, Ticket.id == Turn.ticket_id)
        .join(Unit, Unit.id == Turn.unit_id)
        .outerjoin(Staff, Staff.id == Turn.handler_id)
        .outerjoin(turn_due, sa.true())
        .where(*crews.in_hand(work), Turn.unit_path.startswith(path), visible(work.actor))
        .group_by(Turn.unit_id, Unit.name, Unit.path, Turn.handler_id, Staff.name)
        .order_by(Unit.path, Staff.name.nulls_first())
    )
    return [Load(*row) for row in rows]


def held_by(
    work: Work, path: str, staff_id: int | None, standing: str, place: Place[str] = FIRST
) -> Stretch[crews.Job, str]:
    """Exactly those that `loads` counts. `staff_id`: of one person, or of `NOBODY`; `standing`: `unsigned`, `soon`,
    `over`, or all."""
    turn_due = crews.TURN_DUE
    narrowed: list[Condition] = [Turn.unit_path.startswith(path)]
    if staff_id is not None:
        narrowed.append(Turn.handler_id.is_not_distinct_from(staff_id or None))
    standings: dict[str, list[Condition]] = {
        "unsigned": [Turn.signed_at.is_(None)],
        "soon": [turn_due.c.due_at >= work.now, desk_warned(work)],
        "over": [turn_due.c.due_at < work.now],
    }
    narrowed += standings.get(standing, [])
    return crews.jobs(work, *narrowed, place=place)


def orders(work: Work, path: str, most: int) -> list[Order]:
    """督办 orders that still wait for the explanation of one of the units, the earliest due first."""
    rows = work.session.execute(
        sa.select(Demand, Ticket, Unit.name, Deadline.due_at)
        .join(Ticket, Ticket.id == Demand.ticket_id)
        .join(Unit, Unit.id == Demand.unit_id)
        .join(Deadline, Deadline.id == Demand.explain_deadline_id)
        .where(
            Demand.unit_path.startswith(path),
            Demand.explained_at.is_(None),
            Demand.explanation_accepted_at.is_(None),
            Deadline.void_at.is_(None),
            visible(work.actor),
        )
        .order_by(Deadline.due_at, Demand.id)
        .limit(most)
    ).all()
    read_ahead(work, (row.Ticket for row in rows))
    return [
        Order(row.id, ticket, unit, row.level, row.rank, row.demand, row.issued_at, due_at)
        for row, ticket, unit, due_at in rows
    ]


def standings(work: Work, numbers: Sequence[str]) -> dict[str, tuple[State, str | None]]:
    """Where these tickets stand, and who of the unit has each."""
    rows = work.session.execute(
        sa.select(Ticket.number, Ticket.state, Staff.name)
        .select_from(Ticket)
        .outerjoin(Turn, sa.and_(Turn.ticket_id == Ticket.id, *_LEAD))
        .outerjoin(Staff, Staff.id == Turn.handler_id)
        .where(Ticket.number.in_(numbers))
    )
    return {number: (state, name) for number, state, name in rows}


def desk_warned(work: Work) -> Condition:
    """A turn's promise counts as 将到期: its owner has been warned, or should have been by now."""
    turn_due = crews.TURN_DUE
    return sa.or_(
        turn_due.c.rank >= desk.WARNED, sa.and_(turn_due.c.rank < desk.WARNED, turn_due.c.next_at <= work.now)
    )


_LEAD = (Turn.part == Part.LEAD, Turn.ended_at.is_(None))


def _open_lead() -> Condition:
    return sa.and_(Turn.ticket_id == Deadline.ticket_id, *_LEAD)


def _asked(work: Work, path: str) -> list[Condition]:
    return [
        Deadline.kind.in_(KINDS),
        Deadline.met_at.is_(None),
        Deadline.void_at.is_(None),
        Deadline.offered_at.is_(None),
        Deadline.started_at <= work.now,
        Deadline.unit_path.startswith(path),
        Ticket.state != State.PAUSED,
        visible(work.actor),
    ]


def _bucket(work: Work) -> sa.ColumnElement[str]:
    """The city's day on which it falls due, as it is written; or that it has, or will after the week."""
    local = sa.func.timezone(str(work.rules.zone), Deadline.due_at - _A_MOMENT)
    day = sa.func.to_char(local, "YYYY-MM-DD")
    last = days(work)[-1].isoformat()
    return sa.case((Deadline.due_at < work.now, OVER), (day > last, LATER), else_=day)


def _read_bucket(text: str) -> str:
    if text in (OVER, LATER) or re.fullmatch(r"\d{4}-\d{2}-\d{2}", text, re.ASCII):
        return text
    raise Invalid({"day": "没有这一天，请从「本单位」重新打开。"})


def _duty(row: Any) -> Duty:
    return Duty(row.Ticket, row.unit, row.handler, Due(row.kind, row.due_at, desk.warned_at(row), row.limit_text))


def _place(row: Any) -> str:
    return f"{row.due_at.isoformat()}~{row.deadline_id}"


def _read(text: str) -> sa.Tuple:
    moment, _, digits = text.partition("~")
    try:
        read = datetime.fromisoformat(moment)
    except ValueError:
        raise Invalid({"after": BAD_PLACE}) from None
    if read.tzinfo is None or not (digits.isascii() and digits.isdecimal() and len(digits) < 19):
        raise Invalid({"after": BAD_PLACE})
    return sa.tuple_(sa.literal(read, sa.TIMESTAMP(timezone=True)), sa.literal(int(digits), sa.BigInteger))
