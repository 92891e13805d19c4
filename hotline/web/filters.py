"""Moments and lengths in words, as every page shows them (counted in city time, Chinese).

Moments come in as aware datetimes (any zone, stored as UTC) and leave as text in the city's zone. Nothing here reads
the clock: `now` is an argument. A moment without a zone is a fault of the caller and raises ValueError.
A missing moment (None) prints "—", so that a page never breaks because something has not happened yet.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta, tzinfo
from functools import partial
from typing import NamedTuple

from flask import Flask

NOTHING = "—"
WEEKDAYS = ("星期一", "星期二", "星期三", "星期四", "星期五", "星期六", "星期日")
# Only how a page is coloured when the deadline carries no warning moment of its own; the policy's warning comes first.
SOON = timedelta(hours=24)


def register(app: Flask, zone: tzinfo) -> None:
    """Make the filters known to the app's templates, bound to the city's zone."""
    zoned: dict[str, Callable[..., object]] = {
        "city": city,
        "stamp": stamp,
        "exact": exact,
        "day": day,
        "clock": clock,
        "due_by": due_by,
        "time_left": time_left,
    }
    for name, function in zoned.items():
        app.jinja_env.filters[name] = partial(function, zone=zone)
    app.jinja_env.filters["duration"] = duration


def city(moment: datetime, zone: tzinfo) -> datetime:
    """The moment in city time. Raises ValueError when it has no zone, rather than guess one."""
    if moment.tzinfo is None:
        raise ValueError("a moment without a time zone cannot be shown")
    return moment.astimezone(zone)


def stamp(moment: datetime | None, now: datetime | None = None, *, zone: tzinfo) -> str:
    """ "10月14日 18:00"; with the year in front when `now` is given and lies in another year."""
    if moment is None:
        return NOTHING
    local = city(moment, zone)
    year = f"{local.year}年" if now is not None and city(now, zone).year != local.year else ""
    return f"{year}{local.month}月{local.day}日 {local:%H:%M}"


def exact(moment: datetime | None, *, zone: tzinfo) -> str:
    """ "2026年10月14日 星期三 18:00", for titles and print."""
    if moment is None:
        return NOTHING
    local = city(moment, zone)
    return f"{_date(local)} {WEEKDAYS[local.weekday()]} {local:%H:%M}"


def day(moment: datetime | None, *, zone: tzinfo) -> str:
    """ "2026年10月14日", the city's day."""
    return NOTHING if moment is None else _date(city(moment, zone))


def clock(moment: datetime | None, *, zone: tzinfo) -> str:
    """ "18:00", the city's clock."""
    return NOTHING if moment is None else f"{city(moment, zone):%H:%M}"


def duration(length: timedelta | None) -> str:
    """The two largest parts of a length, cut off: "2 天 3 小时", "3 小时 20 分钟", "40 分钟". The sign is not shown."""
    if length is None:
        return NOTHING
    minutes = abs(length) // timedelta(minutes=1)
    days, minutes = divmod(minutes, 24 * 60)
    hours, minutes = divmod(minutes, 60)
    parts = [(days, "天"), (hours, "小时")] if days else [(hours, "小时"), (minutes, "分钟")]
    words = " ".join(f"{amount} {unit}" for amount, unit in parts if amount)
    return words or "不到 1 分钟"


def due_by(due: datetime | None, now: datetime, *, zone: tzinfo) -> str:
    """The last moment in time, in words: "今天 18:00 前", "10月14日 18:00 前".

    What is due at midnight belongs to the day that ends there: "10月14日 24:00 前", not the 15th at 00:00.
    """
    if due is None:
        return NOTHING
    end, today = city(due, zone), city(now, zone)
    at_midnight = end.hour == end.minute == end.second == 0
    last_day = (end - timedelta(days=1)).date() if at_midnight else end.date()
    time_of_day = "24:00" if at_midnight else f"{end:%H:%M}"
    if last_day == today.date():
        return f"今天 {time_of_day} 前"
    year = f"{last_day.year}年" if last_day.year != today.year else ""
    return f"{year}{last_day.month}月{last_day.day}日 {time_of_day} 前"


class TimeLeft(NamedTuple):
    """How a promise stands: `status` (ok, soon, over, paused, done) for the colour, the rest for the reader."""

    status: str
    word: str
    icon: str
    text: str
    title: str


def time_left(
    due: datetime | None,
    now: datetime,
    *,
    zone: tzinfo,
    met_at: datetime | None = None,
    paused_until: datetime | None = None,
    paused: bool = False,
    warn_at: datetime | None = None,
    over: str | None = None,
) -> TimeLeft:
    """How a promise stands at `now`. Met or compared exactly at the due time is on time (design §4).

    `over` replaces the elapsed time of what is late where the limit counts office time ("5 工作时"): that count is the
    deadline arithmetic's, not the page's.
    """
    if due is None:
        return TimeLeft("none", "未设时限", "minus", NOTHING, "没有办理时限")
    title = f"时限：{exact(due, zone=zone)}"
    if met_at is not None:
        return _met(due, met_at, over, title, zone)
    if paused or paused_until is not None:
        until = f"挂账至 {stamp(paused_until, now, zone=zone)}" if paused_until else "时限暂停计算"
        return TimeLeft("paused", "挂账", "player-pause", until, f"{title}，挂账期间顺延")
    if now > due:
        return TimeLeft("over", "已超期", "alarm", f"已超 {over or duration(now - due)}", title)
    soon = now >= warn_at if warn_at is not None else due - now <= SOON
    status, word, icon = ("soon", "将到期", "hourglass") if soon else ("ok", "正常", "clock")
    by = due_by(due, now, zone=zone)
    text = by if by.startswith("今天") else f"剩 {duration(due - now)} · {by}"
    return TimeLeft(status, word, icon, text, f"{title}，剩 {duration(due - now)}")


def _met(due: datetime, met_at: datetime, over: str | None, title: str, zone: tzinfo) -> TimeLeft:
    """Done stays done, and late stays visible."""
    when = stamp(met_at, zone=zone)
    text = f"{when} 按时" if met_at <= due else f"{when} 超 {over or duration(met_at - due)}"
    return TimeLeft("done" if met_at <= due else "late", "办结", "circle-check", text, title)


def _date(local: datetime) -> str:
    return f"{local.year}年{local.month}月{local.day}日"
