"""领导驾驶舱: who is not at 100 % and why, at a glance; the same page stands on the wall (`?wall=1`)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, Final

from flask import redirect, render_template, request, url_for

from hotline.domain import days
from hotline.domain.dates import WEEKDAYS
from hotline.domain.rates import Month, RateKind, percentage, percentage_text
from hotline.services import asked, carding
from hotline.services.carding import Card, Kept, Standing
from hotline.services.covering import passing
from hotline.services.desk import Search, View
from hotline.services.month import cockpit
from hotline.services.month.board import Board
from hotline.services.month.cockpit import Arrivals, Cockpit, Light, UnitState
from hotline.services.month.remaining import Asked
from hotline.services.month.trending import Point
from hotline.services.outlook import Day, Wanted
from hotline.services.surveying import DISSATISFIED
from hotline.services.verdicts import Which
from hotline.services.work import Work
from hotline.web.door import work
from hotline.web.paging import place_of
from hotline.web.staff import board_items, expected
from hotline.web.staff.queue import Answer
from hotline.web.staff.supervision import cards_url
from hotline.web.staff.verdicts import SCORES

WALL: Final = "wall"  # in the address: large, without a menu, and kept fresh by a script
RENEWS: Final = 60  # seconds
ON_WALL: Final = 8  # units that a wall has room for
UNFINISHED: Final = {RateKind.HANDLE: "未处理", RateKind.REPLY: "未答复", RateKind.CLOSE: "未办结"}
LIGHTS: Final = {
    Light.RED: ("over", "alarm", "未达标"),
    Light.AMBER: ("soon", "hourglass", "需盯紧"),
    Light.GREEN: ("ok", "circle-check", "达标"),
}


def show() -> str:
    """GET /desk/cockpit."""
    wall = request.args.get(WALL) == "1"
    with work() as unit:
        found = cockpit.look(unit)
        bare: dict[str, Any] = {"nav": [], "frame": {}} if wall else {}
        return render_template(
            "staff/cockpit.html",
            wall=wall,
            renews=RENEWS,
            on_wall=ON_WALL,
            other_url=url_for("staff.cockpit", wall=None if wall else 1),
            **_of_month(unit, found),
            **_of_now(unit, found),
            **_of_people(unit, found),
            **bare,
        )


def show_closed() -> Answer:
    """GET /desk/cockpit/closed: the tickets that were closed on a city day, today where none is named."""
    with work() as unit:
        day = _day(request.args.get("day", "")) or cockpit.today(unit)
        found = cockpit.closed(unit, day, place_of(request.args))
        if found.astray:
            return redirect(url_for("staff.closed", day=day.isoformat()))
        of_day = day.isoformat()
        return render_template(
            "staff/held.html",
            tabs=[],
            title=f"{day.month}月{day.day}日办结的工单",
            tickets=[expected.line_of(unit, ticket) for ticket in found],
            empty_text="这一天没有办结的工单。",
            next_url=url_for("staff.closed", day=of_day, after=found.after) if found.after else None,
            prev_url=url_for("staff.closed", day=of_day, before=found.before) if found.before else None,
        )


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if days.is_countable(day) else None


def _of_month(work: Work, found: Cockpit) -> dict[str, Any]:
    figures = found.figures
    scope, month = figures.scope, figures.month
    rates = [_rate(month, kind, tally.all, {}) | _end(found.board, kind) for kind, tally in scope.tallies.items()]
    return {
        "scope": "全市" if scope.about.get("id") == work.rules.root.id else scope.about.get("name", ""),
        "month": f"{month.number}月",
        "month_url": url_for("staff.month", month=str(month)),
        "until": figures.window.cut_off,
        "rates": rates,
        "missing": sum(rate["missing"] for rate in rates),
        "to_do": _number(found.board.tickets, url_for("staff.board")),
        "units": [_unit(month, state) for state in found.units],
        "trend": [*(_point(point) for point in found.trend), _this(month, rates)],
    }


def _rate(month: Month, kind: RateKind, counts: Any, of: dict[str, Any]) -> dict[str, Any]:
    """For the macro `figure`, with what is missing; every number opens its list."""
    owed, kept = counts["owed"], counts["kept"]
    return {
        "label": kind.label,
        "percent": percentage_text(kept, owed),
        "share": percentage(kept, owed),
        "kept": kept,
        "owed": owed,
        "kept_url": _items(month, kind, "kept", of),
        "owed_url": _items(month, kind, "owed", of),
        "missing": owed - kept,
        "missing_url": _items(month, kind, "missing", of),
        "unfinished": UNFINISHED[kind],
    }


def _end(found: Board, kind: RateKind) -> dict[str, Any]:
    """Where the rate will be at the month's end if nothing more is done; its list holds what is owed until then."""
    standing = found.rates[kind]
    return {
        "end": {
            "percent": standing.forecast,
            "kept": standing.kept,
            "owed": standing.owed,
            "kept_url": board_items.url(Asked("kept", kind)),
            "owed_url": board_items.url(Asked("owed", kind)),
        }
    }


