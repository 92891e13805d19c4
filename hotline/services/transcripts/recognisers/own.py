"""Ours: {"turns": [{"speaker": "坐席", "text": "…", "start": 1.0, "end": 3.5}]}, seconds; or the bare list of turns."""

from __future__ import annotations

from typing import Any

from hotline.domain.transcript import Utterance
from hotline.services.transcripts.recognisers.shape import (
    Heard,
    Segment,
    first_list,
    heard,
    label,
    milliseconds,
    objects,
    words,
)

LISTS = (("turns",), ("dialogue",), ("messages",), ("conversation",))


def read(document: Any) -> Heard | None:
    """Turns with a speaker (or role) and a text (or content)."""
    if isinstance(document, list):
        return heard(objects(document), _turn)
    return heard(first_list(document, *LISTS), _turn)


def _turn(segment: Segment, number: int) -> Utterance:
    return Utterance(
        label(segment.get("speaker", segment.get("role"))),
        words(segment.get("text", segment.get("content"))),
        number,
        milliseconds(segment.get("start"), 1000),
        milliseconds(segment.get("end"), 1000),
    )
