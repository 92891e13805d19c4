"""指标 as the month's page shows them: a table with each figure's lists, formula and changes; times by stage; what many
complained of."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hotline.domain.indicators import INDICATORS, ITEMS, Better
from hotline.models import KIND_LABELS
from hotline.services.month.comparing import Other, of_indicator
from hotline.services.month.indicator_figures import Indicators
from hotline.web.staff import report_links
from hotline.web.staff.report_rates import change


def table(told: Indicators, others: Sequence[Other]) -> list[dict[str, Any]]:
    """One line for each indicator."""
    return [_line(told, key, others) for key in INDICATORS]


def _line(told: Indicators, key: str, others: Sequence[Other]) -> dict[str, Any]:
    indicator, share = INDICATORS[key], told.scope[key]
    now = share.part, share.whole
    counted = indicator.unit == ITEMS
    labels = ("环比", "同比")
    return {
        "key": key,
        "name": indicator.name,
        "formula": indicator.formula,
        "source": indicator.source,
        "counted": counted,
        "figure": report_links.of_indicator(told.month, key, share),
        "way": "高为好" if indicator.better is Better.HIGHER else "低为好",
        "changes": [
            change(of_indicator(other, key, now), label, now, share.text if counted else None)
            for other, label in zip(others, labels, strict=False)
        ],
    }


def times(told: Indicators, unit_id: int | None) -> list[dict[str, Any]]:
    """How long each stage took, in hours of the clock, of what was kept."""
    asked = {"unit_id": unit_id} if unit_id is not None else {}
    return [
        {
            "label": KIND_LABELS[kind],
            "median": _hours(spent.median_hours),
            "p90": _hours(spent.p90_hours),
            "count": spent.count,
            "url": report_links.items(told.month, kind.value, "kept", asked),
        }
        for kind, spent in told.times.items()
        if spent.count
    ]


def _hours(hours: float | None) -> str:
    if hours is None:
        return "—"
    return f"{hours:.1f} 小时" if hours < 72 else f"{hours / 24:.1f} 天"


def hot(told: Indicators, unit_id: int | None) -> list[dict[str, Any]]:
    """What was complained of most, with how much of it had been heard before."""
    found = []
    for each in told.hot:
        asked: dict[str, Any] = {"category_id": each.category_id, "area": each.area}
        asked |= {"unit_id": unit_id} if unit_id is not None else {}
        found.append(
            {
                "category": each.category,
                "area": each.area or "未填写区域",
                "received": each.received,
                "received_url": report_links.cases(told.month, "repeat_rate", "whole", asked),
                "repeated": each.repeated,
                "repeated_url": report_links.cases(told.month, "repeat_rate", "part", asked),
            }
        )
    return found
