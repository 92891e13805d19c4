"""可能是同一件事: how a likely same matter is shown beside a draft or a ticket, with the button that joins it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask import url_for

from hotline.services.matching import Match

MOST = 3  # as many as are looked at before the next call


def lines(matches: Iterable[Match]) -> list[dict[str, Any]]:
    """As macros/alike.html takes them."""
    return [
        {
            "number": found.number,
            "url": url_for("staff.ticket", number=found.number),
            "matter": found.matter,
            "place": found.place or "未写明地点",
            "how": f"{'很可能' if found.likely else '可能'}是同一件事，相似度{found.score * 100:.0f}%",
            "why": "；".join(found.reasons),
            "state": found.state.value,
            "state_label": found.state_label,
            "received_at": found.received_at,
            "heat": found.heat,
            "joins": found.can_join,
        }
        for found in matches
    ]
