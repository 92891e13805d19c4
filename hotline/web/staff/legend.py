"""图例: one promise in each of its ways to stand in time."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any


def dues(now: datetime) -> list[dict[str, Any]]:
    """正常, 将到期, 已超期, 挂账, 办结: as macros/time.html shows them at this moment (aware UTC)."""
    late = now - timedelta(hours=5)
    return [
        {"due_at": now + timedelta(days=2, hours=3)},
        {"due_at": now + timedelta(hours=5)},
        {"due_at": late},
        {"due_at": now, "paused": True, "paused_until": now + timedelta(days=20)},
        {"due_at": late, "met_at": late - timedelta(hours=1)},
    ]
