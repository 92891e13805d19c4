"""本单位: the lists behind its numbers, each exactly what the number counts."""

from __future__ import annotations

from typing import Any

from flask import abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from hotline.domain.dates import WEEKDAYS
from hotline.domain.rates import Month
from hotline.domain.workflow import STATE_LABELS
from hotline.models import DeadlineKind, Unit
from hotline.services import concessions, duties
from hotline.services.covering import passing
from hotline.services.duties import LATER, OVER
from hotline.services.month import reporting
from hotline.services.paging import Place
from hotline.services.work import Work
from hotline.web.door import work
from hotline.web.staff import rights, rows, words

USED = {"extension": "延期", "pause": "挂账", "return": "退回"}
STANDINGS = {"held": "在办", "unsigned": "待签收", "soon": "将到期", "over": "已超期"}
VERDICTS = {None: "待审批", True: "已同意", False: "不同意"}


def due() -> str | AnyResponse:
    """GET /desk/ours/due: what falls due, of a kind, on a day."""
    with work() as unit:
        top = _unit(unit)
        kind, day = request.args.get("kind", ""), request.args.get("day", "")
        if kind and kind not in [each.value for each in duties.KINDS]:
            abort(404)
        chosen = DeadlineKind(kind) if kind else None
        found = duties.due(unit, top.path, chosen, day, _place())
        if found.astray:
            return redirect(_here(after=None, before=None))
        what = f"应{words.KINDS[chosen]}" if chosen else "要办的"
        title = f"{top.name}：{day_words(unit, day)}{what}"
        lines = [_line(unit, each.ticket, each.unit, each.handler, each.due) for each in found]
        noun = "signature" if chosen is DeadlineKind.SIGN else ""
        return _list(title, lines, found.after, found.before, noun)


def held() -> str | AnyResponse:
    """GET /desk/ours/held: what a person has in hand, or nobody, or all of a unit."""
    with work() as unit:
        top = _unit(unit)
        staff, standing = request.args.get("staff", ""), request.args.get("standing", "held")
        if standing not in STANDINGS:
            abort(404)
        found = duties.held_by(unit, top.path, _number(staff) if staff else None, standing, _place())
        if found.astray:
            return redirect(_here(after=None, before=None))
        lines = [_line(unit, each.ticket, each.unit, each.handler, each.due) for each in found]
        noun = "signature" if standing == "unsigned" else "handler"
        return _list(f"{top.name}：{STANDINGS[standing]}", lines, found.after, found.before, noun)


def used(kind: str) -> str | AnyResponse:
    """GET /desk/ours/used/<kind>: this month's extensions, pauses, returns, or turns."""
    if kind not in {*USED, concessions.TURNS}:
        abort(404)
    with work() as unit:
        top, month = _unit(unit), _month(unit)
        granted = {"yes": True, "no": False}.get(request.args.get("granted", ""))
        after, before = (_number(request.args[name]) if name in request.args else None for name in ("after", "before"))
        found = concessions.uses(unit, month.seen_at(unit.now), top.path, kind, granted, Place(after, before))
        if found.astray:
            return redirect(_here(after=None, before=None))
        label = USED.get(kind, "接到的工单")
        return render_template(
            "staff/ours_used.html",
            title=f"{top.name}：本月{label}{'（已同意）' if granted else ''}",
            lines=[_use(each, kind) for each in found],
            next_url=_here(after=found.after, before=None) if found.after else None,
            prev_url=_here(before=found.before, after=None) if found.before else None,
            back_url=url_for("staff.ours", unit=asked_id("unit")),
        )


def day_words(work: Work, day: str) -> str:
    if day in ("", OVER, LATER):
        return {"": "", OVER: "已超期", LATER: "更晚"}[day]
    found = next((each for each in duties.days(work) if each.isoformat() == day), None)
    if found is None:
        return day
    ahead = (found - duties.days(work)[0]).days
    name = {0: "今天", 1: "明天"}.get(ahead, f"星期{WEEKDAYS[found.weekday()][-1]}")
    return f"{name} {found.month}月{found.day}日"


def _use(use: concessions.Use, kind: str) -> dict[str, Any]:
    return {
        "number": use.ticket,
        "url": url_for("staff.ticket", number=use.ticket) if use.open else None,
        "matter": use.matter or "（已不在您可查看的范围内）",
        "unit": use.unit,
        "at": use.at,
        "verdict": "" if kind == concessions.TURNS else VERDICTS[use.granted],
        "reason": use.reason,
    }


def _list(title: str, lines: list[dict[str, Any]], after: str | None, before: str | None, noun: str) -> str:
    bulk = rights.is_there("staff.bulk") and bool(noun) and bool(lines)
    return render_template(
        "staff/ours_list.html",
        title=title,
        tickets=lines,
        bulk_url=url_for("staff.bulk") if bulk else None,
        here=_here(),
        noun=noun,
        next_url=_here(after=after, before=None) if after else None,
        prev_url=_here(before=before, after=None) if before else None,
        back_url=url_for("staff.ours", unit=asked_id("unit")),
    )


def _line(work: Work, ticket: Any, unit: str, handler: str | None, due: Any) -> dict[str, Any]:
    cover = passing(work, ticket)
    shown = None
    if due is not None:
        over = rows.over(work, due.limit_text, due.due_at, work.now)
        shown = {"due_at": due.due_at, "warn_at": due.warn_at, "over": over}
    return {
        "number": ticket.number,
        "url": url_for("staff.ticket", number=ticket.number),
        "matter": cover(ticket.matter),
        "place": cover(ticket.place),
        "state": ticket.state.value,
        "state_label": STATE_LABELS[ticket.state],
        "unit": unit,
        "handler": handler or "未指定",
        "due": shown,
        "due_label": words.KINDS[due.kind] if due is not None else None,
    }


def _unit(work: Work) -> Unit:
    """The unit that was asked for, or the actor's own. Raises NotFound for one that is not the actor's to see."""
    units = reporting.overseen(work)
    return reporting.chosen(units, asked_id("unit")) or units[0]


def _month(work: Work) -> Month:
    return Month.of(work.now, work.rules.zone)


def _place() -> Place[str]:
    after, before = (request.args.get(name) or None for name in ("after", "before"))
    return Place(after) if after else Place(before=before)


def _here(**changed: Any) -> str:
    asked = {**request.args.to_dict(), **(request.view_args or {}), **changed}
    return url_for(request.endpoint or "", **{name: value for name, value in asked.items() if value is not None})


def asked_id(name: str) -> int | None:
    return _number(request.args[name]) if request.args.get(name) else None


def _number(text: str) -> int:
    """What is no id is nobody's."""
    if not (text.isascii() and text.isdecimal() and len(text) < 19):
        abort(404)
    return int(text)
