"""Figures that cities have published, from their own counts: what the product prints is what docs/published.md says."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

from hotline.cli.importing import DONE, import_file
from hotline.domain.rates import RateKind, percentage_text
from hotline.services.month.indicating import of_month
from hotline.services.month.listing import Asked, items
from tests.city import City
from tests.databases import Founded
from tests.loading import Batch, load, settle
from tests.reports import figures

DOCUMENT = Path(__file__).resolve().parents[2] / "docs/published.md"
SHARE = re.compile(r"([\d,]+) / ([\d,]+) = (\d+\.\d\d) %")


class Line(NamedTuple):
    """A line of the document's table."""

    place: str
    given: str
    meaning: str
    ours: str
    printed: str
    agrees: str
    why: str


@cache
def lines() -> list[Line]:
    rows = [row for row in DOCUMENT.read_text(encoding="utf-8").splitlines() if row.startswith("|")]
    return [Line(*(cell.strip() for cell in row.split("|")[1:-1])) for row in rows[2:]]


def told_of(place: str) -> list[str]:
    """What the document says that the product prints, line by line."""
    return [line.ours for line in lines() if line.place.startswith(place)]


def said(part: int, whole: int) -> str:
    return f"{part:,} / {whole:,} = {percentage_text(part, whole)}"


def total(city: City, month: str, asked: Asked) -> int:
    """How long the list is that the figure opens."""
    with city.work() as work:
        return items(work, month, asked, limit=1).total


@pytest.fixture(scope="module", autouse=True)
def _settled(founded: Founded) -> Iterator[None]:
    yield
    settle(founded.url)


# The places


def test_every_matter_of_half_a_year_was_closed(city: City) -> None:
    """宝鸡陈仓区."""
    months = [f"2022-{number:02}" for number in range(1, 7)]
    load(city, [Batch(430, f"{month}-20 18:00", f"{month}-18 10:00") for month in months])
    close = [figures(city, month).scope.tallies[RateKind.CLOSE].all for month in months]
    kept, owed = (sum(each[name] for each in close) for name in ("kept", "owed"))
    assert [said(kept, owed)] == told_of("宝鸡陈仓区")


def test_a_county_that_answers_most_itself(city: City) -> None:
    """宁国: what was assigned goes through the chain, step by step, as history that is imported."""
    assert import_file(city.office, "\n".join(_assigned_in_april()), city.now) == DONE
    load(city, [Batch(2276, "2022-04-22 18:00", "2022-04-02 10:00", unit="center", direct=True)])
    tally = figures(city, "2022-04").scope.tallies[RateKind.CLOSE]
    assigned, whole = tally.without_direct, tally.all
    assert [
        said(assigned["kept"], assigned["owed"]),
        said(assigned["on_time"], assigned["owed"]),
        said(whole["on_time"], whole["owed"]),
    ] == told_of("宁国")
    assert total(city, "2022-04", Asked("close", "late", direct=False)) == 4
    assert total(city, "2022-04", Asked("close", "owed")) == 2877


def _assigned_in_april() -> Iterator[str]:
    """601 of them, four closed a week too late. All fell due in the month."""
    yield "编号,单位,诉求内容,到达时间,提交时间,答复时间,办结时间"
    for number in range(601):
        ended = "2022-04-28 10:00" if number % 150 == 7 else "2022-04-08 16:00"
        yield (
            f"N-{number},市政处,香溪路{number}号门前路灯不亮,2022-04-0{1 + number % 4} 09:00,2022-04-06 15:00,"
            f"2022-04-07 09:00,{ended}"
        )


def test_what_was_late_of_seventy_thousand(city: City) -> None:
    """成都: in two parts, here as two units."""
    county = Batch(54_250, "2018-03-20 18:00", "2018-03-19 10:00", kind="handle", unit="county-roads")
    parks = replace(county, count=18_287, unit="parks")
    late = "2018-03-23 10:00"
    load(
        city,
        [
            county,
            replace(county, count=20, met=late),
            parks,
            replace(parks, count=181, met=late),
            replace(parks, count=100, met=""),
        ],
    )
    report = figures(city, "2018-03")
    groups = {group.about["key"]: group.tallies[RateKind.HANDLE].all for group in report.units}
    whole = report.scope.tallies[RateKind.HANDLE].all
    overdue = [
        said(each["owed"] - each["on_time"], each["owed"]) for each in (whole, groups["county"], groups["parks"])
    ]
    assert [*overdue, said(whole["on_time"], whole["owed"])] == told_of("成都")[:4]
    unit_id = city.unit_id("parks")
    listed = [total(city, "2018-03", Asked("handle", figure, unit_id=unit_id)) for figure in ("late", "missing")]
    assert sum(listed) == 281, "late and done, or not done at all: both are overdue"


