"""地点: what answers "where?", what is only a door, and that no stranger reads the door of a home."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotline.domain.redaction import for_everybody
from hotline.domain.whereabouts import LONGEST, door_of, is_known, joined, may_be_place

#: As it is said, and as it stands in the place.
HOMES = [
    ("1203", "门牌1203"),
    ("8-1203", "门牌8-1203"),
    ("门牌号1203", "门牌1203"),
    ("门牌号：1203", "门牌1203"),
    ("门牌号码：A1203", "门牌A1203"),
    ("门牌号是3-1203", "门牌3-1203"),
    ("门牌：1203", "门牌1203"),
    ("门牌 1203", "门牌1203"),
    ("我家门牌号为12-3-501", "门牌12-3-501"),
    ("门牌110", "门牌110"),
    ("门牌号5", "门牌5"),
    ("门牌号10", "门牌10"),
    ("门牌号3/5", "门牌3/5"),
    ("门牌号1203室", "1203室"),
    ("1203户", "1203户"),
    ("第501室", "501室"),
    ("501室东户", "501室东户"),
    ("一二零三室", "一二零三室"),
    ("五零一户", "五零一户"),
    ("12室", "12室"),
    ("A室", "A室"),
    ("3层西户", "3层西户"),
    ("西边户", "西边户"),
    ("3栋 1203", "3栋1203"),
    ("3栋2单元-1203", "3栋2单元-1203"),
    ("东单元1203", "东单元1203"),
    ("甲栋1203", "甲栋1203"),
    ("88号1203室", "88号1203室"),
]
STREETS_AND_BUILDINGS = [("88号", "88号"), ("门牌88号", "88号"), ("第3栋", "3栋"), ("3栋 2单元", "3栋2单元")]
NO_DOORS = [
    *("", "0", "5", "00", "0123", "0-12", "10", "100", "5/5", "3/10", "10/10", "88/100", "110", "12319", "95598"),
    *("两户", "十户", "30户", "两室", "两栋", "12元", "门牌", "门牌坏了", "门牌12块", "3" * 10_000, "。" * 10_000),
]


@pytest.mark.parametrize(("words", "door"), HOMES + STREETS_AND_BUILDINGS)
def test_a_door_is_no_place_by_itself(words: str, door: str) -> None:
    assert door_of(words) == door == door_of(door)
    assert not is_known(door)


@pytest.mark.parametrize("words", NO_DOORS)
def test_what_is_no_door(words: str) -> None:
    assert door_of(words) == ""


NUMBER = st.from_regex(
    "[1-9][0-9]{0,3}|[一二三四五六七八九十]{1,2}|[一二三四五六七八九]零[一二三四五六七八九]", fullmatch=True
)
BUILDINGS = st.sampled_from(["", "3栋", "三号楼", "A座", "东楼", "2单元", "甲单元", "88号", "12弄", "3层", "十二楼"])
ROOMS = st.builds("".join, st.tuples(st.sampled_from(["", "A", "东"]), NUMBER, st.sampled_from(["室", "房"])))
SIDES = st.sampled_from(["", "东户", "西边户", "1203户", "五零一户"])
HOME_DOORS = st.builds("{}{}{}{}".format, BUILDINGS, BUILDINGS, st.one_of(st.just(""), ROOMS), SIDES).filter(
    lambda door: bool(re.search("[室房户]", door))
)
CALLED_DOORS = st.from_regex("门牌[A-Z]?[0-9]{1,4}|门牌[0-9]{1,3}(?:[-/#][0-9]{1,3}){1,3}", fullmatch=True)


@given(st.one_of(st.sampled_from([door for _, door in HOMES]), HOME_DOORS, CALLED_DOORS))
def test_whatever_is_a_home_is_covered_in_public(words: str) -> None:
    door = door_of(words)
    for place in ("阳光花园", "香溪路", "老粮站斜对面") if door else ():
        covered = for_everybody(f"{place} {door}")
        assert covered.startswith(place)
        rest = re.sub(r"\[(?:门牌|电话)已隐去\]", "", covered)  # 门牌000-20-00-000 is a telephone, too
        assert rest != f"{place} {door}"
        assert not re.search("[室房户]|[0-9]{3}", rest), covered


@pytest.mark.parametrize("said", [said for said, _ in HOMES if said.startswith("门牌")])
def test_a_called_door_is_covered_as_it_is_said(said: str) -> None:
    assert for_everybody(f"香溪路 {said}") == "香溪路 [门牌已隐去]"


@pytest.mark.parametrize("text", ["阳光花园12室", "阳光花园五零一室漏水", "阳光花园3层西户装修", "阳光花园1203户"])
def test_a_home_that_is_said_in_one_breath_is_covered(text: str) -> None:
    assert for_everybody(text).startswith("阳光花园[门牌已隐去]")


@pytest.mark.parametrize(
    "text",
    [
        *("已更换门牌12块", "门牌3个脱落", "门牌2026年更换", "香溪路 门牌88号", "门牌12路公交站"),
        *("会议室12室", "活动室12室", "教室 12室", "办公室501室", "3号会议室", "市医院3室", "第501室"),
        *(
            "3个房间",
            "120户居民",
            "30户人家",
            "共 120户",
            "阳光花园三室两厅",
            "3室2厅的房子",
            "301房东",
            "3栋东户型",
            "阳光花园一房二卖",
            "3层3号房客厅",
        ),
        *("阳光花园3栋2单元", "阳光花园 3栋", "香溪路 88号", "3栋120个车位", "阳光花园1200户停水"),
    ],
)
def test_what_is_nobodys_door_stays(text: str) -> None:
    assert for_everybody(text) == text


@pytest.mark.parametrize(
    ("doors", "named", "place"),
    [
        ("门牌12", "香溪路112号", "香溪路112号 门牌12"),
        ("3栋", "阳光花园13栋", "阳光花园13栋 3栋"),
        ("三栋", "阳光花园十三栋", "阳光花园十三栋 三栋"),
        ("88号", "建设路188号", "建设路188号 88号"),
        ("门牌120", "阳光花园1203", "阳光花园1203 门牌120"),
        ("门牌12", "香溪路12号", "香溪路12号"),
        ("3栋", "阳光花园３栋2单元", "阳光花园３栋2单元"),
        ("门牌1203", "阳光花园3栋1203", "阳光花园3栋1203"),
        ("3栋 门牌1203", "", "3栋 门牌1203"),
    ],
)
def test_a_door_is_left_out_only_where_it_is_told_already(doors: str, named: str, place: str) -> None:
    assert joined(doors, named) == place


@given(
    st.lists(st.sampled_from([door for _, door in HOMES]), max_size=30), st.text("香溪路口", min_size=1, max_size=80)
)
def test_a_place_has_a_limit_and_what_is_named_is_never_cut(doors: list[str], named: str) -> None:
    place = ""
    for door in doors:
        place = joined(place, door)
        assert len(place) <= LONGEST
    whole = joined(place, named)
    assert whole.startswith(named)
    assert len(whole) <= max(LONGEST, len(named))


@pytest.mark.parametrize(
    ("words", "can_be"),
    [
        ("灯还是不亮", False),
        ("灯坏了", False),
        ("灯还是不亮，旁边那盏也一样", False),
        ("垃圾没人清，你们管管吧", False),
        ("坏了的路灯旁边", True),
        ("灯还是不亮，就在老粮站斜对面", True),
        ("老王烧烤店", True),
        ("臭水沟那里", True),
        ("三岔口大槐树", True),
    ],
)
def test_what_is_said_of_the_matter_is_no_place(words: str, can_be: bool) -> None:
    assert may_be_place(words) is can_be
