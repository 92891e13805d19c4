"""Calls by Twilio: TwiML with `<Gather input="dtmf speech">`, turn by turn (twilio.com/docs/voice/twiml/gather).

It calls back `<site>/voice/twilio/answer` for each call, as entered with the number, and what stands in our answers:
`turns/<n>`, `partial/<n>`, `dialled`, `recording`; `status` is entered with the number too.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from twilio.request_validator import RequestValidator
from twilio.twiml.voice_response import Dial, Gather, Start, VoiceResponse

from hotline.carriers.base import Callback, Forged, Reply, Unreadable
from hotline.carriers.voice import Ended, HandedOver, News, Partial, Recorded, Ringing, Said, Speech

LANGUAGE = "cmn-Hans-CN"  # of the recogniser
VOICE, VOICE_LANGUAGE = "Polly.Zhiyu", "cmn-CN"  # of the speaker
SILENCE = 6  # seconds until a turn in which nothing is said is over
LONGEST_TURN = 60  # seconds; Twilio's own limit
RING_FOR = 30  # seconds at the seats
MOST_SEATS = 10  # telephones that Twilio lets ring at once

OVER = {"completed", "busy", "failed", "no-answer", "canceled"}
REACHED = {"completed", "answered"}
#: How Twilio spells out that a number is withheld: ANONYMOUS, RESTRICTED, BLOCKED, UNKNOWN, UNAVAILABLE on the keys.
WITHHELD = {"+266696687", "+7378742833", "+2562533", "+8656696", "+86282452253"}
_TURN = re.compile(r"(turns|partial)/([1-9][0-9]{0,2})", re.ASCII)


class TwilioVoice:
    """Speaks and listens by TwiML. `hints`: words that callers are likely to say; `records`: the whole call is recorded
    at Twilio, and its id told afterwards."""

    name = "twilio"

    def __init__(self, *, auth_token: str, site: str, hints: Sequence[str] = (), records: bool = False) -> None:
        """`site`: our public address, without a slash at its end."""
        self._validator = RequestValidator(auth_token)
        self._home = f"{site}/voice/{self.name}"
        self._hints = ", ".join(hints)
        self._records = records

    def verify(self, callback: Callback) -> None:
        """Only what is signed with our token for the public address. Raises Forged."""
        if not self._validator.validate(callback.url, callback.form, callback.headers.get("x-twilio-signature", "")):
            raise Forged("签名不正确：请核对运营商令牌和对外网址（HOTLINE_PUBLIC_URL）。")

    def read(self, callback: Callback) -> News | None:
        """The callback by its address. Raises Unreadable without the id of a call."""
        form, about = callback.form, callback.about
        sid, caller = form.get("CallSid", ""), _caller(form.get("From", ""))
        if not sid:
            raise Unreadable("缺少 CallSid。")
        if turn := _TURN.fullmatch(about):
            number = int(turn[2])
            return _said(form, sid, caller, number) if turn[1] == "turns" else _partial(form, sid, number)
        if about == "answer":
            return Ringing(sid, caller)
        if about == "dialled":
            return HandedOver(sid, form.get("DialCallStatus", "") in REACHED)
        if about == "status":
            return Ended(sid, caller) if form.get("CallStatus", "") in OVER else None
        if about == "recording":
            return _recorded(form, sid)
        raise Unreadable("没有这个回调地址。")

    def speak(self, speech: Speech) -> Reply:
        """TwiML. A turn in which nothing is understood is called back too (`actionOnEmptyResult`)."""
        response = VoiceResponse()
        if speech.greets and self._records:
            response.append(self._recording())
        if speech.listen_for:
            response.append(self._listening(speech))
        else:
            if speech.text:
                response.say(speech.text, voice=VOICE, language=VOICE_LANGUAGE)
            response.append(self._dialling(speech.seats)) if speech.seats else response.hangup()
        return Reply(str(response), "text/xml; charset=utf-8")

    def note(self) -> Reply:
        """Nothing is waited for."""
        return Reply(status=204)

    def _listening(self, speech: Speech) -> Gather:
        """No `speechModel`: Twilio chooses one that knows the language, and only then knows by itself when a sentence
        has ended (`speechTimeout="auto"`, warning 13335). What callers say in anger is not filtered."""
        gather = Gather(
            input="dtmf speech",
            num_digits=1,
            action=f"{self._home}/turns/{speech.listen_for}",
            method="POST",
            timeout=SILENCE,
            speech_timeout="auto",
            max_speech_time=LONGEST_TURN,
            language=LANGUAGE,
            hints=self._hints or None,
            profanity_filter=False,
            action_on_empty_result=True,
            partial_result_callback=f"{self._home}/partial/{speech.listen_for}",
            partial_result_callback_method="POST",
        )
        gather.say(speech.text, voice=VOICE, language=VOICE_LANGUAGE)
        return gather

    def _dialling(self, seats: Sequence[str]) -> Dial:
        """All seats ring; who answers first has the call."""
        dial = Dial(action=f"{self._home}/dialled", method="POST", timeout=RING_FOR)
        for seat in seats[:MOST_SEATS]:
            dial.number(seat)
        return dial

    def _recording(self) -> Start:
        start = Start()
        start.recording(
            recording_status_callback=f"{self._home}/recording",
            recording_status_callback_method="POST",
            recording_status_callback_event="completed",
            channels="dual",
        )
        return start


def _caller(sender: str) -> str:
    return sender if re.fullmatch(r"\+[1-9]\d{6,14}", sender, re.ASCII) and sender not in WITHHELD else ""


def _said(form: Mapping[str, str], sid: str, caller: str, number: int) -> Said:
    return Said(
        sid,
        caller,
        number,
        form.get("SpeechResult", ""),
        form.get("Digits", ""),
        _confidence(form.get("Confidence", "")),
    )


def _confidence(told: str) -> float | None:
    try:
        value = float(told)
    except ValueError:
        return None
    return value if 0 <= value <= 1 else None


def _partial(form: Mapping[str, str], sid: str, number: int) -> Partial:
    """What is settled already, and what may still change."""
    settled, open_ = form.get("StableSpeechResult", ""), form.get("UnstableSpeechResult", "")
    text = open_ if open_.startswith(settled) else settled + open_
    sequence = form.get("SequenceNumber", "")
    return Partial(sid, number, int(sequence) if re.fullmatch(r"\d{1,9}", sequence, re.ASCII) else 0, text)


def _recorded(form: Mapping[str, str], sid: str) -> Recorded | None:
    reference = form.get("RecordingSid", "")
    return Recorded(sid, reference) if reference and form.get("RecordingStatus", "completed") == "completed" else None
