"""Where the matter of a call is: told in pieces, put right, read back, and told apart from where the caller lives.

The value is written as it stands on a form: without 那个 and commas, numbers of doors in digits. A wrong place is worse
than none: what was denied is out, and a name without an ending (恒大绿洲) counts only as the answer to "where?".
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from hotline.domain.parts import Part, is_answer_to, is_confirmed, make_part
from hotline.domain.place_answers import bare_name, end_of_finer, only_finer, with_lead
from hotline.domain.place_words import DOOR
from hotline.domain.place_writing import as_written, contains, united, with_more
from hotline.domain.places import is_corrected, places_of, scale_of
from hotline.domain.smoothing import Smooth, smooth
from hotline.domain.spans import Found
from hotline.domain.turns import OPERATOR, Turn
from hotline.domain.wishes import promise_in

__all__ = ["ASKS_PLACE", "as_written", "find_place"]

ASKS_PLACE = re.compile(
    "哪里|哪儿|哪条|哪一?个(?:小区|路|位置|地方|路段|村|街|门|店|厂|工地|口|站|公园|学校)|哪一?[栋幢段侧边]|(?:什么|"
    "啥)(?:地方|位置|路|小区)|"
    "地址|地点|位置|具体在|几(?:号|栋|幢|单元|层|楼|排|户|弄)|哪一?(?:户|层|单元|区|期)|门牌|在哪|哪块|何处|附近有|"
    "标志|多少号|怎么走|您是在|还是|(?:说|反映|讲)的是?哪一?[个家座处边]"
)
_LIVES = re.compile("(?:住|户口|租|家)(?:在|到|是|搁)?[^，,。]{0,3}$|(?:单位|公司|上班)(?:在|是)[^，,。]{0,3}$")
_OF_HIS_HOME = re.compile("的?(?:业主|居民|住户|村民|租户|人(?![行民]))")
_ELSEWHERE = re.compile(
    "(?:不像|就像|比如|好比|跟|离|上次|以前|之前|原来|去过|跑到|打给|打到|找过?|问过?|反映给|向|通知|归|属于|属|"
    "来自)[^，,。]{0,4}$"
)
_COMES_FROM = re.compile("从[^，,。]{0,2}$")
_BOUGHT_THERE = re.compile("(?:那边|那儿|那里)?(?:买的?房|上班|上学|工作|打工|买东西)")
_GOES_ON = re.compile("[^，,。]{0,4}(?:开车|过来|走|骑|坐车|出来|回家|出发|拐)")
_IT_IS_AT = re.compile("(?:位置|地点|地址|地方)(?:是|就|在|是在)$")
_NOT_THERE = re.compile(
    "那个?(?:是|不是)(?!不是)|(?:那边|那里|那儿|那个)?(?:没事|没有问题|已经修好|修好了|正常|好好的|都亮)"
)
_ASKED_FOR = re.compile("的?(?:多少号|几号|在哪|怎么走|是在?哪)")
_READ_BACK = re.compile("(?:对吗|对吧|是吗|是吧|对不对|没错吧|吗|[？?])[？?]?$")
_REST = re.compile("[^。！!？?；;]{0,64}[？?]?")
_FINELY = re.compile(
    "(?:说|反映|讲)的是?哪一?[个家座处边]|哪一?[段侧边头端栋幢期]|具体|附近|标志|几号|多少号|位置|哪里|哪儿|在哪|什么地方|何处|"
    "哪一?个(?!小区|村|路|街|镇|区|市|县|公园|学校|单位|商场|超市)"
)


_NEARLY = 0.7  # of the length of what the caller told: what he agrees to is then the whole of it
_LOOKED_BACK = 48  # candidates that a denial may still strike
_RECENT = 12  # candidates that an answer may go on with: looking at all of them would be quadratic


@dataclass(frozen=True, slots=True)
class _Candidate:
    """`rank` decides which is taken; `confidence` is what the operator is shown. `scale` as in `places.scale_of`.
    `meant`: not his home nor his way."""

    value: str
    turn: Turn
    said: str
    confidence: float
    rank: float
    scale: float
    meant: bool = True


def find_place(turns: Sequence[Turn]) -> Part | None:
    """The place complained of, None when none was told."""
    return find_places(turns)[0]


def find_places(turns: Sequence[Turn]) -> tuple[Part | None, frozenset[str]]:
    """The place complained of, None when none was told; and those that the caller denied when they were read back.

    What he denied comes back only in his own words.
    """
    told: list[_Candidate] = []
    denied: list[str] = []
    for index, turn in enumerate(turns):
        spoken = smooth(turn.text)
        if turn.speaker == OPERATOR:
            read = _read_back(turns, index, spoken, told)
            told += [each for each in read if not any(contains(each.value, road) for road in denied)]
            if new := _denied_by_answer(turns, index, spoken):
                denied = [*denied, *sorted(new)][-_RECENT:]
                told[-_LOOKED_BACK:] = [_doubted(each, new) for each in told[-_LOOKED_BACK:]]
        else:
            told = _told(turns, index, spoken, told)
            own = [each.value for each in told[-_RECENT:] if each.turn is turn]
            denied = [road for road in denied if not any(contains(value, road) for value in own)]
    best = max(told, key=lambda each: each.rank, default=None)
    if best is None or best.rank < 0:
        return None, frozenset(denied)
    return make_part(best.value, best.turn, best.confidence, best.said), frozenset(denied)


def _denied_by_answer(turns: Sequence[Turn], index: int, spoken: Smooth) -> set[str]:
    """What of a readback does not hold: "不对，是建国路" and "对，不过是建国路" to 建设路."""
    read = [as_written(each.value) for each in places_of(spoken.text)]
    answer = next(iter(turns[index + 1 : index + 2]), None)
    if not read or answer is None or answer.speaker == OPERATOR:
        return set()
    words = smooth(answer.text).text
    right = [each for each in places_of(words) if not _LIVES.search(words[max(0, each.start - 8) : each.start])]
    if _DENIES.match(words) is None:
        right = [each for each in right if _BUT.search(words[: each.start])]
    values = [as_written(each.value) for each in right if _CROSSING.match(as_written(each.value)) is None]
    if not values or any(_CROSSING.match(each) for each in read):
        return set()
    return {each for each in read if not any(contains(each, value) or contains(value, each[:3]) for value in values)}


def _doubted(each: _Candidate, denied: set[str]) -> _Candidate:
    if each.meant and any(contains(each.value, road) for road in denied):
        return replace(each, rank=each.rank - 1.0, meant=False)
    return each


_BUT = re.compile(
    "(?:不过|但是?|可是|其实|应该)[，,]?(?:应该|其实|它|那个|路名|地方|位置){0,2}(?:是|叫|在)(?:那个|在)?$"
)


def _read_back(turns: Sequence[Turn], index: int, spoken: Smooth, told: Sequence[_Candidate]) -> list[_Candidate]:
    """What the operator says back stands when it is agreed to; unanswered it is better than nothing.

    A statement of his own (the office is at 建设路66号) is about the matter only where the caller has named it.
    """
    confirmed = is_confirmed(turns, index)
    if confirmed is False:
        return []
    heard: list[_Candidate] = []
    for place in places_of(spoken.text):
        read = _candidate(turns[index], spoken, place, 0.0)
        sentence = _REST.match(spoken.text, place.end)
        asking = sentence is not None and _READ_BACK.search(sentence.group()) is not None
        if confirmed is None and not asking:
            heard += filter(None, [_echo(read, told)])
        elif confirmed is None:
            heard.append(replace(read, rank=read.rank - 0.4))
        elif asking or ("您" in spoken.text and not promise_in(spoken.text)) or _named_before(read, told):
            heard.append(_agreed(read, told))
    return heard


def _named_before(read: _Candidate, told: Sequence[_Candidate]) -> bool:
    return any(each.value[:2] in read.value or read.value[:2] in each.value for each in told[-_RECENT:])


def _echo(read: _Candidate, told: Sequence[_Candidate]) -> _Candidate | None:
    """The caller's place said back with more than he said in one breath, and he goes on without a word against it."""
    for each in reversed(told[-_RECENT:]):
        if each.meant and len(read.value) > len(each.value) and contains(read.value, each.value[:4]):
            return replace(read, rank=max(read.rank, each.rank) + 0.1, confidence=each.confidence + 0.3)
    return None


