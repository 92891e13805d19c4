"""How many tickets a list holds, up to `MOST`: counted when asked, along the same indexes as the list itself.

No counters are kept: the indexes are short where a count is wanted, and a kept number can be wrong.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from hotline.models import Deadline, Ticket
from hotline.services import finding
from hotline.services.desk.narrowing import by_promise, conditions, of_promise
from hotline.services.desk.probing import candidates, own_few
from hotline.services.desk.promises import is_first, next_due, running
from hotline.services.desk.reading import is_one_of
from hotline.services.desk.search import MOST, Search, View
from hotline.services.desk.waiting import branches
from hotline.services.desk.walking import along_an_index
from hotline.services.scoping import visible
from hotline.services.work import Work


def count(work: Work, search: Search) -> int:
    """How many tickets the search finds, at most `MOST`."""
    if search.text:
        finding.catch_up(work, finding.AT_ONCE)
    few = candidates(work, search)
    if few is not None:
        return int(work.session.execute(sa.select(_among(work, search, few))).scalar_one())
    counted = _along(work, search)
    with along_an_index(work):
        return int(work.session.execute(sa.select(counted)).scalar_one())


def counts(work: Work, views: Sequence[View]) -> dict[View, int]:
    """How many tickets each list holds for the actor, at most `MOST`; one statement for all of them, and one before for
    who sees a part of the city."""
    few = own_few(work)
    if few is not None:
        row = work.session.execute(sa.select(*(_among(work, Search(view), few) for view in views))).one()
        return dict(zip(views, row, strict=True))
    counted = sa.select(*(_of_view(work, view) for view in views))
    with along_an_index(work):
        return dict(zip(views, work.session.execute(counted).one(), strict=True))


def countings(work: Work, searches: Sequence[Search]) -> list[sa.ScalarSelect[int]]:
    """How many each search without words finds, at most `MOST`, as parts of one statement of the caller's."""
    few = own_few(work)
    return [_among(work, search, few) if few is not None else _along(work, search) for search in searches]


def _of_view(work: Work, view: View) -> sa.ScalarSelect[int]:
    if view is not View.MINE:
        return _along(work, Search(view))
    seen = visible(work.actor, by_row=True)
    each = [sa.select(branch.ids.where(seen).limit(2 * MOST).subquery()) for branch in branches(work.actor)]
    if not each:
        return sa.select(sa.literal(0)).scalar_subquery()
    return _counted(sa.select(sa.union(*each).subquery()))


def _among(work: Work, search: Search, few: Sequence[int]) -> sa.ScalarSelect[int]:
    found = sa.select(Ticket.id).select_from(Ticket)
    due: Any = None
    if by_promise(search.view):
        due = next_due(work)
        found = found.join(due, sa.true()).where(*of_promise(work, search.view, due.c))
    return _counted(found.where(is_one_of(few), *conditions(work, search)))


def _along(work: Work, search: Search) -> sa.ScalarSelect[int]:
    found = sa.select(Ticket.id)
    if by_promise(search.view):
        first = (*running(work), is_first(work), *of_promise(work, search.view))
        found = found.select_from(Deadline).join(Ticket, Ticket.id == Deadline.ticket_id).where(*first)
        found = found.order_by(Deadline.due_at, Deadline.ticket_id)  # for the sake of the index
    return _counted(found.where(*conditions(work, search)))


def _counted(found: sa.Select[Any]) -> sa.ScalarSelect[int]:
    return sa.select(sa.func.count()).select_from(found.limit(MOST).subquery()).scalar_subquery()
