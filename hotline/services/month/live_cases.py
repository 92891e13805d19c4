"""The month's cases as the tables tell them now, in SQL: what there is of each sort (`cases` says what the sorts are).

Each condition on a time is one that an index of its table answers, and tickets are looked up as `counting` does it, so
that a month costs what happened in it and not what there ever was.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from types import MappingProxyType
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy import orm
from sqlalchemy.dialects.postgresql import distinct_on

from hotline.domain.rates import Window
from hotline.domain.workflow import State
from hotline.models import (
    Assignment,
    Complaint,
    Ending,
    Event,
    Ground,
    Pause,
    Point,
    SampleCheck,
    Supervision,
    Survey,
    Ticket,
    Unit,
)
from hotline.services import risking
from hotline.services.month import locating
from hotline.services.month.counting import first_near, near, one
from hotline.services.surveying import DISSATISFIED
from hotline.services.work import Work

Condition = sa.ColumnElement[bool]
Query = sa.Select[Any]


def happened(work: Work, window: Window, sorts: Sequence[str]) -> sa.CompoundSelect[Any]:
    """Everybody's cases of these sorts, in the columns of `MonthlyReportCase` but for its report."""
    month = _Month(window, first_near(work, window))
    of = {sort: _parts(sort, month) for sort in sorts if sort in _LIVE}
    if locating.SORT in sorts:
        of[locating.SORT] = [_at_points(work, window)]
    return sa.union_all(*(part for sort in sorts for part in of[sort]))


@dataclass(frozen=True)
class _Month:
    """A window, and from which ticket on they are looked up together; the few older ones one by one."""

    window: Window
    border: int

    def has(self, moment: Any) -> Condition:
        """It happened in it."""
        return sa.and_(moment > self.window.begins, moment <= self.window.cut_off)

    def over(self, moment: Any) -> Condition:
        """It had happened by its cut-off."""
        return sa.and_(moment <= self.window.cut_off)

    def with_tickets(self, ticket_id: Any, query: Callable[[Any], Query]) -> list[Query]:
        """The query, which is given the columns of the ticket, in two parts."""
        return [
            query(near(self.border)).where(ticket_id >= self.border),
            query(one(ticket_id)).where(ticket_id < self.border),
        ]


#: To compose them takes longer than PostgreSQL takes to answer them for a small month. Kept for the two months that a
#: page is compared with, some megabytes; what has a running month's cut-off is never asked for again.
@lru_cache(maxsize=32)
def _parts(sort: str, month: _Month) -> list[Query]:
    return _LIVE[sort](month)


def _turns(month: _Month) -> list[Query]:
    over = month.over(Assignment.ended_at)
    returned = sa.and_(Assignment.ending == Ending.RETURNED, over)
    taken_back = sa.and_(Assignment.ending == Ending.WITHDRAWN, over)
    counted, stands = (sa.func.coalesce(sa.not_(each), True) for each in (returned, taken_back))

    def query(ticket: Any) -> Query:
        whose = (Assignment.unit_id, Assignment.unit_path)
        columns = _columns("turn", Assignment.id, ticket, whose, Assignment.assigned_at, counted)
        return (
            sa.select(*columns)
            .select_from(Assignment)
            .join(ticket, ticket.c.id == Assignment.ticket_id)
            .where(_LEADS, month.has(Assignment.assigned_at), stands)
        )

    return month.with_tickets(Assignment.ticket_id, query)


def _reworks(month: _Month) -> list[Query]:
    lead = worked(Event.ticket_id, Event.round - 1)

    def query(ticket: Any) -> Query:
        columns = _columns("rework", Event.id, ticket, _whose(lead, ticket), Event.happened_at, sa.true())
        return (
            sa.select(*columns)
            .select_from(Event)
            .join(ticket, ticket.c.id == Event.ticket_id)
            .outerjoin(lead, sa.true())
            .where(_REWORKED, month.has(Event.happened_at))
        )

    return month.with_tickets(Event.ticket_id, query)


def _solved(month: _Month) -> list[Query]:
    return _verdicts(month, "solved", Survey.solved.is_not(None), Survey.solved.is_(True))


def _satisfied(month: _Month) -> list[Query]:
    return _verdicts(month, "satisfied", Survey.score.is_not(None), Survey.score > DISSATISFIED, Survey.score)


def _verdicts(month: _Month, sort: str, said: Condition, counted: Condition, value: Any = None) -> list[Query]:
    lead = worked(Survey.ticket_id, Survey.round)

    def query(ticket: Any) -> Query:
        columns = _columns(sort, Survey.id, ticket, _whose(lead, ticket), Survey.answered_at, counted, value=value)
        return (
            sa.select(*columns)
            .select_from(Survey)
            .join(ticket, ticket.c.id == Survey.ticket_id)
            .outerjoin(lead, sa.true())
            .where(month.has(Survey.answered_at), said)
        )

    return month.with_tickets(Survey.ticket_id, query)


