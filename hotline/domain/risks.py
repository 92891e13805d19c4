"""风险: what a person at the desk must know at once, because of the words, or because it is said again and again.

A risk only raises: `urgent` makes the ticket urgent while nobody has accepted it, `attention` is shown and written
down. Words make urgent; what is counted asks for attention. Dangers to life (`hotline.domain.dangers`) hold everywhere;
the other rules are the city's (`config/risks`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from hotline.domain import mentions
from hotline.domain.dangers import DANGERS, Danger

UNSAID: Final = "特别关注"  # what a sensitive risk is called where its name is nobody's business


class Level(StrEnum):
    """What a risk does."""

    ATTENTION = "attention"  # 提示关注
    URGENT = "urgent"  # 提升为紧急


@dataclass(frozen=True, slots=True)
class Rule:
    """Holds where its words are found (`hotline.domain.mentions`), or where a matter was brought up `times` times by
    the same person, or sent back so often, or by `callers` people. Exactly one of the three is given.

    `sensitive`: it tells of minors, of health, of what happens in a family (个人信息保护法 第二十八条): its name stands
    in no list and in no text.
    """

    name: str
    level: Level
    things: tuple[str, ...] = ()
    troubles: tuple[str, ...] = ()
    reach: int = 14
    unless: tuple[str, ...] = ()
    times: int = 0
    callers: int = 0
    sensitive: bool = False


@dataclass(frozen=True, slots=True)
class Risk:
    """One that was found: by which `words`, in which sentence (`said`) of which `line` of the text, counted from 0.

    What was counted has a `count` and no sentence. `reason` is how it stands in the ticket's 紧急原因.
    """

    name: str
    level: Level
    words: str
    said: str = ""
    line: int | None = None
    sensitive: bool = False
    reason: str = ""
    count: int = 0

    @property
    def why(self) -> str:
        """For the desk: 燃气泄漏：“燃气…漏”."""
        return f"{self.reason or self.name}：“{self.words}”"

    def as_dict(self) -> dict[str, Any]:
        """As it is kept with the ticket: the words of the rule, not those of the citizen."""
        kept = {"name": self.name, "level": self.level.value, "words": self.words}
        more = {"sensitive": self.sensitive, "count": self.count}
        return kept | {name: value for name, value in more.items() if value}


def find(text: str, rules: Iterable[Rule] = (), dangers: Iterable[Danger] = DANGERS) -> list[Risk]:
    """All that the text tells of, each name once, dangers first; where one is told twice, the graver counts."""
    found: dict[str, Risk] = {}
    for risk in (*_dangers(text, dangers), *_by_words(text, rules)):
        known = found.get(risk.name)
        if known is None or _is_graver(risk.level, known.level):
            found[risk.name] = risk
    return list(found.values())


def _dangers(text: str, dangers: Iterable[Danger]) -> Iterable[Risk]:
    for danger in dangers:
        if (mention := mentions.find(text, danger)) is not None:
            name = danger.risk or str(danger.reason)
            yield Risk(name, Level.URGENT, *mention, sensitive=bool(danger.risk), reason=str(danger.reason))


def _by_words(text: str, rules: Iterable[Rule]) -> Iterable[Risk]:
    for rule in rules:
        if rule.things and (mention := mentions.find(text, rule)) is not None:
            yield Risk(rule.name, rule.level, *mention, sensitive=rule.sensitive)


def counted(rules: Iterable[Rule], *, times: int = 1, callers: int = 1) -> list[Risk]:
    """What follows from how often a matter was brought up by the same person, and by how many people."""
    found = []
    for rule in rules:
        if rule.times and times >= rule.times:
            found.append(Risk(rule.name, Level.ATTENTION, f"第{times}次反映", count=times))
        if rule.callers and callers >= rule.callers:
            found.append(Risk(rule.name, Level.ATTENTION, f"{callers}人反映", count=callers))
    return found


def why_urgent(found: Iterable[Risk]) -> str:
    """The reason for 紧急: the first of the risks that raises; empty where none does."""
    return next((risk.why for risk in found if risk.level is Level.URGENT), "")


def merged(kept: Sequence[Mapping[str, Any]], found: Iterable[Risk]) -> tuple[list[dict[str, Any]], list[Risk]]:
    """What a ticket carries when more was found, each name once; and what of it is new, or graver than it was.

    Words stay those that it was first known by; a count is the largest.
    """
    after = {each["name"]: dict(each) for each in kept}
    new = []
    for risk in found:
        known = after.get(risk.name)
        if known is None or _is_graver(risk.level, Level(known["level"])):
            after[risk.name] = risk.as_dict()
            new.append(risk)
        elif 0 < known.get("count", 0) < risk.count:
            after[risk.name] = risk.as_dict()
    return list(after.values()), new


def read(kept: Iterable[Mapping[str, Any]]) -> list[Risk]:
    """What a ticket carries, as risks again."""
    return [
        Risk(
            each["name"],
            Level(each["level"]),
            each["words"],
            sensitive=each.get("sensitive", False),
            count=each.get("count", 0),
        )
        for each in kept
    ]


def shown(kept: Iterable[Mapping[str, Any]], *, all_of_it: bool) -> list[dict[str, Any]]:
    """The risks for a reader: {"name", "level", "words"}, the graver first. Who does not need to know (`all_of_it` is
    False), and every list, learns of a sensitive one only that there is something."""
    seen: dict[str, dict[str, Any]] = {}
    for each in kept:
        hidden = each.get("sensitive", False) and not all_of_it
        name, words = (UNSAID, "") if hidden else (each["name"], each["words"])
        if name not in seen or _is_graver(Level(each["level"]), Level(seen[name]["level"])):
            seen[name] = {"name": name, "level": each["level"], "words": words}
    return sorted(seen.values(), key=lambda each: each["level"] != Level.URGENT)


def _is_graver(one: Level, other: Level) -> bool:
    return one is Level.URGENT and other is not Level.URGENT
