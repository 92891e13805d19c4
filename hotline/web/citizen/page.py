"""What the status page shows: the chain with its dates, who has it and by when, what can be done now."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from flask import url_for

from hotline.domain.workflow import State, allowed
from hotline.models import (
    Attachment,
    Complaint,
    Deadline,
    Event,
    Survey,
    Ticket,
    Unit,
)
from hotline.services import standing
from hotline.services.facts import gather
from hotline.services.work import Work
from hotline.web.citizen.said import said


def status_context(work: Work, complaint: Complaint, ticket: Ticket) -> dict[str, Any]:
    """The context of citizen/status.html."""
    now = standing.stand(work, complaint, ticket)
    events = _events(work, ticket)
    answer = _answer(work, complaint, ticket)
    return {
        "complaint": {
            "number": complaint.number,
            "text": complaint.text,
            "place": complaint.place,
            "arrived_at": complaint.received_at,
            "photos": _photos(work, complaint),
        },
        "headline": now.headline,
        "due": _due(ticket, now.due),
        "unit": now.unit or None,
        "chain": _chain(work, complaint, ticket, events),
        "answer": answer,
        "said": said(work, complaint, ticket, events),
        "leave_url": url_for("citizen.leave", number=complaint.number),
        **_steps(work, complaint, ticket),
    }


def _events(work: Work, ticket: Ticket) -> list[Event]:
    return list(work.session.scalars(sa.select(Event).where(Event.ticket_id == ticket.id).order_by(Event.id)))


def _photos(work: Work, complaint: Complaint) -> list[dict[str, str]]:
    rows = work.session.scalars(
        sa.select(Attachment)
        .where(Attachment.complaint_id == complaint.id, Attachment.by_citizen, Attachment.digest.is_not(None))
        .order_by(Attachment.id)
    )
    return [
        {"url": url_for("attachments.show", token=row.token), "alt": f"照片{place}：{row.name}"}
        for place, row in enumerate(rows, 1)
    ]


def _due(ticket: Ticket, owed: Deadline | None) -> dict[str, Any] | None:
    if owed is None:
        return None
    paused = ticket.state is State.PAUSED
    return {
        "due_at": owed.due_at,
        "met_at": owed.met_at,
        "paused": paused,
        "paused_until": ticket.paused_until,
        "warn_at": owed.due_at,  # 将到期 is a word for those who owe it, not for the one who waits
    }


def _answer(work: Work, complaint: Complaint, ticket: Ticket) -> dict[str, Any] | None:
    """The answer of this round, once it was issued to this complaint."""
    if complaint.answered_at is None or not ticket.answer:
        return None
    centre = work.session.scalar(sa.select(Unit.name).where(Unit.id == ticket.centre_id))
    return {"text": ticket.answer, "unit": centre, "at": complaint.answered_at}


def _chain(work: Work, complaint: Complaint, ticket: Ticket, events: list[Event]) -> list[dict[str, Any]]:
    """受理 → 交办 → 督办 → 答复 of this round; 督办 only where there was one."""
    round_ = [event for event in events if event.round == ticket.round]
    declined = ticket.state is State.DECLINED
    accepted_at = max(ticket.accepted_at, complaint.received_at) if ticket.accepted_at else None
    assigned = next((e for e in reversed(round_) if e.step in ("assign", "transfer", "transfer_supervised")), None)
    with_unit = assigned is not None and ticket.state not in (State.RECEIVED, State.ACCEPTED)
    supervised = next((event for event in round_ if event.step == "supervise"), None)
    answered_at = complaint.answered_at
    steps: list[dict[str, Any]] = []
    if declined:
        steps.append(_step("受理", answered_at, "done", "不属于受理范围"))
    else:
        steps.append(_step("受理", accepted_at, "done" if accepted_at else "now", None))
        if not ticket.direct:
            state = "done" if with_unit else "now" if accepted_at else "todo"
            at, unit = (assigned.happened_at, assigned.data.get("unit")) if assigned and with_unit else (None, None)
            steps.append(_step("交办", at, state, unit))
        if supervised is not None:
            steps.append(_step("督办", supervised.happened_at, "warn", "已督办"))
    ended = ticket.state in (State.CLOSED, State.VOIDED)
    state = "done" if answered_at or ended else "now" if with_unit else "todo"
    note = "已办结" if ticket.state is State.CLOSED else _WAITING.get(ticket.state)
    steps.append(_step("答复", answered_at or (ticket.ended_at if ended else None), state, note))
    return steps


_WAITING = {State.SUBMITTED: "正在核查", State.RESOLVED: "即将答复", State.VOIDED: "已终止"}


def _step(label: str, at: Any, state: str, note: str | None) -> dict[str, Any]:
    return {"label": label, "at": at, "state": state, "note": note}


def _steps(work: Work, complaint: Complaint, ticket: Ticket) -> dict[str, Any]:
    """The forms that this citizen may send now: the chain's own table decides."""
    facts, _, _ = gather(work, ticket)
    names = {step.name for step in allowed(work.actor, facts)}

    def form(endpoint: str) -> dict[str, Any]:
        return {"url": url_for(f"citizen.{endpoint}", number=complaint.number), "typed": {}, "errors": {}}

    answered = complaint.answered_at is not None
    asked = answered and ticket.state is State.REPLIED and _is_asked(work, complaint, ticket)
    return {
        "survey": form("survey") if asked else None,
        "unsolved": form("rework") | {"until": facts.reopen_until}
        if "rework" in names and answered and not asked
        else None,
        "add": form("add") if "add" in names else None,
        "urge": form("urge") if "urge" in names and not answered else None,
        "withdraw": form("withdraw") if "withdraw" in names and not answered else None,
    }


def _is_asked(work: Work, complaint: Complaint, ticket: Ticket) -> bool:
    """A question that waits for an answer; also when the second try has expired, a late answer counts."""
    query = sa.select(Survey.id).where(
        Survey.complaint_id == complaint.id, Survey.round == ticket.round, Survey.answered_at.is_(None)
    )
    return work.session.scalar(query) is not None
