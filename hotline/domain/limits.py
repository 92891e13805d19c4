"""时限: a length is an amount and a unit (design §4; the units of the city manuals, rules §6)."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Context, Decimal
from enum import StrEnum
from fractions import Fraction
from functools import lru_cache
from math import ceil

from hotline.domain.errors import HotlineError

_LONGEST = timedelta(days=8000 * 365)  # a limit beyond this leaves every calendar; refused before it overflows one
_LARGEST = 10**15
_EXACT = Context(prec=60)
_MICROSECOND = timedelta(microseconds=1)


class LimitError(HotlineError, ValueError):
    """The limit cannot be understood, or is zero, negative or absurdly long."""

    code = "limit"


class LimitUnit(StrEnum):
    """What a limit is counted in, and so when its clock runs."""

    URGENT_MINUTES = "urgent_minutes"  # 紧急工作分钟: always, nights and holidays too
    URGENT_HOURS = "urgent_hours"  # 紧急工作时: always
    OFFICE_MINUTES = "office_minutes"  # 工作分钟: in office hours
    OFFICE_HOURS = "office_hours"  # 工作时: in office hours
    WORKING_DAYS = "working_days"  # 工作日: from the first working day after the day of receipt
    NATURAL_DAYS = "natural_days"  # 自然日: from the day after the day of receipt

    @property
    def label(self) -> str:
        """The unit as it follows an amount in Chinese."""
        return _LABELS[self]

    @property
    def is_days(self) -> bool:
        """Counted in whole days after the day of receipt."""
        return self in (LimitUnit.WORKING_DAYS, LimitUnit.NATURAL_DAYS)

    @property
    def is_office(self) -> bool:
        """Counted in open time of the calendar only; the others run through nights and holidays."""
        return self in (LimitUnit.OFFICE_MINUTES, LimitUnit.OFFICE_HOURS, LimitUnit.WORKING_DAYS)


_LABELS = {
    LimitUnit.URGENT_MINUTES: "紧急工作分钟",
    LimitUnit.URGENT_HOURS: "紧急工作时",
    LimitUnit.OFFICE_MINUTES: "工作分钟",
    LimitUnit.OFFICE_HOURS: "工作时",
    LimitUnit.WORKING_DAYS: "个工作日",
    LimitUnit.NATURAL_DAYS: "个自然日",
}
_LENGTHS = {
    LimitUnit.URGENT_MINUTES: timedelta(minutes=1),
    LimitUnit.URGENT_HOURS: timedelta(hours=1),
    LimitUnit.OFFICE_MINUTES: timedelta(minutes=1),
    LimitUnit.OFFICE_HOURS: timedelta(hours=1),
    LimitUnit.WORKING_DAYS: timedelta(days=1),
    LimitUnit.NATURAL_DAYS: timedelta(days=1),
}
_SPELLINGS = {
    spelling: unit
    for unit, label in _LABELS.items()
    for spelling in (unit.value, unit.value.removesuffix("s"), label, label.removeprefix("个"))
}
_SHAPE = re.compile(r"([+-]?\d{1,40}(?:\.\d{1,40}|/\d{1,40})?)\s*(\D+)", re.ASCII)


@dataclass(frozen=True, init=False)
class Limit:
    """An amount above zero of one unit; fractions are allowed for every unit and kept exactly.

    The amount may be given as int, Fraction, Decimal or float (a float counts as the decimal it prints as).
    `span` is the running time that a limit in minutes or hours buys, to the microsecond, never short of it.
    Raises LimitError.
    """

    amount: Fraction
    unit: LimitUnit
    span: timedelta = field(compare=False, repr=False)
    _hash: int = field(compare=False, repr=False)  # hashing a Fraction is dear, and limits are cache keys

    def __init__(self, amount: Fraction | Decimal | float, unit: LimitUnit | str) -> None:
        exact, known = _exact(amount), _known_unit(unit)
        length = _LENGTHS[known]
        if exact <= 0:
            raise LimitError(f"时限必须大于零，而不是 {_shown(exact)} {known.value}")
        if exact * int(length.total_seconds()) > _LONGEST.total_seconds():
            raise LimitError(f"时限过长，无法计算：{_shown(exact)} {known.value}")
        object.__setattr__(self, "amount", exact)
        object.__setattr__(self, "unit", known)
        object.__setattr__(self, "span", ceil(exact * (length // _MICROSECOND)) * _MICROSECOND)
        object.__setattr__(self, "_hash", hash((exact, known)))

    @classmethod
    def parse(cls, text: str) -> Limit:
        """Read `3 working_days`, `1 working day`, `1.5 office_hours`, `1/2 working_day` or `3个工作日`."""
        if not isinstance(text, str):
            raise LimitError(f"时限应写作“3 working_days”这样的文字，而不是 {text!r}")
        return _parsed(text)

    @property
    def label(self) -> str:
        """The limit in Chinese, for the screen: 3个工作日."""
        return f"{_shown(self.amount)}{self.unit.label}"

    def __str__(self) -> str:
        return f"{_shown(self.amount)} {self.unit.value}"

    def __hash__(self) -> int:
        return self._hash


@lru_cache(maxsize=1000)  # a city has some dozens, and a list reads one for each line
def _parsed(text: str) -> Limit:
    match = _SHAPE.fullmatch(unicodedata.normalize("NFKC", text).strip())
    if match is None:
        raise LimitError(f"看不懂的时限“{text[:40]}”：应为数量加单位，例如“3 working_days”")
    amount, unit = match.groups()
    try:
        return Limit(Fraction(amount), "_".join(unit.lower().split()))
    except ZeroDivisionError:
        raise LimitError(f"看不懂的时限“{text[:40]}”：分母为零") from None


def _exact(amount: Fraction | Decimal | float) -> Fraction:
    if isinstance(amount, bool) or not isinstance(amount, (int, float, Decimal, Fraction)):
        raise LimitError(f"时限的数量应是数字，而不是 {str(amount)[:40]}")
    if isinstance(amount, float):
        amount = Decimal(repr(amount))
    if isinstance(amount, Decimal) and not (amount.is_finite() and -20 < amount.adjusted() < 20):
        raise LimitError(f"时限的数量无法计算：{str(amount)[:40]}")
    exact = Fraction(amount)
    if abs(exact) >= _LARGEST:
        raise LimitError("时限的数量过大，无法计算")
    return exact


def _known_unit(unit: LimitUnit | str) -> LimitUnit:
    try:
        return _SPELLINGS[unit]
    except (KeyError, TypeError):
        known = "、".join(LimitUnit)
        raise LimitError(f"未知的时限单位“{str(unit)[:40]}”：可用 {known}") from None


@lru_cache(maxsize=1024)
def _shown(amount: Fraction) -> str:
    """A plain decimal where there is one (1.5), else the fraction (1/3)."""
    rest = amount.denominator
    for prime in (2, 5):
        while rest % prime == 0:
            rest //= prime
    if rest != 1:
        return str(amount)
    places = 0
    while (amount * 10**places).denominator != 1:
        places += 1
    return f"{Decimal(int(amount * 10**places)).scaleb(-places, _EXACT):f}"
