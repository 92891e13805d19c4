"""Who calls and how to reach him: the name as said, the call-back number however it was spelt out."""

from __future__ import annotations

import re
from collections.abc import Sequence

from hotline.domain.names import addressed_as, find_names, name_in_answer
from hotline.domain.parts import Part, is_answer_to, is_confirmed, make_part
from hotline.domain.spoken import digit_runs, find_phones, phone_of
from hotline.domain.transcript import OPERATOR, Turn

_ASKS_NAME = re.compile("贵姓|怎么称呼|您的(?:姓名|名字)|姓什么|您叫什么|称呼您")
_ASKS_PHONE = re.compile("电话|号码|手机|联系方式")


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


# Whose number it is when it is not the caller's.
_SOMEBODY_ELSES = re.compile(
    "(?:他们?|她们?|店家?|老板|物业|公司|商家|工地|门头|招牌|广告|骗子|对方|经理|"
    "负责人)[^，,。！？!?；;]{0,8}(?:电话|号码|手机|打的)?[^，,。0-9]{0,6}$"
)
_CORRECTS = re.compile("不对|错了|不是|更正|应该是|重新")


def find_phone(turns: Sequence[Turn]) -> Part | None:
    """The call-back number: the caller's last word on it, numbers told over several turns, or what he confirmed."""
    return _said_by_caller(turns) or _said_in_pieces(turns) or _read_back(turns)


def _said_by_caller(turns: Sequence[Turn]) -> Part | None:
    best: Part | None = None
    for index, turn in enumerate(turns):
        if turn.speaker == OPERATOR:
            continue
        for phone in find_phones(turn.text):
            before = turn.text[max(0, phone.start - 20) : phone.start]
            if _SOMEBODY_ELSES.search(before):
                continue
            asked = is_answer_to(turns, index, _ASKS_PHONE) or _ASKS_PHONE.search(before) is not None
            part = make_part(
                phone.value, turn, phone.confidence + (0.04 if asked else -0.1), turn.text[phone.start : phone.end]
            )
            if best is None or part.confidence >= best.confidence or _CORRECTS.search(before):
                best = part
    return best


def _said_in_pieces(turns: Sequence[Turn]) -> Part | None:
    """ "幺三八零零" – "嗯" – "幺三八零零零": pieces of the caller's following turns that together make one number."""
    pieces: list[str] = []
    first: Turn | None = None
    for turn in turns:
        if turn.speaker == OPERATOR:
            if len(turn.text) > 20 and not digit_runs(turn.text):
                pieces, first = [], None
            continue
        runs = digit_runs(turn.text)
        if len(runs) != 1 or len(runs[0].value) > 10 or len(turn.text) > 30:
            pieces, first = [], None
            continue
        first = first or turn
        pieces.append(runs[0].value)
        number = phone_of("".join(pieces))
        if number is not None and len(pieces) > 1:
            return make_part(number, first, 0.75, " ".join(pieces))
    return None


def _read_back(turns: Sequence[Turn]) -> Part | None:
    for index, turn in enumerate(turns):
        if turn.speaker != OPERATOR or not re.search("您|号码|来电", turn.text):
            continue
        phones = find_phones(turn.text)
        confirmed = is_confirmed(turns, index)
        if phones and confirmed is not False:
            return Part(
                phones[-1].value, turn.line, 0.9 if confirmed else 0.5, turn.text[phones[-1].start : phones[-1].end]
            )
    return None


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
            and _ASKS_PHONE.search(turn.text)
            and is_confirmed(turns, index)
        ):
            return Part(True, turn.line, 0.8, turn.text.strip()[:40])
    return None
