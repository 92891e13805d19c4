"""The sheets of the workbook that break the month down: by unit, category, area, channel, source, day and week."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from hotline.domain.rates import RateKind
from hotline.services.month.dividing import Stretch
from hotline.services.month.figures import Group
from hotline.services.month.papers import counting
from hotline.services.month.papers.cells import Book, Formula, Sheet, Value, letter, words
from hotline.services.month.papers.counting import HEADINGS, NAMES, Condition, Counting, equals
from hotline.services.month.papers.material import Material, owes
from hotline.services.sheets import excel

FIRST: Final = 5  # the row of the first line: title, note and two rows of headings stand above
MOST_BARS: Final = 30  # in a chart; the others are in the table
TARGET, CHECK = "目标", "核对"
SAME, OTHER = "一致", "不一致"

Counts = Mapping[RateKind, Mapping[str, int]]


@dataclass(frozen=True)
class Line:
    """One line: what stands before its figures, and these."""

    lead: Sequence[Value]
    counts: Counts
    conditions: Sequence[Condition] | None = None  # of its own; None: as the table has them by its first cell


@dataclass(frozen=True)
class Table:
    """One breakdown. `conditions`: which rows of 明细 belong to the line that stands in that row."""

    name: str
    title: str
    leads: Sequence[tuple[str, int]]  # headings with their widths
    lines: Sequence[Line]
    conditions: Callable[[int], Sequence[Condition]]
    whole: Counts | None = None  # what the lines add up to; None where they lie within each other


def breakdowns(material: Material, labels: Mapping[int | None, str]) -> list[Table]:
    """The tables in their order; `labels`: what the categories are called in 明细."""
    figures = material.figures
    scope = _counts(figures.scope)
    return [
        _by_unit(figures.units),
        *(
            Table(
                name,
                f"{title}三率",
                ((heading, width),),
                [Line([words(label(group))], _counts(group)) for group in groups if owes(group)],
                _by(column),
                scope,
            )
            for name, title, heading, width, column, groups, label in (
                ("按类别", "各类别", "类别", 34, counting.CATEGORY, figures.categories, _category(labels)),
                ("按区域", "各区域", "区域", 18, counting.AREA, figures.areas, _name),
                ("按渠道", "各渠道", "渠道", 18, counting.CHANNEL, figures.channels, _name),
                ("按来源", "各来源", "来源", 18, counting.SOURCE, figures.sources, _name),
            )
        ),
        _by_day(material, scope),
        _by_week(material, scope),
    ]


def _counts(group: Group) -> Counts:
    return {kind: tally.all for kind, tally in group.tallies.items()}


def _name(group: Group) -> str:
    return str(group.about["name"])


def _category(labels: Mapping[int | None, str]) -> Callable[[Group], str]:
    return lambda group: labels[group.about["id"]]


def _by(column: str) -> Callable[[int], Sequence[Condition]]:
    return lambda row: ((column, equals(f"$A{row}")),)


def _by_unit(groups: Sequence[Group]) -> Table:
    """Each with all below it, by the ids on its way from the root: names may be the same."""
    top = int(groups[0].about["depth"]) if groups else 0
    lines = []
    for group in filter(owes, groups):
        depth = int(group.about["depth"]) - top
        lines.append(Line([words("　" * depth + _name(group)), depth, int(group.about["id"])], _counts(group)))
    leads = (("单位（含下级）", 26), ("层级", 6), ("单位代号", 9))
    return Table("按单位", "各单位三率", leads, lines, lambda row: ((counting.PATH, f'"*/"&$C{row}&"/*"'),))


def _by_day(material: Material, whole: Counts) -> Table:
    """By due day; what was carried over into the month first. A day ends at its 24:00."""
    told = material.indicators
    begins = ((counting.DUE, f'"<="&$A{FIRST + 1}'),)
    lines = [Line(["以前结转", None], told.before.rates, begins)]
    lines += [Line([day.first, day.received], day.rates) for day in told.days]
    leads = (("到期日", 12), ("当日收到", 9))
    return Table("按日", "每日到期三率", leads, lines, _on_the_day, whole)


def _on_the_day(row: int) -> Sequence[Condition]:
    return ((counting.DUE, f'">"&$A{row}'), (counting.DUE, f'"<="&($A{row}+1)'))


def _by_week(material: Material, whole: Counts) -> Table:
    """By ISO week of the due day, each as far as it lies in the month; what was carried over into the month first."""
    told = material.indicators
    begins = ((counting.DUE, f'"<="&$B{FIRST + 1}'),)
    lines = [Line(["以前结转", None, None, None], told.before.rates, begins)]
    lines += [Line([_week(week), week.first, week.last, week.received], week.rates) for week in told.weeks]
    leads = (("到期周", 10), ("自", 12), ("至", 12), ("当周收到", 9))
    return Table("按周", "每周到期三率", leads, lines, _in_the_week, whole)


def _week(week: Stretch) -> str:
    """第42周, of the ISO year."""
    return f"第{int(week.key.partition('-W')[2])}周"


def _in_the_week(row: int) -> Sequence[Condition]:
    return ((counting.DUE, f'">"&$B{row}'), (counting.DUE, f'"<="&($C{row}+1)'))


def write(book: Book, table: Table, counted: Counting, note: str) -> None:
    """The sheet of a table: its lines, their sum, whether the sum is that of 三率, and the rates as a chart."""
    lead = len(table.leads)
    widths = [*(width for _, width in table.leads), *[10] * (len(HEADINGS) * len(NAMES)), 8]
    sheet = book.sheet(table.name, widths, frozen=f"{letter(lead + 1)}{FIRST}")
    live = counted.is_live(len(table.lines))
    _head(sheet, table, note if live else f"{note}　行数较多，各行为系统统计数，合计与“三率”核对。")
    for line in table.lines:
        _line(sheet, table, line, counted if live else None)
    if table.whole is not None:
        _total(sheet, table, table.whole)
    if table.lines:
        _chart(sheet, table)


def _head(sheet: Sheet, table: Table, note: str) -> None:
    lead = len(table.leads)
    sheet.title(table.title, note)
    groups = [""] * lead
    for kind in NAMES:
        groups += [kind.label, *[""] * (len(HEADINGS) - 1)]
    sheet.head([*groups, ""])
    for place in range(len(NAMES)):
        first = lead + 1 + place * len(HEADINGS)
        sheet.merge(first, first + len(HEADINGS) - 1)
    sheet.head([*(name for name, _ in table.leads), *HEADINGS * len(NAMES), TARGET])
    sheet.repeat(f"1:{FIRST - 1}")


def _line(sheet: Sheet, table: Table, line: Line, counted: Counting | None) -> None:
    row = sheet.rows + 1
    own = line.conditions or table.conditions(row)
    cells: list[Value] = list(line.lead)
    for place, kind in enumerate(NAMES):
        column = len(table.leads) + 1 + place * len(HEADINGS)
        counting_ = counted or Counting(())
        cells += counting_.six(row, column, kind, line.counts[kind], own if counted else None)
    sheet.row([*cells, Formula("=1", 1, "0%")])


def _total(sheet: Sheet, table: Table, whole: Counts) -> None:
    """合计, and below it whether each number is that of the sheet 三率."""
    row, lead = sheet.rows + 1, len(table.leads)
    cells: list[Value] = ["合计", *[None] * (lead - 1)]
    checks: list[Value] = [CHECK, *[None] * (lead - 1)]
    for place, kind in enumerate(NAMES):
        column = lead + 1 + place * len(HEADINGS)
        cells += counting.total(row, column, FIRST, whole[kind])
        for offset in range(4):
            at, of = f"{letter(column + offset)}{row}", f"三率!{letter(2 + offset)}{FIRST_RATE + place}"
            checks.append(Formula(f'=IF({at}={of},"{SAME}","{OTHER}")', SAME))
        checks += [None, None]
    sheet.row(cells, "合")
    sheet.row(checks, "注")


FIRST_RATE: Final = 4  # the row of 处理率 on the sheet 三率


def _chart(sheet: Sheet, table: Table) -> None:
    """Below the table: of days how many fell due and what became of them, of everything else the rates."""
    chart = _days(sheet, table) if isinstance(table.lines[-1].lead[0], date) else _rates(sheet, table)
    chart.title, chart.height, chart.width = table.title, 9, 26
    chart.x_axis.delete = chart.y_axis.delete = False
    chart.legend.position = "b"
    sheet.chart(chart, f"A{sheet.rows + 2}")


def _rates(sheet: Sheet, table: Table) -> Any:
    """Bars, with the target of 100 % as a line across."""
    of, lead = excel().chart, len(table.leads)
    last = FIRST + min(len(table.lines), MOST_BARS) - 1
    chart, target = of.BarChart(), of.LineChart()
    for place, kind in enumerate(NAMES):
        rates = sheet.reference(lead + place * len(HEADINGS) + 5, FIRST, last)
        chart.series.append(of.Series(rates, title=kind.label))
    across = of.Series(sheet.reference(lead + len(HEADINGS) * len(NAMES) + 1, FIRST, last), title=TARGET)
    across.graphicalProperties.line.solidFill, across.graphicalProperties.line.dashStyle = "C00000", "dash"
    across.marker.symbol = "none"
    target.series.append(across)
    for each in (chart, target):
        each.set_categories(sheet.reference(1, FIRST, last))
    chart.y_axis.scaling.min, chart.y_axis.scaling.max, chart.y_axis.number_format = 0, 1, "0%"
    chart += target
    return chart


def _days(sheet: Sheet, table: Table) -> Any:
    """What fell due to be handled on each day: in time, late, missing."""
    of, lead, first, last = excel().chart, len(table.leads), FIRST + 1, FIRST + len(table.lines) - 1
    chart = of.BarChart()
    chart.grouping, chart.overlap = "stacked", 100
    colours = ("548235", "F4B183", "C00000")
    for place, (name, colour) in enumerate(zip(HEADINGS[1:4], colours, strict=True)):
        series = of.Series(sheet.reference(lead + 2 + place, first, last), title=f"处理：{name}")
        series.graphicalProperties.solidFill = colour
        chart.series.append(series)
    chart.set_categories(sheet.reference(1, first, last))
    chart.x_axis.number_format = "d"
    return chart
