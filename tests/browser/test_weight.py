"""How much comes over the wire for a citizen's page: bytes are no timing, so a test can hold them."""

from __future__ import annotations

from playwright.sync_api import Browser

from bench.pages import FORM, HOME, TELEPHONE, Weight, weigh

LIGHT = 25_000  # bytes with styles, scripts and icons; four times less than what was asked for
PAGE = 8_000  # one page by itself


def test_how_much_comes_over_the_wire(chromium: Browser, site: str) -> None:
    """The home page, then the form, then the form again, in one fresh browser; and the form first, in another."""
    home, _, again = weights = _weigh(chromium, site, HOME, FORM, FORM)
    assert 3 <= home.requests <= 6
    assert 5_000 < home.transferred < LIGHT
    (first,) = _weigh(chromium, site, FORM)
    assert first.transferred < LIGHT + 5_000, "the form brings its own scripts"
    assert [weight.blocking for weight in weights] == [1, 1, 1], "only the styles come before the page is shown"
    assert again.requests == 1, "the second time brings only what is new"
    assert again.transferred < PAGE


def _weigh(chromium: Browser, site: str, *paths: str) -> list[Weight]:
    """One after another in a browser that has never been here."""
    context = chromium.new_context(**TELEPHONE)
    found = [weigh(context, site + path) for path in paths]
    context.close()
    return found
