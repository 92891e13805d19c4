"""Whom the hotline knows is covered in every form in which the name or the number comes back, and nobody else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotline.domain.known import NOBODY, Known, is_persons
from hotline.domain.redaction import for_everybody, for_unit, only_known

#: What stands in the field, and how a text has it.
NAMES = [
    ("钟长河", "已告知钟长河路灯修复"),
    ("钟长河", "钟长河：您好。"),
    ("张伟", "张 伟来过"),
    ("张 伟", "张伟来过"),
    ("张\u3000伟", "张伟来过"),
    ("张伟", "张先生来过"),
    ("张伟", "张女士来过"),
    ("张伟先生", "张伟来过"),
    ("张先生", "张先生来过"),
    ("张伟", "我叫张伟路灯坏了"),
    ("付建国", "付建国说不行"),
    ("阿依古丽", "找阿依古丽确认"),
    ("买买提·艾力", "买买提•艾力来过"),
    ("买买提·艾力", "买买提艾力来过"),
    ("买买提·艾力", "买买提先生来过"),
    ("欧阳娜娜", "欧阳女士来过"),
    ("John Smith", "told JOHN  SMITH so"),
    ("John Smith", "Mr. Smith called"),
    ("John Smith", "John called again"),
    ("张伟 David", "张伟来过"),
    ("张伟 David", "David来过"),
    ("老付", "老付来过"),
    ("王", "王女士来过"),
    ("张伟13912345678", "张伟来过"),
    ("张伟（业主）", "张伟来过"),
]


@pytest.mark.parametrize(("name", "text"), NAMES)
def test_a_known_name_is_covered_in_every_form(name: str, text: str) -> None:
    for cover in (only_known, for_unit, for_everybody):
        assert "[姓名已隐去]" in cover(text, Known([name]))


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("王", "王府井路口"),  # one character is everybody's
        ("市民", "市民反映路灯不亮"),
        ("匿名用户", "匿名用户反映路灯不亮"),
        ("Li", "Lights are out"),
        ("张某", "张某占道经营"),
        ("", "路灯不亮"),
        ("13912345678", "路灯不亮"),
        ("李娜", "张伟来过"),
    ],
)
def test_others_and_words_stay(name: str, text: str) -> None:
    assert only_known(text, Known([name])) == text


@pytest.mark.parametrize(
    "text", ["139_1234_5678", "139 1234 5678", "+86 139-1234-5678", "13912345678", "139.12.345.678", "1391234\n5678"]
)
def test_a_known_number_is_covered_however_it_is_written(text: str) -> None:
    assert only_known(f"打{text}。", Known(phones=["+8613912345678"])).endswith("[电话已隐去]。")


@pytest.mark.parametrize("stored", ["+861062345678", "0086 10 6234 5678", "+86 (0)10 62345678", "86-10-62345678"])
@pytest.mark.parametrize(
    ("written", "covered"),
    [
        ("打01062345678。", "打[电话已隐去]。"),
        ("打010-6234-5678。", "打[电话已隐去]。"),
        ("打+86 10 62345678。", "打+86 [电话已隐去]。"),
    ],
)
def test_a_landline_is_known_with_its_zero_and_abroad_without(stored: str, written: str, covered: str) -> None:
    assert only_known(written, Known(phones=[stored])) == covered


@pytest.mark.parametrize("listed", ["+86 400 881 2319", "400-8812319", "86-4008812319"])
def test_an_office_with_a_national_number_keeps_it(listed: str) -> None:
    """400 has no zero before it, wherever it is dialled."""
    assert Known(kept=[listed]).keeps("400-881-2319")


def test_the_number_of_an_office_stays_and_no_other_does() -> None:
    known = Known(phones=["+863552021234"], kept=["0355-2021000"])
    assert for_everybody("电话0355-2021000或0355-2021234、0355-2029999", known) == (
        "电话0355-2021000或[电话已隐去]、[电话已隐去]"
    )


def test_a_short_number_is_everybodys() -> None:
    assert only_known("打12319", Known(phones=["12319"])) == "打12319"


def test_an_official_is_covered_and_the_road_of_that_name_is_not() -> None:
    known = Known(officials=["康宁", "白杨"])
    assert only_known("康宁路白杨树倒了，白杨已到康宁小区", known) == "康宁路白杨树倒了，[姓名已隐去]已到康宁小区"
    assert only_known("康宁路的康宁", Known(["康宁"], officials=["康宁"])) == "[姓名已隐去]路的[姓名已隐去]"


@pytest.mark.parametrize("name", ["值班员", "受理一组", "市热线中心", "园林局", "坐席12", "王"])
def test_a_post_is_no_person(name: str) -> None:
    assert not is_persons(name)


def test_known_and_found_stand_side_by_side() -> None:
    known = Known(["付建国"], ["+8613912345678"])
    said = "付建国 139/1234/5678，邮箱fu@qq.com，李先生13800005678"
    assert for_everybody(said, known) == ("[姓名已隐去] [电话已隐去]，邮箱[邮箱已隐去]，[姓名已隐去][电话已隐去]")


def test_nobody_is_nobody() -> None:
    assert not NOBODY
    assert Known(["张伟"])


LETTERS = st.text(alphabet="张伟王 ·-\n先生路灯JohnSmithİß1234567890", max_size=40)


@given(LETTERS, LETTERS, st.text(alphabet="0123456789+- ", max_size=14))
def test_any_field_and_any_text(text: str, name: str, phone: str) -> None:
    once = only_known(text, Known([name], [phone]))
    assert only_known(once, Known([name], [phone])) == once


@given(st.sampled_from(["钟长河", "买买提·艾力", "John Smith", "阿依古丽"]), LETTERS, LETTERS)
def test_a_known_name_that_stands_by_itself_never_survives(name: str, before: str, after: str) -> None:
    assert f"，{name}。" not in only_known(f"{before}，{name}。{after}", Known([name]))
