"""WebVTT and SubRip, read by pysubs2; voices from `<v 坐席>` or a mark at the beginning of a cue."""

from __future__ import annotations

import html
import re

import pysubs2

from hotline.domain.texts import clean
from hotline.domain.transcript import Turn, Utterance, settle_speakers, split_label
from hotline.services.transcripts.errors import TranscriptError

_BLOCKS = re.compile(r"\n[ \t]*\n")
_INLINE_TIME = re.compile(r"<\d[\d:.]*>")
_VOICE = re.compile(r"^\s*<v(?:\.[^\s>]*)?\s+([^>]{1,40})>")
_TAG = re.compile(r"</?[A-Za-z][^>]{0,60}>")


def read_subtitles(text: str, format_: str) -> list[Turn]:
    """Turns of the cues, numbered from 1; `format_` is "vtt" or "srt". Raises TranscriptError."""
    try:
        cues = pysubs2.SSAFile.from_string(_tidy_blocks(text), format_=format_, keep_unknown_html_tags=True)
    except Exception as fault:  # pysubs2 promises no closed set of exceptions for what it cannot read
        raise TranscriptError(
            "字幕文件格式有误，请检查时间行（如 00:00:01,000 --> 00:00:03,500）后重新上传。"
        ) from fault
    return settle_speakers(_read_cue(number, cue) for number, cue in enumerate(cues, 1))


def _tidy_blocks(text: str) -> str:
    """Cues only, each with its words on one line: pysubs2 would take named cue ids and notes for speech, and a last
    line of digits (a telephone) for the number of the next cue."""
    blocks = (_tidy_block(block) for block in _BLOCKS.split(text.replace("\r\n", "\n").replace("\r", "\n")))
    return "\n\n".join(block for block in blocks if block)


def _tidy_block(block: str) -> str:
    lines = block.strip("\n").split("\n")
    timed = [index for index, line in enumerate(lines) if "-->" in line]
    if len(timed) != 1:
        return block if timed else ""  # cues without a blank line between them are left to the parser
    words = " ".join(_INLINE_TIME.sub("", line).strip() for line in lines[timed[0] + 1 :])
    return f"{lines[timed[0]]}\n{words}"


def _read_cue(number: int, cue: pysubs2.SSAEvent) -> Utterance:
    voice = _VOICE.match(cue.text)
    said = clean(html.unescape(_TAG.sub("", cue.plaintext)).replace("\n", " "))
    label, rest, _ = (clean(html.unescape(voice.group(1))), said, None) if voice else split_label(said)
    return Utterance(label or None, rest, number, cue.start, cue.end)
