"""Persons whom the hotline knows by name and number: covered wherever they stand, whatever announces them or not.

A name is given in one field of a form and comes back in many ways: 张伟 as 张 伟, as 张先生, 买买提·艾力 without its
dot, John Smith in small letters. Numbers come back with blanks and strokes between the digits.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from hotline.domain import aloud
from hotline.domain.names import SURNAME, TITLE
from hotline.domain.texts import as_dialled

Span = tuple[int, int]

_HAN = "[\u3400-\u9fff]"
_TITLES = (*re.sub("[(?:)]", "", TITLE).split("|"), "同志", "同学", "叔叔", "奶奶", "爷爷", "太太", "夫人", "老人")
_SURNAME = re.compile(f"[老小]?({SURNAME}|{_HAN})")
_PIECE = re.compile(r"[^\W\d_]++(?:[ ·.'-]{1,3}[^\W\d_]++)*+")
_SILENT = re.compile(r"[ ·.'\t-]++")
_FOREIGN = re.compile("[^\u3400-\u9fff]")
#: What people put into the field instead of a name.
_NO_NAME = re.compile(
    "匿名|(?:热心)?(?:市民|群众|居民|业主)(?:朋友)?|网友|先生|女士|小姐|同志|不详|无名?|保密|未知|本人|路人|住户|村民|商户|店主|老人|学生|"
    "家长|司机|租户|物业|用户|游客|(?:诉求|投诉|反映|来电)人|未留姓名|不愿透露|anonymous|none|unknown|test|citizen"
)
SHORTEST_NUMBER = 7  # digits; what is shorter is everybody's: 12319, 110


_POST = re.compile("(?:中心|热线|[员组科台岗班室处办局席号长所站队部]|[0-9A-Za-z])$")


def is_persons(name: str) -> bool:
    """Whether what an account is called is a person's name; 值班员, 受理一组, 12319 are posts."""
    return len(name) > 1 and not _POST.search(name)


class Known:
    """Names and telephones that are covered, and telephones of offices, which stay.

    `officials` are covered, too, but where a road or a tree has the same name (康宁路, 白杨树) it is the road's.
    """

    __slots__ = ("_forms", "_kept", "_numbers", "_officials")

    def __init__(
        self,
        names: Iterable[str] = (),
        phones: Iterable[str] = (),
        *,
        officials: Iterable[str] = (),
        kept: Iterable[str] = (),
    ) -> None:
        forms = {form for name in names for form in _forms(name.translate(_ONE_DOT))}
        self._officials = {form for name in officials for form in _forms(name.translate(_ONE_DOT))} - forms
        self._forms = sorted(forms | self._officials, key=lambda form: (-len(form), form))
        self._kept = frozenset(_national(each) for each in kept)
        numbers = {_national(phone) for phone in phones} - self._kept
        numbers |= {number[1:] for number in numbers if number.startswith("0")}  # +86 355 1234567 has no zero
        long_enough = (number for number in numbers if len(number) >= SHORTEST_NUMBER)
        self._numbers = sorted(long_enough, key=lambda number: (-len(number), number))

    def __bool__(self) -> bool:
        return bool(self._forms or self._numbers)

    def find_names(self, text: str) -> Iterator[Span]:
        """Where one of them stands, in any of its forms. Letters must not go on before or behind it."""
        if not self._forms:
            return
        said, places = _squeezed(_small(text))
        for form in self._forms:
            for start, end in _places_of(form, said, places):
                of_a_place = form in self._officials and _OF_A_PLACE.match(text, end)
                if _is_whole(form, text, start, end) and not of_a_place:
                    yield start, end

    def find_phones(self, text: str) -> Iterator[Span]:
        """Where one of their numbers stands, whatever stands between its digits; also said aloud (幺三八 …)."""
        if not self._numbers:
            return
        digits = [(char, at, at + 1) for at, char in enumerate(text) if "0" <= char <= "9"]
        for told in (digits, aloud.written(text)):
            said = "".join(digit for digit, _, _ in told)
            for number in self._numbers:
                at = said.find(number)
                while at >= 0:
                    start, end = told[at][1], told[at + len(number) - 1][2]
                    if end - start <= 3 * len(number):
                        yield start, end
                    at = said.find(number, at + len(number))

    def keeps(self, number: str) -> bool:
        """Whether it is the telephone of an office."""
        digits = "".join(digit for digit, _, _ in aloud.written(number)) or number
        return bool(self._kept) and _national(digits) in self._kept


NOBODY = Known()

_ONE_DOT = str.maketrans({"•": "·", "・": "·", "‧": "·", "．": "·", "\u3000": " ", "’": "'"})


def _forms(name: str) -> Iterator[str]:
    """In what forms a name may be written, without what is between its parts; small letters."""
    for piece in _PIECE.findall(_small(name)):
        whole = _SILENT.sub("", piece)
        if "某" in whole or whole.startswith("匿名") or _NO_NAME.fullmatch(whole):
            continue
        parts = _SILENT.split(piece)
        if _FOREIGN.search(whole):
            yield from (form for form in (whole, *parts) if len(form) > (1 if form == whole else 3))
            yield from (form for part in parts if not _FOREIGN.search(part) for form in _chinese(part))
            continue
        if "·" in piece:
            yield from (part for part in parts if len(part) > 1)
        yield from _chinese(whole)


def _chinese(name: str) -> Iterator[str]:
    """Itself, and its surname with every title; one character alone says nothing."""
    bare = name
    for title in _TITLES:
        bare = bare.removesuffix(title)
    yield from (form for form in (name, bare) if len(form) > 1)
    surname = _SURNAME.match(bare)
    if surname and len(bare) <= 4:
        yield "姓" + surname[1]
        yield from (surname[1] + title for title in _TITLES)


def _small(text: str) -> str:
    """In small letters, one for one, so that places stay: İ alone would become two."""
    small = text.lower()
    return small if len(small) == len(text) else "".join(char.lower()[0] for char in text)


def _squeezed(text: str) -> tuple[str, list[int] | None]:
    """The text without what may stand between the parts of a name, and where each character stood."""
    if not _SILENT.search(text):
        return text, None
    left = [(char, at) for at, char in enumerate(text) if char not in " ·.'\t-"]
    return "".join(char for char, _ in left), [at for _, at in left]


def _places_of(form: str, said: str, places: list[int] | None) -> Iterator[Span]:
    at = said.find(form)
    while at >= 0:
        last = at + len(form) - 1
        yield (at, last + 1) if places is None else (places[at], places[last] + 1)
        at = said.find(form, last + 1)


def _is_whole(form: str, text: str, start: int, end: int) -> bool:
    """Li is not in Lights; Chinese knows no such borders. What is far apart in the text is no name."""
    if end - start > 2 * len(form) + 3:
        return False
    if not form.isascii():
        return True
    return not (text[start - 1 : start].isascii() and text[start - 1 : start].isalpha()) and not (
        text[end : end + 1].isascii() and text[end : end + 1].isalpha()
    )


_OF_A_PLACE = re.compile("[路街巷桥村园苑树镇乡县湖河山]|小区|大道|广场|社区|花园|新村|学校|小学|中学|医院|公司")


def _national(number: str) -> str:
    """Its digits as they are dialled here, however it was written: 13912345678 for 0086 139 1234 5678."""
    digits = "".join(char for char in number if char.isdecimal())
    for prefix in ("0086", "86"):
        if digits.startswith(prefix) and len(digits) - len(prefix) >= 10:
            return as_dialled("+86" + digits.removeprefix(prefix).removeprefix("0"))
    return digits
