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
from itertools import takewhile

from hotline.domain import cues
from hotline.domain.drafting import DraftParts, draw_out
from hotline.domain.reading_back import is_denied, names_another_place, read_back, words_of
from hotline.domain.spoken import phone_of
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
MATTER, PLACE, SINCE, WANTS_REPLY = "matter", "place", "since", "wants_reply"
PHONE_SAME, PHONE, PHONE_OTHER, PHONE_REST = "phone_same", "phone", "phone_other", "phone_rest"
READBACK, READBACK_MATTER, READBACK_PLACE, CORRECT = "readback", "readback_matter", "readback_place", "correct"
FURTHER, GO_ON = "further", "go_on"
HERE, WAITING, NOT_HEARD, NO_PERSON, DANGER_ALONE = "here", "waiting", "not_heard", "no_person", "danger_alone"
DANGER, HAND_OVER, QUESTION, NOT_UNDERSTOOD = "danger", "hand_over", "question", "not_understood"
GOODBYE, GOODBYE_TEXT, SORRY = "goodbye", "goodbye_text", "sorry"
SEATS_BUSY, FAILED, FAILED_ALONE = "seats_busy", "failed", "failed_alone"

READBACKS = frozenset({READBACK, READBACK_MATTER, READBACK_PLACE})
ASIDES = frozenset({HERE, WAITING, NOT_HEARD, NO_PERSON, DANGER_ALONE})  # beside these the question still stands
#: After these nothing is listened for, and nothing fills them.
CLOSINGS = frozenset(
    {DANGER, HAND_OVER, QUESTION, NOT_UNDERSTOOD, GOODBYE, GOODBYE_TEXT, SORRY, SEATS_BUSY, FAILED, FAILED_ALONE}
)
MOST_TURNS = 20  # of the caller's; whoever talks on is thanked, and a person reads it all
MOST_READBACKS = 2
MOST_UNHEARD = 2  # turns in a row in which nothing was understood, until a person takes over …
MOST_SILENT = 4  # … and, where there is none, until the call is ended
MOST_IDLE = 6  # turns in a row without anything to the matter: 喂, 等一下, silence
MOST_PIECES = 6  # in which a number is told

_SURE_QUESTION = 0.6  # 咨询 from there on: "请问…" alone is a manner of speaking
_MOBILE = re.compile(r"\+861[3-9]\d{9}")
_NUMBER_ASKED = (PHONE_SAME, PHONE, PHONE_OTHER, PHONE_REST)


@dataclass(frozen=True, slots=True)
class Interview:
    """One call so far. The last of `turns` is the caller's; `asked`: the names of all that was said before, in order.
    `called_at` is aware; times that the caller tells are understood in `zone`. `urgent`: the city's own rules call
    what was said urgent, whatever the dangers are that hold everywhere."""

    turns: Sequence[Turn]
    asked: Sequence[str]
    caller: Caller
    called_at: datetime
    zone: tzinfo
    urgent: bool = False

    def drawn_out(self, since: int = 0) -> DraftParts:
        """What the turns tell, from that one on."""
        return draw_out(self.turns[since:], self.called_at, self.zone)

    @property
    def told(self) -> list[str]:
        """The caller's words, turn by turn."""
        return [turn.text for turn in self.turns if turn.speaker == CITIZEN]

    @property
    def latest(self) -> str:
        """The caller's last words; empty where nothing was understood."""
        return self.turns[-1].text

    @property
    def asked_last(self) -> str:
        """The question that still stands."""
        return next((name for name in reversed(self.asked) if name not in ASIDES), "")

    @property
    def is_greeted_only(self) -> bool:
        """No question stands but that of the greeting."""
        return self.asked_last in ("", GREETING, GREETING_RECORDED)

    @property
    def readbacks(self) -> int:
        """How often it was read back; said again after a pause it is the same one."""
        pairs = zip(["", *self.asked], self.asked, strict=False)
        return sum(name in READBACKS and (before not in ASIDES or before == DANGER_ALONE) for before, name in pairs)


