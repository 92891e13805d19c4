"""The 督办 ladder: what happens to whom, how long after a promise was broken. Levels only rise (design §3).

Names, times, demands, copies and deductions are a city's data; the five levels and their order are the field's.
Sources: 信访工作条例 39 (限期整改、约谈、通报、挂牌督办), 潍坊市12345条例 26 and its 日常 → 挂牌 → 约谈督办.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import Any

from hotline.domain.lengths import nominal_minutes
from hotline.domain.limits import Limit
from hotline.domain.reading import Reading

LEVELS = ("remind", "order", "yellow", "red", "exposure")  # 催办、督办、黄牌、红牌、通报
COPY_ROLES = ("unit_head", "vice_mayor", "mayor")  # 承办单位负责人、分管副市长、市长

# Steps of the centre on the way: nobody is carded for them, the promises downstream climb for themselves.
UPSTREAM = frozenset({"accept", "dispatch", "check"})


@dataclass(frozen=True, slots=True)
class Rung:
    """One level. `after` counts from the due time of the broken promise (None: at the due time itself).

    `kinds` are the deadline kinds that climb to it. `explain` is the time for the unit's 书面说明, None if none is due.
    `copies` are roles out of COPY_ROLES. `deduction` is in points; that of the highest level reached counts alone.
    """

    level: str
    rank: int
    name: str
    after: Limit | None
    kinds: frozenset[str]
    demand: str
    explain: Limit | None
    copies: tuple[str, ...]
    deduction: Decimal

    def to_mapping(self) -> dict[str, Any]:
        """As read by `read_ladder`, in words and numbers that JSON knows."""
        mapping: dict[str, Any] = {"level": self.level, "name": self.name}
        if self.after is not None:
            mapping["after"] = str(self.after)
        mapping |= {"kinds": sorted(self.kinds), "demand": self.demand}
        if self.explain is not None:
            mapping["explain"] = str(self.explain)
        return mapping | {"copies": list(self.copies), "deduction": str(self.deduction)}


def read_ladder(reading: Reading, kinds: tuple[str, ...]) -> tuple[Rung, ...]:
    """The rungs of the file, checked one by one and against each other. A city may leave levels out, not swap them."""
    before = len(reading.faults)
    rungs = tuple(_read_rung(table, kinds) for table in reading.tables("ladder"))
    if len(reading.faults) > before:
        return rungs
    for lower, upper in pairwise(rungs):
        _check_rise(reading, lower, upper)
    if not any(rung.explain for rung in rungs):
        reading.fault("ladder", "至少应有一级要求书面说明（explain）")
    return rungs


def _read_rung(table: Reading, kinds: tuple[str, ...]) -> Rung:
    level = table.text("level")
    if level and level not in LEVELS:
        table.fault("level", f"不认识“{level}”，可用的有 {'、'.join(LEVELS)}")
    rung = Rung(
        level=level,
        rank=LEVELS.index(level) + 1 if level in LEVELS else 0,
        name=table.text("name"),
        after=table.limit_or_none("after"),
        kinds=frozenset(table.words("kinds", kinds)),
        demand=table.text("demand"),
        explain=table.limit_or_none("explain"),
        copies=table.words("copies", COPY_ROLES),
        deduction=table.points("deduction"),
    )
    table.close()
    if rung.rank > LEVELS.index("order") + 1 and rung.kinds & UPSTREAM:
        table.fault("kinds", "受理、交办、核查只升至催办和督办")
    if rung.explain and "explain" in rung.kinds:
        # Otherwise each unwritten explanation would order another one, without end.
        table.fault("kinds", "要求书面说明的一级，不能由书面说明超期（explain）引起")
    return rung


def _check_rise(reading: Reading, lower: Rung, upper: Rung) -> None:
    if upper.rank <= lower.rank:
        reading.fault("ladder", f"“{upper.level}”应排在“{lower.level}”之前，且每级只能出现一次")
    elif upper.after is None or (lower.after and nominal_minutes(upper.after) <= nominal_minutes(lower.after)):
        reading.fault("ladder", f"“{upper.level}”应晚于“{lower.level}”")
    if upper.deduction < lower.deduction:
        reading.fault("ladder", f"“{upper.level}”的扣分不能少于“{lower.level}”")
