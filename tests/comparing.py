"""考核: what PostgreSQL counts and lists of a month, beside what `hotline.domain.rates` says of each promise."""

from __future__ import annotations

import sqlalchemy as sa

from hotline.domain.rates import FIGURES, Month, Promise, RateKind, count, marks
from hotline.models import Deadline, Event, Ticket
from hotline.services.month.listing import Asked
from tests.city import ZONE, City
from tests.reports import figures, listed


def compare(city: City, month: str) -> None:
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
            below = [row[3] for row in of_kind if group.about["id"] in lineage(row[0])]
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


def lineage(row: Deadline) -> list[int]:
    """Who owes it, and all above it as the tree was then, from the top."""
    return [int(unit) for unit in row.unit_path.strip("/").split("/")]


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
