"""What every staff page shows around its content: who is here, and where this person can go with how much waiting."""

from __future__ import annotations

from typing import Any

from flask import current_app, request, url_for
from flask_login import current_user

from hotline.domain.actors import CENTRE_ROLES, Actor, Role
from hotline.domain.publicity import Publicity
from hotline.services import cataloguing, screening
from hotline.web.door import office
from hotline.web.staff import learning, words

TICKET_ROLES = frozenset({Role.OPERATOR, Role.DISPATCHER, Role.HANDLER, Role.SUPERVISOR, Role.LEADER})
DRAFT_ROLES = frozenset({Role.OPERATOR})
CALL_ROLES = frozenset({Role.OPERATOR, Role.SUPERVISOR})
CONSOLE_ROLES = frozenset({Role.OPERATOR, Role.ADMINISTRATOR})  # 短信台 outside of the demo


def desk() -> dict[str, Any]:
    """`nav` and `user` for the frame of the desk; nothing for the citizen's pages and for who is not logged in."""
    if not current_user.is_authenticated:
        return {}
    actor: Actor = current_user.actor
    user = {"name": actor.name, "role": words.roles(actor.roles), "unit": current_user.unit_name}
    return {"nav": _nav(actor), "user": user}


def _nav(actor: Actor) -> list[dict[str, Any]]:
    items = []
    if actor.is_any(TICKET_ROLES):
        items.append(_item("工单", "staff.tickets", ("/desk/tickets",)))
    if actor.is_any(DRAFT_ROLES):
        items.append(_item("来电草稿", "staff.drafts", ("/desk/drafts", "/desk/calls/new")))
    if actor.is_any(CALL_ROLES):
        items.append(_item("待联系", "staff.calls", ("/desk/calls",)))
    if actor.is_any(CENTRE_ROLES):
        items.append(_item("热点", "staff.hot", ("/desk/hot",)))
    if actor.is_any(TICKET_ROLES):
        items.append(_item("月报", "staff.report", ("/desk/reports",)))
    if actor.is_any(screening.ROLES) and office().publicity is not Publicity.OFF:
        items.append(_item("公开", "staff.public", ("/desk/public",)))
    if actor.is_any(cataloguing.KEEPERS):
        items.append(_item("派单目录", "staff.dispatch", ("/desk/dispatch",)))
    items += _ruling(actor)
    may_play = actor.is_any(CONSOLE_ROLES) or current_app.config["DEMO_LOGINS"]
    if may_play and "console.show" in current_app.view_functions:
        items.append(_item("短信台", "console.show", ("/console",)))
    return items


def _ruling(actor: Actor) -> list[dict[str, Any]]:
    """What the city works by."""
    items = []
    if Role.ADMINISTRATOR in actor.roles:
        items.append(_item("单位人员", "staff.units", ("/desk/units",)))
    if actor.is_any(learning.ROLES):
        items.append(_item("学习记录", "staff.learning", ("/desk/learning",)))
    return [*items, _item("规则", "staff.rules", ("/desk/rules",))]


def _item(label: str, endpoint: str, prefixes: tuple[str, ...]) -> dict[str, Any]:
    return {"label": label, "url": url_for(endpoint), "current": request.path.startswith(prefixes), "count": None}
