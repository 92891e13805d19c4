"""短信往来: a text from a citizen becomes a complaint, or belongs to one; and is answered (design §6).

Everything happens in one transaction, told apart by the carrier's id of the text: a retry, also a simultaneous one,
finds the row and does nothing.
"""

from __future__ import annotations

from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from hotline.domain.dangers import URGENT, urgency_of
from hotline.domain.errors import HotlineError, Refused
from hotline.domain.hearing import Want
from hotline.domain.places import place_of
from hotline.domain.texts import mask_phone, summary
from hotline.domain.workflow import State
from hotline.models import Channel, Citizen, Complaint, Message, Survey, Ticket, Urgency
from hotline.services import attaching, citizens, messaging, receiving, standing, surveying
from hotline.services.listening import MOST_AN_HOUR, TOGETHER, Heard, Talk, complaints_of, write_down
from hotline.services.work import Work

ONLY_PICTURES = "市民发来照片，尚未说明问题。"

Mine = list[tuple[Complaint, Ticket]]


class About(NamedTuple):
    """What a text turned out to belong to. One that begins a complaint is filed with it in the same breath."""

    ticket_id: int
    complaint_id: int


def hear(work: Work, heard: Heard) -> bool:
    """Take one text in and queue the answer. False if it had been taken in before.

    Who cannot be answered (a name instead of a number) or writes without end is only written down.
    """
    talk = write_down(work, heard)
    if talk is None:
        return False
    if talk.phone and not _stops_or_starts(talk) and not _is_too_much(talk):
        about = _answer(talk, complaints_of(talk))
        if about is not None:
            _link(talk, about)
    return True


def _stops_or_starts(talk: Talk) -> bool:
    """退订 and 恢复. Where the carrier has understood the word itself it has answered it, too."""
    work, word = talk.work, talk.heard.opt_out.upper()
    if word == "HELP":
        return True
    if word == "STOP" or (not word and talk.wish.want is Want.STOP):
        _opt_out(talk, stopped=True)
    elif word == "START" or (not word and talk.wish.want is Want.START):
        _opt_out(talk, stopped=False)
    else:
        return False
    if not word:
        wording = "stopped" if talk.wish.want is Want.STOP else "restarted"
        messaging.write(work, purpose=wording, body=work.rules.wordings.render(wording), caller=talk.phone)
    return True


def _opt_out(talk: Talk, *, stopped: bool) -> None:
    """Remembered also for a number that has never complained."""
    work = talk.work
    statement = insert(Citizen).values(
        phone_sealed=work.vault.seal(talk.phone),
        phone_print=work.vault.fingerprint(talk.phone),
        phone_masked=mask_phone(talk.phone),
        opted_out_at=work.now if stopped else None,
        created_at=work.now,
    )
    work.session.execute(
        statement.on_conflict_do_update(
            index_elements=[Citizen.phone_print], set_={"opted_out_at": statement.excluded.opted_out_at}
        )
    )


def _is_too_much(talk: Talk) -> bool:
    if talk.lately < MOST_AN_HOUR:
        return False
    if talk.lately == MOST_AN_HOUR:
        _say(talk, "too_many")
    return True


def _answer(talk: Talk, mine: Mine) -> About | None:
    """One short word, or words of a complaint."""
    named = _named(talk, mine)
    match talk.wish.want:
        case Want.HELP | Want.COURTESY if not _has_pictures(talk):
            if talk.wish.want is Want.HELP or not mine:
                _say(talk, "help")
            return None
        case Want.PROGRESS:
            return _tell_progress(talk, named or _focus(talk, mine))
        case Want.URGE:
            return _urge(talk, named or _focus(talk, mine))
        case Want.WITHDRAW:
            return _withdraw(talk, named or _focus(talk, mine))
        case Want.VERDICT if mine or not talk.wish.rest:
            return _judge(talk, named or _surveyed(talk, mine) or _focus(talk, mine))
        case Want.NEW:
            _begin(talk, talk.wish.words)
            return None
        case _:
            return _take_words(talk, mine, named)


def _named(talk: Talk, mine: Mine) -> tuple[Complaint, Ticket] | None:
    """The complaint whose number stands in the text, if it is the sender's own."""
    numbers = {number.upper() for number in talk.wish.numbers}
    return next((each for each in mine if each[0].number.upper() in numbers), None)


