"""What it means to erase a person: every place where something of somebody lies, and what is left of it.

Citizens' own words, names, numbers, texts and photos go; what the city wrote about its work stays, without persons.
States, times, promises, surveys' scores and counts are not touched: the rates of every month stay what they were.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, Final

import sqlalchemy as sa

from hotline.domain.actors import ActorKind
from hotline.domain.known import Known
from hotline.domain.redaction import for_everybody, names_of_writer, only_known
from hotline.models import (
    AccessCode,
    Addition,
    Appeal,
    Assignment,
    Attachment,
    Base,
    Citizen,
    Complaint,
    Deadline,
    Disclosure,
    Draft,
    Event,
    Extension,
    Instruction,
    Message,
    MessageState,
    Pause,
    Publication,
    Return,
    SampleCheck,
    Supervision,
    Survey,
    Ticket,
)
from hotline.models.event import ERASING
from hotline.services import clueing, risking
from hotline.services.work import Work

GONE: Final = "（已按规定删除）"
NO_KEY: Final = ""  # the hash of no key
ERASED: Final = "erased"  # instead of a failure: a photo that nobody sees any more
PLACES: Final = 3  # decimals of a position that stay: about a hundred metres
_UNSENT = (MessageState.QUEUED, MessageState.SENDING)

#: What the city wrote, by table and column; all of it may name somebody.
_OFFICIAL: tuple[tuple[type[Any], tuple[str, ...]], ...] = (
    (Assignment, ("instruction", "opinion")),
    (Supervision, ("demand", "explanation")),
    (Return, ("reason", "opinion")),
    (Extension, ("reason", "opinion")),
    (Pause, ("reason", "opinion")),
    (Appeal, ("reason", "opinion")),
    (Instruction, ("text", "report")),
    (SampleCheck, ("finding",)),
    (Publication, ("matter", "place", "answer")),
    (Deadline, ("exempt_reason",)),
)
_OF_THE_TICKET = ("matter", "place", "against", "outcome", "answer", "decline_reason", "urgency_reason")


def forget_person(work: Work, complaint: Complaint, ticket: Ticket, *, at_once: bool) -> Known:
    """Everything that one citizen left with one complaint; by what the citizen was known. The ticket is locked.

    `at_once`: also texts that belong to no complaint, if this was the last one; else they go in their own time.
    """
    session, citizen_id = work.session, complaint.citizen_id
    known = _known_by(work, complaint)
    of_it = {"complaint_id": complaint.id}
    if citizen_id is not None:
        reasons = sa.update(Disclosure).where(Disclosure.citizen_id == citizen_id, Disclosure.ticket_id == ticket.id)
        session.execute(reasons.values(reason=GONE))
    _forget_words_of(work, complaint, ticket, citizen_id)
    complaint.text, complaint.place = GONE, for_everybody(complaint.place, known)
    complaint.name_sealed = complaint.citizen_id = None
    complaint.key_hash = NO_KEY
    complaint.erased_at = work.now
    session.flush()
    session.execute(sa.update(Addition).filter_by(**of_it).values(text=GONE))
    session.execute(sa.update(Survey).filter_by(**of_it).where(Survey.comment != "").values(comment=GONE))
    session.execute(sa.delete(AccessCode).filter_by(**of_it))
    forget_messages(work, Message.complaint_id == complaint.id)
    forget_drafts(work, Draft.complaint_id == complaint.id)
    _hide_photos(work, complaint)
    if citizen_id is not None:
        if at_once:
            forget_loose(work, citizen_id)
        forget_contact(work, citizen_id)
    return known


def _known_by(work: Work, complaint: Complaint) -> Known:
    """The name in its field, whatever its form, and such as are names by their form in the citizen's words."""
    given = work.vault.open(complaint.name_sealed)
    additions = work.session.scalars(sa.select(Addition.text).where(Addition.complaint_id == complaint.id))
    said = set().union(*(names_of_writer(text) for text in (complaint.text, *additions)))
    citizen = work.session.get(Citizen, complaint.citizen_id) if complaint.citizen_id is not None else None
    phone = work.vault.open(citizen.phone_sealed) if citizen is not None else ""
    return Known([given, *said], [phone])


def _forget_words_of(work: Work, complaint: Complaint, ticket: Ticket, citizen_id: int | None) -> None:
    """The citizen's own words in the history: a verdict, why it is not solved."""
    by_the_citizen = sa.and_(Event.actor_kind == ActorKind.CITIZEN, Event.actor_id == citizen_id)
    alone = ticket.heat <= 1
    query = sa.select(Event.id, Event.data).where(
        Event.ticket_id == ticket.id,
        sa.or_(
            Event.data["complaint"].astext == complaint.number,
            by_the_citizen if citizen_id is not None else sa.false(),
            sa.and_(Event.actor_kind == ActorKind.CITIZEN, sa.literal(alone)),
        ),
    )
    _rewrite(work, query, _without_own_words)


def _without_own_words(data: Any, name: str = "") -> Any:
    if isinstance(data, dict):
        return {key: _without_own_words(value, key) for key, value in data.items()}
    return GONE if name in ("reason", "comment", "text", "note") and data else data


