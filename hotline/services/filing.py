"""来信归档: words about a matter begin a complaint of their own, or are one more page in the file of an open one."""

from __future__ import annotations

import sqlalchemy as sa

from hotline.domain.dangers import URGENT, urgency_of
from hotline.domain.errors import HotlineError
from hotline.domain.hearing import names_only
from hotline.domain.places import place_keys, place_of
from hotline.domain.texts import summary
from hotline.domain.workflow import State
from hotline.domain.written import photos_added
from hotline.models import Addition, Channel, Complaint, Message, Ticket, Urgency
from hotline.services import asking, attaching, citizens, receiving, repeating
from hotline.services.listening import TOGETHER, Talk
from hotline.services.saying import About, say, say_about

ONLY_PICTURES = "市民发来照片，尚未说明问题。"
LONGEST_PLACE = 60  # characters of an answer that names no road we know

Mine = list[tuple[Complaint, Ticket]]


def said_before(talk: Talk, mine: Mine) -> About | None:
    """The words of an open complaint again, or of the last addition to one: counted, and told at most once a day.

    However many there are of them, it is one ticket.
    """
    words = talk.wish.words
    if not mine or not words or has_pictures(talk):
        return None
    complaint = repeating.repeated(talk.work, talk.work.vault.fingerprint(talk.phone), words)
    complaint = complaint or _added_before(talk, mine, words)
    if complaint is None:
        return None
    if not talk.opted_out:
        repeating.tell(talk.work, complaint)
    return About(complaint.ticket_id, complaint.id)


def _added_before(talk: Talk, mine: Mine, words: str) -> Complaint | None:
    ids = [complaint.id for complaint, ticket in mine if is_open(complaint, ticket)]
    last = talk.work.session.scalar(
        sa.select(Addition).where(Addition.complaint_id.in_(ids)).order_by(Addition.id.desc()).limit(1)
    )
    if last is None or last.text != words:
        return None
    complaint = next(each for each, _ in mine if each.id == last.complaint_id)
    citizens.ticket_of(talk.work, complaint)  # held, as by everybody who writes to one of its complaints
    complaint.repeats += 1
    return complaint


def take_words(talk: Talk, mine: Mine, named: tuple[Complaint, Ticket] | None) -> About | None:
    """Further words to a matter within a day, or a complaint of their own. Danger does not wait in another's file."""
    found = named if named and is_open(*named) else _open_with_us(talk, mine)
    if found is None or (talk.told == "ask_matter" and talk.told_about is None):
        begin(talk, talk.wish.words)
        return None
    complaint, ticket = found[0], citizens.ticket_of(talk.work, found[0])
    dangerous = urgency_of(talk.wish.words)[0] == URGENT
    if not is_open(complaint, ticket) or (dangerous and ticket.state is not State.RECEIVED):
        begin(talk, talk.wish.words)
        return None
    return add(talk, complaint, ticket)


def _open_with_us(talk: Talk, mine: Mine) -> tuple[Complaint, Ticket] | None:
    """The open one that was spoken of within a day, by them or by us; the one we spoke of first."""
    since = talk.work.now - TOGETHER
    still_open = [
        each
        for each in mine
        if is_open(*each) and (each[0].received_at > since or (talk.told_lately and each[0].id == talk.told_about))
    ]
    return next((each for each in still_open if each[0].id == talk.told_about), still_open[0] if still_open else None)


def is_open(complaint: Complaint, ticket: Ticket) -> bool:
    """Whether more can be said to it."""
    return ticket.ended_at is None and complaint.withdrawn_at is None


def begin(talk: Talk, words: str) -> None:
    """A complaint of its own. Its first text, with number and key, is queued with it; what is missing is asked once."""
    work = talk.work
    if not words and not has_pictures(talk):
        say(talk, "help" if talk.told == "ask_matter" else "ask_matter")
        return
    text = words[: receiving.LONGEST] or ONLY_PICTURES
    urgency, reason = urgency_of(text)
    place = place_of(text)
    receipt = receiving.receive(
        work,
        receiving.Intake(
            text=text,
            channel=Channel.SMS,
            phone=talk.phone,
            place=place.value if place else "",
            urgency=Urgency(urgency),
            urgency_reason=reason,
            idempotency_key=f"sms:{talk.heard.sid}",
            message_id=talk.message_id,
        ),
    )
    about = About(receipt.ticket_id, receipt.complaint_id)
    keep_pictures(talk, receipt.complaint_id)
    if urgency == URGENT:
        say(talk, "emergency", about)
    if not words or names_only(place, words):
        say(talk, "ask_matter", about)
    elif place is None:
        say(talk, asking.PLACE, about)


def add(talk: Talk, complaint: Complaint, ticket: Ticket) -> About | None:
    """Words and pictures to an open complaint. What was missing may be among them."""
    work, words = talk.work, talk.wish.words
    question = asking.asked(work, ticket)
    kept = keep_pictures(talk, complaint.id)
    if words:
        is_answer = question is not None and not _was_answered(talk, question)
        citizens.add(work, complaint, ticket, words, Channel.SMS)
        _complete(talk, ticket, words, is_place=is_answer)
    elif kept:
        citizens.add(work, complaint, ticket, photos_added(kept), Channel.SMS)
    else:
        return say_about(talk, complaint, "picture_refused" if has_pictures(talk) else "help")
    if talk.told == "ask_matter" and words and not ticket.place and question is None:
        about = About(ticket.id, complaint.id)
        say(talk, asking.PLACE, about)
        return about
    asked = ticket.state is State.REPLIED and talk.told in ("survey", "survey_again")
    return say_about(talk, complaint, "survey_again" if asked else "added")


def _was_answered(talk: Talk, question: asking.Asked) -> bool:
    """Whether anything has been said to that complaint since it was asked for its place."""
    said = sa.exists().where(
        Message.complaint_id == question.complaint_id,
        Message.purpose == "heard",
        Message.created_at > question.at,
        Message.id != talk.message_id,
    )
    return bool(talk.work.session.scalar(sa.select(said)))


def _complete(talk: Talk, ticket: Ticket, words: str, *, is_place: bool) -> None:
    """The place, if none is known yet; and while nobody has accepted it, the matter after a picture or a place alone,
    and the danger."""
    if not ticket.place:
        found = place_of(words)
        ticket.place = found.value if found else words[:LONGEST_PLACE] if is_place else ""
        ticket.place_keys = place_keys(ticket.place, words)
    if ticket.state is not State.RECEIVED:
        return
    if talk.told == "ask_matter":
        ticket.matter = summary(words, 60)
    urgency, reason = urgency_of(words)
    if urgency == URGENT and ticket.urgency is not Urgency.URGENT:
        ticket.urgency, ticket.urgency_reason = Urgency.URGENT, reason
        say(talk, "emergency")


def has_pictures(talk: Talk) -> bool:
    """Whether pictures came with the text, here or still at the carrier."""
    return bool(talk.heard.media or talk.heard.pictures)


def keep_pictures(talk: Talk, complaint_id: int) -> int:
    """How many of the text's pictures belong to the complaint now; what is more than may be is left."""
    kept = 0
    for place, url in enumerate(talk.heard.media, 1):
        kept += attaching.remote(talk.work, complaint_id, url, f"短信照片{place}") is not None
    for picture in talk.heard.pictures:
        try:
            attaching.attach(talk.work, picture, complaint_id=complaint_id, by_citizen=True)
        except HotlineError:
            break
        kept += 1
    return kept
