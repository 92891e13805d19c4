"""What the status page shows: the chain with its dates, who has it and by when, what can be done now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from flask import url_for

from hotline.domain.workflow import State, allowed
from hotline.domain.written import known_again
from hotline.models import Attachment, Complaint, Deadline, DeadlineKind, Ticket, Unit
from hotline.services import citizens, evidencing, following, standing, surveying
from hotline.services.attaching import MOST
from hotline.services.facts import gather
from hotline.services.following import Answer
from hotline.services.work import Work
from hotline.web.citizen import memory
from hotline.web.citizen.linking import link_to, qr_of
from hotline.web.citizen.reasons import reasons
from hotline.web.citizen.said import pictures_of, said
from hotline.web.citizen.stages import chain_of
from hotline.web.languages import gettext as _
from hotline.web.languages import translated


def status_context(work: Work, complaint: Complaint, ticket: Ticket) -> dict[str, Any]:
    """The context of citizen/status.html."""
    now = standing.stand(work, complaint, ticket)
    past = following.past_of(work, complaint)
    answers = following.answers_to(work, past)
    current = following.current(complaint, answers)
    evidence = evidencing.shown_with(work, answers)
    earlier = answers[:-1] if current is not None else answers
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
        "overtaken": _overtaken(now.overtaken),
        "why": reasons(work, now.due),
        "unit": now.unit or None,
        "others": 0 if complaint.withdrawn_at else max(ticket.heat - 1, 0),
        "chain": chain_of(work, ticket, past),
        "answer": _answer(work, ticket, current, evidence),
        "said": said(work, past, earlier, evidence),
        "new_key": memory.take_new_key(complaint.number),
        "link": link,
        "link_has_key": "#" in link,
        "qr": qr_of(link),
        "photo_limit": MOST,
        "data_url": url_for("citizen.own_data", number=complaint.number),
        "leave_url": url_for("citizen.leave", number=complaint.number),
        **_steps(work, complaint, ticket),
    }


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


def _overtaken(owed: Deadline | None) -> dict[str, Any] | None:
    """What was promised before the unit was given more time."""
    return {"due_at": owed.due_at, "reply": owed.kind is DeadlineKind.REPLY} if owed is not None else None


def _answer(
    work: Work, ticket: Ticket, current: Answer | None, evidence: Mapping[tuple[int, int], Sequence[Attachment]]
) -> dict[str, Any] | None:
    """The answer that holds, as it was issued to this complaint, with the pictures of the result."""
    if current is None or not current.text:
        return None
    centre = work.session.scalar(sa.select(Unit.name).where(Unit.id == ticket.centre_id))
    photos = pictures_of(evidence.get((current.ticket_id, current.round), ()))
    return {"text": translated(current.text), "unit": centre, "at": current.at, "photos": photos}


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
        "survey": form("survey", asked, reopens="rework" in names, until=facts.reopen_until),
        "unsolved": form(
            "rework",
            "rework" in names and answered and not (asked and ticket.state is State.REPLIED),
            until=facts.reopen_until,
        ),
        "add": form("add", "add" in names, answered=answered),
        "urge": form("urge", "urge" in names and not answered, again_at=again_at if again_at > work.now else None),
        "withdraw": form("withdraw", not names.isdisjoint({"withdraw", "withdraw_own"}) and not answered),
        "again": _again(complaint, ticket, reopens="rework" in names),
    }


def _again(complaint: Complaint, ticket: Ticket, *, reopens: bool) -> str | None:
    """What is left to do where nothing can be done with this complaint any more."""
    if complaint.withdrawn_at is not None:
        return _("如仍需办理，请重新反映。")
    if ticket.state is State.CLOSED and not reopens:
        return _("已过重办的时间。问题仍在或又出现的，请重新反映。")
    return None
