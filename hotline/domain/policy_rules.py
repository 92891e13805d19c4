"""The parts of a 时限政策, each with how it is read from a city's file and written back to JSON."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, fields
from fractions import Fraction
from itertools import pairwise
from math import ceil
from types import MappingProxyType
from typing import Any

from hotline.domain.lengths import UNITS, Pace, nominal_minutes, pace_of, plus
from hotline.domain.limits import Limit, LimitUnit
from hotline.domain.reading import Reading

KINDS = ("accept", "dispatch", "sign", "handle", "check", "reply", "survey", "close", "explain")
SOURCES = {
    "citizen": "市民",
    "leader": "领导批示",
    "petition": "信访转办",
    "media": "媒体监督",
    "opinion": "网络舆情",
    "inspection": "督查巡查",
}
URGENCIES = {"normal": "一般", "urgent": "紧急"}
REQUEST_TYPES = {"question": "咨询", "help": "求助", "complaint": "投诉", "report": "举报", "suggestion": "建议"}
PROMISES = ("reply", "close")
_A_DAY = {
    Pace.URGENT: Limit(24, LimitUnit.URGENT_HOURS),
    Pace.OFFICE: Limit(8, LimitUnit.OFFICE_HOURS),
    Pace.WORKING: Limit(1, LimitUnit.WORKING_DAYS),
    Pace.NATURAL: Limit(1, LimitUnit.NATURAL_DAYS),
}
OWN_KINDS = ("accept", "dispatch", "sign", "handle", "check", "reply", "close")  # what a source may set for itself


@dataclass(frozen=True, slots=True)
class PaceRule:
    """Limits of the steps around a handling of one pace; `reply` and `close` are margins on top of the handling."""

    dispatch: Limit
    sign: Limit
    check: Limit
    reply: Limit
    close: Limit

    def limit(self, kind: str, handle: Limit) -> Limit:
        """The limit of a step, or of a promise as handling plus margin."""
        limit: Limit = getattr(self, kind)
        return plus(handle, limit) if kind in PROMISES else limit


@dataclass(frozen=True, slots=True)
class ReturnRule:
    """退单: asked `within` this time from the assignment, at most `times` times a ticket."""

    within: Limit
    times: int


@dataclass(frozen=True, slots=True)
class ExtensionRule:
    """延期: at most `times` granted; each adds one more original limit, or `adds` where the law says so."""

    times: int
    adds: Limit | None = None


@dataclass(frozen=True, slots=True)
class PauseRule:
    """挂账: to a day at most `days` calendar days ahead, at most `times` times a ticket."""

    days: int
    times: int


@dataclass(frozen=True, slots=True)
class SurveyRule:
    """回访: `tries` questions, each waiting `wait` for an answer; `limit` is the whole promise."""

    limit: Limit
    tries: int
    wait: Limit


@dataclass(frozen=True, slots=True)
class AppealRule:
    """申诉: asked `within` this time from closing, at most `times` times a ticket."""

    within: Limit
    times: int


Rule = PaceRule | ReturnRule | ExtensionRule | PauseRule | SurveyRule | AppealRule


def read_by_urgency(table: Reading) -> Mapping[str, Limit]:
    """One limit for each urgency."""
    return MappingProxyType({urgency: table.limit(urgency) for urgency in URGENCIES})


def read_types(table: Reading) -> Mapping[str, Limit]:
    """Handling limits of those request types that have their own."""
    return MappingProxyType({word: table.limit(word) for word in REQUEST_TYPES if word in table})


def read_paces(reading: Reading, survey: SurveyRule) -> Mapping[Pace, PaceRule]:
    """A rule for every pace. A margin is on the clock of its pace, else it could not be added to the handling."""
    paces = {}
    for pace in Pace:
        before, table = len(reading.faults), reading.table(pace)
        paces[pace] = PaceRule(
            dispatch=table.limit("dispatch"),
            sign=table.limit("sign"),
            check=table.limit("check"),
            reply=table.limit("reply", UNITS[pace]),
            close=table.limit("close", UNITS[pace]),
        )
        table.close()
        if len(reading.faults) == before:
            _check_room(table, pace, paces[pace], survey)
    reading.close()
    return MappingProxyType(paces)


def _check_room(table: Reading, pace: Pace, rule: PaceRule, survey: SurveyRule) -> None:
    """A promise that leaves no time for the centre's own steps would be broken by a unit that was on time.

    Where days are counted, a step of an hour can end on the next day, so that each takes whole ones. A survey in
    natural days lasts to the end of its last day, and all of them can be working days.
    """
    day = nominal_minutes(_A_DAY[pace])
    steps = [nominal_minutes(rule.dispatch) / day, nominal_minutes(rule.check) / day]
    before, after = nominal_minutes(rule.reply) / day, nominal_minutes(rule.close) / day
    if before < (sum(map(ceil, steps)) if _A_DAY[pace].unit.is_days else sum(steps)):
        table.fault("reply", "回复的余量应容得下交办与核查，按日计时的各占至少一日")
    if after - before < ceil(nominal_minutes(survey.limit) / nominal_minutes(Limit(1, LimitUnit.NATURAL_DAYS))) + 1:
        table.fault("close", "办结的余量减去回复的余量，应比回访时限多一日")


def read_sources(reading: Reading) -> Mapping[tuple[str, str], Mapping[str, Limit]]:
    """The limits that a source sets for itself, by source and urgency."""
    sources: dict[tuple[str, str], Mapping[str, Limit]] = {}
    for source in _known(reading, SOURCES):
        by_urgency = reading.table(source)
        for urgency in _known(by_urgency, URGENCIES):
            before, table = len(reading.faults), by_urgency.table(urgency)
            own = {kind: table.limit(kind) for kind in OWN_KINDS if kind in table}
            sources[source, urgency] = MappingProxyType(own)
            table.close()
            if len(reading.faults) == before:
                _check_own(table, own)
        by_urgency.close()
    reading.close()
    return MappingProxyType(sources)


def _check_own(table: Reading, own: Mapping[str, Limit]) -> None:
    promises = [kind for kind in ("handle", *PROMISES) if kind in own]
    for earlier, later in pairwise(promises):
        if pace_of(own[earlier]) is not pace_of(own[later]):
            table.fault(later, f"应与 {earlier} 使用同类时限单位")
        elif nominal_minutes(own[later]) < nominal_minutes(own[earlier]):
            table.fault(later, f"不能短于 {earlier}")
    if promises and "handle" not in own:
        table.fault("handle", "另定回复或办结时限的，应一并规定处理时限")


def read_warnings(reading: Reading) -> Mapping[str, Fraction]:
    """The share after which to warn: `default`, and by kind where it differs."""
    shares = {"default": reading.share("default")}
    shares |= {kind: reading.share(kind) for kind in KINDS if kind in reading}
    reading.close()
    return MappingProxyType(shares)


def read_returns(table: Reading) -> ReturnRule:
    """退单."""
    rule = ReturnRule(within=table.limit("within"), times=table.whole("times", least=0, most=9))
    table.close()
    return rule


def read_extensions(table: Reading) -> tuple[ExtensionRule, Mapping[str, ExtensionRule]]:
    """延期: the general rule, and those of single sources."""
    by_source = {}
    for source in _known(table, SOURCES):
        own = table.table(source)
        by_source[source] = _read_extension(own)
        own.close()
    general = _read_extension(table)
    table.close()
    return general, MappingProxyType(by_source)


def _read_extension(table: Reading) -> ExtensionRule:
    return ExtensionRule(times=table.whole("times", least=0, most=9), adds=table.limit_or_none("adds"))


def read_pauses(table: Reading) -> PauseRule:
    """挂账."""
    rule = PauseRule(table.whole("days", least=1, most=3660), table.whole("times", least=0, most=9))
    table.close()
    return rule


def read_reopen(table: Reading) -> Limit:
    """重办: how long after closing the citizen may ask for it."""
    within = table.limit("within")
    table.close()
    return within


def read_survey(table: Reading) -> SurveyRule:
    """回访. The whole promise must hold all tries."""
    rule = SurveyRule(table.limit("limit"), table.whole("tries", least=1, most=9), table.limit("wait"))
    table.close()
    if nominal_minutes(rule.limit) < rule.tries * nominal_minutes(rule.wait):
        table.fault("limit", "应不少于每次等待时限乘以次数")
    return rule


def read_asking(reading: Reading) -> Limit:
    """补问. A city that says nothing of it waits half an hour."""
    if "asking" not in reading:
        return Limit(30, LimitUnit.URGENT_MINUTES)
    table = reading.table("asking")
    wait = table.limit("wait")
    table.close()
    return wait


def read_appeals(table: Reading) -> AppealRule:
    """申诉."""
    rule = AppealRule(within=table.limit("within"), times=table.whole("times", least=0, most=9))
    table.close()
    return rule


def written(rule: Rule) -> dict[str, Any]:
    """A rule as it is read: lengths in their spelling, numbers as they are, what is not set left out."""
    values = {field.name: getattr(rule, field.name) for field in fields(rule)}
    return {
        name: str(value) if isinstance(value, Limit) else value for name, value in values.items() if value is not None
    }


def spelt(limits: Mapping[str, Limit]) -> dict[str, str]:
    """Limits by name, in their spelling."""
    return {name: str(limit) for name, limit in limits.items()}


def _known(table: Reading, words: Collection[str]) -> list[str]:
    return [key for key in table if key in words]
