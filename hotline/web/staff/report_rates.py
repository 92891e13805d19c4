"""三率 as the month's page shows them: what is missing, each rate with its variants and how it has changed, the same by
unit, category, area, channel and source, by day and week, and what is carried over by its age."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any, Final

from flask import url_for

from hotline.domain.rates import Month, RateKind, percentage_text
from hotline.services.month import listing
from hotline.services.month.ageing import BANDS
from hotline.services.month.comparing import VARIANTS, Change, Other, of_rate
from hotline.services.month.dividing import Stretch
from hotline.services.month.figures import Group, MonthFigures, Tally
from hotline.services.work import Work
from hotline.web.staff import report_items, report_links

UNFINISHED: Final = {RateKind.HANDLE: "未处理", RateKind.REPLY: "未答复", RateKind.CLOSE: "未办结"}
VARIANT_NAMES: Final = {"without_direct": "不含当场答复", "on_time": "按时率", "original": "按原时限"}
FIRST_MISSING: Final = 5
WEEKDAYS: Final = "一二三四五六日"


# --- what stands between us and 100 %


def missing(figures: MonthFigures) -> list[dict[str, Any]]:
    """The kinds of which something is missing, the most first."""
    return [
        {
            "label": UNFINISHED[kind],
            "count": _missing(figures, kind),
            "url": report_links.of_group(figures.month, figures.scope, kind, "missing"),
        }
        for kind in worst(figures)
    ]


def worst(figures: MonthFigures) -> list[RateKind]:
    """The kinds of which something is missing, the most first."""
    kinds = [kind for kind in RateKind if _missing(figures, kind)]
    return sorted(kinds, key=lambda kind: -_missing(figures, kind))


def _missing(figures: MonthFigures, kind: RateKind) -> int:
    return figures.scope.tallies[kind].all["missing"]


def first_missing(work: Work, figures: MonthFigures, unit_id: int | None) -> list[dict[str, Any]]:
    """The few that are late longest, of every kind, each with who can mend it."""
    if not worst(figures):
        return []
    month, version = str(figures.month), report_links.version()
    found = listing.longest_missing(work, month, unit_id=unit_id, version=version, limit=FIRST_MISSING)
    back = report_links.way_back(month, "month", {"unit": unit_id, "version": version})
    return [report_items.line(item, back) for item in found]


# --- the three rates


def rates(figures: MonthFigures, others: Sequence[Other]) -> list[dict[str, Any]]:
    """Each with its variants, and with what it was in the other months."""
    return [_rate(figures.month, figures.scope, kind, tally, others) for kind, tally in figures.scope.tallies.items()]


def _rate(month: Month, scope: Group, kind: RateKind, tally: Tally, others: Sequence[Other]) -> dict[str, Any]:
    counts = tally.all
    return {
        "kind": kind.value,
        "label": kind.label,
        "definition": report_items.DEFINITIONS[kind],
        "main": _variant(month, scope, kind, tally, "main"),
        "missing": counts["missing"],
        "missing_url": report_links.of_group(month, scope, kind, "missing"),
        "share": counts["kept"] / counts["owed"] if counts["owed"] else 0.0,
        "changes": _changes(kind, tally, "main", others),
        "variants": [
            {
                "label": label,
                "figure": _variant(month, scope, kind, tally, name),
                "changes": _changes(kind, tally, name, others),
            }
            for name, label in VARIANT_NAMES.items()
        ],
        "more": list(_more(month, scope, kind, counts)),
    }


def _variant(month: Month, group: Group, kind: RateKind, tally: Tally, name: str) -> dict[str, Any]:
    part, whole, apart = VARIANTS[name]
    counts, more = (tally.without_direct, {"direct": 0}) if apart else (tally.all, {})
    return report_links.share(month, group, kind, counts, part, whole, **more)


def _changes(kind: RateKind, tally: Tally, name: str, others: Sequence[Other]) -> list[dict[str, Any]]:
    part, whole, apart = VARIANTS[name]
    counts = tally.without_direct if apart else tally.all
    now = counts[part], counts[whole]
    return [
        change(of_rate(other, kind, name, now), label, now)
        for other, label in zip(others, ("环比", "同比"), strict=False)
    ]


def change(told: Change, label: str, now: tuple[int, int], text: str | None = None) -> dict[str, Any]:
    """How a figure has changed, with both figures. `text`: this month's, where it is no percentage."""
    month = f"{told.month.year}年{told.month.number}月"
    this = text if text is not None else f"{percentage_text(*now)}（{now[0]}/{now[1]}）" if now[1] else "—"
    then = f"{told.text}（{told.part}/{told.whole}）" if told.text.endswith("%") else told.text
    return {
        "label": label,
        "month": month,
        "then": told.text,
        "points": told.points,
        "better": told.better,
        "title": f"{month} {then}，本月 {this}",
    }


def _more(month: Month, scope: Group, kind: RateKind, counts: Mapping[str, int]) -> Iterator[dict[str, Any]]:
    for figure in ("late", "extended", "exempt"):
        if counts[figure]:
            yield {
                "label": report_items.FIGURES[figure],
                "count": counts[figure],
                "url": report_links.of_group(month, scope, kind, figure),
            }


# --- by unit, category, area, channel, source


