"""One field of a draft, with the line it came from; and how turns answer, read back and confirm one another."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from hotline.domain.transcript import CITIZEN, OPERATOR, UNKNOWN, Turn


@dataclass(frozen=True, slots=True)
class Part:
    """One field of the form. `value` is None where words were said that give no value ("好久了"); `said` keeps them.
    `line` as in `Turn`; `confidence` from 0 to 1."""

    value: str | bool | None
    line: int
    confidence: float
    said: str = ""


_TRUST = {CITIZEN: 1.0, UNKNOWN: 0.75, OPERATOR: 0.6}


def make_part(value: str | bool | None, turn: Turn, confidence: float, said: str = "") -> Part:
    """A part told in `turn`: words of an unknown voice count less, the operator's own least."""
    return Part(value, turn.line, round(min(confidence * _TRUST[turn.speaker], 0.99), 2), said)


_READBACK = re.compile(
    "(?:跟|和|与|同)您(?:再)?(?:核实|核对|确认|重复)|您(?:反映|说|投诉|讲|提供)的|"
    "您的(?:电话|地址|位置|号码)|(?:对吗|对吧|是吗|是吧|对不对|没错吧)[？?。]?$"
)
_AGREED = re.compile(
    "^[嗯啊哦诶哎欸，,\\s]{0,8}(?:对|是|没错|嗯|正确|好|可以|行|能|中(?!间|山|心)|要得|系|成(?!天)|没问题|就是|得行|"
    "可得|OK|ok)(?!不|面)"
)
_DENIED = re.compile("^[嗯啊哦诶哎欸，,\\s]{0,8}(?:不对|不是|错|不不|没对|搞错|听错|不系|弗是)")


def is_readback(turn: Turn) -> bool:
    """The operator says back what the caller told."""
    return turn.speaker == OPERATOR and _READBACK.search(turn.text) is not None


def is_confirmed(turns: Sequence[Turn], index: int) -> bool | None:
    """Whether the caller's next words agree with turn `index`: True, False, or None when they do neither."""
    for turn in turns[index + 1 : index + 3]:
        if turn.speaker == OPERATOR:
            return None
        if _DENIED.search(turn.text):
            return False
        if _AGREED.search(turn.text):
            return True
    return None


_NOT = re.compile(
    "^[嗯啊哦呃，,\\s]{0,8}(?:不|没|别|甭|莫|免(?!贵)|算了|用不着|唔|勿|弗|无所谓)|(?:就|也)(?:不用|不必|免)|就?算了|不留"
)
_EITHER = re.compile("随便|随你|都(?:行|可以|好|成|无所谓)|看着办|回不回|要不要都")
_QUESTION_WORDS = re.compile("[您你我您们]|是否|需不需要|要不要|用不用|能不能|可不可以|方不方便")


def says_yes(question: str, answer: str) -> bool | None:
    """Whether the answer to a question of yes or no is the one or the other; None where it is neither.

    A yes may be a word of the question said back: 打得通 to 能打通吧, 通知一下 to 用不用通知您, 匿名吧 to 要不要匿名.
    """
    if _EITHER.search(answer):
        return None
    if _DENIED.search(answer) or (_NOT.search(answer) and not _NO_DENIAL.search(answer)):
        return False
    if _AGREED.search(answer) or _WILLING.search(answer):
        return True
    said = _FILLERS_FIRST.sub("", answer)[:2]
    asked = _QUESTION_WORDS.sub("", question)
    if said and said[0] in asked and (said in asked or said[1:] in _AFTER_A_VERB):
        return True
    return None


_NO_DENIAL = re.compile("^[嗯啊哦呃，,\\s]{0,8}(?:没问题|没错|不错|没事)")
_WILLING = re.compile(
    "^[嗯啊哦呃，,\\s]{0,8}(?:需要|要|得|那(?:必须|肯定|当然|是)|当然|肯定|必须|废话|咋不|怎么不|麻烦|谢|辛苦|回(?:一|个|吧|我|下)|"
    "最好|晓得|打得|登|留|有|方便|通知|告诉|短信|尽快|妥|管|欧了|系|得嘞|行|可)"
)
_FILLERS_FIRST = re.compile("^[嗯啊哦呃哎，,\\s]{0,8}")
_AFTER_A_VERB = ("得", "吧", "的", "呗", "呀", "啊", "下", "一", "")


def is_answer_to(turns: Sequence[Turn], index: int, question: re.Pattern[str]) -> bool:
    """Whether the operator's last words before turn `index` (at most three turns back) asked that."""
    for turn in reversed(turns[max(0, index - 3) : index]):
        if turn.speaker == OPERATOR:
            return question.search(turn.text) is not None
    return False