def _focus(talk: Talk, mine: Mine) -> tuple[Complaint, Ticket] | None:
    """What was spoken of last; else the newest. A number that is not theirs is not answered with another one."""
    if talk.wish.numbers and talk.wish.want is Want.PROGRESS:
        return None
    return next((each for each in mine if each[0].id == talk.told_about), mine[0] if mine else None)


def _surveyed(talk: Talk, mine: Mine) -> tuple[Complaint, Ticket] | None:
    """The one that was asked about last and has not been answered."""
    ids = [complaint.id for complaint, _ in mine]
    asked = talk.work.session.scalar(
        sa.select(Survey.complaint_id)
        .where(Survey.complaint_id.in_(ids), Survey.asked_at.is_not(None), Survey.answered_at.is_(None))
        .order_by(Survey.expired_at.is_(None).desc(), Survey.asked_at.desc())
        .limit(1)
    )
    return next((each for each in mine if each[0].id == asked), None)


def _tell_progress(talk: Talk, found: tuple[Complaint, Ticket] | None) -> About | None:
    if found is None:
        _say(talk, "not_found")
        return None
    complaint, ticket = found
    now = standing.stand(talk.work, complaint, ticket)
    due = standing.spoken(now.due.due_at, talk.work.rules.zone) if now.due is not None else ""
    wording = "progress_ended" if not due else "progress" if now.unit else "progress_centre"
    return _say_about(talk, complaint, wording, state=now.state, unit=now.unit, due=due)


def _urge(talk: Talk, found: tuple[Complaint, Ticket] | None) -> About | None:
    """Once a day; what cannot be urged any more is told its state."""
    if found is None:
        return _tell_progress(talk, None)
    complaint, _ = found
    try:
        citizens.urge(talk.work, complaint, citizens.ticket_of(talk.work, complaint))
    except Refused:
        return _tell_progress(talk, found)
    return _say_about(talk, complaint, "urged")


def _withdraw(talk: Talk, found: tuple[Complaint, Ticket] | None) -> About | None:
    if found is None:
        return _tell_progress(talk, None)
    complaint, _ = found
    ticket = citizens.ticket_of(talk.work, complaint)
    try:
        citizens.withdraw(talk.work, complaint, ticket)
    except Refused:  # ended or taken back already
        return _tell_progress(talk, (complaint, ticket))
    return _say_about(talk, complaint, "withdrawn")


def _judge(talk: Talk, found: tuple[Complaint, Ticket] | None) -> About | None:
    """解决5, 未解决 2, or a digit to our question."""
    if found is None:
        _say(talk, "help")
        return None
    complaint, ticket = found[0], citizens.ticket_of(talk.work, found[0])
    if talk.wish.score is not None and not 1 <= talk.wish.score <= 5:
        return _say_about(talk, complaint, "survey_again")
    if talk.wish.solved is False:
        return _not_solved(talk, complaint, ticket)
    try:
        surveying.answer(
            talk.work,
            ticket,
            complaint,
            solved=talk.wish.solved,
            score=talk.wish.score,
            comment=talk.wish.rest,
            by="sms",
        )
    except HotlineError:  # nobody has asked, or it was answered before
        return _tell_progress(talk, (complaint, ticket)) if talk.wish.bare else _say_about(talk, complaint, "thanks")
    return _say_about(talk, complaint, "thanks")


def _not_solved(talk: Talk, complaint: Complaint, ticket: Ticket) -> About | None:
    """A new round; while it is still being worked on, what was said is added; after the limit it is a new matter."""
    if ticket.state not in (State.REPLIED, State.CLOSED):
        return (
            _add(talk, complaint, ticket) if _is_open(complaint, ticket) else _tell_progress(talk, (complaint, ticket))
        )
    try:
        citizens.not_solved(talk.work, complaint, ticket, talk.wish.words, score=talk.wish.score, by="sms")
    except Refused:
        if len(talk.wish.rest) <= 3:
            return _say_about(talk, complaint, "too_late")
        _begin(talk, talk.wish.rest)
        return None
    _keep_pictures(talk, complaint.id)
    return _say_about(talk, complaint, "sorry")


