"""A call's transcript, from bytes to turns (design §6): encoding, format by content, one module per format."""

from __future__ import annotations

from dataclasses import dataclass, field

from hotline.domain.transcript import CITIZEN, OPERATOR, Turn
from hotline.services.transcripts.detect import detect
from hotline.services.transcripts.encoding import decode, refuse_other_kinds
from hotline.services.transcripts.errors import TranscriptError
from hotline.services.transcripts.extent import MAX_SPOKEN, MAX_TURNS
from hotline.services.transcripts.garbling import is_garbled
from hotline.services.transcripts.plain import read_plain
from hotline.services.transcripts.recognisers import read_json
from hotline.services.transcripts.subtitles import read_subtitles

__all__ = ["MAX_BYTES", "MAX_SPOKEN", "MAX_TURNS", "Transcript", "TranscriptError", "read_transcript"]

MAX_BYTES = 10 * 1024 * 1024  # JSON with the times of all words of some hours; read, it takes up five times as much


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
    refuse_other_kinds(data)
    if len(data) > MAX_BYTES:
        raise TranscriptError(f"转写文件超过 {MAX_BYTES // 1024 // 1024} MB，请去掉逐字时间，或分段后上传。")
    text, encoding, warnings = decode(data)
    turns, format_, more = _read_turns(text, detect(text, content_type, filename))
    if not turns:
        raise TranscriptError("文件里没有读到通话内容，请检查是否选错了文件。")
    if is_garbled("".join(turn.text for turn in turns[:200])):
        raise TranscriptError("文字是乱码（编码转换出过错），请从录音系统重新导出，选用 UTF-8 编码。")
    return Transcript(turns, format_, encoding, warnings + more + _doubts(turns))


def _read_turns(text: str, format_: str) -> tuple[list[Turn], str, list[str]]:
    if format_ == "json":
        return read_json(text)
    if format_ in ("vtt", "srt"):
        return read_subtitles(text, format_), format_, []
    return read_plain(text), format_, []


def _doubts(turns: list[Turn]) -> list[str]:
    speakers = {turn.speaker for turn in turns}
    if CITIZEN not in speakers and OPERATOR not in speakers:
        return ["没有分清坐席和市民，内容全部按来电人所说处理，请核对。"]
    if CITIZEN not in speakers:
        return ["没有读到市民说的话，请核对说话人标记。"]
    if OPERATOR not in speakers:
        return ["没有读到坐席说的话，通话可能不完整。"]
    return []
