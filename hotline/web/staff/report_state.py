"""How a month stands: 已冻结 with its version and checksum, running until now, or over and still to be frozen."""

from __future__ import annotations

from datetime import date
from typing import Any

import sqlalchemy as sa
from flask import abort, url_for

from hotline.domain.rates import Month, MonthError
from hotline.models import CalendarVersion, MonthlyReport
from hotline.services.month import freeze_days, frozen
from hotline.services.work import Work
from hotline.web.staff import report_links


def checked(work: Work, text: str) -> str:
    """The month as it was asked; an address that is no month does not exist."""
    return str(month_of(work, text))


def month_of(work: Work, text: str) -> Month:
    """The same as a month."""
    try:
        return Month.parse(text, work.rules.zone)
    except MonthError:
        abort(404)


def badge(work: Work, month: Month, version: int | None) -> dict[str, Any]:
    """What stands beside the title of every page of the month. `version`: of the frozen report that is shown."""
    window = month.seen_at(work.now)
    told: dict[str, Any] = {
        "kind": "running" if window.begun else "ahead",
        "until": window.cut_off,
        "versions_url": url_for("staff.versions", month=str(month)),
        "tabs": report_links.tabs(str(month)),
    }
    if version is not None:
        versions = frozen.versions(work, str(month))
        report = next(each for each in versions if each.version == version)
        return told | {"kind": "frozen"} | sealed(work, report, newest=versions[-1])
    if work.now > month.ends:
        return told | {"kind": "over", "when": _when(work, month)}
    return told


def sealed(work: Work, report: MonthlyReport, newest: MonthlyReport) -> dict[str, Any]:
    """A frozen version: when and by whom it was frozen, by which policies and calendar, with its checksum."""
    calendar = work.session.get(CalendarVersion, report.calendar_id) if report.calendar_id else None
    return {
        "version": report.version,
        "newest": report.version == newest.version,
        "newest_version": newest.version,
        "checksum": report.checksum,
        "at": report.frozen_at,
        "by": report.frozen_by,
        "reason": report.reason,
        "policies": "、".join(str(policy.get("version", "")) for policy in report.policies) or "—",
        "calendar": f"第{calendar.id}版（{calendar.checksum[:8]}）" if calendar else "—",
        "items": report.items,
        "cases": report.cases,
        "url": url_for("staff.month", month=f"{report.month:%Y-%m}", version=report.version),
    }


def _when(work: Work, month: Month) -> str:
    """When a month that is over will be frozen."""
    if frozen.claimed_at(work, month) is not None:
        return "正在冻结，请稍后再看"
    last = work.session.scalar(sa.select(sa.func.max(MonthlyReport.month)))
    put = freeze_days.rule(work)
    if (last is not None and month.first_day < last) or (last is None and put.first and str(month) < put.first):
        return "早于开始冻结的月份，不冻结，数字是现在的"
    following = month.turned(1)
    day = date(following.year, following.number, put.day)
    told = f"{day.month}月{day.day}日"
    return f"将于{told}冻结" if work.now.astimezone(month.zone).date() < day else f"定于{told}冻结，正在等待"
