"""What the 台账 says of a frozen month: for each promise that was kept, the line of the history that kept it.

The history is append-only, and the database refuses to change when something happened. A line bears a promise out if
it is one of the steps that keep promises of that kind, was known when the month was frozen, and happened at the very
moment at which the promise was kept. Two kinds are kept by what is no step: a reply when it reaches the citizen (the
history says that it had gone out by then), a question also when it expires (its own row says when).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import sqlalchemy as sa

from hotline.models import DeadlineKind, Event, MonthlyReport, MonthlyReportItem, Survey, Ticket
from hotline.services.work import Work

#: The steps that keep a promise of that kind.
KEPT_BY: Final = {
    DeadlineKind.ACCEPT: ("accept", "decline", "merge", "join"),
    DeadlineKind.DISPATCH: ("assign", "answer"),
    DeadlineKind.SIGN: ("sign", "sign_supervised"),
    DeadlineKind.HANDLE: ("submit", "answer"),
    DeadlineKind.CHECK: ("approve", "send_back"),
    DeadlineKind.REPLY: ("reply", "answer", "decline"),
    DeadlineKind.SURVEY: ("survey",),
    DeadlineKind.CLOSE: ("close",),
    DeadlineKind.EXPLAIN: ("explain",),
}
_AT_ONCE: Final = 200  # rows read from the server at a time
_PAIRS: Final = [(kind.value, step) for kind, steps in KEPT_BY.items() for step in steps]


def missing(work: Work, report: MonthlyReport) -> Iterator[Any]:
    """The kept items that nothing bears out, with `deadline_id`, `ticket`, `kind` and `met_at`."""
    for row in work.session.execute(_unsaid(report).execution_options(yield_per=_AT_ONCE)):
        if row.kind is not DeadlineKind.REPLY or not _was_answered_before(work, report, row):
            yield row


def _unsaid(report: MonthlyReport) -> sa.Select[Any]:
    item = MonthlyReportItem
    pairs = sa.values(sa.column("kind", sa.Text), sa.column("step", sa.Text), name="keeps").data(_PAIRS)
    said = sa.exists(
        sa.select(Event.id)
        .join(pairs, pairs.c.step == Event.step)
        .where(
            Event.ticket_id == item.ticket_id,
            Event.id <= report.known["event"],
            pairs.c.kind == sa.cast(item.kind, sa.Text),
            sa.or_(
                Event.happened_at == item.met_at,
                sa.and_(item.kind == DeadlineKind.REPLY, Event.happened_at < item.met_at),
            ),
        )
    )
    expired = sa.exists(
        sa.select(Survey.id).where(Survey.deadline_id == item.deadline_id, Survey.expired_at == item.met_at)
    )
    columns: tuple[Any, ...] = (item.deadline_id, item.ticket_id, item.ticket, item.complaint, item.kind, item.met_at)
    return sa.select(*columns).where(
        item.report_id == report.id,
        item.met_at.is_not(None),
        item.void_at.is_(None),
        sa.not_(said),
        sa.or_(item.kind != DeadlineKind.SURVEY, sa.not_(expired)),
    )


def _was_answered_before(work: Work, report: MonthlyReport, row: Any) -> bool:
    """The complaint was answered on a ticket from which it came here by a merge, however long the way."""
    seen: set[int] = {row.ticket_id}
    wave = set(work.session.scalars(sa.select(Ticket.id).where(Ticket.number == row.complaint)))
    wave |= _joined(work, seen)
    while wave := wave - seen:
        answered = sa.select(Event.id).where(
            Event.ticket_id.in_(wave),
            Event.id <= report.known["event"],
            Event.step.in_(KEPT_BY[DeadlineKind.REPLY]),
            Event.happened_at <= row.met_at,
        )
        if work.session.scalar(answered.limit(1)) is not None:
            return True
        seen |= wave
        wave = _joined(work, wave)
    return False


def _joined(work: Work, ticket_ids: set[int]) -> set[int]:
    """The tickets that ever joined these."""
    numbers = sa.select(Event.data["from_number"].astext).where(Event.ticket_id.in_(ticket_ids), Event.step == "joined")
    return set(work.session.scalars(sa.select(Ticket.id).where(Ticket.number.in_(numbers))))
