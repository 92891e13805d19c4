"""What was said on both sides, as the one who complained may read it; nothing of what goes on between offices."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from flask import url_for

from hotline.domain.dates import spoken
from hotline.domain.written import known_again
from hotline.models import Addition, Attachment, Complaint, Event, Extension, Pause, Ticket, Unit
from hotline.services.following import Answer, Past
from hotline.services.work import Work
from hotline.web.languages import gettext as _
from hotline.web.languages import translated

ENDS = ("！", "？", "…", "!", "?", ".")  # of a sentence

Line = tuple[str, str] | None  # who, and what
Teller = Callable[[Work, Complaint, Event], Line]


def said(
    work: Work, past: Past, answers: Sequence[Answer], evidence: Mapping[tuple[int, int], Sequence[Attachment]]
) -> list[dict[str, Any]]:
    """Oldest first. What others said who complain of the same is not shown.

    `answers`: all that were given, but for the one that has its own place. `evidence`: their pictures, by ticket and
    round.
    """
    complaint = past.complaint
    additions = work.session.scalars(sa.select(Addition).where(Addition.complaint_id == complaint.id))
    lines = [
        (row.added_at, 0, _line(row.added_at, _("您的补充"), translated(known_again(row.text)))) for row in additions
    ]
    for event in past.events:
        teller = TELLERS.get(event.step)
        line = teller(work, complaint, event) if teller else None
        if line is not None:
            lines.append((event.happened_at, event.id, _line(event.happened_at, *line)))
    for count, answer in enumerate(answers, 1):
        words = _("第%(round)s次答复：%(answer)s", round=count, answer=translated(answer.text))
        pictures = evidence.get((answer.ticket_id, answer.round), ())
        lines.append((answer.at, answer.event_id, _line(answer.at, _("热线中心"), words, pictures)))
    return [line for _at, _id, line in sorted(lines, key=lambda line: line[:2])]


def pictures_of(rows: Sequence[Attachment]) -> list[dict[str, str]]:
    """Pictures as the page takes them, numbered."""
    return [
        {
            "url": url_for("attachments.show", token=row.token),
            "alt": _("照片%(place)s：%(name)s", place=place, name=row.name),
        }
        for place, row in enumerate(rows, 1)
    ]


def scores() -> dict[int, str]:
    """满意度, the best first."""
    return {5: _("非常满意"), 4: _("满意"), 3: _("基本满意"), 2: _("不满意"), 1: _("非常不满意")}


def _line(at: datetime, who: str, text: str, pictures: Sequence[Attachment] = ()) -> dict[str, Any]:
    return {"at": at, "who": who, "text": text, "photos": pictures_of(pictures)}


def _centre(text: str) -> Line:
    return _("热线中心"), text


def _you(text: str) -> Line:
    return _("您"), text


def _joined(work: Work, complaint: Complaint, event: Event) -> Line:
    if complaint.number not in event.data.get("complaints", ()):
        return None
    return _centre(_("您反映的事项已有人反映，现并案办理，办理结果同样会答复您。"))


def _separated(work: Work, complaint: Complaint, event: Event) -> Line:
    if complaint.number not in event.data.get("complaints", ()):
        return None
    return _centre(_("已撤销并案，改为单独办理。"))


def _extended(work: Work, complaint: Complaint, event: Event) -> Line:
    """In the words of the text that went to this complainant."""
    row = work.session.scalar(
        sa.select(Extension).where(Extension.ticket_id == event.ticket_id, Extension.decided_at == event.happened_at)
    )
    if row is None or row.due_after is None:
        return None
    reason, unmoved = row.reason.rstrip("。"), event.data.get("unmoved", {}).get(complaint.number)
    if unmoved is not None:
        when = translated(spoken(datetime.fromisoformat(unmoved), work.rules.zone))
        return _centre(_("因%(reason)s需延长办理，向您承诺的时限不变，仍为%(when)s。", reason=reason, when=when))
    when = translated(spoken(row.due_after, work.rules.zone))
    return _centre(_("因%(reason)s需延期办理，新的办理时限为%(when)s，请予谅解。", reason=reason, when=when))


def _paused(work: Work, complaint: Complaint, event: Event) -> Line:
    row = work.session.scalar(
        sa.select(Pause).where(Pause.ticket_id == event.ticket_id, Pause.decided_at == event.happened_at)
    )
    if row is None:
        return None
    when = translated(spoken(row.until, work.rules.zone))
    return _centre(_("因%(reason)s暂缓办理，%(when)s后恢复。", reason=row.reason.rstrip("。"), when=when))


def _resumed(work: Work, complaint: Complaint, event: Event) -> Line:
    return _centre(_("已恢复办理。"))


def _supervised(work: Work, complaint: Complaint, event: Event) -> Line:
    """Not by which level: the ladder is the house's own affair. Before a unit has it the order is to the centre."""
    unit_id = event.data["unit_id"]
    if unit_id == work.session.get_one(Ticket, event.ticket_id).centre_id:
        return _centre(_("已催促热线中心抓紧办理。"))
    return _centre(_("已向%(unit)s发出督办。", unit=work.session.get_one(Unit, unit_id).name))


def _urged(work: Work, complaint: Complaint, event: Event) -> Line:
    return _you(_("催办。")) if event.data.get("complaint") == complaint.number else None


def _reworked(work: Work, complaint: Complaint, event: Event) -> Line:
    """The reason only to the one who gave it: it is the words of one of perhaps many."""
    if event.data.get("complaint") == complaint.number:
        return _you(_("要求重新办理：%(reason)s", reason=event.data.get("reason", "")))
    return _centre(_("决定重新办理，结果会再次答复您。"))


def _judged(work: Work, complaint: Complaint, event: Event) -> Line:
    data = event.data
    if data.get("complaint") != complaint.number:
        return None
    solved = {True: _("已解决"), False: _("没有解决"), None: ""}[data.get("solved")]
    parts = (solved, scores().get(data.get("score") or 0, ""), str(data.get("comment") or "").rstrip("。"))
    words = _("，").join(part for part in parts if part)
    return _("您的评价"), words if words.endswith(ENDS) else words + _("。")


def _withdrawn(work: Work, complaint: Complaint, event: Event) -> Line:
    return _you(_("撤回了这件反映。")) if event.data.get("complaint") == complaint.number else None


def _renewed(work: Work, complaint: Complaint, event: Event) -> Line:
    if event.data.get("complaint") != complaint.number:
        return None
    return _you(_("用短信验证码换了新的查询码，原来的查询码已作废。"))


def _voided(work: Work, complaint: Complaint, event: Event) -> Line:
    return _centre(_("这件反映已终止办理，如有疑问请致电12319。"))


#: The steps that a citizen is told of, and how.
TELLERS: dict[str, Teller] = {
    "joined": _joined,
    "separated": _separated,
    "grant_extension": _extended,
    "grant_pause": _paused,
    "resume": _resumed,
    "resume_by_clock": _resumed,
    "supervise": _supervised,
    "urge": _urged,
    "rework": _reworked,
    "survey": _judged,
    "withdraw": _withdrawn,
    "withdraw_own": _withdrawn,
    "key_renewed": _renewed,
    "void": _voided,
}
