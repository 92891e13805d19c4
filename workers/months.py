"""冻结月报: months that are over are frozen in a process of its own that ends when none is left.

Millions of promises take half a minute: neither the texts that are waiting nor RQ's limit for a job shall feel it. The
claim in the database is the work (services/month/freezing.py): killed at any moment, it is taken up again.
"""

from __future__ import annotations

import multiprocessing
import os
import signal

import structlog
from sqlalchemy.exc import OperationalError

from config.settings import current
from hotline.domain.actors import SYSTEM
from hotline.domain.errors import Refused
from hotline.models import MonthlyReport
from hotline.services.month import freeze_days, freezing
from workers.shift import Shift, open_shift

log = structlog.get_logger()

NAME = "months"


def begin(shift: Shift) -> int:
    """Start the process if a month is to be frozen and none is being frozen here. Nothing is waited for."""
    with shift.office.work(SYSTEM, shift.clock()) as work:
        waits = freezing.waiting(work) is not None or freeze_days.next_due(work) is not None
    if waits and not any(process.name == NAME for process in multiprocessing.active_children()):
        # Spawned, so that no connection is shared; a daemon, so that it ends with the worker.
        multiprocessing.get_context("spawn").Process(target=_freeze_alone, name=NAME, daemon=True).start()
    return 0


def freeze_all(shift: Shift) -> int:
    """Freeze what waits and what is due, the oldest month first; how many reports there are more."""
    done = 0
    while (report := freeze_next(shift)) is not None:
        done += 1
        log.info("month_frozen", month=f"{report.month:%Y-%m}", version=report.version, items=report.items)
    return done


def freeze_next(shift: Shift) -> MonthlyReport | None:
    """One report: what was claimed and left, else the next month that is due. None if there is nothing to do, or
    somebody else is doing it, or the city writes so much at this moment that it is left for the next hour."""
    shift.office.forget_rules()
    with shift.office.work(SYSTEM, shift.clock()) as work:
        claimed = freezing.waiting(work)
        due = freeze_days.next_due(work) if claimed is None else None
        if due is not None:
            try:
                freezing.claim(work, due)
            except Refused:  # another worker counts one
                return None
    with shift.office.work(SYSTEM, shift.clock()) as work:
        claimed = freezing.waiting(work)
    if claimed is None:
        return None
    try:
        with shift.office.still(SYSTEM, shift.clock()) as work:
            return freezing.count(work, claimed)
    except OperationalError as fault:
        log.warning("month_not_frozen", error=str(fault.orig))
        return None


def _freeze_alone() -> None:
    """The whole life of the process. Ctrl-C is the worker's to answer."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.nice(10)
    freeze_all(open_shift(current()))
