"""来电: transcripts that became drafts, to be confirmed, answered or discarded; and a call taken down by hand."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from marshmallow import fields, validate
from werkzeug.wrappers import Response as AnyResponse

from hotline.domain.errors import HotlineError, Invalid, NotAllowed, Refused
from hotline.domain.texts import as_dialled
from hotline.domain.transcript import CITIZEN, OPERATOR
from hotline.models import CameBy, Channel, Draft, DraftState, RequestType, Source, Urgency
from hotline.services import receiving, transcribing
from hotline.services.clients import centre_above
from hotline.services.paging import Stretch
from hotline.services.phones import PhoneError, normalise_phone
from hotline.services.transcribing import Call, Confirmed
from hotline.services.transcripts import MAX_BYTES, TranscriptError
from hotline.services.work import Work
from hotline.web.door import actor, work
from hotline.web.paging import place_of
from hotline.web.problems import status_of
from hotline.web.resources import MESSAGES, Form
from hotline.web.staff import forms, options, words
from hotline.web.staff.context import DRAFT_ROLES

Answer = str | AnyResponse | tuple[str, int]

SPEAKERS = {OPERATOR: "agent", CITIZEN: "citizen"}
ON_A_PAGE = 50


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
    name = _short("姓名", 60)
    phone = _short("电话", 40, "用于答复；不填则只能在查询页查看答复。")
    category_id = fields.Integer(
        allow_none=True, load_default=None, error_messages=MESSAGES,
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


def show_all() -> Answer:
    """GET /desk/drafts."""
    _check_role()
    with work() as unit:
        drafts = transcribing.browse(unit, place=place_of(request.args), limit=ON_A_PAGE)
        return redirect(url_for("staff.drafts")) if drafts.astray else _list(unit, drafts)


def upload() -> Answer:
    """POST /desk/drafts: a transcript as a file or as pasted text becomes a draft."""
    _check_role()
    file = request.files.get("transcript")
    data = file.stream.read(MAX_BYTES + 1) if file is not None and file.filename else b""
    pasted = request.form.get("pasted", "")
    if not data and not pasted.strip():
        return _again({"transcript": "请选择一个文件，或在下面粘贴通话文字。"}, pasted), 422
    call = Call(
        came_by=CameBy.UPLOAD,
        caller=request.form.get("caller", ""),
        content_type=file.mimetype if data and file else "text/plain",
        filename=file.filename if data and file else None,
    )
    try:
        with work() as unit:
            draft, _ = transcribing.send(unit, data or pasted.encode(), call)
            draft_id = draft.id
    except (TranscriptError, Invalid) as error:
        field = "transcript" if data else "pasted"
        return _again({field: error.message}, pasted), 422
    return redirect(url_for("staff.draft", draft_id=draft_id), 303)


def show(draft_id: int) -> str:
    """GET /desk/drafts/<id>."""
    _check_role()
    with work() as unit:
        draft = transcribing.find(unit, draft_id)
        return _draft_page(unit, draft, _values(transcribing.proposed(unit, draft)), {})


def confirm(draft_id: int) -> Answer:
    """POST /desk/drafts/<id>/confirmation: the complaint is received, as of the time of the call."""
    _check_role()
    try:
        data = _elements(Elements)
        with work() as unit:
            receipt = transcribing.confirm(unit, draft_id, Confirmed(**data))
    except Invalid as error:
        return _draft_again(draft_id, error.fields, 422)
    except Refused as error:
        return _draft_again(draft_id, {"form": error.message}, 409)
    flash(_received(receipt), "success")
    return redirect(url_for("staff.ticket", number=receipt.number, _anchor="main"), 303)


def answer(draft_id: int) -> Answer:
    """POST /desk/drafts/<id>/answer: a question, answered on the phone."""
    return _settle(draft_id, "answer")


def discard(draft_id: int) -> Answer:
    """POST /desk/drafts/<id>/discard: nothing was said."""
    return _settle(draft_id, "reason")


def new() -> str:
    """GET /desk/calls/new: 登记来电."""
    _check_role()
    values = {"wants_reply": True, "channel": Channel.PHONE.value, "source": Source.CITIZEN.value}
    with work() as unit:
        return _new_page(unit, values, {})


def receive() -> Answer:
    """POST /desk/calls/new: the complaint is received and waits to be accepted."""
    _check_role()
    try:
        data = _elements(NewCall)
        once = data.pop("once")
        with work() as unit:
            centre = centre_above(unit.session, unit.actor.unit_path)
            key = f"desk:{unit.actor.id}:{once}" if once else None
            receipt = receiving.receive(unit, receiving.Intake(centre=centre, idempotency_key=key, **data))
            number = receipt.number
    except Invalid as error:
        with work() as unit:
            return _new_page(unit, forms.typed(NewCall, request.form), error.fields), 422
    flash(_received(receipt), "success")
    done = url_for("staff.receive_call")
    return redirect(url_for("staff.ticket", number=number, done=done, _anchor="main"), 303)


def _check_role() -> None:
    if not actor().is_any(DRAFT_ROLES):
        raise NotAllowed("来电由受理员登记和核对，您没有这项权限。")


def _elements(schema: type[Elements]) -> dict[str, Any]:
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


def _received(receipt: receiving.Receipt) -> str:
    if receipt.repeated:
        return f"这件诉求刚才已登记，编号{receipt.number}，没有重复登记。"
    return f"已登记，编号{receipt.number}，查询码{receipt.key}（只显示这一次，请告知来电人）。"


def _again(errors: Mapping[str, str], pasted: str) -> str:
    with work() as unit:
        return _list(unit, transcribing.browse(unit, limit=ON_A_PAGE), errors, pasted)


def _list(work: Work, drafts: Stretch[Draft, int], errors: Mapping[str, str] | None = None, pasted: str = "") -> str:
    return render_template(
        "staff/drafts.html",
        drafts=[_line(each) for each in transcribing.summaries(work, drafts)],
        total=None,
        next_url=url_for("staff.drafts", after=drafts.after) if drafts.after else None,
        prev_url=url_for("staff.drafts", before=drafts.before) if drafts.before else None,
        upload_url=url_for("staff.upload_transcript"),
        new_url=url_for("staff.new_call"),
        errors=errors or {},
        pasted=pasted,
    )


def _line(summary: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "number": _number(summary["id"]),
        "url": url_for("staff.draft", draft_id=summary["id"]),
        "gist": summary["gist"],
        "received_at": summary["called_at"],
        "lines": summary["lines"],
        "caller": _national(summary["caller"]),
        "urgent": summary["urgent"],
        "question": summary["question"],
    }


def _number(draft_id: int) -> str:
    return f"TH{draft_id:06}"


def _draft_page(work: Work, draft: Draft, values: Mapping[str, Any], errors: Mapping[str, str], **steps: Any) -> str:
    read = transcribing.draft_dict(work, draft)
    is_open = draft.state is DraftState.OPEN
    return render_template(
        "staff/draft.html",
        draft={
            "number": _number(draft.id),
            "received_at": read["called_at"],
            "caller": _national(read["caller"]),
            "version": 1,
            "open": is_open,
            "settled": f"{read['state_label']}（{read['settled_by'] or '系统'}）",
            "complaint_url": url_for("staff.ticket", number=read["complaint"]) if read["complaint"] else None,
            "complaint": read["complaint"],
            "answer": read["answer"],
        },
        lines=_lines(read),
        questions=read["questions"],
        warnings=read["warnings"],
        fields=_fields(work, Elements, read["parts"]),
        values=values,
        errors=errors,
        duplicates=[],
        confirm_url=url_for("staff.confirm_draft", draft_id=draft.id),
        answer_url=url_for("staff.answer_draft", draft_id=draft.id) if is_open else None,
        discard_url=url_for("staff.discard_draft", draft_id=draft.id) if is_open else None,
        back_url=url_for("staff.drafts"),
        **steps,
    )


def _lines(read: Mapping[str, Any]) -> list[dict[str, Any]]:
    used = {part["line"] for part in read["parts"].values() if part and part["value"] is not None}
    return [
        {
            "no": turn["line"],
            "at": _clock(turn["start_ms"]),
            "speaker": SPEAKERS.get(turn["speaker"], ""),
            "text": turn["text"],
            "used": turn["line"] in used,
        }
        for turn in read["turns"]
    ]


def _clock(milliseconds: int | None) -> str:
    if milliseconds is None:
        return ""
    minutes, seconds = divmod(milliseconds // 1000, 60)
    return f"{minutes:02}:{seconds:02}"


def _fields(work: Work, schema: type[Elements], parts: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The form's fields, each with the line of the call that its value came from."""
    offered = {"categories": lambda: options.categories(work)}
    specs = forms.specs(schema, lambda name: offered[name]())
    for spec in specs:
        part = parts.get(spec["name"]) or (parts.get("same_number") if spec["name"] == "phone" else None)
        if part and part["value"] is not None:
            spec["lines"] = [part["line"]]
        if spec["name"] == "phone":
            spec |= {"type": "tel", "attrs": {"autocomplete": "off", "inputmode": "tel"}}
    return specs


