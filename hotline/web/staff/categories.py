"""类别: by 大类, to be sought, added, renamed and locked; and a whole scheme from a file, looked at first."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import groupby
from typing import Any, Final

from flask import Response, current_app, flash, redirect, render_template, request, url_for
from itsdangerous import BadData, URLSafeSerializer
from werkzeug.wrappers import Response as AnyResponse

from hotline.domain.errors import Invalid, NotFound, Refused
from hotline.models import Category
from hotline.services import categorising, roster, ruling, sheet_reading
from hotline.services.categorising import Plan, Wanted
from hotline.services.sheet_reading import Line
from hotline.services.work import Work
from hotline.web import downloads
from hotline.web.door import office, work
from hotline.web.staff import words

Answer = str | AnyResponse | tuple[str, int]
SHOWN: Final = 200  # lines of a preview
_TEXTS = ("scheme", "scheme_version", "code", "kind", "parent_name", "name")
_OUTDATED = "预览已失效，请重新选择文件。"


def show() -> str:
    """GET /desk/rules/categories: all of them, or those that have the text `q` in them."""
    with work() as unit:
        return _page(unit, {}, {})


def add() -> Answer:
    """POST /desk/rules/categories."""
    typed = {name: request.form.get(name, "").strip() for name in _TEXTS}
    try:
        with work() as unit:
            categorising.add(unit, Wanted(**typed))
    except Invalid as error:
        with work() as unit:
            return _page(unit, typed, error.fields), 422
    office().forget_rules()
    flash(f"已新增“{typed['name']}”，从现在起可以选用。", "success")
    return redirect(url_for("staff.categories", q=typed["code"]), 303)


def edit(category_id: int) -> str:
    """GET /desk/rules/categories/<id>."""
    with work() as unit:
        row = categorising.find(unit, category_id)
        return _one(unit, row, {"name": row.name, "parent_name": row.parent_name}, {})


def change(category_id: int) -> Answer:
    """POST /desk/rules/categories/<id>."""
    typed = {name: request.form.get(name, "").strip() for name in ("name", "parent_name")}
    try:
        with work() as unit:
            seen = request.form.get("seen", "").replace("\r\n", "\n")
            row = categorising.change(unit, category_id, typed["name"], typed["parent_name"], seen)
            code = row.code
    except Invalid as error:
        with work() as unit:
            return _one(unit, categorising.find(unit, category_id), typed, error.fields), 422
    except Refused as error:
        with work() as unit:
            return _one(unit, categorising.find(unit, category_id), typed, {}, refusal=error.message), 409
    office().forget_rules()
    flash("已保存。", "success")
    return redirect(url_for("staff.categories", q=code), 303)


def lock(category_id: int) -> AnyResponse:
    """POST /desk/rules/categories/<id>/lock."""
    return _lock(category_id, active=False)


def unlock(category_id: int) -> AnyResponse:
    """POST /desk/rules/categories/<id>/unlock."""
    return _lock(category_id, active=True)


def show_import() -> str:
    """GET /desk/rules/categories/import."""
    with work() as unit:
        return _import(unit, {}, {})


def preview() -> Answer:
    """POST /desk/rules/categories/import: what the file would do; nothing is written."""
    typed = {name: request.form.get(name, "").strip() for name in ("scheme", "scheme_version")}
    with work() as unit:
        if not ruling.may_change(unit.actor):
            raise NotFound("没有找到这个页面。")
        try:
            lines = sheet_reading.read(sent(), categorising.NEEDED)
            if not typed["scheme"] or not typed["scheme_version"]:
                raise Invalid({"scheme": "请写方案的名称和版本，例如：GB/T 30428.2 和 2013。"})
        except Invalid as error:
            return _import(unit, typed, error.fields), 422
        plan = categorising.plan(unit, lines, typed["scheme"], typed["scheme_version"])
        return _preview(lines, plan, typed), 422 if plan.faults else 200


def confirm() -> Answer:
    """POST /desk/rules/categories/import/confirmation: all that was previewed, or nothing."""
    try:
        typed, rows = _signer().loads(request.form.get("rows", ""))
    except BadData:
        with work() as unit:
            return _import(unit, {}, {"file": _OUTDATED}), 422
    lines = [Line(*row) for row in rows]
    try:
        with work() as unit:
            lock_missing = "lock_missing" in request.form
            plan = categorising.take(unit, lines, typed["scheme"], typed["scheme_version"], lock_missing=lock_missing)
    except Invalid:  # somebody was faster
        with work() as unit:
            return _preview(lines, categorising.plan(unit, lines, typed["scheme"], typed["scheme_version"]), typed), 422
    office().forget_rules()
    locked = f"，停用 {len(plan.missing)} 类" if lock_missing and plan.missing else ""
    flash(f"已导入：新增 {len(plan.added)} 类，修改 {len(plan.changed)} 类{locked}。", "success")
    return redirect(url_for("staff.categories"), 303)


def template() -> Response:
    """GET /desk/rules/categories/template.xlsx: filled with what there is."""
    with work() as unit:
        rows = [(row.code, row.kind, row.parent_name, row.name, row.confidence) for row in categorising.browse(unit)
                if row.active]  # fmt: skip
    return workbook("类别模板.xlsx", roster.written("类别", categorising.HEADS, rows))


def workbook(name: str, data: bytes) -> Response:
    """An Excel file as a download."""
    return downloads.sent(data, name, roster.XLSX)


def sent() -> bytes:
    """The file that came with the form. Raises Invalid without one."""
    file = request.files.get("file")
    if file is None or not file.filename:
        raise Invalid({"file": "请选择填好的 Excel 或 CSV 文件。"})
    with file.stream as stream:
        return stream.read(roster.LARGEST + 1)


def _lock(category_id: int, *, active: bool) -> AnyResponse:
    try:
        with work() as unit:
            row = categorising.lock(unit, category_id, active=active)
            name = row.name
    except Refused as error:
        flash(error.message, "error")
        return redirect(url_for("staff.category", category_id=category_id), 303)
    office().forget_rules()
    flash(f"已恢复“{name}”。" if active else f"已停用“{name}”，原有工单不变，可以随时恢复。", "success")
    return redirect(url_for("staff.category", category_id=category_id), 303)


def _page(work: Work, typed: Mapping[str, str], errors: Mapping[str, str]) -> str:
    text = request.args.get("q", "").strip()[:40]
    rows = categorising.browse(work, text)
    groups = [
        {"title": f"{kind} · {parent}", "scheme": f"{words.SCHEMES.get(scheme, scheme)} {version}",
         "rows": [_line(row) for row in found]}
        for (scheme, version, kind, parent), found in groupby(rows, key=_group)
    ]  # fmt: skip
    first = rows[0] if rows else None
    begun = {"scheme": first.scheme, "scheme_version": first.scheme_version} if first else {}
    return render_template(
        "staff/categories.html",
        groups=groups,
        total=len(rows),
        text=text,
        opened=bool(text),
        step={
            "name": "add",
            "label": "新增类别",
            "url": url_for("staff.add_category"),
            "fields": _fields(),
            "typed": {**begun, **typed},
            "errors": dict(errors),
        }
        if ruling.may_change(work.actor)
        else None,
        import_url=url_for("staff.import_categories") if ruling.may_change(work.actor) else None,
        standards_url=url_for("staff.standards"),
        changes_url=url_for("staff.changes", subject=categorising.SUBJECT),
        back_url=url_for("staff.rules"),
    )


def _group(row: Category) -> tuple[str, str, str, str]:
    return row.scheme, row.scheme_version, row.kind, row.parent_name


def _line(row: Category) -> dict[str, Any]:
    return {
        "code": row.code,
        "name": row.name,
        "active": row.active,
        "unverified": row.confidence == "unverified",
        "url": url_for("staff.category", category_id=row.id),
    }


def _fields() -> list[dict[str, Any]]:
    kinds = [{"value": kind, "label": kind} for kind in categorising.KINDS]
    return [
        {"name": "code", "label": "代码", "type": "text", "required": True, "hint": "例如：B0137。"},
        {"name": "kind", "label": "性质", "type": "select", "options": kinds, "required": True},
        {"name": "parent_name", "label": "大类", "type": "text", "required": True},
        {"name": "name", "label": "小类", "type": "text", "required": True},
        {"name": "scheme", "label": "方案", "type": "text", "required": True},
        {"name": "scheme_version", "label": "方案版本", "type": "text", "required": True},
    ]


def _one(work: Work, row: Category, values: Mapping[str, str], errors: Mapping[str, str], *, refusal: str = "") -> str:
    may = ruling.may_change(work.actor)
    return render_template(
        "staff/category.html",
        category={
            "name": row.name,
            "code": row.code,
            "kind": row.kind,
            "scheme": f"{words.SCHEMES.get(row.scheme, row.scheme)} {row.scheme_version}",
            "active": row.active,
            "unverified": row.confidence == "unverified",
        },
        fields=[spec for spec in _fields() if spec["name"] in ("parent_name", "name")],
        values=dict(values),
        errors=dict(errors),
        refusal=refusal,
        seen=categorising.seen_as(row),
        links={
            "change": url_for("staff.change_category", category_id=row.id) if may else None,
            "lock": url_for("staff.lock_category", category_id=row.id) if may and row.active else None,
            "unlock": url_for("staff.unlock_category", category_id=row.id) if may and not row.active else None,
            "standards": url_for("staff.standards", category=row.code),
            "changes": url_for("staff.changes", subject=categorising.SUBJECT, subject_id=str(row.id)),
            "back": url_for("staff.categories"),
        },
    )


def _import(work: Work, typed: Mapping[str, str], errors: Mapping[str, str]) -> str:
    if not ruling.may_change(work.actor):
        raise NotFound("没有找到这个页面。")
    return render_template(
        "staff/categories_import.html",
        values=dict(typed),
        errors=dict(errors),
        heads=categorising.HEADS,
        action=url_for("staff.preview_categories"),
        template_url=url_for("staff.categories_template"),
        back_url=url_for("staff.categories"),
    )


def _preview(lines: list[Line], plan: Plan, typed: Mapping[str, str]) -> str:
    added = {wanted.code for wanted in plan.added}
    changed = {wanted.code: row for row, wanted in plan.changed}

    def state(line: Line) -> str:
        code = line.values["code"]
        if code in added:
            return "新增"
        if code in changed:
            had = changed[code]
            return f"修改，原为“{had.parent_name} · {had.name}”{'' if had.active else '（已停用）'}"
        return "不变"

    ordered = sorted(lines, key=lambda line: (line.place not in plan.faults, state(line) == "不变", line.place))
    return render_template(
        "staff/categories_preview.html",
        title=f"{typed['scheme']} {typed['scheme_version']}",
        heads=categorising.HEADS,
        lines=[
            {
                "place": line.place,
                "values": [line.values.get(head, "") for head in categorising.HEADS],
                "fault": plan.faults.get(line.place),
                "state": state(line),
            }
            for line in ordered[:SHOWN]
        ],
        total=len(lines),
        faults=len(plan.faults),
        counts={"added": len(plan.added), "changed": len(plan.changed), "same": plan.same},
        missing=[f"{row.code} {row.name}" for row in plan.missing],
        packed=None if plan.faults else _signer().dumps([dict(typed), [[line.place, line.values] for line in lines]]),
        confirm_url=url_for("staff.confirm_categories"),
        again_url=url_for("staff.import_categories"),
    )


def _signer() -> URLSafeSerializer:
    """What goes out with a page comes back as it was."""
    return URLSafeSerializer(current_app.secret_key or "", salt="categories-import")
