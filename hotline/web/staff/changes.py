"""变更记录: what administrators have changed, field by field, and what can be taken back."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta
from typing import Any, Final

import sqlalchemy as sa
from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from hotline.domain.actors import Role
from hotline.domain.days import is_countable
from hotline.domain.errors import Refused
from hotline.models import Unit, UnitKind
from hotline.services import calendaring, changing
from hotline.services.changing import Difference, Filter, Line
from hotline.services.work import Work
from hotline.web.door import work
from hotline.web.paging import place_of
from hotline.web.staff import webhooks, words
from hotline.web.staff.moves import moving_work

NOTHING = "（空）"
LONG: Final = 8  # entries of two lists that are still told whole; of longer ones only what differs
KINDS = {changing.Kind.ADDED: "新增", changing.Kind.CHANGED: "修改", changing.Kind.REMOVED: "删除"}
NAMES = ("subject", "subject_id", "person", "name", "since", "until")


def show() -> str | AnyResponse:
    """GET /desk/changes: newest first, sifted by the query."""
    asked = {name: request.args.get(name, "").strip() for name in NAMES}
    with work() as unit:
        found = changing.browse(unit, _filter(unit, asked), place_of(request.args))
        if found.astray:
            return redirect(url_for("staff.changes", **_said(asked)), 302)
        units = _units(unit, found)
        return render_template(
            "staff/changes.html",
            lines=[_shown(line, units) for line in found],
            filters=_filters(),
            values=asked,
            sifted=any(asked.values()),
            next_url=_way(asked, after=found.after),
            prev_url=_way(asked, before=found.before),
        )


def undo(change_id: int) -> AnyResponse:
    """POST /desk/changes/<id>/reversal: back to where the button was pressed."""
    try:
        with moving_work() as unit:
            line = changing.undo(unit, change_id)
    except Refused as error:
        flash(error.message, "error")
    else:
        flash(f"已撤销对“{line.name}”的这项变更。", "success")
    asked = {name: request.form.get(name, "") for name in (*NAMES, "after", "before")}
    return redirect(url_for("staff.changes", **_said(asked)), 303)


def _filter(work: Work, asked: Mapping[str, str]) -> Filter:
    since, until = _day(work, asked["since"], 0), _day(work, asked["until"], 1)
    return Filter(asked["subject"], asked["subject_id"], asked["person"], asked["name"], since, until)


def _day(work: Work, text: str, later: int) -> datetime | None:
    """The beginning of the city's day, or of the one after; nothing for what is no day."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    if not is_countable(day):
        return None
    return datetime.combine(day + timedelta(days=later), time(), work.rules.zone)


def _filters() -> list[dict[str, Any]]:
    subjects = [{"value": subject.key, "label": subject.label} for subject in changing.SUBJECTS.values()]
    return [
        {"name": "subject", "label": "事项", "type": "select", "blank": "全部", "options": subjects},
        {"name": "name", "label": "名称", "type": "search"},
        {"name": "person", "label": "谁改的", "type": "search", "attrs": {"placeholder": "姓名"}},
        {"name": "since", "label": "从", "type": "date"},
        {"name": "until", "label": "到", "type": "date"},
    ]


def _said(asked: Mapping[str, str]) -> dict[str, Any]:
    return {name: value for name, value in asked.items() if value}


def _way(asked: Mapping[str, str], **key: int | None) -> str | None:
    query: dict[str, Any] = _said(asked) | key
    return None if None in key.values() else url_for("staff.changes", **query)


def _units(work: Work, lines: Iterable[Line]) -> dict[int, str]:
    """The names of all units that the page speaks of, in one query."""
    values = [each for line in lines for told in line.differences if _is_unit(told.field) for each in _both(told)]
    ids = {value for value in values if isinstance(value, int)}
    return dict(work.session.execute(sa.select(Unit.id, Unit.name).where(Unit.id.in_(ids))).all()) if ids else {}


def _both(told: changing.Difference) -> list[Any]:
    found = []
    for value in (told.before, told.after):
        found += value if isinstance(value, list) else [value]
    return found


def _is_unit(field: str) -> bool:
    return field.endswith(("unit_id", "parent_id", "unit_ids"))


def _shown(line: Line, units: Mapping[int, str]) -> dict[str, Any]:
    return {
        "id": line.id,
        "at": line.happened_at,
        "by": line.actor_name,
        "what": line.label,
        "name": line.name,
        "kind": "撤销" if line.undoes_id else KINDS[line.kind],
        "differences": [_difference(told, line.kind, units) for told in line.differences],
        "undone": {"by": line.undone_by, "at": line.undone_at} if line.undone_at else None,
        "undo_url": url_for("staff.undo_change", change_id=line.id) if line.undoable else None,
    }


def _difference(told: Difference, kind: changing.Kind, units: Mapping[int, str]) -> dict[str, Any]:
    before, after = told.before, told.after
    if isinstance(before, list) and isinstance(after, list) and len(before) + len(after) > LONG:
        new, gone = ([each for each in one if each not in other] for one, other in ((after, before), (before, after)))
        parts = [f"{word} {_told(told.field, some, units)}" for word, some in (("增加", new), ("减去", gone)) if some]
        return {"label": told.label, "before": None, "after": "；".join(parts) or "次序改变"}
    return {
        "label": told.label,
        "before": None if kind is changing.Kind.ADDED else _told(told.field, before, units),
        "after": _told(told.field, after, units),
    }


def _told(field: str, value: Any, units: Mapping[int, str]) -> str:
    """A stored value in words."""
    if value is None or value in ("", []):
        return NOTHING
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, list):
        return "、".join(dict.fromkeys(_told(field, each, units) for each in value))
    if isinstance(value, dict):
        return json.dumps(value, ensure_ascii=False)
    if _is_unit(field):
        return units.get(value, str(value))
    if field in _DAYS:
        return _DAY.sub(_DAYS[field], str(value))
    if field == "seasons":
        return _OF_WEEK.sub(lambda match: f"{calendaring.WEEKDAYS[match[1]]} {match[2] or '休息'}", str(value))
    return _WORDS.get(field, {}).get(str(value), str(value))


_DAY = re.compile(r"(\d{4})-0?(\d+)-0?(\d+)")
_DAYS = {"holidays": r"\2月\3日", "makeup_days": r"\2月\3日", "effective_from": r"\1年\2月\3日"}
_OF_WEEK = re.compile(f"({'|'.join(calendaring.WEEKDAYS)})=(\\S*)")
_WORDS: dict[str, dict[str, str]] = {
    "steps": webhooks.LABELS,
    "roles": {role.value: words.ROLES.get(role, role.value) for role in Role},
    "kind": {kind.value: words.UNIT_KINDS[kind] for kind in UnitKind},
}
