"""The list of tickets for machines: newest first, page by page, a fixed number of statements whatever stands on it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import distinct_on

from hotline.domain.errors import Invalid
from hotline.domain.workflow import STATE_LABELS
from hotline.models import Category, Complaint, Deadline, Ticket, Unit
from hotline.services import desk
from hotline.services.covering import passing, read_ahead
from hotline.services.desk import Sort, View
from hotline.services.risking import in_list
from hotline.services.scoping import exists_by_row
from hotline.services.tracing import deadline_dict, unit_dict
from hotline.services.work import Work

MOST = 100  # on one page
EVERYTHING = desk.Search(view=View.ALL)


@dataclass(frozen=True)
class Search:
    """What the list is narrowed to. `filters` are those of the desk, words included. `unit`: the key of a unit in whose
    subtree the ticket is now. `overdue`: by whomever it is owed. `after`: the end of the last page."""

    filters: desk.Search = EVERYTHING
    unit: str | None = None
    overdue: bool | None = None
    after: int | None = None
    limit: int = 50


def browse(work: Work, search: Search) -> tuple[list[dict[str, Any]], int | None]:
    """A page of the tickets that the actor may see, and what `after` is for the next one (None at the end).

    Raises Invalid for a unit that is not there.
    """
    size = max(1, min(search.limit, MOST))
    after = f"~{search.after}" if search.after is not None else ""
    newest = replace(search.filters, view=View.ALL, sort=Sort.NEWEST, after=after, before="")
    ids, more = desk.ids(work, newest, size, _also(work, search))
    query = (
        sa.select(Ticket, Unit, Category)
        .join(Unit, Unit.id == Ticket.unit_id)
        .outerjoin(Category, Category.id == Ticket.category_id)
        .where(Ticket.id.in_(ids))
        .order_by(Ticket.id.desc())
    )
    page = list(work.session.execute(query))
    dues = _next_dues(work, ids)
    read_ahead(work, (ticket for ticket, _, _ in page))
    lines = [_line(work, ticket, unit, category, dues.get(ticket.id)) for ticket, unit, category in page]
    return lines, ids[-1] if more else None


def _also(work: Work, search: Search) -> list[sa.ColumnElement[bool]]:
    conditions: list[sa.ColumnElement[bool]] = []
    if search.unit is not None:
        path = work.session.scalar(sa.select(Unit.path).where(Unit.key == search.unit))
        if path is None:
            raise Invalid({"unit": "没有这个单位，请查阅 /api/v1/units。"})
        conditions.append(Ticket.unit_path.startswith(path))
    if search.overdue is not None:
        running = sa.select(Deadline.id).where(Deadline.ticket_id == Ticket.id, *_running(work))
        late = exists_by_row(running.where(Deadline.due_at < work.now))
        conditions.append(late if search.overdue else sa.not_(late))
    return conditions


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
