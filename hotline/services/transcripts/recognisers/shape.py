"""What the readers of recognisers' JSON share: walking a document; text, marks and times of what is there."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from hotline.domain.texts import clean
from hotline.domain.transcript import Utterance, split_label

Segment = dict[str, Any]
LONGEST_MARK = 40
_NO_BLANK = re.compile(r"(?<=[^\x00-\x7f]) | (?=[^\x00-\x7f])|(?<=\d) (?=\d)")
_CLOCK = re.compile(r"(?:(\d{1,3}):)?(\d{1,3}):(\d{2})(?:[.,](\d{1,6}))?")


@dataclass(frozen=True)
class Heard:
    """What one document says: utterances in the order of the source, and doubts in Chinese for the operator."""

    utterances: list[Utterance]
    warnings: list[str] = field(default_factory=list)


def at(document: Any, *path: str) -> Any:
    """What lies at the end of these keys; None where there is nothing."""
    for key in path:
        document = document.get(key) if isinstance(document, dict) else None
    return document


def first_list(document: Any, *paths: Sequence[str]) -> list[Segment] | None:
    """The objects of the first of these lists that is there; what is no object in it is passed over."""
    for path in paths:
        found = at(document, *path)
        if isinstance(found, list):
            return objects(found)
    return None


def objects(found: Any) -> list[Segment]:
    """The objects of a list."""
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []


def bare_list(document: Any, *keys: str) -> list[Segment] | None:
    """The objects of a document that is itself the list (JSON Lines too), if the first has all these keys."""
    found = objects(document)
    return found if found and all(key in found[0] for key in keys) else None


def heard(segments: Iterable[Segment] | None, read: Callable[[Segment, int], Utterance]) -> Heard | None:
    """Each segment with its number, counted from 1; None where there is no such list."""
    return None if segments is None else Heard([read(segment, number) for number, segment in enumerate(segments, 1)])


def words(value: Any) -> str:
    """Text as it is stored; "" for what is no text. Some recognisers set Chinese with a blank after each character."""
    text = clean(value) if isinstance(value, str) else ""
    return _NO_BLANK.sub("", text) if text.count(" ") * 3 >= len(text) > 0 else text


def label(value: Any) -> str | None:
    """A speaker's mark; None where there is none."""
    if isinstance(value, bool) or not isinstance(value, (str, int)):
        return None
    return clean(str(value))[:LONGEST_MARK] or None


def voice(kind: str, value: Any) -> str | None:
    """A mark that only tells voices apart: "channel 1"."""
    mark = label(value)
    return f"{kind} {mark}" if mark else None


def milliseconds(value: Any, factor: int) -> int | None:
    """A time of the source, told in seconds (factor 1000), milliseconds (1) or as 00:01:02,500; None for nonsense."""
    if isinstance(value, str) and (clock := _CLOCK.fullmatch(value.strip())):
        hours, minutes, seconds, fraction = clock.groups()
        whole = int(hours or 0) * 3600 + int(minutes) * 60 + int(seconds)
        return whole * 1000 + int(((fraction or "") + "000")[:3])
    try:
        amount = float(value) * factor
    except (TypeError, ValueError, OverflowError):
        return None
    return round(amount) if math.isfinite(amount) and 0 <= amount < 1e10 else None


def split_marks(utterances: list[Utterance]) -> list[Utterance]:
    """Segments without a speaker may carry the mark in their text ("坐席：您好")."""
    if any(utterance.label for utterance in utterances):
        return utterances
    split = []
    for told in utterances:
        mark, rest, _ = split_label(told.text)
        split.append(Utterance(mark, rest, told.line, told.start_ms, told.end_ms))
    return split
