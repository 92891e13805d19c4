"""立案条件: by category, of a version of the policy or of its draft; changed only in the draft."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import groupby
from typing import Any, Final

import sqlalchemy as sa
from flask import Response, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from hotline.domain.errors import Invalid, NotFound, Refused
from hotline.domain.limits import Limit
from hotline.models import Category, PolicyVersion
from hotline.services import amending, roster, ruling, sheet_reading, standards_in
from hotline.services.amending import Draft, Standard
from hotline.services.work import Work
from hotline.web.door import work
from hotline.web.staff.categories import sent, workbook
from hotline.web.staff.policy_draft import tabs, turn_sent

Answer = str | AnyResponse | tuple[str, int]
DRAFT: Final = "draft"
MOST: Final = 300  # conditions on the page; more are sifted
_TEXTS = ("category", "number", "condition", "closing", "limit")


def show() -> str:
    """GET /desk/rules/standards: of `version` (an id, or the draft), sifted by `category` and `q`."""
    with work() as unit:
        return _page(unit, {}, {})


def save() -> Answer:
    """POST /desk/rules/standards: one condition into the draft, new or in the place of the one of its number."""
    typed = {name: request.form.get(name, "").strip() for name in _TEXTS}
    try:
        with work() as unit:
            _held(unit)
            category = unit.session.scalar(
                sa.select(Category.id).where(Category.code == typed["category"], Category.active)
            )
            standard = standards_in.check(typed, category)
            if "remove" in request.form:
                amending.save_standards(unit, [], [(standard.category_id, standard.number)], turn_sent())
            else:
                amending.save_standards(unit, [standard], [], turn_sent())
    except Invalid as error:
        with work() as unit:
            return _page(unit, typed, error.fields), 422
    except Refused as error:
        with work() as unit:
            return _page(unit, typed, {}, refusal=error.message), 409
    flash("已记入草稿，发布后生效。", "success")
    return redirect(url_for("staff.standards", version=DRAFT, category=typed["category"]), 303)


def take() -> Answer:
    """POST /desk/rules/standards/import: all lines of a file into the draft, or none; it is looked at there."""
    try:
        with work() as unit:
            _held(unit)
            checked = standards_in.read(unit, sheet_reading.read(sent(), standards_in.NEEDED))
            if checked.faults:
                return _page(unit, {}, {}, faults=checked.faults), 422
            amending.save_standards(unit, checked.standards, [], turn_sent())
    except Invalid as error:
        with work() as unit:
            return _page(unit, {}, error.fields), 422
    except Refused as error:
        with work() as unit:
            return _page(unit, {}, {}, refusal=error.message), 409
    flash(f"已把 {len(checked.standards)} 条记入草稿，请核对后发布。", "success")
    return redirect(url_for("staff.review_policy"), 303)


def download() -> Response:
    """GET /desk/rules/standards.xlsx: those that are shown, as a file to be filled in and imported."""
    with work() as unit:
        _, found = _found(unit)
        codes = _categories(unit)
        rows = [
            (
                codes[each.category_id].code,
                str(each.number),
                each.condition,
                each.closing,
                Limit.parse(each.limit).label,
            )
            for each in found
        ]
    return workbook("立案条件.xlsx", roster.written("立案条件", standards_in.NEEDED, rows))


def _held(work: Work) -> Draft | None:
    if not ruling.may_change(work.actor):
        raise NotFound("没有找到这个页面。")
    return amending.draft(work)


def _found(work: Work) -> tuple[Draft | None, list[Standard]]:
    """The draft, if that is what is shown; and the conditions."""
    asked = request.values.get("version", "")
    in_force, _ = work.rules.policy_at(work.now)
    held = amending.draft(work) if asked == DRAFT or request.method == "POST" else None
    if held is not None and ruling.may_change(work.actor):
        return held, list(amending.drafted_standards(work, held).values())
    version_id = int(asked) if asked.isascii() and asked.isdecimal() and len(asked) < 18 else in_force
    if work.session.get(PolicyVersion, version_id) is None:
        raise NotFound("没有找到这个政策版本。")
    return None, list(amending.standards_of(work, version_id).values())


def _categories(work: Work) -> dict[int, Category]:
    return {row.id: row for row in work.session.scalars(sa.select(Category))}


def _page(
    work: Work,
    typed: Mapping[str, str],
    errors: Mapping[str, str],
    *,
    refusal: str = "",
    faults: Mapping[int, str] | None = None,
) -> str:
    held, found = _found(work)
    categories = _categories(work)
    code, text = (request.args.get(name, "").strip()[:40] for name in ("category", "q"))
    found = [
        each for each in found
        if (not code or categories[each.category_id].code == code)
        and (not text or text in f"{categories[each.category_id].name}{each.condition}{each.closing}")
    ]  # fmt: skip
    found.sort(key=lambda each: (categories[each.category_id].code, each.number))
    may = ruling.may_change(work.actor)
    edited = next((each for each in found if str(each.number) == request.args.get("number")), None) if code else None
    values = {"category": code, **(_typed(edited) if edited else {}), **typed}
    return render_template(
        "staff/standards.html",
        groups=[
            {
                "title": f"{categories[category_id].code} {categories[category_id].name}",
                "rows": [_line(each, categories[category_id], held) for each in rows],
            }
            for category_id, rows in groupby(found[:MOST], key=lambda each: each.category_id)
        ],
        total=len(found),
        shown=min(len(found), MOST),
        of_draft=held is not None,
        tabs=tabs("standards") if held else None,
        draft_url=url_for("staff.standards", version=DRAFT) if may and not held and amending.draft(work) else None,
        policy_url=url_for("staff.policy"),
        filters={"version": request.values.get("version", ""), "category": code, "q": text},
        step={
            "name": "standard",
            "label": "新增或修改一条",
            "url": url_for("staff.save_standard"),  # as it is taken: the device forgets its words by this address
            "hidden": {"turn": held.turn, "version": DRAFT},
            "fields": _fields(),
            "typed": values,
            "errors": {name: told for name, told in errors.items() if name != "file"},
            "open": bool(edited or typed),
        }
        if held
        else None,
        file_error=errors.get("file"),
        refusal=refusal,
        faults=[{"place": place, "told": told} for place, told in sorted((faults or {}).items())],
        import_url=url_for("staff.take_standards", version=DRAFT) if held else None,
        turn=held.turn if held else 0,
        download_url=url_for("staff.standards_file", version=request.values.get("version", "")),
        back_url=url_for("staff.policy"),
    )


def _line(each: Standard, category: Category, held: Draft | None) -> dict[str, Any]:
    return {
        "number": each.number,
        "condition": each.condition,
        "closing": each.closing,
        "limit": Limit.parse(each.limit).label,
        "changed": bool(held and (each.category_id, each.number) in held.standards),
        "url": url_for("staff.standards", version=DRAFT, category=category.code, number=each.number) if held else None,
    }


def _typed(each: Standard) -> dict[str, str]:
    limit = Limit.parse(each.limit).label
    return {"number": str(each.number), "condition": each.condition, "closing": each.closing, "limit": limit}


def _fields() -> list[dict[str, Any]]:
    return [
        {"name": "category", "label": "类别代码", "type": "text", "required": True, "hint": "例如：B0137。"},
        {"name": "number", "label": "序号", "type": "text", "required": True, "hint": "已有的序号为修改该条。"},
        {"name": "condition", "label": "立案条件", "type": "textarea", "rows": 2, "required": True},
        {"name": "closing", "label": "结案条件", "type": "textarea", "rows": 2, "required": True},
        {
            "name": "limit",
            "label": "处理时限",
            "type": "text",
            "required": True,
            "hint": "例如：4 工作时、5 个工作日。",
        },
        {"name": "remove", "label": "从草稿中删除这一条", "type": "checkbox"},
    ]
