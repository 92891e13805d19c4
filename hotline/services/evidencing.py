"""办理结果的照片: what a unit shows of its result, and whom it is shown to.

The centre may withhold single ones when it replies. A complainant sees those of the rounds in which he was answered,
nobody else sees any; what others sent in with their complaints is never among them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

import sqlalchemy as sa

from hotline.domain.errors import Invalid
from hotline.models import Attachment, Complaint, Ticket
from hotline.services import attaching, following
from hotline.services.attaching import Kept
from hotline.services.following import Answer
from hotline.services.work import Work


def enclose(work: Work, ticket: Ticket, pictures: Iterable[Kept]) -> None:
    """The pictures that came with the result of this round; the ticket is held by whoever submits it.

    Raises Invalid when the ticket has as many as may be.
    """
    for each in pictures:
        attaching.attach(work, each, ticket_id=ticket.id, by_citizen=False, round=ticket.round)


def of_round(work: Work, ticket: Ticket) -> list[Attachment]:
    """The pictures of the result that is being worked on, in the order they came."""
    return _of_rounds(work, [(ticket.id, ticket.round)])


def withhold(work: Work, ticket: Ticket, ids: Collection[int]) -> None:
    """Of the round's pictures, these are not for citizens' eyes, the others are. Raises Invalid for any other id."""
    pictures = of_round(work, ticket)
    if set(ids) - {each.id for each in pictures}:
        raise Invalid({"withheld": "所选照片不是本次办理结果的照片，请重新选择。"})
    for each in pictures:
        each.withheld = each.id in ids


def shown_with(work: Work, answers: Sequence[Answer]) -> dict[tuple[int, int], list[Attachment]]:
    """The pictures that belong to these answers, by ticket and round."""
    given = {(answer.ticket_id, answer.round) for answer in answers if not answer.declined}
    shown: dict[tuple[int, int], list[Attachment]] = {}
    for each in _of_rounds(work, given):
        if not each.withheld and each.ticket_id is not None and each.round is not None:
            shown.setdefault((each.ticket_id, each.round), []).append(each)
    return shown


def is_shown_to(work: Work, complaint: Complaint, attachment: Attachment) -> bool:
    """Whether this complainant may open the picture of a result."""
    if attachment.ticket_id is None or attachment.by_citizen:
        return False
    answers = following.answers_to(work, following.past_of(work, complaint))
    return any(each.id == attachment.id for row in shown_with(work, answers).values() for each in row)


def _of_rounds(work: Work, rounds: Collection[tuple[int, int]]) -> list[Attachment]:
    """`rounds`: ids of tickets, each with the number of a round."""
    return list(
        work.session.scalars(
            sa.select(Attachment)
            .where(
                sa.tuple_(Attachment.ticket_id, Attachment.round).in_(rounds),
                sa.not_(Attachment.by_citizen),
                Attachment.digest.is_not(None),
            )
            .order_by(Attachment.id)
        )
    )
