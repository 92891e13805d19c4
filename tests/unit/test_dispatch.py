"""派单目录: which lines fit a complaint, and in which order. The more specific line wins."""

from __future__ import annotations

import csv
from dataclasses import replace
from itertools import combinations
from pathlib import Path

import pytest

from hotline.domain import dispatch
from hotline.domain.dispatch import AREA, LEAF, MOST, PARENT, UNKNOWN_AREA, WORDS, Complained, Entry, matches

CATEGORIES = Path(__file__).resolve().parents[2] / "config" / "categories"
GARBAGE = Complained(
    text="文渡路口的建筑垃圾堆了三天没人清", code="S0110", name="暴露垃圾", parent="市容环境", area="云津区"
)

#: The line; how specific it is for the complaint above, None where it does not fit; what is told.
CASES = [
    (Entry(1, 9, category="S0110"), LEAF, "类别“暴露垃圾”"),
    (Entry(1, 9, category="S01"), PARENT, "大类“市容环境”"),
    (Entry(1, 9, category="S0111"), None, ""),
    (Entry(1, 9, category="S0"), None, ""),
    (Entry(1, 9, category="R01"), None, ""),
    (Entry(1, 9, words=("烧烤", "建筑垃圾")), WORDS, "说到“建筑垃圾”"),
    (Entry(1, 9, words=("垃圾+没人",)), WORDS, "说到“垃圾+没人”"),
    (Entry(1, 9, words=("垃圾+烧烤",)), None, ""),
    (Entry(1, 9, words=("垃圾 ＋ 没人",)), WORDS, "说到“垃圾 ＋ 没人”"),
    (Entry(1, 9, words=("+", "垃圾+")), None, ""),
    (Entry(1, 9, words=("烧烤",)), None, ""),
    (Entry(1, 9, area="云津区"), AREA, "位于云津区"),
    (Entry(1, 9, area="云津"), AREA, "位于云津"),
    (Entry(1, 9, area="石麓县"), None, ""),
    (Entry(1, 9, category="S01", area="云津区"), PARENT + AREA, "大类“市容环境”，位于云津区"),
    (Entry(1, 9, category="S0110", area="石麓县"), None, ""),
    (Entry(1, 9, category="S0110", words=("垃圾",), area="云津区"), MOST, "类别“暴露垃圾”，说到“垃圾”，位于云津区"),
    (Entry(1, 9), None, ""),
]


@pytest.mark.parametrize(("entry", "worth", "because"), CASES)
def test_what_a_line_names_must_hold(entry: Entry, worth: int | None, because: str) -> None:
    found = matches([entry], GARBAGE)
    assert [round(match.score * MOST) for match in found] == ([] if worth is None else [worth])
    assert [match.because for match in found] == ([] if worth is None else [because])


def test_no_two_kinds_of_lines_are_equally_specific() -> None:
    sums = [sum(some) for n in (1, 2, 3) for some in combinations((LEAF, WORDS, AREA, PARENT), n)
            if not {LEAF, PARENT} <= set(some)]  # fmt: skip
    assert len(sums) == len(set(sums))


def test_the_more_specific_line_wins_and_a_unit_stands_there_once() -> None:
    lines = [
        Entry(1, 7, category="S01"),
        Entry(2, 8, category="S0110"),
        Entry(3, 7, category="S0110", area="云津区"),
        Entry(4, 9, category="S0110"),
    ]
    assert [match.entry.id for match in matches(lines, GARBAGE)] == [3, 2, 4]


def test_without_an_area_the_lines_of_single_areas_are_offered_behind_and_say_so() -> None:
    lines = [Entry(1, 7, category="S0110", area="云津区"), Entry(2, 8, category="S0110")]
    nowhere = replace(GARBAGE, area="")
    found = matches(lines, nowhere)
    assert [match.entry.id for match in found] == [2, 1]
    assert found[1].because == "类别“暴露垃圾”，只管云津区，本件没有写明区域"
    assert found[1].score == UNKNOWN_AREA * LEAF / MOST
    assert [match.entry.id for match in matches(lines, replace(nowhere, place="云津区柳浪路"))] == [1, 2]
    assert [match.entry.id for match in matches(lines, replace(nowhere, place="柳浪路"))] == [2]


@pytest.mark.parametrize(
    ("line", "complained", "fits"),
    [
        ("东区", "东区", True),
        ("东", "东区", True),
        ("东区", "东", True),
        ("东区", "东县", False),
        ("东县", "东区", False),
        ("柳浪街道", "柳浪社区", False),
        ("柳浪", "柳浪社区", True),
    ],
)
def test_an_area_of_another_kind_is_another_area(line: str, complained: str, fits: bool) -> None:
    assert bool(matches([Entry(1, 7, area=line)], replace(GARBAGE, area=complained))) is fits


@pytest.mark.parametrize(
    ("area", "name", "bears"),
    [
        ("云津区", "云津区中心", True),
        ("云津区", "云津中心", True),
        ("云津", "云津区中心", True),
        ("云津区", "云津县中心", False),
        ("东区", "东区中心", True),
        ("东区", "东县中心", False),
        ("", "东县中心", False),
    ],
)
def test_a_unit_of_another_kind_of_area_is_not_named_after_it(area: str, name: str, bears: bool) -> None:
    assert dispatch.is_named_after(area, name) is bears


def test_only_an_area_is_told_by_nothing() -> None:
    assert matches([Entry(1, 7, area="云津区")], replace(GARBAGE, area="")) == []


@pytest.mark.parametrize(
    ("area", "core"), [("东区", "东"), ("柳浪街道", "柳浪"), ("云津区", "云津"), ("开发区", "开发区"), ("", "")]
)
def test_the_core_of_an_area(area: str, core: str) -> None:
    assert dispatch.core(area) == core


@pytest.mark.parametrize(
    ("area", "found"),
    [("东区", [1]), ("西区", [2]), ("柳浪街道", [3]), ("市", []), ("政", []), ("", []), ("南区", [])],
)
def test_the_station_that_is_named_after_the_area(area: str, found: list[int]) -> None:
    names = [(1, "市政处东站"), (2, "市政处西片作业站"), (3, "云津区柳浪街道城市管理站"), (4, "市政处东县站")]
    assert dispatch.stations(area, "市政处", names) == found


def test_what_all_stations_of_a_county_are_called_tells_none_of_them() -> None:
    names = [(1, "云津区柳浪街道城市管理站"), (2, "云津区织锦街道城市管理站")]
    assert dispatch.stations("云津区", "云津区城市管理综合执法大队", names) == []
    assert dispatch.stations("柳浪街道", "云津区城市管理综合执法大队", names) == [1]


@pytest.mark.parametrize("name", ["gbt30428.csv", "requests.csv"])
def test_the_parent_of_a_code_is_its_beginning(name: str) -> None:
    with (CATEGORIES / name).open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert rows and all(dispatch.parent_of(row["code"]) == row["parent_code"] for row in rows)