def _items(month: Month, kind: RateKind, figure: str, of: dict[str, Any]) -> str:
    return url_for("staff.items", month=str(month), kind=kind.value, figure=figure, **of)


def _unit(month: Month, state: UnitState) -> dict[str, Any]:
    about = state.group.about
    of = {"unit": about["id"], "alone": 1 if state.alone else None}
    tone, icon, word = LIGHTS[state.light]
    return {
        "name": f"{about['name']}（本级）" if state.alone else about["name"],
        "url": None if state.alone else url_for("staff.month", month=str(month), unit=about["id"]),
        "tone": tone,
        "icon": icon,
        "word": word,
        "rates": [_rate(month, kind, tally.all, of) for kind, tally in state.group.tallies.items()],
        "carried_over": state.carried_over,
        "waits_for_check": state.waits_for_check,
        "late": _number(state.late, expected.url(Wanted(over=True, unit_id=about["id"], alone=state.alone))),
        "orders": _number(
            state.orders, cards_url(Kept(standing=Standing.OPEN, unit_id=about["id"], alone=state.alone))
        ),
    }


def _point(point: Point) -> dict[str, Any]:
    month = point.month
    return {
        "label": _short(month),
        "url": url_for("staff.month", month=str(month)) if point.rates else None,
        "running": False,
        "rates": [_rate(month, kind, point.rates[kind], {}) if point.rates else None for kind in RateKind],
    }


def _this(month: Month, rates: Sequence[dict[str, Any]]) -> dict[str, Any]:
    url = url_for("staff.month", month=str(month))
    return {"label": _short(month), "url": url, "running": True, "rates": rates}


def _short(month: Month) -> str:
    """ "10月", in January with the year."""
    return f"{month.year}年1月" if month.number == 1 else f"{month.number}月"


def _of_now(work: Work, found: Cockpit) -> dict[str, Any]:
    today = cockpit.today(work)
    end_of_day = found.outlook.days[0].end
    tally = found.order_tally
    month = carding.this_month(work)
    return {
        "today": [
            _number(found.received_today, _received(today), label="今天收到", icon="inbox", tone=""),
            _number(found.closed_today, url_for("staff.closed"), label="今天办结", icon="circle-check", tone=""),
            _number(
                found.due_today,
                expected.url(Wanted(until=end_of_day)),
                label="今天到期的时限",
                icon="hourglass",
                tone="soon",
            ),
            _number(
                found.outlook.over, expected.url(Wanted(over=True)), label="已超期的时限", icon="alarm", tone="over"
            ),
            _number(tally.standing, cards_url(Kept(standing=Standing.OPEN)), label="督办中", icon="flag", tone="order"),
        ],
        "days": [_ahead(work, day) for day in found.outlook.days],
        "arrivals": _arrivals(found.arrivals),
        "cards": [
            _number(tally.yellow, cards_url(Kept(month, ("yellow",))), label="本月黄牌"),
            _number(tally.red, cards_url(Kept(month, ("red",))), label="本月红牌"),
            _number(tally.exposed, cards_url(Kept(month, ("exposure",))), label="本月通报"),
            _number(tally.late, cards_url(Kept(standing=Standing.LATE)), label="书面说明逾期"),
        ],
        "orders": [_order(work, card) for card in found.orders],
        "orders_url": cards_url(Kept(standing=Standing.OPEN)),
    }


