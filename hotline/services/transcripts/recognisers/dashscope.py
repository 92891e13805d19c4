"""阿里云百炼 (Paraformer-v2, Fun-ASR, Qwen-ASR): `transcripts[]`, one for each channel, with `sentences[]`.

begin_time and end_time in milliseconds; speaker_id where speakers were told apart, else the channel tells.
"""

from __future__ import annotations

from typing import Any

from hotline.domain.transcript import Utterance
from hotline.services.transcripts.recognisers.shape import (
    Heard,
    Segment,
    at,
    bare_list,
    heard,
    milliseconds,
    objects,
    voice,
    words,
)


def read(document: Any) -> Heard | None:
    """The sentences of all channels in the order of speech."""
    channels = objects(at(document, "transcripts"))
    if channels and isinstance(channels[0].get("sentences"), list):
        several = len(channels) > 1
        found = [
            segment | {"channel": channel.get("channel_id") if several else None}
            for channel in channels
            for segment in objects(channel["sentences"] if isinstance(channel.get("sentences"), list) else [])
        ]
    elif (bare := bare_list(document, "text", "begin_time")) is not None:
        found = bare
    else:
        return None
    return heard(sorted(found, key=_begin), _sentence)


def _begin(segment: Segment) -> int:
    return milliseconds(segment.get("begin_time"), 1) or 0


def _sentence(segment: Segment, number: int) -> Utterance:
    return Utterance(
        voice("channel", segment.get("channel")) or voice("speaker", segment.get("speaker_id")),
        words(segment.get("text")),
        number,
        milliseconds(segment.get("begin_time"), 1),
        milliseconds(segment.get("end_time"), 1),
    )
