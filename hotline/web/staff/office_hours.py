"""办公时间: each day of the week with its stretches, and seasons with a week of their own."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from hotline.domain.calendar import CalendarError
from hotline.domain.errors import NotFound, Refused
from hotline.services import calendaring, recounting, rulebook, ruling
from hotline.services.calendaring import WEEKDAYS
from hotline.services.work import Work
from hotline.web.door import work
from hotline.web.staff.calendar_year import told_saved

Answer = str | AnyResponse | tuple[str, int]
SEASONS: Final = 2  # that the form has room for, and one more than there are
_PLACE = re.compile(r"(?:seasons\[(\d+)\]\.)?(?:hours\.)?(\w+)")
_MONTH_DAY = re.compile(r"(\d{1,2})[-月/.](\d{1,2})日?")


def show() -> str:
    """GET /desk/rules/calendar/hours."""
    with work() as unit:
        version = calendaring.newest(unit)
        return _page(unit, _values(version.body), version.id)


def save() -> Answer:
    """POST /desk/rules/calendar/hours: look at what would follow, or put them in force."""
    typed = {name: request.form.get(name, "").strip() for name in _names(_count())}
    seen = request.form.get("seen", "")
    version_id = int(seen) if seen.isascii() and seen.isdecimal() and len(seen) < 18 else 0
    hours = _body(typed)
    try:
        if request.form.get("act") != "save":
            with work() as unit:
                if not ruling.may_change(unit.actor):
                    raise NotFound("没有找到这个页面。")
                foreseen = calendaring.foresee(unit, {**calendaring.newest(unit).body, **hours})
                return _page(unit, typed, version_id, foreseen=foreseen)
        with work() as unit:
            made = calendaring.save_hours(unit, hours, version_id)
    except CalendarError as error:
        with work() as unit:
            return _page(unit, typed, version_id, errors=_errors(error)), 422
    except Refused as error:
        with work() as unit:
            return _page(unit, typed, calendaring.newest(unit).id, refusal=error.message), 409
    flash(told_saved(made), "success")
    return redirect(url_for("staff.calendar"), 303)


def _page(
    work: Work,
    values: Mapping[str, str],
    seen: int,
    *,
    errors: Mapping[str, str] | None = None,
    refusal: str = "",
    foreseen: recounting.Foreseen | None = None,
) -> str:
    return render_template(
        "staff/office_hours.html",
        week=[_field(name, label) for name, label in WEEKDAYS.items()],
        seasons=[
            {
                "title": f"季节{'一二三四五六'[place]}",
                "open": any(values.get(f"s{place}_{name}") for name in ("from", "to")),
                "span": [_field(f"s{place}_from", "从（月-日）"), _field(f"s{place}_to", "到（月-日）")],
                "week": [_field(f"s{place}_{name}", label) for name, label in WEEKDAYS.items()],
            }
            for place in range(max(SEASONS, _filled(values)))
        ],
        values=dict(values),
        errors=dict(errors or {}),
        refusal=refusal,
        foreseen={"moved": foreseen.moved, "whole": foreseen.whole} if foreseen else None,
        seen=seen,
        action=url_for("staff.save_office_hours") if ruling.may_change(work.actor) else None,
        changes_url=url_for("staff.changes", subject=rulebook.OFFICE_HOURS),
        back_url=url_for("staff.calendar"),
    )


def _field(name: str, label: str) -> dict[str, Any]:
    return {"name": name, "label": label, "type": "text"}


def _values(body: Mapping[str, Any]) -> dict[str, str]:
    week = body.get("hours", {})
    values = {name: calendaring.hours_text(week.get(name, ())) for name in WEEKDAYS}
    for place, season in enumerate(body.get("seasons", ())):
        values |= {f"s{place}_from": season["from"], f"s{place}_to": season["to"]}
        values |= {f"s{place}_{name}": calendaring.hours_text(season["hours"].get(name, ())) for name in WEEKDAYS}
    return values


def _body(typed: Mapping[str, str]) -> dict[str, Any]:
    seasons = []
    for place in range(_filled(typed)):
        if typed.get(f"s{place}_from") or typed.get(f"s{place}_to"):
            week = {name: typed.get(f"s{place}_{name}", "") for name in WEEKDAYS}
            span = {"from": _month_day(typed[f"s{place}_from"]), "to": _month_day(typed[f"s{place}_to"])}
            seasons.append(span | {"hours": _week(week)})
    return {"hours": _week(typed), "seasons": seasons}


def _week(typed: Mapping[str, str]) -> dict[str, Any]:
    return {name: calendaring.hours_of(typed[name]) for name in WEEKDAYS if typed.get(name)}


def _month_day(text: str) -> str:
    match = _MONTH_DAY.fullmatch(text)
    return f"{int(match[1]):02}-{int(match[2]):02}" if match else text


def _errors(error: CalendarError) -> dict[str, str]:
    faults: dict[str, str] = {}
    for reason in error.reasons:
        place, _, told = reason.partition("：")
        match = _PLACE.fullmatch(place)
        name = f"s{int(match[1]) - 1}_{match[2]}" if match and match[1] else match[2] if match else "mon"
        label = WEEKDAYS.get(name.rpartition("_")[2], "办公时间")
        if "应为若干时段" in told or "两个时刻" in told:  # told for who writes a file
            told = "请写成一段或几段时间，例如：08:00-12:00、14:00-18:00。"
        faults.setdefault("mon" if name in ("hours", "seasons") else name, f"{label}：{told}")
    return faults


def _names(seasons: int) -> list[str]:
    inside = ("from", "to", *WEEKDAYS)
    return [*WEEKDAYS, *(f"s{place}_{name}" for place in range(seasons) for name in inside)]


def _count() -> int:
    return max(SEASONS, _filled(request.form))


def _filled(values: Mapping[str, str]) -> int:
    """How many seasons there are in these values, at most six."""
    return max(
        (place + 1 for place in range(6) if values.get(f"s{place}_from") or values.get(f"s{place}_to")), default=0
    )
