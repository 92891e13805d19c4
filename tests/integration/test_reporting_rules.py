"""考核: what PostgreSQL counts and lists is what `hotline.domain.rates` says, promise by promise."""

from __future__ import annotations

from datetime import timedelta
from random import Random
from typing import Any

import pytest
import sqlalchemy as sa

from hotline.domain.rates import RateKind
from hotline.models import Category, Channel, Deadline, DeadlineKind, Source, Ticket
from hotline.services.month.listing import Asked
from tests.city import City, at
from tests.comparing import compare
from tests.reports import figures, listed


def test_the_report_takes_a_constant_number_of_statements(city: City) -> None:
    figures(city)  # reads the rules
    with city.statements() as few:
        figures(city)
    _scatter(city, 3)
    with city.statements() as many:
        figures(city)
    assert [asked for asked, _ in many] == [asked for asked, _ in few]
    assert len(many) == 8, (
        "frozen?, the units, by unit, where these weeks begin, by all else (unsorted), the categories"
    )


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_scattered_promises_are_counted_as_the_rules_say(city: City, seed: int) -> None:
    """Times on both sides of every boundary, by a microsecond."""
    _scatter(city, seed)
    for now in ("2026-09-30 23:59", "2026-10-15 12:00", "2026-11-01 00:00", "2026-12-24 09:00"):
        city.now = at(now)
        for month in ("2026-09", "2026-10", "2026-11"):
            compare(city, month)


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
