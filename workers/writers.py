"""Files that are written behind a page, each sort in a process of its own that ends when none is left.

A long one takes a minute: neither the texts that are waiting nor RQ's limit for a job shall feel it. Killed half way,
a file is taken up again from its beginning by the next sweep (services/writing_files.py).
"""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic

import structlog

from config.settings import current
from hotline.domain.actors import SYSTEM
from hotline.services.writing_files import BROKEN, LEFT, NO_RIGHT, Claim, Lost, Row, Shelf
from workers.shift import Shift, open_shift

log = structlog.get_logger()

SIGN = LEFT / 4  # from one sign of life to the next, at most


class Unwritten(Exception):
    """It cannot be written; `why` is for who asked."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class Hold(Generic[Row]):
    """A claim that is kept while its file is written. Each sign of life raises Lost where it was taken over."""

    def __init__(self, shift: Shift, shelf: Shelf[Row], claim: Claim[Row]) -> None:
        self.shift = shift
        self.shelf: Shelf[Row] = shelf
        self.claim: Claim[Row] = claim
        self.written = 0

    def tell(self, written: int, **more: Any) -> None:
        """How much is written, for the page."""
        self.written = written
        with self.shift.office.work(SYSTEM, self.shift.clock()) as work:
            self.claim = self.shelf.tell(work, self.claim, written, **more)

    def live(self) -> None:
        """A sign of life, if one is due."""
        if self.shift.clock() - self.claim.seen_at >= SIGN:
            self.tell(self.written)


@dataclass(frozen=True)
class Writer(Generic[Row]):
    """Who writes files of one sort. `fill` makes the file of a claim, and raises Unwritten where it must not be."""

    name: str  # of the process
    shelf: Shelf[Row]
    fill: Callable[[Shift, Hold[Row], Path], None]

    def begin(self, shift: Shift, alone: Callable[[], None]) -> int:
        """Take old files away; start the process, whose whole life `alone` is, if a file waits and none is being
        written here. Nothing is waited for."""
        with shift.office.work(SYSTEM, shift.clock()) as work:
            self.shelf.forget(work)
            waits = self.shelf.waits(work)
        if waits and not any(process.name == self.name for process in multiprocessing.active_children()):
            # Spawned, so that no connection is shared; a daemon, so that it ends with the worker.
            multiprocessing.get_context("spawn").Process(target=alone, name=self.name, daemon=True).start()
        return 0

    def write_all(self, shift: Shift) -> int:
        """Write what waits, one after the other; how many there were."""
        done = 0
        while True:
            with shift.office.work(SYSTEM, shift.clock()) as work:
                held = self.shelf.claim(work)
            if held is None:
                return done
            done += 1
            self._write(shift, held)

    def _write(self, shift: Shift, held: Claim[Row]) -> None:
        """One file. What was half written is removed whatever happens."""
        made = self.shelf.half(shift.office.files)
        hold = Hold(shift, self.shelf, held)
        try:
            if held.actor is None:
                self._fail(hold, NO_RIGHT)
            else:
                self._fill(hold, made)
        except Lost:
            log.warning("file_taken_over", sort=self.name, id=held.id)
        finally:
            made.unlink(missing_ok=True)

    def _fill(self, hold: Hold[Row], made: Path) -> None:
        shift = hold.shift
        try:
            self.fill(shift, hold, made)
        except Lost:
            raise
        except Unwritten as fault:
            self._fail(hold, fault.why)
            return
        except Exception as fault:  # what cannot be written is told to who asked, and keeps no other waiting
            log.error("file_failed", sort=self.name, id=hold.claim.id, error=repr(fault))
            self._fail(hold, BROKEN)
            return
        with shift.office.work(SYSTEM, shift.clock()) as work:
            self.shelf.finish(work, hold.claim, hold.written, made)
        log.info("file_written", sort=self.name, id=hold.claim.id, rows=hold.written)

    def _fail(self, hold: Hold[Row], why: str) -> None:
        with hold.shift.office.work(SYSTEM, hold.shift.clock()) as work:
            self.shelf.fail(work, hold.claim, why)

    def write_alone(self) -> None:
        """The whole life of the process. Ctrl-C is the worker's to answer."""
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        os.nice(10)
        self.write_all(open_shift(current()))
