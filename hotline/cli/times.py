"""Times as people type them at a terminal or in a file."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, tzinfo

from hotline.domain.deadlines import FIRST_YEAR, LAST_YEAR, DeadlineError
from hotline.domain.office_hours import short
from hotline.domain.stretches import Stretch

_END_OF_DAY = re.compile(r"(.{10})[T ]24:00(:00(?:\.0+)?)?(?=[Z+-]|$)")


def read_time(text: object, zone: tzinfo) -> datetime:
    """An ISO 8601 time as UTC; without an offset of its own it is city time. 24:00 is the next midnight.

    Where the clock is set back, a reading that occurs twice is the first; one that it skips in spring is taken with
    the offset before the jump, as RFC 5545 §3.3.5 has it (02:30 becomes 03:30). Raises DeadlineError.
    """
    if not isinstance(text, str):
        raise DeadlineError(f"时间应写作“2026-02-13T17:00”，而不是“{short(text)}”")
    days = 0
    try:
        if _END_OF_DAY.match(text.strip()):
            days, text = 1, _END_OF_DAY.sub(r"\1T00:00", text.strip())
        moment = datetime.fromisoformat(text.strip()) + timedelta(days=days)
    except (ValueError, OverflowError):
        raise DeadlineError(f"看不懂的时间“{short(text)}”，应写作“2026-02-13T17:00”") from None
    if not FIRST_YEAR <= moment.year <= LAST_YEAR:
        raise DeadlineError(f"{moment.year} 年超出可计算的范围（{FIRST_YEAR} 至 {LAST_YEAR} 年）")
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=zone)
    return moment.astimezone(UTC)


def read_pause(text: str, zone: tzinfo) -> Stretch:
    """`FROM/TO`, two times. Raises DeadlineError."""
    begin, slash, end = text.partition("/")
    if not slash:
        raise DeadlineError(f"看不懂的挂账时段“{short(text)}”，应写作“起/止”，如 2026-02-13T17:00/2026-02-16T09:00")
    return read_time(begin, zone), read_time(end, zone)