def _received(month: _Month) -> list[Query]:
    """Every complaint is taken in as a ticket of its own; one that was joined to another is on that one since."""
    alone = Complaint.first_ticket_id.is_(None)
    own = month.with_tickets(Complaint.ticket_id, lambda ticket: _said(month, ticket, ticket, sa.false()).where(alone))
    first, living = one(Complaint.first_ticket_id), one(Complaint.ticket_id)
    joined = sa.and_(first.c.state == State.MERGED, month.over(first.c.ended_at))
    moved = _said(month, living, first, joined).join(first, sa.true()).where(Complaint.first_ticket_id.is_not(None))
    return [*own, moved]


def _said(month: _Month, ticket: Any, own: Any, joined: Condition) -> Query:
    """`ticket` is the one that the complaint is on, `own` the one that it came in as."""
    voided = sa.and_(
        own.c.state == State.VOIDED,
        Complaint.withdrawn_at.is_(None),  # what the citizen took back was received all the same
        month.over(own.c.ended_at),
    )
    given_back = Assignment.ending.in_((Ending.RETURNED, Ending.WITHDRAWN, Ending.TRANSFERRED))
    standing = sa.func.coalesce(sa.not_(sa.and_(given_back, month.over(Assignment.ended_at))), True)
    lead = _lead(Complaint.ticket_id, standing, month.over(Assignment.assigned_at))
    columns = _columns(
        "repeat",
        Complaint.id,
        ticket,
        _whose(lead, ticket),
        Complaint.received_at,
        sa.or_(sa.func.coalesce(joined, False), _said_before(ticket)),
        channel=Complaint.channel,
        source=Complaint.source,
    )
    return (
        sa.select(*columns)
        .select_from(Complaint)
        .join(ticket, ticket.c.id == Complaint.ticket_id)
        .outerjoin(lead, sa.true())
        .where(month.has(Complaint.received_at), sa.func.coalesce(sa.not_(voided), True))
    )


def _said_before(ticket: Any) -> Condition:
    """The same caller had complained of the same place, and not of another kind of matter, in the days before
    in which `risking.recount` looks for 多次反映."""
    earlier, about = orm.aliased(Complaint), orm.aliased(Ticket)
    return sa.exists(
        sa.select(earlier.id)
        .join(about, about.id == earlier.ticket_id)
        .where(
            earlier.citizen_id == Complaint.citizen_id,
            earlier.id < Complaint.id,
            earlier.received_at > Complaint.received_at - risking.BEFORE,
            sa.or_(earlier.withdrawn_at.is_(None), earlier.withdrawn_at > Complaint.received_at),
            sa.or_(about.id == ticket.c.id, about.place_keys.overlap(ticket.c.place_keys)),
            sa.func.coalesce(about.category_id == ticket.c.category_id, True),
        )
        .correlate(Complaint, ticket)
    )


def _pauses(month: _Month) -> list[Query]:
    """From the decision to the resumption, to the agreed day, or until the turn was over, whichever came first."""
    ended = sa.func.least(sa.func.coalesce(Pause.resumed_at, Pause.until), Assignment.ended_at)
    begins, cut_off = month.window.begins, month.window.cut_off

    def query(ticket: Any) -> Query:
        whose = (Assignment.unit_id, Assignment.unit_path)
        return (
            sa.select(*_columns("pause", Pause.id, ticket, whose, Pause.from_at, ended > cut_off))
            .select_from(Pause)
            .join(Assignment, Assignment.id == Pause.assignment_id)
            .join(ticket, ticket.c.id == Pause.ticket_id)
            .where(Pause.from_at <= cut_off, Pause.until > begins, ended > begins)
            .where(sa.true() if month.window.begun else sa.false())
        )

    return month.with_tickets(Pause.ticket_id, query)


def _orders(sort: str, condition: Condition, month: _Month) -> list[Query]:
    rows = sa.select(Supervision).where(month.has(Supervision.issued_at), condition).subquery()
    return _watched(sort, rows, rows.c.issued_at, month)


def _deductions(month: _Month) -> list[Query]:
    """As 督办台 counts it: of each ticket of a unit in each of its rounds the highest level alone."""
    of = (Supervision.ticket_id, Supervision.round, Supervision.unit_id, Supervision.unit_path)
    rows = (
        sa.select(Supervision, sa.cast(Supervision.deduction * 100, sa.Integer).label("value"))
        .where(month.has(Supervision.issued_at), Supervision.deduction > 0)
        .ext(distinct_on(*of))
        .order_by(*of, Supervision.deduction.desc(), Supervision.id)
        .subquery()
    )
    return _watched("deduction", rows, rows.c.issued_at, month, rows.c.value)


