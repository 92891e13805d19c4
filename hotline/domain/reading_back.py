"""核对: what the machine says back to the caller, and what the caller puts right with it.

What was denied, or corrected in passing ("对，不过是建国路"), is never said again: the draft is drawn out of the whole
call, and what is said back and agreed to counts.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from hotline.domain.cues import SURE_MATTER, tells_further
from hotline.domain.drafting import DraftParts
from hotline.domain.parts import Part, is_confirmed, is_readback
from hotline.domain.places import place_keys, place_of, places_of
from hotline.domain.smoothing import smooth
from hotline.domain.transcript import OPERATOR, Turn

_OF_ITS_OWN = re.compile("[路街道巷桥弄里村镇]$|小区|花园|社区|公寓|家园")  # where one is, the other is not
_LIVES = re.compile("(?:住|家)(?:就)?(?:在|是)?[^，,。]{0,3}$")
_CORRECTS = re.compile("不过|但是?|可是|应该是|其实|错了?|不是|是在|更正|只是")


def read_back(turns: Sequence[Turn], parts: DraftParts, since: Callable[[int], DraftParts]) -> tuple[str, str]:
    """(matter, place), as they are said back; each may be empty. `parts` of the whole call; `since`: the parts of what
    was said from that turn on. What was told after a correction comes first."""
    matter, place = words_of(parts.matter), words_of(parts.place)
    index = _put_right(turns)
    if index is None:
        return matter, place
    told = since(index + 1)
    if words_of(told.place) not in place:  # of a crossing only one road was wrong
        place = words_of(told.place)
    if told.matter is not None and told.matter.confidence >= SURE_MATTER:
        matter = words_of(told.matter)
    return (_with_place(matter, place) if told.place is not None else matter), place


def names_another_place(turns: Sequence[Turn], index: int) -> bool:
    """Whether the caller's words after the readback `index` name a place that it did not: not one that is only more
    exact, nor where the caller lives, nor that of a second matter."""
    back = turns[index].text
    for turn in turns[index + 1 :]:
        if turn.speaker == OPERATOR:
            return False
        text = smooth(turn.text).text
        found = place_of(text)
        if found is None or _LIVES.search(text[: found.start]) or tells_further(turn.text):
            continue
        keys = place_keys(found.value, "")
        if keys and not any(key in back for key in keys):
            corrects = _CORRECTS.search(text[: found.start]) is not None
            return corrects or any(_OF_ITS_OWN.search(key) for key in keys)
    return False


def is_denied(turns: Sequence[Turn], index: int) -> bool:
    """Whether the caller denied the readback `index`; a "不" to a question denies nothing."""
    return is_readback(turns[index]) and is_confirmed(turns, index) is False


def words_of(part: Part | None) -> str:
    """A part as it is spoken; empty where there is none."""
    return str(part.value or "").strip(" ，,。；;、") if part is not None else ""


def _put_right(turns: Sequence[Turn]) -> int | None:
    """The last readback that the caller denied or corrected."""
    for index in range(len(turns) - 1, -1, -1):
        if is_readback(turns[index]) and (is_denied(turns, index) or names_another_place(turns, index)):
            return index
    return None


def _with_place(matter: str, place: str) -> str:
    """The sentence with the right place in the stead of a wrong one."""
    for found in reversed(places_of(matter)):
        if found.value not in place:
            matter = matter[: found.start] + place + matter[found.end :]
    return matter
