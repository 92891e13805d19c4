"""对外通知的地址: which systems are told of what happens in a subtree, as its administrators keep them; and telling
again what was told before. How they are told: `telling`."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import sqlalchemy as sa

from hotline.carriers.outside import NotAllowed, Outside
from hotline.domain import signing
from hotline.domain.errors import Invalid, NotFound, Refused
from hotline.domain.texts import clean
from hotline.models import DeliveryState, Event, Ticket, Unit, Webhook, WebhookDelivery
from hotline.services import changing, telling
from hotline.services.organising import check_role
from hotline.services.work import Work

SUBJECT: Final = "webhook"
SHOWN = 50  # of the last deliveries
MOST = 5000  # what is told again at a time
REACH = timedelta(days=30)  # how far back
BEFORE = 10_000  # events below the newest that are looked at as well: one of them may still be being written


@dataclass(frozen=True)
class Listed:
    """An address with its unit. `queued`: what waits; `failed`: what was given up and not told again since."""

    webhook: Webhook
    unit: Unit
    queued: int
    failed: int


@dataclass(frozen=True)
class Told:
    """A delivery with the event that it tells of; neither step nor ticket for a try."""

    delivery: WebhookDelivery
    step: str | None
    number: str | None


def browse(work: Work) -> list[Listed]:
    """The addresses of the actor's subtree, those in use first."""
    check_role(work)
    query = _theirs(work).add_columns(_counted(waiting()), _counted(given_up()))
    return [Listed(*row) for row in work.session.execute(query.order_by(Webhook.active.desc(), Webhook.name))]


def find(work: Work, webhook_id: int) -> Listed:
    """One of them. Raises NotFound."""
    check_role(work)
    query = _theirs(work).add_columns(_counted(waiting()), _counted(given_up())).where(Webhook.id == webhook_id)
    row = work.session.execute(query).one_or_none()
    if row is None:
        raise NotFound("没有找到这个通知地址。")
    return Listed(*row)


def last(work: Work, webhook: Webhook, size: int = SHOWN) -> list[Told]:
    """The newest deliveries."""
    query = (
        sa.select(WebhookDelivery, Event.step, Ticket.number)
        .outerjoin(Event, Event.id == WebhookDelivery.event_id)
        .outerjoin(Ticket, Ticket.id == Event.ticket_id)
        .where(WebhookDelivery.webhook_id == webhook.id)
        .order_by(WebhookDelivery.id.desc())
        .limit(size)
    )
    return [Told(*row) for row in work.session.execute(query)]


def add(
    work: Work, outside: Outside, name: str, url: str, unit_id: int | None, steps: Sequence[str]
) -> tuple[Webhook, str]:
    """A new address, told of what happens from now on; with its secret, told once. Raises Invalid."""
    check_role(work)
    name, url = clean(name), clean(url)
    unit = work.session.scalar(
        sa.select(Unit).where(Unit.id == unit_id, Unit.active, Unit.path.startswith(work.actor.unit_path))
    )
    faults = _faults(work, outside, name, url, steps)
    if unit is None:
        faults["unit_id"] = "请选择本单位或下级的在用单位。"
    if faults or unit is None:
        raise Invalid(faults)
    secret = signing.secret_of(secrets.token_bytes(signing.LENGTH))
    made = Webhook(
        name=name,
        url=url,
        secret_sealed=work.vault.seal(secret),
        steps=list(dict.fromkeys(steps)),
        unit_id=unit.id,
        unit_path=unit.path,
        active=True,
        last_event_id=max(0, _newest(work) - BEFORE),
        created_at=work.now,
    )
    work.session.add(made)
    work.session.flush()
    changing.record(work, SUBJECT, made.id, made.name, None, _values(made), unit.path)
    return made, secret


def _faults(work: Work, outside: Outside, name: str, url: str, steps: Sequence[str]) -> dict[str, str]:
    faults = {}
    if not name or len(name) > 60:
        faults["name"] = "请填写名称，最多60个字，例如“市政平台”。"
    elif work.session.scalar(sa.select(Webhook.id).where(Webhook.name == name)) is not None:
        faults["name"] = f"名称“{name}”已被使用，请换一个。"
    try:
        outside.check(url)
    except NotAllowed as fault:
        faults["url"] = str(fault)
    if not telling.STEPS.issuperset(steps):
        faults["steps"] = "请从列出的步骤中选择。"
    return faults


def switch(work: Work, webhook_id: int, active: bool) -> Webhook:
    """停用, or in use again: told of what happens from then on; the rest can be told again. Raises NotFound."""
    webhook = _hold(work, webhook_id)
    before = _values(webhook)
    _turn(work, webhook, active)
    changing.record(work, SUBJECT, webhook_id, webhook.name, before, _values(webhook), webhook.unit_path)
    return webhook


def _turn(work: Work, webhook: Webhook, active: bool) -> None:
    if active and not webhook.active:
        webhook.last_event_id = _newest(work)
        work.ring(telling.TELL)
    webhook.active = active
    work.session.flush()


