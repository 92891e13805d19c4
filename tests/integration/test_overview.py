"""The month's page of a large city: what is counted behind its readers is what would be counted before their eyes."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from hotline.domain.errors import NotFound
from hotline.domain.rates import Month
from hotline.models import MonthCount, Staff
from hotline.services.month import indicating, overview, reporting
from hotline.services.month.overview import FRESH, KEPT, Overview
from tests import freezing, lively
from tests.city import ZONE, City, at
from tests.desk import Person, make_app
from tests.work import shift_of
from workers import counts

MONTH = "2026-10"


@pytest.fixture
def large(city: City, monkeypatch: pytest.MonkeyPatch) -> City:
    """One in which even a month of thirty tickets takes long."""
    monkeypatch.setattr(overview, "AT_ONCE", 0)
    city.replied(text="垃圾桶满溢")
    city.handling(text="路灯不亮")
    city.turn(days=12)
    return city


def look(city: City, who: str = "lena", unit_id: int | None = None, version: int | None = None) -> Overview:
    with city.work(who) as work:
        return overview.look(work, MONTH, unit_id=unit_id, version=version)


def count(city: City) -> int:
    return counts.count_all(shift_of(city))


def told(found: Overview) -> tuple[object, ...]:
    assert found.indicators is not None
    return found.figures.as_dict(), found.indicators.as_dict(), [other.as_dict() for other in found.others]


def test_what_was_counted_behind_the_reader_and_what_was_kept_is_what_is_counted_at_once(
    city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    lively.play(city, 7, tickets=12, days=40)
    units = (None, city.unit_id("lamps"))
    at_once = {unit_id: told(look(city, unit_id=unit_id)) for unit_id in units}
    monkeypatch.setattr(overview, "AT_ONCE", 0)
    for unit_id in units:
        first = look(city, unit_id=unit_id)
        assert first.indicators is None and first.waiting
        assert first.figures.scope.tallies and not first.figures.categories
    assert count(city) == len(units)
    for unit_id in units:
        behind = look(city, unit_id=unit_id)
        assert behind.counted_at == city.now and not behind.waiting
        assert told(behind) == at_once[unit_id]
    report = freezing.freeze(city, MONTH, at("2026-11-03 00:30"))
    with city.work("lena") as work:
        counted = reporting.counted(work, Month.parse(MONTH, ZONE), report)
        assert reporting.monthly(work, MONTH).as_dict() == counted.as_dict()
        indicators = indicating.counted(work, counted.month, report)
        assert indicators.scope["sign_on_time"].whole
        assert indicating.of_month(work, MONTH).as_dict() == indicators.as_dict()


def test_who_sees_the_same_shares_what_was_counted(large: City) -> None:
    for who in ("lena", "sven", "hans"):
        assert look(large, who).waiting
    assert count(large) == 2, "what the centre sees, and what the unit does"
    assert look(large, "sven").figures.scope.about["id"] == large.unit_id("center")
    assert look(large, "hans").figures.scope.about["id"] == large.unit_id("lamps")
    with pytest.raises(NotFound):
        look(large, "hans", large.unit_id("center"))


def test_what_is_old_is_shown_until_it_is_counted_anew(large: City) -> None:
    look(large)
    count(large)
    then = large.now
    large.now += FRESH / 2
    assert not look(large).waiting and count(large) == 0
    large.now += FRESH
    old = look(large)
    assert old.waiting and old.counted_at == then and old.indicators is not None
    assert look(large, "sven").waiting and count(large) == 1
    assert look(large).counted_at == large.now
    large.now += KEPT + timedelta(minutes=1)
    assert counts.begin(shift_of(large)) == 0
    assert large.rows(sa.select(MonthCount)) == []


def test_nobody_waits_for_who_counts_and_a_killed_one_leaves_it_to_the_next(large: City) -> None:
    look(large)
    with large.work() as counting:
        assert overview.claim(counting) is not None
        assert count(large) == 0, "another worker takes another one"
        large.now += FRESH
        assert look(large).waiting, "the page is answered meanwhile"
        counting.session.rollback()
    assert count(large) == 1


def test_what_cannot_be_counted_is_told_tried_again_later_and_keeps_nobody_waiting(
    large: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    look(large)
    look(large, "hans")
    with monkeypatch.context() as broken:
        broken.setattr(indicating, "of_month", lambda *_, **__: 1 / 0)
        assert count(large) == 2, "each is tried once"
    app = make_app(large)
    page = Person(app, "lena").open(f"/desk/reports/{MONTH}")
    assert "没有统计成功" in page.text and "处理率" in page.text and "正在后台统计" not in page.text
    assert 'hx-trigger="every 3s"' not in page.html, "nobody asks again and again"
    assert count(large) == 0
    large.now += FRESH
    assert look(large).waiting and count(large) == 1
    assert look(large).indicators is not None


def test_what_was_counted_before_there_was_a_new_figure_is_counted_anew_at_once(large: City) -> None:
    look(large)
    count(large)
    with large.office.session() as session:
        old = {"rates": {"rates": [{"kind": "handle"}]}, "indicators": {"scope": {"indicators": {}}}, "others": []}
        session.execute(sa.update(MonthCount).values(figures=old))
    large.now += timedelta(seconds=1)
    assert look(large).indicators is None and look(large).waiting
    assert count(large) == 1 and look(large).indicators is not None


def test_what_its_reader_may_not_see_any_more_is_not_counted(large: City) -> None:
    look(large, "hans")
    with large.office.session() as session:
        session.execute(sa.update(Staff).where(Staff.login == "hans").values(unit_id=large.unit_id("parks")))
    assert count(large) == 0
    assert large.rows(sa.select(MonthCount)) == []


def test_the_page_says_that_it_is_being_counted_and_when_it_was(large: City) -> None:
    app = make_app(large)
    lena = Person(app, "lena")
    page = lena.open(f"/desk/reports/{MONTH}")
    assert "正在后台统计" in page.text and "处理率" in page.text and "每周每日" not in page.text
    assert 'hx-trigger="every 3s"' in page.html
    assert count(large) == 1
    done = lena.open(f"/desk/reports/{MONTH}")
    assert "统计于" in done.text and "按时签收率" in done.text and "每周每日" in done.text
    assert "正在" not in done.text and 'hx-trigger="every 3s"' not in done.html
    letter = lena.open(f"/desk/reports/{MONTH}/circular")
    assert letter.status == 302 or "请在这里生成 Word 版" in letter.text
