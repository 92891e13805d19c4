"""`python -m workers.timetable`: rings for each kind of work every few seconds.

RQ's own scheduler enqueues whether or not the last job has started, and ends when Redis does not answer; these bells
are rung once however many timetables run, and a Redis that is away is only logged. So this is a loop of our own.
"""

from __future__ import annotations

import signal
import sys
import threading
import time
from collections.abc import Mapping

from config.logs import keep_to_level
from config.settings import SettingsError, current
from hotline.bell import Bell, RqBell, connect_redis

#: Seconds between two rings. Whoever makes work rings at once; this is for what comes by the clock or was missed.
TIMETABLE = {
    "sweep": 10,
    "deliver": 5,
    "resume": 60,
    "survey": 60,
    "fetch": 30,
    "enter": 15,  # whoever searches enters the newest at once (services/finding.py)
    "collect": 5,
    "hang_up": 60,
    "export": 30,
    "brief": 60,  # made in the morning (services/month/briefing.py)
    "paper": 30,
    "count": 30,
    "tell": 5,
    "recount": 30,
    "foresee": 30,
    "heat": 3600,
    "freeze": 3600,  # done on its day (services/month/freeze_days.py)
    "learn": 3600,  # rung by the hour, done once a night (services/learning.py)
    "erase": 6 * 3600,
    "clear": 24 * 3600,
}


def keep(bell: Bell, stopping: threading.Event, timetable: Mapping[str, float] = TIMETABLE) -> None:
    """Ring by the timetable, all of it at once to begin with, until asked to stop."""
    due = dict.fromkeys(timetable, time.monotonic())
    while not stopping.is_set():
        now = time.monotonic()
        ringing = [name for name, at in due.items() if at <= now]
        bell.ring(ringing)
        due.update({name: now + timetable[name] for name in ringing})
        stopping.wait(max(0.0, min(due.values()) - time.monotonic()))


def main() -> int:
    """Keep the timetable of the settings until SIGTERM or Ctrl-C: 0. 2 where they cannot be used."""
    try:
        settings = current()
        keep_to_level(settings)
        redis = connect_redis(settings.redis_url)
    except (SettingsError, LookupError) as fault:
        print(*fault.args, file=sys.stderr)
        return 2
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    keep(RqBell(redis), stopping)
    return 0


if __name__ == "__main__":
    sys.exit(main())
