"""领导驾驶舱: today, this month and who is not at 100 %, where complaints come from, what grows, what is under 督办.

As many statements whatever the size, each along an index; the month's figures are counted once (`reporting.by_units`)
and those of the months before are read from their frozen reports (`trending`). All is of the reader's own subtree.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import IntEnum
from typing import Any, Final

import sqlalchemy as sa

from hotline.domain.workflow import State
from hotline.models import Category, Deadline, HotMatter, Ticket
from hotline.services import carding, heating, outlook, verdicts
from hotline.services.carding import Card, Kept, Standing
from hotline.services.covering import in_passing, read_ahead
from hotline.services.month import board, owing, reporting, trending
from hotline.services.month.board import Board
from hotline.services.month.figures import Group, MonthFigures, Tally
from hotline.services.month.trending import Point
from hotline.services.outlook import Outlook
from hotline.services.paging import FIRST, Place, Stretch, cut
from hotline.services.scoping import is_root, visible
from hotline.services.work import Work

DAYS: Final = 14  # city days of arrivals that are shown, today the last
AREAS: Final = 12  # those of which most is heard; the whole stands beside them
HOT: Final = 5
ORDERS: Final = 5
LEVELS: Final = 4  # that may stand on one ticket
PAGE: Final = 50

Why = tuple[bool, bool]  # carried over from the month before; handed in and waiting for the check


class Light(IntEnum):
    """The three colours, the worst first."""

    RED = 0  # something is missing this month
    AMBER = 1  # nothing is, but something is late, or an order stands
    GREEN = 2


@dataclass(frozen=True)
class UnitState:
    """How a unit stands this month with all below it; `alone`: what is neither's who has a row below it.

    `late` and `orders`: promises of any kind that are late now, and orders that stand.
    """

    group: Group
    alone: bool
    whys: frozenset[Why]
    late: int
    soon: int
    orders: int

    @property
    def missing(self) -> int:
        """Promises of the three rates that were owed by now and are not kept."""
        return sum(tally.all["missing"] for tally in self.group.tallies.values())

    @property
    def light(self) -> Light:
        """Which of the three colours."""
        if self.missing:
            return Light.RED
        return Light.AMBER if self.late or self.orders else Light.GREEN

    @property
    def carried_over(self) -> bool:
        """Whether something is missing that was due before the month began."""
        return any(carried for carried, _ in self.whys)

    @property
    def waits_for_check(self) -> bool:
        """Whether something is missing only because its result has not been checked."""
        return any(offered for _, offered in self.whys)

    @property
    def worst(self) -> float:
        """The lowest of its rates, 1 where nothing was owed."""
        tallies = [tally.all for tally in self.group.tallies.values()]
        return min((counts["kept"] / counts["owed"] for counts in tallies if counts["owed"]), default=1.0)


@dataclass(frozen=True)
class Arrivals:
    """What was received on the last days: of all areas, and of those of which most is heard, the first most."""

    days: Sequence[date]
    whole: Sequence[int]
    areas: Sequence[tuple[str, Sequence[int]]]


@dataclass(frozen=True)
class HotLine:
    """What grows: where, of which category, how many this week and usually."""

    id: int
    place: str
    category: str
    this_week: int
    usual: float


@dataclass(frozen=True)
class Cockpit:
    """How it stands at one moment in the reader's subtree."""

    figures: MonthFigures
    board: Board
    outlook: Outlook
    units: Sequence[UnitState]
    arrivals: Arrivals
    closed_today: int
    trend: Sequence[Point]
    hot: Sequence[HotLine]
    orders: Sequence[Card]
    order_tally: carding.Tally
    answers: verdicts.Counted

    @property
    def received_today(self) -> int:
        """Tickets that came in today."""
        return self.arrivals.whole[-1]

    @property
    def due_today(self) -> int:
        """Promises of any kind that fall due from now until the day ends."""
        return self.outlook.days[0].count


