"""学习: the night's lesson, held in a process of its own that ends when it is over.

The library that learns is large and the counting takes a minute or two: neither a worker's memory nor the texts that
are waiting shall pay for it. A worker only looks whether a lesson is due, and starts the process.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
from importlib import import_module

import structlog

from config.settings import current
from hotline.domain.actors import SYSTEM
from hotline.services import learning
from workers.shift import Shift, open_shift

log = structlog.get_logger()

NAME = "lessons"


def begin(shift: Shift) -> int:
    """Start the process if a lesson is due and none is being held. Nothing is waited for."""
    if any(process.name == NAME for process in multiprocessing.active_children()):
        return 0
    with shift.office.work(SYSTEM, shift.clock()) as work:
        kinds = learning.due(work)
    if kinds:
        # Spawned, so that no connection is shared; a daemon, so that it ends with the worker.
        multiprocessing.get_context("spawn").Process(target=_hold_alone, name=NAME, daemon=True).start()
    return 0


def hold(shift: Shift) -> int:
    """Hold the lessons that are due; how many there were. No transaction is open while it is counted."""
    training = import_module("hotline.services.training")  # loads scikit-learn
    with shift.office.work(SYSTEM, shift.clock()) as work:
        kinds = learning.due(work)
    for kind in kinds:
        with shift.office.work(SYSTEM, shift.clock()) as work:
            lesson = learning.lesson(work, kind)
        trained = training.train(lesson)
        with shift.office.work(SYSTEM, shift.clock()) as work:
            row = learning.store(work, kind, lesson, trained)
            if row is not None:
                log.info("learned", kind=kind.value, tickets=row.tickets, adopted=row.adopted_at is not None)
    return len(kinds)


def _hold_alone() -> None:
    """The whole life of the process. Ctrl-C is the worker's to answer."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.nice(10)
    hold(open_shift(current()))
