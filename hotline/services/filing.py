"""来信归档: words about a matter begin a complaint of their own, or are one more page in the file of an open one."""

from __future__ import annotations

import sqlalchemy as sa

from hotline.domain.dangers import danger_in
from hotline.domain.hearing import Want, names_only
from hotline.domain.places import place_of
from hotline.domain.texts import summary
from hotline.domain.whereabouts import CALLED_DOOR, door_of, joined, may_be_place, points_somewhere
from hotline.domain.whereabouts import LONGEST as LONGEST_PLACE
from hotline.domain.workflow import State
from hotline.domain.written import photos_added
from hotline.models import Addition, Channel, Complaint, Direction, Message, Ticket
from hotline.services import asking, attaching, citizens, clueing, distinguishing, receiving, repeating, surveying
from hotline.services.attaching import Taken
from hotline.services.listening import ASKED_ABOUT, QUESTIONS, TOGETHER, Talk
from hotline.services.saying import About, say, say_about, say_received, warn

ONLY_PICTURES = "市民发来照片，尚未说明问题。"
SAYS_SOMETHING = (Want.WORDS, Want.NEW, Want.VERDICT)
FULL = "pictures_full"  # the wording for pictures that did not fit any more

Mine = list[tuple[Complaint, Ticket]]


def said_before(talk: Talk, mine: Mine) -> About | None:
    """The words of an open complaint again, or of the last addition to one: counted, and told at most once a day.

    However many there are of them, it is one ticket. Pictures that came with them belong to it, as far as they fit.
    """
    words = talk.wish.words
    if not mine or not words:
        return None
    complaint = repeating.repeated(talk.work, talk.work.vault.fingerprint(talk.phone), words)
    complaint = complaint or _added_before(talk, mine, words)
    if complaint is None:
        return None
    if has_pictures(talk):
        return _with_pictures(talk, complaint)
    if not talk.opted_out:
        repeating.tell(talk.work, complaint)
    return About(complaint.ticket_id, complaint.id)


def _with_pictures(talk: Talk, complaint: Complaint) -> About:
    """Answered while they are new, however many texts there are: six at most. That no more fit is said once."""
    ticket = citizens.ticket_of(talk.work, complaint)
    taken = keep_pictures(talk, complaint.id)
    if taken.added:
        citizens.add(talk.work, complaint, ticket, photos_added(taken.added), Channel.SMS)
        return _say_added(talk, complaint, ticket, taken)
    if taken.left and talk.told != FULL:
        return say_about(talk, complaint, FULL)
    if not taken.left and not talk.opted_out:
        repeating.tell(talk.work, complaint)
    return About(ticket.id, complaint.id)


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
    words = talk.wish.words
    if named and not is_open(*named):
        named = None
    where = None if named else _asked_where(talk, mine)
    found = named or where or _open_with_us(talk, mine)
    if found is None or (talk.told == "ask_matter" and talk.told_about is None):
        begin(talk, words)
        return None
    complaint, ticket = found[0], citizens.ticket_of(talk.work, found[0])
    if not is_open(complaint, ticket):
        begin(talk, words)
        return None
    answers = named or where or talk.told == "ask_matter"
    another = not answers and distinguishing.is_another(talk.work, words, complaint, ticket)
    if another or (ticket.state is not State.RECEIVED and distinguishing.is_other_danger(words, ticket)):
        begin(talk, words, besides=another)
        return None
    return add(talk, complaint, ticket)


def says_where(talk: Talk, mine: Mine) -> bool:
    """Whether 1203 or 3-2-501, which elsewhere is a score or a number of ours, answers our question for the place."""
    if talk.told in (*QUESTIONS, "ask_matter") or not door_of(talk.wish.words):
        return False
    return _asked_where(talk, mine) is not None


def _asked_where(talk: Talk, mine: Mine) -> tuple[Complaint, Ticket] | None:
    """The one whose place was asked for, if the text says where and nothing else: so long as the question is known."""
    words = talk.wish.words
    door = door_of(words)
    if not (door or names_only(place_of(words), words) or points_somewhere(words)):
        return None
    for complaint, ticket in mine:
        question = asking.asked(talk.work, ticket) if is_open(complaint, ticket) else None
        known = question is not None and question.at > talk.work.now - ASKED_ABOUT
        if known and (not door or _is_its_door(talk, door, complaint, ticket)):
            return complaint, ticket
    return None


def _is_its_door(talk: Talk, door: str, complaint: Complaint, ticket: Ticket) -> bool:
    """A door alone is one of what was spoken of last, until that is answered; a mere number is taken for one once."""
    again = door.startswith(CALLED_DOOR) and CALLED_DOOR in ticket.place
    return talk.told_about in (None, complaint.id) and ticket.state not in surveying.JUDGED and not again


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


