"""Asking for the indicators of a month of the tests' city, and for the whole list behind one of them."""

from __future__ import annotations

from typing import Any

from hotline.domain.actors import SYSTEM
from hotline.services.month import indicating, listing_cases
from hotline.services.month.indicator_figures import Indicators
from hotline.services.month.listing_cases import Asked, Case
from hotline.services.paging import Place
from tests.city import City


def indicators(city: City, month: str = "2026-10", who: Any = SYSTEM, **more: Any) -> Indicators:
    with city.work(who) as work:
        return indicating.of_month(work, month, **more)


def told(city: City, key: str, month: str = "2026-10", who: Any = SYSTEM, **more: Any) -> tuple[int, int, str]:
    """Part, whole and how it is printed."""
    share = indicators(city, month, who, **more).scope[key]
    return share.part, share.whole, share.text


def listed(
    city: City, sort: str, month: str = "2026-10", who: Any = SYSTEM, size: int = 200, **more: Any
) -> list[Case]:
    """The whole list, page by page."""
    found: list[Case] = []
    after = None
    while True:
        with city.work(who) as work:
            page = listing_cases.listed(work, month, Asked(sort, **more), place=Place(after), limit=size)
        found += page.items
        after = page.after
        if after is None:
            assert page.total == len(found)
            return found
