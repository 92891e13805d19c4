"""Where the month's figures lead: the addresses of its pages and lists, and the way back from a ticket to its list."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlencode

from flask import request, url_for

from hotline.domain.errors import NotFound
from hotline.domain.indicators import INDICATORS, Basis
from hotline.domain.rates import Month, RateKind, percentage_text
from hotline.services.month import asked_cases, asked_items
from hotline.services.month.figures import Group
from hotline.services.month.indicator_figures import Share
from hotline.web.door import actor
from hotline.web.staff import rights

#: What stands in the addresses of the pages that a ticket is opened from.
WORDS: Final[Mapping[str, tuple[str, ...]]] = {
    "month": ("unit", "version"),
    "items": (*asked_items.WORDS, "after", "before"),
    "cases": (*asked_cases.WORDS, "after", "before"),
}
#: `listing.Asked` says it longer than an address.
SHORT: Final = {"unit_id": "unit", "category_id": "category", "point_id": "point"}
PAGES: Final = (
    ("staff.month", "月报"),
    ("staff.ranking", "评分排名"),
    ("staff.papers", "通报和报表"),
    ("staff.versions", "版本"),
)


def tabs(month: str) -> list[dict[str, Any]]:
    """The pages of one month that are there for the reader."""
    return [
        {"label": label, "url": url_for(endpoint, month=month), "current": endpoint == request.endpoint}
        for endpoint, label in PAGES
        if rights.is_there(endpoint) and rights.may(actor(), endpoint)
    ]


def month_url(month: Month | str, **more: Any) -> str:
    """The page of a month; of the version that is being read, and of one unit if told."""
    return url_for("staff.month", month=str(month), **({"version": version()} | more))


def version() -> int | None:
    """Which version of a frozen month the address asks for; None for the newest. Raises NotFound for what is none."""
    text = request.args.get("version", "")
    if text and not (text.isascii() and text.isdecimal() and len(text) < 5):
        raise NotFound("没有这个月的这一版月报，请从月报页重新打开。")
    return int(text) if text else None


def items(month: Month | str, kind: str, figure: str, asked_by: Mapping[str, Any], **more: Any) -> str:
    """The list of promises behind a figure. `asked_by`: the words of `listing.Asked`."""
    asked = {SHORT.get(name, name): value for name, value in asked_by.items()}
    return url_for(
        "staff.items", month=str(month), **{"kind": kind, "figure": figure, "version": version()} | asked | more
    )


def of_group(month: Month, group: Group, kind: RateKind, figure: str, **more: Any) -> str:
    """The list behind a figure of a line of the report."""
    return items(month, kind.value, figure, group.asked_by, **more)


def cases(month: Month | str, indicator: str, side: str, asked_by: Mapping[str, Any], **more: Any) -> str:
    """The list of cases behind an indicator: `side` is `part` or `whole`."""
    asked = {SHORT.get(name, name): value for name, value in asked_by.items()}
    return url_for(
        "staff.cases", month=str(month), **{"indicator": indicator, "side": side, "version": version()} | asked | more
    )


def share(
    month: Month, group: Group, kind: RateKind, counts: Mapping[str, int], part: str, whole: str, **more: Any
) -> dict[str, Any]:
    """A rate as the templates have it: percentage, numerator and denominator, each with its list."""
    return {
        "percent": percentage_text(counts[part], counts[whole]),
        "kept": counts[part],
        "owed": counts[whole],
        "kept_url": of_group(month, group, kind, part, **more),
        "owed_url": of_group(month, group, kind, whole, **more),
    }


def of_indicator(month: Month, key: str, told: Share) -> dict[str, Any]:
    """An indicator in the same way."""
    indicator = INDICATORS[key]
    asked_by = {name: value for name, value in told.asked.items() if name not in ("kind", "figure", "indicator")}
    if indicator.basis is Basis.PROMISES:
        part = items(month, indicator.sort, indicator.part, asked_by)
        whole = items(month, indicator.sort, "owed", asked_by)
    else:
        part = cases(month, key, "part", asked_by)
        whole = (
            items(month, indicator.over, "owed", asked_by) if indicator.over else cases(month, key, "whole", asked_by)
        )
    return {"percent": told.text, "kept": told.part, "owed": told.whole, "kept_url": part, "owed_url": whole}


def way_back(month: str, page: str, asked: Mapping[str, Any]) -> str:
    """What a ticket's link brings along, so that its page leads back here: to `month`, `items` or `cases`."""
    told = {name: value for name, value in asked.items() if value not in (None, "") or name == "area"}
    return urlencode({asked_items.MONTH: month, asked_items.LIST: page, **told})


def list_of(query: str) -> str | None:
    """The page of the month that this query, brought along by a ticket's link, leads back to; None for another."""
    given = asked_items.fields(query) if asked_items.is_of_month(query) else {}
    month, page = given.get(asked_items.MONTH, ""), given.get(asked_items.LIST, "")
    if not re.fullmatch(r"\d{4}-\d{2}", month, re.ASCII) or page not in WORDS:
        return None
    asked: dict[str, Any] = {name: given[name] for name in WORDS[page] if name in given}
    return url_for(f"staff.{page}", month=month, **asked)
