"""全文检索: which tickets a text means. Words and fragments, whole numbers, ends of numbers, telephones.

The words of a confidential matter are only its centre's to search, and units find nothing that is covered for them: a
hit tells as much as the text (design §7). Telephones are found by the centre that holds the ticket, and nobody else.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Final

import sqlalchemy as sa

from hotline.domain.actors import CENTRE_ROLES, Actor, ActorKind
from hotline.domain.fragments import Term, terms
from hotline.models import Citizen, Complaint, FoundWords, Ticket
from hotline.services.covering import has_led
from hotline.services.finding import TAILS, tail
from hotline.services.phones import PhoneError, normalise_phone
from hotline.services.scoping import is_root
from hotline.services.work import Work

Condition = sa.ColumnElement[bool]

PHONE_END: Final = 4
SHORTEST_PHONE: Final = 7
_DIGITS = re.compile(r"[0-9]+")


def said(work: Work, text: str) -> Condition:
    """Tickets in which every term is found; none for a text without letters or digits."""
    found = [_term(work, term) for term in terms(text)]
    return sa.and_(*found) if found else sa.false()


def _term(work: Work, term: Term) -> Condition:
    return sa.or_(_stands_there(work.actor, term.folded), *by_number(work, term))


def _stands_there(actor: Actor, term: str) -> Condition:
    """Looked up by the ticket's own row: the database neither guesses how many there are nor reads all of them."""
    found = FoundWords.words.contains(term)
    if not may_search_all(actor):
        theirs = _for_units(actor, term)
        found = sa.and_(found, sa.or_(own_centre(actor), theirs) if is_of_centre(actor) else theirs)
    if is_tail(term):
        found = sa.or_(found, FoundWords.marks.contains([tail(term)]))
    there = sa.select(found).where(FoundWords.ticket_id == Ticket.id)
    return sa.func.coalesce(there.scalar_subquery(), sa.false())


def _for_units(actor: Actor, term: str) -> Condition:
    """What a list shows; and for the unit that does the work what it reads on the ticket's page."""
    shown = sa.func.coalesce(FoundWords.covered, FoundWords.words).contains(term)
    secret = sa.exists().where(Complaint.ticket_id == Ticket.id, Complaint.confidential).correlate(Ticket)
    at_work = sa.or_(Ticket.unit_path.startswith(actor.unit_path), has_led(actor))
    return sa.and_(~Ticket.confidential, sa.or_(shown, sa.and_(at_work, ~secret)))


def is_of_centre(actor: Actor) -> bool:
    """One of a centre's people: in what that centre holds, everything is theirs to search."""
    return actor.is_any(CENTRE_ROLES)


def may_search_all(actor: Actor) -> bool:
    """Nothing is covered for the city centre's people and the system."""
    return actor.kind is ActorKind.SYSTEM or (is_of_centre(actor) and is_root(actor))


def own_centre(actor: Actor) -> Condition:
    """Tickets that the actor's centre, or one below it, holds."""
    return Ticket.centre_path.startswith(actor.unit_path)


def is_tail(term: str) -> bool:
    """Whether it may be the end of a number."""
    return len(term) in TAILS and _DIGITS.fullmatch(term) is not None


def by_number(work: Work, term: Term) -> Sequence[Condition]:
    """The ticket of a whole number; and of a telephone or the end of one, for the centre that holds it."""
    found: list[Condition] = []
    if _DIGITS.search(term.folded):
        numbers = [term.typed, term.folded]
        found += [Ticket.number.in_(numbers), Ticket.id.in_(_of_complaints(Complaint.number.in_(numbers)))]
    if (caller := _caller(work, term.folded)) is not None:
        mine = sa.true() if work.actor.kind is ActorKind.SYSTEM else own_centre(work.actor)
        found.append(sa.and_(Ticket.id.in_(_of_complaints(Complaint.citizen_id.in_(caller))), mine))
    return found


def _of_complaints(which: Condition) -> sa.Select[Any]:
    return sa.select(Complaint.ticket_id).where(which)


def _caller(work: Work, term: str) -> sa.Select[Any] | None:
    """Whose telephone that can be."""
    of_centre = work.actor.kind is ActorKind.SYSTEM or is_of_centre(work.actor)
    if not of_centre or not _DIGITS.fullmatch(term):
        return None
    if len(term) == PHONE_END:
        end = sa.func.right(Citizen.phone_masked, sa.literal_column(str(PHONE_END)))
        return sa.select(Citizen.id).where(Citizen.phone_masked.is_not(None), end == term)
    if len(term) < SHORTEST_PHONE:
        return None
    try:
        phone = normalise_phone(term)
    except PhoneError:
        return None
    return sa.select(Citizen.id).where(Citizen.phone_print == work.vault.fingerprint(phone))
