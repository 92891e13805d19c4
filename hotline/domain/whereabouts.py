"""Whether the answer to "where?" can be a place, when no name of a road or a house is found in it.

People say 老粮站斜对面, and they say 不知道, 12319 or 怎么投诉. What is no place must not stand where a unit drives to.
"""

from __future__ import annotations

import re
import unicodedata

LONGEST = 60  # characters of a place in somebody's own words
CALLED_DOOR = "门牌"  # before a number that stands for a door and has no word of its own
_FEW = 30  # characters of an answer that points somewhere and says nothing else

_QUESTION = re.compile(
    r"[?？]|怎么|怎样|什么|为何|哪|谁|多少|几时|何时|如何|是否|[吗呢么]$|\b(?:how|what|when|why|who|which)\b",
    re.IGNORECASE,
)
_REFUSAL = re.compile(
    r"^(?:我们?)?(?:也|都|还|真)?(?:不|没|未|无|忘|记不|说不|别|随便|保密|算了)|^(?:no|not|none|don't|dont|unknown)\b",
    re.IGNORECASE,
)
_DEMAND = re.compile(
    "人工|客服|电话|投诉|举报|快点|快些|赶快|赶紧|尽快|马上|立刻|急急|催|解决|处理|进度|查询|撤回|退订"
)
#: What is said of a matter and not of a place: 中山路口垃圾没人清 tells both.
_MATTER = re.compile(
    "没人|没有人|无人|没清|没修|不亮|不通|不好|坏|堵|漏|臭|吵|乱(?!石)|破|掉|松(?![山树江])|冒|噪|积水|占道|施工|烧|摔|砸|偷|脏|"
    "翻|塌|断|歪|裂|溢|响|扰民|油烟|异味|乱停"
)
_HAN = re.compile(r"[\u4e00-\u9fff]")
_BESIDE = re.compile(
    r"对面|旁边?|附近|门口|路口|楼下|楼上|[前后里外]面|隔壁|拐角|转角|十字|交叉|中间|尽头|桥[头下上]|河边|"
    r"[东南西北][边侧头面门]|往[东南西北]|[0-9０-９一二三四五六七八九十]+\s?(?:号|弄|栋|幢|座|楼|单元|室|组|队|米)"
)
#: Beside something that is named: 老粮站斜对面, and not 旁边那盏.
_BESIDE_IT = re.compile(
    rf"(?:\w\w(?:{_BESIDE.pattern}))|^(?:我?在|就在)?[0-9０-９]{{1,5}}\s?(?:号|弄|栋|幢|座|楼|单元|室)"
)
_IN_ENGLISH = re.compile(
    r"\b(?:road|rd|street|st|avenue|ave|lane|square|bridge|park|school|hospital|station|market|building|block|gate|"
    r"corner|near|opposite|behind|beside|next to|in front of|junction|crossing|crossroads)\b",
    re.IGNORECASE,
)


def may_be_place(words: str) -> bool:
    """Whether these words can be the answer to "where?": no question, no refusal, no demand, no bare number."""
    said = words.strip()
    if _QUESTION.search(said) or _DEMAND.search(said):
        return False
    if _REFUSAL.search(said) and not _BESIDE.search(said):
        return False
    return len(_HAN.findall(said)) >= 2 or points_somewhere(said)


def points_somewhere(words: str) -> bool:
    """Whether so few words do nothing but point at a spot (对面, 18号, near the school), whoever has asked."""
    said = words.strip()
    if len(said) > _FEW or _QUESTION.search(said) or _DEMAND.search(said) or _MATTER.search(said):
        return False
    return bool(_BESIDE_IT.search(said) or _IN_ENGLISH.search(said))


_N = "[0-9零〇一二两三四五六七八九十百]"
_PART = f"(?:第?[A-Z甲乙丙丁东西南北]?{_N}{{1,4}}|[A-Z甲乙丙丁东西])(?:号楼|号院|号|弄|栋|幢|座|楼|单元|层|室|户|房)"
#: 88号, 3栋2单元, A座1203, 三号楼, 1203室.
_DOOR = re.compile(rf"{_PART}(?:[ ,附-]?{_PART}){{0,4}}(?:(?<=[楼栋幢座元])[ ,-]?[0-9]{{3,4}})?", re.IGNORECASE)
#: 1203, A1203, 8-1203, 3#302, 12-3-501. One digit is a score, five are a service's number (12319, 95598).
_BARE = re.compile(
    rf"(?:{CALLED_DOOR}:?)?([A-Z]?[0-9]{{2,4}}|[A-Z]?[0-9]{{1,3}}(?:[-/#][0-9]{{1,3}}){{0,2}}[-/#][0-9]{{1,4}})",
    re.IGNORECASE,
)
_EMERGENCY = frozenset(["110", "111", "112", "114", "117", "119", "120", "121", "122", "911", "999"])
_AROUND_A_DOOR = re.compile(r"^(?:我们?)?(?:就|现)?[在是]{0,2}|(?:的|吧|啊|谢谢|[\s。、,.!~])+$")


def door_of(words: str) -> str:
    """The number of a house, a building or a room as it stands in a place, if the words are nothing else; else "".

    A number without a word is called 门牌, so that it is known for a door again and covered like one (`doors`).
    """
    said = _AROUND_A_DOOR.sub("", unicodedata.normalize("NFKC", words).strip())
    if _DOOR.fullmatch(said):
        return said.replace(",", "")
    bare = _BARE.fullmatch(said)
    return "" if bare is None or bare[1] in _EMERGENCY else CALLED_DOOR + bare[1]


def is_known(place: str) -> bool:
    """Whether a unit can drive there: something is named, and not only doors."""
    return any(not door_of(part) for part in place.split())


def joined(place: str, more: str) -> str:
    """A place of doors only with what was said of it afterwards: what is named, then the doors as they were told."""
    doors = place.split()
    if not door_of(more):
        return " ".join([more, *(door for door in doors if door.removeprefix(CALLED_DOOR) not in more)]).strip()
    return place if more in doors or len(place) + len(more) > LONGEST else " ".join([*doors, more])
