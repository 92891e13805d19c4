"""考核: over months in which everything happens, what PostgreSQL counts and lists is what the rules say of each
promise; each counts exactly once, for whoever owed it when it fell due, wherever that unit stood then.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import pytest
import sqlalchemy as sa

from hotline.domain.rates import RateKind
from hotline.domain.workflow import WITH_UNIT, State
from hotline.models import Assignment, Complaint, Deadline, DeadlineKind, Event, Ticket
from hotline.services import checking, handling, merging, replying
from hotline.services.month.listing import Asked
from tests.city import City, at
from tests.comparing import compare, lineage
from tests.lively import ALL, Tree, hardships, move, play
from tests.reports import figures, listed

#: The histories, and what does not happen in each.
MISSED = {
    1: {"recall", "transferred"},
    2: {"extended", "extended into another month", "paused over the end of a month"},
}


@pytest.mark.parametrize("seed", MISSED)
def test_each_promise_counts_once_for_whoever_owed_it(city: City, seed: int) -> None:
    assert not set.intersection(*MISSED.values()), "together they have it all"
    city.now = at("2026-08-17 09:00")
    tree = play(city, seed)
    assert hardships(city, tree) >= ALL - MISSED[seed]
    _is_owed_by_whoever_had_it(city, tree)
    for month in ("2026-08", "2026-09", "2026-10"):
        compare(city, month)
    city.turn(days=60)
    for month in ("2026-10", "2026-12"):
        compare(city, month)
        _is_listed_once(city, month)


def test_what_is_owed_again_is_owed_where_its_unit_stands_by_now(city: City) -> None:
    """Kept, it stayed where its unit had stood; then what had kept it turned out to be no answer to it."""
    into, number = city.assigned("parks"), city.accepted()
    with city.work("dora") as work:
        merging.merge(work, number, into)
    city.turn(days=15)
    with city.work("paul") as work:
        handling.sign(work, into)
        handling.submit(work, into, "已更换灯头，恢复照明。")
    with city.work("sven") as work:
        checking.approve(work, into)
    with city.work("olga") as work:
        replying.reply(work, into, "路灯已修复，感谢监督。")
    assert all(row.met_at for row in city.deadlines(into, DeadlineKind.REPLY))
    move(city, "parks", "county")
    with city.work("sven") as work:
        merging.unmerge(work, number, "并非同一事项")
    (item,) = listed(city, Asked("reply", "missing"), who="paul")
    assert (item.ticket, item.unit) == (number, "园林局")
    assert [item.ticket for item in listed(city, Asked("reply", "missing"), who="cora")] == [number]


def _is_listed_once(city: City, month: str) -> None:
    """In the whole, and in a unit's list if it owed it or one below it did; the owners' own are the whole."""
    for kind in RateKind:
        whole = listed(city, Asked(kind.value), month)
        assert len({item.deadline_id for item in whole}) == len(whole)
        rows = {row.id: row for row in city.rows(sa.select(Deadline))}
        own = 0
        for group in figures(city, month).units:
            unit = group.about["id"]
            items = listed(city, Asked(kind.value, unit_id=unit), month)
            below = {item.deadline_id for item in whole if unit in lineage(rows[item.deadline_id])}
            assert {item.deadline_id for item in items} == below, (month, kind, group.about)
            assert len(items) == len(below) == group.tallies[kind].all["owed"]
            own += sum(item.unit_id == unit for item in items)
        assert own == len(whole), (month, kind)


# Owed by whom: told from the lines of the history alone


def _is_owed_by_whoever_had_it(city: City, tree: Tree) -> None:
    held = _Held(city)
    for row in city.rows(sa.select(Deadline).where(Deadline.kind.in_([kind.value for kind in RateKind]))):
        settled = held.settled(row) or city.now
        assert row.unit_path == tree.place(row.unit_id, settled), (row.kind, row.unit_id, settled)
        assert row.unit_path.endswith(f"/{row.unit_id}/") or row.unit_path == f"{row.unit_id}/"
        if row.void_at is None:
            assert row.unit_id == held.owner(row, min(row.due_at, settled)), (row.id, row.kind, row.due_at)


class _Held:
    """Who had each ticket from when on, and which ticket each complaint was on."""

    def __init__(self, city: City) -> None:
        self.turns = {turn.id: turn for turn in city.rows(sa.select(Assignment))}
        self.complaints = {each.id: each for each in city.rows(sa.select(Complaint))}
        self.tickets = {ticket.id: ticket for ticket in city.rows(sa.select(Ticket))}
        self.numbers = {ticket.number: ticket.id for ticket in self.tickets.values()}
        self.events: dict[int, list[Event]] = {}
        for event in city.rows(sa.select(Event)):
            self.events.setdefault(event.ticket_id, []).append(event)

    def owner(self, row: Deadline, moment: datetime) -> int:
        """Of a turn the unit whose turn it was, or the centre that let it lie; of what is promised to the citizen
        whoever had the ticket then."""
        if row.kind is DeadlineKind.HANDLE:
            own = self.turns.get(row.assignment_id or 0)
            return own.unit_id if own else self.tickets[row.ticket_id].centre_id
        if row.kind is DeadlineKind.CLOSE:
            return self._holder(row.ticket_id, moment)
        first = self.complaints[row.complaint_id or 0].first_ticket_id
        return self._holder(self._living(first or row.ticket_id, moment), moment)

    def settled(self, row: Deadline) -> datetime | None:
        """When it was written down that it is kept, or not owed: a submission is, when its check approves it."""
        if row.void_at is not None or row.met_at is None or row.offered_at is None:
            return row.void_at or row.met_at
        approved = (event.happened_at for event in self.events[row.ticket_id] if event.step == "approve")
        return min(moment for moment in approved if moment >= row.met_at)

    def _living(self, ticket_id: int, moment: datetime) -> int:
        """The ticket itself, or the one that it was merged into by then."""
        into = None
        for event in self._until(ticket_id, moment):
            if event.to_state == State.MERGED:
                into = self.numbers[event.data["into"]] if "into" in event.data else into
            else:
                into = None
        return ticket_id if into is None else self._living(into, moment)

    def _holder(self, ticket_id: int, moment: datetime) -> int:
        centre = self.tickets[ticket_id].centre_id
        lead = holder = centre
        for event in self._until(ticket_id, moment):
            if event.step in ("assign", "transfer"):
                lead = event.data["unit_id"]
            with_unit = State(event.to_state) in WITH_UNIT
            holder = lead if with_unit else holder if event.to_state == State.VOIDED else centre
        return holder

    def _until(self, ticket_id: int, moment: datetime) -> Iterator[Event]:
        return (event for event in self.events[ticket_id] if event.happened_at <= moment)
