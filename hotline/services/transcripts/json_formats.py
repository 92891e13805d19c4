"""JSON of recognisers, one small reader each; told apart by the key that carries the segments.

Ours, Whisper, Twilio Voice Intelligence, AWS Transcribe Call Analytics, Aliyun file transcription, FunASR.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from typing import Any

from hotline.domain.texts import clean
from hotline.domain.transcript import Turn, Utterance, settle_speakers, split_label
from hotline.services.transcripts.errors import TranscriptError

Segment = dict[str, Any]


def read_json(text: str) -> tuple[list[Turn], str]:
    """(turns, name of the format: "json/whisper" …). Raises TranscriptError for broken JSON or an unknown shape."""
    try:
        document = json.loads(text)
    except RecursionError as fault:
        raise TranscriptError("JSON 嵌套层数过多，无法读取。") from fault
    except ValueError as fault:
        where = f"（第 {fault.lineno} 行）" if isinstance(fault, json.JSONDecodeError) else ""
        raise TranscriptError(f"JSON 格式有误{where}，文件可能不完整，请重新导出后上传。") from fault
    name, segments, read = _find_segments(document)
    utterances = [read(segment, number) for number, segment in enumerate(segments, 1) if isinstance(segment, dict)]
    return settle_speakers(_split_marks(utterances)), f"json/{name}"


Reader = Callable[[Segment, int], Utterance]


def _find_segments(document: Any) -> tuple[str, list[Any], Reader]:
    if isinstance(document, list):
        if len(document) == 1 and isinstance(document[0], dict) and isinstance(document[0].get("sentence_info"), list):
            document = document[0]  # FunASR answers a list of one recording
        else:
            return "turns", document, _read_turn
    if isinstance(document, dict):
        for name, path, read in _FORMATS:
            segments = _at(document, path)
            if isinstance(segments, list):
                return name, segments, read
    raise TranscriptError(
        '不认识这种 JSON 转写格式。可以使用 {"turns": [{"speaker": "坐席", "text": "…", "start": 0.0}]}。'
    )


def _at(document: Any, path: tuple[str, ...]) -> Any:
    for key in path:
        document = document.get(key) if isinstance(document, dict) else None
    return document


def _read_turn(segment: Segment, number: int) -> Utterance:
    """Ours: {"speaker", "text", "start", "end"}, seconds."""
    return Utterance(
        _label(segment.get("speaker", segment.get("role"))),
        _text(segment.get("text", segment.get("content"))),
        number,
        _milliseconds(segment.get("start"), 1000),
        _milliseconds(segment.get("end"), 1000),
    )


def _read_twilio(segment: Segment, number: int) -> Utterance:
    """Sentences resource: media_channel, transcript, start_time and end_time in seconds as text."""
    return Utterance(
        _voice("channel", segment.get("media_channel")),
        _text(segment.get("transcript")),
        number,
        _milliseconds(segment.get("start_time"), 1000),
        _milliseconds(segment.get("end_time"), 1000),
    )


def _read_aws(segment: Segment, number: int) -> Utterance:
    """Call Analytics: ParticipantRole AGENT or CUSTOMER, Content, offsets in milliseconds."""
    return Utterance(
        _label(segment.get("ParticipantRole", segment.get("ParticipantId"))),
        _text(segment.get("Content")),
        number,
        _milliseconds(segment.get("BeginOffsetMillis"), 1),
        _milliseconds(segment.get("EndOffsetMillis"), 1),
    )


def _read_aliyun(segment: Segment, number: int) -> Utterance:
    """录音文件识别: Text, ChannelId (or SpeakerId), BeginTime and EndTime in milliseconds."""
    return Utterance(
        _voice("speaker", segment.get("SpeakerId", segment.get("ChannelId"))),
        _text(segment.get("Text")),
        number,
        _milliseconds(segment.get("BeginTime"), 1),
        _milliseconds(segment.get("EndTime"), 1),
    )


def _read_funasr(segment: Segment, number: int) -> Utterance:
    """sentence_info: text (older: sentence), spk, start and end in milliseconds."""
    return Utterance(
        _voice("spk", segment.get("spk")),
        _text(segment.get("text", segment.get("sentence"))),
        number,
        _milliseconds(segment.get("start"), 1),
        _milliseconds(segment.get("end"), 1),
    )


_FORMATS: tuple[tuple[str, tuple[str, ...], Reader], ...] = (
    ("turns", ("turns",), _read_turn),
    ("twilio", ("sentences",), _read_twilio),
    ("aws", ("Transcript",), _read_aws),
    ("aliyun", ("Result", "Sentences"), _read_aliyun),
    ("aliyun", ("Sentences",), _read_aliyun),
    ("funasr", ("sentence_info",), _read_funasr),
    ("whisper", ("segments",), _read_turn),
)


def _split_marks(utterances: list[Utterance]) -> list[Utterance]:
    """Segments without a speaker may carry the mark in their text ("坐席：您好")."""
    if any(utterance.label for utterance in utterances):
        return utterances
    split = []
    for told in utterances:
        label, rest, _ = split_label(told.text)
        split.append(Utterance(label, rest, told.line, told.start_ms, told.end_ms))
    return split


def _text(value: Any) -> str:
    return clean(value) if isinstance(value, str) else ""


def _label(value: Any) -> str | None:
    return clean(str(value))[:40] or None if isinstance(value, (str, int)) and not isinstance(value, bool) else None


def _voice(kind: str, value: Any) -> str | None:
    label = _label(value)
    return label and f"{kind} {label}"


def _milliseconds(value: Any, factor: int) -> int | None:
    """A time of the source in milliseconds; None where it is missing or nonsense."""
    try:
        amount = float(value) * factor
    except (TypeError, ValueError, OverflowError):
        return None
    return round(amount) if math.isfinite(amount) and 0 <= amount < 1e10 else None
