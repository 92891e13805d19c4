"""月报: are we at 100 %, who is not, which ones. Every figure opens exactly what it counts."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from flask import Response, abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from hotline.domain.errors import Invalid
from hotline.domain.rates import Month, MonthError, RateKind, percentage_text
from hotline.domain.texts import clean
from hotline.models import Category, Unit
from hotline.services import exporting, listing, reporting
from hotline.services.figures import Group, MonthFigures, Tally
from hotline.services.listing import Asked, Item
from hotline.services.paging import Place
from hotline.services.work import Work
from hotline.web.door import now, office, work
from hotline.web.staff import words

DEFINITIONS = {
    RateKind.HANDLE: "到期应处理的承诺中，已处理并核查通过的。",
    RateKind.REPLY: "到期应答复的诉求中，答复已到达诉求人的。",
    RateKind.CLOSE: "到期应办结的工单中，已办结归档的。",
}
UNFINISHED = {RateKind.HANDLE: "未处理", RateKind.REPLY: "未答复", RateKind.CLOSE: "未办结"}
FIGURES = {
    "owed": "应完成",
    "kept": "已完成",
    "missing": "未完成",
    "on_time": "按时完成",
    "late": "逾期完成",
    "on_original": "按原时限完成",
    "extended": "延期",
    "exempt": "免于考核",
    "original_owed": "按原时限应完成",
    "original_on_time": "按原时限按时完成",
    "void": "不计入",
}
OUTCOMES = {"missing": "missing", "late": "late", "on_time": "kept", "void": "exempt", "exempt": "exempt"}
FIRST_MISSING = 5
ON_A_PAGE = 100
NARROWING = ("kind", "figure", "unit", "category", "area", "channel", "source", "direct")  # of a list, in its address


def current() -> AnyResponse:
    """GET /desk/reports: this month."""
    local = now().astimezone(office().zone)
    return redirect(url_for("staff.month", month=f"{local:%Y-%m}"))


def show(month: str) -> str:
    """GET /desk/reports/<YYYY-MM>."""
    with work() as unit:
        figures = reporting.monthly(unit, _month(unit, month), unit_id=_unit_id())
        return render_template("reports/month.html", **_context(unit, figures))


def items(month: str) -> str | AnyResponse:
    """GET /desk/reports/<YYYY-MM>/items: the promises behind one figure, missing ones first."""
    with work() as unit:
        asked = _asked()
        after, before = (request.args.get(name) or None for name in ("after", "before"))
        place = Place(after) if after else Place(before=before)
        page = listing.items(unit, _month(unit, month), asked, place=place, limit=ON_A_PAGE)
        if page.astray:
            return redirect(url_for("staff.items", month=month, **_elsewhere()))
        return render_template("reports/items.html", **_items_context(unit, month, asked, page))


def items_csv(month: str) -> AnyResponse:
    """The month's promises as CSV, those that the reader may see."""
    with work() as unit:
        table = io.StringIO()
        writer = csv.writer(table)
        writer.writerow(exporting.COLUMNS)
        writer.writerows(exporting.deadlines(unit, _month(unit, month)))
    headers = {"Content-Disposition": f"attachment; filename=deadlines-{month}.csv"}
    return Response("\ufeff" + table.getvalue(), mimetype="text/csv", headers=headers)


def _month(work: Work, text: str) -> str:
    """The month as it was asked; an address that is no month does not exist."""
    try:
        return str(Month.parse(text, work.rules.zone))
    except MonthError:
        abort(404)


