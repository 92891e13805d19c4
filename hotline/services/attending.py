"""谁在看、谁在填: whoever has a ticket open says so every few seconds, and hears who else has, and what they did.

Nothing hangs on it: two hands are kept apart by the ticket's version (`hand`), this only saves them the second try.
By name one hears of one's own subtree only; the centre that holds the ticket hears of everybody (design §7).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from hotline.domain.actors import CENTRE_ROLES
from hotline.domain.errors import NotFound
from hotline.models import Event, Presence, Staff, Ticket, Unit
from hotline.services.scoping import visible
from hotline.services.work import Work

FORGOTTEN = timedelta(seconds=45)  # three signs of life missed
MOST = 5  # names and changes that a line on the screen holds
SECRET = ("appeal/review",)  # nouns of what the second of two does without knowing of the first
QUIET = ("warn", "risk")  # what the clock writes down and nobody has done


@dataclass(frozen=True)
class Other:
    """Somebody else who has the ticket open. `step`: the noun of the form that he is filling in, or nothing.

    Of the centre, where the reader is not to know who: without a name, and without the step.
    """

    name: str
    step: str


@dataclass(frozen=True)
class Change:
    """What somebody did since the page was opened."""

    step: str
    actor: str
    at: datetime


@dataclass(frozen=True)
class Company:
    """Who else is here, by name, and what is new; the oldest of it first."""

    others: Sequence[Other]
    changes: Sequence[Change]


def attend(work: Work, number: str, step: str, since: int) -> Company:
    """Say that the actor has the ticket open, and hear who else does. `since`: the newest event on his page.

    Three short statements. Raises NotFound for a ticket that is not the actor's to see, and for who is no person.
    """
    ticket_id = _sign(work, number, step)
    return Company(_others(work, ticket_id), _changes(work, ticket_id, since))


def leave(work: Work, number: str) -> None:
    """The page was closed."""
    ids = sa.select(Ticket.id).where(Ticket.number == number)
    work.session.execute(
        sa.delete(Presence).where(Presence.ticket_id.in_(ids), Presence.staff_id == work.actor.staff_id)
    )


def forget(work: Work) -> int:
    """Take away whoever has closed his page without a word; how many."""
    gone = sa.delete(Presence).where(Presence.seen_at < work.now - FORGOTTEN).returning(Presence.staff_id)
    return len(work.session.execute(gone).all())


def _sign(work: Work, number: str, step: str) -> int:
    staff_id = work.actor.staff_id
    if staff_id is None:
        raise NotFound("没有找到这件工单，请核对编号。")
    mine = sa.select(
        Ticket.id, sa.literal(staff_id, sa.BigInteger), sa.literal(step, sa.Text),
        sa.literal(work.now, sa.TIMESTAMP(timezone=True)),
    ).where(Ticket.number == number, visible(work.actor))  # fmt: skip
    written = insert(Presence).from_select(["ticket_id", "staff_id", "step", "seen_at"], mine)
    signed = written.on_conflict_do_update(
        index_elements=["ticket_id", "staff_id"], set_={"step": step, "seen_at": work.now}
    )
    ticket_id = work.session.scalar(signed.returning(Presence.ticket_id))
    if ticket_id is None:
        raise NotFound("没有找到这件工单，请核对编号。")
    return ticket_id


def _others(work: Work, ticket_id: int) -> list[Other]:
    actor = work.actor
    is_mine = Unit.path.startswith(actor.unit_path)
    if actor.is_any(CENTRE_ROLES):
        is_mine = sa.or_(is_mine, Ticket.centre_path.startswith(actor.unit_path))
    is_centre = sa.and_(Staff.roles.overlap(sorted(CENTRE_ROLES)), Ticket.centre_path.startswith(Unit.path))
    rows = work.session.execute(
        sa.select(is_mine.label("named"), Staff.name, Presence.step)
        .join(Staff, Staff.id == Presence.staff_id)
        .join(Unit, Unit.id == Staff.unit_id)
        .join(Ticket, Ticket.id == Presence.ticket_id)
        .where(
            Presence.ticket_id == ticket_id,
            Presence.staff_id != actor.staff_id,
            Presence.seen_at >= work.now - FORGOTTEN,
            sa.or_(is_mine, is_centre),
        )
        .order_by(is_mine.desc(), Presence.step == "", Staff.name)
        .limit(MOST)
    )
    found = [Other(row.name, "" if row.step in SECRET else row.step) if row.named else Other("", "") for row in rows]
    return list(dict.fromkeys(found))


def _changes(work: Work, ticket_id: int, since: int) -> list[Change]:
    """What the actor did himself, in another window, is no news to him."""
    newest = (
        sa.select(Event.id, Event.step, Event.actor_name, Event.happened_at)
        .where(
            Event.ticket_id == ticket_id,
            Event.id > since,
            Event.step.not_in(QUIET),
            sa.or_(Event.actor_id.is_(None), Event.actor_id != work.actor.id, Event.actor_kind != work.actor.kind),
        )
        .order_by(Event.id.desc())
        .limit(MOST)
    )
    rows = work.session.execute(newest).all()
    return [Change(row.step, row.actor_name, row.happened_at) for row in reversed(rows)]
