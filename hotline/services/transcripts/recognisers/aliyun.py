"""阿里云 录音文件识别: `Result.Sentences` with Text, ChannelId (or SpeakerId), BeginTime and EndTime in milliseconds.

Each channel of a recording is told for itself, one after the other; they are put in the order of speech.
"""

from __future__ import annotations

from typing import Any

from hotline.domain.transcript import Utterance
from hotline.services.transcripts.recognisers.shape import (
    Heard,
    Segment,
    bare_list,
    first_list,
    heard,
    milliseconds,
    voice,
    words,
)

LISTS = (("Result", "Sentences"), ("result", "Sentences"), ("Data", "Sentences"), ("Sentences",))


def read(document: Any) -> Heard | None:
    """The sentences, and who said them."""
    sentences = first_list(document, *LISTS) or bare_list(document, "Text", "BeginTime")
    return None if sentences is None else heard(sorted(sentences, key=_begin), _sentence)


def _begin(segment: Segment) -> int:
    return milliseconds(segment.get("BeginTime"), 1) or 0


def _sentence(segment: Segment, number: int) -> Utterance:
    return Utterance(
        voice("speaker", segment.get("SpeakerId", segment.get("ChannelId"))),
        words(segment.get("Text")),
        number,
        milliseconds(segment.get("BeginTime"), 1),
        milliseconds(segment.get("EndTime"), 1),
    )
