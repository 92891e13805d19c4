"""The few tickets that a search can mean at all, wherever an index leads to few.

A list is either short, then its candidates are read from the shortest index and sorted; or long, then it is walked in
its order and soon full. Which of the two is found out by reading, not guessed: each thing asked for is read up to
`READ` rows of its index, all in one statement. What is read here only spares work; what belongs to the list is decided
by `narrowing`, ticket by ticket. All of it is to be carried out `along_an_index`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import TSQUERY

from hotline.domain.actors import ActorKind
from hotline.domain.fragments import pairs, terms
from hotline.models import Assignment, Deadline, FoundWords, Supervision, Ticket, Unit
from hotline.models.found_words import SHELF_BITS
from hotline.models.ticket import OF_COUNTY
from hotline.services import finding
from hotline.services.desk.narrowing import by_promise, categories, of_ticket, path_of, received
from hotline.services.desk.promises import asks_promise, meant, near_ways
from hotline.services.desk.search import Search, View
from hotline.services.desk.waiting import branches
from hotline.services.desk.words import by_number, is_tail
from hotline.services.scoping import is_root
from hotline.services.work import Work

Ids = sa.Select[Any] | sa.CompoundSelect[Any]

READ: Final = 3000
_SHELF: Final = "\x01"  # where the number of the shelf is put in
_ENTRIES: Final[sa.ColumnElement[Any]] = sa.literal_column(
    "found_pairs(found_words.ticket_id, found_words.words, found_words.marks)"
)


def candidates(work: Work, search: Search, most: int) -> Sequence[int] | None:
    """Ids among which all tickets of the search are; None where everything that was asked for leads to more than that.

    Who sees a part of the city begins with that part, and is done where it is small. Of promises there is one list for
    the whole city, which is read for the centre only.
    """
    if search.unit_id is not None and not path_of(work, search.unit_id):
        return []
    if not is_of_few(work):
        return _shortest(work, [*_by_promises(work, search), *_asked(work, search, most)], most)
    own = _shortest(work, _scope(work), most)
    return own if own is not None else _shortest(work, _asked(work, search, most), most)


def common(work: Work, search: Search, most: int) -> Sequence[int] | None:
    """The same where each of it alone leads to many: all of them are read to their end, which a hash join does quickest
    (so not `along_an_index`). None where only one thing is asked for, or more than `most` answer to all."""
    leads = [*(_scope(work) if is_of_few(work) else _by_promises(work, search)), *_asked(work, search, None)]
    if len(leads) < 2:
        return None
    every = sa.intersect(*(sa.select(lead.subquery()) for lead in leads))
    return _shortest(work, [every], most)


def candidates_of_each(work: Work, searches: Sequence[Search]) -> list[Sequence[int] | None]:
    """The same for several searches, in one statement."""
    if is_of_few(work) and (own := own_few(work)) is not None:
        return [own] * len(searches)
    leads = [
        [*(() if is_of_few(work) else _by_promises(work, search)), *_asked(work, search, READ)] for search in searches
    ]
    found = iter(_read(work, [lead for own in leads for lead in own], READ))
    return [_fewest(list(islice(found, len(own))), READ) for own in leads]


def own_few(work: Work) -> Sequence[int] | None:
    """All tickets of a unit that has had few; None for the centre and for a unit that has had many."""
    return _shortest(work, _scope(work), READ) if is_of_few(work) else None


def is_of_few(work: Work) -> bool:
    """Whether the actor sees a part of the city only."""
    return work.actor.kind in (ActorKind.STAFF, ActorKind.CLIENT) and not is_root(work.actor)


def _shortest(work: Work, leads: Sequence[Ids], most: int) -> Sequence[int] | None:
    return _fewest(_read(work, leads, most), most)


def _read(work: Work, leads: Sequence[Ids], most: int) -> Sequence[Sequence[int]]:
    """Where each of them leads, up to one more than `most`; one statement."""
    if not leads:
        return []
    arrays = (sa.func.array(lead.limit(most + 1).scalar_subquery()) for lead in leads)
    return list(work.session.execute(sa.select(*arrays)).one())


def _fewest(read: Sequence[Sequence[int]], most: int) -> Sequence[int] | None:
    """What all of them lead to that were read to their end."""
    found = [set(ids) for ids in read if len(ids) <= most]
    return sorted(set.intersection(*found)) if found else None


def _scope(work: Work) -> list[Ids]:
    """Everything that lies, or has lain, in the actor's subtree."""
    actor = work.actor
    if not actor.unit_path:
        return [sa.select(Ticket.id).where(sa.false())]
    ordered = sa.select(Supervision.ticket_id).where(Supervision.unit_id.in_(_units(actor.unit_path)))
    return [sa.union_all(*_of_unit(actor.unit_path), ordered, *_handed_to(actor.staff_id))]


def _units(path: str) -> sa.Select[Any]:
    return sa.select(Unit.id).where(Unit.path.startswith(path))


def _of_unit(path: str) -> Iterator[sa.Select[Any]]:
    yield sa.select(Assignment.ticket_id).where(Assignment.unit_path.startswith(path))
    yield sa.select(Ticket.id).where(Ticket.ended_at.is_(None), Ticket.unit_path.startswith(path))
    yield sa.select(Ticket.id).where(sa.text(OF_COUNTY), Ticket.centre_path.startswith(path))


