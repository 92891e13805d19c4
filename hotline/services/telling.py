"""对外通知: other systems are told what happens to tickets, at least once, signed (design §6).

The history is the source. A pass makes a row for each event that an address is to be told of; a row is claimed, sent
outside of any transaction, and what came of it is written down. Whatever is killed is found by the next pass.

Events do not become visible in the order of their numbers: one that was numbered early may be committed late. So an
address's mark moves only over what cannot change any more (`Seen`); above the mark every event is looked at in each
pass, and a unique index keeps it from being told twice.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from hotline.carriers.outside import Answer
from hotline.domain import signing, workflow
from hotline.domain.actors import Actor, ActorKind, Role
from hotline.models import Base, DeliveryState, Event, Ticket, Unit, Webhook, WebhookDelivery
from hotline.services import bulk, scoping
from hotline.services.vault import Unopened
from hotline.services.work import Work

TELL: Final = "tell"  # the bell
STEPS: Final = frozenset({"receive", *workflow.BY_NAME}) - {"note"}  # an inner note is nobody else's business
TEST: Final = 0  # in the place of an event: a try, which tells nothing
MOST = 500  # events that a pass takes up for one address
EACH = 5  # rows of one address that are sent at the same time, so that a dead one holds up no other
LEASE = timedelta(minutes=2)  # a sender that has not written down by then is taken for dead
#: As the standard proposes: ten tries within three days and a half.
BACK_OFF = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    *(timedelta(hours=hours) for hours in (2, 5, 10, 14, 20, 24)),
)
TRIES = len(BACK_OFF) + 1
LONGEST_WAIT = timedelta(hours=24)
KEPT = timedelta(days=30)  # how long what was told stays to be looked at
DELIVERY = Base.metadata.tables[WebhookDelivery.__tablename__]


@dataclass(frozen=True)
class Seen:
    """The greatest event there was, and who was writing events just after: once these have ended, whatever has a
    number up to it is visible, or will never be. `INSERT` takes its lock before it draws a number."""

    last: int
    writers: frozenset[str]


@dataclass(frozen=True)
class Parcel:
    """A row that has been claimed. `fault`: why it need not be sent at all."""

    id: int
    webhook_id: int
    url: str
    secret: str
    message_id: str
    body: bytes
    tries: int
    fault: str = ""

    def headers(self, now: datetime) -> dict[str, str]:
        """What goes before the body, signed for this moment."""
        signed = signing.headers(self.secret, self.message_id, now, self.body)
        return {"Content-Type": "application/json; charset=utf-8", **signed}


@dataclass(frozen=True)
class Outcome:
    """What came of a parcel."""

    parcel: Parcel
    answer: Answer


def collect(work: Work, before: Seen | None = None) -> tuple[int, Seen]:
    """Rows for what has happened: how many, and what was seen, to be handed to the next pass as `before`.

    An address that another pass is busy with is left to it.
    """
    webhooks = _held(work)
    if not webhooks:
        return 0, Seen(0, frozenset())
    settled = before.last if before is not None and not before.writers & _writers(work) else 0
    seen = Seen(_last(work), frozenset())
    seen = Seen(seen.last, _writers(work))
    if not seen.writers:
        settled = seen.last
    made = 0
    for webhook in webhooks:
        added = _add(work, webhook)
        made += added
        if added < MOST:  # else there is more below what was settled
            webhook.last_event_id = max(webhook.last_event_id, settled)
    return made, seen


def _last(work: Work) -> int:
    return work.session.scalar(sa.select(sa.func.max(Event.id))) or 0


_WRITERS = sa.text("""
    SELECT virtualtransaction FROM pg_locks
    WHERE locktype = 'relation' AND relation = 'event'::regclass AND mode = 'RowExclusiveLock' AND granted
      AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
