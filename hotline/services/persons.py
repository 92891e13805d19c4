"""Whom the hotline knows of a ticket: its complainants by name and number, and the officials in its words.

What is known is covered wherever it stands; what is not has to be found by its form (`hotline.domain.redaction`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY

from hotline.domain.actors import ActorKind
from hotline.domain.known import NOBODY, Known, is_persons
from hotline.models import Citizen, Complaint, Event, Publication, Staff, Ticket, Unit
from hotline.services.work import Work


def complainants(work: Work, ticket_id: int) -> Known:
    """All who complained in one ticket. Read once in a transaction: every text of its page is covered with it."""
    read_ahead(work, [ticket_id])
    return _kept(work)[ticket_id]


def read_ahead(work: Work, ticket_ids: Iterable[int]) -> None:
    """The same for many tickets in one statement, before their lines are written one after the other."""
    kept = _kept(work)
    if missing := set(ticket_ids) - kept.keys():
        named = _named(work, missing)
        kept.update((id, Known(*named[id])) for id in missing)


def kept_secret(work: Work, ticket_ids: Iterable[int]) -> Mapping[int, Known]:
    """Of those tickets that are confidential, by id, who complained: for a batch of notices to units."""
    secret = work.session.scalars(sa.select(Ticket.id).where(Ticket.id.in_(set(ticket_ids)), Ticket.confidential)).all()
    read_ahead(work, secret)
    return {id: _kept(work)[id] for id in secret}


def _kept(work: Work) -> dict[int, Known]:
    kept: dict[int, Known] = work.session.info.setdefault("complainants", {})
    return kept


def on_public(work: Work, rows: Sequence[tuple[Ticket, Publication | None]]) -> Mapping[int, Known]:
    """For each ticket whom no stranger may read of: complainants and officials; the offices' telephones stay.

    A fixed number of statements for any number of tickets.
    """
    ids = [ticket.id for ticket, _ in rows]
    if not ids:
        return {}
    named, acted = _named(work, ids), _acted(work, ids)
    texts = "\n".join(text for row in rows for text in _texts(*row))
    officials, offices = _officials(work, texts)
    return {id: Known(*named[id], officials=[*filter(is_persons, acted[id]), *officials], kept=offices) for id in ids}


def of_texts(work: Work, texts: Mapping[int, str]) -> Mapping[int, Known]:
    """The same for what complainants have written, by ticket: a fixed number of statements for any number of texts."""
    named, acted = _named(work, texts.keys()), _acted(work, texts.keys())
    officials, offices = _officials(work, "\n".join(texts.values()))
    return {id: Known(*named[id], officials=[*filter(is_persons, acted[id]), *officials], kept=offices) for id in texts}


def of_ticket(work: Work, ticket: Ticket, reviewed: Publication | None) -> Known:
    """The same for one ticket."""
    return on_public(work, [(ticket, reviewed)]).get(ticket.id, NOBODY)


def _texts(ticket: Ticket, reviewed: Publication | None) -> list[str]:
    texts = [ticket.matter, ticket.place, ticket.answer]
    return texts if reviewed is None else [*texts, reviewed.matter, reviewed.place, reviewed.answer]


def _named(work: Work, ids: Collection[int]) -> Mapping[int, tuple[list[str], list[str]]]:
    """By ticket: the names and the numbers of its complainants, each opened."""
    found: dict[int, tuple[list[str], list[str]]] = defaultdict(lambda: ([], []))
    rows = work.session.execute(
        sa.select(Complaint.ticket_id, Complaint.name_sealed, Citizen.phone_sealed)
        .outerjoin(Citizen, Citizen.id == Complaint.citizen_id)
        .where(Complaint.ticket_id.in_(ids))
    )
    for ticket_id, name, phone in rows:
        if name:
            found[ticket_id][0].append(work.vault.open(name))
        if phone:
            found[ticket_id][1].append(work.vault.open(phone))
    return found


def _acted(work: Work, ids: Collection[int]) -> Mapping[int, list[str]]:
    """By ticket: who of the staff is in its history, whether they still work here or not."""
    found: dict[int, list[str]] = defaultdict(list)
    rows = work.session.execute(
        sa.select(Event.ticket_id, Event.actor_name)
        .where(Event.ticket_id.in_(ids), Event.actor_kind == ActorKind.STAFF)
        .distinct()
    )
    for ticket_id, name in rows:
        found[ticket_id].append(name)
    return found


def _officials(work: Work, texts: str) -> tuple[list[str], list[str]]:
    """The staff and heads of units whose names stand in these texts, and the duty telephones of all offices.

    Of the thousands of names in a capital only those are read whose first two characters stand there. As rows, not as
    an array: in a prepared statement an array is gone through from its beginning for every name.
    """
    beginnings = sorted({texts[at : at + 2] for at in range(len(texts) - 1)})
    there = sa.select(sa.func.unnest(sa.cast(beginnings, ARRAY(sa.Text))))
    staff = sa.select(Staff.name).where(sa.func.left(Staff.name, 2).in_(there))
    heads = sa.select(Unit.head_name).where(sa.func.left(Unit.head_name, 2).in_(there))
    names = work.session.scalars(staff.union(heads))
    offices = work.session.scalars(sa.select(Unit.duty_phone).where(Unit.duty_phone != "").distinct())
    return [name for name in names if name in texts and is_persons(name)], [phone for phone in offices if phone]
