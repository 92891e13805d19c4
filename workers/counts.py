"""统计: months that are too large to be counted while their readers wait, in a process of its own that ends when none
is left. Whoever counts one holds its row: killed, it is counted by the next (services/month/overview.py)."""

from __future__ import annotations

import multiprocessing
import os
import signal

import structlog

from config.settings import current
from hotline.domain.actors import SYSTEM
from hotline.domain.errors import NotFound
from hotline.services.month import overview
from workers.shift import Shift, open_shift

log = structlog.get_logger()

NAME = "counts"


def begin(shift: Shift) -> int:
    """Start the process if a month is to be counted and none is being counted here. Nothing is waited for."""
    with shift.office.work(SYSTEM, shift.clock()) as work:
        waits = overview.waits(work)
    if waits and not any(process.name == NAME for process in multiprocessing.active_children()):
        # Spawned, so that no connection is shared; a daemon, so that it ends with the worker.
        multiprocessing.get_context("spawn").Process(target=_count_alone, name=NAME, daemon=True).start()
    return 0


def count_all(shift: Shift) -> int:
    """Count what waits, one after the other; how many there were."""
    done = 0
    while _count_next(shift):
        done += 1
    return done


def _count_next(shift: Shift) -> bool:
    with shift.office.work(SYSTEM, shift.clock()) as work:
        claimed = overview.claim(work)
        if claimed is None:
            return False
        row, actor = claimed
        row.asked_at = row.counted_at = work.now  # as it stood when the counting began
        try:
            with shift.office.work(actor, work.now) as theirs:
                row.figures = overview.count(theirs, row)
        except NotFound:  # the unit is not his any more
            work.session.delete(row)
        except Exception as fault:  # is tried again when it would be old, and keeps no other waiting
            log.error("month_not_counted", month=f"{row.month:%Y-%m}", unit=row.unit_id, error=repr(fault))
            row.figures = {}
        else:
            log.info("month_counted", month=f"{row.month:%Y-%m}", unit=row.unit_id)
    return True


def _count_alone() -> None:
    """The whole life of the process. Ctrl-C is the worker's to answer."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.nice(10)
    count_all(open_shift(current()))
