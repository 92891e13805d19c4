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
    "没人|没有人|无人|没清|没修|不亮|不通|不好|坏|堵|漏|臭(?!水[沟河塘]|豆腐)|吵|乱(?!石)|破(?![庙屋])|掉|松(?![山树江])|冒|噪|"
    "积水|占道|施工|烧(?!饼|烤[店摊城])|摔|砸|偷|脏|翻(?!身)|塌|断(?!桥)|歪(?!脖)|裂|溢|响(?!水)|扰民|油烟|异味|乱停"
)
_HAN = re.compile(r"[\u4e00-\u9fff]")
_BESIDE = re.compile(
    r"对面|旁边?|附近|门口|路口|楼下|楼上|[前后里外]面|隔壁|拐角|转角|十字|交叉|中间|尽头|桥[头下上]|河边|"
    r"[东南西北][边侧头面门]|往[东南西北]|[0-9０-９一二三四五六七八九十]{1,9}\s?(?:号|弄|栋|幢|座|楼|单元|室|组|队|米)"
)
#: Beside something that is named: 老粮站斜对面, and not 旁边那盏.
_BESIDE_IT = re.compile(
    rf"(?:\w\w(?:{_BESIDE.pattern}))|^(?:我?在|就在)?[0-9０-９]{{1,5}}\s?(?:号|弄|栋|幢|座|楼|单元|室)"
)
_CLAUSE = re.compile(r"[，,。；;！!\s]")
_IN_ENGLISH = re.compile(
    r"\b(?:road|rd|street|st|avenue|ave|lane|square|bridge|park|school|hospital|station|market|building|block|gate|"
    r"corner|near|opposite|behind|beside|next to|in front of|junction|crossing|crossroads)\b",
    re.IGNORECASE,
)


def may_be_place(words: str) -> bool:
    """Whether these words can be the answer to "where?": no question, refusal, demand, matter or bare number.

    A matter may tell a place: 坏了的路灯旁边 does, and 灯还是不亮，旁边那盏也一样 does not.
    """
    said = words.strip()
    if _QUESTION.search(said) or _DEMAND.search(said):
        return False
    if _MATTER.search(said) and not any(_BESIDE_IT.search(clause) for clause in _CLAUSE.split(said)):
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


_N = "[0-9零〇一二三四五六七八九十百]"  # without 两: it counts, 两栋 and 两室 are no doors
_HOUSEHOLD = "[东西南北中][边侧]?户|[0-9零〇一二三四五六七八九]{3,4}户"  # 十户 and 30户 are so many of them
_WORDS = "号楼|号院|号|弄|栋|幢|座|楼|单元|层|室|房"
_PART = f"(?:(?:第?[A-Z甲乙丙丁东西南北]?{_N}{{1,4}}|[A-Z甲乙丙丁东西])(?:{_WORDS})|{_HOUSEHOLD})"
#: 88号, 3栋2单元, A座1203, 三号楼, 1203室, 3层西户.
_DOOR = re.compile(rf"{_PART}(?:[ ,附-]?{_PART}){{0,4}}(?:(?<=[楼栋幢座元])[ ,-]?[0-9]{{3,4}})?", re.IGNORECASE)
_NUMBERS = "[A-Z]?[0-9]{1,3}(?:[-/#][0-9]{1,3}){0,2}[-/#][0-9]{1,4}"
#: 1203, A1203, 8-1203, 3#302, 12-3-501. One digit is a score, five are a service's number (12319, 95598).
_BARE = re.compile(rf"(?!0)(?:[A-Z]?[0-9]{{2,4}}|{_NUMBERS})", re.IGNORECASE)
_CALLED = re.compile(rf"[A-Z]?[0-9]{{1,4}}|{_NUMBERS}", re.IGNORECASE)  # what is called 门牌 is nothing else
_SCORE = re.compile("100?|(?:[0-9]|10)/(?:5|10)|[0-9]{1,3}/100")
_EMERGENCY = frozenset(["110", "111", "112", "114", "117", "119", "120", "121", "122", "911", "999"])
_AROUND_A_DOOR = re.compile(r"^(?:我们?家?的?)?(?:就|现)?[在是住]{0,2}|(?:的|吧|啊|谢谢|[\s。、,.!~]){1,9}$")
_CALLING = re.compile(f"^{CALLED_DOOR}(?:号码?)?[是为]?[: ]{{0,2}}")  # 门牌号1203, 门牌: 1203, 门牌号是3-1203
_BETWEEN = re.compile("[ ,第]")


def door_of(words: str) -> str:
    """The number of a house, a building or a room as it stands in a place, if the words are nothing else; else "".

    It has no blanks, so that `str.split` finds the doors of a place again. A number without a word is called 门牌, so
    that it is known for a door again and covered like one (`doors`).
    """
    if len(words) > LONGEST:
        return ""
    said = _AROUND_A_DOOR.sub("", unicodedata.normalize("NFKC", words).strip())
    number = _CALLING.sub("", said)
    if _DOOR.fullmatch(number):
        return _BETWEEN.sub("", number)
    if number != said:
        return CALLED_DOOR + number if _CALLED.fullmatch(number) else ""
    if not _BARE.fullmatch(said) or _SCORE.fullmatch(said) or said in _EMERGENCY:
        return ""
    return CALLED_DOOR + said


def is_known(place: str) -> bool:
    """Whether a unit can drive there: something is named, and not only doors."""
    return any(not door_of(part) for part in place.split())


def joined(place: str, more: str) -> str:
    """A place of doors only with what was said of it afterwards: what is named, then the doors as they were told.

    Of the doors only as many as fit into `LONGEST` characters; what is named is never cut.
    """
    doors = place.split()
    if not more or more in doors:
        return place
    if door_of(more):
        return _with(place, [more])
    return _with(more, [door for door in doors if not _tells(more, door)])


def _tells(named: str, door: str) -> bool:
    """Whether this door is told in what is named: 3栋 in 阳光花园3栋2单元, and not in 阳光花园13栋."""
    number = re.escape(door.removeprefix(CALLED_DOOR))
    after = "(?![0-9])" if door[-1].isdecimal() else ""
    return re.search(f"(?<!{_N}){number}{after}", unicodedata.normalize("NFKC", named), re.IGNORECASE) is not None


def _with(place: str, doors: list[str]) -> str:
    for door in doors:
        longer = f"{place} {door}".strip()
        place = longer if len(longer) <= LONGEST else place
    return place
