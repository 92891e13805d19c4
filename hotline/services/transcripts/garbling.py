"""乱码: text that was Chinese once, until somebody read it in the wrong encoding and saved what he saw.

Nearly every character of ordinary Chinese is of the first level of GB 2312 (3,755 common characters). UTF-8 read as GBK
is made of the others, by the arithmetic of its bytes: seven of eight. Read as Latin-1, Chinese is accented letters.
"""

from __future__ import annotations

from functools import lru_cache

LOOKED_AT = 2000  # characters: enough to tell
LEAST = 8  # characters: less tells nothing
LOST = "锟斤拷"  # what is left of replacement characters that were read as GBK


def is_garbled(text: str) -> bool:
    """Whether this is nobody's speech but a broken encoding. Traditional characters and Latin letters are speech."""
    sample = "".join(text[: 4 * LOOKED_AT].split())[:LOOKED_AT]
    if sample.count(LOST) >= 2:
        return True
    hanzi = [char for char in sample if "\u3400" <= char <= "\u9fff" or "\ue000" <= char <= "\uf8ff"]
    accented = sum("\x80" <= char <= "\xff" for char in sample)
    if len(hanzi) >= LEAST:
        return sum(not is_common(char) for char in hanzi) > 0.6 * len(hanzi)
    return accented >= LEAST and accented > 0.4 * len(sample) and accented > len(hanzi)


@lru_cache(maxsize=16_384)
def is_common(char: str) -> bool:
    """Whether it is of the first level of GB 2312."""
    try:
        coded = char.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return len(coded) == 2 and 0xB0 <= coded[0] <= 0xD7


def share_of_speech(text: str) -> float:
    """What part of the characters a transcript in Chinese is made of; 0 for no text."""
    return sum(map(_is_speech, text)) / len(text) if text else 0.0


def _is_speech(char: str) -> bool:
    if char < "\x80":
        return char in "\r\n\t" or " " <= char <= "~"
    return is_common(char) or "\u3000" <= char <= "\u303f" or "\uff01" <= char <= "\uff5e" or char in "“”‘’…—·"
