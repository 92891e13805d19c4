"""工作日历: the years, and the days of one entered by the official notice: read, looked at, put in force."""

from __future__ import annotations

import calendar
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from hotline.domain.actors import SYSTEM
from hotline.domain.calendar import CalendarError
from hotline.domain.errors import NotFound, Refused
from hotline.domain.holiday_notice import LONGEST, read_notice
from hotline.models import CalendarVersion
from hotline.services import calendaring, recounting, rulebook, ruling
from hotline.services.calendaring import Year
from hotline.services.work import Work
from hotline.web.door import now, office, work

Answer = str | AnyResponse | tuple[str, int]
BEFORE, AHEAD = 2, 2  # years that are shown, before this one and after it
WORKED: Final = "work"
HOLIDAY: Final = "h:"
NAMES: Final = ("元旦", "春节", "清明节", "劳动节", "端午节", "中秋节", "国庆节", "国庆节、中秋节", "节假日")
AT_ONCE: Final = 3  # batches counted before the answer; the workers do the rest
_NUMBER = 60  # characters of a notice's number


@dataclass(frozen=True)
class Asked:
    """What the form holds: the days, and what the person had before him."""

    days: Year
    seen: int
    text: str = ""


def show() -> str:
    """GET /desk/rules/calendar: the years with what they stand on, the hours, and how far the last counting is."""
    with work() as unit:
        version, today = calendaring.newest(unit), unit.rules.calendar.date_of(unit.now)
        years = range(today.year - BEFORE, today.year + AHEAD + 1)
        body = ruling.setting(unit, recounting.SETTING)
        return render_template(
            "staff/calendar.html",
            years=[_year_line(unit, version, year) for year in years],
            hours=_hours_told(version),
            recount={"moved": body["moved"], "done": body["done"] or body["again_at"] is not None} if body else None,
            hours_url=url_for("staff.office_hours"),
            changes_url=url_for("staff.changes", subject=rulebook.CALENDAR),
            back_url=url_for("staff.rules"),
            may=ruling.may_change(unit.actor),
        )


def edit(year: int) -> str:
    """GET /desk/rules/calendar/<year>: day by day."""
    with work() as unit:
        version = calendaring.newest(unit)
        return _page(unit, year, Asked(calendaring.year_of(version.body, _checked(unit, year)), version.id))


def save(year: int) -> Answer:
    """POST /desk/rules/calendar/<year>: read the pasted notice, look at what would follow, or put it in force."""
    act = request.form.get("act", "look")
    with work() as unit:
        if not ruling.may_change(unit.actor):
            raise NotFound("没有找到这个页面。")
        _checked(unit, year)
        version = calendaring.newest(unit)
        asked = _asked(version, year)
        if act == "read":
            return _read(unit, version, year, asked)
        if act == "look":
            return _look(unit, version, year, asked)
    try:
        with work() as unit:
            made = calendaring.save_year(unit, year, asked.days, asked.seen)
    except (Refused, CalendarError) as error:
        with work() as unit:
            again = Asked(asked.days, calendaring.newest(unit).id, asked.text)
            return _page(unit, year, again, refusal=error.message, unlike=True), 409
    flash(told_saved(made), "success")
    return redirect(url_for("staff.calendar"), 303)


def told_saved(made: CalendarVersion | None) -> str:
    """What to say when a calendar was saved: what is open is counted here as far as it is few, else by the workers."""
    if made is None:
        return "内容没有变化。"
    office().forget_rules()
    for _ in range(AT_ONCE):
        with office().work(SYSTEM, now()) as unit:
            more = recounting.go_on(unit)
        if not more:
            break
    with work() as unit:
        moved = (ruling.setting(unit, recounting.SETTING) or {"moved": 0})["moved"]
    if more:
        return f"日历已生效。已重新推算，{moved} 项时限变动；其余正在后台推算。"
    return f"日历已生效。未完成的时限已重新推算，{moved} 项变动，逐件记入工单历史。"


def _read(work: Work, version: CalendarVersion, year: int, asked: Asked) -> Answer:
    """The notice's days in the place of those on the page, with what would follow: shown, not taken."""
    notice = read_notice(asked.text, year)
    if not notice.holidays and not notice.makeup_days:
        return _page(work, year, asked, doubts=notice.doubts), 422
    days = Year(notice.holidays, {day: [] for day in notice.makeup_days}, notice.number or asked.days.notice, False)
    read = Asked(days, asked.seen, asked.text)
    return _look(work, version, year, read, doubts=notice.doubts, was_read=True)


def _look(
    work: Work,
    version: CalendarVersion,
    year: int,
    asked: Asked,
    *,
    doubts: tuple[str, ...] = (),
    was_read: bool = False,
) -> Answer:
    try:
        foreseen = calendaring.foresee(work, calendaring.with_year(version.body, year, asked.days))
    except CalendarError as error:
        return _page(work, year, asked, refusal=error.message), 422
    return _page(work, year, asked, doubts=doubts, foreseen=foreseen, was_read=was_read, unlike=True)