""")


def _writers(work: Work) -> frozenset[str]:
    """The transactions that write, or have written, events and have not ended."""
    return frozenset(work.session.scalars(_WRITERS))


def _held(work: Work) -> Sequence[Webhook]:
    query = sa.select(Webhook).where(Webhook.active).order_by(Webhook.id)
    query = query.with_for_update(key_share=True, skip_locked=True)
    return work.session.scalars(query.execution_options(populate_existing=True)).all()


def _add(work: Work, webhook: Webhook) -> int:
    """The statement sees all that was committed before it begins, which is after what was settled."""
    told = sa.exists().where(
        WebhookDelivery.webhook_id == webhook.id,
        WebhookDelivery.event_id == Event.id,
        WebhookDelivery.replays_id.is_(None),
    )
    ids = (
        of_interest(webhook)
        .with_only_columns(Event.id)
        .where(Event.id > webhook.last_event_id, Event.noticed_at >= webhook.created_at, ~told)
        .order_by(Event.id)
        .limit(MOST)
    )
    rows = [_row(work, webhook.id, id) for id in work.session.scalars(ids)]
    if rows:
        new = insert(DELIVERY).on_conflict_do_nothing(
            index_elements=["webhook_id", "event_id"], index_where=sa.text("replays_id IS NULL")
        )
        work.session.execute(new, rows)
    return len(rows)


def of_interest(webhook: Webhook) -> sa.Select[Event]:
    """The events that an address is told of: steps of the chain, of tickets that its unit may see."""
    steps = STEPS.intersection(webhook.steps) if webhook.steps else STEPS
    query = sa.select(Event).join(Ticket, Ticket.id == Event.ticket_id)
    return query.where(Event.step.in_(sorted(steps)), scoping.visible(_actor(webhook)))


def _actor(webhook: Webhook) -> Actor:
    """Sees what a machine of that unit would see."""
    roles = frozenset({Role.HANDLER})
    return Actor(ActorKind.CLIENT, webhook.name, None, roles, webhook.unit_id, webhook.unit_path)


def _row(work: Work, webhook_id: int, event_id: int, replays_id: int | None = None) -> dict[str, Any]:
    return {
        "webhook_id": webhook_id,
        "event_id": event_id,
        "replays_id": replays_id,
        "state": DeliveryState.QUEUED,
        "next_try_at": work.now,
        "queued_at": work.now,
    }


def queue(work: Work, webhook_id: int, events: Mapping[int, int | None]) -> None:
    """Rows for events, each with the row that it repeats, if one does; and the bell."""
    rows = [_row(work, webhook_id, event_id, replays_id) for event_id, replays_id in events.items()]
    if rows:
        work.session.execute(insert(DELIVERY).on_conflict_do_nothing(), rows)
        work.ring(TELL)


def claim(work: Work) -> list[Parcel]:
    """Take what is due, a few of each address, for two minutes. Nobody else has it meanwhile."""
    webhooks = work.session.scalars(sa.select(Webhook).where(Webhook.active).order_by(Webhook.id)).all()
    return [parcel for webhook in webhooks for parcel in _claim(work, webhook)]


def _claim(work: Work, webhook: Webhook) -> list[Parcel]:
    due = (
        sa.select(WebhookDelivery)
        .where(
            WebhookDelivery.webhook_id == webhook.id,
            WebhookDelivery.state == DeliveryState.QUEUED,
            WebhookDelivery.next_try_at <= work.now,
        )
        .order_by(WebhookDelivery.next_try_at, WebhookDelivery.id)
        .limit(EACH)
        .with_for_update(key_share=True, skip_locked=True)
        .execution_options(populate_existing=True)
    )
    rows = work.session.scalars(due).all()
    if not rows:
        return []
    bodies = _bodies(work, webhook, [row.event_id for row in rows])
    for row in rows:
        row.tries += 1
        row.next_try_at = row.claimed_until = work.now + LEASE
    return [_parcel(work, webhook, row, bodies.get(row.event_id)) for row in rows]


def _parcel(work: Work, webhook: Webhook, row: WebhookDelivery, body: bytes | None) -> Parcel:
    fault, secret = "", ""
    try:
        secret = work.vault.open(webhook.secret_sealed)
    except Unopened:
        fault = "密钥已更换，无法签名，请停用后新增一个。"
    if row.event_id == TEST:
        body = _written(_message("test", work.now, {"webhook": webhook.name}))
    if body is None:
        fault = "该单位已看不到这件工单，不再通知。"
    if row.tries > TRIES:  # the last one was killed
        fault = "多次发送，均无结果。"
    message_id = f"event-{row.event_id}" if row.event_id != TEST else f"test-{row.id}"
    return Parcel(row.id, webhook.id, webhook.url, secret, message_id, body or b"", row.tries, fault)


def _bodies(work: Work, webhook: Webhook, event_ids: Sequence[int]) -> dict[int, bytes]:
    """What is told of each event that the address may still be told of."""
    query = (
        of_interest(webhook)
        .with_only_columns(Event, Ticket, Unit)
        .join(Unit, Unit.id == Ticket.unit_id)
        .where(Event.id.in_(event_ids))
    )
    return {event.id: _written(_told(work, event, ticket, unit)) for event, ticket, unit in work.session.execute(query)}


def _told(work: Work, event: Event, ticket: Ticket, unit: Unit) -> dict[str, Any]:
    """No person's data, no words; of a confidential matter its number and state."""
    data: dict[str, Any] = {
        "event": event.id,
        "ticket": ticket.number,
        "state": event.to_state,
        "happened_at": _iso(event.happened_at),
        "noticed_at": _iso(event.noticed_at),
    }
    if ticket.confidential:
        return _message("ticket.changed", event.happened_at, data)
    data |= {
        "step": event.step,
        "from_state": event.from_state,
        "round": event.round,
        "version": event.version,
        "unit": {"key": unit.key, "name": unit.name},
        "url": f"{work.site}/desk/tickets/{ticket.number}",
    }
    return _message(f"ticket.{event.step}", event.happened_at, data)


