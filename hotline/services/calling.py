"""待联系: whom no text reaches, and whose words somebody must read. Derived from the rows, so that nobody is forgotten.

Three reasons, of which the first that holds is shown: an answer has not arrived; another text that tells something has
not; the citizen has said more since the answer, which was no verdict (docs/decisions/0011).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from hotline.domain.errors import NotFound, Refused
from hotline.domain.workflow import State
from hotline.models import Addition, Citizen, Complaint, Direction, Event, Message, MessageState, Ticket
from hotline.services import replying, surveying
from hotline.services.covering import cover_complaint
from hotline.services.hand import find, take_found
from hotline.services.hand import log as log_line
from hotline.services.messaging import ANSWERS, NEWS, page_of
from hotline.services.paging import FIRST, Place, Stretch, cut, newest_first
from hotline.services.scoping import visible
from hotline.services.vault import Unopened
from hotline.services.work import Work

Condition = sa.ColumnExpressionArgument[bool]

PAGE = 25
UNHEARD = timedelta(hours=24)  # a text of which the carrier has said nothing for so long has not arrived
CALLABLE = (State.REPLIED, State.DECLINED)  # where a call about the answer can be logged
TOLD = "told"  # the line of the history: what texts could not bring was told on the telephone
NO_KEY = "（凭手机号在网上重取）"  # nobody of the hotline reads a citizen's key


class Why(StrEnum):
    ANSWER = "answer"
    TEXT = "text"
    WORDS = "words"


@dataclass(frozen=True, slots=True)
class Call:
    """One person to be called. The number itself is opened on the ticket's page, with a reason.

    `said`: for a text what it should have told, for words what the citizen has said.
    """

    complaint_id: int
    complaint_number: str
    ticket_number: str
    matter: str
    phone_masked: str | None
    answered_at: datetime | None
    opted_out: bool
    why: Why = Why.ANSWER
    said: str = ""


def call_list(work: Work, place: Place[int] = FIRST, size: int = PAGE) -> Stretch[Call, int]:
    """Complaints about which somebody must be called or his words be read, each once; newest first, `size` of them.

    What the actor may see. `place`: the complaint id that a page before this one ended or began with.
    """
    found: dict[int, Call] = {}
    for why, conditions in _CONDITIONS.items():
        for row in work.session.execute(newest_first(_query(work, conditions(work)), Complaint.id, place, size)):
            found.setdefault(row.id, Call(*row, why=why))
    rows = sorted(found.values(), key=lambda call: call.complaint_id, reverse=not place.back)[: size + 1]
    told = [replace(call, said=_said(work, call)) for call in rows]
    return cut(told, place, size, lambda call: call.complaint_id)


def log(work: Work, number: str, complaint_number: str, note: str, *, version: int | None = None) -> Ticket:
    """登记电话告知, of the answer or of other texts that did not arrive. Raises NotFound or Refused."""
    ticket = find(work, number, lock=True)
    complaint = work.session.scalar(
        sa.select(Complaint).where(Complaint.ticket_id == ticket.id, Complaint.number == complaint_number)
    )
    if complaint is None:
        raise NotFound("没有找到这件诉求，请核对编号。")
    if complaint.answered_at is not None:
        return replying.log_call(work, number, complaint_number, note, version=version)
    take_found(work, ticket, "note", version=version)
    untold = sa.select(Complaint.id).join(Ticket, Ticket.id == Complaint.ticket_id).where(*_untold(work))
    if work.session.scalar(untold.where(Complaint.id == complaint.id)) is None:
        raise Refused("这件诉求的短信已经告知，无须再登记。", code="told")
    log_line(work, ticket, TOLD, complaint=complaint_number, note=note.strip())
    return ticket


def _query(
    work: Work, conditions: Iterable[Condition]
) -> sa.Select[int, str, str, str, str | None, datetime | None, bool]:
    return (
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
        .where(Complaint.withdrawn_at.is_(None), Citizen.phone_sealed.is_not(None), visible(work.actor))
        .where(*conditions)
    )


def _unreached(work: Work) -> list[Condition]:
    """Answered, and the answer has not reached the citizen and is not on its way."""
    about_it = (Message.purpose.in_(ANSWERS), Message.created_at >= Complaint.answered_at)
    return [
        Complaint.answered_at.is_not(None),
        Complaint.reached_at.is_(None),
        Complaint.wants_reply,
        Ticket.state.in_(CALLABLE),
        sa.not_(sa.exists().where(Message.complaint_id == Complaint.id, *about_it, _is_on_its_way(work, Message))),
    ]


def _untold(work: Work) -> list[Condition]:
    """Nobody has been answered yet, and a text that tells something has failed for good."""
    return [
        Complaint.answered_at.is_(None),
        Complaint.wants_reply,
        Ticket.ended_at.is_(None),
        sa.exists().where(*_lost(work)),
    ]


def _lost(work: Work) -> list[Condition]:
    """The condition on `Message`: it did not arrive, no later one did or is on its way, and nobody has called since."""
    later = aliased(Message)
    arrived = sa.or_(later.state == MessageState.DELIVERED, _is_on_its_way(work, later))
    return [
        Message.complaint_id == Complaint.id,
        Message.direction == Direction.OUT,
        Message.state == MessageState.FAILED,
        Message.purpose.in_(NEWS),
        sa.not_(sa.exists().where(later.complaint_id == Complaint.id, later.id > Message.id, arrived)),
        sa.not_(
            sa.exists().where(
                Event.ticket_id == Complaint.ticket_id,
                Event.step.in_((TOLD, "log_call")),
                Event.data["complaint"].astext == Complaint.number,
                Event.happened_at >= Message.failed_at,
            )
        ),
    ]


def _unlooked(_: Work) -> list[Condition]:
    return [Ticket.state == State.REPLIED, surveying.waiting_to_be_looked_at()]


_CONDITIONS = {Why.ANSWER: _unreached, Why.TEXT: _untold, Why.WORDS: _unlooked}


def _is_on_its_way(work: Work, message: type[Message]) -> sa.ColumnElement[bool]:
    waiting = message.state.in_((MessageState.QUEUED, MessageState.SENDING))
    sent = sa.and_(message.state == MessageState.SENT, message.sent_at > work.now - UNHEARD)
    return sa.and_(message.direction == Direction.OUT, sa.or_(waiting, sent))


def _said(work: Work, call: Call) -> str:
    if call.why is Why.TEXT:
        rows = work.session.execute(
            sa.select(Message.purpose, Message.body_sealed)
            .select_from(Message)
            .join(Complaint, Complaint.id == Message.complaint_id)
            .where(Complaint.id == call.complaint_id, *_lost(work))
            .order_by(Message.id)
        )
        return "\n".join(dict.fromkeys(_text(work, call, row.purpose, row.body_sealed) for row in rows))
    if call.why is Why.WORDS:
        complaint = work.session.get_one(Complaint, call.complaint_id)
        ticket = work.session.get_one(Ticket, complaint.ticket_id)
        cover = cover_complaint(work, ticket, complaint)
        said = sa.select(Addition.text).where(
            Addition.complaint_id == complaint.id, Addition.added_at >= complaint.answered_at
        )
        return "\n".join(cover(text) for text in work.session.scalars(said.order_by(Addition.id)))
    return ""


def _text(work: Work, call: Call, purpose: str, body_sealed: bytes) -> str:
    wordings = work.rules.wordings
    if purpose == "received":
        number = call.complaint_number
        text = wordings.write(purpose, number=number, key=NO_KEY, url=page_of(work, number)).text
    else:
        try:
            text = work.vault.open(body_sealed)
        except Unopened:
            return "（密钥已更换，短信内容无法查看。）"
    return text.removeprefix(wordings.signature)
