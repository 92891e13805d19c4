"""考核: a month's rates with all their breakdowns, beside one grouped count over the same promises."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from bench import filling, plain
from bench.ground import Ground, open_quiet_office, settle
from bench.plain import middle
from bench.table import Line
from hotline.domain.actors import SYSTEM
from hotline.domain.rates import Month
from hotline.office import Office
from hotline.services import reporting

TICKETS = 100_000


def measure(ground: Ground, *, quick: bool) -> list[Line]:
    """The month before this one, so that it is whole."""
    tickets, times = (1000, 3) if quick else (TICKETS, 9)
    now = datetime.now(UTC)
    month = Month.parse(f"{now - timedelta(days=now.day + 1):%Y-%m}", ZoneInfo("Asia/Shanghai"))
    with ground.copy() as url:
        filling.fill_month(url, tickets, month.begins)
        settle(url)
        office = open_quiet_office(ground.environ, url)
        statements = _statements(office, str(month), now)
        taken = middle(lambda: _report(office, str(month), now), times)
        office.engine.dispose()
        limit = plain.count_month(url, month.begins, month.ends, times)
    return [
        Line(
            f"一个月的三率，{tickets} 件工单，分五种口径",
            f"{1000 * taken:.0f} 毫秒（{statements} 条 SQL）",
            f"一条分组计数 {1000 * limit:.0f} 毫秒",
            f"{limit / taken:.2f}",
        )
    ]


def _report(office: Office, month: str, now: datetime) -> None:
    """Figures as they are sent; a month that counts nothing would measure nothing."""
    with office.work(SYSTEM, now) as work:
        figures = reporting.monthly(work, month).as_dict()
    if not figures["rates"][0]["owed"]:
        raise RuntimeError(f"{month} 没有应办件")


def _statements(office: Office, month: str, now: datetime) -> int:
    """How many statements the report takes once the rules are read."""
    _report(office, month, now)
    seen: list[str] = []

    def note(*event: object) -> None:
        seen.append(str(event[2]))

    sa.event.listen(office.engine, "before_cursor_execute", note)
    _report(office, month, now)
    sa.event.remove(office.engine, "before_cursor_execute", note)
    return len(seen)
