"""Moments and lengths in words, as every page shows them: counted in city time, said in the language of the page.

Moments come in as aware datetimes (any zone, stored as UTC) and leave as text in the city's zone. Nothing here reads
the clock: `now` is an argument. A moment without a zone is a fault of the caller and raises ValueError.
A missing moment (None) prints "—", so that a page never breaks because something has not happened yet.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta, tzinfo
from functools import partial
from typing import NamedTuple

from flask import Flask

from hotline.domain.dates import WEEKDAYS, month_of
from hotline.domain.texts import as_dialled
from hotline.web.languages import gettext as _
from hotline.web.languages import ngettext, translated

NOTHING = "—"
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
    app.jinja_env.filters["dialled"] = as_dialled


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
    if now is not None and city(now, zone).year != local.year:
        return _("%(day)s %(time)s", day=_date(local), time=f"{local:%H:%M}")
    return _("%(day)s %(time)s", day=_day_of_year(local), time=f"{local:%H:%M}")


def exact(moment: datetime | None, *, zone: tzinfo) -> str:
    """ "2026年10月14日 星期三 18:00", for titles and print."""
    if moment is None:
        return NOTHING
    local = city(moment, zone)
    weekday = translated(WEEKDAYS[local.weekday()])
    return _("%(day)s %(weekday)s %(time)s", day=_date(local), weekday=weekday, time=f"{local:%H:%M}")


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
    parts = [
        ngettext("%(num)s 天", "%(num)s 天", days) if days else "",
        ngettext("%(num)s 小时", "%(num)s 小时", hours) if hours else "",
        ngettext("%(num)s 分钟", "%(num)s 分钟", minutes) if minutes and not days else "",
    ]
    return " ".join(part for part in parts if part) or _("不到 1 分钟")


def due_by(due: datetime | None, now: datetime, *, zone: tzinfo) -> str:
    """The last moment in time, in words: "今天 18:00 前", "10月14日 18:00 前".

    What is due at midnight belongs to the day that ends there: "10月14日 24:00 前", not the 15th at 00:00.
    """
    if due is None:
        return NOTHING
    end, today = city(due, zone), city(now, zone)
    time_of_day = f"{end:%H:%M}" if not _is_midnight(end) else ""
    last_day = _last_day(end)
    if last_day == today.date():
        return _("今天 %(time)s 前", time=time_of_day) if time_of_day else _("今天 24:00 前")
    day = _date(last_day) if last_day.year != today.year else _day_of_year(last_day)
    return _("%(day)s %(time)s 前", day=day, time=time_of_day) if time_of_day else _("%(day)s 24:00 前", day=day)


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
        return TimeLeft("none", _("未设时限"), "minus", NOTHING, _("没有办理时限"))
    limit = exact(due, zone=zone)
    if met_at is not None:
        return _met(due, met_at, over, _("时限：%(when)s", when=limit), zone)
    if paused or paused_until is not None:
        until = stamp(paused_until, now, zone=zone) if paused_until else ""
        text = _("挂账至 %(until)s", until=until) if until else _("时限暂停计算")
        return TimeLeft("paused", _("挂账"), "player-pause", text, _("时限：%(when)s，挂账期间顺延", when=limit))
    if now > due:
        text = _("已超 %(length)s", length=over or duration(now - due))
        return TimeLeft("over", _("已超期"), "alarm", text, _("时限：%(when)s", when=limit))
    soon = now >= warn_at if warn_at is not None else due - now <= SOON
    status, word, icon = ("soon", _("将到期"), "hourglass") if soon else ("ok", _("正常"), "clock")
    left, by = duration(due - now), due_by(due, now, zone=zone)
    today = _last_day(city(due, zone)) == city(now, zone).date()
    text = by if today else _("剩 %(length)s · %(by)s", length=left, by=by)
    return TimeLeft(status, word, icon, text, _("时限：%(when)s，剩 %(length)s", when=limit, length=left))


def _met(due: datetime, met_at: datetime, over: str | None, title: str, zone: tzinfo) -> TimeLeft:
    """Done stays done, and late stays visible."""
    when = stamp(met_at, zone=zone)
    if met_at <= due:
        return TimeLeft("done", _("办结"), "circle-check", _("%(when)s 按时", when=when), title)
    text = _("%(when)s 超 %(length)s", when=when, length=over or duration(met_at - due))
    return TimeLeft("late", _("办结"), "circle-check", text, title)


def _is_midnight(end: datetime) -> bool:
    return end.hour == end.minute == end.second == 0


def _last_day(end: datetime) -> date:
    return (end - timedelta(days=1)).date() if _is_midnight(end) else end.date()


def _date(day: date) -> str:
    return _("%(year)s年%(month)s%(day)s日", year=day.year, month=translated(month_of(day)), day=day.day)


def _day_of_year(day: date) -> str:
    return _("%(month)s%(day)s日", month=translated(month_of(day)), day=day.day)
