"""月报: are we at 100 %, who is not, which ones. Every figure opens exactly what it counts."""

from __future__ import annotations

import csv
import io
from typing import Any

from flask import Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from hotline.services.month import comparing, exporting, indicating, reporting, since_frozen
from hotline.services.month.comparing import Other
from hotline.services.month.figures import MonthFigures
from hotline.services.month.indicating import Indicators
from hotline.services.work import Work
from hotline.web.door import now, office, work
from hotline.web.staff import report_indicators, report_items, report_links, report_rates, report_state
from hotline.web.staff.expected import id_of

WHOLE = "all"  # of the tree of units


def current() -> AnyResponse:
    """GET /desk/reports: this month."""
    local = now().astimezone(office().zone)
    return redirect(url_for("staff.month", month=f"{local:%Y-%m}"))


def show(month: str) -> str:
    """GET /desk/reports/<YYYY-MM>."""
    with work() as unit:
        name, unit_id, version = report_state.checked(unit, month), id_of(request.args, "unit"), report_links.version()
        figures = reporting.monthly(unit, name, unit_id=unit_id, version=version)
        told = indicating.counted(unit, figures.month, figures.report, unit_id=unit_id)
        others = comparing.others(unit, figures.month, unit_id)
        return render_template("reports/month.html", **_context(unit, figures, told, others, unit_id))


def items_csv(month: str) -> AnyResponse:
    """The month's promises as CSV, those that the reader may see."""
    with work() as unit:
        table = io.StringIO()
        writer = csv.writer(table)
        writer.writerow(exporting.COLUMNS)
        writer.writerows(exporting.deadlines(unit, report_state.checked(unit, month)))
    headers = {"Content-Disposition": f"attachment; filename=deadlines-{month}.csv"}
    return Response("\ufeff" + table.getvalue(), mimetype="text/csv", headers=headers)


def _context(
    work: Work, figures: MonthFigures, told: Indicators, others: tuple[Other, Other], unit_id: int | None
) -> dict[str, Any]:
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
        "csv_url": url_for("staff.month_csv", month=str(month)),
        "missing": report_rates.missing(figures),
        "missing_tickets": report_rates.first_missing(work, figures, unit_id),
        "rates": report_rates.rates(figures, others),
        "indicators": report_indicators.table(told, others),
        "others": [f"{other.month.year}年{other.month.number}月" for other in others],
        "times": report_indicators.times(told, unit_id),
        "units": units,
        "more_units": {"count": further, "url": more} if further else None,
        "categories": report_rates.categories(figures),
        "areas": report_rates.lines(figures, figures.areas),
        "channels": report_rates.lines(figures, figures.channels),
        "sources": report_rates.lines(figures, figures.sources),
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
