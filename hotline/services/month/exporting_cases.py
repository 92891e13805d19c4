"""导出清单: the cases behind an indicator as rows of a file, exactly those of the list and in its order."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from hotline.services.month import asked_cases, asked_items, frozen, listing_cases
from hotline.services.month.asked_cases import Figure
from hotline.services.month.listing_cases import TIMES, VALUES, Case
from hotline.services.tabulating import Cell, Headings, Sheet
from hotline.services.work import Work

TITLE: Final = "清单"


def query(work: Work, month: str, figure: Figure) -> str:
    """The list in words: of a frozen month that version which it is now, also if it is restated meanwhile."""
    version = frozen.counted(work, month, figure.asked.version)
    return asked_cases.write(month, replace(figure, asked=replace(figure.asked, version=version)))


def sheet_of(work: Work, query: str) -> Sheet:
    """The list that such words ask for. Raises as `listing_cases.listed`, at once."""
    given = asked_items.fields(query)
    figure = asked_cases.read(given)
    cases = listing_cases.stream(work, given[asked_items.MONTH], figure.asked)
    sort = figure.indicator.sort
    return Sheet(TITLE, _headings(sort), (_cells(case) for case in cases))


def _headings(sort: str) -> Headings:
    points = [(VALUES[sort], 6)] if sort in VALUES else []
    return [
        ("编号", 16),
        ("事项", 44),
        ("责任单位", 20),
        ("情况", 10),
        *points,
        (TIMES[sort], 18),
        *([("原因", 44)] if listing_cases.has_reasons(sort) else []),
    ]


def _cells(case: Case) -> list[Cell]:
    """A line of the sheet. What the reader may not open is told without its words."""
    points: list[Cell] = [case.points] if case.sort in VALUES else []
    reason: list[Cell] = [case.reason] if listing_cases.has_reasons(case.sort) else []
    return [case.ticket, case.matter, case.unit, case.label, *points, case.at, *reason]
