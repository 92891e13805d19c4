"""What waits for somebody: any number of lists, counted in one statement."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any, Final, NamedTuple

import sqlalchemy as sa

from hotline.models import Deadline, Draft, DraftState, Event, Message
from hotline.services import calling, desk, phoning, transcribing
from hotline.services.desk import Search
from hotline.services.work import Work


class Pile(StrEnum):
    """What waits and is no ticket."""

    DRAFTS = "drafts"  # 来电草稿, 待确认
    CALLS = "calls"  # 待联系
    SURVEYS = "surveys"  # 待回访: whom to call, as the call list has it


class Sign(NamedTuple):
    """Stays the same while nothing that is counted has changed, up to `until`: then something becomes due by itself.

    Three looks at the ends of indexes and a count of the few open drafts, however many tickets there are. What leaves
    no trace in them (a text that fails) is noticed a little later.
    """

    event: int
    message: int
    drafts: int
    until: datetime | None


def count(work: Work, wanted: Mapping[str, Search | Pile]) -> dict[str, int]:
    """How many there are of each that the actor may see, at most `desk.MOST`; one statement for all of them, and one
    before for who sees a part of the city."""
    if not wanted:
        return {}
    searches = {key: each for key, each in wanted.items() if isinstance(each, Search)}
    with desk.along_an_index(work):
        counting = dict(zip(searches, desk.countings(work, list(searches.values())), strict=True))
        counting |= {key: _height(work, each) for key, each in wanted.items() if isinstance(each, Pile)}
        row = work.session.execute(sa.select(*counting.values())).one()
    return dict(zip(counting, row, strict=True))


def sign(work: Work) -> Sign:
    """The sign of this moment."""
    return Sign(*work.session.execute(_SIGN, {"now": work.now}).one())


_SIGN: Final = sa.select(
    sa.select(sa.func.coalesce(sa.func.max(Event.id), 0)).scalar_subquery(),
    sa.select(sa.func.coalesce(sa.func.max(Message.id), 0)).scalar_subquery(),
    sa.select(sa.func.count()).select_from(Draft).where(Draft.state == DraftState.OPEN).scalar_subquery(),
    sa.select(sa.func.min(Deadline.next_at)).where(Deadline.next_at > sa.bindparam("now")).scalar_subquery(),
)


def _height(work: Work, pile: Pile) -> sa.ScalarSelect[int]:
    found = _PILES[pile](work).limit(desk.MOST).subquery()
    return sa.select(sa.func.count()).select_from(found).scalar_subquery()


def _drafts(work: Work) -> sa.Select[Any]:
    return sa.select(Draft.id).where(transcribing.visible(work), Draft.state == DraftState.OPEN)


def _calls(work: Work) -> sa.Select[Any]:
    return sa.select(calling.waiting(work).subquery())


_PILES: Final[Mapping[Pile, Callable[[Work], sa.Select[Any]]]] = {
    Pile.DRAFTS: _drafts,
    Pile.CALLS: _calls,
    Pile.SURVEYS: phoning.surveys,
}
