"""A moment as a sentence to the citizen names it: 10月14日18时. Counted in city time; sayable in another language."""

from __future__ import annotations

from datetime import date, datetime, timedelta, tzinfo

from hotline.domain.errors import Said, say

#: By their numbers less one, and by `weekday()`: other languages have names for them.
MONTHS = (
    say("1月"),
    say("2月"),
    say("3月"),
    say("4月"),
    say("5月"),
    say("6月"),
    say("7月"),
    say("8月"),
    say("9月"),
    say("10月"),
    say("11月"),
    say("12月"),
)
WEEKDAYS = (say("星期一"), say("星期二"), say("星期三"), say("星期四"), say("星期五"), say("星期六"), say("星期日"))


def spoken(moment: datetime, zone: tzinfo) -> Said:
    """ "10月14日18时", "10月14日17时30分"; midnight belongs to the day that ends there: "10月14日24时"."""
    local = moment.astimezone(zone)
    if local.hour == local.minute == local.second == 0:
        ended = local - timedelta(days=1)
        return say("{month}{day}日24时", month=month_of(ended), day=ended.day)
    month, day, hour = month_of(local), local.day, local.hour
    if local.minute:
        return say("{month}{day}日{hour}时{minute}分", month=month, day=day, hour=hour, minute=f"{local:%M}")
    return say("{month}{day}日{hour}时", month=month, day=day, hour=hour)


def month_of(day: date) -> Said:
    """ "10月"."""
    return MONTHS[day.month - 1]
