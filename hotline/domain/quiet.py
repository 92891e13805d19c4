"""不发短信的时段: nobody is woken by an answer. City time; the period may run over midnight."""

from __future__ import annotations

from datetime import datetime, time, timedelta, tzinfo

Quiet = tuple[time, time]


def quiet_until(moment: datetime, quiet: Quiet | None, zone: tzinfo) -> datetime | None:
    """When the quiet hours that hold at `moment` end; None if none do. The first minute is quiet, the last is not."""
    if quiet is None:
        return None
    begin, end = quiet
    local = moment.astimezone(zone)
    now = local.time()
    over_midnight = begin > end
    if not (now >= begin or now < end if over_midnight else begin <= now < end):
        return None
    day = local.date() + timedelta(days=1 if over_midnight and now >= begin else 0)
    return datetime.combine(day, end, zone)
