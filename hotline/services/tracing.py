"""The course of a ticket as it is read: its promises and why they are due then, its turns, orders and requests."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from hotline.domain.errors import NotFound
from hotline.domain.explaining import Explanation, explain
from hotline.domain.limits import Limit
from hotline.models import (
    KIND_LABELS,
    Appeal,
    Assignment,
    CaseStandard,
    Complaint,
    Deadline,
    Staff,
    Supervision,
    Ticket,
    Unit,
)
from hotline.services import promising
from hotline.services.appealing import opinion_for
from hotline.services.covering import Cover, cover_for
from hotline.services.holding import REQUESTS
from hotline.services.work import Work

REQUEST_LABELS = {"return": "退回", "extension": "延期", "pause": "挂账", "appeal": "申诉"}


def unit_dict(unit: Unit) -> dict[str, Any]:
    """A unit by its name."""
    return {"id": unit.id, "key": unit.key, "name": unit.name}


def deadlines_of(work: Work, ticket: Ticket) -> list[dict[str, Any]]:
    """Every promise that has come into force, with who owes it; oldest round and earliest due time first."""
    rows = work.session.execute(
        sa.select(Deadline, Unit, Complaint.number)
        .join(Unit, Unit.id == Deadline.unit_id)
        .outerjoin(Complaint, Complaint.id == Deadline.complaint_id)
        .where(Deadline.ticket_id == ticket.id, Deadline.started_at <= work.now)
        .order_by(Deadline.round, Deadline.due_at, Deadline.id)
    )
    return [deadline_dict(work, *row) for row in rows]


def deadline_dict(work: Work, deadline: Deadline, unit: Unit, complaint: str | None) -> dict[str, Any]:
    """One promise. `overdue`: late at this moment or when it was kept, by comparing times alone."""
    settled = deadline.met_at or deadline.offered_at or work.now
    return {
        "id": deadline.id,
        "kind": deadline.kind.value,
        "label": KIND_LABELS[deadline.kind],
        "complaint": complaint,
        "round": deadline.round,
        "unit": unit_dict(unit),
        "limit": deadline.limit_text,
        "extensions": deadline.extensions,
        "overdue": deadline.void_at is None and settled > deadline.due_at,
        **{name: getattr(deadline, name) for name in _DEADLINE_TIMES},
        "void_reason": deadline.void_reason,
        "exempt_reason": deadline.exempt_reason,
    }


_DEADLINE_TIMES = (
    "started_at", "due_at", "original_due_at", "offered_at", "met_at", "void_at", "exempt_at",
)  # fmt: skip


def why(work: Work, ticket: Ticket, deadline_id: int) -> dict[str, Any]:
    """为何是这个时限: the promise, the rule behind its limit, and the count day by day. Raises NotFound.

    `explanation` is that of `domain.explaining`; its times carry the city's offset. Pauses count for what is promised,
    not for the steps on the way.
    """
    row = work.session.execute(
        sa.select(Deadline, Unit, Complaint.number)
        .join(Unit, Unit.id == Deadline.unit_id)
        .outerjoin(Complaint, Complaint.id == Deadline.complaint_id)
        .where(Deadline.ticket_id == ticket.id, Deadline.id == deadline_id)
    ).one_or_none()
    if row is None:
        raise NotFound("没有找到这项时限。")
    deadline = row[0]
    explanation = explained(work, deadline)
    told = explanation.as_dict()
    if explanation.due_at != deadline.due_at:
        told["warnings"].append("登记的到期时间与按现行工作日历推算的不同，以登记的为准。")
    standard = work.session.get(CaseStandard, ticket.case_standard_id) if ticket.case_standard_id else None
    policy = work.rules.policy(ticket.policy_version_id)
    return {
        "ticket": ticket.number,
        "deadline": deadline_dict(work, *row),
        "policy": {
            "version": policy.version,
            "effective_from": policy.effective_from.isoformat(),
            "condition": standard.condition if standard else None,
        },
        "requests": [each for each in requests_of(work, ticket) if each["kind"] in ("pause", "extension")],
        "explanation": told,
    }


def explained(work: Work, deadline: Deadline) -> Explanation:
    """How the due time is counted by the calendar now in force."""
    return explain(
        work.rules.calendar,
        deadline.started_at,
        Limit.parse(deadline.limit_text),
        promising.pauses_of(work, deadline),
        deadline.extensions,
        promising.added_by_extension(work, deadline),
    )


def assignments_of(work: Work, ticket: Ticket) -> list[dict[str, Any]]:
    """Every turn of a unit, oldest first."""
    rows = work.session.execute(
        sa.select(Assignment, Unit, Staff.name)
        .join(Unit, Unit.id == Assignment.unit_id)
        .outerjoin(Staff, Staff.id == Assignment.handler_id)
        .where(Assignment.ticket_id == ticket.id)
        .order_by(Assignment.id)
    )
    cover = cover_for(work, ticket)
    return [
        {
            "id": turn.id,
            "unit": unit_dict(unit),
            "part": turn.part.value,
            "round": turn.round,
            "designated": turn.designated,
            "instruction": cover(turn.instruction),
            "handler": handler,
            "assigned_at": turn.assigned_at,
            "signed_at": turn.signed_at,
            "submitted_at": turn.submitted_at,
            "opinion": cover(turn.opinion),
            "ended_at": turn.ended_at,
            "ending": turn.ending.value if turn.ending else None,
        }
        for turn, unit, handler in rows
    ]


def orders_of(work: Work, ticket: Ticket) -> list[dict[str, Any]]:
    """督办单, newest first, each with the due time of its written explanation."""
    levels = {rung.level: rung.name for rung in work.rules.policy(ticket.policy_version_id).ladder}
    rows = work.session.execute(
        sa.select(Supervision, Unit, Deadline.due_at)
        .join(Unit, Unit.id == Supervision.unit_id)
        .outerjoin(Deadline, Deadline.id == Supervision.explain_deadline_id)
        .where(Supervision.ticket_id == ticket.id)
        .order_by(Supervision.id.desc())
    )
    cover = cover_for(work, ticket)
    return [
        {
            "id": order.id,
            "unit": unit_dict(unit),
            "round": order.round,
            "level": order.level,
            "level_label": levels.get(order.level, order.level),
            "ground": order.ground.value,
            "demand": cover(order.demand),
            "copies": order.copies,
            "deduction": str(order.deduction),
            "issued_at": order.issued_at,
            "issued_by": order.issued_by,
            "explain_due_at": due_at,
            "explanation": cover(order.explanation or ""),
            "explained_at": order.explained_at,
            "explanation_accepted_at": order.explanation_accepted_at,
            "lifted_at": order.lifted_at,
        }
        for order, unit, due_at in rows
    ]


def requests_of(work: Work, ticket: Ticket) -> list[dict[str, Any]]:
    """退回, 延期, 挂账 and 申诉 as they were asked and decided, oldest first."""
    asker, decider = aliased(Staff), aliased(Staff)
    cover = cover_for(work, ticket)
    found = []
    for kind, model in REQUESTS.items():
        rows = work.session.execute(
            sa.select(model, asker.name, decider.name)
            .outerjoin(asker, asker.id == model.asked_by_id)
            .outerjoin(decider, decider.id == model.decided_by_id)
            .where(model.ticket_id == ticket.id)
        )
        for row, asked_by, decided_by in rows:
            found.append(_request(work, kind, row, asked_by, decided_by, cover))
    return sorted(found, key=lambda request: request["asked_at"])


def _request(
    work: Work, kind: str, row: Any, asked_by: str | None, decided_by: str | None, cover: Cover
) -> dict[str, Any]:
    own = {name: getattr(row, name, None) for name in ("until", "from_at", "resumed_at", "due_before", "due_after")}
    return {
        "kind": kind,
        "label": REQUEST_LABELS[kind],
        "round": row.round,
        "reason": cover(row.reason),
        "asked_by": asked_by,
        "asked_at": row.asked_at,
        "granted": row.granted,
        "decided_by": decided_by,
        "decided_at": row.decided_at,
        "opinion": cover(opinion_for(work, row) if isinstance(row, Appeal) else row.opinion),
        **own,
    }
