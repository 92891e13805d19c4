"""What the public list is narrowed to, as it stands in the address; and the address of the same list elsewhere."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from flask import url_for
from werkzeug.datastructures import MultiDict

from hotline.domain.texts import clean
from hotline.services.paging import FIRST
from hotline.services.showing import Asked, Choices
from hotline.web.paging import place_of

LONGEST = 60
STATES = {"open": False, "done": True}


def read(args: MultiDict[str, str], choices: Choices) -> Asked:
    """What is asked for; words that mean nothing here are left out: an old bookmark still opens."""
    group, category = _category(_word(args, "group"), _word(args, "category"), choices)
    return Asked(
        group=group,
        category=category,
        area=_word(args, "area"),
        done=STATES.get(args.get("state", "")),
        text=_word(args, "q"),
        since=_day(args.get("since", "")),
        place=place_of(args),
    )


def _category(group: str, category: str, choices: Choices) -> tuple[str, str]:
    """A category alone tells its 大类; one of another 大类 than the chosen one was left over from before.

    One of which nothing is public yet is no reason to show everything.
    """
    of = next((name for name, rows in choices.groups.items() if any(code == category for code, _ in rows)), "")
    if of and group not in ("", of):
        return group, ""
    return of or group, category


def written(asked: Asked) -> dict[str, str]:
    """The values of the filters, by their names in the address."""
    return {
        "group": asked.group,
        "category": asked.category,
        "area": asked.area,
        "state": next((word for word, done in STATES.items() if done is asked.done), ""),
        "q": asked.text,
        "since": asked.since.isoformat() if asked.since else "",
    }


def address(endpoint: str, asked: Asked, **more: Any) -> str:
    """The list of that endpoint, narrowed likewise, from its beginning unless `after` or `before` is given."""
    values: dict[str, Any] = {name: value for name, value in written(asked).items() if value}
    return url_for(endpoint, **values, **more)


def of_feed(asked: Asked) -> Asked:
    """A feed follows a category and an area."""
    return replace(asked, done=None, text="", since=None, place=FIRST)


def _word(args: MultiDict[str, str], name: str) -> str:
    return clean(args.get(name, ""))[:LONGEST].strip()


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if len(text) == 10 else None
    except ValueError:
        return None
