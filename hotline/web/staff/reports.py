"""月报: are we at 100 %, who is not, which ones. Every figure opens exactly what it counts."""

from __future__ import annotations

from typing import Any

from flask import Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from hotline.models import ExportForm
from hotline.services import exporting_lists
from hotline.services.month import asked_items, exporting, overview, since_frozen
from hotline.services.month.figures import MonthFigures
from hotline.services.month.overview import Overview
from hotline.services.work import Work
from hotline.web.door import now, office, work
from hotline.web.staff import list_files, report_indicators, report_items, report_links, report_rates, report_state
from hotline.web.staff.expected import id_of

WHOLE = "all"  # of the tree of units


def current() -> AnyResponse:
    """GET /desk/reports: this month."""
    local = now().astimezone(office().zone)
    return redirect(url_for("staff.month", month=f"{local:%Y-%m}"))


def show(month: str) -> str:
    """GET /desk/reports/<YYYY-MM>: asked again every few seconds while it is counted for the first time."""
    with work() as unit:
        name, unit_id, version = report_state.checked(unit, month), id_of(request.args, "unit"), report_links.version()
        found = overview.look(unit, name, unit_id=unit_id, version=version)
        return render_template("reports/month.html", **_context(unit, found, unit_id), **_indicators(found, unit_id))


def export(month: str) -> Response | AnyResponse:
    """POST /desk/reports/<YYYY-MM>/deadlines: every promise of the month that the reader may see, as CSV; at once where
    they are few, else by a worker."""
    with work() as unit:
        name = report_state.checked(unit, month)
        version = asked_items.number(request.form, "version")
        query = exporting.query(unit, name, version)
        is_short = exporting.is_fewer(unit, name, version, than=exporting_lists.AT_ONCE)
        return list_files.answer(unit, query, ExportForm.CSV, file_name(query), is_short=is_short)


def file_name(query: str) -> str:
    """Of the file of all promises that a query asks for, without its ending."""
    return f"deadlines-{asked_items.fields(query)[asked_items.MONTH]}"


def title_of(work: Work, query: str) -> str:
    """What a query for all promises of a month asks for."""
    month = report_state.month_of(work, asked_items.fields(query)[asked_items.MONTH])
    return f"{month.year}年{month.number}月 {report_items.scope(work, None)} 明细"


def _context(work: Work, found: Overview, unit_id: int | None) -> dict[str, Any]:
    figures = found.figures
    month, later = figures.month, figures.month.turned(1)
    whole = request.args.get("units") == WHOLE
    units, further = report_rates.units(figures, whole=whole)
    more = report_links.month_url(month, unit=unit_id, units=WHOLE, _anchor="units") if further else None
    return {
        "month": f"{month.year}年{month.number}月",
        "scope": report_items.scope(work, unit_id),
        "state": report_state.badge(work, month, figures.report.version if figures.report else None),
        "changed": _changed(work, figures),
        "changes_url": url_for("staff.since_frozen", month=str(month)),
        "up_url": report_links.month_url(month) if unit_id is not None else None,
        "prev_url": report_rates.turned(month, -1, unit_id),
        "next_url": report_rates.turned(month, 1, unit_id) if later.begins <= work.now else None,
        "export_url": url_for("staff.export_month", month=str(month)),
        "version": report_links.version(),
        "url": request.full_path,
        "counted_at": found.counted_at,
        "waiting": found.waiting,
        "missing": report_rates.missing(figures),
        "missing_tickets": report_rates.first_missing(work, figures, unit_id),
        "rates": report_rates.rates(figures, found.others),
        "others": [f"{other.month.year}年{other.month.number}月" for other in found.others],
        "units": units,
        "more_units": {"count": further, "url": more} if further else None,
        "categories": report_rates.categories(figures),
        "areas": report_rates.lines(figures, figures.areas),
        "channels": report_rates.lines(figures, figures.channels),
        "sources": report_rates.lines(figures, figures.sources),
    }


def _indicators(found: Overview, unit_id: int | None) -> dict[str, Any]:
    """Nothing while they are counted for the first time."""
    month, told = found.figures.month, found.indicators
    if told is None:
        return {}
    return {
        "indicators": report_indicators.table(told, found.others),
        "times": report_indicators.times(told, unit_id),
        "days": report_rates.stretches(month, told.days, unit_id),
        "weeks": report_rates.stretches(month, told.weeks, unit_id),
        "before": report_rates.carried_over(month, told.before, unit_id),
        "ages": report_rates.ages(month, told.ages, unit_id),
        "hot": report_indicators.hot(told, unit_id),
    }


def _changed(work: Work, figures: MonthFigures) -> int:
    """How many promises the newest version of a frozen month would count otherwise now."""
    if figures.report is None or report_links.version() is not None:
        return 0
    return since_frozen.count(work, figures.report)
