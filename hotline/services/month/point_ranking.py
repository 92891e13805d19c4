"""点位达标月评: the score of each point in a month, and their order.

A frozen month keeps the register as it was, which tickets were at which point (`locating`), and the scores; what is
changed in the register later does not change it. Who sees the whole city reads what was kept; others count it again
from the items that they may see.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Final

import sqlalchemy as sa

from hotline.domain.errors import NotFound
from hotline.domain.rates import Month, Window
from hotline.domain.score_facts import Facts
from hotline.domain.scoring import Scheme, Score, ranks
from hotline.models import MonthlyReport, Point, Ticket, Unit
from hotline.services.month import frozen, locating, owing, points, schemes
from hotline.services.month.measuring import Measuring
from hotline.services.month.ranking import ends
from hotline.services.paging import FIRST, Place, Stretch, cut, newest_first
from hotline.services.scoping import sees_all, visible
from hotline.services.work import Work

KEPT: Final = "points"  # its name among the figures of a frozen report
PAGE: Final = 100


@dataclass(frozen=True)
class Spot:
    """A point of the register: as it is, or as it was when the month was frozen."""

    id: int
    name: str
    kind: str
    area: str
    words: Sequence[str]
    unit_id: int
    unit: str
    unit_path: str
    chief: str
    office: str


@dataclass(frozen=True)
class Stood:
    """A point with its score, its rank, and how many tickets were at it."""

    point: Spot
    score: Score
    rank: int | None
    tickets: int

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        about = asdict(self.point) | {"words": [*self.point.words]}
        return about | {"rank": self.rank, "tickets": self.tickets} | self.score.as_dict()


@dataclass(frozen=True)
class PointRanking:
    """All points of the actor's subtree, the best first; `best` and `worst` are ids. `before`: the rank of each in the
    month before, by id."""

    month: Month
    scheme: Scheme
    points: Sequence[Stood]
    best: Sequence[int]
    worst: Sequence[int]
    report: MonthlyReport | None = None
    before: Mapping[int, int] = field(default_factory=dict)

    def point(self, point_id: int) -> Stood:
        """One of them. Raises NotFound for one that is not here."""
        for stood in self.points:
            if stood.point.id == point_id:
                return stood
        raise NotFound("没有找到这个点位，请从点位页重新选择。")

    def as_dict(self) -> dict[str, Any]:
        """For JSON, as it is kept with a frozen month."""
        stood = [each.as_dict() for each in self.points]
        return {"scheme": self.scheme.as_dict(), "points": stood, "best": [*self.best], "worst": [*self.worst]}


def ranked(work: Work, month: str, *, version: int | None = None) -> PointRanking:
    """The points of a month (`2026-10`), with their rank of the month before.

    Raises MonthError, and NotFound for a version that is not there.
    """
    asked = Month.parse(month, work.rules.zone)
    earlier = asked.turned(-1)
    found = _of(work, asked, frozen.find(work, month, version))
    before = _of(work, earlier, frozen.find(work, str(earlier)))
    return replace(found, before={each.point.id: each.rank for each in before.points if each.rank is not None})


def of_report(work: Work, month: Month, report: MonthlyReport) -> PointRanking:
    """The whole city's, by the register as it is now, counted from the items and cases of that report: by the scheme
    that an earlier version of its month was scored by, else by the one in force."""
    scheme = schemes.of_report(work, report, KEPT) or schemes.of_points(work)
    return _counted(work, month, report, scheme, _register(work, month.seen_at(work.now)))


def recounted(work: Work, kept: PointRanking, report: MonthlyReport) -> PointRanking:
    """What that report has kept, counted again from its items and cases, by the register and the scheme that it has
    kept."""
    return _counted(work, kept.month, report, kept.scheme, [each.point for each in kept.points])


def tickets(work: Work, found: PointRanking, point_id: int, place: Place[int] = FIRST) -> Stretch[Ticket, int]:
    """The tickets that were received in the month, or had something to be kept in it, at the point; the newest first.

    Raises NotFound for a point that is not the actor's to see.
    """
    found.point(point_id)
    at = locating.located(work, found.month.seen_at(work.now), owing.rows_of(found.report)).subquery()
    query = sa.select(Ticket).join(at, at.c.ticket_id == Ticket.id)
    query = query.where(at.c.point_id == point_id, visible(work.actor))
    listed = work.session.scalars(newest_first(query, Ticket.id, place, PAGE)).all()
    return cut(listed, place, PAGE, lambda ticket: ticket.id)


def read(kept: Mapping[str, Any], month: Month, report: MonthlyReport | None = None) -> PointRanking:
    """What `PointRanking.as_dict` has kept."""
    scheme = Scheme.from_mapping(kept["scheme"]["key"], kept["scheme"]["mapping"])
    names = Spot.__dataclass_fields__
    stood = [
        Stood(
            Spot(**{name: each[name] for name in names}),
            Score.from_dict(each, scheme.grades),
            each["rank"],
            each["tickets"],
        )
        for each in kept["points"]
    ]
    return PointRanking(month, scheme, stood, kept["best"], kept["worst"], report)


def _of(work: Work, month: Month, report: MonthlyReport | None) -> PointRanking:
    if report is None:
        register = _register(work, month.seen_at(work.now))
        return _counted(work, month, None, schemes.of_points(work), register)
    kept = read(work.session.scalars(_kept(report)).one(), month, report)
    if sees_all(work.actor):
        return kept
    theirs = [each.point for each in kept.points if points.is_theirs(work.actor, each.point.unit_path)]
    return _counted(work, month, report, kept.scheme, theirs)


def _kept(report: MonthlyReport) -> sa.Select[tuple[Mapping[str, Any]]]:
    return sa.select(MonthlyReport.figures[KEPT]).where(MonthlyReport.id == report.id)


def _register(work: Work, window: Window) -> list[Spot]:
    """The points of the actor's subtree that are in use and had been entered by then."""
    entered = {point.id for point in locating.in_use(work, window)}
    return [_spot(point, unit) for point, unit in points.listed(work) if point.id in entered]


