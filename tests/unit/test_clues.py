"""What a matter is found by again: names as most people write them, and the square that a spot lies in."""

from __future__ import annotations

from math import cos, radians, sin

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotline.domain.clues import bare, clues_of, folded, square_of, squares_around
from hotline.domain.likeness import metres_between

degrees = st.tuples(st.floats(-89, 89), st.floats(-179, 179))


@pytest.mark.parametrize(
    "written", ["金桂园滨河苑", "金桂园·滨河苑", "金桂园.滨河苑", "金桂园－滨河苑", "金桂园 滨河苑"]
)
def test_a_name_is_one_however_it_is_written(written: str) -> None:
    assert folded(written) == "金桂园滨河苑"


def test_width_and_case_make_no_other_name() -> None:
    assert folded("ＫＴＶ一条街") == folded("ktv一条街")


@pytest.mark.parametrize(
    ("name", "called"),
    [
        ("金桂园滨河苑", "金桂园滨河~"),
        ("金桂园·滨河花园", "金桂园滨河~"),
        ("金桂园滨河花园小区", "金桂园滨河~"),
        ("滨河苑", ""),  # 滨河 alone is half of the city
        ("香溪路", ""),
        ("丽江新城", ""),
    ],
)
def test_a_community_is_called_without_its_kind_too(name: str, called: str) -> None:
    assert bare(name) == called


def test_all_keys_of_a_matter() -> None:
    keys = clues_of(["香溪路", "金桂园·滨河苑"], 36.195, 113.117, ["车:晋E12345"])
    assert keys == sorted(["@7239:22623", "香溪路", "车:晋E12345", "金桂园滨河~", "金桂园滨河苑"])
    assert clues_of([], None, None) == []
    assert clues_of([], 36.1, None) == []


@given(degrees, st.floats(0, 360), st.floats(0, 499))
def test_whatever_is_within_reach_lies_in_one_of_the_squares(
    here: tuple[float, float], bearing: float, metres: float
) -> None:
    north = metres * cos(radians(bearing)) / 111_320
    east = metres * sin(radians(bearing)) / (111_320 * max(cos(radians(here[0])), 0.01))
    there = (here[0] + north, here[1] + east)
    if metres_between(here, there) < 495:
        assert square_of(*there) in squares_around(*here, 500)


@pytest.mark.parametrize("latitude", [18.2, 36.2, 53.4])
def test_few_squares_are_looked_through_anywhere_in_china(latitude: float) -> None:
    assert 6 <= len(squares_around(latitude, 113.117, 500)) <= 12
