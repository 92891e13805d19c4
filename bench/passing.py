"""督办: one enforcement pass over running promises with none, one in a hundred and all of them due."""

from __future__ import annotations

import time
from datetime import UTC, datetime

import sqlalchemy as sa
from redis import Redis

from bench import filling, plain
from bench.ground import Ground, open_quiet_office, settle
from bench.plain import middle
from bench.table import Line
from hotline.bell import SilentBell
from hotline.models import Message
from hotline.office import Office
from workers.batches import sweep
from workers.shift import Shift
from workers.worker import settle_in

RUNNING = 100_000
WARM = 3000  # dealt with before: both connections of a worker that has been up for a while know the tables


def measure(ground: Ground, *, quick: bool) -> list[Line]:
    """Each promise that is due takes one level: alert, event, text, and the promise itself moved on."""
    running, warm = (1000, 100) if quick else (RUNNING, WARM)
    now = datetime.now(UTC)
    with ground.copy() as url:
        filling.fill_running(url, running + warm, now)
        office = open_quiet_office(ground.environ, url)
        settle_in()
        filling.make_due(url, warm, now)
        _pass(office)
        settle(url)
        none = middle(lambda: _pass(office), 21)
        filling.make_due(url, running // 100, now)
        settle(url)
        few = _timed(office, running // 100)
        filling.make_due(url, running, now)
        settle(url)
        rest = running - running // 100
        most = _timed(office, rest) * running / rest
        office.engine.dispose()
    limits = _limits(ground, running, now)
    title = f"督办巡查，{running} 个时限在走"
    met = None if quick else none <= 0.005
    return [
        Line(f"{title}，无一到点", f"{1000 * none:.1f} 毫秒", "", "", "≤ 5 毫秒", met),
        _line("其中 1% 到点（含台账和短信）", running // 100, few, limits[0], 0.25, "0.1 秒", quick),
        _line("全部到点", running, most, limits[1], 0.5, "5.2 秒", quick),
    ]


def _limits(ground: Ground, running: int, now: datetime) -> tuple[float, float]:
    """The seconds of plain SQL for the same two passes on the same rows."""
    with ground.copy() as url:
        filling.fill_running(url, running, now)
        taken = []
        for due in (running // 100, running - running // 100):
            filling.make_due(url, due, now)
            settle(url)
            dealt, seconds = plain.escalate_all(url)
            if dealt != due:
                raise RuntimeError(f"到点 {due}，处理了 {dealt}")
            taken.append(seconds)
    return taken[0], taken[1] * running / (running - running // 100)


def _line(what: str, rows: int, taken: float, limit: float, share: float, there: str, quick: bool) -> Line:
    """Judged by the share of the limit: seconds depend on the machine. `there`: the goal where it was set."""
    return Line(
        what,
        f"{taken:.3f} 秒（{rows / taken:.0f} 行/秒）",
        f"纯 SQL {limit:.3f} 秒（{rows / limit:.0f} 行/秒）",
        f"{limit / taken:.2f}",
        f"≥ {share:.2f}（参考机 ≤ {there}）",
        None if quick else limit / taken >= share,
    )


def _timed(office: Office, due: int) -> float:
    """The seconds of a whole pass, which must have dealt with all that was due, and have written a text for each."""
    before = _texts(office)
    begin = time.perf_counter()
    dealt = _pass(office)
    taken = time.perf_counter() - begin
    if dealt != due or _texts(office) - before != due:
        raise RuntimeError(f"到点 {due}，处理了 {dealt}，短信 {_texts(office) - before}")
    return taken


def _pass(office: Office) -> int:
    """Batch by batch until nothing is due: the job of one worker."""
    shift = Shift(office, Redis(), SilentBell(), quiet=None)  # the job itself speaks to no Redis
    total = 0
    while dealt := sweep(shift):
        total += dealt
    return total


def _texts(office: Office) -> int:
    with office.session() as session:
        return session.scalar(sa.select(sa.func.count()).select_from(Message)) or 0
