"""环比 and 同比: what a month's rates and indicators were in the month before and in the same month of the year before.

A frozen month's are those that its report has kept; another one is counted as it stands, so a page costs at most two
more counts. Both figures are always told with a change, for a change alone says nothing about how much it is of.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import tzinfo
from fractions import Fraction
from typing import Any, Final

from hotline.domain.indicators import INDICATORS, ITEMS, share_text
from hotline.domain.rates import NOTHING_OWED, Month, RateKind
from hotline.models import MonthlyReport
from hotline.services.month import frozen, indicating, reporting
from hotline.services.scoping import sees_all
from hotline.services.work import Work

#: The variants of a rate: what is divided by what of the counts, and whether without direct answers.
VARIANTS: Final[Mapping[str, tuple[str, str, bool]]] = {
    "main": ("kept", "owed", False),
    "without_direct": ("kept", "owed", True),
    "on_time": ("on_time", "owed", False),
    "original": ("original_on_time", "original_owed", False),
}

Part = tuple[int, int]  # numerator and denominator


@dataclass(frozen=True)
class Other:
    """Another month: its rates by kind and variant, its indicators by key; `version` of its frozen report, if it is."""

    month: Month
    version: int | None
    rates: Mapping[tuple[str, str], Part]
    indicators: Mapping[str, Part]

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "month": str(self.month),
            "version": self.version,
            "rates": [[*key, *part] for key, part in self.rates.items()],
            "indicators": self.indicators,
        }

    @classmethod
    def read(cls, told: Mapping[str, Any], zone: tzinfo) -> Other:
        """`as_dict` put together again."""
        rates = {(kind, variant): (part, whole) for kind, variant, part, whole in told["rates"]}
        indicators = {key: (part, whole) for key, (part, whole) in told["indicators"].items()}
        return cls(Month.parse(told["month"], zone), told["version"], rates, indicators)

    @property
    def is_empty(self) -> bool:
        """Whether nothing was counted in it at all: the hotline was not there yet."""
        return not any(whole for _, whole in (*self.rates.values(), *self.indicators.values()))


@dataclass(frozen=True)
class Change:
    """From one month's figure to this one's. `points`: `+1.20`, of what is counted `+3`; empty where there is nothing
    to compare. `better` is None where it is neither."""

    month: Month
    part: int
    whole: int
    text: str
    points: str
    better: bool | None


def others(work: Work, month: Month, unit_id: int | None = None) -> tuple[Other, Other]:
    """The month before and the same month of the year before, for the same subtree. Raises as `reporting.counted`."""
    return _other(work, month.turned(-1), unit_id), _other(work, month.turned(-12), unit_id)


def of_rate(other: Other, kind: RateKind, variant: str, now: Part) -> Change:
    """How a rate has changed since then."""
    return _change(other, other.rates[kind.value, variant], now, share_text, higher_is_better=True)


def of_indicator(other: Other, key: str, now: Part) -> Change:
    """How an indicator has changed since then."""
    indicator = INDICATORS[key]
    then = other.indicators.get(key, (0, 0))
    higher_is_better = indicator.better.value == "higher"
    if indicator.unit == ITEMS:
        return _counted(other, then, now, indicator.text(*then), higher_is_better=higher_is_better)
    return _change(other, then, now, share_text, higher_is_better=higher_is_better)


def _change(other: Other, then: Part, now: Part, text: Any, *, higher_is_better: bool) -> Change:
    """In percentage points, to two places, half up."""
    points, better = "", None
    if then[1] and now[1]:
        hundredths = _hundredths(now) - _hundredths(then)
        sign = "+" if hundredths > 0 else "-" if hundredths < 0 else "±"
        points = f"{sign}{abs(hundredths) // 100}.{abs(hundredths) % 100:02}"
        better = None if hundredths == 0 else (hundredths > 0) is higher_is_better
    return Change(other.month, *then, text(*then), points, better)


def _counted(other: Other, then: Part, now: Part, text: str, *, higher_is_better: bool) -> Change:
    if other.is_empty:
        return Change(other.month, *then, NOTHING_OWED, "", None)
    more = now[0] - then[0]
    points = f"{more:+}" if more else "±0"
    return Change(other.month, *then, text, points, None if more == 0 else (more > 0) is higher_is_better)


def _hundredths(part: Part) -> int:
    """As it is printed, so that the change is what the reader works out himself."""
    text = share_text(*part).removesuffix(" %")
    return int(Fraction(text) * 100)


def _other(work: Work, month: Month, unit_id: int | None) -> Other:
    report = frozen.find(work, str(month))
    if report is not None and sees_all(work.actor):
        kept = _kept(report, unit_id)
        if kept is not None:
            return Other(month, report.version, *kept)
    figures = reporting.by_units(work, month, report, unit_id=unit_id)
    rates = {
        (kind.value, name): _part(tally.without_direct if direct else tally.all, part, whole)
        for kind, tally in figures.scope.tallies.items()
        for name, (part, whole, direct) in VARIANTS.items()
    }
    shares = indicating.shares(work, month, report, unit_id=unit_id)
    return Other(
        month, report.version if report else None, rates, {key: (each.part, each.whole) for key, each in shares.items()}
    )


def _part(counts: Mapping[str, int], part: str, whole: str) -> Part:
    return counts[part], counts[whole]


def _kept(report: MonthlyReport, unit_id: int | None) -> tuple[dict[tuple[str, str], Part], dict[str, Part]] | None:
    """Out of the figures as they were sealed; None where they do not tell it: then the items do."""
    told: Mapping[str, Any] = report.figures.get("rates", {})
    counted: Mapping[str, Any] = report.figures.get("indicators", {})
    line, shares = (
        (told, counted.get("scope"))
        if unit_id is None
        else (_of_unit(told.get("units", ()), unit_id), _of_unit(counted.get("units", ()), unit_id))
    )
    if not line or not shares:
        return None
    rates = {
        (rate["kind"], name): _of_rate(rate["without_direct"] if direct else rate, part, whole)
        for rate in line["rates"]
        for name, (part, whole, direct) in VARIANTS.items()
    }
    return rates, {key: (each["part"], each["whole"]) for key, each in shares["indicators"].items()}


def _of_unit(lines: Any, unit_id: int) -> Mapping[str, Any] | None:
    return next((line for line in lines if line.get("id") == unit_id), None)


def _of_rate(rate: Mapping[str, Any], part: str, whole: str) -> Part:
    if whole == "original_owed":
        return rate["original"]["on_time"], rate["original"]["owed"]
    return rate[part], rate[whole]