def _unit_id() -> int | None:
    text = request.args.get("unit", "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else None


def _context(work: Work, figures: MonthFigures) -> dict[str, Any]:
    month, scope = figures.month, figures.scope
    unit_id = _unit_id()
    earlier, later = month.turned(-1), month.turned(1)
    missing = {kind: tally.all["missing"] for kind, tally in scope.tallies.items()}
    worst = sorted((kind for kind in RateKind if missing[kind]), key=lambda kind: -missing[kind])
    first = _first_missing(work, str(month), worst, unit_id)
    return {
        "month": f"{month.year}年{month.number}月",
        "scope": "全市" if scope.about.get("id") == work.rules.root.id else scope.about.get("name", ""),
        "up_url": url_for("staff.month", month=str(month)) if unit_id is not None else None,
        "until": figures.window.cut_off,
        "frozen": None,
        "running": figures.provisional,
        "begun": figures.window.begun,
        "prev_url": url_for("staff.month", month=str(earlier), unit=unit_id),
        "next_url": url_for("staff.month", month=str(later), unit=unit_id) if later.begins <= work.now else None,
        "csv_url": url_for("staff.month_csv", month=str(month)),
        "missing": [_missing(figures, kind, missing[kind]) for kind in worst],
        "missing_tickets": [_item(item) for item in first[:FIRST_MISSING]],
        "missing_url": _url(month, scope, worst[0], "missing") if worst else None,
        "rates": [_rate(month, scope, kind, tally) for kind, tally in scope.tallies.items()],
        "units": [_unit_line(month, group, figures.units[0]) for group in _owing(figures.units)],
        "categories": [_line(month, group, _category_name(group)) for group in figures.categories],
        "channels": [_line(month, group, str(group.about["name"])) for group in figures.channels],
        "sources": [_line(month, group, str(group.about["name"])) for group in figures.sources],
        "counts": _counts(month, scope),
    }


def _first_missing(work: Work, month: str, kinds: Sequence[RateKind], unit_id: int | None) -> list[Item]:
    found: list[Item] = []
    for kind in kinds:
        asked = Asked(kind.value, "missing", unit_id=unit_id)
        found += listing.items(work, month, asked, limit=FIRST_MISSING).items
    return sorted(found, key=lambda item: (item.due_at, item.deadline_id))


def _missing(figures: MonthFigures, kind: RateKind, count: int) -> dict[str, Any]:
    return {
        "label": UNFINISHED[kind],
        "count": count,
        "url": _url(figures.month, figures.scope, kind, "missing"),
        "note": None,
    }


def _rate(month: Month, scope: Group, kind: RateKind, tally: Tally) -> dict[str, Any]:
    all_, rest = tally.all, tally.without_direct
    return {
        "kind": kind.value,
        "label": kind.label,
        "definition": DEFINITIONS[kind],
        "main": _share(month, scope, kind, all_, "kept", "owed"),
        "missing": all_["missing"],
        "missing_url": _url(month, scope, kind, "missing"),
        "share": all_["kept"] / all_["owed"] if all_["owed"] else 0.0,
        "without_direct": _share(month, scope, kind, rest, "kept", "owed", direct=0),
        "on_time": _share(month, scope, kind, all_, "on_time", "owed"),
        "original": _share(month, scope, kind, all_, "original_on_time", "original_owed"),
        "extended": all_["extended"],
        "extended_url": _url(month, scope, kind, "extended"),
        "exempt": all_["exempt"],
        "exempt_url": _url(month, scope, kind, "exempt"),
    }


def _share(
    month: Month, group: Group, kind: RateKind, counts: Mapping[str, int], part: str, whole: str, **more: int
) -> dict[str, Any]:
    return {
        "percent": percentage_text(counts[part], counts[whole]),
        "kept": counts[part],
        "owed": counts[whole],
        "kept_url": _url(month, group, kind, part, **more),
        "owed_url": _url(month, group, kind, whole, **more),
    }


def _url(month: Month, group: Group, kind: RateKind, figure: str, **more: int) -> str:
    """The list behind a figure. The group's words are those of `listing.Asked`."""
    asked: dict[str, Any] = {_SHORT.get(name, name): value for name, value in group.asked_by.items()}
    return url_for("staff.items", month=str(month), kind=kind.value, figure=figure, **(asked | more))


_SHORT = {"unit_id": "unit", "category_id": "category"}


def _owing(groups: Sequence[Group]) -> Iterator[Group]:
    """Units of which something was owed in the month; the others have nothing to show."""
    return (group for group in groups if any(tally.all["owed"] for tally in group.tallies.values()))


def _unit_line(month: Month, group: Group, top: Group) -> dict[str, Any]:
    depth = min(int(group.about["depth"]) - int(top.about["depth"]), 2)
    url = url_for("staff.month", month=str(month), unit=group.about["id"])
    return {**_line(month, group, str(group.about["name"])), "depth": depth, "url": url if depth else None}


def _category_name(group: Group) -> str:
    parent = group.about["parent"]
    return f"{parent} · {group.about['name']}" if parent else str(group.about["name"])


def _line(month: Month, group: Group, name: str) -> dict[str, Any]:
    rates = {kind.value: _share(month, group, kind, group.tallies[kind].all, "kept", "owed") for kind in RateKind}
    return {"name": name, "depth": 0, "url": None, **rates}


def _counts(month: Month, scope: Group) -> list[dict[str, Any]]:
    told = []
    for kind, tally in scope.tallies.items():
        for figure in ("extended", "exempt", "late"):
            if tally.all[figure]:
                label = f"{kind.label.removesuffix('率')} · {FIGURES[figure]}"
                told.append({"label": label, "value": tally.all[figure], "url": _url(month, scope, kind, figure)})
    return told


def _asked() -> Asked:
    args = request.args
    category = args.get("category", "")
    if category and not (category.isascii() and category.isdecimal() and len(category) < 19):
        raise Invalid({"category": "没有这个类别，请从月报重新打开。"})
    return Asked(
        kind=args.get("kind", RateKind.HANDLE.value),
        figure=args.get("figure", "owed"),
        unit_id=_unit_id(),
        category_id=int(category) if category else None,
        area=clean(args["area"]) if "area" in args else None,
        channel=args.get("channel"),
        source=args.get("source"),
        direct={"0": False, "1": True}.get(args.get("direct", "")),
    )


def _items_context(work: Work, month: str, asked: Asked, page: listing.Page) -> dict[str, Any]:
    kind = RateKind(asked.kind)
    of = page.month
    of_unit = asked.unit_id or work.actor.unit_id
    city_wide = of_unit in (None, work.rules.root.id)
    scope = "全市" if city_wide else work.session.get_one(Unit, of_unit).name
    middle = "、".join([scope, *_narrowing(work, asked)])
    here = _elsewhere()
    return {
        "title": f"{of.year}年{of.number}月 {middle} {kind.label}：{FIGURES[asked.figure]}",
        "definition": DEFINITIONS[kind],
        "back_url": url_for("staff.month", month=month, unit=asked.unit_id),
        "csv_url": None,
        "figure": None,
        "items": [_item(item) for item in page.items],
        "total": page.total,
        "next_url": url_for("staff.items", month=month, **here, after=page.after) if page.after else None,
        "prev_url": url_for("staff.items", month=month, **here, before=page.before) if page.before else None,
    }


def _elsewhere() -> dict[str, Any]:
    """What another page of the same list is asked for with."""
    return {name: request.args[name] for name in NARROWING if name in request.args}


def _narrowing(work: Work, asked: Asked) -> Iterator[str]:
    if asked.category_id is not None:
        category = work.session.get(Category, asked.category_id) if asked.category_id else None
        yield category.name if category else reporting.NO_CATEGORY
    if asked.area is not None:
        yield asked.area or reporting.NO_AREA
    if asked.channel is not None:
        yield reporting.CHANNELS.get(asked.channel, "")
    if asked.source is not None:
        yield reporting.SOURCES.get(asked.source, "")
    if asked.direct is not None:
        yield "直接答复" if asked.direct else "不含直接答复"


def _item(item: Item) -> dict[str, Any]:
    due = {"due_at": item.due_at, "met_at": item.met_at}
    return {
        "number": item.ticket,
        "url": url_for("staff.ticket", number=item.ticket) if item.ticket_open else None,
        "matter": item.matter or "（不在您可查看的范围内）",
        "unit": item.unit,
        "kind_label": words.KINDS[item.kind],
        "due": due if item.standing != "void" else None,
        "original_due_at": item.original_due_at,
        "outcome": OUTCOMES[item.standing],
        "outcome_label": item.label,
        "note": item.lacks or item.why or ("当场答复" if item.direct else None),
    }
