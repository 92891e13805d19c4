"""工单列表: what should I do now? What falls due first stands on top."""

from __future__ import annotations

from typing import Any

from flask import redirect, render_template, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from hotline.domain.actors import Actor, Role
from hotline.domain.deadlines import elapsed
from hotline.domain.limits import Limit
from hotline.domain.risks import UNSAID
from hotline.domain.texts import clean
from hotline.domain.workflow import STATE_LABELS, State
from hotline.services import desk
from hotline.services.covering import passing, read_ahead
from hotline.services.desk import ANY_RISK, Due, Line, Search, View
from hotline.services.risking import in_list
from hotline.services.work import Work
from hotline.web.door import actor, work
from hotline.web.staff import options, rights, words

TABS = (View.MINE, View.SOON, View.OVER, View.SUPERVISED, View.OPEN, View.ALL)
COUNTED = (View.MINE, View.SOON, View.OVER, View.SUPERVISED)
LABELS = {
    View.MINE: "待我办理",
    View.SOON: "将到期",
    View.OVER: "已超期",
    View.SUPERVISED: "督办中",
    View.OPEN: "在办",
    View.ALL: "全部",
}
EMPTY = {
    View.SOON: "没有将到期的工单。时限用去大半的工单会出现在这里，便于提前办理。",
    View.OVER: "没有超期的工单。到期未办的会列在这里，并逐级督办。",
    View.SUPERVISED: "没有督办中的工单。超期的工单由系统自动督办，督办员也可以在工单页发出督办单。",
    View.OPEN: "没有在办的工单。",
    View.ALL: "还没有工单。市民通过网站、短信、电话反映的诉求会出现在这里。",
}
MINE_EMPTY = {
    Role.OPERATOR: "没有待受理、待答复的工单。新诉求会出现在这里。",
    Role.DISPATCHER: "没有待交办的工单，也没有待审批的申请。受理后的工单会出现在这里。",
    Role.HANDLER: "没有待签收、待办理的工单。新工单会出现在这里，并发短信给值班人员。",
    Role.SUPERVISOR: "没有待核查的工单，也没有待审批的申请。单位提交结果后会出现在这里。",
}
NOTHING_FOUND = "没有符合条件的工单。请放宽筛选条件，或查看「全部」。"
LONGEST_TEXT = 100


def home() -> Response:
    """GET /desk/."""
    return redirect(url_for("staff.tickets"))


def show() -> str:
    """GET /desk/tickets. For who has nothing to do with tickets: what he can do instead."""
    if not actor().is_any(rights.TICKETS):
        return render_template(
            "staff/administration.html", units_url=url_for("staff.units"), rules_url=url_for("staff.rules")
        )
    with work() as unit:
        return render_template("staff/tickets.html", **_context(unit, request.args))


def _context(work: Work, args: MultiDict[str, str]) -> dict[str, Any]:
    search = _search(work.actor, args)
    page = desk.page(work, search)
    tabs = [view for view in TABS if view is not View.MINE or _has_steps(work.actor)]
    counted = [view for view in COUNTED if view in tabs]
    counts = desk.counts(work, counted)
    read_ahead(work, (line.ticket for line in page.lines))
    narrowed = bool(search.state or search.unit_id or search.text or search.risk)
    return {
        "title": LABELS[search.view],
        "views": [_tab(view, search, counts) for view in tabs],
        "filters": _filters(work),
        "values": {
            "q": search.text,
            "state": search.state or "",
            "unit": search.unit_id or "",
            "view": search.view,
            "risk": search.risk,
        },
        "tickets": [line_of(work, line) for line in page.lines],
        "total": page.total if page.total < desk.MOST else None,
        "next_url": _page_url(search, after=page.next) if page.next else None,
        "prev_url": _page_url(search, before=page.previous) if page.previous else None,
        "empty_text": NOTHING_FOUND if narrowed else _empty(work.actor, search.view),
        "new_url": url_for("staff.new_call") if rights.may(work.actor, "staff.new_call") else None,
    }


def _search(actor: Actor, args: MultiDict[str, str]) -> Search:
    """What is asked for; words that mean nothing here are left out rather than refused: an old bookmark still opens."""
    text = clean(args.get("q", ""))[:LONGEST_TEXT].strip()
    default = View.MINE if _has_steps(actor) else View.OVER
    view = args.get("view", "")
    return Search(
        view=View(view) if view in list(View) else default,
        state=State(args["state"]) if args.get("state") in list(State) else None,
        unit_id=int(args["unit"]) if _is_id(args.get("unit", "")) else None,
        text=text,
        risk=clean(args.get("risk", ""))[:LONGEST_TEXT],
        after=args.get("after", ""),
        before=args.get("before", ""),
    )


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 19


