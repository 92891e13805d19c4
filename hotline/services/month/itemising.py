"""The month's promises, each with all that is kept of it: what was owed in it, what fell due but is not owed and why,
and what an extension moved out of it. One rule for the export, for freezing, and for the recount of a frozen month.
"""

from __future__ import annotations

from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from hotline.domain.rates import Window
from hotline.models import Category, Complaint, Deadline, DeadlineKind, Ticket
from hotline.services.month import owing
from hotline.services.month.counting import first_near, near, one
from hotline.services.work import Work

#: What is kept of an upheld appeal: that it was, and none of the words in which it was asked for.
UPHELD: Final = "申诉成立"

OWED, VOID, EXEMPT, EXTENDED = "owed", "void", "exempt", "extended"


def belongs(window: Window, of: Any = Deadline) -> owing.Condition:
    """Whether a promise, of whichever kind, is of that month."""
    taken = sa.and_(of.void_at.is_(None), owing.taken_in(window, of.due_at, of))
    return sa.and_(
        of.kind.in_(list(DeadlineKind)),  # all: so that the indexes on kind and due time answer
        sa.or_(taken, owing.moved_on(window, of), owing.voided(window, of)),
    )


def state(window: Window, of: Any = Deadline) -> sa.Case[str]:
    """What it is in that month: one of the four words above."""
    return sa.case(
        (of.void_at.is_not(None), VOID),
        (of.exempt_at.is_not(None), EXEMPT),
        (owing.moved_on(window, of), EXTENDED),
        else_=OWED,
    )


def standing(work: Work, window: Window) -> sa.CompoundSelect[Any]:
    """The items as they stand now; their tickets are looked up as `counting` does it."""
    border = first_near(work, window)
    of_near, far = (aliased(Ticket, each, adapt_on_names=True) for each in (near(border), one(Deadline.ticket_id)))
    return sa.union_all(
        items(window, Deadline, of_near).where(Deadline.ticket_id >= border),
        items(window, Deadline, far).where(Deadline.ticket_id < border),
    )


def items(window: Window, promise: Any, ticket: Any) -> sa.Select[Any]:
    """The columns of `MonthlyReportItem`, in their order, but for the report's own id.

    `promise`, `ticket`: what they are read from, with the names of `Deadline` and `Ticket`.
    """
    return (
        sa.select(
            promise.id.label("deadline_id"),
            promise.ticket_id,
            ticket.number.label("ticket"),
            Complaint.number.label("complaint"),
            promise.kind,
            promise.round,
            promise.unit_id,
            promise.unit_path,
            promise.started_at,
            promise.due_at,
            promise.original_due_at,
            promise.offered_at,
            promise.met_at,
            promise.void_at,
            promise.void_reason,
            promise.exempt_at,
            sa.case((promise.exempt_at.is_not(None), UPHELD)).label("exempt_reason"),
            promise.extensions,
            promise.direct,
            ticket.category_id,
            Category.code.label("category_code"),
            ticket.area,
            ticket.channel,
            ticket.source,
            ticket.urgency,
        )
        .select_from(promise)
        .join(ticket, ticket.id == promise.ticket_id)
        .outerjoin(Complaint, Complaint.id == promise.complaint_id)
        .outerjoin(Category, Category.id == ticket.category_id)
        .where(belongs(window, promise))
    )
