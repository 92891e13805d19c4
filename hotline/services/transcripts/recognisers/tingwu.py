"""通义听悟: `Transcription.Paragraphs[]`, each by one SpeakerId, in `Words[]` with SentenceId, Start and End (ms)."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from hotline.domain.transcript import Utterance
from hotline.services.transcripts.recognisers.shape import (
    Heard,
    Segment,
    first_list,
    milliseconds,
    objects,
    voice,
    words,
)


def read(document: Any) -> Heard | None:
    """One utterance for each sentence of a paragraph."""
    paragraphs = first_list(document, ("Transcription", "Paragraphs"), ("Paragraphs",))
    if paragraphs is None:
        return None
    sentences = [
        (paragraph.get("SpeakerId"), list(run))
        for paragraph in paragraphs
        for _, run in groupby(objects(paragraph.get("Words")), key=lambda word: str(word.get("SentenceId")))
    ]
    return Heard([_sentence(speaker, run, number) for number, (speaker, run) in enumerate(sentences, 1)])


def _sentence(speaker: Any, run: list[Segment], number: int) -> Utterance:
    return Utterance(
        voice("speaker", speaker),
        words("".join(each for word in run if isinstance(each := word.get("Text"), str))),
        number,
        milliseconds(run[0].get("Start"), 1),
        milliseconds(run[-1].get("End"), 1),
    )
