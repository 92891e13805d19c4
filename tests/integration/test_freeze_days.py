"""冻结, by the worker: on its day, the oldest month first, each once, whatever becomes of the worker."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
import sqlalchemy as sa

from hotline.domain.actors import SYSTEM
from hotline.domain.errors import Invalid, NotFound
from hotline.models import MonthlyReport, MonthlyReportItem
from hotline.services.month import freeze_days, freezing, frozen, sealing
from hotline.services.month.freeze_days import FreezeRule
from tests.city import City, at
from tests.freezing import freeze, items, verified
from workers import months
from workers.shift import Shift


def _shift(city: City) -> Shift:
    return Shift(city.office, None, None, None, lambda: city.now)  # type: ignore[arg-type]


def test_on_its_day_every_month_that_is_over_is_frozen_the_oldest_first(city: City) -> None:
    city.now = at("2026-08-17 09:00")
    city.handling()
    city.now = at("2026-11-02 23:59")
    assert months.freeze_all(_shift(city)) == 2
    assert months.freeze_all(_shift(city)) == 0
    city.now = at("2026-11-03 00:00")
    assert months.freeze_all(_shift(city)) == 1
    found = city.rows(sa.select(MonthlyReport))
    assert [f"{report.month:%Y-%m}" for report in found] == ["2026-08", "2026-09", "2026-10"]
    assert {report.frozen_by for report in found} == {SYSTEM.name}


def test_a_process_of_its_own_is_started_only_if_there_is_something_to_freeze(
    city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[str] = []
    process = SimpleNamespace(start=lambda: started.append(months.NAME))
    context = SimpleNamespace(Process=lambda **_: process)
    monkeypatch.setattr("workers.months.multiprocessing.get_context", lambda _: context)
    city.receive()
    assert (months.begin(_shift(city)), started) == (0, [])
    city.now = at("2026-11-03 01:00")
    assert (months.begin(_shift(city)), started) == (0, [months.NAME])
    freeze(city)
    assert (months.begin(_shift(city)), started) == (0, [months.NAME])
    with city.work("sven") as work:
        freezing.restate(work, "2026-10", "漏登了两件核查")
        assert list(work.bells) == ["freeze"]
    assert (months.begin(_shift(city)), started) == (0, [months.NAME] * 2)


def test_a_city_sets_the_day_and_where_the_chain_begins(city: City) -> None:
    city.now = at("2026-08-17 09:00")
    city.receive()
    with city.work() as work:
        assert (freeze_days.rule(work).day, freeze_days.next_due(work)) == (3, None)
    with city.work("adam") as work:
        assert freeze_days.change(work, FreezeRule(10, "2026-10"), FreezeRule())
    for day, due in (("2026-11-09 23:59", None), ("2026-11-10 00:00", "2026-10")):
        city.now = at(day)
        with city.work() as work:
            assert freeze_days.next_due(work) == due
    with pytest.raises(Invalid) as refused, city.work("adam") as work:
        freeze_days.wanted(work, "0", "2026-13")
    assert refused.value.fields.keys() == {"day", "first"}
    with pytest.raises(NotFound), city.work("sven") as work:
        freeze_days.change(work, FreezeRule(5), freeze_days.rule(work))


def test_a_city_without_tickets_has_nothing_to_freeze(city: City) -> None:
    with city.work() as work:
        assert freeze_days.next_due(work) is None
    assert months.freeze_next(_shift(city)) is None


def test_a_claim_whose_worker_died_is_counted_by_the_next(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    city.handling()
    city.now = at("2026-11-03 01:00")

    def killed(*_: object) -> str:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(sealing, "checksum", killed)
        months.freeze_next(_shift(city))
    assert city.rows(sa.select(MonthlyReportItem)) == [], "nothing half counted is left"
    assert city.rows(sa.select(MonthlyReport))[0].checksum == ""
    with city.work() as work:
        assert frozen.find(work, "2026-10") is None, "what is being counted is not shown"
    report = months.freeze_next(_shift(city))
    assert report is not None
    assert len(items(city, report)) == report.items > 0
    assert len(city.rows(sa.select(MonthlyReport))) == 1
    assert verified(city)[0].differences == []
