"""WCAG 2.2 AA on every citizen page, in both languages, on a phone: axe finds nothing, nothing is in the way."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from playwright.sync_api import Page

from hotline.web.languages import CHINESE, FOR_CITIZENS, LANGUAGES
from tests.browser.citizen_scenes import NOT_PAGES, SCENES
from tests.browser.citizen_visit import Visit
from tests.browser.measures import bring_axe, dark_violations, hindrances, violations


@pytest.fixture(scope="module")
def window(window: Page) -> Page:
    bring_axe(window)
    return window


@pytest.fixture
def visit(passing: Visit) -> Visit:
    return passing


def test_every_citizen_address_is_looked_at(app: Flask) -> None:
    pages = {rule.endpoint for rule in app.url_map.iter_rules() if rule.endpoint.partition(".")[0] in FOR_CITIZENS}
    assert pages == {scene.endpoint for scene in SCENES.values() if scene.endpoint} | set(NOT_PAGES)


def test_what_is_too_pale_is_found(window: Page) -> None:
    """Below AA, and between AA and AAA; in large print, too."""
    looks = {"a": "color: #bbb", "b": "color: #666", "c": "color: #333", "d": "font-size: 30px; color: #888",
             "e": "font-size: 30px; color: #666"}  # fmt: skip
    words = "".join(f'<p id="{name}" style="{look}">路灯不亮</p>' for name, look in looks.items())
    window.set_content(f'<html lang="zh-CN"><title>路灯</title><main><h1>路灯</h1>{words}</main></html>')
    for measure in (violations, dark_violations):
        assert re.findall('id="(.)"', "".join(measure(window))) == ["a", "b", "d"]


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
