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


def is_answer_to(turns: Sequence[Turn], index: int, question: re.Pattern[str]) -> bool:
    """Whether the operator's last words before turn `index` (at most three turns back) asked that."""
    for turn in reversed(turns[max(0, index - 3) : index]):
        if turn.speaker == OPERATOR:
            return question.search(turn.text) is not None
    return False
