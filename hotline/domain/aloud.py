"""Numbers as they are said aloud, for covering them: 幺三八，零零零零，嗯对，幺二三四; in pieces; put right half way.

What is looked for is any long number of somebody's, whole or not, in whatever pieces: a telephone, an identity card, a
bank card. What is said of a place or a time is none: it is short, or counts something (三十号, 二零二六年, 八百户), or
goes on with what it is the number of (号路灯). Digits that are written as digits have their rules in `redaction`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from hotline.domain.spoken import digits_of, phone_of

FEWEST = 7  # digits: a telephone without its area code
LONGEST_DOOR = 4
FEWEST_SIGNS = 5  # characters that are digits; "五个八两个零" alone is no number

_DIGIT = "[0-9零〇○洞幺壹一二两俩三四五六七八九拐勾]"
_TOKEN = f"(?:[两俩二三四五2-5]个{_DIGIT}|{_DIGIT})"
_FILLER = (
    "嗯|啊|呃|额|哦|喔|诶|哎|呀|吧|呢|嘛|哈|对|好|是|的|那个?|这个|然后|后面|接着|再来?|还有|就是|等一?下|不对|不是|错了|说错|记错|应该|"
    "重新?|重说|前面|中间|最后|开头|[三四]位"
)
#: Between two digits: pauses, ends of turns, and what one says while somebody writes it down.
_GAP = rf"[\s,，.。·…?？!！()（）—–-]{{0,4}}(?:(?:{_FILLER})[\s,，.。…?？!！]{{0,3}}){{0,4}}"
_RUN = re.compile(rf"{_TOKEN}(?:{_GAP}{_TOKEN}){{4,40}}+[Xx×]?")
_FILLERS = re.compile(_FILLER)
_SAID = re.compile("[零〇○洞幺壹一二两俩三四五六七八九拐勾]")
_TOKENS = re.compile(_TOKEN)
_ONE_OF = re.compile("一[下会个些点直共]|[两二三四]位")  # said between the digits, and none of them
_PIECE = re.compile(rf"{_TOKEN}(?:[ -]?{_TOKEN}){{0,40}}+")
_COUNTS = re.compile(
    "[十百千万亿]|号?(?:路灯|灯|电?线?杆|线|桩|井|楼|栋|幢|户|室|路公?|站台?|门|单元|层|房|机|车位)|[年月日点时分秒元块]|多?[米平人次名岁斤吨度只辆棵根]|个"
)
_NUMBER_OF = re.compile(
    "(?:户号|编号|单号|表号|杆号|站号|桩号|工单|订单|诉求号|受理号|热线|第|[十百千万亿]|周|星期|礼拜)[号码是为:：\\s]{0,3}$"
)
_WRITTEN = re.compile("[0-9]")
_COUNTING = "123456789"  # 一二三四五六七 are floors, days or buses
_SERVICE = re.compile(r"[48]00\d{7}")  # a firm's own
_MOMENT = re.compile(r"(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])")
#: An X at its end is no digit.
_IDENTITY = re.compile(r"[1-9]\d{5}(?:18|19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3,4}")
_CALLED_IDENTITY = re.compile("(?:身份[证證]|证件|护照|社保|医保|驾驶证|军官证)[^，。；\n]{0,6}[，,\\s]{0,2}$")
_CALLED_CARD = re.compile(
    "(?:银行卡|信用卡|储蓄卡|存折|[工农中建交招]行卡?|卡号|[账帐][号户])[^，。；\n]{0,6}[，,\\s]{0,2}$"
)


@dataclass(frozen=True, slots=True)
class Said:
    """A number said aloud: `digits` one after the other, as they came."""

    digits: str
    start: int
    end: int


def find_identity_cards(text: str) -> Iterator[tuple[int, int]]:
    """身份证一四零一零五，一九九零零三零七，幺二三X; and whatever is called so."""
    for said in _numbers(text):
        if _IDENTITY.fullmatch(said.digits) or _is_called(text, said, _CALLED_IDENTITY):
            yield said.start, said.end


def find_cards(text: str) -> Iterator[tuple[int, int]]:
    """卡号六二二二 零二幺零 …: whatever is called so."""
    return ((said.start, said.end) for said in _numbers(text) if _is_called(text, said, _CALLED_CARD))


def find_numbers(text: str) -> Iterator[tuple[int, int]]:
    """Any other of seven digits and more."""
    return ((said.start, said.end) for said in _numbers(text))


def written(text: str) -> list[tuple[str, int, int]]:
    """Every digit of the text, written or said, with where it stands; none where nothing of a number is said aloud."""
    if len(_SAID.findall(text)) < FEWEST_SIGNS:
        return []
    plain = _ONE_OF.sub(lambda match: "…" * len(match.group()), text)
    return [(digit, *match.span()) for match in _TOKENS.finditer(plain) for digit in digits_of(match.group())]


def _numbers(text: str) -> list[Said]:
    if len(_SAID.findall(text)) < FEWEST_SIGNS:
        return []
    found = (_trimmed(text, match) for match in _RUN.finditer(text))
    return [each for each in found if each is not None and _is_somebodys(text, each)]


def _trimmed(text: str, run: re.Match[str]) -> Said | None:
    """Without what belongs to the words around it: the 三 of "…幺二三四，三号楼", the door before a telephone."""
    pieces = [match.span() for match in _PIECE.finditer(text, run.start(), run.end())]
    end = run.end()
    if len(pieces) > 1 and _COUNTS.match(text, end):
        pieces.pop()
        end = pieces[-1][1]
    if len(pieces) > 1 and phone_of(digits_of(text[pieces[1][0] : end])) and _length(text, pieces[0]) <= LONGEST_DOOR:
        pieces.pop(0)
    return Said(digits_of(_FILLERS.sub("", text[pieces[0][0] : end])), pieces[0][0], end)


def _length(text: str, piece: tuple[int, int]) -> int:
    return len(digits_of(text[slice(*piece)]))


def _is_somebodys(text: str, said: Said) -> bool:
    words = text[said.start : said.end]
    if len(said.digits) < FEWEST or len(_WRITTEN.findall(words)) > 2 * len(_SAID.findall(words)):
        return False
    if _MOMENT.match(said.digits) or _SERVICE.fullmatch(said.digits) or said.digits in _COUNTING or _are_doors(words):
        return False
    return not (_COUNTS.match(text, said.end) or _NUMBER_OF.search(text, max(0, said.start - 10), said.start))


def _are_doors(words: str) -> bool:
    """三零一，三零二，三零三; 二零二四，二零二五: one after the other, all of a length."""
    pieces = [digits_of(match.group()) for match in _PIECE.finditer(words)]
    alike = len(pieces) > 1 and len({len(each) for each in pieces}) == 1 and len(pieces[0]) <= LONGEST_DOOR
    return alike and all(0 < int(after) - int(before) <= 100 for before, after in pairwise(pieces))


def _is_called(text: str, said: Said, called: re.Pattern[str]) -> bool:
    return called.search(text, max(0, said.start - 14), said.start) is not None


def digits_said(text: str) -> tuple[str, str]:
    """What is left of a text without its digits, and they, written or said: ("我电话是", "138")."""
    return _TOKENS.sub("", text), digits_of(text)
