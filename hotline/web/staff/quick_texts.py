"""快捷用语: one's own texts at hand and the unit's, to add to, to change, to take away and to bring back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from marshmallow import fields
from werkzeug.wrappers import Response

from hotline.domain import phrases
from hotline.domain.errors import Invalid, Refused
from hotline.domain.phrases import Phrase
from hotline.domain.texts import clean
from hotline.models import QuickText
from hotline.services import phrasing
from hotline.services.work import Work
from hotline.web import resources
from hotline.web.door import work
from hotline.web.problems import status_of
from hotline.web.staff.forms import fields_of

Answer = str | Response | tuple[str, int]

FIELDS = "、".join(f"{{{name}}}" for name in phrases.FIELDS)
FIELDS_HINT = f"可用{FIELDS}，取用时按工单填写；没有内容的留作“……”。"


@dataclass(frozen=True)
class Typed:
    """A form that came back."""

    phrase: Phrase
    of_unit: bool
    errors: Mapping[str, str] = field(default_factory=dict)
    id: int | None = None


def show() -> str:
    """GET /desk/quick-texts. `removed`: the one that was just taken away, and can be brought back."""
    with work() as unit:
        return _page(unit)


def add() -> Answer:
    """POST /desk/quick-texts."""
    phrase, of_unit = _typed()
    try:
        with work() as unit:
            phrasing.add(unit, phrase, of_unit=of_unit)
    except (Invalid, Refused) as error:
        return _again(Typed(phrase, of_unit, _faults(error)), status_of(error))
    flash(f"已保存快捷用语“{phrase.name}”。", "success")
    return redirect(url_for("staff.quick_texts"), 303)


def edit(text_id: int) -> str:
    """GET /desk/quick-texts/<id>: one of those that the reader keeps."""
    with work() as unit:
        row = phrasing.find(unit, text_id)
        typed = Typed(Phrase(row.name, row.text, tuple(row.nouns)), row.owner_id is None, id=row.id)
        return _edit_page(unit, typed)


def change(text_id: int) -> Answer:
    """POST /desk/quick-texts/<id>."""
    phrase, of_unit = _typed()
    try:
        with work() as unit:
            phrasing.change(unit, text_id, phrase, of_unit=of_unit)
    except Invalid as error:
        with work() as unit:
            return _edit_page(unit, Typed(phrase, of_unit, _faults(error), text_id)), 422
    flash(f"已更改快捷用语“{phrase.name}”。", "success")
    return redirect(url_for("staff.quick_texts"), 303)


def remove(text_id: int) -> Answer:
    """POST /desk/quick-texts/<id>/removal: at once; the page that follows offers to take it back."""
    with work() as unit:
        phrasing.remove(unit, text_id)
    return redirect(url_for("staff.quick_texts", removed=text_id), 303)


def restore(text_id: int) -> Answer:
    """POST /desk/quick-texts/<id>/restoration."""
    with work() as unit:
        name = phrasing.restore(unit, text_id).name
    flash(f"已恢复快捷用语“{name}”。", "success")
    return redirect(url_for("staff.quick_texts"), 303)


def _typed() -> tuple[Phrase, bool]:
    nouns = tuple(noun for noun in request.form.getlist("nouns") if noun in _forms())
    phrase = Phrase(clean(request.form.get("name", "")), clean(request.form.get("text", "")), nouns)
    return phrase, "of_unit" in request.form


def _faults(error: Invalid | Refused) -> Mapping[str, str]:
    return error.fields if isinstance(error, Invalid) else {"form": error.message}


def _again(typed: Typed, status: int) -> tuple[str, int]:
    with work() as unit:
        return _page(unit, typed), status


def _page(work: Work, typed: Typed | None = None) -> str:
    texts = phrasing.at_hand(work)
    return render_template(
        "staff/quick_texts.html",
        own=[_line(each) for each in texts if each.owner_id is not None],
        of_unit=[_line(each) for each in texts if _is_of_unit(work, each)],
        from_above=[_line(each) for each in texts if each.owner_id is None and not _is_of_unit(work, each)],
        keeps=phrasing.keeps_units(work.actor),
        step=_step(work, typed),
        removed=_removed(work),
    )


def _is_of_unit(work: Work, text: QuickText) -> bool:
    return text.owner_id is None and text.unit_path == work.actor.unit_path


def _line(text: QuickText) -> dict[str, Any]:
    labels = _forms()
    return {
        "name": text.name,
        "text": text.text,
        "nouns": "、".join(labels[noun] for noun in text.nouns if noun in labels) or "全部办理环节",
        "url": url_for("staff.quick_text", text_id=text.id),
        "remove_url": url_for("staff.remove_quick_text", text_id=text.id),
    }


def _removed(work: Work) -> dict[str, str] | None:
    asked = request.args.get("removed", "")
    if not (asked.isascii() and asked.isdecimal() and len(asked) < 19):
        return None
    row = phrasing.find_removed(work, int(asked))
    return {"name": row.name, "url": url_for("staff.restore_quick_text", text_id=row.id)} if row else None


def _edit_page(work: Work, typed: Typed) -> str:
    return render_template(
        "staff/quick_text.html",
        step=_step(work, typed),
        remove_url=url_for("staff.remove_quick_text", text_id=typed.id),
        back_url=url_for("staff.quick_texts"),
    )


def _step(work: Work, typed: Typed | None) -> dict[str, Any]:
    """The form as macros/forms.html step() shows it."""
    text_id = typed.id if typed is not None else None
    is_new = text_id is None
    shown: dict[str, Any] = {}
    if typed is not None:
        phrase = typed.phrase
        shown = {"name": phrase.name, "text": phrase.text, "nouns": list(phrase.nouns), "of_unit": typed.of_unit}
    return {
        "name": "quick-text",
        "label": "新增一条" if is_new else "保存",
        "url": url_for("staff.add_quick_text") if is_new else url_for("staff.change_quick_text", text_id=text_id),
        "fields": _fields(work),
        "typed": shown,
        "errors": dict(typed.errors) if typed else {},
        "open": not is_new or typed is not None,
        "primary": True,
    }


def _fields(work: Work) -> Sequence[dict[str, Any]]:
    nouns = [{"value": noun, "label": label} for noun, label in _forms().items()]
    shown = [
        {"name": "name", "label": "名称", "type": "text", "required": True, "hint": "例如：答复：已修复。",
         "attrs": {"maxlength": phrases.LONGEST_NAME}},
        {"name": "text", "label": "内容", "type": "textarea", "required": True, "rows": 4, "hint": FIELDS_HINT,
         "attrs": {"maxlength": phrases.LONGEST}},
        {"name": "nouns", "label": "用于", "type": "checkboxes", "options": nouns, "fold": True,
         "hint": "不选则各办理环节都可以用。"},
    ]  # fmt: skip
    if phrasing.keeps_units(work.actor):
        hint = "本单位及下级单位的人员都可以使用。"
        shown.append({"name": "of_unit", "label": "存为本单位的快捷用语", "type": "checkbox", "hint": hint})
    return shown


@cache
def _forms() -> Mapping[str, str]:
    """The steps that something longer is written in, by noun."""
    return {
        each.noun: each.label
        for each in resources.RESOURCES
        if any(_is_long(field) for field in fields_of(each.schema).values())
    }


def _is_long(field: fields.Field[Any]) -> bool:
    return field.metadata.get("widget") == "textarea"
