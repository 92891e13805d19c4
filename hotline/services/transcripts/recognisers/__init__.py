"""JSON of recognisers: one small module for each, told apart by what is in the document, not by what it is called.

A reader looks at the document and answers with what was said, or None where the shape is not its own. The order
matters only where one shape could be taken for another: the particular ones come first, the bare text last.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hotline.domain.transcript import Turn, settle_speakers
from hotline.services.transcripts.errors import TranscriptError
from hotline.services.transcripts.extent import refuse_too_much
from hotline.services.transcripts.json_text import parse
from hotline.services.transcripts.recognisers import (
    aliyun,
    aws_call,
    aws_transcribe,
    bare_text,
    dashscope,
    funasr,
    own,
    tingwu,
    twilio,
    whisper,
    whisper_cpp,
)
from hotline.services.transcripts.recognisers.shape import Heard, split_marks

READERS: tuple[tuple[str, Callable[[Any], Heard | None]], ...] = (
    ("twilio", twilio.read),
    ("aws", aws_call.read),
    ("aws-transcribe", aws_transcribe.read),
    ("aliyun", aliyun.read),
    ("dashscope", dashscope.read),
    ("tingwu", tingwu.read),
    ("funasr", funasr.read),
    ("whisper.cpp", whisper_cpp.read),
    ("whisper", whisper.read),
    ("turns", own.read),
    ("text", bare_text.read),
)
UNKNOWN = '不认识这种 JSON 转写格式。可以使用 {"turns": [{"speaker": "坐席", "text": "…", "start": 0.0}]}。'
SEVERAL = "一个文件里有 {count} 段录音的转写，请每段录音一个文件。"


def read_json(text: str) -> tuple[list[Turn], str, list[str]]:
    """(turns, name of the format: "json/whisper" …, warnings). Raises TranscriptError for what is none of them."""
    document, warnings = parse(text)
    name, heard = _find(_unwrapped(document))
    if warnings and not heard.utterances:  # what was saved of a broken file holds nothing
        raise TranscriptError("JSON 格式有误，文件不完整，里面没有一句完整的话，请重新导出后上传。")
    refuse_too_much([utterance.text for utterance in heard.utterances])
    return settle_speakers(split_marks(heard.utterances)), f"json/{name}", warnings + heard.warnings


def _find(document: Any) -> tuple[str, Heard]:
    for name, read in READERS:
        if (heard := read(document)) is not None:
            return name, heard
    raise TranscriptError(UNKNOWN)


def _unwrapped(document: Any) -> Any:
    """A list of one recording is that recording; of several recordings nobody could make one call."""
    if isinstance(document, list) and document and all(map(_is_recording, document)):
        if len(document) > 1:
            raise TranscriptError(SEVERAL.format(count=len(document)))
        return document[0]
    return document


def _is_recording(each: Any) -> bool:
    """Not one sentence of a call, but the answer of a recogniser to a whole file."""
    return isinstance(each, dict) and any(isinstance(each.get(key), list) for key in _WHOLES)


_WHOLES = (
    "sentence_info",
    "stamp_sents",
    "segments",
    "transcription",
    "sentences",
    "Sentences",
    "transcripts",
    "turns",
)
