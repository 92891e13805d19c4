"""The month's cases as the tables tell them now, in SQL: a statement for each sort (`cases` says what the sorts are).

Each condition on a time is one that an index of its table answers, so that a month costs what happened in it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from types import MappingProxyType
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy import orm

from hotline.domain.rates import Window
from hotline.domain.workflow import State
from hotline.models import Assignment, Complaint, Ending, Event, Pause, Survey, Ticket
from hotline.services.surveying import DISSATISFIED

SAME_MATTER = timedelta(days=90)  # how long ago the same caller may have complained of it, as for 多次反映 (risking)

Condition = sa.ColumnElement[bool]


def _turns(window: Window) -> sa.Select[Any]:
    over = Assignment.ended_at <= window.cut_off
    returned = sa.and_(Assignment.ending == Ending.RETURNED, over)
    taken_back = sa.and_(Assignment.ending == Ending.WITHDRAWN, over)
    columns = _columns(
        "turn",
        Assignment.id,
        (Assignment.unit_id, Assignment.unit_path),
        Assignment.assigned_at,
        counted=sa.func.coalesce(sa.not_(returned), True),
    )
    return (
        sa.select(*columns)
        .select_from(Assignment)
        .join(Ticket, Ticket.id == Assignment.ticket_id)
        .where(
            _LEADS,
            _within(window, Assignment.assigned_at),
            sa.func.coalesce(sa.not_(taken_back), True),
        )
    )


def _reworks(window: Window) -> sa.Select[Any]:
    lead = worked(Event.ticket_id, Event.round - 1)
    return (
        sa.select(*_columns("rework", Event.id, _whose(lead), Event.happened_at, counted=sa.true()))
        .select_from(Event)
        .join(Ticket, Ticket.id == Event.ticket_id)
        .outerjoin(lead, sa.true())
        .where(_REWORKED, _within(window, Event.happened_at))
    )


def _solved(window: Window) -> sa.Select[Any]:
    return _verdicts(window, "solved", Survey.solved.is_not(None), counted=Survey.solved.is_(True))


def _satisfied(window: Window) -> sa.Select[Any]:
    content = Survey.score > DISSATISFIED
    return _verdicts(window, "satisfied", Survey.score.is_not(None), counted=content, value=Survey.score)


def _verdicts(window: Window, sort: str, said: Condition, *, counted: Condition, value: Any = None) -> sa.Select[Any]:
    lead = worked(Survey.ticket_id, Survey.round)
    return (
        sa.select(*_columns(sort, Survey.id, _whose(lead), Survey.answered_at, counted=counted, value=value))
        .select_from(Survey)
        .join(Ticket, Ticket.id == Survey.ticket_id)
        .outerjoin(lead, sa.true())
        .where(_within(window, Survey.answered_at), said)
    )


def _received(window: Window) -> sa.Select[Any]:
    """Every complaint is taken in as a ticket of its own; where that was joined to another, it is on the other one."""
    first = orm.aliased(Ticket)
    joined = sa.and_(first.state == State.MERGED, first.ended_at <= window.cut_off)
    own = sa.func.coalesce(first.state, Ticket.state)
    voided = sa.and_(
        own == State.VOIDED,
        Complaint.withdrawn_at.is_(None),  # what the citizen took back was received all the same
        sa.func.coalesce(first.ended_at, Ticket.ended_at) <= window.cut_off,
    )
    given_back = sa.and_(
        Assignment.ending.in_((Ending.RETURNED, Ending.WITHDRAWN, Ending.TRANSFERRED)),
        Assignment.ended_at <= window.cut_off,
    )
    standing = sa.func.coalesce(sa.not_(given_back), True)
    lead = _lead(Complaint.ticket_id, standing, Assignment.assigned_at <= window.cut_off)
    return (
        sa.select(
            *_columns(
                "repeat",
                Complaint.id,
                _whose(lead),
                Complaint.received_at,
                counted=sa.or_(sa.func.coalesce(joined, False), _said_before()),
                channel=Complaint.channel,
                source=Complaint.source,
            )
        )
        .select_from(Complaint)
        .join(Ticket, Ticket.id == Complaint.ticket_id)
        .outerjoin(first, first.id == Complaint.first_ticket_id)
        .outerjoin(lead, sa.true())
        .where(_within(window, Complaint.received_at), sa.func.coalesce(sa.not_(voided), True))
    )


def _said_before() -> Condition:
    """The same caller had complained of the same place, and not of another kind of matter, in the ninety days before:
    as `risking.recount` tells 多次反映."""
    earlier, about = orm.aliased(Complaint), orm.aliased(Ticket)
    return sa.exists(
        sa.select(earlier.id)
        .join(about, about.id == earlier.ticket_id)
        .where(
            earlier.citizen_id == Complaint.citizen_id,
            earlier.id < Complaint.id,
            earlier.received_at > Complaint.received_at - SAME_MATTER,
            sa.or_(earlier.withdrawn_at.is_(None), earlier.withdrawn_at > Complaint.received_at),
            sa.or_(about.id == Ticket.id, about.place_keys.overlap(Ticket.place_keys)),
            sa.func.coalesce(about.category_id == Ticket.category_id, True),
        )
        .correlate(Complaint, Ticket)
    )


def _pauses(window: Window) -> sa.Select[Any]:
    """From the decision to the resumption, to the agreed day, or until the turn was over, whichever came first."""
    ended = sa.func.least(sa.func.coalesce(Pause.resumed_at, Pause.until), Assignment.ended_at)
    columns = _columns(
        "pause",
        Pause.id,
        (Assignment.unit_id, Assignment.unit_path),
        Pause.from_at,
        counted=ended > window.cut_off,
    )
    return (
        sa.select(*columns)
        .select_from(Pause)
        .join(Assignment, Assignment.id == Pause.assignment_id)
        .join(Ticket, Ticket.id == Pause.ticket_id)
        .where(
            Pause.from_at <= window.cut_off,
            Pause.until > window.begins,
            ended > window.begins,
            sa.true() if window.begun else sa.false(),
        )
    )


#: Written out, as the partial indexes have it.
_LEADS = sa.literal_column("assignment.part = 'lead'", sa.Boolean)
_REWORKED = sa.literal_column("event.step = 'rework'", sa.Boolean)
LIVE: Final[Mapping[str, Callable[[Window], sa.Select[Any]]]] = MappingProxyType(
    {
        "turn": _turns,
        "rework": _reworks,
        "solved": _solved,
        "satisfied": _satisfied,
        "repeat": _received,
        "pause": _pauses,
    }
)


def worked(ticket_id: Any, round_: Any) -> Any:
    """Whose work a round was, as columns `unit_id` and `unit_path`: its lead turn that was not given back; no row where
    the centre answered itself."""
    standing = sa.or_(Assignment.ending.is_(None), Assignment.ending == Ending.SUBMITTED)
    return _lead(ticket_id, standing, Assignment.round == round_)


def _within(window: Window, moment: Any) -> Condition:
    return sa.and_(moment > window.begins, moment <= window.cut_off)


def _lead(ticket_id: Any, *conditions: Condition) -> Any:
    """The newest lead turn of the ticket that fulfils the conditions."""
    return (
        sa.select(Assignment.unit_id, Assignment.unit_path)
        .where(Assignment.ticket_id == ticket_id, _LEADS, *conditions)
        .order_by(Assignment.id.desc())
        .limit(1)
        .lateral()
    )


def _whose(lead: Any) -> tuple[Any, Any]:
    """The unit of that turn; without one, the centre, which answered or will assign it."""
    return (
        sa.func.coalesce(lead.c.unit_id, Ticket.centre_id),
        sa.func.coalesce(lead.c.unit_path, Ticket.centre_path),
    )


def _columns(
    sort: str,
    ref_id: Any,
    whose: tuple[Any, Any],
    at: Any,
    *,
    counted: Condition,
    value: Any = None,
    channel: Any = Ticket.channel,
    source: Any = Ticket.source,
) -> list[sa.ColumnElement[Any]]:
    return [
        sa.literal(sort, sa.Text, literal_execute=True).label("sort"),
        ref_id.label("ref_id"),
        Ticket.id.label("ticket_id"),
        Ticket.number.label("ticket"),
        whose[0].label("unit_id"),
        whose[1].label("unit_path"),
        Ticket.category_id.label("category_id"),
        Ticket.area.label("area"),
        channel.label("channel"),
        source.label("source"),
        at.label("at"),
        counted.label("counted"),
        sa.cast(sa.null() if value is None else value, sa.Integer).label("value"),
    ]
