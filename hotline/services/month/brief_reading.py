"""简报的查阅: a person's own briefs, newest first; and whether and where somebody wants them.

Who has moved to another unit reads on only what is of the units that he oversees now.
"""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from hotline.domain.errors import Invalid, NotFound
from hotline.models import Brief, Rhythm, Staff, Unit
from hotline.services.month import briefing
from hotline.services.paging import FIRST, Place, Stretch, cut, newest_first
from hotline.services.phones import PhoneError, normalise_phone
from hotline.services.vault import Unopened
from hotline.services.work import Work

PAGE = 30


@dataclass(frozen=True)
class Neighbours:
    """The brief before and the one after, of the same rhythm."""

    earlier: int | None
    later: int | None


@dataclass(frozen=True)
class Choice:
    """Whether briefs are made for a person, and the number to which they are texted, empty without one."""

    wanted: bool
    phone: str


def browse(work: Work, rhythm: Rhythm | None = None, place: Place[int] = FIRST) -> Stretch[Brief, int]:
    """A page of the person's own, of one rhythm or of both."""
    query = sa.select(Brief).where(*_own(work))
    if rhythm is not None:
        query = query.where(Brief.rhythm == rhythm)
    rows = work.session.scalars(newest_first(query, Brief.id, place, PAGE)).all()
    return cut(rows, place, PAGE, lambda brief: brief.id)


def read(work: Work, brief_id: int) -> tuple[Brief, Neighbours]:
    """One of the person's own, from now on read. Raises NotFound for any other."""
    brief = work.session.scalar(sa.select(Brief).where(Brief.id == brief_id, *_own(work)))
    if brief is None:
        raise NotFound("没有找到这份简报。")
    if brief.read_at is None:
        brief.read_at = work.now
    alike = sa.select(Brief.id).where(*_own(work), Brief.rhythm == brief.rhythm)
    earlier = alike.where(Brief.of_day < brief.of_day).order_by(Brief.of_day.desc()).limit(1).scalar_subquery()
    later = alike.where(Brief.of_day > brief.of_day).order_by(Brief.of_day).limit(1).scalar_subquery()
    return brief, Neighbours(*work.session.execute(sa.select(earlier, later)).one())


def choice(work: Work) -> Choice:
    """What the person has chosen; as long as nothing has been, what goes with the role."""
    staff, head = _person(work)
    by_role = head or not {role.value for role in briefing.WHO}.isdisjoint(staff.roles)
    try:
        phone = work.vault.open(staff.brief_phone_sealed) if staff.brief_phone_sealed else ""
    except Unopened:
        phone = ""
    return Choice(by_role if staff.briefs is None else staff.briefs, phone)


def choose(work: Work, wanted: bool, phone: str) -> None:
    """Have briefs made, or not; an empty number is not texted to. Raises Invalid for one that cannot be called."""
    staff, _ = _person(work)
    try:
        number = normalise_phone(phone) if phone.strip() else ""
    except PhoneError as fault:
        raise Invalid({"phone": fault.message}) from fault
    staff.briefs = wanted
    staff.brief_phone_sealed = work.vault.seal(number) if number else None


def _own(work: Work) -> tuple[sa.ColumnElement[bool], ...]:
    return Brief.staff_id == work.actor.staff_id, Brief.unit_path.startswith(work.actor.unit_path)


def _person(work: Work) -> tuple[Staff, bool]:
    """The person's row, and whether he is the head of the own unit."""
    query = sa.select(Staff, briefing.IS_HEAD).join(Unit, Unit.id == Staff.unit_id)
    row = work.session.execute(query.where(Staff.id == work.actor.staff_id)).one_or_none()
    if row is None:
        raise NotFound("没有找到这名人员。")
    return row[0], bool(row[1])
