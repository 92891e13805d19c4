"""A worker's shift: its office, its clock, and working through what has piled up, batch by batch."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from datetime import time as time_of_day
from functools import cache

import structlog
from redis import Redis
from redis.exceptions import RedisError

from config.settings import DEFAULT_BRIEFS_AT, Settings, current
from hotline.assembly import open_office
from hotline.bell import Bell, RqBell, bell_key, connect_redis
from hotline.domain.quiet import Quiet
from hotline.office import Office

log = structlog.get_logger()

TURN = 20  # seconds at one kind of work; then the others have their turn. Well below RQ's limit for a job
stopping = threading.Event()  # asked to stop: finish the batch, leave the rest to the others


def utc_now() -> datetime:
    """The clock of this door."""
    return datetime.now(UTC)


@dataclass(frozen=True)
class Shift:
    """What a batch is handed. `clock` is read anew for every transaction."""

    office: Office
    redis: Redis
    bell: Bell
    quiet: Quiet | None
    clock: Callable[[], datetime] = utc_now
    briefs_at: time_of_day | None = DEFAULT_BRIEFS_AT  # of the city's clock; None: no briefs are made


Batch = Callable[[Shift], int]


def work_through(name: str, batch: Batch) -> None:
    """Do batches until one finds nothing. The bell is taken down first, so that no later ring is swallowed."""
    shift = _shift_of(os.getpid())
    _take_down(shift, name)
    began = time.monotonic()
    while batch(shift) and not stopping.is_set():
        if time.monotonic() - began > TURN:
            shift.bell.ring([name])
            return


def begin() -> None:
    """The shift of this process, made before its first job: that connects to nothing, but says what is missing."""
    _shift_of(os.getpid())


@cache
def _shift_of(process: int) -> Shift:
    """Of each process its own, so that no connection is ever shared with the one that it was forked from."""
    return open_shift(current())


def open_shift(settings: Settings) -> Shift:
    """The shift of these settings."""
    redis = connect_redis(settings.redis_url)
    bell = RqBell(redis)
    office = open_office(settings, bell=bell, pool_size=2)
    return Shift(office, redis, bell, settings.quiet_hours, briefs_at=settings.briefs_at)


def _take_down(shift: Shift, name: str) -> None:
    try:
        shift.redis.delete(bell_key(name))
    except RedisError as error:
        log.warning("bell_not_taken_down", bell=name, error=str(error))
