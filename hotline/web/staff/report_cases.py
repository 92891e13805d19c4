"""What an indicator opens that counts no promises: turns, reworks, answers, complaints, 挂账; the bad ones first."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from hotline.domain.errors import Invalid
from hotline.domain.indicators import INDICATORS, Basis, Indicator
from hotline.services.month import asked_items, cases
from hotline.services.month.cases import Case
from hotline.services.month.listing import Asked
from hotline.services.work import Work
from hotline.web.door import work
from hotline.web.staff import report_items, report_links, report_state

#: By the indicator's key, what its whole and its part are called, and what the time of each case is.
NAMES: Final = {
    "dispatch_accuracy": ("本月交办", "未被退回的交办", "交办时间"),
    "return_rate": ("本月交办", "被退回的交办", "交办时间"),
    "rework_rate": ("本月重办", "本月重办", "重办时间"),
    "solved_rate": ("答了是否解决的", "答已解决的", "回答时间"),
    "satisfied_rate": ("参评的", "评为满意的", "评价时间"),
    "repeat_rate": ("本月收到的诉求", "重复的诉求", "收到时间"),
    "paused": ("本月内挂过账的", "仍在挂账的", "挂账时间"),
    "paused_begun": ("本月内挂过账的", "本月新增的挂账", "挂账时间"),
}
SIDES: Final = ("whole", "part")
ON_A_PAGE = 100


def show(month: str) -> str | AnyResponse:
    """GET /desk/reports/<YYYY-MM>/cases."""
    with work() as unit:
        name = report_state.checked(unit, month)
        indicator, side = _indicator()
        asked = _asked()
        counted = None if side == "whole" or indicator.part == "begun" else indicator.counted
        page = cases.listed(
            unit,
            name,
            indicator.sort,
            counted,
            begun=True if side == "part" and indicator.part == "begun" else None,
            unit_id=asked.unit_id,
            category_id=asked.category_id,
            area=asked.area,
            channel=asked.channel,
            source=asked.source,
            since=asked.since,
            until=asked.until,
            version=asked.version,
            place=report_items.place(),
            limit=ON_A_PAGE,
        )
        here: dict[str, Any] = {"indicator": indicator.key, "side": side, **_words(asked)}
        if page.astray:
            return redirect(url_for("staff.cases", month=month, **here))
        return render_template("reports/cases.html", **_context(unit, name, indicator, side, asked, page, here))


def _indicator() -> tuple[Indicator, str]:
    """Raises Invalid for what is no indicator of cases."""
    indicator, side = INDICATORS.get(request.args.get("indicator", "")), request.args.get("side") or "whole"
    if indicator is None or indicator.basis is not Basis.CASES or side not in SIDES:
        raise Invalid({"indicator": "没有这个指标的清单，请从月报重新打开。"})
    return indicator, side


def _asked() -> Asked:
    given = request.args.to_dict()
    if "where" in given:
        given.pop("area", None)
        given |= {"area": given["where"]} if given["where"].strip() else {}
    return asked_items.read(given)


def _words(asked: Asked) -> dict[str, str]:
    told = asked_items.words(asked)
    return {name: value for name, value in told.items() if name in report_links.OF_CASES}


def _context(
    work: Work, month: str, indicator: Indicator, side: str, asked: Asked, page: cases.Page, here: dict[str, Any]
) -> dict[str, Any]:
    whole, part, when = NAMES[indicator.key]
    of = page.month
    scope = report_items.scope(work, asked.unit_id)
    narrowed = report_items.narrowed(work, asked.category_id, asked.area, asked.channel, asked.source)
    edge = {"after": request.args.get("after"), "before": request.args.get("before")}
    back = report_links.way_back(month, "cases", here | edge)
    filters = [each for each in report_items.filters(work, asked) if each["name"] not in ("kind", "figure", "sort")]
    return {
        "title": f"{of.year}年{of.number}月 {'、'.join([scope, *narrowed])} {whole if side == 'whole' else part}",
        "formula": indicator.formula,
        "when": when,
        "state": report_state.badge(work, of, page.version),
        "back_url": report_links.month_url(month, unit=asked.unit_id, version=asked.version),
        "filters": [_sides(whole, part), *filters],
        "values": here | {"where": asked.area or ""},
        "hidden": {name: here[name] for name in ("indicator", "since", "until", "version") if name in here},
        "days": _days(asked.since, asked.until),
        "items": [_line(item, back) for item in page.items],
        "total": page.total,
        "next_url": url_for("staff.cases", month=month, **here, after=page.after) if page.after else None,
        "prev_url": url_for("staff.cases", month=month, **here, before=page.before) if page.before else None,
    }


def _sides(whole: str, part: str) -> dict[str, Any]:
    offered = [{"value": side, "label": name} for side, name in zip(SIDES, (whole, part), strict=True)]
    return {"name": "side", "label": "数字", "type": "select", "blank": None, "options": offered}


def _days(since: date | None, until: date | None) -> str:
    days = [f"{day.month}月{day.day}日" for day in dict.fromkeys((since, until)) if day is not None]
    return "至".join(days)


def _line(item: Case, back: str) -> dict[str, Any]:
    way: dict[str, Any] = {"from": back}
    return {
        "number": item.ticket,
        "url": url_for("staff.ticket", number=item.ticket, **way) if item.ticket_open else None,
        "matter": item.matter or report_items.UNSEEN,
        "unit": item.unit,
        "at": item.at,
        "label": item.label,
        "good": item.counted is not (item.sort in ("rework", "repeat", "pause")),
        "score": f"{item.value}分" if item.value is not None else "",
        "reason": item.reason,
    }
