"""短信往来: a text from a citizen becomes a complaint, or belongs to one; and is answered (design §6).

Everything happens in one transaction, told apart by the carrier's id of the text: a retry, also a simultaneous one,
finds the row and does nothing.
"""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from hotline.domain.dangers import danger_in
from hotline.domain.dates import spoken
from hotline.domain.errors import HotlineError, Refused
from hotline.domain.hearing import Want
from hotline.domain.texts import mask_phone
from hotline.domain.workflow import State
from hotline.models import Channel, Citizen, Complaint, Message, Survey, Ticket
from hotline.services import citizens, distinguishing, filing, rejoining, standing, surveying
from hotline.services.filing import Mine, is_open
from hotline.services.listening import MOST_AN_HOUR, Heard, Talk, complaints_of, write_down
from hotline.services.messaging import ANSWERS
from hotline.services.receiving import LONGEST
from hotline.services.saying import About, say, say_about, say_at_last, say_how_it_stands, warn
from hotline.services.work import Work

Found = tuple[Complaint, Ticket]

ALARM = "alarm"  # the purpose of a text about a danger that was heard although there had been too many
ALARMS = timedelta(minutes=1)  # one of them is heard in that time


def hear(work: Work, heard: Heard) -> bool:
    """Take one text in and queue the answer. False if it had been taken in before.

    Who cannot be answered (a name instead of a number) is only written down; who writes without end is not answered
    any more, except about a danger, and what he says is kept.
    """
    talk = write_down(work, heard)
    if talk is None:
        return False
    if talk.phone and not _stops_or_starts(talk):
        mine = complaints_of(talk)
        about = _said_before(talk, mine)
        if about is None:
            about = _set_aside(talk, mine) if _is_too_much(talk, mine) else _answer(talk, mine)
        if about is not None:
            _link(talk, about)
    return True


def _stops_or_starts(talk: Talk) -> bool:
    """退订 and 恢复. Where the carrier has understood the word itself it has answered it, too."""
    word = talk.heard.opt_out.upper()
    if word == "HELP":
        return True
    if word == "STOP" or (not word and talk.wish.want is Want.STOP):
        _opt_out(talk, stopped=True)
    elif word == "START" or (not word and talk.wish.want is Want.START):
        _opt_out(talk, stopped=False)
    else:
        return False
    if not word and talk.wish.want is Want.START:
        say_at_last(talk, "restarted")
    elif not word and not talk.opted_out:  # confirmed once, and then silence
        say_at_last(talk, "stopped")
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


def _is_too_much(talk: Talk, mine: Mine) -> bool:
    """Whether it need not be answered. What would be lost is listened to: a danger, and words with nowhere to stand."""
    if talk.lately < MOST_AN_HOUR or _is_alarm(talk):
        return False
    says_something = talk.wish.want in filing.SAYS_SOMETHING or filing.has_pictures(talk)
    return not says_something or any(is_open(*each) for each in mine)


def _is_alarm(talk: Talk) -> bool:
    """A danger, the first of a minute. The texts of one number are one after the other here."""
    if danger_in(talk.wish.words) is None:
        return False
    just_now = sa.exists().where(
        Message.phone_print == talk.work.vault.fingerprint(talk.phone),
        Message.purpose == ALARM,
        Message.created_at > talk.work.now - ALARMS,
    )
    if talk.work.session.scalar(sa.select(just_now)):
        return False
    talk.work.session.execute(sa.update(Message).where(Message.id == talk.message_id).values(purpose=ALARM))
    return True


def _set_aside(talk: Talk, mine: Mine) -> About | None:
    """Kept where it belongs, and said once."""
    if talk.told != "too_many":
        say(talk, "too_many")
    still_open = [each for each in mine if is_open(*each)]
    return filing.set_aside(talk, _named(talk, mine) or _focus(talk, still_open or mine), mine)


def _said_before(talk: Talk, mine: Mine) -> About | None:
    """Short words have a meaning each time; the words of a complaint only once."""
    return filing.said_before(talk, mine) if talk.wish.want in (Want.WORDS, Want.NEW) else None


