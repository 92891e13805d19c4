"""What a picture is called where others than who sent it see it: 照片1.jpg, in the order they came.

People name their files after themselves and their doors (张伟13912345678.jpg): the sender's name of a file is the
sender's business. Who complained keeps it in his own data; what a unit has called its evidence its own side reads.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa

from hotline.models import Attachment, Complaint, Ticket
from hotline.services.attaching import SUFFIXES
from hotline.services.work import Work

#: A file, and the number of the complaint that it came with.
Picture = tuple[Attachment, str | None]


def pictures_of(work: Work, ticket: Ticket) -> Sequence[Any]:
    """`Picture` of all files of its complaints and of its results, in the order they came."""
    return work.session.execute(_PICTURES, {"ticket_id": ticket.id}).all()


_TICKET = sa.bindparam("ticket_id", type_=sa.BigInteger)
#: Each half by its own index: one condition over both would read the files of all tickets.
_IDS = sa.union(
    sa.select(Attachment.id).where(Attachment.ticket_id == _TICKET),
    sa.select(Attachment.id)
    .join(Complaint, Complaint.id == Attachment.complaint_id)
    .where(Complaint.ticket_id == _TICKET),
)
_PICTURES = (
    sa.select(Attachment, Complaint.number)
    .outerjoin(Complaint, Complaint.id == Attachment.complaint_id)
    .where(Attachment.id.in_(_IDS))
    .order_by(Attachment.id)
)


def names_of(pictures: Iterable[Attachment]) -> dict[int, str]:
    """By id, for all pictures of a ticket in the order they came: citizens' are numbered, each complaint's anew."""
    places: Counter[int | None] = Counter()
    names: dict[int, str] = {}
    for each in pictures:
        places[each.complaint_id] += 1
        names[each.id] = _called(each, places[each.complaint_id]) if each.by_citizen else each.name
    return names


def name_for_others(work: Work, picture: Attachment) -> str:
    """The same for one picture, whoever sent it: for the door where it is downloaded."""
    of_it = Attachment.complaint_id == picture.complaint_id
    if picture.complaint_id is None:
        of_it = sa.and_(Attachment.ticket_id == picture.ticket_id, Attachment.round == picture.round)
    place = work.session.scalar(
        sa.select(sa.func.count()).select_from(Attachment).where(of_it, Attachment.id <= picture.id)
    )
    return _called(picture, place or 1)


def _called(picture: Attachment, place: int) -> str:
    return f"照片{place}{SUFFIXES.get(picture.media_type or '', '')}"
