"""月内预计: the forecast and the best of a running month, and the sentence that tells them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotline.domain.foresight import FIGURES, Foresight, Open, foresee, on_time_outlook, outlook, stand
from hotline.domain.rates import Promise, Window, count

BEGINS = datetime(2026, 9, 30, 16, tzinfo=UTC)
OCTOBER = Window(BEGINS, datetime(2026, 10, 31, 16, tzinfo=UTC))
NOW = BEGINS + timedelta(days=14, hours=9)


def day(number: float) -> datetime:
    """So many days after the month's beginning."""
    return BEGINS + timedelta(days=number)


def an(due: float, met: float | None = None, offered: float | None = None, **more: bool) -> Open:
    moment = day(due)
    promise = Promise(moment, moment, None if met is None else day(met), **more)
    return Open(promise, None if offered is None else day(offered))


def names(each: Open) -> set[str]:
    standing = stand(each, OCTOBER, NOW)
    return {name for name, belongs in FIGURES.items() if belongs(standing)}


@pytest.mark.parametrize(
    ("each", "counted"),
    [
        (an(20), "owed missing ahead reachable"),
        (an(31), "owed missing ahead reachable"),  # the 31st at 24:00
        (an(31.001), ""),  # of the next month, as what a pause has moved out
        (an(10), "owed missing over gone"),
        (an(-5), "owed missing over gone"),  # carried over
        (an(-5, met=-1), ""),
        (an(-5, met=3), "owed kept gone"),
        (an(10, met=9), "owed kept on_time reachable"),
        (an(10, met=12), "owed kept gone"),
        (an(25, met=9), "owed kept on_time reachable"),  # done before it falls due: owed by the end all the same
        (an(20, offered=13), "owed missing ahead offered reachable"),
        (an(10, offered=9), "owed missing over offered reachable"),  # handed in in time: the check may say so
        (an(10, offered=12), "owed missing over offered gone"),
        (an(20, void=True), ""),
        (an(10, exempt=True), ""),
    ],
)
def test_what_counts_as_what(each: Open, counted: str) -> None:
    assert names(each) == set(counted.split())


@pytest.mark.parametrize(
    ("standing", "rate", "on_time"),
    [
        (Foresight(), "本月没有到期的。", ""),
        (Foresight(9, 9, 9), "已经全部完成，月底前没有要做的了。", "而且全部按时。"),
        (
            Foresight(9, 9, 8, gone=1),
            "已经全部完成，月底前没有要做的了。",
            "已有 1 件逾期，按时率就是 88.89 %（8/9）。",
        ),
        (
            Foresight(1500, 1459, 1459),
            "若到月底什么都不做：97.27 %（1459/1500）；做完这 41 件，就是 100 %。",
            "按时率也还能到 100 %。",
        ),
        (
            Foresight(1500, 1459, 1450, over=8, offered=5, gone=17),
            "若到月底什么都不做：97.27 %（1459/1500）；做完这 41 件，就是 100 %。其中 5 件已经提交，待核查。",
            "已有 17 件逾期，按时率最多还能到 98.87 %（1483/1500）。",
        ),
        (
            Foresight(10_000, 9_999, 9_999),
            "若到月底什么都不做：99.99 %（9999/10000）；做完这 1 件，就是 100 %。",
            "按时率也还能到 100 %。",
        ),
        (
            Foresight(1, 0, 0, over=1, gone=1),
            "若到月底什么都不做：0.00 %（0/1）；做完这 1 件，就是 100 %。",
            "已有 1 件逾期，按时率就是 0.00 %（0/1）。",
        ),
    ],
)
def test_the_sentence(standing: Foresight, rate: str, on_time: str) -> None:
    assert outlook(standing) == rate
    assert on_time_outlook(standing) == on_time


def test_a_standing_that_cannot_be_is_refused() -> None:
    with pytest.raises(ValueError, match="no such standing"):
        Foresight(owed=3, kept=4)


DAYS = st.floats(-20, 45).map(day)
MET = st.none() | st.floats(-20, 14).map(day)
PROMISES = st.builds(Promise, DAYS, DAYS, MET, void=st.booleans(), exempt=st.booleans())


@given(st.lists(st.builds(Open, PROMISES, MET), max_size=40))
def test_the_forecast_is_never_more_than_the_best_and_100_only_with_nothing_missing(promises: list[Open]) -> None:
    found = foresee(promises, OCTOBER, NOW)
    assert found.on_time <= found.kept <= found.owed
    assert found.on_time <= found.reachable <= found.owed
    for part, text in (
        (found.kept, found.forecast),
        (found.on_time, found.on_time_forecast),
        (found.reachable, found.on_time_best),
    ):
        assert (text == "100.00 %") == (part == found.owed > 0)
        assert (text == "—") == (not found.owed)
    if not found.missing:
        assert found.on_time == found.reachable, "nothing is open: what it will be is the best that it can be"


@given(st.lists(st.builds(Open, PROMISES, MET), max_size=40))
def test_it_is_what_the_months_rate_is_if_nothing_is_done(promises: list[Open]) -> None:
    found, at_the_end = foresee(promises, OCTOBER, NOW), count((each.promise for each in promises), OCTOBER)
    assert (found.owed, found.kept, found.on_time, found.missing) == tuple(
        at_the_end[name] for name in ("owed", "kept", "on_time", "missing")
    )


@given(st.lists(st.builds(Open, PROMISES, MET), max_size=20), st.lists(st.builds(Open, PROMISES, MET), max_size=20))
def test_parts_add_up(some: list[Open], others: list[Open]) -> None:
    parts = foresee(some, OCTOBER, NOW) + foresee(others, OCTOBER, NOW)
    assert parts == foresee(some + others, OCTOBER, NOW)
