"""冻结日: on which day of the next month a month is frozen by itself, and from which month on; a city can change it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Final

import sqlalchemy as sa

from hotline.domain.errors import Invalid
from hotline.domain.rates import Month, MonthError
from hotline.models import MonthlyReport, Ticket
from hotline.services import changing, ruling
from hotline.services.work import Work

SETTING: Final = "freezing"
DAY: Final = 3
LATEST: Final = 20


@dataclass(frozen=True)
class FreezeRule:
    """`day` of the next month, from midnight city time. `first`: months before it (`2026-10`) are not frozen; empty:
    from the month of the first ticket."""

    day: int = DAY
    first: str = ""


def rule(work: Work) -> FreezeRule:
    """As the city has put it; else the third, from the first ticket on."""
    return FreezeRule(**(ruling.setting(work, SETTING) or {}))


def change(work: Work, day: int, first: str = "") -> None:
    """Raises NotFound for who may not, Invalid for a day that no month should wait for, or for no month."""
    ruling.hold(work)
    faults = {}
    if not 1 <= day <= LATEST:
        faults["day"] = f"冻结日请填1至{LATEST}日。"
    try:
        first = first and str(Month.parse(first, work.rules.zone))
    except MonthError as error:
        faults["first"] = error.message
    if faults:
        raise Invalid(faults)
    before = rule(work)
    ruling.put(work, SETTING, {"day": day, "first": first})
    changing.record(work, SETTING, "city", "月报冻结日", asdict(before), {"day": day, "first": first})


def next_due(work: Work) -> str | None:
    """The month that is to be frozen now: the one after the last that is; None if its day has not come."""
    put = rule(work)
    month = _next(work, put)
    if month is None:
        return None
    following = month.turned(1)
    due_at = datetime(following.year, following.number, put.day, tzinfo=month.zone).astimezone(UTC)
    return str(month) if work.now >= due_at else None


def _next(work: Work, put: FreezeRule) -> Month | None:
    zone = work.rules.zone
    last = work.session.scalar(sa.select(sa.func.max(MonthlyReport.month)))
    if last is not None:
        return Month.of_day(last, zone).turned(1)
    if put.first:
        return Month.parse(put.first, zone)
    received_at = work.session.scalar(sa.select(sa.func.min(Ticket.received_at)))
    if received_at is None:
        return None
    return Month.of(received_at, zone)


changing.know(changing.Subject(SETTING, "月报冻结日", {"day": "次月几日", "first": "从哪个月开始"}))
