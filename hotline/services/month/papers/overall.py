"""总体情况 of a circular: what was received, the three rates beside earlier ones, indicators, hot matters."""

from __future__ import annotations

from collections.abc import Iterator

from hotline.domain.circular import percent, points
from hotline.domain.indicators import INDICATORS, PERCENT
from hotline.domain.rates import RateKind, percentage
from hotline.services.month.papers.blocks import TREND, Block, Paragraph, Picture, Table
from hotline.services.month.papers.material import tally
from hotline.services.month.papers.pen import NAMED, VERBS, Pen, line, rate_of


def overall(pen: Pen) -> Iterator[Block]:
    """The whole part."""
    yield pen.heading("overall")
    yield pen.sub("overall_rates")
    yield Paragraph(_received(pen))
    for kind in RateKind:
        yield Paragraph(_rate(pen, kind))
    yield _rates_table(pen)
    if pen.material.before:
        yield Picture(pen.caption("图", "chart_trend"), TREND)
    yield from _indicators(pen)
    yield from _hot(pen)


def _received(pen: Pen) -> str:
    now, before = pen.material.indicators.received, pen.material.received_before
    text = pen.write("received", month=pen.month, count=now)
    if before:
        way = "up" if now > before else "down" if now < before else "same"
        change = abs(now - before)
        ratio = f"{100 * change / before:.1f}%"
        text += pen.write(f"received_{way}", change=change, percent=ratio)
    return f"{text}。"


def _rate(pen: Pen, kind: RateKind) -> str:
    counts = tally(pen.material.figures, kind)
    owed, kept = counts["owed"], counts["kept"]
    fields = {
        "name": kind.label,
        "verb": VERBS[kind],
        "owed": owed,
        "kept": kept,
        "missing": counts["missing"],
        "rate": percent(percentage(kept, owed)),
        "on_time": counts["on_time"],
        "on_time_rate": percent(percentage(counts["on_time"], owed)),
    }
    if not owed:
        return f"{pen.write('rate_nothing', name=kind.label, verb=VERBS[kind])}。"
    said = pen.write("rate_below" if counts["missing"] else "rate_whole", **fields)
    return f"{said}{_against(pen, kind, percentage(kept, owed) or '')}。"


def _against(pen: Pen, kind: RateKind, rate: str) -> str:
    """Month on month, year on year."""
    said = ""
    if pen.material.before:
        last = pen.material.last
        was = rate_of(last.scope, kind) if last else None
        said += pen.write("month_none") if was is None else _moved(pen, "month", rate, was)
    of_last_year = pen.material.year_before
    if of_last_year and (was := rate_of(of_last_year.scope, kind)) is not None:
        said += _moved(pen, "year", rate, was)
    return said


def _moved(pen: Pen, since: str, rate: str, was: str) -> str:
    way, by = points(rate, was)
    return pen.write(f"{since}_{way}", **({} if way == "same" else {"points": by}))


def _rates_table(pen: Pen) -> Table:
    rows = []
    for kind in RateKind:
        counts, last = tally(pen.material.figures, kind), pen.material.last
        was = rate_of(last.scope, kind) if last else None
        rows.append([*line(kind.label, counts), percent(was)])
    head = ("指标", "应完成", "已完成", "未完成", "完成率", "按时率", "上月完成率")
    return Table(pen.caption("表", "table_rates", month=pen.month), head, rows, (14, 13, 13, 13, 16, 15, 16))


def _indicators(pen: Pen) -> Iterator[Block]:
    told = pen.material.indicators.scope
    rows, said = [], []
    for key, indicator in INDICATORS.items():
        each = told[key]
        if indicator.unit == PERCENT and each.whole:
            text = each.text.replace(" ", "")
            rows.append([indicator.name, str(each.part), str(each.whole), text, indicator.formula])
            said.append(pen.write("indicator", name=indicator.name, rate=text, part=each.part, whole=each.whole))
    if rows:
        yield pen.sub("indicators")
        yield from pen.said("indicators_told", told="；".join(said))
        caption = pen.caption("表", "table_indicators", month=pen.month)
        yield Table(caption, ("指标", "分子", "分母", "值", "计算方法"), rows, (18, 10, 10, 14, 48))


def _hot(pen: Pen) -> Iterator[Block]:
    told = []
    for hot in pen.material.indicators.hot[:NAMED]:
        fields = {"place": hot.area, "matter": hot.category, "count": hot.received}
        if hot.repeated:
            told.append(pen.write("hot_one", **fields, repeated=hot.repeated))
        elif hot.received > 1:
            told.append(pen.write("hot_new", **fields))
    if told:
        yield pen.sub("hot")
        yield from pen.said("hot_told", told="；".join(told))
