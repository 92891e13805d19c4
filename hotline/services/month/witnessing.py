"""What the 台账 says of the orders, cards and samples of a frozen month: that there was each of them, and no other.

A line of the history bears one out if it was known when the month was frozen and happened at the very moment; what it
says besides may have been erased since, and is compared as far as it is there.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import sqlalchemy as sa

from hotline.domain.rates import Month
from hotline.domain.score_facts import LISTED
from hotline.models import Event, Ground, MonthlyReport, MonthlyReportCase, SampleCheck, Supervision, Ticket
from hotline.services import sampling
from hotline.services.escalating import SUPERVISE
from hotline.services.month.live_cases import ORDERS
from hotline.services.work import Work

Condition = sa.ColumnElement[bool]

FAILED: Final = "failed"
LEVELS: Final = tuple(sort for sort in ORDERS if sort not in ("refusal", "deduction"))
#: What each sort is called.
LABELS: Final = {listed.sort: listed.name for listed in LISTED.values()}

_LOST: Final = sa.cast(Supervision.deduction * 100, sa.Integer)


def unsaid(work: Work, report: MonthlyReport) -> Iterator[Any]:
    """The kept ones that nothing bears out, with `ticket`, `sort` and `at`."""
    case = MonthlyReportCase
    level = sa.or_(case.sort.not_in(LEVELS), _told("level", case.sort))
    took = sa.exists(sa.select(Supervision.id).where(Supervision.id == case.ref_id, case.value == _LOST))
    ordered = sa.and_(case.sort.in_(ORDERS), _said(report, case, case.at, SUPERVISE, level))
    failed = sa.and_(case.sort == FAILED, _said(report, case, case.at, sampling.CHECKED, _told("passed", "false")))
    query = sa.select(case.ticket, case.sort, case.at).where(
        case.report_id == report.id,
        case.sort.in_((*ORDERS, FAILED)),
        sa.or_(sa.not_(sa.or_(ordered, failed)), sa.and_(case.sort == "deduction", sa.not_(took))),
    )
    return iter(work.session.execute(query.order_by(case.sort, case.ref_id)))


def unkept(work: Work, report: MonthlyReport) -> Iterator[Any]:
    """Those that the history knew of and that were not kept, with the same. Of deductions the highest one of a unit in
    a round of a ticket stands for all."""
    order, check, case = Supervision, SampleCheck, MonthlyReportCase
    itself, highest = case.ref_id == order.id, sa.and_(case.unit_id == order.unit_id, case.value >= _LOST)
    parts = [_unkept(work, report, order, level, order.level == level, itself) for level in LEVELS]
    parts += [
        _unkept(work, report, order, "refusal", order.ground == Ground.REFUSAL, itself),
        _unkept(work, report, order, "deduction", order.deduction > 0, highest),
        _unkept(work, report, check, FAILED, check.passed.is_(False), case.ref_id == check.id),
    ]
    return iter(work.session.execute(sa.union_all(*parts)))


def _unkept(
    work: Work, report: MonthlyReport, of: Any, sort: str, condition: Condition, same: Condition
) -> sa.Select[Any]:
    at, step = (of.issued_at, SUPERVISE) if of is Supervision else (of.checked_at, sampling.CHECKED)
    begins, case = Month.of_day(report.month, work.rules.zone).begins, MonthlyReportCase
    kept = sa.exists(
        sa.select(case.ref_id).where(
            case.report_id == report.id, case.sort == sort, case.ticket_id == of.ticket_id, same
        )
    )
    columns = Ticket.number.label("ticket"), sa.literal(sort).label("sort"), at.label("at")
    query = sa.select(*columns).select_from(of).join(Ticket, Ticket.id == of.ticket_id)
    query = query.where(at > begins, at <= report.ends_at, condition)
    return query.where(sa.not_(kept), _said(report, of, at, step))


def _said(report: MonthlyReport, of: Any, at: Any, step: str, condition: Condition | None = None) -> sa.Exists:
    query = sa.select(Event.id).where(
        Event.ticket_id == of.ticket_id,
        Event.id <= report.known["event"],
        Event.step == step,
        Event.happened_at == at,
    )
    return sa.exists(query if condition is None else query.where(condition))


def _told(name: str, value: Any) -> Condition:
    """What a line says by that name, unless it has been erased."""
    return sa.func.coalesce(Event.data[name].astext, value) == value
