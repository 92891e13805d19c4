"""A narrowed list as it stands in an address, and back: pages, saved lists and exports mean the same by the same words.

What is not asked for is left out. What means nothing here, or nothing any more, is left out too rather than refused:
an old bookmark still opens.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from enum import Enum
from typing import Any, Final, TypeVar
from urllib.parse import parse_qsl, urlencode

from hotline.domain import days
from hotline.domain.texts import clean
from hotline.domain.workflow import STAGES, State
from hotline.models import Channel, DeadlineKind, Source, Urgency
from hotline.services.desk import DueWithin, Search, Sort, View

LONGEST: Final = 100  # characters of a text that is looked for
MOST_FIELDS: Final = 400
YES, NO = "yes", "no"

Word = TypeVar("Word", bound=Enum)
Given = Mapping[str, Sequence[str]]


def read(query: str, default: View = View.ALL) -> Search:
    """The search that an address asks for behind its question mark. `default`: the list where none is named."""
    given = fields(query)
    return Search(
        view=_word(View, _first(given, "view")) or default,
        states=_words(State, given.get("state", ())),
        stages=tuple(stage for stage in STAGES if stage in given.get("stage", ())),
        kind=_word(DeadlineKind, _first(given, "kind")),
        due=_word(DueWithin, _first(given, "due")),
        unit_id=_number(_first(given, "unit")),
        handler_id=_number(_first(given, "handler")),
        category=_text(given, "category"),
        area=_text(given, "area"),
        source=_word(Source, _first(given, "source")),
        channel=_word(Channel, _first(given, "channel")),
        urgency=_word(Urgency, _first(given, "urgency")),
        level=_number(_first(given, "level"), most=99),
        heat=_number(_first(given, "heat"), most=999_999),
        rework={YES: True, NO: False}.get(_first(given, "rework")),
        risk=_text(given, "risk"),
        since=_day(_first(given, "since")),
        until=_day(_first(given, "until")),
        text=_text(given, "q"),
        sort=_word(Sort, _first(given, "sort")),
        after=_first(given, "after"),
        before=_first(given, "before"),
    )


def unread(query: str) -> list[tuple[str, str]]:
    """The conditions, by name and value as they stand in the address, that mean nothing (any more): left out."""
    written = fields(write(read(query)))
    return [
        (name, value)
        for name, values in fields(query).items()
        for value in values
        if value.strip() and name in _NAMES
        if name not in written or (name in _CHOSEN and value not in written[name])
    ]


def fields(query: str) -> dict[str, list[str]]:
    """Everything that stands in a query, by name; nothing where somebody has stuffed it."""
    found: dict[str, list[str]] = {}
    try:
        pairs = parse_qsl(query, max_num_fields=MOST_FIELDS)
    except ValueError:
        pairs = []
    for name, value in pairs:
        found.setdefault(name, []).append(value)
    return found


def write(search: Search, **more: str | None) -> str:
    """The same as it stands in an address; `more` are fields that are no part of the search, empty ones left out."""
    pairs = [(name, value) for name, value in [*_pairs(search), *more.items()] if value]
    return urlencode(pairs)


def _pairs(search: Search) -> Iterable[tuple[str, str | None]]:
    """In the order in which the page shows them."""
    yield "view", search.view.value
    yield "q", search.text
    yield from (("stage", stage) for stage in search.stages)
    yield from (("state", state.value) for state in search.states)
    for name, word in _WORDS.items():
        chosen = word(search)
        yield name, chosen.value if chosen is not None else None
    for name, number in (("unit", search.unit_id), ("handler", search.handler_id)):
        yield name, str(number) if number is not None else None
    yield "category", search.category
    yield "area", search.area
    for name, number in (("level", search.level), ("heat", search.heat)):
        yield name, str(number) if number is not None else None
    yield "rework", None if search.rework is None else YES if search.rework else NO
    yield "risk", search.risk
    for name, day in (("since", search.since), ("until", search.until)):
        yield name, day.isoformat() if day is not None else None
    yield from (("after", search.after), ("before", search.before))


_WORDS: Mapping[str, Callable[[Search], Any]] = {
    "due": lambda search: search.due,
    "kind": lambda search: search.kind,
    "source": lambda search: search.source,
    "channel": lambda search: search.channel,
    "urgency": lambda search: search.urgency,
    "sort": lambda search: search.sort,
}


#: Conditions that may be misunderstood; of those that are words out of a list, each word is one.
_CHOSEN: Final = frozenset({"view", "stage", "state"})
_NAMES: Final = frozenset({"unit", "handler", "level", "heat", "rework", "since", "until", *_CHOSEN, *_WORDS})


def _first(given: Given, name: str) -> str:
    return given.get(name, [""])[0]


def _word(enum: type[Word], text: str) -> Word | None:
    return next((word for word in enum if word.value == text), None)


def _words(enum: type[Word], texts: Sequence[str]) -> tuple[Word, ...]:
    """In the order of the chain, each once."""
    return tuple(word for word in enum if word.value in texts)


def _number(text: str, most: int = 2**63 - 1) -> int | None:
    usable = text.isascii() and text.isdecimal() and len(text) < 20
    return int(text) if usable and 0 < int(text) <= most else None


def _text(given: Given, name: str) -> str:
    return clean(clean(_first(given, name))[:LONGEST])


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if days.is_countable(day) else None
