"""What a list is narrowed to, for its reader: the form with every condition, and the conditions in force as words.

How it stands in the address: `hotline.services.asked`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import fields, replace
from datetime import date
from functools import cached_property
from typing import Any

import sqlalchemy as sa
from flask import url_for

from hotline.domain.actors import Actor, Role
from hotline.domain.risks import UNSAID
from hotline.domain.workflow import STAGES, STATE_LABELS
from hotline.models import Category, Staff, Unit
from hotline.services import asked
from hotline.services.desk import ANY_RISK, DueWithin, Search, View
from hotline.services.work import Work
from hotline.web.staff import options, rights, words

Option = dict[str, Any]

LABELS = {
    View.MINE: "待我办理",
    View.SOON: "将到期",
    View.OVER: "已超期",
    View.SUPERVISED: "督办中",
    View.OPEN: "在办",
    View.ALL: "全部",
}
MOST_HANDLERS = 300  # to choose from; in a larger city a unit is chosen first
DUE = {
    DueWithin.OVER: "已超期",
    DueWithin.TODAY: "今天到期",
    DueWithin.DAYS3: "今天起三天内到期",
    DueWithin.WEEK: "本周内到期",
    DueWithin.LATER: "本周以后到期",
}
REWORK = {asked.YES: "重办过的", asked.NO: "没有重办过的"}
HEAT = (2, 3, 5, 10, 20)
ELSEWHERE = "其他单位"  # a shared list may name what its reader does not see


def search_of(actor: Actor, query: str) -> Search:
    """What an address asks for; where it names no list, what waits for the reader."""
    return asked.read(query, View.MINE if actor.is_any(rights.HANDS) else View.OVER)


def url(search: Search, **more: str | None) -> str:
    """The address of a list."""
    return f"{url_for('staff.tickets')}?{asked.write(search, **more)}"


def begun(search: Search, **changes: Any) -> Search:
    """The same from its first page, with some of it asked otherwise."""
    return replace(search, after="", before="", **changes)


def is_narrowed(search: Search) -> bool:
    """Whether there is a condition besides the list itself and its order."""
    return begun(search, sort=None) != Search(view=search.view)


class Choices:
    """What the conditions offer to this reader, nothing of another subtree; each list is read when it is looked at."""

    def __init__(self, work: Work, search: Search) -> None:
        self._work, self._search = work, search

    @cached_property
    def units(self) -> Sequence[Option]:
        """The reader's own, with those below."""
        return options.subtree(self._work)

    @cached_property
    def handlers(self) -> Sequence[Option]:
        """承办人 of the chosen unit, or of all the reader's units, as far as they can be chosen from."""
        query = _handlers(self._work)
        if self._search.unit_id is not None:
            chosen = sa.select(Unit.path).where(Unit.id == self._search.unit_id).scalar_subquery()
            query = query.where(Unit.path.startswith(chosen))
        rows = self._work.session.execute(query.limit(MOST_HANDLERS))
        return [{"value": row.id, "label": row.name, "group": row.unit} for row in rows]

    def handler(self, id: int) -> str:
        """The name of one of them."""
        row = self._work.session.execute(_handlers(self._work).where(Staff.id == id)).one_or_none()
        return str(row.name) if row else ELSEWHERE

    @cached_property
    def categories(self) -> Sequence[Option]:
        """Each 大类 as a whole, then its leaves by their codes."""
        return _categories(self._work)

    def category(self, asked: str) -> str:
        """The name of a 大类 or a leaf; what is not offered is said as it stands."""
        query = sa.select(Category.name).where(Category.active, Category.code == asked)
        return self._work.session.scalar(query.order_by(Category.scheme, Category.id).limit(1)) or asked

    @cached_property
    def risks(self) -> Sequence[Option]:
        """The city's own marks by name, the sensitive ones as one; dangers are 紧急 and need no choice of their own."""
        names = dict.fromkeys(UNSAID if rule.sensitive else rule.name for rule in self._work.risks)
        return [{"value": ANY_RISK, "label": "有提示"}, *({"value": name, "label": name} for name in names)]

    @cached_property
    def levels(self) -> Sequence[Option]:
        """The rungs of the ladder in force, each with those above it."""
        ladder = self._work.rules.policy_at(self._work.now)[1].ladder
        return [{"value": rung.rank, "label": f"{rung.name}以上"} for rung in ladder]


def _handlers(work: Work) -> sa.Select[*tuple[Any, ...]]:
    """Of all the reader's units."""
    return (
        sa.select(Staff.id, Staff.name, Unit.name.label("unit"))
        .join(Unit, Unit.id == Staff.unit_id)
        .where(Staff.active, Staff.roles.contains([Role.HANDLER.value]), Unit.path.startswith(work.actor.unit_path))
        .order_by(Unit.path, Staff.name, Staff.id)
    )


def _categories(work: Work) -> list[Option]:
    rows = work.session.execute(
        sa.select(Category.code, Category.name, Category.parent_name, Category.kind)
        .where(Category.active)
        .order_by(Category.scheme, Category.code, Category.id)
    ).all()
    parents = dict.fromkeys(row.parent_name for row in rows)
    whole = [{"value": name, "label": name, "group": "大类"} for name in parents]
    return whole + [{"value": row.code, "label": row.name, "group": f"{row.kind} · {row.parent_name}"} for row in rows]


def first_fields(found: Choices) -> list[dict[str, Any]]:
    """The conditions that are asked for every day."""
    return [
        {"name": "q", "label": "编号、词语、电话后四位", "type": "search", "attrs": _SEARCH_FIELD},
        _select("stage", "环节", [_option(stage, stage) for stage in STAGES]),
        _select("due", "到期", _worded(DUE)),
        _select("unit", "单位（含下级）", found.units),
    ]


