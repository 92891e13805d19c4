"""A list, page by page: which tickets, in what order, and then what stands on their lines.

A short list is sorted, a long one is walked. One that is long in everything that is asked for and short in all of it
together (a unit, and a kind of matter that it hardly ever has) shows only in the walking: it is broken off, more is
read of each index, then all of them to their end at once, and at last PostgreSQL is left to plan for the whole of it.
A fixed number of statements, however many tickets there are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.sql.selectable import LateralFromClause as Lateral

from hotline.models import Assignment, Ending, Part, Ticket, Unit
from hotline.services import finding
from hotline.services.desk import probing
from hotline.services.desk.narrowing import by_promise, conditions, first_is, of_promise, only_open
from hotline.services.desk.ordering import Place, Stretch, cursor, is_beyond, key_of, read_cursor, stretches
from hotline.services.desk.probing import by_words, candidates, common
from hotline.services.desk.promises import asks_promise, due_of, next_due
from hotline.services.desk.search import PAGE, Line, Page, Search, Sort
from hotline.services.desk.walking import along_an_index
from hotline.services.work import Work

Condition = sa.ColumnElement[bool]

AT_ONCE: Final = 500  # lines of a stream that are read in one go
NEAR: Final = 8000  # tickets that are looked at one by one along a list before another way is taken
WINDOW: Final = 100_000  # the same where they stand in the order of their ids, which is quicker
OPEN_ONES: Final = 10  # times as far where only open ones are asked for: a tenth of all, and few of the old ones
DEEP: Final = 30_000  # rows of an index that are read then
TOGETHER: Final = 30_000  # tickets that answer to all that is asked, however many answer to a part of it
Conditions = Sequence[Condition]
Read = Callable[[Work, Search, Stretch, Conditions, Conditions, int], "list[Place] | None"]


def page(work: Work, search: Search) -> Page:
    """The tickets of the search that the actor may see. Raises Invalid for a cursor that is none of ours."""
    found = _find(work, search, PAGE)
    places = found.places
    first, last = (cursor(places[0]), cursor(places[-1])) if places else ("", "")
    return Page(
        lines=_lines(work, search, [id for _, id in places]),
        total=found.total,
        next=last if found.more_after else "",
        previous=first if found.more_before else "",
    )


def ids(work: Work, search: Search, size: int, also: Conditions = ()) -> tuple[list[int], bool]:
    """The ids of a page of that size, and whether there is a next one. `also`: what else must hold of a ticket."""
    found = _find(work, search, size, also)
    return [id for _, id in found.places], found.more_after


def numbers(work: Work, search: Search, most: int) -> list[str]:
    """The numbers of its tickets in their order, at most so many."""
    found = _find(work, replace(search, after="", before=""), most)
    ids = [id for _, id in found.places]
    known = dict(work.session.execute(sa.select(Ticket.id, Ticket.number).where(is_one_of(ids))).all())
    return [known[id] for id in ids if id in known]


def stream(work: Work, search: Search) -> Iterator[Line]:
    """All its lines in their order, however many, some hundred at a time."""
    after = ""
    while True:
        found = _find(work, replace(search, after=after, before=""), AT_ONCE)
        yield from _lines(work, search, [id for _, id in found.places])
        if not found.more_after:
            return
        after = cursor(found.places[-1])


class _Found:
    """The places of a page, and whether there are others before and after it."""

    def __init__(self, places: Sequence[Place], *, before: bool, after: bool, total: int | None) -> None:
        self.places, self.more_before, self.more_after, self.total = places, before, after, total


def _find(work: Work, search: Search, size: int, also: Conditions = ()) -> _Found:
    at = read_cursor(search.order, search.before or search.after) if search.before or search.after else None
    if search.text:
        finding.catch_up(work, finding.AT_ONCE)
    with along_an_index(work):
        few = candidates(work, search, probing.READ)
        found = _walk(work, search, at, size, also, _along) if few is None else None
        if few is None and found is None:
            few = candidates(work, search, DEEP)
    if few is None and found is None:
        few = common(work, search, TOGETHER)
    if few is not None:
        return _cut(search, _sort_few(work, search, few, also), at, size)
    found = found or _walk(work, search, at, size, also, _anyhow)
    assert found is not None
    return found


def _sort_few(work: Work, search: Search, few: Sequence[int], also: Conditions) -> list[Place]:
    """Those of few that belong to the search, in its order."""
    if not few:
        return []
    query = sa.select(Ticket.id).where(is_one_of(few), *conditions(work, search), *also)
    due_at: Any = sa.null()
    if search.order is Sort.DUE or by_promise(search.view):
        due = next_due(work, search)
        query = query.select_from(Ticket).outerjoin(due, sa.true()).where(*of_promise(work, search.view, due.c))
        due_at = due.c.due_at
    order, key = key_of(search.order, due_at)
    return [(row.key, row.id) for row in work.session.execute(query.add_columns(key.label("key")).order_by(*order))]


def _cut(search: Search, places: Sequence[Place], at: Place | None, size: int) -> _Found:
    sort = search.order
    if at is None:
        start = 0
    elif search.before:
        earlier = [place for place in places if is_beyond(sort, at, place)]
        return _Found(earlier[-size:], before=len(earlier) > size, after=True, total=len(places))
    else:
        start = sum(not is_beyond(sort, place, at) for place in places)
    cut = places[start : start + size]
    return _Found(cut, before=start > 0, after=start + size < len(places), total=len(places))


def _walk(work: Work, search: Search, at: Place | None, size: int, also: Conditions, read: Read) -> _Found | None:
    """From the cursor on, stretch by stretch; None where one of them could not be read far enough."""
    back = bool(search.before)
    parts = stretches(work, search, promised=by_promise(search.view) or asks_promise(search))
    if back:
        parts = [part.backwards() for part in reversed(parts)]
    if at is not None:
        while len(parts) > 1 and not parts[0].holds(at[0]):
            parts = parts[1:]
    places: list[Place] = []
    for part in parts:
        wanted = [*_wanted(work, search, part, by_row=read is _along), *also]
        found = read(work, search, part, _rows(work, search, part, at), wanted, size + 1 - len(places))
        if found is None:
            return None
        places += found
        if len(places) > size:
            break
    more, places = len(places) > size, places[:size]
    if back:
        places.reverse()
    return _Found(places, before=more if back else at is not None, after=back or more, total=None)


def _rows(work: Work, search: Search, part: Stretch, at: Place | None) -> list[Condition]:
    """Which rows of a stretch are read at all: those of the list's time, from the cursor on."""
    read = of_promise(work, search.view) if part.by_promise else []
    return [*read, part.after(at)] if at is not None and part.holds(at[0]) else read


