"""What else comes by the clock: paused tickets go on, questions are asked. One that fails stops no other."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

import sqlalchemy as sa
import structlog

from hotline.domain.workflow import State
from hotline.models import Survey, Ticket
from hotline.services import pausing, surveying
from hotline.services.work import Work

log = structlog.get_logger()
T = TypeVar("T")

RESUME, SURVEY = "resume", "survey"  # the bells
BATCH = 100


def resume_paused(work: Work, limit: int = BATCH) -> int:
    """挂账到期: tickets whose agreed day has come go on. How many did; called again until it returns 0."""
    due = sa.select(Ticket).where(Ticket.state == State.PAUSED, Ticket.paused_until <= work.now)
    first = due.order_by(Ticket.paused_until).limit(limit)
    tickets = work.session.scalars(first.with_for_update(key_share=True, skip_locked=True)).all()
    return _each(work, tickets, lambda ticket: pausing.resume_due(work, ticket))


def ask_surveys(work: Work, limit: int = BATCH) -> int:
    """回访: questions that are due, and those that nobody has answered. How many; called again until it returns 0."""
    due = (
        sa.select(Survey)
        .join(Ticket, Ticket.id == Survey.ticket_id)
        .where(Survey.next_at <= work.now)
        .order_by(Survey.next_at)
        .limit(limit)
        .with_for_update(key_share=True, skip_locked=True, of=(Ticket, Survey))
    )
    return _each(work, work.session.scalars(due).all(), lambda survey: surveying.ask(work, survey))


def _each(work: Work, rows: Iterable[T], act: Callable[[T], None]) -> int:
    """Each under a savepoint of its own: what fails is logged, left as it was, and tried again at the next round."""
    done = 0
    for row in rows:
        try:
            with work.session.begin_nested():
                act(row)
            done += 1
        except Exception as fault:
            row_id = sa.inspect(row, raiseerr=True).identity
            log.error("left_for_the_next_round", kind=type(row).__name__, id=row_id, error=repr(fault))
    return done
