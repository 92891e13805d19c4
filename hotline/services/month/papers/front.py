"""The first sheets of the workbook: 说明, 三率 with what they are compared with, 指标 of the whole and of each unit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from hotline.domain.dates import spoken
from hotline.domain.indicators import INDICATORS, PERCENT, Indicator
from hotline.domain.rates import NOTHING_OWED, RateKind, percentage
from hotline.services.month.ageing import BANDS
from hotline.services.month.figures import MonthFigures
from hotline.services.month.indicator_figures import Share
from hotline.services.month.papers import cells, counting
from hotline.services.month.papers.cells import Book, Formula, Sheet, Value, letter, share, words
from hotline.services.month.papers.counting import HEADINGS, NAMES, STANDINGS, Condition, Counting, text
from hotline.services.month.papers.items import EXEMPT, VOID
from hotline.services.month.papers.material import Material, tally
from hotline.services.month.papers.tables import FIRST_RATE, OTHER, SAME
from hotline.services.month.tallying import DEFINITIONS

STAGES: Final = {
    "accept": "受理",
    "dispatch": "交办",
    "sign": "签收",
    "handle": "处理",
    "check": "核查",
    "reply": "答复",
    "close": "办结",
}
_READING: Final = (
    "“明细”是三率的全部承诺，一行一条；其余各表的件数用 COUNTIFS 从“明细”数出，比率用公式算出，可以逐格核对。",
    "完成率 =（按时完成 + 逾期完成）÷ 应完成；按时率 = 按时完成 ÷ 应完成。",
    "比率四舍五入到两位小数；有未完成的不显示 100.00%；没有应完成的显示“—”。",
    "“结果”一列：免于考核、不计入（不予受理、作废、撤回、并案、退回等）和已延期到月末以后的，不在应完成之内。",
    "“单位路径”是到期时单位在机构树上的位置，上级单位的数字含下级。",
    "受理、派遣、签收、核查等指标的逐件清单在系统的月报页查看。",
)


def explain(book: Book, material: Material, by: str, at: datetime) -> None:
    """说明: which month of whom, as of when, by which rules, and how to read it."""
    zone, figures, report = book.zone, material.figures, material.figures.report
    sheet = book.sheet("说明", (22, 100), frozen="A2")
    sheet.title("月报表说明")
    told: list[tuple[str, Value]] = [
        ("月份", f"{material.month.year}年{material.month.number}月"),
        ("范围", material.name),
        ("统计截至", spoken(figures.window.cut_off, zone)),
        ("冻结", f"第{report.version}版" if report else "未冻结，数字还会变化"),
    ]
    if report:
        told += [("校验码", report.checksum), ("上一份校验码", report.previous_checksum or NOTHING_OWED)]
        told += [("时限政策", "、".join(str(each.get("version", "")) for each in report.policies) or NOTHING_OWED)]
        told += [("更正原因", report.reason)] if report.reason else []
    told += [("生成", f"{by}　{spoken(at, zone)}")]
    told += [(kind.label, str(DEFINITIONS[kind])) for kind in RateKind]
    told += [(f"读法{place}", line) for place, line in enumerate(_READING, 1)]
    for name, value in told:
        sheet.row([name, value])


def rates(book: Book, material: Material, counted: Counting, note: str) -> None:
    """三率: counted from 明细 whatever its length, each beside the report's own number; then as compared."""
    sheet = book.sheet("三率", (26, *[11] * 6, 12, 10), frozen="B4")
    sheet.title("三率完成情况", note)
    sheet.head(["指标", *HEADINGS, "系统统计", "核对"])
    assert sheet.rows + 1 == FIRST_RATE
    for kind in NAMES:
        _rate(sheet, kind.label, kind, tally(material.figures, kind), counted, ())
    for kind in NAMES:
        counts = material.figures.scope.tallies[kind].without_direct
        _rate(sheet, f"{kind.label}（不含当场答复）", kind, counts, counted, ((counting.DIRECT, '"否"'),))
    _by_original(sheet, material, counted)
    _beside(sheet, material, counted)
    _compared(sheet, material)


def _rate(
    sheet: Sheet,
    name: str,
    kind: RateKind,
    counts: Mapping[str, int],
    counted: Counting,
    more: Sequence[Condition],
) -> None:
    row = sheet.rows + 1
    cells_ = counted.six(row, 2, kind, counts, more)
    same = Formula(f'=IF(F{row}=H{row},"{SAME}","{OTHER}")', SAME)
    sheet.row([name, *cells_, _told(counts["kept"], counts["owed"]), same])


def _told(kept: int, owed: int) -> Value:
    """The share as the report has it, no formula over other cells."""
    told = percentage(kept, owed)
    return NOTHING_OWED if told is None else Formula(f"={told}/100", round(float(told) / 100, 4), cells.PERCENT)


def _by_original(sheet: Sheet, material: Material, counted: Counting) -> None:
    """As if nobody had been given more time."""
    sheet.row([])
    sheet.head(["按原时限（不计延期）", "应完成", "按时完成", "未按时", "", "按时率", "", "系统统计", "核对"])
    for kind in NAMES:
        row, counts = sheet.rows + 1, tally(material.figures, kind)
        owed, kept = counts["original_owed"], counts["original_on_time"]
        found = [
            counted.counts((counting.KIND, text(NAMES[kind])), (counting.ORIGINAL, text(word)))
            for word in ("按时", "逾期")
        ]
        sheet.row(
            [
                kind.label,
                Formula(f"=C{row}+D{row}", owed),
                Formula(f"={found[0]}", kept),
                Formula(f"={found[1]}", owed - kept),
                None,
                share(f"C{row}", f"B{row}", (kept, owed)),
                None,
                _told(kept, owed),
                Formula(f'=IF(F{row}=H{row},"{SAME}","{OTHER}")', SAME),
            ]
        )


