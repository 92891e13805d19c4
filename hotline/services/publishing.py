"""公开: what a stranger may see of a ticket, on the public page and as a hint that somebody has complained already."""

from __future__ import annotations

import sqlalchemy as sa

from hotline.domain.publicity import Publicity
from hotline.domain.texts import redact
from hotline.domain.workflow import State
from hotline.models import Publication, RequestType, Ticket
from hotline.services.work import Work

NEVER = (State.DECLINED, State.MERGED, State.VOIDED)


def strangers_may_see(work: Work) -> sa.ColumnElement[bool]:
    """The condition on `Ticket`, outer-joined to `Publication`: nothing confidential, no report, nothing hidden."""
    if work.publicity is Publicity.OFF:
        return sa.false()
    released = sa.and_(~Ticket.confidential, Ticket.request_type != RequestType.REPORT, Ticket.state.not_in(NEVER))
    if work.publicity is Publicity.REVIEWED:
        return sa.and_(released, Publication.shown)
    return sa.and_(released, sa.func.coalesce(Publication.shown, sa.true()))


def public_matter(ticket: Ticket, reviewed: Publication | None) -> str:
    """The matter in the words for everybody: as a person has written them, else redacted."""
    return (reviewed.matter if reviewed is not None else "") or redact(ticket.matter)


def public_place(ticket: Ticket, reviewed: Publication | None) -> str:
    """The place, likewise."""
    return (reviewed.place if reviewed is not None else "") or redact(ticket.place)
