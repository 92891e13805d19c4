"""遮蔽: what tells who somebody is, found in free text and covered for whoever need not see it (design §7).

Three strengths, each with all of the one before:
`for_unit`: nothing that tells who wrote; for the unit on a confidential complaint (济南条例 32, 北京条例 28).
`at_a_glance`: no plates either; for lists, texts and whoever only helps (个人信息保护法 6: no more than is needed).
`for_everybody`: no third persons, no doors; for the public page and for strangers' hints (政府信息公开条例 15).

What is found is what has a form: numbers, and names and doors that stand where people put them; and whom the hotline
knows (`hotline.domain.known`). A stranger's name that nothing announces is not found, which is why a city may have a
person look first (`HOTLINE_PUBLIC=reviewed`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from enum import StrEnum
from functools import cache

from hotline.domain import aloud
from hotline.domain.doors import find_doors, find_own_doors, find_own_numbers
from hotline.domain.known import NOBODY, Known
from hotline.domain.people import find_other_names, find_own_names, is_name
from hotline.domain.spoken import find_phones

Span = tuple[int, int]


class Kind(StrEnum):
    """What was covered, as the reader is told."""

    EMAIL = "邮箱"
    PLATE = "车牌"
    ID_CARD = "证件号"
    CARD = "卡号"
    PHONE = "电话"
    ACCOUNT = "账号"
    NAME = "姓名"
    DOOR = "门牌"


def for_unit(text: str, known: Known = NOBODY) -> str:
    """Without telephones (written or spoken), identity cards, cards, e-mail, accounts, the writer's name and door."""
    return _cover(text, _WRITER, known)


def for_unit_by_line(lines: Sequence[str], known: Known = NOBODY) -> list[str]:
    """The same for what was said in turns: a number that is told in pieces is covered in each of them."""
    text = "\n".join(line.replace("\n", " ") for line in lines)
    covered = list(text)
    for start, end, kind in _found(text, _WRITER, known):
        at = start
        for piece in text[start:end].split("\n"):
            if piece.strip():
                covered[at : at + len(piece)] = [f"[{kind}已隐去]", *[""] * (len(piece) - 1)]
            at += len(piece) + 1
    return "".join(covered).split("\n")


def at_a_glance(text: str, known: Known = NOBODY) -> str:
    """The same without plates, and without the number of the house in which the writer lives."""
    return _cover(text, _WRITER_AND_PLATES, known)


def for_everybody(text: str, known: Known = NOBODY) -> str:
    """The same without third persons' names and all doors; streets, communities and buildings stay."""
    return _cover(text, _EVERYTHING, known)


def only_known(text: str, known: Known) -> str:
    """Nothing but whom the hotline knows: for words that a person has looked at already."""
    return _cover(text, (), known)


def names_of_writer(text: str) -> set[str]:
    """By what names the writer goes in this text; only such as are names by their form."""
    plain = text.translate(_PLAIN)
    phones = list(find_telephones(plain))
    return {text[start:end] for start, end in find_own_names(plain, phones) if is_name(text[start:end])}


def _cover(text: str, finders: tuple[tuple[Kind, Finder], ...], known: Known) -> str:
    for start, end, kind in reversed(_found(text, finders, known)):
        text = f"{text[:start]}[{kind}已隐去]{text[end:]}"
    return text


def _found(text: str, finders: tuple[tuple[Kind, Finder], ...], known: Known) -> list[tuple[int, int, Kind]]:
    """Each finder looks at the text as it was written; what an earlier one has found no later one takes apart."""
    if len(text) < 2:
        return []
    plain = text.translate(_PLAIN)
    if not has_signs(plain):
        finders = _without_signs(finders)
    if known:
        finders = _in_order((Kind.PHONE, _alone(known.find_phones)), (Kind.NAME, _alone(known.find_names)), *finders)
    found: list[tuple[int, int, Kind]] = []
    for kind, finder in finders:
        phones = [(start, end) for start, end, what in found if what is Kind.PHONE]
        for span in finder(plain, phones):
            _take(found, span, kind)
    return [each for each in sorted(found) if each[2] is not Kind.PHONE or not known.keeps(plain[each[0] : each[1]])]


def _take(found: list[tuple[int, int, Kind]], span: Span, kind: Kind) -> None:
    """What one finder saw of a telephone and another saw more of is one: nothing of it is left over."""
    start, end = span
    taken = [each for each in found if start < each[1] and each[0] < end]
    if taken and (kind is not Kind.PHONE or any(what is not kind for _, _, what in taken)):
        return
    for each in taken:
        found.remove(each)
    found.append((min((start, *(each[0] for each in taken))), max((end, *(each[1] for each in taken))), kind))


