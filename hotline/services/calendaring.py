"""工作日历 as administrators keep it: the days of a year by the official notice, and the office hours.

What is saved is a new version of the whole calendar; what is open is counted again (`recounting`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

import sqlalchemy as sa

from hotline.domain.calendar import Calendar, CalendarError
from hotline.domain.errors import Refused
from hotline.domain.festivals import statutory_days
from hotline.models import CalendarVersion, Change
from hotline.services import changing, recounting, rulebook, ruling
from hotline.services.work import Work

HOURS_ID: Final = "city"
Body = Mapping[str, Any]


@dataclass(frozen=True)
class Year:
    """A year's days: holidays by date with their names, make-up days with the hours that are their own ([]: usual)."""

    holidays: Mapping[date, str] = field(default_factory=dict)
    makeup_days: Mapping[date, Any] = field(default_factory=dict)
    notice: str = ""  # the number of the notice
    provisional: bool = True


def newest(work: Work) -> CalendarVersion:
    """The version in force, as it stands in the database."""
    query = sa.select(CalendarVersion).order_by(CalendarVersion.id.desc()).limit(1)
    return work.session.scalars(query.execution_options(populate_existing=True)).one()


def year_of(body: Body, year: int) -> Year:
    """The days of a year; of one that the calendar does not have the statutory ones, to begin with."""
    holidays = {day: name for day, name in _dates(body.get("holidays", {}), "").items() if day.year == year}
    makeup = {day: hours for day, hours in _dates(body.get("makeup_days", {}), []).items() if day.year == year}
    notice = str(body.get("notices", {}).get(str(year), ""))
    if not holidays and not makeup:
        return Year(statutory_days(year), {}, notice, True)
    return Year(holidays, makeup, notice, year in body.get("provisional_years", ()))


def with_year(body: Body, year: int, days: Year) -> dict[str, Any]:
    """The calendar with that year's days in the place of what it had."""
    holidays = _dates(body.get("holidays", {}), "")
    makeup = _dates(body.get("makeup_days", {}), [])
    kept = {day: name for day, name in holidays.items() if day.year != year} | dict(days.holidays)
    worked = {day: hours for day, hours in makeup.items() if day.year != year} | dict(days.makeup_days)
    years = {each for each in body.get("provisional_years", ()) if each != year}
    if days.provisional:
        years.add(year)
    notices = {each: said for each, said in body.get("notices", {}).items() if each != str(year)}
    if days.notice:
        notices[str(year)] = days.notice
    return {
        **body,
        "holidays": {day.isoformat(): name or "节假日" for day, name in sorted(kept.items())},
        "makeup_days": {day.isoformat(): hours for day, hours in sorted(worked.items())},
        "provisional_years": sorted(years),
        "notices": dict(sorted(notices.items())),
    }


def foresee(work: Work, body: Body) -> recounting.Foreseen:
    """What would move. Raises CalendarError."""
    return recounting.foresee(work, Calendar.from_mapping(body))


def save_year(work: Work, year: int, days: Year, seen: int) -> CalendarVersion | None:
    """Put a year's days in force; None where nothing differs. `seen`: the version that the person had before him.

    Raises Refused where somebody else has changed that year since, CalendarError.
    """
    ruling.hold(work)
    now = newest(work)
    _check_seen(work, now, seen, lambda body: told_year(year_of(body, year)), rulebook.CALENDAR, str(year))
    return _save_year(work, now, year, days)


def save_hours(work: Work, hours: Body, seen: int) -> CalendarVersion | None:
    """Put office hours (`hours`, `seasons`) in force. The same."""
    ruling.hold(work)
    now = newest(work)
    _check_seen(work, now, seen, hours_in, rulebook.OFFICE_HOURS, HOURS_ID)
    return _save_hours(work, now, hours)


def told_year(days: Year) -> dict[str, Any]:
    """What the record of changes keeps of a year."""
    return {
        "holidays": [f"{day.isoformat()} {name}" for day, name in sorted(days.holidays.items())],
        "makeup_days": [day.isoformat() for day in sorted(days.makeup_days)],
        "notice": days.notice,
        "provisional": days.provisional,
    }


def hours_in(body: Body) -> dict[str, Any]:
    """What it keeps of the hours: each day of the week by itself."""
    week = body.get("hours", {})
    told: dict[str, Any] = {name: hours_text(week.get(name, ())) for name in WEEKDAYS}
    told["seasons"] = [
        f"{season['from']} {season['to']} "
        + " ".join(f"{name}={hours_text(season['hours'].get(name, ()))}" for name in WEEKDAYS)
        for season in body.get("seasons", ())
    ]
    return told


def hours_text(intervals: Any) -> str:
    """08:00-12:00、14:00-18:00."""
    return "、".join(f"{opening}-{closing}" for opening, closing in intervals)


def hours_of(text: str) -> list[list[str]]:
    """The same read back; whatever it is that was written, `Calendar` says what is wrong with it."""
    plain = text.replace("：", ":").replace("—", "-").replace("－", "-").replace("至", "-").replace("~", "-")
    for mark in "，,;； ":
        plain = plain.replace(mark, "、")
    return [[part.strip() for part in each.split("-")] for each in plain.split("、") if each.strip()]


