"""考核评分: a scheme as data, the score of a unit with every line of it, and the order in which units come.

All sums are exact; rounding is the last thing, half up, and never up to the full score. Units with the same printed
score have the same rank, and the next rank is skipped.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Any, TypeVar

from hotline.domain.reading import Reading
from hotline.domain.score_facts import NAMES, PROMISES, RATED, SUMS, Facts, Measured
from hotline.domain.score_terms import (
    EMPTY,
    MEASURES,
    MOST,
    ZERO,
    Deduction,
    Steps,
    Term,
    Worth,
    amount,
    half_up,
    number,
    read_term,
)

COLOURS = {"green": "绿", "amber": "黄", "red": "红"}
DEFAULT, OWN = "default", "own"  # keys: of the project's scheme, and of the city's own file
POINTS = "points"  # the scheme by which 点位 are scored
Key = TypeVar("Key", bound=Hashable)


class SchemeError(ValueError):
    """The scheme cannot be used. `reasons` names every fault with its place, in Chinese."""

    def __init__(self, reasons: list[str]) -> None:
        super().__init__("\n".join(reasons))
        self.reasons = tuple(reasons)


@dataclass(frozen=True, slots=True)
class Grade:
    """From this score on a unit is called so."""

    name: str
    colour: str
    least: Fraction


@dataclass(frozen=True, slots=True)
class Line:
    """One term of one unit's score. `points` is None where there was nothing to count, `full` what it brings at most;
    `parts`: the facts it was worked out from, each with part and whole; points (`SUMS`) with of how many things they
    are the sum."""

    name: str
    points: Fraction | None
    full: Fraction
    told: str
    parts: tuple[tuple[str, Fraction, Fraction | None], ...]

    def as_dict(self) -> dict[str, Any]:
        """For JSON, as it is kept with a frozen month."""
        parts = [
            {
                "fact": key,
                "name": NAMES[key],
                "part": number(part, 4),
                "whole": None if whole is None else number(whole),
            }
            for key, part, whole in self.parts
        ]
        points = None if self.points is None else number(self.points, 4)
        return {"name": self.name, "points": points, "full": number(self.full), "told": self.told, "parts": parts}

    @classmethod
    def from_dict(cls, kept: Mapping[str, Any]) -> Line:
        """As it was kept."""
        points = kept["points"]
        parts = tuple(
            (each["fact"], Fraction(each["part"]), None if each["whole"] is None else Fraction(each["whole"]))
            for each in kept["parts"]
        )
        points = None if points is None else Fraction(points)
        return cls(kept["name"], points, Fraction(kept["full"]), kept["told"], parts)


@dataclass(frozen=True, slots=True)
class Score:
    """A unit's score, or None for one of whom there is nothing to be said. `told`: how the lines come together."""

    total: Decimal | None
    grade: Grade | None
    lines: tuple[Line, ...]
    cases: int
    told: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "score": None if self.total is None else str(self.total),
            "grade": self.grade and self.grade.name,
            "colour": self.grade and self.grade.colour,
            "cases": self.cases,
            "lines": [line.as_dict() for line in self.lines],
            "told": list(self.told),
        }

    @classmethod
    def from_dict(cls, kept: Mapping[str, Any], grades: Sequence[Grade]) -> Score:
        """As it was kept, with the grades of the scheme that it was worked out by."""
        total = None if kept["score"] is None else Decimal(kept["score"])
        grade = next((each for each in grades if each.name == kept["grade"]), None)
        lines = tuple(Line.from_dict(each) for each in kept["lines"])
        return cls(total, grade, lines, kept["cases"], tuple(kept["told"]))


