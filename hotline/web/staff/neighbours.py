"""上一件、下一件: the tickets beside this one in the list that it was opened from.

The link of a row carries its list's address and its place on the page. So the page is read once more, and where the
ticket has left the list meanwhile (its step was taken), the one that has moved up to its place is the next.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from flask import url_for

from hotline.domain.errors import Invalid
from hotline.services import asked, desk
from hotline.services.desk import Search
from hotline.services.work import Work
from hotline.web.staff.asked import begun, search_of, url


@dataclass(frozen=True)
class Beside:
    """Addresses: of the list, and of its tickets before and after this one."""

    list_url: str
    previous_url: str | None
    next_url: str | None


def beside(work: Work, back: str, number: str) -> Beside | None:
    """What stands beside the ticket in the list `back`, the query that its link brought as `from`; None without one.

    One page is read; another one where the ticket is the first or the last of it.
    """
    if not back:
        return None
    search = search_of(work.actor, back)
    try:
        page = desk.page(work, search)
    except Invalid:  # somebody has changed the address
        return Beside(url(begun(search)), None, None)
    numbers = [line.ticket.number for line in page.lines]
    place = numbers.index(number) if number in numbers else None
    following = place + 1 if place is not None else _place(back)
    before = (place if place is not None else following) - 1
    return Beside(
        url(search),
        _link(search, numbers, before) or (_turned(work, search, before=page.previous) if before < 0 else None),
        _link(search, numbers, following) or _turned(work, search, after=page.next),
    )


def _place(back: str) -> int:
    text = asked.fields(back).get("row", ["0"])[0]
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 4 else 0


def _link(search: Search, numbers: list[str], place: int) -> str | None:
    if not 0 <= place < len(numbers):
        return None
    way: dict[str, Any] = {"from": f"{asked.write(search)}&row={place}"}
    return url_for("staff.ticket", number=numbers[place], **way)


def _turned(work: Work, search: Search, *, before: str = "", after: str = "") -> str | None:
    """The nearest ticket of the page before or after this one."""
    if not (before or after):
        return None
    other = replace(search, before=before, after=after)
    numbers = [line.ticket.number for line in desk.page(work, other).lines]
    return _link(other, numbers, len(numbers) - 1 if before else 0)
