"""What every staff page shows around its content: who is here, where this person can go, and how much waits there.

The frame asks the database nothing. The numbers in the menu are the last ones counted for this person (`live`); the
page's script brings newer ones.
"""

from __future__ import annotations

from typing import Any

from flask import current_app, request, session, url_for
from flask_login import current_user

from hotline.domain.actors import Actor
from hotline.domain.publicity import Publicity
from hotline.web.door import office
from hotline.web.staff import appearance, live, places, rights, words

TAKEN = "form_taken"  # in the session

#: Label, endpoint, and the addresses under which one is there. Shown to whom the page is there for; the group it stands
#: in and the letter that leads there are in `places`, the number beside it in `numbers.IN_MENU`.
MENU: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("今日", "staff.home", ()),
    ("工单", "staff.tickets", ("/desk/tickets",)),
    ("本单位", "staff.ours", ("/desk/ours",)),
    ("现场办理", "staff.field", ("/desk/field",)),
    ("来电草稿", "staff.drafts", ("/desk/drafts", "/desk/calls/new", "/desk/calls/received")),
    ("待联系", "staff.calls", ("/desk/calls",)),
    ("督办台", "staff.supervision", ("/desk/supervision", "/desk/explanations")),
    ("核查", "staff.checks", ("/desk/checks",)),
    ("申诉", "staff.appeals", ("/desk/appeals",)),
    ("领导批示", "staff.instructions", ("/desk/instructions",)),
    ("抽查", "staff.samples", ("/desk/samples",)),
    ("热点", "staff.hot", ("/desk/hot",)),
    ("领导驾驶舱", "staff.cockpit", ("/desk/cockpit",)),
    ("本月看板", "staff.board", ("/desk/board",)),
    ("简报", "staff.briefs", ("/desk/briefs",)),
    ("月报", "staff.report", ("/desk/reports",)),
    ("评分排名", "staff.latest_ranking", ("/desk/ranking",)),
    ("点位", "staff.points", ("/desk/points",)),
    ("公开", "staff.public", ("/desk/public",)),
    ("派单台", "staff.dispatching", ("/desk/dispatching",)),
    ("派单目录", "staff.dispatch", ("/desk/dispatch",)),
    ("单位", "staff.units", ("/desk/units",)),
    ("人员", "staff.people", ("/desk/people",)),
    ("接口令牌", "staff.clients", ("/desk/clients",)),
    ("对外通知", "staff.webhooks", ("/desk/webhooks",)),
    ("变更记录", "staff.changes", ("/desk/changes",)),
    ("学习记录", "staff.learning", ("/desk/learning",)),
    ("快捷用语", "staff.quick_texts", ("/desk/quick-texts",)),
    ("规则", "staff.rules", ("/desk/rules",)),
)


def desk() -> dict[str, Any]:
    """For the frame of the desk: `look` always; `nav`, `user`, `frame` and `taken` for who is logged in."""
    look = {"theme": appearance.theme(), "letters": appearance.keys()}
    if not current_user.is_authenticated:
        return {"look": look}
    actor: Actor = current_user.actor
    user = {"name": actor.name, "role": words.roles(actor.roles), "unit": current_user.unit_name}
    return {"look": look, "nav": _nav(actor), "user": user, "frame": _frame(actor), "taken": _taken}


def _taken() -> str | None:
    """The address of the form that was taken last, told once, to the page that follows."""
    path: str | None = session.pop(TAKEN, None)
    return path


def _nav(actor: Actor) -> list[dict[str, Any]]:
    """The groups of the menu that have something for this person in them, each with its entries."""
    shown = live.shown(actor)
    items = [_item(*each, shown) for each in MENU if rights.may(actor, each[1]) and _is_offered(each[1])]
    may_play = actor.is_any(rights.CONSOLE) or current_app.config["DEMO_LOGINS"]
    if may_play and rights.is_there("console.show"):
        items.append(_item("短信台", "console.show", ("/console",), shown))
    here = max((item for item in items if item["here"]), key=lambda item: int(item["here"]), default=None)
    for item in items:
        item["current"] = item is here
    grouped = ((label, [item for item in items if item["group"] == label]) for label in places.GROUPS)
    return [{"label": label, "entries": found} for label, found in grouped if found]


def _is_offered(endpoint: str) -> bool:
    """What is there in this city."""
    return endpoint != "staff.public" or office().publicity is not Publicity.OFF


def _item(label: str, endpoint: str, prefixes: tuple[str, ...], shown: dict[str, str]) -> dict[str, Any]:
    """`here`: how many letters of the page's address are this entry's; the entry with the most is where one is."""
    url = url_for(endpoint)
    place = places.place_of(url)
    lengths = [len(prefix) for prefix in prefixes if request.path.startswith(prefix)]
    number = live.in_menu(endpoint)
    return {
        "label": label,
        "url": url,
        "group": place.group,
        "key": place.key,
        "here": max(lengths, default=len(url) if request.path == url else 0),
        "number": number,
        "count": shown.get(number, ""),
    }


def _frame(actor: Actor) -> dict[str, Any]:
    """The addresses that the frame itself needs."""
    return {
        "home_url": url_for("staff.home"),
        "find_url": url_for("staff.find"),
        "live_url": url_for("staff.live"),
        "me_url": url_for("staff.me"),
        "help_url": url_for("staff.help"),
        "new_url": url_for("staff.new_call") if rights.may(actor, "staff.new_call") else None,
    }
