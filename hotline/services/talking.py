"""语音接听: a live call, turn by turn, until it is a draft (design §6). What to say is `domain/interviewing.py`'s.

The call's row is locked first, so that callbacks of one call wait for each other: a turn that comes twice is written
once and answered as before. However a call ends, what was heard becomes one draft, and nothing of it stays here.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from hotline.carriers.voice import Switchboard
from hotline.domain.actors import SYSTEM
from hotline.domain.cues import KEYED
from hotline.domain.interviewing import (
    CLOSINGS,
    FAILED,
    FAILED_ALONE,
    GOODBYE,
    GREETING,
    GREETING_RECORDED,
    SEATS_BUSY,
    Caller,
    Interview,
    Line,
    Saying,
    Script,
    Then,
    next_saying,
)
from hotline.domain.risks import why_urgent
from hotline.domain.texts import clean
from hotline.domain.transcript import CITIZEN, OPERATOR, Turn
from hotline.models import CallState, CameBy, Draft, LiveCall, LiveTurn
from hotline.services import risking, transcribing
from hotline.services.work import Work

SILENCE = timedelta(minutes=10)  # without any news, and the call is taken for ended: a turn takes a minute at most
LONGEST_TALK = timedelta(hours=4)  # with a person; the carrier ends a call by then
LONGEST = 4000  # characters of one turn; nobody says as much without a pause
BATCH = 50
MARKS = {OPERATOR: "坐席", CITIZEN: "市民"}


@dataclass(frozen=True)
class Desk:
    """Who answers: the carrier's name, the city's sentences, and whether anybody can be handed over to."""

    carrier: str
    script: Script
    seats: bool


def desk_of(switchboard: Switchboard, carrier: str = "") -> Desk:
    """Who answers there; `carrier`: another than the switchboard's own, for trying out."""
    name = carrier or (switchboard.carrier.name if switchboard.carrier is not None else "")
    return Desk(name, switchboard.script, seats=bool(switchboard.seats))


@dataclass(frozen=True)
class Answer:
    """What the caller hears, and what then. `turn`: the number of the turn that is listened for, 0 for none."""

    text: str
    then: Then
    turn: int = 0


@dataclass(frozen=True)
class Words:
    """What the carrier understood: no text where it understood nothing. `confidence`: 0 to 1, as the carrier says."""

    text: str = ""
    keys: str = ""
    confidence: float | None = None


def answer(work: Work, desk: Desk, sid: str, caller: str) -> Answer:
    """接听: the greeting, which says that the call is taken down. `caller`: E.164 or empty."""
    call = _take(work, desk.carrier, sid, caller)
    if call.state is not CallState.TALKING:
        return _closing(call, desk)
    turns = _turns(work, call)
    if not turns:
        greeting = GREETING_RECORDED if desk.script.records else GREETING
        return _say(work, call, desk, 1, Saying((Line(greeting),), Then.LISTEN))
    return Answer(turns[0].text, Then.LISTEN, 2)


def heard(work: Work, desk: Desk, sid: str, number: int, words: Words, caller: str) -> Answer:
    """听到一句: turn `number` of the call, once however often it comes; what is said to it."""
    call = _take(work, desk.carrier, sid, caller)
    text = _text_of(words)
    if call.state is not CallState.TALKING:
        if call.state is CallState.ENDED:
            _add_late(work, call, number, text, caller)
        return _closing(call, desk)
    turns = _turns(work, call)
    if turns and number <= turns[-1].line:  # it was answered before
        return Answer(turns[-1].text, Then.LISTEN, turns[-1].line + 1)
    _write(work, call, number, CITIZEN, text, words.confidence)
    call.heard_sealed = None
    turns.append(Turn(CITIZEN, text, number))
    who = Caller(work.vault.open(call.caller_sealed), desk.seats)
    told = (turn.text for turn in turns if turn.speaker == CITIZEN)
    urgent = bool(why_urgent(risking.of_words(work, *told)))
    talk = Interview(turns, call.asked, who, call.began_at, work.rules.zone, urgent)
    return _say(work, call, desk, number + 1, next_saying(talk))


def half_heard(work: Work, carrier: str, sid: str, number: int, sequence: int, text: str) -> None:
    """The beginning of turn `number`: kept until the whole of it comes, in case it never does. What is older than what
    is known already is left aside."""
    call = _find(work, carrier, sid)
    if call is None or call.state is not CallState.TALKING or not text.strip():
        return
    call.heard_at = work.now
    known = _half_of(work, call)
    newest = work.session.scalar(sa.select(sa.func.max(LiveTurn.number)).where(LiveTurn.call_id == call.id)) or 0
    if number > newest and (known is None or (known["number"], known["sequence"]) < (number, sequence)):
        half = {"number": number, "sequence": sequence, "text": clean(text)[:LONGEST]}
        call.heard_sealed = work.vault.seal(json.dumps(half, ensure_ascii=False))


