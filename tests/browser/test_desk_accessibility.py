"""WCAG 2.2 AA on every page of the desk: axe finds nothing wide and narrow, light and dark; nothing goes sideways."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from playwright.sync_api import Page

from hotline.web.away import as_said
from hotline.web.staff.addresses import PAGES
from tests.browser.citizen_visit import DESK, PHONE
from tests.browser.desk_scenes import NOT_PAGES, SCENES, lived
from tests.browser.desk_visit import Desks
from tests.browser.measures import SIDEWAYS, bring_axe, dark_violations, hindrances, violations
from tests.city import City

#: Pages that somebody stands in the street with: large targets, large print, spaced out.
OUTDOORS = ("field", "field_sheet")
#: Beside those every page is looked at wide; these narrow, too, where they are arranged anew.
NARROW = ("tickets", "ticket", "dispatching", "supervision")


def test_every_page_of_the_desk_is_looked_at() -> None:
    pages = {name for method, _, name, _, _ in PAGES if method == "GET"}
    assert pages == set(SCENES) | set(NOT_PAGES)
    assert {login for login, _ in SCENES.values()} == {"olga", "hans", "dora", "sven", "lena", "adam"}


@pytest.mark.parametrize("people", [("olga", "hans", "dora"), ("sven", "lena", "adam")], ids=" ".join)
def test_nothing_is_in_the_way(app: Flask, city: City, desks: Desks, people: tuple[str, ...]) -> None:
    named = lived(city) | {"away": _led_away(app)}
    found: list[str] = []
    for person in people:
        page = desks.sit(person)
        bring_axe(page)
        _listen(page, found)
        for name, path in ((name, path) for name, (login, path) in SCENES.items() if login == person):
            found += [f"{name}: {each}" for each in _looked_at(page, name, path.format(**named))]
    assert not found, "\n".join(found)


def _listen(page: Page, faults: list[str]) -> None:
    """No script fails and nothing is loaded that the content security policy forbids."""
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda told: faults.append(told.text) if told.type == "error" else None)


def _led_away(app: Flask) -> str:
    with app.test_request_context():
        return re.findall(r'href="([^"]+)"', as_said("照片见 http://photos.example/1"))[0]


def _looked_at(page: Page, name: str, path: str) -> list[str]:
    page.set_viewport_size(DESK)
    answer = page.goto(path)
    if not answer or answer.status != 200:
        return [f"{path} is not there"]
    found = [f"wide {each}" for each in violations(page) + page.evaluate(SIDEWAYS)]
    if page.locator("h1").count() != 1:
        found.append("not one h1")
    page.set_viewport_size(PHONE)
    found += [f"narrow {each}" for each in page.evaluate(SIDEWAYS)]
    if name in NARROW or name in OUTDOORS:
        found += [f"narrow {each}" for each in violations(page) + dark_violations(page)]
    if name in OUTDOORS:
        found += hindrances(page)
    return found
