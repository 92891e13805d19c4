"""各单位情况 and 考核排名 of a circular."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from hotline.domain.circular import listed, percent
from hotline.domain.rates import RateKind
from hotline.services.month.figures import Group
from hotline.services.month.papers.blocks import UNITS, Block, Picture, Table
from hotline.services.month.papers.pen import NAMED, VERBS, Pen, missing, names, rate_of
from hotline.services.month.ranking import Board, Placed


def units(pen: Pen) -> Iterator[Block]:
    """Those with everything done, those below 100 % by rate, and all of them as a table and a chart."""
    members = pen.material.members
    if not members:
        return
    yield pen.heading("units")
    whole = [group for group in members if not any(missing(group).values())]
    if len(whole) == len(members):
        yield from pen.said("praise_all", count=len(members))
    elif whole:
        yield from pen.said("praise", units=names(whole), count=len(whole))
    for kind in RateKind:
        below = sorted((group for group in members if missing(group)[kind]), key=lambda group: _share(group, kind))
        if below:
            told = "；".join(_below(pen, group, kind) for group in below)
            yield from pen.said("below", name=kind.label, units=told, count=len(below))
    yield _table(pen, members)
    yield Picture(pen.caption("图", "chart_units", month=pen.month), UNITS)


def _share(group: Group, kind: RateKind) -> float:
    counts = group.tallies[kind].all
    return counts["kept"] / counts["owed"]


def _below(pen: Pen, group: Group, kind: RateKind) -> str:
    rate = percent(rate_of(group, kind))
    return pen.write("unit_below", unit=group.about["name"], rate=rate, missing=missing(group)[kind])


def _table(pen: Pen, members: Sequence[Group]) -> Table:
    rows = []
    for group in members:
        row = [str(group.about["name"])]
        for kind in RateKind:
            counts = group.tallies[kind].all
            row += [f"{counts['kept']}/{counts['owed']}", percent(rate_of(group, kind))]
        rows.append(row)
    head = ("单位", *(text for kind in RateKind for text in (f"已{VERBS[kind]}/应{VERBS[kind]}", kind.label)))
    caption = pen.caption("表", "table_units", month=pen.month)
    return Table(caption, head, rows, (19, 14, 13, 14, 13, 14, 13))


def ranking(pen: Pen) -> Iterator[Block]:
    """Each board with its best and worst; those with too few cases apart."""
    boards = pen.material.boards_below
    if not boards:
        return
    yield pen.heading("ranking")
    yield from pen.said("ranking_scheme", scheme=pen.material.ranking.scheme.name)
    for board in boards:
        if board.ranked:
            yield from _board(pen, board)
    if few := [board.name for board in boards if not board.ranked]:
        yield from pen.said("ranking_few", boards="、".join(few))


def _board(pen: Pen, board: Board) -> Iterator[Block]:
    ranked = [placed for placed in board.units if placed.rank is not None]
    apart = [placed for placed in board.units if placed.rank is None]
    ends = {end: _placed(pen, ranked, getattr(board, end)) for end in ("best", "worst")}
    if ends["worst"]:
        yield from pen.said("ranking_board", board=board.name, count=len(ranked), **ends)
    else:
        yield from pen.said("ranking_alike", board=board.name, count=len(ranked))
    if apart:
        told = listed([placed.name for placed in apart])
        yield from pen.said("ranking_apart", board=board.name, units=told, count=len(apart))
    rows = [_row(pen, placed) for placed in ranked]
    caption = pen.caption("表", "table_ranking", month=pen.month, board=board.name)
    yield Table(caption, ("名次", "单位", "得分", "等级", "件数", "上月名次"), rows, (10, 36, 14, 14, 12, 14))


def _placed(pen: Pen, ranked: Sequence[Placed], ids: Sequence[int]) -> str:
    by_id = {placed.id: placed for placed in ranked}
    shown = (by_id[id] for id in ids[:NAMED])
    return "、".join(pen.write("ranking_one", unit=each.name, score=each.score.total) for each in shown)


def _row(pen: Pen, placed: Placed) -> list[str]:
    before = pen.material.ranking.before.get(placed.id)
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