def test_the_satisfied_are_counted_among_those_who_answered(city: City) -> None:
    """成都: of 49,954 that were closed 21,980 were rated."""
    silent = Batch(27_974, "2018-03-20 18:00", "2018-03-19 10:00", surveyed=True)
    load(city, [silent, replace(silent, count=17_771, score=5), replace(silent, count=4_209, score=1)])
    with city.work() as work:
        satisfied = of_month(work, "2018-03").scope["satisfied_rate"]
    close = figures(city, "2018-03").scope.tallies[RateKind.CLOSE].all
    assert close["kept"] == 49_954
    assert satisfied.text == percentage_text(satisfied.part, satisfied.whole) == "80.85 %"
    as_if_content = said(close["kept"] - 4_209, close["kept"])
    assert [said(satisfied.part, satisfied.whole), as_if_content] == told_of("成都")[4:]
    possible = [whole for whole in range(4_209, 49_955) if percentage_text(whole - 4_209, whole) == "80.85 %"]
    assert (possible[0], possible[-1]) == (21_974, 21_984), "what the document says of the denominator"


def test_a_rate_that_no_denominator_gives(city: City) -> None:
    """潜江: 979 were handled, and 98.05 % is no share that 979 can be."""
    months = [f"2023-{number:02}" for number in range(1, 13)]
    counts = [80, 80, *[81] * 9, 90]
    done = [Batch(count, f"{month}-20 18:00", f"{month}-18 10:00") for count, month in zip(counts, months, strict=True)]
    load(city, [*done, Batch(45, "2023-12-25 18:00", "")])
    close = [figures(city, month).scope.tallies[RateKind.CLOSE].all for month in months]
    kept, owed = (sum(each[name] for each in close) for name in ("kept", "owed"))
    assert [said(kept, owed)] == told_of("潜江")
    assert not [whole for whole in range(979, 1100) if percentage_text(979, whole) == "98.05 %"]
    assert not [whole for whole in range(979, 1100) if 979 * 10_000 // whole == 9_805], "nor cut off"
    text = DOCUMENT.read_text(encoding="utf-8")
    for part, whole in ((979, 998), (979, 999), (1_004, 1_024)):
        assert said(part, whole) in text
    assert percentage_text(1_004, 1_024) == "98.05 %"


def test_a_part_of_a_part(city: City) -> None:
    """常州."""
    done = Batch(2_880, "2018-06-20 18:00", "2018-06-19 10:00")
    load(city, [done, replace(done, count=1_272, area="其中"), Batch(402, "2018-06-25 18:00", "")])
    report = figures(city, "2018-06")
    whole = report.scope.tallies[RateKind.CLOSE].all
    part = next(group.tallies[RateKind.CLOSE].all for group in report.areas if group.about["value"] == "其中")
    assert [said(whole["kept"], whole["owed"]), said(part["kept"], whole["kept"])] == told_of("常州")


# The document


@pytest.mark.parametrize("line", lines(), ids=lambda line: f"{line.place} {line.meaning}")
def test_the_document_says_truly_whether_the_printed_number_agrees(line: Line) -> None:
    found = SHARE.fullmatch(line.ours)
    assert found, line.ours
    part, whole = (int(number.replace(",", "")) for number in found.groups()[:2])
    assert line.ours == said(part, whole)
    if line.printed == "未印":
        assert line.agrees == "—"
        return
    number = line.printed.removesuffix(" %")
    digits = len(number.partition(".")[2])
    rounded = int(Fraction(100 * 10**digits * part, whole) + Fraction(1, 2))
    agrees = rounded == int(number.replace(".", ""))
    assert line.agrees == ("是" if agrees else "否")
    assert agrees or line.why, "what does not agree is explained"