def _values(confirmed: Confirmed) -> dict[str, Any]:
    values = {name: getattr(value, "value", value) for name, value in asdict(confirmed).items()}
    return values | {"phone": _national(confirmed.phone)}


def _national(number: str | None) -> str | None:
    """As people here write it."""
    return number and as_dialled(number)


def _draft_again(draft_id: int, errors: Mapping[str, str], status: int) -> tuple[str, int]:
    with work() as unit:
        draft = transcribing.find(unit, draft_id)
        return _draft_page(unit, draft, forms.typed(Elements, request.form), errors), status


def _settle(draft_id: int, field: str) -> Answer:
    """Answered or discarded; what was typed stands again where it was refused."""
    _check_role()
    settle = {"answer": transcribing.answer, "reason": transcribing.discard}[field]
    typed = request.form.get(field, "")
    try:
        with work() as unit:
            settle(unit, draft_id, typed)
    except (Invalid, Refused) as error:
        return _unsettled(draft_id, field, typed, error)
    flash("已登记为当场答复。" if field == "answer" else "已作废。", "success")
    return redirect(url_for("staff.drafts", _anchor="main"), 303)


def _unsettled(draft_id: int, field: str, typed: str, error: HotlineError) -> tuple[str, int]:
    errors = error.fields if isinstance(error, Invalid) else {"form": error.message}
    with work() as unit:
        draft = transcribing.find(unit, draft_id)
        values = _values(transcribing.proposed(unit, draft))
        sent = {f"{field}_errors": errors, f"{field}_typed": {field: typed}}
        return _draft_page(unit, draft, values, {}, **sent), status_of(error)


def _new_page(work: Work, values: Mapping[str, Any], errors: Mapping[str, str]) -> str:
    return render_template(
        "staff/draft.html",
        draft={"number": "", "received_at": None, "caller": None, "version": 1, "open": True},
        lines=[],
        questions=[],
        warnings=[],
        fields=_fields(work, NewCall, {}),
        values=values,
        errors=errors,
        duplicates=[],
        once=request.form.get("once") or _once(),
        confirm_url=url_for("staff.receive_call"),
        back_url=url_for("staff.drafts"),
    )


def _once() -> str:
    """A name for this form, so that sending it twice makes one ticket."""
    return secrets.token_urlsafe(12)
