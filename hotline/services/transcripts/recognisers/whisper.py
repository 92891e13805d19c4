"""Whisper and what was built on it, seconds: `segments` of openai-whisper, the OpenAI API (verbose_json and
diarized_json), faster-whisper and WhisperX (speaker); `speakers` or `chunks` of the Hugging Face pipelines.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

from hotline.domain.transcript import Utterance
from hotline.services.transcripts.recognisers.shape import (
    Heard,
    Segment,
    bare_list,
    first_list,
    heard,
    label,
    milliseconds,
    objects,
    words,
)


def read(document: Any) -> Heard | None:
    """The segments; None where there are none and the text stands for itself."""
    found = first_list(document, ("segments",), ("result", "segments"))
    if found is None:
        found = first_list(document, ("speakers",), ("chunks",)) or bare_list(document, "text", "timestamp")
    return heard(found, _segment)


def _segment(segment: Segment, number: int) -> Utterance:
    start, end = _bounds(segment)
    return Utterance(
        label(segment.get("speaker", segment.get("role"))) or _speaker_of_words(segment),
        words(segment.get("text", segment.get("content"))),
        number,
        milliseconds(start, 1000),
        milliseconds(end, 1000),
    )


def _bounds(segment: Segment) -> tuple[Any, Any]:
    stamp = segment.get("timestamp")
    if isinstance(stamp, list) and len(stamp) == 2:
        return stamp[0], stamp[1]
    return segment.get("start"), segment.get("end")


def _speaker_of_words(segment: Segment) -> str | None:
    """WhisperX tells the speaker of every word; most of them count."""
    told = Counter(label(word.get("speaker")) for word in objects(segment.get("words")))
    del told[None]
    return told.most_common(1)[0][0] if told else None
