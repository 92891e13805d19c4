"""收取目录: one look at the folder that transcripts are dropped in. Each file in a transaction of its own."""

from __future__ import annotations

import traceback
from itertools import islice

import structlog
from sqlalchemy.exc import InterfaceError, OperationalError

from hotline.domain.actors import SYSTEM
from hotline.domain.errors import HotlineError
from hotline.services import claiming, collecting, setting_aside, watching
from hotline.services.claiming import Taken
from hotline.services.collecting import Box
from workers.shift import Shift, stopping

log = structlog.get_logger()

BATCH = 50  # files of one box, then the others have their turn
UNFORESEEN = "处理时出错，已记入日志，请联系管理员；修复后可以放回。"


def collect(shift: Shift) -> int:
    """收取: some files of each box; how many were dealt with. A box or a file that cannot be read stops no other."""
    try:
        with shift.office.work(SYSTEM, shift.clock()) as work:
            boxes = collecting.boxes(work)
    except OSError as fault:
        log.warning("folder_not_usable", error=fault.strerror)
        return 0
    return sum(_look_into(shift, box) for box in boxes)


def _look_into(shift: Shift, box: Box) -> int:
    dealt = 0
    try:
        for taken in islice(collecting.take_all(box, shift.clock()), BATCH):
            dealt += _take_in(shift, box, taken)
            if stopping.is_set():
                break
    except OSError as fault:  # without its name, which may hold a number
        log.warning("box_not_usable", folder=box.folder.name, error=fault.strerror)
    return dealt


def _take_in(shift: Shift, box: Box, taken: Taken) -> bool:
    """Whether the file is where it belongs. What cannot be moved is tried again when its time as taken is over."""
    try:
        return _draft(shift, box, taken)
    except OSError as fault:
        log.warning("file_not_moved", folder=box.folder.name, error=fault.strerror)
        return False


def _draft(shift: Shift, box: Box, taken: Taken) -> bool:
    now = shift.clock()
    try:
        with shift.office.work(box.actor, now) as work:
            collecting.draft(work, taken)
    except watching.StillWritten:
        claiming.give_back(taken)
        return False
    except HotlineError as refusal:
        setting_aside.set_aside(taken, refusal.message, now)
    except (OperationalError, InterfaceError):  # the database is away, for all files alike
        claiming.give_back(taken)
        raise
    except OSError:  # so is what the file lies on
        raise
    except Exception as fault:
        log.error("transcript_failed", error=type(fault).__name__, where=_place_of(fault))
        setting_aside.set_aside(taken, UNFORESEEN, now)
    else:
        claiming.remove(taken)
    return True


def _place_of(fault: Exception) -> str:
    """Where it happened; not the message, which may hold what was said."""
    last = traceback.extract_tb(fault.__traceback__)[-1]
    return f"{last.name}:{last.lineno}"
