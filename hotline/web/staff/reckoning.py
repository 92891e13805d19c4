"""时限是怎么算的: a due time told day by day, as the deadline arithmetic itself explains it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from flask import url_for

from hotline.domain.limits import Limit
from hotline.domain.workflow import State
from hotline.models import Ticket
from hotline.services import tracing
from hotline.services.work import Work
from hotline.web.staff import words
from hotline.web.staff.rows import over

Row = Mapping[str, Any]


def context(work: Work, ticket: Ticket, deadline_id: int) -> dict[str, Any]:
    """All that staff/why.html shows. Raises NotFound for a promise that is not the ticket's."""
    told = tracing.why(work, ticket, deadline_id)
    deadline, explanation = told["deadline"], told["explanation"]
    return {
        "ticket": {"number": ticket.number, "url": url_for("staff.ticket", number=ticket.number)},
        "deadline": _deadline(work, ticket, deadline),
        "limit_text": explanation["limit_label"],
        "policy": {
            "name": "时限政策",
            "version": told["policy"]["version"],
            "rule": _rule(ticket, deadline, told["policy"]["condition"]),
            "url": url_for("staff.rules"),
        },
        "stages": [
            {"label": stage["label"], "due_at": datetime.fromisoformat(stage["due_at"]), "days": _days(stage["days"])}
            for stage in explanation["stages"]
        ],
        "pauses": [_pause(each) for each in told["requests"] if each["kind"] == "pause" and each["from_at"]],
        "extensions": [
            _extension(each) for each in told["requests"] if each["kind"] == "extension" and each["due_after"]
        ],
        "warnings": explanation["warnings"],
    }


def _deadline(work: Work, ticket: Ticket, row: Row) -> dict[str, Any]:
    done = row["met_at"] or row["offered_at"]
    paused = ticket.state is State.PAUSED and done is None and row["void_at"] is None
    due = {
        "due_at": row["due_at"],
        "met_at": done,
        "paused": paused,
        "paused_until": ticket.paused_until if paused else None,
        "over": over(work, row["limit"], row["due_at"], done or work.now),
    }
    return {
        "label": row["label"],
        "owner": row["unit"]["name"],
        "started_at": row["started_at"],
        "due_at": row["due_at"],
        "original_due_at": row["original_due_at"],
        "met_at": row["met_at"],
        "void": words.VOIDS.get(row["void_reason"] or "", "不再计算") if row["void_at"] else None,
        "due": None if row["void_at"] else due,
    }


def _rule(ticket: Ticket, deadline: Row, condition: str | None) -> str:
    if condition and deadline["kind"] in ("handle", "reply", "close"):
        return f"立案条件：{condition}"
    if ticket.own_limit and deadline["kind"] == "handle":
        return f"来源自带时限：{Limit.parse(ticket.own_limit).label}"
    who = words.SOURCES[ticket.source]
    return f"{who}来源、{words.URGENCIES[ticket.urgency]}事项的{deadline['label']}时限"


def _days(days: Sequence[Row]) -> list[dict[str, Any]]:
    """One line a day with the running sum; a run of days that do not count is one line."""
    lines: list[dict[str, Any]] = []
    sum_days, sum_minutes = 0.0, 0.0
    for day in days:
        sum_days += day["counted_days"] or 0
        sum_minutes += day["counted_minutes"]
        line = _line(day, sum_days, sum_minutes)
        if lines and _same_run(lines[-1], line):
            lines[-1]["last"], lines[-1]["date"] = line["last"], _range(lines[-1]["first"], line["last"])
        else:
            lines.append(line)
    return lines


def _line(day: Row, sum_days: float, sum_minutes: float) -> dict[str, Any]:
    when = date.fromisoformat(day["date"])
    counts = bool(day["intervals"])
    label = day["kind_label"] + (f"（{day['holiday']}）" if day["holiday"] else "")
    in_days = day["counted_days"] is not None
    return {
        "first": when,
        "last": when,
        "date": _range(when, when),
        "kind": _kind(day, counts),
        "label": label + ("（推算）" if day["provisional"] else ""),
        "hours": "、".join(_hours(*stretch) for stretch in day["intervals"]) or day["skipped"] or "",
        "counted": (_amount(day["counted_days"], "日") if in_days else _time(day["counted_minutes"])) if counts else "",
        "total": (_amount(sum_days, "日") if in_days else _time(sum_minutes)) if counts else "",
    }


def _kind(day: Row, counts: bool) -> str:
    if day["paused_minutes"]:
        return "paused"
    if not counts:
        return "off" if day["kind"] in ("day_off", "holiday") else "zero"
    return "makeup" if day["kind"] == "makeup" else "counted"


def _same_run(before: Row, line: Row) -> bool:
    alike = ("kind", "label", "hours")
    return not line["counted"] and not before["counted"] and all(before[name] == line[name] for name in alike)


def _range(first: date, last: date) -> str:
    weekdays = "一二三四五六日"
    start = f"{first.month}月{first.day}日 星期{weekdays[first.weekday()]}"
    return start if first == last else f"{first.month}月{first.day}日至{last.month}月{last.day}日"


def _hours(begin: str, end: str) -> str:
    opening, closing = datetime.fromisoformat(begin), datetime.fromisoformat(end)
    at_midnight = closing.hour == closing.minute == 0 and closing.date() > opening.date()
    return f"{opening:%H:%M}–{'24:00' if at_midnight else f'{closing:%H:%M}'}"


def _amount(number: float, unit: str) -> str:
    return f"{number:.2f}".rstrip("0").rstrip(".") + f" {unit}"


def _time(minutes: float) -> str:
    hours, rest = divmod(round(minutes), 60)
    parts = [f"{hours} 小时"] if hours else []
    if rest or not hours:
        parts.append(f"{rest} 分钟")
    return " ".join(parts)


def _pause(row: Row) -> dict[str, Any]:
    return {"from_at": row["from_at"], "to_at": row["resumed_at"] or row["until"], "reason": row["reason"]}


def _extension(row: Row) -> dict[str, Any]:
    return {
        "granted_at": row["decided_at"],
        "by": row["decided_by"] or "系统",
        "from_due_at": row["due_before"],
        "to_due_at": row["due_after"],
        "reason": row["reason"],
    }
