"""The queue is only a bell: it says "look now". What there is to do stands in the rows (design §8)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

import structlog
from redis import Redis
from redis.exceptions import RedisError
from rq import Queue

log = structlog.get_logger()

QUEUE = "hotline"
STILL_RINGING = 30  # seconds; a bell whose job was lost may be rung again after that, the sweep comes sooner


def connect_redis(url: str | None) -> Redis:
    """A client of the settings' Redis; connects at first use. Raises LookupError without one."""
    if url is None:
        raise LookupError("没有设置 REDIS_URL；请用 ./run up，它会启动自带的 Redis。")
    return Redis.from_url(url)


class Bell(Protocol):
    """Rung after the commit, with the names of the kinds of work that are waiting."""

    def ring(self, names: Iterable[str]) -> None: ...


class SilentBell:
    """Nobody listens: for commands and tests that do the work themselves."""

    def ring(self, names: Iterable[str]) -> None:
        """Do nothing."""


class RqBell:
    """Puts `workers.jobs.<name>` on the queue, unless it is there already and has not started.

    When Redis is away nothing is lost: the timetable's sweep finds the rows.
    """

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._queue = Queue(QUEUE, connection=redis)

    def ring(self, names: Iterable[str]) -> None:
        """Ring each bell once."""
        for name in names:
            try:
                if self._redis.set(bell_key(name), 1, nx=True, ex=STILL_RINGING):
                    self._queue.enqueue(f"workers.jobs.{name}", result_ttl=0, failure_ttl=86400)
            except RedisError as error:
                log.warning("bell_not_rung", bell=name, error=str(error))


def bell_key(name: str) -> str:
    """Set while a job of this name waits; the job deletes it before it looks, so that no later ring is swallowed."""
    return f"hotline:bell:{name}"
