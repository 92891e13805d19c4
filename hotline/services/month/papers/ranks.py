"""排名: the sheet of the scores, each with the lines that it was worked out from."""

from __future__ import annotations

from typing import Final

from hotline.services.month.papers.cells import Book, Formula, Sheet, Value, words
from hotline.services.month.papers.material import Material
from hotline.services.month.ranking import Board, Placed

_HEAD: Final = ("名次", "单位", "得分", "等级", "件数", "上月名次", "上月得分")


def write(book: Book, material: Material, note: str) -> None:
    """One block for each ranking; ranks are counted from the scores."""
    ranking = material.ranking
    names = [term.name for term in ranking.scheme.terms]
    widths = (6, 24, 9, 9, 8, 9, 9, *[max(9, 2 * len(name)) for name in names], 44)
    sheet = book.sheet("排名", widths, frozen="C3")
    sheet.title("考核排名", f"{note}　评分方案：{ranking.scheme.name}（{ranking.scheme.version}）")
    for board in material.boards:
        sheet.head([board.name, *[""] * (len(widths) - 1)])
        sheet.merge(1, len(widths))
        sheet.head([*_HEAD, *names, "说明"])
        _board(sheet, board, material)
        sheet.row([])
    if not material.boards:
        sheet.row(["", "没有可以排名的单位"])


def _board(sheet: Sheet, board: Board, material: Material) -> None:
    first = sheet.rows + 1
    scores = f"$C${first}:$C${first + board.ranked - 1}"  # who is not ranked comes after
    for placed in board.units:
        sheet.row(_line(placed, material.ranking.before.get(placed.id), f"=RANK(C{sheet.rows + 1},{scores})"))


def _line(placed: Placed, before: Placed | None, counted: str) -> list[Value]:
    rank: Value = "—" if placed.rank is None else Formula(counted, placed.rank)
    score, grade = placed.score, placed.score.grade
    lines: list[Value] = ["—" if line.points is None else round(float(line.points), 4) for line in score.lines]
    return [
        rank,
        words(placed.name),
        "—" if score.total is None else float(score.total),
        grade.name if grade else "—",
        score.cases,
        before.rank if before and before.rank is not None else "—",
        float(before.score.total) if before and before.score.total is not None else "—",
        *lines,
        words("；".join(part for part in (placed.apart, *score.told) if part)),
    ]
