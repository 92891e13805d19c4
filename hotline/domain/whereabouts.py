"""Whether the answer to "where?" can be a place, when no name of a road or a house is found in it.

People say 老粮站斜对面, and they say 不知道, 12319 or 怎么投诉. What is no place must not stand where a unit drives to.
"""

from __future__ import annotations

import re

LONGEST = 60  # characters of a place in somebody's own words
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
