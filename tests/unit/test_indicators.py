"""指标: named, defined and printed in one place, and explained word for word in docs/rates.md."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from hotline.domain.indicators import INDICATORS, ITEMS, Basis, share_text
from hotline.domain.rates import FIGURES

DOCS = Path(__file__).resolve().parents[2] / "docs" / "rates.md"
BETTER = {"higher": "高", "lower": "低"}


def test_the_handbook_has_every_formula_word_for_word() -> None:
    rows = re.findall(r"^\| `(\w+)` \| (.+) \| ([高低]) \| (.+) \|$", DOCS.read_text(encoding="utf-8"), re.MULTILINE)
    assert rows == [(each.key, each.formula, BETTER[each.better], each.source) for each in INDICATORS.values()]


@pytest.mark.parametrize("key", INDICATORS)
def test_a_formula_names_what_it_defines_and_what_is_counted_is_known(key: str) -> None:
    indicator = INDICATORS[key]
    assert indicator.key == key and indicator.formula.startswith(f"{indicator.name} = ")
    assert ("÷" in indicator.formula) == (indicator.unit != ITEMS)
    if indicator.basis is Basis.PROMISES:
        assert indicator.part in FIGURES and indicator.counted


@pytest.mark.parametrize(
    ("part", "whole", "printed"),
    [
        (0, 0, "—"),
        (3, 0, "—"),  # reworked in a month in which nothing was to be handled
        (0, 7, "0.00 %"),
        (1, 6, "16.67 %"),
        (9_999, 10_000, "99.99 %"),
        (99_999, 100_000, "99.99 %"),
        (7, 7, "100.00 %"),
        (7, 6, "116.67 %"),
        (200_001, 200_000, "100.00 %"),
    ],
)
def test_a_share_may_be_more_than_the_whole(part: int, whole: int, printed: str) -> None:
    assert share_text(part, whole) == printed


def test_what_is_counted_in_items_is_no_percentage() -> None:
    assert INDICATORS["paused"].text(3, 5) == "3 件"
    assert INDICATORS["paused"].text(0, 0) == "0 件"
