"""WCAG 2.2 AA on every citizen page, in both languages, on a phone: axe finds nothing, nothing is in the way."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page

from hotline.web.languages import CHINESE, FOR_CITIZENS, LANGUAGES
from tests.browser.citizen_scenes import NOT_PAGES, SCENES
from tests.browser.citizen_visit import PHONE, Visit
from tests.browser.measures import dark_violations, hindrances, violations
from tests.city import City


@pytest.fixture(scope="module")
def window(chromium: Browser) -> Iterator[Page]:
    """One for all the scenes: a new one costs as much as all that is measured on a page."""
    context = chromium.new_context(viewport=PHONE, locale="zh-CN")
    yield context.new_page()
    context.close()


@pytest.fixture
def visit(broken: None, window: Page, site: str, city: City) -> Iterator[Visit]:
    """A citizen who has never been here, in the window of whoever was here before."""
    visit = Visit(window, site, city)
    yield visit
    visit.leave()


def test_every_citizen_address_is_looked_at(app: Flask) -> None:
    pages = {rule.endpoint for rule in app.url_map.iter_rules() if rule.endpoint.partition(".")[0] in FOR_CITIZENS}
    assert pages == {scene.endpoint for scene in SCENES.values() if scene.endpoint} | set(NOT_PAGES)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", SCENES)
def test_nothing_is_in_the_way(visit: Visit, name: str, language: str) -> None:
    visit.language = language
    SCENES[name].go(visit)
    page = visit.page
    assert page.locator("html").get_attribute("lang") == ("zh-CN" if language == "zh" else language)
    assert page.locator("h1").count() == 1
    dark = dark_violations(page) if language == CHINESE else []
    found = dark + violations(page) + hindrances(page)
    assert not found, "\n".join(found)
    assert not visit.problems, "no script fails and nothing is loaded that the content security policy forbids"
