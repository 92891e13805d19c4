"""What a number on the 本月看板, or in a brief, opens: exactly those promises, by day or by unit, with who has each and
what comes next."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from itertools import groupby
from typing import Any

from flask import redirect, render_template, request, url_for
from werkzeug.datastructures import MultiDict

from hotline.domain.dates import WEEKDAYS
from hotline.domain.days import is_countable
from hotline.domain.foresight import FIGURES
from hotline.domain.rates import Month, RateKind
from hotline.domain.workflow import STATE_LABELS, WITH_UNIT
from hotline.models import DeadlineKind
from hotline.services import carding
from hotline.services.month import remaining, reporting
from hotline.services.month.briefing import days_said
from hotline.services.month.mending import NEXT
from hotline.services.month.remaining import CLOSED, Asked, Item
from hotline.services.work import Work
from hotline.web.door import work
from hotline.web.paging import place_of
from hotline.web.staff import expected, options, words
from hotline.web.staff.queue import Answer

LABELS = {
    "missing": "还没有完成的",
    "over": "已经逾期、还没有完成的",
    "ahead": "没有逾期、还没有完成的",
    "offered": "已经提交、待核查的",
    "gone": "已经逾期的（含逾期后完成的）",
    "owed": "到期应完成的",
    "kept": "已经完成的",
    "on_time": "按时完成的",
    "reachable": "按时完成的和还来得及按时的",
    CLOSED: "办结的",
}
BY_UNIT = "unit"
MOST_DAYS = 92  # that one list is about


def show() -> Answer:
    """GET /desk/board/items."""
    with work() as unit:
        asked, month = _asked(request.args), carding.this_month(unit)
        place = place_of(request.args)
        found = remaining.items(unit, asked, month, place=place)
        if found.astray:
            return redirect(url(asked))
        promises, tickets = remaining.count(unit, asked, month)
        of = reporting.chosen(reporting.overseen(unit), asked.unit_id) if asked.unit_id is not None else None
        return render_template(
            "staff/board_items.html",
            title=_title(asked, month),
            of="、".join(_narrowing(asked, expected.named(of, asked.alone) if of else "")),
            back_url=url_for("staff.board"),
            filters=_filters(unit, asked),
            values={
                "figure": asked.figure,
                "kind": asked.kind.value if asked.kind else "",
                "unit": asked.unit_id or "",
                "by": BY_UNIT if asked.by_unit else "",
            },
            hidden=_hidden(asked),
            groups=_grouped(unit, asked, found),
            promises=promises,
            tickets=tickets,
            next_url=url(asked, after=found.after) if found.after else None,
            prev_url=url(asked, before=found.before) if found.before else None,
        )


def url(asked: Asked, **cursor: Any) -> str:
    """The list of exactly these promises."""
    return url_for(
        "staff.board_items",
        figure=asked.figure,
        kind=asked.kind.value if asked.kind else None,
        unit=asked.unit_id,
        alone=expected.YES if asked.alone else None,
        since=asked.since.isoformat() if asked.since else None,
        until=asked.until.isoformat() if asked.until else None,
        by=BY_UNIT if asked.by_unit else None,
        **cursor,
    )


def number(count: int, asked: Asked) -> dict[str, Any]:
    """A count that opens what it counts, as macros/watch.html shows it."""
    return {"count": count, "url": url(asked) if count else None}


def line(work: Work, item: Item) -> dict[str, Any]:
    """A promise as a row."""
    role, step = NEXT.get(item.state, ("", ""))
    with_unit = item.state in WITH_UNIT
    return {
        "number": item.ticket,
        "url": url_for("staff.ticket", number=item.ticket) if item.ticket_open else None,
        "matter": item.matter or "（不在您可查看的范围内）",
        "kind": words.KINDS[item.kind],
        "unit": item.unit,
        "due": {"due_at": item.due_at, "met_at": item.met_at},
        "late": item.met_at is None and item.due_at < work.now,
        "state": item.state.value,
        "state_label": STATE_LABELS[item.state],
        "who": (item.handler if with_unit else None) or role,
        "step": "" if item.met_at is not None else _step(item, step),
    }


def by_ticket(work: Work, items: Iterable[Item]) -> list[dict[str, Any]]:
    """A row for each ticket, with all its promises among these, and the time of the first of them."""
    rows: dict[str, dict[str, Any]] = {}
    for item in items:
        row = line(work, item)
        known = rows.setdefault(item.ticket, row)
        if known is not row and row["kind"] not in known["kind"]:
            known["kind"] += f"、{row['kind']}"
    return list(rows.values())


def _step(item: Item, step: str) -> str:
    """What the ticket waits for; for the promise itself a result may be handed in already."""
    return "核查提交的结果" if item.offered_at is not None and item.kind is DeadlineKind.HANDLE else step


def _asked(args: MultiDict[str, str]) -> Asked:
    """What means nothing is left out rather than refused: an old bookmark still opens."""
    figure, kind = args.get("figure", ""), args.get("kind", "")
    since, until = _days_of(args)
    closed = figure == CLOSED and since is not None
    return Asked(
        figure=figure if figure in FIGURES or closed else "missing",
        kind=RateKind(kind) if kind in list(RateKind) and not closed else None,
        unit_id=expected.id_of(args, "unit"),
        alone=args.get("alone") == expected.YES,
        since=since,
        until=until,
        by_unit=args.get("by") == BY_UNIT,
    )


def _days_of(args: MultiDict[str, str]) -> tuple[date, date] | tuple[None, None]:
    """A stretch of days, not longer than any brief is about with a quarter to spare."""
    since, until = _day(args.get("since", "")), _day(args.get("until", ""))
    if since is None or until is None or not 0 <= (until - since).days < MOST_DAYS:
        return None, None
    return since, until


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if is_countable(day) else None


def _title(asked: Asked, month: Month) -> str:
    what = LABELS[asked.figure]
    if asked.since is None or asked.until is None:
        return f"{month.number}月{what}"
    days = days_said(asked.since, asked.until)
    return f"{days}{what}" if asked.figure == CLOSED else f"{days}到期、{what}"


def _narrowing(asked: Asked, unit: str) -> list[str]:
    kind = words.KINDS[DeadlineKind(asked.kind.value)] if asked.kind else ""
    return [each for each in (unit, kind) if each]


def _filters(work: Work, asked: Asked) -> list[dict[str, Any]]:
    figures = {name: label.removesuffix("的") for name, label in LABELS.items() if name != CLOSED or asked.in_days}
    return [
        {"name": "figure", "label": "哪些", "type": "select",
         "options": [{"value": name, "label": label} for name, label in figures.items()]},
        {"name": "unit", "label": "单位", "type": "select", "blank": "全部", "options": options.subtree(work)},
        {"name": "kind", "label": "承诺", "type": "select", "blank": "三项都看",
         "options": [{"value": kind.value, "label": words.KINDS[DeadlineKind(kind.value)]} for kind in RateKind]},
        {"name": "by", "label": "排列", "type": "select", "blank": "先按到期日",
         "options": [{"value": BY_UNIT, "label": "先按单位"}]},
    ]  # fmt: skip


def _hidden(asked: Asked) -> dict[str, str]:
    """What another choice of the form keeps."""
    days = {"since": asked.since, "until": asked.until}
    return {name: day.isoformat() for name, day in days.items() if day is not None}


def _grouped(work: Work, asked: Asked, found: list[Item]) -> list[dict[str, Any]]:
    """In the order of the list, under the day or the unit."""

    def head(item: Item) -> str:
        return item.unit if asked.by_unit else _day_head(work, item.day)

    return [
        {"label": label, "items": [line(work, item) for item in items]} for label, items in groupby(found, key=head)
    ]


def _day_head(work: Work, day: date) -> str:
    gap = (day - work.now.astimezone(work.rules.zone).date()).days
    near = {-1: "昨天", 0: "今天", 1: "明天"}.get(gap, "")
    said = f"{day.month}月{day.day}日 {WEEKDAYS[day.weekday()]}"
    return f"{said}（{near}）到期" if near else f"{said}到期"
