"""Where the matter of a call is: told in pieces, put right, read back, and told apart from where the caller lives.

The value is written as it stands on a form: without 那个 and commas, numbers of doors in digits. A wrong place is worse
than none: what was denied is out, and a name without an ending (恒大绿洲) counts only as the answer to "where?".
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from hotline.domain.parts import Part, is_answer_to, is_confirmed, make_part
from hotline.domain.place_words import BESIDE, DOOR, JUNCTION
from hotline.domain.places import is_corrected, places_of
from hotline.domain.smoothing import Smooth, smooth
from hotline.domain.spans import Found
from hotline.domain.spoken import number_of
from hotline.domain.turns import OPERATOR, Turn
from hotline.domain.whereabouts import may_be_place

ASKS_PLACE = re.compile(
    "哪里|哪儿|哪条|哪一?个(?:小区|路|位置|地方|路段|村|街|门|店|厂|工地|口|站|公园|学校)|哪一?[栋幢段侧边]|(?:什么|"
    "啥)(?:地方|位置|路|小区)|"
    "地址|地点|位置|具体在|几(?:号|栋|幢|单元|层|楼|排|户|弄)|哪一?(?:户|层|单元|区|期)|门牌|在哪|哪块|何处|附近有|"
    "标志|多少号|怎么走|您是在|还是"
)
_LIVES = re.compile("(?:住|户口|租|家)(?:在|到|是|搁)?[^，,。]{0,3}$|(?:单位|公司|上班)(?:在|是)[^，,。]{0,3}$")
_OF_HIS_HOME = re.compile("的?(?:业主|居民|住户|村民|租户|人(?![行民]))")
_ELSEWHERE = re.compile(
    "(?:不像|就像|比如|好比|跟|离|上次|以前|之前|原来|去过|跑到|打给|打到|找过?|问过?|反映给|向|通知|归|属于|属|"
    "来自)[^，,。]{0,4}$"
)
_COMES_FROM = re.compile("从[^，,。]{0,2}$")
_GOES_ON = re.compile("[^，,。]{0,4}(?:开车|过来|走|骑|坐车|出来|回家|出发|拐)")
_NOT_THERE = re.compile("(?:那边|那里|那儿)?(?:没事|没有问题|已经修好|修好了|正常|好好的|都亮)")
_READ_BACK = re.compile("您(?:反映|说|投诉|讲)的|(?:对吗|对吧|是吗|是吧|对不对|没错吧|吗)[？?]?$")


_RECENT = 12  # candidates that an answer may go on with: looking at all of them would be quadratic


@dataclass(frozen=True, slots=True)
class _Candidate:
    """`rank` decides which is taken; `confidence` is what the operator is shown."""

    value: str
    turn: Turn
    said: str
    confidence: float
    rank: float


def find_place(turns: Sequence[Turn]) -> Part | None:
    """The place complained of, None when none was told."""
    told: list[_Candidate] = []
    for index, turn in enumerate(turns):
        spoken = smooth(turn.text)
        if turn.speaker == OPERATOR:
            told += _read_back(turns, index, spoken, told)
        else:
            told = _told(turns, index, spoken, told)
    best = max(told, key=lambda each: each.rank, default=None)
    return make_part(best.value, best.turn, best.confidence, best.said) if best else None


def _read_back(turns: Sequence[Turn], index: int, spoken: Smooth, told: Sequence[_Candidate]) -> list[_Candidate]:
    """What the operator says back stands when it is agreed to; unanswered it is better than nothing."""
    confirmed = is_confirmed(turns, index)
    if confirmed is False or (confirmed is None and not _READ_BACK.search(spoken.text)):
        return []
    read = [_candidate(turns[index], spoken, place, 0.0) for place in places_of(spoken.text)]
    if not confirmed:
        return [replace(each, rank=each.rank - 0.4) for each in read]
    # make_part trusts the operator's words less; a "对" makes up for it. It agrees to less, too: "建设路是吧".
    fuller = max((len(each.value) for each in told[-_RECENT:]), default=0)
    return [
        replace(
            each, confidence=each.confidence + 0.5, rank=each.rank + (0.5 if len(each.value) >= fuller - 2 else 0.1)
        )
        for each in read
    ]


def _told(turns: Sequence[Turn], index: int, spoken: Smooth, told: list[_Candidate]) -> list[_Candidate]:
    turn, asked = turns[index], is_answer_to(turns, index, ASKS_PLACE)
    places = places_of(spoken.text, corrected=False)
    if not places:
        if told and (door := _other_door(spoken.text)) is not None:
            told.append(_with_door(told, door))
            return told
        finer = _only_finer(spoken, asked) if told else None
        if finer is not None:
            return _joined(told, finer)
        bare = _bare_name(spoken) if asked else None
        places = [bare] if bare else []
    places = _fused(spoken.text, places)
    denied = _DENIES.match(spoken.text) is not None
    for number, found in enumerate(places):
        place = _with_finer(spoken, found, asked)
        candidate = _candidate(turn, spoken, place, 0.1 if asked else 0.0)
        if is_corrected(spoken.text, place) or (denied and number == 0):
            candidate, told = _put_right(told, candidate), []
        told.append(_with_coarser(turns, index, told, candidate))
    return told


_BETWEEN = re.compile(rf"(?:[，,、 ]?{DOOR.pattern})?[，,、 ]?(?:那个|就是|就在|就|靠近|靠|在|的){{0,3}}[，, ]?")
_COARSE = re.compile("[路街道巷村镇]|网格|小区|[0-9]号$")
_ROAD = re.compile("[路街巷]|大道|国道|省道")


def _fused(text: str, places: Sequence[Found]) -> list[Found]:
    """A road and what stands on it, told one behind the other, as one place: 建业路18号，那个建业大厦A座."""
    fused: list[Found] = []
    for place in places:
        last = fused[-1] if fused else None
        if (
            last is not None
            and _is_finer(last.value, place.value)
            and place.start - last.end <= 12
            and _BETWEEN.fullmatch(text[last.end : place.start])
        ):
            sure = min(0.95, max(last.confidence, place.confidence) + 0.1)
            fused[-1] = Found(text[last.start : place.end], last.start, place.end, sure)
        else:
            fused.append(place)
    return fused


def _is_finer(coarse: str, fine: str) -> bool:
    return (
        _COARSE.search(coarse) is not None and _ROAD.search(fine) is None and fine not in coarse and coarse not in fine
    )


def _with_coarser(turns: Sequence[Turn], index: int, told: Sequence[_Candidate], found: _Candidate) -> _Candidate:
    """The answer to "学府街 where exactly?" stands on that road."""
    question = next((turn.text for turn in reversed(turns[:index][-3:]) if turn.speaker == OPERATOR), "")
    for each in reversed(told[-_RECENT:]):
        if _ROAD.search(each.value) and each.value in question and _is_finer(each.value, found.value):
            return replace(found, value=each.value + found.value, rank=max(found.rank, each.rank) + 0.1)
    return found


_DENIES = re.compile("^(?:[嗯啊哎唉，,]{0,3})(?:不对|不是|错了?|不不|说错|搞错|弄错|听错)")
_OTHER_DOOR = re.compile(
    f"(?:不对|错了?|不是[^，,。]{{0,8}}|应该)[，,、 啊哦]{{0,3}}(?:应该)?(?:是|在)?(?P<door>{DOOR.pattern})"
)


def _other_door(text: str) -> str | None:
    """80号 of "不对，是80号" and of "不是18号，是80号"."""
    match = _OTHER_DOOR.search(text)
    return as_written(match["door"]) if match else None


def _with_door(told: Sequence[_Candidate], door: str) -> _Candidate:
    """What was told last with the door that is right, in the place of the first of its kind."""
    last = max(told[-_RECENT:], key=lambda each: each.rank)
    kind = re.sub("[^\u4e00-\u9fff]", "", door)[:1]
    value = re.sub(f"[0-9A-Za-z-]+{kind}", door.split(kind)[0] + kind, last.value, count=1) if kind else last.value
    return replace(last, value=value, rank=last.rank + 0.3)


def _candidate(turn: Turn, spoken: Smooth, place: Found, bonus: float) -> _Candidate:
    before = spoken.text[max(0, place.start - 8) : place.start]
    after = spoken.text[place.end : place.end + 10]
    rank = place.confidence + bonus
    if _LIVES.search(before) or _OF_HIS_HOME.match(after):
        rank -= 0.35
    if _COMES_FROM.search(before) and _GOES_ON.match(after):
        rank -= 0.5
    if _ELSEWHERE.search(before) or _NOT_THERE.match(after):
        rank -= 0.4
    said = spoken.said(place.start, place.end)
    return _Candidate(as_written(place.value), turn, said, min(place.confidence + bonus, 1.5), rank)


_FINER = re.compile(
    rf"[，, ]?(?:就是|就|也|是|在|靠){{0,2}}(?:{DOOR.pattern}|{JUNCTION.pattern}|{BESIDE.pattern}|"
    r"(?:进去|进门|进来)(?:往里)?(?:的)?(?:第?[一二三四0-9]个?(?:路口|红绿灯|弯|楼))?(?:左|右)?(?:手)?(?:边|侧|拐|转)?|"
    r"地下车库|地库|地下室|[东南西北]门|村口)"
)
_LEADS = re.compile(
    "^(?:(?:我们?|俺们?|咱们?|这|那)?(?:这边|这里|这儿|那边|那里)?[就也]?(?:是|在|叫|搁|住在?|位于|靠)?(?:那个|"
    "这个)?)[，, ]?"
)


_POINTS_ON = re.compile("[，,](?:[正斜]?对面|旁边|门口|楼下|后面)(?=那个|的|有个|有家)")


def _with_finer(spoken: Smooth, place: Found, asked: bool) -> Found:
    """With what makes it more exact behind a pause: 枫林绿洲一期，地下车库D区. Unasked it may be another matter."""
    if not asked:
        match = _POINTS_ON.match(spoken.text, place.end)
        end = match.end() if match else place.end
        return replace(place, value=spoken.text[place.start : end], end=end)
    end = _end_of_finer(spoken.text, place.end)
    return replace(place, value=spoken.text[place.start : end], end=end)


def _end_of_finer(text: str, end: int) -> int:
    for _ in range(4):
        match = _FINER.match(text, end)
        if match is None or match.end() == end:
            return end
        end = match.end()
    return end


def _only_finer(spoken: Smooth, asked: bool) -> Found | None:
    """A clause that begins with a door, a gate or a corner, and so goes on with the place told before.

    Unasked it has to be nothing else: 旁边小卖部老板 is no place.
    """
    for clause in _CLAUSE.finditer(spoken.text):
        lead = _LEADS.match(clause.group())
        start = clause.start() + (lead.end() if lead else 0)
        end = _end_of_finer(spoken.text, start)
        if end - start >= 2 and (asked or clause.end() - end <= 1):
            return Found(spoken.text[start:end], start, end, 0.3)
    return None


def _joined(told: list[_Candidate], finer: Found) -> list[_Candidate]:
    last = max(told[-_RECENT:], key=lambda each: each.rank)
    more = as_written(finer.value)
    if more in last.value:
        return told
    value = _without_overlap(last.value, more)
    told.append(replace(last, value=value, rank=last.rank + 0.2, confidence=last.confidence + 0.1))
    return told


def _without_overlap(place: str, more: str) -> str:
    """御景湾8栋 and 8栋2401 are 御景湾8栋2401."""
    for length in range(min(len(place), len(more)), 0, -1):
        if place.endswith(more[:length]):
            return place + more[length:]
    return place + more


_NO_NAME = re.compile(
    "[我你他您它不没了吗呢是说谁喂嗯哦好对]|知道|晓得|什么|怎么|有|一个|门口$|楼下$|路上$|街上$|小区$|马路|家里|"
    "外面|里面|^到处|^很多|附近$|这边|那边"
)
_ENDS = re.compile("(?:那儿|那边|这边|那块儿?|那里|这里|这儿|这块|这头|那头|里面?|的)?[吧啊呢嘛呀哈噻嘞哦哩]?$")
_CLAUSE = re.compile("[^，,。；;！!？? ]{1,24}")


def _bare_name(spoken: Smooth) -> Found | None:
    """A name without an ending as the whole first clause of the answer to "where?": 恒大绿洲."""
    lead = _LEADS.match(spoken.text)
    clause = _CLAUSE.match(spoken.text, lead.end() if lead else 0)
    if clause is None:
        return None
    name = _ENDS.sub("", clause.group())
    if not 2 < len(name) <= 10 or _NO_NAME.search(name) or not may_be_place(name):
        return None
    return Found(name, clause.start(), clause.start() + len(name), 0.4)


_CROSSING = re.compile("^(?P<one>.{2,8}?[路街道巷桥])(?P<and>[和与跟同、])(?P<other>.{2,8}?[路街道巷桥])")


def _put_right(told: Sequence[_Candidate], right: _Candidate) -> _Candidate:
    """ "幸福大道跟五一路，不对，是五四路那个路口": of a crossing only the road that sounds alike was wrong."""
    crossing = _CROSSING.match(told[-1].value) if told else None
    if crossing is None or _CROSSING.match(right.value):
        return right
    one, other = crossing["one"], crossing["other"]
    if len(set(one) & set(right.value)) > len(set(other) & set(right.value)):
        value = _ROAD_FIRST.sub("", right.value)
        road = right.value[: len(right.value) - len(value)] or right.value
        return replace(right, value=road + crossing["and"] + other + (value or told[-1].value[crossing.end() :]))
    return replace(right, value=one + crossing["and"] + right.value)


_ROAD_FIRST = re.compile("^.{1,8}?[路街道巷桥]")
_PAUSES = re.compile("[，,、。\\s](?:就是|就在|也就是|就|在)?")
_POINTING = re.compile("的?(?:那个|这个|那条|这条|那一?个)|的(?=[正斜]?对面|旁|门口|[后前]面|附近|[东南西北])")
_SPOKEN_NUMBER = re.compile(
    "(?<![路街巷负第0-9一二三四五六七八九十百零])(?P<number>[零〇一二两三四五六七八九十百]{1,7})(?=号|弄|栋|幢|座|"
    "楼|单元|室|期|队|米|层|网格|排|户|区[0-9一二三四五六七八九十])"
    "|(?<=[路街巷道])(?P<house>[零〇一二两三四五六七八九十百]{1,7})(?=号|弄)"
    "|(?<=[元栋座楼幢号])(?P<room>[零〇一二三四五六七八九]{3,4})(?=室|$)"
)


def as_written(place: str) -> str:
    """A place as it stands on a form: 纺织路77号院3号楼2单元 for "纺织路，那个七十七号院，三号楼二单元"."""
    return _SPOKEN_NUMBER.sub(_digits, _POINTING.sub("", _PAUSES.sub("", place))).replace("口子", "口")


def _digits(match: re.Match[str]) -> str:
    number = number_of(match.group())
    return match.group() if number is None else str(number)
