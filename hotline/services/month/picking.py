"""Which promises a list of the month asks for, and in what order: the words of its address, in SQL."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Any, Final

import sqlalchemy as sa

from hotline.domain.rates import Window
from hotline.models import DeadlineKind, Urgency
from hotline.services.month import ageing, narrowing, owing, reporting
from hotline.services.month.placing import Order
from hotline.services.scoping import sees_all
from hotline.services.work import Work

KINDS: Final = tuple(kind.value for kind in DeadlineKind)
MISSING_FIRST: Final = "missing"
SORTS: Final[Mapping[str, str]] = MappingProxyType(
    {MISSING_FIRST: "未完成在前", "due": "到期早的在前", "newest": "到期晚的在前", "unit": "按单位"}
)


@dataclass(frozen=True)
class Asked:
    """Which figure of which line of the report. `None` asks for all; category 0 and an empty area for what has none.

    `alone`: of the unit only what is nobody's who stands right below it. `since`, `until`: city days between which it
    fell due, both inside; what ends at 24:00 belongs to its day. `age`: for how long it had been due at the cut-off, by
    the key of one of `ageing.BANDS`. `urgent`, `point_id`: of urgent matters or of what is at
    a 点位 alone, as scores count them.
    """

    kind: str
    figure: str = "owed"
    unit_id: int | None = None
    alone: bool | None = None
    category_id: int | None = None
    area: str | None = None
    channel: str | None = None
    source: str | None = None
    direct: bool | None = None
    urgent: bool | None = None
    point_id: int | None = None
    since: date | None = None
    until: date | None = None
    age: str | None = None
    sort: str = MISSING_FIRST
    version: int | None = None  # of a frozen month: the newest if not said


def chosen(work: Work, window: Window, rows: owing.Rows, asked: Asked) -> sa.Subquery:
    """The promises that are asked for: `id`, and what they are sorted by. Raises Invalid for a word that is not known.

    Tickets are looked at only where something of them is asked.
    """
    _check(asked, owing.figures(window, rows))
    group, due_at, promise_id = order(window, rows, asked.sort)
    query = sa.select(promise_id.label("id"), group.label("group"), due_at.label("due_at"))
    of_ticket = (asked.category_id, asked.area, asked.channel, asked.source, asked.urgent)
    query = rows.of(query, with_tickets=any(each is not None for each in of_ticket) or not sees_all(work.actor))
    query = query.where(*_narrowing(work, window, rows, asked))
    parts = owing.parts(asked.figure, asked.kind, window, rows)
    return sa.union_all(*(query.where(part) for part in parts)).subquery("chosen")


def _narrowing(work: Work, window: Window, rows: owing.Rows, asked: Asked) -> list[owing.Condition]:
    promise, ticket = rows.promise, rows.ticket
    found = [owing.within(work.actor, promise)]
    if asked.unit_id is not None:
        found.append(owing.in_subtree(asked.unit_id, promise))
        if asked.alone:
            below = (unit for unit in reporting.overseen(work) if unit.parent_id == asked.unit_id)
            found += [sa.not_(owing.in_subtree(unit.id, promise)) for unit in below]
    of = {"ticket": ticket, "ticket_id": promise.ticket_id, "moment": promise.due_at}
    found += narrowing.conditions(work, window, rows, asked, **of)
    if asked.direct is not None:
        found.append(rows.direct.is_(asked.direct))
    if asked.urgent is not None:
        found.append((ticket.urgency == Urgency.URGENT).is_(asked.urgent))
    if asked.age is not None:
        found.append(ageing.of_age(window, ageing.BY_KEY[asked.age], promise))
    return found


def _check(asked: Asked, figures: Mapping[str, Any]) -> None:
    narrowing.check(
        asked,
        {
            "kind": ("这一项", asked.kind, KINDS),
            "figure": ("这个数字", asked.figure, figures),
            "age": ("这个时长", asked.age, ageing.BY_KEY),
            "sort": ("这种排序", asked.sort, SORTS),
        },
    )


def order(window: Window, rows: owing.Rows, sort: str) -> Order:
    """What the list is sorted by: a number, the due time, the promise's own id."""
    promise = rows.promise
    group: Any = sa.literal(0)
    if sort == MISSING_FIRST:
        group = rank(window, promise)
    elif sort == "unit":
        group = promise.unit_id * len(SORTS) + rank(window, promise)
    return group, promise.due_at, rows.id


def rank(window: Window, of: Any) -> sa.ColumnElement[int]:
    """0 for what is missing, 1 for what was late, 2 for what was on time."""
    missing = sa.func.coalesce(of.met_at > window.cut_off, True)
    return sa.case((missing, 0), (of.met_at > of.due_at, 1), else_=2)
