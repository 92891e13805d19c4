"""`./run due --batch`: one question a line in, one answer a line out, in the same order; no line stops the run.

    {"id", "calendar", "start", "limit", "pauses": [[from, to], …]}  →  {"id", "due_at"}
    {"id", "calendar", "start", "until", "pauses": [[from, to], …]}  →  {"id", "elapsed_minutes"}
    what cannot be answered                                          →  {"id", "error"}

`calendar` is a calendar itself, the path of one, or absent (then the one of the command). Other entries are ignored.
A limit may also be written `{"amount": 3, "unit": "working_days"}`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache
from typing import Any, TextIO

from config.calendars import load_calendar
from hotline.cli.times import read_time
from hotline.domain.calendar import Calendar
from hotline.domain.deadlines import DeadlineError, due_at, elapsed_minutes
from hotline.domain.errors import HotlineError
from hotline.domain.limits import Limit, LimitError
from hotline.domain.stretches import Stretch

_KEPT = 64  # calendars, paths and limits remembered between lines


def answer_all(lines: Iterable[bytes], out: TextIO, calendar: Calendar) -> None:
    """Answer every line that is not blank."""
    for line in lines:
        if line.strip():
            out.write(_answer_line(line, calendar) + "\n")
    out.flush()


def _answer_line(line: bytes, calendar: Calendar) -> str:
    try:
        question = json.loads(line.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        return _written({"id": None, "error": f"这一行不是有效的 JSON：{error}"})
    if not isinstance(question, dict):
        return _written({"id": None, "error": "这一行应是一个 JSON 对象"})
    try:
        answer = _answer(question, calendar)
    except HotlineError as error:
        answer = {"error": error.message}
    return _written({"id": question.get("id"), **answer})


def _answer(question: dict[str, Any], calendar: Calendar) -> dict[str, Any]:
    calendar = _calendar_of(question.get("calendar"), calendar)
    limit, until = question.get("limit"), question.get("until")
    if (limit is None) == (until is None):
        raise DeadlineError("应给出 limit 和 until 之一")
    start = read_time(question.get("start"), calendar.zone)
    pauses = _pauses_of(question.get("pauses"), calendar)
    if until is not None:
        return {"elapsed_minutes": elapsed_minutes(calendar, start, read_time(until, calendar.zone), pauses)}
    due: datetime = due_at(calendar, start, _limit_of(limit), pauses)
    return {"due_at": due.astimezone(calendar.zone).isoformat()}


def _calendar_of(value: object, default: Calendar) -> Calendar:
    if value is None:
        return default
    if isinstance(value, str):
        return _calendar_in_file(value)
    return _calendar_in_line(json.dumps(value, sort_keys=True))


@lru_cache(_KEPT)
def _calendar_in_file(path: str) -> Calendar:
    return load_calendar(path)


@lru_cache(_KEPT)
def _calendar_in_line(text: str) -> Calendar:
    return Calendar.from_mapping(json.loads(text))


def _limit_of(value: object) -> Limit:
    if isinstance(value, str):
        return _parsed(value)
    if isinstance(value, dict) and value.keys() == {"amount", "unit"}:
        return Limit(value["amount"], value["unit"])
    raise LimitError('时限应写作 “3 working_days” 或 {"amount": 3, "unit": "working_days"}')


@lru_cache(_KEPT)
def _parsed(text: str) -> Limit:
    return Limit.parse(text)


def _pauses_of(value: object, calendar: Calendar) -> list[Stretch]:
    if value is None:
        return []
    if not isinstance(value, list) or not all(isinstance(pause, list) and len(pause) == 2 for pause in value):
        raise DeadlineError("pauses 应为若干 [开始, 恢复] 时间")
    return [(read_time(begin, calendar.zone), read_time(end, calendar.zone)) for begin, end in value]


def _written(answer: dict[str, Any]) -> str:
    try:
        return json.dumps(answer, ensure_ascii=False, allow_nan=False)
    except ValueError:  # an id such as NaN, which JSON does not know
        return json.dumps({**answer, "id": None}, ensure_ascii=False)