def folded(search: Search) -> list[tuple[str, str]]:
    """The conditions in force that are not among them, by name and value: the form has them unseen until it is
    unfolded, for what is asked for stands in words above the list."""
    given = asked.fields(asked.write(begun(search)))
    return [(name, value) for name, values in given.items() if name not in _SHOWN for value in values]


def more_fields(found: Choices) -> list[dict[str, Any]]:
    """The others, folded away."""
    states = [_option(state.value, label) for state, label in STATE_LABELS.items()]
    return [
        {"name": "state", "label": "状态", "type": "checkboxes", "options": states, "inline": True},
        _select("handler", "承办人", found.handlers),
        _select("kind", "时限种类", _worded(words.KINDS)),
        _select("category", "大类、类别", found.categories),
        {"name": "area", "label": "区域", "attrs": {"maxlength": asked.LONGEST, "autocomplete": "off"}},
        _select("source", "来源", _worded(words.SOURCES)),
        _select("channel", "渠道", _worded(words.CHANNELS)),
        _select("urgency", "紧急程度", _worded(words.URGENCIES)),
        _select("level", "督办等级", found.levels),
        _select("heat", "热度", [_option(str(heat), f"{heat}人以上反映") for heat in HEAT]),
        _select("rework", "重办", [_option(value, label) for value, label in REWORK.items()]),
        _select("risk", "风险提示", found.risks),
        {"name": "since", "label": "收到日期，从", "type": "date"},
        {"name": "until", "label": "收到日期，到", "type": "date"},
    ]


_SHOWN = ("view", "sort", "q", "stage", "due", "unit")  # the list itself, and `first_fields`
_SEARCH_FIELD = {"maxlength": asked.LONGEST, "data-find": "list"}


def _select(name: str, label: str, found: Sequence[Option]) -> dict[str, Any]:
    return {"name": name, "label": label, "type": "select", "blank": "全部", "options": found}


def _worded(labels: Mapping[Any, str]) -> list[Option]:
    return [_option(word.value, label) for word, label in labels.items()]


def _option(value: str, label: str) -> Option:
    return {"value": value, "label": label}


def values(search: Search) -> dict[str, Any]:
    """What the form is filled in with."""
    given = asked.fields(asked.write(search))
    alone = {name: found[0] for name, found in given.items() if name not in ("after", "before")}
    return alone | {"state": given.get("state", [])}


def chips(search: Search, found: Choices, **more: str | None) -> list[dict[str, str]]:
    """The conditions in force in words, each with the address of the list without it."""
    return [
        {"label": label, "value": value, "url": url(begun(search, **without), **more)}
        for label, value, without in _in_force(search, found)
    ]


def ignored(query: str, found: Choices) -> list[str]:
    """What was asked for and is no condition here, in words."""
    if not (unread := asked.unread(query)):
        return []
    specs = [*first_fields(found), *more_fields(found)]
    labels = {"view": "列表", "sort": "排序"} | {spec["name"]: spec["label"] for spec in specs}
    return [f"{labels[name]}：{value[: asked.LONGEST]}" for name, value in unread]


def in_words(search: Search, found: Choices) -> str:
    """The same as one line."""
    return "；".join(f"{label}：{value}" for label, value, _ in _in_force(search, found))


def _in_force(search: Search, found: Choices) -> Iterable[tuple[str, str, dict[str, Any]]]:
    """By the order of the form; several states are several conditions that can be taken away one by one."""
    if search.text:
        yield "查找", search.text, {"text": ""}
    for stage in search.stages:
        yield "环节", stage, {"stages": tuple(each for each in search.stages if each != stage)}
    for state in search.states:
        yield "状态", STATE_LABELS[state], {"states": tuple(each for each in search.states if each != state)}
    for name, label, say in _SAID:
        value = getattr(search, name)
        if value not in (None, ""):
            yield label, say(value, found), {name: _NOTHING[name]}


def _named(listed: Callable[[Choices], Sequence[Option]], unknown: str = "") -> Callable[[Any, Choices], str]:
    """By the option of that value; a value that is not offered is said as it stands, or not at all."""

    def say(value: Any, found: Choices) -> str:
        labels = {str(option["value"]): str(option["label"]).strip("　") for option in listed(found)}
        return labels.get(str(value), unknown or str(value))

    return say


def _day(day: date, found: Choices) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


_SAID: tuple[tuple[str, str, Callable[[Any, Choices], str]], ...] = (
    ("due", "到期", lambda value, _: DUE[value]),
    ("unit_id", "单位", _named(lambda found: found.units, ELSEWHERE)),
    ("handler_id", "承办人", lambda value, found: found.handler(value)),
    ("kind", "时限种类", lambda value, _: words.KINDS[value]),
    ("category", "类别", lambda value, found: found.category(value)),
    ("area", "区域", lambda value, _: value),
    ("source", "来源", lambda value, _: words.SOURCES[value]),
    ("channel", "渠道", lambda value, _: words.CHANNELS[value]),
    ("urgency", "紧急程度", lambda value, _: words.URGENCIES[value]),
    ("level", "督办等级", _named(lambda found: found.levels)),
    ("heat", "热度", lambda value, _: f"{value}人以上反映"),
    ("rework", "重办", lambda value, _: REWORK[asked.YES if value else asked.NO]),
    ("risk", "风险提示", _named(lambda found: found.risks)),
    ("since", "收到日期从", _day),
    ("until", "收到日期到", _day),
)
_NOTHING = {each.name: each.default for each in fields(Search)}