def look(work: Work) -> Cockpit:
    """The whole screen, for one of the centre's leaders and supervisors."""
    month = carding.this_month(work)
    figures = reporting.by_units(work, month)
    found = outlook.expect(work)
    orders = _orders(work)
    return Cockpit(
        figures,
        board.look(work),
        found,
        units=_units(work, figures, found),
        arrivals=_arrivals(work),
        closed_today=_count_closed(work),
        trend=trending.before(work, month, None if is_root(work.actor) else work.actor.unit_id),
        hot=_hot(work),
        orders=orders,
        order_tally=carding.together(row.orders for row in found.units),
        answers=verdicts.counted(work, month),
    )


def _orders(work: Work) -> list[Card]:
    """The newest orders that stand, of each ticket the last one alone: it is of the highest level."""
    found: dict[int, Card] = {}
    for card in carding.cards(work, Kept(standing=Standing.OPEN), FIRST, LEVELS * ORDERS):
        found.setdefault(card.ticket.id, card)
    shown = list(found.values())[:ORDERS]
    read_ahead(work, (card.ticket for card in shown))
    return shown


def today(work: Work) -> date:
    """The city's day."""
    return work.now.astimezone(work.rules.zone).date()


def closed(work: Work, day: date, place: Place[int], size: int = PAGE) -> Stretch[Ticket, int]:
    """A page of the tickets that were closed on that city day, the last one first."""
    query = sa.select(Ticket).where(*_closed(work, day)).limit(size + 1)
    here = sa.tuple_(Ticket.ended_at, Ticket.id)
    if place.before is not None:
        query = query.where(here > _row(place.before)).order_by(Ticket.ended_at, Ticket.id)
    else:
        query = query if place.after is None else query.where(here < _row(place.after))
        query = query.order_by(Ticket.ended_at.desc(), Ticket.id.desc())
    rows = work.session.scalars(query).all()
    read_ahead(work, rows)
    return cut(rows, place, size, lambda ticket: ticket.id)


def _count_closed(work: Work) -> int:
    query = sa.select(sa.func.count()).select_from(Ticket).where(*_closed(work, today(work)))
    return int(work.session.scalar(query) or 0)


def _closed(work: Work, day: date) -> list[sa.ColumnElement[bool]]:
    begin, end = _bounds(work, day)
    return [
        Ticket.ended_at >= begin,
        Ticket.ended_at < end,
        Ticket.erased_at.is_(None),  # as the index has it
        Ticket.state == State.CLOSED,
        visible(work.actor),
    ]


def _bounds(work: Work, day: date) -> tuple[datetime, datetime]:
    start = work.rules.calendar.start_of_day
    return start(day), start(day + timedelta(days=1))


def _row(ticket_id: int) -> sa.Tuple:
    ended_at = sa.select(Ticket.ended_at).where(Ticket.id == ticket_id).correlate(None)
    return sa.tuple_(ended_at.scalar_subquery(), sa.literal(ticket_id, sa.BigInteger))


def _units(work: Work, figures: MonthFigures, found: Outlook) -> list[UnitState]:
    """A row for each unit right below, and one for all the rest; who owed nothing and owes nothing is left out. The
    worst first: by colour, then by the lowest rate."""
    top = figures.scope.about
    if not top:
        return []
    below = [group for group in figures.units if _is_right_below(group, top)]
    missing = _missing(work, figures)
    now = {(row.unit.id, row.alone): row for row in found.units}
    states = []
    for group, alone in [(_rest(figures.scope, below), True), *((group, False) for group in below)]:
        row = now.get((group.about["id"], alone))
        others = below if alone else ()
        whys = _whys(missing, group.about["id"], [each.about["id"] for each in others])
        state = UnitState(
            group, alone, whys, row.over if row else 0, row.soon if row else 0, row.orders.standing if row else 0
        )
        if row or any(tally.all["owed"] for tally in group.tallies.values()):
            states.append(state)
    return sorted(states, key=lambda state: (state.light, state.worst, -state.missing, -state.late, -state.orders))


