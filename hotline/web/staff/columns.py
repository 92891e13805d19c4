"""列表的列: which are shown, kept for each person in this browser; and the order, chosen at their heads."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import redirect, request
from werkzeug.wrappers import Response as AnyResponse

from hotline.domain.actors import Actor
from hotline.services import asked, tabulating
from hotline.services.desk import Search, Sort
from hotline.web.door import actor
from hotline.web.staff.asked import begun, search_of, url

KEPT = timedelta(days=400)  # as long as browsers keep anything
#: What a column can be sorted by: the first when it is not sorted by it yet, then in turn.
SORTS: dict[str, tuple[tuple[Sort, str], ...]] = {
    "number": ((Sort.NEWEST, "descending"), (Sort.OLDEST, "ascending")),
    "received": ((Sort.NEWEST, "descending"), (Sort.OLDEST, "ascending")),
    "due": ((Sort.DUE, "ascending"),),
    "heat": ((Sort.HEAT, "descending"),),
    "level": ((Sort.LEVEL, "descending"),),
}


def keep() -> AnyResponse:
    """POST /desk/columns: show these from now on."""
    query = request.form.get("query", "")
    response = redirect(url(begun(search_of(actor(), query))), 303)
    names = tabulating.chosen(request.form.getlist("column"))
    response.set_cookie(
        _cookie(actor()), ".".join(names), max_age=KEPT, httponly=True, samesite="Lax", secure=request.is_secure,
        path="/desk",
    )  # fmt: skip
    return response


def chosen(actor: Actor, query: str) -> tuple[str, ...]:
    """Those that the address names, as of a saved list; else the person's own."""
    named = ".".join(asked.fields(query).get("columns", [])) or request.cookies.get(_cookie(actor), "")
    return tabulating.chosen(named.split("."))


def _cookie(actor: Actor) -> str:
    return f"columns-{actor.staff_id}"


def offered(names: tuple[str, ...]) -> list[dict[str, Any]]:
    """All that can be chosen."""
    return [
        {"name": column.name, "label": column.label, "checked": column.name in names}
        for column in tabulating.COLUMNS
        if not column.fixed
    ]


def heads(search: Search, names: tuple[str, ...], **more: str | None) -> list[dict[str, Any]]:
    """The heads of the table, each with the address that sorts by it."""
    return [_head(search, name, **more) for name in names]


def _head(search: Search, name: str, **more: str | None) -> dict[str, Any]:
    ways = SORTS.get(name, ())
    head: dict[str, Any] = {"name": name, "label": tabulating.BY_NAME[name].label, "sorted": None, "url": None}
    if not ways:
        return head
    place = next((place for place, (sort, _) in enumerate(ways) if sort is search.order), None)
    following = ways[0] if place is None else ways[(place + 1) % len(ways)]
    head["sorted"] = ways[place][1] if place is not None else None
    if place is None or len(ways) > 1:
        head["url"] = url(begun(search, sort=following[0]), **more)
    return head
