"""AWS Transcribe Call Analytics, after the call: `Transcript` with ParticipantRole, Content, offsets in milliseconds.

Live (`UtteranceEvent`, one a line) the same names stand in an envelope, with the words in `Transcript`, first as drafts
(`IsPartial`) and then for good.
"""

from __future__ import annotations

from typing import Any

from hotline.domain.transcript import Utterance
from hotline.services.transcripts.recognisers.shape import (
    Heard,
    Segment,
    bare_list,
    first_list,
    heard,
    label,
    milliseconds,
    objects,
    words,
)


def read(document: Any) -> Heard | None:
    """The turns of both sides."""
    events = [event["UtteranceEvent"] for event in objects(document) if isinstance(event.get("UtteranceEvent"), dict)]
    if events:
        return heard([event for event in events if event.get("IsPartial") is not True], _live)
    return heard(first_list(document, ("Transcript",)) or bare_list(document, "Content", "BeginOffsetMillis"), _turn)


def _turn(segment: Segment, number: int) -> Utterance:
    return _spoken(segment, segment.get("Content"), number)


def _live(segment: Segment, number: int) -> Utterance:
    return _spoken(segment, segment.get("Transcript"), number)


def _spoken(segment: Segment, said: Any, number: int) -> Utterance:
    return Utterance(
        label(segment.get("ParticipantRole", segment.get("ParticipantId"))),
        words(said),
        number,
        milliseconds(segment.get("BeginOffsetMillis"), 1),
        milliseconds(segment.get("EndOffsetMillis"), 1),
    )