def _number(count: int, url: str, **more: Any) -> dict[str, Any]:
    return {"count": count, "url": url if count else None, **more}


def _received(since: date, until: date | None = None, area: str = "") -> str:
    search = Search(view=View.ALL, area=area, since=since, until=until or since)
    return f"{url_for('staff.tickets')}?{asked.write(search)}"


def _ahead(work: Work, day: Day) -> dict[str, Any]:
    wanted = Wanted(after=day.begin if day.begin > work.now else None, until=day.end)
    return _number(day.count, expected.url(wanted), label=f"{day.day.month}/{day.day.day}", weekday=_weekday(day.day))


def _weekday(day: date) -> str:
    return WEEKDAYS[day.weekday()].replace("星期", "周")


def _arrivals(found: Arrivals) -> dict[str, Any]:
    def cells(counts: Sequence[int], area: str) -> list[dict[str, Any]]:
        return [_number(count, _received(day, area=area)) for day, count in zip(found.days, counts, strict=True)]

    first, last = found.days[0], found.days[-1]
    return {
        "days": [{"label": f"{day.month}/{day.day}", "weekday": _weekday(day)} for day in found.days],
        "whole": cells(found.whole, ""),
        "all": _number(sum(found.whole), _received(first, last)),
        "areas": [
            {"name": area, "cells": cells(counts, area), "all": _number(sum(counts), _received(first, last, area))}
            for area, counts in found.areas
        ],
    }


def _order(work: Work, card: Card) -> dict[str, Any]:
    order, ticket = card.order, card.ticket
    level = next((rung.name for rung in work.rules.policy_at(work.now)[1].ladder if rung.level == order.level), "督办")
    return {
        "level": order.level,
        "level_label": level,
        "unit": card.unit,
        "matter": passing(work, ticket)(ticket.matter),
        "url": url_for("staff.ticket", number=ticket.number),
        "issued_at": order.issued_at,
    }


def _of_people(work: Work, found: Cockpit) -> dict[str, Any]:
    answers, month = found.answers, str(found.figures.month)

    def opened(which: Which | int) -> str:
        return url_for("staff.verdicts", month=month, show=str(which))

    content = sum(answers.scores[DISSATISFIED:])
    scored, said = sum(answers.scores), answers.solved + answers.unsolved
    most = max(answers.scores)
    return {
        "hot": [
            {
                "url": url_for("staff.hot_matter", hot_id=each.id),
                "place": each.place,
                "category": each.category,
                "this_week": each.this_week,
                "usual": f"{each.usual:g}",
            }
            for each in found.hot
        ],
        "answered": _number(answers.answered, opened(Which.ALL)),
        "answers": [
            _share("满意率", content, scored, opened(Which.CONTENT), opened(Which.SCORED)),
            _share("解决率", answers.solved, said, opened(Which.SOLVED), opened(Which.SAID)),
        ],
        "scores": [
            _number(answers.scores[score - 1], opened(score), label=label, share=_of(answers.scores[score - 1], most))
            for score, label in SCORES.items()
        ],
    }


def _of(part: int, most: int) -> float:
    return round(100 * part / most, 1) if most else 0


def _share(label: str, part: int, whole: int, part_url: str, whole_url: str) -> dict[str, Any]:
    percent = percentage_text(part, whole)
    return {
        "label": label, "percent": percent, "kept": part, "owed": whole, "kept_url": part_url, "owed_url": whole_url
    }  # fmt: skip
