"""答复: every complainant is answered; who cannot be reached by text is called, and the call is logged."""

from __future__ import annotations

from collections.abc import Collection

import sqlalchemy as sa

from hotline.domain.errors import Invalid, NotFound
from hotline.models import Complaint, DeadlineKind, Ticket
from hotline.services import accepting, assigning, closing, evidencing, promising, reaching, reviewing, surveying
from hotline.services.hand import Hand, record, take
from hotline.services.work import Work


def reply(work: Work, number: str, text: str, withheld: Collection[int] = (), *, version: int | None = None) -> Ticket:
    """答复 to every complainant of the ticket, in the words that they will read and with the pictures of the result.

    `withheld`: ids of those pictures that are not for citizens' eyes.
    """
    text = _checked(text)
    hand = take(work, number, "reply", version=version)
    evidencing.withhold(work, hand.ticket, withheld)
    _issue(hand, text)
    return hand.ticket


def answer(work: Work, number: str, text: str, *, version: int | None = None) -> Ticket:
    """直接答复: the centre answers by itself; a kept promise to handle, its own, shown apart in the rates."""
    text = _checked(text)
    hand = take(work, number, "answer", version=version)
    ticket = hand.ticket
    own = promising.open_deadlines(work, ticket, DeadlineKind.HANDLE)
    assigning.end_dispatch(hand)
    begun = [row for row in own if row.started_at <= work.now]
    handled = begun or [promising.promise(work, ticket, DeadlineKind.HANDLE, work.now)]
    promising.meet(work, handled, work.now)
    ticket.direct, ticket.resolved_at = True, work.now
    promising.answer_directly(work, ticket)
    _issue(hand, text)
    return ticket


def _checked(text: str) -> str:
    if len(text.strip()) < 5:
        raise Invalid({"text": "请填写答复内容：针对什么问题、做了什么、结果如何、联系方式。"})
    return text.strip()


def _issue(hand: Hand, text: str) -> None:
    work, ticket = hand.work, hand.ticket
    ticket.answer, ticket.replied_at = text, work.now
    for complaint in accepting.complaints_of(work, ticket):
        reaching.answer(work, ticket, complaint, "answered", answer=text)
        surveying.prepare(work, ticket, complaint)
    record(hand, answer=text, remarks=reviewing.codes(work, ticket, text))
    closing.close_if_finished(work, ticket)


def log_call(work: Work, number: str, complaint_number: str, note: str, *, version: int | None = None) -> Ticket:
    """登记电话答复: the complainant was told on the phone. Raises NotFound if the complaint is not of this ticket."""
    hand = take(work, number, "log_call", version=version)
    complaint = work.session.scalar(
        sa.select(Complaint).where(Complaint.ticket_id == hand.ticket.id, Complaint.number == complaint_number)
    )
    if complaint is None:
        raise NotFound("没有找到这件诉求，请核对编号。")
    reaching.reach(work, complaint, work.now, reaching.CALLED)
    record(hand, complaint=complaint_number, note=note)
    closing.close_if_finished(work, hand.ticket)
    return hand.ticket


def note(work: Work, number: str, text: str, *, version: int | None = None) -> Ticket:
    """内部备注: part of the history, never shown to a citizen, moves no clock."""
    if not text.strip():
        raise Invalid({"text": "请填写备注内容。"})
    hand = take(work, number, "note", version=version)
    record(hand, text=text.strip(), bump=False)
    return hand.ticket
