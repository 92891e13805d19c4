"""The frozen months for everybody: the list of them, and each as a page, as JSON and as CSV (open data)."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from datetime import datetime, tzinfo
from typing import Any

from flask import Response, abort, jsonify, render_template, request, url_for

from hotline.domain.errors import say
from hotline.services.month import announcing, tallying
from hotline.services.month.announcing import Announced, Line, Version
from hotline.services.month.exporting import safe
from hotline.services.month.tallying import Rate
from hotline.web.door import citizen_work
from hotline.web.languages import translated
from hotline.web.public import rates
from hotline.web.public.blueprint import blueprint

COLUMNS = (
    *("month", "version", "frozen_at", "checksum", "unit", "kind", "name"),
    *("owed", "kept", "missing", "on_time", "rate", "on_time_rate"),
)
LICENCE = say("数据可以自由使用和转载，请注明来源、月份和版本。")


@blueprint.get("/rates")
def months() -> str:
    """GET /public/rates: this month to date, the month before, and every frozen month."""
    with citizen_work() as work:
        running, lines = rates.current(work), announcing.months(work)
    return render_template("public/months.html", **rates.context(running), months=[_line(line) for line in lines])


@blueprint.get("/rates/<month>")
def month(month: str) -> str:
    """GET /public/rates/<YYYY-MM>: a frozen month; `?version=1` one that was restated since."""
    with citizen_work() as work:
        found = announcing.find(work, month, _version())
    return render_template("public/month.html", **_context(found))


@blueprint.get("/rates/<month>.json")
def month_json(month: str) -> Response:
    """GET /public/rates/<YYYY-MM>.json. The names are those of docs/rates.md; a rate is a string, null where nothing
    was owed."""
    with citizen_work() as work:
        found, zone = announcing.find(work, month, _version()), work.rules.zone
    return jsonify(as_dict(found, zone))


@blueprint.get("/rates/<month>.csv")
def month_csv(month: str) -> Response:
    """GET /public/rates/<YYYY-MM>.csv: a line for each rate, of the city (no unit) and of each unit."""
    with citizen_work() as work:
        found, zone = announcing.find(work, month, _version()), work.rules.zone
    table = io.StringIO()
    writer = csv.writer(table)
    writer.writerow(COLUMNS)
    writer.writerows([safe(cell) for cell in row] for row in _rows(found, zone))
    headers = {"Content-Disposition": f"attachment; filename=rates-{found.month}.csv"}
    return Response("\ufeff" + table.getvalue(), mimetype="text/csv", headers=headers)


def as_dict(found: Announced, zone: tzinfo) -> dict[str, Any]:
    """The month as programmes read it; times are the city's with their offset."""
    return {
        "month": found.month,
        "newest": found.newest,
        **_of_version(found.version, zone),
        "versions": [_of_version(each, zone) for each in found.versions],
        "definitions": {kind.value: str(told) for kind, told in tallying.DEFINITIONS.items()},
        "licence": translated(LICENCE),
        "rates": [_rate(rate) for rate in found.rates],
        "units": [{"name": unit.name, "rates": [_rate(rate) for rate in unit.rates]} for unit in found.units],
    }


def _version() -> int | None:
    """Which version the address asks for; what is no number there is none."""
    text = request.args.get("version", "")
    if not text:
        return None
    if not (text.isascii() and text.isdecimal() and len(text) < 5):
        abort(404)
    return int(text)


def _of_version(version: Version, zone: tzinfo) -> dict[str, Any]:
    return {
        "version": version.number,
        "frozen_at": _city(version.frozen_at, zone),
        "checksum": version.checksum,
        "previous_checksum": version.previous_checksum or None,
        "reason": version.reason or None,
    }


def _rate(rate: Rate) -> dict[str, Any]:
    return {name: value for name, value in rates.as_dict(rate).items() if name != "definition"}


def _rows(found: Announced, zone: tzinfo) -> Iterator[list[str]]:
    about = [found.month, str(found.version.number), _city(found.version.frozen_at, zone), found.version.checksum]
    for unit, of in [("", found.rates), *((unit.name, unit.rates) for unit in found.units)]:
        for rate in of:
            figures = _rate(rate)
            cells = (figures[name] for name in COLUMNS[5:])
            yield [*about, unit, *("" if cell is None else str(cell) for cell in cells)]


def _city(moment: datetime, zone: tzinfo) -> str:
    return moment.astimezone(zone).isoformat(timespec="seconds")


def _line(line: Line) -> dict[str, Any]:
    return {
        "month": line.month,
        "url": url_for("public.month", month=line.month),
        "version": line.version,
        "frozen_at": line.frozen_at,
        "rates": _shown(line.rates),
    }


def _shown(of: Sequence[Rate]) -> list[dict[str, Any]]:
    return [
        {
            "name": translated(rate.name),
            "definition": translated(rate.definition),
            "owed": rate.owed,
            "kept": rate.kept,
            "missing": rate.missing,
            "share_text": rate.share_text,
            "on_time": rate.on_time,
            "on_time_text": rate.on_time_share_text,
        }
        for rate in of
    ]


def _context(found: Announced) -> dict[str, Any]:
    version = None if found.newest else found.version.number
    return {
        "month": found.month,
        "newest": found.newest,
        "version": _told(found, found.version),
        "versions": [_told(found, each) for each in reversed(found.versions)],
        "rates": _shown(found.rates),
        "units": [{"name": unit.name, "rates": _shown(unit.rates)} for unit in found.units],
        "csv_url": url_for("public.month_csv", month=found.month, version=version),
        "json_url": url_for("public.month_json", month=found.month, version=version),
        "months_url": url_for("public.months"),
        "newest_url": url_for("public.month", month=found.month),
    }


def _told(found: Announced, version: Version) -> dict[str, Any]:
    return {
        "number": version.number,
        "frozen_at": version.frozen_at,
        "checksum": version.checksum,
        "previous_checksum": version.previous_checksum,
        "reason": version.reason,
        "current": version.number == found.version.number,
        "url": url_for("public.month", month=found.month, version=version.number),
    }
