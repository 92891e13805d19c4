"""简报: one's own daily and weekly briefs, each readable and to be printed. Whether one wants them: `me`."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from flask import redirect, render_template, request, url_for

from hotline.domain.dates import WEEKDAYS
from hotline.domain.foresight import Foresight, on_time_outlook, outlook
from hotline.domain.rates import RateKind
from hotline.models import Brief, Rhythm
from hotline.services import asked
from hotline.services.desk import Search, View
from hotline.services.month import brief_reading
from hotline.services.month.brief_reading import Neighbours
from hotline.services.month.briefing import days_said
from hotline.services.month.remaining import CLOSED, Asked
from hotline.services.work import Work
from hotline.web.door import work
from hotline.web.paging import place_of
from hotline.web.staff import board_items
from hotline.web.staff.queue import Answer

RHYTHMS = {Rhythm.DAY: "日报", Rhythm.WEEK: "周报"}


def show_all() -> Answer:
    """GET /desk/briefs."""
    with work() as unit:
        rhythm = _rhythm()
        found = brief_reading.browse(unit, rhythm, place_of(request.args))
        here: dict[str, Any] = {"rhythm": rhythm.value if rhythm else None}
        if found.astray:
            return redirect(url_for("staff.briefs", **here))
        return render_template(
            "staff/briefs.html",
            tabs=_tabs(rhythm),
            briefs=[_line(brief) for brief in found],
            choice_url=url_for("staff.me", _anchor="briefs"),
            next_url=url_for("staff.briefs", after=found.after, **here) if found.after else None,
            prev_url=url_for("staff.briefs", before=found.before, **here) if found.before else None,
        )


def show(brief_id: int) -> str:
    """GET /desk/briefs/<id>."""
    with work() as unit:
        brief, neighbours = brief_reading.read(unit, brief_id)
        return render_template("staff/brief.html", **_context(unit, brief, neighbours))


def _rhythm() -> Rhythm | None:
    text = request.args.get("rhythm", "")
    return Rhythm(text) if text in list(Rhythm) else None


def _tabs(chosen: Rhythm | None) -> list[dict[str, Any]]:
    labels: dict[Rhythm | None, str] = {None: "全部"} | RHYTHMS
    return [
        {"label": label, "url": url_for("staff.briefs", rhythm=rhythm), "current": rhythm is chosen, "count": None}
        for rhythm, label in labels.items()
    ]


def _line(brief: Brief) -> dict[str, Any]:
    figures = brief.figures
    return {
        "url": url_for("staff.brief", brief_id=brief.id),
        "title": _title(brief),
        "unit": figures["unit"],
        "made_at": brief.made_at,
        "read": brief.read_at is not None,
        "texted": bool(brief.text),
        **{name: figures[name] for name in ("received", "closed", "late", "missing")},
    }


def _title(brief: Brief) -> str:
    since, until = (date.fromisoformat(brief.figures[name]) for name in ("since", "until"))
    return f"{RHYTHMS[brief.rhythm]}　{days_said(since, until)}"


def _context(work: Work, brief: Brief, neighbours: Neighbours) -> dict[str, Any]:
    figures = brief.figures
    lists = _lists(work, brief)
    since, until = (date.fromisoformat(figures[name]) for name in ("since", "until"))
    made = brief.made_at.astimezone(work.rules.zone).date()
    rates = {kind: Foresight(**figures["rates"][kind.value]) for kind in RateKind}
    return {
        "title": _title(brief),
        "unit": figures["unit"],
        "made_at": brief.made_at,
        "text": brief.text,
        "past": [
            _number("收到", "件", figures["received"], lists.get("received")),
            _number("办结", "件", figures["closed"], lists.get("closed")),
            _number("新逾期", "项", figures["late"], lists.get("late")),
        ],
        "past_label": days_said(since, until),
        "next": [_number(*each, lists.get(name)) for name, each in _ahead(figures, brief.rhythm, made).items()],
        "orders": _number("督办中的工单", "件", figures["orders"], lists.get("orders")),
        "month": f"{int(figures['month'][5:])}月",
        "missing": _number("还差", "项", figures["missing"], lists.get("missing")),
        "tickets": figures["tickets"],
        "rates": [_rate(kind, standing, lists.get(kind.value)) for kind, standing in rates.items()],
        "is_there": bool(lists),
        "board_url": url_for("staff.board"),
        "earlier_url": url_for("staff.brief", brief_id=neighbours.earlier) if neighbours.earlier else None,
        "later_url": url_for("staff.brief", brief_id=neighbours.later) if neighbours.later else None,
        "back_url": url_for("staff.briefs"),
    }


def _ahead(figures: dict[str, Any], rhythm: Rhythm, made: date) -> dict[str, tuple[str, str, int]]:
    def said(day: date) -> str:
        return f"{day.month}月{day.day}日{WEEKDAYS[day.weekday()].replace('星期', '周')}"

    if rhythm is Rhythm.WEEK:
        return {"week": (f"本周到期（至{said(date.fromisoformat(figures['sunday']))}）", "项", figures["week"])}
    tomorrow = made + timedelta(days=1)
    return {
        "today": (f"今日到期（{said(made)}）", "项", figures["today"]),
        "tomorrow": (f"明日到期（{said(tomorrow)}）", "项", figures["tomorrow"]),
    }


def _lists(work: Work, brief: Brief) -> dict[str, str]:
    """What each number opens, as it is now; nothing where the person has another place by now, or the month is over."""
    if brief.unit_path != work.actor.unit_path:
        return {}
    figures = brief.figures
    since, until, day, sunday = (date.fromisoformat(figures[name]) for name in ("since", "until", "day", "sunday"))
    tomorrow = day + timedelta(days=1)
    found = {
        "received": f"{url_for('staff.tickets')}?{asked.write(Search(View.ALL, since=since, until=until))}",
        "closed": board_items.url(Asked(CLOSED, RateKind.CLOSE, since=since, until=until)),
        "late": board_items.url(Asked("gone", since=since, until=until)),
        "today": board_items.url(Asked("missing", since=day, until=day)),
        "tomorrow": board_items.url(Asked("missing", since=tomorrow, until=tomorrow)),
        "week": board_items.url(Asked("missing", since=day, until=sunday)),
        "orders": f"{url_for('staff.tickets')}?{asked.write(Search(View.SUPERVISED))}",
    }
    if f"{work.now.astimezone(work.rules.zone):%Y-%m}" != figures["month"]:
        ended = {kind.value: _frozen_url(figures, kind) for kind in RateKind}
        return {**found, **ended}
    running = {kind.value: board_items.url(Asked("missing", kind)) for kind in RateKind}
    return {**found, "missing": board_items.url(Asked()), **running}


def _frozen_url(figures: dict[str, Any], kind: RateKind) -> str:
    return url_for("staff.items", month=figures["month"], kind=kind.value, figure="missing")


def _number(label: str, measure: str, count: int, url: str | None) -> dict[str, Any]:
    return {"label": label, "measure": measure, "count": count, "url": url if count else None}


def _rate(kind: RateKind, standing: Foresight, url: str | None) -> dict[str, Any]:
    return {
        "label": kind.label,
        "missing": _number("", "件", standing.missing, url),
        "outlook": f"{outlook(standing)}{on_time_outlook(standing)}",
    }
