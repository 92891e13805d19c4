"""派单台: the dispatcher's queue, and what one key does in it; the ticket beside it without leaving the list."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from flask import flash, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response as AnyResponse

from hotline.domain.errors import HotlineError, Invalid, NotAllowed, NotFound, Refused, Stale
from hotline.domain.limits import Limit, LimitError
from hotline.domain.workflow import STATE_LABELS, State
from hotline.models import Ending, Ticket
from hotline.services import assigning, covering, dispatching, matching, routing, viewing
from hotline.services.dispatching import Choice, Hop, Load, Row, Tab
from hotline.services.hand import find
from hotline.services.paging import Stretch
from hotline.services.risking import in_list
from hotline.services.work import Work
from hotline.web import resources
from hotline.web.door import work
from hotline.web.filters import due_by
from hotline.web.paging import place_of
from hotline.web.problems import status_of
from hotline.web.staff import alike, assigning_preview, forms, rights

Answer = str | AnyResponse | tuple[str, int]

LABELS = {Tab.WAITING: "待交办", Tab.RETURNED: "退回", Tab.DISPUTED: "争议", Tab.ASKED: "审批"}
EMPTY = {
    Tab.WAITING: "没有待交办的工单。受理后的工单会出现在这里，先到期的排在前面。",
    Tab.RETURNED: "没有被退回的工单。承办单位退回的会出现在这里，写明谁因为什么退回过几次。",
    Tab.DISPUTED: "没有争议工单。退回次数用完的会出现在这里，再交办即为指定承办，不能退回。",
    Tab.ASKED: "没有待审批的申请。承办单位申请的延期、挂账会出现在这里。",
}
TOLD = "assigned"  # in the session: what the last assignment was, to be said beside the way back
RECALLED = "派单员撤销交办，重新选择承办单位。"
DECISIONS = {"extension/decision", "pause/decision"}
_CHOICE = re.compile(r"(\d{1,18}):((?:\d{1,18}(?:,\d{1,18})*)?):(.{0,40})", re.ASCII)


def show() -> Answer:
    """GET /desk/dispatching: one tab of the queue."""
    with work() as unit:
        tab = tab_of(request.args.get("tab"))
        rows = dispatching.queue(unit, tab, place_of(request.args), dispatching.PAGE)
        return redirect(url_for("staff.dispatching", tab=tab.value)) if rows.astray else _page(unit, tab, rows)


def pane(number: str) -> Answer:
    """GET /desk/dispatching/<number>: the ticket beside the queue; its own page for who asks without a script."""
    with work() as unit:
        ticket = find(unit, number)
        if "HX-Request" not in request.headers:
            return redirect(url_for("staff.ticket", number=number))
        row = dispatching.one(unit, ticket)
        cover = covering.cover_for(unit, ticket)
        return render_template(
            "macros/dispatch_pane.html",
            row=_row(unit, row, tab_of(request.args.get("tab"))),
            words=cover(routing.words_of(unit, ticket).partition("\n")[2]),  # without the matter above it
            avoided=row.avoided,
            same=_same(unit, ticket),
            merge_url=url_for("staff.act", number=number, noun="merger", _anchor="step-merger"),
            ticket_url=url_for("staff.ticket", number=number),
            steps_url=url_for("staff.ticket", number=number, _anchor="step-assignment"),
        )


def assign(number: str) -> AnyResponse:
    """POST /desk/dispatching/<number>/assignment: as the line of the choice has said. Pressed twice it is done once."""
    tab = tab_of(request.form.get("tab"))
    try:
        unit_id, assist_ids, limit = _chosen(request.form.get("choice", ""))
        with work() as unit:
            ticket = assigning.assign(
                unit, number, unit_id, assist_ids=assist_ids, limit=limit, version=_version(request.form)
            )
            told = assigning_preview.line(unit, ticket, unit_id, assist_ids, limit)
    except (Invalid, Stale, Refused, NotAllowed) as error:
        return _back(number, tab, error)
    session[TOLD] = f"工单{number}已{told}。"
    return redirect(url_for("staff.dispatching", tab=tab.value, assigned=number, _anchor="main"), 303)


def recall(number: str) -> AnyResponse:
    """POST /desk/dispatching/<number>/recall: the assignment is undone, as long as the unit has not signed."""
    tab = tab_of(request.form.get("tab"))
    try:
        with work() as unit:
            assigning.recall(unit, number, RECALLED, version=_version(request.form))
    except (Stale, Refused, NotAllowed) as error:
        return _back(number, tab, error)
    flash(f"工单{number}的交办已撤销，回到待交办。", "success")
    return redirect(url_for("staff.dispatching", tab=tab.value, _anchor=f"row-{number}"), 303)


def decide(number: str) -> Answer:
    """POST /desk/dispatching/<number>/decision: 延期 or 挂账 is granted or refused from the queue."""
    noun = request.form.get("noun", "")
    if noun not in DECISIONS:
        raise NotFound("没有这项审批。")
    resource = resources.BY_NOUN[noun]
    try:
        with work() as unit:
            resources.run(unit, number, resource, forms.parse(resource.schema, request.form))
    except (Invalid, Stale, Refused, NotAllowed) as error:
        return _undecided(number, noun, error)
    verdict = "同意" if request.form.get("granted") == "true" else "不同意"
    flash(f"工单{number}：已{verdict}{resource.label.removeprefix('审批')}。", "success")
    return redirect(url_for("staff.dispatching", tab=Tab.ASKED.value, _anchor="main"), 303)


def tab_of(text: str | None) -> Tab:
    """The tab that an address names; the first one where it names none."""
    return Tab(text) if text in list(Tab) else Tab.WAITING


def _back(number: str, tab: Tab, error: HotlineError) -> AnyResponse:
    """Nothing was typed: the queue as it is now, and why it was not done."""
    _tell(number, error)
    return redirect(url_for("staff.dispatching", tab=tab.value, _anchor="main"), 303)


def _undecided(number: str, noun: str, error: HotlineError) -> tuple[str, int]:
    """The requests as they are now, with the opinion where it was typed; by itself where that one is decided."""
    _tell(number, error)
    with work() as unit:
        rows = dispatching.queue(unit, Tab.ASKED)
        return _page(unit, Tab.ASKED, rows, (number, noun, request.form.get("opinion", ""))), status_of(error)


def _tell(number: str, error: HotlineError) -> None:
    reason = "；".join(error.fields.values()) if isinstance(error, Invalid) else error.message
    flash(f"工单{number}没有办成：{reason}", "error")


def _chosen(text: str) -> tuple[int, list[int], Limit | None]:
    """Lead, assists and limit as the button of a suggestion carries them. Raises Invalid."""
    found = _CHOICE.fullmatch(text)
    if found is None:
        raise Invalid({"choice": "请选择推荐的单位，或打开工单选其他单位。"})
    try:
        limit = Limit.parse(found[3]) if found[3] else None
    except LimitError as error:
        raise Invalid({"choice": str(error)}) from error
    return int(found[1]), [int(each) for each in found[2].split(",") if each], limit


def _version(form: Mapping[str, str]) -> int | None:
    text = form.get("version", "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else None


def _page(unit: Work, tab: Tab, rows: Stretch[Row, int], sent: tuple[str, str, str] = ("", "", "")) -> str:
    """`sent`: the ticket, the noun and the opinion of a decision that was not taken."""
    lines = [_row(unit, row, tab) for row in rows]
    back = [each for line in lines if line["number"] == sent[0] for each in line["asked"] if each["noun"] == sent[1]]
    for each in back:
        each["typed"] = sent[2]
    return render_template(
        "staff/dispatching.html",
        tab=tab.value,
        tabs=_tabs(unit, tab),
        rows=lines,
        empty=EMPTY[tab],
        undo=_undo(unit, request.args.get("assigned", "")),
        kept=[{"label": f"工单{sent[0]}的意见", "value": sent[2]}] if sent[2] and not back else [],
        bulk_url=url_for("staff.bulk") if rights.is_there("staff.bulk") and tab is not Tab.ASKED else None,
        here=url_for("staff.dispatching", tab=tab.value),
        next_url=url_for("staff.dispatching", tab=tab.value, after=rows.after) if rows.after else None,
        prev_url=url_for("staff.dispatching", tab=tab.value, before=rows.before) if rows.before else None,
    )


def _tabs(unit: Work, shown: Tab) -> list[dict[str, Any]]:
    counts = dispatching.counts(unit)
    return [
        {
            "label": label,
            "count": f"{dispatching.MOST}+" if counts[tab] >= dispatching.MOST else counts[tab],
            "url": url_for("staff.dispatching", tab=tab.value),
            "current": tab is shown,
        }
        for tab, label in LABELS.items()
    ]


def _undo(unit: Work, number: str) -> dict[str, Any] | None:
    """What was assigned with the way back, right afterwards and for as long as the chain allows it; else it is only
    said."""
    told = session.pop(TOLD, "")
    undo = _way_back(unit, number) if number else None
    if told and undo is None:
        flash(told, "success")
    return undo and undo | {"told": told}


def _way_back(unit: Work, number: str) -> dict[str, Any] | None:
    try:
        ticket = find(unit, number)
    except NotFound:
        return None
    allowed = {step.name for step in viewing.steps_allowed(unit, ticket)}
    if ticket.state is not State.ASSIGNED or "recall" not in allowed:
        return None
    return {
        "number": number,
        "url": url_for("staff.recall_dispatch", number=number),
        "version": ticket.version,
    }


def _row(unit: Work, row: Row, tab: Tab) -> dict[str, Any]:
    ticket = row.ticket
    cover = covering.passing(unit, ticket)
    return {
        "number": ticket.number,
        "url": url_for("staff.ticket", number=ticket.number),
        "pane_url": url_for("staff.dispatch_pane", number=ticket.number, tab=tab.value),
        "matter": cover(ticket.matter),
        "place": cover(ticket.place) or "未写明地点",
        "state": ticket.state.value,
        "state_label": STATE_LABELS[ticket.state],
        "urgent": ticket.urgency.value == "urgent",
        "confidential": ticket.confidential,
        "heat": ticket.heat,
        "risks": in_list(ticket),
        "due": {"due_at": row.due.due_at, "warn_at": row.due.warn_at} if row.due else None,
        "unit": row.unit,
        "returns": sum(hop.ending is Ending.RETURNED for hop in row.hops),
        "hops": [_hop(hop, cover) for hop in row.hops],
        "asked": [
            {
                "noun": each.noun,
                "label": each.label,
                "by": each.by,
                "at": each.at,
                "reason": cover(each.reason),
                "until": each.until,
                "typed": None,
            }
            for each in row.asked
        ],
        "choices": [_choice(unit, each) for each in row.choices],
        "version": ticket.version,
        "tab": tab.value,
        "assign_url": url_for("staff.assign_dispatch", number=ticket.number),
        "decide_url": url_for("staff.decide_dispatch", number=ticket.number),
    }


def _hop(hop: Hop, cover: covering.Cover) -> dict[str, Any]:
    return {
        "unit": hop.unit,
        "at": hop.at,
        "how": "退回" if hop.ending is Ending.RETURNED else "收回",
        "reason": cover(hop.reason),
        "designated": hop.designated,
    }


def _choice(unit: Work, choice: Choice) -> dict[str, Any]:
    assists = ",".join(str(each) for each in choice.assist_ids)
    own = choice.own_limit.label if choice.own_limit else ""
    return {
        "value": f"{choice.unit_id}:{assists}:{own}",
        "name": choice.name,
        "preview": assigning_preview.words(
            choice.name,
            choice.assists,
            choice.limit,
            due_by(choice.due_at, unit.now, zone=unit.rules.zone),
            choice.designated,
        ),
        "load": _load(choice.load),
        "burdened": bool(choice.load.overdue or choice.load.returned),
        "why": choice.reasons[0] if choice.reasons else "",
        "reasons": choice.reasons,
    }


def _load(load: Load) -> str:
    parts = [f"在办{load.open}件"]
    parts += [f"超期{load.overdue}件"] if load.overdue else []
    parts += [f"本周退回{load.returned}件"] if load.returned else []
    return "，".join(parts)


def _same(unit: Work, ticket: Ticket) -> list[dict[str, Any]]:
    """What it may be the same as; the ticket's own form of 并案 says what each caller will be told."""
    return alike.lines(matching.for_ticket(unit, ticket, alike.MOST))
