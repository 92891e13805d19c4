"""What axe cannot see: the keyboard, the size of what is pressed, large print, a narrow screen, and a quiet page."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest

from tests.browser.citizen_scenes import SCENES, Visit

FORMS = ("home", "form", "form with errors", "lookup with errors", "handling", "answered")

#: Everything that can be pressed and is seen, with the area that answers: a choice is pressed by its label, too.
#: Links in running text are left out, as WCAG 2.5.8 does; where the field of a file is pressed is its whole box.
TOO_SMALL = """least => [...document.querySelectorAll(
    'a[href], button, input:not([type=hidden]), select, textarea, summary, [role=button]')]
  .filter(e => e.checkVisibility() && e.getClientRects().length && !e.matches('.skip, [aria-hidden=true] *'))
  .filter(e => !(e.matches('a') && getComputedStyle(e).display === 'inline'
                 && [...e.parentElement.childNodes].some(n => n.nodeType === 3 && n.data.trim())))
  .map(e => [e, (e.matches('[type=radio], [type=checkbox]') && e.closest('.choice') || e).getBoundingClientRect()])
  .filter(([e, box]) => box.width < least || box.height < least)
  .map(([e, box]) => `${e.outerHTML.slice(0, 120)} ${Math.round(box.width)} × ${Math.round(box.height)}`)"""
#: Where the keyboard is now: its place in the document and on the page, and how one sees that it is there.
FOCUSED = """() => { const e = document.activeElement, box = e.getBoundingClientRect(), look = getComputedStyle(e);
  return { html: e.outerHTML.slice(0, 120), tag: e.tagName,
           place: [...document.querySelectorAll('*')].indexOf(e), top: box.top + scrollY, left: box.left,
           bottom: box.bottom + scrollY, seen: box.width > 0 && box.left >= 0,
           ring: look.outlineStyle !== 'none' && parseFloat(look.outlineWidth) >= 2 || look.boxShadow !== 'none' } }"""
SIDEWAYS = """() => { const wide = document.documentElement.clientWidth;
  return document.documentElement.scrollWidth <= wide ? [] : [...document.querySelectorAll('body *')]
    .filter(e => e.getBoundingClientRect().right > wide + 1 && e.checkVisibility())
    .map(e => e.outerHTML.slice(0, 100)) }"""
CUT_OFF = """() => [...document.querySelectorAll('main *, header *, footer *')]
  .filter(e => e.checkVisibility() && !e.matches('.visually-hidden, textarea, select, input, svg, svg *, .map *'))
  .filter(e => ['hidden', 'clip'].includes(getComputedStyle(e).overflowY) && e.scrollHeight > e.clientHeight + 1)
  .map(e => e.outerHTML.slice(0, 100))"""
#: WCAG 1.4.12: set by the reader; put in through the object model, which the content security policy lets pass.
SPACED_OUT = """() => { const sheet = [...document.styleSheets].find(each => each.href);
  const add = rule => sheet.insertRule(rule, sheet.cssRules.length);
  add('* { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important }');
  add('p { margin-bottom: 2em !important }') }"""
MOVING = """() => [...document.querySelectorAll('*')]
  .filter(e => { const look = getComputedStyle(e);
                 return look.animationName !== 'none' || look.transitionDuration.split(', ').some(t => t !== '0s') })
  .map(e => e.outerHTML.slice(0, 100))"""


def show(visit: Visit, name: str, language: str = "zh") -> Any:
    visit.language = language
    SCENES[name].go(visit)
    return visit.page


@pytest.mark.parametrize("name", SCENES)
def test_every_page_on_a_small_phone(visit: Visit, name: str) -> None:
    """44 px to press; nothing sideways at 320 px (which is 1280 px at 400 %), in large print, or spaced out."""
    page = show(visit, name)
    assert page.evaluate(TOO_SMALL, 44) == []
    assert page.evaluate(TOO_SMALL, 1000), "the measure measures"
    assert page.locator("h1").count() == 1
    for width in (360, 320):
        page.set_viewport_size({"width": width, "height": 740})
        assert page.evaluate(SIDEWAYS) == [], width
    page.evaluate(SPACED_OUT)
    assert page.evaluate(SIDEWAYS) == [] == page.evaluate(CUT_OFF), "spaced out"
    page.set_viewport_size({"width": 640, "height": 512})
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    assert page.evaluate(SIDEWAYS) == [] == page.evaluate(CUT_OFF), "large print"
    assert page.evaluate(MOVING) == []


@pytest.mark.parametrize("name", FORMS)
def test_english_fits_too(visit: Visit, name: str) -> None:
    page = show(visit, name, "en")
    page.set_viewport_size({"width": 320, "height": 740})
    assert page.evaluate(SIDEWAYS) == []
    assert page.evaluate(TOO_SMALL, 44) == []


@pytest.mark.parametrize("name", FORMS)
def test_the_keyboard_goes_as_one_reads(visit: Visit, name: str) -> None:
    """From the skip link to the foot: down the document and down the page, always seen, and out again at the end."""
    page = show(visit, name)
    page.evaluate("document.body.tabIndex = -1; document.body.focus()")  # from the top, wherever the focus was put
    stops = []
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
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    page.keyboard.press("Tab")
    assert page.evaluate("document.querySelector('main').contains(document.activeElement)")


@pytest.mark.parametrize("name", ["form with errors", "lookup with errors", "survey with errors"])
def test_errors_take_the_focus_and_lead_to_their_fields(visit: Visit, name: str) -> None:
    page = show(visit, name)
    assert "error-summary" in page.evaluate("document.activeElement.className")
    for link in page.locator(".error-summary a").all():
        link.click()
        target = page.evaluate("document.activeElement.id") or page.evaluate("document.activeElement.tagName")
        assert link.get_attribute("href") == f"#{target}"
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
    page.locator("main a, main button, main input:not([type=hidden])").first.focus()
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none"


def test_a_choice_made_is_seen_in_any_colours(visit: Visit) -> None:
    page = show(visit, "form")
    for forced in ("none", "active"):
        page.emulate_media(forced_colors=forced)
        chosen, other = page.locator('[name="identity"]').all()[:2]
        chosen.check()
        page.evaluate("document.activeElement.blur()")
        assert chosen.screenshot() != other.screenshot()
