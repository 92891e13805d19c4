"""Numbers as people say them: 二十三, 两百零五, 幺三八零零…, 两个零; and the telephones in a text."""

from __future__ import annotations

import re

from hotline.domain.spans import Found

_DIGITS = {
    **{char: str(value) for value, char in enumerate("零一二三四五六七八九")},
    **{"〇": "0", "○": "0", "洞": "0", "幺": "1", "壹": "1", "两": "2", "俩": "2", "拐": "7", "勾": "9"},
    **{str(value): str(value) for value in range(10)},
    **{chr(0xFF10 + value): str(value) for value in range(10)},
}
_UNITS = {"十": 10, "百": 100, "千": 1000, "万": 10_000}
NUMERAL = "[0-9０-９零〇一二两三四五六七八九十百千万]"


def number_of(words: str) -> int | None:
    """The whole number that `words` say (23, 二十三, 两百零五, 一百二, 十); None when they say none."""
    if not words or len(words) > 12:
        return None
    if all(char in _DIGITS for char in words):
        return int("".join(_DIGITS[char] for char in words))
    return _sum_units(words)


def _sum_units(words: str) -> int | None:
    total, section, digit, last_unit = 0, 0, None, 1
    for char in words:
        if char in _UNITS:
            unit = _UNITS[char]
            if unit == 10_000:
                total, section = (total + section + (digit or 0)) * unit, 0
            else:
                section += (1 if digit is None else digit) * unit
            digit, last_unit = None, unit
        elif char in _DIGITS:
            digit = int(_DIGITS[char])
            if digit == 0:
                last_unit = 1  # 一百零二 is 102, 一百二 is 120
        else:
            return None
    tail = 0 if digit is None else digit * (last_unit // 10 if last_unit >= 100 else 1)
    return total + section + tail


_DIGIT = "[0-9０-９零〇○洞幺壹一二两俩三四五六七八九拐勾]"
_REPEATED = f"[两俩二三四五2345]个{_DIGIT}"  # 两个零, 三个八
_TOKEN = re.compile(f"{_REPEATED}|{_DIGIT}")
_BETWEEN = r"[\s\-—–.·,，、()（）]{0,3}(?:(?:嗯|啊|呃|额|哦|然后|后面是?|再|是)[\s,，、]{0,2}){0,2}"
_RUN = re.compile(rf"(?:[+＋]\s?)?[(（]?(?:{_REPEATED}|{_DIGIT})(?:{_BETWEEN}(?:{_REPEATED}|{_DIGIT})){{2,30}}")
_MOBILE = re.compile(r"(?:00)?(?:86)?(1[3-9]\d{9})")
_LANDLINE = re.compile(r"(?:00)?(?:86)?(0\d{2,3}[2-9]\d{6,7})")
_ABROAD = re.compile(r"[1-9]\d{7,14}")


def digit_runs(text: str) -> list[Found]:
    """Every run of three digits or more, written or spoken one by one; `value` is the digits, "+" kept in front."""
    return [_read_run(match) for match in _RUN.finditer(text)]


def _read_run(match: re.Match[str]) -> Found:
    said = match.group()
    digits = "".join(_read_token(token) for token in _TOKEN.findall(said))
    return Found(("+" if said[0] in "+＋" else "") + digits, match.start(), match.end())


def _read_token(token: str) -> str:
    if len(token) == 1:
        return _DIGITS[token]
    return _DIGITS[token[2]] * int(_DIGITS[token[0]])


def phone_of(digits: str) -> str | None:
    """The telephone number that a whole run of digits is: a mobile, a landline with area code, or one from abroad
    with "+"; None for anything else (an identity card, an order number, half a number)."""
    plain = digits.removeprefix("+")
    if digits.startswith("+") and not plain.startswith("86"):
        return digits if _ABROAD.fullmatch(plain) else None
    if match := _MOBILE.fullmatch(plain) or _LANDLINE.fullmatch(plain):
        return match.group(1)
    return None


_CALLED_PHONE = re.compile(r"(?:电话|座机|号码)[^0-9０-９\n]{0,6}$")
_PIECE = re.compile(r"[^\s，,、。]+")


def find_phones(text: str) -> list[Found]:
    """The telephones in a text, in its order; a number without area code counts only right after 电话, 座机 or 号码."""
    found = []
    for run in digit_runs(text):
        number = phone_of(run.value)
        if number is not None:
            found.append(Found(number, run.start, run.end, 0.95))
        elif len(run.value) in (7, 8) and run.value[0] in "2345678" and _CALLED_PHONE.search(text[: run.start][-12:]):
            found.append(Found(run.value, run.start, run.end, 0.6))
        else:
            found.extend(_phones_inside(text, run))
    return found


def _phones_inside(text: str, run: Found) -> list[Found]:
    """Numbers that a comma or blank parts from other digits: "15栋3，13812345678", "138 0013 8000，0355 2021234"."""
    pieces = [
        (match.start(), match.end(), "".join(_read_token(token) for token in _TOKEN.findall(match.group())))
        for match in _PIECE.finditer(text, run.start, run.end)
    ]
    found, first = [], 0
    while first < len(pieces):
        for last in range(min(first + 11, len(pieces)), first, -1):
            number = phone_of("".join(digits for _, _, digits in pieces[first:last]))
            if number is not None:
                found.append(Found(number, pieces[first][0], pieces[last - 1][1], 0.9))
                first = last - 1
                break
        first += 1
    return found
