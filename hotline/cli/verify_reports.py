"""`./run verify-reports [2026-10]`: whether the frozen months are what they were, and were right (docs/freezing.md).

Progress on stderr; on stdout a line for each version of each month, and below it whatever differs. Exit codes: 0 all is
well, or nothing is frozen; 1 something differs, or it could not be looked at; 2 wrong usage.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from datetime import UTC, datetime

from sqlalchemy.exc import OperationalError

from config.settings import current
from hotline.assembly import open_office
from hotline.bell import SilentBell
from hotline.domain.actors import SYSTEM
from hotline.domain.rates import MonthError
from hotline.office import Office
from hotline.services.month import verifying
from hotline.services.month.verifying import Verdict

WELL, DIFFERS, MISUSED = 0, 1, 2


def main(argv: Sequence[str] | None = None) -> int:
    """Verify the months of the settings' database. Returns the exit code."""
    parser = argparse.ArgumentParser(prog="./run verify-reports", description="核验冻结的月报：逐月重算，逐项比对。")
    parser.add_argument("month", nargs="?", metavar="月份", help="如 2026-10；不给则核验全部")
    asked = parser.parse_args(argv)
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8", errors="backslashreplace")  # type: ignore[union-attr]
    try:
        office = open_office(current(), bell=SilentBell())
        try:
            return verify(office, asked.month, datetime.now(UTC))
        finally:
            office.engine.dispose()
    except MonthError as error:
        print(error.message, file=sys.stderr)
        return MISUSED
    except LookupError as error:
        print(error.args[0], file=sys.stderr)
        return DIFFERS
    except OperationalError as error:
        print(f"连不上数据库：{error.orig}", file=sys.stderr)
        return DIFFERS


def verify(office: Office, month: str | None, now: datetime) -> int:
    """Every frozen version of that month, or of all; the exit code. Raises MonthError."""
    with office.work(SYSTEM, now) as work:
        ids = [report.id for report in verifying.reports(work, month)]
    if not ids:
        print(f"{month or '目前'}没有冻结的月报。", file=sys.stderr)
        return WELL
    differing = 0
    for place, report_id in enumerate(ids, start=1):
        differing += _one(office, report_id, now, f"{place}/{len(ids)}")
    print(f"共核验 {len(ids)} 份月报，{differing} 份不一致。" if differing else f"共核验 {len(ids)} 份月报，全部一致。")
    return DIFFERS if differing else WELL


def _one(office: Office, report_id: int, now: datetime, place: str) -> bool:
    """Whether it differs. A transaction for each: none of them is open for long."""
    with office.work(SYSTEM, now) as work:
        report = verifying.report(work, report_id)
        name = f"{report.month:%Y-%m} 第{report.version}版"

        def told(what: str) -> None:
            print(f"{place} {name}：核对{what}……", file=sys.stderr, flush=True)

        verdict = verifying.verify(work, report, told)
    _print(name, verdict)
    return bool(verdict.differences)


def _print(name: str, verdict: Verdict) -> None:
    if not verdict.differences:
        print(f"{name}：一致，{verdict.items} 项，校验码 {verdict.checksum}", flush=True)
        return
    print(f"{name}：不一致")
    print(*(f"  {difference}" for difference in verdict.differences), sep="\n", flush=True)


if __name__ == "__main__":
    sys.exit(main())
