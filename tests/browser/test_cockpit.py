"""The leader's screen in a real browser: charts say what their tables say, and nobody needs them; the wall keeps its
picture."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from tests.browser.citizen_visit import PATIENCE, PHONE
from tests.browser.desk_visit import Desks, log_in
from tests.browser.gone_by import october
from tests.browser.measures import SIDEWAYS, dark_violations, violations
from tests.city import City

WALL: ViewportSize = {"width": 1920, "height": 1080}
#: What a chart has been given to draw, by what stands in its table.
SHOWN = """() => [...document.querySelectorAll('figure.chart')].map(figure => {
  const rows = [...figure.querySelectorAll('tbody tr')];
  const ground = figure.querySelector('[data-chart-ground]');
  const ink = [...figure.querySelectorAll('canvas')].reduce((all, canvas) => all + painted(canvas), 0);
  return {kind: figure.dataset.chart, rows: rows.length, hidden: ground.hidden, ink,
          open: figure.querySelector('details').open, name: ground.getAttribute('aria-label')};
  function painted(canvas) {
    const pixels = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
    let count = 0;
    for (let at = 3; at < pixels.length; at += 4) if (pixels[at]) count++;
    return count;
  }
})"""


@pytest.fixture
def lived(city: City) -> City:
    """Something of everything that is drawn: a frozen month, areas, and what falls due."""
    october(city)
    city.handling(text="大桥路井盖松动，行人经过很危险", area="云锦区")
    return city


def draw(page: Page) -> None:
    """Look at every chart of the page until it is drawn."""
    for place in range(page.locator("figure.chart").count()):
        figure = page.locator("figure.chart").nth(place)
        figure.scroll_into_view_if_needed()
        expect(figure.locator("canvas").first).to_be_visible(timeout=2 * PATIENCE)


def test_charts_are_drawn_from_their_tables(lived: City, desks: Desks) -> None:
    page = desks.sit("lena")
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda told: faults.append(told.text) if told.type == "error" else None)
    page.goto("/desk/cockpit")
    draw(page)
    charts = page.evaluate(SHOWN)
    assert [each["kind"] for each in charts] == ["line", "heat", "bars"]
    assert [each["rows"] for each in charts] == [3, 1, 14]
    assert not any(each["hidden"] or each["open"] for each in charts), "the table is folded under the drawing"
    assert all(each["ink"] > 500 and "表" in each["name"] for each in charts)
    page.get_by_text("各区域近14天收到的诉求：表格").click()
    expect(page.locator(".cp-heat").get_by_role("rowheader", name="云锦区")).to_be_visible()
    page.locator(".cp-days [data-chart-ground]").click(
        position={"x": 40, "y": 200}
    )  # the bar of today, or beside it: no fault
    assert not faults

    page.goto("/desk/cockpit")
    draw(page)
    assert dark_violations(page) == []
    page.set_viewport_size(PHONE)
    draw(page)
    assert violations(page) == []
    assert page.evaluate(SIDEWAYS) == []


def test_a_cell_of_a_drawing_opens_its_list(lived: City, desks: Desks) -> None:
    page = desks.sit("lena")
    page.goto("/desk/cockpit")
    draw(page)
    ground = page.locator(".cp-heat [data-chart-ground]")
    box = ground.bounding_box()
    assert box
    ground.click(position={"x": box["width"] - 12, "y": 40})  # today, the first area
    page.wait_for_url(re.compile("/desk/tickets.*area="), timeout=PATIENCE)
    expect(page.locator("main")).to_contain_text("大桥路井盖松动")


def test_without_scripts_the_tables_stand_there(lived: City, chromium: Browser, site: str) -> None:
    context = chromium.new_context(java_script_enabled=False, base_url=site)
    log_in(context, "lena")
    page = context.new_page()
    page.goto("/desk/cockpit")
    assert page.locator("figure.chart table:visible").count() == 3
    assert page.locator("figure.chart [data-chart-ground]:visible").count() == 0
    context.close()


def test_the_wall_shows_all_and_keeps_its_picture(lived: City, desks: Desks) -> None:
    page = desks.sit("lena", WALL)
    page.clock.install()
    page.goto("/desk/cockpit?wall=1")
    draw(page)
    assert page.evaluate("document.querySelector('.cockpit').getBoundingClientRect().bottom") <= WALL["height"]
    expect(page.locator(".rail, .masthead:visible")).to_have_count(0)
    lived.assigned(text="解放路垃圾桶满溢，苍蝇很多", area="城中区")
    received = page.locator(".cp-sums li").first
    expect(received).to_contain_text("1")
    page.clock.fast_forward(61_000)
    expect(received).to_contain_text("2")
    draw(page)
    told = page.locator("[data-renews-told]")
    expect(told).to_be_hidden()
    page.context.set_offline(True)
    page.clock.fast_forward(61_000)
    expect(told).to_be_visible()
    expect(received).to_contain_text("2")
    page.context.set_offline(False)
    page.clock.fast_forward(61_000)
    expect(told).to_be_hidden()