def handed_over(work: Work, desk: Desk, sid: str, *, reached: bool) -> Answer:
    """转人工 has ended: somebody spoke with the caller, or nobody answered. The draft is there either way."""
    call = _take(work, desk.carrier, sid, "")
    if reached:
        _end(work, call, work.now)
        return Answer("", Then.HANG_UP)
    call.asked = [*call.asked, SEATS_BUSY]
    _end(work, call, work.now, unheard=True)
    return _closing(call, desk)


def hung_up(work: Work, carrier: str, sid: str, caller: str = "") -> None:
    """挂断, at whatever moment: what was heard becomes the draft."""
    _end(work, _take(work, carrier, sid, caller), work.now)


def abandon(work: Work, limit: int = BATCH) -> int:
    """Calls of which nothing more was heard, as if they had been hung up; how many there were."""
    silent = sa.or_(
        sa.and_(LiveCall.state == CallState.TALKING, LiveCall.heard_at < work.now - SILENCE),
        LiveCall.heard_at < work.now - LONGEST_TALK,
    )
    calls = work.session.scalars(
        sa.select(LiveCall)
        .where(LiveCall.ended_at.is_(None), silent)
        .order_by(LiveCall.heard_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()
    for call in calls:
        _end(work, call, call.heard_at)
    return len(calls)


def recorded(work: Work, carrier: str, sid: str, reference: str) -> None:
    """The recording's reference, which may come long after the call: it belongs to the draft."""
    call, reference = _find(work, carrier, sid), clean(reference)[:500]
    if call is None or not reference:
        return
    if call.draft_id is None:
        call.recording = reference if call.ended_at is None else ""
        return
    draft = work.session.get(Draft, call.draft_id, with_for_update=True)
    if draft is not None and draft.erased_at is None:
        draft.recording = reference


def apology(desk: Desk) -> Answer:
    """What is said when we fail: a person takes over, where there is one."""
    wording, then = (FAILED, Then.HAND_OVER) if desk.seats else (FAILED_ALONE, Then.HANG_UP)
    return Answer(desk.script.wordings.render(wording), then)


def turns_of(work: Work, call: LiveCall) -> Sequence[Turn]:
    """All that was said so far, with what is half heard; of a call that has become a draft, the draft's."""
    if call.draft_id is None:
        return _with_half(work, call, _turns(work, call))
    content = transcribing.read_content(work, work.session.get_one(Draft, call.draft_id))
    return [Turn(turn["speaker"], turn["text"], turn["line"]) for turn in content["turns"]]


def _take(work: Work, carrier: str, sid: str, caller: str) -> LiveCall:
    """The call, locked; made at its first callback, whichever that is."""
    values = {
        "carrier": carrier,
        "sid": sid,
        "state": CallState.TALKING,
        "caller_sealed": work.vault.seal(caller) if caller else None,
        "began_at": work.now,
        "heard_at": work.now,
    }
    work.session.execute(insert(LiveCall).values(**values).on_conflict_do_nothing(index_elements=[LiveCall.sid]))
    call = _find(work, carrier, sid)
    assert call is not None, "the id is another carrier's"
    call.heard_at = work.now
    return call


def _find(work: Work, carrier: str, sid: str) -> LiveCall | None:
    return work.session.scalar(
        sa.select(LiveCall)
        .where(LiveCall.sid == sid, LiveCall.carrier == carrier)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )


def _turns(work: Work, call: LiveCall) -> list[Turn]:
    """What was said; `line` is the number of the turn."""
    rows = work.session.scalars(sa.select(LiveTurn).where(LiveTurn.call_id == call.id).order_by(LiveTurn.number))
    return [Turn(row.speaker, work.vault.open(row.text_sealed), row.number) for row in rows]


def _write(work: Work, call: LiveCall, number: int, speaker: str, text: str, confidence: float | None = None) -> None:
    work.session.add(
        LiveTurn(
            call_id=call.id,
            number=number,
            speaker=speaker,
            text_sealed=work.vault.seal(text),
            confidence=confidence,
            said_at=work.now,
        )
    )
    work.session.flush()


def _say(work: Work, call: LiveCall, desk: Desk, number: int, saying: Saying) -> Answer:
    """What is said is a turn like any other; when nothing is listened for after it, the draft is made at once."""
    text = "".join(desk.script.wordings.render(line.wording, **line.fields) for line in saying.lines)
    _write(work, call, number, OPERATOR, text)
    call.asked = [*call.asked, *(line.wording for line in saying.lines)]
    if saying.then is Then.LISTEN:
        return Answer(text, Then.LISTEN, number + 1)
    if saying.then is Then.HAND_OVER:
        call.state = CallState.HANDED_OVER
        _make_draft(work, call)
    else:
        _end(work, call, work.now)
    return Answer(text, saying.then)


def _closing(call: LiveCall, desk: Desk) -> Answer:
    """The end again, for a callback that came twice or late."""
    last = call.asked[-1] if call.asked and call.asked[-1] in CLOSINGS else GOODBYE
    then = Then.HAND_OVER if call.state is CallState.HANDED_OVER else Then.HANG_UP
    return Answer(desk.script.wordings.render(last), then)


def _end(work: Work, call: LiveCall, ended_at: datetime, *, unheard: bool = False) -> None:
    """Once: the draft of what was heard, and nothing of it stays with the call. A call in which nothing was said at all
    only ends, unless somebody waited in vain (`unheard`)."""
    if call.state is CallState.ENDED:
        return
    call.state, call.ended_at = CallState.ENDED, ended_at
    _make_draft(work, call, unheard=unheard)
    _forget(work, call)


def _make_draft(work: Work, call: LiveCall, *, unheard: bool = False) -> None:
    """One draft, however often this is done."""
    turns = _with_half(work, call, _turns(work, call))
    is_heard = any(turn.speaker == CITIZEN and turn.text for turn in turns)
    if call.draft_id is not None or not (is_heard or (unheard and turns)):
        return
    known = {
        row.number: {"start": (row.said_at - call.began_at).total_seconds(), "confidence": row.confidence}
        for row in work.session.scalars(sa.select(LiveTurn).where(LiveTurn.call_id == call.id))
    }
    call.draft_id = _draft(work, call, _as_json(turns, known), work.vault.open(call.caller_sealed))
    _forget(work, call)


def _forget(work: Work, call: LiveCall) -> None:
    """The draft holds all, and is erased in its time; that there was a call stays."""
    work.session.execute(sa.delete(LiveTurn).where(LiveTurn.call_id == call.id))
    call.heard_sealed = call.caller_sealed = None
    call.recording = ""
    work.session.flush()


def _draft(work: Work, call: LiveCall, data: bytes, caller: str) -> int:
    draft, _ = transcribing.send(
        work.act_as(SYSTEM),
        data,
        transcribing.Call(
            called_at=max(call.began_at, work.now - transcribing.LONGEST_AGO),
            recording=call.recording,
            caller=caller,
            content_type="application/json",
            idempotency_key=f"voice:{call.sid}",
            came_by=CameBy.VOICE,
        ),
    )
    return draft.id


def _as_json(turns: Sequence[Turn], known: Mapping[int, Mapping[str, Any]]) -> bytes:
    """Our own form of a transcript, with what else is known of a turn by its number. Turns that are missing are empty,
    so that the number of a turn is its line."""
    said = {turn.line: turn for turn in turns}
    segments: list[dict[str, Any]] = []
    for number in range(1, max(said) + 1):
        turn = said.get(number)
        segment = {"speaker": MARKS[turn.speaker], "text": turn.text} if turn else {"speaker": None, "text": ""}
        segments.append(segment | {name: value for name, value in known.get(number, {}).items() if value is not None})
    return json.dumps({"turns": segments}, ensure_ascii=False).encode()


def _add_late(work: Work, call: LiveCall, number: int, text: str, caller: str) -> None:
    """The carrier said that the call had ended before it told the last words: they belong to the draft."""
    if not text:
        return
    late = Turn(CITIZEN, text, number)
    if call.draft_id is None:
        call.draft_id = _draft(work, call, _as_json([late], {}), caller)
        return
    draft = work.session.get_one(Draft, call.draft_id, with_for_update=True)
    if draft.erased_at is not None:
        return
    segments = json.loads(work.vault.open_bytes(draft.source_sealed))["turns"]
    segments += [{"speaker": None, "text": ""}] * (number - len(segments))
    if segments[number - 1]["text"] == text:
        return
    segments[number - 1] = {"speaker": MARKS[CITIZEN], "text": text}
    transcribing.amend(work, draft, json.dumps({"turns": segments}, ensure_ascii=False).encode())


def _with_half(work: Work, call: LiveCall, turns: list[Turn]) -> list[Turn]:
    half = _half_of(work, call)
    if half is None or (turns and half["number"] <= turns[-1].line):
        return turns
    return [*turns, Turn(CITIZEN, half["text"], half["number"])]


def _half_of(work: Work, call: LiveCall) -> dict[str, Any] | None:
    return json.loads(work.vault.open(call.heard_sealed)) if call.heard_sealed is not None else None


def _text_of(words: Words) -> str:
    text = clean(words.text)[:LONGEST]
    return text or (KEYED.format(keys=clean(words.keys)[:20]) if words.keys else "")
