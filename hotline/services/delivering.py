"""短信的投递: claim, send outside of any transaction, write down; and the carrier's receipts (design §8).

At least once: a sender that dies between the carrier's "taken" and the writing down is found by the sweep when its
lease ends, and the text goes out again. A receipt that comes in the meantime prevents it: it carries our own token.

A ticket is locked before its texts, as every step does that cancels or adds one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from hotline.carriers.base import CarrierError, Fate, Receipt, Sent
from hotline.domain.quiet import Quiet, quiet_until
from hotline.domain.texts import clean
from hotline.models import Base, Citizen, Complaint, Direction, Message, MessageState, Ticket, Urgency
from hotline.services import bulk, closing, messaging, reaching
from hotline.services.vault import Unopened
from hotline.services.work import Work

BATCH = 200
LEASE = timedelta(minutes=5)  # a sender that has not written down by then is taken for dead
BACK_OFF = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=2))
TRIES = len(BACK_OFF) + 1
LONGEST_WAIT = timedelta(hours=2)  # whatever a carrier asks for: somebody waits for an answer

#: What answers a citizen who has just written or called is sent at once, at any hour; the rest can wait for morning.
PROMPT = frozenset(
    [
        "received",
        "known",
        "withdrawn",
        "withdraw_sure",
        "emergency",
        "ask_matter",
        "ask_place",
        "progress",
        "progress_centre",
        "progress_ended",
        "added",
        "another",
        "urged",
        "not_found",
        "picture_refused",
        "pictures_full",
        "survey_why",
        "too_late",
        "too_many",
        "help",
        "stopped",
        "restarted",
        "access_code",
        "thanks",
        "sorry",
    ]
)

_ON_THE_WAY = ("accepted", "assigned", "extended", "extended_within", "paused", "resumed", "reworked")
#: What a text that waits for the morning overtakes: an answer the promise of one, a new date the old one.
OVERTAKES = (
    (("answered", "declined"), _ON_THE_WAY),
    (("assigned",), ("assigned", "extended", "extended_within")),
    (("extended",), ("accepted", "assigned", "extended", "extended_within")),
    (("extended_within",), ("extended_within",)),
    (("paused",), ("paused", "resumed")),
    (("resumed",), ("paused", "resumed")),
)

_STATES = {Fate.SENT: MessageState.SENT, Fate.DELIVERED: MessageState.DELIVERED, Fate.FAILED: MessageState.FAILED}
_PROGRESS = {MessageState.QUEUED: 0, MessageState.SENDING: 1, MessageState.SENT: 2}
_FINAL = 3
MESSAGE = Base.metadata.tables[Message.__tablename__]


@dataclass(frozen=True, slots=True)
class Parcel:
    """A text that has been claimed. `fault`: why it need not be handed to the carrier at all."""

    id: int
    token: str
    to: str
    body: str
    wording: str
    fields: Mapping[str, str]
    attempts: int
    answers: int | None  # the complaint whose promise to reply is met when this text arrives
    fault: CarrierError | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the carrier said to a parcel."""

    parcel: Parcel
    said: Sent | CarrierError


def claim(work: Work, quiet: Quiet | None, limit: int = BATCH) -> list[Parcel]:
    """Take texts that are due, for five minutes. Nobody else has them meanwhile; none are left when it is empty.

    `quiet`: hours of city time in which citizens are not texted, except in urgent matters and in answer to them.
    """
    _hold_back(work, quiet)
    rows = work.session.execute(_DUE, {"now": work.now, "limit": limit}).all()
    if rows:
        work.session.execute(
            sa.update(Message)
            .where(Message.id.in_([row.id for row in rows]))
            .values(state=MessageState.SENDING, attempts=Message.attempts + 1, next_at=work.now + LEASE)
        )
    return [_parcel(work, row) for row in rows]


_DUE = (
    sa.select(
        Message.id,
        Message.token,
        Message.purpose,
        Message.complaint_id,
        Message.phone_sealed,
        Message.body_sealed,
        Message.fields_sealed,
        Message.attempts,
    )
    .where(Message.next_at <= sa.bindparam("now"), Message.state.in_((MessageState.QUEUED, MessageState.SENDING)))
    .order_by(Message.next_at)
    .limit(sa.bindparam("limit"))
    .with_for_update(key_share=True, skip_locked=True)
)


