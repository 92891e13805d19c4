"""What is measured on a page in the browser: what axe objects to, what is too small, too wide, cut off or moving."""

from __future__ import annotations

from typing import Any, Final, Literal

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

#: Axe reads a colour's name anew for every element and each ground behind it, which takes it half of its time: a page
#: has a dozen colours. So each is read by axe once, and what axe made of it is given to whoever asks again.
EACH_COLOUR_ONCE: Final = """;(() => {
  const known = new Map(), colour = axe.commons.color.Color.prototype, read = colour.parseString;
  colour.parseString = function (name) {
    if (!known.has(name)) {
      read.call(this, name);
      known.set(name, [this.r, this.g, this.b, this.alpha]);
    } else [this.r, this.g, this.b, this.alpha] = known.get(name);
    return this;
  } })()"""
#: 7:1, and 4.5:1 for large print, which the standard asks for at AAA only. Axe has two rules for it, of which one finds
#: what is below AA and the other what is between; this is both in one, which is most of the time that axe takes.
STRICT: Final = {
    "color-contrast": {"options": {"contrastRatio": {"normal": {"expected": 7}, "large": {"expected": 4.5}}}}
}
AXE: Final = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]},
    "checks": STRICT,
    "resultTypes": ["violations"],
    "preload": {"assets": ["media"]},  # none of these rules asks for the style sheets, which it would read anew
}
#: The same elements stand on a page in any colours.
CONTRAST: Final = {
    "runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]},
    "checks": STRICT,
    "resultTypes": ["violations"],
}
#: What axe found to be right, or not to be there at all, is as much again and not looked at.
OBJECTIONS: Final = "options => axe.run(options).then(found => found.violations)"
TARGET: Final = 44  # px

#: Everything that can be pressed and is seen, with the area that answers: a choice is pressed by its label, too.
#: Links in running text are left out, as WCAG 2.5.8 does, and what stands on a map: it has a list beside it.
TOO_SMALL = """least => [...document.querySelectorAll(
    'a[href], button, input:not([type=hidden]), select, textarea, summary, [role=button]')]
  .filter(e => e.checkVisibility() && e.getClientRects().length && !e.matches('.skip, [aria-hidden=true] *, .map *'))
  .filter(e => !(e.matches('a') && getComputedStyle(e).display === 'inline'
                 && [...e.parentElement.childNodes].some(n => n.nodeType === 3 && n.data.trim())))
  .map(e => [e, (e.matches('[type=radio], [type=checkbox]') && e.closest('.choice')
                 || e.matches('label > [type=file]') && e.parentElement || e).getBoundingClientRect()])
  .filter(([e, box]) => box.width < least || box.height < least)
  .map(([e, box]) => `${e.outerHTML.slice(0, 120)} ${Math.round(box.width)} × ${Math.round(box.height)}`)"""
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


def violations(page: Page) -> list[str]:
    """What axe objects to in light colours, a line for each element."""
    return _objections(page, "light", AXE)


def dark_violations(page: Page) -> list[str]:
    """What depends on colours, in dark ones; words in another language have the same."""
    return _objections(page, "dark", CONTRAST)


def bring_axe(page: Page) -> None:
    """Axe is there on each page that is opened in this window from now on: the browser reads its half a megabyte once,
    and not for each page anew."""
    page.add_init_script(AXE_SCRIPT + EACH_COLOUR_ONCE)


def _objections(page: Page, scheme: Literal["light", "dark"], options: dict[str, Any]) -> list[str]:
    page.emulate_media(color_scheme=scheme)
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT + EACH_COLOUR_ONCE)
    found: list[dict[str, Any]] = page.evaluate(OBJECTIONS, options)
    return [
        f"{scheme}: {rule['id']} ({rule['help']}): {node['html'][:200]} — {node['failureSummary']}"
        for rule in found
        for node in rule["nodes"]
    ]


def hindrances(page: Page) -> list[str]:
    """What is too small to press, or does not fit: at 320 px (1280 px at 400 %), in large print, spaced out."""
    found = _told("too small", page.evaluate(TOO_SMALL, TARGET))
    assert page.evaluate(TOO_SMALL, 1000), "the measure measures"
    for width in (360, 320):
        page.set_viewport_size({"width": width, "height": 740})
        found += _told(f"too wide at {width} px", page.evaluate(SIDEWAYS))
    page.evaluate(SPACED_OUT)
    found += _told("too wide spaced out", page.evaluate(SIDEWAYS))
    found += _told("cut off spaced out", page.evaluate(CUT_OFF))
    page.set_viewport_size({"width": 640, "height": 512})
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    found += _told("too wide in large print", page.evaluate(SIDEWAYS))
    found += _told("cut off in large print", page.evaluate(CUT_OFF))
    return found + _told("moving", page.evaluate(MOVING))


def _told(what: str, elements: list[str]) -> list[str]:
    return [f"{what}: {element}" for element in elements]
