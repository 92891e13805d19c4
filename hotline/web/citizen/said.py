"""What was said on both sides, as the one who complained may read it; nothing of what goes on between offices."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from flask import url_for

from hotline.domain.dates import spoken
from hotline.domain.written import known_again
from hotline.models import Addition, Attachment, Complaint, Event, Extension, Pause, Ticket
from hotline.services.evidencing import ANSWERING
from hotline.services.work import Work
from hotline.web.languages import gettext as _
from hotline.web.languages import translated

Line = tuple[str, str] | None  # who, and what
Teller = Callable[[Work, Complaint, Ticket, Event], Line]


def said(
    work: Work,
    complaint: Complaint,
    ticket: Ticket,
    events: Sequence[Event],
    evidence: Mapping[int, Sequence[Attachment]],
) -> list[dict[str, Any]]:
    """Oldest first. What others said who complain of the same is not shown.

    `events`: those of the time that the complaint is on the ticket. `evidence`: the pictures of answers, by round.
    """
    additions = work.session.scalars(sa.select(Addition).where(Addition.complaint_id == complaint.id))
    lines = [_line(row.added_at, _("您的补充"), translated(known_again(row.text))) for row in additions]
    for event in events:
        teller = TELLERS.get(event.step)
        line = teller(work, complaint, ticket, event) if teller else None
        if line is not None:
            pictures = evidence.get(event.round, ()) if event.step in ANSWERING else ()
            lines.append(_line(event.happened_at, *line, pictures))
    return sorted(lines, key=lambda line: line["at"])


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


def _joined(work: Work, complaint: Complaint, ticket: Ticket, event: Event) -> Line:
    if complaint.number not in event.data.get("complaints", ()):
        return None
    return _centre(_("您反映的事项已有人反映，现并案办理，办理结果同样会答复您。"))


def _extended(work: Work, complaint: Complaint, ticket: Ticket, event: Event) -> Line:
    row = work.session.scalar(
        sa.select(Extension).where(Extension.ticket_id == ticket.id, Extension.decided_at == event.happened_at)
    )
    if row is None or row.due_after is None:
        return None
    when = translated(spoken(row.due_after, work.rules.zone))
    return _centre(
        _("因%(reason)s需延期办理，新的办理时限为%(when)s，请予谅解。", reason=row.reason.rstrip("。"), when=when)
    )


def _paused(work: Work, complaint: Complaint, ticket: Ticket, event: Event) -> Line:
    row = work.session.scalar(
        sa.select(Pause).where(Pause.ticket_id == ticket.id, Pause.decided_at == event.happened_at)
    )
    if row is None:
        return None
    when = translated(spoken(row.until, work.rules.zone))
    return _centre(_("因%(reason)s暂缓办理，%(when)s后恢复。", reason=row.reason.rstrip("。"), when=when))


def _resumed(work: Work, complaint: Complaint, ticket: Ticket, event: Event) -> Line:
    return _centre(_("已恢复办理。"))


def _supervised(work: Work, complaint: Complaint, ticket: Ticket, event: Event) -> Line:
    return _centre(_("已向承办单位发出督办。"))


def _urged(work: Work, complaint: Complaint, ticket: Ticket, event: Event) -> Line:
    return _you(_("催办。")) if event.data.get("complaint") == complaint.number else None


def _reworked(work: Work, complaint: Complaint, ticket: Ticket, event: Event) -> Line:
    """The reason only to the one who gave it: it is the words of one of perhaps many."""
    if event.data.get("complaint") == complaint.number:
        return _you(_("要求重新办理：%(reason)s", reason=event.data.get("reason", "")))
    return _centre(_("已重新办理。"))


def _answered_before(work: Work, complaint: Complaint, ticket: Ticket, event: Event) -> Line:
    """The answers of earlier rounds; the one of this round has its own place."""
    if event.round >= ticket.round:
        return None
    return _centre(_("第%(round)s次答复：%(answer)s", round=event.round, answer=event.data.get("answer", "")))


def _judged(work: Work, complaint: Complaint, ticket: Ticket, event: Event) -> Line:
    data = event.data
    if data.get("complaint") != complaint.number:
        return None
    solved = {True: _("已解决"), False: _("没有解决"), None: ""}[data.get("solved")]
    parts = (solved, scores().get(data.get("score") or 0, ""), str(data.get("comment") or "").rstrip("。"))
    return _("您的评价"), _("，").join(part for part in parts if part) + _("。")


def _withdrawn(work: Work, complaint: Complaint, ticket: Ticket, event: Event) -> Line:
    return _you(_("撤回了这件反映。")) if event.data.get("complaint") == complaint.number else None


def _renewed(work: Work, complaint: Complaint, ticket: Ticket, event: Event) -> Line:
    if event.data.get("complaint") != complaint.number:
        return None
    return _you(_("用短信验证码换了新的查询码，原来的查询码已作废。"))


def _voided(work: Work, complaint: Complaint, ticket: Ticket, event: Event) -> Line:
    return _centre(_("这件反映已终止办理，如有疑问请致电12319。"))


#: The steps that a citizen is told of, and how.
TELLERS: dict[str, Teller] = {
    "joined": _joined,
    "grant_extension": _extended,
    "grant_pause": _paused,
    "resume": _resumed,
    "resume_by_clock": _resumed,
    "supervise": _supervised,
    "urge": _urged,
    "rework": _reworked,
    "reply": _answered_before,
    "answer": _answered_before,
    "survey": _judged,
    "withdraw": _withdrawn,
    "withdraw_own": _withdrawn,
    "key_renewed": _renewed,
    "void": _voided,
}
