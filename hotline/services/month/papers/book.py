"""月报表: the workbook of a month. Every sum and percentage is a formula, and 明细 has what they are counted from."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta, tzinfo
from pathlib import Path
from typing import Any, Final

from hotline.domain.dates import spoken
from hotline.services.month.papers import front, items, ranks, tables
from hotline.services.month.papers.cells import Book, words
from hotline.services.month.papers.counting import NAMES, Counting
from hotline.services.month.papers.items import Item, Overdue
from hotline.services.month.papers.material import Material
from hotline.services.sheets import MOST_ROWS, telling
from hotline.services.work import Work

Tell = Callable[[str, int, int | None], None]
BATCH: Final = 2000  # rows of 明细 from one sign of progress to the next
ALIVE: Final = 100  # rows of 未完成清单 from one look at the clock to the next
DETAIL, UNFINISHED = "明细", "未完成清单"
_COLUMNS: Final = (
    *(("工单编号", 18), ("诉求编号", 18), ("承诺", 6), ("轮次", 6), ("责任单位", 20), ("单位路径", 14)),
    *(("开始时间", 17), ("到期时间", 17), ("原到期时间", 17), ("完成时间", 17), ("结果", 10), ("按原时限", 9)),
    *(("延期次数", 9), ("直接答复", 9), ("类别", 28), ("区域", 12), ("渠道", 12), ("来源", 12), ("说明", 28)),
)
_MOMENTS: Final = (6, 7, 8, 9)  # which of them hold moments
_LATE: Final = (
    *(("工单编号", 18), ("承诺", 6), ("事项", 40), ("责任单位", 20), ("到期时间", 17), ("完成时间", 17)),
    *(("状态", 10), ("逾期（天）", 10), ("原因", 44)),
)


def write(
    work: Work, material: Material, given: Mapping[str, str], made: Path, tell: Tell, live: Callable[[], None]
) -> None:
    """The workbook into the file. `tell` hears of each stage and how many rows are written, `live` while it is packed.

    Memory does not grow with the rows. The rows are written first, for all else to count, and stand last.
    """
    with Book(work.rules.zone, f"{title_of(material)}　月报表", foot_of(material)) as book:
        counted = _details(book, work, material, tell)
        tell("汇总表", counted.rows, material.rows)
        _front(book, work, material, counted)
        _unfinished(book, work, material, live)
        tell("保存文件", counted.rows, material.rows)
        with telling(made, live) as file:
            book.save(file)
    tell("保存文件", counted.rows, counted.rows)


def _front(book: Book, work: Work, material: Material, counted: Counting) -> None:
    """What is counted from 明细, and what it is compared with."""
    cut_off = spoken(material.figures.window.cut_off, work.rules.zone)
    note = f"{title_of(material)}　截至{cut_off}　{foot_of(material)}"
    front.explain(book, material, work.actor.name, work.now)
    front.rates(book, material, counted, note)
    for table in tables.breakdowns(material, items.category_labels(work)):
        tables.write(book, table, counted, note)
    front.indicators(book, material, note)
    front.of_units(book, material, note)
    ranks.write(book, material, note)


def title_of(material: Material) -> str:
    """2026年10月　市城管服务中心."""
    return f"{material.month.year}年{material.month.number}月　{material.name}"


def foot_of(material: Material) -> str:
    """Which version it is of, to be compared with the page."""
    if material.checksum:
        return f"第{material.version}版　校验码 {material.checksum}"
    return "未冻结，数字还会变化"


def _details(book: Book, work: Work, material: Material, tell: Tell) -> Counting:
    """明细, on as many sheets as Excel needs; where its rows stand."""
    sheets: list[tuple[str, int]] = []
    rows = _flat(items.read(work, material.scope), work.rules.zone)
    written, more = 0, True
    while more:
        name = f"{DETAIL}{len(sheets) + 1}" if sheets else DETAIL
        sheet = book.sheet(name, [width for _, width in _COLUMNS], frozen="B2", last=True)
        sheet.head([heading for heading, _ in _COLUMNS])
        more = False
        for row in sheet.rows_of(rows, _MOMENTS):
            written += 1
            if written % BATCH == 0:
                tell("明细", written, material.rows)
            if row > MOST_ROWS:
                more = True
                break
        sheet.filter(len(_COLUMNS))
        sheet.repeat("1:1")
        sheets.append((name, sheet.rows))
    return Counting(sheets)


def _flat(found: Iterator[Item], zone: tzinfo) -> Iterator[list[Any]]:
    known: dict[str, str] = {}  # words of few sorts, made safe once

    def safe(text: str) -> str:
        if text not in known:
            known[text] = words(text)
        return known[text]

    def city(moment: datetime) -> datetime:
        return moment.astimezone(zone).replace(tzinfo=None)

    for item in found:
        yield [
            item.ticket,
            item.complaint,
            NAMES[item.kind],
            item.round,
            safe(item.unit),
            item.path,
            city(item.started_at),
            city(item.due_at),
            city(item.original_due_at),
            city(item.met_at) if item.met_at else None,
            item.standing,
            item.by_original,
            item.extensions,
            "是" if item.direct else "否",
            safe(item.category),
            safe(item.area),
            item.channel,
            item.source,
            safe(item.why) if len(known) < BATCH else words(item.why),
        ]


def _unfinished(book: Book, work: Work, material: Material, live: Callable[[], None]) -> None:
    """What is missing and what was kept too late, each with its reason. Words are covered, which takes its time."""
    sheet = book.sheet(UNFINISHED, [width for _, width in _LATE], frozen="B2")
    sheet.head([heading for heading, _ in _LATE])
    cut_off, zone = material.figures.window.cut_off, work.rules.zone
    for _ in sheet.rows_of(_late_rows(items.overdue(work, material.scope), cut_off, zone), (4, 5)):
        if sheet.rows % ALIVE == 0:
            live()
        if sheet.rows > MOST_ROWS:
            break
    sheet.filter(len(_LATE))
    sheet.repeat("1:1")


def _late_rows(found: Iterator[Overdue], cut_off: datetime, zone: tzinfo) -> Iterator[list[Any]]:
    for each in found:
        met_at = each.met_at and each.met_at.astimezone(zone).replace(tzinfo=None)
        yield [
            each.ticket,
            NAMES[each.kind],
            words(each.matter),
            words(each.unit),
            each.due_at.astimezone(zone).replace(tzinfo=None),
            met_at,
            items.MISSING if each.missing else items.LATE,
            round(((each.met_at or cut_off) - each.due_at) / timedelta(days=1), 1),
            each.reason,
        ]
