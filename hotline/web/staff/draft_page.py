"""核对来电: the call and the form side by side, each field with the line it came from, and what is like it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import render_template, request, url_for

from hotline.domain.transcript import CITIZEN, OPERATOR
from hotline.models import CameBy, Draft, DraftState
from hotline.services import matching, risking, transcribing
from hotline.services.matching import Match
from hotline.services.work import Work
from hotline.web.staff import alike, elements, suggestions
from hotline.web.staff.elements import Elements, national

SPEAKERS = {OPERATOR: "agent", CITIZEN: "citizen"}
CAME_BY = {CameBy.API: "接口", CameBy.UPLOAD: "上传", CameBy.FOLDER: "收取目录", CameBy.VOICE: "热线来电",
           CameBy.DESK: "受理员登记"}  # fmt: skip
#: Told beside the form: what is no field of it, but worth knowing.
TOLD = {"since": "开始时间", "often": "频次", "anger": "情绪", "promise": "坐席承诺"}


def number_of(draft_id: int) -> str:
    """How a draft is called on the screen."""
    return f"TH{draft_id:06}"


def render(
    work: Work, draft: Draft, values: Mapping[str, Any], errors: Mapping[str, str] | None = None, **steps: Any
) -> str:
    """The page of one draft, with `values` in its form."""
    read = transcribing.draft_dict(work, draft)
    is_open = draft.state is DraftState.OPEN
    values, box = _with_category(work, values, is_question=read["question"]) if is_open else (values, None)
    return render_template(
        "staff/draft.html",
        draft={
            "number": number_of(draft.id),
            "received_at": read["called_at"],
            "caller": national(read["caller"]),
            "came_by": CAME_BY[draft.came_by],
            "recording": draft.recording,
            "open": is_open,
            "question": read["question"],
            "settled": f"{read['state_label']}（{read['settled_by'] or '系统'}）",
            "complaint_url": url_for("staff.ticket", number=read["complaint"]) if read["complaint"] else None,
            "complaint": read["complaint"],
            "answer": read["answer"],
        },
        lines=_lines(read),
        told=_told(read["parts"]),
        questions=read["questions"],
        warnings=read["warnings"],
        fields=elements.specs(work, Elements, read["parts"]),
        values=values,
        errors=errors or {},
        risks=_risks(work, read["turns"]),
        suggested=box,
        duplicates=alike.lines(_alike(work, draft, values)) if is_open else [],
        confirm_url=url_for("staff.confirm_draft", draft_id=draft.id),
        join_url=url_for("staff.join_draft", draft_id=draft.id),
        answer_url=url_for("staff.answer_draft", draft_id=draft.id) if is_open else None,
        discard_url=url_for("staff.discard_draft", draft_id=draft.id) if is_open else None,
        done=request.args.get("done", ""),
        back_url=url_for("staff.drafts"),
        **steps,
    )


def _with_category(
    work: Work, values: Mapping[str, Any], *, is_question: bool
) -> tuple[Mapping[str, Any], Mapping[str, Any] | None]:
    """The values with the category that was just taken, and the box of the three that are suggested for its field.

    On a form that nobody has touched yet the likeliest is filled in, and says why; not where a question was asked,
    which is answered and filed nowhere.
    """
    told = f"{values.get('matter') or ''}。{values.get('text') or ''}"
    offer = suggestions.for_words(work, told, values.get("place") or "")
    taken = offer.taken(request.form.get(suggestions.TAKE, ""))
    if taken is None and request.method == "GET" and offer.choices and not is_question:
        values = offer.filled(values, offer.choices[0])
    elif taken is not None:
        values = offer.filled(values, taken)
    return values, offer.box(values, taken)


def _risks(work: Work, turns: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """What the caller's words tell of, each with the line where it is said."""
    told = [turn for turn in turns if turn["speaker"] != OPERATOR]
    found = risking.of_words(work, "\n".join(" ".join(turn["text"].split()) for turn in told))
    return [{"name": risk.name, "why": f"“{risk.words}”", "line": told[risk.line or 0]["line"]} for risk in found]


def _alike(work: Work, draft: Draft, values: Mapping[str, Any]) -> list[Match]:
    """The same matter, sought with what stands in the form by now."""
    return matching.for_draft(work, draft, elements.typed(values), alike.MOST)


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


def _told(parts: Mapping[str, Any]) -> list[dict[str, Any]]:
    found = ((label, parts.get(name)) for name, label in TOLD.items())
    return [
        {"label": label, "value": part["said"] or part["value"], "line": part["line"]}
        for label, part in found
        if part and part["value"] is not None
    ]
