"""Answers to "where?" that name no place by its ending: 恒大绿洲; 十二号楼; 南门进去; 翠屏山庄负一楼.

They count only as answers, or go on with what was told before.
"""

from __future__ import annotations

import re

from hotline.domain.place_words import BESIDE, CLAUSE, DOOR, FACILITY, JUNCTION
from hotline.domain.spans import Found
from hotline.domain.whereabouts import may_be_place

_FINER = re.compile(
    rf"[，, ]?(?:就是|就|也|是|在|靠){{0,2}}(?:{DOOR.pattern}|{JUNCTION.pattern}|{BESIDE.pattern}|"
    rf"{FACILITY.pattern}(?:出?入口|出口|旁边?|对面|门口)?|"
    r"(?:进去|进门|进来)(?:往里)?(?:的)?(?:第?[一二三四0-9]个?(?:路口|红绿灯|弯|楼))?(?:左|右)?(?:手)?(?:边|侧|拐|转)?|"
    r"第[一二三四0-9]个(?:路口|红绿灯|门|楼)|地下车库|地库|地下室|[东南西北]门|村口)"
)
_LEADS = re.compile(
    "^(?:[嗯啊哦，, ]{0,3}(?:我们?|俺们?|咱们?|这|那)?(?:这边|这里|这儿|那边|那里)?[就也]?"
    "(?:是|在|叫|搁|住在?|位于|靠)?(?:那个|这个)?)[，, ]?"
)
_FAR = 24  # characters that a clause before a place has at most
_OF_ANOTHER = re.compile("[边面]?的(?:还好|没事|不|都|也|是)")  # 路东边的还好 tells of the other side
_CLAUSE = re.compile("[^，,。；;！!？? ]{1,24}")


def end_of_finer(text: str, end: int) -> int:
    """Where what makes a place more exact ends that goes on at `end`."""
    for _ in range(4):
        match = CLAUSE.match(text, end) or _FINER.match(text, end)
        if match is None or match.end() == end or _OF_ANOTHER.match(text, match.end()):
            return end
        end = match.end()
    return end


def with_lead(text: str, start: int) -> int:
    """Where a place that stands at `start` begins with the gate that leads to it: 南门进去，湖心亭旁边."""
    near = max(0, start - _FAR)
    comma = max(text.rfind("，", near, start), text.rfind(",", near, start))
    if comma < 0 or text[comma + 1 : start].strip("就在是的 "):
        return start
    before = max(near, *(text.rfind(mark, near, comma) + 1 for mark in "，,。！? "))
    lead = _LEADS.match(text[before:comma])
    begin = before + (lead.end() if lead else 0)
    return begin if comma - begin >= 2 and end_of_finer(text[:comma], begin) == comma else start


def only_finer(text: str, *, asked: bool) -> Found | None:
    """A clause that begins with a door, a gate or a corner, and so goes on with the place told before.

    Unasked it has to be nothing else: 旁边小卖部老板 is no place.
    """
    for clause in _CLAUSE.finditer(text):
        lead = _LEADS.match(clause.group())
        start = clause.start() + (lead.end() if lead else 0)
        end = end_of_finer(text, start)
        if end - start >= 2 and (asked or clause.end() - end <= 1):
            return Found(text[start:end], start, end, 0.3)
    return None


_NO_NAME = re.compile(
    "[我你他您它不没了吗呢是说谁喂嗯哦好对把]|想|反映|投诉|举报|咨询|个事|知道|晓得|什么|怎么|有|一个|门口$|楼下$|路上$|街上$|小区$|马路|家里|"
    "外面|里面|^到处|^很多|附近$|这边|那边"
)
_ENDS = re.compile("(?:那儿|那边|这边|那块儿?|那里|这里|这儿|这块|这头|那头|里面|里头|的)?[吧啊呢嘛呀哈噻嘞哦哩]?$")


def bare_name(text: str) -> Found | None:
    """A name without an ending as the whole first clause of the answer to "where?", with its door: 恒大绿洲12栋."""
    lead = _LEADS.match(text)
    clause = _CLAUSE.match(text, lead.end() if lead else 0)
    if clause is None:
        return None
    said = _ENDS.sub("", clause.group())
    name, more = _apart(said)
    if not 2 < len(name) <= 10 or _NO_NAME.search(name) or not may_be_place(name):
        return None
    return Found(said, clause.start(), clause.start() + len(said), 0.5 if more else 0.4)


def _apart(said: str) -> tuple[str, str]:
    """The name and what stands behind it: 万象天地 and 负一楼."""
    for at in range(3, len(said) - 1):
        if end_of_finer(said, at) == len(said):
            return said[:at], said[at:]
    return said, ""
