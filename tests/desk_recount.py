"""The lists of the desk once more, slowly: all rows in Python, one condition after the other, as the design says it.

Shares no query with the product on purpose: what it finds must be what the lists show.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

import sqlalchemy as sa

from hotline.domain.actors import Actor, Role
from hotline.domain.workflow import STAGES, State
from hotline.models import (
    Appeal,
    Assignment,
    Category,
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
from hotline.services.desk import ANY_RISK, DueWithin, Search, Sort, View
from tests.city import ZONE, City

Rows = dict[int, list[Any]]
WORKING = (State.ASSIGNED, State.HANDLING, State.SUPERVISED)


@dataclass
class Books:
    """Everything that was ever written, by ticket, and when and for whom it is looked at."""

    tickets: list[Any]
    rows: dict[type, Rows]
    paths: dict[int, str]
    categories: dict[int, Any]
    now: datetime
    actor: Actor

    def of(self, table: type, ticket: Any) -> list[Any]:
        return self.rows[table].get(ticket.id, [])


def open_books(city: City, actor: Actor) -> Books:
    """As they are now."""
    tables = (Assignment, Deadline, Supervision, Extension, Pause, Return, Appeal)
    rows: dict[type, Rows] = {}
    for table in tables:
        rows[table] = {}
        for row in city.rows(sa.select(table).order_by(table.id)):
            rows[table].setdefault(row.ticket_id, []).append(row)
    paths = {unit.id: unit.path for unit in city.rows(sa.select(Unit))}
    categories = {category.id: category for category in city.rows(sa.select(Category))}
    return Books(city.rows(sa.select(Ticket).order_by(Ticket.id)), rows, paths, categories, city.now, actor)


def numbers(books: Books, search: Search) -> list[str]:
    """The numbers of the list, in its order."""
    found = [ticket for ticket in books.tickets if _sees(books, ticket) and _belongs(books, ticket, search)]
    return [ticket.number for ticket in sorted(found, key=lambda ticket: _rank(books, ticket, search))]


def _rank(books: Books, ticket: Any, search: Search) -> tuple[Any, ...]:
    sort = search.sort or (Sort.NEWEST if search.view is View.ALL else Sort.DUE)
    first = _first(books, ticket, search)
    return {
        Sort.DUE: (first is None, first.due_at.timestamp() if first else 0, ticket.id),
        Sort.NEWEST: (-ticket.id,),
        Sort.OLDEST: (ticket.id,),
        Sort.HEAT: (-max(ticket.heat, 1), -ticket.id),
        Sort.LEVEL: (-ticket.level, -ticket.id),
    }[sort]


def _sees(books: Books, ticket: Any) -> bool:
    actor, mine = books.actor, _below(books.actor.unit_path)
    if actor.unit_path.count("/") == 1:
        return True
    lineage = {int(part) for part in actor.unit_path.strip("/").split("/")}
    if lineage & set(ticket.named_unit_ids):
        return False
    kept = [turn for turn in books.of(Assignment, ticket) if turn.ending not in (Ending.RETURNED, Ending.WITHDRAWN)]
    return (
        mine(ticket.unit_path)
        or mine(ticket.centre_path)
        or any(mine(turn.unit_path) or turn.handler_id == actor.staff_id for turn in kept)
        or any(mine(order.unit_path) for order in books.of(Supervision, ticket))
    )


def _below(path: str) -> Callable[[str], bool]:
    return lambda other: other.startswith(path)


def _promises(books: Books, ticket: Any) -> list[Any]:
    """Open, in force, owed by the reader's units; what falls due first is first."""
    mine = _below(books.actor.unit_path)
    found = [
        promise
        for promise in books.of(Deadline, ticket)
        if promise.met_at is promise.void_at is promise.offered_at is None
        and promise.started_at <= books.now
        and mine(promise.unit_path)
    ]
    return sorted(found, key=lambda promise: (promise.due_at, promise.id))


def _meant(books: Books, ticket: Any, search: Search) -> list[Any]:
    """Of the kind and time that is asked for."""
    return [
        promise
        for promise in _promises(books, ticket)
        if search.kind in (None, promise.kind)
        and (search.due is None or search.due in _stretches(promise.due_at, books.now))
    ]


def _first(books: Books, ticket: Any, search: Search) -> Any:
    return next(iter(_meant(books, ticket, search)), None)


def _belongs(books: Books, ticket: Any, search: Search) -> bool:
    checks = (_in_view, _of_row, _of_units, _promised, _arrived)
    return all(check(books, ticket, search) for check in checks)


def _in_view(books: Books, ticket: Any, search: Search) -> bool:
    first = _first(books, ticket, search)
    is_open = ticket.ended_at is None
    going = is_open and ticket.state is not State.PAUSED and first is not None
    return {
        View.ALL: True,
        View.OPEN: is_open,
        View.SUPERVISED: is_open and ticket.state is State.SUPERVISED,
        View.MINE: any(waits(books, ticket) for role, waits in WAITS.items() if role in books.actor.roles),
        View.OVER: going and first.due_at < books.now,
        View.SOON: going and first.due_at >= books.now and _is_near(books, first),
    }[search.view]


