"""考核评分方案: the schemes that may be chosen, each in full, and what last month's ranking would be under one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from hotline.domain.actors import SYSTEM
from hotline.domain.errors import Invalid, Refused
from hotline.domain.policy_rules import SOURCES
from hotline.domain.rates import Month
from hotline.domain.score_facts import NAMES, PROMISES
from hotline.domain.score_terms import Deduction, Gate, Rate, Steps, Term, number, percent
from hotline.domain.score_terms import Line as Linear
from hotline.domain.scoring import COLOURS, Scheme
from hotline.services import ruling
from hotline.services.month import ranking, schemes
from hotline.services.work import Work
from hotline.web.door import work
from hotline.web.staff.ranking import TONES, score_of

Answer = str | AnyResponse | tuple[str, int]


def show() -> str:
    """GET /desk/rules/scoring: the one in force, or the one that is asked for, with its preview."""
    with work() as unit:
        return _page(unit, request.args.get("scheme", ""))


def choose() -> Answer:
    """POST /desk/rules/scoring."""
    key = request.form.get("scheme", "")
    try:
        with work() as unit:
            changed = schemes.choose(unit, key, request.form.get("seen", ""))
    except Invalid as error:
        with work() as unit:
            return _page(unit, "", errors={"form": error.fields["scheme"]}), 422
    except Refused as error:
        with work() as unit:
            return _page(unit, key, refusal=error.message), 409
    flash("考核评分方案已更换，从现在起按它评分；已冻结的月份不变。" if changed else "方案没有变化。", "success")
    return redirect(url_for("staff.scoring"), 303)


def _page(work: Work, key: str, *, errors: Mapping[str, str] | None = None, refusal: str = "") -> str:
    """A county's administrators read how everybody is scored; what would come of another scheme is the city's."""
    may_change = ruling.may_change(work.actor)
    in_force = schemes.in_force(work)
    shown = schemes.chosen(work, key) if key and not refusal else in_force
    month = _last_month(work)
    return render_template(
        "staff/scoring.html",
        schemes=[_offer(each, in_force, shown) for each in schemes.offered(work)],
        shown=_described(shown),
        in_force=in_force.name,
        seen=in_force.key,
        action=url_for("staff.choose_scoring") if may_change and shown.key != in_force.key else None,
        month=f"{month.year}年{month.number}月",
        previewed=may_change,
        boards=_foreseen(work, month, in_force, shown) if may_change else [],
        errors=dict(errors or {}),
        refusal=refusal,
        back_url=url_for("staff.rules"),
        changes_url=url_for("staff.changes", subject=schemes.SETTING),
    )


def _last_month(work: Work) -> Month:
    local = work.now.astimezone(work.rules.zone)
    return Month(local.year, local.month, work.rules.zone).turned(-1)


def _offer(scheme: Scheme, in_force: Scheme, shown: Scheme) -> dict[str, Any]:
    return {
        "name": scheme.name,
        "ground": scheme.ground,
        "url": url_for("staff.scoring", scheme=scheme.key),
        "in_force": scheme.key == in_force.key,
        "current": scheme.key == shown.key,
    }


def _foreseen(work: Work, month: Month, now: Scheme, then: Scheme) -> list[dict[str, Any]]:
    """Counted for the house: an administrator reads units' scores here, and no tickets."""
    system = work.act_as(SYSTEM)
    by_now = ranking.foreseen(system, month, now)
    by_then = by_now if now.key == then.key else ranking.foreseen(system, month, then)
    placed = {unit.id: unit for board in by_now.boards for unit in board.units}
    return [
        {
            "name": board.name,
            "rows": [
                {"name": unit.name, "now": _standing(placed.get(unit.id)), "then": _standing(unit)}
                for unit in board.units
            ],
        }
        for board in by_then.boards
        if any(unit.score.total is not None for unit in board.units)
    ]


def _standing(unit: Any) -> dict[str, Any]:
    if unit is None:
        return {"rank": None, "score": "—", "grade": "", "tone": "", "icon": ""}
    return {"rank": unit.rank, **score_of(unit.score)}


def _described(scheme: Scheme) -> dict[str, Any]:
    """A scheme as it is read by whoever decides on it."""
    return {
        "key": scheme.key,
        "name": scheme.name,
        "version": scheme.version,
        "ground": scheme.ground,
        "full": number(scheme.full),
        "minimum": scheme.minimum,
        "terms": [
            {"name": term.name, "points": number(term.points) if term.points else "—", "told": _told(term)}
            for term in scheme.terms
        ],
        "grades": [
            {"name": each.name, "from": number(each.least), "tone": TONES[each.colour][0],
             "icon": TONES[each.colour][1], "colour": COLOURS[each.colour]}
            for each in scheme.grades
        ],
    }  # fmt: skip


def _told(term: Term) -> str:
    """A term in a line of Chinese."""
    facts = "、".join(NAMES[key] for key in term.facts)
    if isinstance(term, Rate):
        rate = f"{facts}率" if term.facts[0] in PROMISES else facts
        share = f"（1 − {rate}）" if term.inverse else rate
        full = f"，{percent(term.full_at)} 以上得满分，以下按比例" if term.full_at != 1 else ""
        return f"{share} × {number(term.points)}{full}"
    if isinstance(term, Linear):
        sign = "−" if term.slope < 0 else "+"
        per = " ÷ 折算基数" if term.per else ""
        bounds = f"{number(term.least)} 至 {number(term.points)}"
        return f"{number(term.base)} {sign} {number(abs(term.slope))} × {facts}{per}，限 {bounds}"
    if isinstance(term, Steps):
        return f"{facts}：" + "，".join(f"{percent(start)} 以上 {number(points)} 分" for start, points in term.steps)
    if isinstance(term, Gate):
        return f"{facts}满 {term.from_count} 件即扣 {number(term.loses)}"
    assert isinstance(term, Deduction)
    return _told_deduction(term, facts)


def _told_deduction(term: Deduction, facts: str) -> str:
    each = f"{facts}每件扣 {number(term.each)}"
    if term.at_least:
        each = f"{facts}同一件满 {term.at_least} 次的，每件扣 {number(term.each)}"
    if term.nth:
        each += f"，同一件第 {term.nth} 次起每次扣 {number(term.each_from)}"
    if term.times:
        each += "，" + "、".join(f"{SOURCES[source]}按 {number(times)} 倍" for source, times in term.times.items())
    return each if term.cap is None else f"{each}，最多扣 {number(term.cap)}"
