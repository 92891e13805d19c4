"""诉求要素: the fields of a call's form, whether drawn out of a transcript or taken down by hand."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from flask import request
from marshmallow import fields, validate

from hotline.domain.errors import Invalid
from hotline.domain.texts import as_dialled
from hotline.models import Channel, RequestType, Source, Urgency
from hotline.services import receiving
from hotline.services.phones import PhoneError, normalise_phone
from hotline.services.transcribing import Confirmed
from hotline.services.work import Work
from hotline.web.resources import MESSAGES, ROW, Form
from hotline.web.staff import forms, options, words

DOUBTFUL = 0.6  # what is less sure is said to be
DOUBT = "把握不大，请对照通话核对。"


def _short(label: str, length: int, hint: str = "") -> fields.String:
    limit = validate.Length(max=length, error=f"请控制在{length}字以内。")
    meta = {"label": label, "widget": "text", "hint": hint}
    return fields.String(load_default="", validate=limit, error_messages=MESSAGES, metadata=meta)


def _one_of(label: str, enum: Any, labels: Mapping[Any, str], default: Any) -> fields.Enum:
    meta = {"label": label, "widget": "select", "options": [(word.value, text) for word, text in labels.items()]}
    return fields.Enum(enum, by_value=True, load_default=default, error_messages=MESSAGES, metadata=meta)


def _yes(label: str, hint: str = "") -> fields.Boolean:
    return fields.Boolean(load_default=False, metadata={"label": label, "widget": "checkbox", "hint": hint})


class Elements(Form):
    """诉求要素, as the operator corrects them."""

    text = fields.String(
        required=True,
        validate=validate.Length(min=1, max=receiving.LONGEST, error=f"请写下诉求内容，{receiving.LONGEST}字以内。"),
        error_messages=MESSAGES | {"required": "请写下诉求内容。"},
        metadata={"label": "诉求内容", "widget": "textarea", "rows": 6},
    )
    matter = _short("事项", 200, "一句话写明什么问题；不填则取内容的第一句。")
    place = _short("地点", 500, "例如：香溪路与大桥路口")
    area = _short("区域", 60, "区县、街道或网格，例如：东区。")
    against = _short("被反映对象", 200, "单位、店铺、工地或车牌，没有就不填。")
    name = _short("姓名", 60)
    phone = _short("电话", 40, "用于答复；不填则只能在查询页查看答复。")
    category_id = fields.Integer(
        allow_none=True, load_default=None, validate=ROW, error_messages=MESSAGES,
        metadata={"label": "类别", "widget": "select", "options": "categories"},
    )  # fmt: skip
    urgency = _one_of("紧急程度", Urgency, words.URGENCIES, Urgency.NORMAL)
    request_type = _one_of("诉求类型", RequestType, words.REQUEST_TYPES, RequestType.COMPLAINT)
    wants_reply = _yes("要求答复")
    confidential = _yes("保密", "承办单位看不到诉求人信息。")


class NewCall(Elements):
    """The same for a call without a transcript, or for what came from an official source."""

    channel = _one_of("渠道", Channel, {Channel.PHONE: "电话", Channel.STAFF: "工作人员录入"}, Channel.PHONE)
    source = _one_of("来源", Source, words.SOURCES, Source.CITIZEN)
    once = fields.String(load_default="", validate=validate.Length(max=80), metadata={"widget": "hidden"})


def checked(schema: type[Elements]) -> dict[str, Any]:
    """The checked fields, the number made E.164. Raises Invalid with every fault at once."""
    faults: dict[str, str] = {}
    phone = ""
    if typed := request.form.get("phone", "").strip():
        try:
            phone = normalise_phone(typed)
        except PhoneError as error:
            faults["phone"] = error.message
    try:
        data = forms.parse(schema, request.form)
    except Invalid as error:
        raise Invalid({**error.fields, **faults}) from error
    if faults:
        raise Invalid(faults)
    data.pop("version", None)
    return data | {"phone": phone}


def specs(work: Work, schema: type[Elements], parts: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The form's fields, each with the line of the call that its value came from, and whether that is in doubt."""
    offered = {"categories": lambda: options.categories(work)}
    found = forms.specs(schema, lambda name: offered[name]())
    for spec in found:
        part = parts.get(spec["name"]) or (parts.get("same_number") if spec["name"] == "phone" else None)
        if part and part["value"] is not None:
            spec["lines"] = [part["line"]]
            if part["confidence"] < DOUBTFUL:
                spec["hint"] = DOUBT
        if spec["name"] == "phone":
            spec |= {"type": "tel", "attrs": {"autocomplete": "off", "inputmode": "tel"}}
    return found


def values(confirmed: Confirmed) -> dict[str, Any]:
    """What the form begins with."""
    shown = {name: getattr(value, "value", value) for name, value in asdict(confirmed).items()}
    return shown | {"phone": national(confirmed.phone)}


def typed(values: Mapping[str, Any]) -> Confirmed:
    """What stands in the form, as far as it can be used to look for the same matter; nothing is checked."""
    phone, category = str(values.get("phone") or ""), str(values.get("category_id") or "")
    try:
        number = normalise_phone(phone) if phone else ""
    except PhoneError:
        number = ""
    return Confirmed(
        text=str(values.get("text") or ""),
        matter=str(values.get("matter") or ""),
        place=str(values.get("place") or ""),
        against=str(values.get("against") or ""),
        phone=number,
        category_id=int(category) if re.fullmatch("[0-9]{1,9}", category) else None,
    )


def national(number: str | None) -> str | None:
    """As people here write it."""
    return number and as_dialled(number)
