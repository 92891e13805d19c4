"""点位达标月评: which of a month's tickets were at which point, the score of each point, and their order.

A ticket is at the point that its place names: by the longest name that stands in it, of equally long ones that of the
point that was entered first; a point of an area has no tickets of another one. Only places of the month's tickets are
looked at.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import distinct_on

from hotline.domain.rates import Month, Window
from hotline.domain.score_facts import Facts
from hotline.domain.scoring import Scheme, Score, ranks
from hotline.models import MonthlyReport, MonthlyReportItem, Point, Ticket, Unit
from hotline.services.month import frozen, owing, points, schemes
from hotline.services.month.measuring import Measuring
from hotline.services.month.ranking import ends
from hotline.services.paging import FIRST, Place, Stretch, cut, newest_first
from hotline.services.scoping import visible
from hotline.services.work import Work

PAGE: Final = 100


@dataclass(frozen=True)
class Stood:
    """A point with its unit, its score, its rank, where it stood the month before, and how many tickets were at it."""

    point: Point
    unit: Unit
    score: Score
    rank: int | None
    before: int | None
    tickets: int


@dataclass(frozen=True)
class PointRanking:
    """All points of the actor's subtree, the best first; `best` and `worst` are ids."""

    month: Month
    scheme: Scheme
    points: Sequence[Stood]
    best: Sequence[int]
    worst: Sequence[int]


def ranked(work: Work, month: str) -> PointRanking:
    """The points of a month (`2026-10`), with their rank of the month before. Raises MonthError."""
    asked, scheme = Month.parse(month, work.rules.zone), schemes.of_points(work)
    register, all_of_them = points.listed(work), points.in_use(work)
    theirs = [point.id for point, _ in register]
    scores, counts = _scores(work, asked, scheme, theirs, all_of_them), _counts(work, asked, all_of_them)
    before = _order(_scores(work, asked.turned(-1), scheme, theirs, all_of_them), scheme)
    order = _order(scores, scheme)
    stood = [
        Stood(point, unit, scores[point.id], order.get(point.id), before.get(point.id), counts.get(point.id, 0))
        for point, unit in register
    ]
    stood.sort(key=lambda each: (each.rank is None, each.rank or 0, each.point.name))
    best, worst = ends(_totals(scores, scheme), scheme.shown)
    return PointRanking(asked, scheme, stood, best, worst)


def tickets(work: Work, month: str, point_id: int, place: Place[int] = FIRST) -> Stretch[Ticket, int]:
    """The tickets that were received in the month, or had something to be kept in it, at the point; the newest first.

    Raises MonthError, NotFound for a point that is not the actor's to see.
    """
    asked, point = Month.parse(month, work.rules.zone), points.find(work, point_id)
    if not point.active or not asked.seen_at(work.now).begun:
        return Stretch([], before=None, after=None, astray=False)
    at = _at(asked.seen_at(work.now), points.in_use(work), frozen.find(work, month)).subquery()
    query = sa.select(Ticket).join(at, at.c.ticket_id == Ticket.id)
    query = query.where(at.c.point_id == point_id, visible(work.actor))
    found = work.session.scalars(newest_first(query, Ticket.id, place, PAGE)).all()
    return cut(found, place, PAGE, lambda ticket: ticket.id)


def _scores(
    work: Work, month: Month, scheme: Scheme, theirs: Sequence[int], register: Sequence[Point]
) -> dict[int, Score]:
    """Of these points; before the month has begun, and of a point that was not there yet, nothing can be said."""
    entered = {point.id for point in register if point.created_at < month.ends}
    begun = entered.intersection(theirs)
    if not begun or not month.seen_at(work.now).begun:
        return {id: Score(None, None, (), 0) for id in theirs}
    report = frozen.find(work, str(month))
    at = _at(month.seen_at(work.now), register, report).subquery()
    facts = Measuring(work, month, scheme, report, at).facts()
    nothing = Score(None, None, (), 0)
    return {id: scheme.score(facts.get(id, Facts())) if id in begun else nothing for id in theirs}


def _counts(work: Work, month: Month, register: Sequence[Point]) -> dict[int, int]:
    """By point, how many tickets `tickets` lists."""
    window = month.seen_at(work.now)
    if not register or not window.begun:
        return {}
    at = _at(window, register, frozen.find(work, str(month))).subquery()
    query = sa.select(at.c.point_id, sa.func.count()).select_from(at).join(Ticket, Ticket.id == at.c.ticket_id)
    rows = work.session.execute(query.where(visible(work.actor)).group_by(at.c.point_id)).all()
    return {row[0]: row[1] for row in rows}


def _totals(scores: dict[int, Score], scheme: Scheme) -> dict[int, Decimal]:
    """Those that are ranked."""
    return {
        id: score.total for id, score in scores.items() if score.total is not None and score.cases >= scheme.minimum
    }


def _order(scores: dict[int, Score], scheme: Scheme) -> dict[int, int]:
    return ranks(_totals(scores, scheme))


def _at(window: Window, register: Sequence[Point], report: MonthlyReport | None) -> sa.Select[Any]:
    """`ticket_id` and `point_id` of the month's tickets that are at one of these points."""
    names = [(point.id, point.area, word) for point in register for word in (point.name, *point.words)]
    named = sa.values(
        sa.column("point_id", sa.BigInteger), sa.column("area", sa.Text), sa.column("word", sa.Text), name="named"
    ).data(names)
    # One look at each place for all names at once; only those that name some point are looked at again.
    pattern = "|".join(sorted({re.escape(word) for _, _, word in names}))
    every = _of_month(window, report).subquery()
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


def _of_month(window: Window, report: MonthlyReport | None) -> sa.Select[Any]:
    """The ids of the tickets that a month is about: received in it, or with a promise that counts in it."""
    promise = owing.rows_of(report).promise
    received = sa.select(Ticket.id.label("ticket_id")).where(
        Ticket.received_at > window.begins, Ticket.received_at <= window.cut_off
    )
    owed = [sa.select(promise.ticket_id).where(each) for each in owing.stretches(window, promise)]
    if report is not None:
        owed = [each.where(MonthlyReportItem.report_id == report.id) for each in owed]
    return sa.select(sa.union(received, *owed).subquery())
