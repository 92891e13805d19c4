"""常用列表: a narrowed list under a name, one's own or shared with one's unit and everybody below it.

What is saved is only what was asked for: who opens a list of somebody else's sees what he may see, not what its owner
may. A list of another subtree does not exist (design §7).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import sqlalchemy as sa

from hotline.domain.errors import Invalid, NotFound
from hotline.domain.texts import clean
from hotline.models import SavedView, Staff
from hotline.services.work import Work

LONGEST: Final = 30  # characters of a name
LONGEST_QUERY: Final = 2000  # characters: it travels in addresses, and in a cookie until a removal is told
MOST: Final = 40  # of one's own
GONE: Final = "没有找到这个常用列表，可能已被删除。"


@dataclass(frozen=True)
class Kept:
    """A saved list with whose it is."""

    view: SavedView
    owner: str
    own: bool


def seen(work: Work) -> list[Kept]:
    """The actor's own lists and those shared with him, by name; his own first."""
    rows = work.session.execute(
        sa.select(SavedView, Staff.name)
        .join(Staff, Staff.id == SavedView.owner_id)
        .where(_visible(work))
        .order_by(SavedView.owner_id != work.actor.staff_id, SavedView.name, SavedView.id)
        .limit(MOST * 2)
    )
    return [Kept(view, name, view.owner_id == work.actor.staff_id) for view, name in rows]


def _visible(work: Work) -> sa.ColumnElement[bool]:
    actor = work.actor
    above = SavedView.unit_path.in_(_lineage(actor.unit_path))
    return sa.or_(SavedView.owner_id == actor.staff_id, sa.and_(SavedView.shared, above))


def _lineage(unit_path: str) -> list[str]:
    """The paths of the unit and of all above it: `1/4/` has `1/` and `1/4/`."""
    parts = unit_path.split("/")[:-1]
    return ["/".join(parts[: place + 1]) + "/" for place in range(len(parts))]


def find(work: Work, view_id: int) -> SavedView:
    """One's own or a shared one. Raises NotFound also where it is only not for the actor."""
    view = work.session.scalar(sa.select(SavedView).where(SavedView.id == view_id, _visible(work)))
    if view is None:
        raise NotFound(GONE)
    return view


def save(work: Work, name: str, query: str, *, shared: bool = False) -> SavedView:
    """Keep a list under a name; one's own of the same name becomes what is asked for now. Raises Invalid."""
    name = _checked(name)
    if len(query) > LONGEST_QUERY:
        raise Invalid({"name": "筛选条件太长，存不下，请减少条件后再存。"})
    assert work.actor.staff_id is not None
    staff = sa.select(Staff.id).where(Staff.id == work.actor.staff_id)
    work.session.execute(staff.with_for_update(key_share=True))  # two clicks meet here, not at the constraint
    view = _named(work, name)
    if view is None:
        mine = sa.select(sa.func.count()).where(SavedView.owner_id == work.actor.staff_id)
        if work.session.scalars(mine).one() >= MOST:
            raise Invalid({"name": f"常用列表最多{MOST}个，请先删除不用的。"})
        view = SavedView(owner_id=work.actor.staff_id, name=name, created_at=work.now)
        work.session.add(view)
    view.query, view.shared, view.unit_path = query, shared, work.actor.unit_path
    work.session.flush()
    return view


def change(work: Work, view_id: int, name: str, *, shared: bool) -> SavedView:
    """Another name, or for others too. Raises NotFound for what is not one's own, Invalid for a name that is taken."""
    view, name = _own(work, view_id), _checked(name)
    other = _named(work, name)
    if other is not None and other.id != view.id:
        raise Invalid({"name": f"已有名为“{name}”的常用列表，请换一个名称。"})
    view.name, view.shared, view.unit_path = name, shared, work.actor.unit_path
    work.session.flush()
    return view


def remove(work: Work, view_id: int) -> SavedView:
    """Take one's own away; what it was is returned, so that it can be brought back. Raises NotFound."""
    view = _own(work, view_id)
    work.session.delete(view)
    work.session.flush()
    return view


def _own(work: Work, view_id: int) -> SavedView:
    view = work.session.scalar(
        sa.select(SavedView).where(SavedView.id == view_id, SavedView.owner_id == work.actor.staff_id).with_for_update()
    )
    if view is None:
        raise NotFound(GONE)
    return view


def _named(work: Work, name: str) -> SavedView | None:
    return work.session.scalar(
        sa.select(SavedView).where(SavedView.owner_id == work.actor.staff_id, SavedView.name == name)
    )


def _checked(name: str) -> str:
    name = " ".join(clean(name).split())
    if not name or len(name) > LONGEST:
        raise Invalid({"name": f"请填写名称，{LONGEST}字以内，例如：本周到期的路灯。"})
    return name