def _answer(talk: Talk, mine: Mine) -> About | None:
    """One short word, or words of a complaint."""
    if rejoining.is_meant(talk) and (about := rejoining.rejoin(talk, mine)) is not None:
        return about
    named = _named(talk, mine)
    if named is None and filing.says_where(talk, mine):
        return filing.take_words(talk, mine, None)
    match talk.wish.want:
        case Want.HELP | Want.COURTESY if not filing.has_pictures(talk):
            if talk.wish.want is Want.HELP or not mine:
                say(talk, "help")
            return None
        case Want.PROGRESS:
            return _tell_progress(talk, named or _focus(talk, mine))
        case Want.URGE if mine or not talk.wish.rest:
            return _urge(talk, named or _focus(talk, mine))
        case Want.WITHDRAW:
            return _withdraw(talk, named or _focus(talk, mine))
        case Want.VERDICT if mine or not talk.wish.rest:
            return _judge(talk, named or _answered(talk, mine) or _surveyed(talk, mine) or _focus(talk, mine))
        case Want.NEW:
            filing.begin(talk, talk.wish.words)
            return None
        case _:
            return filing.take_words(talk, mine, named)


def _named(talk: Talk, mine: Mine) -> Found | None:
    """The complaint whose number stands in the text, if it is the sender's own."""
    numbers = {number.upper() for number in talk.wish.numbers}
    return next((each for each in mine if each[0].number.upper() in numbers), None)


def _focus(talk: Talk, mine: Mine) -> Found | None:
    """What was spoken of last; else the newest. A number that is not theirs is not answered with another one."""
    if talk.wish.numbers and talk.wish.want is Want.PROGRESS:
        return None
    return next((each for each in mine if each[0].id == talk.told_about), mine[0] if mine else None)


def _answered(talk: Talk, mine: Mine) -> Found | None:
    """The one whose answer was told last: 解决 and 未解决 are said of it, a digit alone of what we have asked."""
    if talk.wish.solved is None or talk.told not in ANSWERS:
        return None
    return next((each for each in mine if each[0].id == talk.told_about), None)


def _surveyed(talk: Talk, mine: Mine) -> Found | None:
    """The one that was asked about last and has not been answered."""
    ids = [complaint.id for complaint, _ in mine]
    asked = talk.work.session.scalar(
        sa.select(Survey.complaint_id)
        .where(Survey.complaint_id.in_(ids), Survey.asked_at.is_not(None), Survey.answered_at.is_(None))
        .order_by(Survey.expired_at.is_(None).desc(), Survey.asked_at.desc())
        .limit(1)
    )
    return next((each for each in mine if each[0].id == asked), None)


def _tell_progress(talk: Talk, found: Found | None) -> About | None:
    if found is None:
        _nothing_there(talk, "not_found")
        return None
    filing.keep_beside(talk, found[0])
    return say_how_it_stands(talk, *found)


def _nothing_there(talk: Talk, wording: str) -> None:
    """The word is about nothing that we know. Pictures that came with it are a complaint whose matter is asked for."""
    if filing.has_pictures(talk):
        filing.begin(talk, "")
    else:
        say(talk, wording)


def _urge(talk: Talk, found: Found | None) -> About | None:
    """Once a day; what cannot be urged any more is told its state. What was said beside it is written down."""
    if found is None:
        return _tell_progress(talk, None)
    complaint, ticket = found[0], citizens.ticket_of(talk.work, found[0])
    if talk.wish.rest and is_open(complaint, ticket):
        citizens.add(talk.work, complaint, ticket, talk.wish.rest[:LONGEST], Channel.SMS)
    try:
        citizens.urge(talk.work, complaint, ticket)
    except Refused:
        if talk.wish.solved is False and ticket.state in surveying.JUDGED:
            return _not_solved(talk, complaint, ticket)
        return _tell_progress(talk, found)
    filing.keep_beside(talk, complaint)
    return say_about(talk, complaint, "urged")


def _withdraw(talk: Talk, found: Found | None) -> About | None:
    """Taken back at once where 撤回 was said; 不用了 and the like are written down, and asked about."""
    if found is None:
        return _tell_progress(talk, None)
    complaint, ticket = found[0], citizens.ticket_of(talk.work, found[0])
    if not talk.wish.sure and is_open(complaint, ticket):
        citizens.add(talk.work, complaint, ticket, talk.wish.words[:LONGEST], Channel.SMS)
        filing.keep_beside(talk, complaint)
        return say_about(talk, complaint, "withdraw_sure")
    try:
        citizens.withdraw(talk.work, complaint, ticket)
    except Refused:  # ended or taken back already
        return _tell_progress(talk, (complaint, ticket))
    filing.keep_beside(talk, complaint)
    return say_about(talk, complaint, "withdrawn")


