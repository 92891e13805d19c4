"""派单目录: the lines by which units are suggested; to be read, sifted, added to, changed and taken away."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from flask import Response, flash, redirect, render_template, request, url_for
from marshmallow import EXCLUDE, Schema, fields
from werkzeug.wrappers import Response as AnyResponse

from hotline.domain.dispatch import parent_of
from hotline.domain.errors import Invalid
from hotline.domain.limits import Limit
from hotline.models import Category, DispatchRule
from hotline.services import cataloguing, routing
from hotline.services.cataloguing import Line
from hotline.services.work import Work
from hotline.web.door import work
from hotline.web.resources import LONG, MESSAGES, choice, choices
from hotline.web.staff import forms, options
from hotline.web.staff.options import Option

Answer = str | AnyResponse | tuple[str, int]

_BETWEEN_WORDS = re.compile(r"[、，,;；\s]+")
ADDING = "新增一条"
MOST = 500  # lines on the page; more are sifted


def _line(label: str, hint: str, **more: str) -> fields.String:
    meta = {"label": label, "hint": hint, "widget": "text"} | more
    return fields.String(load_default="", validate=LONG, error_messages=MESSAGES, metadata=meta)


class LineForm(Schema):
    """One line. What is left empty among category, words and area is any."""

    class Meta:
        unknown = EXCLUDE

    category = _line("类别", "可以选整个大类，也可以选其中一个小类；小类优先。", widget="select", options="codes")
    words = _line("词语", "诉求里说到其中一个即可，用顿号隔开；两个都要说到的写作“夜市+油烟”。")
    area = _line("区域", "例如：云津区、柳浪街道。")
    lead_id = choice("主办单位", "units", required=True)
    assist_ids = choices("协办单位", "units")
    limit = _line("时限", "例如：3个工作日；不填按政策。")
    note = _line("依据", "哪个文件、哪一条这样规定；会显示在推荐理由里。")


def show() -> str:
    """GET /desk/dispatch: the lines, sifted by `category` and `unit`; the form for a new one, begun by the query."""
    with work() as unit:
        return _page(unit, typed=forms.typed(LineForm, request.args), opened="lead_id" in request.args)


def add() -> Answer:
    """POST /desk/dispatch."""
    try:
        with work() as unit:
            cataloguing.add(unit, _wanted())
    except Invalid as error:
        with work() as unit:
            return _page(unit, typed=forms.typed(LineForm, request.form), errors=error.fields, opened=True), 422
    flash("已新增一条派单目录，从现在起按它推荐。", "success")
    return redirect(url_for("staff.dispatch", _anchor="main"), 303)


def edit(line_id: int) -> str:
    """GET /desk/dispatch/<id>."""
    with work() as unit:
        row = cataloguing.line(unit, line_id)
        return _line_page(unit, line_id, _typed(cataloguing.as_line(row)))


def change(line_id: int) -> Answer:
    """POST /desk/dispatch/<id>."""
    try:
        with work() as unit:
            cataloguing.change(unit, line_id, _wanted())
    except Invalid as error:
        with work() as unit:
            cataloguing.line(unit, line_id)
            return _line_page(unit, line_id, forms.typed(LineForm, request.form), error.fields), 422
    flash("已保存。", "success")
    return redirect(url_for("staff.dispatch", _anchor="main"), 303)


def remove(line_id: int) -> AnyResponse:
    """POST /desk/dispatch/<id>/removal: gone, and offered again in the form of a new one."""
    with work() as unit:
        line = cataloguing.remove(unit, line_id)
    flash("已删除。要恢复，请在下面点“新增一条”。", "success")
    return redirect(url_for("staff.dispatch", **_typed(line), _anchor="step-add"), 303)


def download() -> Response:
    """GET /desk/dispatch.toml: as the tables of the city's file (docs/city.md)."""
    with work() as unit:
        text = cataloguing.written(unit)
    answer = Response(text, mimetype="application/toml")
    answer.headers["Content-Disposition"] = "attachment; filename=dispatch.toml"
    return answer


def _wanted() -> Line:
    data = forms.parse(LineForm, request.form)
    said = tuple(word for word in _BETWEEN_WORDS.split(data["words"]) if word)
    return Line(
        lead_id=data["lead_id"],
        category=data["category"].strip(),
        words=tuple(dict.fromkeys(said)),
        area=data["area"].strip(),
        assist_ids=tuple(data["assist_ids"]),
        limit=data["limit"].strip(),
        note=data["note"].strip(),
    )


