"""A search as conditions on a ticket, each exact by itself; which index leads there fastest is `probing`'s business."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import aliased

from hotline.domain.actors import ActorKind
from hotline.domain.risks import UNSAID
from hotline.domain.workflow import STAGES, State
from hotline.models import Assignment, Category, Deadline, Ending, Ticket, Unit
from hotline.services.desk.promises import asks_promise, begin_of, is_first, meant, near
from hotline.services.desk.search import ANY_RISK, Search, View
from hotline.services.desk.waiting import waits_for
from hotline.services.desk.words import said
from hotline.services.scoping import exists_by_row, there_is, visible
from hotline.services.work import Work

Condition = sa.ColumnElement[bool]

_NOT_GIVEN_BACK = sa.or_(Assignment.ending.is_(None), Assignment.ending == Ending.SUBMITTED)


def conditions(work: Work, search: Search, *, by_row: bool = True) -> list[Condition]:
    """All that must hold of a ticket, besides what 将到期 and 已超期 ask of its next promise (`of_promise`). `by_row`:
    asked of each ticket by itself; else the database may find them in its own way (`hotline.services.scoping`)."""
    return [
        visible(work.actor, by_row=by_row),
        *_view(work, search.view, by_row),
        *of_ticket(search),
        *_others(work, search, by_row),
    ]


def of_promise(work: Work, view: View, due: Any = Deadline) -> list[Condition]:
    """What the two lists by time ask of the promise that falls due first."""
    if view is View.OVER:
        return [due.due_at < work.now]
    return [near(work, due)] if view is View.SOON else []


def first_is(work: Work, search: Search) -> Condition:
    """The same, asked of each ticket."""
    promise = aliased(Deadline)
    first = [*meant(work, search, promise), *of_promise(work, search.view, promise), is_first(work, search, promise)]
    return exists_by_row(sa.select(promise.id).where(promise.ticket_id == Ticket.id, *first))


def by_promise(view: View) -> bool:
    """Whether the list is one of the two."""
    return view in (View.SOON, View.OVER)


def only_open(view: View) -> bool:
    """Whether the list holds no ticket that has ended."""
    return view not in (View.MINE, View.ALL)


def _view(work: Work, view: View, by_row: bool) -> Iterator[Condition]:
    if view is View.MINE:
        yield waits_for(work.actor, by_row=by_row)
    if only_open(view):
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


def _others(work: Work, search: Search, by_row: bool) -> Iterator[Condition]:
    """What stands in other tables, or needs the city's day."""
    yield from received(work, search)
    if search.category:
        yield Ticket.category_id.in_(categories(work, search.category))
    if search.unit_id is not None:
        yield _in_subtree(path_of(work, search.unit_id), by_row)
    if search.handler_id is not None:
        turn = sa.select(Assignment.id).where(
            Assignment.ticket_id == Ticket.id, Assignment.handler_id == search.handler_id, _NOT_GIVEN_BACK
        )
        yield there_is(turn, by_row=by_row)
    if asks_promise(search):
        promise = aliased(Deadline)  # another one than the list may be walked along
        asked = meant(work, search, promise)
        yield there_is(sa.select(promise.id).where(promise.ticket_id == Ticket.id, *asked), by_row=by_row)
        if search.due is not None:  # the clock of a paused one stands still
            yield Ticket.state != State.PAUSED
    if search.text:
        yield said(work, search.text)


def received(work: Work, search: Search) -> Iterator[Condition]:
    """When it arrived."""
    if search.since is not None:
        yield Ticket.received_at >= begin_of(work, search.since)
    if search.until is not None:
        yield Ticket.received_at < begin_of(work, search.until + timedelta(days=1))


def _at_risk(name: str) -> Condition:
    marked = Ticket.risks != sa.literal([], JSONB)
    if name == ANY_RISK:
        return marked
    asked = {"sensitive": True} if name == UNSAID else {"name": name}
    found = Ticket.risks.contains([asked])
    return marked & found if name == UNSAID else marked & found & ~Ticket.risks.contains([asked | {"sensitive": True}])


def _in_subtree(path: str, by_row: bool) -> Condition:
    """Turns of the unit or of one below it; and what such a centre has taken in."""
    if not path:
        return sa.false()
    turn = sa.select(Assignment.id).where(
        Assignment.ticket_id == Ticket.id, Assignment.unit_path.startswith(path), _NOT_GIVEN_BACK
    )
    return sa.or_(there_is(turn, by_row=by_row), Ticket.unit_path.startswith(path), Ticket.centre_path.startswith(path))


def path_of(work: Work, unit_id: int) -> str:
    """A unit's place in the tree, read once in a transaction; nothing for one that is not there or not the reader's."""
    unit = work.session.get(Unit, unit_id)
    actor = work.actor
    theirs = actor.kind in (ActorKind.STAFF, ActorKind.CLIENT)
    return unit.path if unit is not None and (not theirs or actor.oversees(unit.path)) else ""
