"""The public list and its map in a browser: in which order they are read, and what the map shows at first."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, expect

from hotline.web.mapping import MapSettings
from tests.browser.citizen_visit import DESK, PATIENCE, PHONE
from tests.citizen import LAMP
from tests.city import City

Open = Callable[..., Page]

TOWN = ((31.491, 120.311), (31.491, 120.311), (31.502, 120.298), (31.478, 120.325))
FAR_NORTH = (34.2, 117.2)
MARKS = """() => [...document.querySelectorAll('.map-mark')].map(mark => {
  const box = mark.getBoundingClientRect(), map = mark.closest('.map').getBoundingClientRect();
  return { left: box.left, top: box.top, text: mark.textContent, seen: box.left >= map.left && box.right <= map.right
           && box.top >= map.top && box.bottom <= map.bottom } })"""
#: Where the keyboard stops in the document, from the first matter on: list, pages, map.
STOPS = """() => [...document.querySelectorAll('section[aria-labelledby=matters] *')]
  .filter(each => each.matches('a[href], summary, [tabindex="0"]'))
  .filter(each => each.checkVisibility()).map(each => each.closest('.map-side') ? 'map' : 'list')"""


@pytest.fixture
def browse(chromium: Browser, site: str) -> Iterator[Open]:
    """The public list on a screen."""
    opened: list[BrowserContext] = []

    def open_one(screen: Any = PHONE) -> Page:
        context = chromium.new_context(viewport=screen, locale="zh-CN")
        opened.append(context)
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        page.goto(f"{site}/public")
        return page

    yield open_one
    for context in opened:
        context.close()


@pytest.fixture
def town(city: City) -> City:
    """Four matters in the town, two of them at one place, and one 400 km away."""
    for latitude, longitude in (*TOWN, FAR_NORTH):
        city.accepted(text=LAMP, latitude=latitude, longitude=longitude)
    return city


def test_on_a_telephone_the_drawing_is_folded_behind_the_list(town: City, browse: Open) -> None:
    page = browse()
    canvas = page.locator("[data-map-canvas]")
    expect(page.locator(".map-side summary")).to_be_visible()
    expect(canvas).to_be_hidden()
    assert not page.evaluate("Boolean(window.L)"), "nothing is loaded for what nobody looks at"
    page.locator(".map-side summary").press("Enter")
    expect(page.locator(".map-mark")).to_have_count(4)
    marks = page.evaluate(MARKS)
    assert [mark["seen"] for mark in marks] == [False, True, True, True], "from north to south; one is far out"
    assert [mark["text"] for mark in marks] == ["", "", "2", ""], "two at one place"
    town_marks = marks[1:]
    for one, other in pairwise(town_marks):
        apart = abs(one["left"] - other["left"]) + abs(one["top"] - other["top"])
        assert apart > 44, "the town is not one dot"
    page.locator(".map-mark", has_text="2").press("Enter")
    expect(page.locator(".leaflet-popup-content a[href]")).to_have_count(2)
    page.locator(".map-mark").first.focus()
    page.wait_for_function(f"({MARKS})()[0].seen")


def test_with_tiles_the_way_to_the_map_is_above_the_list(app: Flask, site: str, town: City, browse: Open) -> None:
    app.config["MAP"] = MapSettings(f"{site}/static/icon.svg?{{z}}/{{x}}/{{y}}", "底图")
    page = browse()
    expect(page.locator("[data-map-canvas]")).not_to_be_in_viewport()
    page.get_by_role("link", name="在地图上看").press("Enter")
    expect(page.locator("[data-map-canvas]")).to_be_in_viewport()
    expect(page.locator(".map-mark")).to_have_count(4)


@pytest.mark.parametrize("tiles", [False, True])
def test_beside_the_list_the_map_comes_after_it_for_eyes_and_keyboard(
    app: Flask, site: str, town: City, browse: Open, *, tiles: bool
) -> None:
    if tiles:
        app.config["MAP"] = MapSettings(f"{site}/static/icon.svg?{{z}}/{{x}}/{{y}}", "底图")
    page = browse(DESK)
    page.locator("[data-map-canvas]").scroll_into_view_if_needed()
    expect(page.locator(".map-mark")).to_have_count(4)
    stops = page.evaluate(STOPS)
    assert stops == sorted(stops), "list before map"
    assert stops.count("map") >= 7, "the map itself, its marks, larger and smaller"
    sides = "() => ['.public-list', '.map-side'].map(each => document.querySelector(each).getBoundingClientRect().left)"
    left, right = page.evaluate(sides)
    assert left < right
