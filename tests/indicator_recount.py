"""The indicators of a month counted in plain Python from the rows one by one, as docs/rates.md says."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import groupby
from statistics import mean
from typing import Any

import sqlalchemy as sa

from hotline.domain.rates import FIGURES, Promise, Window, marks
from hotline.domain.workflow import State
from hotline.models import Assignment, Complaint, Deadline, Ending, Event, Part, Pause, Survey, Ticket
from tests.city import City

KINDS = ("accept", "dispatch", "sign", "handle", "check")
GIVEN_BACK = (Ending.RETURNED, Ending.WITHDRAWN, Ending.TRANSFERRED)


@dataclass(frozen=True)
class Counted:
    """One promise that was owed or one case: what counts it, and what it is counted by."""

    what: str
    id: int
    names: frozenset[str]
    unit_path: str
    category_id: int | None
    area: str
    channel: str
    source: str
    value: int | None = None
    at: datetime | None = None


@dataclass
class Books:
    """All rows, read once."""

    window: Window
    tickets: dict[int, Ticket]
    turns: dict[int, list[Assignment]]
    complaints: list[Complaint]
    promises: list[Deadline]
    events: list[Event]
    surveys: list[Survey]
    pauses: list[Pause]
    by_citizen: dict[int, list[Complaint]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for each in self.complaints:
            if each.citizen_id is not None:
                self.by_citizen.setdefault(each.citizen_id, []).append(each)

    def happened(self, moment: datetime | None) -> bool:
        return moment is not None and self.window.begins < moment <= self.window.cut_off

    def over(self, moment: datetime | None) -> bool:
        return moment is not None and moment <= self.window.cut_off


def read(city: City, window: Window) -> Books:
    turns = sorted(city.rows(sa.select(Assignment)), key=lambda turn: (turn.ticket_id, turn.id))
    return Books(
        window,
        {ticket.id: ticket for ticket in city.rows(sa.select(Ticket))},
        {ticket_id: list(rows) for ticket_id, rows in groupby(turns, key=lambda turn: turn.ticket_id)},
        *(city.rows(sa.select(model)) for model in (Complaint, Deadline, Event, Survey, Pause)),  # type: ignore[arg-type]
    )


def everything(books: Books) -> list[Counted]:
    return [*_promises(books), *_turns(books), *_reworks(books), *_verdicts(books), *_received(books), *_pauses(books)]


def _promises(books: Books) -> Iterator[Counted]:
    for row in books.promises:
        promise = Promise(
            row.due_at, row.original_due_at, row.met_at, row.extensions, row.void_at is not None,
            row.exempt_at is not None,
        )  # fmt: skip
        standing = marks(promise, books.window)
        names = frozenset(name for name, belongs in FIGURES.items() if belongs(standing))
        if row.kind.value in KINDS and names:
            yield _of(books, row.kind.value, row, row.ticket_id, names, row.unit_path)


def _turns(books: Books) -> Iterator[Counted]:
    for turn in (turn for turns in books.turns.values() for turn in turns):
        if turn.part is not Part.LEAD or not books.happened(turn.assigned_at):
            continue
        over = books.over(turn.ended_at)
        if over and turn.ending is Ending.WITHDRAWN:
            continue
        counted = not (over and turn.ending is Ending.RETURNED)
        yield _case(books, "turn", turn, turn.ticket_id, turn.unit_path, turn.assigned_at, counted)


def _reworks(books: Books) -> Iterator[Counted]:
    for event in books.events:
        if event.step == "rework" and books.happened(event.happened_at):
            path = _worked(books, event.ticket_id, event.round - 1)
            yield _case(books, "rework", event, event.ticket_id, path, event.happened_at, True)


def _worked(books: Books, ticket_id: int, round_: int) -> str:
    for turn in reversed(books.turns.get(ticket_id, [])):
        if turn.part is Part.LEAD and turn.round == round_ and turn.ending not in GIVEN_BACK:
            return turn.unit_path
    return books.tickets[ticket_id].centre_path


def _verdicts(books: Books) -> Iterator[Counted]:
    for each in books.surveys:
        if each.answered_at is None or not books.happened(each.answered_at):
            continue
        path = _worked(books, each.ticket_id, each.round)
        if each.solved is not None:
            yield _case(books, "solved", each, each.ticket_id, path, each.answered_at, each.solved)
        if each.score is not None:
            content = each.score >= 3
            yield _case(books, "satisfied", each, each.ticket_id, path, each.answered_at, content, each.score)


def _received(books: Books) -> Iterator[Counted]:
    for each in books.complaints:
        if not books.happened(each.received_at):
            continue
        on = books.tickets[each.ticket_id]
        first = books.tickets[each.first_ticket_id] if each.first_ticket_id else on
        if first.state is State.VOIDED and each.withdrawn_at is None and books.over(first.ended_at):
            continue
        joined = first is not on and first.state is State.MERGED and books.over(first.ended_at)
        repeated = joined or _said_before(books, each, on)
        yield _of(
            books,
            "repeat",
            each,
            each.ticket_id,
            frozenset(["owed", "begun", *(["counted"] if repeated else [])]),
            _in_charge(books, on),
            channel=each.channel.value,
            source=each.source.value,
            at=each.received_at,
        )


def _said_before(books: Books, complaint: Complaint, on: Ticket) -> bool:
    for earlier in books.by_citizen.get(complaint.citizen_id or 0, ()):
        about = books.tickets[earlier.ticket_id]
        if (
            earlier.id < complaint.id
            and earlier.received_at > complaint.received_at - timedelta(days=90)
            and not (earlier.withdrawn_at and earlier.withdrawn_at <= complaint.received_at)
            and (about is on or set(about.place_keys) & set(on.place_keys))
            and (None in (about.category_id, on.category_id) or about.category_id == on.category_id)
        ):
            return True
    return False


def _in_charge(books: Books, ticket: Ticket) -> str:
    for turn in reversed(books.turns.get(ticket.id, [])):
        given_back = turn.ending in GIVEN_BACK and books.over(turn.ended_at)
        if turn.part is Part.LEAD and turn.assigned_at <= books.window.cut_off and not given_back:
            return turn.unit_path
    return ticket.centre_path


def _pauses(books: Books) -> Iterator[Counted]:
    by_id = {turn.id: turn for turns in books.turns.values() for turn in turns}
    for each in books.pauses:
        turn = by_id[each.assignment_id]
        ended = min(moment for moment in (each.resumed_at or each.until, turn.ended_at) if moment is not None)
        if each.from_at is None or not books.over(each.from_at) or ended <= books.window.begins:
            continue
        if books.window.begun:
            standing = ended > books.window.cut_off
            yield _case(books, "pause", each, each.ticket_id, turn.unit_path, each.from_at, standing)


def _case(
    books: Books, sort: str, row: Any, ticket_id: int, path: str, at: datetime, counted: bool, value: int | None = None
) -> Counted:
    names = ["owed", *(["counted"] if counted else []), *(["begun"] if at > books.window.begins else [])]
    return _of(books, sort, row, ticket_id, frozenset(names), path, value=value, at=at)


def _of(books: Books, what: str, row: Any, ticket_id: int, names: frozenset[str], path: str, **more: Any) -> Counted:
    ticket = books.tickets[ticket_id]
    of_ticket = {"channel": ticket.channel.value, "source": ticket.source.value}
    return Counted(what, row.id, names, path, ticket.category_id, ticket.area, **{**of_ticket, **more})


def number(rows: Iterable[Counted], what: str, name: str) -> int:
    """How many of them are counted so."""
    return sum(row.what == what and name in row.names for row in rows)


def shares(rows: list[Counted]) -> dict[str, tuple[int, int]]:
    """Part and whole of each indicator."""

    def part(what: str, name: str, whole: str | None = None) -> tuple[int, int]:
        return number(rows, what, name), number(rows, whole or what, "owed")

    begun = number(rows, "turn", "owed")
    return {
        **{f"{kind}_on_time": part(kind, "on_time") for kind in ("accept", "dispatch", "sign", "check")},
        "dispatch_accuracy": part("turn", "counted"),
        "return_rate": (begun - number(rows, "turn", "counted"), begun),
        "rework_rate": part("rework", "counted", "handle"),
        "extension_rate": part("handle", "extended"),
        "solved_rate": part("solved", "counted"),
        "satisfied_rate": part("satisfied", "counted"),
        "repeat_rate": part("repeat", "counted"),
        "paused": part("pause", "counted"),
        "paused_begun": part("pause", "begun"),
    }


def spent(hours: list[float]) -> tuple[float, float, float, int]:
    """Median, 90th percentile with interpolation between neighbours, mean; of how many."""
    ordered = sorted(hours)

    def at(share: float) -> float:
        place = share * (len(ordered) - 1)
        low = int(place)
        high = min(low + 1, len(ordered) - 1)
        return ordered[low] + (ordered[high] - ordered[low]) * (place - low)

    return at(0.5), at(0.9), mean(ordered), len(ordered)