def try_out(work: Work, webhook_id: int) -> Webhook:
    """Tell the address nothing, to see whether it answers. Raises NotFound, Refused while it is out of use."""
    webhook = _in_use(work, webhook_id)
    telling.queue(work, webhook.id, {telling.TEST: telling.TEST})
    return webhook


def repeat(work: Work, webhook_id: int, delivery_id: int) -> Webhook:
    """Tell it again, with the same id, so that who has it already can leave it. Raises NotFound, Refused."""
    webhook = _in_use(work, webhook_id)
    row = work.session.get(WebhookDelivery, delivery_id)
    if row is None or row.webhook_id != webhook.id or row.event_id == telling.TEST:
        raise NotFound("没有找到这条通知。")
    if row.state is DeliveryState.QUEUED:
        raise Refused("这条通知还在等待发送，到时自动再试。", code="still_queued")
    telling.queue(work, webhook.id, {row.event_id: row.id})
    return webhook


def repeat_since(work: Work, webhook_id: int, since: datetime) -> tuple[Webhook, int]:
    """Tell it again all that was written down since a moment, also what it was never told; and how much that is.

    What still waits is left as it is. Raises NotFound, Invalid for a moment that is not of the last month, Refused.
    """
    webhook = _in_use(work, webhook_id)
    if not work.now - REACH <= since <= work.now:
        raise Invalid({"since": f"请填写{REACH.days}天之内的时间。"})
    newest = (
        sa.select(sa.func.max(WebhookDelivery.id))
        .where(WebhookDelivery.webhook_id == webhook.id, WebhookDelivery.event_id == Event.id)
        .scalar_subquery()
    )
    waits = sa.exists().where(
        WebhookDelivery.webhook_id == webhook.id,
        WebhookDelivery.event_id == Event.id,
        WebhookDelivery.state == DeliveryState.QUEUED,
    )
    query = telling.of_interest(webhook).with_only_columns(Event.id, newest)
    rows = work.session.execute(query.where(Event.noticed_at >= since, ~waits).order_by(Event.id).limit(MOST + 1)).all()
    if len(rows) > MOST:
        raise Refused(f"超过{MOST}条，请把时间改近一些，分次重发。", code="too_many")
    telling.queue(work, webhook.id, {row[0]: row[1] for row in rows})
    return webhook, len(rows)


def waiting() -> sa.ColumnElement[bool]:
    """What is to be sent."""
    return WebhookDelivery.state == DeliveryState.QUEUED


def given_up() -> sa.ColumnElement[bool]:
    """What never arrived, of which nothing was told again since, and which is no try."""
    again = sa.orm.aliased(WebhookDelivery)
    later = sa.exists().where(
        again.webhook_id == WebhookDelivery.webhook_id,
        again.event_id == WebhookDelivery.event_id,
        again.id > WebhookDelivery.id,
    )
    return sa.and_(
        WebhookDelivery.state == DeliveryState.FAILED, WebhookDelivery.event_id != telling.TEST, sa.not_(later)
    )


def _counted(condition: sa.ColumnElement[bool]) -> sa.ScalarSelect[int]:
    return (
        sa.select(sa.func.count())
        .select_from(WebhookDelivery)
        .where(WebhookDelivery.webhook_id == Webhook.id, condition)
        .correlate(Webhook)
        .scalar_subquery()
    )


def _theirs(work: Work) -> sa.Select[Webhook, Unit]:
    in_subtree = Webhook.unit_path.startswith(work.actor.unit_path)
    return sa.select(Webhook, Unit).join(Unit, Unit.id == Webhook.unit_id).where(in_subtree)


def _hold(work: Work, webhook_id: int) -> Webhook:
    check_role(work)
    query = sa.select(Webhook).where(Webhook.id == webhook_id, Webhook.unit_path.startswith(work.actor.unit_path))
    query = query.with_for_update(key_share=True).execution_options(populate_existing=True)
    webhook = work.session.scalar(query)
    if webhook is None:
        raise NotFound("没有找到这个通知地址。")
    return webhook


def _in_use(work: Work, webhook_id: int) -> Webhook:
    webhook = _hold(work, webhook_id)
    if not webhook.active:
        raise Refused(f"“{webhook.name}”已停用，请先恢复使用。", code="locked")
    return webhook


def _newest(work: Work) -> int:
    return work.session.scalar(sa.select(sa.func.max(Event.id))) or 0


def _values(webhook: Webhook) -> dict[str, Any]:
    return {
        "name": webhook.name,
        "url": webhook.url,
        "steps": list(webhook.steps),
        "unit_id": webhook.unit_id,
        "active": webhook.active,
    }


def _read(work: Work, subject_id: str) -> Mapping[str, Any] | None:
    try:
        return _values(_hold(work, int(subject_id)))
    except NotFound:
        return None


def _put(work: Work, subject_id: str, values: Mapping[str, Any] | None) -> None:
    """Nothing but its use changes of an address."""
    _turn(work, _hold(work, int(subject_id)), bool((values or {}).get("active")))


FIELDS = {"name": "名称", "url": "网址", "steps": "步骤", "unit_id": "单位", "active": "在用"}
changing.know(changing.Subject(SUBJECT, "对外通知", FIELDS, _read, _put))
