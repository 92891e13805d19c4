"""POST /complaints: the way in for other systems. The one address that must be quick; it asks the database once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Response, jsonify, request
from marshmallow import EXCLUDE, Schema, fields, validate

from hotline.domain.actors import Role
from hotline.domain.errors import Invalid, NotAllowed
from hotline.models import Channel, RequestType, Source, Urgency
from hotline.services import receiving
from hotline.services.phones import PhoneError, normalise_phone
from hotline.services.work import Work
from hotline.web import door
from hotline.web.api.answers import Moment, ReceiptView
from hotline.web.api.guarding import centre, own_key
from hotline.web.api.parsing import Blueprint
from hotline.web.resources import MESSAGES

blueprint = Blueprint("complaints", "登记诉求")
LONGEST_AGO = timedelta(days=366)


def one_of(words: Any, default: Any) -> fields.Enum:
    """One of the words of an enum; unknown ones are named with what is possible."""
    known = "、".join(word.value for word in words)
    return fields.Enum(
        words,
        by_value=True,
        load_default=default,
        error_messages=MESSAGES | {"unknown": f"没有这个选项，可用的有 {known}。"},
    )


def short(length: int, *, required: bool = False) -> fields.String:
    """A text of at most so many characters."""
    limit = validate.Length(max=length, error=f"内容过长，请控制在{length}字以内。")
    if required:
        return fields.String(required=True, validate=limit, error_messages=MESSAGES)
    return fields.String(load_default="", validate=limit, error_messages=MESSAGES)


def flag(default: bool) -> fields.Boolean:
    """Yes or no."""
    return fields.Boolean(load_default=default, error_messages=MESSAGES | {"invalid": "应为 true 或 false。"})


def degrees(limit: int) -> fields.Float:
    """Degrees of WGS 84."""
    within = validate.Range(-limit, limit, error=f"应在 -{limit} 到 {limit} 度之间。")
    return fields.Float(load_default=None, allow_none=True, validate=within, error_messages=MESSAGES)


class NewComplaint(Schema):
    """What one person says, once."""

    class Meta:
        unknown = EXCLUDE

    text = fields.String(required=True, error_messages=MESSAGES, metadata={"description": "诉求原话，10000字以内"})
    matter = short(200)
    place = short(500)
    area = short(100)
    name = short(60)
    phone = short(40)
    channel = one_of(Channel, Channel.API)
    source = one_of(Source, Source.CITIZEN)
    request_type = one_of(RequestType, RequestType.COMPLAINT)
    urgency = one_of(Urgency, Urgency.NORMAL)
    wants_reply = flag(True)
    confidential = flag(False)
    category = fields.String(load_default=None, allow_none=True, metadata={"description": "类别代码，见 /categories"})
    latitude = degrees(90)
    longitude = degrees(180)
    received_at = Moment(
        load_default=None,
        allow_none=True,
        error_messages=MESSAGES
        | {
            "invalid": "应为带时区的时间，例如 2026-10-12T09:00:00+08:00。",
            "invalid_awareness": "请写明时区，例如 2026-10-12T09:00:00+08:00。",
        },
        metadata={"description": "诉求到达时间；不填为现在"},
    )


@blueprint.route("/complaints", methods=["POST"])
@blueprint.arguments(NewComplaint())
@blueprint.response(201, ReceiptView)
@blueprint.alt_response(200, schema=ReceiptView, description="同一 Idempotency-Key 已登记过", success=True)
def file_complaint(data: dict[str, Any]) -> Response:
    """登记一件诉求

    同一个 Idempotency-Key 只登记一次，重发得到同一编号。查询码（key）只在第一次给出。
    """
    if not door.actor().is_any(frozenset({Role.OPERATOR})):
        raise NotAllowed("登记诉求需要受理员角色。")
    idempotency_key = own_key(request.headers.get("Idempotency-Key"))
    takes_in = centre()
    with door.work(at_once=True) as work:
        receipt = receiving.take_in(
            work, receiving.Intake(**_intake(work, data), centre=takes_in, idempotency_key=idempotency_key)
        )
        site = work.site
    if receipt.called_before:
        with door.work() as work:
            receiving.heed_caller(work, receipt)
    answer = {
        "number": receipt.number,
        "accept_due_at": receipt.accept_due_at.isoformat(),
        "status_url": f"{site}/q/{receipt.number}",
    }
    if not receipt.repeated:
        answer["key"] = receipt.key
    response = jsonify(answer)
    response.status_code = 200 if receipt.repeated else 201
    return response


def _intake(work: Work, data: dict[str, Any]) -> dict[str, Any]:
    values = dict(data)
    faults = {}
    code = values.pop("category")
    if code:
        values["category_id"] = work.rules.category_ids.get(code)
        if values["category_id"] is None:
            faults["category"] = "没有这个类别代码，请查阅 /api/v1/categories。"
    try:
        values["phone"] = checked_phone(values["phone"])
    except Invalid as fault:
        faults |= fault.fields
    at = values["received_at"]
    if at is not None and not work.now - LONGEST_AGO <= at <= work.now:
        faults["received_at"] = "到达时间不能晚于现在，也不能早于一年前。"
    if faults:
        raise Invalid(faults)
    return values


def checked_phone(typed: str) -> str:
    """E.164, or nothing for nothing. Raises Invalid."""
    try:
        return normalise_phone(typed) if typed.strip() else ""
    except PhoneError as fault:
        raise Invalid({"phone": fault.message}) from fault
