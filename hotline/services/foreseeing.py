"""假如: what a month would have looked like under the draft of a policy.

The month's complaints (by the day of receipt) as they really went: each promise that they made is counted anew, with
the length that the draft gives it, on the same calendar, with the same pauses and extensions, and held against when
it was really kept. What nobody is asked for under the policy as it was is not in it: a promise that would only have
come into being under the draft, and 书面说明, which follows from orders that would have been other ones.

It is counted in batches by the workers; how far it is, and what was found, stands in a `Setting`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa

from hotline.domain.deadlines import due_at, extend
from hotline.domain.errors import Refused
from hotline.domain.limits import Limit
from hotline.domain.policy import Policy
from hotline.domain.rates import Month
from hotline.models import CaseStandard, Deadline, DeadlineKind, Setting, Ticket, Urgency
from hotline.services import amending, promising, ruling
from hotline.services.amending import Draft, Key, Standard
from hotline.services.work import Work

SETTING: Final = "policy_what_if"
BATCH: Final = 1000  # tickets
SHOWN: Final = 300  # promises that would turn out otherwise, of which each is kept
KINDS: Final = tuple(kind for kind in DeadlineKind if kind is not DeadlineKind.EXPLAIN)
_AFTER_ACCEPT = (DeadlineKind.DISPATCH, DeadlineKind.REPLY, DeadlineKind.CLOSE)


@dataclass(frozen=True)
class Judged:
    """A promise: when it was due, when it would be, and when it was kept or offered; None if it never was."""

    deadline: Any
    due: datetime
    at: datetime | None

    def late(self, due: datetime, now: datetime) -> bool:
        """Kept after its time, or not kept and its time is over."""
        return (self.at or now) > due


def ask(work: Work, turn: int, month: str) -> None:
    """Begin to count that month under the draft. Raises MonthError, Refused for a month that has not begun or a draft
    that is another one by now."""
    ruling.hold(work)
    held = amending.draft(work)
    if held is None or held.turn != turn:
        raise Refused("草稿刚刚被改过，请重新打开后再测算。", code="stale")
    span = Month.parse(month, work.rules.zone)
    if span.begins >= work.now:
        raise Refused("这个月还没有开始，请选择过去的月份。", code="not_begun")
    body = {
        "turn": turn,
        "month": month,
        "state": "running",
        "total": work.session.scalar(sa.select(sa.func.count()).select_from(Ticket).where(*_of_month(span))) or 0,
        "seen": 0,
        "after": 0,
        "more": {},
        "fewer": {},
        "units": {},
        "lines": [],
        "asked_at": work.now.isoformat(),
    }
    ruling.put(work, SETTING, body)
    work.ring("foresee")


def result(work: Work) -> dict[str, Any] | None:
    """What has been found so far; None where nothing was asked for."""
    return ruling.setting(work, SETTING)


def of_draft(work: Work, held: Draft) -> dict[str, Any] | None:
    """What has been found of this very draft; None where it was saved again since."""
    body = result(work)
    return body if body and body["turn"] == held.turn and body["state"] != "outdated" else None


def go_on(work: Work) -> bool:
    """One batch: whether there is more to do."""
    if work.session.scalar(sa.select(Setting).where(Setting.name == SETTING).with_for_update(skip_locked=True)) is None:
        return False
    body = result(work) or {}
    if body.get("state") != "running":
        return False
    held = amending.draft(work)
    if held is None or held.turn != body["turn"]:
        ruling.put(work, SETTING, body | {"state": "outdated"})
        return False
    tickets = _tickets(work, Month.parse(body["month"], work.rules.zone), body["after"])
    if not tickets:
        ruling.put(work, SETTING, body | {"state": "done"})
        return False
    _add(work, body, judged(work, held, tickets))
    last = tickets[-1].id
    ruling.put(work, SETTING, body | {"after": last, "seen": body["seen"] + len(tickets)})
    return True


def judged(work: Work, held: Draft, tickets: Sequence[Ticket]) -> list[Judged]:
    """Every promise of these tickets that is owed, with when it would be due under the draft."""
    lengths = _Lengths(work, held, tickets)
    ids = [ticket.id for ticket in tickets]
    paused = promising.with_pauses(work, ids)
    rows = work.session.scalars(
        sa.select(Deadline)
        .where(Deadline.ticket_id.in_(ids), Deadline.kind.in_(KINDS))
        .where(Deadline.void_at.is_(None), Deadline.exempt_at.is_(None))
        .order_by(Deadline.ticket_id, Deadline.id)
    ).all()
    by_ticket: dict[int, list[Deadline]] = {}
    for row in rows:
        by_ticket.setdefault(row.ticket_id, []).append(row)
    found = []
    for ticket in tickets:
        found += _of_ticket(work, held, lengths, ticket, by_ticket.get(ticket.id, []), ticket.id in paused)
    return found


def _of_ticket(
    work: Work, held: Draft, lengths: _Lengths, ticket: Ticket, rows: list[Deadline], paused: bool
) -> list[Judged]:
    """In the order of the chain: what begins when the time of an earlier step is up begins with the new one."""
    adds = held.policy.extension(ticket.source.value).adds
    news: dict[int, datetime] = {}
    for row in sorted(rows, key=lambda each: (_place(each), each.id)):
        start = _start(row, rows, news)
        limit = lengths.of(ticket, row)
        pauses = promising.pauses_of(work, row) if paused else ()
        due = due_at(work.rules.calendar, start, limit, pauses)
        for _ in range(row.extensions):
            due = extend(work.rules.calendar, due, adds or limit, pauses)
        news[row.id] = due
    return [Judged(row, news[row.id], row.met_at or row.offered_at) for row in rows]


def _place(row: Deadline) -> int:
    return 0 if row.kind is DeadlineKind.ACCEPT else 1 if row.kind is DeadlineKind.DISPATCH else 2


def _start(row: Deadline, rows: Sequence[Deadline], news: Mapping[int, datetime]) -> datetime:
    """When it would begin. The step before it ends when it is done, at the latest when its time is up."""
    if row.kind in _AFTER_ACCEPT:
        before = DeadlineKind.ACCEPT
    elif row.kind is DeadlineKind.HANDLE and row.assignment_id is None:
        before = DeadlineKind.DISPATCH
    else:
        return row.started_at
    for step in rows:
        if step.kind is before and row.started_at == _ended(step, step.due_at):
            return _ended(step, news[step.id])
    return row.started_at


def _ended(step: Deadline, due: datetime) -> datetime:
    return due if step.met_at is None else min(step.met_at, due)


class _Lengths:
    """How long each promise would be."""

    def __init__(self, work: Work, held: Draft, tickets: Sequence[Ticket]) -> None:
        self._rules = work.rules
        self._policy = held.policy
        ids = {ticket.case_standard_id for ticket in tickets if ticket.case_standard_id is not None}
        self._had: dict[int, CaseStandard] = {}
        if ids:
            rows = work.session.scalars(sa.select(CaseStandard).where(CaseStandard.id.in_(ids)))
            self._had = {row.id: row for row in rows}
        self._standards: Mapping[Key, Standard] = amending.drafted_standards(work, held) if ids else {}
        self._known: dict[tuple[Any, ...], Limit] = {}

    def of(self, ticket: Ticket, row: Deadline) -> Limit:
        """The draft's length in the place of the policy's. One that was agreed otherwise stays as it was."""
        key = (
            *(ticket.policy_version_id, ticket.source, ticket.urgency, ticket.request_type, ticket.own_limit),
            *(ticket.case_standard_id, row.kind, row.limit_text),
        )
        if key not in self._known:
            self._known[key] = self._of(ticket, row)
        return self._known[key]

    def _of(self, ticket: Ticket, row: Deadline) -> Limit:
        had = self._had.get(ticket.case_standard_id or 0)
        wanted = self._standards.get((had.category_id, had.number)) if had else None
        old, limit = self._rules.policy(ticket.policy_version_id), Limit.parse(row.limit_text)
        conditions = [(Limit.parse(had.limit_text), Limit.parse(wanted.limit) if wanted else None)] if had else []
        # What was promised before the ticket was settled has no condition, and may have another urgency.
        for urgency in sorted(Urgency, key=lambda each: each is not ticket.urgency):
            for before, after in (*conditions, (None, None)):
                if _length(old, ticket, row, urgency, before) == limit:
                    return _length(self._policy, ticket, row, urgency, after)
        return limit


def _length(policy: Policy, ticket: Ticket, row: Deadline, urgency: Urgency, condition: Limit | None) -> Limit:
    return policy.limit(
        row.kind.value,
        source=ticket.source.value,
        urgency=urgency.value,
        condition=condition,
        request_type=ticket.request_type.value,
        own_limit=Limit.parse(ticket.own_limit) if ticket.own_limit else None,
    )


def _tickets(work: Work, span: Month, after: int) -> Sequence[Ticket]:
    query = sa.select(Ticket).where(*_of_month(span), Ticket.id > after).order_by(Ticket.id).limit(BATCH)
    return work.session.scalars(query).all()


def _of_month(span: Month) -> tuple[sa.ColumnElement[bool], ...]:
    return Ticket.received_at >= span.begins, Ticket.received_at < span.ends


def _add(work: Work, body: dict[str, Any], found: Sequence[Judged]) -> None:
    more, fewer = Counter(body["more"]), Counter(body["fewer"])
    units: dict[str, list[int]] = body["units"]
    turned: list[Judged] = []
    for each in found:
        was, would = each.late(each.deadline.due_at, work.now), each.late(each.due, work.now)
        if was == would:
            continue
        turned.append(each)
        (more if would else fewer)[each.deadline.kind.value] += 1
        units.setdefault(str(each.deadline.unit_id), [0, 0])[0 if would else 1] += 1
    body["more"], body["fewer"] = dict(more), dict(fewer)
    kept = turned[: max(0, SHOWN - len(body["lines"]))]
    body["lines"] += _lines(work, kept)


def _lines(work: Work, turned: Sequence[Judged]) -> list[dict[str, Any]]:
    ids = [each.deadline.ticket_id for each in turned]
    numbers = dict(work.session.execute(sa.select(Ticket.id, Ticket.number).where(Ticket.id.in_(ids))).all())
    return [
        {
            "number": numbers[each.deadline.ticket_id],
            "kind": each.deadline.kind.value,
            "unit": each.deadline.unit_id,
            "was": each.deadline.due_at.isoformat(),
            "would": each.due.isoformat(),
            "at": each.at.isoformat() if each.at else None,
            "late": each.late(each.due, work.now),
        }
        for each in turned
    ]
