"""到期删除: when a person is erased: by the clock, when the class's time is over, or at once, when the citizen asks.

Rows are the work: what is due is found by its times, in batches that skip what somebody holds. A batch that is killed
is rolled back and found again; doing it twice finds nothing (个人信息保护法 47; `config/policy/retention.toml`).
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

import sqlalchemy as sa

from hotline.domain.errors import Refused, say
from hotline.domain.known import NOBODY
from hotline.domain.retention import BRIEFS, CALLS, MESSAGES, ORDINARY, PETITION, REPORT, Kept
from hotline.models import Brief, Complaint, Draft, Message, RequestType, Ticket
from hotline.services import citizens, clueing
from hotline.services.forgetting import forget_drafts, forget_matter, forget_messages, forget_person, still_named
from hotline.services.hand import log
from hotline.services.work import Work

BATCH: Final = 50
ERASED: Final = "person_erased"  # the line of the history


def erase_on_request(work: Work, complaint: Complaint, ticket: Ticket) -> None:
    """The citizen wants to be forgotten, and the matter has ended. The ticket is locked.

    Raises Refused while the matter is open: without the data nobody could be answered.
    """
    if ticket.ended_at is None and complaint.withdrawn_at is None:
        raise Refused(
            say("事情还在办理，答复您需要这些信息，现在不能删除。您可以先撤回诉求，或等办结后再来删除。"),
            code="still_open",
        )
    if complaint.erased_at is not None:
        return
    citizens.read(work, complaint, ticket)  # who asks here has seen the answer: it is owed no more
    _erase(work, complaint, ticket, at_once=True)
    _finish(work, ticket)


def erase_due(work: Work, limit: int = BATCH) -> int:
    """One batch of tickets whose complaints' time is over; how many were looked at. 0: nothing is due."""
    due = _due(work)
    tickets = work.session.scalars(
        sa.select(Ticket)
        .where(Ticket.erased_at.is_(None), Ticket.ended_at.is_not(None), due)
        .order_by(Ticket.ended_at)
        .limit(limit)
        .with_for_update(key_share=True, skip_locked=True)
        .execution_options(populate_existing=True)
    ).all()
    for ticket in tickets:
        for complaint in work.session.scalars(_due_complaints(work, ticket)).all():
            _erase(work, complaint, ticket)
        _finish(work, ticket)
    return len(tickets)


def _due(work: Work) -> sa.ColumnElement[bool]:
    """Tickets with a complaint that is due; and those that have none left, as merged ones, at the ordinary time."""
    mine = sa.and_(Complaint.ticket_id == Ticket.id, Complaint.erased_at.is_(None))
    named = sa.or_(Complaint.ticket_id == Ticket.id, Complaint.first_ticket_id == Ticket.id)
    with_nobody = sa.and_(
        Ticket.ended_at < _cutoff(work, ORDINARY),
        ~sa.exists().where(named, Complaint.erased_at.is_(None)),
    )
    latest = max(_cutoff(work, name) for name in (PETITION, REPORT, ORDINARY))
    return sa.and_(Ticket.ended_at < latest, sa.or_(sa.exists().where(mine, _is_over(work)), with_nobody))


def _is_over(work: Work) -> sa.ColumnElement[bool]:
    """The condition on a complaint and its ticket, class by class; the same as `Retention.class_of`."""
    petition = Complaint.source.in_(sorted(work.privacy.retention[PETITION].sources))
    report = sa.or_(Complaint.confidential, Ticket.confidential, Ticket.request_type == RequestType.REPORT)
    return Ticket.ended_at < sa.case(
        (petition, _cutoff(work, PETITION)), (report, _cutoff(work, REPORT)), else_=_cutoff(work, ORDINARY)
    )


def _cutoff(work: Work, name: str) -> datetime:
    return work.privacy.retention.cutoff(name, work.now, work.rules.zone)


def _due_complaints(work: Work, ticket: Ticket) -> sa.Select[Complaint]:
    return (
        sa.select(Complaint)
        .join(Ticket, Ticket.id == Complaint.ticket_id)
        .where(Ticket.id == ticket.id, Complaint.erased_at.is_(None), _is_over(work))
        .order_by(Complaint.id)
    )


