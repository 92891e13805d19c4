"""The map shows first where most of its points lie, whatever lies far out."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotline.web.public.extent import Position, extent, is_inside

CITY = [(31.49, 120.31), (31.50, 120.30), (31.47, 120.33), (31.48, 120.32)]
FAR_NORTH = (34.2, 117.2)  # 400 km


def box(*positions: Position) -> tuple[Position, Position]:
    return (min(p[0] for p in positions), min(p[1] for p in positions)), (
        max(p[0] for p in positions),
        max(p[1] for p in positions),
    )


@pytest.mark.parametrize(
    ("positions", "shown"),
    [
        (CITY[:1], CITY[:1]),
        (CITY[:2], CITY[:2]),
        (CITY, CITY),
        ([CITY[0]] * 5, CITY[:1]),
        ([CITY[0], FAR_NORTH], [CITY[0], FAR_NORTH]),  # of two nobody knows which is the far one
        ([*CITY[:2], FAR_NORTH], CITY[:2]),
        ([FAR_NORTH, *CITY], CITY),
        ([*CITY, FAR_NORTH, (34.3, 117.3)], [*CITY, FAR_NORTH, (34.3, 117.3)]),  # two of six: a county of the city
        ([*CITY * 5, FAR_NORTH, (22.5, 114.0)], CITY),  # two of twenty-two are
        ([*CITY, (31.53, 120.36)], [*CITY, (31.53, 120.36)]),  # the edge of the town is not far
    ],
)
def test_what_is_shown_first(positions: list[Position], shown: list[Position]) -> None:
    assert extent(positions) == box(*shown)


def test_without_points_there_is_nothing_to_show() -> None:
    assert extent([]) is None


positions = st.tuples(st.floats(-80, 80), st.floats(-170, 170))
in_town = st.tuples(st.floats(31.4, 31.5), st.floats(120.2, 120.3))


@given(st.lists(positions, min_size=1, max_size=30))
def test_at_most_a_tenth_is_left_out_and_the_order_is_of_no_matter(these: list[Position]) -> None:
    corners = extent(these)
    assert corners is not None
    outside = [each for each in these if not is_inside(each, corners)]
    assert len(outside) <= max(1, len(these) // 10)
    assert extent(these[::-1]) == corners


@given(st.lists(in_town, min_size=2, max_size=30))
def test_one_point_far_outside_changes_nothing(town: list[Position]) -> None:
    assert extent([FAR_NORTH, *town]) == box(*town)