def _failed(month: _Month) -> list[Query]:
    rows = sa.select(SampleCheck).where(SampleCheck.passed.is_(False), month.has(SampleCheck.checked_at)).subquery()
    return _watched("failed", rows, rows.c.checked_at, month)


def _watched(sort: str, rows: sa.Subquery, at: Any, month: _Month, value: Any = None) -> list[Query]:
    """What supervisors have written down of the units' work."""

    def query(ticket: Any) -> Query:
        whose = (rows.c.unit_id, rows.c.unit_path)
        columns = _columns(sort, rows.c.id, ticket, whose, at, sa.true(), value=value)
        return sa.select(*columns).select_from(rows).join(ticket, ticket.c.id == rows.c.ticket_id)

    return month.with_tickets(rows.c.ticket_id, query)


def _at_points(work: Work, window: Window) -> Query:
    at = locating.live(work, window).subquery()
    ticket = one(at.c.ticket_id)
    whose = (Point.unit_id, Unit.path)
    columns = _columns(locating.SORT, ticket.c.id, ticket, whose, ticket.c.received_at, sa.true(), value=at.c.point_id)
    query = sa.select(*columns).select_from(at).join(ticket, sa.true()).join(Point, Point.id == at.c.point_id)
    return query.join(Unit, Unit.id == Point.unit_id)


#: What supervisors hand to units, by sort: which of them.
_OF_ORDERS: Final[Mapping[str, Condition]] = MappingProxyType(
    {
        **{level: Supervision.level == level for level in ("order", "yellow", "red", "exposure")},
        "refusal": Supervision.ground == Ground.REFUSAL,
    }
)
ORDERS: Final = (*_OF_ORDERS, "deduction")
#: Written out, as the partial indexes have it.
_LEADS = sa.literal_column("assignment.part = 'lead'", sa.Boolean)
_REWORKED = sa.literal_column("event.step = 'rework'", sa.Boolean)
_LIVE: Final[Mapping[str, Callable[[_Month], list[Query]]]] = MappingProxyType(
    {
        "turn": _turns,
        "rework": _reworks,
        "solved": _solved,
        "satisfied": _satisfied,
        "repeat": _received,
        "pause": _pauses,
        **{sort: partial(_orders, sort, condition) for sort, condition in _OF_ORDERS.items()},
        "deduction": _deductions,
        "failed": _failed,
    }
)
SORTS: Final = (*_LIVE, locating.SORT)


def worked(ticket_id: Any, round_: Any) -> Any:
    """Whose work a round was, as columns `unit_id` and `unit_path`: its lead turn that was not given back; no row where
    the centre answered itself."""
    standing = sa.or_(Assignment.ending.is_(None), Assignment.ending == Ending.SUBMITTED)
    return _lead(ticket_id, standing, Assignment.round == round_)


def _lead(ticket_id: Any, *conditions: Condition) -> Any:
    """The newest lead turn of the ticket that fulfils the conditions."""
    return (
        sa.select(Assignment.unit_id, Assignment.unit_path)
        .where(Assignment.ticket_id == ticket_id, _LEADS, *conditions)
        .order_by(Assignment.id.desc())
        .limit(1)
        .lateral()
    )


def _whose(lead: Any, ticket: Any) -> tuple[Any, Any]:
    """The unit of that turn; without one, the centre, which answered or will assign it."""
    return (
        sa.func.coalesce(lead.c.unit_id, ticket.c.centre_id),
        sa.func.coalesce(lead.c.unit_path, ticket.c.centre_path),
    )


def _columns(
    sort: str,
    ref_id: Any,
    ticket: Any,
    whose: tuple[Any, Any],
    at: Any,
    counted: Condition,
    *,
    value: Any = None,
    channel: Any = None,
    source: Any = None,
) -> list[sa.ColumnElement[Any]]:
    return [
        sa.literal(sort, sa.Text, literal_execute=True).label("sort"),
        ref_id.label("ref_id"),
        ticket.c.id.label("ticket_id"),
        ticket.c.number.label("ticket"),
        whose[0].label("unit_id"),
        whose[1].label("unit_path"),
        ticket.c.category_id.label("category_id"),
        ticket.c.area.label("area"),
        (ticket.c.channel if channel is None else channel).label("channel"),
        (ticket.c.source if source is None else source).label("source"),
        at.label("at"),
        counted.label("counted"),
        sa.cast(sa.null() if value is None else value, sa.Integer).label("value"),
    ]
