"""A new calendar is in force: open deadlines are counted again, and each change is logged (design §4).

Pauses and extensions that were granted stay granted; what was met or is void stays as it was.
"""

from __future__ import annotations

from datetime import datetime
from itertools import groupby

import sqlalchemy as sa

from hotline.models import Deadline, Ticket
from hotline.services import promising
from hotline.services.hand import log
from hotline.services.work import Work

BATCH = 500


def recount_open(work: Work, after: int = 0) -> tuple[int, int]:
    """One batch of tickets beyond the given id: how many due times moved, and the last ticket's id (0 at the end)."""
    tickets = list(
        work.session.scalars(
            sa.select(Ticket)
            .where(Ticket.id > after, Ticket.ended_at.is_(None))
            .order_by(Ticket.id)
            .limit(BATCH)
            .with_for_update(key_share=True, of=Ticket)
        )
    )
    if not tickets:
        return 0, 0
    by_id = {ticket.id: ticket for ticket in tickets}
    open_rows = work.session.scalars(
        sa.select(Deadline)
        .where(Deadline.ticket_id.in_(by_id), Deadline.met_at.is_(None), Deadline.void_at.is_(None))
        .order_by(Deadline.ticket_id, Deadline.id)
    )
    moved = 0
    for ticket_id, rows in groupby(open_rows, key=lambda row: row.ticket_id):
        changes = [change for row in rows if (change := _recount(work, row)) is not None]
        if changes:
            moved += len(changes)
            log(work, by_id[ticket_id], "recount", calendar=work.rules.calendar_id, changes=changes)
    return moved, tickets[-1].id


def _recount(work: Work, deadline: Deadline) -> dict[str, str] | None:
    before = deadline.due_at
    promising.recount(work, deadline)
    if deadline.due_at == before:
        return None
    return {"kind": deadline.kind.value, "due_before": _iso(before), "due_at": _iso(deadline.due_at)}


def _iso(moment: datetime) -> str:
    return moment.isoformat()