def _handed_to(staff_id: int | None) -> Iterator[sa.Select[Any]]:
    if staff_id is not None:
        yield sa.select(Assignment.ticket_id).where(Assignment.handler_id == staff_id)


def _asked(work: Work, search: Search, most: int | None) -> list[Ids]:
    """One lead for each thing that is asked for and has an index; `most`: read no further than one beyond it."""
    end = None if most is None else most + 1
    leads: list[Ids] = [*_by_view(work, search.view, end), *by_words(work, search, end), *_by_row(work, search)]
    if search.unit_id is not None and (path := path_of(work, search.unit_id)).count("/") > 1:
        leads.append(sa.union_all(*_of_unit(path)))
    leads += _handed_to(search.handler_id)
    return leads


def _by_view(work: Work, view: View, end: int | None) -> Iterator[Ids]:
    if view is View.MINE:
        each = [branch.leads.limit(end) for branch in branches(work.actor)]
        yield sa.union_all(*(sa.select(one.subquery()) for one in each)) if each else _nothing()
    elif view is View.SUPERVISED:
        yield sa.select(Ticket.id).where(Ticket.state == "supervised")


def _nothing() -> sa.Select[Any]:
    return sa.select(Ticket.id).where(sa.false())


def _by_row(work: Work, search: Search) -> Iterator[Ids]:
    """What has an index of its own in the ticket's row."""
    few = Search(
        view=View.ALL,
        states=search.states,
        stages=search.stages,
        level=search.level if search.level else None,
        heat=search.heat if search.heat and search.heat > 1 else None,
        rework=search.rework or None,
        risk=search.risk,
    )
    for condition in of_ticket(few):
        yield sa.select(Ticket.id).where(condition)
    if arrived := list(received(work, search)):
        yield sa.select(Ticket.id).where(*arrived)


def _by_promises(work: Work, search: Search) -> Iterator[Ids]:
    promised = sa.select(Deadline.ticket_id).where(*meant(work, search))
    if search.view is View.OVER:
        yield promised.where(Deadline.due_at < work.now)
    elif by_promise(search.view):
        soon = promised.where(Deadline.due_at >= work.now)
        yield sa.union_all(*(soon.where(way) for way in near_ways(work)))
    elif asks_promise(search):
        yield promised


def by_words(work: Work, search: Search, most: int | None = None) -> Iterator[Ids]:
    """Words and the facts entered with them at once; a term that may be a number by itself. `most`: of the newest."""
    sought = terms(search.text)
    plain = [term.folded for term in sought if not term.folded.isdigit()]
    facts = _facts(work, search)
    if plain or facts:
        entries = [_entry(pair) for term in plain for pair in pairs(term)]
        yield _on_shelves(" & ".join([*entries, *facts]), plain, most)
    for term in sought:
        if term.folded.isdigit():
            ways = [_on_shelves(" & ".join(map(_entry, pairs(term.folded))), [term.folded], most)]
            if is_tail(term.folded):
                ways.append(_on_shelves(_quoted(finding.tail(term.folded)), [], most))
            ways += [sa.select(Ticket.id).where(condition) for condition in by_number(work, term)]
            yield sa.union_all(*ways)


def _facts(work: Work, search: Search) -> list[str]:
    asked = {
        "area": search.area,
        "source": search.source and search.source.value,
        "channel": search.channel and search.channel.value,
        "urgency": search.urgency and search.urgency.value,
    }
    facts = [_quoted(finding.mark(name, value)) for name, value in asked.items() if value]
    if search.category:
        ids = categories(work, search.category)
        facts.append("(" + " | ".join(_quoted(finding.mark("category", id)) for id in ids or [0]) + ")")
    return facts


def _entry(pair: str) -> str:
    """A pair as it was entered; a single character as the beginning of one."""
    return _quoted(pair) + (":*" if len(pair) == 1 else "")


def _quoted(entry: str) -> str:
    escaped = entry.replace("\\", "\\\\").replace("'", "''")
    return f"'{_SHELF}:{escaped}'"


def _on_shelves(asked: str, plain: Sequence[str], most: int | None) -> sa.Select[Any]:
    """Tickets whose entries answer, the newest shelf first, so that a common word is not read to its end; besides those
    whose words have not been read yet."""
    newest = sa.select(sa.func.max(FoundWords.ticket_id)).scalar_subquery().op(">>")(sa.literal_column(str(SHELF_BITS)))
    shelves = sa.func.generate_series(sa.func.coalesce(newest, 0), 0, -1)
    shelf = shelves.table_valued("number", name="shelf").render_derived()
    query = sa.func.replace(asked, _SHELF, sa.cast(shelf.c.number, sa.Text))
    there = (
        sa.select(FoundWords.ticket_id, FoundWords.words)
        .where(FoundWords.words.is_not(None), _ENTRIES.op("@@")(sa.cast(query, TSQUERY)))
        .offset(sa.literal_column("0"))  # by the index, and only then by the words
        .lateral("there")
    )
    found = sa.select(there.c.ticket_id).select_from(shelf.join(there, sa.true()))
    found = found.where(*(there.c.words.contains(term) for term in plain)).limit(most)
    unread = sa.select(FoundWords.ticket_id).where(FoundWords.words.is_(None))
    return sa.select(sa.union_all(sa.select(found.subquery().c.ticket_id), unread).subquery().c.ticket_id)
