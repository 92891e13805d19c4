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

RUNNING = 100_000


def measure(ground: Ground, *, quick: bool) -> list[Line]:
    """Each promise that is due takes one level: alert, event, text, and the promise itself moved on."""
    running = 1000 if quick else RUNNING
    now = datetime.now(UTC)
    with ground.copy() as url:
        filling.fill_running(url, running, now)
        office = open_quiet_office(ground.environ, url)
        _pass(office)  # reads the rules, prepares what is asked
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
    with ground.copy() as url:
        filling.fill_running(url, running, now)
        filling.make_due(url, running, now)
        settle(url)
        count, limit = plain.escalate_all(url)
    beside = f"纯 SQL 同样 {count} 行 {limit:.2f} 秒（{count / limit:.0f} 行/秒）"
    title = f"督办巡查，{running} 个时限在走"
    met = None if quick else True
    return [
        Line(f"{title}，无一到点", f"{1000 * none:.1f} 毫秒", "", "", "≤ 5 毫秒", met and none <= 0.005),
        Line("其中 1% 到点（含台账和短信）", f"{few:.3f} 秒", "", "", "≤ 0.1 秒", met and few <= 0.1),
        Line(
            "全部到点",
            f"{most:.2f} 秒（{running / most:.0f} 行/秒）",
            beside,
            f"{limit / most:.2f}",
            "≤ 5.2 秒",
            met and most <= 5.2,
        ),
    ]


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
