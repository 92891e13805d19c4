"""Live numbers: how long what was counted is shown without counting anew."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from hotline.services.waiting import Sign
from hotline.web.staff.live import Counted

NOW = datetime(2026, 10, 12, 1, 0, tzinfo=UTC)
SIGN, CHANGED = Sign(5, 7, 0, None), Sign(6, 7, 0, None)
DUE = Sign(5, 7, 0, NOW + timedelta(seconds=30))


@pytest.mark.parametrize(
    ("count", "before", "sign", "seconds", "holds"),
    [
        (3, SIGN, SIGN, 59, True),
        (3, SIGN, SIGN, 61, False),  # what leaves no trace is noticed a little later
        (99, SIGN, CHANGED, 0, False),  # a few are always right
        (250, SIGN, CHANGED, 1.9, True),
        (250, SIGN, CHANGED, 2, False),
        (1000, SIGN, CHANGED, 9, True),  # one more than a thousand is worth nobody's second
        (1000, SIGN, CHANGED, 10, False),
        (4000, SIGN, CHANGED, 19, True),
        (4000, SIGN, CHANGED, 20, False),
        (3, DUE, DUE, 29, True),
        (3, DUE, DUE, 30, False),  # a promise has become due
    ],
)
def test_numbers_hold_until_something_changes(
    count: int, before: Sign, sign: Sign, seconds: float, holds: bool
) -> None:
    counted = Counted({"mine": count}, before, NOW)
    assert counted.holds(sign, NOW + timedelta(seconds=seconds)) is holds
