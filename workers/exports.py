"""导出列表: long lists are written in a process of their own that ends when none is left.

A list of a hundred thousand takes a minute: neither the texts that are waiting nor RQ's limit for a job shall feel it.
Killed half way, the export is taken up again from its beginning by the next sweep (services/exporting_lists.py).
"""

from __future__ import annotations

import multiprocessing
import os
import signal
from itertools import islice
from pathlib import Path

import structlog

from config.settings import current
from hotline.domain.actors import SYSTEM
from hotline.services import asked, exporting_lists, sheets, tabulating
from hotline.services.exporting_lists import BATCH, LEFT, Claim, Lost
from workers.shift import Shift, open_shift

log = structlog.get_logger()

NAME = "exports"
SIGN = LEFT / 4  # from one sign of life to the next, at most


def begin(shift: Shift) -> int:
    """Take old files away; start the process if a list waits and none is being written here. Nothing is waited for."""
    with shift.office.work(SYSTEM, shift.clock()) as work:
        exporting_lists.forget(work)
        waits = exporting_lists.waits(work)
    if waits and not any(process.name == NAME for process in multiprocessing.active_children()):
        # Spawned, so that no connection is shared; a daemon, so that it ends with the worker.
        multiprocessing.get_context("spawn").Process(target=_write_alone, name=NAME, daemon=True).start()
    return 0


def write_all(shift: Shift) -> int:
    """Write what waits, one list after the other; how many there were."""
    done = 0
    while True:
        with shift.office.work(SYSTEM, shift.clock()) as work:
            held = exporting_lists.claim(work)
        if held is None:
            return done
        done += 1
        _write(shift, held)


def _write(shift: Shift, held: Claim) -> None:
    """One list. What was half written is removed whatever happens."""
    made = exporting_lists.half(shift.office.files)
    try:
        if held.actor is None:
            _fail(shift, held, exporting_lists.NO_RIGHT)
        else:
            _fill(shift, held, made)
    except Lost:
        log.warning("export_taken_over", export=held.id)
    finally:
        made.unlink(missing_ok=True)


def _fill(shift: Shift, held: Claim, made: Path) -> None:
    """Write the rows as they are read, with a sign of life after each batch, and while the file is packed."""
    written = 0

    def live() -> None:
        nonlocal held
        if shift.clock() - held.seen_at >= SIGN:
            held = _tell(shift, held, written)

    try:
        assert held.actor is not None
        with shift.office.work(held.actor, shift.clock()) as work:
            rows = exporting_lists.rows(work, asked.read(held.query), held.columns)
            headings = tabulating.headings(held.columns)
            with sheets.writing(made, held.form, exporting_lists.TITLE, headings, work.rules.zone, live) as add:
                for row in islice(rows, sheets.MOST_ROWS + 1):
                    add(row)
                    written += 1
                    if written % BATCH == 0:
                        held = _tell(shift, held, written)
    except Lost:
        raise
    except Exception as fault:  # a list that cannot be written is told to who asked, and keeps no other waiting
        log.error("export_failed", export=held.id, error=repr(fault))
        _fail(shift, held, exporting_lists.BROKEN)
        return
    if written > sheets.MOST_ROWS:
        _fail(shift, held, exporting_lists.TOO_LONG)
        return
    with shift.office.work(SYSTEM, shift.clock()) as work:
        exporting_lists.finish(work, held, written, made)
    log.info("exported", export=held.id, rows=written)


def _tell(shift: Shift, held: Claim, written: int) -> Claim:
    with shift.office.work(SYSTEM, shift.clock()) as work:
        return exporting_lists.tell(work, held, written)


def _fail(shift: Shift, held: Claim, why: str) -> None:
    with shift.office.work(SYSTEM, shift.clock()) as work:
        exporting_lists.fail(work, held, why)


def _write_alone() -> None:
    """The whole life of the process. Ctrl-C is the worker's to answer."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.nice(10)
    write_all(open_shift(current()))