def has_signs(plain: str) -> bool:
    """Whether anything with a number, a letter or "@" in it can be there: most lines of a list need no closer look."""
    return _SIGNS.search(plain) is not None or len(_DIGITS.findall(plain)) >= FEWEST_DIGITS


@cache
def _without_signs(finders: tuple[tuple[Kind, Finder], ...]) -> tuple[tuple[Kind, Finder], ...]:
    return tuple(each for each in finders if each[0] in (Kind.NAME, Kind.DOOR))


_SIGNS = re.compile("[A-Za-z@_]")
_DIGITS = re.compile("[0-9零〇○洞幺壹一二两俩三四五六七八九拐勾]")
FEWEST_DIGITS = 5  # a QQ number; a telephone said shortest, 幺三五个八四个零, has six

#: One character for one, so that places in the plain text are places in the text.
_PLAIN = str.maketrans(
    {0xFF01 + offset: chr(0x21 + offset) for offset in range(94) if chr(0x21 + offset).isalnum()}
    | {
        "＠": "@",
        "．": ".",
        "＊": "*",
        "＃": "#",
        "－": "-",
        "—": "-",
        "–": "-",
        "‐": "-",
        "•": "·",
        "・": "·",
        "‧": "·",
        "\u3000": " ",
    }
    | {chr(0x2460 + offset): str(offset + 1) for offset in range(9)}
)

_EMAIL = re.compile(
    r"(?<![\w.+-])[\w.+-]++(?: ?@ ?| ?[(（\[]at[)）\]] ?|#(?=(?:qq|163|126|sina|gmail|outlook|foxmail)\.))"
    r"[\w-]{1,63}(?:[.。][\w-]{1,63}){1,4}",
    re.ASCII,
)


def find_emails(text: str) -> Iterator[Span]:
    """zhang.wei@example.com; also with blanks or (at)."""
    if "@" in text or "at" in text or "#" in text:
        yield from (match.span() for match in _EMAIL.finditer(text))


_PROVINCE = "[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼]"
_LETTER, _SIGN, _SPOKEN = "[A-Za-z]", "[A-Za-z0-9]", "[零〇幺一二两三四五六七八九]"
#: GA 36-2018: 皖H12345, 皖H·D12345 (new energy), 皖H1234学/警/挂/领/使, 粤Z1234港/澳, WJ皖12345, 皖X1234应急,
#: 民航A1234; and as people say them.
_PLATE = re.compile(
    rf"(?<!{_SIGN})(?:WJ|wj)[ ·.-]?{_PROVINCE}[ ·.-]?(?:{_SIGN} ?){{4}}{_SIGN}(?!{_SIGN})"
    rf"|{_PROVINCE} ?{_LETTER}[ ·.,:：-]{{0,2}}(?=(?:[A-Za-z ]{{0,8}}[0-9]){{2}})"
    rf"(?:(?:{_SIGN} ?){{4}}(?:[挂学警港澳领使]|应急)|(?:{_SIGN} ?){{4,5}}{_SIGN}(?!{_SIGN}|号[线杆灯电桩井楼]))"
    rf"|{_PROVINCE} ?{_LETTER} ?(?=(?:[A-Za-z ]{{0,8}}{_SPOKEN}){{3}})"
    rf"(?:(?:{_SPOKEN}|{_LETTER}) ?){{4}}(?:{_SPOKEN}|{_LETTER})(?: ?[零〇幺二三四五六七八九](?![个辆台部次天点]))?"
    rf"|民航{_LETTER}[ ·]?{_SIGN}{{4}}(?!{_SIGN})"
)


def find_plates(text: str) -> Iterator[Span]:
    """Plates of cars, also spaced, with a dot, in small letters or spoken by digits."""
    return (match.span() for match in _PLATE.finditer(text))


_DATE = r"(?:18|19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"
_ID_CARD = re.compile(
    rf"(?<!\d)[1-9]\d{{5}}[ -]?{_DATE}[ -]?\d{{3}}[\dXx*](?!\d)"
    r"|(?<!\d)[1-9]\d{5}\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}(?!\d)"
)
_CALLED_ID = re.compile(
    r"(?:身份[证證]|证件|护照|通行证|社保卡?|医保卡?|驾驶证|军官证|学号|工号)(?:号码?|编号)?[是为:：\s]{0,3}"
    r"([A-Za-z0-9][A-Za-z0-9* -]{4,22}[A-Za-z0-9*])"
)


def find_id_cards(text: str) -> Iterator[Span]:
    """Identity cards of 18 and of 15 digits (GB 11643), and any number that is called one."""
    yield from (match.span() for match in _ID_CARD.finditer(text))
    yield from (match.span(1) for match in _CALLED_ID.finditer(text))


