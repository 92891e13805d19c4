"""All figures of a month together, as a frozen report keeps them and as they are compared with each other."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from hotline.domain.rates import Month
from hotline.models import MonthlyReport
from hotline.services.month import indicating, point_ranking, ranking, reporting
from hotline.services.month.figures import MonthFigures
from hotline.services.month.indicator_figures import Indicators
from hotline.services.work import Work

#: By which of its names a line of a list is known: the others are words that may be changed later.
_KNOWN_BY: Final = ("kind", "id", "value", "key", "day", "week", "from", "name")

_NOT_OF_THEM: Final = ("version", "checksum", "items", "asked")


def figures(work: Work, month: Month, report: MonthlyReport) -> dict[str, Any]:
    """What a report keeps, of the whole city: JSON. How scores are counted again: `rescoring`."""
    scored = {
        ranking.KEPT: ranking.of_report(work, month, report).as_dict(),
        point_ranking.KEPT: point_ranking.of_report(work, month, report).as_dict(),
    }
    kept: dict[str, Any] = _plain(scored)
    return recounted(work, month, report) | kept


def recounted(work: Work, month: Month, report: MonthlyReport) -> dict[str, Any]:
    """What can be counted at any time from the items and cases of that report, as when it was frozen: JSON."""
    then = replace(work, now=report.frozen_at or work.now)
    return told(reporting.counted(then, month, report), indicating.counted(then, month, report))


def told(rates: MonthFigures, indicators: Indicators) -> dict[str, Any]:
    """Both as JSON, as they are kept."""
    made: dict[str, Any] = _only_figures(_plain({"rates": rates.as_dict(), "indicators": indicators.as_dict()}))
    return made


def _plain(made: Any) -> Any:
    """As it is read back from the database."""
    return json.loads(json.dumps(made, ensure_ascii=False))


def _only_figures(value: Any) -> Any:
    """Without what is the report's own, and the addresses at which lists are found now."""
    if isinstance(value, list):
        return [_only_figures(each) for each in value]
    if isinstance(value, dict):
        return {name: _only_figures(each) for name, each in value.items() if name not in _NOT_OF_THEM}
    return value


def flat(figures: Mapping[str, Any]) -> dict[str, int | float]:
    """Every number that is not zero by the way to it, as `rates.units.12.handle.kept`."""
    return {".".join(path): value for path, value in _numbers(figures, ()) if value}


def _numbers(value: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], int | float]]:
    if isinstance(value, bool):
        return
    if isinstance(value, int | float):
        yield path, value
    elif isinstance(value, Mapping):
        known_by = _name_of(value)
        for name, below in value.items():
            if name not in (known_by, "depth"):
                yield from _numbers(below, (*path, name))
    elif isinstance(value, Sequence) and not isinstance(value, str):
        for place, below in enumerate(value):
            known_by = _name_of(below) if isinstance(below, Mapping) else None
            yield from _numbers(below, (*path, str(below[known_by]) if known_by else str(place)))


def _name_of(line: Mapping[str, Any]) -> str | None:
    return next((name for name in _KNOWN_BY if isinstance(line.get(name), int | str)), "id" if "id" in line else None)