@dataclass(frozen=True, slots=True)
class Scheme:
    """How a city scores its units. `minimum`: of how many cases (`counted`) a unit is ranked; `mapping`: as written."""

    key: str
    name: str
    version: str
    ground: str  # where the rule is written
    full: Fraction
    least: Fraction
    most: Fraction
    decimals: int
    empty: str
    counted: str
    minimum: int
    shown: int  # how many of the best and of the worst are named
    terms: tuple[Term, ...]
    grades: tuple[Grade, ...]  # the best first
    mapping: Mapping[str, Any]

    @classmethod
    def from_mapping(cls, key: str, mapping: Mapping[str, Any]) -> Scheme:
        """Read a scheme as TOML or JSON gave it. Raises SchemeError naming all faults."""
        reading = Reading(mapping)
        full = amount(reading, "full", least=1)
        terms = [(table, read_term(table)) for table in reading.tables("term")]
        found = tuple(term for _, term in terms if term is not None)
        scheme = cls(
            key=key,
            name=reading.text("name"),
            version=reading.text("version"),
            ground=reading.text("ground") if "ground" in reading else "",
            full=full,
            least=amount(reading, "least", ZERO, least=-MOST),
            most=amount(reading, "most", full + sum((term.bonus for term in found if isinstance(term, Steps)), ZERO)),
            decimals=reading.whole("decimals", least=0, most=4) if "decimals" in reading else 2,
            empty=_read_empty(reading),
            counted=_read_counted(reading),
            minimum=reading.whole("minimum", least=0, most=99_999),
            shown=reading.whole("shown", least=1, most=100) if "shown" in reading else 10,
            terms=found,
            grades=_read_grades(reading),
            mapping=mapping,
        )
        _check(reading, scheme, every=len(found) == len(terms))
        reading.close()
        if reading.faults:
            raise SchemeError(reading.faults)
        return scheme

    @property
    def wanted(self) -> frozenset[str]:
        """The facts that it looks at."""
        return frozenset({self.counted, *(key for term in self.terms for key in term.facts)})

    @property
    def weighs_promises(self) -> bool:
        """Whether single promises are taken off for by their source."""
        deductions = [term for term in self.terms if isinstance(term, Deduction) and term.times]
        return any((PROMISES.keys() | RATED.keys()) & set(term.facts) for term in deductions)

    @property
    def checksum(self) -> str:
        """Of what is written in it: the same scheme has the same one."""
        text = json.dumps(self.mapping, sort_keys=True, ensure_ascii=False, default=str)
        return hashlib.sha256(text.encode()).hexdigest()

    def score(self, facts: Facts, unit: str = "") -> Score:
        """The score of a unit (by its key, where the scheme names units)."""
        worths = [term.worth(facts, unit) for term in self.terms]
        lines = tuple(self._line(term, worth, facts) for term, worth in zip(self.terms, worths, strict=True))
        measured = facts[self.counted]
        cases = measured.part if measured.whole is None else measured.whole
        told_by = [worth for term, worth in zip(self.terms, worths, strict=True) if isinstance(term, MEASURES)]
        if told_by and all(worth.points is None for worth in told_by):
            return Score(None, None, lines, int(cases), ("没有可计的数据，不评分。",))
        total, told = self._total(lines)
        return Score(total, self.grade(total), lines, int(cases), tuple(told))

    def as_dict(self) -> dict[str, Any]:
        """For JSON, whole: what a frozen month was scored by."""
        of = {"key": self.key, "name": self.name, "version": self.version, "checksum": self.checksum}
        return {**of, "mapping": dict(self.mapping)}

    def grade(self, total: Decimal) -> Grade | None:
        """What a score is called; None where the scheme has no grades."""
        return next((grade for grade in self.grades if total >= grade.least), None)

    def _line(self, term: Term, worth: Worth, facts: Facts) -> Line:
        points, told = worth.points, worth.told
        if points is None and self.empty != "spread":
            points, told = (term.points if self.empty == "full" else ZERO), f"{told}，{EMPTY[self.empty]}"
        parts = tuple((key, facts[key].part, _whole(key, facts[key])) for key in term.facts)
        return Line(term.name, points, term.points, told, parts)

    def _total(self, lines: Sequence[Line]) -> tuple[Decimal, list[str]]:
        """What has nothing to count gives its points to the others, in proportion; deductions are not stretched."""
        told = []
        rated = sum((line.points for line in lines if line.full and line.points is not None), ZERO)
        lost = sum((line.points for line in lines if not line.full and line.points is not None), ZERO)
        possible = sum((line.full for line in lines if line.points is not None), ZERO)
        if possible and possible < self._possible:
            told.append(
                f"没有可计数据的项不计，其余折算：{number(rated)} ÷ {number(possible)} × {number(self._possible)}"
                f" = {number(rated * self._possible / possible)}"
            )
            rated = rated * self._possible / possible
        exact = rated + lost
        held = min(max(exact, self.least), self.most)
        if held != exact:
            told.append(f"合计 {number(exact)}，限 {number(self.least)} 至 {number(self.most)}，得 {number(held)}")
        total = half_up(held, self.decimals)
        for bound in (self.full, self.most):
            if held < bound <= total:
                total = half_up(bound, self.decimals) - Decimal(1).scaleb(-self.decimals)
        return total, told

    @property
    def _possible(self) -> Fraction:
        return sum((term.points for term in self.terms), ZERO)