def _message(kind: str, moment: datetime, data: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": kind, "timestamp": _iso(moment), "data": data}


def _written(message: Mapping[str, Any]) -> bytes:
    return json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode()


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat()


def write_down(work: Work, outcomes: Sequence[Outcome]) -> None:
    """What came of these. Only of the try that it was: a sender thought dead does not undo what was done since."""
    ids = [each.parcel.id for each in outcomes]
    query = sa.select(WebhookDelivery.id, WebhookDelivery.state, WebhookDelivery.tries)
    query = query.where(WebhookDelivery.id.in_(ids)).order_by(WebhookDelivery.id)
    now = {row.id: row for row in work.session.execute(query.with_for_update(key_share=True))}
    changed = []
    for each in outcomes:
        row = now.get(each.parcel.id)
        if row is None or row.state is not DeliveryState.QUEUED:
            continue
        if each.answer.taken or row.tries == each.parcel.tries:
            changed.append({"id": each.parcel.id, **_becomes(work, each)})
    bulk.update(work.session, DELIVERY, changed)


def _becomes(work: Work, outcome: Outcome) -> dict[str, Any]:
    parcel, answer = outcome.parcel, outcome.answer
    values = {"status": answer.status, "failure": answer.failure[:200], "claimed_until": None, "sent_at": work.now}
    if answer.taken:
        return values | {"state": DeliveryState.SENT, "next_try_at": None}
    if parcel.fault or answer.gone or parcel.tries >= TRIES:
        return values | {"state": DeliveryState.FAILED, "next_try_at": None}
    wait = max(spread(BACK_OFF[parcel.tries - 1], parcel.id), min(timedelta(seconds=answer.wait), LONGEST_WAIT))
    return values | {"state": DeliveryState.QUEUED, "next_try_at": work.now + wait}


def spread(wait: timedelta, id: int) -> timedelta:
    """Up to a fifth longer, by the row's id: what failed together does not come back together."""
    return wait * (1 + (id * 2654435761 % 2**32) / 2**32 / 5)  # Knuth's multiplicative hash


def forget(work: Work) -> int:
    """What was settled a month ago; how many. What lies above the mark stays, or it would be told again."""
    marks = sa.select(Webhook.last_event_id).where(Webhook.id == WebhookDelivery.webhook_id).scalar_subquery()
    gone = sa.delete(WebhookDelivery).where(
        WebhookDelivery.state != DeliveryState.QUEUED,
        WebhookDelivery.queued_at < work.now - KEPT,
        WebhookDelivery.event_id <= marks,
    )
    return len(work.session.scalars(gone.returning(WebhookDelivery.id)).all())
