"""`./run due`: tries out a limit on a calendar and tells how it was counted. Needs Python and nothing else.

    ./run due --start 2026-02-13T17:00 --limit "3 working_days"            when it is due, day by day
    ./run due --start 2026-02-13T17:00 --limit "4 office_hours" --before   backwards: the latest start to be due by then
    ./run due --start 2026-02-13T17:00 --until 2026-02-25T09:00            the open minutes between
    ./run due --batch FILE                                                 see `due_batch`

Exit codes: 0 answered, 1 no answer (the reason is on stderr), 2 wrong usage.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any

from config.calendars import load_calendar, load_china
from hotline.cli.due_batch import answer_all
from hotline.cli.times import read_pause, read_time
from hotline.domain.calendar import Calendar
from hotline.domain.deadlines import elapsed_minutes, merge_pauses, start_before
from hotline.domain.errors import HotlineError
from hotline.domain.explaining import clock_text, day_lines, day_texts, end_text, explain
from hotline.domain.limits import Limit, LimitUnit


def main(argv: Sequence[str] | None = None) -> int:
    """Answer one question, or a batch. Returns the exit code."""
    parser = _parser()
    asked = parser.parse_args(argv)
    if asked.limit and asked.limit.endswith(" before"):  # "4 office hours before", as one says it
        asked.limit, asked.before = asked.limit.removesuffix(" before"), True
    _check_usage(parser, asked)
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8", errors="backslashreplace")  # type: ignore[union-attr]
    try:
        calendar = load_calendar(asked.calendar) if asked.calendar else load_china()
        if asked.batch is not None:
            return _answer_batch(asked.batch, calendar)
        print(_answer(calendar, asked))
    except HotlineError as error:
        print(error.message, file=sys.stderr)
        return 1
    except BrokenPipeError:  # the reader has seen enough
        with suppress(OSError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="./run due", description="试算时限：何时到期，逐日说明。时间不带时区即为城市当地时间。"
    )
    parser.add_argument("--start", metavar="时间", help="起算时间，如 2026-02-13T17:00")
    parser.add_argument("--limit", metavar="时限", help="如 “3 working_days”、“4 office_hours”、“3个工作日”")
    parser.add_argument("--until", metavar="时间", help="不算到期，而算到这一时间经过的办公分钟数")
    parser.add_argument("--before", action="store_true", help="倒算：要在 --start 之前到期，最晚何时起算")
    parser.add_argument("--pause", metavar="起/止", action="append", default=[], help="挂账时段，可多次给出")
    parser.add_argument("--extensions", metavar="次数", type=int, default=0, help="延期次数，每次加一个原时限")
    parser.add_argument("--calendar", metavar="文件", help="工作日历（TOML 或 JSON），不给则用项目自带的中国日历")
    parser.add_argument("--json", action="store_true", help="输出 JSON")
    batch = "每行一个 JSON 对象，逐行作答；不给文件则读标准输入"
    parser.add_argument("--batch", metavar="文件", nargs="?", const="-", help=batch)
    return parser


def _check_usage(parser: argparse.ArgumentParser, asked: argparse.Namespace) -> None:
    if asked.batch is not None:
        if asked.start or asked.limit or asked.until or asked.pause or asked.before or asked.extensions:
            parser.error("--batch 的问题都写在各行里，只能再给 --calendar")
        return
    if not asked.start or bool(asked.limit) == bool(asked.until):
        parser.error("请给出 --start，以及 --limit 和 --until 之一")
    if asked.before and (asked.until or asked.pause or asked.extensions):
        parser.error("--before 只能与 --start、--limit 同用")
    if asked.extensions and asked.until:
        parser.error("--extensions 只能与 --limit 同用")
    if not 0 <= asked.extensions <= 100:
        parser.error("--extensions 应在 0 至 100 之间")


def _answer(calendar: Calendar, asked: argparse.Namespace) -> str:
    if asked.until:
        answer, text = _answer_elapsed(calendar, asked)
    elif asked.before:
        answer, text = _answer_before(calendar, asked)
    else:
        pauses = [read_pause(pause, calendar.zone) for pause in asked.pause]
        start = read_time(asked.start, calendar.zone)
        told = explain(calendar, start, Limit.parse(asked.limit), pauses, asked.extensions)
        answer, text = told.as_dict(), told.as_text()
    return json.dumps(answer, ensure_ascii=False, indent=2) if asked.json else text


def _answer_elapsed(calendar: Calendar, asked: argparse.Namespace) -> tuple[dict[str, Any], str]:
    start, until = read_time(asked.start, calendar.zone), read_time(asked.until, calendar.zone)
    pauses = merge_pauses([read_pause(pause, calendar.zone) for pause in asked.pause])
    minutes = elapsed_minutes(calendar, start, until, pauses)
    lines = day_lines(calendar, start, start, until, LimitUnit.OFFICE_MINUTES, pauses)
    text = [
        f"办公用时：{minutes} 分钟",
        f"起：{clock_text(calendar, start)}",
        f"止：{end_text(calendar, until)}",
        "",
        *day_texts(calendar, lines),
    ]
    answer = {"start": _iso(calendar, start), "until": _iso(calendar, until), "elapsed_minutes": minutes}
    return answer, "\n".join(text)


def _answer_before(calendar: Calendar, asked: argparse.Namespace) -> tuple[dict[str, Any], str]:
    end, limit = read_time(asked.start, calendar.zone), Limit.parse(asked.limit)
    latest = start_before(calendar, end, limit)
    told = explain(calendar, latest, limit)
    text = f"最晚起算：{clock_text(calendar, latest)}\n要在此前到期：{end_text(calendar, end)}\n\n{told.as_text()}"
    answer = {"end": _iso(calendar, end), "start_at": _iso(calendar, latest), "count": told.as_dict()}
    return answer, text


def _iso(calendar: Calendar, moment: datetime) -> str:
    return moment.astimezone(calendar.zone).isoformat()


def _answer_batch(path: str, calendar: Calendar) -> int:
    if path == "-":
        answer_all(sys.stdin.buffer, sys.stdout, calendar)
        return 0
    try:
        lines = Path(path).open("rb")  # noqa: SIM115  # closed below; only the opening may fail here
    except OSError as error:
        print(f"读不到文件 {path}（{error.strerror}）", file=sys.stderr)
        return 1
    with lines:
        answer_all(lines, sys.stdout, calendar)
    return 0


if __name__ == "__main__":
    sys.exit(main())
