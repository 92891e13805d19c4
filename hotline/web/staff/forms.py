"""From a step's schema to the fields of a form, and from what was typed back to checked data.

The schema says everything once (`hotline.web.resources`); nothing here knows a step by name.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from enum import Enum
from functools import cache
from typing import Any

from marshmallow import Schema, ValidationError, fields
from werkzeug.datastructures import MultiDict

from hotline.domain.errors import Invalid
from hotline.domain.texts import clean

Option = Mapping[str, Any]
Offer = Callable[[str], Sequence[Option]]

#: Said where the library has only English words for what cannot be read (a tampered form, mostly).
UNREADABLE = "内容不符合要求，请重新选择或填写。"
MISSING = ("请填写。", "请选择。")
NO_CHOICE = "没有可选的内容。"


@cache
def fields_of(schema: type[Schema]) -> Mapping[str, fields.Field[Any]]:
    """The fields of a schema, to read of: its class says them once for all. Data is loaded by a schema of its own."""
    return schema().fields


def specs(schema: type[Schema], offer: Offer) -> list[dict[str, Any]]:
    """The fields as the macros take them (macros/forms.html render()). `offer` gives the options of a named list; what
    says `where` is left out if that list is empty."""
    return [_spec(name, field, offer) for name, field in fields_of(schema).items() if _is_shown(field, offer)]


def _is_shown(field: fields.Field[Any], offer: Offer) -> bool:
    where = field.metadata.get("where")
    return _widget(field) != "hidden" and (where is None or bool(offer(str(where))))


def _spec(name: str, field: fields.Field[Any], offer: Offer) -> dict[str, Any]:
    meta = field.metadata
    spec: dict[str, Any] = {
        "name": name,
        "label": meta.get("label", name),
        "type": _widget(field),
        "hint": meta.get("hint") or None,
        "required": field.required,
    }
    if "rows" in meta:
        spec["rows"] = meta["rows"]
    if "options" in meta:
        spec |= _choices(spec["type"], meta["options"], offer)
    if "fold" in meta:
        spec["fold"] = meta["fold"]
    if isinstance(field, fields.Enum):  # one of them always holds: there is no empty choice to offer
        spec |= {"blank": None, "required": True}
        if isinstance(field.load_default, Enum):
            spec["value"] = field.load_default.value
    return spec


def insisted(spec: dict[str, Any], why: str) -> dict[str, Any]:
    """The same field where it cannot be left empty for once, and why."""
    return spec | {"required": True, "hint": why} if why else spec


def _choices(widget: str, options: Any, offer: Offer) -> dict[str, Any]:
    if not isinstance(options, str):
        chosen = [{"value": value, "label": label} for value, label in options]
        return {"options": chosen, "inline": True} if widget == "radio" else {"options": chosen}
    found = list(offer(options))
    if widget == "checkboxes":
        return {"options": found, "fold": True}
    return {"options": found} if found else {"options": found, "blank": NO_CHOICE}


def parse(schema: type[Schema], form: MultiDict[str, str]) -> dict[str, Any]:
    """Checked data of what was sent. Raises Invalid with a sentence for each field."""
    checker = schema()
    try:
        loaded = checker.load(_raw(checker, form))
    except ValidationError as error:
        found = error.normalized_messages()
        raise Invalid({name: _sentence(told, checker.fields.get(name)) for name, told in found.items()}) from error
    return dict(loaded)


def typed(schema: type[Schema], form: MultiDict[str, str]) -> dict[str, Any]:
    """What was sent, as the form shows it again: nothing typed is lost."""
    values: dict[str, Any] = {}
    for name, field in fields_of(schema).items():
        if isinstance(field, fields.List):
            values[name] = form.getlist(name)
        elif isinstance(field, fields.Boolean) and _widget(field) == "checkbox":
            values[name] = name in form
        elif name in form:
            values[name] = form[name]
    return values


def kept(schema: type[Schema], form: MultiDict[str, str], offer: Offer) -> list[dict[str, str]]:
    """What was sent, to be copied where the form itself is no longer offered; choices by their words."""
    values = typed(schema, form)
    told = [(spec["label"], in_words(spec, values.get(spec["name"]))) for spec in specs(schema, offer)]
    return [{"label": label, "value": said} for label, said in told if said.strip()]


def in_words(spec: Mapping[str, Any], value: Any) -> str:
    """A value of a field as a person reads it: a choice by its label, a tick as 是."""
    if spec["type"] == "checkbox":
        return "是" if value else ""
    if "options" not in spec:
        return str(value or "")
    labels = {str(option["value"]): str(option["label"]).strip() for option in spec["options"]}
    chosen = value if isinstance(value, list) else [value]
    return "、".join(labels.get(str(each), str(each)) for each in chosen if each not in (None, ""))


def initial(schema: type[Schema], source: object, **more: Any) -> dict[str, Any]:
    """What the form begins with: the attributes of `source` with the fields' names, and `more`."""
    values = {name: _shown(getattr(source, name)) for name in fields_of(schema) if hasattr(source, name)}
    values.pop("version", None)
    return values | more


def _widget(field: fields.Field[Any]) -> str:
    return str(field.metadata.get("widget", "text"))


def _raw(schema: Schema, form: MultiDict[str, str]) -> dict[str, Any]:
    raw: dict[str, Any] = {}
    for name, field in schema.fields.items():
        if isinstance(field, fields.List):
            raw[name] = [value for value in form.getlist(name) if value]
        elif isinstance(field, fields.Boolean) and _widget(field) == "checkbox":
            raw[name] = name in form
        elif isinstance(field, fields.String):
            if name in form:
                raw[name] = clean(form[name])
        elif form.get(name, "").strip():  # an empty choice, number or date is one that was not made
            raw[name] = form[name].strip()
    return raw


def _sentence(told: Any, field: fields.Field[Any] | None) -> str:
    """The first thing said about a field; what is only missing is called by its name."""
    while not isinstance(told, str):
        told = next(iter(told.values() if isinstance(told, Mapping) else told), UNREADABLE)
    if told in MISSING and field is not None and "label" in field.metadata:
        return f"{told.removesuffix('。')}{field.metadata['label']}。"
    return UNREADABLE if told.isascii() else told


def _shown(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, date):
        return value.isoformat()
    return "" if value is None else value
