"""The terms of a score, each with how it is read from a city's scheme and how it comes to its points.

Five kinds are enough for the schemes that we know (rules.md §15): a rate (or what is left of 1) times its points, full
points from a threshold on; a line held within bounds; steps; deductions for single things, with a cap, doubled by
source; a gate that closes with the first one.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Protocol

from hotline.domain.policy_rules import SOURCES
from hotline.domain.reading import Reading
from hotline.domain.score_facts import NAMES, NO_EVENTS, SHARES, Cases, Facts, Measured

ZERO, ONE = Fraction(0), Fraction(1)
MOST = 10_000  # points, times, bounds: more is a slip of the pen
OTHERS = "default"  # in `per`: for units that are not named
EMPTY = {"spread": "其余各项折算", "full": "按满分计", "zero": "记0分"}  # what a share of nothing is worth


@dataclass(frozen=True, slots=True)
class Worth:
    """What a term comes to. `points` is None for a share of nothing; `told` is the sum in words and numbers."""

    points: Fraction | None
    told: str


class Term(Protocol):
    """One line of a scheme."""

    @property
    def name(self) -> str: ...
    @property
    def points(self) -> Fraction:
        """What it brings at most; 0 for what only takes off."""

    @property
    def facts(self) -> tuple[str, ...]: ...
    def worth(self, facts: Facts, unit: str) -> Worth:
        """What it comes to for the unit of that key."""


@dataclass(frozen=True, slots=True)
class Rate:
    """`points` times the share, or times what is missing to 1; full from `full_at` on, in proportion below it."""

    name: str
    points: Fraction
    facts: tuple[str, ...]
    inverse: bool = False
    full_at: Fraction = ONE

    def worth(self, facts: Facts, unit: str) -> Worth:
        measured = facts[self.facts[0]]
        share = measured.value
        if share is None:
            return Worth(None, f"没有{NAMES[self.facts[0]]}可计")
        told = f"{number(measured.part)}/{number(measured.whole or ZERO)}"
        if self.inverse:
            share, told = max(ONE - share, ZERO), f"（1 − {told}）"
        if self.full_at != ONE and share >= self.full_at:
            return Worth(self.points, f"{told} 已达 {percent(self.full_at)}，得满分 {number(self.points)}")
        below = "" if self.full_at == ONE else f" ÷ {percent(self.full_at)}"
        points = self.points * share / self.full_at
        return Worth(points, f"{number(self.points)} × {told}{below} = {number(points)}")


@dataclass(frozen=True, slots=True)
class Line:
    """`base` + `slope` × the fact, held within `least` and `points`; `per`: by unit, what the fact is divided by."""

    name: str
    points: Fraction
    facts: tuple[str, ...]
    base: Fraction
    slope: Fraction
    least: Fraction = ZERO
    per: Mapping[str, Fraction] = field(default_factory=dict)

    def worth(self, facts: Facts, unit: str) -> Worth:
        value = facts[self.facts[0]].value
        by = self.per.get(unit, self.per.get(OTHERS)) if self.per else ONE
        if value is None or by is None:
            return Worth(None, f"没有{NAMES[self.facts[0]]}可计" if value is None else "方案没有写明该单位的折算基数")
        raw = self.base + self.slope * value / by
        points = min(max(raw, self.least), self.points)
        sign, divided = "−" if self.slope < 0 else "+", f" ÷ {number(by)}" if self.per else ""
        told = f"{number(self.base)} {sign} {number(abs(self.slope))} × {number(value)}{divided} = {number(raw)}"
        bounds = f"，限 {number(self.least)} 至 {number(self.points)}，得 {number(points)}"
        return Worth(points, told if points == raw else told + bounds)


@dataclass(frozen=True, slots=True)
class Steps:
    """The points of the highest threshold that the fact has reached; none below the lowest."""

    name: str
    points: Fraction
    facts: tuple[str, ...]
    steps: tuple[tuple[Fraction, Fraction], ...]  # from which value on, points; the lowest first
    bonus: Fraction = ZERO  # 加分: what it can bring on top of the full score; `points` is 0 then

    def worth(self, facts: Facts, unit: str) -> Worth:
        measured = facts[self.facts[0]]
        value = measured.value
        if value is None:
            return Worth(None, f"没有{NAMES[self.facts[0]]}可计")
        told = number(value) if measured.whole is None else f"{number(measured.part)}/{number(measured.whole)}"
        say = number if measured.whole is None else percent
        reached = [step for step in self.steps if value >= step[0]]
        if not reached:
            return Worth(ZERO, f"{told} 未达 {say(self.steps[0][0])}，得 0")
        return Worth(reached[-1][1], f"{told} 已达 {say(reached[-1][0])}，得 {number(reached[-1][1])}")


@dataclass(frozen=True, slots=True)
class Deduction:
    """`points` less `each` for every thing, `each_from` from the `nth` of one case on; never more than `cap`.

    `at_least`: only cases with so many count, each once. `times`: by source, how many times over it is taken off.
    """

    name: str
    points: Fraction
    facts: tuple[str, ...]
    each: Fraction
    cap: Fraction | None = None
    nth: int = 0
    each_from: Fraction = ZERO
    at_least: int = 0
    times: Mapping[str, Fraction] = field(default_factory=dict)

    def worth(self, facts: Facts, unit: str) -> Worth:
        parts = [part for key in self.facts for part in self._parts(facts[key])]
        lost = sum((each for each, _ in parts), ZERO)
        told = " + ".join(said for _, said in parts) or "没有扣分"
        if self.cap is not None and lost > self.cap:
            told, lost = f"{told} = {number(lost)}，最多扣 {number(self.cap)}", self.cap
        elif parts:
            told = f"扣 {told} = {number(lost)}" if len(parts) > 1 or "×" in told else f"扣 {number(lost)}"
        points = self.points - lost
        return Worth(points, f"{number(self.points)}，{told}" if self.points else told)

    def _parts(self, measured: Measured) -> list[tuple[Fraction, str]]:
        """What each source loses, with the sum as it is told."""
        found = []
        for source, cases in sorted(measured.events.items()):
            lost, told = self._lost(cases)
            times = self.times.get(source, ONE)
            if lost and times:
                many = "" if times == ONE else f" × {number(times)}（{SOURCES.get(source, source)}）"
                found.append((lost * times, f"{told}{many}"))
        return found

    def _lost(self, cases: Cases) -> tuple[Fraction, str]:
        if self.at_least:
            reached = sum(count for amount, count in cases.items() if amount >= self.at_least)
            return reached * self.each, f"{reached} × {number(self.each)}"
        usual = later = ZERO
        for amount, count in cases.items():
            within = min(amount, Fraction(self.nth - 1)) if self.nth else amount
            usual += within * count
            later += (amount - within) * count
        said = [f"{number(usual)} × {number(self.each)}"] if usual else []
        said += [f"{number(later)} × {number(self.each_from)}"] if later else []
        return usual * self.each + later * self.each_from, " + ".join(said)


@dataclass(frozen=True, slots=True)
class Gate:
    """`points`, less all of `loses` as soon as there are `from_count` of the thing."""

    name: str
    points: Fraction
    facts: tuple[str, ...]
    loses: Fraction
    from_count: int = 1

    def worth(self, facts: Facts, unit: str) -> Worth:
        count = sum((facts[key].part for key in self.facts), ZERO)
        if count < self.from_count:
            return Worth(self.points, f"{number(count)} 件，不扣分")
        points = self.points - self.loses
        return Worth(points, f"{number(count)} 件，满 {self.from_count} 件即扣 {number(self.loses)}")


def read_term(table: Reading) -> Term | None:
    """One `[[term]]`. None where its kind is not known; every fault is noted."""
    kind = table.text("kind")
    read = KINDS.get(kind)
    if read is None:
        if kind:
            table.fault("kind", f"不认识“{kind}”，可用的有 {'、'.join(KINDS)}")
        return None
    term = read(table)
    table.close()
    return term


def _read_rate(table: Reading) -> Term:
    facts = (_fact(table, SHARES - {"mean_days"}),)
    full_at = amount(table, "full_at", ONE, least=Fraction(1, 100), most=1)
    inverse = _switch(table, "inverse")
    return Rate(table.text("name"), amount(table, "points"), facts, inverse, full_at)


def _read_line(table: Reading) -> Term:
    facts, most = (_fact(table, NAMES),), amount(table, "points")
    least = amount(table, "least", ZERO, least=-MOST)
    if least > most:
        table.fault("least", "不能大于 points")
    base, slope = amount(table, "base", least=-MOST), amount(table, "slope", least=-MOST)
    return Line(table.text("name"), most, facts, base, slope, least, _read_per(table))


def _read_per(table: Reading) -> Mapping[str, Fraction]:
    if "per" not in table:
        return {}
    per = table.table("per")
    return {unit: amount(per, unit, least=Fraction(1, 10**9), most=10**12) for unit in per}


def _read_steps(table: Reading) -> Term:
    fact = _fact(table, NAMES)
    steps = []
    for step in table.tables("steps"):
        steps.append((amount(step, "from", least=-MOST), amount(step, "points")))
        step.close()
    if not steps and "steps" in table:
        table.fault("steps", "至少要有一档")
    if steps != sorted(set(steps)) or len({step[0] for step in steps}) < len(steps):
        table.fault("steps", "各档的 from 与 points 应从低到高，不能重复")
    most = max((points for _, points in steps), default=ZERO)
    points, bonus = (ZERO, most) if _switch(table, "bonus") else (most, ZERO)
    return Steps(table.text("name"), points, (fact,), tuple(steps), bonus)


def _read_deduction(table: Reading) -> Term:
    nth = table.whole("nth", least=2, most=99) if "nth" in table else 0
    each_from = amount(table, "each_from") if nth else ZERO
    if "each_from" in table and not nth:
        table.get("each_from")
        table.fault("each_from", "应与 nth 一起写")
    if nth and "at_least" in table:
        table.fault("at_least", "不能与 nth 一起写")
    return Deduction(
        name=table.text("name"),
        points=amount(table, "points", ZERO),
        facts=_facts(table),
        each=amount(table, "each"),
        cap=amount(table, "cap") if "cap" in table else None,
        nth=nth,
        each_from=each_from,
        at_least=table.whole("at_least", least=1, most=99) if "at_least" in table else 0,
        times=_read_times(table),
    )


def _read_times(table: Reading) -> Mapping[str, Fraction]:
    if "times" not in table:
        return {}
    by_source = table.table("times")
    for source in by_source:
        if source not in SOURCES:
            by_source.get(source)
            by_source.fault(source, f"不认识这个来源，可用的有 {'、'.join(SOURCES)}")
    return {source: amount(by_source, source, most=99) for source in SOURCES if source in by_source}


def _read_gate(table: Reading) -> Term:
    count = table.whole("count", least=1, most=9999) if "count" in table else 1
    points = amount(table, "points", ZERO)
    return Gate(table.text("name"), points, _facts(table), amount(table, "loses"), count)


MEASURES = (Rate, Line, Steps)  # what has no worth where there is nothing to measure
KINDS: Mapping[str, Callable[[Reading], Term]] = {
    "rate": _read_rate,
    "line": _read_line,
    "steps": _read_steps,
    "deduction": _read_deduction,
    "gate": _read_gate,
}


def _fact(table: Reading, allowed: Collection[str]) -> str:
    key = table.text("fact")
    if key and key not in NAMES:
        table.fault("fact", f"不认识“{key}”，可用的见 docs/scoring.md")
    elif key and key not in allowed:
        table.fault("fact", f"“{NAMES[key]}”不是比率，不能用在这里")
    return key


def _facts(table: Reading) -> tuple[str, ...]:
    """One, or several that are counted together: `fact = ["handle.missing", "handle.late"]`."""
    value = table.get("fact")
    keys = value if isinstance(value, list) else [value]
    if not keys or not all(isinstance(key, str) for key in keys):
        if "fact" in table:
            table.fault("fact", "应为一项或几项数据的名称")
        return ()
    for key in keys:
        if key not in NAMES:
            table.fault("fact", f"不认识“{key}”，可用的见 docs/scoring.md")
        elif key in NO_EVENTS:
            table.fault("fact", f"“{NAMES[key]}”不是一件一件的事，不能按件扣分")
    return tuple(keys)


def amount(
    table: Reading,
    key: str,
    default: Fraction | None = None,
    *,
    least: Fraction | int = 0,
    most: Fraction | int = MOST,
) -> Fraction:
    """A number read by its spelling, so that 0.2 is a fifth; `"85 %"` is one too. Left out, the default if any."""
    if default is not None and key not in table:
        return default
    value = table.get(key)
    text = str(value).strip()
    try:
        found = Fraction(text.removesuffix("%").strip()) / (100 if text.endswith("%") else 1)
    except (ValueError, ZeroDivisionError):
        found = None
    if found is not None and not isinstance(value, bool) and least <= found <= most:
        return found
    if key in table:
        table.fault(key, f"“{value}”应为 {number(Fraction(least))} 至 {number(Fraction(most))} 之间的数")
    return ZERO


def _switch(table: Reading, key: str) -> bool:
    if key not in table:
        return False
    value = table.get(key)
    if not isinstance(value, bool):
        table.fault(key, f"“{value}”应为 true 或 false")
    return value is True


def number(value: Fraction, places: int = 2) -> str:
    """As it is read: up to so many places, half up, without zeros at the end."""
    shown = half_up(value, places)
    text = f"{shown:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def percent(value: Fraction) -> str:
    """A threshold as it is read: `85 %`."""
    return f"{number(value * 100)} %"


def half_up(value: Fraction, places: int) -> Decimal:
    """Rounded to so many places, halves away from zero. Exact: no float comes near it."""
    scaled = abs(value) * 10**places
    whole, rest = divmod(scaled.numerator, scaled.denominator)
    whole += 2 * rest >= scaled.denominator
    return (Decimal(-whole if value < 0 else whole).scaleb(-places)).quantize(
        Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP
    )
