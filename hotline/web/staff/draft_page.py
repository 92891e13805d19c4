"""核对来电: the call and the form side by side, each field with the line it came from, and what is like it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import render_template, url_for

from hotline.domain.transcript import CITIZEN, OPERATOR
from hotline.models import CameBy, Draft, DraftState
from hotline.services import transcribing
from hotline.services.work import Work
from hotline.web.staff import elements
from hotline.web.staff.elements import Elements, national

SPEAKERS = {OPERATOR: "agent", CITIZEN: "citizen"}
CAME_BY = {CameBy.API: "接口", CameBy.UPLOAD: "上传", CameBy.FOLDER: "收取目录", CameBy.VOICE: "热线来电"}
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
        duplicates=[],
        confirm_url=url_for("staff.confirm_draft", draft_id=draft.id),
        join_url=url_for("staff.join_draft", draft_id=draft.id),
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


def _told(parts: Mapping[str, Any]) -> list[dict[str, Any]]:
    found = ((label, parts.get(name)) for name, label in TOLD.items())
    return [
        {"label": label, "value": part["said"] or part["value"], "line": part["line"]}
        for label, part in found
        if part and part["value"] is not None
    ]