def next_saying(talk: Interview) -> Saying:
    """What to say to the caller's last words."""
    parts, seats = talk.drawn_out(), talk.caller.seats
    if _is_urgent(talk, parts) and not {DANGER, DANGER_ALONE} & set(talk.asked):
        if seats:
            return _hand_over(DANGER)
        rest = _on(talk, parts)
        return Saying((Line(DANGER_ALONE), *rest.lines), rest.then)
    if cues.wants_person(talk.latest) and seats:
        return _hand_over(HAND_OVER)
    if len(talk.told) >= MOST_TURNS:
        return _goodbye(talk, parts)
    if cues.wants_person(talk.latest):
        return _once_more(NO_PERSON, talk, parts)
    if _says_nothing(talk.latest):
        return _to_nothing(talk, parts)
    if seats and _is_question(parts):
        return _hand_over(QUESTION)
    return _on(talk, parts)


def _to_nothing(talk: Interview, parts: DraftParts) -> Saying:
    """Silence, 喂 and 等一下. Who calls out or waits has not failed, nor has the pause that he asked for."""
    idle = list(takewhile(_says_nothing, reversed(talk.told)))
    if len(idle) >= MOST_IDLE:
        return _not_understood(talk)
    if cues.asks_to_wait(talk.latest):
        return _aside(WAITING, talk, parts)
    silent = sum(1 for _ in takewhile(lambda text: not cues.has_words(text), idle))
    waited = silent < len(idle) and cues.asks_to_wait(idle[silent])
    if silent <= waited:
        return _aside(HERE, talk, parts)
    silent -= waited
    if silent < MOST_UNHEARD:
        return _once_more(NOT_HEARD, talk, parts)
    if talk.caller.seats or silent >= MOST_SILENT:
        return _not_understood(talk)
    return _once_more(NO_PERSON if silent == MOST_UNHEARD else NOT_HEARD, talk, parts)


def _on(talk: Interview, parts: DraftParts) -> Saying:
    """The next question, the readback, or the end."""
    if talk.asked_last in READBACKS:
        return _after_readback(talk, parts)
    if talk.asked_last == CORRECT:
        return _read_back(talk, parts) if talk.readbacks < MOST_READBACKS else _goodbye(talk, parts)
    if talk.asked_last in (FURTHER, GO_ON):
        return _after_further(talk, parts)
    if _is_half_a_number(talk, parts):
        return _listen(Line(PHONE_REST))
    question = _question(talk, parts)
    if question == MATTER and MATTER in talk.asked:
        return _not_understood(talk) if talk.caller.seats else _listen(Line(NO_PERSON), Line(MATTER))
    return _listen(Line(question)) if question is not None else _read_back(talk, parts)


def _question(talk: Interview, parts: DraftParts) -> str | None:
    """What is asked next, each thing once; None when all has been asked. The matter is named again as long as nobody
    knows it, until it was said that no person takes over."""
    kind = parts.request_type.value if parts.request_type is not None else None
    refused = parts.wants_reply is not None and parts.wants_reply.value is False
    other = any(map(cues.refuses_number, talk.told))
    same = parts.same_number is not None and parts.same_number.value is True and not other
    reachable = parts.phone is not None or same
    is_asked = bool({PHONE, PHONE_OTHER} & set(talk.asked))
    no_number = not refused and not reachable and not is_asked
    wanted = (
        (MATTER, parts.matter is None and not _is_left_alone(talk)),
        (PLACE, parts.place is None),
        (SINCE, parts.since is None and kind != "建议" and not _is_urgent(talk, parts)),
        (WANTS_REPLY, parts.wants_reply is None),
        (PHONE_SAME, no_number and bool(talk.caller.phone) and not other),
        (PHONE_OTHER if other else PHONE, no_number),
    )
    return next((name for name, missing in wanted if missing and (name == MATTER or name not in talk.asked)), None)


def _is_left_alone(talk: Interview) -> bool:
    """It was said already that no person takes over, and the matter was asked for with it."""
    return any(pair == (NO_PERSON, MATTER) for pair in zip(talk.asked, talk.asked[1:], strict=False))


