"""WebVTT and SubRip, read by pysubs2; voices from `<v 坐席>` or a mark at the beginning of a cue."""

from __future__ import annotations

import html
import re

import pysubs2

from hotline.domain.texts import clean
from hotline.domain.transcript import Turn, Utterance, settle_speakers, split_label
from hotline.services.transcripts.errors import TranscriptError
from hotline.services.transcripts.extent import refuse_too_much

_BLOCKS = re.compile(r"\n[ \t]*\n")
_INLINE_TIME = re.compile(r"<\d[\d:.]*>")
_VOICE = re.compile(r"<v(?:\.[^\s>]{0,40})?\s{1,8}([^>]{1,40})>")
_TAG = re.compile(r"</?[A-Za-z][^>]{0,60}>")
_OVERRIDE = re.compile(r"\{[^}]{0,200}\}")  # styling that pysubs2 leaves in: {\an8}
_LINE = "\u2028"  # between the lines of a cue while the parser has it


def read_subtitles(text: str, format_: str) -> list[Turn]:
    """Turns of the cues, numbered from 1; `format_` is "vtt" or "srt". Raises TranscriptError."""
    try:
        cues = pysubs2.SSAFile.from_string(_tidy_blocks(text), format_=format_, keep_unknown_html_tags=True)
    except Exception as fault:  # pysubs2 promises no closed set of exceptions for what it cannot read
        raise TranscriptError(
            "字幕文件格式有误，请检查时间行（如 00:00:01,000 --> 00:00:03,500）后重新上传。"
        ) from fault
    told = [said for number, cue in enumerate(cues, 1) for said in _read_cue(number, cue)]
    refuse_too_much([said.text for said in told])
    return settle_speakers(told)


def _tidy_blocks(text: str) -> str:
    """Cues only, the words of each without a line end: pysubs2 would take named cue ids and notes for speech, and a
    last line of digits (a telephone) for the number of the next cue."""
    blocks = (_tidy_block(block) for block in _BLOCKS.split(text.replace("\r\n", "\n").replace("\r", "\n")))
    return "\n\n".join(block for block in blocks if block)


def _tidy_block(block: str) -> str:
    lines = block.strip("\n").split("\n")
    timed = [index for index, line in enumerate(lines) if "-->" in line]
    if len(timed) != 1:
        return block if timed else ""  # cues without a blank line between them are left to the parser
    words = _LINE.join(_INLINE_TIME.sub("", line).strip() for line in lines[timed[0] + 1 :])
    return f"{lines[timed[0]]}\n{words}"


def _read_cue(number: int, cue: pysubs2.SSAEvent) -> list[Utterance]:
    """What was said in a cue: mostly one utterance; two where two voices or marks stand in it."""
    told: list[tuple[str | None, str]] = []
    for line in cue.text.replace("\\N", _LINE).split(_LINE):
        before, *voices = _VOICE.split(line)
        told += [(None, before), *((_plain(mark), said) for mark, said in zip(voices[::2], voices[1::2], strict=True))]
    said: list[tuple[str | None, str]] = []
    for voice, raw in told:
        mark, text, _ = split_label(_plain(raw)) if voice is None else (voice, _plain(raw), None)
        if said and mark is None:
            said[-1] = (said[-1][0], f"{said[-1][1]} {text}".strip())
        elif mark or text:
            said.append((mark, text))
    return [Utterance(mark or None, text, number, cue.start, cue.end) for mark, text in said]


def _plain(text: str) -> str:
    return clean(html.unescape(_TAG.sub("", _OVERRIDE.sub("", text)))).replace("\n", " ")
