"""Many transcripts in one request: each its own transaction and its own answer, so that a broken one loses no other."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping
from typing import Any

import structlog
from flask import abort, request
from marshmallow import EXCLUDE, Schema, ValidationError, fields, validate
from sqlalchemy.exc import InterfaceError, OperationalError

from hotline.domain.errors import HotlineError, Invalid, NotAllowed
from hotline.domain.texts import clean
from hotline.services import transcribing
from hotline.services.transcribing import Call
from hotline.web import door
from hotline.web.api.answers import Moment
from hotline.web.api.draft_answers import DraftLine
from hotline.web.api.guarding import own_key
from hotline.web.api.parsing import PLAIN, Blueprint, by_field
from hotline.web.problems import problem, status_of

log = structlog.get_logger()

blueprint = Blueprint("transcripts", "通话转写，批量")

MOST = 200  # transcripts in one request
LARGEST = 32 * 1024 * 1024  # bytes of one request
LONGEST_KEY = 200
NO_TIME = "应为带时区的时间，例如 2026-10-12T09:00:00+08:00。"
WRONG: dict[str, Any] = {"invalid": PLAIN, "null": PLAIN, "required": "请填写。"}
UNFORESEEN = "系统出现故障，这一份没有收下，已记入日志，请稍后用同一 idempotency_key 重发。"


def _word(what: str) -> fields.String:
    return fields.String(load_default="", error_messages=WRONG, metadata={"description": what})


class BatchItem(Schema):
    """One transcript: its words as `text`, or the file's bytes as `base64`; one of the two."""

    class Meta:
        unknown = EXCLUDE

    idempotency_key = fields.String(
        load_default="",
        validate=validate.Length(max=LONGEST_KEY, error=f"请控制在{LONGEST_KEY}个字符以内。"),
        error_messages=WRONG,
        metadata={"description": "同一键再次发送，得到同一份草稿；与单份发送的 Idempotency-Key 通用"},
    )
    recording = _word("录音编号")
    caller = _word("来电号码")
    called_at = Moment(
        load_default=None,
        allow_none=True,
        error_messages=dict.fromkeys(("invalid", "invalid_awareness", "format"), NO_TIME),
        metadata={"description": "来电时间，ISO 8601 带时区；不填为现在"},
    )
    content_type = _word("转写的类型，例如 text/vtt；不填按内容识别")
    filename = _word("文件名")
    text = fields.String(load_default=None, error_messages=WRONG, metadata={"description": "转写的文字"})
    base64 = fields.String(load_default=None, error_messages=WRONG, metadata={"description": "转写文件，Base64 编码"})


class BatchOutcome(Schema):
    """`status`: 201 a new draft, 200 the same as before, 422 not taken in (`code`, `title`, `errors` tell why)."""

    index = fields.Integer()
    idempotency_key = fields.String(allow_none=True)
    status = fields.Integer()
    draft = fields.Nested(DraftLine)
    code = fields.String()
    title = fields.String()
    errors = fields.Dict(keys=fields.String(), values=fields.String())


class BatchView(Schema):
    """Outcomes in the order of what was sent."""

    created = fields.Integer()
    known = fields.Integer()
    refused = fields.Integer()
    results = fields.List(fields.Nested(BatchOutcome))


_item = BatchItem()


@blueprint.route("/transcripts/batch", methods=["POST"])
@blueprint.doc(requestBody={"required": True, "content": {"application/json": {"schema": BatchItem(many=True)}}})
@blueprint.response(200, BatchView)
def send_transcripts() -> dict[str, Any]:
    """批量发送通话转写，每份各自成败

    正文为 JSON 数组，最多 200 份、32 MB。总是 200，逐份看 results 里的 status。
    """
    results = [_outcome(index, item) for index, item in enumerate(_items())]
    made = [result["status"] for result in results]
    return {
        "created": made.count(201),
        "known": made.count(200),
        "refused": sum(status >= 400 for status in made),
        "results": results,
    }


def _items() -> list[Any]:
    """The list that was sent, whatever its items are. Aborts for what is no such list."""
    if not request.is_json:
        abort(problem(415, "unsupported_media_type", "请以 application/json 发送 JSON（UTF-8 编码）。"))
    raw = request.stream.read(LARGEST + 1)
    if len(raw) > LARGEST:
        abort(
            problem(
                413, "request_entity_too_large", f"内容过大，请控制在 {LARGEST // 1024 // 1024} MB 以内，分批发送。"
            )
        )
    try:
        found = json.loads(raw.decode("utf-8-sig"))
    except UnicodeDecodeError:
        abort(problem(400, "wrong_encoding", "请求内容不是 UTF-8 编码，请转换后再发送。"))
    except (ValueError, RecursionError):
        abort(problem(400, "broken_json", "JSON 格式有误，请检查引号、逗号和括号是否成对。"))
    if not isinstance(found, list) or not 1 <= len(found) <= MOST:
        abort(problem(422, "invalid", f"请求内容应为一个 JSON 数组，1 到 {MOST} 份转写。"))
    return found


def _outcome(index: int, item: Any) -> dict[str, Any]:
    """One transcript, taken in or refused. Raises NotAllowed, which holds for all of them."""
    key = item.get("idempotency_key") if isinstance(item, dict) else None
    told: dict[str, Any] = {
        "index": index,
        "idempotency_key": clean(key)[:LONGEST_KEY] if isinstance(key, str) else None,
    }
    try:
        return told | _send(item)
    except NotAllowed:
        raise
    except HotlineError as refusal:
        errors = {"errors": refusal.fields} if isinstance(refusal, Invalid) else {}
        return told | {"status": status_of(refusal), "code": refusal.code, "title": refusal.message} | errors
    except (OperationalError, InterfaceError):  # the database is away, or will be asked too much: so for the rest
        raise
    except Exception as fault:
        log.error("transcript_failed", error=type(fault).__name__)
        return told | {"status": 500, "code": "internal", "title": UNFORESEEN}


def _send(item: Any) -> dict[str, Any]:
    sent = _checked(item)
    call = Call(
        called_at=sent["called_at"],
        recording=clean(sent["recording"]),
        caller=clean(sent["caller"]),
        content_type=clean(sent["content_type"]) or None,
        filename=clean(sent["filename"]) or None,
        idempotency_key=own_key(clean(sent["idempotency_key"])),  # of nothing visible: none, not that of all such
    )
    data = _bytes(sent)
    with door.work() as work:
        draft, known = transcribing.send(work, data, call)
        (line,) = transcribing.summaries(work, [draft])
    return {"status": 200 if known else 201, "draft": line}


def _checked(item: Any) -> Mapping[str, Any]:
    if not isinstance(item, dict):
        raise Invalid({"item": '每一份应为一个 JSON 对象，例如 {"text": "坐席：…"}。'})
    try:
        found: Mapping[str, Any] = _item.load(item)
    except ValidationError as wrong:
        raise Invalid(by_field(wrong.messages_dict)) from wrong
    return found


def _bytes(sent: Mapping[str, Any]) -> bytes:
    """The file as it would have been sent alone."""
    if (sent["text"] is None) == (sent["base64"] is None):
        raise Invalid({"text": "请填写 text（文字）或 base64（文件）之一。"})
    if sent["text"] is not None:
        return str(sent["text"]).encode("utf-8", "replace")
    try:
        return base64.b64decode("".join(sent["base64"].split()), validate=True)
    except (binascii.Error, ValueError) as wrong:
        raise Invalid({"base64": "不是正确的 Base64 编码，请检查。"}) from wrong
