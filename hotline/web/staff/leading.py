"""上一件、下一件、返回列表: from a ticket back to the list that it was opened from, and along it."""

from __future__ import annotations

from typing import Any

from flask import request, url_for

from hotline.services.work import Work
from hotline.web.staff import neighbours, report_links

FROM = "from"  # in the address of a ticket and in its forms: the query of the list
LONGEST = 2000  # characters; a longer one is not one of ours


def back() -> str:
    """The list that this request came from, empty for none."""
    asked = request.values.get(FROM, "")
    return asked if len(asked) <= LONGEST else ""


def to(number: str, *, anchor: str | None = None, **more: str | None) -> str:
    """The address of a ticket's page that still knows its list."""
    way: dict[str, Any] = {FROM: back() or None, "_anchor": anchor, **more}
    return url_for("staff.ticket", number=number, **way)


def context(work: Work, number: str) -> dict[str, Any]:
    """`back_url`, and the neighbours in the list, none where the ticket was opened from elsewhere."""
    if (of_month := report_links.list_of(back())) is not None:
        return {"back_url": of_month, "previous_url": None, "next_url": None}
    beside = neighbours.beside(work, back(), number)
    if beside is None:
        return {"back_url": url_for("staff.tickets"), "previous_url": None, "next_url": None}
    return {"back_url": beside.list_url, "previous_url": beside.previous_url, "next_url": beside.next_url}