def _beside(sheet: Sheet, material: Material, counted: Counting) -> None:
    """What is not in the rates, or was given more time."""
    sheet.row([])
    sheet.head(["另列", "延期（在应完成之内）", "免于考核", "不计入"])
    for kind in NAMES:
        counts, of = tally(material.figures, kind), (counting.KIND, text(NAMES[kind]))
        extended = "+".join(
            counted.counts(of, (counting.STANDING, text(standing)), (counting.EXTENDED, text(">0")))
            for standing in STANDINGS
        )
        exempt, void = (counted.counts(of, (counting.STANDING, text(standing))) for standing in (EXEMPT, VOID))
        numbers = (counts["extended"], counts["exempt"], material.voided[kind])
        found = zip((extended, exempt, void), numbers, strict=True)
        sheet.row([NAMES[kind], *(Formula(f"={formula}", number) for formula, number in found)])


def _compared(sheet: Sheet, material: Material) -> None:
    """The months before and the same month a year ago, by their own numbers."""
    compared = [*material.before, *([material.year_before] if material.year_before else [])]
    if not compared:
        return
    sheet.row([])
    sheet.head(["比较", *(head for kind, name in NAMES.items() for head in (f"应{name}", f"已{name}", kind.label))])
    for figures in [*compared, material.figures]:
        row = sheet.rows + 1
        line: list[Value] = [_month(figures)]
        for place, kind in enumerate(NAMES):
            counts = tally(figures, kind)
            owed, kept = f"{letter(2 + 3 * place)}{row}", f"{letter(3 + 3 * place)}{row}"
            line += [counts["owed"], counts["kept"], share(kept, owed, (counts["kept"], counts["owed"]))]
        sheet.row(line)


def _month(figures: MonthFigures) -> str:
    return f"{figures.month.year}年{figures.month.number}月"


def indicators(book: Book, material: Material, note: str) -> None:
    """指标, with what is divided by what; the time of each stage; how old what is missing is."""
    told = material.indicators
    sheet = book.sheet("指标", (24, 12, 12, 12, 52, 34), frozen="B4")
    sheet.title("各项指标", note)
    sheet.head(["指标", "分子", "分母", "值", "公式", "依据"])
    for key, indicator in INDICATORS.items():
        row, each = sheet.rows + 1, told.scope[key]
        value = _value(indicator, each, f"B{row}", f"C{row}")
        sheet.row([indicator.name, each.part, _whole(indicator, each), value, indicator.formula, indicator.source])
    sheet.row([])
    sheet.head(["用时（小时）", "件数", "中位数", "九成以内", "从该环节开始到完成，含夜间和休息日", ""])
    for kind, spent in told.times.items():
        hours = (spent.median_hours, spent.p90_hours)
        sheet.row([STAGES[kind.value], spent.count, *(NOTHING_OWED if each is None else float(each) for each in hours)])
    sheet.row([])
    sheet.head(["未完成的已超过", *NAMES.values()])
    first = sheet.rows + 1
    for band in BANDS:
        sheet.row([band.name, *(told.ages[kind][band.key] for kind in NAMES)])
    added = zip(NAMES, "BCD", strict=True)
    sums = (Formula(f"=SUM({at}{first}:{at}{sheet.rows})", sum(told.ages[kind].values())) for kind, at in added)
    sheet.row(["合计", *sums], "合")
    if told.hot:
        sheet.row([])
        sheet.head(["反映集中的事项", "区域", "收到", "其中重复"])
        for hot in told.hot:
            sheet.row([hot.category, hot.area or "未填写", hot.received, hot.repeated])


def of_units(book: Book, material: Material, note: str) -> None:
    """单位指标: each indicator of each unit, numerator and denominator beside it."""
    shown = {key: indicator for key, indicator in INDICATORS.items() if indicator.unit == PERCENT}
    sheet = book.sheet("单位指标", (26, *[9] * (3 * len(shown))), frozen="B5")
    sheet.title("各单位指标（含下级）", note)
    sheet.head(["", *(head for each in shown.values() for head in (each.name, "", ""))])
    for place in range(len(shown)):
        sheet.merge(2 + 3 * place, 4 + 3 * place)
    sheet.head(["单位", *("分子", "分母", "值") * len(shown)])
    depth = int(material.indicators.about.get("depth", 0))
    for about, shares in material.indicators.units:
        row = sheet.rows + 1
        line: list[Value] = [words("　" * (int(about["depth"]) - depth) + str(about["name"]))]
        for place, (key, indicator) in enumerate(shown.items()):
            each = shares[key]
            part, whole = f"{letter(2 + 3 * place)}{row}", f"{letter(3 + 3 * place)}{row}"
            line += [each.part, each.whole, _value(indicator, each, part, whole)]
        sheet.row(line)


def _whole(indicator: Indicator, each: Share) -> Value:
    return each.whole if indicator.unit == PERCENT else None


def _value(indicator: Indicator, each: Share, part: str, whole: str) -> Value:
    """More than the whole is possible where things of another kind are divided by."""
    if indicator.unit != PERCENT:
        return Formula(f"={part}", each.part)
    if each.part <= each.whole:
        return share(part, whole, (each.part, each.whole))
    if each.whole == 0:
        return NOTHING_OWED
    value = float(each.text.removesuffix("%")) / 100
    return Formula(f"=ROUND({part}*10000/{whole},0)/10000", round(value, 4), cells.PERCENT)
