"""冻结日: on which day of the next month a month is frozen by itself, and from which month on; a city can change it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any, Final

import sqlalchemy as sa

from hotline.domain.errors import Invalid, Refused
from hotline.domain.rates import Month, MonthError
from hotline.models import MonthlyReport, Setting, Staff, Ticket
from hotline.services import changing, ruling
from hotline.services.work import Work

SETTING: Final = "freezing"
DAY: Final = 3
LATEST: Final = 20
AHEAD: Final = 12  # months from now in which the chain may begin


@dataclass(frozen=True)
class FreezeRule:
    """`day` of the next month, from midnight city time. `first`: months before it (`2026-10`) are not frozen; empty:
    from the month of the first ticket."""

    day: int = DAY
    first: str = ""


def rule(work: Work) -> FreezeRule:
    """As the city has put it; else the third, from the first ticket on."""
    return FreezeRule(**(ruling.setting(work, SETTING) or {}))


def changed(work: Work) -> tuple[str, datetime] | None:
    """Who has put it so last, and when; None while nobody has."""
    query = sa.select(Staff.name, Setting.changed_at).join(Staff, Staff.id == Setting.changed_by_id)
    found = work.session.execute(query.where(Setting.name == SETTING)).one_or_none()
    return (found.name, found.changed_at) if found else None


def last_frozen(work: Work) -> Month | None:
    """The last month that is frozen, or being frozen; the chain grows at its end only."""
    last = work.session.scalar(sa.select(sa.func.max(MonthlyReport.month)))
    return Month.of_day(last, work.rules.zone) if last is not None else None


def wanted(work: Work, day: str, first: str) -> FreezeRule:
    """The rule as it was filled in, in figures and as `2026-10`. Raises Invalid by field."""
    faults, before = {}, rule(work)
    number = int(day) if day.isascii() and day.isdecimal() and len(day) < 4 else 0
    if not 1 <= number <= 31:
        faults["day"] = f"请填1至{LATEST}的整数，例如：3。"
    elif number > LATEST:
        never = "有的月份没有这一天；" if number > 28 else ""
        faults["day"] = f"{never}冻结日最晚为{LATEST}日，以免上月的月报和通报出得太迟。请填1至{LATEST}。"
    if first != before.first and (fault := _fault_of(work, first)):
        faults["first"] = fault
    if faults:
        raise Invalid(faults)
    return FreezeRule(number, first)


def at_once(work: Work, put: FreezeRule) -> list[Month]:
    """The months that would be frozen within the hour under this rule, and are not to be under the one that holds."""
    waiting = {str(month) for month in _due(work, rule(work))}
    return [month for month in _due(work, put) if str(month) not in waiting]


def change(work: Work, put: FreezeRule, seen: FreezeRule) -> bool:
    """Put it in force; whether anything differs. `seen`: what the person had before him.

    Raises NotFound for who may not, Invalid, Refused where somebody else was faster.
    """
    ruling.hold(work)
    before = rule(work)
    if seen != before:
        raise Refused("别人刚刚改过冻结日。您填写的内容还在下面，请对照现在的规定核对后再保存。", code="stale")
    after = wanted(work, str(put.day), put.first)
    if after == before:
        return False
    ruling.put(work, SETTING, asdict(after))
    changing.record(work, SETTING, "city", "月报冻结日", asdict(before), asdict(after))
    return True


def upcoming(work: Work) -> tuple[Month, datetime] | None:
    """The month that is frozen next, and from when on (UTC); None before the first ticket."""
    put = rule(work)
    month = _next(work, put)
    return (month, _due_at(month, put)) if month is not None else None


def next_due(work: Work) -> str | None:
    """The month that is to be frozen now: the one after the last that is; None if its day has not come."""
    following = upcoming(work)
    return str(following[0]) if following is not None and work.now >= following[1] else None


def _fault_of(work: Work, first: str) -> str:
    """Why the chain cannot begin with that month, or not yet; empty where it can."""
    zone = work.rules.zone
    try:
        month = Month.parse(first, zone) if first else None
    except MonthError as error:
        return error.message
    if last_frozen(work) is not None:
        return "已经有月份冻结，不能再改从哪个月开始。"
    this = Month.of(work.now, zone)
    earliest, latest = _first_received(work) or this, this.turned(AHEAD)
    if month is not None and month.first_day < earliest.first_day:
        return f"{told(earliest)}之前没有诉求，没有可以冻结的数字。请填{told(earliest)}或以后的月份。"
    if month is not None and month.first_day > latest.first_day:
        return f"最晚从{told(latest)}开始，请填早一些的月份。"
    return ""


def told(month: Month) -> str:
    """2026年10月."""
    return f"{month.year}年{month.number}月"


def _due(work: Work, put: FreezeRule) -> list[Month]:
    """The months whose day has come, the first one first."""
    found = []
    month = _next(work, put)
    while month is not None and work.now >= _due_at(month, put):
        found.append(month)
        month = month.turned(1)
    return found


def _next(work: Work, put: FreezeRule) -> Month | None:
    last = last_frozen(work)
    if last is not None:
        return last.turned(1)
    return Month.parse(put.first, work.rules.zone) if put.first else _first_received(work)


def _first_received(work: Work) -> Month | None:
    received_at = work.session.scalar(sa.select(sa.func.min(Ticket.received_at)))
    return Month.of(received_at, work.rules.zone) if received_at is not None else None


def _due_at(month: Month, put: FreezeRule) -> datetime:
    following = month.turned(1)
    return datetime(following.year, following.number, put.day, tzinfo=month.zone).astimezone(UTC)


def _read(work: Work, subject_id: str) -> Mapping[str, Any]:
    ruling.hold(work)
    return asdict(rule(work))


def _put(work: Work, subject_id: str, values: Mapping[str, Any] | None) -> None:
    """What has been said before is put back; a month that would be frozen by that is never frozen unseen."""
    before = asdict(rule(work)) | dict(values or {})
    try:
        put = wanted(work, str(before["day"]), before["first"])
    except Invalid as error:
        raise Refused(f"不能撤销：{''.join(error.fields.values())}", code="not_undoable") from error
    if soon := at_once(work, put):
        raise Refused(
            f"不能撤销：按原来的规定，{told(soon[-1])}会马上冻结。请到“月报冻结日”直接修改。", code="not_undoable"
        )
    ruling.put(work, SETTING, asdict(put))


changing.know(changing.Subject(SETTING, "月报冻结日", {"day": "次月几日", "first": "从哪个月开始"}, _read, _put))