def _typed(line: Line) -> dict[str, Any]:
    return {
        "category": line.category,
        "words": "、".join(line.words),
        "area": line.area,
        "lead_id": line.lead_id,
        "assist_ids": [str(each) for each in line.assist_ids],
        "limit": Limit.parse(line.limit).label if line.limit else "",
        "note": line.note,
    }


def _page(work: Work, *, typed: Mapping[str, Any], errors: Mapping[str, str] | None = None, opened: bool) -> str:
    codes, units = _codes(work), options.subtree(work)
    asked, unit_id = request.args.get("category", ""), request.args.get("unit", "")
    category = asked if any(asked == code["value"] for code in codes) else ""  # what is none sifts nothing
    rows = cataloguing.lines(work, category="" if opened else category, unit_id=_number(unit_id))
    judged = routing.taken(work)
    return render_template(
        "staff/dispatch.html",
        lines=[_shown(row, codes, units) for row in _as_read(rows)[:MOST]],
        total=len(rows),
        empty=cataloguing.is_empty(work),
        judged={"dispatched": judged.dispatched, "first": judged.first, "among": judged.among},
        filters=[
            {"name": "category", "label": "类别", "type": "select", "blank": "全部", "options": codes},
            {"name": "unit", "label": "主办或协办单位", "type": "select", "blank": "全部", "options": units},
        ],
        values={} if opened else {"category": category, "unit": unit_id},
        step=_step(url_for("staff.add_line"), ADDING, codes, units, typed, errors or {}) | {"open": opened},
        download_url=url_for("staff.dispatch_file"),
    )


def _line_page(work: Work, line_id: int, typed: Mapping[str, Any], errors: Mapping[str, str] | None = None) -> str:
    url = url_for("staff.line", line_id=line_id)
    return render_template(
        "staff/dispatch_line.html",
        step=_step(url, "保存", _codes(work), options.subtree(work), typed, errors or {}),
        remove_url=url_for("staff.remove_line", line_id=line_id),
        back_url=url_for("staff.dispatch"),
    )


def _step(
    url: str,
    label: str,
    codes: Sequence[Option],
    units: Sequence[Option],
    typed: Mapping[str, Any],
    errors: Mapping[str, str],
) -> dict[str, Any]:
    lists = {"codes": codes, "units": units}
    specs = forms.specs(LineForm, lambda name: lists[name])
    for spec in specs:
        if spec["name"] == "category":
            spec["blank"] = "不限"
    return {"name": "add", "label": label, "url": url, "fields": specs, "typed": typed, "errors": errors}


def _as_read(rows: Sequence[DispatchRule]) -> list[DispatchRule]:
    """By category, the general lines of each before the special ones."""
    return sorted(rows, key=lambda row: (row.category_code == "", row.category_code, row.area, row.position))


def _shown(row: DispatchRule, codes: Sequence[Option], units: Sequence[Option]) -> dict[str, Any]:
    names = {unit["value"]: unit["label"].strip() for unit in units}
    labels = {code["value"]: code["label"] for code in codes}
    return {
        "category": labels.get(row.category_code, row.category_code) if row.category_code else None,
        "words": "、".join(row.words),
        "area": row.area,
        "lead": names.get(row.lead_id, "（单位已停用）"),
        "assists": "、".join(names[each] for each in row.assist_ids if each in names),
        "limit": Limit.parse(row.limit_text).label if row.limit_text else None,
        "note": row.note,
        "url": url_for("staff.line", line_id=row.id),
    }


def _codes(work: Work) -> list[Option]:
    """All categories by their codes, under their parents; each parent as a whole first."""
    rows = work.session.execute(
        sa.select(Category.code, Category.name, Category.kind, Category.parent_name)
        .where(Category.active)
        .order_by(Category.scheme.desc(), Category.code)
    )
    found: list[Option] = []
    seen = set()
    for code, name, kind, parent_name in rows:
        parent, group = parent_of(code), f"{kind} · {parent_name}"
        if parent not in seen:
            seen.add(parent)
            found.append({"value": parent, "label": f"{parent_name}（整个大类 {parent}）", "group": group})
        found.append({"value": code, "label": f"{name} {code}", "group": group})
    return found


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else None