def _is_near(books: Books, promise: Any) -> bool:
    if promise.rank >= -1:
        return promise.kind is not DeadlineKind.SURVEY
    return promise.next_at is not None and promise.next_at <= books.now


def _of_row(books: Books, ticket: Any, search: Search) -> bool:
    category = books.categories.get(ticket.category_id)
    marks = [risk for risk in ticket.risks if search.risk in (ANY_RISK, risk["name"])]
    return (
        (not search.states or ticket.state in search.states)
        and (not search.stages or any(ticket.state in STAGES[stage] for stage in search.stages))
        and (search.source in (None, ticket.source))
        and (search.channel in (None, ticket.channel))
        and (search.urgency in (None, ticket.urgency))
        and (search.area in ("", ticket.area))
        and (search.level is None or ticket.level >= search.level)
        and (search.heat is None or ticket.heat >= search.heat)
        and (search.rework is None or search.rework == (ticket.round > 1))
        and (not search.category or (category is not None and search.category in (category.code, category.parent_name)))
        and (not search.risk or bool(marks))
    )


def _of_units(books: Books, ticket: Any, search: Search) -> bool:
    turns = [turn for turn in books.of(Assignment, ticket) if turn.ending in (None, Ending.SUBMITTED)]
    if search.handler_id is not None and all(turn.handler_id != search.handler_id for turn in turns):
        return False
    if search.unit_id is None:
        return True
    asked = books.paths.get(search.unit_id, "nowhere")
    if not asked.startswith(books.actor.unit_path):
        return False
    below = _below(asked)
    return any(map(below, [ticket.unit_path, ticket.centre_path, *(turn.unit_path for turn in turns)]))


def _promised(books: Books, ticket: Any, search: Search) -> bool:
    if search.kind is None and search.due is None:
        return True
    waits = search.due is not None and ticket.state is State.PAUSED  # its clock stands still
    return bool(_meant(books, ticket, search)) and not waits


def _stretches(due_at: datetime, now: datetime) -> Sequence[DueWithin]:
    if due_at < now:
        return [DueWithin.OVER]
    today = now.astimezone(ZONE).date()
    sunday = today + timedelta(days=6 - today.weekday())
    found = []
    for name, last in (
        (DueWithin.TODAY, today),
        (DueWithin.DAYS3, today + timedelta(days=2)),
        (DueWithin.WEEK, sunday),
    ):
        if due_at <= datetime.combine(last + timedelta(days=1), time(), ZONE):  # 24:00 belongs to the day that ends
            found.append(name)
    return found if DueWithin.WEEK in found else [*found, DueWithin.LATER]


def _arrived(books: Books, ticket: Any, search: Search) -> bool:
    day = ticket.received_at.astimezone(ZONE).date()
    return (search.since is None or search.since <= day) and (search.until is None or day <= search.until)


def _undecided(books: Books, ticket: Any, *tables: type) -> bool:
    me = books.actor.id
    requests = [request for table in tables for request in books.of(table, ticket)]
    return any(
        request.granted is None and request.asked_by_id != me and getattr(request, "reviewed_by_id", None) != me
        for request in requests
    )


def _for_operators(books: Books, ticket: Any) -> bool:
    return _ours(books, ticket) and ticket.state in (State.RECEIVED, State.RESOLVED)


def _for_dispatchers(books: Books, ticket: Any) -> bool:
    return _ours(books, ticket) and (
        ticket.state is State.ACCEPTED
        or (ticket.state is State.HANDLING and _undecided(books, ticket, Extension, Pause))
        or (ticket.state is State.CLOSED and _undecided(books, ticket, Appeal))
    )


def _for_supervisors(books: Books, ticket: Any) -> bool:
    mine = _below(books.actor.unit_path)
    explained = any(
        mine(order.unit_path) and order.explained_at is not None and order.explanation_accepted_at is None
        for order in books.of(Supervision, ticket)
    )
    asked = ticket.state in (State.HANDLING, State.SUPERVISED) and _undecided(books, ticket, Return, Extension, Pause)
    appealed = ticket.state is State.CLOSED and _undecided(books, ticket, Appeal)
    return explained or (_ours(books, ticket) and (ticket.state is State.SUBMITTED or asked or appealed))


def _for_handlers(books: Books, ticket: Any) -> bool:
    mine = _below(books.actor.unit_path)
    turns = [turn for turn in books.of(Assignment, ticket) if mine(turn.unit_path) and turn.ended_at is None]
    leads = ticket.state in WORKING and any(turn.part is Part.LEAD for turn in turns)
    assists = ticket.state in (*WORKING, State.PAUSED) and any(
        turn.part is Part.ASSIST and turn.submitted_at is None for turn in turns
    )
    owes_words = any(
        mine(order.unit_path)
        and order.explain_deadline_id is not None
        and order.explained_at is order.explanation_accepted_at is None
        for order in books.of(Supervision, ticket)
    )
    return leads or assists or (owes_words and ticket.state not in (State.MERGED, State.VOIDED))


def _ours(books: Books, ticket: Any) -> bool:
    return bool(ticket.centre_path.startswith(books.actor.unit_path))


WAITS = {
    Role.OPERATOR: _for_operators,
    Role.DISPATCHER: _for_dispatchers,
    Role.SUPERVISOR: _for_supervisors,
    Role.HANDLER: _for_handlers,
}
