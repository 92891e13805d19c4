"""单位: the tree, and each unit's page to correct, move and close it. For administrators, within their own subtree."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from hotline.domain.errors import Invalid, Refused
from hotline.models import Unit, UnitKind
from hotline.services import organising, overlapping
from hotline.services.lacking import Lack
from hotline.services.organising import Node, Wanted
from hotline.services.work import Work
from hotline.web.door import work
from hotline.web.staff import options, rights, stale, words
from hotline.web.staff.moves import moving_work

Answer = str | Response | tuple[str, int]
LACKS = {Lack.HANDLERS: "没有承办人的单位", Lack.PHONE: "没有值班电话的单位"}
NAMES = ("name", "kind", "parent_id", "head_name", "head_phone", "duty_phone", "key")


def show() -> str:
    """GET /desk/units: the tree; with `lack` those units that are without something."""
    asked = request.args.get("lack", "")
    lack = Lack(asked) if asked in list(Lack) else None
    with work() as unit:
        nodes = organising.tree(unit, lack)
        return render_template(
            "staff/units.html",
            units=[_node(node) for node in nodes],
            new_url=_new_url(),
            lack=LACKS[lack] if lack else None,
            all_url=url_for("staff.units"),
        )


def new() -> str:
    """GET /desk/units/new: begun with `parent`."""
    with work() as unit:
        typed = {"parent_id": request.args.get("parent", ""), "kind": UnitKind.STATION.value}
        return _new_page(unit, typed, {})


def add() -> Answer:
    """POST /desk/units."""
    try:
        with work() as unit:
            made = organising.add(unit, _wanted(request.form))
    except Invalid as error:
        with work() as unit:
            return _new_page(unit, request.form, error.fields), 422
    flash(f"已新增“{made.name}”。", "success")
    return redirect(url_for("staff.units", _anchor=f"unit-{made.id}"), 303)


def edit(unit_id: int) -> str:
    """GET /desk/units/<id>."""
    with work() as unit:
        found = organising.find(unit, unit_id)
        return _unit_page(unit, found, _typed(found), {})


def change(unit_id: int) -> Answer:
    """POST /desk/units/<id>: corrected, and moved if it is to hang elsewhere."""
    try:
        with moving_work() as unit:
            organising.change(unit, unit_id, _wanted(request.form), request.form.get("seen", ""))
    except Invalid as error:
        with work() as unit:
            found = organising.find(unit, unit_id)
            return _unit_page(unit, found, request.form.to_dict(), error.fields), 422
    except Refused as error:
        with work() as unit:
            found = organising.find(unit, unit_id)
            return _unit_page(unit, found, request.form.to_dict(), {}, error.message), 409
    flash("已保存。", "success")
    return redirect(url_for("staff.unit", unit_id=unit_id), 303)


def close(unit_id: int) -> Answer:
    """POST /desk/units/<id>/closing. What stands in the way is told on its page."""
    try:
        with work() as unit:
            name = organising.close(unit, unit_id).name
    except Refused as error:
        flash(error.message, "error")
    else:
        flash(f"“{name}”已停用，不再接收交办。", "success")
    return redirect(url_for("staff.unit", unit_id=unit_id), 303)


def reopen(unit_id: int) -> Answer:
    """POST /desk/units/<id>/reopening."""
    try:
        with work() as unit:
            name = organising.reopen(unit, unit_id).name
    except Refused as error:
        flash(error.message, "error")
    else:
        flash(f"“{name}”已恢复使用。", "success")
    return redirect(url_for("staff.unit", unit_id=unit_id), 303)


def number(text: str) -> int | None:
    """The id that was chosen; None for what is none."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else None


def _wanted(form: MultiDict[str, str]) -> Wanted:
    kind = form.get("kind", "")
    if kind not in list(UnitKind):
        raise Invalid({"kind": "请选择单位性质。"})
    texts = {name: form.get(name, "") for name in ("name", "head_name", "head_phone", "duty_phone", "key")}
    return Wanted(kind=UnitKind(kind), parent_id=number(form.get("parent_id", "")), **texts)


def _typed(unit: Unit) -> dict[str, Any]:
    return {name: getattr(unit, name) or "" for name in NAMES}


