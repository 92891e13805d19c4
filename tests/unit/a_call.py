"""When the calls of the drafting tests came in, and in which city."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

CITY = ZoneInfo("Asia/Shanghai")
CALLED = datetime(2026, 3, 11, 9, 30, tzinfo=CITY)  # a Wednesday
