"""补充: what we took for another matter belonged to the one before, as its sender says; it goes back there."""

from __future__ import annotations

import re

import sqlalchemy as sa

from hotline.domain.errors import Refused
from hotline.domain.workflow import State
from hotline.models import Attachment, Channel, Complaint, Direction, Message, Ticket
from hotline.services import attaching, citizens
from hotline.services.filing import Mine, is_open
from hotline.services.listening import Talk
from hotline.services.saying import About, say_about

ANOTHER = "another"  # the wording that says so, and how it is undone
_IT_BELONGS = re.compile(r"\W*(?:这?是|对?[，,]?是)?(?:同一?[件个](?:事|事情|问题)?|补充)(?:的|说明|一下)?\W*")


def is_meant(talk: Talk) -> bool:
    """Whether the text is the word that undoes it, and we spoke of that last."""
    return talk.told == ANOTHER and _IT_BELONGS.fullmatch(talk.wish.words) is not None


def rejoin(talk: Talk, mine: Mine) -> About | None:
    """Take the new complaint back, and write its words and pictures into the one that was spoken of before.

    None where that cannot be any more: one of them has ended, or somebody is at work on the new one.
    """
    new = next((each for each in mine if each[0].id == talk.told_about), None)
    former = _spoken_of_before(talk, mine)
    if new is None or former is None:
        return None
    for found in sorted((new, former), key=lambda each: each[1].id):  # in one order for everybody who holds two
        citizens.ticket_of(talk.work, found[0])
    complaint, ticket = former[0], citizens.ticket_of(talk.work, former[0])
    taken_back, its_ticket = new[0], citizens.ticket_of(talk.work, new[0])
    if not is_open(complaint, ticket) or its_ticket.state is not State.RECEIVED:
        return None
    try:
        citizens.withdraw(talk.work, taken_back, its_ticket)
    except Refused:
        return None
    citizens.add(talk.work, complaint, ticket, taken_back.text, Channel.SMS)
    _move_pictures(talk, taken_back, complaint)
    return say_about(talk, complaint, "added")


def _spoken_of_before(talk: Talk, mine: Mine) -> tuple[Complaint, Ticket] | None:
    others = {each[0].id: each for each in mine if each[0].id != talk.told_about and is_open(*each)}
    spoken = talk.work.session.scalar(
        sa.select(Message.complaint_id)
        .where(Message.complaint_id.in_(others), Message.direction == Direction.OUT, Message.unit_id.is_(None))
        .order_by(Message.id.desc())
        .limit(1)
    )
    return others.get(spoken or 0)


def _move_pictures(talk: Talk, source: Complaint, target: Complaint) -> None:
    """As far as they fit; the others stay with what was taken back."""
    has = talk.work.session.scalar(
        sa.select(sa.func.count()).select_from(Attachment).where(Attachment.complaint_id == target.id)
    )
    theirs = sa.select(Attachment.id).where(Attachment.complaint_id == source.id).order_by(Attachment.id)
    first = list(talk.work.session.scalars(theirs.limit(max(attaching.MOST_OF_A_COMPLAINT - (has or 0), 0))))
    if first:
        moved = sa.update(Attachment).where(Attachment.id.in_(first))
        talk.work.session.execute(moved.values(complaint_id=target.id))
