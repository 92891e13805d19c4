"""语音接听 when callbacks of one call come at once: Twilio calls again, and tells the end while the last words come."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa

from hotline.domain.actors import SYSTEM
from hotline.models import CallState, Draft, LiveTurn
from hotline.services import talking, transcribing
from hotline.services.talking import Answer, Desk, Words
from tests.caller import LAMP, PHONE, SCRIPT, live
from tests.city import City
from tests.races.hands import Deed, at_once, doing, together

DESK = Desk("twilio", SCRIPT, seats=True)
SID = "CA" + "0" * 32


def do(city: City, deed: Deed) -> Any:
    with city.work(SYSTEM) as work:
        return deed(work)


def ring(city: City) -> Answer:
    answer: Answer = do(city, doing(talking.answer, DESK, SID, PHONE))
    return answer


def say(number: int, text: str) -> Deed:
    return doing(talking.heard, DESK, SID, number, Words(text), PHONE)


def told(city: City) -> list[list[str]]:
    """What the caller said, draft by draft."""
    drafts = sa.select(Draft).order_by(Draft.id)
    with city.work("olga") as work:
        contents = [transcribing.read_content(work, draft) for draft in work.session.scalars(drafts)]
    return [[turn["text"] for turn in each["turns"] if turn["speaker"] == "citizen"] for each in contents]


def test_a_call_that_is_told_of_several_times_at_once_is_one(city: City) -> None:
    answers = at_once(city, [(SYSTEM, doing(talking.answer, DESK, SID, PHONE)) for _ in range(6)])
    assert len(set(answers)) == 1
    assert len(live(city)) == 1


def test_a_turn_that_comes_several_times_at_once_is_one_and_is_answered_alike(city: City) -> None:
    ring(city)
    answers = at_once(city, [(SYSTEM, say(2, LAMP)) for _ in range(6)])
    assert len(set(answers)) == 1
    assert [row.number for row in city.rows(sa.select(LiveTurn).order_by(LiveTurn.number))] == [1, 2, 3]


def test_a_turn_that_ends_the_call_makes_one_draft(city: City) -> None:
    ring(city)
    answers = at_once(city, [(SYSTEM, say(2, "转人工")) for _ in range(4)])
    assert len(set(answers)) == 1
    assert told(city) == [["转人工"]]


def test_the_end_several_times_at_once_and_the_clock_with_it_make_one_draft(city: City) -> None:
    ring(city)
    do(city, say(2, LAMP))
    city.now += talking.LONGEST_TALK * 2
    ends: list[tuple[Any, Deed]] = [(SYSTEM, doing(talking.hung_up, "twilio", SID)) for _ in range(4)]
    at_once(city, [*ends, (SYSTEM, doing(talking.abandon)), (SYSTEM, doing(talking.abandon))])
    assert told(city) == [[LAMP]]
    assert [call.state for call in live(city)] == [CallState.ENDED]


def test_the_last_words_the_end_and_the_recording_at_once_lose_nothing(city: City) -> None:
    """In whatever order they get their turn: one draft, with all that was said, and the recording."""
    ring(city)
    do(city, say(2, LAMP))
    do(city, doing(talking.half_heard, "twilio", SID, 4, 0, "需要回"))

    def act(deed: Deed) -> Callable[[], Any]:
        return lambda: do(city, deed)

    together(
        act(say(4, "需要回复")),
        act(doing(talking.hung_up, "twilio", SID)),
        act(doing(talking.half_heard, "twilio", SID, 4, 1, "需要回复")),
        act(doing(talking.recorded, "twilio", SID, "RE1")),
    )
    do(city, doing(talking.hung_up, "twilio", SID))
    assert told(city) == [[LAMP, "需要回复"]]
    assert [draft.recording for draft in city.rows(sa.select(Draft))] == ["RE1"]
