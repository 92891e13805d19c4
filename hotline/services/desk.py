"""工作台: what waits for this person, what is due first. One query a page, however many tickets stand on it.

The list shows for each ticket the promise that falls due next among those that the reader's own units owe; where it
stands in time is read from the stored moments, never from whether the sweep has passed (design §4).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.sql.selectable import LateralFromClause as Lateral

from hotline.domain.actors import Actor, Role
from hotline.domain.errors import Invalid
from hotline.domain.risks import UNSAID
from hotline.domain.workflow import WITH_UNIT, State
from hotline.models import (
    Appeal,
    Assignment,
    Complaint,
    Deadline,
    DeadlineKind,
    Ending,
    Extension,
    Part,
    Pause,
    Return,
    Supervision,
    Ticket,
    Unit,
)
from hotline.services.covering import searchable
from hotline.services.scoping import visible
from hotline.services.work import Work

Condition = sa.ColumnElement[bool]

PAGE = 50
ANY_RISK = "any"
MOST = 1000  # counts stop here: whether it is 1000 or 9000 changes nobody's day
WARNED = -1  # rank of a promise whose owner has been warned
_FAR = sa.literal_column("'infinity'::timestamptz", sa.TIMESTAMP(timezone=True))


class View(StrEnum):
    """Ready-made lists."""

    MINE = "mine"  # 待我办理
    SOON = "soon"  # 将到期
    OVER = "over"  # 已超期
    SUPERVISED = "supervised"  # 督办中
    OPEN = "open"  # 在办
    ALL = "all"  # 全部


@dataclass(frozen=True)
class Search:
    """What the list is narrowed to. `unit_id` is a subtree; `text` a number or words of matter, place or number; `risk`
    the name of one, or `ANY_RISK`. Sensitive ones are found by `risks.UNSAID` only."""

    view: View = View.MINE
    state: State | None = None
    unit_id: int | None = None
    text: str = ""
    risk: str = ""
    after: str = ""
    before: str = ""


@dataclass(frozen=True)
class Line:
    """One ticket of the list. `unit` is the lead unit; `due` the next promise, if any is open."""

    ticket: Ticket
    unit: str | None
    due: Due | None


@dataclass(frozen=True)
class Due:
    """A promise as it stands. From `warn_at` on it counts as 将到期."""

    id: int
    kind: DeadlineKind
    started_at: datetime
    due_at: datetime
    limit_text: str
    warn_at: datetime


@dataclass(frozen=True)
class Page:
    """A page of the list and the cursors of its neighbours, empty where there is none."""

    lines: Sequence[Line]
    total: int
    next: str
    previous: str


def page(work: Work, search: Search) -> Page:
    """The tickets of the search that the actor may see: what is due first on top; in 全部 the newest.

    Raises Invalid for a cursor that is none of ours.
    """
    lead, due = _lead(), _next_due(work)
    query = (
        sa.select(Ticket, lead.c.name, *due.c)
        .select_from(Ticket)
        .outerjoin(lead, sa.true())
        .outerjoin(due, sa.true())
        .where(*_conditions(work, search, due))
    )
    newest_first = search.view is View.ALL
    back = bool(search.before)
    query = _from_cursor(query, due, search.before or search.after, newest_first=newest_first, back=back)
    rows = list(work.session.execute(query.limit(PAGE + 1)))
    more, rows = len(rows) > PAGE, rows[:PAGE]
    if back:
        rows.reverse()
    lines = [_line(row) for row in rows]
    first, last = (_cursor(lines[0]), _cursor(lines[-1])) if lines else ("", "")
    return Page(
        lines,
        total=_count(work, search),
        next=last if more or back else "",
        previous=first if (more if back else search.after) else "",
    )


def counts(work: Work, views: Sequence[View]) -> dict[View, int]:
    """How many tickets each list holds for the actor, at most `MOST`; one statement for all of them."""
    row = work.session.execute(sa.select(*(_counting(work, Search(view)) for view in views))).one()
    return dict(zip(views, row, strict=True))


def waits_for(actor: Actor) -> Condition:
    """Tickets whose next step is this person's: what 待我办理 means for each role."""
    conditions = [make(actor) for role, make in _WAITS.items() if role in actor.roles]
    return sa.or_(*conditions) if conditions else sa.false()


def _operators(actor: Actor) -> Condition:
    return sa.and_(Ticket.state.in_((State.RECEIVED, State.RESOLVED)), Ticket.centre_path.startswith(actor.unit_path))


def _dispatchers(actor: Actor) -> Condition:
    ours = Ticket.centre_path.startswith(actor.unit_path)
    asked = sa.or_(_waiting(Extension, actor), _waiting(Pause, actor))
    return sa.or_(
        sa.and_(ours, Ticket.state == State.ACCEPTED),
        sa.and_(ours, Ticket.state == State.HANDLING, asked),
        sa.and_(ours, Ticket.state == State.CLOSED, _waiting(Appeal, actor)),
    )


