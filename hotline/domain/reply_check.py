"""答复核查 (已读乱回): an answer held against the complaint. What comes out is a note to who checks, never a decision.

Does it speak of the matter and the place, of what was done and when, and whom to ask; is it copied from another answer;
does it only brush off or pass on; does it tell who complained. The phrases are data (`config/replies`).
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

from hotline.domain.known import NOBODY, Known
from hotline.domain.places import place_keys
from hotline.domain.redaction import find_cards, find_id_cards

#: What stands in an answer whatever the complaint was about, by code; the second word says what to look at.
LABELS: Final = {
    "short": "过短",
    "brush_off": "推诿用语",
    "passed_on": "只转不办",
    "off_matter": "未说到诉求事项",
    "elsewhere": "说的是别处",
    "copied": "与另一件雷同",
    "private": "含个人信息",
    "no_place": "未提到位置",
    "no_result": "未写明做了什么",
    "no_date": "未写明时间",
    "no_contact": "无联系方式",
    "no_term": "承诺无期限",
}
#: Those by which an answer is no answer, or does harm. The others are what a good one would also have.
SERIOUS: Final = frozenset({"short", "brush_off", "passed_on", "off_matter", "elsewhere", "copied", "private"})


@dataclass(frozen=True, slots=True)
class Manners:
    """By what an answer is judged. Phrases may hold one `…` for a few characters between; counts are characters that
    are left when greetings and thanks are taken away. Empty, nothing of the kind is looked for."""

    brush_off: tuple[str, ...] = ()
    not_ours: tuple[str, ...] = ()
    took_on: tuple[str, ...] = ()
    passed_on: tuple[str, ...] = ()
    pending: tuple[str, ...] = ()
    done: tuple[str, ...] = ()
    grounds: tuple[str, ...] = ()
    hollow: tuple[str, ...] = ()
    courtesy: tuple[str, ...] = ()
    shortest: int = 8  # what is shorter says nothing
    thin: int = 45  # what is shorter and tells of nothing done says nothing either
    alike: float = 0.9  # the share in common, of the shorter, that makes two answers the same one; 0 to 1


@dataclass(frozen=True, slots=True)
class Remark:
    """One thing to look at: `code` of `LABELS`, `text` for the person who checks, the `words` that it is about.

    `other`: of a copied answer, its place among the `others`.
    """

    code: str
    text: str
    words: tuple[str, ...] = ()
    other: int | None = None

    @property
    def label(self) -> str:
        """In a few characters."""
        return LABELS[self.code]

    @property
    def serious(self) -> bool:
        """Whether it is no mere shortcoming."""
        return self.code in SERIOUS


def check(
    matter: str,
    place: str,
    answer: str,
    others: Sequence[str] = (),
    *,
    manners: Manners | None = None,
    known: Known = NOBODY,
) -> list[Remark]:
    """What is to be looked at in an answer, the serious first. Nothing is remarked on an empty one.

    `matter`: all that was complained of; `others`: newest answers of the same unit to other matters; `known`: who
    complained. Without `manners` no phrase is known, and only what stands in the texts themselves is compared.
    """
    if not answer.strip():
        return []
    reading = _Reading(_plain(matter), _plain(place), _plain(answer), manners or Manners())
    return [
        *reading.about_substance(),
        *_off_matter(reading, others),
        *_copied(reading, others),
        *_private(answer, known),
        *reading.about_shortcomings(),
    ]


class _Reading:
    """The answer with what is found in it."""

    def __init__(self, matter: str, place: str, answer: str, manners: Manners) -> None:
        self.matter, self.place, self.answer, self.manners = matter, place, answer, manners
        self.places = place_keys(place, matter)
        self.passed_on = _phrases(manners.passed_on, answer)
        self.pending = _phrases(manners.pending, answer)
        self.dates = _DATE.findall(answer)
        self.contacts = _PHONE.findall(answer)
        self.says_place = bool(self.places) and _names_place(self.places, answer)
        self.substance = _without(manners.courtesy, _DATE.sub("", answer))
        self.content = _without(
            manners.courtesy + manners.hollow + manners.pending, _PHONE.sub("", _DATE.sub("", answer))
        )
        self.done = bool(_phrases(manners.done, answer, denied=False)) or self._is_told()
        self.grounds = bool(_phrases(manners.grounds, answer, denied=False))
        self.explains = self.done or self.grounds
        self.brush_off = _phrases(manners.brush_off, answer) + self._not_ours()

    def _is_told(self) -> bool:
        """Something done, in words nobody foresaw: a date or a quantity with what the complaint did not say itself;
        or what came to its end, with a telephone or the place."""
        known = _pairs([self.matter, self.place])
        if any(_FACT.search(told) and len(_news(told, known)) >= _NEWS for told in self._sentences()):
            return True
        return bool((self.contacts or self.says_place) and any(map(_ENDED.search, self._settled())))

    def _sentences(self) -> Iterator[str]:
        """Without what is only passed on or empty, and without the date on which it was signed."""
        empty = self.manners.courtesy + self.manners.hollow + self.manners.pending
        for sentence in _SENTENCES.split(_SIGNED.sub("", self.answer)):
            own = [each for each in _CLAUSES.split(sentence) if not _phrases(self.manners.passed_on, each)]
            yield _without(empty, _PHONE.sub(" ", "，".join(own)))

    def _settled(self) -> Iterator[str]:
        """Clauses, without what is empty, of which none is only promised."""
        for clause in _CLAUSES.split(self.answer):
            if not _TO_COME.search(clause) and not _phrases(self.manners.pending, clause):
                yield _without(self.manners.hollow + self.manners.passed_on, clause)

    def _not_ours(self) -> tuple[str, ...]:
        """That it is somebody else's is said, unless with the grounds and with what was done about it."""
        grounds = self.grounds or _WHOSE.search(self.answer)
        took_on = self.passed_on or _phrases(self.manners.took_on, self.answer)
        return () if grounds and took_on else _phrases(self.manners.not_ours, self.answer)

    def about_substance(self) -> Iterator[Remark]:
        """Whether it is an answer at all."""
        content, thin = len(_SILENT.sub("", self.content)), len(_SILENT.sub("", self.substance)) < self.manners.thin
        if self.brush_off:
            yield Remark(
                "brush_off",
                f"有推诿敷衍的说法{_quoted(self.brush_off)}，请写明依据，或应由谁办理、如何联系。",
                self.brush_off,
            )
        if self.passed_on and thin and not self.explains:
            yield Remark("passed_on", f"只说已转交{_quoted(self.passed_on)}，没有写明办理结果。", self.passed_on)
        elif content < self.manners.shortest or (thin and not self.explains):
            yield Remark("short", f"除问候、感谢和空话外只有{content}个字，没有写明针对什么问题、做了什么、结果如何。")

    def about_shortcomings(self) -> Iterator[Remark]:
        """What it lacks besides."""
        if self.places and not self.says_place:
            named = tuple(self.places[:2])
            yield Remark("no_place", f"没有提到诉求所说的位置{_quoted(named)}。", named)
        if self.manners.done and not self.explains:
            yield Remark("no_result", "没有写明做了什么、结果如何（例如：已更换、已清理、经现场核查……）。")
        if not self.dates:
            yield Remark("no_date", "没有写明办理时间。")
        if not self.contacts:
            yield Remark("no_contact", "没有留下可以询问的电话。")
        if self.pending and not _says_when(self.answer):
            yield Remark("no_term", f"还在办理或作了承诺{_quoted(self.pending)}，没有写明期限。", self.pending)