def _is_right_below(group: Group, top: Mapping[str, Any]) -> bool:
    return str(group.about["path"]) == f"{top['path']}{group.about['id']}/"


def _rest(scope: Group, below: Iterable[Group]) -> Group:
    """What is nobody's who stands right below: the unit's own, and what units owed that stand elsewhere now."""
    tallies = {kind: Tally(dict(tally.all), dict(tally.direct)) for kind, tally in scope.tallies.items()}
    for group in below:
        for kind, tally in group.tallies.items():
            for name, count in tally.all.items():
                tallies[kind].all[name] = max(0, tallies[kind].all[name] - count)
    return Group(scope.about, {"unit_id": scope.about["id"], "alone": 1}, tallies)


def _missing(work: Work, figures: MonthFigures) -> dict[str, set[Why]]:
    """By the place of who owes: why promises are missing now. Few are, and an index has just these."""
    window = figures.window
    carried, offered = Deadline.due_at <= window.begins, Deadline.offered_at.is_not(None)
    query = sa.select(Deadline.unit_path, carried.label("carried"), offered.label("offered")).where(
        Deadline.kind.in_(owing.RATED),
        Deadline.met_at.is_(None),
        Deadline.void_at.is_(None),
        Deadline.exempt_at.is_(None),
        Deadline.due_at <= window.cut_off,
        owing.within(work.actor),
    )
    if not is_root(work.actor):
        query = query.join(Ticket, Ticket.id == Deadline.ticket_id)
    found: dict[str, set[Why]] = defaultdict(set)
    for row in work.session.execute(query.distinct()):
        found[row.unit_path].add((row.carried, row.offered))
    return found


def _whys(missing: Mapping[str, set[Why]], unit_id: int, others: Sequence[int]) -> frozenset[Why]:
    found: set[Why] = set()
    for path, whys in missing.items():
        lineage = owing.lineage(path)
        if unit_id in lineage and not set(others) & set(lineage):
            found |= whys
    return frozenset(found)


def _arrivals(work: Work) -> Arrivals:
    """Counted by area and city day in one statement."""
    last = today(work)
    days = [last - timedelta(days=back) for back in range(DAYS - 1, -1, -1)]
    zone: sa.ColumnElement[str] = sa.literal_column(f"'{work.rules.zone}'")
    day = sa.cast(sa.func.timezone(zone, Ticket.received_at), sa.Date).label("day")
    rows = work.session.execute(
        sa.select(Ticket.area, day, sa.func.count().label("tickets"))
        .where(
            Ticket.received_at >= _bounds(work, days[0])[0],
            Ticket.received_at < _bounds(work, last)[1],
            visible(work.actor),
        )
        .group_by(Ticket.area, day)
    )
    by_area: dict[str, list[int]] = defaultdict(lambda: [0] * DAYS)
    whole = [0] * DAYS
    for row in rows:
        place = days.index(row.day)
        by_area[row.area][place] += row.tickets
        whole[place] += row.tickets
    known = sorted(((area, counts) for area, counts in by_area.items() if area), key=lambda each: (-sum(each[1]), each))
    return Arrivals(days, whole, known[:AREAS])


def _hot(work: Work) -> list[HotLine]:
    """What rises most. Who sees the whole city is spared the tickets: all groups are his."""
    if not is_root(work.actor):
        groups = heating.newest(work)[:HOT]
        return [_line(group.matter, group.category) for group in groups]
    rises = HotMatter.this_week - HotMatter.usual
    query = (
        sa.select(HotMatter, Category.name)
        .outerjoin(Category, Category.id == HotMatter.category_id)
        .order_by(rises.desc(), HotMatter.id)
        .limit(HOT)
    )
    return [_line(matter, category or "") for matter, category in work.session.execute(query)]


def _line(matter: HotMatter, category: str) -> HotLine:
    return HotLine(matter.id, in_passing(matter.place), category, matter.this_week, matter.usual)
