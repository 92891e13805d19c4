"""电话告知清单: whom no text reaches, and who must be called. Derived from the rows, so that nobody is forgotten."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from hotline.domain.workflow import State
from hotline.models import Citizen, Complaint, Message, MessageState, Ticket
from hotline.services.messaging import ANSWERS
from hotline.services.scoping import visible
from hotline.services.work import Work

PAGE = 25
UNHEARD = timedelta(hours=24)  # a text of which the carrier has said nothing for so long has not arrived
CALLABLE = (State.REPLIED, State.DECLINED)  # where a call can be logged


@dataclass(frozen=True, slots=True)
class Call:
    """One person to be called. The number itself is opened on the ticket's page, with a reason."""

    complaint_id: int
    complaint_number: str
    ticket_number: str
    matter: str
    phone_masked: str | None
    answered_at: datetime | None
    opted_out: bool


def call_list(work: Work, before: int | None = None, limit: int = PAGE) -> Sequence[Call]:
    """Complaints that were answered, whose answer has not reached the citizen and is not on its way; newest first.

    What the actor may see. `before`: the complaint id that the last page ended with.
    """
    query = (
        sa.select(
            Complaint.id,
            Complaint.number,
            Ticket.number,
            Ticket.matter,
            Citizen.phone_masked,
            Complaint.answered_at,
            Citizen.opted_out_at.is_not(None),
        )
        .join(Ticket, Ticket.id == Complaint.ticket_id)
        .join(Citizen, Citizen.id == Complaint.citizen_id)
        .where(
            Complaint.answered_at.is_not(None),
            Complaint.reached_at.is_(None),
            Complaint.wants_reply,
            Complaint.withdrawn_at.is_(None),
            Citizen.phone_sealed.is_not(None),
            Ticket.state.in_(CALLABLE),
            visible(work.actor),
            sa.not_(_on_its_way(work)),
        )
        .order_by(Complaint.id.desc())
        .limit(limit)
    )
    if before is not None:
        query = query.where(Complaint.id < before)
    return [Call(*row) for row in work.session.execute(query)]


def _on_its_way(work: Work) -> sa.ColumnElement[bool]:
    waiting = Message.state.in_((MessageState.QUEUED, MessageState.SENDING))
    sent = sa.and_(Message.state == MessageState.SENT, Message.sent_at > work.now - UNHEARD)
    return sa.exists(
        sa.select(Message.id).where(
            Message.complaint_id == Complaint.id,
            Message.purpose.in_(ANSWERS),
            Message.created_at >= Complaint.answered_at,
            sa.or_(waiting, sent),
        )
    )
