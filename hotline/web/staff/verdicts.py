"""回访评价: what citizens have answered in a month, those not satisfied first, and 重办 with one step."""

from __future__ import annotations

from typing import Any

from flask import redirect, render_template, request, url_for

from hotline.domain.rates import Month, MonthError
from hotline.services import carding, verdicts
from hotline.services.surveying import DISSATISFIED
from hotline.services.verdicts import Verdict
from hotline.services.work import Work
from hotline.web.door import work
from hotline.web.paging import place_of
from hotline.web.staff import rights, watch
from hotline.web.staff.queue import Answer

SCORES = {5: "非常满意", 4: "满意", 3: "基本满意", 2: "不满意", 1: "非常不满意"}
SOLVED = {True: "已解决", False: "未解决", None: "没有说"}
BY = {"sms": "短信", "web": "网页", "call": "电话"}
ALL = "all"


def show() -> Answer:
    """GET /desk/supervision/verdicts."""
    with work() as unit:
        month = _month(unit)
        every = request.args.get("show") == ALL
        found = verdicts.listed(unit, month, place_of(request.args), dissatisfied=not every)
        if found.astray:
            return redirect(_url(month, every))
        counted = verdicts.counted(unit, month)
        return render_template(
            "staff/verdicts.html",
            tabs=watch.tabs(),
            month=f"{month.year}年{month.number}月",
            earlier_url=_url(month.turned(-1), every),
            later_url=_url(month.turned(1), every) if month.ends <= unit.now else None,
            parts=[
                _part("不满意", month, False, every, counted.dissatisfied),
                _part("全部答复", month, True, every, counted.answered),
            ],
            figures=[
                {"label": "已答复", "count": counted.answered},
                {"label": "认为已解决", "count": counted.solved},
                {"label": "认为未解决", "count": counted.unsolved},
                *({"label": SCORES[score], "count": counted.scores[score - 1]} for score in SCORES),
            ],
            verdicts=[_line(unit, each) for each in found],
            next_url=_url(month, every, after=found.after) if found.after else None,
            prev_url=_url(month, every, before=found.before) if found.before else None,
        )


def _month(work: Work) -> Month:
    try:
        return Month.parse(request.args.get("month", ""), work.rules.zone)
    except MonthError:
        return carding.this_month(work)


def _url(month: Month, every: bool, **cursor: Any) -> str:
    return url_for("staff.verdicts", month=str(month), show=ALL if every else None, **cursor)


def _part(label: str, month: Month, every: bool, here: bool, count: int) -> dict[str, Any]:
    return {"label": label, "url": _url(month, every), "current": every is here, "count": count}


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
