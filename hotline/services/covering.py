"""What of a citizen is shown to whom, decided in this one place (design §7; 个人信息保护法 6, 51; 济南条例 16, 32).

| who reads                                          | name, number          | free text                          |
|----------------------------------------------------|-----------------------|------------------------------------|
| the centre that holds the ticket, on its page      | masked, opened by one | as it was written                  |
| the lead unit, on its page                         | masked, opened by one | as it was written                  |
| the lead unit of a confidential ticket             | nothing               | nothing that tells who wrote       |
| a unit that assists, or only looks on              | masked                | no names, numbers, plates          |
| anybody in a list, a search, an export; texts      | nothing               | no names, numbers, plates          |
| strangers: public page, hints (`publishing`)       | nothing               | no third persons, no doors, either |
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial

import sqlalchemy as sa

from hotline.domain import redaction
from hotline.domain.actors import CENTRE_ROLES, Actor, ActorKind
from hotline.models import Assignment, Complaint, Ending, Part, Ticket
from hotline.services import persons
from hotline.services.work import Work

Cover = Callable[[str], str]

#: For a line of a list, a text to a unit, a hint to staff: whoever needs the words opens the ticket.
in_passing = redaction.at_a_glance


def passing(work: Work, ticket: Ticket) -> Cover:
    """The same for words of a confidential ticket: also without whom the hotline knows, whatever announces the name."""
    if not ticket.confidential:
        return in_passing
    return partial(in_passing, known=persons.complainants(work, ticket.id))


def read_ahead(work: Work, tickets: Iterable[Ticket]) -> None:
    """What `passing` needs for the lines of a list, in one statement."""
    persons.read_ahead(work, (ticket.id for ticket in tickets if ticket.confidential))


def is_hidden(actor: Actor, ticket: Ticket) -> bool:
    """Whether the actor must not learn who complained: of the units, everybody, if the ticket is confidential."""
    return ticket.confidential and not is_of_centre(actor, ticket)


def is_of_centre(actor: Actor, ticket: Ticket) -> bool:
    """Of the centre that holds the ticket, or of one above it."""
    return actor.kind is ActorKind.SYSTEM or (actor.is_any(CENTRE_ROLES) and actor.oversees(ticket.centre_path))


def needs_the_words(work: Work, ticket: Ticket) -> bool:
    """Who has to do something about it: the centre, the unit that has it, and one that had the lead and kept it."""
    actor = work.actor
    if is_of_centre(actor, ticket) or actor.oversees(ticket.unit_path):
        return True
    led = sa.select(Ticket.id).where(Ticket.id == ticket.id, has_led(actor))
    return bool(actor.unit_path) and bool(work.session.scalar(led))


def has_led(actor: Actor) -> sa.ColumnElement[bool]:
    """Tickets that the actor's units have or had the lead of, and kept it."""
    of_the_actor = Assignment.unit_path.startswith(actor.unit_path)
    if actor.staff_id is not None:
        of_the_actor = sa.or_(of_the_actor, Assignment.handler_id == actor.staff_id)
    led = sa.exists().where(
        Assignment.ticket_id == Ticket.id,
        Assignment.part == Part.LEAD,
        sa.or_(Assignment.ending.is_(None), Assignment.ending.not_in((Ending.RETURNED, Ending.WITHDRAWN))),
        of_the_actor,
    )
    return led.correlate(Ticket)  # said, for it may stand some levels further out, and any ticket would do


def cover_for(work: Work, ticket: Ticket, *, needed: bool | None = None) -> Cover:
    """What a text goes through before the actor reads it on the ticket's own page. `needed`: `needs_the_words`, where
    that has been asked already."""
    if not (needs_the_words(work, ticket) if needed is None else needed):
        return partial(redaction.at_a_glance, known=persons.complainants(work, ticket.id))
    return _secret(work, ticket) if is_hidden(work.actor, ticket) else str


def _secret(work: Work, ticket: Ticket) -> Cover:
    return partial(redaction.for_unit, known=persons.complainants(work, ticket.id))


def cover_complaint(work: Work, ticket: Ticket, complaint: Complaint, cover: Cover | None = None) -> Cover:
    """The same for one person's words, which may be confidential by themselves. `cover`: the ticket's, if known."""
    cover = cover or cover_for(work, ticket)
    return _secret(work, ticket) if cover is str and is_secret(work.actor, ticket, complaint) else cover


def is_secret(actor: Actor, ticket: Ticket, complaint: Complaint) -> bool:
    """Whether the actor must not learn who made this complaint."""
    return is_hidden(actor, ticket) or (complaint.confidential and not is_of_centre(actor, ticket))


def searchable(actor: Actor) -> sa.ColumnElement[bool]:
    """Tickets in whose words the actor may search: a hit on what is covered would tell what is under the cover."""
    if actor.kind is ActorKind.SYSTEM:
        return sa.true()
    if not actor.is_any(CENTRE_ROLES):
        return ~Ticket.confidential
    return sa.or_(~Ticket.confidential, Ticket.centre_path.startswith(actor.unit_path))


def mask_name(name: str) -> str | None:
    """A name as lists show it: 张**. None for no name."""
    return name[0] + "**" if name else None
