"""`./run export deadlines 2026-10`: every promise owed in that month as CSV, so that anybody can recount it.

    ./run export deadlines 2026-10                      to standard output, UTF-8; of a frozen month as it was frozen
    ./run export deadlines 2026-10 --output FILE.csv    to a file, which is there only when it is complete
    ./run export deadlines 2026-10 --excel --output …   with a byte order mark, for Excel to open it rightly
    ./run export frozen 2026-10 --output FILE           the sealed text of a frozen month: its sha256sum is its checksum

Both take `--version 1` for another version of a frozen month than the newest. Progress is told on stderr. Exit codes:
0 written, 1 could not, 2 wrong usage. The columns: docs/rates.md; the sealed text: docs/freezing.md.
"""

from __future__ import annotations

import argparse
import csv
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO

from sqlalchemy.exc import OperationalError

from config.settings import current
from hotline.assembly import open_office
from hotline.bell import SilentBell
from hotline.domain.actors import SYSTEM
from hotline.domain.errors import NotFound
from hotline.domain.rates import MonthError
from hotline.office import Office
from hotline.services.month import exporting, frozen, sealing

DONE, FAILED, MISUSED = 0, 1, 2
TOLD_EVERY = 20_000  # rows


def main(argv: Sequence[str] | None = None) -> int:
    """Write the export of the settings' database as of now. Returns the exit code."""
    asked = _parser().parse_args(argv)
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8", errors="backslashreplace")  # type: ignore[union-attr]
    try:
        with _office() as office, _target(asked.output) as file:
            told = asked.write(office, file, asked, datetime.now(UTC))
    except MonthError as error:
        print(error.message, file=sys.stderr)
        return MISUSED
    except NotFound as error:
        print(error.message, file=sys.stderr)
        return FAILED
    except BrokenPipeError:  # the reader has seen enough
        with suppress(OSError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    except LookupError as error:
        print(error.args[0], file=sys.stderr)
        return FAILED
    except OperationalError as error:
        print(f"连不上数据库：{error.orig}", file=sys.stderr)
        return FAILED
    except OSError as error:
        print(f"写不了文件 {asked.output}：{error.strerror}", file=sys.stderr)
        return FAILED
    print(told, file=sys.stderr)
    return DONE


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="./run export", description="导出，供核对和再计算。")
    subjects = parser.add_subparsers(required=True, metavar="deadlines|frozen")
    deadlines = subjects.add_parser("deadlines", help="某月应兑现的全部时限（CSV）；已冻结的月份，按冻结时的")
    deadlines.add_argument("--excel", action="store_true", help="文件开头加 BOM，便于用 Excel 直接打开")
    deadlines.set_defaults(write=_write_deadlines)
    frozen = subjects.add_parser("frozen", help="某月冻结月报的原文；对它用 sha256sum，就是月报上的校验码")
    frozen.set_defaults(write=_write_frozen)
    for subject in (deadlines, frozen):
        subject.add_argument("month", metavar="月份", help="如 2026-10")
        subject.add_argument("--output", metavar="文件", type=Path, help="写入文件；不给则写到标准输出")
        subject.add_argument("--version", metavar="版次", type=int, help="冻结月报的第几版；不给则为最新一版")
    return parser


@contextmanager
def _office() -> Iterator[Office]:
    office = open_office(current(), bell=SilentBell())
    try:
        yield office
    finally:
        office.engine.dispose()


@contextmanager
def _target(path: Path | None) -> Iterator[TextIO]:
    """Standard output, or a file that takes its name only when everything is in it."""
    if path is None:
        sys.stdout.reconfigure(newline="")  # type: ignore[union-attr]  # the CSV writer ends its lines itself
        yield sys.stdout
        sys.stdout.flush()
        return
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with draft.open("w", encoding="utf-8", newline="") as file:
            yield file
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def _write_deadlines(office: Office, file: TextIO, asked: argparse.Namespace, now: datetime) -> str:
    rows = write(office, file, asked.month, now, excel=asked.excel, version=asked.version)
    return f"已导出 {rows} 条。"


def _write_frozen(office: Office, file: TextIO, asked: argparse.Namespace, now: datetime) -> str:
    """The sealed bytes as they are."""
    file.flush()
    with office.work(SYSTEM, now) as work:
        report = frozen.find(work, asked.month, asked.version)
        if report is None:
            raise NotFound(f"{asked.month} 还没有冻结，没有可以导出的原文。")
        for stretch in sealing.text(work, report):
            file.buffer.write(stretch)
        return f"第{report.version}版，校验码 {report.checksum}"


def write(
    office: Office, file: TextIO, month: str, now: datetime, *, excel: bool = False, version: int | None = None
) -> int:
    """Write header and rows of the month as it stands at `now`; returns how many rows. Raises MonthError, NotFound."""
    with office.work(SYSTEM, now) as work:
        found = exporting.deadlines(work, month, version)
        if excel:
            file.write("\ufeff")
        writer = csv.writer(file)
        writer.writerow(exporting.COLUMNS)
        rows = 0
        for row in found:
            writer.writerow(row)
            rows += 1
            if rows % TOLD_EVERY == 0:
                print(f"已导出 {rows} 条……", file=sys.stderr, flush=True)
        return rows


if __name__ == "__main__":
    sys.exit(main())
