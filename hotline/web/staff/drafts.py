"""来电草稿: transcripts that became drafts, to be confirmed, joined to the same matter, answered or discarded."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from hotline.domain.errors import HotlineError, Invalid, NotAllowed, NotFound, Refused
from hotline.domain.texts import clean
from hotline.models import CameBy, Draft, DraftState
from hotline.services import collecting, confirming, receiving, transcribing
from hotline.services.paging import Stretch
from hotline.services.transcribing import STATE_LABELS, Call, Confirmed
from hotline.services.transcripts import MAX_BYTES, TranscriptError
from hotline.services.transcripts.recognisers import UNKNOWN
from hotline.services.work import Work
from hotline.web.door import actor, work
from hotline.web.paging import place_of
from hotline.web.problems import status_of
from hotline.web.staff import draft_page, elements, forms, rights, suggestions
from hotline.web.staff.elements import Elements, national

Answer = str | AnyResponse | tuple[str, int]

ON_A_PAGE = 50
LOOK = "look"  # the second button of the form: look again for the same matter, with what has been corrected
STAY = "stay"  # the third: go to the ticket, not to the next draft


def show_all() -> Answer:
    """GET /desk/drafts."""
    with work() as unit:
        state = _state()
        drafts = transcribing.browse(unit, state=state, place=place_of(request.args), limit=ON_A_PAGE)
        return redirect(url_for("staff.drafts")) if drafts.astray else _list(unit, drafts, state)


def _state() -> DraftState:
    asked = request.args.get("state", "")
    return DraftState(asked) if asked in list(DraftState) else DraftState.OPEN


def upload() -> Answer:
    """POST /desk/drafts: a transcript as a file or as pasted text becomes a draft."""
    file = request.files.get("transcript")
    data = file.stream.read(MAX_BYTES + 1) if file is not None and file.filename else b""
    pasted = request.form.get("pasted", "")
    if not data and not pasted.strip():
        return _upload_again({"transcript": "请选择一个文件，或在下面粘贴通话文字。"}), 422
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
        return _upload_again({field: _said(error.message)}), 422
    return redirect(url_for("staff.draft", draft_id=draft_id), 303)


def show(draft_id: int) -> str:
    """GET /desk/drafts/<id>."""
    with work() as unit:
        draft, other = confirming.look(unit, draft_id)
        return draft_page.render(unit, draft, elements.values(transcribing.proposed(unit, draft)), other=other)


def confirm(draft_id: int) -> Answer:
    """POST /desk/drafts/<id>/confirmation: the complaint is received, as of the time of the call."""
    if LOOK in request.form or suggestions.TAKE in request.form:
        return _again(draft_id, {}, 200)
    try:
        fields = Confirmed(**elements.checked(Elements))
        with work() as unit:
            receipt = confirming.confirm(unit, draft_id, fields)
    except Invalid as error:
        return _again(draft_id, error.fields, 422)
    except Refused as error:
        return _once_more(draft_id) or _again(draft_id, {"form": error.message}, 409)
    flash(received(receipt), "success")
    if STAY in request.form:
        return redirect(url_for("staff.ticket", number=receipt.number, _anchor="main"), 303)
    return _onwards(draft_id)


def join(draft_id: int) -> Answer:
    """POST /desk/drafts/<id>/join: confirmed, and at once one more complaint of the matter that `into` numbers."""
    into = clean(request.form.get("into", ""))
    try:
        fields = Confirmed(**elements.checked(Elements))
        with work() as unit:
            receipt = confirming.join(unit, draft_id, fields, into)
    except Invalid as error:
        return _again(draft_id, _at_the_form(error), 422)
    except (Refused, NotAllowed) as error:
        return _again(draft_id, {"form": error.message}, 409)
    flash(
        f"{received(receipt)}已并入工单{into}，答复时一并答复来电人；并错了可在工单{receipt.number}撤销并案。",
        "success",
    )
    return _onwards(draft_id)


def _once_more(draft_id: int) -> AnyResponse | None:
    """The same person pressed twice: what the first press made, not a refusal."""
    with work() as unit:
        draft = transcribing.find(unit, draft_id)
        if draft.state is not DraftState.CONFIRMED or draft.settled_by_id != unit.actor.staff_id:
            return None
        number = transcribing.draft_dict(unit, draft)["complaint"]
    flash(f"这份来电刚才已登记，编号{number}，没有重复登记。", "success")
    return redirect(url_for("staff.ticket", number=number, _anchor="main"), 303)


def _at_the_form(error: Invalid) -> dict[str, str]:
    """`into` is no field of the form."""
    return {("form" if name == "into" else name): sentence for name, sentence in error.fields.items()}


def _onwards(draft_id: int) -> AnyResponse:
    """To the next draft that waits; to the list when none does."""
    with work() as unit:
        following = confirming.next_open(unit, draft_id)
        if following is None:
            return redirect(url_for("staff.drafts", _anchor="main"), 303)
        return redirect(url_for("staff.draft", draft_id=following.id, _anchor="main"), 303)


def answer(draft_id: int) -> Answer:
    """POST /desk/drafts/<id>/answer: a question, answered on the phone."""
    return _settle(draft_id, "answer")


def discard(draft_id: int) -> Answer:
    """POST /desk/drafts/<id>/discard: nothing was said."""
    return _settle(draft_id, "reason")


def read_again(token: str) -> AnyResponse:
    """POST /desk/drafts/files/<token>: a file that was set aside lies in the folder again."""
    try:
        with work() as unit:
            name = collecting.put_back(unit, token)
    except (NotFound, Refused) as error:
        flash(error.message, "error")
    else:
        flash(f"文件{name}已放回收取目录，稍后会再读一次。", "success")
    return redirect(url_for("staff.drafts", _anchor="main"), 303)


def received(receipt: receiving.Receipt) -> str:
    """What the operator reads when a complaint has been taken in."""
    if receipt.repeated:
        return f"这件诉求刚才已登记，编号{receipt.number}，没有重复登记。"
    return f"已登记，编号{receipt.number}，查询码{receipt.key}（只显示这一次，请告知来电人）。"


def _upload_again(errors: Mapping[str, str]) -> str:
    with work() as unit:
        return _list(unit, transcribing.browse(unit, limit=ON_A_PAGE), DraftState.OPEN, errors)


def _list(
    work: Work,
    drafts: Stretch[Draft, int],
    state: DraftState,
    errors: Mapping[str, str] | None = None,
) -> str:
    return render_template(
        "staff/drafts.html",
        views=[
            {"label": label, "url": url_for("staff.drafts", state=each.value), "current": each is state}
            for each, label in STATE_LABELS.items()
        ],
        open=state is DraftState.OPEN,
        drafts=[_line(each) for each in transcribing.summaries(work, drafts)],
        broken=[_broken(file) for file in collecting.set_aside(work)] if state is DraftState.OPEN else [],
        broken_total=collecting.how_many(work) if state is DraftState.OPEN else 0,
        total=None,
        next_url=url_for("staff.drafts", state=state.value, after=drafts.after) if drafts.after else None,
        prev_url=url_for("staff.drafts", state=state.value, before=drafts.before) if drafts.before else None,
        upload_url=url_for("staff.upload_transcript"),
        new_url=url_for("staff.new_call"),
        errors=errors or {},
        typed={name: request.form.get(name, "") for name in ("pasted", "caller")},
    )


def _broken(file: collecting.Aside) -> dict[str, Any]:
    return {
        "name": file.name,
        "why": _said(file.reason),
        "at": file.at,
        "again_url": url_for("staff.read_again", token=file.token) if file.token else None,
    }


def _said(fault: str) -> str:
    """Who sets up the recogniser reads which form is wanted; who takes calls, whom to ask."""
    return fault if fault != UNKNOWN or actor().is_any(rights.ADMINISTRATORS) else "转写格式不认识，请联系管理员。"


def _line(summary: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "number": draft_page.number_of(summary["id"]),
        "url": url_for("staff.draft", draft_id=summary["id"]),
        "gist": summary["gist"],
        "place": summary["place"],
        "received_at": summary["called_at"],
        "lines": summary["lines"],
        "caller": national(summary["caller"]),
        "came_by": draft_page.CAME_BY[CameBy(summary["came_by"])],
        "urgent": summary["urgent"],
        "question": summary["question"],
        "settled": f"{summary['settled_by'] or '系统'}" if summary["settled_at"] else None,
        "settled_at": summary["settled_at"],
        "complaint": summary["complaint"],
        "complaint_url": url_for("staff.ticket", number=summary["complaint"]) if summary["complaint"] else None,
    }


def _again(draft_id: int, errors: Mapping[str, str], status: int) -> tuple[str, int]:
    with work() as unit:
        draft = transcribing.find(unit, draft_id)
        return draft_page.render(unit, draft, forms.typed(Elements, request.form), errors), status


def _settle(draft_id: int, field: str) -> Answer:
    """Answered or discarded; what was typed stands again where it was refused."""
    settle = {"answer": confirming.answer, "reason": confirming.discard}[field]
    typed = request.form.get(field, "")
    try:
        with work() as unit:
            settle(unit, draft_id, typed)
    except (Invalid, Refused) as error:
        return _unsettled(draft_id, field, typed, error)
    flash("已登记为当场答复。" if field == "answer" else "已作废。", "success")
    return _onwards(draft_id)


def _unsettled(draft_id: int, field: str, typed: str, error: HotlineError) -> tuple[str, int]:
    errors = error.fields if isinstance(error, Invalid) else {"form": error.message}
    with work() as unit:
        draft = transcribing.find(unit, draft_id)
        values = elements.values(transcribing.proposed(unit, draft))
        if draft.state is not DraftState.OPEN:  # somebody else has settled it: its forms are gone
            kept = [{"label": "答复了什么" if field == "answer" else "原因", "value": typed}]
            return draft_page.render(unit, draft, values, errors, kept=kept), status_of(error)
        sent = {f"{field}_errors": errors, f"{field}_typed": {field: typed}}
        return draft_page.render(unit, draft, values, {}, **sent), status_of(error)