def _save_year(work: Work, now: CalendarVersion, year: int, days: Year) -> CalendarVersion | None:
    before, after = told_year(_stored(now.body, year)), told_year(days)
    if before == after:
        return None
    version = _put_in_force(work, with_year(now.body, year, days))
    changing.record(work, rulebook.CALENDAR, year, f"{year}年工作日历", before, after)
    return version


def _save_hours(work: Work, now: CalendarVersion, hours: Body) -> CalendarVersion | None:
    body = {**now.body, "hours": hours["hours"], "seasons": hours["seasons"]}
    before, after = hours_in(now.body), hours_in(body)
    if before == after:
        return None
    version = _put_in_force(work, body)
    changing.record(work, rulebook.OFFICE_HOURS, HOURS_ID, "办公时间", before, after)
    return version


def _put_in_force(work: Work, body: Body) -> CalendarVersion:
    version = rulebook.enter_calendar(work.session, body, work.now)
    recounting.begin(work, version.id)
    return version


def _stored(body: Body, year: int) -> Year:
    """Without the statutory days that a year begins with on the page."""
    days = year_of(body, year)
    dates = [*body.get("holidays", ()), *body.get("makeup_days", ())]
    known = any(str(day).startswith(f"{year}-") for day in dates)
    return days if known else Year(notice=days.notice)


def _check_seen(work: Work, now: CalendarVersion, seen: int, told: Any, subject: str, subject_id: str) -> None:
    if seen == now.id:
        return
    had = work.session.get(CalendarVersion, seen)
    if had is not None and told(had.body) == told(now.body):
        return
    by = work.session.scalar(
        sa.select(Change.actor_name)
        .where(Change.subject == subject, Change.subject_id == subject_id)
        .order_by(Change.id.desc())
        .limit(1)
    )
    raise Refused(f"{by or '别人'}刚刚改过这份日历。您填写的内容还在下面，请对照现在的内容核对后再保存。", code="stale")


def _dates(value: Any, blank: Any) -> dict[date, Any]:
    """By date, also where they were written as a list."""
    if isinstance(value, Mapping):
        return {date.fromisoformat(str(day)): each if each is not None else blank for day, each in value.items()}
    return {date.fromisoformat(str(day)): blank for day in value}


def _read_year(work: Work, subject_id: str) -> Mapping[str, Any]:
    ruling.hold(work)
    return told_year(_stored(newest(work).body, int(subject_id)))


def _put_year(work: Work, subject_id: str, values: Mapping[str, Any] | None) -> None:
    """Take a change of a year back: make-up days keep the hours that they have or had."""
    now, year = newest(work), int(subject_id)
    days = told_year(_stored(now.body, year)) | dict(values or {})
    hours = _dates(now.body.get("makeup_days", {}), [])
    holidays = dict(each.split(" ", 1) for each in days["holidays"])
    wanted = Year(
        {date.fromisoformat(day): name for day, name in holidays.items()},
        {date.fromisoformat(day): hours.get(date.fromisoformat(day), []) for day in days["makeup_days"]},
        days["notice"],
        days["provisional"],
    )
    _put_back(work, with_year(now.body, year, wanted))


def _read_hours(work: Work, subject_id: str) -> Mapping[str, Any]:
    ruling.hold(work)
    return hours_in(newest(work).body)


def _put_hours(work: Work, subject_id: str, values: Mapping[str, Any] | None) -> None:
    now = newest(work)
    told = hours_in(now.body) | dict(values or {})
    _put_back(work, {**now.body, **body_of(told)})


def body_of(told: Mapping[str, Any]) -> dict[str, Any]:
    """`hours` and `seasons` of a calendar, from what `hours_in` has told."""
    seasons = []
    for said in told["seasons"]:
        first, last, *days = said.split(" ")
        week = dict(each.split("=", 1) for each in days)
        seasons.append({"from": first, "to": last, "hours": _week(week)})
    return {"hours": _week(told), "seasons": seasons}


def _week(told: Mapping[str, Any]) -> dict[str, Any]:
    return {name: hours_of(told[name]) for name in WEEKDAYS if told.get(name, "").strip()}


def _put_back(work: Work, body: Body) -> None:
    try:
        _put_in_force(work, body)
    except CalendarError as error:
        raise Refused(f"不能撤销：{error.message}", code="not_undoable") from error


WEEKDAYS: Final = dict(
    zip(("mon", "tue", "wed", "thu", "fri", "sat", "sun"), (f"周{each}" for each in "一二三四五六日"), strict=True)
)
_YEAR_FIELDS = {"holidays": "节假日", "makeup_days": "调休上班", "notice": "通知文号", "provisional": "暂定"}
changing.know(changing.Subject(rulebook.CALENDAR, "工作日历", _YEAR_FIELDS, _read_year, _put_year))
changing.know(
    changing.Subject(rulebook.OFFICE_HOURS, "办公时间", {**WEEKDAYS, "seasons": "季节"}, _read_hours, _put_hours)
)
