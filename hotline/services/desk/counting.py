"""How many tickets a list holds, up to `MOST`: counted when asked, along the same indexes as the list itself.

No counters are kept: the indexes are short where a count is wanted, and a kept number can be wrong.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import sqlalchemy as sa

from hotline.models import Deadline, Ticket, Unit
from hotline.services import finding
from hotline.services.desk import probing
from hotline.services.desk.narrowing import by_promise, conditions, first_is, of_promise
from hotline.services.desk.probing import candidates, candidates_of_each, own_few
from hotline.services.desk.promises import is_first, meant, near_ways
from hotline.services.desk.reading import is_one_of
from hotline.services.desk.search import MOST, Search, View
from hotline.services.desk.waiting import branches
from hotline.services.desk.walking import along_an_index
from hotline.services.work import Work


def count(work: Work, search: Search) -> int:
    """How many tickets the search finds, at most `MOST`."""
    if search.text:
        finding.catch_up(work, finding.AT_ONCE)
    with along_an_index(work):
        few = candidates(work, search, probing.READ)
        if few is None:
            return int(work.session.execute(sa.select(_along(work, search))).scalar_one())
    return int(work.session.execute(sa.select(_among(work, search, few))).scalar_one())


def counts(work: Work, views: Sequence[View]) -> dict[View, int]:
    """How many tickets each list holds for the actor, at most `MOST`; one statement for all of them, and one before for
    who sees a part of the city."""
    if not views:
        return {}
    with along_an_index(work):
        counted = sa.select(*countings(work, [Search(view) for view in views]))
        return dict(zip(views, work.session.execute(counted).one(), strict=True))


def countings(work: Work, searches: Sequence[Search]) -> list[sa.ScalarSelect[int]]:
    """How many each search without words finds, at most `MOST`, as parts of one statement of the caller's; this and
    that to be carried out `along_an_index`."""
    few = own_few(work)
    if few is not None:
        return [_among(work, search, few) for search in searches]
    return [_of_mine(work, each) if each.view is View.MINE else _along(work, each) for each in searches]


def each(work: Work, searches: Sequence[Search]) -> list[int]:
    """How many tickets each search finds, at most `MOST`; in as many statements for many as for a few."""
    if any(search.text for search in searches):
        finding.catch_up(work, finding.AT_ONCE)
    units = {search.unit_id for search in searches if search.unit_id is not None}
    held = work.session.scalars(sa.select(Unit).where(Unit.id.in_(units))).all() if units else ()
    with along_an_index(work):
        few = candidates_of_each(work, searches)  # while they are held, none of them is read again for its path
    short = {place: _among(work, searches[place], ids) for place, ids in enumerate(few) if ids is not None}
    long = {place: _along(work, searches[place]) for place, ids in enumerate(few) if ids is None}
    del held
    found: dict[int, int] = {}
    if short:
        found |= zip(short, work.session.execute(sa.select(*short.values())).one(), strict=True)
    if long:
        with along_an_index(work):
            found |= zip(long, work.session.execute(sa.select(*long.values())).one(), strict=True)
    return [found[place] for place in range(len(searches))]


def _of_mine(work: Work, search: Search) -> sa.ScalarSelect[int]:
    """Each branch of what waits is read from what waits in it."""
    wanted = conditions(work, replace(search, view=View.ALL))
    each = [sa.select(branch.found(wanted).limit(MOST).subquery()) for branch in branches(work.actor)]
    if not each:
        return sa.select(sa.literal(0)).scalar_subquery()
    return _counted(sa.select(sa.union(*each).subquery()))


def _among(work: Work, search: Search, few: Sequence[int]) -> sa.ScalarSelect[int]:
    found = sa.select(Ticket.id).where(is_one_of(few), *conditions(work, search))
    return _counted(found.where(first_is(work, search)) if by_promise(search.view) else found)


def _along(work: Work, search: Search) -> sa.ScalarSelect[int]:
    wanted = conditions(work, search)
    if not by_promise(search.view):
        return _counted(sa.select(Ticket.id).where(*wanted))
    first = sa.select(Ticket.id).select_from(Deadline).join(Ticket, Ticket.id == Deadline.ticket_id)
    first = first.where(*meant(work, search), *of_promise(work, search.view), is_first(work, search), *wanted)
    first = first.order_by(Deadline.due_at, Deadline.ticket_id).limit(MOST)  # in the order of an index
    ways = near_ways(work) if search.view is View.SOON else (sa.true(),)
    return _counted(sa.select(sa.union_all(*(sa.select(first.where(way).subquery()) for way in ways)).subquery()))


def _counted(found: sa.Select[int]) -> sa.ScalarSelect[int]:
    return sa.select(sa.func.count()).select_from(found.limit(MOST).subquery()).scalar_subquery()
