"""语音接听: however a call ends, and in whatever order that is told, one draft holds what was heard."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from functools import partial

import pytest
from flask import Flask
from redis import Redis

from hotline.bell import SilentBell
from hotline.domain.actors import SYSTEM
from hotline.models import CallState
from hotline.services import talking, transcribing
from tests.caller import LAMP, PHONE, STORY, Caller, connect, drafts, live, told, turns
from tests.citizen import make_app
from tests.city import City
from workers import batches
from workers.shift import Shift


@pytest.fixture
def app(city: City) -> Flask:
    connect(city)
    return make_app(city)


@pytest.fixture
def caller(city: City, app: Flask) -> Caller:
    return Caller(app, city)


# ---- hanging up


@pytest.mark.parametrize("half", [False, True], ids=["between two sentences", "within one"])
@pytest.mark.parametrize("status", ["completed", "failed", "no-answer"])
def test_a_hang_up_at_any_moment_leaves_one_draft(city: City, app: Flask, status: str, half: bool) -> None:
    """After the greeting, after each turn, in the middle of the next; and told twice."""
    expected = []
    for moment in range(0 if half else 1, len(STORY) + 1):
        caller = Caller(app, city)
        caller.ring()
        for text in STORY[:moment]:
            caller.say(text)
        said = list(STORY[:moment])
        if half and caller.next:
            caller.begin("还有", 0)
            caller.begin("还有一件事", 1)
            said.append("还有一件事")
        for _ in range(2):
            assert caller.hang_up(status) == 204
        expected.append(said)
    assert [told(city, draft) for draft in drafts(city)] == expected
    assert [call.draft_id for call in live(city)] == [draft.id for draft in drafts(city)]
    assert {call.state for call in live(city)} == {CallState.ENDED}


def test_a_call_in_which_nothing_was_said_only_ends(city: City, caller: Caller) -> None:
    caller.ring()
    caller.say("")
    caller.hang_up()
    (call,) = live(city)
    assert (call.state, call.draft_id, drafts(city)) == (CallState.ENDED, None, [])


def test_news_of_a_call_that_goes_on_ends_nothing(city: City, caller: Caller) -> None:
    caller.ring()
    assert caller.hang_up("in-progress") == 204
    assert live(city)[0].ended_at is None


def test_what_nobody_ended_is_ended_by_the_clock(city: City, app: Flask) -> None:
    silent, alive, with_somebody = (Caller(app, city) for _ in range(3))
    for caller in (silent, alive, with_somebody):
        caller.ring()
        caller.say(LAMP)
    with_somebody.press("0")
    heard_last = city.now
    city.now += timedelta(minutes=8)
    alive.begin("需要")
    city.now += timedelta(minutes=3)
    assert abandon(city) == 1
    assert [call.ended_at for call in live(city)] == [heard_last, None, None]
    assert len(drafts(city)) == 2
    city.now += timedelta(hours=4)
    assert abandon(city) == 2
    assert abandon(city) == 0
    assert [told(city, draft) for draft in drafts(city)] == [[LAMP, "（按键0）"], [LAMP], [LAMP, "需要"]]


def abandon(city: City) -> int:
    """One round of the workers."""
    return batches.hang_up(Shift(city.office, Redis(), SilentBell(), None, clock=lambda: city.now))


# ---- out of order, and again


def test_every_callback_may_come_twice(city: City, caller: Caller) -> None:
    """The same turn is one turn, and is answered as before: also the one that ended the call."""
    assert twice(caller, caller.ring)
    for text in STORY:
        assert twice(caller, partial(caller.hear, caller.next, SpeechResult=text))
    (draft,) = drafts(city)
    assert told(city, draft) == list(STORY)


def test_a_hand_over_that_is_asked_for_twice_is_the_same(city: City, caller: Caller) -> None:
    caller.ring()
    path = caller.next
    assert twice(caller, lambda: caller.hear(path, SpeechResult="转人工")) and caller.is_handed_over
    assert twice(caller, lambda: caller.dialled("busy")) and caller.is_over
    assert len(drafts(city)) == 1


def twice(caller: Caller, act: Callable[[], str]) -> bool:
    return (act(), caller.next) == (act(), caller.next)


def test_the_end_may_be_told_before_the_last_words(city: City, caller: Caller) -> None:
    caller.ring()
    caller.say(LAMP)
    caller.begin("需要回")
    path = caller.next
    caller.hang_up()
    for _ in range(2):
        caller.hear(path, SpeechResult="需要回复，打这个电话")
        assert caller.is_over
    (draft,) = drafts(city)
    assert told(city, draft) == [LAMP, "需要回复，打这个电话"]
    with city.work("olga") as work:
        assert transcribing.draft_dict(work, draft)["parts"]["wants_reply"]["value"] is True


def test_the_end_may_be_told_before_any_words(city: City, caller: Caller) -> None:
    caller.ring()
    path = caller.next
    caller.hang_up()
    caller.hear(path, SpeechResult=LAMP)
    (draft,) = drafts(city)
    assert told(city, draft) == [LAMP]
    with city.work("olga") as work:
        assert transcribing.proposed(work, draft).phone == PHONE


def test_the_end_may_be_told_before_the_call(city: City, caller: Caller) -> None:
    caller.hang_up()
    caller.ring()
    assert caller.is_over
    assert (len(live(city)), drafts(city)) == (1, [])


def test_what_is_half_heard_late_or_out_of_order_is_left_aside(city: City, caller: Caller) -> None:
    assert caller.post("/voice/twilio/partial/2", UnstableSpeechResult="谁").status_code == 204, "an unknown call"
    caller.ring()
    caller.begin("路灯坏了三天", 2)
    caller.begin("路灯", 1)
    with city.work(SYSTEM) as work:
        (call,) = live(city)
        assert [turn.text for turn in talking.turns_of(work, call)][1:] == ["路灯坏了三天"]
    path = caller.next
    caller.say(LAMP)
    caller.post(path.replace("turns", "partial"), UnstableSpeechResult="路灯坏了三天了", SequenceNumber="9")
    assert live(city)[0].heard_sealed is None
    caller.post("/voice/twilio/partial/4", StableSpeechResult="要的，", UnstableSpeechResult="给我")
    caller.hang_up()
    assert told(city, drafts(city)[0]) == [LAMP, "要的，给我"]


# ---- the recording, and what stays


def test_the_recording_belongs_to_the_draft_whenever_it_comes(city: City, app: Flask) -> None:
    early, late, silent = (Caller(app, city) for _ in range(3))
    for caller in (early, late, silent):
        caller.ring()
    early.say(LAMP)
    record(early)
    early.hang_up()
    late.say(LAMP)
    late.hang_up()
    assert late.post("/voice/twilio/recording", RecordingSid="RE0", RecordingStatus="absent").status_code == 204
    record(late)
    silent.hang_up()
    record(silent)
    assert [draft.recording for draft in drafts(city)] == [f"RE{early.sid[-8:]}", f"RE{late.sid[-8:]}"]
    assert {call.recording for call in live(city)} == {""}


def record(caller: Caller) -> None:
    fields = {"RecordingSid": f"RE{caller.sid[-8:]}", "RecordingStatus": "completed"}
    assert caller.post("/voice/twilio/recording", **fields).status_code == 204


def test_nothing_that_was_said_is_readable_or_stays_after_the_draft(city: City, caller: Caller) -> None:
    caller.ring()
    caller.say(LAMP)
    caller.begin("我叫张伟")
    (call,) = live(city)
    sealed = b"".join([call.heard_sealed or b"", call.caller_sealed or b"", *(row.text_sealed for row in turns(city))])
    for plain in (LAMP, "张伟", PHONE[3:]):
        assert plain.encode() not in sealed and json.dumps(plain).encode() not in sealed
    caller.hang_up()
    (call,) = live(city)
    assert (turns(city), call.heard_sealed, call.caller_sealed) == ([], None, None)


def test_a_silent_call_leaves_no_number(city: City, caller: Caller) -> None:
    caller.ring()
    caller.hang_up()
    (call,) = live(city)
    assert (turns(city), call.caller_sealed) == ([], None)
