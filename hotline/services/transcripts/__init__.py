"""A call's transcript, from bytes to turns (design §6): encoding, format by content, one module per format."""

from __future__ import annotations

from dataclasses import dataclass, field

from hotline.domain.transcript import CITIZEN, OPERATOR, Turn
from hotline.services.transcripts.detect import detect
from hotline.services.transcripts.encoding import decode
from hotline.services.transcripts.errors import TranscriptError
from hotline.services.transcripts.json_formats import read_json
from hotline.services.transcripts.plain import read_plain
from hotline.services.transcripts.subtitles import read_subtitles

__all__ = ["MAX_BYTES", "Transcript", "TranscriptError", "read_transcript"]

MAX_BYTES = 2 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Transcript:
    """`format`: plain, vtt, srt, or json/… by recogniser. `warnings` are Chinese, for the operator."""

    turns: list[Turn]
    format: str
    encoding: str
    warnings: list[str] = field(default_factory=list)


def read_transcript(data: bytes, content_type: str | None = None, filename: str | None = None) -> Transcript:
    """The turns of a transcript. Raises TranscriptError, and nothing else, for any bytes that are none."""
    if not data.strip():
        raise TranscriptError("转写文件是空的，请检查后重新上传。")
    if len(data) > MAX_BYTES:
        raise TranscriptError(f"转写文件超过 {MAX_BYTES // 1024 // 1024} MB，请分段后上传。")
    text, encoding, warnings = decode(data)
    turns, format_ = _read_turns(text, detect(text, content_type, filename))
    if not turns:
        raise TranscriptError("文件里没有读到通话内容，请检查是否选错了文件。")
    return Transcript(turns, format_, encoding, warnings + _doubts(turns))


def _read_turns(text: str, format_: str) -> tuple[list[Turn], str]:
    if format_ == "json":
        return read_json(text)
    if format_ in ("vtt", "srt"):
        return read_subtitles(text, format_), format_
    return read_plain(text), format_


def _doubts(turns: list[Turn]) -> list[str]:
    speakers = {turn.speaker for turn in turns}
    if CITIZEN not in speakers and OPERATOR not in speakers:
        return ["没有分清坐席和市民，内容全部按来电人所说处理，请核对。"]
    if CITIZEN not in speakers:
        return ["没有读到市民说的话，请核对说话人标记。"]
    if OPERATOR not in speakers:
        return ["没有读到坐席说的话，通话可能不完整。"]
    return []
