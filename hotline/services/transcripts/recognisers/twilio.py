"""Twilio Voice Intelligence (Conversational Intelligence): the Sentences of a Transcript.

`GET /v2/Transcripts/{sid}/Sentences` answers `sentences` (page by page, `meta.next_page_url`), each with media_channel,
transcript, start_time and end_time in seconds as text. Helper libraries and webhooks write the same in camelCase.
A Transcript with its sentences in it also tells who is on which channel: `channel.participants[].role`.
"""

from __future__ import annotations

from typing import Any

from hotline.domain.transcript import Utterance
from hotline.services.transcripts.errors import TranscriptError
from hotline.services.transcripts.recognisers.shape import (
    Heard,
    Segment,
    at,
    bare_list,
    first_list,
    label,
    milliseconds,
    objects,
    voice,
    words,
)

MORE = "这只是转写的一页，后面还有（meta.next_page_url），请取齐各页后再上传，或核对通话是否完整。"
ENCRYPTED = "这是 Twilio 加密转写的下载地址，不是转写内容，请下载并解密后再上传。"
RESULTS = "这是 Twilio 的分析结果（operator_results），不是转写内容，请导出 Sentences。"


def read(document: Any) -> Heard | None:
    """Raises TranscriptError for what else Twilio answers: where the sentences lie, and what was made of them."""
    _refuse_others(document)
    sentences = first_list(document, ("sentences",), ("transcript", "sentences"))
    if sentences is None:
        sentences = bare_list(document)
    if not sentences or "transcript" not in sentences[0]:
        return None
    roles = _roles(document)
    warnings = [MORE] if at(document, "meta", "next_page_url") or at(document, "meta", "nextPageUrl") else []
    return Heard([_sentence(each, number, roles) for number, each in enumerate(_in_order(sentences), 1)], warnings)


def _refuse_others(document: Any) -> None:
    if not isinstance(document, dict) or "sentences" in document:
        return
    if isinstance(document.get("location"), str) and "transcript_sid" in document:
        raise TranscriptError(ENCRYPTED)
    if isinstance(document.get("operator_results"), list):
        raise TranscriptError(RESULTS)


def _in_order(sentences: list[Segment]) -> list[Segment]:
    """By sentence_index where every sentence has one: pages are put together in any order."""
    indexes = [_either(each, "sentence_index", "sentenceIndex") for each in sentences]
    if all(isinstance(index, int) for index in indexes) and len(set(indexes)) == len(indexes):
        return [each for _, each in sorted(zip(indexes, sentences, strict=True), key=lambda pair: pair[0])]
    return sentences


def _roles(document: Any) -> dict[Any, str | None]:
    """Channel number to "Agent" or "Customer", as the transcript was ordered."""
    participants = objects(at(document, "channel", "participants")) + objects(
        at(document, "transcript", "channel", "participants")
    )
    channels = [(_either(each, "channel_participant", "channelParticipant"), each.get("role")) for each in participants]
    return {channel: label(role) for channel, role in channels if isinstance(channel, (int, str))}


def _sentence(segment: Segment, number: int, roles: dict[Any, str | None]) -> Utterance:
    channel = _either(segment, "media_channel", "mediaChannel")
    role = roles.get(channel) if isinstance(channel, (int, str)) else None
    return Utterance(
        role or voice("channel", channel),
        words(segment.get("transcript")),
        number,
        milliseconds(_either(segment, "start_time", "startTime"), 1000),
        milliseconds(_either(segment, "end_time", "endTime"), 1000),
    )


def _either(segment: Segment, snake: str, camel: str) -> Any:
    return segment.get(snake, segment.get(camel))
