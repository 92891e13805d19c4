"""Where in a list an address stands: `after` the last row of a page or `before` its first (services/paging.py)."""

from __future__ import annotations

from werkzeug.datastructures import MultiDict

from hotline.services.paging import Place


def place_of(args: MultiDict[str, str]) -> Place[int]:
    """What is no id is left out: a broken address opens the beginning of the list."""
    after, before = (_id(args.get(name, "")) for name in ("after", "before"))
    return Place(after) if after is not None else Place(before=before)


def _id(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else None
