"""One row of an import file: what the older system knew of one ticket, and all that is wrong with it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from itertools import pairwise
from typing import Any

from hotline.domain.errors import HotlineError
from hotline.domain.texts import clean
from hotline.models import Channel, Source, Urgency
from hotline.services.importing import spellings
from hotline.services.importing.columns import BY_NAME, REQUIRED, TIMES, Header
from hotline.services.importing.spellings import Misspelt, short
from hotline.services.phones import PhoneError, normalise_phone
from hotline.services.receiving import LONGEST

LONGEST_REPLY = 50_000  # characters of an answer or a result
UNIT_TIMES = ("assigned_at", "signed_at", "submitted_at", "approved_at")  # steps that only a unit's ticket takes
DONE_TIMES = ("submitted_at", "approved_at", "replied_at", "closed_at")


@dataclass(frozen=True, slots=True)
class Row:
    """One ticket of the file. Times are UTC; what the file does not tell is empty or None."""

    line: int
    text: str
    received_at: datetime
    number: str = ""
    matter: str = ""
    place: str = ""
    name: str = ""
    phone: str = ""  # E.164
    channel: Channel = Channel.API
    source: Source = Source.CITIZEN
    urgency: Urgency = Urgency.NORMAL
    category_id: int | None = None
    unit_id: int | None = None
    limit: str | None = None  # 自带时限, "5 working_days"
    accepted_at: datetime | None = None
    assigned_at: datetime | None = None
    signed_at: datetime | None = None
    submitted_at: datetime | None = None
    approved_at: datetime | None = None
    replied_at: datetime | None = None
    closed_at: datetime | None = None
    outcome: str = ""
    answer: str = ""

    @property
    def key(self) -> str:
        """What makes the same ticket the same in every run: its number, else what was said, when, where, by whom."""
        if self.number:
            return f"import:number:{self.number}"
        said = (self.text, self.received_at.isoformat(), self.place, self.name, self.phone)
        return f"import:digest:{hashlib.sha256(chr(0).join(said).encode()).hexdigest()}"


@dataclass(frozen=True, slots=True)
class Fault:
    """What cannot be used, where it stands, and what to write instead. `line` is the first line of the row."""

    line: int
    heading: str
    message: str

    def __str__(self) -> str:
        place = f"第 {self.line} 行 {self.heading}" if self.heading else f"第 {self.line} 行"
        return f"{place}：{self.message}。"


@dataclass(frozen=True)
class Known:
    """What rows may refer to: ids by key or code and by name (several ids: the name is not unique), and the present."""

    units: Mapping[str, Sequence[int]]
    categories: Mapping[str, Sequence[int]]
    centre_id: int
    zone: tzinfo
    now: datetime


class RowReader:
    """Reads one row and collects what is wrong with it instead of stopping at the first."""

    def __init__(self, line: int, cells: list[str], header: Header, known: Known, faults: list[Fault]) -> None:
        self._line, self._cells, self._header, self._known = line, cells, header, known
        self._all, self._faults = faults, list[Fault]()

    def read(self) -> Row | None:
        """The row, or None where it cannot be used."""
        if any(cell.strip() for cell in self._cells[self._header.width :]):
            self._fault("", f"有 {len(self._cells)} 格，比表头多；内容里的逗号和换行应放在引号内")
            return self._end(None)
        times = self._times()
        values: dict[str, Any] = {
            "text": self._text("text", LONGEST),
            "outcome": self._text("outcome", LONGEST_REPLY),
            "answer": self._text("answer", LONGEST_REPLY),
            "number": self._value("number", spellings.read_number, ""),
            "phone": self._value("phone", _read_phone, ""),
            "channel": self._value("channel", lambda cell: spellings.read_word(cell, spellings.CHANNELS), Channel.API),
            "source": self._value("source", lambda cell: spellings.read_word(cell, spellings.SOURCES), Source.CITIZEN),
            "urgency": self._value(
                "urgency", lambda cell: spellings.read_word(cell, spellings.URGENCIES), Urgency.NORMAL
            ),
            "category_id": self._value("category", self._category, None),
            "unit_id": self._value("unit", self._unit, None),
            "limit": self._value("limit", lambda cell: str(spellings.read_limit(cell)), None),
            **{name: clean(self._cell(name)) for name in ("matter", "place", "name")},
            **times,
        }
        for name in REQUIRED:
            if not self._cell(name):
                self._fault(name, "不能为空")
        self._check_order(times)
        self._check_whole(values)
        return self._end(values)

    def _end(self, values: dict[str, Any] | None) -> Row | None:
        self._all.extend(self._faults)
        return None if self._faults or values is None else Row(self._line, **values)

    def _fault(self, name: str, message: str) -> None:
        self._faults.append(Fault(self._line, BY_NAME[name].heading if name else "", message))

    def _cell(self, name: str) -> str:
        place = self._header.places.get(name)
        return self._cells[place].strip() if place is not None and place < len(self._cells) else ""

    def _value(self, name: str, read: Callable[[str], Any], default: Any) -> Any:
        cell = clean(self._cell(name))
        if not cell:
            return default
        try:
            return read(cell)
        except HotlineError as fault:
            self._fault(name, fault.message.removesuffix("。"))
            return default

    def _text(self, name: str, longest: int) -> str:
        text = clean(self._cell(name))
        if len(text) > longest:
            self._fault(name, f"有 {len(text)} 字，最多 {longest} 字，请精简")
        elif not text and self._cell(name):
            self._fault(name, "只有看不见的字符，请写明内容")
        return text

    def _times(self) -> dict[str, datetime | None]:
        return {column.name: self._value(column.name, self._time, None) for column in TIMES}

    def _time(self, cell: str) -> datetime:
        moment = spellings.read_time(cell, self._known.zone)
        if moment > self._known.now:
            raise Misspelt(f"“{short(cell)}”还没有到，请核对年月日")
        return moment

    def _category(self, cell: str) -> int:
        return self._find(self._known.categories, cell, "类别", "代码")

    def _unit(self, cell: str) -> int | None:
        unit_id = self._find(self._known.units, cell, "单位", "标识（key）")
        return None if unit_id == self._known.centre_id else unit_id  # the centre's own: answered directly

    def _find(self, ids: Mapping[str, Sequence[int]], cell: str, what: str, instead: str) -> int:
        found = ids.get(cell.casefold(), ())
        if not found:
            raise Misspelt(f"没有名为“{short(cell)}”的{what}，请先在系统中建立，或改写为已有{what}的{instead}或全称")
        if len(found) > 1:
            raise Misspelt(f"有 {len(found)} 个{what}都叫“{short(cell)}”，请改写为{what}的{instead}")
        return found[0]

    def _check_order(self, times: Mapping[str, datetime | None]) -> None:
        told = [(name, moment) for name, moment in times.items() if moment is not None]
        for (earlier, before), (later, after) in pairwise(told):
            if after < before:
                self._fault(later, f"早于{BY_NAME[earlier].heading}，请核对这两个时间")

    def _check_whole(self, values: Mapping[str, Any]) -> None:
        """What one cell says must not hang in the air for want of another."""
        by_unit = [name for name in UNIT_TIMES if values[name] is not None]
        if by_unit and not self._cell("unit"):
            self._fault("unit", f"有{BY_NAME[by_unit[0]].heading}，应写明承办单位")
        elif by_unit and values["unit_id"] is None and self._sound("unit"):
            self._fault(by_unit[0], "中心自己直接答复的工单没有这一环节；请清空，或写承办单位")
        if values["answer"] and not (self._cell("replied_at") or self._cell("closed_at")):
            self._fault("replied_at", "有答复内容，应写明何时答复")
        if values["outcome"] and not any(self._cell(name) for name in DONE_TIMES):
            self._fault("submitted_at", "有办理结果，应写明何时提交")

    def _sound(self, name: str) -> bool:
        return all(fault.heading != BY_NAME[name].heading for fault in self._faults)


def _read_phone(cell: str) -> str:
    spellings.refuse_scientific(cell)
    if "*" in cell:
        raise Misspelt("号码已脱敏，不能联系；请清空，或删去这一列")
    try:
        return normalise_phone(cell)
    except PhoneError as fault:
        raise Misspelt(fault.message) from None
