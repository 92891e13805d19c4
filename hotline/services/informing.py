"""查阅、复制: everything that is stored about the one who complained, for that person (个人信息保护法 45)."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from hotline.domain.errors import say
from hotline.models import (
    Addition,
    ApiClient,
    Attachment,
    Citizen,
    Complaint,
    Disclosure,
    Draft,
    Message,
    Staff,
    Survey,
    Ticket,
    Unit,
)
from hotline.services.erasing import kept_until
from hotline.services.hand import log
from hotline.services.transcribing import read_content
from hotline.services.work import Work

GIVEN = "data_given"  # the line of the history
CODES = ("access_code",)  # texts whose words are a secret for minutes, and then nothing


def data_of(work: Work, complaint: Complaint, ticket: Ticket, language: str = "zh") -> dict[str, Any]:
    """In the order in which a person asks: who am I to you, what did I say, what came of it, who has looked."""
    kept, until = kept_until(work, complaint, ticket)
    citizen = work.session.get(Citizen, complaint.citizen_id) if complaint.citizen_id else None
    return {
        "number": complaint.number,
        "received_at": complaint.received_at,
        "channel": complaint.channel.value,
        "name": work.vault.open(complaint.name_sealed),
        "phone": work.vault.open(citizen.phone_sealed) if citizen else "",
        "takes_texts": citizen is not None and citizen.phone_sealed is not None and citizen.opted_out_at is None,
        "wants_reply": complaint.wants_reply,
        "confidential": complaint.confidential,
        "language": complaint.language,
        "notice_version": complaint.notice_version,
        "text": complaint.text,
        "place": complaint.place,
        "position": _position(complaint, ticket),
        "additions": _additions(work, complaint),
        "photos": _photos(work, complaint),
        "call": _call(work, complaint),
        "surveys": _surveys(work, complaint),
        "messages": _messages(work, complaint),
        "openings": _openings(work, complaint, ticket),
        "kept": {"what": kept.label(language), "period": kept.period.label(language), "until": until},
    }


def _position(complaint: Complaint, ticket: Ticket) -> list[float] | None:
    """Latitude and longitude in degrees, WGS 84, if it was this person who gave them."""
    if ticket.number != complaint.number or ticket.latitude is None or ticket.longitude is None:
        return None
    return [ticket.latitude, ticket.longitude]


def _additions(work: Work, complaint: Complaint) -> list[dict[str, Any]]:
    rows = work.session.scalars(sa.select(Addition).where(Addition.complaint_id == complaint.id).order_by(Addition.id))
    return [{"at": row.added_at, "text": row.text} for row in rows]


def _photos(work: Work, complaint: Complaint) -> list[dict[str, Any]]:
    rows = work.session.scalars(
        sa.select(Attachment).where(Attachment.complaint_id == complaint.id).order_by(Attachment.id)
    )
    return [{"at": row.added_at, "name": row.name, "size": row.size, "token": row.token} for row in rows]


def _call(work: Work, complaint: Complaint) -> list[dict[str, str]]:
    """What was said on the telephone, as it was written down."""
    drafts = work.session.scalars(sa.select(Draft).where(Draft.complaint_id == complaint.id))
    turns = [turn for draft in drafts for turn in read_content(work, draft)["turns"]]
    return [{"speaker": turn["speaker"], "text": turn["text"]} for turn in turns]


def _surveys(work: Work, complaint: Complaint) -> list[dict[str, Any]]:
    rows = work.session.scalars(
        sa.select(Survey)
        .where(Survey.complaint_id == complaint.id, Survey.answered_at.is_not(None))
        .order_by(Survey.id)
    )
    names = ("answered_at", "solved", "score", "comment")
    return [{name: getattr(row, name) for name in names} for row in rows]


def _messages(work: Work, complaint: Complaint) -> list[dict[str, Any]]:
    rows = work.session.scalars(sa.select(Message).where(Message.complaint_id == complaint.id).order_by(Message.id))
    return [
        {
            "at": row.created_at,
            "direction": row.direction.value,
            "state": row.state.value,
            "text": say("（验证码）") if row.purpose in CODES else work.vault.open(row.body_sealed),
        }
        for row in rows
    ]


def _openings(work: Work, complaint: Complaint, ticket: Ticket) -> list[dict[str, Any]]:
    """Who has opened the contact data, when and why: by unit and office, not by name."""
    rows = work.session.execute(
        sa.select(Disclosure.opened_at, Disclosure.reason, Staff.roles, Unit.name)
        .outerjoin(Staff, Staff.id == Disclosure.staff_id)
        .outerjoin(ApiClient, ApiClient.id == Disclosure.client_id)
        .join(Unit, Unit.id == sa.func.coalesce(Staff.unit_id, ApiClient.unit_id))
        .where(
            Disclosure.citizen_id == complaint.citizen_id,
            Disclosure.ticket_id.in_([ticket.id, complaint.first_ticket_id or ticket.id]),
        )
        .order_by(Disclosure.id)
    )
    return [
        {"at": at, "unit": unit, "roles": roles or ["client"], "reason": reason} for at, reason, roles, unit in rows
    ]


def log_giving(work: Work, complaint: Complaint, ticket: Ticket) -> None:
    """A copy was handed out; the history says so, and nothing of what is in it."""
    log(work, ticket, GIVEN, complaint=complaint.number)
