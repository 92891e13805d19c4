"""Where the places of the menu stand in it, and by which letter one gets there.

A new line of `context.MENU` needs nothing here: it stands under 管理, without a letter, until it is named.
"""

from __future__ import annotations

from typing import Final, NamedTuple

#: The groups of the menu, in the order of the chain.
GROUPS: Final = ("工作", "受理", "交办", "督办", "考核", "管理")


class Place(NamedTuple):
    """`key` is pressed after `g`, mostly the first letter of the Chinese word; empty where there is none."""

    group: str
    key: str = ""


ELSEWHERE: Final = Place("管理")

#: By the first part of the address behind /desk/.
PLACES: Final = {
    "": Place("工作", "j"),
    "tickets": Place("工作", "g"),
    "field": Place("工作", "x"),
    "ours": Place("工作", "b"),
    "drafts": Place("受理", "l"),
    "calls": Place("受理", "d"),
    "surveys": Place("受理", "h"),
    "quick-texts": Place("受理"),
    "dispatching": Place("交办", "p"),
    "dispatch": Place("交办", "m"),
    "supervision": Place("督办", "u"),
    "checks": Place("督办", "e"),
    "explanations": Place("督办"),
    "instructions": Place("督办", "i"),
    "samples": Place("督办", "c"),
    "appeals": Place("督办", "s"),
    "hot": Place("督办", "r"),
    "cockpit": Place("考核", "v"),
    "board": Place("考核", "q"),
    "briefs": Place("考核", "f"),
    "reports": Place("考核", "y"),
    "ranking": Place("考核", "t"),
    "points": Place("考核", "a"),
    "public": Place("考核", "k"),
    "units": Place("管理", "w"),
    "people": Place("管理", "n"),
    "rules": Place("管理", "z"),
}


def place_of(path: str) -> Place:
    """The place of an address; what is not on the desk itself stands at the end of the menu."""
    _, desk, inside = path.partition("/desk/")
    return PLACES.get(inside.partition("/")[0], ELSEWHERE) if desk else ELSEWHERE
