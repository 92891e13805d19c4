"""列: what can be shown of each ticket in a list, on the page as in a file, by one table and under one cover.

The cells are what a reader of a list may see (`hotline.services.covering`): whoever needs the words opens the ticket.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final

import sqlalchemy as sa

from hotline.domain.workflow import STATE_LABELS
from hotline.models import KIND_LABELS, Assignment, Category, Part, Staff, labels
from hotline.services.covering import Cover, passing, read_ahead
from hotline.services.desk import Line
from hotline.services.risking import in_list
from hotline.services.work import Work

Cell = str | int | Decimal | datetime | None
Headings = Sequence[tuple[str, int]]  # each with the width of its column in characters


@dataclass(frozen=True)
class Sheet:
    """A list as a file has it. Its rows are read as they are asked for; moments are aware."""

    title: str
    headings: Headings
    rows: Iterator[Sequence[Cell]]


@dataclass(frozen=True)
class Read:
    """A line with what was read for it besides: what covers its words, and the names that its row only points to."""

    work: Work
    line: Line
    cover: Cover
    category: str
    handler: str


@dataclass(frozen=True)
class Strip:
    """One column of a sheet: its heading, its width in characters, and what stands in it."""

    heading: str
    width: int
    of: Callable[[Read], Cell]


@dataclass(frozen=True)
class Column:
    """What can be chosen. In a sheet it may take several columns (a promise: which, and until when).

    `fixed`: it is always there. `usual`: it is there until somebody chooses otherwise.
    """

    name: str
    label: str
    parts: tuple[Strip, ...]
    fixed: bool = False
    usual: bool = False


def _column(
    name: str, label: str, width: int, of: Callable[[Read], Cell], *, fixed: bool = False, usual: bool = False
) -> Column:
    return Column(name, label, (Strip(label, width, of),), fixed=fixed, usual=usual)


def level_of(work: Work, policy_id: int, rank: int) -> tuple[str | None, str]:
    """The highest 督办 level of the round, by code and by the policy's name for it."""
    rung = next((each for each in work.rules.policy(policy_id).ladder if each.rank == rank), None)
    return (rung.level, rung.name) if rung else (None, "")


def _due_at(read: Read) -> Cell:
    return read.line.due.due_at if read.line.due else None


def _due_kind(read: Read) -> Cell:
    return KIND_LABELS[read.line.due.kind] if read.line.due else ""


def _risks(read: Read) -> Cell:
    return "、".join(str(risk["name"]) for risk in in_list(read.line.ticket))


def _level(read: Read) -> Cell:
    return level_of(read.work, read.line.ticket.policy_version_id, read.line.ticket.level)[1]


#: In the order in which they stand.
COLUMNS: Final = (
    _column("number", "编号", 16, lambda read: read.line.ticket.number, fixed=True),
    _column("matter", "事项", 44, lambda read: read.cover(read.line.ticket.matter), fixed=True),
    _column("place", "地点", 30, lambda read: read.cover(read.line.ticket.place)),
    _column("state", "状态", 10, lambda read: STATE_LABELS[read.line.ticket.state], usual=True),
    _column("unit", "承办单位", 20, lambda read: read.line.unit or "", usual=True),
    _column("handler", "承办人", 12, lambda read: read.handler),
    Column("due", "时限", (Strip("时限", 10, _due_kind), Strip("到期时间", 18, _due_at)), usual=True),
    _column("level", "督办", 10, _level),
    _column("heat", "热度", 8, lambda read: read.line.ticket.heat, usual=True),
    _column("category", "类别", 22, lambda read: read.category),
    _column("area", "区域", 14, lambda read: read.line.ticket.area),
    _column("source", "来源", 10, lambda read: labels.SOURCES[read.line.ticket.source]),
    _column("channel", "渠道", 14, lambda read: labels.CHANNELS[read.line.ticket.channel]),
    _column("urgency", "紧急程度", 10, lambda read: labels.URGENCIES[read.line.ticket.urgency]),
    _column("risks", "风险提示", 20, _risks),
    _column("round", "办理轮次", 10, lambda read: read.line.ticket.round),
    _column("received", "收到时间", 18, lambda read: read.line.ticket.received_at),
    _column("ended", "办结时间", 18, lambda read: read.line.ticket.ended_at),
)
BY_NAME: Final = {column.name: column for column in COLUMNS}
USUAL: Final = tuple(column.name for column in COLUMNS if column.fixed or column.usual)


def chosen(names: Iterable[str]) -> tuple[str, ...]:
    """The columns of these names in their order, the fixed ones always; the usual ones where none is known."""
    wanted = set(names) & BY_NAME.keys()
    if not wanted:
        return USUAL
    return tuple(column.name for column in COLUMNS if column.fixed or column.name in wanted)


def headings(names: Sequence[str]) -> list[tuple[str, int]]:
    """The headings of a sheet with their widths in characters."""
    return [(part.heading, part.width) for name in names for part in BY_NAME[name].parts]


def cells(read: Read, names: Sequence[str]) -> list[Cell]:
    """A line of a sheet; moments are aware."""
    return [part.of(read) for name in names for part in BY_NAME[name].parts]


def read(work: Work, lines: Sequence[Line], names: Sequence[str]) -> Iterator[Read]:
    """The lines with what the columns need, in a fixed number of statements however many lines there are."""
    read_ahead(work, (line.ticket for line in lines))
    categories = _categories(work, lines) if "category" in names else {}
    handlers = _handlers(work, lines) if "handler" in names else {}
    for line in lines:
        ticket = line.ticket
        category = categories.get(ticket.category_id or 0, "")
        yield Read(work, line, passing(work, ticket), category, handlers.get(ticket.id, ""))


def _categories(work: Work, lines: Sequence[Line]) -> dict[int, str]:
    ids = {line.ticket.category_id for line in lines} - {None}
    rows = work.session.execute(sa.select(Category.id, Category.name).where(Category.id.in_(ids)))
    return {row.id: row.name for row in rows}


def _handlers(work: Work, lines: Sequence[Line]) -> dict[int, str]:
    """Who has it in the lead unit, where one has it now."""
    rows = work.session.execute(
        sa.select(Assignment.ticket_id, Staff.name)
        .join(Staff, Staff.id == Assignment.handler_id)
        .where(
            Assignment.ticket_id.in_([line.ticket.id for line in lines]),
            Assignment.part == Part.LEAD,
            Assignment.ended_at.is_(None),
        )
    )
    return {row.ticket_id: row.name for row in rows}
