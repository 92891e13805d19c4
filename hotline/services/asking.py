"""补问地点: a text without a place is asked for one, once. The ticket waits for nothing: its promises run from the
first text. For a set time the answer is expected; then the operator goes on without it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from hotline.domain.deadlines import due_at
from hotline.domain.whereabouts import is_known
from hotline.models import Complaint, Message, MessageState, Ticket
from hotline.services.work import Work

PLACE = "ask_place"  # the wording


@dataclass(frozen=True, slots=True)
class Asked:
    """The question for the place, and until when its answer is waited for."""

    complaint_id: int
    at: datetime
    until: datetime


def asked(work: Work, ticket: Ticket) -> Asked | None:
    """The open question: asked, and no more is known yet than a door. None where it was not asked, or was answered."""
    if is_known(ticket.place):
        return None
    row = work.session.execute(
        sa.select(Message.complaint_id, Message.created_at)
        .join(Complaint, Complaint.id == Message.complaint_id)
        .where(Complaint.ticket_id == ticket.id, Message.purpose == PLACE, Message.state != MessageState.CANCELLED)
        .order_by(Message.id.desc())
        .limit(1)
    ).first()
    if row is None:
        return None
    waits = work.rules.policy(ticket.policy_version_id).asking
    return Asked(row.complaint_id, row.created_at, due_at(work.rules.calendar, row.created_at, waits))
