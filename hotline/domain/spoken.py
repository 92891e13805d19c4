"""Numbers as people say them: 二十三, 两百零五, 幺三八零零…, 两个零; and the telephones in a text."""

from __future__ import annotations

import re
from itertools import accumulate

from hotline.domain.spans import Found

_DIGITS = {
    **{char: str(value) for value, char in enumerate("零一二三四五六七八九")},
    **{
        "〇": "0",
        "○": "0",
        "洞": "0",
        "幺": "1",
        **dict(zip("壹贰叁肆伍陆柒捌玖", "123456789", strict=True)),
        "两": "2",
        "俩": "2",
        "拐": "7",
        "勾": "9",
    },
    **{str(value): str(value) for value in range(10)},
    **{chr(0xFF10 + value): str(value) for value in range(10)},
}
_AS_DIGITS = str.maketrans(_DIGITS)
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


_DIGIT = "[0-9０-９零〇○洞幺壹贰叁肆伍陆柒捌玖一二两俩三四五六七八九拐勾]"
_REPEATED = f"[两俩二三四五2345]个{_DIGIT}"  # 两个零, 三个八
_TOKEN = re.compile(f"{_REPEATED}|{_DIGIT}")
_BETWEEN = r"[\s\-—–.·,，、()（）]{0,3}(?:(?:嗯|啊|呃|额|哦|然后|后面是?|再|是)[\s,，、]{0,2}){0,2}"
_RUN = re.compile(rf"(?:[+＋]\s?)?[(（]?(?:{_REPEATED}|{_DIGIT})(?:{_BETWEEN}(?:{_REPEATED}|{_DIGIT})){{2,30}}")
_MOBILE = re.compile(r"(?:00)?(?:86)?(1[3-9]\d{9})")
_LANDLINE = re.compile(r"(?:00)?(?:86)?(0\d{2,3}[2-9]\d{6,7})")
_SHORTEST, _LONGEST = 10, 16  # digits of what these two match
_ABROAD = re.compile(r"[1-9]\d{7,14}")


def digit_runs(text: str) -> list[Found]:
    """Every run of three digits or more, written or spoken one by one; `value` is the digits, "+" kept in front."""
    return [_read_run(match) for match in _RUN.finditer(text)]


def digit_groups(text: str) -> list[Found]:
    """Digits as they were grouped in speaking: 138 and 0013 of "幺三八，零零幺三"; one alone counts only by itself."""
    groups = [Found(digits_of(match.group()), *match.span()) for match in _GROUP.finditer(text)]
    return [each for each in groups if len(each.value) > 1 or _stands_alone(text, each)]


_GROUP = re.compile(rf"(?:{_REPEATED}|{_DIGIT})(?:[ \-]?(?:{_REPEATED}|{_DIGIT})){{0,20}}")
_ALONE = re.compile(r"(?:^|[\s，,。.、是嗯啊对])$")
_ALONE_END = re.compile(r"[\s，,。.、啊吧呀]|$|不是")


def _stands_alone(text: str, group: Found) -> bool:
    before, after = text[max(0, group.start - 1) : group.start], text[group.end : group.end + 2]
    return _ALONE.search(before) is not None and _ALONE_END.match(after) is not None


def digits_of(words: str) -> str:
    """The digits of these words, one after the other: 幺三八 is 138, 两个零 is 00."""
    tokens = _TOKEN.findall(words)
    if "个" not in words:  # each is one digit
        return "".join(tokens).translate(_AS_DIGITS)
    return "".join(_read_token(token) for token in tokens)


def _read_run(match: re.Match[str]) -> Found:
    said = match.group()
    return Found(("+" if said[0] in "+＋" else "") + digits_of(said), match.start(), match.end())


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


_CALLED_PHONE = re.compile(r"(?:电话|座机|号码|固话)[^0-9０-９\n]{0,6}$")
_PIECE = re.compile(r"[^\s，,、。]++")
_SERVICE = re.compile(r"[48]00\d{7}")
_EXTENSION = re.compile(
    rf"[\s，,、]{{0,2}}(?:再)?(?:转分机|转|分机号?码?|内线)[是为]?[\s，,]{{0,2}}(?P<extension>(?:{_REPEATED}|{_DIGIT})"
    rf"(?:[\s，,]?(?:{_REPEATED}|{_DIGIT})){{1,4}})"
)


