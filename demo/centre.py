"""What the city centre does besides the complaints, as `centre.toml` has it; `ago` is in days from the end."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from demo.cast import HERE


@dataclass(frozen=True, slots=True)
class Sample:
    """抽查 `every` so many days, the last time `since_end` days before the end."""

    since_end: int
    every: int
    number: int
    said: str
    passed: tuple[str, ...]
    answered: str
    failed: tuple[str, ...]
    redone: str
    reply: str


@dataclass(frozen=True, slots=True)
class Instruction:
    """领导批示, to be reported back `within` so many days."""

    ago: int
    leader: str
    text: str
    within: int
    done: bool


@dataclass(frozen=True, slots=True)
class Head:
    """A unit has another head."""

    ago: int
    unit: str
    name: str


@dataclass(frozen=True, slots=True)
class Wording:
    """A text in other words; `undone_after` so many days it is put back."""

    ago: int
    name: str
    text: str
    undone_after: int | None = None


@dataclass(frozen=True, slots=True)
class Invited:
    """Somebody new, who has not come in yet."""

    ago: int
    login: str
    name: str
    unit: str
    role: str


@dataclass(frozen=True, slots=True)
class Point:
    """点位, with the person in charge; `words`: what its place is also called."""

    name: str
    kind: str
    area: str
    unit: str
    chief: str
    office: str
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Restatement:
    """更正 of the month before."""

    ago: int
    reason: str


@dataclass(frozen=True, slots=True)
class Draft:
    """A draft of the policy, by the fields that are to be other ones."""

    ago: int
    values: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Centre:
    """All of it; `report`: how a matter is reported back."""

    sample: Sample
    instruction: tuple[Instruction, ...]
    report: str
    head: tuple[Head, ...]
    wording: tuple[Wording, ...]
    invited: tuple[Invited, ...]
    point: tuple[Point, ...]
    restatement: Restatement
    policy: Draft


@cache
def centre() -> Centre:
    """As it is written."""
    raw = tomllib.loads((HERE / "centre.toml").read_text(encoding="utf-8"))
    kinds = {"instruction": Instruction, "head": Head, "wording": Wording, "invited": Invited, "point": Point}
    lists = {name: tuple(kind(**each) for each in raw[name]) for name, kind in kinds.items()}
    sample = {**raw["sample"], **{name: tuple(raw["sample"][name]) for name in ("passed", "failed")}}
    return Centre(
        sample=Sample(**sample),
        report=raw["report"]["text"],
        policy=Draft(**raw["policy"]),
        restatement=Restatement(**raw["restatement"]),
        **lists,
    )


def moment(ago: int, ends: datetime) -> datetime:
    """When it happens."""
    return ends - timedelta(days=ago)