def _erase(work: Work, complaint: Complaint, ticket: Ticket, *, at_once: bool = False) -> None:
    """The history says that it was done, and nothing of whom. `at_once`: texts outside of complaints do not wait."""
    known = forget_person(work, complaint, ticket, at_once=at_once)
    forget_matter(work, ticket, known)
    for copy in work.session.scalars(_came_in_as(complaint, ticket)):
        forget_matter(work, copy, known)
    log(work, ticket, ERASED, complaint=complaint.number)


def _came_in_as(complaint: Complaint, ticket: Ticket) -> sa.Select[Ticket]:
    """The ticket that it was before a merge. One that somebody holds is covered in its own time."""
    return (
        sa.select(Ticket)
        .where(Ticket.number == complaint.number, Ticket.id != ticket.id)
        .with_for_update(key_share=True, skip_locked=True)
    )


def _finish(work: Work, ticket: Ticket) -> None:
    """The last person is gone: so is what else was written of persons."""
    if ticket.ended_at is None or still_named(work, ticket):
        return
    secret = ticket.confidential or ticket.request_type is RequestType.REPORT
    forget_matter(work, ticket, NOBODY, wholly=secret)
    ticket.erased_at, ticket.against = work.now, ""
    clueing.forget(work, ticket)
    work.session.flush()


def erase_calls(work: Work, limit: int = BATCH) -> int:
    """Calls that led to no complaint."""
    ids = work.session.scalars(
        sa.select(Draft.id)
        .where(*_calls_over(work))
        .order_by(Draft.settled_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()
    return forget_drafts(work, Draft.id.in_(ids)) if ids else 0


def erase_messages(work: Work, limit: int = 10 * BATCH) -> int:
    """Texts that belong to no complaint and to no unit."""
    ids = work.session.scalars(
        sa.select(Message.id)
        .where(*_loose_over(work))
        .order_by(Message.created_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()
    return forget_messages(work, Message.id.in_(ids)) if ids else 0


def erase_briefs(work: Work, limit: int = 10 * BATCH) -> int:
    """简报, whole: what one told is counted again where it leads to. Never one of these days, whose row says that it
    need not be made."""
    oldest = sa.select(Brief.id).where(_briefs_over(work)).order_by(Brief.id).limit(limit)
    ids = work.session.scalars(oldest.with_for_update(skip_locked=True)).all()
    work.session.execute(sa.delete(Brief).where(Brief.id.in_(ids)))
    return len(ids)


def count_due(work: Work) -> int:
    """How many complaints `erase_due` would still take."""
    query = sa.select(sa.func.count()).select_from(Complaint).join(Ticket, Ticket.id == Complaint.ticket_id)
    return work.session.scalar(query.where(Complaint.erased_at.is_(None), _is_over(work))) or 0


def count_calls(work: Work) -> int:
    """How many calls `erase_calls` would still take."""
    return work.session.scalar(sa.select(sa.func.count()).select_from(Draft).where(*_calls_over(work))) or 0


def count_messages(work: Work) -> int:
    """How many texts `erase_messages` would still take."""
    return work.session.scalar(sa.select(sa.func.count()).select_from(Message).where(*_loose_over(work))) or 0


def count_briefs(work: Work) -> int:
    """How many `erase_briefs` would still take."""
    return work.session.scalar(sa.select(sa.func.count()).select_from(Brief).where(_briefs_over(work))) or 0


def _briefs_over(work: Work) -> sa.ColumnElement[bool]:
    return Brief.made_at < _cutoff(work, BRIEFS)


def _calls_over(work: Work) -> tuple[sa.ColumnElement[bool], ...]:
    return Draft.complaint_id.is_(None), Draft.settled_at < _cutoff(work, CALLS), Draft.erased_at.is_(None)


def _loose_over(work: Work) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        Message.complaint_id.is_(None),
        Message.unit_id.is_(None),
        sa.func.octet_length(Message.body_sealed) > 0,
        Message.created_at < _cutoff(work, MESSAGES),
    )


def kept_until(work: Work, complaint: Complaint, ticket: Ticket) -> tuple[Kept, datetime | None]:
    """The class of a complaint, and the moment from which it is erased; None while the matter is open."""
    retention = work.privacy.retention
    kept = retention.class_of(
        complaint.source.value,
        confidential=complaint.confidential or ticket.confidential,
        report=ticket.request_type is RequestType.REPORT,
    )
    until = retention.erased_after(kept, ticket.ended_at, work.rules.zone) if ticket.ended_at else None
    return kept, until