def _whole(key: str, measured: Measured) -> Fraction | None:
    return Fraction(measured.things) if key in SUMS else measured.whole


def ranks(scores: Mapping[Key, Decimal]) -> dict[Key, int]:
    """1 for the highest; the same score has the same rank, and the next one is skipped."""
    order = sorted(scores.values(), reverse=True)
    first: dict[Decimal, int] = {}
    for place, score in enumerate(order, 1):
        first.setdefault(score, place)
    return {key: first[score] for key, score in scores.items()}


def _read_empty(reading: Reading) -> str:
    if "empty" not in reading:
        return "spread"
    word = reading.text("empty")
    if word not in EMPTY:
        reading.fault("empty", f"“{word}”应为 {'、'.join(EMPTY)} 之一")
    return word


def _read_counted(reading: Reading) -> str:
    if "counted" not in reading:
        return "handle.kept"
    key = reading.text("counted")
    if key not in NAMES:
        reading.fault("counted", f"不认识“{key}”，可用的见 docs/scoring.md")
    return key


def _read_grades(reading: Reading) -> tuple[Grade, ...]:
    if "grade" not in reading:
        return ()
    grades = []
    for table in reading.tables("grade"):
        colour = table.text("colour")
        if colour and colour not in COLOURS:
            table.fault("colour", f"“{colour}”应为 {'、'.join(COLOURS)} 之一")
        grades.append(Grade(table.text("name"), colour, amount(table, "from", least=-MOST)))
        table.close()
    if any(better.least <= worse.least for better, worse in pairwise(grades)):
        reading.fault("grade", "各等级的 from 应从高到低，不能重复")
    return tuple(grades)


def _check(reading: Reading, scheme: Scheme, *, every: bool) -> None:
    """What only the whole can tell."""
    if "term" in reading and not scheme.terms and every:
        reading.fault("term", "至少要有一项")
    bonus = sum((term.points for term in scheme.terms), ZERO)
    if every and scheme.terms and bonus != scheme.full:
        reading.fault("full", f"各项分值合计 {number(bonus)}，应与 full 的 {number(scheme.full)} 相等")
    if scheme.least > scheme.most:
        reading.fault("least", "不能大于 most")
    names = [term.name for term in scheme.terms]
    for name in sorted({name for name in names if name and names.count(name) > 1}):
        reading.fault("term", f"有两项都叫“{name}”")
    if scheme.grades and scheme.grades[-1].least > scheme.least:
        reading.fault("grade", f"最低一等的 from 应不高于最低分 {number(scheme.least)}，使每个分数都有等级")
