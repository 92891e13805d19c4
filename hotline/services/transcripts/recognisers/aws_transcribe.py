"""AWS Transcribe, the plain batch job: words (`results.items`), each with its speaker or channel, seconds as text.

Newer jobs also give whole `audio_segments`; older ones tell the speaker only in `speaker_labels.segments`, by times.
With channel identification the words lie by channel in `channel_labels.channels`.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from typing import Any

from hotline.domain.transcript import Utterance
from hotline.services.transcripts.recognisers.shape import (
    Heard,
    Segment,
    at,
    heard,
    label,
    milliseconds,
    objects,
    words,
)


def read(document: Any) -> Heard | None:
    """Runs of words by one voice."""
    results = at(document, "results")
    if not isinstance(results, dict) or not {"items", "audio_segments", "channel_labels"} & results.keys():
        return None
    segments = objects(results.get("audio_segments"))
    if segments and any(_voice(segment) for segment in segments):
        return heard(segments, _segment)
    return Heard([_run(list(run), number) for number, (_, run) in enumerate(_runs(_words(results)), 1)])


def _segment(segment: Segment, number: int) -> Utterance:
    return Utterance(
        _voice(segment),
        words(segment.get("transcript")),
        number,
        milliseconds(segment.get("start_time"), 1000),
        milliseconds(segment.get("end_time"), 1000),
    )


def _voice(segment: Segment) -> str | None:
    return label(segment.get("speaker_label", segment.get("channel_label")))


Word = tuple[str | None, str, int | None, int | None]


def _words(results: Segment) -> list[Word]:
    """(voice, word, start, end) in the order in which they were said; a full stop belongs to the word before it."""
    channels = objects(at(results, "channel_labels", "channels"))
    if channels:
        items = [
            ({"channel_label": channel.get("channel_label")} | item, start)
            for channel in channels
            for item, start in _timed(channel)
        ]
    else:
        items = _timed(results)
    told = {
        (word.get("start_time"), word.get("end_time")): label(word.get("speaker_label"))
        for segment in objects(at(results, "speaker_labels", "segments"))
        for word in objects(segment.get("items"))
    }
    found: list[Word] = []
    for item, start in sorted(items, key=lambda pair: pair[1]):
        alternatives = objects(item.get("alternatives"))
        said = words(alternatives[0].get("content")) if alternatives else ""
        by_time = told.get((item.get("start_time"), item.get("end_time")))
        mark = _voice(item) or by_time or (found[-1][0] if found else None)
        found.append((mark, said, start if item.get("start_time") else None, milliseconds(item.get("end_time"), 1000)))
    return found


def _timed(holder: Segment) -> list[tuple[Segment, int]]:
    """Each word with its time; punctuation, which has none, with that of the word before it."""
    timed, last = [], 0
    for item in objects(holder.get("items")):
        own = milliseconds(item.get("start_time"), 1000)
        last = last if own is None else own
        timed.append((item, last))
    return timed


def _runs(found: Iterable[Word]) -> Iterable[tuple[str | None, Iterable[Word]]]:
    return groupby(found, key=lambda word: word[0])


def _run(run: list[Word], number: int) -> Utterance:
    starts = [start for _, _, start, _ in run if start is not None]
    ends = [end for _, _, _, end in run if end is not None]
    return Utterance(run[0][0], _joined(run), number, min(starts) if starts else None, max(ends) if ends else None)


def _joined(run: list[Word]) -> str:
    """Latin words with a blank between them; Chinese, digits and punctuation without."""
    text = ""
    for _, said, _, _ in run:
        ends = text[-1:] + said[:1]
        between = len(ends) == 2 and ends.isascii() and ends[1].isalnum() and not ends.isdecimal()
        text += f" {said}" if between else said
    return text
