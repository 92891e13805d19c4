"""回访评价: what citizens have answered in a month, those not satisfied first, and 重办 with one step."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import redirect, render_template, request, url_for

from hotline.domain.rates import Month, MonthError, percentage_text
from hotline.services import carding, verdicts
from hotline.services.surveying import DISSATISFIED
from hotline.services.verdicts import OfUnit, Verdict, Which
from hotline.services.work import Work
from hotline.web.door import work
from hotline.web.paging import place_of
from hotline.web.staff import rights, watch
from hotline.web.staff.expected import id_of
from hotline.web.staff.queue import Answer

SCORES = {5: "非常满意", 4: "满意", 3: "基本满意", 2: "不满意", 1: "非常不满意"}
SOLVED = {True: "已解决", False: "未解决", None: "没有说"}
BY = {"sms": "短信", "web": "网页", "call": "电话"}
FIGURES = {
    Which.DISSATISFIED: "未解决或不满意",
    Which.ALL: "全部答复",
    Which.SOLVED: "认为已解决",
    Which.UNSOLVED: "认为未解决",
    Which.SAID: "说明是否解决",
    Which.CONTENT: "基本满意以上",
    Which.SCORED: "作出评价",
}
TABS = (Which.DISSATISFIED, Which.ALL)


def show() -> Answer:
    """GET /desk/supervision/verdicts."""
    with work() as unit:
        month = _month(unit)
        which, of = _which(), id_of(request.args, "unit")
        found = verdicts.listed(unit, month, place_of(request.args), which=which, unit_id=of)
        if found.astray:
            return redirect(_url(month, which, of))
        counted, units = verdicts.counted(unit, month), verdicts.by_unit(unit, month)
        return render_template(
            "staff/verdicts.html",
            tabs=watch.tabs(),
            month=f"{month.year}年{month.number}月",
            earlier_url=_url(month.turned(-1), which, of),
            later_url=_url(month.turned(1), which, of) if month.ends <= unit.now else None,
            parts=[
                _part(month, Which.DISSATISFIED, which if of is None else None, counted.dissatisfied),
                _part(month, Which.ALL, which if of is None else None, counted.answered),
                *([_opened(month, which, of, units)] if which not in TABS or of is not None else []),
            ],
            figures=[
                _figure("已答复", month, Which.ALL, counted.answered),
                _figure(FIGURES[Which.SOLVED], month, Which.SOLVED, counted.solved),
                _figure(FIGURES[Which.UNSOLVED], month, Which.UNSOLVED, counted.unsolved),
                *(_figure(SCORES[score], month, score, counted.scores[score - 1]) for score in SCORES),
            ],
            units=[_unit(month, each) for each in units],
            verdicts=[_line(unit, each) for each in found],
            next_url=_url(month, which, of, after=found.after) if found.after else None,
            prev_url=_url(month, which, of, before=found.before) if found.before else None,
        )


def _month(work: Work) -> Month:
    try:
        return Month.parse(request.args.get("month", ""), work.rules.zone)
    except MonthError:
        return carding.this_month(work)


def _which() -> Which | int:
    """Which answers are asked for; what means nothing is the tab that stands first."""
    asked = request.args.get("show", "")
    if asked in list(Which):
        return Which(asked)
    return next((score for score in SCORES if str(score) == asked), Which.DISSATISFIED)


def _label(which: Which | int) -> str:
    return SCORES[which] if isinstance(which, int) else FIGURES[which]


def _url(month: Month, which: Which | int, unit_id: int | None = None, **cursor: Any) -> str:
    show = None if which == Which.DISSATISFIED else str(which)
    return url_for("staff.verdicts", month=str(month), show=show, unit=unit_id, **cursor)


def _part(month: Month, which: Which, here: Which | int | None, count: int) -> dict[str, Any]:
    return {"label": _label(which), "url": _url(month, which), "current": which == here, "count": count}


def _opened(month: Month, which: Which | int, unit_id: int | None, units: Sequence[OfUnit]) -> dict[str, Any]:
    """The figure that was opened; a unit about whose work nobody has answered in the month is not named."""
    name = next((each.unit for each in units if each.unit_id == unit_id), "所选单位")
    label = _label(which) if unit_id is None else f"{name}：{_label(which)}"
    return {"label": label, "url": _url(month, which, unit_id), "current": True, "count": None}


def _figure(label: str, month: Month, which: Which | int, count: int) -> dict[str, Any]:
    return {"label": label, "count": count, "url": _url(month, which) if count else None}


def _unit(month: Month, of: OfUnit) -> dict[str, Any]:
    return {
        "name": of.unit,
        "solved": _rate(month, of.unit_id, (Which.SOLVED, of.solved), (Which.SAID, of.said)),
        "content": _rate(month, of.unit_id, (Which.CONTENT, of.content), (Which.SCORED, of.scored)),
    }


def _rate(month: Month, unit_id: int, part: tuple[Which, int], whole: tuple[Which, int]) -> dict[str, Any] | None:
    """A share with the two numbers that it is counted from; None where nobody has said anything."""
    if not whole[1]:
        return None
    counts = [{"count": count, "url": _url(month, which, unit_id) if count else None} for which, count in (part, whole)]
    return {"text": percentage_text(part[1], whole[1]), "part": counts[0], "whole": counts[1]}


def _line(work: Work, verdict: Verdict) -> dict[str, Any]:
    survey, ticket = verdict.survey, verdict.ticket
    url = url_for("staff.ticket", number=ticket.number)
    may = verdict.reworkable and work.actor.is_any(rights.SUPERVISORS)
    return {
        "complaint": verdict.complaint,
        "number": ticket.number,
        "url": url,
        "matter": verdict.matter,
        "unit": verdict.unit,
        "answered_at": survey.answered_at,
        "by": BY.get(survey.by or "", ""),
        "solved": SOLVED[survey.solved],
        "score": SCORES.get(survey.score or 0, ""),
        "bad": survey.solved is False or (survey.score or 5) <= DISSATISFIED,
        "comment": verdict.comment,
        "reworked": verdict.reworked,
        "rework_url": f"{url}#step-rework" if may else None,
    }
