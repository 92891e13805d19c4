"""What the guards of the chain look at, gathered from the rows in a fixed number of queries."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from hotline.domain.deadlines import due_at
from hotline.domain.policy import Policy
from hotline.domain.workflow import Facts
from hotline.models import (
    Appeal,
    Assignment,
    Complaint,
    Deadline,
    DeadlineKind,
    Ending,
    Extension,
    Part,
    Pause,
    Return,
    Supervision,
    Survey,
    Ticket,
    Unit,
)
from hotline.services.work import Work

AnyRequest = type[Return] | type[Extension] | type[Pause] | type[Appeal]
REQUESTS: dict[str, AnyRequest] = {
    "return": Return,
    "extension": Extension,
    "pause": Pause,
    "appeal": Appeal,
}

# Asked at every step of every ticket: statements that stand ready take half the time of ones that are put together.
_TICKET, _ROUND = sa.bindparam("ticket_id", type_=sa.BigInteger), sa.bindparam("round", type_=sa.SmallInteger)
_TURNS = sa.select(Assignment).where(Assignment.ticket_id == _TICKET)
_ORDERS = sa.select(Supervision).where(Supervision.ticket_id == _TICKET)
_HANDLES = sa.select(Deadline).where(
    Deadline.ticket_id == _TICKET, Deadline.kind == DeadlineKind.HANDLE, Deadline.void_at.is_(None)
)
_UNSURVEYED = sa.select(sa.func.count()).where(
    Survey.ticket_id == _TICKET,
    Survey.round == _ROUND,
    Survey.answered_at.is_(None),
    Survey.expired_at.is_(None),
)
_CALLERS = sa.select(
    sa.func.count(),
    sa.func.count(Complaint.withdrawn_at),
    sa.func.count().filter(Complaint.wants_reply, Complaint.reached_at.is_(None), Complaint.withdrawn_at.is_(None)),
    _UNSURVEYED.scalar_subquery(),
).where(Complaint.ticket_id == _TICKET)


def gather(work: Work, ticket: Ticket) -> tuple[Facts, Assignment | None, list[Assignment]]:
    """The facts of the ticket now, with its open lead turn and assisting turns."""
    work.session.flush()
    policy = work.rules.policy(ticket.policy_version_id)
    turns = list(work.session.scalars(_TURNS, {"ticket_id": ticket.id}))
    opened = [turn for turn in turns if turn.ended_at is None]
    lead = next((turn for turn in opened if turn.part is Part.LEAD), None)
    assists = [turn for turn in opened if turn.part is Part.ASSIST]
    last = lead or next((turn for turn in reversed(turns) if turn.ending is Ending.SUBMITTED), None)
    handles = _handles(work, ticket)
    waiting, asked_by, counts, reviewer = _requests(work, ticket)
    orders, unsettled, owes, explained, ordered = _orders(work, ticket, lead)
    complaints, withdrawn, unanswered, unsurveyed = _callers(work, ticket)
    facts = Facts(
        state=ticket.state,
        now=work.now,
        centre_path=ticket.centre_path,
        lead_unit_id=last.unit_id if last else None,
        lead_path=last.unit_path if last else "",
        assist_paths=tuple(turn.unit_path for turn in assists),
        named_paths=_named_paths(work, ticket),
        ordered_paths=ordered,
        signed=lead is not None and lead.signed_at is not None,
        designated=lead is not None and lead.designated,
        returns=counts["return"],
        return_until=_return_until(work, policy, lead),
        handle_due_at=next((row.due_at for row in handles if lead and row.assignment_id == lead.id), None),
        extensions=counts["extension"],
        pauses=counts["pause"],
        appeals=counts["appeal"],
        late=any(_was_late(row) for row in handles if row.assignment_id and row.round == ticket.round),
        waiting=frozenset(waiting),
        asked_by=asked_by,
        reviewed_by=reviewer,
        orders=orders,
        unsettled=unsettled,
        owes_explanation=owes,
        explained=explained,
        complaints=complaints,
        withdrawn=withdrawn,
        unanswered=unanswered,
        unsurveyed=unsurveyed,
        assists_open=sum(turn.submitted_at is None for turn in assists),
        reopen_until=_reopen_until(work, policy, ticket),
        max_returns=policy.returns.times,
        max_extensions=policy.extension(ticket.source.value).times,
        max_pauses=policy.pauses.times,
    )
    return facts, lead, assists


def _handles(work: Work, ticket: Ticket) -> list[Deadline]:
    return list(work.session.scalars(_HANDLES, {"ticket_id": ticket.id}))


def _requests(work: Work, ticket: Ticket) -> tuple[set[str], dict[str, int], dict[str, int], int | None]:
    """What waits for a decision, who asked, how often it was granted, and the appeal's first reviewer."""
    waiting: set[str] = set()
    asked_by: dict[str, int] = {}
    counts = dict.fromkeys(REQUESTS, 0)
    reviewer = None
    for row in work.session.execute(_ASKED, {"ticket_id": ticket.id}):
        counts[row.name] += row.name == "appeal" or (
            row.granted is True and (row.name != "extension" or row.round == ticket.round)
        )
        if row.granted is None:
            waiting.add(row.name)
            if row.asked_by_id is not None:
                asked_by[row.name] = row.asked_by_id
            reviewer = row.reviewed_by_id if row.name == "appeal" else reviewer
    return waiting, asked_by, counts, reviewer


