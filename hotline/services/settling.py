"""What a turn leaves behind when it is over: requests that nobody decided, orders that nobody lifted.

Neither goes over to the next turn or the next round: a request granted later would move a promise that was settled,
and an order to one unit would hold a ticket that another one has.
"""

from __future__ import annotations

import sqlalchemy as sa

from hotline.models import Assignment, Supervision, Ticket
from hotline.services import holding
from hotline.services.work import Work

LAPSING = frozenset({"return", "extension", "pause"})  # an appeal comes after the last turn


def lapse_requests(work: Work, ticket: Ticket, why: str) -> None:
    """失效: what waits for a decision is answered by what has happened. Like a refusal, it uses nothing up."""
    waiting = {row.name for row in holding.asked_of(work, ticket) if row.granted is None}
    for name in waiting & LAPSING:
        model = holding.REQUESTS[name]
        work.session.execute(
            sa.update(model)
            .where(model.ticket_id == ticket.id, model.granted.is_(None))
            .values(granted=False, opinion=why, decided_at=work.now)
        )


def lift_orders(work: Work, turn: Assignment) -> None:
    """The unit no longer has the ticket: its orders hold nothing any more. An explanation it owes, it still owes."""
    unlifted = sa.and_(Supervision.ticket_id == turn.ticket_id, Supervision.lifted_at.is_(None))
    to_the_unit = sa.literal(turn.unit_path).startswith(Supervision.unit_path)
    to_a_centre = sa.select(Ticket.centre_id).where(Ticket.id == turn.ticket_id).scalar_subquery()
    work.session.execute(
        sa.update(Supervision)
        .where(unlifted, to_the_unit, Supervision.unit_id != to_a_centre)
        .values(lifted_at=work.now)
        .execution_options(synchronize_session="fetch")
    )
