"""The columns of an import file: each by its Chinese heading, its English twin, and names that real files use."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its name in the code (and its English heading), its Chinese heading, other names it goes by."""

    name: str
    heading: str
    aliases: tuple[str, ...] = ()


#: Times of the chain, in its order.
TIMES = (
    Column("received_at", "到达时间", ("留言时间", "来电时间", "接收时间")),
    Column("accepted_at", "受理时间"),
    Column("assigned_at", "交办时间", ("派单时间", "派遣时间")),
    Column("signed_at", "签收时间"),
    Column("submitted_at", "提交时间"),
    Column("approved_at", "核查时间"),
    Column("replied_at", "答复时间", ("回复时间",)),
    Column("closed_at", "办结时间", ("结案时间",)),
)
COLUMNS = (
    Column("number", "编号", ("工单编号", "留言编号")),
    Column("channel", "渠道"),
    Column("source", "来源"),
    Column("category", "类别"),
    Column("unit", "单位", ("承办单位",)),
    Column("urgency", "紧急程度"),
    Column("matter", "标题", ("主题", "留言主题")),
    Column("text", "诉求内容", ("留言详情",)),
    Column("place", "地点"),
    Column("name", "诉求人", ("caller",)),
    Column("phone", "电话", ("联系电话",)),
    *TIMES,
    Column("limit", "时限"),
    Column("outcome", "办理结果"),
    Column("answer", "答复内容", ("答复意见", "回复内容")),
)
BY_NAME = {column.name: column for column in COLUMNS}
REQUIRED = ("text", "received_at")

_HEADINGS = {
    heading.casefold(): column for column in COLUMNS for heading in (column.name, column.heading, *column.aliases)
}


@dataclass(frozen=True)
class Header:
    """Which cell of a row holds what. `ignored` are headings that mean nothing here, named to whoever imports."""

    places: dict[str, int]
    width: int
    ignored: tuple[str, ...]
    faults: tuple[str, ...]


def read_header(cells: Sequence[str]) -> Header:
    """Match the first line of a file. All faults are named: what is missing, and what stands there twice."""
    places: dict[str, int] = {}
    ignored: list[str] = []
    faults: list[str] = []
    for place, cell in enumerate(cells):
        column = _HEADINGS.get("_".join(cell.split()).casefold())
        if column is None:
            ignored.append(cell.strip())
        elif column.name in places:
            former = cells[places[column.name]].strip()
            faults.append(f"“{former}”和“{cell.strip()}”都是{column.heading}，请只保留一列")
        else:
            places[column.name] = place
    for name in REQUIRED:
        if name not in places:
            column = BY_NAME[name]
            also = "、".join((column.name, *column.aliases))
            faults.append(f"缺少“{column.heading}”列（也可写作 {also}）")
    return Header(places, len(cells), tuple(filter(None, ignored)), tuple(faults))
