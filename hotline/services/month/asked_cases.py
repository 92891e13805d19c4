"""A list of cases as it stands in an address, and back: which indicator, which side of it, narrowed to what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from hotline.domain.errors import Invalid
from hotline.domain.indicators import INDICATORS, Basis, Indicator
from hotline.domain.score_facts import LISTED
from hotline.domain.texts import clean
from hotline.services.month import asked_items
from hotline.services.month.listing_cases import WORST_FIRST, Asked

WHOLE, PART = "whole", "part"
SIDES: Final = (WHOLE, PART)
#: By the address's word, the field of `Asked`.
NARROWED: Final[Mapping[str, str]] = {
    "unit": "unit_id",
    "category": "category_id",
    "area": "area",
    "channel": "channel",
    "source": "source",
    "point": "point_id",
    "since": "since",
    "until": "until",
    "sort": "order",
    "version": "version",
}
WORDS: Final = ("indicator", "side", *NARROWED)


@dataclass(frozen=True)
class Figure:
    """One number of an indicator: the cases of its denominator (`whole`) or of its numerator (`part`)."""

    indicator: Indicator
    side: str
    asked: Asked


def read(given: Mapping[str, str]) -> Figure:
    """What the words of an address ask for. Empty ones ask for nothing, but for an area: that of what has none.

    Raises Invalid for what is no indicator of cases, no number or no day; whether the others are known is asked when
    the list is read.
    """
    key, side = given.get("indicator", ""), given.get("side") or WHOLE
    indicator = INDICATORS.get(key) or LISTED.get(key)
    if indicator is None or indicator.basis is not Basis.CASES or side not in SIDES:
        raise Invalid({"indicator": "没有这个指标的清单，请从月报重新打开。"})
    in_part = side == PART
    begun = indicator.part == "begun"
    asked = Asked(
        indicator.sort,
        counted=indicator.counted if in_part and not begun else None,
        begun=True if in_part and begun else None,
        unit_id=asked_items.number(given, "unit"),
        category_id=asked_items.number(given, "category"),
        area=clean(given["area"]) if "area" in given else None,
        channel=given.get("channel") or None,
        source=given.get("source") or None,
        point_id=asked_items.number(given, "point"),
        since=asked_items.day(given, "since"),
        until=asked_items.day(given, "until"),
        order=given.get("sort") or WORST_FIRST,
        version=asked_items.number(given, "version"),
    )
    return Figure(indicator, side, asked)


def words(figure: Figure) -> dict[str, str]:
    """The same as it stands in an address, what is not asked for left out."""
    told = {word: getattr(figure.asked, name) for word, name in NARROWED.items()}
    told["sort"] = None if figure.asked.order == WORST_FIRST else figure.asked.order
    narrowed = {word: asked_items.text(value) for word, value in told.items() if value is not None}
    return {"indicator": figure.indicator.key, "side": figure.side, **narrowed}


def write(month: str, figure: Figure) -> str:
    """A query that says all of it."""
    return urlencode({asked_items.MONTH: month, asked_items.LIST: asked_items.CASES, **words(figure)})
