"""Moments and lengths in words: one table for each, and what no moment may ever do."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from hotline.web import filters

CITY = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 10, 13, 9, 0, tzinfo=CITY)


def at(text: str) -> datetime:
    """A moment written in city time, stored as the rows do: in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=CITY).astimezone(UTC)


@pytest.mark.parametrize(
    ("length", "words"),
    [
        (timedelta(days=2, hours=3), "2 天 3 小时"),
        (timedelta(days=2, minutes=59), "2 天"),
        (timedelta(hours=3, minutes=20), "3 小时 20 分钟"),
        (timedelta(hours=5), "5 小时"),
        (timedelta(minutes=40, seconds=59), "40 分钟"),
        (timedelta(seconds=59), "不到 1 分钟"),
        (timedelta(0), "不到 1 分钟"),
        (-timedelta(hours=5), "5 小时"),
        (None, "—"),
    ],
)
def test_length(length: timedelta | None, words: str) -> None:
    assert filters.duration(length) == words


@pytest.mark.parametrize(
    ("due", "words"),
    [
        ("2026-10-13T18:00", "今天 18:00 前"),
        ("2026-10-14T18:00", "10月14日 18:00 前"),
        ("2026-10-14T00:00", "今天 24:00 前"),
        ("2026-10-15T00:00", "10月14日 24:00 前"),
        ("2027-01-01T00:00", "12月31日 24:00 前"),
        ("2027-01-04T12:00", "2027年1月4日 12:00 前"),
    ],
)
def test_due_by(due: str, words: str) -> None:
    assert filters.due_by(at(due), NOW, zone=CITY) == words


@pytest.mark.parametrize(
    ("due", "facts", "status", "text"),
    [
        ("2026-10-15T12:00", {}, "ok", "剩 2 天 3 小时 · 10月15日 12:00 前"),
        ("2026-10-13T18:00", {}, "soon", "今天 18:00 前"),
        ("2026-10-13T18:00", {"warn_at": at("2026-10-13T16:00")}, "ok", "今天 18:00 前"),
        ("2026-10-15T12:00", {"warn_at": at("2026-10-13T09:00")}, "soon", "剩 2 天 3 小时 · 10月15日 12:00 前"),
        ("2026-10-13T09:00", {}, "soon", "今天 09:00 前"),
        ("2026-10-13T04:00", {}, "over", "已超 5 小时"),
        ("2026-10-12T17:00", {"over": "3 工作时"}, "over", "已超 3 工作时"),
        ("2026-10-13T18:00", {"paused_until": at("2026-11-02T08:00")}, "paused", "挂账至 11月2日 08:00"),
        ("2026-10-12T18:00", {"paused": True}, "paused", "时限暂停计算"),
        ("2026-10-12T18:00", {"met_at": at("2026-10-12T18:00")}, "done", "10月12日 18:00 按时"),
        ("2026-10-12T18:00", {"met_at": at("2026-10-12T20:30")}, "late", "10月12日 20:30 超 2 小时 30 分钟"),
    ],
)
def test_time_left(due: str, facts: dict[str, object], status: str, text: str) -> None:
    left = filters.time_left(at(due), NOW, zone=CITY, **facts)  # type: ignore[arg-type]
    assert (left.status, left.text) == (status, text)
    assert "2026年10月" in left.title and "星期" in left.title


def test_nothing_has_happened_yet() -> None:
    assert filters.stamp(None, zone=CITY) == filters.day(None, zone=CITY) == filters.exact(None, zone=CITY) == "—"
    assert filters.time_left(None, NOW, zone=CITY).text == "—"


def test_the_year_is_shown_when_it_is_another() -> None:
    assert filters.stamp(at("2026-10-14T18:00"), zone=CITY) == "10月14日 18:00"
    assert filters.stamp(at("2025-12-31T23:59"), NOW, zone=CITY) == "2025年12月31日 23:59"
    assert filters.exact(at("2026-10-14T18:00"), zone=CITY) == "2026年10月14日 星期三 18:00"


def test_the_day_is_the_citys_day() -> None:
    late_evening_utc = datetime(2026, 10, 13, 16, 0, tzinfo=UTC)
    assert filters.day(late_evening_utc, zone=CITY) == "2026年10月14日"
    assert filters.day(late_evening_utc, zone=ZoneInfo("Europe/London")) == "2026年10月13日"


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        filters.city(at("2026-10-14T18:00").replace(tzinfo=None), CITY)


def test_registered_filters_know_the_zone() -> None:
    app = Flask("words")
    filters.register(app, CITY)
    page = app.jinja_env.from_string("{{ t|stamp }} {{ (t|city).hour }} {{ t|clock }} {{ (t|time_left(now)).word }}")
    assert page.render(t=at("2026-10-14T18:00"), now=NOW) == "10月14日 18:00 18 18:00 正常"


MOMENTS = st.integers(1577836800, 1893456000).map(lambda second: datetime.fromtimestamp(second, UTC))  # 2020 to 2029


@given(MOMENTS, MOMENTS)
def test_overdue_is_decided_by_comparing_times(due: datetime, now: datetime) -> None:
    """A promise is late after its due time and never at it; words and status always say the same."""
    left = filters.time_left(due, now, zone=CITY)
    assert (left.status == "over") == (now > due) == left.text.startswith("已超")
