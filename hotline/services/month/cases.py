"""What the month's indicators and scores count that is no promise: one row for each thing in a denominator.

The same columns are read from what stands in the tables now (`live_cases`) and from what a frozen report has kept
(`MonthlyReportCase`). A live row is as it was at the cut-off, as far as the tables tell it.

turn      a lead turn begun in the month, not those taken back (收回); `counted`: not returned
rework    a round begun again in the month (重办); always `counted`; of whoever's work it was before
solved    an answer whether it was solved; `counted`: it was; of whoever's work it was
satisfied a score from 1 to 5, in `value`; `counted`: content
repeat    a complaint received; `counted`: joined to another, or the caller had complained of it before
pause     a 挂账 that stood at some time in the month; `counted`: it stands at the cut-off; `at` is when it began

What only scores look at, always `counted`:
order, yellow, red, exposure  a 督办单 or card of that level, issued in the month
refusal   one of whichever level for 推诿拒办
deduction the highest one of a unit in a round of a ticket, if it takes anything off: hundredths of a point in `value`
failed    抽查不合格, found in the month; of whoever's work it was
point     a ticket of the month that is at a 点位: the point's id in `value`; of the point's unit
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from hotline.domain.indicators import INDICATORS, Basis
from hotline.domain.rates import Window
from hotline.models import MonthlyReport, MonthlyReportCase, Ticket
from hotline.services.month import owing
from hotline.services.month.live_cases import SORTS, happened
from hotline.services.scoping import sees_all
from hotline.services.work import Work

#: Those that indicators count; the others are only scores'.
INDICATED = tuple(dict.fromkeys(each.sort for each in INDICATORS.values() if each.basis is Basis.CASES))


@dataclass(frozen=True)
class Cases:
    """Which cases are counted: those that the tables tell now, or those that a frozen report has kept."""

    report_id: int | None = None

    def of(self, work: Work, window: Window, sorts: Sequence[str] = INDICATED) -> sa.Subquery:
        """Everybody's cases of these sorts, in the columns of `MonthlyReportCase`."""
        if self.report_id is None:
            return cases(work, window, sorts).subquery("month_case")
        kept = sa.select(*(column for column in MonthlyReportCase.__table__.c if column.name != "report_id"))
        return kept.where(MonthlyReportCase.report_id == self.report_id, MonthlyReportCase.sort.in_(sorts)).subquery(
            "month_case"
        )


def cases_of(report: MonthlyReport | None) -> Cases:
    """Those of that report; without one, those that the tables tell now."""
    return Cases() if report is None else Cases(report.id)


def cases(work: Work, window: Window, sorts: Sequence[str] = SORTS) -> sa.Select[Any]:
    """Everybody's cases of these sorts as they stand now, in the columns of `MonthlyReportCase` but for its report."""
    return sa.select(happened(work, window, sorts).subquery("live_case"))


def scoped(work: Work, query: sa.Select[Any], of: sa.Subquery, unit_id: int | None = None) -> sa.Select[Any]:
    """The query over these cases, narrowed to the actor's subtree and to the unit's as `owing.within` has it."""
    if not sees_all(work.actor):  # what a complaint says about a unit is kept from it: the ticket tells
        query = query.join(Ticket, Ticket.id == of.c.ticket_id).where(owing.within(work.actor, of.c))
    return query if unit_id is None else query.where(owing.in_subtree(unit_id, of.c))