def _supervisors(actor: Actor) -> Condition:
    ours = Ticket.centre_path.startswith(actor.unit_path)
    asked = sa.or_(*(_waiting(model, actor) for model in (Return, Extension, Pause)))
    return sa.or_(
        sa.and_(ours, Ticket.state == State.SUBMITTED),
        sa.and_(ours, Ticket.state.in_((State.HANDLING, State.SUPERVISED)), asked),
        sa.and_(ours, Ticket.state == State.CLOSED, _waiting(Appeal, actor)),
        sa.exists().where(
            Supervision.ticket_id == Ticket.id,
            Supervision.unit_path.startswith(actor.unit_path),
            Supervision.explained_at.is_not(None),
            Supervision.explanation_accepted_at.is_(None),
        ),
    )


def _handlers(actor: Actor) -> Condition:
    turn = (
        Assignment.ticket_id == Ticket.id,
        Assignment.unit_path.startswith(actor.unit_path),
        Assignment.ended_at.is_(None),
    )
    order = (
        Supervision.ticket_id == Ticket.id,
        Supervision.unit_path.startswith(actor.unit_path),
        Supervision.explain_deadline_id.is_not(None),
        Supervision.explained_at.is_(None),
        Supervision.explanation_accepted_at.is_(None),
    )
    working = Ticket.state.in_((State.ASSIGNED, State.HANDLING, State.SUPERVISED))
    # From the few that are open with the unit to their tickets, not from all tickets to whether they are open with it.
    open_turns = sa.select(Assignment.ticket_id).where(*turn[1:])
    open_orders = sa.select(Supervision.ticket_id).where(*order[1:])
    few = Ticket.id.in_(sa.union_all(open_turns, open_orders))
    return few & sa.or_(
        sa.and_(working, sa.exists().where(*turn, Assignment.part == Part.LEAD)),
        sa.and_(
            Ticket.state.in_(WITH_UNIT),
            sa.exists().where(*turn, Assignment.part == Part.ASSIST, Assignment.submitted_at.is_(None)),
        ),
        sa.and_(
            Ticket.state.not_in((State.MERGED, State.VOIDED)),
            sa.exists().where(*order),
        ),
    )


_WAITS = {
    Role.OPERATOR: _operators,
    Role.DISPATCHER: _dispatchers,
    Role.SUPERVISOR: _supervisors,
    Role.HANDLER: _handlers,
}


def _waiting(model: type[Return] | type[Extension] | type[Pause] | type[Appeal], actor: Actor) -> Condition:
    """A request not yet decided; nobody decides on his own, and the second reviewer of an appeal is another one."""
    others = model.asked_by_id.is_distinct_from(actor.id)
    if model is Appeal:
        others = sa.and_(others, Appeal.reviewed_by_id.is_distinct_from(actor.id))
    return sa.exists().where(model.ticket_id == Ticket.id, model.granted.is_(None), others)


def _lead() -> Lateral:
    """The unit that has or had the ticket as its lead; the last one not given back."""
    return (
        sa.select(Unit.name)
        .join(Assignment, Assignment.unit_id == Unit.id)
        .where(
            Assignment.ticket_id == Ticket.id,
            Assignment.part == Part.LEAD,
            sa.or_(Assignment.ending.is_(None), Assignment.ending == Ending.SUBMITTED),
        )
        .order_by(Assignment.id.desc())
        .limit(1)
        .lateral("lead")
    )


def _next_due(work: Work) -> Lateral:
    """The open promise in force that falls due first, of those that the actor's units owe."""
    return (
        sa.select(
            Deadline.id.label("deadline_id"),
            Deadline.kind,
            Deadline.started_at,
            Deadline.due_at,
            Deadline.limit_text,
            Deadline.rank,
            Deadline.next_at,
        )
        .where(
            Deadline.ticket_id == Ticket.id,
            Deadline.met_at.is_(None),
            Deadline.void_at.is_(None),
            Deadline.offered_at.is_(None),
            Deadline.started_at <= work.now,
            Deadline.unit_path.startswith(work.actor.unit_path),
        )
        .order_by(Deadline.due_at, Deadline.id)
        .limit(1)
        .lateral("next_due")
    )


def _conditions(work: Work, search: Search, due: Lateral) -> list[Condition]:
    conditions = [visible(work.actor), *_view(work, search.view, due)]
    if search.state is not None:
        conditions.append(Ticket.state == search.state)
    if search.unit_id is not None:
        conditions.append(_in_subtree(search.unit_id))
    if search.text:
        conditions.append(_about(work.actor, search.text))
    if search.risk:
        conditions.append(_at_risk(search.risk))
    return conditions


def _at_risk(name: str) -> Condition:
    marked = Ticket.risks != sa.literal([], JSONB)
    if name == ANY_RISK:
        return marked
    asked = {"sensitive": True} if name == UNSAID else {"name": name}
    found = Ticket.risks.contains([asked])
    return marked & found if name == UNSAID else marked & found & ~Ticket.risks.contains([asked | {"sensitive": True}])


