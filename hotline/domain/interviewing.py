"""语音接听: what the machine says next to who calls. It asks for what is missing, each thing once, reads back, and
ends; it hands over to a person as soon as one is wanted or needed.

Nothing here is known of telephones or rows: turns in, the names of sentences out (`config/wordings/voice.toml`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from enum import StrEnum

from hotline.domain.drafting import DraftParts, draw_out
from hotline.domain.matter import matter_in
from hotline.domain.parts import Part, is_confirmed, is_readback
from hotline.domain.places import place_of
from hotline.domain.transcript import CITIZEN, OPERATOR, Turn
from hotline.domain.wordings import Wordings


class Then(StrEnum):
    """What follows the sentence."""

    LISTEN = "listen"
    HAND_OVER = "hand_over"  # 转人工
    HANG_UP = "hang_up"


@dataclass(frozen=True, slots=True)
class Line:
    """A sentence by its name, with what fills it."""

    wording: str
    fields: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Saying:
    """What is said in one go, and what then. The last line's name is what has been asked."""

    lines: tuple[Line, ...]
    then: Then


@dataclass(frozen=True, slots=True)
class Script:
    """The city's sentences, the words that callers are likely to use (for the recogniser), and whether the carrier
    records the call."""

    wordings: Wordings
    hints: tuple[str, ...] = ()
    records: bool = False


@dataclass(frozen=True, slots=True)
class Caller:
    """`phone`: E.164, empty where it is withheld. `seats`: whether anybody can be handed over to."""

    phone: str
    seats: bool


GREETING, GREETING_RECORDED = "greeting", "greeting_recorded"
NOT_HEARD, NO_PERSON, DANGER_ALONE = "not_heard", "no_person", "danger_alone"
DANGER, HAND_OVER, QUESTION, NOT_UNDERSTOOD = "danger", "hand_over", "question", "not_understood"
READBACK, READBACK_MATTER, READBACK_PLACE, CORRECT = "readback", "readback_matter", "readback_place", "correct"
GOODBYE, GOODBYE_TEXT, SORRY = "goodbye", "goodbye_text", "sorry"
SEATS_BUSY, FAILED, FAILED_ALONE = "seats_busy", "failed", "failed_alone"

READBACKS = frozenset({READBACK, READBACK_MATTER, READBACK_PLACE})
MOST_TURNS = 14  # of the caller's; whoever talks on is thanked, and a person reads it all
PERSON_KEY = "0"
KEYED = "（按键{keys}）"  # how a pressed key stands in the transcript

#: After these nothing is listened for, and nothing fills them.
CLOSINGS = frozenset(
    {DANGER, HAND_OVER, QUESTION, NOT_UNDERSTOOD, GOODBYE, GOODBYE_TEXT, SORRY, SEATS_BUSY, FAILED, FAILED_ALONE}
)

_SURE_QUESTION = 0.6  # 咨询 from there on: "请问…" alone is a manner of speaking
_SURE_MATTER = 0.5
_MOBILE = re.compile(r"\+861[3-9]\d{9}")
_WHO = "人工(?:坐席|座席|服务|客服)?|真人|活人|话务员|接线员|接线生|坐席|座席"
_NOT_WHO = "湖|岛|河|草|费|林|降|喂|智能|清|打|搬|挖|操作|看守"
_WANTS_PERSON = re.compile(
    f"(?<!不用)(?<!不要)(?<!不想)(?<!别)(?:转|接|找|要|换|叫|来|跟|和)(?:给|到|一下|个|一个|位|你们的?)?(?:{_WHO})(?!{_NOT_WHO})"
    f"|^[^\u4e00-\u9fff]{{0,9}}(?:请|麻烦|我要)?(?:{_WHO})[^\u4e00-\u9fff]{{0,9}}$"
    "|(?:不想|不要|不愿意?)(?:跟|和|同)(?:你这个?|这个?)?(?:机器人?|电脑)(?:说|讲|谈)"
)


@dataclass(frozen=True, slots=True)
class Interview:
    """One call so far. The last of `turns` is the caller's; `asked`: the names of all that was said before, in order.
    `called_at` is aware; times that the caller tells are understood in `zone`."""

    turns: Sequence[Turn]
    asked: Sequence[str]
    caller: Caller
    called_at: datetime
    zone: tzinfo

    def drawn_out(self, since: int = 0) -> DraftParts:
        """What the turns tell, from that one on."""
        return draw_out(self.turns[since:], self.called_at, self.zone)

    @property
    def latest(self) -> str:
        """The caller's last words; empty where nothing was understood."""
        return self.turns[-1].text

    @property
    def asked_last(self) -> str:
        """The question that still stands."""
        aside = (NOT_HEARD, NO_PERSON, DANGER_ALONE)
        return next((name for name in reversed(self.asked) if name not in aside), "")


def next_saying(talk: Interview) -> Saying:
    """What to say to the caller's last words."""
    parts, seats = talk.drawn_out(), talk.caller.seats
    if parts.urgency is not None and not {DANGER, DANGER_ALONE} & set(talk.asked):
        if seats:
            return _hand_over(DANGER)
        rest = _on(talk, parts)
        return Saying((Line(DANGER_ALONE), *rest.lines), rest.then)
    if wants_person(talk.latest):
        if seats:
            return _hand_over(HAND_OVER)
        return _hang_up(SORRY) if NO_PERSON in talk.asked else _once_more(NO_PERSON, talk, parts)
    if not _has_words(talk.latest):
        again = len(talk.asked) > 1 and talk.asked[-2] == NOT_HEARD  # it came with the last question
        return _not_understood(talk) if again else _once_more(NOT_HEARD, talk, parts)
    if seats and _is_question(parts):
        return _hand_over(QUESTION)
    return _on(talk, parts)


