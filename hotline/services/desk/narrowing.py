"""A search as conditions on a ticket, each exact by itself; which index leads there fastest is `probing`'s business."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import aliased

from hotline.domain.risks import UNSAID
from hotline.domain.workflow import STAGES, State
from hotline.models import Assignment, Category, Deadline, Ending, Ticket, Unit
from hotline.services.desk.promises import is_first, near, running
from hotline.services.desk.search import ANY_RISK, DueWithin, Search, View
from hotline.services.desk.waiting import waits_for
from hotline.services.desk.words import said
from hotline.services.scoping import exists_by_row, visible
from hotline.services.work import Work

Condition = sa.ColumnElement[bool]

_NOT_GIVEN_BACK = sa.or_(Assignment.ending.is_(None), Assignment.ending == Ending.SUBMITTED)


def conditions(work: Work, search: Search) -> list[Condition]:
    """All that must hold of a ticket, besides what 将到期 and 已超期 ask of its next promise (`of_promise`)."""
    return [visible(work.actor, by_row=True), *_view(work, search.view), *of_ticket(search), *_others(work, search)]


def of_promise(work: Work, view: View, due: Any = Deadline) -> list[Condition]:
    """What the two lists by time ask of the promise that falls due first."""
    if view is View.OVER:
        return [due.due_at < work.now]
    return [near(work, due)] if view is View.SOON else []


def first_is(work: Work, view: View) -> Condition:
    """The same, asked of each ticket."""
    promise = aliased(Deadline)
    first = [*running(work, promise), *of_promise(work, view, promise), is_first(work, promise)]
    return exists_by_row(sa.select(promise.id).where(promise.ticket_id == Ticket.id, *first))


def by_promise(view: View) -> bool:
    """Whether the list is one of the two."""
    return view in (View.SOON, View.OVER)


def _view(work: Work, view: View) -> Iterator[Condition]:
    if view is View.MINE:
        yield waits_for(work.actor)
    elif view is not View.ALL:
        yield Ticket.ended_at.is_(None)
    if view is View.SUPERVISED:
        yield Ticket.state == State.SUPERVISED
    if by_promise(view):
        yield Ticket.state != State.PAUSED


def of_ticket(search: Search) -> Iterator[Condition]:
    """What stands in the ticket's own row."""
    states = [state for stage in search.stages for state in STAGES.get(stage, ())]
    at_least = ((Ticket.level, search.level), (Ticket.heat, search.heat))
    yield from (Ticket.state.in_(asked) for asked in (search.states, states) if asked)
    yield from (column == asked for column, asked in _plain(search) if asked)
    yield from (column >= asked for column, asked in at_least if asked is not None)
    if search.rework is not None:
        yield Ticket.round > 1 if search.rework else Ticket.round <= 1
    if search.risk:
        yield _at_risk(search.risk)


def _plain(search: Search) -> Iterator[tuple[Any, Any]]:
    """What is asked for as it stands in the row."""
    yield Ticket.source, search.source
    yield Ticket.channel, search.channel
    yield Ticket.urgency, search.urgency
    yield Ticket.area, search.area


def categories(work: Work, asked: str) -> Sequence[int]:
    """The ids of a leaf in all its versions, or of everything below a 大类; read once in a transaction."""
    known: dict[str, Sequence[int]] = work.session.info.setdefault("desk_categories", {})
    if asked not in known:
        query = sa.select(Category.id).where(sa.or_(Category.code == asked, Category.parent_name == asked))
        known[asked] = work.session.scalars(query).all()
    return known[asked]


def _others(work: Work, search: Search) -> Iterator[Condition]:
    """What stands in other tables, or needs the city's day."""
    yield from received(work, search)
    if search.category:
        yield Ticket.category_id.in_(categories(work, search.category))
    if search.unit_id is not None:
        yield _in_subtree(path_of(work, search.unit_id))
    if search.handler_id is not None:
        turn = sa.select(Assignment.id).where(
            Assignment.ticket_id == Ticket.id, Assignment.handler_id == search.handler_id, _NOT_GIVEN_BACK
        )
        yield exists_by_row(turn)
    if search.kind is not None or search.due is not None:
        promise = aliased(Deadline)  # another one than the list may be walked along
        asked = promises_asked(work, search, promise)
        yield exists_by_row(sa.select(promise.id).where(promise.ticket_id == Ticket.id, *asked))
        if search.due is not None:  # the clock of a paused one stands still
            yield Ticket.state != State.PAUSED
    if search.text:
        yield said(work, search.text)


def received(work: Work, search: Search) -> Iterator[Condition]:
    """When it arrived."""
    if search.since is not None:
        yield Ticket.received_at >= _begin(work, search.since)
    if search.until is not None:
        yield Ticket.received_at < _begin(work, search.until + timedelta(days=1))


def promises_asked(work: Work, search: Search, promise: type[Deadline] = Deadline) -> list[Condition]:
    """What `kind` and `due` ask of one promise."""
    found = running(work, promise)
    if search.kind is not None:
        found.append(promise.kind == search.kind)
    if search.due is not None:
        found += _falls_due(work, search.due, promise.due_at)
    return found


def _falls_due(work: Work, due: DueWithin, at: sa.SQLColumnExpression[datetime]) -> list[Condition]:
    """What ends at 24:00 belongs to the day that ends there (design §5)."""
    today = work.now.astimezone(work.rules.zone).date()
    if due is DueWithin.OVER:
        return [at < work.now]
    if due is DueWithin.LATER:
        return [at > _begin(work, _monday_after(today))]
    ends = {
        DueWithin.TODAY: today + timedelta(days=1),
        DueWithin.DAYS3: today + timedelta(days=3),
        DueWithin.WEEK: _monday_after(today),
    }
    return [at >= work.now, at <= _begin(work, ends[due])]


def _monday_after(day: date) -> date:
    return day + timedelta(days=7 - day.weekday())


def _begin(work: Work, day: date) -> datetime:
    """Midnight in the city."""
    return datetime.combine(day, time(), work.rules.zone)


def _at_risk(name: str) -> Condition:
    marked = Ticket.risks != sa.literal([], JSONB)
    if name == ANY_RISK:
        return marked
    asked = {"sensitive": True} if name == UNSAID else {"name": name}
    found = Ticket.risks.contains([asked])
    return marked & found if name == UNSAID else marked & found & ~Ticket.risks.contains([asked | {"sensitive": True}])


def _in_subtree(path: str) -> Condition:
    """Turns of the unit or of one below it; and what such a centre has taken in."""
    if not path:
        return sa.false()
    turn = sa.select(Assignment.id).where(
        Assignment.ticket_id == Ticket.id, Assignment.unit_path.startswith(path), _NOT_GIVEN_BACK
    )
    return sa.or_(exists_by_row(turn), Ticket.unit_path.startswith(path), Ticket.centre_path.startswith(path))


def path_of(work: Work, unit_id: int) -> str:
    """A unit's place in the tree, read once in a transaction; nothing for one that is not there."""
    unit = work.session.get(Unit, unit_id)
    return unit.path if unit is not None else ""
