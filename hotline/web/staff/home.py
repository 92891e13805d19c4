"""今日: what waits for this person, as numbers that open their lists, and what is due first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from flask import render_template, url_for

from hotline.domain.actors import STAFF_ROLES, Actor, Role
from hotline.services import asked, desk
from hotline.services.covering import read_ahead
from hotline.services.desk import Line, Search, View
from hotline.services.work import Work
from hotline.web.door import work
from hotline.web.staff import care, live, numbers, rights, words
from hotline.web.staff.rows import Row

FIRST: Final = 10  # tickets that are shown here; the list has the others

EMPTY: Final = {
    Role.OPERATOR: "没有待受理、待答复的工单。新诉求和来电草稿会出现在这里。",
    Role.DISPATCHER: "没有待交办的工单，也没有待审批的申请。受理后的工单会出现在这里。",
    Role.HANDLER: "没有待签收、待办理的工单。新工单会出现在这里，并发短信给值班人员。",
    Role.SUPERVISOR: "没有待核查的工单，也没有待审批的申请。单位提交结果后会出现在这里。",
    Role.LEADER: "没有督办中的工单。超期的由系统自动督办，会列在这里。",
}
#: Where else each role may want to go, with what it finds there.
ALSO: Final[dict[Role, tuple[tuple[str, str, str], ...]]] = {
    Role.LEADER: (
        ("staff.cockpit", "领导驾驶舱", "一屏看清：谁没有到百分之百，差在哪里，什么在变坏；也可以上大屏。"),
        ("staff.report", "本月考核", "处理率、办结率、回复率，差在哪些单位、哪些工单。"),
        ("staff.hot", "热点", "同一地点同一类诉求，本周明显增多的。"),
    ),
    Role.SUPERVISOR: (("staff.hot", "热点", "同一地点同一类诉求，本周明显增多的，可以一并督办。"),),
}


def show() -> str:
    """GET /desk/."""
    with work() as unit:
        counts = live.anew(unit).counts
        mine = numbers.of(unit.actor)
        roles = [role for role in STAFF_ROLES if role in unit.actor.roles]
        parts = [
            {"label": words.ROLES[role], "numbers": numbers.lines(mine, numbers.OF_ROLES[role], counts)}
            for role in roles
        ]
        search = _first_due(unit.actor)
        lines = desk.page(unit, search).lines[:FIRST] if search else []
        return render_template(
            "staff/home.html",
            parts=[part for part in parts if part["numbers"]],
            tickets=_tickets(unit, lines),
            list_title="先到期的" if search and search.view is View.MINE else "督办中",
            list_url=f"{url_for('staff.tickets')}?{asked.write(search)}" if search else None,
            empty_text=next((EMPTY[role] for role in roles if role in EMPTY), ""),
            also=_also(unit.actor, roles),
            cares=care.cares(unit) if unit.actor.is_any(rights.ADMINISTRATORS) else None,
        )


def _first_due(actor: Actor) -> Search | None:
    """Of what waits for whoever takes steps; a leader sees what is under 督办, an administrator no tickets."""
    if actor.is_any(rights.HANDS):
        return Search(view=View.MINE)
    return Search(view=View.SUPERVISED) if actor.is_any(rights.TICKETS) else None


def _tickets(work: Work, lines: Sequence[Line]) -> list[Row]:
    read_ahead(work, (line.ticket for line in lines))
    return [Row(work, line) for line in lines]


def _also(actor: Actor, roles: Sequence[Role]) -> list[dict[str, str]]:
    places = dict.fromkeys(place for role in roles for place in ALSO.get(role, ()) if rights.may(actor, place[0]))
    return [{"url": url_for(endpoint), "label": label, "text": text} for endpoint, label, text in places]
