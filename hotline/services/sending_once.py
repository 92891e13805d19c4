"""A form that a device may send again, because it did not hear whether it had arrived, is taken once.

The device gives each form a key of its own (a UUID) and sends the same one until it is answered. The key is written in
the transaction of the step: either both stand or neither. Eight arrivals at once wait for the first at the key's own
row; then they are answered as it was. Other words under the same key are no second arrival: they are refused, for they
would be lost.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from hotline.domain.errors import Invalid, Refused
from hotline.models import SentForm, Ticket
from hotline.services.hand import find
from hotline.services.work import Work

KEPT: Final = timedelta(days=30)  # a key is known; no device sends a form for so long
AT_ONCE: Final = 10_000  # keys that are forgotten in one go
BAD_KEY = "表单已损坏，请重新打开工单后再提交，已填写的内容请先复制。"
ANOTHER = "这份表单已用于另一件工单，请重新打开工单后再提交。"
TAKEN = "这份表单此前已经提交，内容与现在不同，本次没有提交。请核对工单，需要更正的另行填写。"


def digest(said: Mapping[str, Any], photos: Iterable[str] = ()) -> str:
    """Of what a form says, with the digests of its photos. The version that it was written for says nothing."""
    words = {name: value for name, value in said.items() if name != "version"}
    whole = json.dumps([words, sorted(photos)], ensure_ascii=False, sort_keys=True, default=str)
    return hashlib.sha256(whole.encode()).hexdigest()


def other_words(told: str) -> Refused:
    """To be raised where a form of the same key came before with other words. `told`: what became of the first."""
    return Refused(told, code="other_words")


def has_arrived(work: Work, key: str, number: str, said: str) -> bool:
    """Whether this very form was taken before; if not, it counts as taken from here on, as soon as the step stands.

    `said`: the `digest` of what it says. Asked before the ticket is locked. A form that was taken is answered also
    where the ticket has left the sender's sight since. Raises NotFound, Invalid for a key that is none, Refused for one
    used otherwise or with other words (`other_words`).
    """
    known = _known(work, _read(key))
    if known is None:
        ticket = find(work, number)
        new = work.session.scalar(
            insert(SentForm)
            .values(key=_read(key), staff_id=work.actor.staff_id, ticket_id=ticket.id, digest=said, sent_at=work.now)
            .on_conflict_do_nothing()
            .returning(SentForm.key)
        )
        if new is not None:
            return False
        known = _known(work, _read(key))  # another arrival of it was a moment faster, and stands
    if known is None or known[:2] != (work.actor.staff_id, number):
        raise Refused(ANOTHER, code="form_key")
    if known[2] != said:
        raise other_words(TAKEN)
    return True


def forget(work: Work) -> int:
    """Keys that nobody sends any more; how many."""
    old = sa.select(SentForm.key).where(SentForm.sent_at < work.now - KEPT).limit(AT_ONCE)
    gone = sa.delete(SentForm).where(SentForm.key.in_(old.scalar_subquery())).returning(SentForm.key)
    return len(work.session.scalars(gone).all())


def _read(key: str) -> str:
    try:
        return str(UUID(key))
    except ValueError:
        raise Invalid({"form": BAD_KEY}) from None


def _known(work: Work, key: str) -> tuple[int, str, str] | None:
    """Who sent it, for which ticket, and what it said."""
    row = work.session.execute(
        sa.select(SentForm.staff_id, Ticket.number, SentForm.digest)
        .join(Ticket, Ticket.id == SentForm.ticket_id)
        .where(SentForm.key == key)
    ).one_or_none()
    return None if row is None else (row.staff_id, row.number, row.digest)