def wants_person(text: str) -> bool:
    """The caller wants to speak with somebody, by words or by the key."""
    return text == KEYED.format(keys=PERSON_KEY) or _WANTS_PERSON.search(text.strip()) is not None


def _on(talk: Interview, parts: DraftParts) -> Saying:
    """The next question, the readback, or the end."""
    if talk.asked_last in READBACKS:
        return _after_readback(talk, parts)
    if talk.asked_last == CORRECT:
        return _read_back(talk, parts)
    if sum(turn.speaker == CITIZEN for turn in talk.turns) >= MOST_TURNS:
        return _goodbye(talk, parts)
    question = _question(talk, parts)
    if question is not None:
        return _listen(Line(question))
    return _not_understood(talk) if parts.matter is None else _read_back(talk, parts)


def _question(talk: Interview, parts: DraftParts) -> str | None:
    """What is asked next, each thing once; None when all has been asked."""
    kind = parts.request_type.value if parts.request_type is not None else None
    refused = parts.wants_reply is not None and parts.wants_reply.value is False
    reachable = parts.phone is not None or parts.same_number is not None
    wanted = (
        ("matter", parts.matter is None),
        ("place", parts.place is None),
        ("since", parts.since is None and kind != "建议"),
        ("wants_reply", parts.wants_reply is None),
        ("phone_same", not refused and not reachable and bool(talk.caller.phone)),
        ("phone", not refused and not reachable),
    )
    for name, missing in wanted:
        if missing and name not in talk.asked:
            return name
        if missing and name == "matter":
            return None  # asked for, and still nobody knows what it is about
    return None


def _after_readback(talk: Interview, parts: DraftParts) -> Saying:
    """A denial is asked about once; what is denied twice a person has to hear."""
    index = max(index for index, turn in enumerate(talk.turns) if turn.speaker == OPERATOR)
    if is_confirmed(talk.turns, index) is not False:
        return _goodbye(talk, parts)
    if sum(name in READBACKS for name in talk.asked) > 1:
        return _not_understood(talk)
    return _read_back(talk, parts) if _tells_anew(talk.latest) else _listen(Line(CORRECT))


def _tells_anew(text: str) -> bool:
    """More than a bare "不对": the right thing with it."""
    told = matter_in(text)
    return bool(place_of(text)) or (told is not None and told[1] >= _SURE_MATTER)


def _read_back(talk: Interview, parts: DraftParts) -> Saying:
    line = _readback(talk, parts)
    return _listen(line) if line is not None else _goodbye(talk, parts)


def _readback(talk: Interview, parts: DraftParts) -> Line | None:
    """Matter and place in one sentence; after a denial what was told since then comes first."""
    matter, place = _words(parts.matter), _words(parts.place)
    if (denied := _denied(talk.turns)) is not None:
        since = talk.drawn_out(denied + 1)
        if since.matter is not None and since.matter.confidence >= _SURE_MATTER:
            matter = _words(since.matter)
        place = _words(since.place) or place
    if matter and place:
        return Line(READBACK, {"matter": matter, "place": place})
    if matter:
        return Line(READBACK_MATTER, {"matter": matter})
    return Line(READBACK_PLACE, {"place": place}) if place else None


def _denied(turns: Sequence[Turn]) -> int | None:
    """The last readback that the caller denied; a "不" to a question denies nothing."""
    for index in range(len(turns) - 1, -1, -1):
        if is_readback(turns[index]) and is_confirmed(turns, index) is False:
            return index
    return None


def _once_more(aside: str, talk: Interview, parts: DraftParts) -> Saying:
    """The question that still stands, after a word aside; after the greeting it is what the call is about."""
    last = talk.asked_last
    if last in READBACKS:
        pending = _readback(talk, parts) or Line("matter")
    else:
        pending = Line("matter" if last in ("", GREETING, GREETING_RECORDED) else last)
    return _listen(Line(aside), pending)


def _words(part: Part | None) -> str:
    return str(part.value or "").strip(" ，,。；;、") if part is not None else ""


def _has_words(text: str) -> bool:
    """Something was understood; a key that means nothing is no word."""
    return any(char.isalnum() for char in text) and not text.startswith(KEYED[:3])


def _is_question(parts: DraftParts) -> bool:
    kind = parts.request_type
    return kind is not None and kind.value == "咨询" and kind.confidence >= _SURE_QUESTION


def _listen(*lines: Line) -> Saying:
    return Saying(lines, Then.LISTEN)


def _hand_over(wording: str) -> Saying:
    return Saying((Line(wording),), Then.HAND_OVER)


def _hang_up(wording: str) -> Saying:
    return Saying((Line(wording),), Then.HANG_UP)


def _not_understood(talk: Interview) -> Saying:
    return _hand_over(NOT_UNDERSTOOD) if talk.caller.seats else _hang_up(SORRY)


def _goodbye(talk: Interview, parts: DraftParts) -> Saying:
    """Who can be texted, and does not mind, is told that the number comes by text."""
    refused = parts.wants_reply is not None and parts.wants_reply.value is False
    told = _words(parts.phone)
    number = f"+86{told}" if told and not told.startswith("+") else told or talk.caller.phone
    return _hang_up(GOODBYE_TEXT if _MOBILE.fullmatch(number) and not refused else GOODBYE)
