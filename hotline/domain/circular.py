"""通报的文字: the sentences of the circular, by what the figures are. Data, not code: a city may say each in its way.

A sentence has fields in braces; which ones stands in SENTENCES. What a city does not say itself is said by the project.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from string import Formatter
from typing import Any, Final

LONGEST: Final = 600  # characters of one sentence

_RATE = "name verb owed kept missing rate on_time on_time_rate"
_UNITS = "units count"
#: Every sentence there is, with the fields that may stand in it.
SENTENCES: Final[Mapping[str, frozenset[str]]] = {
    key: frozenset(fields.split())
    for key, fields in {
        # the head, as long as nobody types another
        "agency": "scope",
        "to": "scope",
        "title": "month scope",
        # the beginning
        "opening": "month scope",
        "provisional": "cut_off",
        "restated": "version reason",
        # 总体情况
        "overall": "",
        "overall_rates": "",
        "rate_whole": _RATE,
        "rate_below": _RATE,
        "rate_nothing": "name verb",
        "month_up": "points",
        "month_down": "points",
        "month_same": "",
        "month_none": "",
        "year_up": "points",
        "year_down": "points",
        "year_same": "",
        "received": "month count",
        "received_up": "change percent",
        "received_down": "change percent",
        "received_same": "",
        "indicators": "",
        "indicators_told": "told",
        "indicator": "name rate part whole",
        "hot": "",
        "hot_told": "told",
        "hot_one": "place matter count repeated",
        "hot_new": "place matter count",
        # 各单位
        "units": "",
        "praise": _UNITS,
        "praise_all": "count",
        "below": f"{_UNITS} name",
        "unit_below": "unit rate missing",
        "nothing_owed": _UNITS,
        # 排名
        "ranking": "",
        "ranking_scheme": "scheme",
        "ranking_board": "board count best worst",
        "ranking_alike": "board count",
        "ranking_few": "boards",
        "ranking_one": "unit score",
        "ranking_apart": f"{_UNITS} board",
        # 未完成和逾期
        "late": "",
        "late_none": "cut_off",
        "missing": "cut_off count told",
        "missing_of": "verb count",
        "late_done": "count",
        "causes": "told",
        "cause_submitted": "count",
        "cause_returned": "count",
        "cause_sent_back": "count",
        "cause_extended": "count",
        "cause_paused": "count",
        "cause_plain": "count",
        "late_list": "",
        "late_cut": "shown count",
        "late_more": "count month sheet",
        # 要求
        "demands": "",
        "demand_missing": _UNITS,
        "demand_late": "count",
        "demand_whole": "",
        "demand_always": "",
        "closing": "",
        # under tables and pictures
        "table_rates": "month",
        "table_indicators": "month",
        "table_units": "month",
        "table_ranking": "month board",
        "table_late": "",
        "chart_trend": "",
        "chart_units": "month",
    }.items()
}


class CircularError(ValueError):
    """The sentences cannot be used. `reasons` names every fault, in Chinese."""

    def __init__(self, reasons: Sequence[str]) -> None:
        super().__init__("\n".join(reasons))
        self.reasons = tuple(reasons)


@dataclass(frozen=True)
class Sentences:
    """What the circular says, by the keys of SENTENCES; an empty one is left out."""

    texts: Mapping[str, str]

    def write(self, key: str, **fields: object) -> str:
        """The sentence with its fields filled in."""
        return self.texts[key].format_map({name: str(value) for name, value in fields.items()})


def read_sentences(mapping: Mapping[str, Any], default: Sentences | None = None) -> Sentences:
    """From what a TOML file gave; what it leaves out is `default`'s. Raises CircularError naming every fault."""
    faults = list(_faults(mapping))
    texts = {**(default.texts if default else {}), **{key: str(text) for key, text in mapping.items()}}
    if missing := [key for key in SENTENCES if key not in texts]:
        faults.append(f"缺少 {'、'.join(missing)}")
    if faults:
        raise CircularError(faults)
    return Sentences(texts)


def _faults(mapping: Mapping[str, Any]) -> Iterator[str]:
    for key, text in mapping.items():
        if key not in SENTENCES:
            yield f"不认识“{key}”"
        elif not isinstance(text, str):
            yield f"{key}：应为一段文字"
        elif len(text) > LONGEST:
            yield f"{key}：最多{LONGEST}字，现有{len(text)}字"
        else:
            yield from _faults_of(key, text)


def _faults_of(key: str, text: str) -> Iterator[str]:
    try:
        fields = [(name, form, conversion) for _, name, form, conversion in Formatter().parse(text) if name is not None]
    except ValueError:
        yield f"{key}：大括号不成对，大括号本身写作 {{{{ }}}}"
        return
    for name, form, conversion in fields:
        if name not in SENTENCES[key] or form or conversion:
            known = "、".join(f"{{{each}}}" for each in sorted(SENTENCES[key])) or "没有"
            yield f"{key}：不认识“{{{name}}}”，可用的有：{known}"


def listed(words: Sequence[str]) -> str:
    """甲、乙和丙."""
    return "、".join(words[:-1]) + ("和" if len(words) > 1 else "") + words[-1] if words else ""


def percent(rate: str | None) -> str:
    """`98.20` as running text has it: 98.20%; a dash where nothing was owed."""
    return "—" if rate is None else f"{rate}%"


def points(now: str, before: str) -> tuple[str, str]:
    """How two printed percentages differ: `up`, `down` or `same`, and by how many 个百分点 ("0.52")."""
    change = Decimal(now) - Decimal(before)
    return ("up" if change > 0 else "down" if change < 0 else "same"), str(abs(change))