def _spot(point: Point, unit: Unit) -> Spot:
    return Spot(
        id=point.id,
        name=point.name,
        kind=point.kind,
        area=point.area,
        words=point.words,
        unit_id=unit.id,
        unit=unit.name,
        unit_path=unit.path,
        chief=point.chief,
        office=point.office,
    )


def _counted(
    work: Work, month: Month, report: MonthlyReport | None, scheme: Scheme, register: Sequence[Spot]
) -> PointRanking:
    scores, counts = _scores(work, month, report, scheme, register), _counts(work, month, report, register)
    totals = {
        id: score.total for id, score in scores.items() if score.total is not None and score.cases >= scheme.minimum
    }
    order: Mapping[int, int] = ranks(totals)
    stood = [Stood(spot, scores[spot.id], order.get(spot.id), counts.get(spot.id, 0)) for spot in register]
    stood.sort(key=lambda each: (each.rank is None, each.rank or 0, each.point.name, each.point.id))
    best, worst = ends({each.point.id: totals[each.point.id] for each in stood if each.rank is not None}, scheme.shown)
    return PointRanking(month, scheme, stood, best, worst, report)


def _scores(
    work: Work, month: Month, report: MonthlyReport | None, scheme: Scheme, register: Sequence[Spot]
) -> dict[int, Score]:
    """Before the month has begun nothing can be said."""
    window = month.seen_at(work.now)
    if not register or not window.begun:
        return {spot.id: Score(None, None, (), 0) for spot in register}
    at = locating.located(work, window, owing.rows_of(report)).subquery()
    facts = Measuring(work, month, scheme, report, at).facts()
    return {spot.id: scheme.score(facts.get(spot.id, Facts())) for spot in register}


def _counts(work: Work, month: Month, report: MonthlyReport | None, register: Sequence[Spot]) -> Mapping[int, int]:
    """By point, how many tickets `tickets` lists."""
    if not register:
        return {}
    at = locating.located(work, month.seen_at(work.now), owing.rows_of(report)).subquery()
    query = sa.select(at.c.point_id, sa.func.count()).select_from(at).join(Ticket, Ticket.id == at.c.ticket_id)
    rows = work.session.execute(query.where(visible(work.actor)).group_by(at.c.point_id)).all()
    return {row[0]: row[1] for row in rows}
