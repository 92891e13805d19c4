"""推荐 above a field of a step: three to choose from, each with its reasons; choosing fills in, never sends.

A button of a suggestion sends the form back as it stands, with the choice in `take`: what was typed stays, what the
suggestion knows is filled in, and the page says so. It works without scripts; suggested.js adds the keys.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import url_for

from hotline.models import Ticket, Unit
from hotline.services import cataloguing, routing, suggesting
from hotline.services.work import Work

TAKE = "take"  # the buttons' name; the value is that of the field below them
WHY = "为什么？"
NO_UNIT = "暂时推荐不出主办单位：派单目录里没有相符的一条，也没有办过同类工单。请在下面选择。"
NO_CATALOGUE = "本市还没有派单目录，推荐只来自办过的同类工单。"
KEYS = "点击，或不在输入框时按键盘上的数字，先填好下面各项，核对后再提交。"


@dataclass(frozen=True)
class Choice:
    """One suggestion: what it fills in by field, and why."""

    label: str
    fills: Mapping[str, Any]
    reasons: Sequence[str]
    also: str | None = None


@dataclass(frozen=True)
class Offer:
    """What is suggested for the field of that name."""

    name: str
    title: str
    choices: Sequence[Choice]
    none: str | None = None
    hint: str = KEYS
    avoided: Sequence[str] = field(default_factory=list)
    link: Mapping[str, str] | None = None

    def taken(self, value: str) -> Choice | None:
        """The suggestion whose button was pressed; None for one that is no longer made."""
        return next((choice for choice in self.choices if str(choice.fills[self.name]) == value), None)

    def filled(self, typed: Mapping[str, Any], taken: Choice) -> dict[str, Any]:
        """What is on the form after it was taken; a limit that only another suggestion had brought goes with that."""
        others = [choice.fills["limit"] for choice in self.choices if "limit" in choice.fills]
        stale = {"limit": ""} if typed.get("limit") in others else {}
        return {**typed, **stale, **taken.fills}

    def box(self, typed: Mapping[str, Any], taken: Choice | None) -> dict[str, Any] | None:
        """As macros/suggested.html shows it; None where nothing is to be said."""
        if not (self.choices or self.none or self.avoided):
            return None
        chosen = str(typed.get(self.name) or "")
        return {
            "title": self.title,
            "hint": self.hint,
            "take": TAKE,
            "why": WHY,
            "told": f"已填好：{_told(taken)}。核对后提交。" if taken else None,
            "choices": [
                {
                    "value": choice.fills[self.name],
                    "label": choice.label,
                    "chosen": str(choice.fills[self.name]) == chosen,
                    "also": choice.also,
                    "reasons": choice.reasons,
                }
                for choice in self.choices
            ],
            "none": self.none,
            "avoided": self.avoided,
            "link": self.link,
        }


def offer(work: Work, ticket: Ticket, noun: str) -> Offer | None:
    """What is suggested for this step, if anything ever is."""
    make = _OFFERS.get(noun)
    return make(work, ticket) if make else None


def for_words(work: Work, words: str, place: str) -> Offer:
    """Categories for a call that is no ticket yet."""
    found = suggesting.for_staff(work, words, place=place)
    return Offer(name="category_id", title="推荐类别", choices=[_category(each) for each in found])


def _categories(work: Work, ticket: Ticket) -> Offer:
    words = routing.words_of(work, ticket)
    found = suggesting.for_staff(work, words, place=ticket.place, exclude_ticket_id=ticket.id)
    return Offer(
        name="category_id",
        title="推荐类别",
        choices=[_category(each) for each in found],
    )


def _category(found: suggesting.Reasoned) -> Choice:
    """With the condition that fits best, if it is one of this very category."""
    fits = found.case_category_id == found.category_id
    fills = {"category_id": found.category_id, "case_standard_id": found.case_standard_id if fits else ""}
    return Choice(f"{found.parent} · {found.name}", fills, found.reasons)


def _units(work: Work, ticket: Ticket) -> Offer:
    found = routing.routes(work, ticket)
    names = _names(work, [each for unit in found.units for each in unit.assist_ids])
    empty = cataloguing.is_empty(work)
    keeps = work.actor.is_any(cataloguing.KEEPERS)
    return Offer(
        name="unit_id",
        title="推荐主办单位",
        choices=[_unit(unit, names) for unit in found.units],
        none=NO_UNIT,
        hint=f"{NO_CATALOGUE}{KEYS}" if empty else KEYS,
        avoided=found.avoided,
        link={"url": url_for("staff.dispatch"), "label": "录入派单目录"} if empty and keeps else None,
    )


def _unit(unit: routing.Suggested, names: Mapping[int, str]) -> Choice:
    assists = "、".join(names[each] for each in unit.assist_ids)
    also = [f"协办：{assists}"] if assists else []
    also += [f"时限：{unit.limit.label}"] if unit.limit else []
    fills: dict[str, Any] = {"unit_id": unit.unit_id, "assist_ids": [str(each) for each in unit.assist_ids]}
    if unit.limit:
        fills["limit"] = unit.limit.label
    return Choice(unit.name, fills, unit.reasons, "　".join(also) or None)


def _names(work: Work, unit_ids: Sequence[int]) -> dict[int, str]:
    found = (work.session.get(Unit, each) for each in dict.fromkeys(unit_ids))  # read by the suggestions already
    return {unit.id: unit.name for unit in found if unit}


def _told(choice: Choice) -> str:
    return "，".join([choice.label, *([choice.also.replace("　", "，")] if choice.also else [])])


_OFFERS: Mapping[str, Callable[[Work, Ticket], Offer]] = {"acceptance": _categories, "assignment": _units}
