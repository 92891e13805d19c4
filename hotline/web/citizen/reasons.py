"""为什么是这个时间: how a due time was counted, in few words, for who waits for it.

The count itself is that of `hotline.domain.explaining`; officials read it day by day (hotline/web/staff/reckoning.py).
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from hotline.domain.calendar import DayKind
from hotline.domain.dates import month_of
from hotline.domain.explaining import DayLine, Explanation
from hotline.domain.limits import Limit, LimitUnit
from hotline.models import Deadline
from hotline.services import tracing
from hotline.services.work import Work
from hotline.web.languages import gettext as _
from hotline.web.languages import translated

FREE = (DayKind.DAY_OFF, DayKind.HOLIDAY)


def reasons(work: Work, owed: Deadline | None) -> dict[str, Any] | None:
    """From when, how long, what was left out. None where the stored due time is not what the calendar now gives."""
    if owed is None:
        return None
    told = tracing.explained(work, owed)
    if told.due_at != owed.due_at:
        return None
    return {
        "started_at": told.start,
        "limit": _length(told.limit),
        "first_day": _day(told.calendar.date_of(told.first_counted_at)) if told.limit.unit.is_days else None,
        "from_at": told.first_counted_at if not told.limit.unit.is_days else None,
        "free": _free_days(told),
        "pauses": [{"from_at": begin, "until": end} for begin, end in told.pauses],
        "extensions": len(told.stages) - 1,
        "provisional": bool(told.warnings),
        "due_at": told.due_at,
    }


def _length(limit: Limit) -> str:
    n = f"{float(limit.amount):.2f}".rstrip("0").rstrip(".")
    return {
        LimitUnit.URGENT_MINUTES: _("%(n)s 分钟，不分昼夜", n=n),
        LimitUnit.URGENT_HOURS: _("%(n)s 小时，不分昼夜", n=n),
        LimitUnit.OFFICE_MINUTES: _("%(n)s 分钟，只算上班时间", n=n),
        LimitUnit.OFFICE_HOURS: _("%(n)s 小时，只算上班时间", n=n),
        LimitUnit.WORKING_DAYS: _("%(n)s 个工作日", n=n),
        LimitUnit.NATURAL_DAYS: _("%(n)s 天，节假日也算", n=n),
    }[limit.unit]


def _free_days(told: Explanation) -> list[str]:
    """Days off between the first moment that counted and the last, a run of them as one."""
    free = sorted({line.day for stage in told.stages for line in stage.lines if _is_left_out(line, told)})
    runs: list[tuple[date, date]] = []
    for day in free:
        if runs and day - runs[-1][1] == timedelta(days=1):
            runs[-1] = (runs[-1][0], day)
        else:
            runs.append((day, day))
    return [
        _day(first) if first == last else _("%(first)s至%(last)s", first=_day(first), last=_day(last))
        for first, last in runs
    ]


def _is_left_out(line: DayLine, told: Explanation) -> bool:
    if line.counted or line.kind not in FREE or line.day <= told.calendar.date_of(told.start):
        return False
    begins = told.calendar.start_of_day(line.day)
    return not any(begin <= begins < end for begin, end in told.pauses)


def _day(day: date) -> str:
    return _("%(month)s%(day)s日", month=translated(month_of(day)), day=day.day)
