"""What an indicator opens that counts no promises: turns, reworks, answers, complaints, 挂账; the bad ones first."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from flask import Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from hotline.domain.rates import Month
from hotline.services import exporting_lists
from hotline.services.month import asked_cases, asked_items, exporting_cases, listing_cases
from hotline.services.month.asked_cases import Figure
from hotline.services.month.listing_cases import TIMES, Case
from hotline.services.work import Work
from hotline.web.door import work
from hotline.web.staff import list_files, report_items, report_links, report_state

#: By the indicator's key, what its whole and its part are called; another's are what it is called itself.
NAMES: Final = {
    "dispatch_accuracy": ("本月交办", "未被退回的交办"),
    "return_rate": ("本月交办", "被退回的交办"),
    "rework_rate": ("本月重办", "本月重办"),
    "solved_rate": ("答了是否解决的", "答已解决的"),
    "satisfied_rate": ("参评的", "评为满意的"),
    "repeat_rate": ("本月收到的诉求", "重复的诉求"),
    "paused": ("本月内挂过账的", "仍在挂账的"),
    "paused_begun": ("本月内挂过账的", "本月新增的挂账"),
}
ON_A_PAGE = 100


def show(month: str) -> str | AnyResponse:
    """GET /desk/reports/<YYYY-MM>/cases."""
    with work() as unit:
        name = report_state.checked(unit, month)
        figure = _asked()
        page = listing_cases.listed(unit, name, figure.asked, place=report_items.place(), limit=ON_A_PAGE)
        if page.astray:
            return redirect(_url(name, figure))
        return render_template("reports/cases.html", **_context(unit, name, figure, page))


def export(month: str) -> Response | AnyResponse:
    """POST /desk/reports/<YYYY-MM>/cases: the same rows as a file; at once where it is short, else by a worker."""
    with work() as unit:
        figure = asked_cases.read(request.form)
        name = report_state.checked(unit, month)
        query = exporting_cases.query(unit, name, figure)
        is_short = listing_cases.count(unit, name, figure.asked) < exporting_lists.AT_ONCE
        return list_files.answer(unit, query, list_files.form_asked(), file_name(query), is_short=is_short)


def file_name(query: str) -> str:
    """Of the file of the list that a query asks for, without its ending."""
    given = asked_items.fields(query)
    return f"{given[asked_items.MONTH]}-{_name(asked_cases.read(given))}"


def title_of(work: Work, query: str) -> str:
    """The title of the list that a query asks for."""
    given = asked_items.fields(query)
    return _title(work, report_state.month_of(work, given[asked_items.MONTH]), asked_cases.read(given))


def _asked() -> Figure:
    """`where` is the area that was typed; a link says `area`, also that of what has none."""
    given = request.args.to_dict()
    if "where" in given:
        given.pop("area", None)
        given |= {"area": given["where"]} if given["where"].strip() else {}
    return asked_cases.read(given)


def _url(month: str, figure: Figure, **more: Any) -> str:
    here: dict[str, Any] = {**asked_cases.words(figure)}
    return url_for("staff.cases", month=month, **here, **more)


def _context(work: Work, month: str, figure: Figure, page: listing_cases.Page) -> dict[str, Any]:
    asked, indicator = figure.asked, figure.indicator
    here: dict[str, Any] = {**asked_cases.words(figure)}
    edge = {"after": request.args.get("after"), "before": request.args.get("before")}
    back = report_links.way_back(month, "cases", here | edge)
    filters = _filters(work, figure)
    return {
        "title": _title(work, page.month, figure),
        "formula": indicator.formula,
        "when": TIMES[indicator.sort],
        "reasoned": listing_cases.has_reasons(indicator.sort),
        "state": report_state.badge(work, page.month, page.version),
        "back_url": report_links.month_url(month, unit=asked.unit_id, version=asked.version),
        "filters": filters,
        "values": here | {"where": asked.area or ""},
        "hidden": {name: here[name] for name in here if name not in ("area", *(each["name"] for each in filters))},
        "days": _days(asked.since, asked.until),
        "export_url": url_for("staff.export_cases", month=month),
        "asked": here,
        "items": [_line(item, back) for item in page.items],
        "total": page.total,
        "next_url": _url(month, figure, after=page.after) if page.after else None,
        "prev_url": _url(month, figure, before=page.before) if page.before else None,
    }


def _title(work: Work, month: Month, figure: Figure) -> str:
    asked = figure.asked
    scope = report_items.scope(work, asked.unit_id)
    of = asked.category_id, asked.area, asked.channel, asked.source, asked.point_id
    narrowed = report_items.narrowed(work, *of)
    return f"{month.year}年{month.number}月 {'、'.join([scope, *narrowed])} {_name(figure)}"


def _name(figure: Figure) -> str:
    return _sides(figure)[figure.side]


def _sides(figure: Figure) -> dict[str, str]:
    name = figure.indicator.name
    return dict(zip(asked_cases.SIDES, NAMES.get(figure.indicator.key, (name, name)), strict=True))


def _filters(work: Work, figure: Figure) -> list[dict[str, Any]]:
    sides = _sides(figure)
    return [
        *([report_items.select("side", "数字", sides, blank=None)] if len(set(sides.values())) > 1 else []),
        *report_items.narrowing(work, figure.asked.unit_id),
        report_items.select("sort", "排序", listing_cases.orders(figure.indicator.sort), blank=None),
    ]


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
        "good": item.good,
        "score": f"{item.points}分" if item.points is not None else "",
        "reason": item.reason,
    }
