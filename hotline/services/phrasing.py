"""快捷用语: one's own texts at hand, and those of the unit, which everybody below it can use and its keepers keep."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from hotline.domain import phrases
from hotline.domain.actors import Actor, Role
from hotline.domain.errors import Invalid, NotFound, Refused
from hotline.domain.phrases import Phrase
from hotline.models import QuickText, Unit
from hotline.services.work import Work

#: Who keeps the texts of the own unit; everybody keeps his own.
KEEPERS = frozenset({Role.DISPATCHER, Role.SUPERVISOR, Role.ADMINISTRATOR})
MOST = 200  # of one person, and of one unit: a list that is read, not searched
TOO_MANY = f"快捷用语最多{MOST}条，请先删除不用的。"
GONE = "没有找到这条快捷用语，可能已被删除。"


def keeps_units(actor: Actor) -> bool:
    """Whether the actor may change the texts of his unit."""
    return actor.is_any(KEEPERS)


def at_hand(work: Work) -> list[QuickText]:
    """All that the actor can use: his own first, then those of his unit, then of the units above it."""
    actor = work.actor
    return list(work.session.scalars(_AT_HAND, {"staff_id": actor.staff_id, "unit_path": actor.unit_path}))


# Stands ready: every ticket's page asks, and to put it together takes longer than to run it.
_FROM_ABOVE = sa.and_(
    QuickText.owner_id.is_(None), sa.bindparam("unit_path", type_=sa.String).startswith(QuickText.unit_path)
)
_AT_HAND = (
    sa.select(QuickText)
    .where(
        QuickText.removed_at.is_(None),
        sa.or_(QuickText.owner_id == sa.bindparam("staff_id", type_=sa.BigInteger), _FROM_ABOVE),
    )
    .order_by(QuickText.owner_id.is_(None), sa.func.length(QuickText.unit_path).desc(), QuickText.id)
)


def for_form(texts: Iterable[QuickText], noun: str) -> list[QuickText]:
    """Of those at hand the ones that are for this form, or for all."""
    return [each for each in texts if not each.nouns or noun in each.nouns]


def add(work: Work, phrase: Phrase, *, of_unit: bool) -> QuickText:
    """A new text, one's own or the unit's. Raises Invalid with what is wrong by field, Refused for too many."""
    _check(work, phrase, of_unit)
    owned = _of(work.actor, of_unit=of_unit)
    number = work.session.scalar(sa.select(sa.func.count()).where(QuickText.removed_at.is_(None), *owned))
    if number is not None and number >= MOST:
        raise Refused(TOO_MANY, code="too_many")
    row = QuickText(
        name=phrase.name.strip(),
        text=phrase.text.strip(),
        nouns=list(phrase.nouns),
        unit_path=work.actor.unit_path,
        owner_id=None if of_unit else work.actor.staff_id,
        created_at=work.now,
        changed_at=work.now,
    )
    work.session.add(row)
    work.session.flush()
    return row


def change(work: Work, id: int, phrase: Phrase, *, of_unit: bool) -> QuickText:
    """Put it in other words, or share it. Raises NotFound for what is not the actor's to keep, Invalid."""
    row = find(work, id)
    _check(work, phrase, of_unit)
    row.name, row.text, row.nouns = phrase.name.strip(), phrase.text.strip(), list(phrase.nouns)
    row.unit_path = work.actor.unit_path
    row.owner_id = None if of_unit else row.owner_id or work.actor.staff_id
    row.changed_at = work.now
    return row


def remove(work: Work, id: int) -> QuickText:
    """Take it out of the lists; it can be brought back. Raises NotFound."""
    row = find(work, id)
    row.removed_at = work.now
    return row


def restore(work: Work, id: int) -> QuickText:
    """Bring back what was removed. Raises NotFound."""
    row = find_removed(work, id)
    if row is None:
        raise NotFound(GONE)
    row.removed_at = None
    return row


def find(work: Work, id: int) -> QuickText:
    """A text that the actor keeps. Raises NotFound for any other: what is not his to change is not there."""
    row = _kept(work, id, QuickText.removed_at.is_(None))
    if row is None:
        raise NotFound(GONE)
    return row


def find_removed(work: Work, id: int) -> QuickText | None:
    """One that the actor keeps, and that was removed."""
    return _kept(work, id, QuickText.removed_at.is_not(None))


def _kept(work: Work, id: int, standing: sa.ColumnElement[bool]) -> QuickText | None:
    own = [sa.and_(*_of(work.actor, of_unit=False))]
    if keeps_units(work.actor):
        own.append(sa.and_(*_of(work.actor, of_unit=True)))
    return work.session.scalar(sa.select(QuickText).where(QuickText.id == id, standing, sa.or_(*own)))


def seed(session: Session, texts: Sequence[Phrase], now: datetime) -> int:
    """What a city begins with, as texts of its centre; how many. Nothing before there is a centre, nor where there has
    ever been a text: what was removed stays so."""
    root = sa.select(Unit.path).where(Unit.parent_id.is_(None)).order_by(Unit.id).limit(1)
    path = session.scalar(root)
    if path is None or session.scalar(sa.select(sa.exists(sa.select(QuickText.id)))):
        return 0
    session.add_all(
        QuickText(
            name=each.name, text=each.text, nouns=list(each.nouns), unit_path=path, created_at=now, changed_at=now
        )
        for each in texts
    )
    session.flush()
    return len(texts)


def _check(work: Work, phrase: Phrase, of_unit: bool) -> None:
    if work.actor.staff_id is None:
        raise NotFound(GONE)
    found = phrases.faults(phrase)
    if of_unit and not keeps_units(work.actor):
        found["of_unit"] = "本单位的快捷用语由派单员、督办员或管理员维护，您可以存为自己的。"
    if found:
        raise Invalid(found)


def _of(actor: Actor, *, of_unit: bool) -> tuple[sa.ColumnElement[bool], ...]:
    if of_unit:
        return QuickText.owner_id.is_(None), QuickText.unit_path == actor.unit_path
    return (QuickText.owner_id == actor.staff_id,)
