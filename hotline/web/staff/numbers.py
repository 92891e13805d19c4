"""The numbers of the start page and of the menu: for whom, what each counts, and the list that it opens.

A number and its list are the same search, so that whoever opens it finds just as many.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from flask import url_for

from hotline.domain.actors import Actor, Role
from hotline.domain.workflow import State
from hotline.models import DeadlineKind
from hotline.services import asked, desk
from hotline.services.desk import Search, View
from hotline.services.phoning import Which
from hotline.services.waiting import Pile
from hotline.web.staff import rights


@dataclass(frozen=True)
class Number:
    """`tone` and `icon` are those of macros/status.html, shown while there is one. `is_told`: that one more has come is
    said aloud. `part`: which list of the page."""

    label: str
    counts: Search | Pile
    endpoint: str = "staff.tickets"
    tone: str = "wait"
    icon: str = "inbox"
    is_told: bool = False
    part: Which | None = None

    @property
    def url(self) -> str:
        """The list that holds what is counted."""
        if isinstance(self.counts, Pile):
            return url_for(self.endpoint, list=self.part)
        return f"{url_for(self.endpoint)}?{asked.write(self.counts)}"


def _mine(*states: State) -> Search:
    return Search(view=View.MINE, states=states)


SOON: Final = Number("将到期", Search(view=View.SOON), tone="soon", icon="hourglass")
OVER: Final = Number("已超期", Search(view=View.OVER), tone="over", icon="alarm")
SUPERVISED: Final = Number("督办中", Search(view=View.SUPERVISED), tone="order", icon="flag")

NUMBERS: Final[Mapping[str, Number]] = {
    "mine": Number("待我办理", _mine()),
    "drafts": Number("待确认来电", Pile.DRAFTS, "staff.drafts", icon="phone", is_told=True),
    "accept": Number("待受理", _mine(State.RECEIVED), is_told=True),
    "reply": Number("待答复", _mine(State.RESOLVED), icon="message", is_told=True),
    "calls": Number("待联系", Pile.CALLS, "staff.calls", icon="phone", is_told=True),
    "survey": Number("待回访", Pile.SURVEYS, "staff.calls", icon="phone", part=Which.SURVEYS),
    "assign": Number("待交办", _mine(State.ACCEPTED), icon="send", is_told=True),
    "sign": Number("待签收", _mine(State.ASSIGNED), icon="send", is_told=True),
    "handle": Number("处理中", _mine(State.HANDLING), icon="tool"),
    "ordered": Number("督办中待办", _mine(State.SUPERVISED), tone="order", icon="flag", is_told=True),
    "explain": Number(
        "待书面说明", Search(view=View.MINE, kind=DeadlineKind.EXPLAIN), tone="order", icon="edit", is_told=True
    ),
    "check": Number("待核查", _mine(State.SUBMITTED), icon="clipboard-check", is_told=True),
    "decide": Number("待审批", _mine(State.HANDLING), icon="clipboard-check", is_told=True),
    "decide_ordered": Number("督办中待审", _mine(State.SUPERVISED), tone="order", icon="edit", is_told=True),
    "appeals": Number("待审申诉", _mine(State.CLOSED), icon="edit", is_told=True),
    "soon": SOON,
    "over": OVER,
    "supervised": SUPERVISED,
    "cards": Number("黄牌以上", Search(view=View.OPEN, level=3), tone="over", icon="flag"),
}

#: What each role's part of the start page shows, what is to be done first in front.
OF_ROLES: Final[Mapping[Role, tuple[str, ...]]] = {
    Role.OPERATOR: ("drafts", "accept", "reply", "calls", "survey", "soon", "over"),
    Role.DISPATCHER: ("assign", "decide", "appeals", "soon", "over"),
    Role.HANDLER: ("sign", "handle", "ordered", "explain", "soon", "over"),
    Role.SUPERVISOR: ("check", "decide", "decide_ordered", "appeals", "soon", "over", "supervised"),
    Role.LEADER: ("over", "supervised", "cards", "soon"),
    Role.ADMINISTRATOR: (),
}

#: Beside which entry of the menu which number stands.
IN_MENU: Final[Mapping[str, str]] = {
    "staff.tickets": "mine",
    "staff.drafts": "drafts",
    "staff.calls": "calls",
    "staff.dispatching": "assign",
    "staff.supervision": "supervised",
}


#: The ready-made lists that tell how many they hold.
OF_TABS: Final[Mapping[View, str]] = {
    View.MINE: "mine",
    View.SOON: "soon",
    View.OVER: "over",
    View.SUPERVISED: "supervised",
}


def of(actor: Actor) -> dict[str, Number]:
    """All numbers that this person has anywhere, by key. None whose list is not there for him."""
    keys = [key for role, keys in OF_ROLES.items() if role in actor.roles for key in keys]
    if actor.is_any(rights.TICKETS):
        keys += OF_TABS.values()
    if not actor.is_any(rights.HANDS):
        keys = [key for key in keys if key != "mine"]
    found = {key: NUMBERS[key] for key in dict.fromkeys(keys)}
    return {key: number for key, number in found.items() if rights.may(actor, number.endpoint)}


def shown(count: int) -> str:
    """As it is written: above what is counted to, only that there are more."""
    return str(count) if count < desk.MOST else f"{desk.MOST - 1}+"


def lines(numbers: Mapping[str, Number], keys: Iterable[str], counts: Mapping[str, int]) -> list[dict[str, Any]]:
    """As the start page shows them; those that this person does not have are left out."""
    return [
        {
            "key": key,
            "label": numbers[key].label,
            "count": counts[key],
            "shown": shown(counts[key]),
            "url": numbers[key].url,
            "tone": numbers[key].tone,
            "icon": numbers[key].icon,
        }
        for key in keys
        if key in numbers
    ]