def forget_matter(work: Work, ticket: Ticket, known: Known, *, wholly: bool = False) -> None:
    """Persons in what was written about a ticket: who is `known` wherever, and all that has the form of a person.

    While the ticket is open only who is known. `wholly`: nothing of the citizens' matter is left.
    """
    cover = partial(_covered, known=known, all_forms=ticket.ended_at is not None)
    for name in _OF_THE_TICKET:
        setattr(ticket, name, cover(getattr(ticket, name)))
    risking.forget(ticket, GONE)
    if wholly and ticket.matter:
        ticket.matter = GONE
    if ticket.ended_at is not None and ticket.latitude is not None and ticket.longitude is not None:
        ticket.latitude, ticket.longitude = round(ticket.latitude, PLACES), round(ticket.longitude, PLACES)
    for table, names in _OFFICIAL:
        for row in work.session.scalars(sa.select(table).where(table.ticket_id == ticket.id)):
            for name in names:
                setattr(row, name, cover(getattr(row, name)))
    work.session.flush()
    if ticket.ended_at is not None:
        forget_messages(work, sa.and_(Message.ticket_id == ticket.id, Message.unit_id.is_not(None)), phones=False)
    _rewrite(work, sa.select(Event.id, Event.data).where(Event.ticket_id == ticket.id), cover)
    clueing.rewrite(work, ticket)


def _covered(data: Any, *, known: Known, all_forms: bool) -> Any:
    """Every word in it covered; numbers, moments and names of units have no form of a person and stay."""
    again = partial(_covered, known=known, all_forms=all_forms)
    if isinstance(data, dict):
        return {key: again(value) for key, value in data.items()}
    if isinstance(data, list):
        return [again(value) for value in data]
    if not isinstance(data, str):
        return data
    return for_everybody(data, known) if all_forms else only_known(data, known)


def _rewrite(work: Work, query: sa.Select[Any], change: Callable[[Any], Any]) -> None:
    """The one way in which the history changes (`hotline.models.event`)."""
    changed = [
        {"line": id, "words": new} for id, data in work.session.execute(query).all() if (new := change(data)) != data
    ]
    if changed:
        work.session.execute(sa.text(ERASING))
        events = Base.metadata.tables[Event.__tablename__]
        rewrite = sa.update(events).where(events.c.id == sa.bindparam("line")).values(data=sa.bindparam("words"))
        work.session.connection().execute(rewrite, changed)


def forget_messages(work: Work, which: sa.ColumnElement[bool], *, phones: bool = True) -> int:
    """Their words, and the numbers that they went to; when they went and how it ended stays."""
    gone: dict[str, Any] = {"body_sealed": b"", "fields_sealed": None, "error": None}
    if phones:
        gone |= {"phone_sealed": None, "phone_print": None, "phone_masked": None}
    unsent = Message.state.in_(_UNSENT)
    result = work.session.execute(
        sa.update(Message)
        .where(which)
        .values(
            **gone,
            next_at=None,
            state=sa.case((unsent, MessageState.CANCELLED.value), else_=Message.state),
        )
        .execution_options(synchronize_session="fetch")
        .returning(Message.id)
    )
    return len(result.all())


def forget_drafts(work: Work, which: sa.ColumnElement[bool]) -> int:
    """Transcripts of calls and what was drawn out of them; that there was a call, and how it was settled, stays."""
    drafts = work.session.scalars(sa.select(Draft).where(which, Draft.erased_at.is_(None))).all()
    for draft in drafts:
        caller = json.loads(work.vault.open(draft.content_sealed)).get("parts", {}).get("name") or {}
        draft.answer = for_everybody(draft.answer, Known([caller.get("value") or ""]))
        draft.source_sealed, draft.content_sealed = b"", b""
        draft.warnings, draft.recording, draft.filename = [], "", ""
        draft.erased_at = work.now
    work.session.flush()
    return len(drafts)


def _hide_photos(work: Work, complaint: Complaint) -> None:
    """Nobody finds them from now on; `shredding` takes the files away once this stands."""
    work.session.execute(
        sa.update(Attachment)
        .where(Attachment.complaint_id == complaint.id)
        .values(
            token=sa.literal("gone-") + sa.cast(Attachment.id, sa.Text),
            name=GONE,
            remote_url=None,
            next_try_at=None,
            failure=ERASED,
        )
    )


def forget_loose(work: Work, citizen_id: int) -> None:
    """Texts of somebody's that belong to no complaint: 谢谢, a wrong number, what was answered to them.

    Nothing is done while another complaint stands: they may be about that one. Before `forget_contact`, which forgets
    the number that they are found by.
    """
    needed = sa.exists().where(Complaint.citizen_id == citizen_id)
    mark = work.session.scalar(sa.select(Citizen.phone_print).where(Citizen.id == citizen_id, ~needed))
    if mark is not None:
        loose = sa.and_(Message.complaint_id.is_(None), Message.unit_id.is_(None))
        forget_messages(work, sa.and_(Message.phone_print == mark, loose))


def forget_contact(work: Work, citizen_id: int) -> None:
    """The number, once no complaint needs it. Of who wants no texts the fingerprint stays, or they would be texted.

    The row is locked first: a complaint that comes in from that number at the same moment is seen, or finds no row.
    """
    citizen = work.session.scalar(
        sa.select(Citizen).where(Citizen.id == citizen_id).with_for_update().execution_options(populate_existing=True)
    )
    needed = sa.select(sa.exists().where(Complaint.citizen_id == citizen_id))
    if citizen is None or work.session.scalar(needed):
        return
    citizen.phone_sealed = citizen.phone_masked = None
    if citizen.opted_out_at is None:
        citizen.phone_print = None
    citizen.erased_at = work.now
    work.session.flush()


def still_named(work: Work, ticket: Ticket) -> Sequence[int]:
    """Complaints that are on the ticket, or came in with it, whose persons are not erased."""
    query = sa.select(Complaint.id).where(
        sa.or_(Complaint.ticket_id == ticket.id, Complaint.first_ticket_id == ticket.id),
        Complaint.erased_at.is_(None),
    )
    return work.session.scalars(query).all()
