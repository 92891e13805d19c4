"""What axe cannot see: where the keyboard goes, that one sees where it is, and colours that the reader has chosen."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.citizen_scenes import SCENES
from tests.browser.citizen_visit import Visit

FORMS = ("home", "form", "form with errors", "lookup with errors", "handling", "answered")

#: Where the keyboard is now: its place in the document and on the page, and how one sees that it is there.
FOCUSED = """() => { const e = document.activeElement, box = e.getBoundingClientRect(), look = getComputedStyle(e);
  return { html: e.outerHTML.slice(0, 120), tag: e.tagName,
           place: [...document.querySelectorAll('*')].indexOf(e), top: box.top + scrollY, left: box.left,
           bottom: box.bottom + scrollY, seen: box.width > 0 && box.left >= 0,
           ring: look.outlineStyle !== 'none' && parseFloat(look.outlineWidth) >= 2 || look.boxShadow !== 'none' } }"""


@pytest.fixture
def visit(passing: Visit) -> Visit:
    return passing


def show(visit: Visit, name: str) -> Page:
    SCENES[name].go(visit)
    return visit.page


def go_to_the_top(page: Page) -> None:
    """Wherever the focus was put."""
    page.evaluate("document.body.tabIndex = -1; document.body.focus()")


@pytest.mark.parametrize("name", FORMS)
def test_the_keyboard_goes_as_one_reads(visit: Visit, name: str) -> None:
    """From the skip link to the foot: down the document and down the page, always seen, and out again at the end."""
    page = show(visit, name)
    go_to_the_top(page)
    stops: list[dict[str, Any]] = []
    for _ in range(80):
        page.keyboard.press("Tab")
        stop = page.evaluate(FOCUSED)
        if stop["tag"] == "BODY" or (stops and stop["place"] == stops[0]["place"]):
            break
        stops.append(stop)
    else:
        pytest.fail("a trap: the keyboard does not come to an end")
    assert "skip" in stops[0]["html"]
    assert len(stops) > 5
    for stop in stops:
        assert stop["seen"] and stop["ring"], stop["html"]
    for before, after in pairwise(stops[1:]):
        assert after["place"] > before["place"], f"{after['html']} comes before {before['html']} in the document"
        below = after["bottom"] > before["top"]
        assert below and (after["top"] > before["top"] - 8 or after["left"] > before["left"]), (
            f"{after['html']} stands above {before['html']}"
        )


def test_the_skip_link_skips(visit: Visit) -> None:
    page = show(visit, "form")
    go_to_the_top(page)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()
    page.keyboard.press("Tab")
    assert page.evaluate("document.querySelector('main').contains(document.activeElement)")


@pytest.mark.parametrize("name", ["form with errors", "lookup with errors", "survey with errors"])
def test_errors_take_the_focus_and_lead_to_their_fields(visit: Visit, name: str) -> None:
    page = show(visit, name)
    expect(page.locator(".error-summary")).to_be_focused()
    for link in page.locator(".error-summary a").all():
        link.click()
        expect(page.locator(str(link.get_attribute("href")))).to_be_focused()
        assert page.evaluate("document.activeElement.closest('.field').querySelector('.error') !== null")


def test_what_is_wrong_is_told_before_anything_else(visit: Visit) -> None:
    page = show(visit, "form with errors")
    assert page.title().startswith("请改正")


@pytest.mark.parametrize("name", FORMS)
def test_borders_hold_where_colours_are_the_readers(visit: Visit, name: str) -> None:
    """Forced colours take away every ground: what can be pressed or typed in still has an edge."""
    page = show(visit, name)
    page.emulate_media(forced_colors="active")
    edgeless = """() => [...document.querySelectorAll('.btn, .form-control, .form-select')]
      .filter(e => e.checkVisibility() && parseFloat(getComputedStyle(e).borderTopWidth) < 1)
      .map(e => e.outerHTML.slice(0, 100))"""
    assert page.evaluate(edgeless) == []
    go_to_the_top(page)
    page.keyboard.press("Tab")
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none"


def test_a_choice_made_is_seen_in_any_colours(visit: Visit) -> None:
    page = show(visit, "form")
    for forced in ("none", "active"):
        page.emulate_media(forced_colors=forced)
        chosen, other = page.locator('[name="identity"]').all()[:2]
        chosen.check()
        page.evaluate("document.activeElement.blur()")
        assert chosen.screenshot() != other.screenshot()
