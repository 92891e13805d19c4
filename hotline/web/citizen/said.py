"""What was said on both sides, as the one who complained may read it; nothing of what goes on between offices."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa

from hotline.models import Addition, Complaint, Event, Extension, Pause, Ticket
from hotline.services.standing import spoken
from hotline.services.work import Work

CENTRE, YOU = "热线中心", "您"
SCORES = {5: "非常满意", 4: "满意", 3: "基本满意", 2: "不满意", 1: "非常不满意"}

Line = tuple[str, str] | None  # who, and what
Teller = Callable[[Work, Complaint, Ticket, Event], Line]


def said(work: Work, complaint: Complaint, ticket: Ticket, events: list[Event]) -> list[dict[str, Any]]:
    """Oldest first. What others said who complain of the same is not shown."""
    additions = work.session.scalars(sa.select(Addition).where(Addition.complaint_id == complaint.id))
    lines = [{"at": row.added_at, "who": "您的补充", "text": row.text} for row in additions]
    for event in events:
        teller = TELLERS.get(event.step)
        line = teller(work, complaint, ticket, event) if teller and event.happened_at >= complaint.received_at else None
        if line is not None:
            lines.append({"at": event.happened_at, "who": line[0], "text": line[1]})
    return sorted(lines, key=lambda line: line["at"])


def _joined(work: Work, complaint: Complaint, ticket: Ticket, event: Event) -> Line:
    if complaint.number not in event.data.get("complaints", ()):
        return None
    return CENTRE, "您反映的事项已有人反映，现并案办理，办理结果同样会答复您。"


def _extended(work: Work, complaint: Complaint, ticket: Ticket, event: Event) -> Line:
    row = work.session.scalar(
        sa.select(Extension).where(Extension.ticket_id == ticket.id, Extension.decided_at == event.happened_at)
    )
    if row is None or row.due_after is None:
        return None
    return CENTRE, f"因{row.reason}需延期办理，新的办理时限为{spoken(row.due_after, work.rules.zone)}，请予谅解。"


def _paused(work: Work, complaint: Complaint, ticket: Ticket, event: Event) -> Line:
    row = work.session.scalar(
        sa.select(Pause).where(Pause.ticket_id == ticket.id, Pause.decided_at == event.happened_at)
    )
    return (
        (CENTRE, f"因{row.reason}暂缓办理，{spoken(row.until, work.rules.zone)}后恢复。") if row is not None else None
    )


def _resumed(work: Work, complaint: Complaint, ticket: Ticket, event: Event) -> Line:
    return CENTRE, "已恢复办理。"


def _supervised(work: Work, complaint: Complaint, ticket: Ticket, event: Event) -> Line:
    return CENTRE, "已向承办单位发出督办。"


def _urged(work: Work, complaint: Complaint, ticket: Ticket, event: Event) -> Line:
    return (YOU, "催办。") if event.data.get("complaint") == complaint.number else None


def _reworked(work: Work, complaint: Complaint, ticket: Ticket, event: Event) -> Line:
    """The reason only to the one who gave it: it is the words of one of perhaps many."""
    own = event.actor_id is not None and event.actor_id == complaint.citizen_id
    if own or (ticket.heat == 1 and event.actor_kind == "citizen"):
        return YOU, f"要求重新办理：{event.data.get('reason', '')}"
    return CENTRE, "已重新办理。"


def _answered_before(work: Work, complaint: Complaint, ticket: Ticket, event: Event) -> Line:
    """The answers of earlier rounds; the one of this round has its own place."""
    if event.round >= ticket.round:
        return None
    return CENTRE, f"第{event.round}次答复：{event.data.get('answer', '')}"


def _judged(work: Work, complaint: Complaint, ticket: Ticket, event: Event) -> Line:
    data = event.data
    if data.get("complaint") != complaint.number:
        return None
    solved = {True: "已解决", False: "没有解决", None: ""}[data.get("solved")]
    parts = (solved, SCORES.get(data.get("score") or 0, ""), str(data.get("comment") or "").rstrip("。"))
    return "您的评价", "，".join(part for part in parts if part) + "。"


def _withdrawn(work: Work, complaint: Complaint, ticket: Ticket, event: Event) -> Line:
    return YOU, "撤回了这件反映。"


def _voided(work: Work, complaint: Complaint, ticket: Ticket, event: Event) -> Line:
    return CENTRE, "这件反映已终止办理，如有疑问请致电12319。"


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
    "void": _voided,
}
