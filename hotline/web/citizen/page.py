"""What the status page shows: the chain with its dates, who has it and by when, what can be done now."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from flask import url_for

from hotline.domain.workflow import State, allowed
from hotline.domain.written import declined, known_again
from hotline.models import (
    Attachment,
    Complaint,
    Deadline,
    Event,
    Ticket,
    Unit,
)
from hotline.services import citizens, evidencing, standing, surveying
from hotline.services.attaching import MOST
from hotline.services.facts import gather
from hotline.services.work import Work
from hotline.web.citizen import memory
from hotline.web.citizen.linking import link_to, qr_of
from hotline.web.citizen.reasons import reasons
from hotline.web.citizen.said import pictures_of, said
from hotline.web.languages import gettext as _
from hotline.web.languages import translated

WITH_A_UNIT = ("assign", "transfer", "transfer_supervised")


def status_context(work: Work, complaint: Complaint, ticket: Ticket) -> dict[str, Any]:
    """The context of citizen/status.html."""
    now = standing.stand(work, complaint, ticket)
    begin, end = evidencing.here(work, complaint, ticket)
    events = [event for event in _events(work, ticket) if event.happened_at <= end]
    evidence = evidencing.shown_to(work, complaint, ticket)
    link = link_to(complaint.number, memory.receipt(complaint.number))
    return {
        "complaint": {
            "number": complaint.number,
            "text": complaint.text,
            "place": translated(known_again(complaint.place)),
            "arrived_at": complaint.received_at,
            "photos": _photos(work, complaint),
        },
        "headline": translated(now.headline),
        "due": _due(ticket, now.due),
        "why": reasons(work, now.due),
        "unit": now.unit or None,
        "others": 0 if complaint.withdrawn_at else max(ticket.heat - 1, 0),
        "chain": _chain(complaint, ticket, events),
        "answer": _answer(work, complaint, ticket, evidence.get(ticket.round, ())),
        "said": said(work, complaint, ticket, [event for event in events if event.happened_at >= begin], evidence),
        "new_key": memory.take_new_key(complaint.number),
        "link": link,
        "link_has_key": "#" in link,
        "qr": qr_of(link),
        "photo_limit": MOST,
        "data_url": url_for("citizen.own_data", number=complaint.number),
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
    return pictures_of(list(rows))


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


def _answer(work: Work, complaint: Complaint, ticket: Ticket, evidence: Sequence[Attachment]) -> dict[str, Any] | None:
    """The answer of this round, once it was issued to this complaint, with the pictures of the result."""
    if complaint.answered_at is None or not ticket.answer:
        return None
    centre = work.session.scalar(sa.select(Unit.name).where(Unit.id == ticket.centre_id))
    text = ticket.answer
    if ticket.state is State.DECLINED:
        text = translated(declined(ticket.decline_reason, ticket.decline_channel))
    return {"text": text, "unit": centre, "at": complaint.answered_at, "photos": pictures_of(evidence)}


def _chain(complaint: Complaint, ticket: Ticket, events: list[Event]) -> list[dict[str, Any]]:
    """受理 → 交办 → 督办 → 答复 of this round; 督办 only where there was one."""
    if ticket.state is State.DECLINED and complaint.withdrawn_at is None:
        return [
            _step(_("受理"), complaint.answered_at, "done", _("不属于受理范围")),
            _step(_("答复"), complaint.answered_at, "done", None),
        ]
    round_ = [event for event in events if event.round == ticket.round]
    accepted_at = max(ticket.accepted_at, complaint.received_at) if ticket.accepted_at else None
    assigned = next((e for e in reversed(round_) if e.step in WITH_A_UNIT), None)
    with_unit = assigned is not None and ticket.state not in (State.RECEIVED, State.ACCEPTED)
    supervised = next((event for event in round_ if event.step == "supervise"), None)

    def since(event: Event) -> datetime:  # what had happened before it was joined holds from then on
        return max(event.happened_at, complaint.received_at)

    steps = [_step(_("受理"), accepted_at, "done" if accepted_at else "now", None)]
    if not ticket.direct:
        at, unit = (since(assigned), assigned.data.get("unit")) if assigned and with_unit else (None, None)
        steps.append(_step(_("交办"), at, "done" if with_unit else "now" if accepted_at else "todo", unit))
    if supervised is not None:
        steps.append(_step(_("督办"), since(supervised), "warn", _("已督办")))
    if complaint.withdrawn_at is None:
        return [*steps, _last_step(complaint, ticket, with_unit)]
    taken = [step for step in steps if step["at"] is not None and step["at"] <= complaint.withdrawn_at]
    return [*taken, _step(_("撤回"), complaint.withdrawn_at, "done", None)]


def _last_step(complaint: Complaint, ticket: Ticket, with_unit: bool) -> dict[str, Any]:
    notes = {
        State.SUBMITTED: _("正在核查"),
        State.RESOLVED: _("即将答复"),
        State.CLOSED: _("已办结"),
        State.VOIDED: _("已终止"),
    }
    ended = ticket.state in (State.CLOSED, State.VOIDED)
    at = complaint.answered_at or (ticket.ended_at if ended else None)
    return _step(_("答复"), at, "done" if at else "now" if with_unit else "todo", notes.get(ticket.state))


def _step(label: str, at: Any, state: str, note: str | None) -> dict[str, Any]:
    return {"label": label, "at": at, "state": state, "note": note}


def _steps(work: Work, complaint: Complaint, ticket: Ticket) -> dict[str, Any]:
    """The forms that this citizen may send now: the chain's own table decides. None for who has taken it back."""
    facts, _lead, _assists = gather(work, ticket)
    names = {step.name for step in allowed(work.actor, facts)} if complaint.withdrawn_at is None else set()

    def form(endpoint: str, offered: bool, **more: Any) -> dict[str, Any] | None:
        if not offered:
            return None
        return {"url": url_for(f"citizen.{endpoint}", number=complaint.number), "typed": {}, "errors": {}, **more}

    answered = complaint.answered_at is not None
    asked = surveying.is_open_to(work, ticket, complaint)
    again_at = citizens.urge_again_at(work, complaint)
    return {
        "survey": form("survey", asked),
        "unsolved": form(
            "rework",
            "rework" in names and answered and not (asked and ticket.state is State.REPLIED),
            until=facts.reopen_until,
        ),
        "add": form("add", "add" in names),
        "urge": form("urge", "urge" in names and not answered, again_at=again_at if again_at > work.now else None),
        "withdraw": form("withdraw", not names.isdisjoint({"withdraw", "withdraw_own"}) and not answered),
    }
