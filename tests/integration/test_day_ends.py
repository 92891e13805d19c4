"""What ends at 24:00 belongs to the day that ends there: on the desk's lists as on 督办台 and in 本单位."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa

from hotline.models import Deadline, DeadlineKind
from hotline.services import desk, outlook
from hotline.services.desk import DueWithin, Search, View
from tests import desk_recount
from tests.city import City, at

MONDAY = "2026-10-12"  # the day on which the city's clock begins


@pytest.mark.parametrize(
    ("due_at", "within"),
    [
        (at("2026-10-13 00:00"), {DueWithin.TODAY, DueWithin.DAYS3, DueWithin.WEEK}),
        (at("2026-10-13 00:00") + timedelta(microseconds=1), {DueWithin.DAYS3, DueWithin.WEEK}),
        (at("2026-10-15 00:00"), {DueWithin.DAYS3, DueWithin.WEEK}),
        (at("2026-10-15 00:01"), {DueWithin.WEEK}),
        (at("2026-10-19 00:00"), {DueWithin.WEEK}),
        (at("2026-10-19 00:00") + timedelta(microseconds=1), {DueWithin.LATER}),
    ],
)
def test_midnight_is_the_end_of_a_day(city: City, due_at: datetime, within: set[DueWithin]) -> None:
    city.handling()
    assert f"{city.now:%Y-%m-%d}" == MONDAY
    with city.office.session() as session:
        session.execute(sa.update(Deadline).where(Deadline.kind == DeadlineKind.HANDLE).values(due_at=due_at))

    def search(due: DueWithin) -> Search:
        return Search(view=View.OPEN, kind=DeadlineKind.HANDLE, due=due)

    with city.work("sven") as work:
        assert {due for due in DueWithin if desk.count(work, search(due))} == within
        (first, *_) = outlook.expect(work).days
        today = outlook.Wanted(kind=DeadlineKind.HANDLE, until=first.end)
        assert bool(outlook.count(work, today)) is (DueWithin.TODAY in within), "both pages mean the same by today"
    books = desk_recount.open_books(city, city.actor("sven"))
    for due in DueWithin:
        assert len(desk_recount.numbers(books, search(due))) == (due in within)
