"""督办 by the clock: one pass over what must happen by now, in batches, each level once and only once (design §4).

Eight workers may do this at the same moment. What another one holds is skipped, never waited for: a step of a person
locks the ticket first and then its promises, so a sweep that waited could deadlock with it.

A full batch goes only as far in time as its own last promise, so that after a downtime things are written in the
order in which they happened.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
import structlog

from hotline.models import Deadline, Ticket
from hotline.services import escalating
from hotline.services.climbing import climb
from hotline.services.work import Work

log = structlog.get_logger()

SWEEP = "sweep"  # the bell of the deadlines
BATCH = 1000
ASIDE = timedelta(minutes=10)  # until a promise that cannot be dealt with is tried again


def run_pass(work: Work, limit: int = BATCH) -> int:
    """Deal with one batch of what is due; returns how many promises that were. Called again until it returns 0.

    The actor is the system. What cannot be dealt with is logged and put aside for ten minutes; it stops nobody else.
    """
    rows = work.session.execute(_DUE, {"now": work.now, "limit": limit}).all()
    if rows:
        _enforce(work, rows, until=rows[-1].next_at if len(rows) == limit else work.now)
    return len(rows)


def _enforce(work: Work, rows: Sequence[Any], until: datetime) -> None:
    """Write the batch; where that fails halve it, until the one that is at fault stands alone."""
    try:
        with work.session.begin_nested():
            escalating.write(work, [climb(work.rules, row, until) for row in rows])
    except Exception as fault:
        if len(rows) == 1:
            _put_aside(work, rows[0], fault)
            return
        half = len(rows) // 2
        _enforce(work, rows[:half], until)
        _enforce(work, rows[half:], until)


def _put_aside(work: Work, row: Any, fault: Exception) -> None:
    """A warning not yet given is then dated ten minutes late; all other levels keep their moment."""
    log.error("deadline_put_aside", deadline=row.id, ticket=row.number, next_at=str(row.next_at), error=repr(fault))
    work.session.execute(sa.update(Deadline).where(Deadline.id == row.id).values(next_at=work.now + ASIDE))


_DUE = (
    sa.select(
        Deadline.id,
        Deadline.ticket_id,
        Deadline.kind,
        Deadline.round,
        Deadline.unit_id,
        Deadline.unit_path,
        Deadline.due_at,
        Deadline.offered_at,
        Deadline.met_at,
        Deadline.next_at,
        Deadline.rank,
        Ticket.number,
        Ticket.state,
        Ticket.version,
        Ticket.round.label("ticket_round"),
        Ticket.level,
        Ticket.matter,
        Ticket.policy_version_id,
        Ticket.centre_id,
        Ticket.unit_id.label("holder_id"),
    )
    .join(Ticket, Ticket.id == Deadline.ticket_id)
    .where(Deadline.next_at <= sa.bindparam("now"))
    .order_by(Deadline.next_at)
    .limit(sa.bindparam("limit"))
    .with_for_update(key_share=True, skip_locked=True, of=(Deadline, Ticket))
)