def _along(
    work: Work, search: Search, part: Stretch, read: Conditions, wanted: Conditions, size: int
) -> list[Place] | None:
    """Those of the next tickets of a stretch that belong to the list; None where these are not enough."""
    found, beyond = _by_id(part, search, read, wanted) if part.is_by_id else _by_key(part, read, wanted)
    either = sa.union_all(  # what is beyond is read only where the page is not full yet
        sa.select(found.limit(size).subquery("found")),
        sa.select(beyond.limit(1).subquery("beyond").c.key, sa.literal_column("0")),
    )
    rows = _places(work, either.limit(size))
    places = [place for place in rows if place[1]]
    return places if len(places) in (size, len(rows)) else None


def _by_id(
    part: Stretch, search: Search, read: Conditions, wanted: Conditions
) -> tuple[sa.Select[Any], sa.Select[Any]]:
    """What belongs to the list among the next ids, as far as `WINDOW` reaches, and what is beyond them."""
    is_open = [Ticket.ended_at.is_(None)] if only_open(search.view) else []
    end = sa.func.max(Ticket.id) if part.down else sa.func.min(Ticket.id)
    first = sa.select(end).where(*read, *is_open).correlate(None).scalar_subquery()
    width = WINDOW * OPEN_ONES if is_open else WINDOW
    last = first - width if part.down else first + width
    near, beyond = (Ticket.id > last, Ticket.id <= last) if part.down else (Ticket.id < last, Ticket.id >= last)
    found = part.start().where(*read, near, *wanted).order_by(*part.order)
    return found, part.start().where(*read, *is_open, beyond)


def _by_key(part: Stretch, read: Conditions, wanted: Conditions) -> tuple[sa.Select[Any], sa.Select[Any]]:
    """The same among the next `NEAR` rows of the index."""
    near = part.rows().where(*read).order_by(*part.order)
    rows = near.limit(NEAR).subquery("near")
    found = sa.select(rows.c.key, rows.c.id).join_from(rows, Ticket, Ticket.id == rows.c.id)
    return found.where(*wanted, *part.firsts(rows)).order_by(*part.order_of(rows)), near.offset(NEAR - 1)


def _anyhow(
    work: Work, search: Search, part: Stretch, read: Conditions, wanted: Conditions, size: int
) -> list[Place] | None:
    """The same of the whole stretch, in whatever way PostgreSQL finds best for all of them."""
    said = [Ticket.id.in_(lead) for lead in by_words(work, search)]
    every = part.start().where(*read, *said, *wanted)
    found = every.offset(sa.literal_column("0")).subquery("found")
    return _places(work, sa.select(found.c.key, found.c.id).order_by(*part.order_of(found)).limit(size))


def _places(work: Work, query: sa.Select[Any] | sa.CompoundSelect[Any]) -> list[Place]:
    return [(row.key, row.id) for row in work.session.execute(query)]


def _wanted(work: Work, search: Search, part: Stretch, *, by_row: bool) -> list[Condition]:
    """What must hold of a ticket of a stretch; for 将到期 and 已超期 also of its promise, however they are sorted."""
    wanted = conditions(work, search, by_row=by_row)
    if by_promise(search.view) and not part.by_promise:
        wanted.append(first_is(work, search))
    return wanted


def is_one_of(ids: Sequence[int]) -> sa.ColumnElement[bool]:
    """As one parameter, however many."""
    return Ticket.id == sa.any_(sa.bindparam("ids", list(ids), ARRAY(sa.BigInteger), unique=True))


def _lines(work: Work, search: Search, ids: Sequence[int]) -> list[Line]:
    """The lines of these tickets, in this order; one statement."""
    if not ids:
        return []
    lead, due = _lead(), next_due(work, search)
    query = (
        sa.select(Ticket, lead.c.name, *due.c)
        .select_from(Ticket)
        .outerjoin(lead, sa.true())
        .outerjoin(due, sa.true())
        .where(is_one_of(ids))
    )
    lines = {row[0].id: Line(row[0], row.name, due_of(row)) for row in work.session.execute(query)}
    return [lines[id] for id in ids if id in lines]


def _lead() -> Lateral:
    """The unit that has or had the ticket as its lead in this round; the last one not given back."""
    return (
        sa.select(Unit.name)
        .join(Assignment, Assignment.unit_id == Unit.id)
        .where(
            Assignment.ticket_id == Ticket.id,
            Assignment.round == Ticket.round,
            Assignment.part == Part.LEAD,
            sa.or_(Assignment.ending.is_(None), Assignment.ending == Ending.SUBMITTED),
        )
        .order_by(Assignment.id.desc())
        .limit(1)
        .lateral("lead")
    )