def _off_matter(reading: _Reading, others: Sequence[str]) -> Iterator[Remark]:
    """Pairs of characters that the complaint and the answer share, without those that the unit's other answers have."""
    usual = Counter(pair for other in others for pair in _pairs(_content(_plain(other))))
    often = {pair for pair, times in usual.items() if times > max(1, len(others) // 4)}
    asked, told = _pairs(_content(reading.matter)) - often, _pairs(_content(reading.answer)) - often
    if not asked or asked & told or len(told) < _TELLING:
        return
    elsewhere = [
        key for key in place_keys("", reading.answer) if not _names_place([key], reading.matter + reading.place)
    ]
    if reading.places and elsewhere and not reading.says_place:
        named = tuple(elsewhere[:2])
        yield Remark("elsewhere", f"说的是{_quoted(named)}，与诉求的位置和事项都对不上，可能答错了件。", named)
    elif len(asked) >= _TELLING and len(told) >= (_TELLING_DONE if reading.done else _TELLING):
        yield Remark("off_matter", "没有说到诉求反映的事项，可能答非所问。")


#: Pairs that a text must have before it can be said that none is the other's; 已更换灯头两只 is an answer to 路灯不亮.
#: Where the answer names another place, however short the complaint is.
_TELLING, _TELLING_DONE = 6, 24


def _copied(reading: _Reading, others: Sequence[str]) -> Iterator[Remark]:
    mine = _shingles(reading.answer, reading.places)
    if len(mine) < _SHINGLES:
        return
    best, which = 0.0, None
    for index, other in enumerate(others):
        theirs = _shingles(_plain(other), place_keys("", other))
        shorter, longer = sorted((len(mine), len(theirs)))
        share = len(mine & theirs) / shorter if shorter > longer * _ABOUT_AS_LONG else 0.0
        if share > best:
            best, which = share, index
    if best >= reading.manners.alike:
        yield Remark("copied", f"除地点和数字外，与另一件的答复有{int(best * 100)}%相同，请核实是否照抄。", other=which)


def _private(answer: str, known: Known) -> Iterator[Remark]:
    spans = {*known.find_names(answer), *known.find_phones(answer), *find_id_cards(answer), *find_cards(answer)}
    if spans:
        words = tuple(dict.fromkeys(answer[start:end] for start, end in sorted(spans)))
        yield Remark("private", "写有诉求人的姓名、电话或证件号码，答复可能公开，请删去。", words)


def _without(phrases: tuple[str, ...], text: str) -> str:
    return _pattern(phrases).sub(" ", text) if phrases else text


def _news(told: str, known: Collection[str]) -> str:
    """The characters that are neither the complaint's (`known`: pairs) nor a date nor what everybody says."""
    content = _DATE.sub(" ", told)
    left = [
        character
        for at, character in enumerate(content)
        if content[at : at + 2] not in known and content[max(0, at - 1) : at + 1] not in known
    ]
    return _EMPTY.sub("", "".join(left))


def _phrases(phrases: tuple[str, ...], text: str, *, denied: bool = True) -> tuple[str, ...]:
    """Which of the phrases stand in a text, three at most. `denied`: also where a 不 or 未 stands before."""
    if not phrases:
        return ()
    found = (match for match in _pattern(phrases).finditer(text) if denied or text[: match.start()][-1:] not in _NOT)
    return tuple(dict.fromkeys(match.group() for match in found))[:3]


@cache
def _pattern(phrases: tuple[str, ...]) -> re.Pattern[str]:
    """The longest first; `…` stands for a dozen characters of one sentence."""
    ordered = sorted((_plain(phrase.replace("…", "\0")) for phrase in phrases), key=len, reverse=True)
    return re.compile("|".join(re.escape(phrase).replace("\0", r"[^。！？\n]{0,12}?") for phrase in ordered))


def _says_when(answer: str) -> bool:
    return _DATE.search(answer) is not None or _TERM.search(answer) is not None


def _names_place(keys: Iterable[str], text: str) -> bool:
    """Whether one of the places is named, with or without what kind of place it is."""
    return any(key in text or (len(key) > 3 and _KIND.sub("", key) in text) for key in map(_plain, keys))


def _content(text: str) -> list[str]:
    return [piece for piece in _EMPTY.sub(" ", text).split() if len(piece) > 1]


def _pairs(pieces: Iterable[str]) -> set[str]:
    return {piece[at : at + 2] for piece in pieces for at in range(len(piece) - 1)}


def _shingles(text: str, places: Collection[str]) -> set[str]:
    """Runs of three characters without places and numbers."""
    for place in sorted(map(_plain, places), key=len, reverse=True):
        text = text.replace(place, "")
    bare = _NUMBERS.sub("", _SILENT.sub("", text))
    return {bare[at : at + 3] for at in range(len(bare) - 2)}


_SHINGLES = 12  # fewer say too little to be a copy
_ABOUT_AS_LONG = 0.7  # of two copies, however long the names of their places


def _quoted(words: Sequence[str]) -> str:
    return f"“{'、'.join(words)}”" if words else ""


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()


_NUMERAL = "[0-9零〇一二三四五六七八九十两]"
_DATE = re.compile(
    r"(?:(?<!\d)\d{4}年)?(?<!\d)\d{1,2}月(?:\d{1,2}[日号])?|(?<!\d)\d{4}[-./]\d{1,2}[-./]\d{1,2}|(?<!\d)\d{4}年|"
    r"[昨今前当次][日天晚]|上午|下午|(?<!\d)\d{1,2}[:时点]\d{0,2}"
)
_TERM = re.compile(
    rf"{_NUMERAL}{{1,3}}个?(?:工作日|小时|天|日内|日前|周|星期|个?月|年)|本[周月年]|下个?[周月]|年[底内]|月底|季度|春节前|明[天日年]"
)
_PHONE = re.compile(
    r"(?<!\d)(?:0\d{2,3}[-— ]{0,2}\d{7,8}|[1-9]\d{6,10})(?!\d)|(?<!\d)1\d{4}(?!\d)|(?<!\d)[48]00[- ]?\d{3}[- ]?\d{4}"
)
#: Of a verb the end that says it is done (补齐, 清走, 修剪到位), or 已 before it; what 已 says of a promise is none.
_ENDED = re.compile(
    r"已经?(?:于[^，。；\n]{1,10}?)?(?!转|交|收|知|阅|获|安排|责成|要求|通知|告知|列入|纳入|反映|反馈|督促|联系|回复|答复|将)[一-鿿]{2}|"
    r"(?![您你更最良友]好|[公水和]平|[交普沟]通|[不没未])[一-鿿](?:好|走|齐|通|净|平|掉|除|新|毕|离|清|完|停)了?(?![一-鿿])|到位|完[毕工]|竣工"
)
_TO_COME = re.compile("[将拟待请]|[^社协大]会|[^需重主]要")
#: When, or how much of what.
_FACT = re.compile(
    rf"{_DATE.pattern}|{_NUMERAL}{{1,5}}(?:[余多万])?(?:[辆盒处台座只根米车吨袋块株棵盏户元件桶瓶张份]|平方|公里|个[^工月]|[人车]次)"
)
_SENTENCES = re.compile(r"[。！？!?\n]++")
_SIGNED = re.compile(rf"(?:{_DATE.pattern})[\W_]*+$")
_WHOSE = re.compile("由[^，。；\n]{2,12}?(?:管|负责|所有|养护)|[^关联]系|由于|因")
_CLAUSES = re.compile(r"[，。！？；,;!?\n]++")
_NEWS = 2  # characters that the complaint did not say: 补齐
_NOT = frozenset("不未没无非")
_SILENT = re.compile(r"[\W_]++")
_NUMBERS = re.compile(rf"{_NUMERAL}++")
_KIND = re.compile("(?:小区|社区|花园|大道|街道|[路街巷村镇桥])$")
#: What complaints and answers say whatever the matter is.
_EMPTY = re.compile(
    r"[\W_\d]++|尊敬的|领导|书记|市长|县长|局长|您好|你好|[我你他您]们?|本人|网友|网民|市民|居民|群众|业主|反映|投诉|举报|问题|情况|希望|请求?|谢谢|感谢|"
    "有关|相关|部门|单位|政府|处理|解决|尽快|一直|已经|现在|目前|关于|由于|因为|所以|但是|如果|没有|进行|工作|支持|理解|关注|关心|监督|"
    "回复|答复|如下|收悉|来信|留言|来电|诉求|电话|接到|收到|现将|核实|调查|了解|及时|根据|按照|规定|要求|年|月|日|[的了是在有和与就都也还很把被让给着过吗呢吧啊对于及等为将]"
)
