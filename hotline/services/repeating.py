"""重复诉求: same person, same matter, nothing new: counted and told how it stands, no new ticket (北京条例 第十一条).

The one place that counts, for forms and for texts alike: a thousand times the same words from one telephone are one
ticket. Places that differ are different matters, however alike the words.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta

import sqlalchemy as sa

from hotline.domain.actors import a_citizen
from hotline.domain.likeness import metres_between
from hotline.domain.written import photos_again
from hotline.models import Channel, Citizen, Complaint, Message, Ticket
from hotline.services import attaching, citizens, messaging, receiving, risking, standing
from hotline.services.attaching import Kept, Taken
from hotline.services.hand import find
from hotline.services.receiving import Intake, Receipt
from hotline.services.work import Work

TELL_EVERY = timedelta(hours=24)  # however often it is said, how it stands is told once in that time
NEAR = 100  # metres: two points on the map that mean the same spot
RECENT = 100  # complaints of one telephone that are looked through, newest first


def receive(work: Work, intake: Intake) -> Receipt:
    """Take a form in, unless it is what the same person has said before: then that is counted, and told by text.

    Raises what `receiving.receive` raises.
    """
    if not intake.phone:
        return receiving.receive(work, intake)
    phone_print = work.vault.fingerprint(intake.phone)
    one_after_the_other(work, phone_print)
    if (retried := receiving.known(work, intake)) is not None:
        return retried
    position = (intake.latitude, intake.longitude)
    complaint = repeated(work, phone_print, intake.text, place=intake.place, position=position)
    if complaint is None:
        return receiving.receive(work, intake)
    tell(work, complaint)
    return replace(receiving.receipt_of(work, complaint), known=True)


def repeated(
    work: Work,
    phone_print: str,
    text: str,
    *,
    place: str = "",
    position: tuple[float | None, float | None] = (None, None),
) -> Complaint | None:
    """The open complaint of that telephone in the same words, which has been counted once more; None if there is none.

    `place` and `position` (latitude, longitude in degrees) are given where the door asks for them apart from the words.
    Texts and forms of one telephone wait here for each other.
    """
    one_after_the_other(work, phone_print)
    for complaint, ticket in _open_of(work, phone_print):
        here = not place or same_words(complaint.place, place)
        if here and same_words(complaint.text, text) and not _is_elsewhere(ticket, position):
            return _count(work, complaint, ticket)
    return None


def add_photos(work: Work, receipt: Receipt, photos: Iterable[Kept]) -> Taken:
    """What came with a form that said the same again (`known`) belongs to the complaint that it was counted for.

    Whoever sent it has not proved to be that person; the history tells it from what was added with the key. It stays
    within what one complaint may have, and the same photos again add nothing. The ticket has been locked by counting.
    """
    complaint = work.session.get_one(Complaint, receipt.complaint_id)
    taken = attaching.attach_new(work, photos, complaint.id, most=attaching.MOST)
    if taken.added:
        ticket = citizens.ticket_of(work, complaint)
        citizen = work.act_as(a_citizen(complaint.citizen_id))
        citizens.add(citizen, complaint, ticket, photos_again(taken.added), Channel.WEB)
    return taken


def same_words(one: str, other: str) -> bool:
    """Blanks, punctuation, width and case aside."""
    return _bare(one) == _bare(other)


def tell(work: Work, complaint: Complaint) -> bool:
    """已反映过: number and state by text, at most once a day. Whether it was told now."""
    told = sa.exists().where(
        Message.complaint_id == complaint.id,
        Message.purpose == "known",
        Message.created_at > work.now - TELL_EVERY,
    )
    if work.session.scalar(sa.select(told)):
        return False
    ticket = work.session.get_one(Ticket, complaint.ticket_id)
    state = standing.stand(work, complaint, ticket).state
    return messaging.tell_citizen(work, ticket, complaint, "known", state=state)


def one_after_the_other(work: Work, phone_print: str) -> None:
    """Until the transaction ends, whoever speaks from the same telephone waits; others do not."""
    work.session.execute(_WAIT, {"phone_print": phone_print})


_WAIT = sa.text("SELECT pg_advisory_xact_lock(hashtextextended(:phone_print, 12319))").columns(
    sa.column("pg_advisory_xact_lock", sa.Text)
)


def _open_of(work: Work, phone_print: str) -> list[tuple[Complaint, Ticket]]:
    rows = work.session.execute(
        sa.select(Complaint, Ticket)
        .join(Citizen, Citizen.id == Complaint.citizen_id)
        .join(Ticket, Ticket.id == Complaint.ticket_id)
        .where(Citizen.phone_print == phone_print, Ticket.ended_at.is_(None), Complaint.withdrawn_at.is_(None))
        .order_by(Complaint.id.desc())
        .limit(RECENT)
    )
    return [(complaint, ticket) for complaint, ticket in rows]


def _bare(text: str) -> str:
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", text)).casefold()


def _is_elsewhere(ticket: Ticket, position: tuple[float | None, float | None]) -> bool:
    latitude, longitude = position
    if latitude is None or longitude is None or ticket.latitude is None or ticket.longitude is None:
        return False
    return metres_between((latitude, longitude), (ticket.latitude, ticket.longitude)) > NEAR


def _count(work: Work, complaint: Complaint, ticket: Ticket) -> Complaint | None:
    """The ticket is locked first, as by everybody who writes to one of its complaints."""
    ticket = find(work, ticket.number, lock=True)
    if ticket.ended_at is not None:
        return None
    work.session.refresh(complaint)
    complaint.repeats += 1
    risking.recount(work, ticket)
    work.session.flush()
    return complaint