def _agreed(read: _Candidate, told: Sequence[_Candidate]) -> _Candidate:
    """make_part trusts the operator's words less; a "对" makes up for it. It agrees to less, too: "建设路是吧"."""
    for each in reversed(told[-_RECENT:]):
        if len(each.value) > len(read.value) + 2 and contains(each.value, read.value):
            return replace(each, rank=max(each.rank, read.rank) + 0.5, confidence=each.confidence + 0.3)
        whole = united(read.value, each.value) or united(each.value, read.value)
        if whole is not None and len(whole) > len(read.value) + 2:
            return replace(each, value=whole, rank=max(each.rank, read.rank) + 0.5, confidence=each.confidence + 0.2)
    fuller = max((len(each.value) for each in told[-_RECENT:]), default=0)
    return replace(
        read, confidence=read.confidence + 0.5, rank=read.rank + (0.5 if len(read.value) >= _NEARLY * fuller else 0.1)
    )


def _told(turns: Sequence[Turn], index: int, spoken: Smooth, told: list[_Candidate]) -> list[_Candidate]:
    turn, asked = turns[index], is_answer_to(turns, index, ASKS_PLACE)
    question, before = _question(turns, index) if asked else "", tuple(told[-_RECENT:])
    places = places_of(spoken.text, corrected=False)
    if not places:
        if told and (door := _other_door(spoken.text)) is not None:
            told.append(_with_door(told, door))
            return told
        finer = only_finer(spoken.text, asked=asked) if told else None
        if finer is not None:
            return _joined(told, finer)
    bare = bare_name(spoken.text) if asked else None
    if bare and _DIGITS.fullmatch(bare.value) and not _ASKS_DOOR.search(question):
        bare = None  # the rest of a telephone number
    if bare and (not places or _leads_to(spoken.text, bare, places[0])):
        places = [bare, *places]
    places = _fused(spoken.text, places)
    denied = _DENIES.match(spoken.text) is not None or _puts_right(turns, index, spoken.text, places)
    places = _without_denied(spoken.text, places, told)
    for number, found in enumerate(places):
        if _ASKED_FOR.match(spoken.text, found.end):
            continue
        place = _with_finer(spoken, found, asked)
        candidate = _candidate(turn, spoken, place, 0.1 if asked else 0.0)
        if is_corrected(spoken.text, place) or (denied and number == 0):
            candidate, told = _put_right(told, candidate), []
        told.append(_with_coarser(question, before, candidate) if asked else candidate)
    return told