def _hold_back(work: Work, quiet: Quiet | None) -> None:
    until = quiet_until(work.now, quiet, work.rules.zone)
    if until is None:
        return
    can_wait = (
        sa.select(Message.id)
        .outerjoin(Ticket, Ticket.id == Message.ticket_id)
        .where(
            Message.next_at <= work.now,
            Message.state == MessageState.QUEUED,
            Message.unit_id.is_(None),
            Message.purpose.not_in(PROMPT),
            sa.not_(_answers_a_text()),
            sa.or_(Ticket.id.is_(None), Ticket.urgency != Urgency.URGENT),
        )
        .with_for_update(key_share=True, skip_locked=True, of=Message)
    )
    ids = list(work.session.scalars(can_wait))
    if ids:
        work.session.execute(sa.update(Message).where(Message.id.in_(ids)).values(next_at=until))
        _drop_overtaken(work, ids)


def _answers_a_text() -> sa.ColumnElement[bool]:
    """Written in the same breath as a text from that number was heard: somebody sits there and waits."""
    heard = aliased(Message)
    return sa.exists().where(
        heard.phone_print == Message.phone_print,
        heard.direction == Direction.IN,
        heard.created_at == Message.created_at,
    )


def _drop_overtaken(work: Work, ids: Sequence[int]) -> None:
    """Of several texts that wait for the morning, those that are no longer true when the latest of them arrives."""
    newer = aliased(Message)
    overtaken = sa.or_(
        *(sa.and_(newer.purpose.in_(by), Message.purpose.in_(stale)) for by, stale in OVERTAKES),
    )
    query = (
        sa.select(Message.id)
        .where(
            Message.state == MessageState.QUEUED,
            Message.attempts == 0,
            sa.exists().where(
                newer.id.in_(ids), newer.complaint_id == Message.complaint_id, newer.id > Message.id, overtaken
            ),
        )
        .with_for_update(key_share=True, skip_locked=True)
    )
    gone = list(work.session.scalars(query))
    if gone:
        cancelled = {"state": MessageState.CANCELLED, "next_at": None}
        work.session.execute(sa.update(Message).where(Message.id.in_(gone)).values(cancelled))


def _parcel(work: Work, row: Any) -> Parcel:
    answers = row.complaint_id if row.purpose in messaging.ANSWERS else None
    fault, to, body, wording = None, "", "", row.purpose
    fields: Mapping[str, str] = {}
    try:
        to, body = work.vault.open(row.phone_sealed), work.vault.open(row.body_sealed)
        wording, fields = messaging.made_of(work, row.purpose, row.fields_sealed)
    except Unopened:
        fault = CarrierError("sealed", "密钥已更换，无法解密。", final=True)
    if row.attempts >= TRIES:
        fault = CarrierError("no_word", "多次发送，均无结果。", final=True)
    elif not fault and not to:
        fault = CarrierError("no_number", "没有号码。", final=True)
    return Parcel(row.id, row.token, to, body, wording, fields, row.attempts + 1, answers, fault)


def write_down(work: Work, outcomes: Sequence[Outcome]) -> None:
    """What became of texts on whose arrival nothing depends: many at once."""
    ids = [each.parcel.id for each in outcomes]
    query = sa.select(Message.id, Message.state, Message.attempts).where(Message.id.in_(ids)).order_by(Message.id)
    now = {row.id: row for row in work.session.execute(query.with_for_update(key_share=True))}
    held = [each for each in outcomes if _is_ours(each, now[each.parcel.id])]
    bulk.update(work.session, MESSAGE, [{"id": each.parcel.id, **_becomes(work, each)} for each in held])
    for each in held:
        if isinstance(each.said, CarrierError) and each.said.unsubscribed:
            _unsubscribe(work, each.parcel.id)
    _name_late(work, (each for each in outcomes if each not in held))


def write_down_answer(work: Work, outcome: Outcome) -> None:
    """What became of an answer. When it arrived, the promise to reply is kept; when it never will, it is called out."""
    assert outcome.parcel.answers is not None
    ticket, complaint = _hold(work, outcome.parcel.answers)
    message = _lock(work, outcome.parcel.id)
    if not _is_ours(outcome, message):
        _name_late(work, [outcome])
        return
    for name, value in _becomes(work, outcome).items():
        setattr(message, name, value)
    if isinstance(outcome.said, CarrierError) and outcome.said.unsubscribed:
        _unsubscribe(work, message.id)
    _follow(work, ticket, complaint, message)


def _is_ours(outcome: Outcome, message: Any) -> bool:
    """Still as we took it: no receipt has overtaken us; and a failure only counts for the try that it was."""
    if message.state != MessageState.SENDING:
        return False
    return isinstance(outcome.said, Sent) or message.attempts == outcome.parcel.attempts


