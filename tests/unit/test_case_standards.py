"""The standards of the cases: every condition of a category with its own limit, read as the city spells it."""

from __future__ import annotations

from pathlib import Path

import pytest

from config.policy import load_case_standards
from hotline.domain.policy import PolicyError


def test_the_standards_of_the_city_are_all_there() -> None:
    standards = load_case_standards()
    assert len(standards) == 519
    assert sum(one.category_code.startswith("B") for one in standards) == 375
    assert len({one.category_code for one in standards}) == 190


@pytest.mark.parametrize(
    ("spelling", "expected", "count"),
    [
        ("1天", "1 working_days", 143), ("5天", "5 working_days", 86), ("3天", "3 working_days", 84),
        ("2天", "2 working_days", 82), ("4小时", "4 office_hours", 39), ("2紧急工作时", "2 urgent_hours", 32),
        ("2小时", "2 office_hours", 22), ("7天", "7 working_days", 9), ("1紧急工作时", "1 urgent_hours", 5),
        ("15天", "15 working_days", 5), ("4紧急工作时", "4 urgent_hours", 4), ("2紧急工作日", "2 natural_days", 3),
        ("10天", "10 working_days", 2), ("4天", "4 working_days", 1), ("1紧急工作日", "1 natural_days", 1),
        ("1紧急工作时制止", "1 urgent_hours", 1),  # a milestone: stopped within the hour; 结案条件 there is 制止, too
    ],
)  # fmt: skip
def test_how_the_spellings_of_the_city_are_read(spelling: str, expected: str, count: int) -> None:
    read = [one for one in load_case_standards() if one.spelling == spelling]
    assert len(read) == count
    assert {str(one.limit) for one in read} == {expected}


def test_a_missing_cover_has_two_hours_and_a_rattling_one_two_days() -> None:
    cover = {one.number: one for one in load_case_standards() if one.category_code == "B0101"}
    assert [str(cover[number].limit) for number in (1, 2, 3, 4)] == [
        "2 urgent_hours", "4 office_hours", "2 working_days", "5 working_days",
    ]  # fmt: skip
    assert cover[1].closing == "恢复"


HEADER = "category_code,number,condition,closing,limit,spelling,example_unit\n"


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("category_code,number\nB0101,1\n", "condition"),
        (HEADER + "B0101,1,缺失,恢复,soon,,\n", "第 2 行"),
        (HEADER + "B0101,one,缺失,恢复,2 urgent_hours,,\n", "number"),
        (HEADER + "B0101,1,,恢复,2 urgent_hours,,\n", "condition"),
        (HEADER + "B0101,1,缺失\n", "第 2 行"),
        (HEADER + "B0101,1,缺失,恢复,2 urgent_hours,,\nB0101,1,破损,更换,2 urgent_hours,,\n", "第 3 行"),
    ],
)
def test_a_faulty_line_of_the_standards_is_named(tmp_path: Path, text: str, named: str) -> None:
    path = tmp_path / "own.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(PolicyError, match=named):
        load_case_standards(path)
