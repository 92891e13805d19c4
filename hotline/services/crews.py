"""现场办理: what a crew in the street has to do, the earliest promise first. Two statements, however many there are."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlalchemy.sql.selectable import LateralFromClause as Lateral

from hotline.domain.errors import Invalid
from hotline.domain.workflow import State
from hotline.models import Assignment, Deadline, DeadlineKind, Part, Staff, Ticket, Unit
from hotline.services import desk, paging
from hotline.services.covering import read_ahead
from hotline.services.paging import FIRST, Place, Stretch
from hotline.services.scoping import visible
from hotline.services.work import Work

Condition = sa.ColumnElement[bool]

#: Not the table by its own name: what is seen by whom asks that for itself.
Turn = aliased(Assignment)

PAGE = 40
AT_WORK = (State.ASSIGNED, State.HANDLING, State.SUPERVISED)
KINDS = (DeadlineKind.SIGN, DeadlineKind.HANDLE)
BAD_PLACE = "翻页位置无效，请从第一页重新打开。"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_FAR = datetime(9000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Due:
    """A promise as it stands. From `warn_at` on it counts as 将到期."""

    kind: DeadlineKind
    due_at: datetime
    warn_at: datetime
    limit_text: str


@dataclass(frozen=True)
class Job:
    """One ticket that the unit has as its lead: whose it is, whether it was signed for, and the promise next due."""

    ticket: Ticket
    unit: str
    handler: str | None
    signed: bool
    due: Due | None
    moment: datetime


def jobs(work: Work, *narrowed: Condition, place: Place[str] = FIRST) -> Stretch[Job, str]:
    """What the actor's units have in hand and have not submitted. `narrowed`: by `Turn`, `Ticket` or `TURN_DUE`.

    Raises Invalid for a place that is none of ours.
    """
    chosen = sa.select(Turn.id, Ticket.id.label("ticket_id"), _MOMENT.label("moment"))
    chosen = chosen.select_from(_TURNS).where(*in_hand(work), visible(work.actor), *narrowed)
    here = sa.tuple_(_MOMENT, Ticket.id)
    down = place.before is not None
    if place.before is not None:
        chosen = chosen.where(here < _read(place.before)).order_by(_MOMENT.desc(), Ticket.id.desc())
    else:
        chosen = chosen if place.after is None else chosen.where(here > _read(place.after))
        chosen = chosen.order_by(_MOMENT, Ticket.id)
    few = chosen.limit(PAGE + 1).subquery("few")  # sorted before all that stands on a line is read
    order = (few.c.moment.desc(), few.c.ticket_id.desc()) if down else (few.c.moment, few.c.ticket_id)
    rows = work.session.execute(_JOBS.join(few, few.c.id == Turn.id).order_by(*order)).all()
    found = paging.cut([_job(row) for row in rows], place, PAGE, _place)
    read_ahead(work, (job.ticket for job in found))
    return found


def own(work: Work) -> Condition:
    """Only what was handed down to the actor, or signed for by him."""
    return Turn.handler_id == work.actor.staff_id


def job_of(work: Work, ticket: Ticket) -> Job | None:
    """The ticket as one of these; None where it is not, or no longer, in the hands of the actor's units."""
    of_ticket = _JOBS.where(Ticket.id == ticket.id, *in_hand(work), visible(work.actor))
    row = work.session.execute(of_ticket).one_or_none()
    return None if row is None else _job(row)


def counts(work: Work) -> tuple[int, int]:
    """How many are the actor's own, and how many the units have in all; counting stops at `desk.MOST`."""
    each = sa.select(Turn.id).join(Ticket, Ticket.id == Turn.ticket_id).where(visible(work.actor)).limit(desk.MOST)
    few = (each.where(*in_hand(work), own(work)).subquery(), each.where(*in_hand(work)).subquery())
    row = work.session.execute(
        sa.select(*(sa.select(sa.func.count()).select_from(found).scalar_subquery() for found in few))
    ).one()
    return row[0], row[1]


def in_hand(work: Work) -> list[Condition]:
    """Open lead turns of the actor's units, or handed down to the actor from above, that wait for something in the
    street. Joins `Turn` and `Ticket`."""
    whose = (
        Assignment.unit_path.startswith(work.actor.unit_path),
        Assignment.handler_id == work.actor.staff_id,
    )
    open_leads = sa.select(Assignment.id).where(Assignment.part == Part.LEAD, Assignment.ended_at.is_(None))
    each = (open_leads.where(one) for one in whose)  # each has an index; for either PostgreSQL reads those of all
    return [Turn.id.in_(sa.union_all(*each)), Ticket.state.in_(AT_WORK)]


def _next_due() -> Lateral:
    return (
        sa.select(
            Deadline.kind, Deadline.due_at, Deadline.started_at, Deadline.limit_text, Deadline.rank, Deadline.next_at
        )
        .where(
            Deadline.ticket_id == Turn.ticket_id,
            Deadline.assignment_id == Turn.id,
            Deadline.kind.in_(KINDS),
            Deadline.met_at.is_(None),
            Deadline.void_at.is_(None),
            Deadline.offered_at.is_(None),
        )
        .order_by(Deadline.due_at, Deadline.id)
        .limit(1)
        .lateral("turn_due")
    )


#: The promise next due of a turn: to sign, or to handle. Beside `Turn`.
TURN_DUE = _next_due()


_MOMENT = sa.func.coalesce(TURN_DUE.c.due_at, sa.literal(_FAR, sa.TIMESTAMP(timezone=True)))  # what they are sorted by
_TURNS = sa.join(Turn, Ticket, Ticket.id == Turn.ticket_id).outerjoin(TURN_DUE, sa.true())
_JOBS = (
    sa.select(Ticket, Turn.signed_at, Unit.name.label("unit"), Staff.name.label("handler"), *TURN_DUE.c)
    .add_columns(_MOMENT.label("moment"))
    .select_from(_TURNS)
    .join(Unit, Unit.id == Turn.unit_id)
    .outerjoin(Staff, Staff.id == Turn.handler_id)
)


def _job(row: Any) -> Job:
    due = None
    if row.due_at is not None:
        due = Due(row.kind, row.due_at, desk.warned_at(row), row.limit_text)
    return Job(row.Ticket, row.unit, row.handler, row.signed_at is not None, due, row.moment)


def _place(job: Job) -> str:
    return f"{(job.moment - _EPOCH) // timedelta(microseconds=1)}-{job.ticket.id}"


def _read(text: str) -> sa.Tuple:
    match = re.fullmatch(r"(\d{1,18})-(\d{1,18})", text, re.ASCII)
    if match is None:
        raise Invalid({"after": BAD_PLACE})
    microseconds, ticket_id = (int(part) for part in match.groups())
    try:
        moment = _EPOCH + timedelta(microseconds=microseconds)
    except OverflowError:
        raise Invalid({"after": BAD_PLACE}) from None
    return sa.tuple_(sa.literal(moment, sa.TIMESTAMP(timezone=True)), sa.literal(ticket_id, sa.BigInteger))