def _asked(version: CalendarVersion, year: int) -> Asked:
    had = calendaring.year_of(version.body, year)
    holidays, worked = {}, {}
    for day in _days(year):
        chosen = request.form.get(f"d-{day:%m-%d}", "")
        if chosen == WORKED:
            worked[day] = had.makeup_days.get(day, [])
        elif chosen.startswith(HOLIDAY):
            holidays[day] = chosen.removeprefix(HOLIDAY)[:20] or NAMES[-1]
    seen = request.form.get("seen", "")
    return Asked(
        Year(holidays, worked, request.form.get("notice", "").strip()[:_NUMBER], "confirmed" not in request.form),
        int(seen) if seen.isascii() and seen.isdecimal() and len(seen) < 18 else 0,
        request.form.get("text", "")[:LONGEST],
    )


def _page(
    work: Work,
    year: int,
    asked: Asked,
    *,
    refusal: str = "",
    doubts: tuple[str, ...] = (),
    foreseen: recounting.Foreseen | None = None,
    was_read: bool = False,
    unlike: bool = False,
) -> str:
    stored = calendaring.year_of(calendaring.newest(work).body, year)
    names = [*dict.fromkeys((*NAMES, *asked.days.holidays.values()))]
    may = ruling.may_change(work.actor)
    return render_template(
        "staff/calendar_year.html",
        year=year,
        months=[_month(year, month, asked.days) for month in range(1, 13)],
        names=names,
        notice=asked.days.notice,
        confirmed=not asked.days.provisional,
        provisional=work.rules.calendar.is_provisional(year),
        seen=asked.seen,
        text=asked.text,
        refusal=refusal,
        doubts=doubts,
        was_read=was_read,
        foreseen={"moved": foreseen.moved, "whole": foreseen.whole} if foreseen else None,
        differences=_differences(stored, asked.days) if unlike else None,
        action=url_for("staff.save_calendar_year", year=year) if may else None,
        changes_url=url_for("staff.changes", subject=rulebook.CALENDAR, subject_id=str(year)),
        back_url=url_for("staff.calendar"),
    )


def _month(year: int, month: int, days: Year) -> dict[str, Any]:
    first, length = calendar.monthrange(year, month)
    return {
        "name": f"{month}月",
        "blank": first,
        "days": [_cell(date(year, month, n + 1), days) for n in range(length)],
    }


def _cell(day: date, days: Year) -> dict[str, Any]:
    """`kind`: how it stands out; `usual`: what it is if nothing is said."""
    chosen, kind = "", "off" if day.weekday() >= 5 else ""
    if day in days.holidays:
        chosen, kind = f"{HOLIDAY}{days.holidays[day]}", "holiday"
    elif day in days.makeup_days:
        chosen, kind = WORKED, "makeup"
    weekday = "一二三四五六日"[day.weekday()]
    usual = "休息日" if day.weekday() >= 5 else "工作日"
    return {"name": f"d-{day:%m-%d}", "number": day.day, "month": day.month, "weekday": weekday, "usual": usual,
            "chosen": chosen, "kind": kind}  # fmt: skip


def _differences(before: Year, after: Year) -> list[dict[str, str]]:
    found = []
    for day in sorted({*before.holidays, *before.makeup_days, *after.holidays, *after.makeup_days}):
        was, would = _said(day, before), _said(day, after)
        if was != would:
            found.append({"label": f"{day.month}月{day.day}日（周{'一二三四五六日'[day.weekday()]}）", "before": was,
                          "after": would})  # fmt: skip
    for label, was, would in (
        ("通知文号", before.notice, after.notice),
        ("状态", _state(before.provisional), _state(after.provisional)),
    ):
        if was != would:
            found.append({"label": label, "before": was or "（空）", "after": would or "（空）"})
    return found


def _said(day: date, days: Year) -> str:
    if day in days.makeup_days:
        return "调休上班"
    return days.holidays.get(day) or ("休息日" if day.weekday() >= 5 else "工作日")


def _state(provisional: bool) -> str:
    return "暂定" if provisional else "按正式通知"


def _year_line(work: Work, version: CalendarVersion, year: int) -> dict[str, Any]:
    days = calendaring.year_of(version.body, year)
    return {
        "year": year,
        "provisional": work.rules.calendar.is_provisional(year),
        "notice": days.notice,
        "holidays": len(days.holidays),
        "makeup_days": len(days.makeup_days),
        "url": url_for("staff.calendar_year", year=year),
    }


def _hours_told(version: CalendarVersion) -> list[dict[str, str]]:
    told: Mapping[str, Any] = calendaring.hours_in(version.body)
    week = [{"label": label, "hours": told[name] or "休息"} for name, label in calendaring.WEEKDAYS.items()]
    seasons = [
        {"label": "季节", "hours": f"{each['from']} 至 {each['to']} 另有作息"}
        for each in version.body.get("seasons", ())
    ]
    return week + seasons


def _days(year: int) -> list[date]:
    first = date(year, 1, 1)
    return [first + timedelta(days=number) for number in range((date(year + 1, 1, 1) - first).days)]


def _checked(work: Work, year: int) -> int:
    today = work.rules.calendar.date_of(work.now)
    if not today.year - 20 <= year <= today.year + 10:
        raise NotFound("没有这一年的日历。")
    return year
