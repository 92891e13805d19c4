"""Which of a month's tickets are at which 点位.

A ticket is at the point that its place names: by the longest name that stands in it, of equally long ones that of the
point that was entered first; a point of an area has no tickets of another one, and one that was entered after the month
none at all. Only places of the month's tickets are looked at. A frozen month has kept where each of them was.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import distinct_on

from hotline.domain.rates import Window
from hotline.models import MonthlyReportCase, Point, Ticket
from hotline.services.month import owing
from hotline.services.work import Work

SORT: Final = "point"  # of the cases that a frozen report has kept of it

Located = sa.Select[*tuple[Any, ...]]


def located(work: Work, window: Window, rows: owing.Rows) -> Located:
    """`ticket_id` and `point_id` of everybody's: as a report has kept it, or as it is now."""
    if rows.report_id is None:
        return live(work, window)
    case = MonthlyReportCase
    columns = case.ticket_id, sa.cast(case.value, sa.BigInteger).label("point_id")
    return sa.select(*columns).where(case.report_id == rows.report_id, case.sort == SORT)


def live(work: Work, window: Window) -> Located:
    """By today's register and the tickets' places."""
    register = in_use(work, window)
    if not register:
        nowhere = sa.cast(sa.null(), sa.BigInteger).label("point_id")
        return sa.select(Ticket.id.label("ticket_id"), nowhere).where(sa.false())
    names = [(point.id, point.area, word) for point in register for word in (point.name, *point.words)]
    named = sa.values(
        sa.column("point_id", sa.BigInteger), sa.column("area", sa.Text), sa.column("word", sa.Text), name="named"
    ).data(names)
    # One look at each place for all names at once; only those that name some point are looked at again.
    pattern = "|".join(sorted({re.escape(word) for _, _, word in names}))
    every = _of_month(window).subquery()
    area = sa.func.coalesce(sa.func.nullif(Ticket.area, ""), named.c.area)
    return (
        sa.select(Ticket.id.label("ticket_id"), named.c.point_id)
        .select_from(every)
        .join(Ticket, Ticket.id == every.c.ticket_id)
        .join(named, sa.func.strpos(Ticket.place, named.c.word) > 0)
        .where(Ticket.place.regexp_match(pattern), sa.or_(named.c.area == "", named.c.area == area))
        .ext(distinct_on(Ticket.id))
        .order_by(Ticket.id, sa.func.length(named.c.word).desc(), named.c.point_id)
    )


def in_use(work: Work, window: Window) -> Sequence[Point]:
    """Every point of the city that was entered by then: which one a place is at does not depend on who asks."""
    entered = Point.active, Point.created_at <= window.cut_off
    return work.session.scalars(sa.select(Point).where(*entered).order_by(Point.id)).all()


def _of_month(window: Window) -> Located:
    """The ids of the tickets that a month is about: received in it, or with a promise that counts in it."""
    received = sa.select(Ticket.id.label("ticket_id")).where(
        Ticket.received_at > window.begins, Ticket.received_at <= window.cut_off
    )
    owed = [sa.select(owing.LIVE.promise.ticket_id).where(each) for each in owing.stretches(window)]
    return sa.select(sa.union(received, *owed).subquery())
