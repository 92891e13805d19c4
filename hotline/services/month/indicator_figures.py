"""指标 as they are handed on: shares with the lists behind them, and their JSON, to be put together again from it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from hotline.domain.indicators import INDICATORS, Basis, Indicator, share
from hotline.domain.rates import Month, RateKind, Window
from hotline.models import DeadlineKind, MonthlyReport
from hotline.services.month import figures
from hotline.services.month.ageing import BANDS
from hotline.services.month.dividing import COUNTED, Stretch
from hotline.services.month.spending import Spent

_SHARES: Final = "indicators"


@dataclass(frozen=True)
class Share:
    """`part` of `whole`, and how it is printed; `asked` is how the list behind it is asked for."""

    part: int
    whole: int
    text: str
    asked: Mapping[str, str | int]

    def as_dict(self) -> dict[str, Any]:
        """For JSON: `rate` is a string of two places, null where there is nothing to divide by or it is no share."""
        rate = share(self.part, self.whole) if self.text.endswith("%") else None
        return {"part": self.part, "whole": self.whole, "rate": rate, "text": self.text, "asked": dict(self.asked)}


Shares = dict[str, Share]
Line = tuple[Mapping[str, Any], Shares]


@dataclass(frozen=True)
class Hot:
    """A kind of matter in an area of which many complained: how many, and how many of these had been heard before."""

    category_id: int | None
    category: str
    area: str
    received: int
    repeated: int

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "category_id": self.category_id,
            "category": self.category,
            "area": self.area,
            "received": self.received,
            "repeated": self.repeated,
        }


@dataclass(frozen=True)
class Indicators:
    """The indicators of one month for one subtree of units. Shares are by the keys of INDICATORS."""

    month: Month
    window: Window
    about: Mapping[str, Any]  # the unit at the top
    scope: Shares
    units: Sequence[Line]
    categories: Sequence[Line]
    areas: Sequence[Line]
    channels: Sequence[Line]
    sources: Sequence[Line]
    received: int
    times: Mapping[DeadlineKind, Spent]
    unit_times: Mapping[int, Mapping[DeadlineKind, Spent]]  # 签收 and 处理, by the id of the unit
    days: Sequence[Stretch]
    weeks: Sequence[Stretch]
    before: Stretch  # what was carried over into the month
    ages: Mapping[RateKind, Mapping[str, int]]  # what is missing, by the key of its age (ageing.BANDS)
    hot: Sequence[Hot]
    report: MonthlyReport | None = None

    def as_dict(self) -> dict[str, Any]:
        """The JSON of the indicators, for the interface and for the frozen report."""
        return {
            "month": str(self.month),
            "cut_off": self.window.cut_off.astimezone(self.month.zone).isoformat(),
            "version": self.report and self.report.version,
            "scope": {**self.about, _SHARES: _as_dict(self.scope)},
            **{
                name: [{**about, _SHARES: _as_dict(shares)} for about, shares in getattr(self, name)]
                for name in figures.LINES
            },
            "definitions": [
                {
                    "key": each.key,
                    "name": each.name,
                    "formula": each.formula,
                    "unit": each.unit,
                    "better": each.better.value,
                    "source": each.source,
                }
                for each in INDICATORS.values()
            ],
            "received": self.received,
            "times": {kind.value: spent.as_dict() for kind, spent in self.times.items()},
            "unit_times": {
                str(id): {kind.value: spent.as_dict() for kind, spent in spents.items()}
                for id, spents in self.unit_times.items()
            },
            "days": [day.as_dict() for day in self.days],
            "weeks": [week.as_dict() for week in self.weeks],
            "before": self.before.as_dict(),
            "ages": [
                {"key": band.key, "name": band.name, **{kind.value: told[band.key] for kind, told in self.ages.items()}}
                for band in BANDS
            ],
            "hot": [each.as_dict() for each in self.hot],
        }


def _as_dict(shares: Shares) -> dict[str, Any]:
    return {key: each.as_dict() for key, each in shares.items()}


def share_of(indicator: Indicator, part: int, whole: int, asked_by: Mapping[str, str | int]) -> Share:
    """With the list of its promises or cases, of those that `asked_by` says."""
    asked: dict[str, str | int] = {"kind": indicator.sort, "figure": indicator.part}
    if indicator.basis is Basis.CASES:
        asked = {"indicator": indicator.key}
    return Share(part, whole, indicator.text(part, whole), {**asked, **asked_by})


def read(
    told: Mapping[str, Any], month: Month, window: Window, report: MonthlyReport | None, within: Mapping[str, str | int]
) -> Indicators | None:
    """`Indicators.as_dict` put together again. `within`: the unit that was asked for, as lists are asked for it.

    None where it was written before one of the INDICATORS was there.
    """
    if not told or not INDICATORS.keys() <= told["scope"][_SHARES].keys():
        return None
    lines = {name: [_line(line, figures.asked_by(name, line, within)) for line in told[name]] for name in figures.LINES}
    about, scope = _line(told["scope"], within)
    return Indicators(
        month,
        window,
        about=about,
        scope=scope,
        **lines,
        received=told["received"],
        times=_times(told["times"]),
        unit_times={int(id): _times(spents) for id, spents in told["unit_times"].items()},
        days=[_stretch(each) for each in told["days"]],
        weeks=[_stretch(each) for each in told["weeks"]],
        before=_stretch(told["before"]),
        ages={kind: {band["key"]: band[kind.value] for band in told["ages"]} for kind in RateKind},
        hot=[Hot(**each) for each in told["hot"]],
        report=report,
    )


def _line(line: Mapping[str, Any], asked_by: Mapping[str, str | int]) -> Line:
    about = {name: value for name, value in line.items() if name != _SHARES}
    kept = line[_SHARES]
    return about, {
        key: share_of(indicator, kept[key]["part"], kept[key]["whole"], asked_by)
        for key, indicator in INDICATORS.items()
    }


def _times(told: Mapping[str, Any]) -> dict[DeadlineKind, Spent]:
    return {DeadlineKind(kind): Spent(**spent) for kind, spent in told.items()}


def _stretch(told: Mapping[str, Any]) -> Stretch:
    first, last = (told[name] and date.fromisoformat(told[name]) for name in ("first", "last"))
    rates = {kind: {name: told["rates"][kind.value][name] for name in COUNTED} for kind in RateKind}
    return Stretch(told["key"], first, last, told["received"], rates)
