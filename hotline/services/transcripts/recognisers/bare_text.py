"""Recognisers that were asked for nothing but the text: {"text": "坐席：您好\\n市民：…"}."""

from __future__ import annotations

from typing import Any

from hotline.domain.transcript import Utterance
from hotline.services.transcripts.recognisers.shape import Heard, at, words

PATHS = (("text",), ("result", "text"), ("data", "text"), ("transcript",))


def read(document: Any) -> Heard | None:
    """Each line of the text; who speaks is settled by what is said, where no mark tells."""
    for path in PATHS:
        text = at(document, *path)
        if isinstance(text, str):
            lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
            return Heard([Utterance(None, words(line), number) for number, line in enumerate(lines, 1)])
    return None