def units(figures: MonthFigures, *, whole: bool) -> tuple[list[dict[str, Any]], int]:
    """The units of which something was owed, down to the second level unless the `whole` tree is asked for; and how
    many are further down."""
    owing = [group for group in figures.units if any(tally.all["owed"] for tally in group.tallies.values())]
    top = int(figures.units[0].about["depth"]) if figures.units else 0
    shown = [group for group in owing if whole or int(group.about["depth"]) - top < 2]
    return [_unit_line(figures.month, group, top) for group in shown], len(owing) - len(shown)


def _unit_line(month: Month, group: Group, top: int) -> dict[str, Any]:
    depth = int(group.about["depth"]) - top
    url = report_links.month_url(month, unit=group.about["id"])
    return {**line(month, group, str(group.about["name"])), "depth": min(depth, 4), "url": url if depth else None}


def categories(figures: MonthFigures) -> list[dict[str, Any]]:
    """Of whatever something was owed, each with its 大类."""
    return [line(figures.month, group, _category_name(group)) for group in figures.categories]


def _category_name(group: Group) -> str:
    parent = group.about["parent"]
    return f"{parent} · {group.about['name']}" if parent else str(group.about["name"])


def lines(figures: MonthFigures, groups: Sequence[Group]) -> list[dict[str, Any]]:
    """Areas, channels or sources."""
    return [line(figures.month, group, str(group.about["name"])) for group in groups]


def line(month: Month, group: Group, name: str) -> dict[str, Any]:
    """One line of a breakdown: what is missing of each kind, the three rates, and 处理 on time."""
    return {
        "name": name,
        "depth": 0,
        "url": None,
        **{kind.value: _variant(month, group, kind, group.tallies[kind], "main") for kind in RateKind},
        "on_time": _variant(month, group, RateKind.HANDLE, group.tallies[RateKind.HANDLE], "on_time"),
        "missing": [
            {
                "label": UNFINISHED[kind],
                "count": group.tallies[kind].all["missing"],
                "url": report_links.of_group(month, group, kind, "missing"),
            }
            for kind in RateKind
            if group.tallies[kind].all["missing"]
        ],
    }


# --- by day and by week


def stretches(month: Month, told: Sequence[Stretch], unit_id: int | None) -> list[dict[str, Any]]:
    """Days or weeks: what was received, and the three rates of what fell due then."""
    most = max((max(each.received, *(rate["owed"] for rate in each.rates.values())) for each in told), default=0)
    return [_stretch(month, each, unit_id, most) for each in told]


def _stretch(month: Month, told: Stretch, unit_id: int | None, most: int) -> dict[str, Any]:
    assert told.first is not None and told.last is not None
    asked = {"unit_id": unit_id} if unit_id is not None else {}
    days = {"since": told.first.isoformat(), "until": told.last.isoformat()}
    return {
        "label": _days(told),
        "received": told.received,
        "received_url": report_links.cases(month, "repeat_rate", "whole", asked, **days),
        "height": 100 * told.received / most if most else 0,
        "rates": [_of_days(month, kind, told.rates[kind], asked | days) for kind in RateKind],
        "bars": [_bar(counts, most) for counts in told.rates.values()],
    }


def _days(told: Stretch) -> str:
    assert told.first is not None and told.last is not None
    if told.first == told.last:
        return f"{told.first.day}日 周{WEEKDAYS[told.first.weekday()]}"
    return f"{told.first.day}至{told.last.day}日"


def _of_days(month: Month, kind: RateKind, counts: Mapping[str, int], asked: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "percent": percentage_text(counts["kept"], counts["owed"]),
        "kept": counts["kept"],
        "owed": counts["owed"],
        "kept_url": report_links.items(month, kind.value, "kept", asked),
        "owed_url": report_links.items(month, kind.value, "owed", asked),
    }


def _bar(counts: Mapping[str, int], most: int) -> dict[str, float]:
    return {name: 100 * counts[name] / most if most else 0 for name in ("owed", "kept")}


def carried_over(month: Month, before: Stretch, unit_id: int | None) -> list[dict[str, Any]] | None:
    """What was carried over into the month, by kind; None where there was nothing."""
    if not any(counts["owed"] for counts in before.rates.values()):
        return None
    asked: dict[str, Any] = {"unit_id": unit_id} if unit_id is not None else {}
    asked["until"] = (month.first_day - timedelta(days=1)).isoformat()
    return [_of_days(month, kind, before.rates[kind], asked) for kind in RateKind]


# --- by age


def ages(month: Month, told: Mapping[RateKind, Mapping[str, int]], unit_id: int | None) -> list[dict[str, Any]]:
    """What is still missing, by how long it has been due; none where nothing is."""
    asked = {"unit_id": unit_id} if unit_id is not None else {}
    return [
        {
            "name": band.name,
            "counts": [
                {
                    "count": told[kind][band.key],
                    "url": report_links.items(month, kind.value, "missing", asked, age=band.key),
                }
                for kind in RateKind
            ],
        }
        for band in BANDS
        if any(told[kind][band.key] for kind in RateKind)
    ]


def turned(month: Month, months: int, unit_id: int | None) -> str:
    """The page of so many months later or earlier, of the same unit."""
    return url_for("staff.month", month=str(month.turned(months)), unit=unit_id)
