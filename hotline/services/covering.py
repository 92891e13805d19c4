"""What of a citizen is shown to whom (design §7): masked for all; to a unit nothing of who told in confidence."""

from __future__ import annotations

from collections.abc import Callable

from hotline.domain.actors import CENTRE_ROLES, Actor, ActorKind
from hotline.domain.texts import redact
from hotline.models import Complaint, Ticket

Cover = Callable[[str], str]


def is_hidden(actor: Actor, ticket: Ticket) -> bool:
    """Whether the actor must not learn who complained: of the units, everybody, if the ticket is confidential."""
    return ticket.confidential and not is_of_centre(actor, ticket)


def is_of_centre(actor: Actor, ticket: Ticket) -> bool:
    """Of the centre that holds the ticket, or of one above it."""
    return actor.kind is ActorKind.SYSTEM or (actor.is_any(CENTRE_ROLES) and actor.oversees(ticket.centre_path))


def cover_for(actor: Actor, ticket: Ticket) -> Cover:
    """What a text about this ticket goes through before the actor reads it."""
    return redact if is_hidden(actor, ticket) else str


def is_secret(actor: Actor, ticket: Ticket, complaint: Complaint) -> bool:
    """The same for one of its complaints, which may be confidential by itself."""
    return is_hidden(actor, ticket) or (complaint.confidential and not is_of_centre(actor, ticket))


def mask_name(name: str) -> str | None:
    """A name as lists show it: 张**. None for no name."""
    return name[0] + "**" if name else None
