"""受理 → 交办 → 督办 → 答复: the line of steps on the status page, with the dates that hold for this complainant."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from hotline.domain.workflow import State
from hotline.models import Complaint, Event, Ticket
from hotline.services.following import Past
from hotline.services.work import Work
from hotline.web.languages import gettext as _

WITH_A_UNIT = ("assign", "transfer", "transfer_supervised")
SUPERVISED = "supervise"
WITH_NOBODY = (State.RECEIVED, State.ACCEPTED)


def chain_of(work: Work, ticket: Ticket, past: Past) -> list[dict[str, Any]]:
    """The steps of this round; 督办 only where there was one. What ended before its answer shows no step to come."""
    complaint = past.complaint
    if complaint.withdrawn_at is not None:
        steps = _on_the_way(work, ticket, past, until=complaint.withdrawn_at)
        return [*_taken(steps, complaint.withdrawn_at), _step(_("撤回"), complaint.withdrawn_at, "done")]
    if ticket.state is State.DECLINED:
        return [
            _step(_("受理"), complaint.answered_at, "done", _("不属于受理范围")),
            _step(_("答复"), complaint.answered_at, "done"),
        ]
    steps = _on_the_way(work, ticket, past)
    if ticket.state is State.VOIDED:
        return [*_taken(steps, work.now), _step(_("终止"), ticket.ended_at, "done")]
    return [*steps, _last_step(complaint, ticket)]


def _on_the_way(work: Work, ticket: Ticket, past: Past, until: datetime | None = None) -> list[dict[str, Any]]:
    """All before the answer. What had happened before the complaint joined holds for it from then on."""
    round_ = past.events[-1].round if until is not None else ticket.round
    events = [event for event in _lines(work, ticket, round_) if until is None or event.happened_at <= until]
    assigned = next((event for event in reversed(events) if event.step in WITH_A_UNIT), None)
    supervised = next((event for event in events if _is_order_to_a_unit(event, ticket)), None)
    accepted_at = _accepted_at(ticket, past)
    steps = [_step(_("受理"), accepted_at, "done" if accepted_at else "now")]
    if not ticket.direct:
        if assigned is not None and (until is not None or ticket.state not in WITH_NOBODY):
            at = max(assigned.happened_at, past.here_from)
            steps.append(_step(_("交办"), at, "done", assigned.data.get("unit")))
        else:
            steps.append(_step(_("交办"), None, "now" if accepted_at else "todo"))
    if supervised is not None:
        steps.append(_step(_("督办"), max(supervised.happened_at, past.here_from), "warn", _("已督办")))
    return steps


def _is_order_to_a_unit(event: Event, ticket: Ticket) -> bool:
    return event.step == SUPERVISED and event.data["unit_id"] != ticket.centre_id


def _lines(work: Work, ticket: Ticket, round_: int) -> list[Event]:
    """Of the round, also what happened before the complaint joined: it tells who has the matter."""
    return list(
        work.session.scalars(
            sa.select(Event)
            .where(Event.ticket_id == ticket.id, Event.round == round_, Event.step.in_((*WITH_A_UNIT, SUPERVISED)))
            .order_by(Event.id)
        )
    )


def _accepted_at(ticket: Ticket, past: Past) -> datetime | None:
    """When it was accepted itself; else with the matter that it joined, from when on it was a part of it."""
    if ticket.accepted_at is None:
        return None
    own = next((event.happened_at for event in past.events if event.step == "accept"), None)
    return own or max(ticket.accepted_at, past.here_from)


def _taken(steps: Sequence[dict[str, Any]], until: datetime) -> list[dict[str, Any]]:
    return [step for step in steps if step["at"] is not None and step["at"] <= until]


def _last_step(complaint: Complaint, ticket: Ticket) -> dict[str, Any]:
    notes = {
        State.PAUSED: _("暂缓办理"),
        State.SUBMITTED: _("正在核查"),
        State.RESOLVED: _("即将答复"),
        State.CLOSED: _("已办结"),
    }
    at = complaint.answered_at or (ticket.ended_at if ticket.state is State.CLOSED else None)
    begun = "todo" if ticket.state in WITH_NOBODY else "now"
    return _step(_("答复"), at, "done" if at else begun, notes.get(ticket.state))


def _step(label: str, at: datetime | None, state: str, note: str | None = None) -> dict[str, Any]:
    return {"label": label, "at": at, "state": state, "note": note}
