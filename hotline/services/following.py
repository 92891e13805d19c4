"""经历: on which tickets a complaint has been since its first day, and what it was answered on the way.

A merge takes it to another ticket, and taking the merge back brings it home. What its citizen was told meanwhile he may
read for ever; what was said on a ticket while the complaint was not there was said to others.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from hotline.domain.workflow import State
from hotline.domain.written import declined
from hotline.models import Complaint, Event, Ticket
from hotline.services.work import Work

ANSWERING = ("reply", "answer", "decline")  # the steps that issue an answer
LEAVING = ("merge", "join")  # … and that take all complaints of a ticket to another one


@dataclass(frozen=True)
class Past:
    """`events`: the lines of history of its time, oldest first, on whichever ticket. `here_from`: since when it has
    been on the ticket that it is on now."""

    complaint: Complaint
    events: Sequence[Event]
    here_from: datetime


@dataclass(frozen=True)
class Answer:
    """One answer, issued to this complaint at that moment, with that line of history. `text` is a `Said` where the
    words are ours."""

    at: datetime
    event_id: int
    ticket_id: int
    round: int
    text: str
    declined: bool


def past_of(work: Work, complaint: Complaint) -> Past:
    """What has happened to it, until it was taken back. Two questions more for each time that it was moved."""
    # Each comes in with a ticket of the same number.
    ticket_id, since, after = _ticket(work, complaint, complaint.number), complaint.received_at, 0
    events: list[Event] = []
    while True:
        stay, into = _stay(work, complaint, ticket_id, after)
        # What happened before it came, and was noticed only then, has happened to others.
        events += [event for event in stay if event.happened_at >= since and _was_there(complaint, event)]
        if into is None:
            return Past(complaint, events, since)
        ticket_id = _ticket(work, complaint, into)
        since, after = stay[-1].happened_at, stay[-1].id


def answers_to(work: Work, past: Past) -> list[Answer]:
    """Every answer that it was given, the first one first."""
    return list(_answers(work, past))


def current(complaint: Complaint, answers: Sequence[Answer]) -> Answer | None:
    """The answer that holds: none while the matter is worked on again, or when it was another matter's."""
    return answers[-1] if answers and complaint.answered_at is not None else None


def was_reworked(past: Past) -> bool:
    """Whether its citizen has been promised a new date."""
    return any(event.step == "rework" for event in past.events)


def _ticket(work: Work, complaint: Complaint, number: str) -> int:
    """The ticket of that number. An older system's may look like a telephone, and so be covered in the history once
    somebody else on the ticket was erased: then at least what is said where the complaint is now is known."""
    return work.session.scalar(sa.select(Ticket.id).where(Ticket.number == number)) or complaint.ticket_id


def _stay(work: Work, complaint: Complaint, ticket_id: int, after: int) -> tuple[list[Event], str | None]:
    """The lines of its time on one ticket, and the number of the one that it went to with the last of them."""
    stay: list[Event] = []
    for event in work.session.scalars(_lines(ticket_id, after)):
        stay.append(event)
        if (into := _moved_to(complaint, event)) is not None:
            return stay, into
    return stay, None


def _lines(ticket_id: int, after: int) -> sa.Select[Event]:
    """By their ids, which follow the order in which the ticket was locked; moments may be the same."""
    return sa.select(Event).where(Event.ticket_id == ticket_id, Event.id > after).order_by(Event.id)


def _was_there(complaint: Complaint, event: Event) -> bool:
    return complaint.withdrawn_at is None or event.happened_at <= complaint.withdrawn_at


def _moved_to(complaint: Complaint, event: Event) -> str | None:
    """The number of the ticket that it goes to with this line of history."""
    if event.step in LEAVING:
        return str(event.data["into"])
    if event.step == "separated" and _is_among(complaint, event):
        return str(event.data["from_number"])
    return None


def _is_among(complaint: Complaint, event: Event) -> bool:
    return complaint.number in event.data.get("complaints", ())


def _answers(work: Work, past: Past) -> Iterator[Answer]:
    for event in past.events:
        if event.step in ANSWERING:
            yield _as_issued(event, event)
        elif event.step == "joined" and event.to_state == State.REPLIED and _is_among(past.complaint, event):
            # What had been answered already was told to whoever joined, there and then (`merging`).
            given = work.session.scalar(_answer_before(event))
            if given is not None:
                yield _as_issued(given, event)


def _as_issued(answer: Event, told: Event) -> Answer:
    refused, data = answer.step == "decline", answer.data
    text = declined(data["reason"], data["channel"]) if refused else data.get("answer", "")
    return Answer(told.happened_at, told.id, answer.ticket_id, answer.round, text, refused)


def _answer_before(joined: Event) -> sa.Select[Event]:
    return (
        sa.select(Event)
        .where(Event.ticket_id == joined.ticket_id, Event.id < joined.id, Event.step.in_(ANSWERING))
        .order_by(Event.id.desc())
        .limit(1)
    )