def find_phones(text: str, *, told: bool = False) -> list[Found]:
    """The telephones in a text, in its order; a number without area code counts only right after 电话, 座机 or 号码.

    `told`: the text answers "what is your number?"; then a local number, one of 400 and an extension (转806) count too.
    """
    found = []
    for run in digit_runs(text):
        number = phone_of(run.value)
        if number is not None:
            whole = Found(number, run.start, run.end, 0.95)
            found.append(_with_extension(text, whole) if told else whole)
        elif len(run.value) in (7, 8) and run.value[0] in "2345678" and _is_local(text, run, told):
            found.append(Found(run.value, run.start, run.end, 0.6))
        elif told and _SERVICE.fullmatch(run.value):
            found.append(Found(run.value, run.start, run.end, 0.7))
        else:
            found.extend(_phones_inside(text, run))
    return found


def _is_local(text: str, run: Found, told: bool) -> bool:
    """Right after 电话; or in answer to it, when no other digits went before (中间是3456，后面是7890)."""
    if told and not any(group.end <= run.start for group in digit_groups(text)):
        return True
    return _CALLED_PHONE.search(text[: run.start][-12:]) is not None


def _with_extension(text: str, phone: Found) -> Found:
    match = _EXTENSION.match(text, phone.end)
    if match is None or not phone.value.startswith("0"):
        return phone
    return Found(f"{phone.value}转{digits_of(match['extension'])}", phone.start, match.end(), phone.confidence)


def _phones_inside(text: str, run: Found) -> list[Found]:
    """Numbers that a comma or blank parts from other digits: "15栋3，13812345678", "138 0013 8000，0355 2021234"."""
    pieces = [
        (match.start(), match.end(), digits_of(match.group())) for match in _PIECE.finditer(text, run.start, run.end)
    ]
    before = [0, *accumulate(len(digits) for _, _, digits in pieces)]  # how many digits go before each piece
    found, first = [], 0
    while first < len(pieces):
        for last in range(min(first + 11, len(pieces)), first, -1):
            if not _SHORTEST <= before[last] - before[first] <= _LONGEST:
                continue
            number = phone_of("".join(digits for _, _, digits in pieces[first:last]))
            if number is not None:
                found.append(Found(number, pieces[first][0], pieces[last - 1][1], 0.9))
                first = last - 1
                break
        first += 1
    return found


#: What a recogniser writes for a digit that it did not know for one.
_MISHEARD = {
    **dict.fromkeys("要腰妖邀夭", "1"),
    **dict.fromkeys("儿而", "2"),
    **dict.fromkeys("山散", "3"),
    **dict.fromkeys("死是", "4"),
    **dict.fromkeys("吴午武舞", "5"),
    **dict.fromkeys("溜留刘流陆", "6"),
    **dict.fromkeys("期其气妻", "7"),
    **dict.fromkeys("吧爸巴", "8"),
    **dict.fromkeys("久酒就旧", "9"),
    **dict.fromkeys("灵凌另林玲铃动", "0"),
}
_ANY_DIGIT = f"(?:{_DIGIT}|[{''.join(_MISHEARD)}])"
_MISHEARD_RUN = re.compile(rf"{_ANY_DIGIT}(?:[\s，,、]?{_ANY_DIGIT}){{10,14}}")
_MOST_MISHEARD = 3


def find_phones_misheard(text: str) -> list[Found]:
    """Mobile numbers with at most three digits heard as another word of the same sound (要三八零零…, …三吧零)."""
    found = []
    for match in _MISHEARD_RUN.finditer(text):
        chars = [char for char in match.group() if char in _DIGITS or char in _MISHEARD]
        places = [at for at in range(match.start(), match.end()) if text[at] in _DIGITS or text[at] in _MISHEARD]
        for first in range(len(chars) - 10):
            window = chars[first : first + 11]
            digits = "".join(_DIGITS.get(char) or _MISHEARD[char] for char in window)
            wrong = sum(char in _MISHEARD for char in window)
            longer = any(char in _DIGITS for char in (*chars[:first], *chars[first + 11 :]))
            if phone_of(digits) and wrong <= _MOST_MISHEARD and not longer:
                found.append(Found(digits, places[first], places[first + 10] + 1, 0.7))
                break
    return found