def _puts_right(turns: Sequence[Turn], index: int, text: str, places: Sequence[Found]) -> bool:
    """对，不过是建国路: agrees to all but the place that was read back."""
    if not places or index == 0 or turns[index - 1].speaker != OPERATOR:
        return False
    return _BUT.search(text[: places[0].start]) is not None and bool(places_of(turns[index - 1].text))


_DIGITS = re.compile("[0-9零〇幺一二两三四五六七八九]{4,20}")
_ASKS_DOOR = re.compile("几号|多少号|门牌|几室|房号|哪一?(?:户|室)")


def _without_denied(text: str, places: list[Found], told: list[_Candidate]) -> list[Found]:
    """不是文庙街: neither what this turn said before nor what was told in the last ones."""
    for other in _NOT_THIS.findall(text)[:_RECENT]:
        places = [each for each in places if not contains(other, each.value)]
        for at in range(max(0, len(told) - _RECENT), len(told)):
            if contains(other, told[at].value):
                told[at] = replace(told[at], rank=told[at].rank - 0.6, meant=False)
    return places


def _question(turns: Sequence[Turn], index: int) -> str:
    return next((turn.text for turn in reversed(turns[max(0, index - 3) : index]) if turn.speaker == OPERATOR), "")


def _leads_to(text: str, bare: Found, place: Found) -> bool:
    """A name of no known kind, and behind a pause what stands there: 万象天地负一楼，永辉超市."""
    return (
        bare.end < place.start
        and scale_of(place.value) > 2
        and _BETWEEN.fullmatch(text[bare.end : place.start]) is not None
    )


_BETWEEN = re.compile(
    rf"(?:[，,、 ]?{DOOR.pattern})?(?:上|里面?|那边|那儿|那里|这边)?[，,、 ]?"
    "(?:那个|就是|就在|就|靠近|靠|在|的|有个){0,3}[，, ]?"
)


