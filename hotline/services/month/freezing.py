"""冻结: a month that is over is counted once and kept: its figures, the promises and cases behind them, a checksum.

The row is the work. `claim` writes it, in a transaction of its own: from then on the database remembers what is
changed (`Hindsight`). `count` fills it in one transaction that sees a single moment (`Office.still`). Killed between
the two, the claim is found again by the next worker; killed in the midst of counting, nothing of it is there. Months
are frozen in their order, each chained to the one before; a later version of a month is a restatement (更正).
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from psycopg.errors import SerializationFailure

from hotline.domain.errors import Invalid, Refused
from hotline.domain.rates import Month
from hotline.models import (
    Deadline,
    Event,
    Hindsight,
    MonthlyReport,
    MonthlyReportCase,
    MonthlyReportItem,
    ReportState,
)
from hotline.services.month import cases, itemising, keeping, monthly_figures, sealing
from hotline.services.work import Work

_MEMORY = sa.text("SET LOCAL work_mem = '128MB'")  # for the one statement that joins a month's promises


def claim(work: Work, month: str) -> bool:
    """A month (`2026-10`) is to be frozen. False if somebody has claimed or frozen it before.

    Raises MonthError, and Refused while it is not over, and where the order of the months would be broken.
    """
    asked = Month.parse(month, work.rules.zone)
    if work.now <= asked.ends:
        raise Refused(f"{asked}还没有结束，不能冻结。请在下月初再冻结。", code="month_running")
    if _newest(work, asked) is not None:
        return False
    _keep_order(work, asked)
    return _claim(work, asked, version=1, reason="", by=work.actor.name)


def restate(work: Work, month: str, reason: str) -> int:
    """更正: the frozen month is to be counted anew, as it is known now; the versions before stay. Its version.

    Raises MonthError; Invalid without a reason; Refused where nothing is frozen, or a version is being counted.
    """
    asked = Month.parse(month, work.rules.zone)
    said = " ".join(reason.split())
    if not 5 <= len(said) <= 500:
        raise Invalid({"reason": "请写明更正的原因（5至500字），它会印在新一版月报上。"})
    newest = _newest(work, asked)
    if newest is None:
        raise Refused(f"{asked}还没有冻结，不需要更正：现在的数字就是实时的。", code="not_frozen")
    if newest.state is ReportState.COUNTING or not _claim(
        work, asked, version=newest.version + 1, reason=said, by=work.actor.name
    ):
        raise Refused(f"{asked}的一版月报正在冻结，请等它完成后再更正。", code="counting")
    work.ring("freeze")
    return newest.version + 1


def waiting(work: Work) -> int | None:
    """The oldest claim that nobody is counting at this moment: its id."""
    query = sa.select(MonthlyReport.id).where(MonthlyReport.state == ReportState.COUNTING)
    return work.session.scalar(query.order_by(MonthlyReport.id).limit(1).with_for_update(skip_locked=True))


def count(work: Work, report_id: int) -> MonthlyReport | None:
    """Fill and seal what was claimed. None if somebody else does it, or has done it.

    The transaction has to be one that sees a single moment at which nobody was writing: `Office.still`.
    """
    report = _hold(work, report_id)
    if report is None:
        return None
    month = Month.of_day(report.month, work.rules.zone)
    session = work.session
    report.known = _known(work)
    session.execute(_MEMORY)
    window = month.seen_at(work.now)
    report.items = keeping.keep(work, MonthlyReportItem, report, itemising.standing(work, window))
    report.cases = keeping.keep(work, MonthlyReportCase, report, cases.cases(work, window))
    report.figures = monthly_figures.figures(work, month, report)
    report.policies = [
        {"id": policy_id, "version": policy.version, "effective_from": policy.effective_from.isoformat()}
        for policy_id, policy in work.rules.policies
        if policy.effective_from < month.turned(1).first_day
    ]
    report.calendar_id = work.rules.calendar_id
    report.previous_checksum = _previous(work, report)
    report.state, report.frozen_at = ReportState.FROZEN, work.now
    session.flush()
    session.refresh(report, ["figures", "known", "policies"])  # as they are kept, so that they are sealed as they are
    report.checksum = sealing.checksum(work, report)
    session.flush()
    return report


def _newest(work: Work, month: Month) -> MonthlyReport | None:
    query = sa.select(MonthlyReport).where(MonthlyReport.month == month.first_day)
    return work.session.scalar(query.order_by(MonthlyReport.version.desc()).limit(1))


def _keep_order(work: Work, month: Month) -> None:
    """The chain has no gaps, grows at its end only, and by one report at a time."""
    if work.session.scalar(sa.select(MonthlyReport.id).where(MonthlyReport.state == ReportState.COUNTING).limit(1)):
        raise Refused("另一个月的月报正在冻结，请等它完成。", code="counting")
    last = work.session.scalar(sa.select(sa.func.max(MonthlyReport.month)))
    if last is None:
        return
    after = Month.of_day(last, month.zone).turned(1)
    if month.first_day < last:
        raise Refused(f"{month}之后的月份已经冻结，不能再补冻它；它的数字仍可实时查看。", code="month_passed")
    if month.first_day > after.first_day:
        raise Refused(f"请先冻结{after}：月份按先后冻结，一个接一个。", code="month_before")


def _claim(work: Work, month: Month, *, version: int, reason: str, by: str) -> bool:
    row = {
        "month": month.first_day,
        "version": version,
        "state": ReportState.COUNTING,
        "ends_at": month.ends,
        "reason": reason,
        "frozen_by": by,
        "claimed_at": work.now,
    }
    statement = sa.dialects.postgresql.insert(MonthlyReport).values(row).on_conflict_do_nothing()
    return work.session.scalar(statement.returning(MonthlyReport.id)) is not None


def _hold(work: Work, report_id: int) -> MonthlyReport | None:
    """The claim, held until the end. Somebody else's work may have ended since this transaction's moment."""
    query = sa.select(MonthlyReport).where(MonthlyReport.id == report_id, MonthlyReport.state == ReportState.COUNTING)
    try:
        with work.session.begin_nested():
            return work.session.scalar(query.with_for_update(skip_locked=True))
    except sa.exc.OperationalError as fault:
        if isinstance(fault.orig, SerializationFailure):
            return None
        raise


def _known(work: Work) -> dict[str, int]:
    """How far the rows go at this moment."""
    tables: dict[str, Any] = {"deadline": Deadline, "hindsight": Hindsight, "event": Event}
    query = sa.select(
        *(sa.select(sa.func.max(table.id)).scalar_subquery().label(name) for name, table in tables.items())
    )
    return {name: last or 0 for name, last in work.session.execute(query).mappings().one().items()}


def _previous(work: Work, report: MonthlyReport) -> str:
    """The checksum that this one is chained to: of the version before it, or of the newest of the month before it."""
    frozen = sa.select(MonthlyReport.checksum).where(
        MonthlyReport.state == ReportState.FROZEN, MonthlyReport.id != report.id
    )
    if report.version > 1:
        frozen = frozen.where(MonthlyReport.month == report.month)
    else:
        frozen = frozen.where(MonthlyReport.month < report.month)
    newest = frozen.order_by(MonthlyReport.month.desc(), MonthlyReport.version.desc()).limit(1)
    return work.session.scalar(newest) or ""
