"""办理结果的照片: what a unit shows of its result, and whom it is shown to.

The centre may withhold single ones when it replies. A complainant sees those of the rounds in which he was answered,
nobody else sees any; what others sent in with their complaints is never among them.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

import sqlalchemy as sa

from hotline.domain.errors import Invalid
from hotline.models import Attachment, Complaint, Event, Ticket
from hotline.services.work import Work

ANSWERING = ("reply", "answer")  # the steps that issue an answer


def of_round(work: Work, ticket: Ticket) -> list[Attachment]:
    """The pictures of the result that is being worked on, in the order they came."""
    return _of_rounds(work, ticket, {ticket.round})


def withhold(work: Work, ticket: Ticket, ids: Collection[int]) -> None:
    """Of the round's pictures, these are not for citizens' eyes, the others are. Raises Invalid for any other id."""
    pictures = of_round(work, ticket)
    if set(ids) - {each.id for each in pictures}:
        raise Invalid({"withheld": "所选照片不是本次办理结果的照片，请重新选择。"})
    for each in pictures:
        each.withheld = each.id in ids


def shown_to(work: Work, complaint: Complaint, ticket: Ticket) -> dict[int, list[Attachment]]:
    """The pictures that belong to the answers which this complainant was given, by round."""
    shown: dict[int, list[Attachment]] = {}
    for each in _of_rounds(work, ticket, answered_rounds(work, complaint, ticket)):
        if not each.withheld and each.round is not None:
            shown.setdefault(each.round, []).append(each)
    return shown


def is_shown_to(work: Work, complaint: Complaint, attachment: Attachment) -> bool:
    """Whether this complainant may open the picture of a result."""
    if attachment.ticket_id != complaint.ticket_id or attachment.by_citizen:
        return False
    shown = shown_to(work, complaint, work.session.get_one(Ticket, complaint.ticket_id))
    return any(each.id == attachment.id for each in shown.get(attachment.round or 0, ()))


def answered_rounds(work: Work, complaint: Complaint, ticket: Ticket) -> set[int]:
    """The rounds of the ticket whose answer was one to this complaint."""
    issued = work.session.execute(
        sa.select(Event.round, Event.happened_at).where(Event.ticket_id == ticket.id, Event.step.in_(ANSWERING))
    )
    begin, end = here(work, complaint, ticket)
    rounds = {number for number, at in issued if number < ticket.round and begin <= at <= end}
    return rounds | ({ticket.round} if complaint.answered_at is not None else set())


def here(work: Work, complaint: Complaint, ticket: Ticket) -> tuple[datetime, datetime]:
    """From when until when the complaint is one of the ticket's: what was said there else was not said to it."""
    joined_at = work.session.scalar(
        sa.select(sa.func.max(Event.happened_at)).where(
            Event.ticket_id == ticket.id,
            Event.step == "joined",
            Event.data["complaints"].contains([complaint.number]),
        )
    )
    return joined_at or complaint.received_at, complaint.withdrawn_at or work.now


def _of_rounds(work: Work, ticket: Ticket, rounds: Collection[int]) -> list[Attachment]:
    return list(
        work.session.scalars(
            sa.select(Attachment)
            .where(
                Attachment.ticket_id == ticket.id,
                Attachment.round.in_(rounds),
                sa.not_(Attachment.by_citizen),
                Attachment.digest.is_not(None),
            )
            .order_by(Attachment.id)
        )
    )