_CARD = re.compile(r"(?<!\d)[1-9](?:[ -]?\d){15,18}(?!\d)")
_CALLED_CARD = re.compile(
    r"(?:(?:银行卡|信用卡|储蓄卡|借记卡|存折|[工农中建交招]行卡?)(?:卡?号码?|账?户)?|(?:卡|账|帐)(?:号码?|户))"
    r"[是为:：\s]{0,3}(\d[\d* -]{6,24}\d)(?!\d)"
)
_NO_CARD = re.compile(r"(?:户号|编号|单号|表号|杆号|订单)[是为:：\s]{0,3}$")  # a meter's account passes now and then


def find_cards(text: str) -> Iterator[Span]:
    """Bank cards by their check digit (GB/T 15694.1), and any long number that is called one."""
    for match in _CARD.finditer(text):
        if _passes_luhn(match.group()) and not _NO_CARD.search(text, max(0, match.start() - 8), match.start()):
            yield match.span()
    yield from (match.span(1) for match in _CALLED_CARD.finditer(text))


def _passes_luhn(number: str) -> bool:
    digits = [int(char) for char in number if char.isdecimal()]
    doubled = [digit if place % 2 == 0 else sum(divmod(digit * 2, 10)) for place, digit in enumerate(reversed(digits))]
    return sum(doubled) % 10 == 0


_MOBILE = re.compile(r"(?<!\d)1[3-9]\d[ ._/-]?(?:\d{4}|[*xX]{3,5})[ ._/-]?\d{4}(?!\d)")
_LANDLINE = re.compile(r"(?<!\d)0\d{2,3}[ -]?[2-9]\d{6,7}(?!\d)")
_NO_PHONE = re.compile(r"\d、\d|(?<!\d)(?:19|20)\d{2}[.-]\d{1,2}(?:[.-]|$)")  # lists of numbers, 1971.12-1972.1


def find_telephones(text: str) -> Iterator[Span]:
    """Mobiles (also half covered already), landlines with area code, and what people say digit by digit."""
    yield from (match.span() for match in _MOBILE.finditer(text))
    yield from (match.span() for match in _LANDLINE.finditer(text))
    yield from (
        (each.start, each.end) for each in find_phones(text) if not _NO_PHONE.search(text, each.start, each.end)
    )


_ACCOUNT = re.compile(
    r"(?:微信|威信|薇信|卫星号|[VvWw][Xx](?![A-Za-z])|[Vv]信|[Vv][❤♥]|加[Vv](?![A-Za-z])|[Qq] ?[Qq](?![A-Za-z])"
    r"|扣扣|企鹅号|抖音|快手|微博|支付宝|钉钉)"
    r"(?:群|名|昵称)?(?:账号|帐号|号码?|ID)?"
    r"(?:[是为加:：\s]{0,6}((?!alipay|[Ww]e[Cc]hat|weixin|APP)[A-Za-z0-9_][A-Za-z0-9_-]{4,24})|[:：]\s?([A-Za-z][\w-]{3,24}))"
)


def find_accounts(text: str) -> Iterator[Span]:
    """微信, QQ and the like, by the word in front of them."""
    return (match.span(match.lastindex or 0) for match in _ACCOUNT.finditer(text))


#: Is given the telephones that were found before it: names stand beside them.
Finder = Callable[[str, Sequence[Span]], Iterator[Span]]


def _alone(find: Callable[[str], Iterator[Span]]) -> Finder:
    return lambda text, _: find(text)


def _in_order(*finders: tuple[Kind, Finder]) -> tuple[tuple[Kind, Finder], ...]:
    """As `Kind` counts: what has the strictest form is looked for first."""
    kinds = list(Kind)
    return tuple(sorted(finders, key=lambda each: kinds.index(each[0])))


_WRITER = _in_order(
    (Kind.EMAIL, _alone(find_emails)),
    (Kind.ID_CARD, _alone(find_id_cards)),
    (Kind.ID_CARD, _alone(aloud.find_identity_cards)),
    (Kind.CARD, _alone(find_cards)),
    (Kind.CARD, _alone(aloud.find_cards)),
    (Kind.PHONE, _alone(find_telephones)),
    (Kind.PHONE, _alone(aloud.find_numbers)),
    (Kind.ACCOUNT, _alone(find_accounts)),
    (Kind.NAME, find_own_names),
    (Kind.DOOR, _alone(find_own_doors)),
)
_WRITER_AND_PLATES = _in_order(*_WRITER, (Kind.PLATE, _alone(find_plates)), (Kind.DOOR, _alone(find_own_numbers)))
_EVERYTHING = _in_order(*_WRITER_AND_PLATES, (Kind.NAME, _alone(find_other_names)), (Kind.DOOR, _alone(find_doors)))
