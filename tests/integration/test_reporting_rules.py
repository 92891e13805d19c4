"""考核: what PostgreSQL counts and lists is what `hotline.domain.rates` says, promise by promise."""

from __future__ import annotations

from datetime import timedelta
from random import Random
from typing import Any

import pytest
import sqlalchemy as sa

from hotline.domain.rates import FIGURES, Month, Promise, RateKind, count, marks
from hotline.models import Category, Channel, Deadline, DeadlineKind, Event, Source, Ticket
from hotline.services.listing import Asked
from tests import histories
from tests.city import ZONE, City, at
from tests.reports import figures, listed


def test_the_report_takes_a_constant_number_of_statements(city: City) -> None:
    figures(city)  # reads the rules
    with city.statements() as few:
        figures(city)
    _scatter(city, 3)
    with city.statements() as many:
        figures(city)
    assert [asked for asked, _ in many] == [asked for asked, _ in few]
    assert len(many) == 6, "whether frozen, the units, by unit, where these weeks begin, by all else, the categories"


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_scattered_promises_are_counted_as_the_rules_say(city: City, seed: int) -> None:
    """Times on both sides of every boundary, by a microsecond."""
    _scatter(city, seed)
    for now in ("2026-09-30 23:59", "2026-10-15 12:00", "2026-11-01 00:00", "2026-12-24 09:00"):
        city.now = at(now)
        for month in ("2026-09", "2026-10", "2026-11"):
            _compare(city, month)


@pytest.mark.parametrize("seed", [11, 12])
def test_a_history_is_counted_as_the_rules_say(city: City, seed: int) -> None:
    """Late, early, carried over, paused, extended, merged, un-merged, declined, appealed, direct, reworked …"""
    city.now = at("2026-08-17 09:00")
    taken = set(histories.play(city, seed))
    assert taken >= {"accept", "assign", "answer", "submit", "approve", "reply", "grant", "rework", "return", "merge"}
    for month in ("2026-08", "2026-09", "2026-10"):
        _compare(city, month)
    city.turn(days=60)
    _compare(city, "2026-10")
    _compare(city, "2026-12")


def _compare(city: City, month: str) -> None:
    """Every figure of every line, and every list behind it, against the rules applied to the rows one by one."""
    report = figures(city, month)
    window = Month.parse(month, ZONE).seen_at(city.now)
    rows = _rows(city)
    for kind in RateKind:
        of_kind = [row for row in rows if row[0].kind.value == kind.value]
        tally = report.scope.tallies[kind]
        assert tally.all == count((row[3] for row in of_kind), window), (month, kind)
        assert tally.direct == count((row[3] for row in of_kind if row[2]), window), (month, kind)
        for name, belongs in FIGURES.items():
            expected = {row[0].id for row in of_kind if belongs(marks(row[3], window))}
            assert {item.deadline_id for item in listed(city, Asked(kind.value, name), month)} == expected, (kind, name)
        for group in report.units:
            below = [row[3] for row in of_kind if row[0].unit_path.startswith(group.about["path"])]
            assert group.tallies[kind].all == count(below, window), group.about
        for groups, name in ((report.areas, "area"), (report.channels, "channel"), (report.sources, "source")):
            for group in groups:
                some = [row[3] for row in of_kind if getattr(row[1], name) == group.about["value"]]
                assert group.tallies[kind].all == count(some, window), group.about
        for group in report.categories:
            some = [row[3] for row in of_kind if row[1].category_id == group.about["id"]]
            assert group.tallies[kind].all == count(some, window), group.about
            asked = Asked(kind.value, category_id=group.about["id"] or 0)
            assert len(listed(city, asked, month)) == group.tallies[kind].all["owed"]


def _rows(city: City) -> list[tuple[Deadline, Ticket, bool, Promise]]:
    """Each promise with its ticket, whether it was answered directly in its round, and what the rules look at."""
    with city.office.session() as session:
        answered = {
            (row.ticket_id, row.round) for row in session.scalars(sa.select(Event).where(Event.step == "answer"))
        }
        pairs = session.execute(sa.select(Deadline, Ticket).join(Ticket, Ticket.id == Deadline.ticket_id)).all()
    return [
        (
            row,
            ticket,
            ticket.direct if row.round == ticket.round else (ticket.id, row.round) in answered,
            Promise(
                row.due_at,
                row.original_due_at,
                row.met_at,
                row.extensions,
                void=row.void_at is not None,
                exempt=row.exempt_at is not None,
            ),
        )
        for row, ticket in pairs
    ]


def _scatter(city: City, seed: int, tickets: int = 40, promises: int = 12) -> None:
    """Tickets of every kind with promises at random, bunched at the ends of months."""
    random = Random(seed)
    tick = timedelta(microseconds=1)
    edges = [at(f"2026-{month}-01 00:00") + shift for month in ("09", "10", "11") for shift in (-tick, tick * 0, tick)]
    units = [(unit_id, path) for unit_id, path in _units(city)]

    def moment() -> Any:
        edge = random.choice(edges)
        return edge if random.random() < 0.4 else edge + timedelta(minutes=random.randrange(-40_000, 40_000))

    with city.work() as work:
        categories = [*work.session.scalars(sa.select(Category.id).order_by(Category.id).limit(3)), None]
        for _ in range(tickets):
            number = city.receive().number
            ticket = work.session.scalars(sa.select(Ticket).where(Ticket.number == number)).one()
            ticket.channel, ticket.source = random.choice(list(Channel)), random.choice(list(Source))
            ticket.area, ticket.category_id = random.choice(["", "东城", "西城"]), random.choice(categories)
            ticket.direct = random.random() < 0.3
            work.session.execute(sa.delete(Deadline).where(Deadline.ticket_id == ticket.id))
            for _ in range(promises):
                unit_id, path = random.choice(units)
                original = moment()
                extensions = random.choice((0, 0, 0, 1, 2))
                void, exempt = random.random() < 0.1, random.random() < 0.1
                work.session.add(
                    Deadline(
                        ticket_id=ticket.id,
                        kind=random.choice([DeadlineKind(kind) for kind in RateKind]),
                        round=1,
                        unit_id=unit_id,
                        unit_path=path,
                        limit_text="1 working_days",
                        extensions=extensions,
                        started_at=at("2026-01-01 09:00"),
                        due_at=original + extensions * timedelta(days=9),
                        original_due_at=original,
                        met_at=random.choice((None, moment(), moment())),
                        void_at=city.now if void else None,
                        void_reason="returned" if void else None,
                        exempt_at=city.now if exempt else None,
                        exempt_reason="申诉成立" if exempt else None,
                        direct=ticket.direct,
                    )
                )


def _units(city: City) -> list[tuple[int, str]]:
    with city.office.session() as session:
        return [(row.id, row.path) for row in session.execute(sa.text("SELECT id, path FROM unit"))]


def test_the_list_is_ordered_missing_late_on_time_and_pages_without_gap(city: City) -> None:
    _scatter(city, 7)
    whole = listed(city, Asked("close"))
    ranks = [{"missing": 0, "late": 1, "on_time": 2}[item.standing] for item in whole]
    assert set(ranks) == {0, 1, 2}
    places = [(rank, item.due_at, item.deadline_id) for rank, item in zip(ranks, whole, strict=True)]
    assert places == sorted(places)
    assert [item.deadline_id for item in listed(city, Asked("close"), size=7)] == [item.deadline_id for item in whole]
