"""回话: what a number that has just written is told. Through the outbox, unless it has asked for silence."""

from __future__ import annotations

from typing import NamedTuple

import sqlalchemy as sa

from hotline.domain.dates import spoken
from hotline.models import Complaint, Ticket
from hotline.services import messaging, standing
from hotline.services.listening import Talk
from hotline.services.receiving import Receipt


class About(NamedTuple):
    """What a text turned out to belong to. One that begins a complaint is filed with it in the same breath."""

    ticket_id: int
    complaint_id: int


def say(talk: Talk, wording: str, about: About | None = None, **fields: object) -> None:
    """Queue the answer, unless they have asked for silence."""
    if not talk.opted_out:
        say_at_last(talk, wording, about, **fields)


def say_at_last(talk: Talk, wording: str, about: About | None = None, **fields: object) -> None:
    """The answer also to who has asked for silence: to that word itself, and to a danger that he tells of."""
    work = talk.work
    if not work.texts:
        return
    messaging.write(
        work,
        wording,
        work.rules.wordings.write(wording, **fields),
        caller=talk.phone,
        ticket_id=about.ticket_id if about else None,
        complaint_id=about.complaint_id if about else None,
    )


def warn(talk: Talk, about: About | None = None) -> None:
    """The emergency numbers, also to who has asked for silence: it is the answer to a danger just told."""
    say_at_last(talk, "emergency", about)


def say_received(talk: Talk, receipt: Receipt) -> None:
    """Number and key to who has asked for silence; everybody else got them with the receiving."""
    if not (talk.opted_out and receipt.key):
        return
    about = About(receipt.ticket_id, receipt.complaint_id)
    page = messaging.page_of(talk.work, receipt.number)
    say_at_last(talk, "received", about, number=receipt.number, key=receipt.key, url=page)
    told = sa.update(Complaint).where(Complaint.id == receipt.complaint_id)
    talk.work.session.execute(told.values(notice_version=talk.work.notice_version))


def say_about(talk: Talk, complaint: Complaint, wording: str, **fields: object) -> About:
    """An answer that names the complaint."""
    about = About(complaint.ticket_id, complaint.id)
    say(talk, wording, about, number=complaint.number, url=messaging.page_of(talk.work, complaint.number), **fields)
    return about


def say_how_it_stands(talk: Talk, complaint: Complaint, ticket: Ticket) -> About:
    """进度: the state, who has it, and by when."""
    now = standing.stand(talk.work, complaint, ticket)
    due = spoken(now.due.due_at, talk.work.rules.zone) if now.due is not None else ""
    wording = "progress_ended" if not due else "progress" if now.unit else "progress_centre"
    return say_about(talk, complaint, wording, state=now.state, unit=now.unit, due=due)
