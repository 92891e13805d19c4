"""本单位: what is asked of us this week, what stands between us and 100 %, who has how much.

Each number opens the list of exactly what it counts.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from flask import render_template, url_for

from hotline.domain.rates import Month, RateKind, percentage_text
from hotline.domain.workflow import State
from hotline.models import DeadlineKind, Unit
from hotline.services import concessions, duties
from hotline.services.covering import passing
from hotline.services.duties import LATER, NOBODY, OVER, Load
from hotline.services.month import listing, reporting
from hotline.services.month.figures import Group, MonthFigures
from hotline.services.month.listing import Item
from hotline.services.tabulating import level_of
from hotline.services.work import Work
from hotline.web.door import work
from hotline.web.staff import words
from hotline.web.staff.ours_lists import STANDINGS, USED, asked_id, day_words
from hotline.web.staff.report_rates import UNFINISHED

FIRST_MISSING = 10
FIRST_ORDERS = 20
#: What is done next by whom, where the unit itself can do it: the step's form on the ticket page.
STEPS = {
    State.ASSIGNED: ("签收", "step-signature"),
    State.HANDLING: ("提交办理结果", "step-submission"),
    State.SUPERVISED: ("提交办理结果", "step-submission"),
}
WAITS = {
    State.SUBMITTED: "等待热线中心核查",
    State.RESOLVED: "等待热线中心答复",
    State.REPLIED: "等待热线中心回访、办结",
    State.PAUSED: "挂账中，恢复后办理",
    State.RECEIVED: "等待热线中心受理",
    State.ACCEPTED: "等待热线中心交办",
}


def show() -> str:
    """GET /desk/ours: our own units, or one below (`unit`)."""
    with work() as unit:
        units = reporting.overseen(unit)
        top = reporting.chosen(units, asked_id("unit")) or units[0]
        figures = reporting.rates(unit, str(Month.of(unit.now, unit.rules.zone)), unit_id=asked_id("unit"))
        return render_template("staff/ours.html", **_context(unit, top, figures))


def _context(work: Work, top: Unit, figures: MonthFigures) -> dict[str, Any]:
    month, narrowed = figures.month, asked_id("unit")
    loads = duties.loads(work, top.path)
    requests, turns = concessions.used(work, figures.window, top.path)
    missing = _missing(work, str(month), figures.scope, narrowed)
    stations = [group for group in figures.units if group.about["id"] != top.id]
    return {
        "unit": top.name,
        "up_url": url_for("staff.ours") if narrowed is not None and narrowed != work.actor.unit_id else None,
        "until": figures.window.cut_off,
        "month": f"{month.number}月",
        "short": [_short(month, figures.scope, kind) for kind in RateKind if _count(figures.scope, kind, "missing")],
        "late": [_late(month, figures.scope, kind) for kind in RateKind if _count(figures.scope, kind, "late")],
        "missing": missing,
        "orders": [_order(work, each) for each in duties.orders(work, top.path, FIRST_ORDERS)],
        "week": _week(work, top.path, narrowed),
        "rates": [_rate(month, figures.scope, kind) for kind in RateKind],
        "people": [_load(each, narrowed) for each in loads],
        "stations": [_station(month, group, loads) for group in stations if _is_busy(group, loads)],
        "used": [_used(month, figures.scope, kind, each, turns, narrowed) for kind, each in requests.items()],
        "month_url": url_for("staff.month", month=str(month), unit=narrowed),
        "sign_url": url_for("staff.ours_held", standing="unsigned", unit=narrowed),
        "unsigned": sum(load.unsigned for load in loads),
    }


# --- what stands between us and 100 %


def _missing(work: Work, month: str, scope: Group, unit_id: int | None) -> list[dict[str, Any]]:
    """The first of them, the longest overdue on top, with who can mend each."""
    if not any(_count(scope, kind, "missing") for kind in RateKind):
        return []
    first = listing.longest_missing(work, month, unit_id=unit_id, limit=FIRST_MISSING)
    standings = duties.standings(work, [item.ticket for item in first if item.ticket_open])
    return [_short_of(item, *standings.get(item.ticket, (None, None))) for item in first]


def _short_of(item: Item, state: State | None, handler: str | None) -> dict[str, Any]:
    label, anchor = STEPS.get(state, ("", "")) if state else ("", "")
    url = url_for("staff.ticket", number=item.ticket)
    return {
        "number": item.ticket,
        "url": url if item.ticket_open else None,
        "matter": item.matter or "（不在您可查看的范围内）",
        "kind_label": words.KINDS[DeadlineKind(item.kind.value)],
        "due": {"due_at": item.due_at},
        "why": item.lacks,
        "who": (handler or f"{item.unit}，未指定承办人") if anchor else WAITS.get(state, "") if state else "",
        "step": label,
        "step_url": f"{url}#{anchor}" if anchor else None,
    }


def _short(month: Month, scope: Group, kind: RateKind) -> dict[str, Any]:
    return {
        "label": UNFINISHED[kind],
        "count": _count(scope, kind, "missing"),
        "url": _url(month, scope, kind, "missing"),
    }


def _late(month: Month, scope: Group, kind: RateKind) -> dict[str, Any]:
    label = f"{words.KINDS[DeadlineKind(kind.value)]}逾期完成"
    return {"label": label, "count": _count(scope, kind, "late"), "url": _url(month, scope, kind, "late")}


# --- rates


def _rate(month: Month, scope: Group, kind: RateKind) -> dict[str, Any]:
    return {
        "label": kind.label,
        "main": _share(month, scope, kind, "kept"),
        "on_time": _share(month, scope, kind, "on_time"),
        "missing": _count(scope, kind, "missing"),
        "missing_url": _url(month, scope, kind, "missing"),
    }


def _share(month: Month, group: Group, kind: RateKind, part: str) -> dict[str, Any]:
    kept, owed = _count(group, kind, part), _count(group, kind, "owed")
    return {
        "percent": percentage_text(kept, owed),
        "kept": kept,
        "owed": owed,
        "kept_url": _url(month, group, kind, part),
        "owed_url": _url(month, group, kind, "owed"),
    }


def _count(group: Group, kind: RateKind, figure: str) -> int:
    return group.tallies[kind].all[figure]


def _url(month: Month, group: Group, kind: RateKind, figure: str) -> str:
    unit = group.asked_by.get("unit_id")
    return url_for("staff.items", month=str(month), kind=kind.value, figure=figure, unit=unit)


# --- the week, the people, the stations


def _week(work: Work, path: str, unit_id: int | None) -> dict[str, Any]:
    counts = duties.week(work, path)
    days = [OVER, *(day.isoformat() for day in duties.days(work)), LATER]
    return {
        "days": [day_words(work, day) for day in days],
        "rows": [
            {
                "label": words.KINDS[kind],
                "cells": [
                    {
                        "count": counts.get((kind, day), 0),
                        "url": url_for("staff.ours_due", kind=kind.value, day=day, unit=unit_id),
                        "day": day_words(work, day),
                        "over": day == OVER,
                    }
                    for day in days
                ],
            }
            for kind in duties.KINDS
        ],
    }


def _load(load: Load, unit_id: int | None) -> dict[str, Any]:
    asked = {"staff": load.staff_id or NOBODY, "unit": load.unit_id if load.staff_id is None else unit_id}
    return {"name": load.name or "未指定承办人", "unit": load.unit, "cells": _cells([load], asked)}


def _cells(loads: Iterable[Load], asked: Mapping[str, Any]) -> list[dict[str, Any]]:
    found = list(loads)
    return [
        {
            "label": label,
            "count": sum(getattr(load, standing) for load in found),
            "url": url_for("staff.ours_held", standing=standing, **asked),
            "over": standing == "over",
        }
        for standing, label in STANDINGS.items()
    ]


def _is_busy(group: Group, loads: Sequence[Load]) -> bool:
    owes = any(tally.all["owed"] for tally in group.tallies.values())
    return owes or any(load.unit_id == group.about["id"] for load in loads)


def _station(month: Month, group: Group, loads: Sequence[Load]) -> dict[str, Any]:
    """One unit below; what it has in hand is its own, its rates are those of its subtree as in the month's report."""
    id = group.about["id"]
    return {
        "name": group.about["name"],
        "url": url_for("staff.ours", unit=id),
        "rates": [_share(month, group, kind, "kept") for kind in RateKind],
        "cells": _cells([load for load in loads if load.unit_id == id], {"unit": id}),
    }