#: All requests on a ticket in one query: this is asked at every step of every ticket.
_ASKED = sa.union_all(
    *(
        sa.select(
            sa.literal(name).label("name"),
            model.round,
            model.granted,
            model.asked_by_id,
            (Appeal.reviewed_by_id if model is Appeal else sa.cast(None, sa.BigInteger)).label("reviewed_by_id"),
        ).where(model.ticket_id == _TICKET)
        for name, model in REQUESTS.items()
    )
)


def _was_late(row: Deadline) -> bool:
    return row.met_at is not None and row.met_at > row.due_at


def _orders(work: Work, ticket: Ticket, lead: Assignment | None) -> tuple[int, bool, bool, bool, tuple[str, ...]]:
    """How many orders hold the ticket: this round's, to the unit that has it or to one above. And whatever is owed."""
    rows = list(work.session.scalars(_ORDERS, {"ticket_id": ticket.id}))
    demanded = [row for row in rows if row.explain_deadline_id is not None and row.explanation_accepted_at is None]
    holding = [
        row
        for row in rows
        if row.lifted_at is None
        and row.round == ticket.round
        and row.unit_id != ticket.centre_id
        and lead is not None
        and lead.unit_path.startswith(row.unit_path)
    ]
    return (
        len(holding),
        any(row in demanded for row in holding),
        any(row.explained_at is None for row in demanded),
        any(row.explained_at is not None for row in demanded),
        tuple({row.unit_path for row in demanded if row.explained_at is None}),
    )


def _callers(work: Work, ticket: Ticket) -> tuple[int, int, int, int]:
    """How many complained, took it back, and still wait for their answer; and the open questions of the round."""
    row = work.session.execute(_CALLERS, {"ticket_id": ticket.id, "round": ticket.round}).one()
    return row[0], row[1], row[2], row[3]


def _named_paths(work: Work, ticket: Ticket) -> tuple[str, ...]:
    if not ticket.named_unit_ids:
        return ()
    return tuple(work.session.scalars(sa.select(Unit.path).where(Unit.id.in_(ticket.named_unit_ids))))


def _return_until(work: Work, policy: Policy, lead: Assignment | None) -> datetime | None:
    return due_at(work.rules.calendar, lead.assigned_at, policy.returns.within) if lead else None


def _reopen_until(work: Work, policy: Policy, ticket: Ticket) -> datetime | None:
    """Counted from the closing, which stays: a note or a call afterwards does not restart it."""
    return due_at(work.rules.calendar, ticket.closed_at, policy.reopen) if ticket.closed_at else None
