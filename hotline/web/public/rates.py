"""The city's rates for everybody: on the page, as JSON and as CSV. Counted anew every few minutes."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from datetime import datetime, tzinfo
from typing import Any

from flask import Response, jsonify, url_for

from hotline.services.month import announcing, tallying
from hotline.services.month.exporting import safe
from hotline.services.month.tallying import MonthRates, Rate
from hotline.services.work import Work
from hotline.web.door import citizen_work
from hotline.web.languages import translated
from hotline.web.public.blueprint import blueprint
from hotline.web.public.shelf import kept

COLUMNS = ("month", "until", "running", "kind", "name", "owed", "kept", "missing", "on_time", "rate", "on_time_rate")


def current(work: Work) -> list[MonthRates]:
    """This month to date and the month before, at most five minutes old; a new month is not kept waiting."""
    month = f"{work.now.astimezone(work.rules.zone):%Y-%m}"
    return kept(f"rates-{month}", lambda: tallying.city_rates(work))


def context(months: Sequence[MonthRates]) -> dict[str, Any]:
    """For the page."""
    return {
        "rates": [
            {
                "month": month.month,
                "until": month.until,
                "running": month.running,
                "rates": [
                    {
                        "name": translated(rate.name),
                        "definition": translated(rate.definition),
                        "owed": rate.owed,
                        "kept": rate.kept,
                        "share_text": rate.share_text,
                    }
                    for rate in month.rates
                ],
            }
            for month in months
        ],
        "rates_csv_url": url_for("public.rates_csv"),
        "rates_json_url": url_for("public.rates_json"),
        "months_url": url_for("public.months"),
    }


@blueprint.get("/rates.json")
def rates_json() -> Response:
    """GET /public/rates.json, with where the frozen months are. The names are those of docs/rates.md; a rate is a
    string, null where nothing is owed."""
    with citizen_work() as work:
        months, zone, lines = current(work), work.rules.zone, announcing.months(work)
    frozen = [
        {"month": line.month, "version": line.version, "url": url_for("public.month_json", month=line.month)}
        for line in lines
    ]
    return jsonify({"months": [_month(month, zone) for month in months], "frozen": frozen})


@blueprint.get("/rates.csv")
def rates_csv() -> Response:
    """GET /public/rates.csv: a line for each month and rate, readable by spreadsheets."""
    with citizen_work() as work:
        months, zone = current(work), work.rules.zone
    table = io.StringIO()
    writer = csv.writer(table)
    writer.writerow(COLUMNS)
    for month in months:
        about = [month.month, _city(month.until, zone), "true" if month.running else "false"]
        for rate in month.rates:
            figures = as_dict(rate)
            cells = [*about, *(str(figures[name] if figures[name] is not None else "") for name in COLUMNS[3:])]
            writer.writerow([safe(cell) for cell in cells])
    headers = {"Content-Disposition": "attachment; filename=rates.csv"}
    return Response("\ufeff" + table.getvalue(), mimetype="text/csv", headers=headers)


def _month(month: MonthRates, zone: tzinfo) -> dict[str, Any]:
    return {
        "month": month.month,
        "until": _city(month.until, zone),
        "running": month.running,
        "rates": [as_dict(rate) for rate in month.rates],
    }


def as_dict(rate: Rate) -> dict[str, Any]:
    """One rate as programmes read it: a share is a string, None where nothing was owed."""
    return {
        "kind": rate.kind.value,
        "name": str(rate.name),
        "definition": str(rate.definition),
        "owed": rate.owed,
        "kept": rate.kept,
        "missing": rate.missing,
        "on_time": rate.on_time,
        "rate": rate.share,
        "on_time_rate": rate.on_time_share,
    }


def _city(moment: datetime, zone: tzinfo) -> str:
    return moment.astimezone(zone).isoformat(timespec="seconds")
