"""What a list is asked for, and what it gives. The words that the pages, the exports and the API share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from hotline.domain.workflow import State
from hotline.models import Channel, DeadlineKind, Source, Ticket, Urgency

PAGE: Final = 25
MOST: Final = 1000  # counts stop here: whether it is 1000 or 9000 changes nobody's day
ANY_RISK: Final = "any"
BAD_CURSOR: Final = "翻页地址不完整，请从列表第一页重新打开。"


class View(StrEnum):
    """Ready-made lists."""

    MINE = "mine"  # 待我办理
    SOON = "soon"  # 将到期
    OVER = "over"  # 已超期
    SUPERVISED = "supervised"  # 督办中
    OPEN = "open"  # 在办
    ALL = "all"  # 全部


class Sort(StrEnum):
    """What stands on top. What is equal stands newest first, and by due time oldest first."""

    DUE = "due"  # 先到期的在前
    NEWEST = "newest"  # 新来的在前
    OLDEST = "oldest"  # 早来的在前
    HEAT = "heat"  # 诉求多的在前
    LEVEL = "level"  # 督办级别高的在前


class DueWithin(StrEnum):
    """When a promise falls due, in city days."""

    OVER = "over"  # 已超期
    TODAY = "today"  # 今天之内
    DAYS3 = "days3"  # 今天起三天之内
    WEEK = "week"  # 本周之内, until Sunday's end
    LATER = "later"  # 本周之后


@dataclass(frozen=True)
class Search:
    """What the list is narrowed to; everything that is given must hold.

    `kind` and `due` are of one promise in force that the reader's own units owe; the list is sorted by it and shows it.
    `unit_id` is a subtree of the reader's, `handler_id` a person who has or had it, `category` the code of a leaf or
    the name of a 大类, `level` and `heat` the least. `rework` is a second round or a later one. `risk` is the name of
    one, or `ANY_RISK`; sensitive ones are found by `risks.UNSAID` only. `since` and `until` are city days of arrival,
    both included. `text` are words or fragments, numbers and ends of numbers, all of which must be found. `after` and
    `before` are cursors of a page.
    """

    view: View = View.MINE
    states: Sequence[State] = ()
    stages: Sequence[str] = ()
    kind: DeadlineKind | None = None
    due: DueWithin | None = None
    unit_id: int | None = None
    handler_id: int | None = None
    category: str = ""
    area: str = ""
    source: Source | None = None
    channel: Channel | None = None
    urgency: Urgency | None = None
    level: int | None = None
    heat: int | None = None
    rework: bool | None = None
    risk: str = ""
    since: date | None = None
    until: date | None = None
    text: str = ""
    sort: Sort | None = None
    after: str = ""
    before: str = ""

    @property
    def order(self) -> Sort:
        """What was asked for; else what is due first, and in 全部 the newest."""
        return self.sort or (Sort.NEWEST if self.view is View.ALL else Sort.DUE)


@dataclass(frozen=True)
class Due:
    """A promise as it stands. From `warn_at` on it counts as 将到期."""

    id: int
    kind: DeadlineKind
    started_at: datetime
    due_at: datetime
    limit_text: str
    warn_at: datetime


@dataclass(frozen=True)
class Line:
    """One ticket of the list. `unit` is the lead unit; `due` the next promise that the reader's units owe, if any is
    open: of the kind and time that the list is narrowed to."""

    ticket: Ticket
    unit: str | None
    due: Due | None


@dataclass(frozen=True)
class Page:
    """A page of the list and the cursors of its neighbours, empty where there is none.

    `total` is None where counting would take longer than the page: so many that nobody goes through them.
    """

    lines: Sequence[Line]
    total: int | None
    next: str
    previous: str
