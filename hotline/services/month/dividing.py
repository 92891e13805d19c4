"""The month by day and by week of the city's calendar: what was received, and the three rates of what fell due.

A day ends at its 24:00, as a month does: what falls due then belongs to it. What was carried over from before the month
is no day's and stands apart, so that days, or weeks, and what was carried over add up to the month.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa

from hotline.domain.rates import Month, RateKind, Window, percentage
from hotline.services.month.counting import Counting, counted_by
from hotline.services.work import Work

COUNTED = ("owed", "kept", "on_time")


@dataclass
class Stretch:
    """A day, or the part of an ISO week that lies in the month, both ends included; without days, what was carried
    over. `rates` are counts by kind and by the names in COUNTED."""

    key: str  # 2026-10-12, 2026-W42, before
    first: date | None
    last: date | None
    received: int = 0
    rates: Mapping[RateKind, dict[str, int]] = field(
        default_factory=lambda: {kind: dict.fromkeys(COUNTED, 0) for kind in RateKind}
    )

    def add(self, other: Stretch) -> None:
        """Count the other one in."""
        self.received += other.received
        for kind, counts in self.rates.items():
            for name in COUNTED:
                counts[name] += other.rates[kind][name]

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        rates = {
            kind.value: {
                **counts,
                "rate": percentage(counts["kept"], counts["owed"]),
                "on_time_rate": percentage(counts["on_time"], counts["owed"]),
            }
            for kind, counts in self.rates.items()
        }
        first, last = self.first and self.first.isoformat(), self.last and self.last.isoformat()
        return {"key": self.key, "first": first, "last": last, "received": self.received, "rates": rates}


def day_of(work: Work, moment: Any) -> sa.ColumnElement[date]:
    """The city day of a moment; what is on the stroke of midnight belongs to the day that ends."""
    before = moment - sa.text("interval '1 microsecond'")
    return sa.cast(sa.func.timezone(sa.literal(str(work.rules.zone), sa.Text), before), sa.Date)


def days(counting: Counting, month: Month, received: Mapping[date, int]) -> tuple[list[Stretch], Stretch]:
    """Every day of the month until the cut-off, with what was `received` on it, and what was carried over into it; one
    statement."""
    told = {
        day: Stretch(day.isoformat(), day, day, received=received.get(day, 0))
        for day in _days_of(month, counting.window)
    }
    before = Stretch("before", None, None)
    for row in counting.work.session.execute(_by_day(counting)):
        counts = told.get(row.day, before).rates[RateKind(row.kind)]
        for name in COUNTED:
            counts[name] += getattr(row, name)
    return list(told.values()), before


def weeks(days: Iterable[Stretch]) -> list[Stretch]:
    """The days by ISO week."""
    told: dict[str, Stretch] = {}
    for day in days:
        assert day.first is not None
        year, number, _ = day.first.isocalendar()
        key = f"{year}-W{number:02}"
        week = told.setdefault(key, Stretch(key, day.first, day.last))
        week.last = day.last
        week.add(day)
    return list(told.values())


def _days_of(month: Month, window: Window) -> Sequence[date]:
    if not window.begun:
        return []
    last = (window.cut_off.astimezone(month.zone) - timedelta(microseconds=1)).date()
    first = month.first_day
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]


def _by_day(counting: Counting) -> sa.Select[Any]:
    """Each kind by the city day on which it fell due; no day for what was carried over."""
    of = counting.every("due_at")
    day = sa.case((of.c.due_at > counting.window.begins, day_of(counting.work, of.c.due_at)))
    counts = (sa.func.count().filter(counted_by(name, of.c.sort)).label(name) for name in COUNTED)
    query: sa.Select[Any] = sa.select(of.c.kind, day.label("day"), *counts)
    return query.where(counted_by("owed", of.c.sort)).group_by(of.c.kind, day)
