"""The course of a ticket as it is read: its promises and why they are due then, its turns, orders and requests.

The rows come with what their words need, by statements that stand ready: they are asked for with every page, and to put
one together takes longer than to run it. `cover`: the ticket's for this reader (`covering.cover_for`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Bundle, aliased

from hotline.domain.errors import NotFound
from hotline.domain.explaining import Explanation, explain
from hotline.domain.limits import Limit
from hotline.models import (
    KIND_LABELS,
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
from hotline.services.holding import REQUESTS, SURVEY, asked_part
from hotline.services.work import Work

REQUEST_LABELS = {"return": "退回", "extension": "延期", "pause": "挂账", "appeal": "申诉"}

_TICKET = sa.bindparam("ticket_id", type_=sa.BigInteger)
_UNIT: Bundle[Any] = Bundle("unit", Unit.id, Unit.key, Unit.name)
_DEADLINES = (
    sa.select(Deadline, _UNIT, Complaint.number)
    .join(Unit, Unit.id == Deadline.unit_id)
    .outerjoin(Complaint, Complaint.id == Deadline.complaint_id)
    .where(Deadline.ticket_id == _TICKET)
    .order_by(Deadline.round, Deadline.due_at, Deadline.id)
)
_TURNS = (
    sa.select(Assignment, _UNIT, Staff.name)
    .join(Unit, Unit.id == Assignment.unit_id)
    .outerjoin(Staff, Staff.id == Assignment.handler_id)
    .where(Assignment.ticket_id == _TICKET)
    .order_by(Assignment.id)
)
_ORDERS = (
    sa.select(Supervision, _UNIT, Deadline.due_at)
    .join(Unit, Unit.id == Supervision.unit_id)
    .outerjoin(Deadline, Deadline.id == Supervision.explain_deadline_id)
    .where(Supervision.ticket_id == _TICKET)
    .order_by(Supervision.id.desc())
)


def unit_dict(unit: Any) -> dict[str, Any]:
    """A unit, or its id, key and name, by its name."""
    return {"id": unit.id, "key": unit.key, "name": unit.name}


def deadline_rows(work: Work, ticket: Ticket) -> Sequence[Any]:
    """Every promise, with who owes it and the complaint's number; oldest round and earliest due time first."""
    return work.session.execute(_DEADLINES, {"ticket_id": ticket.id}).all()


def deadlines_of(work: Work, ticket: Ticket) -> list[dict[str, Any]]:
    """Every promise that has come into force, in that order."""
    return deadline_dicts(work, deadline_rows(work, ticket))


def deadline_dicts(work: Work, rows: Iterable[Any]) -> list[dict[str, Any]]:
    """Of these rows those that have come into force."""
    return [deadline_dict(work, *row) for row in rows if row[0].started_at <= work.now]


def deadline_dict(work: Work, deadline: Deadline, unit: Any, complaint: str | None) -> dict[str, Any]:
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
    row = next((row for row in deadline_rows(work, ticket) if row[0].id == deadline_id), None)
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


def turn_rows(work: Work, ticket: Ticket) -> Sequence[Any]:
    """Every turn of a unit with the unit and who handles it, oldest first."""
    return work.session.execute(_TURNS, {"ticket_id": ticket.id}).all()


def assignments_of(work: Work, ticket: Ticket) -> list[dict[str, Any]]:
    """Every turn of a unit, oldest first."""
    return turn_dicts(turn_rows(work, ticket), cover_for(work, ticket))


def turn_dicts(rows: Iterable[Any], cover: Cover) -> list[dict[str, Any]]:
    """Turns as they are read."""
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


def order_rows(work: Work, ticket: Ticket) -> Sequence[Any]:
    """督办单 with the unit and the due time of the written explanation, newest first."""
    return work.session.execute(_ORDERS, {"ticket_id": ticket.id}).all()


def orders_of(work: Work, ticket: Ticket) -> list[dict[str, Any]]:
    """督办单, newest first, each with the due time of its written explanation."""
    return order_dicts(work, ticket, order_rows(work, ticket), cover_for(work, ticket))


def order_dicts(work: Work, ticket: Ticket, rows: Iterable[Any], cover: Cover) -> list[dict[str, Any]]:
    """Orders as they are read."""
    levels = {rung.level: rung.name for rung in work.rules.policy(ticket.policy_version_id).ladder}
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


def request_rows(work: Work, ticket: Ticket) -> Sequence[Any]:
    """`holding.asked_of` with what else is read of the requests, with who asked and decided; oldest first."""
    return work.session.execute(_REQUESTS, {"tickets": [ticket.id]}).all()


def requests_of(work: Work, ticket: Ticket) -> list[dict[str, Any]]:
    """退回, 延期, 挂账 and 申诉 as they were asked and decided, oldest first."""
    return request_dicts(work, request_rows(work, ticket), cover_for(work, ticket))


def request_dicts(work: Work, rows: Iterable[Any], cover: Cover) -> list[dict[str, Any]]:
    """Of these rows the requests as they are read."""
    return [_request(work, row, cover) for row in rows if row.name != SURVEY]


#: What the form of one kind of request has and others have not.
_OWN = ("until", "from_at", "resumed_at", "due_before", "due_after")
_SAID: dict[str, Any] = {
    "id": sa.BigInteger, "reason": sa.Text, "asked_at": sa.TIMESTAMP(timezone=True), "decided_by_id": sa.BigInteger,
    "decided_at": sa.TIMESTAMP(timezone=True), "opinion": sa.Text, **dict.fromkeys(_OWN, sa.TIMESTAMP(timezone=True)),
}  # fmt: skip
_ASKED = sa.union_all(*(asked_part(kind, **_SAID) for kind in (*REQUESTS, SURVEY))).subquery()
_ASKER, _DECIDER = aliased(Staff), aliased(Staff)
_REQUESTS = (
    sa.select(_ASKED, _ASKER.name.label("asked_by"), _DECIDER.name.label("decided_by"))
    .outerjoin(_ASKER, _ASKER.id == _ASKED.c.asked_by_id)
    .outerjoin(_DECIDER, _DECIDER.id == _ASKED.c.decided_by_id)
    .order_by(_ASKED.c.asked_at, _ASKED.c.name, _ASKED.c.id)
)


def _request(work: Work, row: Any, cover: Cover) -> dict[str, Any]:
    return {
        "kind": row.name,
        "label": REQUEST_LABELS[row.name],
        "round": row.round,
        "reason": cover(row.reason),
        "asked_by": row.asked_by,
        "asked_at": row.asked_at,
        "granted": row.granted,
        "decided_by": row.decided_by,
        "decided_at": row.decided_at,
        "opinion": cover(opinion_for(work, row) if row.name == "appeal" else row.opinion),
        **{name: getattr(row, name) for name in _OWN},
    }
