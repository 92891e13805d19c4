"""The list of tickets for machines: newest first, page by page, two statements a page whatever stands on it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import distinct_on

from hotline.domain.errors import Invalid
from hotline.domain.texts import clean
from hotline.domain.workflow import STATE_LABELS, State
from hotline.models import Category, Complaint, Deadline, Ticket, Unit
from hotline.services.covering import passing, read_ahead, searchable
from hotline.services.risking import in_list
from hotline.services.scoping import visible
from hotline.services.tracing import deadline_dict, unit_dict
from hotline.services.work import Work

MOST = 100  # on one page


@dataclass(frozen=True)
class Search:
    """What the list is narrowed to. `unit`: the key of a unit, for its subtree. `after`: the end of the last page."""

    states: Sequence[State] = ()
    unit: str | None = None
    overdue: bool | None = None
    text: str = ""
    after: int | None = None
    limit: int = 50


def browse(work: Work, search: Search) -> tuple[list[dict[str, Any]], int | None]:
    """A page of the tickets that the actor may see, and what `after` is for the next one (None at the end).

    Raises Invalid for a unit that is not there.
    """
    size = max(1, min(search.limit, MOST))
    query = (
        sa.select(Ticket, Unit, Category)
        .join(Unit, Unit.id == Ticket.unit_id)
        .outerjoin(Category, Category.id == Ticket.category_id)
        .where(visible(work.actor), *_conditions(work, search))
        .order_by(Ticket.id.desc())
        .limit(size + 1)
    )
    rows = list(work.session.execute(query))
    page = rows[:size]
    dues = _next_dues(work, [ticket.id for ticket, _, _ in page])
    read_ahead(work, (ticket for ticket, _, _ in page))
    lines = [_line(work, ticket, unit, category, dues.get(ticket.id)) for ticket, unit, category in page]
    return lines, page[-1][0].id if len(rows) > size else None


def _conditions(work: Work, search: Search) -> list[sa.ColumnElement[bool]]:
    conditions: list[sa.ColumnElement[bool]] = []
    if search.states:
        conditions.append(Ticket.state.in_(search.states))
    if search.unit is not None:
        path = work.session.scalar(sa.select(Unit.path).where(Unit.key == search.unit))
        if path is None:
            raise Invalid({"unit": "没有这个单位，请查阅 /api/v1/units。"})
        conditions.append(Ticket.unit_path.startswith(path))
    if search.overdue is not None:
        late = sa.exists().where(Deadline.ticket_id == Ticket.id, Deadline.due_at < work.now, *_running(work))
        conditions.append(late if search.overdue else sa.not_(late))
    if text := clean(search.text).strip():
        conditions.append(_about(work, text))
    if search.after is not None:
        conditions.append(Ticket.id < search.after)
    return conditions


def _about(work: Work, text: str) -> sa.ColumnElement[bool]:
    """A number, or words of the matter. In confidential matters only their centre may search: a hit tells as much as
    the text itself."""
    said = sa.and_(Ticket.matter.icontains(text, autoescape=True), searchable(work.actor))
    by_complaint = sa.exists().where(Complaint.ticket_id == Ticket.id, Complaint.number == text)
    return sa.or_(Ticket.number == text, by_complaint, said)


def _running(work: Work) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        Deadline.met_at.is_(None),
        Deadline.void_at.is_(None),
        Deadline.offered_at.is_(None),
        Deadline.started_at <= work.now,
    )


def _next_dues(work: Work, ticket_ids: Sequence[int]) -> dict[int, dict[str, Any]]:
    """For each ticket the open promise in force that falls due first."""
    rows = work.session.execute(
        sa.select(Deadline, Unit, Complaint.number)
        .ext(distinct_on(Deadline.ticket_id))
        .join(Unit, Unit.id == Deadline.unit_id)
        .outerjoin(Complaint, Complaint.id == Deadline.complaint_id)
        .where(Deadline.ticket_id.in_(ticket_ids), *_running(work))
        .order_by(Deadline.ticket_id, Deadline.due_at, Deadline.id)
    )
    return {deadline.ticket_id: deadline_dict(work, deadline, unit, number) for deadline, unit, number in rows}


def _line(
    work: Work, ticket: Ticket, unit: Unit, category: Category | None, due: dict[str, Any] | None
) -> dict[str, Any]:
    cover = passing(work, ticket)
    return {
        "number": ticket.number,
        "version": ticket.version,
        "state": ticket.state.value,
        "state_label": STATE_LABELS[ticket.state],
        "matter": cover(ticket.matter),
        "place": cover(ticket.place),
        "category_code": category.code if category else None,
        "category_name": category.name if category else None,
        "channel": ticket.channel.value,
        "source": ticket.source.value,
        "urgency": ticket.urgency.value,
        "risks": in_list(ticket),
        "confidential": ticket.confidential,
        "unit": unit_dict(unit),
        "level": ticket.level,
        "heat": ticket.heat,
        "received_at": ticket.received_at,
        "ended_at": ticket.ended_at,
        "due": due,
    }
