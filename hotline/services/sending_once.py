"""A form that a device may send again, because it did not hear whether it had arrived, is taken once.

The device gives each form a key of its own (a UUID) and sends the same one until it is answered. The key is written in
the transaction of the step: either both stand or neither. Eight arrivals at once wait for the first at the key's own
row; then they are answered as it was.
"""

from __future__ import annotations

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from hotline.domain.errors import Invalid, Refused
from hotline.models import SentForm, Ticket
from hotline.services.hand import find
from hotline.services.work import Work

BAD_KEY = "表单已损坏，请重新打开工单后再提交，已填写的内容请先复制。"
ANOTHER = "这份表单已用于另一件工单，请重新打开工单后再提交。"


def has_arrived(work: Work, key: str, number: str) -> bool:
    """Whether this very form was taken before; if not, it counts as taken from here on, as soon as the step stands.

    Asked before the ticket is locked. A form that was taken is answered also where the ticket has left the sender's
    sight since. Raises NotFound, Invalid for a key that is none, Refused for one used otherwise.
    """
    known = _known(work, _read(key))
    if known is None:
        ticket = find(work, number)
        new = work.session.scalar(
            insert(SentForm)
            .values(key=_read(key), staff_id=work.actor.staff_id, ticket_id=ticket.id, sent_at=work.now)
            .on_conflict_do_nothing()
            .returning(SentForm.key)
        )
        if new is not None:
            return False
        known = _known(work, _read(key))  # another arrival of it was a moment faster, and stands
    if known is None or known != (work.actor.staff_id, number):
        raise Refused(ANOTHER, code="form_key")
    return True


def _read(key: str) -> str:
    try:
        return str(UUID(key))
    except ValueError:
        raise Invalid({"form": BAD_KEY}) from None


def _known(work: Work, key: str) -> tuple[int, str] | None:
    """Who sent it, for which ticket."""
    row = work.session.execute(
        sa.select(SentForm.staff_id, Ticket.number)
        .join(Ticket, Ticket.id == SentForm.ticket_id)
        .where(SentForm.key == key)
    ).one_or_none()
    return None if row is None else (row.staff_id, row.number)
