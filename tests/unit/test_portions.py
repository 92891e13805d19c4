"""Which part of a place is named: doors, blocks, phases, halves; where somebody lives is none."""

from __future__ import annotations

import pytest

from hotline.domain.portions import Portion, differ, portions_of

DOOR, BLOCK, PHASE, HALF = Portion.DOOR, Portion.BLOCK, Portion.PHASE, Portion.HALF


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("香溪路12号楼下烧烤油烟大", {DOOR: {"12"}}),
        ("香溪路12号烧烤店油烟大", {DOOR: {"12"}}),
        ("香溪巷3弄垃圾没人收", {DOOR: {"3"}}),
        ("阳光花园3栋电梯坏了", {BLOCK: {"3"}}),
        ("阳光花园三栋电梯坏了", {BLOCK: {"3"}}),
        ("阳光花园十二号楼电梯坏了", {BLOCK: {"12"}}),
        ("阳光花园3、5栋没水", {BLOCK: {"3", "5"}}),
        ("阳光花园3至5栋没水", {BLOCK: {"3", "4", "5"}}),
        ("丽景花园a座停电", {BLOCK: {"a"}}),
        ("幸福里二期电梯坏", {PHASE: {"2"}}),
        ("幸福里2期电梯坏", {PHASE: {"2"}}),
        ("金桂园东区垃圾没人收", {HALF: {"东"}}),
        ("金桂园小区a2区垃圾没人收", {HALF: {"a2"}}),
        # what is no part of a place
        ("城东区香溪路路灯不亮", {}),
        ("这个月12号晚上停水", {}),
        ("坐3号线地铁", {}),
        ("路边有一座桥，旁边三栋楼", {}),
        ("学期结束，长期没人管，二期待建", {}),
        ("我住在阳光花园3栋，隔壁工地太吵", {}),
        ("阳光花园3栋业主，隔壁工地太吵", {}),
    ],
)
def test_what_is_named(text: str, named: dict[Portion, set[str]]) -> None:
    assert portions_of("", text) == named


def test_in_the_field_of_the_place_a_number_needs_no_road_and_nobody_lives() -> None:
    assert portions_of("12号", "") == {DOOR: {"12"}}
    assert portions_of("阳光花园3栋201室", "") == {BLOCK: {"3"}}
    assert portions_of("3号楼", "") == {BLOCK: {"3"}} and portions_of("香溪路3号楼下", "") == {DOOR: {"3"}}


def test_parts_differ_where_both_name_some_and_none_in_common() -> None:
    third, seventh, several, none = (
        portions_of("", text) for text in ("阳光花园3栋", "阳光花园7栋", "阳光花园3-7栋", "阳光花园")
    )
    assert differ(third, seventh, BLOCK) and not differ(third, seventh, PHASE)
    assert not differ(third, several, BLOCK) and not differ(third, none, BLOCK)
