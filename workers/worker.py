"""`python -m workers.worker`: an RQ worker that does the jobs in its own process, one after the other.

Forking for each job costs a connection and the reading of the rules every time; a job here is a batch of rows, and
what a crash leaves undone is found by the next sweep. Everything is imported before the first job comes.
"""

from __future__ import annotations

import gc
import os
import signal
import socket
import sys
import uuid
from types import FrameType

import structlog
from redis.exceptions import RedisError
from rq.worker import SimpleWorker

import workers.jobs  # noqa: F401 - RQ finds them by name
from config.logs import keep_to_level
from config.settings import Settings, SettingsError, current
from hotline.bell import QUEUE, connect_redis
from workers import shift
from workers.shift import stopping

log = structlog.get_logger()

PAUSE = 2.0  # seconds before another attempt when Redis has gone away


class Worker(SimpleWorker):
    """Finishes the batch in hand when asked to stop, not everything that is left."""

    def request_stop(self, signum: int, frame: FrameType | None) -> None:
        """SIGTERM or Ctrl-C."""
        stopping.set()
        super().request_stop(signum, frame)


def work(settings: Settings) -> None:
    """Do jobs until asked to stop. When Redis is away wait for it: nothing is lost meanwhile."""
    own = "WARNING" if settings.log_level == "INFO" else settings.log_level  # at INFO, RQ has a line for every job
    while not stopping.is_set():
        try:
            redis = connect_redis(settings.redis_url)
            Worker([QUEUE], name=_name(), connection=redis).work(logging_level=own)
        except RedisError as error:
            log.warning("redis_away", error=str(error))
        stopping.wait(PAUSE)


def settle_in() -> None:
    """All that is loaded by now stays: it is not looked through for garbage at every thousandth row of a batch."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000)


def _name() -> str:
    return f"hotline-{socket.gethostname()}-{os.getpid()}-{uuid.uuid4().hex[:8]}"


def main() -> int:
    """Work by the settings until SIGTERM or Ctrl-C: 0. 2 where they cannot be used."""
    try:
        settings = current()
        keep_to_level(settings)
        shift.begin()
    except (SettingsError, LookupError) as fault:
        print(*fault.args, file=sys.stderr)
        return 2
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    settle_in()
    work(settings)
    return 0


if __name__ == "__main__":
    sys.exit(main())
