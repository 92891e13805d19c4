"""What every staff page shows around its content: who is here, and where this person can go with how much waiting."""

from __future__ import annotations

from typing import Any

from flask import current_app, request, url_for
from flask_login import current_user

from hotline.domain.actors import Actor
from hotline.domain.publicity import Publicity
from hotline.web.door import office
from hotline.web.staff import rights, words

#: Label, endpoint, and the addresses under which one is there. Shown to whom the page is there for.
MENU: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("工单", "staff.tickets", ("/desk/tickets",)),
    ("来电草稿", "staff.drafts", ("/desk/drafts", "/desk/calls/new")),
    ("待联系", "staff.calls", ("/desk/calls",)),
    ("热点", "staff.hot", ("/desk/hot",)),
    ("月报", "staff.report", ("/desk/reports",)),
    ("公开", "staff.public", ("/desk/public",)),
    ("派单目录", "staff.dispatch", ("/desk/dispatch",)),
    ("单位人员", "staff.units", ("/desk/units",)),
    ("学习记录", "staff.learning", ("/desk/learning",)),
    ("规则", "staff.rules", ("/desk/rules",)),
)


def desk() -> dict[str, Any]:
    """`nav` and `user` for the frame of the desk; nothing for the citizen's pages and for who is not logged in."""
    if not current_user.is_authenticated:
        return {}
    actor: Actor = current_user.actor
    user = {"name": actor.name, "role": words.roles(actor.roles), "unit": current_user.unit_name}
    return {"nav": _nav(actor), "user": user}


def _nav(actor: Actor) -> list[dict[str, Any]]:
    items = [_item(*each) for each in MENU if rights.may(actor, each[1]) and _is_offered(each[1])]
    may_play = actor.is_any(rights.CONSOLE) or current_app.config["DEMO_LOGINS"]
    if may_play and rights.is_there("console.show"):
        items.append(_item("短信台", "console.show", ("/console",)))
    return items


def _is_offered(endpoint: str) -> bool:
    return endpoint != "staff.public" or office().publicity is not Publicity.OFF


def _item(label: str, endpoint: str, prefixes: tuple[str, ...]) -> dict[str, Any]:
    return {"label": label, "url": url_for(endpoint), "current": request.path.startswith(prefixes), "count": None}
