"""考核: this month's rates, a list behind a figure, freezing a month, its workbook; beside plain SQL over the rows.

At one and at ten million tickets with as many of them in a month as a capital has, and as a large city has: what a
month costs follows its own size and not that of the history.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from bench import lived, month_pages, plain
from bench.ground import Ground, open_quiet_office, settle
from bench.plain import middle
from bench.table import Line
from hotline.domain.actors import SYSTEM
from hotline.domain.rates import Month
from hotline.office import Office
from hotline.services.month import freezing, listing, reporting
from hotline.services.month.listing import Asked
from hotline.services.work import Work

ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 11, 28, 18, 0, tzinfo=ZONE)
RUNNING, WHOLE = Month(2026, 11, ZONE), Month(2026, 10, ZONE)
#: Tickets in all, and over how many months they came.
SIZES = ((1_000_000, 30), (10_000_000, 33))
QUICK = ((3000, 3),)
LIVE, FREEZE, MEMORY = 0.300, 30.0, 500  # the aims: seconds, seconds, megabytes
FROM_HERE = 300_000  # tickets a month; the aims are for such a month


def measure(ground: Ground, *, quick: bool) -> list[Line]:
    """Both cities, one after the other."""
    lines: list[Line] = []
    for count, months in QUICK if quick else SIZES:
        with ground.copy() as url:
            begins = NOW - timedelta(days=30.4 * months)
            lived.fill(url, count, begins, WHOLE.begins - timedelta(days=1), NOW)
            settle(url)
            lines += _measured(ground, url, count, quick=quick)
    return lines


def _measured(ground: Ground, url: str, count: int, *, quick: bool) -> Iterator[Line]:
    office, times = open_quiet_office(ground.environ, url), 3 if quick else 9
    where = f"{count // 10_000} 万件中，" if count >= 10_000 else f"{count} 件中，"
    running = plain.count_month(url, RUNNING.begins, NOW, times)
    promises = _promises(office)
    taken = middle(lambda: _with(office, lambda work: reporting.rates(work, str(RUNNING))), times)
    beside = f"同样的行一条分组计数 {1000 * running:.0f} 毫秒"
    yield Line(
        f"{where}本月三率，全部单位（{promises} 项承诺）",
        f"{1000 * taken:.0f} 毫秒",
        beside,
        f"{running / taken:.2f}",
        f"< {1000 * LIVE:.0f} 毫秒",
        None if quick else taken < LIVE,
    )
    taken = middle(lambda: _with(office, lambda work: reporting.monthly(work, str(RUNNING))), times)
    yield Line(f"{where}加上类别、区域、渠道、来源", f"{1000 * taken:.0f} 毫秒", beside, f"{running / taken:.2f}")
    for figure, what in (("missing", "未完成的"), ("owed", "应完成的")):
        asked = Asked("handle", figure)
        taken = middle(lambda asked=asked: _with(office, lambda work: listing.items(work, str(RUNNING), asked)), times)  # type: ignore[misc]
        yield Line(f"{where}{what}清单第一页", f"{1000 * taken:.0f} 毫秒", beside, f"{running / taken:.2f}")
    yield from month_pages.measure(office, where, NOW, RUNNING, (beside, running), times)
    yield from _frozen(office, url, where, quick=quick)
    yield from _workbook(ground, url, where, quick=quick)
    office.engine.dispose()


def _with(office: Office, act: Callable[[Work], object]) -> None:
    with office.work(SYSTEM, NOW) as work:
        act(work)


def _promises(office: Office) -> int:
    """How many are owed; a month that owes nothing would measure nothing."""
    with office.work(SYSTEM, NOW) as work:
        owed = sum(tally.all["owed"] for tally in reporting.rates(work, str(RUNNING)).scope.tallies.values())
    if not owed:
        raise RuntimeError(f"{RUNNING} 没有应办件")
    return owed


def _frozen(office: Office, url: str, where: str, *, quick: bool) -> Iterator[Line]:
    limit = plain.count_month(url, WHOLE.begins, WHOLE.ends, 1)
    begin = time.perf_counter()
    with office.work(SYSTEM, NOW) as work:
        freezing.claim(work, str(WHOLE))
    with office.work(SYSTEM, NOW) as work:
        claimed = freezing.waiting(work)
    assert claimed is not None
    with office.still(SYSTEM, NOW) as work:
        report = freezing.count(work, claimed)
    taken = time.perf_counter() - begin
    assert report is not None
    with office.session() as session:
        counting = "SELECT count(DISTINCT ticket_id) FROM monthly_report_item WHERE report_id = :id"
        tickets = session.scalar(sa.text(counting), {"id": report.id})
    yield Line(
        f"{where}冻结一个月（{tickets} 件，{report.items} 项）",
        f"{taken:.1f} 秒",
        f"一条分组计数 {limit:.2f} 秒",
        f"{limit / taken:.3f}",
        f"30 万件 < {FREEZE:.0f} 秒",
        None if quick or not tickets or tickets < FROM_HERE else taken < FREEZE,
    )


def _workbook(ground: Ground, url: str, where: str, *, quick: bool) -> Iterator[Line]:
    """In a process of its own, whose memory is its own."""
    asked = {"url": url, "month": str(WHOLE), "now": NOW.isoformat()}
    done = subprocess.run(
        [sys.executable, "-m", "bench.workbook"],
        input=json.dumps(asked),
        env=dict(ground.environ),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise RuntimeError(done.stderr)
    told = json.loads(done.stdout)
    yield Line(
        f"{where}一个月的 Excel（{told['rows']} 行，{told['bytes'] / 2**20:.0f} MB）",
        f"{told['seconds']:.0f} 秒，内存 {told['megabytes']:.0f} MB",
        f"读出同样的行 {told['read']:.1f} 秒",
        f"{told['read'] / told['seconds']:.3f}",
        f"内存 < {MEMORY} MB",
        None if quick else told["megabytes"] < MEMORY,
    )
