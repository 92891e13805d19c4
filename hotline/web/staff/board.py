"""本月看板: where the month will end if nothing more is done, and what makes it 100 %; by day, by unit, and listed."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from flask import render_template, request, url_for

from hotline.domain.dates import WEEKDAYS
from hotline.domain.foresight import Foresight, on_time_outlook, outlook
from hotline.domain.rates import RateKind, percentage_text
from hotline.services.month import board, remaining
from hotline.services.month.board import Board, DayLine, UnitLine
from hotline.services.month.remaining import Asked
from hotline.services.work import Work
from hotline.web.door import work
from hotline.web.staff import board_items, expected

FIRST = 10  # tickets that stand on the board itself


def show() -> str:
    """GET /desk/board: the reader's own units, or one of them with all below it (`unit`)."""
    with work() as unit:
        unit_id = expected.id_of(request.args, "unit")
        found = board.look(unit, unit_id)
        return render_template("staff/board.html", **_context(unit, found, unit_id))


def _context(work: Work, found: Board, unit_id: int | None) -> dict[str, Any]:
    month, narrowed = found.month, unit_id not in (None, work.actor.unit_id)
    last = month.turned(1).first_day - timedelta(days=1)
    first = remaining.items(work, Asked(unit_id=unit_id), month, size=3 * FIRST) if found.missing else []
    return {
        "month": f"{month.year}年{month.number}月",
        "top": "全市" if found.top.id == work.rules.root.id else found.top.name,
        "up_url": url_for("staff.board") if narrowed else None,
        "here": url_for("staff.board", unit=unit_id),
        "last": f"{last.month}月{last.day}日",
        "tickets": found.tickets,
        "missing": board_items.number(found.missing, Asked(unit_id=unit_id)),
        "rates": [_rate(kind, standing, unit_id) for kind, standing in found.rates.items()],
        "kinds": [kind.label for kind in RateKind],
        "days": [_day(work, line, unit_id) for line in found.days],
        "units": [_unit(line) for line in found.units],
        "items": board_items.by_ticket(work, first)[:FIRST],
        "by_day_url": board_items.url(Asked(unit_id=unit_id)),
        "by_unit_url": board_items.url(Asked(unit_id=unit_id, by_unit=True)),
    }


def _rate(kind: RateKind, standing: Foresight, unit_id: int | None) -> dict[str, Any]:
    def count(figure: str, amount: int) -> dict[str, Any]:
        return board_items.number(amount, Asked(figure, kind, unit_id))

    return {
        "label": kind.label,
        "outlook": outlook(standing),
        "on_time_outlook": on_time_outlook(standing),
        "share": standing.kept / standing.owed if standing.owed else 0.0,
        "main": _share(kind, standing, "kept", standing.kept, unit_id),
        "best": _share(kind, standing, "reachable", standing.reachable, unit_id),
        "missing": count("missing", standing.missing),
        "over": count("over", standing.over),
        "offered": count("offered", standing.offered),
        "gone": count("gone", standing.gone),
    }


def _share(
    kind: RateKind, standing: Foresight, figure: str, part: int, unit_id: int | None, *, alone: bool = False
) -> dict[str, Any]:
    """As macros/table.html figure() shows it."""
    return {
        "percent": percentage_text(part, standing.owed),
        "kept": part,
        "owed": standing.owed,
        "kept_url": board_items.url(Asked(figure, kind, unit_id, alone)),
        "owed_url": board_items.url(Asked("owed", kind, unit_id, alone)),
    }


def _day(work: Work, line: DayLine, unit_id: int | None) -> dict[str, Any]:
    def count(kind: RateKind | None, amount: int) -> dict[str, Any]:
        if line.day is None:
            return board_items.number(amount, Asked("over", kind, unit_id))
        return board_items.number(amount, Asked("ahead", kind, unit_id, since=line.day, until=line.day))

    today = work.now.astimezone(work.rules.zone).date()
    label = "已经逾期" if line.day is None else _day_said(line.day) + (" 今天" if line.day == today else "")
    return {
        "label": label,
        "over": line.day is None,
        "off": line.day is not None and not work.rules.calendar.is_working_day(line.day),
        "cells": [count(kind, line.missing[kind]) for kind in RateKind],
        "all": count(None, sum(line.missing.values())),
    }


def _unit(line: UnitLine) -> dict[str, Any]:
    unit_id, alone = line.unit.id, line.alone
    rates = [
        {
            "main": _share(kind, line.rates[kind], "kept", line.rates[kind].kept, unit_id, alone=alone),
            "missing": board_items.number(line.rates[kind].missing, Asked("missing", kind, unit_id, alone)),
        }
        for kind in RateKind
    ]
    total = sum(each.missing for each in line.rates.values())
    return {
        "name": expected.named(line.unit, alone),
        "url": url_for("staff.board", unit=unit_id) if line.parent else None,
        "rates": rates,
        "all": board_items.number(total, Asked("missing", None, unit_id, alone, by_unit=True)),
        "over": sum(each.over for each in line.rates.values()),
    }


def _day_said(day: date) -> str:
    return f"{day.month}月{day.day}日 {WEEKDAYS[day.weekday()].replace('星期', '周')}"
