"""A text as tables of short words know it: 繁 as 简, full width as half, capitals as small letters, cut into clauses.

Only for telling what is meant: what is stored and shown stays as it was written. Folding keeps every character in its
place, so that what was found in the folded text can be cut out of the written one.
"""

from __future__ import annotations

import re
from typing import NamedTuple

#: Pairs of the characters that short answers are written with; no dictionary.
_TRADITIONAL = (
    "詢询進进決决訴诉復复銷销謝谢訂订閱阅沒没還还個个問问題题請请辦办處处給给評评滿满對对們们麼么嗎吗誰谁話话電电號号編编"
    "單单幫帮說说發发別别簡简訊讯馬马聯联繫系關关開开結结時时間间現现狀状態态況况煩烦擾扰騷骚報报舉举壞坏燈灯點点塊块"
    "樣样徹彻實实際际質质並并條条應应該该會会準准備备顆颗兩两極极較较總总終终於于經经為为盡尽趕赶緊紧無无變变動动後后"
    "幾几這这裡里裏里轉转覆复維维項项聽听讓让卻却從从過过臟脏亂乱難难妳你傳传繼继續续訢欣圓圆確确認认確确場场誤误東东車车"
)
_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_CAPITALS = {ord(char): char.lower() for char in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"}
_CIRCLED = {ord(char): str(value) for value, char in enumerate("①②③④⑤⑥⑦⑧⑨", 1)}
_FOLDED: dict[int, int | str] = {
    **{ord(char): _TRADITIONAL[place + 1] for place, char in enumerate(_TRADITIONAL) if place % 2 == 0},
    **_FULL_WIDTH,
    **_CIRCLED,
    ord("’"): "'",
}


def fold(text: str) -> str:
    """The same number of characters, each as the tables write it."""
    return text.translate(_FOLDED).translate(_CAPITALS)


class Clause(NamedTuple):
    """What is said between two stops; it stands at `start:end`. English words in a row are one, without blanks."""

    said: str
    start: int
    end: int


_RUN = re.compile(r"[^\W_]++")


def clauses(folded: str) -> list[Clause]:
    """What stands between stops, blanks, emoji and other signs, in order."""
    found: list[list[re.Match[str]]] = []
    for run in _RUN.finditer(folded):
        if found and _goes_on(found[-1][-1], run):
            found[-1].append(run)
        else:
            found.append([run])
    return [Clause("".join(run[0] for run in runs), runs[0].start(), runs[-1].end()) for runs in found]


def _goes_on(last: re.Match[str], run: re.Match[str]) -> bool:
    """Whether this word and the last are English: "new complaint", "isn't"."""
    between = run.string[last.end() : run.start()]
    return not between.strip(" '\n\t") and all(each[0].isascii() and each[0].isalpha() for each in (last, run))
