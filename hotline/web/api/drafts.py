"""Transcripts in, drafts to confirm, answer or discard (design §6)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any
from urllib.parse import unquote

from flask import Response, jsonify, request
from marshmallow import EXCLUDE, Schema, ValidationError, fields, validate

from hotline.domain.errors import Invalid
from hotline.domain.texts import clean
from hotline.models import DraftState, RequestType, Urgency
from hotline.services import confirming, transcribing
from hotline.services.paging import Place
from hotline.services.transcribing import Call
from hotline.services.transcripts import MAX_BYTES
from hotline.web import door
from hotline.web.api.answers import Moment, ReceiptView
from hotline.web.api.complaints import checked_phone
from hotline.web.api.draft_answers import DraftPage, DraftView
from hotline.web.api.guarding import own_key
from hotline.web.api.parsing import LARGEST_NUMBER, Blueprint
from hotline.web.api.tickets import Paging
from hotline.web.resources import MESSAGES

blueprint = Blueprint("drafts", "通话转写与来电草稿")

ID = f"<int(max={LARGEST_NUMBER}):draft_id>"
_draft_view = DraftView()
_moment = Moment()
BAD_TIME = "应为带时区的时间，例如 2026-10-12T09:00:00+08:00。"
KINDS = ("text/plain", "text/vtt", "application/x-subrip", "application/json", "multipart/form-data")


class CallQuery(Schema):
    """What is known of the call besides its words; each may come as a header: X-Called-At, X-Recording, X-Caller."""

    class Meta:
        unknown = EXCLUDE

    called_at = fields.String(load_default="", metadata={"description": "来电时间，ISO 8601 带时区；不填为现在"})
    recording = fields.String(load_default="", metadata={"description": "录音编号"})
    caller = fields.String(load_default="", metadata={"description": "来电号码"})


@blueprint.route("/transcripts", methods=["POST"])
@blueprint.arguments(CallQuery, location="query")
@blueprint.doc(
    requestBody={
        "required": True,
        "content": {kind: {"schema": {"type": "string", "format": "binary"}} for kind in KINDS},
    }
)
@blueprint.response(201, DraftView)
@blueprint.alt_response(200, schema=DraftView, description="同一 Idempotency-Key 已发送过", success=True)
def send_transcript(query: dict[str, str]) -> Response:
    """发送通话转写，得到来电草稿

    正文为转写文件本身（坐席/市民对话、WebVTT、SRT 或识别结果 JSON），或以 multipart 的 file 上传。
    """
    data, content_type, filename = _file()
    call = Call(
        called_at=_time(_told(query, "called_at")),
        recording=_told(query, "recording"),
        caller=_told(query, "caller"),
        content_type=content_type,
        filename=filename,
        idempotency_key=own_key(request.headers.get("Idempotency-Key")),
    )
    with door.work() as work:
        draft, known = transcribing.send(work, data, call)
        response = jsonify(_draft_view.dump(transcribing.draft_dict(work, draft)))
    response.status_code = 200 if known else 201
    return response


def _file() -> tuple[bytes, str | None, str | None]:
    """The bytes with their declared type and name: of the body, or of the one file of a form."""
    if request.mimetype == "multipart/form-data":
        files = [file for _, file in request.files.items(multi=True)]
        if len(files) != 1:
            raise Invalid({"file": "请上传一个转写文件（字段名 file）。"})
        return files[0].stream.read(MAX_BYTES + 1), files[0].mimetype, files[0].filename
    return request.stream.read(MAX_BYTES + 1), request.mimetype or None, None


def _told(query: dict[str, str], name: str) -> str:
    """From the address, else from the header; a header cannot carry Chinese but as %-escapes."""
    header = request.headers.get("X-" + name.replace("_", "-").title(), "")
    return query[name] or clean(unquote(header))


def _time(text: str) -> datetime | None:
    if not text.strip():
        return None
    try:
        moment: datetime = _moment.deserialize(text.strip().replace(" ", "+"))
    except ValidationError as fault:
        raise Invalid({"called_at": BAD_TIME}) from fault
    return moment


class DraftQuery(Paging):
    """`state`: open if not said; all for every state."""

    state = fields.String(
        load_default=DraftState.OPEN.value,
        validate=validate.OneOf([*DraftState, "all"], error=f"可用的有 {'、'.join(DraftState)}、all。"),
    )


@blueprint.route("/drafts")
@blueprint.arguments(DraftQuery, location="query")
@blueprint.response(200, DraftPage)
def list_drafts(query: dict[str, Any]) -> dict[str, Any]:
    """来电草稿，最新的在前"""
    state = None if query["state"] == "all" else DraftState(query["state"])
    with door.work() as work:
        drafts = transcribing.browse(work, state=state, place=Place(query["after"]), limit=query["limit"])
        return {"drafts": transcribing.summaries(work, drafts), "after": drafts.after}


@blueprint.route(f"/drafts/{ID}")
@blueprint.response(200, DraftView)
def show_draft(draft_id: int) -> dict[str, Any]:
    """来电草稿：对话、要素（值、所在行、把握）、还要问的问题"""
    with door.work() as work:
        return transcribing.draft_dict(work, transcribing.find(work, draft_id))


class Confirmation(Schema):
    """The fields as corrected; what is not sent stays as it was drawn out (`proposed`)."""

    class Meta:
        unknown = EXCLUDE

    text = fields.String(error_messages=MESSAGES)
    matter = fields.String(validate=validate.Length(max=200, error="请控制在200字以内。"), error_messages=MESSAGES)
    place = fields.String(validate=validate.Length(max=500, error="请控制在500字以内。"), error_messages=MESSAGES)
    area = fields.String(validate=validate.Length(max=60, error="请控制在60字以内。"), error_messages=MESSAGES)
    against = fields.String(validate=validate.Length(max=200, error="请控制在200字以内。"), error_messages=MESSAGES)
    name = fields.String(validate=validate.Length(max=60, error="请控制在60字以内。"), error_messages=MESSAGES)
    phone = fields.String(error_messages=MESSAGES)
    category = fields.String(allow_none=True, metadata={"description": "类别代码，见 /categories"})
    urgency = fields.Enum(Urgency, by_value=True, error_messages=MESSAGES | {"unknown": "可用的有 normal、urgent。"})
    request_type = fields.Enum(
        RequestType, by_value=True, error_messages=MESSAGES | {"unknown": f"可用的有 {'、'.join(RequestType)}。"}
    )
    wants_reply = fields.Boolean(error_messages=MESSAGES)
    confidential = fields.Boolean(error_messages=MESSAGES)


@blueprint.route(f"/drafts/{ID}/confirmation", methods=["POST"])
@blueprint.arguments(Confirmation)
@blueprint.response(201, ReceiptView)
def confirm_draft(data: dict[str, Any], draft_id: int) -> dict[str, Any]:
    """确认来电草稿，转为工单；受理时限从来电时起算"""
    with door.work() as work:
        values = dict(data)
        if (code := values.pop("category", None)) and code not in work.rules.category_ids:
            raise Invalid({"category": "没有这个类别代码，请查阅 /api/v1/categories。"})
        if "phone" in values:
            values["phone"] = checked_phone(values["phone"])
        values["category_id"] = work.rules.category_ids[code] if code else None
        draft = transcribing.find(work, draft_id)
        receipt = confirming.confirm(work, draft_id, replace(transcribing.proposed(work, draft), **values))
        return {
            "number": receipt.number,
            "key": receipt.key,
            "accept_due_at": receipt.accept_due_at,
            "status_url": f"{work.site}/q/{receipt.number}",
        }


class SpotAnswer(Schema):
    class Meta:
        unknown = EXCLUDE

    answer = fields.String(required=True, error_messages=MESSAGES)


@blueprint.route(f"/drafts/{ID}/answer", methods=["POST"])
@blueprint.arguments(SpotAnswer)
@blueprint.response(200, DraftView)
def answer_draft(data: dict[str, Any], draft_id: int) -> dict[str, Any]:
    """咨询已当场答复，不转工单"""
    with door.work() as work:
        return transcribing.draft_dict(work, confirming.answer(work, draft_id, data["answer"]))


class Discarding(Schema):
    class Meta:
        unknown = EXCLUDE

    reason = fields.String(required=True, error_messages=MESSAGES)


@blueprint.route(f"/drafts/{ID}/discard", methods=["POST"])
@blueprint.arguments(Discarding)
@blueprint.response(200, DraftView)
def discard_draft(data: dict[str, Any], draft_id: int) -> dict[str, Any]:
    """作废来电草稿，写明原因"""
    with door.work() as work:
        return transcribing.draft_dict(work, confirming.discard(work, draft_id, data["reason"]))
