"""语音接听 by Twilio's webhooks: signed, turn by turn, handed over to who is wanted; one draft, however it ends."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from hotline.domain.interviewing import MOST_TURNS
from hotline.models import CallState, CameBy, Channel, Complaint
from hotline.services import confirming, talking, transcribing
from tests.caller import LAMP, PHONE, SEATS, STORY, Caller, connect, drafts, live, told, words
from tests.citizen import make_app
from tests.city import City


@pytest.fixture
def app(city: City) -> Flask:
    connect(city)
    return make_app(city)


@pytest.fixture
def caller(city: City, app: Flask) -> Caller:
    return Caller(app, city)


# ---- the door


def test_only_what_the_carrier_has_signed_is_let_in(city: City, caller: Caller) -> None:
    for wrong in (
        caller.client.post("/voice/twilio/answer", data={"CallSid": caller.sid}),
        caller.post("/voice/twilio/answer", token="another-token"),
        caller.client.post("/voice/twilio/status", data={}, headers={"X-Twilio-Signature": "x"}),
    ):
        assert (wrong.status_code, (wrong.json or {})["code"]) == (403, "bad_signature")
    assert live(city) == []


def test_without_a_carrier_of_calls_there_is_no_door(city: City) -> None:
    assert Caller(make_app(city), city).post("/voice/twilio/answer").status_code == 404


def test_another_carrier_is_not_let_in(caller: Caller) -> None:
    assert caller.post("/voice/acme/answer").status_code == 403


def test_who_is_on_the_line_hears_something_whatever_is_missing(caller: Caller) -> None:
    """Twilio reads nothing but TwiML with 200; a faulty callback is apologised for and handed over."""
    for about, fields in (
        *((about, {"CallSid": ""}) for about in ("answer", "turns/2", "dialled", "status")),
        *((about, {}) for about in ("nonsense", "turns/0", "turns/x", "turns/99999", "turns/2/3")),
        ("answer", {"CallSid": "C" * 65}),
    ):
        assert "系统出现故障" in caller.hear(f"/voice/twilio/{about}", **fields) and caller.is_handed_over, about


def test_when_we_fail_a_person_takes_over_and_what_was_heard_is_kept(
    city: City, caller: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    caller.ring()
    assert caller.begin("路灯坏了") == 204
    with monkeypatch.context() as broken:
        broken.setattr(talking, "next_saying", lambda talk: 1 / 0)
        assert "系统出现故障" in caller.say(LAMP) and caller.is_handed_over
    caller.dialled("completed")
    (draft,) = drafts(city)
    assert told(city, draft) == ["路灯坏了"]


def test_long_and_odd_fields_are_borne(city: City, caller: Caller) -> None:
    caller.ring()
    caller.say("路灯坏了\0\u202e" + "啊" * 20_000, Confidence="nan", Stability="x")
    assert caller.next
    caller.hang_up()
    (said,) = told(city, drafts(city)[0])
    assert said.startswith("路灯坏了啊") and len(said) == talking.LONGEST
    assert caller.post("/voice/twilio/partial/2", SequenceNumber="-1", StableSpeechResult="x" * 9).status_code == 204
    assert caller.post("/voice/twilio/answer", Junk="x" * 300_000).status_code == 413


# ---- what Twilio is told


def test_the_first_answer_greets_gives_notice_and_listens_in_chinese(caller: Caller) -> None:
    said = caller.ring()
    assert "12319" in said and "录音" in said and "转成文字" in said and "仅用于办理诉求" in said
    gather = caller.twiml.find("Gather")
    assert gather is not None
    assert gather.attrib | {"hints": ""} == {
        "input": "dtmf speech",
        "language": "cmn-Hans-CN",
        "speechTimeout": "auto",
        "timeout": "6",
        "maxSpeechTime": "60",
        "numDigits": "1",
        "profanityFilter": "false",
        "actionOnEmptyResult": "true",
        "action": "http://hotline.test/voice/twilio/turns/2",
        "method": "POST",
        "partialResultCallback": "http://hotline.test/voice/twilio/partial/2",
        "partialResultCallbackMethod": "POST",
        "hints": "",
    }
    hints = gather.attrib["hints"].split(", ")
    assert "路灯不亮" in hints and len(hints) <= 500 and max(map(len, hints)) <= 100
    recording = caller.twiml.find("Start/Recording")
    assert recording is not None
    assert recording.attrib["recordingStatusCallback"] == "http://hotline.test/voice/twilio/recording"
    assert [child.tag for child in caller.twiml] == ["Start", "Gather"]
    assert {say.attrib["language"] for say in caller.twiml.iter("Say")} == {"cmn-CN"}
    caller.say(LAMP)
    assert caller.twiml.find("Start") is None, "the recording is begun once"


def test_a_hand_over_rings_at_all_seats(caller: Caller) -> None:
    caller.ring()
    caller.say("转人工")
    dial = caller.twiml.find("Dial")
    assert dial is not None
    assert dial.attrib == {"action": "http://hotline.test/voice/twilio/dialled", "method": "POST", "timeout": "30"}
    assert tuple(number.text for number in dial) == SEATS


# ---- the story


def test_from_the_greeting_to_the_draft_to_the_ticket(city: City, caller: Caller) -> None:
    caller.ring()
    city.now += timedelta(seconds=20)
    assert "回复吗" in caller.say(STORY[0])
    city.now += timedelta(seconds=10)
    assert "当前这个号码" in caller.say(STORY[1])
    assert "路灯坏了" in caller.say(STORY[2]) and "香溪路和大桥路口" in caller.heard
    assert "短信告知" in caller.say(STORY[3]) and caller.is_over
    (draft,) = drafts(city)
    assert (draft.came_by, draft.sent_by) == (CameBy.VOICE, "系统")
    assert draft.called_at == city.now - timedelta(seconds=30)
    source = json.loads(city.office.vault.open_bytes(draft.source_sealed))["turns"]
    assert source[1] == {"speaker": "市民", "text": LAMP, "start": 20.0, "confidence": 0.91}
    assert told(city, draft) == list(STORY)
    assert [speaker for speaker, _ in words(city, draft)] == ["operator", "citizen"] * 4 + ["operator"]
    with city.work("olga") as work:
        parts = transcribing.draft_dict(work, draft)["parts"]
        assert "路灯" in parts["matter"]["value"] and parts["matter"]["line"] == 2
        assert parts["place"]["value"] == "香溪路和大桥路口"
        assert parts["since"]["value"] and parts["wants_reply"]["value"] is True
        assert parts["same_number"]["value"] is True
        proposed = transcribing.proposed(work, draft)
        assert proposed.phone == PHONE
    with city.work("olga") as work:
        receipt = confirming.confirm(work, draft.id, proposed)
    (complaint,) = city.rows(sa.select(Complaint))
    assert (complaint.number, complaint.channel) == (receipt.number, Channel.PHONE)
    assert complaint.received_at == draft.called_at
    assert caller.hang_up() == 204
    assert len(drafts(city)) == 1


def test_a_question_and_a_danger_go_to_a_person(city: City, app: Flask) -> None:
    for words_, said in (
        ("我想咨询一下养犬证怎么办理", "由工作人员为您解答"),
        ("我家燃气泄漏了，味道很大", "110、119或者120"),
        ("我老公又打我了", "110、119或者120"),  # by the city's own rules
    ):
        caller = Caller(app, city)
        caller.ring()
        assert said in caller.say(words_) and caller.is_handed_over
    question, *dangers = drafts(city)
    assert not question.urgent and all(danger.urgent for danger in dangers)


def test_what_was_said_before_a_hand_over_is_on_the_desk_at_once(city: City, caller: Caller) -> None:
    caller.ring()
    caller.say("垃圾堆了一个星期没人清")
    caller.press("0")
    (draft,) = drafts(city)
    assert told(city, draft) == ["垃圾堆了一个星期没人清", "（按键0）"]
    assert live(city)[0].state is CallState.HANDED_OVER
    assert caller.dialled("completed") == "" and caller.is_over
    caller.hang_up()
    (call,) = live(city)
    assert (call.state, call.ended_at, len(drafts(city))) == (CallState.ENDED, city.now, 1)


def test_where_nobody_answers_it_is_said_and_the_draft_remains(city: City, app: Flask) -> None:
    for number, status in enumerate(("busy", "no-answer", "failed", "canceled", ""), 1):
        caller = Caller(app, city)
        caller.ring()
        caller.say("")
        caller.say("")
        assert caller.is_handed_over and len(drafts(city)) < number, "nothing was heard yet"
        assert "都在忙" in caller.dialled(status) and caller.is_over
        draft = drafts(city)[number - 1]
        with city.work("olga") as work:
            assert transcribing.proposed(work, draft).phone == PHONE, "who waited in vain can be called back"


def test_without_seats_nobody_is_promised_one(city: City) -> None:
    connect(city, seats=())
    caller = Caller(make_app(city), city)
    caller.ring()
    for _ in range(3):
        assert "没有人工" in caller.say("转人工") and caller.next
    assert "110" in caller.say("香溪路路面塌陷了，有人掉进去") and not caller.is_handed_over
    assert "系统出现故障" in caller.hear("/voice/twilio/answer", CallSid="") and caller.is_over


def test_nobody_talks_for_ever(caller: Caller) -> None:
    caller.ring()
    for turn in range(MOST_TURNS + 4):
        caller.say(f"第{turn}件事，香溪路的路灯坏了" if turn % 2 else "不对")
        if not caller.next:
            break
    assert not caller.next


def test_a_withheld_number_is_asked_for(city: City, app: Flask) -> None:
    for withheld in ("anonymous", "+266696687", "+86282452253", ""):
        caller = Caller(app, city, phone=withheld)
        caller.ring()
        caller.say(LAMP)
        assert "联系电话是多少" in caller.say("需要回复")
        caller.hang_up()
    with city.work("olga") as work:
        assert {transcribing.proposed(work, draft).phone for draft in drafts(city)} == {""}