def _is_half_a_number(talk: Interview, parts: DraftParts) -> bool:
    """A telephone number is being told, and the rest of it has not come yet; one turn may pass without any of it."""
    if talk.asked_last not in _NUMBER_ASKED or parts.phone is not None or cues.gives_up(talk.latest):
        return False
    asked = [name for name in reversed(talk.asked) if name not in ASIDES]
    count = 1 + sum(1 for _ in takewhile(lambda name: name == PHONE_REST, asked))
    pieces = [cues.digits_told(text) for text in talk.told[-count:]]
    digits = "".join(pieces)
    whole = 12 if digits.startswith("0") else 11
    return 1 < len(digits) < whole and phone_of(digits) is None and any(pieces[-2:]) and count < MOST_PIECES


def _is_rest_of_number(talk: Interview, parts: DraftParts) -> bool:
    """What was missing of a number comes late."""
    is_missing = PHONE_REST in talk.asked and parts.phone is None
    return is_missing and cues.is_mere_digits(talk.latest) and talk.readbacks < MOST_READBACKS


def _after_readback(talk: Interview, parts: DraftParts) -> Saying:
    """A denial is asked about once, what is put right is read back; what is denied twice a person has to hear."""
    index = max(index for index, turn in enumerate(talk.turns) if turn.speaker == OPERATOR)
    is_wrong = is_denied(talk.turns, index)
    if _is_rest_of_number(talk, parts):
        return _listen(Line(PHONE_REST))
    if not is_wrong and not names_another_place(talk.turns, index):
        return _after_further(talk, parts)
    if talk.readbacks < MOST_READBACKS:
        return _listen(Line(CORRECT)) if is_wrong and not cues.tells_anew(talk.latest) else _read_back(talk, parts)
    if talk.caller.seats:
        return _not_understood(talk)
    return _goodbye(talk, parts) if cues.tells_anew(talk.latest) else _listen(Line(NO_PERSON), Line(CORRECT))


def _after_further(talk: Interview, parts: DraftParts) -> Saying:
    """What is told beside the first matter stands in the draft for a person to see; when there is no more, the end."""
    asked = talk.asked_last in (FURTHER, GO_ON)
    if cues.tells_further(talk.latest, asked=asked):
        return _listen(Line(FURTHER))
    if talk.asked_last != GO_ON and cues.announces_further(talk.latest, asked=asked):
        return _listen(Line(GO_ON))
    return _goodbye(talk, parts)


def _read_back(talk: Interview, parts: DraftParts) -> Saying:
    line = _readback(talk, parts)
    return _listen(line) if line is not None else _goodbye(talk, parts)


def _readback(talk: Interview, parts: DraftParts) -> Line | None:
    """Matter and place in one sentence."""
    matter, place = read_back(talk.turns, parts, talk.drawn_out)
    if matter and place:
        return Line(READBACK, {"matter": matter, "place": place})
    if matter:
        return Line(READBACK_MATTER, {"matter": matter})
    return Line(READBACK_PLACE, {"place": place}) if place else None


def _aside(aside: str, talk: Interview, parts: DraftParts) -> Saying:
    """A word aside, and the question that stands; the greeting's need not be said again."""
    return _listen(Line(aside)) if talk.is_greeted_only else _once_more(aside, talk, parts)


def _once_more(aside: str, talk: Interview, parts: DraftParts) -> Saying:
    """The question that still stands, after a word aside; after the greeting it is what the call is about."""
    if talk.asked_last in READBACKS:
        return _listen(Line(aside), _readback(talk, parts) or Line(MATTER))
    return _listen(Line(aside), Line(MATTER if talk.is_greeted_only else talk.asked_last))


def _says_nothing(text: str) -> bool:
    """Nothing to the matter."""
    return not cues.has_words(text) or cues.calls_out(text) or cues.asks_to_wait(text)


def _is_urgent(talk: Interview, parts: DraftParts) -> bool:
    return talk.urgent or parts.urgency is not None


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
    """Who can be texted, and does not mind, is told that the number comes by text. Who was asked for a number does not
    want to be reached on the one that he calls from."""
    refused = parts.wants_reply is not None and parts.wants_reply.value is False
    told = words_of(parts.phone)
    own = talk.caller.phone if not {PHONE, PHONE_OTHER} & set(talk.asked) else ""
    number = f"+86{told}" if told and not told.startswith("+") else told or own
    return _hang_up(GOODBYE_TEXT if _MOBILE.fullmatch(number) and not refused else GOODBYE)
