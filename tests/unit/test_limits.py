"""时限 as an amount and a unit."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotline.domain.limits import Limit, LimitError, LimitUnit


@pytest.mark.parametrize(
    ("text", "written", "label"),
    [
        ("3 working_days", "3 working_days", "3个工作日"),
        ("1 working day", "1 working_days", "1个工作日"),
        ("4 office hours", "4 office_hours", "4工作时"),
        ("1.5 office_hours", "1.5 office_hours", "1.5工作时"),
        ("30 office_minutes", "30 office_minutes", "30工作分钟"),
        ("2 urgent_hours", "2 urgent_hours", "2紧急工作时"),
        ("15 Urgent_Minute", "15 urgent_minutes", "15紧急工作分钟"),
        ("5 natural_days", "5 natural_days", "5个自然日"),
        ("1/3 office_hour", "1/3 office_hours", "1/3工作时"),
        ("3个工作日", "3 working_days", "3个工作日"),
        ("２紧急工作时", "2 urgent_hours", "2紧急工作时"),
        ("100 working_days", "100 working_days", "100个工作日"),
    ],
)
def test_a_limit_is_read_as_it_is_written(text: str, written: str, label: str) -> None:
    limit = Limit.parse(text)
    assert (str(limit), limit.label) == (written, label)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("0 working_days", "大于零"),
        ("-3 working_days", "大于零"),
        ("0.0 office_hours", "大于零"),
        ("3 days", "未知的时限单位"),
        ("working_days", "看不懂"),
        ("3", "看不懂"),
        ("", "看不懂"),
        ("nan working_days", "看不懂"),
        ("inf office_hours", "看不懂"),
        ("1e9 office_hours", "看不懂"),
        ("1/0 office_hours", "分母为零"),
        ("9" * 5000 + " office_hours", "看不懂"),
        ("99999999999 natural_days", "过长"),
        (None, "应写作"),
    ],
)
def test_a_limit_that_is_none_is_refused(text: str, why: str) -> None:
    with pytest.raises(LimitError, match=why):
        Limit.parse(text)


@pytest.mark.parametrize(
    "amount",
    [True, float("nan"), float("inf"), 1e300, -1, 0, 10**4000, Decimal("NaN"), Decimal("1E-999"), Decimal("1E99"), "3"],
)
def test_an_amount_that_is_none_is_refused(amount: Any) -> None:
    with pytest.raises(LimitError):
        Limit(amount, LimitUnit.OFFICE_HOURS)


@given(st.fractions(min_value=Fraction(1, 10**6), max_value=10**6, max_denominator=10**6), st.sampled_from(LimitUnit))
def test_a_limit_is_read_back_from_both_of_its_spellings(amount: Fraction, unit: LimitUnit) -> None:
    limit = Limit(amount, unit)
    assert Limit.parse(str(limit)) == Limit.parse(limit.label) == limit
    assert hash(Limit.parse(str(limit))) == hash(limit)


def test_a_float_counts_as_the_decimal_it_prints_as() -> None:
    tenth = Limit(0.1, LimitUnit.OFFICE_HOURS)
    assert tenth == Limit.parse("0.1 office_hours") == Limit(Decimal("0.1"), "office_hours")