def _new_page(work: Work, typed: Mapping[str, Any], errors: Mapping[str, str]) -> str:
    hint = "文件和接口里用的名字，例如 yuanlin；不填自动生成，以后不能改。"
    fields = [*_fields(work, None), {"name": "key", "label": "代号", "type": "text", "hint": hint}]
    return render_template(
        "staff/unit_new.html",
        fields=fields,
        values=typed,
        errors=errors,
        action=url_for("staff.add_unit"),
        back_url=url_for("staff.units"),
    )


def _unit_page(work: Work, unit: Unit, typed: Mapping[str, Any], errors: Mapping[str, str], refusal: str = "") -> str:
    standing, now, seen = organising.standing(work, unit), organising.values_of(unit), typed.get("seen", "")
    fields = _fields(work, unit)
    fixed = {spec["name"]: now[spec["name"]] for spec in fields if spec["type"] == "hidden"}  # nobody has typed these
    may_see = rights.may(work.actor, "staff.ticket")
    is_own = unit.path == work.actor.unit_path
    return render_template(
        "staff/unit.html",
        unit={"id": unit.id, "name": unit.name, "active": unit.active, "key": unit.key},
        fields=fields,
        values={**typed, **fixed},
        errors=errors,
        refusal=refusal,
        differences=stale.compared(fields, overlapping.read(seen), now, typed) if refusal else [],
        seen=seen if errors else overlapping.seen_as(now),
        tickets=standing.tickets,
        numbers=[
            {"number": each, "url": url_for("staff.ticket", number=each) if may_see else None}
            for each in standing.numbers
        ],
        in_the_way=standing.told,
        people=len(standing.people),
        may_close=unit.active and not is_own,
        links={
            "change": url_for("staff.change_unit", unit_id=unit.id),
            "close": url_for("staff.close_unit", unit_id=unit.id),
            "reopen": url_for("staff.reopen_unit", unit_id=unit.id),
            "below": _new_url(unit.id),
            "people": url_for("staff.people", unit=unit.id),
            "new_person": url_for("staff.new_person", unit=unit.id),
            "changes": url_for("staff.changes", subject=organising.SUBJECT, subject_id=unit.id),
            "back": url_for("staff.units"),
        },
    )


def _fields(work: Work, unit: Unit | None) -> list[dict[str, Any]]:
    """What is asked of a unit; the one at the top of the actor's subtree stays where it is."""
    kinds = [
        {"value": kind.value, "label": label} for kind, label in words.UNIT_KINDS.items() if kind is not UnitKind.CENTRE
    ]
    fields: list[dict[str, Any]] = [{"name": "name", "label": "名称", "type": "text", "required": True}]
    if unit is None or unit.parent_id is not None:
        fields.append(
            {"name": "kind", "label": "性质", "type": "select", "required": True, "blank": None, "options": kinds}
        )
    else:
        fields.append({"name": "kind", "type": "hidden"})
    if unit is None or unit.path != work.actor.unit_path:
        above = [each for each in options.subtree(work) if unit is None or each["value"] != unit.id]
        hint = "移到别的上级时，下级单位、全部工单和未完成的时限（含已超期的）一起过去；已完成的时限仍算在原来的上级。"
        fields.append(
            {"name": "parent_id", "label": "上级单位", "type": "select", "required": True, "options": above}
            | ({"hint": hint} if unit is not None else {})
        )
    elif unit.parent_id is not None:
        fields.append({"name": "parent_id", "type": "hidden"})
    return [
        *fields,
        {"name": "head_name", "label": "负责人", "type": "text"},
        {"name": "head_phone", "label": "负责人电话", "type": "tel"},
        {"name": "duty_phone", "label": "值班电话", "type": "tel", "hint": "交办、催办和督办的短信发到这里。"},
    ]


def _node(node: Node) -> dict[str, Any]:
    unit = node.unit
    return {
        "id": unit.id,
        "name": unit.name,
        "depth": node.depth,
        "kind_label": words.UNIT_KINDS[unit.kind],
        "head": unit.head_name,
        "head_phone": unit.head_phone,
        "duty_phone": unit.duty_phone,
        "active": unit.active,
        "people": node.people,
        "turns": node.turns,
        "url": url_for("staff.unit", unit_id=unit.id),
        "people_url": url_for("staff.people", unit=unit.id, alone="yes", state="active"),
        "below_url": _new_url(unit.id) if unit.active and unit.kind is not UnitKind.STATION else None,
    }


def _new_url(parent_id: int | None = None) -> str:
    return url_for("staff.new_unit", parent=parent_id)