def _judge(talk: Talk, found: Found | None) -> About | None:
    """解决5 or 未解决2 to the answer, or a digit to our question: where nobody has asked yet, a digit means nothing."""
    if found is None:
        _nothing_there(talk, "help")
        return None
    complaint, ticket = found[0], citizens.ticket_of(talk.work, found[0])
    wish, survey = talk.wish, _survey_of(talk, complaint, ticket)
    if wish.solved is False:
        if _is_another(talk, complaint, ticket):
            filing.begin(talk, wish.words, besides=True)
            return None
        return _not_solved(talk, complaint, ticket)
    if survey is None or (survey.asked_at is None and not wish.solved):
        if wish.bare or not is_open(complaint, ticket):
            return _tell_progress(talk, (complaint, ticket))
        return filing.add(talk, complaint, ticket)
    filing.keep_beside(talk, complaint)
    if (wish.score is None and wish.solved is None) or (wish.score is not None and not 1 <= wish.score <= 5):
        return _ask_again(talk, complaint, ticket, wish.rest, "survey_again")
    if wish.solved is None and surveying.note_dissatisfied(survey, wish.score):
        return _ask_again(talk, complaint, ticket, wish.words, "survey_why")
    score = survey.score if wish.score is None else wish.score
    comment = wish.rest[:LONGEST]
    try:
        surveying.answer(talk.work, ticket, complaint, solved=wish.solved, score=score, comment=comment, by="sms")
    except HotlineError:  # it was answered before
        pass
    return say_about(talk, complaint, "thanks")


def _is_another(talk: Talk, complaint: Complaint, ticket: Ticket) -> bool:
    """Whether 建设路的井盖没修好 is said of something else: a sentence, and not our 未解决 with words after it."""
    wish = talk.wish
    if not wish.rest or wish.numbers or not wish.words.startswith(wish.rest):
        return False
    return distinguishing.is_another(talk.work, wish.words, complaint, ticket)


def _ask_again(talk: Talk, complaint: Complaint, ticket: Ticket, said: str, question: str) -> About:
    """It is not clear yet. What was said is written down: while nobody has looked at it, silence closes nothing."""
    if said and is_open(complaint, ticket):
        citizens.add(talk.work, complaint, ticket, said[:LONGEST], Channel.SMS)
    return say_about(talk, complaint, question)


def _survey_of(talk: Talk, complaint: Complaint, ticket: Ticket) -> Survey | None:
    """Our question about this round; it is owed from the answer on, and asked once that has arrived."""
    return talk.work.session.scalar(
        sa.select(Survey)
        .where(
            Survey.complaint_id == complaint.id,
            Survey.ticket_id == ticket.id,
            Survey.round == ticket.round,
        )
        .order_by(Survey.id.desc())
        .limit(1)
    )


def _not_solved(talk: Talk, complaint: Complaint, ticket: Ticket) -> About | None:
    """A new round; while it is still being worked on, what was said is added; after the limit it is a new matter."""
    wish, work = talk.wish, talk.work
    if ticket.state not in (State.REPLIED, State.CLOSED):
        if is_open(complaint, ticket):
            return filing.add(talk, complaint, ticket)
        return _tell_progress(talk, (complaint, ticket))
    asked = _survey_of(talk, complaint, ticket)
    before = asked.score if asked is not None else None
    score = wish.score if wish.score is not None and 1 <= wish.score <= 5 else before
    try:
        citizens.not_solved(work, complaint, ticket, wish.words[:LONGEST], score=score, by="sms")
    except Refused:
        if len(wish.rest) <= 3:
            filing.keep_beside(talk, complaint)
            return say_about(talk, complaint, "too_late")
        filing.begin(talk, wish.rest)
        return None
    if filing.keep_pictures(talk, complaint.id).left:
        say_about(talk, complaint, filing.FULL)
    if danger_in(wish.words) is not None:
        warn(talk)
    due = standing.stand(work, complaint, ticket).due
    return say_about(talk, complaint, "sorry", due=spoken(due.due_at, work.rules.zone) if due else "")


def _link(talk: Talk, about: About) -> None:
    """The text stands in the file of its ticket."""
    talk.work.session.execute(
        sa.update(Message)
        .where(Message.id == talk.message_id)
        .values(ticket_id=about.ticket_id, complaint_id=about.complaint_id)
    )
