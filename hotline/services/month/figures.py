"""月报 as it is handed on: tallies of promises, their shares, and the JSON of the monthly report (docs/rates.md)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlencode

from hotline.domain.rates import FIGURES, Month, RateKind, Window, percentage, percentage_text
from hotline.models import MonthlyReport

#: The breakdowns, and by which of its names a list is narrowed to a line of one.
LINES: Final[Mapping[str, str]] = {
    "units": "unit_id",
    "categories": "category_id",
    "areas": "area",
    "channels": "channel",
    "sources": "source",
}
UNCATEGORISED: Final = 0  # asks for what has no category yet
_ORIGINAL: Final = "original_"


@dataclass
class Tally:
    """Counts of one kind, by the names of `rates.FIGURES`; those of direct answers apart."""

    all: dict[str, int] = field(default_factory=lambda: dict.fromkeys(FIGURES, 0))
    direct: dict[str, int] = field(default_factory=lambda: dict.fromkeys(FIGURES, 0))

    def add(self, counts: Mapping[str, int], *, direct: bool) -> None:
        """Count these in."""
        for name in FIGURES:
            self.all[name] += counts[name]
            if direct:
                self.direct[name] += counts[name]

    @property
    def without_direct(self) -> dict[str, int]:
        """What is left when the tickets that the centre answered itself are not counted at all."""
        return {name: self.all[name] - self.direct[name] for name in FIGURES}


Tallies = Mapping[RateKind, Tally]


@dataclass(frozen=True)
class Group:
    """One line of a breakdown, or the whole: what it is, and how the lists behind its figures are asked for."""

    about: Mapping[str, Any]  # id, code, name, path … as the dimension has them
    asked_by: Mapping[str, str | int]
    tallies: Tallies


@dataclass(frozen=True)
class MonthFigures:
    """The rates of one month as they stand at the cut-off, for one subtree of units."""

    month: Month
    window: Window
    scope: Group
    units: Sequence[Group]
    categories: Sequence[Group] = ()
    areas: Sequence[Group] = ()
    channels: Sequence[Group] = ()
    sources: Sequence[Group] = ()
    report: MonthlyReport | None = None  # the frozen report that they are of

    @property
    def provisional(self) -> bool:
        """Whether the month is still running, or has not begun."""
        return self.window.cut_off < self.month.ends

    def as_dict(self) -> dict[str, Any]:
        """The JSON of `/api/v1/reports/monthly/YYYY-MM`. Times are city time with their offset."""
        return {
            "month": str(self.month),
            "previous": str(self.month.turned(-1)),
            "next": str(self.month.turned(1)),
            "from": self._city(self.month.begins),
            "to": self._city(self.month.ends),
            "cut_off": self._city(self.window.cut_off),
            "zone": str(self.month.zone),
            "provisional": self.provisional,
            "version": self.report and self.report.version,
            "checksum": self.report and self.report.checksum,
            "scope": dict(self.scope.about),
            "rates": self._rates(self.scope),
            **{name: [self._line(group) for group in getattr(self, name)] for name in LINES},
        }

    def _city(self, moment: datetime) -> str:
        return moment.astimezone(self.month.zone).isoformat()

    def _line(self, group: Group) -> dict[str, Any]:
        return {**group.about, "rates": self._rates(group)}

    def _rates(self, group: Group) -> list[dict[str, Any]]:
        return [self._rate(kind, tally, group.asked_by) for kind, tally in group.tallies.items()]

    def _rate(self, kind: RateKind, tally: Tally, asked_by: Mapping[str, str | int]) -> dict[str, Any]:
        asked = urlencode({"kind": kind.value, **asked_by})
        return {
            "kind": kind.value,
            "name": kind.label,
            **shares(tally.all),
            "without_direct": shares(tally.without_direct),
            "items": f"/api/v1/reports/monthly/{self.month}/items?{asked}",
        }


def asked_by(lines: str, about: Mapping[str, Any], within: Mapping[str, str | int]) -> Mapping[str, str | int]:
    """How the lists behind a line of a breakdown are asked for. `within`: the unit that the whole is of, if one is."""
    if lines == "units":
        return {"unit_id": about["id"]}
    if lines == "categories":
        return {**within, "category_id": about["id"] or UNCATEGORISED}
    return {**within, LINES[lines]: about["value"]}


def read(
    told: Mapping[str, Any], month: Month, window: Window, report: MonthlyReport | None, within: Mapping[str, str | int]
) -> MonthFigures | None:
    """`MonthFigures.as_dict` put together again. `within`: the unit that was asked for, as lists are asked for it.

    None where it was written before one of the FIGURES was there.
    """
    if not told or not all(_is_whole(rate) for rate in told["rates"]):
        return None
    groups = {
        name: [Group(_about(line), asked_by(name, line, within), _tallies(line)) for line in told[name]]
        for name in LINES
    }
    return MonthFigures(month, window, Group(told["scope"], within, _tallies(told)), **groups, report=report)


def _is_whole(rate: Mapping[str, Any]) -> bool:
    return {name for name in FIGURES if not name.startswith(_ORIGINAL)} <= rate.keys()


def _about(line: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in line.items() if name != "rates"}


def _tallies(line: Mapping[str, Any]) -> Tallies:
    return {RateKind(rate["kind"]): _tally(rate) for rate in line["rates"]}


def _tally(rate: Mapping[str, Any]) -> Tally:
    every, without = _counts(rate), _counts(rate["without_direct"])
    return Tally(every, {name: every[name] - without[name] for name in FIGURES})


def _counts(told: Mapping[str, Any]) -> dict[str, int]:
    """The other way round than `shares`."""
    return {
        name: told["original"][name.removeprefix(_ORIGINAL)] if name.startswith(_ORIGINAL) else told[name]
        for name in FIGURES
    }


def shares(counts: Mapping[str, int]) -> dict[str, Any]:
    """The counts with their percentages: strings of two places, null where nothing is owed."""
    owed = counts["owed"]
    return {
        **{name: counts[name] for name in FIGURES if not name.startswith(_ORIGINAL)},
        **_share("rate", counts["kept"], owed),
        **_share("on_time_rate", counts["on_time"], owed),
        **_share("on_original_rate", counts["on_original"], owed),
        "original": {
            "owed": counts["original_owed"],
            "on_time": counts["original_on_time"],
            **_share("rate", counts["original_on_time"], counts["original_owed"]),
        },
    }


def _share(name: str, part: int, whole: int) -> dict[str, str | None]:
    return {name: percentage(part, whole), f"{name}_text": percentage_text(part, whole)}
