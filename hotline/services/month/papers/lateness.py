"""未完成和逾期 of a circular: how many, why, and the first of them in the appendix."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from hotline.domain.circular import listed
from hotline.domain.dates import spoken
from hotline.domain.rates import RateKind
from hotline.services.month.papers import items
from hotline.services.month.papers.blocks import Block, Table
from hotline.services.month.papers.book import UNFINISHED
from hotline.services.month.papers.items import Overdue
from hotline.services.month.papers.material import Material, tally
from hotline.services.month.papers.pen import VERBS, Pen

LISTED: Final = 100  # in the appendix; all of them are in the workbook
CAUSES: Final = (
    "cause_submitted",
    "cause_returned",
    "cause_sent_back",
    "cause_extended",
    "cause_paused",
    "cause_plain",
)


@dataclass(frozen=True)
class Lateness:
    """The first of what was late, as many as the appendix lists; how many there are of each cause, and in all."""

    shown: Sequence[Overdue]
    causes: Mapping[str, int]
    total: int


def read(pen: Pen) -> Lateness:
    """What is missing first, then what was kept too late."""
    shown: list[Overdue] = []
    counts: dict[str, int] = {}
    total = 0
    for each in items.overdue(pen.work, pen.material.scope, told=LISTED):
        total += 1
        if len(shown) < LISTED:
            shown.append(each)
        for cause in causes(each):
            counts[cause] = counts.get(cause, 0) + 1
    return Lateness(shown, counts, total)


def causes(each: Overdue) -> list[str]:
    """What its history tells of why, by the sentences that say it; several may be true of one."""
    true = {
        "cause_submitted": each.submitted,
        "cause_returned": each.returns,
        "cause_sent_back": each.send_backs,
        "cause_extended": each.extensions,
        "cause_paused": each.pauses,
    }
    return [cause for cause, is_so in true.items() if is_so] or ["cause_plain"]


def said(pen: Pen, found: Lateness) -> Iterator[Block]:
    """The part of the text."""
    yield pen.heading("late")
    if not found.shown:
        yield from pen.said("late_none", cut_off=pen.cut_off)
        return
    missing = {kind: tally(pen.material.figures, kind)["missing"] for kind in RateKind}
    told = [pen.write("missing_of", verb=VERBS[kind], count=number) for kind, number in missing.items() if number]
    if told:
        yield from pen.said("missing", cut_off=pen.cut_off, count=sum(missing.values()), told=listed(told))
    if late := kept_late(pen.material):
        yield from pen.said("late_done", count=late)
    why = [pen.write(cause, count=found.causes[cause]) for cause in CAUSES if found.causes.get(cause)]
    yield from pen.said("causes", told="；".join(why))
    yield from pen.said("late_list")
    if found.total > len(found.shown):
        yield from pen.said("late_cut", shown=len(found.shown), count=found.total)


def kept_late(material: Material) -> int:
    """How many were done too late, of all three kinds."""
    return sum(tally(material.figures, kind)["late"] for kind in RateKind)


def appendix(pen: Pen, found: Lateness) -> Table | None:
    """附件, which says how many it does not list and where they stand; None where nothing was late."""
    if not found.shown:
        return None
    rest = found.total - len(found.shown)
    return Table(
        pen.write("table_late"),
        ("序号", "编号", "承诺", "事项", "责任单位", "时限", "完成", "原因"),
        [_row(pen, place, each) for place, each in enumerate(found.shown, 1)],
        (6, 15, 7, 20, 13, 11, 11, 17),
        note=pen.write("late_more", count=rest, month=pen.month, sheet=UNFINISHED) if rest else "",
    )


def _row(pen: Pen, place: int, each: Overdue) -> list[str]:
    zone = pen.work.rules.zone
    met = spoken(each.met_at, zone) if each.met_at else "未完成"
    matter = each.matter or "（按权限不列）"
    due = str(spoken(each.due_at, zone))
    return [str(place), each.ticket, VERBS[each.kind], matter, each.unit, due, str(met), each.reason]
