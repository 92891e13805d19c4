"""Bytes to text: UTF-8 with and without BOM, UTF-16, GB18030; a cut end is borne, what is no text is named.

Ordered tries instead of a guess by frequencies: the three encodings exclude one another on all but a few bytes of
Chinese, and a guess that may answer Big5 or KOI8-R does more harm than a clear refusal.
"""

from __future__ import annotations

import codecs
import re

from hotline.services.transcripts.errors import TranscriptError
from hotline.services.transcripts.garbling import share_of_speech

_MAGIC = (
    (
        (b"RIFF", b"ID3", b"OggS", b"fLaC", b"#!AMR", b"\xff\xfb", b"\xff\xf3"),
        "这是录音文件，请先转写成文字，再上传转写结果。",
    ),
    ((b"%PDF",), "这是 PDF 文件，请上传文字格式的转写结果（TXT、VTT、SRT 或 JSON）。"),
    ((b"PK\x03\x04", b"\xd0\xcf\x11\xe0"), "这是 Office 文档或压缩包，请另存为文本文件（TXT）后上传。"),
    ((b"\x89PNG", b"\xff\xd8\xff", b"GIF8"), "这是图片，请上传文字格式的转写结果（TXT、VTT、SRT 或 JSON）。"),
)
SAMPLE = 4000  # bytes: enough to tell
_NOT_TEXT = "文件不是可识别的文本，请另存为 UTF-8 编码的文本文件后再上传。"
_CUT = "文件末尾不完整，最后一个字已略去。"
_LIKELY = re.compile(r"[\r\n\t -~\u3000-\u9fff\uff00-\uffef]")
_ASCII = re.compile(r"[\x00-\x7f]")
_ODD = re.compile(r"[\ufffd\x00-\x08\x0e-\x1f\ue000-\uf8ff]")
_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))


def decode(data: bytes) -> tuple[str, str, list[str]]:
    """(text, name of the encoding, warnings in Chinese). Raises TranscriptError when the bytes are no text."""
    refuse_other_kinds(data)
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            return _accept(*_decode_damaged(data[len(bom) :], encoding), encoding)
    if data.count(b"\0") > len(data) // 20:  # a stray NUL in UTF-8 is only dirt
        return _decode_wide(data)
    if (whole := _decode_whole(data, "utf-8")) is not None:
        return _accept(*whole, "utf-8")
    if (wide := _wide_by_sample(data)) is not None:
        return _accept(*_decode_damaged(data, wide), wide)
    if (whole := _decode_whole(data, "gb18030")) is not None:
        return _accept(*whole, "gb18030")
    text, warnings = _decode_damaged(data, "utf-8")
    if 8 * text.count("\ufffd") <= _count_wide(text):  # read as UTF-8, GB18030 is little else
        return _accept(text, warnings, "utf-8")
    return _accept(*_decode_damaged(data, "gb18030"), "gb18030")


def refuse_other_kinds(data: bytes) -> None:
    """Raises TranscriptError for sound, pictures and documents, which are told by their first bytes."""
    for beginnings, message in _MAGIC:
        if data.startswith(beginnings):
            raise TranscriptError(message)


def _wide_by_sample(data: bytes) -> str | None:
    """UTF-16 without BOM that has hardly a Latin letter in it, if it reads much better so than as GB18030."""
    sample = data[:SAMPLE]
    narrow = share_of_speech(sample.decode("gb18030", "replace"))
    shares = {encoding: share_of_speech(sample.decode(encoding, "replace")) for encoding in ("utf-16-le", "utf-16-be")}
    best = max(shares, key=lambda encoding: shares[encoding])
    return best if shares[best] > max(0.6, narrow + 0.2) else None


def _decode_whole(data: bytes, encoding: str) -> tuple[str, list[str]] | None:
    """The text if nothing but its last character is broken, as when a recording system cuts its file off."""
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        text = decoder.decode(data)
    except UnicodeDecodeError:
        return None
    return text, [_CUT] if decoder.getstate()[0] else []


def _decode_damaged(data: bytes, encoding: str) -> tuple[str, list[str]]:
    whole = _decode_whole(data, encoding)
    if whole is not None:
        return whole
    return data.decode(encoding, "replace"), ["文件中有无法识别的字符，已用“\ufffd”代替。"]


def _decode_wide(data: bytes) -> tuple[str, str, list[str]]:
    """UTF-16 without BOM: the byte order that yields more of what transcripts are made of."""
    readings = [(*_decode_damaged(data, encoding), encoding) for encoding in ("utf-16-le", "utf-16-be")]
    text, warnings, encoding = max(readings, key=lambda reading: _count_likely(reading[0]))
    if _count_likely(text) < 0.9 * len(text):
        raise TranscriptError(_NOT_TEXT)
    return _accept(text, warnings, encoding)


def _count_likely(text: str) -> int:
    return len(_LIKELY.findall(text))


def _count_wide(text: str) -> int:
    return len(text) - len(_ASCII.findall(text))


def _accept(text: str, warnings: list[str], encoding: str) -> tuple[str, str, list[str]]:
    """Refuses what decodes by chance: too many controls, unknown or private characters for anything spoken."""
    odd = len(_ODD.findall(text))
    if odd > 4 + len(text) // 50 or 2 * odd > len(text) > 0:
        raise TranscriptError(_NOT_TEXT)
    return text, encoding, warnings