def _has_steps(actor: Actor) -> bool:
    return actor.is_any(rights.HANDS)


def _empty(actor: Actor, view: View) -> str:
    if view is not View.MINE:
        return EMPTY[view]
    return next((text for role, text in MINE_EMPTY.items() if role in actor.roles), EMPTY[View.OPEN])


def _tab(view: View, search: Search, counts: dict[View, int]) -> dict[str, Any]:
    count = counts.get(view)
    shown = f"{desk.MOST - 1}+" if count == desk.MOST else count
    url = url_for("staff.tickets", view=view.value)
    return {"label": LABELS[view], "url": url, "count": shown, "current": view is search.view}


def _filters(work: Work) -> list[dict[str, Any]]:
    states = [{"value": state.value, "label": label} for state, label in STATE_LABELS.items()]
    return [
        {"name": "q", "label": "编号、事项、位置", "type": "search", "attrs": {"maxlength": LONGEST_TEXT}},
        {"name": "state", "label": "状态", "type": "select", "blank": "全部", "options": states},
        {"name": "unit", "label": "单位", "type": "select", "blank": "全部", "options": options.subtree(work)},
        {"name": "risk", "label": "风险提示", "type": "select", "blank": "全部", "options": _risks(work)},
        {"name": "view", "type": "hidden"},
    ]


def _risks(work: Work) -> list[dict[str, Any]]:
    """The city's own marks by name, the sensitive ones as one; dangers are 紧急 and need no choice of their own."""
    names = dict.fromkeys(UNSAID if rule.sensitive else rule.name for rule in work.risks)
    return [{"value": ANY_RISK, "label": "有提示"}, *({"value": name, "label": name} for name in names)]


def _page_url(search: Search, **cursor: str) -> str:
    asked: dict[str, Any] = {"view": search.view.value, "state": search.state, "unit": search.unit_id, **cursor}
    return url_for("staff.tickets", q=search.text or None, risk=search.risk or None, **asked)


def line_of(work: Work, line: Line) -> dict[str, Any]:
    """One row of a list of tickets."""
    ticket = line.ticket
    cover = passing(work, ticket)
    level, level_label = level_of(work, ticket.policy_version_id, ticket.level)
    return {
        "number": ticket.number,
        "url": url_for("staff.ticket", number=ticket.number),
        "matter": cover(ticket.matter),
        "place": cover(ticket.place),
        "state": ticket.state.value,
        "state_label": STATE_LABELS[ticket.state],
        "unit": line.unit,
        "due": due_of(work, ticket.state is State.PAUSED, ticket.paused_until, line.due) if line.due else None,
        "due_label": words.KINDS[line.due.kind] if line.due else None,
        "level": level,
        "level_label": level_label,
        "urgency": ticket.urgency.value,
        "urgency_label": words.URGENCIES[ticket.urgency],
        "source": ticket.source.value,
        "source_label": words.SOURCES[ticket.source],
        "heat": ticket.heat,
        "risks": in_list(ticket),
    }


def due_of(work: Work, paused: bool, paused_until: Any, due: Due) -> dict[str, Any]:
    """An open promise as macros/time.html shows it."""
    return {
        "due_at": due.due_at,
        "warn_at": due.warn_at,
        "paused": paused,
        "paused_until": paused_until if paused else None,
        "over": over(work, due.limit_text, due.due_at, work.now),
    }


def over(work: Work, limit_text: str, due_at: Any, until: Any) -> str | None:
    """How much office time is past, in words, where the limit counts so; None leaves it to the wall clock."""
    limit = Limit.parse(limit_text)
    if until <= due_at or not limit.unit.is_office or limit.unit.is_days:
        return None
    minutes = int(elapsed(work.rules.calendar, due_at, until).total_seconds()) // 60
    if minutes < 60:
        return f"{minutes} 工作分钟"
    hours, rest = divmod(minutes, 60)
    return f"{hours} 工作时 {rest} 分钟" if rest and hours < 10 else f"{hours} 工作时"


def level_of(work: Work, policy_id: int, rank: int) -> tuple[str | None, str]:
    """The highest 督办 level of the round, by code and by the policy's name for it."""
    rung = next((each for each in work.rules.policy(policy_id).ladder if each.rank == rank), None)
    return (rung.level, rung.name) if rung else (None, "")