def _view(work: Work, view: View, due: Lateral) -> list[Condition]:
    if view is View.ALL:
        return []
    if view is View.MINE:
        return [waits_for(work.actor)]
    is_open = Ticket.ended_at.is_(None)
    if view is View.SUPERVISED:
        return [is_open, Ticket.state == State.SUPERVISED]
    if view is View.OVER:
        return [is_open, due.c.due_at < work.now, Ticket.state != State.PAUSED]
    if view is View.SOON:
        warned = sa.and_(due.c.rank >= WARNED, due.c.kind != DeadlineKind.SURVEY)
        near = sa.or_(warned, sa.and_(due.c.rank < WARNED, due.c.next_at <= work.now))
        return [is_open, due.c.due_at >= work.now, near, Ticket.state != State.PAUSED]
    return [is_open]


def _in_subtree(unit_id: int) -> Condition:
    """Turns of the unit or of one below it; and what such a centre has taken in."""
    path = sa.select(Unit.path).where(Unit.id == unit_id).scalar_subquery()
    turn = sa.exists().where(
        Assignment.ticket_id == Ticket.id,
        Assignment.unit_path.startswith(path),
        sa.or_(Assignment.ending.is_(None), Assignment.ending == Ending.SUBMITTED),
    )
    return sa.or_(turn, Ticket.unit_path.startswith(path), Ticket.centre_path.startswith(path))


def _about(actor: Actor, text: str) -> Condition:
    """Words of the matter or the place, or the whole number of the ticket or of a complaint on it.

    The words of a confidential matter are only their centre's to search: a hit tells as much as the text (design §7).
    """
    said = sa.or_(Ticket.matter.icontains(text, autoescape=True), Ticket.place.icontains(text, autoescape=True))
    return sa.or_(
        Ticket.number == text,
        sa.and_(searchable(actor), said),
        sa.exists().where(Complaint.ticket_id == Ticket.id, Complaint.number == text),
    )


def _from_cursor(query: sa.Select[Any], due: Lateral, cursor: str, *, newest_first: bool, back: bool) -> sa.Select[Any]:
    """Sorted, and continued after (or before) the ticket that the cursor names."""
    if newest_first:
        downwards = not back
        if cursor:
            at = _read_id(cursor)
            query = query.where(Ticket.id < at if downwards else Ticket.id > at)
        return query.order_by(Ticket.id.desc() if downwards else Ticket.id)
    moment = sa.func.coalesce(due.c.due_at, _FAR)
    if cursor:
        there = sa.tuple_(*_read_cursor(cursor))
        here = sa.tuple_(moment, Ticket.id)
        query = query.where(here < there if back else here > there)
    return query.order_by(moment.desc(), Ticket.id.desc()) if back else query.order_by(moment, Ticket.id)


def _cursor(line: Line) -> str:
    return f"{line.due.due_at.isoformat() if line.due else ''}~{line.ticket.id}"


def _read_cursor(cursor: str) -> tuple[Any, Any]:
    moment = cursor.partition("~")[0]
    ticket_id = sa.literal(_read_id(cursor), sa.BigInteger)
    if not moment:
        return _FAR, ticket_id
    try:
        read = datetime.fromisoformat(moment)
    except ValueError:
        read = None
    if read is None or read.tzinfo is None:
        raise Invalid({"after": BAD_CURSOR})
    return sa.literal(read, sa.TIMESTAMP(timezone=True)), ticket_id


BAD_CURSOR = "翻页地址不完整，请从列表第一页重新打开。"


def _read_id(cursor: str) -> int:
    digits = cursor.partition("~")[2]
    if not (digits.isascii() and digits.isdecimal() and len(digits) < 19):
        raise Invalid({"after": BAD_CURSOR})
    return int(digits)


def _count(work: Work, search: Search) -> int:
    return int(work.session.execute(sa.select(_counting(work, search))).scalar_one())


def _counting(work: Work, search: Search) -> sa.ScalarSelect[int]:
    due = _next_due(work)
    chosen = sa.select(Ticket.id).select_from(Ticket)
    if search.view in (View.SOON, View.OVER):
        chosen = chosen.join(due, sa.true())
    found = chosen.where(*_conditions(work, search, due)).limit(MOST).subquery()
    return sa.select(sa.func.count()).select_from(found).scalar_subquery()


def _line(row: sa.Row[Any]) -> Line:
    due = None
    if row.deadline_id is not None:
        due = Due(row.deadline_id, row.kind, row.started_at, row.due_at, row.limit_text, warned_at(row))
    return Line(row[0], row.name, due)


def warned_at(row: Any) -> datetime:
    """From when on a promise is 将到期: the stored moment, or the start where the warning has been given."""
    if row.rank < WARNED:
        return row.next_at or row.due_at
    return row.due_at if row.kind is DeadlineKind.SURVEY else row.started_at
