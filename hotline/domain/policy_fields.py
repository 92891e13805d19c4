"""时限政策 as fields that a person fills in: their names, their groups, and the way from a policy there and back.

A field has the place of its entry in the policy's mapping (`paces.working.reply`); of the ladder, that of its level
(`ladder.order.after`). Lengths are written as people write them: `4 工作时`, `5 个工作日`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction
from typing import Any

from hotline.domain.errors import Invalid
from hotline.domain.ladder import COPY_ROLES, LEVELS
from hotline.domain.lengths import Pace
from hotline.domain.limits import Limit, LimitError, LimitUnit
from hotline.domain.policy import Policy, PolicyError
from hotline.domain.policy_rules import KINDS, OWN_KINDS, REQUEST_TYPES, SOURCES, URGENCIES

HOW = "请写数量和单位，例如：4 工作时、5 个工作日、24 紧急工作时、10 个自然日。"
BETWEEN = ","  # the words of a list in one value
_NAMES = {"accept": "受理", "dispatch": "交办", "sign": "签收", "handle": "处理", "check": "核查", "reply": "回复",
          "survey": "回访", "close": "办结", "explain": "书面说明"}  # fmt: skip
_PACES = {Pace.URGENT: "紧急工作时", Pace.OFFICE: "工作时", Pace.WORKING: "工作日", Pace.NATURAL: "自然日"}
_LEVELS = dict(zip(LEVELS, ("第一级", "第二级", "第三级", "第四级", "第五级"), strict=True))
_COPIES = dict(zip(COPY_ROLES, ("承办单位负责人", "分管副市长", "市长"), strict=True))
#: What the faults of a policy's file call things, in the words of the page.
_IN_WORDS = {**{unit.value: unit.label.removeprefix("个") for unit in LimitUnit}, **_NAMES, **_LEVELS, **_COPIES}
_ENGLISH = re.compile("（explain）|" + "|".join(sorted(_IN_WORDS, key=len, reverse=True)))


class Shape(StrEnum):
    """What is written in a field."""

    LIMIT = "limit"
    COUNT = "count"
    SHARE = "share"
    POINTS = "points"
    TEXT = "text"
    WORDS = "words"  # a choice of several


@dataclass(frozen=True)
class Field:
    """`optional`: left empty, the general rule holds. `options`: the words of a choice, with their names."""

    key: str
    label: str
    shape: Shape = Shape.LIMIT
    optional: bool = False
    options: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Group:
    """Fields that are looked at together. `fold`: mostly empty, shown when asked for."""

    title: str
    note: str
    fields: tuple[Field, ...]
    fold: bool = False


def _by_urgency(key: str) -> Iterator[Field]:
    return (Field(f"{key}.{word}", label) for word, label in URGENCIES.items())


def _paces() -> Iterator[Group]:
    note = "回复、办结是在处理时限之上增加的余量，单位须与处理时限同类。"
    for pace, label in _PACES.items():
        steps = ("dispatch", "sign", "check", "reply", "close")
        fields = (Field(f"paces.{pace}.{kind}", _around(kind)) for kind in steps)
        yield Group(f"处理时限以{label}计的，前后各环节", note, tuple(fields))


def _around(kind: str) -> str:
    return f"{_NAMES[kind]}（余量）" if kind in ("reply", "close") else _NAMES[kind]


def _sources() -> Iterator[Group]:
    note = "不填的按一般规定。另定回复或办结时限的，应一并规定处理时限。"
    for source, label in SOURCES.items():
        fields = (
            Field(f"sources.{source}.{urgency}.{kind}", f"{said}：{_NAMES[kind]}", optional=True)
            for urgency, said in URGENCIES.items()
            for kind in OWN_KINDS
        )
        yield Group(f"{label}的时限", note, tuple(fields), fold=True)


def _warnings() -> Iterator[Field]:
    yield Field("warnings.default", "一般", Shape.SHARE)
    for kind in KINDS:
        yield Field(f"warnings.{kind}", _NAMES[kind], Shape.SHARE, optional=True)


def _extensions() -> Iterator[Field]:
    yield Field("extensions.times", "次数", Shape.COUNT)
    yield Field("extensions.adds", "每次增加", optional=True)
    for source, label in SOURCES.items():
        yield Field(f"extensions.{source}.times", f"{label}：次数", Shape.COUNT, optional=True)
        yield Field(f"extensions.{source}.adds", f"{label}：每次增加", optional=True)


LIMITS: tuple[Group, ...] = (
    Group("受理", "自诉求到达起。", tuple(_by_urgency("accept"))),
    Group("处理", "自交办起。选定立案条件的按该条件，其余按此。", tuple(_by_urgency("handle"))),
    Group(
        "处理（按诉求类型另定）",
        "不填的按上面的一般时限。",
        tuple(Field(f"handle.types.{word}", label, optional=True) for word, label in REQUEST_TYPES.items()),
    ),
    *_paces(),
    *_sources(),
    Group("预警", "时限用去多少时提醒承办人，0 至 1 之间，例如 0.8；0 为不提醒。", tuple(_warnings())),
    Group("退单", "", (Field("returns.within", "交办后多久以内"), Field("returns.times", "次数", Shape.COUNT))),
    Group("延期", "“每次增加”不填的，增加一个原时限。", tuple(_extensions())),
    Group("挂账", "", (Field("pauses.days", "最长天数", Shape.COUNT), Field("pauses.times", "次数", Shape.COUNT))),
    Group("重办", "", (Field("reopen.within", "办结后多久以内可以要求"),)),
    Group(
        "回访",
        "",
        (Field("survey.limit", "总时限"), Field("survey.tries", "次数", Shape.COUNT), Field("survey.wait", "每次等候")),
    ),
    Group("补问", "", (Field("asking.wait", "等候地点的答复"),)),
    Group("申诉", "", (Field("appeals.within", "办结后多久以内"), Field("appeals.times", "次数", Shape.COUNT))),
)
LADDER: tuple[Group, ...] = tuple(
    Group(
        label,
        "",
        (
            Field(f"ladder.{level}.name", "名称", Shape.TEXT, optional=True),
            Field(f"ladder.{level}.after", "到期后多久", optional=True),
            Field(f"ladder.{level}.explain", "书面说明时限", optional=True),
            Field(f"ladder.{level}.deduction", "扣分", Shape.POINTS, optional=True),
            Field(f"ladder.{level}.demand", "要求", Shape.TEXT, optional=True),
            Field(f"ladder.{level}.kinds", "哪些时限超期", Shape.WORDS, True, tuple(_NAMES.items())),
            Field(f"ladder.{level}.copies", "抄送", Shape.WORDS, True, tuple(_COPIES.items())),
        ),
    )
    for level, label in _LEVELS.items()
)


@dataclass(frozen=True)
class Difference:
    """A field that two policies do not have in common; "" where one of them says nothing."""

    label: str
    before: str
    after: str


def values_of(policy: Policy) -> dict[str, str]:
    """The policy field by field, lengths in Chinese."""
    body = policy.to_mapping()
    ladder = {rung["level"]: rung for rung in body.pop("ladder")}
    body["ladder"] = ladder
    values = {}
    for field in _fields():
        found = _find(body, field.key)
        if found is not None:
            values[field.key] = _shown(field, found)
    return values


def read_policy(values: Mapping[str, str], version: str, effective_from: date) -> Policy:
    """The policy of these fields. Raises Invalid with a sentence for each field that cannot be used."""
    faults: dict[str, str] = {}
    body: dict[str, Any] = {"version": version, "effective_from": effective_from.isoformat()}
    for field in _fields():
        text = values.get(field.key, "").strip()
        if not text:
            if not field.optional:
                faults[field.key] = f"请填写“{_name(field)}”。"
            continue
        try:
            _set(body, field.key, _parsed(field, text))
        except ValueError as error:
            faults[field.key] = f"{_name(field)}：{error}"
    if faults:
        raise Invalid(faults)
    body["ladder"] = _rungs(body.get("ladder", {}), values)
    body.setdefault("sources", {})
    body["handle"].setdefault("types", {})
    try:
        return Policy.from_mapping(body)
    except PolicyError as error:
        raise Invalid(_by_field(error.reasons, body["ladder"])) from error


def differences(before: Policy, after: Policy) -> list[Difference]:
    """Field by field, in their order."""
    old, new = values_of(before), values_of(after)
    return [
        Difference(f"{group.title}：{field.label}", _said(field, old), _said(field, new))
        for group in (*LIMITS, *LADDER)
        for field in group.fields
        if old.get(field.key, "") != new.get(field.key, "")
    ]


def _fields() -> Iterable[Field]:
    return (field for group in (*LIMITS, *LADDER) for field in group.fields)


def _name(field: Field) -> str:
    group = next(group for group in (*LIMITS, *LADDER) if field in group.fields)
    return f"{group.title}：{field.label}"


def _find(body: Mapping[str, Any], key: str) -> Any:
    found: Any = body
    for part in key.split("."):
        if not isinstance(found, Mapping) or part not in found:
            return None
        found = found[part]
    return found


def _set(body: dict[str, Any], key: str, value: Any) -> None:
    *path, name = key.split(".")
    for part in path:
        body = body.setdefault(part, {})
    body[name] = value


def _shown(field: Field, value: Any) -> str:
    if field.shape is Shape.LIMIT:
        return Limit.parse(value).label
    if field.shape is Shape.WORDS:
        return BETWEEN.join(word for word, _ in field.options if word in value)
    return _decimal(value) if field.shape is Shape.SHARE else str(value)


def _decimal(share: str) -> str:
    """0.8 of 4/5, where that says the same."""
    exact = Fraction(share)
    short = f"{float(exact):g}"
    return short if Fraction(short) == exact else share


def _said(field: Field, values: Mapping[str, str]) -> str:
    text = values.get(field.key, "")
    if field.shape is not Shape.WORDS:
        return text
    chosen = text.split(BETWEEN)
    return "、".join(label for word, label in field.options if word in chosen)


def _parsed(field: Field, text: str) -> Any:
    """Raises ValueError with what to do."""
    if field.shape is Shape.LIMIT:
        try:
            return str(Limit.parse(text))
        except LimitError as error:
            raise ValueError(HOW) from error
    if field.shape is Shape.COUNT:
        if not (text.isascii() and text.isdecimal() and len(text) < 6):
            raise ValueError("请填写整数。")
        return int(text)
    return text.split(BETWEEN) if field.shape is Shape.WORDS else text


def _rungs(ladder: Mapping[str, Mapping[str, Any]], values: Mapping[str, str]) -> list[dict[str, Any]]:
    """The levels that have a name, lowest first; the others are not used."""
    rungs = []
    for level in LEVELS:
        if values.get(f"ladder.{level}.name", "").strip():
            rung = {"deduction": "0", "kinds": [], "copies": [], "demand": "", **ladder[level]}
            rungs.append({"level": level, **rung})
    return rungs


def _by_field(reasons: Iterable[str], rungs: list[dict[str, Any]]) -> dict[str, str]:
    known = {field.key: field for field in _fields()}
    faults: dict[str, str] = {}
    for reason in reasons:
        place, _, told = reason.partition("：")
        if numbered := re.fullmatch(r"ladder\[(\d+)\](\.\w+)?", place):
            place = f"ladder.{rungs[int(numbered[1]) - 1]['level']}{numbered[2] or '.name'}"
        elif place == "ladder":
            place = "ladder.remind.name"
        name = f"{_name(known[place])}：" if place in known else ""
        faults.setdefault(place, name + _ENGLISH.sub(lambda found: _IN_WORDS.get(found[0], ""), told))
    return faults
