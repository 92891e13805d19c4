"""How much comes over the wire for a citizen's page: bytes are no timing, so a test can hold them."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from bench.pages import FORM, HOME, TELEPHONE, Weight, weigh

LIGHT = 25_000  # bytes with styles, scripts and icons; four times less than what was asked for
PAGE = 8_000  # one page by itself


@pytest.fixture
def weights(chromium: Browser, site: str) -> list[Weight]:
    """The home page, then the form, then the form again, in one fresh browser."""
    context = chromium.new_context(**TELEPHONE)
    found = [weigh(context, site + path) for path in (HOME, FORM, FORM)]
    context.close()
    return found


def test_the_first_pages_are_light(weights: list[Weight], chromium: Browser, site: str) -> None:
    home, *_ = weights
    assert 3 <= home.requests <= 6
    assert 5_000 < home.transferred < LIGHT
    context = chromium.new_context(**TELEPHONE)
    form = weigh(context, site + FORM)
    context.close()
    assert form.transferred < LIGHT + 5_000, "the form brings its own scripts"


def test_only_the_styles_come_before_the_page_is_shown(weights: list[Weight]) -> None:
    assert [weight.blocking for weight in weights] == [1, 1, 1]


def test_the_second_page_brings_only_what_is_new(weights: list[Weight]) -> None:
    _, _, again = weights
    assert again.requests == 1
    assert again.transferred < PAGE
