"""复述: what a caller has said of the matter, as the text of the complaint.

People read it who have nothing to do with who called. So a clause in which the caller only gives the name or the
number, and a turn in which he only agrees or says good-bye, is left out; the transcript keeps all. Whatever may be a
word about the matter stays: where in doubt, too.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from hotline.domain.aloud import digits_said
from hotline.domain.dictating import ASKS_PHONE
from hotline.domain.names import SURNAME, TITLE
from hotline.domain.people import is_name
from hotline.domain.spoken import digits_of
from hotline.domain.turns import OPERATOR, Turn

FEWEST = 7  # digits by which a number is known for the caller's wherever it is said; fewer count where it was asked for
ALIKE = 5  # digits at its beginning or its end
LONGEST_SPELLING = 8  # characters of 一丝不苟的苟
_CLAUSE = re.compile(r"[^，,。.！!？?；;\n]++[，,。.！!？?；;\s]*+")
_SIGNS = re.compile(r"[\s，,。.！!？?；;、…~～]++")

#: What says nothing by itself.
_EMPTY = re.compile(
    "(?:您好|你好|对的|是的|是啊|好的|好嘞|那好|好|没错|谢谢你|谢谢您|谢谢|多谢|麻烦你了|麻烦您了|麻烦了|辛苦了|再见|拜拜|不客气|"
    "知道了|明白了|明白|那行|行|可以|就这样|[喂嗯啊哦喔噢诶哎欸呃额对是吧呀啦了])++"
)
_ASIDE = (
    "(?:嗯|啊|哦|诶|哎|呃|额|对|好|是|的|那|这个|那个|就|呀|吧|呢|啦|哈|然后|后面|接着|再|等一?下|不对|哦?不|错了|应该|没错|前面|最后|"
    "十一?位|转|分机|[我俺咱要]){0,8}"
)
_TO_BE_CALLED = (
    "(?:(?:本人|我们)?(?:的)?(?:联系)?(?:电话|手机|号码|座机|联系方式)(?:号码?)?(?:就|是|为|：|:){0,2}"
    "|打到|打给我|打|[您你]?记一?下|[您你]记|给[您你]说|说一?下)?"
)
_ONLY_THIS = re.compile(f"{_ASIDE}(?:打)?这个(?:手机|电话|号码?)?(?:就行|就好|可以)?{_ASIDE}")
_ONLY_NUMBER = re.compile(f"{_ASIDE}{_TO_BE_CALLED}{_ASIDE}")
_SPELLING = "木子|弓长|耳东|双木|古月|口天|言午|草头|立早|三横|双口|双人|走之"
_INTRODUCED = re.compile(
    f"{_ASIDE}(?:[我俺咱]?(?:的)?名字(?:叫|是)|[我俺咱](?:叫做?|姓|是)|本人(?:叫|姓|是)?|免贵(?:姓)?|敝姓|姓|叫我|喊我|就?叫)"
    f"(?P<name>[\u4e00-\u9fff]{{1,4}}?)(?:{TITLE})?[啊呀吧的嘛]?"
)
_SPELT = re.compile(f"{_ASIDE}(?:{_SPELLING})的?(?P<name>{SURNAME})[啊呀吧]?")
_OWN_SURNAME = re.compile(f"(?:[我俺咱]|免贵|本人)?姓({SURNAME})")
_A_PLACE = re.compile("[路街巷村庄镇乡县区桥店厂园苑院楼里湾沟]$")
_ASKS_MORE = re.compile("位置|地址|哪|门牌|几[号栋楼单]|什么(?:事|问题|时候)|多久")
_LISTENS = 12  # characters of a turn with which an operator takes a number down


def words_of_matter(turns: Sequence[Turn], name: str, numbers: Sequence[str]) -> str:
    """What the caller said, a line for a turn; of unknown voices too, and of everybody where no caller is known.

    `name` and `numbers`: by which the caller goes, as they were drawn out of the call; empty where they were not.
    """
    own = [(index, turn) for index, turn in enumerate(turns) if turn.speaker != OPERATOR]
    if not own:
        return "\n".join(turn.text for turn in turns)
    dictated = _dictated(turns)
    lines = (_without_self(turn, name, numbers, dictated=index in dictated) for index, turn in own)
    return "\n".join([line for line in lines if line] or [turn.text for _, turn in own])


def as_turns(rows: Sequence[Mapping[str, Any]]) -> list[Turn]:
    """Turns as a draft keeps them."""
    return [Turn(row["speaker"], row["text"], row["line"]) for row in rows]


def _dictated(turns: Sequence[Turn]) -> set[int]:
    """By place the turns after a number was asked for, and nothing else, until something else is spoken of."""
    found: set[int] = set()
    asked = False
    for index, turn in enumerate(turns):
        if turn.speaker != OPERATOR:
            found |= {index} if asked else set()
        elif ASKS_PHONE.search(turn.text):
            asked = not _ASKS_MORE.search(turn.text)
        else:
            asked = asked and len(turn.text) <= _LISTENS and not _ASKS_MORE.search(turn.text)
    return found


def _without_self(turn: Turn, name: str, numbers: Sequence[str], *, dictated: bool) -> str:
    """The turn without such clauses and what is said around them; empty where nothing is left that says anything."""
    clauses = _CLAUSE.findall(turn.text)
    own = [_gives_number(each, name, numbers, dictated=dictated) or _gives_name(each, name) for each in clauses]
    if any(own):
        own = [mine or _is_aside(each, name) for each, mine in zip(clauses, own, strict=True)]
    kept = "".join(each for each, mine in zip(clauses, own, strict=True) if not mine)
    if any(own):
        kept = kept.strip(" ，,、；;\n\t")
    return "" if not _bare(kept) or _EMPTY.fullmatch(_bare(kept)) else kept


def _bare(text: str) -> str:
    return _SIGNS.sub("", text)


def _gives_number(clause: str, name: str, numbers: Sequence[str], *, dictated: bool) -> bool:
    """The caller's number, or a piece of it where it was asked for; and nothing else."""
    rest, digits = digits_said(clause.replace(name, "") if len(name) > 1 else clause)
    if (told := _OWN_SURNAME.search(rest)) and told[1][0] == name[:1]:
        rest = rest[: told.start()] + rest[told.end() :]
    if not digits or not _ONLY_NUMBER.fullmatch(_bare(rest)):
        return False
    if len(digits) < FEWEST:
        return dictated and len(digits) > 1
    return any(_is_alike(digits, number) for number in numbers)


def _is_alike(digits: str, number: str) -> bool:
    """The number itself, a part of it, or what was put right afterwards."""
    plain = digits_of(number)
    return digits in plain or plain in digits or digits[:ALIKE] == plain[:ALIKE] or digits[-ALIKE:] == plain[-ALIKE:]


def _is_aside(clause: str, name: str) -> bool:
    """Said around a name or a number: 你记一下, 不对; 一丝不苟的苟."""
    rest, digits = digits_said(clause)
    plain = _bare(clause)
    spelt = bool(name) and plain.endswith(name[0]) and len(plain) <= LONGEST_SPELLING
    return spelt or (len(digits) < FEWEST and any(each.fullmatch(_bare(rest)) for each in (_ONLY_NUMBER, _ONLY_THIS)))


def _gives_name(clause: str, name: str) -> bool:
    """我姓王; or the name alone: 王小明, after 我姓王."""
    if not name:
        return False
    said = _bare(clause)
    match = _INTRODUCED.fullmatch(said) or _SPELT.fullmatch(said)
    own = match["name"] if match else said
    if own[:1] != name[0] or _A_PLACE.search(own):
        return False
    return own == name or is_name(own) or (match is not None and len(own) == 1)
