"""积案: what is still missing at the cut-off and is carried over, by how long it has been due."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from types import MappingProxyType
from typing import Any, Final

import sqlalchemy as sa

from hotline.domain.rates import RateKind, Window
from hotline.services.month import owing
from hotline.services.month.counting import Counting, counted_by


@dataclass(frozen=True)
class Band:
    """Due for more than `over` days of 24 hours at the cut-off, and not for more than `until`; no limit where None."""

    key: str
    name: str
    over: int | None
    until: int | None


BANDS: Final = (
    Band("week", "7天及以内", None, 7),
    Band("month", "8至30天", 7, 30),
    Band("quarter", "31至90天", 30, 90),
    Band("older", "90天以上", 90, None),
)
BY_KEY: Final[Mapping[str, Band]] = MappingProxyType({band.key: band for band in BANDS})


def of_age(window: Window, band: Band, of: Any) -> owing.Condition:
    """The condition on a promise that it had been due for so long."""
    limits = []
    if band.over is not None:
        limits.append(of.due_at < window.cut_off - timedelta(days=band.over))
    if band.until is not None:
        limits.append(of.due_at >= window.cut_off - timedelta(days=band.until))
    return sa.and_(*limits)


def ages(counting: Counting) -> dict[RateKind, dict[str, int]]:
    """How many promises of each of the three kinds are missing, by the key of their age; one statement."""
    of = counting.every("due_at")
    counts = (sa.func.count().filter(of_age(counting.window, band, of.c)).label(band.key) for band in BANDS)
    query = sa.select(of.c.kind, *counts).where(counted_by("missing", of.c.sort)).group_by(of.c.kind)
    told = {kind: dict.fromkeys(BY_KEY, 0) for kind in RateKind}
    for row in counting.work.session.execute(query).mappings():
        told[RateKind(row["kind"])] = {key: row[key] for key in BY_KEY}
    return told
