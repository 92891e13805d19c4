"""提交前自查: what is asked by what the matter is about, and what a city may write into its own file."""

from __future__ import annotations

from pathlib import Path

import pytest

from config.checklists import ChecklistError, load_checklist
from hotline.domain.checklist import Checklist, Point, answer

ALL = Point("site", "已到现场")
CLOSING = Point("closing", "已达到：{closing}")
NOISE = Point("measured", "已检测", groups=("噪声扰民",))
AFTER = Point("after", "附有办理后照片", photo="after")
LIST = Checklist((ALL, CLOSING, NOISE, AFTER))


@pytest.mark.parametrize(
    ("group", "closing", "asked"),
    [
        (None, None, ["已到现场", "附有办理后照片"]),
        ("道路设施", "修复", ["已到现场", "已达到：修复", "附有办理后照片"]),
        ("噪声扰民", "", ["已到现场", "已检测", "附有办理后照片"]),
    ],
)
def test_asked_by_group_and_by_what_the_case_demands(group: str | None, closing: str | None, asked: list[str]) -> None:
    assert [point.text for point in LIST.about(group, closing)] == asked


def test_photos_answer_for_themselves_and_unknown_ticks_count_for_nothing() -> None:
    points = LIST.about(None, None)
    answered = answer(points, ["after", "nonsense"], [])
    assert (answered.checked, answered.unchecked) == ((), ("已到现场", "附有办理后照片"))
    answered = answer(points, ["site"], ["after"])
    assert (answered.checked, answered.unchecked) == (("已到现场", "附有办理后照片"), ())


def test_the_projects_own_list_can_be_read() -> None:
    points = load_checklist().about("道路设施", "恢复")
    assert {"site", "closing", "written", "contacted", "before", "after"} == {point.code for point in points}


def test_a_citys_own_file_takes_its_place_as_a_whole(tmp_path: Path) -> None:
    own = tmp_path / "checklist.toml"
    own.write_text('[[point]]\ncode = "own"\ntext = "本市的一条"\n', encoding="utf-8")
    assert [point.text for point in load_checklist(own).points] == ["本市的一条"]
    own.write_text("", encoding="utf-8")
    assert load_checklist(own).points == ()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('point = "x"', "每一条写作"),
        ("points = []", "不认识“points”"),
        ('[[point]]\ncode = "A b"\ntext = "x"', "第1条：code 应为"),
        ('[[point]]\ncode = "a"\ntext = ""', "第1条：text 应为"),
        ('[[point]]\ncode = "a"\ntext = "x"\ngroups = "y"', "groups 应为"),
        ('[[point]]\ncode = "a"\ntext = "x"\nphoto = "during"', "photo 应为"),
        ('[[point]]\ncode = "a"\ntext = "x"\nmust = true', "不认识“must”"),
        ('[[point]]\ncode = "a"\ntext = "x"\n[[point]]\ncode = "a"\ntext = "y"', "重复"),
        ("\n".join(f'[[point]]\ncode = "a{place}"\ntext = "x"' for place in range(13)), "最多12条"),
    ],
)
def test_every_fault_is_named(tmp_path: Path, text: str, told: str) -> None:
    own = tmp_path / "checklist.toml"
    own.write_text(text, encoding="utf-8")
    with pytest.raises(ChecklistError, match=told):
        load_checklist(own)
