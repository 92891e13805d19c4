"""回访: was it solved, is the citizen satisfied; two tries, then it expires."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from hotline.domain.deadlines import due_at
from hotline.domain.errors import Invalid, NotFound, Refused, say
from hotline.domain.workflow import State
from hotline.models import Addition, Citizen, Complaint, Deadline, DeadlineKind, Survey, Ticket
from hotline.services import closing, messaging, promising
from hotline.services.hand import log as log_line
from hotline.services.hand import record, take, take_found
from hotline.services.work import Work

JUDGED = (State.REPLIED, State.CLOSED)  # what has been answered
DISSATISFIED = 2  # 不满意, and worse


def prepare(work: Work, ticket: Ticket, complaint: Complaint) -> None:
    """Owe the question to everybody who can be asked: a number, and a reply wanted."""
    if not work.texts or not complaint.wants_reply or complaint.citizen_id is None:
        return
    citizen = work.session.get_one(Citizen, complaint.citizen_id)
    if citizen.phone_sealed is None or _was_asked(work, ticket, complaint):
        return
    owed = promising.promise(work, ticket, DeadlineKind.SURVEY, work.now, complaint_id=complaint.id)
    work.session.flush()
    work.session.add(
        Survey(
            ticket_id=ticket.id,
            complaint_id=complaint.id,
            deadline_id=owed.id,
            round=ticket.round,
            next_at=work.now,
        )
    )
    work.session.flush()
    work.ring("survey")


def _was_asked(work: Work, ticket: Ticket, complaint: Complaint) -> bool:
    """In this round: a complaint that was separated from a matter and joined to it again is not asked twice."""
    asked = sa.exists().where(
        Survey.ticket_id == ticket.id, Survey.complaint_id == complaint.id, Survey.round == ticket.round
    )
    return bool(work.session.scalar(sa.select(asked)))


def ask(work: Work, survey: Survey) -> None:
    """One try, or the expiry after the last. Not before the answer has reached the citizen; `reaching` calls again
    when it has. Whom no answer reaches until the question is overdue is not asked any more."""
    ticket = work.session.get_one(Ticket, survey.ticket_id)
    complaint = work.session.get_one(Complaint, survey.complaint_id)
    policy = work.rules.policy(ticket.policy_version_id)
    owed = work.session.get_one(Deadline, survey.deadline_id)
    reached = complaint.reached_at is not None
    if survey.tries >= policy.survey.tries or (not reached and work.now >= owed.due_at):
        if has_said_more(work, complaint):
            survey.next_at = None  # it stays open, and on the list of those to be called, until somebody has looked
            return
        _end(work, survey, expired=True)
        closing.close_if_finished(work, ticket)
        return
    survey.next_at = due_at(work.rules.calendar, work.now, policy.survey.wait)
    if reached:
        survey.tries += 1
        survey.asked_at = survey.asked_at or work.now
        messaging.tell_citizen(work, ticket, complaint, "survey" if survey.tries == 1 else "survey_again")


def has_said_more(work: Work, complaint: Complaint) -> bool:
    """Whether the citizen has added words since the answer, and no verdict: silence must not close what was said."""
    query = sa.select(Complaint.id).where(Complaint.id == complaint.id, waiting_to_be_looked_at())
    return work.session.scalar(query) is not None


def waiting_to_be_looked_at() -> sa.ColumnElement[bool]:
    """The condition on `Complaint` that its citizen has said more since the answer, and nobody has judged it since."""
    open_question = sa.exists().where(
        Survey.complaint_id == Complaint.id,
        Survey.ticket_id == Complaint.ticket_id,
        Survey.answered_at.is_(None),
        Survey.expired_at.is_(None),
    )
    more = sa.exists().where(Addition.complaint_id == Complaint.id, Addition.added_at >= Complaint.answered_at)
    return sa.and_(more, open_question)


def log(
    work: Work,
    number: str,
    complaint_number: str,
    solved: bool,
    score: int | None,
    comment: str,
    *,
    version: int | None = None,
) -> Ticket:
    """登记回访: the citizen was asked on the phone. Raises NotFound if the complaint is not of this ticket."""
    hand = take(work, number, "survey", version=version)
    complaint = work.session.scalar(
        sa.select(Complaint).where(Complaint.ticket_id == hand.ticket.id, Complaint.number == complaint_number)
    )
    if complaint is None:
        raise NotFound(say("没有找到这件诉求，请核对编号。"))
    answer(work, hand.ticket, complaint, solved=solved, score=score, comment=comment, by="call")
    return hand.ticket


def answer(
    work: Work, ticket: Ticket, complaint: Complaint, *, solved: bool | None, score: int | None, comment: str, by: str
) -> Survey:
    """The verdict of the one who complained. The ticket is locked already. Raises Invalid or Refused.

    On the page also of whom nobody could ask, or who comes after the question has expired: such a verdict counts, and
    moves nothing.
    """
    if score is not None and not 1 <= score <= 5:
        raise Invalid({"score": say("请用1至5分评价，5分为非常满意。")})
    if solved is None and score is None:
        raise Invalid({"score": say("请选择是否解决，或给出1至5分评价。")})
    survey = work.session.scalar(_unanswered(ticket, complaint))
    if survey is None and by == "web" and may_volunteer(work, ticket, complaint):
        survey = _volunteered(work, ticket, complaint)
    if survey is None:
        raise Refused(say("这件诉求没有待评价的回访，或已经评价过了。"), code="no_survey")
    waited_for = survey.deadline_id is not None and survey.expired_at is None
    hand = take_found(work, ticket, "survey") if waited_for else None
    survey.solved, survey.score, survey.comment, survey.by = solved, score, comment.strip(), by
    _end(work, survey, expired=False)
    told: dict[str, Any] = {
        "complaint": complaint.number,
        "solved": solved,
        "score": score,
        "comment": survey.comment,
        "by": by,
    }
    if hand is not None:
        record(hand, **told)
    else:
        log_line(work, ticket, "survey", **told)
    if solved is not False:
        closing.close_if_finished(work, ticket)
    return survey


def note_dissatisfied(survey: Survey, score: int | None) -> bool:
    """1 or 2 without a word about solved: noted, and the word asked for, once. False for a better score, for the second
    time, and where there is a verdict."""
    if score is None or score > DISSATISFIED or survey.score is not None or survey.answered_at is not None:
        return False
    survey.score = score
    return True


def is_open_to(work: Work, ticket: Ticket, complaint: Complaint) -> bool:
    """Whether the page offers a verdict: the question was asked, or could not be, and there is none yet."""
    if complaint.answered_at is None or complaint.withdrawn_at is not None or ticket.state not in JUDGED:
        return False
    return work.session.scalar(_unanswered(ticket, complaint)) is not None or may_volunteer(work, ticket, complaint)


def may_volunteer(work: Work, ticket: Ticket, complaint: Complaint) -> bool:
    """Nobody has asked in this round, and there is an answer to judge."""
    answered = complaint.answered_at is not None and complaint.withdrawn_at is None
    return answered and ticket.state in JUDGED and not _was_asked(work, ticket, complaint)


def _unanswered(ticket: Ticket, complaint: Complaint) -> sa.Select[Survey]:
    return sa.select(Survey).where(
        Survey.ticket_id == ticket.id,
        Survey.complaint_id == complaint.id,
        Survey.round == ticket.round,
        Survey.answered_at.is_(None),
    )


def _volunteered(work: Work, ticket: Ticket, complaint: Complaint) -> Survey:
    survey = Survey(ticket_id=ticket.id, complaint_id=complaint.id, round=ticket.round)
    work.session.add(survey)
    return survey


def _end(work: Work, survey: Survey, *, expired: bool) -> None:
    if expired:
        survey.expired_at = work.now
    else:
        survey.answered_at = work.now
    survey.next_at = None
    owed = work.session.get(Deadline, survey.deadline_id) if survey.deadline_id is not None else None
    if owed is not None and owed.met_at is None:
        promising.meet(work, [owed], work.now)
    work.session.flush()


def expire_open(work: Work, ticket: Ticket, complaint: Complaint | None = None) -> None:
    """The questions that are open end with the round, or with this complaint's leaving the ticket."""
    query = sa.select(Survey).where(
        Survey.ticket_id == ticket.id, Survey.answered_at.is_(None), Survey.expired_at.is_(None)
    )
    if complaint is not None:
        query = query.where(Survey.complaint_id == complaint.id)
    for survey in work.session.scalars(query).all():
        _end(work, survey, expired=True)
