"""A list of the month as it stands in an address, and back: pages, the way back from a ticket, and exports mean the
same by the same words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode

from hotline.domain.errors import Invalid
from hotline.domain.rates import RateKind
from hotline.domain.texts import clean
from hotline.services.month.picking import MISSING_FIRST, Asked

MONTH: Final = "report"  # a query that begins with it asks for a list of a month
LIST: Final = "list"
PROMISES: Final = "items"
CASES: Final = "cases"  # read by `asked_cases`
WHOLE: Final = "month"  # every promise of the month, narrowed by nothing
MOST_FIELDS: Final = 40
#: By the address's word, the field of `Asked`.
WORDS: Final[Mapping[str, str]] = {
    "kind": "kind",
    "figure": "figure",
    "unit": "unit_id",
    "alone": "alone",
    "category": "category_id",
    "area": "area",
    "channel": "channel",
    "source": "source",
    "direct": "direct",
    "urgent": "urgent",
    "point": "point_id",
    "since": "since",
    "until": "until",
    "age": "age",
    "sort": "sort",
    "version": "version",
}


def read(given: Mapping[str, str]) -> Asked:
    """What the words of an address ask for. Empty ones ask for nothing, but for an area: that of what has none.

    Raises Invalid for what is no number or no day; whether the words are known is asked when it is read.
    """
    unit_id, category_id = (number(given, name) for name in ("unit", "category"))
    return Asked(
        kind=given.get("kind") or RateKind.HANDLE.value,
        figure=given.get("figure") or "owed",
        unit_id=unit_id,
        alone=True if given.get("alone") == "1" else None,
        category_id=category_id,
        area=clean(given["area"]) if "area" in given else None,
        channel=given.get("channel") or None,
        source=given.get("source") or None,
        direct={"0": False, "1": True}.get(given.get("direct", "")),
        urgent=True if given.get("urgent") == "1" else None,
        point_id=number(given, "point"),
        since=day(given, "since"),
        until=day(given, "until"),
        age=given.get("age") or None,
        sort=given.get("sort") or MISSING_FIRST,
        version=number(given, "version"),
    )


def words(asked: Asked) -> dict[str, str]:
    """The same as it stands in an address, what is not asked for left out."""
    told = {word: getattr(asked, name) for word, name in WORDS.items()}
    told["sort"] = None if asked.sort == MISSING_FIRST else asked.sort
    return {word: text(value) for word, value in told.items() if value is not None}


def write(month: str, asked: Asked) -> str:
    """A query that says all of it."""
    return urlencode({MONTH: month, LIST: PROMISES, **words(asked)})


def write_whole(month: str, version: int | None) -> str:
    """A query for every promise of the month."""
    of_version = {} if version is None else {"version": text(version)}
    return urlencode({MONTH: month, LIST: WHOLE, **of_version})


def is_of_month(query: str) -> bool:
    """Whether the query asks for a list of a month."""
    return query.startswith(f"{MONTH}=")


def fields(query: str) -> dict[str, str]:
    """The words of a query; nothing where somebody has stuffed it."""
    try:
        return dict(parse_qsl(query, keep_blank_values=True, max_num_fields=MOST_FIELDS))
    except ValueError:
        return {}


def text(value: Any) -> str:
    """A value as an address has it."""
    if isinstance(value, bool):
        return "1" if value else "0"
    return value.isoformat() if isinstance(value, date) else str(value)


def number(given: Mapping[str, str], name: str) -> int | None:
    """An id, or None where there is none. Raises Invalid."""
    typed = given.get(name, "")
    if not typed:
        return None
    if typed.isascii() and typed.isdecimal() and len(typed) < 19:
        return int(typed)
    raise Invalid({name: "这个编号无效，请从月报重新打开。"})


def day(given: Mapping[str, str], name: str) -> date | None:
    """A city day, or None where there is none. Raises Invalid."""
    typed = given.get(name, "")
    try:
        return date.fromisoformat(typed) if typed else None
    except ValueError:
        raise Invalid({name: "请写成一天，例如：2026-10-12。"}) from None
