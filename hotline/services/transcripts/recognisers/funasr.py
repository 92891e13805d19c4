"""FunASR: `sentence_info` of AutoModel (text, older: sentence; spk; milliseconds), `stamp_sents` of its servers.

`stamp_sents` has text_seg with a blank after each character and its punctuation mark apart (`punc`), and no speakers.
The pipelines of ModelScope call the list `sentences`, with the times in `ts_list`.
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

LISTS = (
    ("sentence_info",),
    ("result", "sentence_info"),
    ("stamp_sents",),
    ("result", "stamp_sents"),
)


def read(document: Any) -> Heard | None:
    """The sentences; None where the list is empty and the text stands for itself."""
    sentences = first_list(document, *LISTS) or first_list(document, ("sentences",))
    if not sentences:
        sentences = bare_list(document, "spk", "start") or bare_list(document, "text_seg")
    return heard(sentences, _sentence) if sentences else None


def _sentence(segment: Segment, number: int) -> Utterance:
    said = segment.get("text", segment.get("sentence", segment.get("text_seg")))
    mark = segment.get("punc") if "text_seg" in segment else None
    first, last = _bounds(segment.get("ts_list", segment.get("timestamp")))
    return Utterance(
        voice("spk", segment.get("spk")),
        words(said) + words(mark),
        number,
        milliseconds(segment.get("start", first), 1),
        milliseconds(segment.get("end", last), 1),
    )


def _bounds(stamps: Any) -> tuple[Any, Any]:
    """Beginning of the first word and end of the last."""
    if isinstance(stamps, list) and stamps and all(isinstance(each, list) and len(each) == 2 for each in stamps):
        return stamps[0][0], stamps[-1][1]
    return None, None
