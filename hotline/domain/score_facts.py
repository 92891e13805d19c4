"""What a score is made of: the facts of one unit in one month, by the names that a scheme calls them by.

A fact is an amount, or a share of a whole; where single things are counted it also tells them by source and case, so
that a scheme can weigh some sources more, and the third rework of one ticket more than the first.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from types import MappingProxyType

from hotline.domain.indicators import INDICATORS, ITEMS, PERCENT, Basis, Better, Indicator
from hotline.domain.rates import RateKind

URGENT = "urgent."  # before the name of a promise's figure: of urgent matters alone
FIGURES = MappingProxyType(
    {
        "kept": "完成",
        "missing": "未完成",
        "on_time": "按时完成",
        "late": "逾期完成",
        "extended": "延期",
        "on_original": "按原时限完成",
        "original_on_time": "按原时限完成（不因延期移出）",
    }
)
#: Those that are shares of something else than of what was owed.
WHOLES = MappingProxyType({"original_on_time": "original_owed"})
_KINDS = {RateKind.HANDLE: "处理", RateKind.REPLY: "回复", RateKind.CLOSE: "办结"}

#: A point of the ladder's own deductions counts as one of `card.deduction`.
COUNTS = MappingProxyType(
    {
        "received": "受理量",
        "mean_days": "平均办理天数",
        "repeats": "重复反映",
        "reworks": "重办",
        "failed_samples": "抽查不合格",
        "refusals": "拒不办理的督办",
        "card.order": "督办",
        "card.yellow": "黄牌",
        "card.red": "红牌",
        "card.exposure": "通报",
        "card.deduction": "督办扣分",
    }
)
#: Points are kept by hundredths where they are kept with the case that they were taken off for.
CENTS = 100
#: Facts that are points, and not a number of things: their list has what they are the sum of.
SUMS = frozenset({"card.deduction"})


def _listed(name: str, sort: str, formula: str) -> Indicator:
    source = "考核评分方案"
    return Indicator(name, COUNTS[name], f"{COUNTS[name]} = {formula}", ITEMS, Better.LOWER, source, Basis.CASES, sort)


_OF_LEVELS = {"card.order": "督办单", "card.yellow": "黄牌", "card.red": "红牌", "card.exposure": "通报"}
#: Facts that are counted by cases which no indicator has (services/month/cases.py).
LISTED: Mapping[str, Indicator] = MappingProxyType(
    {
        "failed_samples": _listed("failed_samples", "failed", "本月登记为不合格的抽查"),
        "refusals": _listed("refusals", "refusal", "本月以推诿拒办为由发出的督办单和牌"),
        **{name: _listed(name, name[5:], f"本月发出的{level}") for name, level in _OF_LEVELS.items()},
        "card.deduction": _listed("card.deduction", "deduction", "同一单位同一件工单同一轮最高一级的扣分之和"),
    }
)


def _promises() -> Iterable[tuple[str, str]]:
    for before, of in (("", ""), (URGENT, "紧急件")):
        for kind in RateKind:
            for figure, name in FIGURES.items():
                yield f"{before}{kind.value}.{figure}", f"{of}{_KINDS[kind]}{name}"


PROMISES: Mapping[str, str] = MappingProxyType(dict(_promises()))
RATED = {key: each for key, each in INDICATORS.items() if each.unit == PERCENT}
#: Every fact, with what it is called on the page.
NAMES: Mapping[str, str] = MappingProxyType({**PROMISES, **{key: each.name for key, each in RATED.items()}, **COUNTS})
#: Facts that are shares of a whole, or means: a unit that has nothing of the kind has no value of them.
SHARES = frozenset({*PROMISES, *RATED, "mean_days"})
#: Facts that nothing can be taken off for, thing by thing.
NO_EVENTS = frozenset({"received", "mean_days"})

Cases = Mapping[Fraction, int]  # how many cases have so many of the thing


@dataclass(frozen=True, slots=True)
class Measured:
    """One fact. `whole` is None where it is no share. `events`: by source, what single cases have of it."""

    part: Fraction = Fraction(0)
    whole: Fraction | None = None
    events: Mapping[str, Cases] = field(default_factory=dict)

    @property
    def value(self) -> Fraction | None:
        """The amount or the share; None for a share of nothing."""
        if self.whole is None:
            return self.part
        return self.part / self.whole if self.whole else None

    @property
    def things(self) -> int:
        """Of how many single things it is the sum."""
        return sum(count for cases in self.events.values() for count in cases.values())

    def __add__(self, other: Measured) -> Measured:
        """Both together: of two units below the same one."""
        whole = None if self.whole is None and other.whole is None else (self.whole or 0) + (other.whole or 0)
        return Measured(self.part + other.part, None if whole is None else Fraction(whole), _merged(self, other))


NOTHING = Measured()
NO_SHARE = Measured(whole=Fraction(0))


def _merged(one: Measured, other: Measured) -> Mapping[str, Cases]:
    if not one.events or not other.events:
        return one.events or other.events
    found = {source: dict(cases) for source, cases in one.events.items()}
    for source, cases in other.events.items():
        into = found.setdefault(source, {})
        for amount, count in cases.items():
            into[amount] = into.get(amount, 0) + count
    return found


@dataclass(frozen=True, slots=True)
class Facts:
    """All facts of one unit. What is not told has not happened."""

    by_key: Mapping[str, Measured] = field(default_factory=dict)

    def __getitem__(self, key: str) -> Measured:
        return self.by_key.get(key, NO_SHARE if key in SHARES else NOTHING)


def together(parts: Iterable[Facts]) -> Facts:
    """The facts of several units as those of the one above them."""
    found: dict[str, Measured] = {}
    for part in parts:
        for key, measured in part.by_key.items():
            found[key] = found[key] + measured if key in found else measured
    return Facts(found)