def _becomes(work: Work, outcome: Outcome) -> dict[str, Any]:
    now, said = work.now, outcome.said
    values: dict[str, Any] = dict.fromkeys(("carrier_sid", "sent_at", "delivered_at", "failed_at", "next_at", "error"))
    if isinstance(said, Sent):
        arrived = {"state": MessageState.DELIVERED, "delivered_at": now} if said.delivered else {}
        return values | {"state": MessageState.SENT, "carrier_sid": said.sid, "sent_at": now} | arrived
    values["error"] = f"{said.code} {said}"[:200]
    if said.final or outcome.parcel.attempts >= TRIES:
        return values | {"state": MessageState.FAILED, "failed_at": now}
    asked_for = min(timedelta(seconds=said.wait), LONGEST_WAIT)
    return values | {
        "state": MessageState.QUEUED,
        "next_at": now + max(BACK_OFF[outcome.parcel.attempts - 1], asked_for),
    }


def _name_late(work: Work, outcomes: Iterable[Outcome]) -> None:
    """A receipt was faster: all that is left to add is the carrier's name for the text."""
    for each in outcomes:
        if isinstance(each.said, Sent):
            work.session.execute(
                sa.update(Message)
                .where(Message.id == each.parcel.id, Message.carrier_sid.is_(None))
                .values(carrier_sid=each.said.sid)
            )


def receipt(work: Work, said: Receipt) -> bool:
    """The carrier tells what became of a text. Only forward; a final state never changes. False for an unknown text.

    A receipt may come before the sending has been written down, twice, and in any order.
    """
    named = Message.token == clean(said.token) if said.token else Message.carrier_sid == clean(said.sid)
    found = work.session.execute(
        sa.select(Message.id, Message.purpose, Message.complaint_id).where(named, Message.direction == Direction.OUT)
    ).first()
    if found is None:
        return False
    answers = found.complaint_id if found.purpose in messaging.ANSWERS else None
    held = _hold(work, answers) if answers is not None else None
    message = _lock(work, found.id)
    message.carrier_sid = message.carrier_sid or clean(said.sid)[:64] or None
    state = _STATES[said.fate] if said.fate is not None else None
    if state is not None and _PROGRESS.get(state, _FINAL) > _PROGRESS.get(message.state, _FINAL):
        _advance(work, message, state, clean(said.error))
        if said.unsubscribed:
            _unsubscribe(work, message.id)
        if held is not None:
            _follow(work, *held, message)
    return True


def _advance(work: Work, message: Message, state: MessageState, error_code: str) -> None:
    message.state, message.next_at = state, None
    message.sent_at = message.sent_at or work.now
    if state is MessageState.DELIVERED:
        message.delivered_at = work.now
    if state is MessageState.FAILED:
        message.failed_at = work.now
        message.error = error_code[:200] or None


def _follow(work: Work, ticket: Ticket, complaint: Complaint, message: Message) -> None:
    """What depends on the arrival of an answer. Not on that of an earlier round's, which may arrive late."""
    if complaint.answered_at is None or message.created_at < complaint.answered_at:
        return
    if message.state is MessageState.DELIVERED:
        reaching.reach(work, complaint, work.now, reaching.DELIVERED)
        closing.close_if_finished(work, ticket)
    elif message.state is MessageState.FAILED and complaint.reached_at is None:
        key = f"undelivered:{message.id}"
        messaging.tell_unit(work, ticket, ticket.centre_id, "centre_undelivered", dedupe_key=key)


def _unsubscribe(work: Work, message_id: int) -> None:
    """The carrier keeps 退订 for that number: whoever is to be told is called from now on."""
    number = sa.select(Message.phone_print).where(Message.id == message_id).scalar_subquery()
    work.session.execute(
        sa.update(Citizen)
        .where(Citizen.phone_print == number, Citizen.opted_out_at.is_(None))
        .values(opted_out_at=work.now)
    )


def _hold(work: Work, complaint_id: int) -> tuple[Ticket, Complaint]:
    """The complaint with its ticket locked, whichever ticket that is by now: a merge may have moved it."""
    while True:
        complaint = work.session.get_one(Complaint, complaint_id, populate_existing=True)
        lock = sa.select(Ticket).where(Ticket.id == complaint.ticket_id).with_for_update(key_share=True)
        ticket = work.session.scalars(lock.execution_options(populate_existing=True)).one()
        work.session.refresh(complaint)
        if complaint.ticket_id == ticket.id:
            return ticket, complaint


def _lock(work: Work, message_id: int) -> Message:
    lock = sa.select(Message).where(Message.id == message_id).with_for_update(key_share=True)
    return work.session.scalars(lock.execution_options(populate_existing=True)).one()
