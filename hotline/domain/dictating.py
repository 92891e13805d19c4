"""A telephone number as it is told in a conversation: at once or in pieces, read back, put right half way.

幺三八零零 – 嗯 – 幺三八零零零; "一三八零零一三，不对，零零一四"; "最后两位是八九，不是九八"; a reading denied.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from hotline.domain.parts import Part, is_confirmed, make_part
from hotline.domain.spans import Found
from hotline.domain.spoken import digit_groups, digits_of, find_phones, find_phones_misheard, phone_of
from hotline.domain.transcript import OPERATOR, Turn

ASKS_PHONE = re.compile("电话|号码|手机|联系方式|座机|怎么联系|联系(?:到|上)?您")
#: Whose number it is when it is not the caller's.
_SOMEBODY_ELSES = re.compile(
    "(?:他|她|它|店家|店里|老板|物业|公司|商家|工地|门头|招牌|牌子|广告|骗子|对方|经理|客服|厂里?|村委会?|居委会?|社区|"
    "负责人|房东|中介|包工头)[^，,。！？!?；;0-9]{0,8}(?:电话|号码|手机|打的|联系方式|来电)[^，,。0-9]{0,6}$"
)
#: A number that stands somewhere, or is none to call: 上面写着…, 罚单编号….
_STANDS_THERE = re.compile(
    "(?:小广告|牛皮癣|传单|公示牌|公告|告示|贴纸|海报|罚单|(?:监督|举报|投诉|服务|客服)(?:电话|热线|号码)|"
    "(?:写|印|贴|喷|标)着|[上后侧]面?(?:写|印|贴|喷|留|标)的?)[^。！？!?；;0-9零幺]{0,14}$|"
    "(?:编号|单号|罚单号?|流水号|案号|卡号|身份证号?|车牌)[^，,。！？!?；;0-9]{0,6}$"
)
_HIS_OWN = re.compile("(?:我|俺|咱|本人|自己)们?的?(?:联系)?(?:电话|手机|号码?|座机|联系方式)")
_ASKS_ANOTHERS = re.compile(
    "(?:广告|传单|牌子|公示牌|上[面边头]|商家|店家|(?<!您)店里|老板|对方|物业|(?<!您)公司|(?<!其)他|她)[^，,。？?您]{0,8}(?:电话|号码|手机|联系方式)"
)
_AREA_CODE = re.compile("0(?:10|2[0-9]|[3-9][0-9]{2})")
_LOCAL = re.compile("[2-8][0-9]{6,7}")
_CORRECTS = re.compile("不对|错了?|不是|更正|应该是|重新|等一?下|记错|弄错|哎呀?|换成|还是[留打用]")
_IN_RESERVE = re.compile("打不通|另外|备用|或者|还有一?个|再留|没人接|要不然?|也行|也可以|也能")
_AGAIN = re.compile("再说|重复|没听清|慢[点一些]|重新|少[说了报]|多[说了报]|位数|不够|再报")
_PLACES = {"一": 1, "二": 2, "两": 2, "俩": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8}
_COUNT = "(?P<count>[一二两俩三四五六七八1-8])?"
_TAIL = re.compile(
    f"(?:最后面?|末尾?|后面?|尾号?|尾数|结尾)(?:的|那|这)?{_COUNT}(?:位|个)?(?:数字?|号)?(?:应该|就)?[是为]?[，, ]?$"
)
_HEAD = re.compile(f"(?:前面?|开头|打头|头)(?:的|那|这)?{_COUNT}(?:位|个)?(?:数字?|号)?(?:应该|就)?[是为]?[，, ]?$")
_MIDDLE = re.compile(f"中间(?:的|那|这)?{_COUNT}(?:位|个)?(?:数字?|号)?(?:应该|就)?[是为]?[，, ]?$")
_NOT_THIS = re.compile("(?:不是|并非|别写)[^，。]{0,3}$")
_MOST_WORDS = 14  # characters beside the digits of a turn that goes on with a number


@dataclass
class _Dictation:
    """What has been told of one number so far."""

    pieces: list[str] = field(default_factory=list)
    first: Turn | None = None
    heard: str = ""  # as the operator has read it back last

    @property
    def digits(self) -> str:
        return "".join(self.pieces)

    def begin(self, digits: str, turn: Turn) -> None:
        self.pieces, self.first, self.heard = [digits], turn, ""

    def forget(self) -> None:
        self.pieces, self.first, self.heard = [], None, ""


def dictated(turns: Sequence[Turn]) -> Part | None:
    """The call-back number that the turns end up with; None where none was told whole."""
    return _Listener(turns).listen()


class _Listener:
    """Goes over the turns once, in their order."""

    def __init__(self, turns: Sequence[Turn]) -> None:
        self.turns = turns
        self.told = _Dictation()
        self.best: Part | None = None
        self.asked = False
        self.of_another = False  # whose number the operator has asked for last
        self.others: set[str] = set()  # numbers that are somebody else's

    def listen(self) -> Part | None:
        for index, turn in enumerate(self.turns):
            if turn.speaker == OPERATOR:
                self._hear_operator(index, turn)
            else:
                self._hear_caller(turn)
        return self.best

    def _hear_operator(self, index: int, turn: Turn) -> None:
        phones = find_phones(turn.text)
        groups = digit_groups(turn.text)
        self.of_another = _ASKS_ANOTHERS.search(turn.text) is not None
        asks = ASKS_PHONE.search(turn.text) is not None and not self.of_another
        if phones and (phones[-1].value in self.others or _is_anothers(turn.text, phones[-1])):
            return
        if phones and self._is_about_caller(turn, asks):
            self._read_back(index, turn, phones[-1])
        elif groups and self.told.pieces:
            self.told.heard = digits if phone_of(digits := "".join(g.value for g in groups)) else self.told.heard
            if self.told.heard and phone_of(self.told.digits) is None and is_confirmed(self.turns, index):
                self._settle(self.told.heard, turn, 1.2, turn.text.strip())
        elif _AGAIN.search(turn.text) and (asks or self.told.pieces) and phone_of(self.told.digits) is None:
            self.told.forget()
        elif not asks and len(turn.text) > 12 and not groups:
            self.asked = False
            self.told.forget()
        self.asked = self.asked or asks

    def _is_about_caller(self, turn: Turn, asks: bool) -> bool:
        return bool(self.told.pieces) or asks or "您" in turn.text or "来电" in turn.text or self.asked

    def _read_back(self, index: int, turn: Turn, phone: Found) -> None:
        """Agreed to, it stands, whatever was heard of the caller; denied, the caller puts it right in a moment."""
        confirmed = is_confirmed(self.turns, index)
        self.told.heard = phone.value
        said = turn.text[phone.start : phone.end]
        if confirmed is True and (self.best is None or self.best.value != phone.value):
            self.best = Part(phone.value, turn.line, 0.9, said)
        elif confirmed is None and self.best is None:
            self.best = Part(phone.value, turn.line, 0.5, said)
        elif confirmed is False:
            if self.best is not None and self.best.value == phone.value:
                self.best = Part(self.best.value, self.best.line, 0.4, self.best.said)
            if not self.told.pieces:
                self.told.begin(phone.value, turn)
                self.told.heard = phone.value

    def _hear_caller(self, turn: Turn) -> None:
        phones = _phones(turn.text, self.asked)
        whole = [phone for phone in phones if not self._is_of_another(turn.text, phone)]
        self.others |= {phone.value for phone in phones if phone not in whole}
        if whole:
            self._take_whole(turn, [self._with_area_code(phone) for phone in whole])
        elif self.asked or self.told.pieces or _HIS_OWN.search(turn.text):
            self._take_pieces(turn)

    def _is_of_another(self, text: str, phone: Found) -> bool:
        return _is_anothers(text, phone) or (self.of_another and not _HIS_OWN.search(text[: phone.start]))

    def _with_area_code(self, phone: Found) -> Found:
        """0355, told before by itself, and 2021234."""
        code = self.told.digits
        if not (_AREA_CODE.fullmatch(code) and _LOCAL.fullmatch(phone.value)):
            return phone
        return replace(phone, value=code + phone.value, confidence=0.9)

    def _take_whole(self, turn: Turn, phones: Sequence[Found]) -> None:
        for phone in phones:
            before = turn.text[max(0, phone.start - 20) : phone.start]
            if self.best is not None and _IN_RESERVE.search(before) and not _CORRECTS.search(before):
                continue
            named = self.asked or ASKS_PHONE.search(before) is not None
            part = make_part(
                phone.value, turn, phone.confidence + (0.04 if named else -0.1), turn.text[phone.start : phone.end]
            )
            if self.best is None or part.confidence >= self.best.confidence or _CORRECTS.search(before):
                self.best = part
            self.told.begin(phone.value, turn)
        rest = turn.text[phones[-1].end :]
        if _CORRECTS.search(rest) and digit_groups(rest):
            self._take_pieces(Turn(turn.speaker, rest, turn.line))

    def _take_pieces(self, turn: Turn) -> None:
        groups = digit_groups(turn.text)
        if not groups or len(turn.text) - sum(g.end - g.start for g in groups) > _MOST_WORDS + 4 * len(groups):
            return
        was = self.told.digits
        for before, group in _with_words(turn.text, groups):
            if not _NOT_THIS.search(before):
                self._take_piece(turn, before, group.value, _denied_digits(turn.text, group, groups))
        if self.told.digits != was and (number := phone_of(self.told.digits)) is not None:
            self._settle(number, self.told.first or turn, 0.8, " ".join(self.told.pieces))

    def _take_piece(self, turn: Turn, before: str, digits: str, denied: str) -> None:
        """Appends a piece, or puts it where the words say that it belongs."""
        base = self.told.heard or self.told.digits
        corrects = _CORRECTS.search(before) is not None
        if denied and len(denied) == len(digits) and (at := base.rfind(denied)) >= 0:
            self._replace(base[:at] + digits + base[at + len(denied) :])
        elif phone_of(base) and len(digits) < 8 and (put := _put_in(base, before, digits)):
            self._replace(put)
        elif not self.told.pieces or (corrects and re.match("1[3-9]", digits) and len(digits) >= 3):
            self.told.begin(digits, turn)
        elif corrects and phone_of(base) and len(digits) < 8:
            self._replace(base[: -len(digits)] + digits)
        elif corrects and len(digits) == len(self.told.pieces[-1]):
            self.told.pieces[-1] = digits
        elif phone_of(self.told.digits) is None and not (len(digits) > 3 and self.told.pieces[-1] == digits):
            self.told.pieces.append(digits)  # four digits said twice are said again

    def _replace(self, digits: str) -> None:
        self.told.pieces, self.told.heard = [digits], ""

    def _settle(self, number: str, turn: Turn, confidence: float, said: str) -> None:
        self.best = make_part(number, turn, min(confidence, 1.5), said)


def _phones(text: str, asked: bool) -> list[Found]:
    return find_phones(text, told=asked) or find_phones_misheard(text)


def _is_anothers(text: str, phone: Found) -> bool:
    before = text[max(0, phone.start - 24) : phone.start]
    if _SOMEBODY_ELSES.search(before):
        return True
    there = _STANDS_THERE.search(before)
    return there is not None and _HIS_OWN.search(there.group()) is None


def _with_words(text: str, groups: Sequence[Found]) -> Iterator[tuple[str, Found]]:
    """Each group of digits with the words between it and the one before."""
    last = 0
    for group in groups:
        yield text[max(last, group.start - 14) : group.start], group
        last = group.end


def _denied_digits(text: str, group: Found, groups: Sequence[Found]) -> str:
    """The digits that are not meant: 九八 of "是八九不是九八" and of "不是九八，是八九"."""
    for other in groups:
        if other is group:
            continue
        near = abs(other.start - group.end) <= 8 or abs(group.start - other.end) <= 8
        if near and _NOT_THIS.search(text[max(0, other.start - 6) : other.start]):
            return other.value
    return ""


def _put_in(base: str, before: str, digits: str) -> str | None:
    """The number with these digits at its end, its beginning or in its middle, if the words say so."""
    for pattern, at in ((_TAIL, len(base) - len(digits)), (_MIDDLE, 3), (_HEAD, 0)):
        match = pattern.search(before)
        if match and _count(match["count"]) in (None, len(digits)) and not (at == 3 and len(digits) != 4):
            return base[:at] + digits + base[at + len(digits) :]
    return None


def _count(word: str | None) -> int | None:
    return None if word is None else _PLACES.get(word) or int(digits_of(word))