# --- orders, requests


def _order(work: Work, order: duties.Order) -> dict[str, Any]:
    level, level_label = level_of(work, order.ticket.policy_version_id, order.rank)
    return {
        "number": f"DB{order.id:08}",
        "level": level,
        "level_label": level_label,
        "issued_at": order.issued_at,
        "due": {"due_at": order.due_at},
        "unit": order.unit,
        "demand": order.demand,
        "ticket": order.ticket.number,
        "matter": passing(work, order.ticket)(order.ticket.matter),
        "url": url_for("staff.ticket", number=order.ticket.number, _anchor="step-explanation"),
    }


def _used(
    month: Month, scope: Group, kind: str, used: concessions.Used, turns: int, unit_id: int | None
) -> dict[str, Any]:
    handle = RateKind.HANDLE
    rate = {
        "extension": ("延期率", _count(scope, handle, "extended"), _count(scope, handle, "owed"),
                      _url(month, scope, handle, "extended"), _url(month, scope, handle, "owed")),
        "return": ("退单率", used.granted, turns, url_for("staff.ours_used", kind=kind, granted="yes", unit=unit_id),
                   url_for("staff.ours_used", kind=concessions.TURNS, unit=unit_id)),
    }.get(kind)  # fmt: skip
    return {
        "label": USED[kind],
        "asked": used.asked,
        "asked_url": url_for("staff.ours_used", kind=kind, unit=unit_id),
        "granted": used.granted,
        "granted_url": url_for("staff.ours_used", kind=kind, granted="yes", unit=unit_id),
        "waiting": used.waiting,
        "rate_label": rate[0] if rate else None,
        "rate": {"percent": percentage_text(rate[1], rate[2]), "kept": rate[1], "owed": rate[2], "kept_url": rate[3],
                 "owed_url": rate[4]} if rate else None,
    }  # fmt: skip
