"""What the guards of the chain look at, gathered from the rows in a fixed number of queries."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from hotline.domain.deadlines import due_at
from hotline.domain.policy import Policy
from hotline.domain.workflow import Facts
from hotline.models import Assignment, Deadline, Ending, Part, Supervision, Ticket, Unit
from hotline.services import holding
from hotline.services.holding import REQUESTS, SURVEY
from hotline.services.work import Work


def gather(work: Work, ticket: Ticket) -> tuple[Facts, Assignment | None, list[Assignment]]:
    """The facts of the ticket now, with its open lead turn and assisting turns."""
    policy = work.rules.policy(ticket.policy_version_id)
    turns, handles, all_orders, asked, callers = holding.standing_of(work, ticket)
    opened = [turn for turn in turns if turn.ended_at is None]
    lead = next((turn for turn in opened if turn.part is Part.LEAD), None)
    assists = [turn for turn in opened if turn.part is Part.ASSIST]
    last = lead or next((turn for turn in reversed(turns) if turn.ending is Ending.SUBMITTED), None)
    handles = [row for row in handles if row.void_at is None]
    waiting, asked_by, counts, reviewer, unsurveyed = _asked(asked, ticket)
    orders, unsettled, owes, explained, ordered = _orders(all_orders, ticket, lead)
    staying = [caller for caller in callers if not caller.withdrawn]
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
        late=any(_was_late(row) for row in handles if row.round == ticket.round),
        waiting=frozenset(waiting),
        asked_by=asked_by,
        reviewed_by=reviewer,
        orders=orders,
        unsettled=unsettled,
        owes_explanation=owes,
        explained=explained,
        complaints=len(callers),
        withdrawn=len(callers) - len(staying),
        unanswered=sum(caller.waits for caller in staying),
        unsurveyed=unsurveyed,
        assists_open=sum(turn.submitted_at is None for turn in assists),
        reopen_until=_reopen_until(work, policy, ticket),
        max_returns=policy.returns.times,
        max_extensions=policy.extension(ticket.source.value).times,
        max_pauses=policy.pauses.times,
    )
    return facts, lead, assists


def _asked(rows: Sequence[Any], ticket: Ticket) -> tuple[set[str], dict[str, int], dict[str, int], int | None, int]:
    """What waits for a decision, who asked, how often it was granted, the appeal's first reviewer; open questions of
    the round to those who complained."""
    waiting: set[str] = set()
    asked_by: dict[str, int] = {}
    counts = dict.fromkeys(REQUESTS, 0)
    reviewer, unsurveyed = None, 0
    for row in rows:
        if row.name == SURVEY:
            unsurveyed += row.granted is None and row.round == ticket.round
            continue
        counts[row.name] += row.name == "appeal" or (
            row.granted is True and (row.name != "extension" or row.round == ticket.round)
        )
        if row.granted is None:
            waiting.add(row.name)
            if row.asked_by_id is not None:
                asked_by[row.name] = row.asked_by_id
            reviewer = row.reviewed_by_id if row.name == "appeal" else reviewer
    return waiting, asked_by, counts, reviewer, unsurveyed


def _was_late(row: Deadline) -> bool:
    return row.met_at is not None and row.met_at > row.due_at


def _orders(
    rows: Sequence[Supervision], ticket: Ticket, lead: Assignment | None
) -> tuple[int, bool, bool, bool, tuple[str, ...]]:
    """How many orders hold the ticket: this round's, to the unit that has it or to one above. And whatever is owed."""
    demanded = [row for row in rows if row.explain_deadline_id is not None and row.explanation_accepted_at is None]
    binding = [
        row
        for row in rows
        if row.lifted_at is None
        and row.round == ticket.round
        and row.unit_id != ticket.centre_id
        and lead is not None
        and lead.unit_path.startswith(row.unit_path)
    ]
    return (
        len(binding),
        any(row in demanded for row in binding),
        any(row.explained_at is None for row in demanded),
        any(row.explained_at is not None for row in demanded),
        tuple({row.unit_path for row in demanded if row.explained_at is None}),
    )


def _named_paths(work: Work, ticket: Ticket) -> tuple[str, ...]:
    if not ticket.named_unit_ids:
        return ()
    return tuple(work.session.scalars(sa.select(Unit.path).where(Unit.id.in_(ticket.named_unit_ids))))


def _return_until(work: Work, policy: Policy, lead: Assignment | None) -> datetime | None:
    return due_at(work.rules.calendar, lead.assigned_at, policy.returns.within) if lead else None


def _reopen_until(work: Work, policy: Policy, ticket: Ticket) -> datetime | None:
    """Counted from the closing, which stays: a note or a call afterwards does not restart it."""
    return due_at(work.rules.calendar, ticket.closed_at, policy.reopen) if ticket.closed_at else None
