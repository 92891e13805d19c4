"""Who calls and how to reach him: the name as said, the call-back number however it was spelt out."""

from __future__ import annotations

import re
from collections.abc import Sequence

from hotline.domain.dictating import ASKS_PHONE
from hotline.domain.names import addressed_as, find_names, name_in_answer
from hotline.domain.parts import Part, is_answer_to, is_confirmed, make_part
from hotline.domain.smoothing import smooth
from hotline.domain.spans import Found
from hotline.domain.turns import OPERATOR, Turn

_ASKS_NAME = re.compile("贵姓|(?:怎么|如何)称呼|姓名|您的名字|姓什么|您叫(?:什么|啥)|称呼您")


def find_name(turns: Sequence[Turn]) -> Part | None:
    """The caller's name as said: "王女士", "张伟"; a bare surname takes the title that the operator gives it."""
    part, surname = _own_name(turns)
    if part is None or surname is None:
        return part
    for turn in turns:
        if turn.speaker == OPERATOR:
            for spoken, title in addressed_as(turn.text):
                if spoken == surname:
                    return Part(surname + title, part.line, part.confidence, part.said)
    return part


def _own_name(turns: Sequence[Turn]) -> tuple[Part | None, str | None]:
    """The first name given, and the surname when it was no more than that."""
    for index, turn in enumerate(turns):
        if turn.speaker == OPERATOR:
            continue
        asked = is_answer_to(turns, index, _ASKS_NAME)
        name = _first_name(smooth(turn.text).text, asked)
        if name is not None:
            bare = name.value if len(name.value) == 1 or name.value in _DOUBLE else None
            if bare and (fuller := _FULLER.search(turn.text)) and fuller["surname"] == bare:
                name, bare = Found(fuller["full"], *fuller.span("full"), 0.85), None  # 我姓王，王建国: no stammer
            return make_part(name.value, turn, name.confidence, turn.text.strip()[:40]), bare
    return None, None


_DOUBLE = ("欧阳", "司马", "上官", "诸葛", "东方", "皇甫", "慕容", "令狐", "司徒", "夏侯")
#: Somebody else's: 小卖部老板，姓温的; 司机姓李.
_ANOTHERS = re.compile("(?:老板娘?|他|她|司机|经理|师傅|主任|队长|那个?人|邻居|负责人|房东|对方)[^。！？!?；;]{0,6}$")
#: 俺姓佘; a surname that no list knows counts where the name was asked for.
_ANY_SURNAME = re.compile(r"(?:[我俺咱]|^|[，,。\s])(?:免贵)?姓[，,\s]?([\u4e00-\u9fff])(?!名|什么|的)")
_FULLER = re.compile(
    r"姓[，,\s]?(?P<surname>[\u4e00-\u9fff])[，,。\s]{1,3}(?:我?叫)?(?P<full>(?P=surname)[\u4e00-\u9fff]{1,2})(?=[，,。\s啊]|$)"
)
_CALL_ME = re.compile(
    "(?:叫我|就叫|喊我)(?P<name>[老小阿][\u4e00-\u9fff]|[\u4e00-\u9fff](?:先生|女士|小姐|师傅|老师|大姐|大哥|阿姨|"
    "大爷|大妈|哥|姐|叔))"
)


def _first_name(text: str, asked: bool) -> Found | None:
    for name in find_names(text):
        before = text[max(0, name.start - 14) : name.start]
        if (not _ANOTHERS.search(before) or re.search("[我俺咱]$|[我俺咱]姓$", before)) and text[
            name.end : name.end + 1
        ] != "的":
            fuller = _FULLER.search(text)
            if fuller and fuller["surname"] == name.value:
                return Found(fuller["full"], fuller.start("full"), fuller.end("full"), 0.85)
            return name
    if match := _CALL_ME.search(text):
        return Found(match["name"], *match.span("name"), 0.8)
    if asked and (match := _ANY_SURNAME.search(text)):
        return Found(match.group(1), *match.span(1), 0.8)
    return name_in_answer(text) if asked else None


_SAME = re.compile(
    "(?:就是?|打|用|是)(?:现在)?(?:我)?(?:这个|这部|本)(?:电话|号码?|手机|机)|打(?:我)?这个(?=就|吧|行|可以|能|"
    "[，,。]|$)|(?:来电|"
    "当前|打过来的?)(?:这个)?(?:号码|电话)(?:就)?(?:行|可以|是)?|本机号?码?"
)


def find_same_number(turns: Sequence[Turn]) -> Part | None:
    """The caller wants to be called on the number that he is calling from."""
    for index, turn in enumerate(turns):
        if turn.speaker != OPERATOR and (match := _SAME.search(turn.text)):
            return make_part(True, turn, 0.9, match.group())
        if (
            turn.speaker == OPERATOR
            and _SAME.search(turn.text)
            and ASKS_PHONE.search(turn.text)
            and is_confirmed(turns, index)
        ):
            return Part(True, turn.line, 0.8, turn.text.strip()[:40])
    return None
