"""Freezing against what happens at the same moment: one report, whoever counts it, and nothing between two months."""

from __future__ import annotations

import threading
from datetime import datetime

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import OperationalError

from hotline import office as offices
from hotline.domain.actors import SYSTEM
from hotline.models import Deadline, DeadlineKind, Hindsight, MonthlyReport, MonthlyReportItem
from hotline.services import handling
from hotline.services.month import freezing
from tests.city import City, at
from tests.freezing import items, verified
from tests.races.hands import together
from workers import months
from workers.shift import Shift

LATER = at("2026-11-03 09:00")


def _shift(city: City, now: datetime = LATER) -> Shift:
    return Shift(city.office, None, None, None, lambda: now)  # type: ignore[arg-type]


def test_six_workers_at_once_make_one_report_of_each_month(city: City) -> None:
    city.now = at("2026-09-14 09:00")
    for _ in range(3):
        city.handling()
    made = sum(together(*[lambda: months.freeze_all(_shift(city))] * 6))
    while months.freeze_next(_shift(city)) is not None:  # what one has left because another was at it
        made += 1
    found = city.rows(sa.select(MonthlyReport))
    assert [f"{report.month:%m}-{report.version}" for report in found] == ["09-1", "10-1"]
    assert made == 2
    assert all(len(items(city, report)) == report.items > 0 for report in found)
    assert [list(verdict.differences) for verdict in verified(city)] == [[], []]


def test_what_is_done_while_a_month_is_frozen_is_of_it_or_remembered(city: City) -> None:
    numbers = [city.handling() for _ in range(6)]

    def submit(number: str) -> None:
        with city.work("hans", LATER) as work:
            handling.submit(work, number, "已更换灯头两只。")

    together(*(lambda number=number: submit(number) for number in numbers), lambda: months.freeze_all(_shift(city)))
    city.now = LATER
    (report,) = city.rows(sa.select(MonthlyReport))
    offered = {each.deadline_id for each in items(city, report, MonthlyReportItem.offered_at.is_not(None))}
    since = set(city.rows(sa.select(Hindsight.deadline_id).where(Hindsight.id > report.known["hindsight"])))
    handles = set(city.rows(sa.select(Deadline.id).where(Deadline.kind == DeadlineKind.HANDLE)))
    assert handles <= offered | since, "each was seen by the report, or is remembered as it was"
    assert not handles & offered & since
    assert [list(verdict.differences) for verdict in verified(city)] == [[]]


def test_who_is_writing_is_waited_for_but_keeps_nobody_from_writing(
    city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = city.handling()
    monkeypatch.setattr(offices, "_ATTEMPTS", (20, 20))
    with city.work(SYSTEM, LATER) as work:
        freezing.claim(work, "2026-10")
    writing, done = threading.Event(), threading.Event()

    def long() -> None:
        with city.work("hans", LATER) as work:
            handling.submit(work, number, "已更换灯头两只。")
            work.session.flush()
            writing.set()
            assert done.wait(60)

    def freeze() -> None:
        assert writing.wait(60)
        try:
            assert months.freeze_next(_shift(city)) is None, "left for the next hour"
            with pytest.raises(OperationalError), city.office.still(SYSTEM, LATER):
                pass
            assert city.receive().number, "intake goes on"
        finally:
            done.set()

    together(long, freeze)
    report = months.freeze_next(_shift(city))
    assert report is not None
    assert len(items(city, report, MonthlyReportItem.offered_at.is_not(None))) == 1
