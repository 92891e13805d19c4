"""短信 to those who owe a promise that slips, and copies to those above them: through the outbox, once for each level.

Written for a whole batch at once. The dedupe key names promise and level, so that no restart doubles a notice.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from hotline.domain.dates import spoken
from hotline.domain.known import NOBODY
from hotline.domain.texts import mask_phone
from hotline.domain.wordings import Written
from hotline.models import KIND_LABELS, Base, Direction, Message, MessageState, Unit
from hotline.services import bulk, persons
from hotline.services.climbing import WARNED
from hotline.services.covering import in_passing
from hotline.services.messaging import DELIVER, new_token, sealed
from hotline.services.work import Work

if TYPE_CHECKING:
    from hotline.services.escalating import Taken

UNIT_HEAD = "unit_head"  # 抄送 by telephone of his own; all others are told by the centre


@dataclass(frozen=True, slots=True)
class Recipient:
    """One telephone of a unit, sealed once for the batch."""

    unit_id: int
    name: str
    phone_sealed: bytes
    phone_shown: str


def notify(work: Work, taken: Sequence[Taken]) -> None:
    """Queue the notices of these levels. Nothing while history is played in; nothing to a unit without a telephone."""
    if not work.texts or not taken:
        return
    duty, heads = _telephones(work, {id for each in taken for id in (each.due.unit_id, each.due.centre_id)})
    secret = persons.kept_secret(work, (each.due.ticket_id for each in taken))
    rows = [
        row
        for each in taken
        for row in _notices(
            work, each, in_passing(each.due.matter, secret.get(each.due.ticket_id, NOBODY)), duty, heads
        )
    ]
    bulk.insert_new(
        work.session,
        Base.metadata.tables[Message.__tablename__],
        rows,
        "dedupe_key",
        direction=Direction.OUT.value,
        state=MessageState.QUEUED.value,
        created_at=work.now,
        next_at=work.now,
    )
    if rows:
        work.ring(DELIVER)


def _telephones(work: Work, ids: Iterable[int]) -> tuple[dict[int, Recipient], dict[int, Recipient]]:
    query = sa.select(Unit.id, Unit.name, Unit.duty_phone, Unit.head_phone).where(Unit.id.in_(ids))
    duty, heads = {}, {}
    for id, name, duty_phone, head_phone in work.session.execute(query):
        if duty_phone:
            duty[id] = Recipient(id, name, work.vault.seal(duty_phone), duty_phone)
        if head_phone:
            heads[id] = Recipient(id, name, work.vault.seal(head_phone), mask_phone(head_phone))
    return duty, heads


def _notices(
    work: Work, each: Taken, matter: str, duty: dict[int, Recipient], heads: dict[int, Recipient]
) -> Iterator[dict[str, Any]]:
    due, rung = each.due, each.level.rung
    if each.level.level == WARNED and work.now >= due.due_at:
        return  # "will be due" would be false by now; the breach is told
    own, key = duty.get(due.unit_id), f"{due.id}:{each.level.level}"
    if own is not None:
        yield _message(work, each, own, *_text(work, each, matter, own), key)
    if rung is None or not rung.copies:
        return
    centre = duty.get(due.centre_id) if due.unit_id != due.centre_id and set(rung.copies) != {UNIT_HEAD} else None
    head = heads.get(due.unit_id) if UNIT_HEAD in rung.copies else None
    for to, who in ((head, "head"), (centre, "centre")):
        if to is not None:
            unit = own.name if own else to.name
            fields = {"number": due.number, "unit": unit, "matter": matter, "level": rung.name}
            yield _message(
                work, each, to, "unit_copy", work.rules.wordings.write("unit_copy", **fields), f"{key}:{who}"
            )


def _text(work: Work, each: Taken, matter: str, to: Recipient) -> tuple[str, Written]:
    """The name of the wording and the text itself."""
    due, level = each.due, each.level
    fields: dict[str, object] = {"number": due.number, "unit": to.name, "matter": matter}
    if level.rung is None:
        purpose = "unit_warning" if level.level == WARNED else "unit_breach"
        fields["kind"] = KIND_LABELS[due.kind]
        fields["due"] = _said(due.due_at, work.rules.zone)
    else:
        purpose = f"unit_{level.level}"
        fields["demand"] = level.rung.demand
    return purpose, work.rules.wordings.write(purpose, **fields)


@lru_cache(maxsize=1024)  # what most promises of a batch share: the close of an office day
def _said(moment: datetime, zone: tzinfo) -> str:
    return spoken(moment, zone)


def _message(work: Work, each: Taken, to: Recipient, purpose: str, written: Written, key: str) -> dict[str, Any]:
    return {
        "token": new_token(),
        "purpose": purpose,
        "dedupe_key": key,
        "ticket_id": each.due.ticket_id,
        "unit_id": to.unit_id,
        "phone_sealed": to.phone_sealed,
        "phone_masked": to.phone_shown,
        **sealed(work, written),
    }
