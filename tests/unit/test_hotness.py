"""热点: more than usual and by more than chance, at one place about one kind of matter."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotline.domain.hotness import Group, commonest, distinct, is_rising, middle


@pytest.mark.parametrize(
    ("this_week", "usual", "rises"),
    [
        (2, 0, False),  # two are two
        (3, 0, True),  # the third at one point is a repeat
        (3, 1, True),
        (3, 2, False),
        (5, 4, False),  # one more or less is chance
        (8, 4, True),
        (60, 50, False),
        (65, 50, True),
    ],
)
def test_what_rises_does_so_beyond_chance(this_week: int, usual: float, rises: bool) -> None:
    assert is_rising(this_week, usual) is rises


@given(st.integers(0, 200), st.floats(0, 200))
def test_more_complaints_never_make_it_cooler(this_week: int, usual: float) -> None:
    assert not is_rising(this_week, usual) or is_rising(this_week + 1, usual)


def test_one_matter_under_two_names_is_one_group() -> None:
    estate = Group("丽景花园", 7, [9, 8, 7, 6])
    road = Group("中山路", 7, [9, 8, 7])
    other_kind = Group("中山路", 3, [5, 4, 3])
    elsewhere = Group("建设路", 7, [2, 1, 0])
    assert distinct([road, elsewhere, estate, other_kind]) == [estate, other_kind, elsewhere]


def test_of_two_equal_groups_the_longer_name_tells_more() -> None:
    assert [group.place for group in distinct([Group("丽景~", 7, [3, 2, 1]), Group("丽景花园", 7, [3, 2, 1])])] == [
        "丽景花园"
    ]


@pytest.mark.parametrize(
    ("key", "place"), [("丽景~", "丽景"), ("店:老地方烧烤店", "老地方烧烤店"), ("中山路", "中山路")]
)
def test_a_place_is_told_without_the_sign_of_its_kind(key: str, place: str) -> None:
    assert Group(key, None, []).place == place


def test_the_words_of_most_come_first_each_ticket_counted_once() -> None:
    assert commonest([("打桩", "半夜"), ("半夜",), ("打桩", "打桩"), ("打桩",)], most=2) == ["打桩", "半夜"]


def test_the_middle_is_where_most_are() -> None:
    assert middle([1, 2, 3, 4], {1: (32.0, 117.0), 2: (32.1, 117.1), 3: (39.0, 110.0)}) == (32.1, 117.0)
    assert middle([4], {}) is None
