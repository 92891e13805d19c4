"""One row of a list of tickets, as the templates take it: everything that a column can show, under the list's cover."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from flask import url_for

from hotline.domain.deadlines import elapsed
from hotline.domain.limits import Limit
from hotline.domain.workflow import STATE_LABELS, State
from hotline.services.covering import passing
from hotline.services.desk import Due, Line
from hotline.services.risking import in_list
from hotline.services.tabulating import level_of
from hotline.services.work import Work
from hotline.web.staff import words


class DueShown(NamedTuple):
    """An open promise as macros/time.html shows it. `over`: how much office time is past, in words."""

    due_at: datetime
    warn_at: datetime
    paused: bool
    paused_until: datetime | None
    over: str | None


class Row:
    """The row of a ticket; what is shown seldom is worked out only then.

    Who shows several reads their covers ahead (`covering.read_ahead`).
    """

    def __init__(self, work: Work, line: Line, back: str = "", category: str = "", handler: str = "") -> None:
        """`back`: the query of the list that it stands in, which its page leads back to."""
        ticket, due = line.ticket, line.due
        self._ticket, self._cover = ticket, passing(work, ticket)
        way: dict[str, Any] = {"from": back} if back else {}
        self.url = url_for("staff.ticket", number=ticket.number, **way)
        self.number = ticket.number
        self.matter = self._cover(ticket.matter)
        self.state = ticket.state.value
        self.state_label = STATE_LABELS[ticket.state]
        self.unit = line.unit
        self.due = due_of(work, ticket.state is State.PAUSED, ticket.paused_until, due) if due else None
        self.due_label = words.KINDS[due.kind] if due else None
        self.level, self.level_label = level_of(work, ticket.policy_version_id, ticket.level)
        self.urgency = ticket.urgency.value
        self.urgency_label = words.URGENCIES[ticket.urgency]
        self.source = ticket.source.value
        self.source_label = words.SOURCES[ticket.source]
        self.channel_label = words.CHANNELS[ticket.channel]
        self.area = ticket.area
        self.heat = ticket.heat
        self.round = ticket.round
        self.received_at = ticket.received_at
        self.ended_at = ticket.ended_at
        self.category = category
        self.handler = handler

    @property
    def place(self) -> str:
        """Covered."""
        return self._cover(self._ticket.place)

    @property
    def risks(self) -> list[dict[str, Any]]:
        """What to look out for, as lists may say it."""
        return in_list(self._ticket)


def due_of(work: Work, paused: bool, paused_until: datetime | None, due: Due) -> DueShown:
    """An open promise at this moment."""
    late = over(work, due.limit_text, due.due_at, work.now)
    return DueShown(due.due_at, due.warn_at, paused, paused_until if paused else None, late)


def over(work: Work, limit_text: str, due_at: datetime, until: datetime) -> str | None:
    """How much office time is past, in words, where the limit counts so; None leaves it to the wall clock."""
    if until <= due_at:
        return None
    limit = Limit.parse(limit_text)
    if not limit.unit.is_office or limit.unit.is_days:
        return None
    minutes = int(elapsed(work.rules.calendar, due_at, until).total_seconds()) // 60
    if minutes < 60:
        return f"{minutes} 工作分钟"
    hours, rest = divmod(minutes, 60)
    return f"{hours} 工作时 {rest} 分钟" if rest and hours < 10 else f"{hours} 工作时"
