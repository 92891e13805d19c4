"""Hygiene of what people type: nothing invisible, nothing PostgreSQL refuses, nothing that reorders a page.

Also what a text costs as SMS; what is covered in it for whom is `hotline.domain.redaction`.
"""

from __future__ import annotations

import re
import unicodedata

_LINE_ENDS = re.compile(r"\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_ZWJ, _SELECTORS = "\u200d", "\ufe0e\ufe0f"


def clean(text: str) -> str:
    """The text as it is stored: NFC, `\\n` line ends, no control, direction or zero-width characters, emoji kept.

    Removes NUL (PostgreSQL refuses it), lone surrogates (UTF-8 refuses them), bidirectional overrides (they make a
    page say something else than the text) and byte order marks. Doing it twice changes nothing.
    """
    lines = _LINE_ENDS.sub("\n", text)
    if all(line.isprintable() for line in lines.split("\n")):  # which nothing is that would be removed below
        return unicodedata.normalize("NFC", lines).strip()
    joined = lines.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "ignore")
    invisible = {ord(char): None for char in set(joined) if not _is_visible(char)}
    return unicodedata.normalize("NFC", _drop_loose_joiners(joined.translate(invisible))).strip()


def _is_visible(char: str) -> bool:
    if char in "\n\t" or char == _ZWJ:
        return True
    if unicodedata.category(char) in ("Cc", "Cf", "Cs"):
        return False
    return ord(char) & 0xFFFE != 0xFFFE and not 0xFDD0 <= ord(char) <= 0xFDEF  # Unicode noncharacters


def _drop_loose_joiners(text: str) -> str:
    """A zero-width joiner stays only between two emoji, where it makes one picture of them (a family, a flag)."""
    if _ZWJ not in text:
        return text
    kept: list[str] = []
    for index, char in enumerate(text):
        if char != _ZWJ or (kept and _ends_emoji(kept[-1]) and _starts_emoji(text[index + 1 : index + 2])):
            kept.append(char)
    return "".join(kept)


def _starts_emoji(char: str) -> bool:
    return char != "" and unicodedata.category(char) == "So"


def _ends_emoji(char: str) -> bool:
    return _starts_emoji(char) or char in _SELECTORS or "\U0001f3fb" <= char <= "\U0001f3ff"


_GREETING = re.compile(
    r"^(?:尊敬的[^，,。：:！!\s]{1,12}[，,：:！!\s]*|各位领导[，,：:！!\s]*|领导[，"
    r",：:！!\s]+|(?:您|你)们?好[啊呀]?[，,。：:！!\s]*)+"
)
_SENTENCE_END = re.compile(r"[。！？!?；;\n]+")


def summary(text: str, length: int = 40) -> str:
    """A one-sentence title of at most `length` characters: the first sentence that says something, cut with "…"."""
    body = _GREETING.sub("", clean(text)) or clean(text)
    sentences = [" ".join(part.split()) for part in _SENTENCE_END.split(body)]
    title = next((s for s in sentences if len(s) >= 4), next((s for s in sentences if s), ""))
    if len(title) <= length:
        return title
    return title[: length - 1].rstrip(_ZWJ + _SELECTORS + "，,、 ") + "…"


def as_dialled(phone: str) -> str:
    """An E.164 number of this country as it is dialled here: +8613812345678 is 13812345678, +863551234567 is
    03551234567. Others stay as they are."""
    if not phone.startswith("+86"):
        return phone
    number = phone.removeprefix("+86")
    return number if re.fullmatch(r"1\d{10}|[48]00\d{7}", number) else f"0{number}"


def mask_phone(number: str) -> str:
    """A telephone number as lists show it, of this country as it is dialled here: 138****5678; never more than seven
    digits, never fewer than four hidden."""
    digits = "".join(char for char in unicodedata.normalize("NFKC", number) if char.isdecimal())
    prefix = "+" if number.strip().startswith(("+", "＋")) else ""
    if prefix and digits.startswith("86") and len(digits) > 11:
        prefix, digits = "", as_dialled(f"+{digits}")
    if len(digits) >= 11:
        return f"{prefix}{digits[:3]}****{digits[-4:]}"
    if len(digits) >= 7:
        return f"{prefix}{digits[: len(digits) - 6]}****{digits[-2:]}"
    return "****"


# 3GPP TS 23.038 §6.2.1: one septet each; the extension table costs two.
_GSM_7 = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_GSM_7_EXTENSION = frozenset("\f^{}\\[~]|€")


def segments(text: str) -> int:
    """How many SMS this text is charged as: 160/153 septets in GSM-7, 70/67 UTF-16 units otherwise; "" is none.

    A character of two units (an emoji, an extension character) is never torn apart between two segments.
    """
    if all(char in _GSM_7 or char in _GSM_7_EXTENSION for char in text):
        return _count_segments([2 if char in _GSM_7_EXTENSION else 1 for char in text], single=160, part=153)
    if max(text) <= "\uffff":  # nearly every text
        return 1 if len(text) <= 70 else -(-len(text) // 67)
    return _count_segments([2 if ord(char) > 0xFFFF else 1 for char in text], single=70, part=67)


def _count_segments(widths: list[int], *, single: int, part: int) -> int:
    if sum(widths) <= single:
        return 1 if widths else 0
    count, used = 1, 0
    for width in widths:
        if used + width > part:
            count, used = count + 1, 0
        used += width
    return count
