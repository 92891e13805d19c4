"""通报, in words: the month said in the city's sentences (`domain.circular`), as blocks for paper and page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from hotline.domain.circular import Sentences, listed, percent, points
from hotline.domain.dates import spoken
from hotline.domain.indicators import INDICATORS, PERCENT
from hotline.domain.rates import RateKind, percentage
from hotline.services.month.figures import Group
from hotline.services.month.papers import items
from hotline.services.month.papers.blocks import TREND, UNITS, Block, Circular, Heading, Paragraph, Picture, Table
from hotline.services.month.papers.items import Overdue
from hotline.services.month.papers.material import Material, tally
from hotline.services.month.ranking import Board, Placed
from hotline.services.work import Work

VERBS: Final = {RateKind.HANDLE: "处理", RateKind.REPLY: "回复", RateKind.CLOSE: "办结"}
LISTED: Final = 100  # 未完成和逾期 in the appendix; all of them are in the workbook
NAMED: Final = 5  # units at either end of a ranking, matters of which many complained
_CHINESE: Final = "一二三四五六七八九十"


def tell(work: Work, material: Material, given: Mapping[str, str]) -> Circular:
    """The circular of the month, with what was typed at its head (`asking.FIELDS`)."""
    teller = _Teller(work, material)
    write = work.circular.write
    overdue, count = teller.overdue()
    blocks = list(teller.blocks(overdue, count))
    return Circular(
        agency=given.get("agency") or write("agency", scope=material.name),
        number=given.get("number", ""),
        signer=given.get("signer", ""),
        title=write("title", month=teller.month, scope=teller.scope),
        to=given.get("to") or write("to", scope=teller.scope),
        blocks=blocks,
        appendix=teller.appendix(overdue) if overdue else None,
        dated=work.now.astimezone(work.rules.zone).date(),
        cc=given.get("cc", ""),
        foot=teller.foot,
    )


@dataclass
class _Teller:
    """Says each part; headings, tables and pictures are numbered as they come."""

    work: Work
    material: Material
    numbers: dict[str, int] = field(default_factory=dict)

    @property
    def sentences(self) -> Sentences:
        return self.work.circular

    @property
    def month(self) -> str:
        """2026年10月."""
        return f"{self.material.month.year}年{self.material.month.number}月"

    @property
    def scope(self) -> str:
        """全市, or the unit's name."""
        return "全市" if self.material.whole_city else self.material.name

    @property
    def cut_off(self) -> str:
        return spoken(self.material.figures.window.cut_off, self.work.rules.zone)

    @property
    def foot(self) -> str:
        if self.material.checksum:
            return f"{self.month}月报第{self.material.version}版　校验码 {self.material.checksum}"
        return f"{self.month}　统计至{self.cut_off}，尚未冻结"

    def overdue(self) -> tuple[list[Overdue], Mapping[str, int]]:
        """The first of what was late, as many as the appendix lists, and how many there are of each sort in all."""
        found = items.overdue(self.work, self.material.scope, told=LISTED)
        shown: list[Overdue] = []
        counts: dict[str, int] = {}
        for each in found:
            if len(shown) < LISTED:
                shown.append(each)
            for cause in causes(each):
                counts[cause] = counts.get(cause, 0) + 1
        return shown, counts

    def blocks(self, overdue: Sequence[Overdue], counts: Mapping[str, int]) -> Iterator[Block]:
        """Everything between 主送 and 落款."""
        yield from self._opening()
        yield from self._overall()
        yield from self._units()
        yield from self._ranking()
        yield from self._late(overdue, counts)
        yield from self._demands()
        yield from self._said("closing")

    def _opening(self) -> Iterator[Block]:
        report = self.material.figures.report
        yield from self._said("opening", month=self.month, scope=self.scope)
        if report is None:
            yield from self._said("provisional", cut_off=self.cut_off)
        elif report.reason:
            yield from self._said("restated", version=report.version, reason=report.reason.rstrip("。"))

    def _overall(self) -> Iterator[Block]:
        yield self._heading("overall")
        yield self._sub("overall_rates")
        yield Paragraph(self._received())
        for kind in RateKind:
            yield Paragraph(self._rate(kind))
        yield self._rates_table()
        if self.material.before:
            yield Picture(self._caption("图", "chart_trend"), TREND)
        yield from self._indicators()
        yield from self._hot()

    def _received(self) -> str:
        material = self.material
        now, before = material.indicators.received, material.received_before
        text = self.sentences.write("received", month=self.month, count=now)
        if before:
            way = "up" if now > before else "down" if now < before else "same"
            change = abs(now - before)
            ratio = f"{100 * change / before:.1f}%"
            text += self.sentences.write(f"received_{way}", change=change, percent=ratio)
        return f"{text}。"

    def _rate(self, kind: RateKind) -> str:
        counts = tally(self.material.figures, kind)
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
            return f"{self.sentences.write('rate_nothing', name=kind.label, verb=VERBS[kind])}。"
        said = self.sentences.write("rate_below" if counts["missing"] else "rate_whole", **fields)
        return f"{said}{self._against(kind, percentage(kept, owed) or '')}。"

    def _against(self, kind: RateKind, rate: str) -> str:
        """Month on month, year on year."""
        said = ""
        if self.material.before:
            last = self.material.last
            was = _rate_of(last.scope, kind) if last else None
            if was is None:
                said += self.sentences.write("month_none")
            else:
                said += self._moved("month", rate, was)
        of_last_year = self.material.year_before
        if of_last_year and (was := _rate_of(of_last_year.scope, kind)) is not None:
            said += self._moved("year", rate, was)
        return said

    def _moved(self, since: str, rate: str, was: str) -> str:
        way, by = points(rate, was)
        return self.sentences.write(f"{since}_{way}", **({} if way == "same" else {"points": by}))

    def _rates_table(self) -> Table:
        rows = []
        for kind in RateKind:
            counts, last = tally(self.material.figures, kind), self.material.last
            was = _rate_of(last.scope, kind) if last else None
            rows.append([*_line(kind.label, counts), percent(was)])
        head = ("指标", "应完成", "已完成", "未完成", "完成率", "按时率", "上月完成率")
        return Table(self._caption("表", "table_rates", month=self.month), head, rows, (14, 13, 13, 13, 16, 15, 16))

    def _indicators(self) -> Iterator[Block]:
        told = self.material.indicators.scope
        rows, said = [], []
        for key, indicator in INDICATORS.items():
            each = told[key]
            if indicator.unit == PERCENT and each.whole:
                text = each.text.replace(" ", "")
                rows.append([indicator.name, str(each.part), str(each.whole), text, indicator.formula])
                said.append(
                    self.sentences.write("indicator", name=indicator.name, rate=text, part=each.part, whole=each.whole)
                )
        if rows:
            yield self._sub("indicators")
            yield from self._said("indicators_told", told="；".join(said))
            caption = self._caption("表", "table_indicators", month=self.month)
            yield Table(caption, ("指标", "分子", "分母", "值", "计算方法"), rows, (18, 10, 10, 14, 48))

    def _hot(self) -> Iterator[Block]:
        told = []
        for hot in self.material.indicators.hot[:NAMED]:
            fields = {"place": hot.area, "matter": hot.category, "count": hot.received}
            if hot.repeated:
                told.append(self.sentences.write("hot_one", **fields, repeated=hot.repeated))
            elif hot.received > 1:
                told.append(self.sentences.write("hot_new", **fields))
        if told:
            yield self._sub("hot")
            yield from self._said("hot_told", told="；".join(told))

    def _units(self) -> Iterator[Block]:
        members = self.material.members
        if not members:
            return
        yield self._heading("units")
        whole = [group for group in members if not any(_missing(group).values())]
        if len(whole) == len(members):
            yield from self._said("praise_all", count=len(members))
        elif whole:
            yield from self._said("praise", units=_names(whole), count=len(whole))
        for kind in RateKind:
            below = sorted((group for group in members if _missing(group)[kind]), key=lambda group: _share(group, kind))
            if below:
                told = "；".join(self._below(group, kind) for group in below)
                yield from self._said("below", name=kind.label, units=told, count=len(below))
        yield self._units_table(members)
        yield Picture(self._caption("图", "chart_units", month=self.month), UNITS)

    def _below(self, group: Group, kind: RateKind) -> str:
        rate = percent(_rate_of(group, kind))
        return self.sentences.write("unit_below", unit=group.about["name"], rate=rate, missing=_missing(group)[kind])

    def _units_table(self, members: Sequence[Group]) -> Table:
        rows = []
        for group in members:
            row = [str(group.about["name"])]
            for kind in RateKind:
                counts = group.tallies[kind].all
                row += [f"{counts['kept']}/{counts['owed']}", percent(_rate_of(group, kind))]
            rows.append(row)
        head = ("单位", *(text for kind in RateKind for text in (f"已{VERBS[kind]}/应{VERBS[kind]}", kind.label)))
        caption = self._caption("表", "table_units", month=self.month)
        return Table(caption, head, rows, (19, 14, 13, 14, 13, 14, 13))

    def _ranking(self) -> Iterator[Block]:
        boards = self.material.boards_below
        if not boards:
            return
        yield self._heading("ranking")
        yield from self._said("ranking_scheme", scheme=self.material.ranking.scheme.name)
        for board in boards:
            if board.ranked:
                yield from self._board(board)
        if few := [board.name for board in boards if not board.ranked]:
            yield from self._said("ranking_few", boards="、".join(few))

    def _board(self, board: Board) -> Iterator[Block]:
        ranked = [placed for placed in board.units if placed.rank is not None]
        apart = [placed for placed in board.units if placed.rank is None]
        ends = {end: self._placed(ranked, getattr(board, end)) for end in ("best", "worst")}
        if ends["worst"]:
            yield from self._said("ranking_board", board=board.name, count=len(ranked), **ends)
        else:
            yield from self._said("ranking_alike", board=board.name, count=len(ranked))
        if apart:
            names = listed([placed.name for placed in apart])
            yield from self._said("ranking_apart", board=board.name, units=names, count=len(apart))
        rows = [self._rank_row(placed) for placed in ranked]
        caption = self._caption("表", "table_ranking", month=self.month, board=board.name)
        yield Table(caption, ("名次", "单位", "得分", "等级", "件数", "上月名次"), rows, (10, 36, 14, 14, 12, 14))

    def _placed(self, ranked: Sequence[Placed], ids: Sequence[int]) -> str:
        by_id = {placed.id: placed for placed in ranked}
        shown = (by_id[id] for id in ids[:NAMED])
        return "、".join(self.sentences.write("ranking_one", unit=each.name, score=each.score.total) for each in shown)

    def _rank_row(self, placed: Placed) -> list[str]:
        before = self.material.ranking.before.get(placed.id)
        grade = placed.score.grade
        was = str(before.rank) if before and before.rank is not None else "—"
        return [
            str(placed.rank),
            placed.name,
            str(placed.score.total),
            grade.name if grade else "—",
            str(placed.score.cases),
            was,
        ]

    def _late(self, overdue: Sequence[Overdue], counts: Mapping[str, int]) -> Iterator[Block]:
        yield self._heading("late")
        if not overdue:
            yield from self._said("late_none", cut_off=self.cut_off)
            return
        missing = {kind: tally(self.material.figures, kind)["missing"] for kind in RateKind}
        told = listed(
            [
                self.sentences.write("missing_of", verb=VERBS[kind], count=number)
                for kind, number in missing.items()
                if number
            ]
        )
        late = sum(tally(self.material.figures, kind)["late"] for kind in RateKind)
        if told:
            yield from self._said("missing", cut_off=self.cut_off, count=sum(missing.values()), told=told)
        if late:
            yield from self._said("late_done", count=late)
        why = [self.sentences.write(cause, count=counts[cause]) for cause in CAUSES if counts.get(cause)]
        yield from self._said("causes", told="；".join(why))
        yield from self._said("late_list")
        if sum(missing.values()) + late > len(overdue):
            yield from self._said("late_cut", shown=len(overdue), count=sum(missing.values()) + late)

    def _demands(self) -> Iterator[Block]:
        yield self._heading("demands")
        figures = self.material.figures
        lacking = [group for group in self.material.members if any(_missing(group).values())]
        late = sum(tally(figures, kind)["late"] for kind in RateKind)
        if lacking:
            yield from self._said("demand_missing", units=_names(lacking), count=len(lacking))
        if late:
            yield from self._said("demand_late", count=late)
        if not lacking and not late:
            yield from self._said("demand_whole")
        yield from self._said("demand_always")

    def appendix(self, overdue: Sequence[Overdue]) -> Table:
        """附件: what is missing first, then what was late."""
        zone = self.work.rules.zone
        rows = []
        for place, each in enumerate(overdue, 1):
            met = spoken(each.met_at, zone) if each.met_at else "未完成"
            matter = each.matter or "（按权限不列）"
            due = str(spoken(each.due_at, zone))
            rows.append([str(place), each.ticket, VERBS[each.kind], matter, each.unit, due, str(met), each.reason])
        head = ("序号", "编号", "承诺", "事项", "责任单位", "时限", "完成", "原因")
        return Table(self.sentences.write("table_late"), head, rows, (6, 15, 7, 20, 13, 11, 11, 17), appendix=True)

    def _said(self, key: str, **fields: object) -> Iterator[Paragraph]:
        """The sentence as a paragraph, unless the city says nothing there."""
        if text := self.sentences.write(key, **fields):
            yield Paragraph(text)

    def _heading(self, key: str) -> Heading:
        self.numbers["（"] = 0
        return Heading(f"{self._next('、')}、{self.sentences.write(key)}")

    def _sub(self, key: str) -> Heading:
        return Heading(f"（{self._next('（')}）{self.sentences.write(key)}", 2)

    def _next(self, of: str) -> str:
        self.numbers[of] = self.numbers.get(of, 0) + 1
        return _CHINESE[self.numbers[of] - 1]

    def _caption(self, sort: str, key: str, **fields: object) -> str:
        """表1　…, 图1　…."""
        self.numbers[sort] = self.numbers.get(sort, 0) + 1
        return f"{sort}{self.numbers[sort]}　{self.sentences.write(key, **fields)}"


CAUSES: Final = (
    "cause_submitted",
    "cause_returned",
    "cause_sent_back",
    "cause_extended",
    "cause_paused",
    "cause_plain",
)


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


def _missing(group: Group) -> dict[RateKind, int]:
    return {kind: tally.all["missing"] for kind, tally in group.tallies.items()}


def _share(group: Group, kind: RateKind) -> float:
    counts = group.tallies[kind].all
    return counts["kept"] / counts["owed"]


def _rate_of(group: Group, kind: RateKind) -> str | None:
    counts = group.tallies[kind].all
    return percentage(counts["kept"], counts["owed"])


def _names(groups: Sequence[Group]) -> str:
    return "、".join(str(group.about["name"]) for group in groups)


def _line(name: str, counts: Mapping[str, int]) -> list[str]:
    owed = counts["owed"]
    numbers = [str(counts[figure]) for figure in ("owed", "kept", "missing")]
    return [name, *numbers, percent(percentage(counts["kept"], owed)), percent(percentage(counts["on_time"], owed))]
