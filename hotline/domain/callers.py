"""Who calls and how to reach him: the name as said, the call-back number however it was spelt out."""

from __future__ import annotations

import re
from collections.abc import Sequence

from hotline.domain.dictating import ASKS_PHONE
from hotline.domain.names import addressed_as, find_names, name_in_answer
from hotline.domain.parts import Part, is_answer_to, is_confirmed, make_part
from hotline.domain.transcript import OPERATOR, Turn

_ASKS_NAME = re.compile("贵姓|怎么称呼|您的(?:姓名|名字)|姓什么|您叫什么|称呼您")


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
        names = find_names(turn.text)
        name = names[0] if names else None
        if name is None and is_answer_to(turns, index, _ASKS_NAME):
            name = name_in_answer(turn.text)
        if name is not None:
            bare = name.value if len(name.value) == 1 or name.value in ("欧阳", "司马", "上官", "诸葛") else None
            return make_part(name.value, turn, name.confidence, turn.text.strip()[:40]), bare
    return None, None


_SAME = re.compile(
    "(?:就是?|打|用|是)(?:现在)?(?:我)?(?:这个|这部|本)(?:电话|号码?|手机|机)|(?:来电|"
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
