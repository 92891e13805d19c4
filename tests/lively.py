"""Months in which everything happens that makes counting hard, played through the services: `tests.histories`, and
people who join and take it back, units that take another place in the tree, pauses that last into the next month.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from random import Random

import sqlalchemy as sa

from hotline.domain.errors import HotlineError
from hotline.domain.workflow import OPEN
from hotline.models import Assignment, Channel, Complaint, Deadline, DeadlineKind, Event, Pause, Ticket, Unit
from hotline.services import citizens, joining, organising, overlapping, sweeping
from hotline.services.organising import Wanted
from hotline.services.receiving import Intake
from tests.city import ZONE, City
from tests.histories import Stage, arrive

#: After how much of the time which unit is hung under which other one.
MOVES = ((0.3, "lamps-east", "county"), (0.5, "parks", "county"), (0.7, "lamps-east", "lamps"))


@dataclass
class Tree:
    """Where each unit stood from when on."""

    places: list[tuple[datetime, dict[int, str]]]

    def place(self, unit_id: int, moment: datetime) -> str:
        return next(places[unit_id] for since, places in reversed(self.places) if since <= moment)


def play(city: City, seed: int, *, tickets: int = 30, days: int = 75) -> Tree:
    """Live through the days; the same seed gives the same history. How the tree was meanwhile."""
    random = Random(seed)
    start, end = city.now, city.now + timedelta(days=days)
    born = sorted(random.uniform(0, days * 0.7) for _ in range(tickets))
    moves = [(start + timedelta(days=days * share), unit, parent) for share, unit, parent in MOVES]
    tree, stage = Tree([(start, _places(city))]), Stage(city, random)
    while city.now < end:
        while born and city.now >= start + timedelta(days=born[0]):
            born.pop(0)
            arrive(city, random)
        while moves and city.now >= moves[0][0]:
            _, unit, parent = moves.pop(0)
            move(city, unit, parent)
            tree.places.append((city.now, _places(city)))
            stage = Stage(city, random)
        for number in list(stage.look()):
            if random.random() < 0.5:
                stage.step(number)
        _callers(city, random)
        city.turn(hours=random.choice((3, 9, 20, 31)), minutes=random.randrange(60))
    return tree


def _callers(city: City, random: Random) -> None:
    """Somebody joins; one of several takes it back; whoever's pause is over goes on."""
    numbers = city.rows(sa.select(Ticket.number).where(Ticket.state.in_(OPEN)))
    if numbers and random.random() < 0.2:
        with city.work("citizen") as work:
            joining.join(work, Intake("我家门前也一样", Channel.WEB), random.choice(numbers))
    several = sa.select(Complaint).join(Ticket, Ticket.id == Complaint.ticket_id)
    several = several.where(Ticket.heat > 1, Ticket.state.in_(OPEN), Complaint.withdrawn_at.is_(None))
    found = city.rows(several)
    if found and random.random() < 0.05:
        try:
            with city.work("citizen") as work:
                complaint = work.session.get_one(Complaint, random.choice(found).id)
                citizens.withdraw(work, complaint, citizens.ticket_of(work, complaint))
        except HotlineError:
            pass
    with city.work() as work:
        sweeping.resume_paused(work)


def move(city: City, key: str, parent: str) -> None:
    """As an administrator does it on the page."""
    unit = city.rows(sa.select(Unit).where(Unit.key == key))[0]
    wanted = Wanted(unit.name, unit.kind, city.unit_id(parent), duty_phone=unit.duty_phone or "")
    with city.work("adam") as work:
        organising.change(work, unit.id, wanted, overlapping.seen_as(organising.values_of(unit)))
    city.office.forget_rules()


def _places(city: City) -> dict[int, str]:
    with city.office.session() as session:
        return dict(session.execute(sa.select(Unit.id, Unit.path)).all())


# What makes counting hard


def hardships(city: City, tree: Tree) -> set[str]:
    """Which of it happened."""
    promises, events = city.rows(sa.select(Deadline)), city.rows(sa.select(Event))
    steps = {event.step for event in events}
    found = {step for step in ("rework", "unmerge", "decline", "withdraw", "withdraw_own", "recall") if step in steps}
    found |= {row.void_reason for row in promises if row.void_reason}
    found |= {name for name, holds in OF_PROMISES.items() if any(holds(row) for row in promises)}
    pauses = city.rows(sa.select(Pause).where(Pause.granted.is_(True)))
    if any(row.from_at and _month(row.from_at) != _month(row.resumed_at or row.until) for row in pauses):
        found.add("paused over the end of a month")
    units = {(turn.ticket_id, turn.unit_id) for turn in city.rows(sa.select(Assignment))}
    callers = [row.ticket_id for row in promises if row.kind is DeadlineKind.REPLY]
    for name, tickets in (("several units", [ticket for ticket, _ in units]), ("several callers", callers)):
        if len(tickets) > len(set(tickets)):
            found.add(name)
    return found | _of_tree(promises, tree)


def _of_tree(promises: list[Deadline], tree: Tree) -> set[str]:
    found = set()
    for (_, before), (since, after) in pairwise(tree.places):
        moved = {unit for unit, place in after.items() if before[unit] != place}
        theirs = [row for row in promises if row.unit_id in moved and row.started_at < since]
        if since.astimezone(ZONE).day == 1:
            continue
        if any(row.met_at and row.met_at < since and row.unit_path == before[row.unit_id] for row in theirs):
            found.add("kept before the unit moved")
        if any(row.unit_path == after[row.unit_id] and row.due_at > since for row in theirs):
            found.add("owed on while the unit moved")
    return found


def _month(moment: datetime) -> tuple[int, int]:
    local = moment.astimezone(ZONE)
    return local.year, local.month


OF_PROMISES = {
    "late": lambda row: row.met_at is not None and row.met_at > row.due_at,
    "early": lambda row: row.met_at is not None and _month(row.met_at) < _month(row.due_at),
    "carried over": lambda row: (
        row.void_at is None and row.met_at is not None and _month(row.met_at) > _month(row.due_at)
    ),
    "extended": lambda row: row.extensions > 0,
    "extended into another month": lambda row: _month(row.original_due_at) < _month(row.due_at),
    "appeal upheld": lambda row: row.exempt_at is not None,
    "answered directly": lambda row: row.direct,
}
ALL = {
    *("rework", "unmerge", "decline", "withdraw", "withdraw_own", "recall"),
    *("declined", "withdrawn", "merged", "returned", "transferred"),
    *("paused over the end of a month", "several units", "several callers"),
    *("kept before the unit moved", "owed on while the unit moved"),
    *OF_PROMISES,
}
