"""Asking for a month of the tests' city: its figures, and the whole list behind one of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from hotline.domain.actors import SYSTEM
from hotline.domain.rates import RateKind
from hotline.services.month.figures import MonthFigures
from hotline.services.month.listing import Asked, Item, items
from hotline.services.month.reporting import monthly
from hotline.services.paging import Place
from tests.city import City


def figures(city: City, month: str = "2026-10", who: Any = SYSTEM, **more: Any) -> MonthFigures:
    with city.work(who) as work:
        return monthly(work, month, **more)


def totals(city: City, kind: RateKind, month: str = "2026-10", who: Any = SYSTEM) -> dict[str, int]:
    return figures(city, month, who).scope.tallies[kind].all


def listed(city: City, asked: Asked, month: str = "2026-10", who: Any = SYSTEM, size: int = 200) -> list[Item]:
    """The whole list, page by page."""
    found: list[Item] = []
    after = None
    while True:
        with city.work(who) as work:
            page = items(work, month, asked, place=Place(after), limit=size)
        found += page.items
        after = page.after
        if after is None:
            return found


def same_as_recounted(said: Mapping[str, Any], found: Mapping[str, Counter[str]]) -> None:
    """The JSON of a month has the numbers that `tests.recount` finds, as a whole and unit by unit."""
    for line in ({"name": "", "rates": said["rates"]}, *said["units"]):
        for rate in line["rates"]:
            counts = found.get(f"{rate['kind']} {line['name']}".strip(), Counter())
            where = (said["month"], rate["kind"], line["name"])
            for name in ("owed", "kept", "on_time", "on_original", "extended", "exempt"):
                assert counts[name] == rate[name], (*where, name)
                assert counts[f"without_direct {name}"] == rate["without_direct"][name], (*where, name)
            for name in ("owed", "on_time"):
                assert counts[f"original {name}"] == rate["original"][name], (*where, name)
