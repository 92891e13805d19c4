"""What a list is narrowed to stands in its address, and means there what it meant: search → address → search."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotline.domain.days import FIRST_YEAR, LAST_YEAR
from hotline.domain.texts import clean
from hotline.domain.workflow import STAGES, State
from hotline.models import Channel, DeadlineKind, Source, Urgency
from hotline.services.asked import LONGEST, fields, read, write
from hotline.services.desk import DueWithin, Search, Sort, View

IDS = st.none() | st.integers(1, 2**63 - 1)
TEXTS = st.text(max_size=LONGEST).map(clean).map(lambda text: clean(text[:LONGEST]))
DAYS = st.none() | st.dates(date(FIRST_YEAR, 1, 1), date(LAST_YEAR, 12, 31))
CURSORS = st.just("") | st.from_regex(r"[0-9:+T.-]{0,30}~[0-9]{1,18}", fullmatch=True)


def some(of: Any) -> Any:
    """Several of them in the order of the chain, as a page sends them."""
    return st.sets(st.sampled_from(list(of))).map(lambda found: tuple(each for each in of if each in found))


SEARCHES = st.builds(
    Search,
    view=st.sampled_from(View),
    states=some(State),
    stages=some(STAGES),
    kind=st.none() | st.sampled_from(DeadlineKind),
    due=st.none() | st.sampled_from(DueWithin),
    unit_id=IDS,
    handler_id=IDS,
    category=TEXTS,
    area=TEXTS,
    source=st.none() | st.sampled_from(Source),
    channel=st.none() | st.sampled_from(Channel),
    urgency=st.none() | st.sampled_from(Urgency),
    level=st.none() | st.integers(1, 99),
    heat=st.none() | st.integers(1, 999_999),
    rework=st.none() | st.booleans(),
    risk=TEXTS,
    since=DAYS,
    until=DAYS,
    text=TEXTS,
    sort=st.none() | st.sampled_from(Sort),
    after=CURSORS,
    before=CURSORS,
)


@given(SEARCHES)
def test_what_is_written_is_read_as_it_was(search: Search) -> None:
    assert read(write(search)) == search


@given(SEARCHES)
def test_what_is_not_asked_for_does_not_stand_in_the_address(search: Search) -> None:
    assert all(value for values in fields(write(search)).values() for value in values)


@given(st.text(max_size=200))
def test_any_address_can_be_read_and_is_told_in_one_way(query: str) -> None:
    found = read(query)
    assert read(write(found)) == found


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", Search(View.ALL)),
        ("view=over&state=handling&q=", Search(View.OVER, states=(State.HANDLING,))),
        ("state=nonsense&unit=abc&view=what&q=%00", Search(View.ALL)),
        ("state=supervised&state=handling&state=x", Search(View.ALL, states=(State.HANDLING, State.SUPERVISED))),
        ("stage=答复&stage=没有的", Search(View.ALL, stages=("答复",))),
        ("unit=0&handler=-1&heat=99999999999&level=1e3", Search(View.ALL)),
        ("since=2026-02-30&until=0001-01-01", Search(View.ALL)),
        ("since=2026-02-28", Search(View.ALL, since=date(2026, 2, 28))),
        ("rework=maybe", Search(View.ALL)),
        ("rework=no", Search(View.ALL, rework=False)),
        ("unit=１２", Search(View.ALL)),
        ("&".join(f"x{place}=1" for place in range(1000)), Search(View.ALL)),
    ],
)
def test_what_means_nothing_is_left_out_and_an_old_bookmark_still_opens(query: str, found: Search) -> None:
    assert read(query) == found


def test_the_list_that_is_meant_where_none_is_named_is_the_readers() -> None:
    assert read("q=路灯", View.MINE) == replace(Search(View.MINE), text="路灯")
    assert read("view=all", View.MINE).view is View.ALL
