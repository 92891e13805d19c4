"""One row of a list of tickets, as the templates take it: everything that a column can show, under the list's cover."""

from __future__ import annotations

from typing import Any

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


def line_of(work: Work, line: Line, back: str | None = None) -> dict[str, Any]:
    """The row of a ticket. `back`: the query of the list that it stands in, which its page leads back to.

    Who shows several reads their covers ahead (`covering.read_ahead`).
    """
    ticket = line.ticket
    cover = passing(work, ticket)
    way: dict[str, Any] = {"from": back} if back else {}
    level, level_label = level_of(work, ticket.policy_version_id, ticket.level)
    return {
        "number": ticket.number,
        "url": url_for("staff.ticket", number=ticket.number, **way),
        "matter": cover(ticket.matter),
        "place": cover(ticket.place),
        "state": ticket.state.value,
        "state_label": STATE_LABELS[ticket.state],
        "unit": line.unit,
        "due": due_of(work, ticket.state is State.PAUSED, ticket.paused_until, line.due) if line.due else None,
        "due_label": words.KINDS[line.due.kind] if line.due else None,
        "level": level,
        "level_label": level_label,
        "urgency": ticket.urgency.value,
        "urgency_label": words.URGENCIES[ticket.urgency],
        "source": ticket.source.value,
        "source_label": words.SOURCES[ticket.source],
        "channel_label": words.CHANNELS[ticket.channel],
        "area": ticket.area,
        "heat": ticket.heat,
        "round": ticket.round,
        "risks": in_list(ticket),
        "received_at": ticket.received_at,
        "ended_at": ticket.ended_at,
    }


def due_of(work: Work, paused: bool, paused_until: Any, due: Due) -> dict[str, Any]:
    """An open promise as macros/time.html shows it."""
    return {
        "due_at": due.due_at,
        "warn_at": due.warn_at,
        "paused": paused,
        "paused_until": paused_until if paused else None,
        "over": over(work, due.limit_text, due.due_at, work.now),
    }


def over(work: Work, limit_text: str, due_at: Any, until: Any) -> str | None:
    """How much office time is past, in words, where the limit counts so; None leaves it to the wall clock."""
    limit = Limit.parse(limit_text)
    if until <= due_at or not limit.unit.is_office or limit.unit.is_days:
        return None
    minutes = int(elapsed(work.rules.calendar, due_at, until).total_seconds()) // 60
    if minutes < 60:
        return f"{minutes} 工作分钟"
    hours, rest = divmod(minutes, 60)
    return f"{hours} 工作时 {rest} 分钟" if rest and hours < 10 else f"{hours} 工作时"