def _take_words(talk: Talk, mine: Mine, named: tuple[Complaint, Ticket] | None) -> About | None:
    """Further words to a matter within a day, or a complaint of their own. Danger does not wait in another's file."""
    found = named if named and _is_open(*named) else _open_with_us(talk, mine)
    if found is None or (talk.told == "ask_matter" and talk.told_about is None):
        _begin(talk, talk.wish.words)
        return None
    complaint, ticket = found[0], citizens.ticket_of(talk.work, found[0])
    dangerous = urgency_of(talk.wish.words)[0] == URGENT
    if not _is_open(complaint, ticket) or (dangerous and ticket.state is not State.RECEIVED):
        _begin(talk, talk.wish.words)
        return None
    return _add(talk, complaint, ticket)


def _open_with_us(talk: Talk, mine: Mine) -> tuple[Complaint, Ticket] | None:
    """The open one that was spoken of within a day, by them or by us; the one we spoke of first."""
    since = talk.work.now - TOGETHER
    still_open = [
        each
        for each in mine
        if _is_open(*each) and (each[0].received_at > since or (talk.told_lately and each[0].id == talk.told_about))
    ]
    return next((each for each in still_open if each[0].id == talk.told_about), still_open[0] if still_open else None)


def _is_open(complaint: Complaint, ticket: Ticket) -> bool:
    return ticket.ended_at is None and complaint.withdrawn_at is None


def _add(talk: Talk, complaint: Complaint, ticket: Ticket) -> About | None:
    work, words = talk.work, talk.wish.words
    if words and words == complaint.text:
        return _say_about(talk, complaint, "known", state=standing.stand(work, complaint, ticket).state)
    kept = _keep_pictures(talk, complaint.id)
    if words:
        citizens.add(work, complaint, ticket, words, Channel.SMS)
        _complete(talk, ticket, words)
    elif kept:
        citizens.add(work, complaint, ticket, f"补充照片{kept}张。", Channel.SMS)
    else:
        return _say_about(talk, complaint, "picture_refused" if _has_pictures(talk) else "help")
    asked = ticket.state is State.REPLIED and talk.told in ("survey", "survey_again")
    return _say_about(talk, complaint, "survey_again" if asked else "added")


def _complete(talk: Talk, ticket: Ticket, words: str) -> None:
    """What was missing when nobody has accepted it yet: the matter after pictures alone, the place, the danger."""
    if ticket.state is not State.RECEIVED:
        return
    if ticket.matter == summary(ONLY_PICTURES, 60):
        ticket.matter = summary(words, 60)
    if not ticket.place:
        found = place_of(words)
        ticket.place = found.value if found else words[:60] if talk.told == "ask_place" else ""
    urgency, reason = urgency_of(words)
    if urgency == URGENT and ticket.urgency is not Urgency.URGENT:
        ticket.urgency, ticket.urgency_reason = Urgency.URGENT, reason
        _say(talk, "emergency")


def _begin(talk: Talk, words: str) -> None:
    """A complaint of its own. Its first text, with number and key, is queued with it."""
    work = talk.work
    if not words and not _has_pictures(talk):
        _say(talk, "ask_matter")
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
    _keep_pictures(talk, receipt.complaint_id)
    if urgency == URGENT:
        _say(talk, "emergency", about)
    if not words:
        _say(talk, "ask_matter", about)
    elif place is None:
        _say(talk, "ask_place", about)


def _has_pictures(talk: Talk) -> bool:
    return bool(talk.heard.media or talk.heard.pictures)


def _keep_pictures(talk: Talk, complaint_id: int) -> int:
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


def _say_about(talk: Talk, complaint: Complaint, wording: str, **fields: object) -> About:
    about = About(complaint.ticket_id, complaint.id)
    _say(talk, wording, about, number=complaint.number, **fields)
    return about


def _say(talk: Talk, wording: str, about: About | None = None, **fields: object) -> None:
    """Queue the answer, unless they have asked for silence."""
    work = talk.work
    if talk.opted_out or not work.texts:
        return
    messaging.write(
        work,
        purpose=wording,
        body=work.rules.wordings.render(wording, **fields),
        caller=talk.phone,
        ticket_id=about.ticket_id if about else None,
        complaint_id=about.complaint_id if about else None,
    )


def _link(talk: Talk, about: About) -> None:
    """The text stands in the file of its ticket."""
    talk.work.session.execute(
        sa.update(Message)
        .where(Message.id == talk.message_id)
        .values(ticket_id=about.ticket_id, complaint_id=about.complaint_id)
    )