def begin(talk: Talk, words: str, *, besides: bool = False) -> None:
    """A complaint of its own. Its first text, with number and key, is queued with it; what is missing is asked once.

    `besides`: nobody has said that it is another matter; we took it for one, and say how that is undone. Who has asked
    for silence (退订) is told of a danger all the same: it answers what he has just written, and is no mass text.
    """
    work = talk.work
    if not words and not has_pictures(talk):
        say(talk, "help" if talk.told == "ask_matter" else "ask_matter")
        return
    text = words[: receiving.LONGEST] or ONLY_PICTURES
    dangerous = danger_in(text) is not None
    place = place_of(text)
    receipt = receiving.receive(
        work,
        receiving.Intake(
            text=text,
            channel=Channel.SMS,
            phone=talk.phone,
            place=place.value if place else "",
            idempotency_key=f"sms:{talk.heard.sid}",
            message_id=talk.message_id,
        ),
    )
    about = About(receipt.ticket_id, receipt.complaint_id)
    if keep_pictures(talk, receipt.complaint_id).left:
        say(talk, FULL, about, number=receipt.number)
    if dangerous:
        say_received(talk, receipt)
        warn(talk, about)
    if not words or names_only(place, words):
        say(talk, "ask_matter", about)
    elif place is None:
        say(talk, asking.PLACE, about)
    elif besides and not dangerous:  # a danger is not put back where it would wait
        say(talk, "another", about, number=receipt.number)


def add(talk: Talk, complaint: Complaint, ticket: Ticket) -> About | None:
    """Words and pictures to an open complaint. What was missing may be among them."""
    work, words = talk.work, talk.wish.words[: receiving.LONGEST]
    question = asking.asked(work, ticket)
    taken = keep_pictures(talk, complaint.id)
    if words:
        is_answer = question is not None and not _was_answered(talk, question)
        citizens.add(work, complaint, ticket, words, Channel.SMS)
        if question is not None or not ticket.place:
            _complete_place(talk, ticket, words, is_answer=is_answer)
        _complete(talk, ticket, words)
    elif taken.added:
        citizens.add(work, complaint, ticket, photos_added(taken.added), Channel.SMS)
    elif not has_pictures(talk):
        return say_about(talk, complaint, "help")
    if talk.told == "ask_matter" and words and not ticket.place and question is None:
        about = About(ticket.id, complaint.id)
        say(talk, asking.PLACE, about)
        return about
    return _say_added(talk, complaint, ticket, taken)


def _say_added(talk: Talk, complaint: Complaint, ticket: Ticket, taken: Taken) -> About:
    """What did not fit goes before a question that is still open."""
    if taken.left:
        return say_about(talk, complaint, FULL)
    asked = ticket.state is State.REPLIED and talk.told in QUESTIONS
    return say_about(talk, complaint, "survey_again" if asked else "added")


def _was_answered(talk: Talk, question: asking.Asked) -> bool:
    """Whether anything has been said to that complaint since it was asked for its place."""
    said = sa.exists().where(
        Message.complaint_id == question.complaint_id,
        Message.direction == Direction.IN,
        Message.created_at > question.at,
        Message.id != talk.message_id,
    )
    return bool(talk.work.session.scalar(sa.select(said)))


def _complete_place(talk: Talk, ticket: Ticket, words: str, *, is_answer: bool) -> None:
    """The place, or what was missing of it: 3栋 and then 阳光花园 are one."""
    ticket.place = joined(ticket.place, _place_in(talk, words, is_answer=is_answer))
    clueing.place_anew(talk.work, ticket, words)


def _complete(talk: Talk, ticket: Ticket, words: str) -> None:
    """While nobody has accepted it, the matter after a picture or a place alone; and the warning of a danger."""
    if danger_in(words) is not None:
        warn(talk)
    if ticket.state is State.RECEIVED and talk.told == "ask_matter":
        ticket.matter = summary(words, 60)


def _place_in(talk: Talk, words: str, *, is_answer: bool) -> str:
    """The place that is named; else the answer to our question as it stands, if it can be one at all."""
    if (found := place_of(words)) is not None:
        return found.value
    if door := door_of(words):
        return door
    if talk.wish.want is not Want.WORDS:
        return ""
    return words[:LONGEST_PLACE] if points_somewhere(words) or (is_answer and may_be_place(words)) else ""


def has_pictures(talk: Talk) -> bool:
    """Whether pictures came with the text, here or still at the carrier."""
    return bool(talk.heard.media or talk.heard.pictures)


def keep_pictures(talk: Talk, complaint_id: int) -> Taken:
    """The text's pictures belong to the complaint now, as far as they fit. Its ticket is locked, or made just now."""
    there = attaching.remote_new(talk.work, talk.heard.media, complaint_id)
    here = attaching.attach_new(talk.work, talk.heard.pictures, complaint_id, most=attaching.MOST_OF_A_COMPLAINT)
    return Taken(there.added + here.added, there.known + here.known, there.left + here.left)


def keep_beside(talk: Talk, complaint: Complaint) -> None:
    """Pictures that came with a short word (进度, 5, 撤回) belong to the complaint that the word is about."""
    if not has_pictures(talk):
        return
    ticket = citizens.ticket_of(talk.work, complaint)
    taken = keep_pictures(talk, complaint.id)
    if taken.added and is_open(complaint, ticket):
        citizens.add(talk.work, complaint, ticket, photos_added(taken.added), Channel.SMS)
    if taken.left:
        say_about(talk, complaint, FULL)


def set_aside(talk: Talk, found: tuple[Complaint, Ticket] | None, mine: Mine) -> About | None:
    """What one of too many texts says is kept with the complaint; nobody is told, and nobody is answered."""
    if found is None:
        return None
    complaint, ticket = found[0], citizens.ticket_of(talk.work, found[0])
    if is_open(complaint, ticket):
        words = talk.wish.words[: receiving.LONGEST]
        if words and (talk.wish.want in SAYS_SOMETHING or says_where(talk, mine)):
            citizens.add(talk.work, complaint, ticket, words, Channel.SMS, tell=False)
        keep_pictures(talk, complaint.id)
    return About(ticket.id, complaint.id)
