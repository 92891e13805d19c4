"""A published data set, whole: 1,882 messages to a government with the official answers, 2011 to 2020.

The file knows when a message came (留言时间) and when it was answered (答复时间), and nothing between. So by the rule
of docs/import.md each was accepted on arrival and closed with the answer, which keeps all three promises.
What each month then owes is counted here once more, with nothing of the product but the default policy's numbers.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import chinese_calendar
import pytest
import sqlalchemy as sa

from hotline.cli.importing import DONE, import_file
from hotline.domain.actors import SYSTEM
from hotline.models import Ticket
from hotline.services.importing.reading import decode
from hotline.services.month import listing, reporting
from hotline.services.paging import Place
from tests.city import City

SAMPLE = Path(__file__).resolve().parents[3] / "shared/data/samples/tdb2020_messages_replies.csv"
CHINA = ZoneInfo("Asia/Shanghai")

pytestmark = pytest.mark.skipif(not SAMPLE.exists(), reason="the published sample is not part of the project")

# ---- the separate calculation -----------------------------------------------------------------------------------
HOURS = ((time(8), time(12)), (time(14), time(18)))
HANDLE, REPLY, CLOSE = 5, 7, 11  # working days: 5, with 2 and 6 on top of it
DISPATCH = timedelta(hours=1.5)  # office hours


@dataclass(frozen=True)
class Owed:
    """One promise: of which message, when due, when kept. City time without a zone."""

    number: str
    kind: str
    due: datetime
    met: datetime


def works(day: date) -> bool:
    return bool(chinese_calendar.is_workday(day))  # a maintained list of the official notices


def end_of_working_day(day: date, number: int) -> datetime:
    """Close of office of the n-th working day after the day."""
    while number:
        day += timedelta(days=1)
        number -= works(day)
    return datetime.combine(day, time(18))


def after_office_time(moment: datetime, length: timedelta) -> datetime:
    day = moment.date()
    while True:
        for opens, closes in HOURS if works(day) else ():
            begin = max(moment, datetime.combine(day, opens))
            left = datetime.combine(day, closes) - begin
            if left >= length:
                return begin + length
            length -= max(left, timedelta())
        day += timedelta(days=1)


def promises(rows: list[dict[str, str]]) -> Iterator[Owed]:
    for row in rows:
        arrived = datetime.fromisoformat(row["留言时间"])
        answered = datetime.fromisoformat(row["答复时间"])
        own_turn = min(after_office_time(arrived, DISPATCH), answered)  # when it should have been assigned, or before
        for kind, start, days in (("handle", own_turn, HANDLE), ("reply", arrived, REPLY), ("close", arrived, CLOSE)):
            yield Owed(row["留言编号"], kind, end_of_working_day(start.date(), days), answered)


def months_between(first: date, last: date) -> Iterator[tuple[datetime, datetime]]:
    begin = datetime.combine(first.replace(day=1), time())
    while begin.date() <= last:
        end = (begin + timedelta(days=32)).replace(day=1)
        yield begin, end
        begin = end


def is_owed(promise: Owed, begin: datetime, end: datetime) -> bool:
    """(begin, end]: what ends at midnight belongs to the month before; what is late is carried over until it is met."""
    return begin < promise.due <= end or (promise.due <= begin < promise.met)


# ---- against the product ----------------------------------------------------------------------------------------


def test_every_month_of_a_published_data_set(city: City) -> None:
    text = decode(SAMPLE.read_bytes())
    with SAMPLE.open(encoding="utf-8-sig", newline="") as file:
        sample = list(csv.DictReader(file))
    assert len(sample) == 1882

    assert import_file(city.office, text, city.now) == DONE
    assert {row["留言编号"] for row in sample} == {ticket.number for ticket in city.rows(sa.select(Ticket))}

    owed = list(promises(sample))
    first, last = min(each.due for each in owed), max(max(each.due, each.met) for each in owed)
    compared: Counter[str] = Counter()
    with city.office.work(SYSTEM, city.now) as work:
        for begin, end in months_between(first.date(), last.date()):
            month = f"{begin:%Y-%m}"
            report = reporting.monthly(work, month)
            rates = {rate["kind"]: rate for rate in report.as_dict()["rates"]}
            for kind in ("handle", "reply", "close"):
                expected = [each for each in owed if each.kind == kind and is_owed(each, begin, end)]
                kept = [each for each in expected if each.met <= end]
                on_time = [each for each in expected if each.met <= each.due]
                got = rates[kind]
                assert (got["owed"], got["kept"], got["on_time"]) == (len(expected), len(kept), len(on_time)), month
                if expected and len(kept) == len(expected):
                    assert got["rate"] == "100.00"
                assert (got["rate"] is None) == (not expected)
                for figure, wanted in (("owed", expected), ("kept", kept), ("on_time", on_time)):
                    assert items(work, month, kind, figure) == sorted(
                        (each.number, each.due, each.met) for each in wanted
                    ), f"{month} {kind} {figure}"
                    compared[figure] += len(wanted)
    assert compared["kept"] == 3 * len(sample), "each promise is kept once, in one month"
    assert compared["owed"] > compared["kept"], "late answers are carried over"


def items(work: object, month: str, kind: str, figure: str) -> list[tuple[str, datetime, datetime]]:
    """The promises behind a figure, page by page: number, due time, time of keeping."""
    found: list[tuple[str, datetime, datetime]] = []
    after = None
    while True:
        page = listing.items(work, month, listing.Asked(kind, figure), place=Place(after), limit=200)  # type: ignore[arg-type]
        found += [
            (item.ticket, item.due_at.astimezone(CHINA).replace(tzinfo=None), local(item.met_at)) for item in page.items
        ]
        if (after := page.after) is None:
            return sorted(found)


def local(moment: datetime | None) -> datetime:
    assert moment is not None
    return moment.astimezone(CHINA).replace(tzinfo=None)
