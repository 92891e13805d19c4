"""What a list of the month is narrowed to, of promises and of cases alike: the words of its address, in SQL."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, timedelta
from typing import Any, Protocol

import sqlalchemy as sa

from hotline.domain.days import TOO_FAR, is_countable
from hotline.domain.errors import Invalid
from hotline.domain.rates import Window
from hotline.domain.texts import clean
from hotline.services.month import locating, owing, reporting
from hotline.services.month.figures import UNCATEGORISED
from hotline.services.work import Work


class Narrowed(Protocol):
    """What both lists are asked for by. None asks for all; category 0 and an empty area for what has none; `since` and
    `until` are city days, both inside."""

    @property
    def category_id(self) -> int | None: ...
    @property
    def area(self) -> str | None: ...
    @property
    def channel(self) -> str | None: ...
    @property
    def source(self) -> str | None: ...
    @property
    def point_id(self) -> int | None: ...
    @property
    def since(self) -> date | None: ...
    @property
    def until(self) -> date | None: ...


def check(asked: Narrowed, more: Mapping[str, tuple[str, str | None, Collection[str]]]) -> None:
    """Raises Invalid for a word that is not known, and for a day too far away. `more`: by the name of a word what it
    is, what was asked for, and which there are."""
    words = {
        **more,
        "channel": ("这个渠道", asked.channel, reporting.CHANNELS),
        "source": ("这个来源", asked.source, reporting.SOURCES),
    }
    faults = {
        name: f"没有{what}：请选择 {'、'.join(known)} 之一。"
        for name, (what, value, known) in words.items()
        if value is not None and value not in known
    }
    days = (("since", asked.since), ("until", asked.until))
    faults |= {name: TOO_FAR for name, day in days if day is not None and not is_countable(day)}
    if faults:
        raise Invalid(faults)


def conditions(
    work: Work, window: Window, rows: owing.Rows, asked: Narrowed, *, ticket: Any, ticket_id: Any, moment: Any
) -> list[owing.Condition]:
    """On what a list is of. `ticket`: what its category, area, channel and source are read from; `moment`: what lies
    between the days, where what ends at 24:00 belongs to its day."""
    found: list[owing.Condition] = []
    if asked.category_id is not None:
        wanted = None if asked.category_id == UNCATEGORISED else asked.category_id
        found.append(ticket.category_id.is_not_distinct_from(wanted))
    area = None if asked.area is None else clean(asked.area)  # as it was stored
    named = ((ticket.area, area), (ticket.channel, asked.channel), (ticket.source, asked.source))
    found += [column == value for column, value in named if value is not None]
    if asked.point_id is not None:
        at = locating.located(work, window, rows).subquery()
        found.append(ticket_id.in_(sa.select(at.c.ticket_id).where(at.c.point_id == asked.point_id)))
    start_of = work.rules.calendar.start_of_day
    found += [moment > start_of(asked.since)] if asked.since else []
    found += [moment <= start_of(asked.until + timedelta(days=1))] if asked.until else []
    return found