def _fused(text: str, places: Sequence[Found]) -> list[Found]:
    """A road and what stands on it, told one behind the other, as one place: 建业路18号，那个建业大厦A座."""
    fused: list[Found] = []
    for place in places:
        last = fused[-1] if fused else None
        if (
            last is not None
            and _is_finer(last.value, place.value)
            and not _BESIDE_LAST.search(last.value)
            and place.start - last.end <= 12
            and (_BETWEEN.fullmatch(text[last.end : place.start]) or _is_of_same(text, last, place))
        ):
            sure = min(0.95, max(last.confidence, place.confidence) + 0.1)
            between = "，" if _THING.fullmatch(text[last.end : place.start]) else text[last.end : place.start]
            fused[-1] = Found(last.value + between + place.value, last.start, place.end, sure)
        else:
            fused.append(place)
    return fused


def _is_of_same(text: str, last: Found, place: Found) -> bool:
    """长堰路的路灯，粮食局家属院外面那一段: the lamps stand there. 长堰路的路灯，滨河小区的垃圾 are two matters."""
    return _THING.fullmatch(text[last.end : place.start]) is not None and _SECOND.match(text, place.end) is None


_THING = re.compile(
    "的(?:那些|那个|那盏)?(?:路灯|灯|井盖|树|路面|人行道|盲道|护栏|下水道|水管|电线杆?|垃圾桶?|红绿灯)[，,]"
)
_SECOND = re.compile("(?:那边|那儿|这边)?(?:的|也|还)")
_BESIDE_LAST = re.compile("(?:对面|旁边?|附近|隔壁|后面|边上)$")  # what follows only says in other words what that is


def _is_finer(coarse: str, fine: str) -> bool:
    return scale_of(fine) > scale_of(coarse) and fine not in coarse and coarse not in fine


def _with_coarser(question: str, told: Sequence[_Candidate], found: _Candidate) -> _Candidate:
    """The answer to "学府街 where exactly?" stands on that road."""
    doors = _DOORS_ONLY.match(found.value) is not None
    meant = [each for each in told[-_RECENT:] if each.meant or doors]  # the houses of his own estate
    if not meant or not found.meant:
        return found
    last = max(meant, key=lambda each: each.rank)
    if (
        (found.scale > last.scale or doors)
        and not contains(found.value, last.value)
        and (_FINELY.search(question) or last.value in question)
    ):
        return replace(found, value=with_more(last.value, found.value), rank=max(found.rank, last.rank) + 0.1)
    return found


_DOORS_ONLY = re.compile(f"{DOOR.pattern}(?:和|与|跟|到){DOOR.pattern}")
_NOT_THIS = re.compile("(?<!是)不是(?P<other>[^，,。、\\s是]{2,12})")
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
    rank = place.confidence + bonus + (0.1 if _IT_IS_AT.search(before) else 0.0)
    if _LIVES.search(before) or _OF_HIS_HOME.match(after):
        rank -= 0.35
    if _COMES_FROM.search(before) and _GOES_ON.match(after):
        rank -= 0.5
    if _BOUGHT_THERE.match(after):
        rank -= 1.0
    if _ELSEWHERE.search(before) or _NOT_THERE.match(after):
        rank -= 0.4
    said = spoken.said(place.start, place.end)
    meant = rank >= place.confidence + bonus - 0.01
    return _Candidate(
        as_written(place.value), turn, said, min(place.confidence + bonus, 1.5), rank, scale_of(place.value), meant
    )


_POINTS_ON = re.compile("[，,](?:[正斜]?对面|旁边|门口|楼下|后面)(?=那个|的|有个|有家)")


def _with_finer(spoken: Smooth, place: Found, asked: bool) -> Found:
    """With what makes it more exact before or behind a pause: 枫林绿洲一期，地下车库D区; 南门进去，湖心亭旁边.

    Unasked it may be another matter.
    """
    if not asked:
        match = _POINTS_ON.match(spoken.text, place.end)
        end = match.end() if match else place.end
        return replace(place, value=place.value + spoken.text[place.end : end], end=end)
    start = with_lead(spoken.text, place.start) if scale_of(place.value) > 2 else place.start
    end = end_of_finer(spoken.text, place.end)
    value = spoken.text[start : place.start] + place.value + spoken.text[place.end : end]
    return replace(place, value=value, start=start, end=end)


def _joined(told: list[_Candidate], finer: Found) -> list[_Candidate]:
    last = max(told[-_RECENT:], key=lambda each: each.rank)
    more = as_written(finer.value)
    if more in last.value:
        return told
    value = with_more(last.value, more)
    told.append(replace(last, value=value, rank=last.rank + 0.2, confidence=last.confidence + 0.1))
    return told


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
