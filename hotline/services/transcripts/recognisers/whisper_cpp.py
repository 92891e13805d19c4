"""whisper.cpp (`-oj`): `transcription`, offsets in milliseconds; speaker (`--diarize`), turns (`--tinydiarize`)."""

from __future__ import annotations

from typing import Any

from hotline.domain.transcript import Utterance
from hotline.services.transcripts.recognisers.shape import (
    Heard,
    Segment,
    at,
    bare_list,
    first_list,
    label,
    milliseconds,
    voice,
    words,
)

UNSURE = "?"  # what whisper.cpp writes where both channels were equally loud


def read(document: Any) -> Heard | None:
    """The segments."""
    found = first_list(document, ("transcription",)) or bare_list(document, "text", "offsets")
    if found is None:
        return None
    utterances, turn = [], 0
    for number, segment in enumerate(found, 1):
        utterances.append(_segment(segment, number, turn))
        turn += segment.get("speaker_turn_next") is True
    return Heard(utterances)


def _segment(segment: Segment, number: int, turn: int) -> Utterance:
    speaker = label(segment.get("speaker"))
    mark = None if speaker == UNSURE else voice("speaker", speaker)
    if "speaker_turn_next" in segment:
        mark = voice("speaker", turn % 2)  # a telephone has two ends
    return Utterance(
        mark,
        words(segment.get("text")),
        number,
        _time(segment, "from"),
        _time(segment, "to"),
    )


def _time(segment: Segment, end: str) -> int | None:
    exact = milliseconds(at(segment, "offsets", end), 1)
    return milliseconds(at(segment, "timestamps", end), 1000) if exact is None else exact
