"""指标: what the month counts besides 三率 (`rates`): how each is named, what is divided by what, and whose it is.

The formulas are printed beside the figures and explained to an auditor in docs/rates.md; `cases` and `owing` in
`hotline.services.month` count them. Percentages are printed as those of the three rates are.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from hotline.domain.rates import NOTHING_OWED, percentage

PERCENT, HOURS, ITEMS = "%", "小时", "件"


class Better(StrEnum):
    """Which way is better; of some it cannot be said."""

    HIGHER = "higher"
    LOWER = "lower"


class Basis(StrEnum):
    """What is counted: promises by a figure of `rates.FIGURES`, or cases (`hotline.services.month.cases`)."""

    PROMISES = "promises"
    CASES = "cases"


@dataclass(frozen=True)
class Indicator:
    """One indicator: `part` of `whole`.

    Of promises `sort` is their kind, and `part` the figure that is divided by `owed`. Of cases `sort` is theirs, and
    `counted` whether the part is those in the numerator or the others; `over` names the kind of promise whose `owed` is
    the whole, where that is not the number of the cases.
    """

    key: str
    name: str
    formula: str
    unit: str
    better: Better
    source: str
    basis: Basis
    sort: str
    part: str = ""
    counted: bool = True
    over: str = ""

    def text(self, part: int, whole: int) -> str:
        """As it is printed: `99.33 %`, `12 件`, or a dash where there is nothing to divide by."""
        return f"{part} {self.unit}" if self.unit == ITEMS else share_text(part, whole)


def _on_time(kind: str, name: str, verb: str) -> Indicator:
    formula = f"{name} = 按时{verb} ÷ 应{verb}"
    source = "指标清单；设计第5节"
    return Indicator(
        f"{kind}_on_time", name, formula, PERCENT, Better.HIGHER, source, Basis.PROMISES, kind, part="on_time"
    )


_ALL = (
    _on_time("accept", "按时受理率", "受理"),
    _on_time("dispatch", "按时派遣率", "派遣"),
    _on_time("sign", "按时签收率", "签收"),
    _on_time("check", "按时核查率", "核查"),
    Indicator(
        "dispatch_accuracy",
        "准确派遣率",
        "准确派遣率 = 未被退回的交办 ÷ 本月交办（收回的不计）",
        PERCENT,
        Better.HIGHER,
        "指标清单；设计第5节",
        Basis.CASES,
        "turn",
    ),
    Indicator(
        "return_rate",
        "退单率",
        "退单率 = 被退回的交办 ÷ 本月交办（收回的不计）",
        PERCENT,
        Better.LOWER,
        "设计第5节；rules.md 第10节",
        Basis.CASES,
        "turn",
        counted=False,
    ),
    Indicator(
        "rework_rate",
        "返工率",
        "返工率 = 本月重办的轮次 ÷ 应处理",
        PERCENT,
        Better.LOWER,
        "成都市金牛区数字城管",
        Basis.CASES,
        "rework",
        over="handle",
    ),
    Indicator(
        "extension_rate",
        "延期率",
        "延期率 = 批准过延期的 ÷ 应处理",
        PERCENT,
        Better.LOWER,
        "成都市金牛区数字城管",
        Basis.PROMISES,
        "handle",
        part="extended",
    ),
    Indicator(
        "solved_rate",
        "解决率",
        "解决率 = 诉求人答已解决 ÷ 答了是否解决",
        PERCENT,
        Better.HIGHER,
        "《北京市接诉即办工作条例》第三十二条",
        Basis.CASES,
        "solved",
    ),
    Indicator(
        "satisfied_rate",
        "满意率",
        "满意率 = 评3分及以上 ÷ 参评",
        PERCENT,
        Better.HIGHER,
        "《北京市接诉即办工作条例》第三十二条",
        Basis.CASES,
        "satisfied",
    ),
    Indicator(
        "repeat_rate",
        "重复投诉率",
        "重复投诉率 = 并入他单或本人再次反映的诉求 ÷ 本月收到的诉求",
        PERCENT,
        Better.LOWER,
        "成都市金牛区网络理政",
        Basis.CASES,
        "repeat",
    ),
    Indicator(
        "paused",
        "挂账",
        "挂账 = 截止时刻仍在挂账的次数",
        ITEMS,
        Better.LOWER,
        "设计第5节",
        Basis.CASES,
        "pause",
    ),
    Indicator(
        "paused_begun",
        "新增挂账",
        "新增挂账 = 本月开始挂账的次数",
        ITEMS,
        Better.LOWER,
        "设计第5节",
        Basis.CASES,
        "pause",
        part="begun",
    ),
)
#: By key, in the order in which they are shown.
INDICATORS: Mapping[str, Indicator] = {each.key: each for each in _ALL}


def share(part: int, whole: int) -> str | None:
    """`99.33`: as `rates.percentage`; more than the whole is possible where things of another kind are divided by (重办
    of a month by what was to be handled in it). None when there is nothing to divide by."""
    if part <= whole:
        return percentage(part, whole)
    if whole == 0:
        return None
    hundredths = int(Fraction(10_000 * part, whole) + Fraction(1, 2))
    return f"{hundredths // 100}.{hundredths % 100:02}"


def share_text(part: int, whole: int) -> str:
    """`99.33 %`, or a dash when there is nothing to divide by."""
    text = share(part, whole)
    return NOTHING_OWED if text is None else f"{text} %"
