"""The complaint form on a telephone: photos are shrunk, the position is found, a lost connection loses nothing."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, FilePayload, Page, ViewportSize, expect

from hotline.models import Attachment, Complaint
from hotline.web.mapping import MapSettings
from tests.browser.citizen_visit import PATIENCE, SCREENS
from tests.citizen import LAMP, count, photo
from tests.city import City

HERE = {"latitude": 31.4912, "longitude": 120.3119, "accuracy": 20}
PLACE = "香溪路与大桥路口"
#: Where photos are kept on the device until the hotline has them.
SHELF_IS_GONE = """() => indexedDB.databases().then(all => !all.some(each => each.name === 'complaint-photos'))"""
#: How far the tip of the drop, the corner that its turned square stands on, lies from the middle of the map, in pixels.
TIP_FROM_CENTRE = """() => {
  const mark = document.querySelector('.map-mark.chosen'), map = document.querySelector('[data-map-canvas]')
  const box = mark.getBoundingClientRect(), ground = map.getBoundingClientRect()
  const turned = new DOMMatrix(getComputedStyle(mark, '::before').transform)
  const corner = turned.transformPoint({ x: -box.width / 2, y: box.height / 2 })
  return Math.hypot(box.x + box.width / 2 + corner.x - ground.x - ground.width / 2,
                    box.y + box.height / 2 + corner.y - ground.y - ground.height / 2)
}"""
RECEIVED = re.compile(r"/complaints/\d{14}/received")


@pytest.fixture
def phone(chromium: Browser, screen: ViewportSize) -> Iterator[Callable[..., Page]]:
    """A telephone's browser; `more` are permissions, position, scripts."""
    opened: list[BrowserContext] = []

    def open_one(**more: Any) -> Page:
        context = chromium.new_context(**({"viewport": screen, "locale": "zh-CN"} | more))
        opened.append(context)
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        return page

    yield open_one
    for context in opened:
        context.close()


def fill(page: Page, site: str, text: str = LAMP) -> None:
    """All that is needed."""
    page.goto(f"{site}/complaints/new")
    page.locator("[name=text]").fill(text)
    page.locator("[name=place]").fill(PLACE)
    page.locator("[name=phone]").fill("199 0000 0001")


def send(page: Page) -> None:
    page.get_by_role("button", name="提交反映").click()


def large_photo(path: Path) -> Path:
    """Four thousand pixels, grainy as a telephone's camera makes them at night."""
    small = Image.effect_noise((1000, 750), 40).convert("RGB")
    small.resize((4000, 3000)).save(path, "JPEG", quality=97)
    return path


def test_photos_are_shrunk_shown_and_taken_off(
    city: City, site: str, phone: Callable[..., Page], tmp_path: Path
) -> None:
    page = phone()
    fill(page, site)
    original = large_photo(tmp_path / "road.jpg")
    assert original.stat().st_size > 1_500_000
    tiny = BytesIO()
    Image.new("RGB", (40, 30), "orange").save(tiny, "PNG")
    page.locator("[name=photos]").set_input_files(original)
    page.locator("[name=photos]").set_input_files(
        {"name": "灯.png", "mimeType": "image/png", "buffer": tiny.getvalue()}
    )
    previews = page.locator("[data-photos-list] li")
    expect(previews).to_have_count(2)
    kilobytes = re.search(r"(\d+) KB", previews.first.inner_text())
    assert kilobytes and int(kilobytes[1]) <= 500
    page.get_by_role("button", name="移除 灯.png").click()
    expect(previews).to_have_count(1)
    send(page)
    page.wait_for_url(RECEIVED)
    (attachment,) = city.rows(sa.select(Attachment))
    with Image.open(city.office.files / attachment.digest[:2] / attachment.digest[2:]) as kept:
        assert 1024 <= max(kept.size) <= 2048


def test_more_than_six_are_not_taken(site: str, phone: Callable[..., Page]) -> None:
    page = phone()
    page.goto(f"{site}/complaints/new")
    pictures: list[FilePayload] = []
    for shade in range(8):
        out = BytesIO()
        Image.new("RGB", (20, 20), (shade * 20, 0, 0)).save(out, "PNG")
        pictures.append({"name": f"{shade}.png", "mimeType": "image/png", "buffer": out.getvalue()})
    page.locator("[name=photos]").set_input_files(pictures)
    expect(page.locator("[data-photos-list] li")).to_have_count(6)
    expect(page.locator("[data-photos-told]")).to_contain_text("最多6张")


def test_the_same_words_again_bring_their_photos_and_leave_none_behind(
    city: City, site: str, phone: Callable[..., Page]
) -> None:
    page = phone()
    fill(page, site)
    send(page)
    page.wait_for_url(RECEIVED)
    fill(page, site)
    page.locator("[name=photos]").set_input_files(
        {"name": "灯.jpg", "mimeType": "image/jpeg", "buffer": photo((60, 40))}
    )
    expect(page.locator("[data-photos-list] li")).to_have_count(1)
    send(page)
    page.get_by_role("button", name="就是这件，我也反映").click()
    expect(page.locator("main")).to_contain_text("这次的 1 张照片已加到那件事里")
    assert (count(city), count(city, Attachment)) == (1, 1)
    page.wait_for_function(SHELF_IS_GONE)
    page.goto(f"{site}/complaints/new")
    expect(page.locator("[name=text]")).to_have_value("")


def test_my_position_with_how_sure_it_is(city: City, site: str, phone: Callable[..., Page]) -> None:
    page = phone(geolocation=HERE, permissions=["geolocation"])
    fill(page, site)
    page.get_by_role("button", name="用我的位置").click()
    expect(page.locator("[data-position-told]")).to_have_text("已记下您的位置，误差约20米。")
    page.get_by_role("button", name="去掉位置").click()
    expect(page.locator("[name=latitude]")).to_have_value("")
    page.get_by_role("button", name="用我的位置").click()
    expect(page.locator("[name=latitude]")).to_have_value("31.491200")
    send(page)
    page.wait_for_url(RECEIVED)
    number = re.search(r"\d{14}", page.url)
    assert number
    ticket = city.ticket(number[0])
    assert (ticket.latitude, ticket.longitude) == (31.4912, 120.3119)


def test_a_position_refused_is_said_in_plain_words(site: str, phone: Callable[..., Page]) -> None:
    page = phone()  # no permission
    page.goto(f"{site}/complaints/new")
    page.get_by_role("button", name="用我的位置").click()
    expect(page.locator("[data-position-told]")).to_contain_text("没有允许本站使用位置")


@SCREENS
def test_lost_connection_and_back_is_one_complaint(city: City, site: str, phone: Callable[..., Page]) -> None:
    page = phone()
    fill(page, site)
    page.context.set_offline(True)
    send(page)
    expect(page.locator("[data-send-words]")).to_have_text("网络断开，您写的内容和照片都还在，恢复后会自动提交。")
    assert count(city) == 0
    page.context.set_offline(False)
    page.wait_for_url(RECEIVED)
    assert count(city) == 1
    page.goto(f"{site}/complaints/new")
    expect(page.locator("[name=text]")).to_have_value("")


#: What would happen after some seconds does not: the hand that presses comes first on any machine.
NEVER_BY_ITSELF = (
    "const set = setTimeout; window.setTimeout = (act, ms, ...more) => ms >= 4000 ? 0 : set(act, ms, ...more)"
)


def test_an_answer_that_never_arrived_is_asked_for_again(city: City, site: str, phone: Callable[..., Page]) -> None:
    """The complaint is there, the telephone does not know: the second sending brings the same receipt."""
    page = phone()
    page.add_init_script(NEVER_BY_ITSELF)
    fill(page, site)
    lost: list[int] = []

    def lose_the_first(route: Any) -> None:
        if route.request.method == "POST" and not lost:
            lost.append(route.fetch().status)
            route.abort()
        else:
            route.continue_()

    page.route("**/complaints/new", lose_the_first)
    send(page)
    expect(page.locator("[data-send-words]")).to_contain_text("会自动再试")
    page.get_by_role("button", name="现在再试").click()
    page.wait_for_url(RECEIVED)
    assert lost == [200] and count(city) == 1


def test_what_was_typed_and_the_photos_survive_closing_the_page(
    city: City, site: str, phone: Callable[..., Page]
) -> None:
    page = phone()
    fill(page, site)
    form_key = page.locator("[name=form_key]").input_value()
    picture = BytesIO()
    Image.new("RGB", (60, 40), "orange").save(picture, "JPEG")
    page.locator("[name=photos]").set_input_files(
        {"name": "灯.jpg", "mimeType": "image/jpeg", "buffer": picture.getvalue()}
    )
    expect(page.locator("[data-photos-list] li")).to_have_count(1)
    page.goto(site)
    page.goto(f"{site}/complaints/new")
    expect(page.locator("[name=text]")).to_have_value(LAMP)
    expect(page.locator("[data-photos-list] li")).to_have_count(1)
    expect(page.locator("[name=form_key]")).to_have_value(form_key)
    send(page)
    page.wait_for_url(RECEIVED)
    assert (count(city), count(city, Attachment)) == (1, 1)
    page.goto(f"{site}/complaints/new")
    expect(page.locator("[data-photos-list] li")).to_have_count(0)


def test_a_double_click_is_one_complaint(city: City, site: str, phone: Callable[..., Page]) -> None:
    page = phone()
    fill(page, site)
    page.get_by_role("button", name="提交反映").dblclick()
    page.wait_for_url(RECEIVED)
    assert count(city) == 1


def test_faults_come_back_into_the_page_with_everything_typed(
    city: City, site: str, phone: Callable[..., Page]
) -> None:
    page = phone()
    fill(page, site)
    page.locator("[name=phone]").fill("123")
    send(page)
    expect(page.locator(".error-summary")).to_be_focused()
    expect(page.locator("[name=text]")).to_have_value(LAMP)
    sorting = page.locator("[data-sorting-now]")
    expect(sorting).to_contain_text("路灯")
    assert page.locator("details[data-sorting]").get_attribute("open") is None, "nobody has touched it"
    page.locator("[name=text]").fill("香溪路工地半夜还在打桩，吵得睡不着")
    expect(sorting).to_contain_text("夜间施工噪声")
    page.locator("[name=phone]").fill("199 0000 0001")
    send(page)
    page.wait_for_url(RECEIVED)
    assert count(city) == 1


def test_danger_and_category_are_told_while_typing(city: City, site: str, phone: Callable[..., Page]) -> None:
    page = phone()
    page.goto(f"{site}/complaints/new")
    page.locator("[name=text]").fill("香溪路的路灯不亮三天了，晚上看不清路")
    expect(page.locator("[data-sorting-now]")).to_contain_text("路灯")
    page.locator("[name=text]").fill("香溪路有很浓的燃气味道，怀疑泄漏")
    expect(page.locator("[data-part=danger]")).to_contain_text("燃气泄漏")
    assert page.locator("[data-part=danger] a[href='tel:119']").is_visible()
    page.locator("[data-sorting] summary").click()
    page.locator("[name=category]").select_option(index=1)
    chosen = page.locator("[name=category]").input_value()
    page.locator("[name=text]").fill("香溪路的路灯不亮五天了，晚上看不清路")
    expect(page.locator("[data-part=danger]")).to_be_empty()
    assert page.locator("[name=category]").input_value() == chosen, "what a person has chosen stays"


@SCREENS
def test_me_too_while_typing(city: City, site: str, phone: Callable[..., Page]) -> None:
    number = city.receive(LAMP, place=PLACE).number
    page = phone()
    fill(page, site, "香溪路大桥路口的路灯坏了好几天，晚上很黑")
    nearby = page.locator("[data-part=nearby]")
    expect(nearby).to_contain_text("1 人反映")
    nearby.locator("[type=radio]").first.check()
    send(page)
    page.wait_for_url(RECEIVED)
    expect(page.locator("main")).to_contain_text("另外 1 位市民")
    assert city.ticket(number).heat == 2


@SCREENS
@pytest.mark.parametrize("scripts", [True, False])
def test_me_too_when_asked(city: City, site: str, phone: Callable[..., Page], scripts: bool) -> None:
    number = city.receive(LAMP, place=PLACE).number
    page = phone(java_script_enabled=scripts)
    page.route("**/complaints/hints", lambda route: route.abort())
    fill(page, site, "香溪路大桥路口的路灯坏了好几天，晚上很黑")
    send(page)
    expect(page.get_by_role("heading", level=1)).to_contain_text("是同一件吗")
    page.get_by_role("button", name="就是这件，我也反映").click()
    page.wait_for_url(RECEIVED)
    assert city.ticket(number).heat == 2 and count(city) == 2


@SCREENS
def test_without_scripts(city: City, site: str, phone: Callable[..., Page]) -> None:
    page = phone(java_script_enabled=False)
    fill(page, site)
    picture = BytesIO()
    Image.new("RGB", (60, 40), "orange").save(picture, "JPEG")
    page.locator("[name=photos]").set_input_files(
        {"name": "灯.jpg", "mimeType": "image/jpeg", "buffer": picture.getvalue()}
    )
    assert page.locator("main button:visible").count() == 1, "only what works is shown"
    send(page)
    page.wait_for_url(RECEIVED)
    (complaint,) = city.rows(sa.select(Complaint))
    assert (complaint.text, count(city, Attachment)) == (LAMP, 1)


@pytest.mark.parametrize("coordinates", ["wgs84", "gcj02"])
def test_a_point_on_the_map_without_a_mouse(
    city: City, app: Flask, site: str, phone: Callable[..., Page], coordinates: str
) -> None:
    """Tiles in GCJ-02 lie some hundred metres off; what is stored is WGS 84 all the same."""
    app.config["MAP"] = MapSettings(f"{site}/static/icon.svg?{{z}}/{{x}}/{{y}}", "底图", coordinates, (31.49, 120.31))
    page = phone()
    fill(page, site)
    assert not page.evaluate("Boolean(window.L)"), "Leaflet is loaded when the map is opened"
    page.locator("[data-map-fold] summary").click()
    canvas = page.locator("[data-map-canvas]")
    expect(canvas).to_have_class(re.compile("leaflet-container"))
    page.get_by_role("button", name="以地图中心为准").press("Enter")
    expect(page.locator("[data-position-told]")).to_have_text("已记下地图上的位置。")
    expect(page.locator("[data-map-told]")).to_have_text("已标出位置。")
    assert page.evaluate(TIP_FROM_CENTRE) <= 1, "its tip stands on the point"
    page.get_by_role("button", name="去掉位置").click()
    expect(page.locator("[data-map-told]")).to_be_empty()
    page.get_by_role("button", name="以地图中心为准").press("Enter")
    latitude = float(page.locator("[name=latitude]").input_value())
    longitude = float(page.locator("[name=longitude]").input_value())
    assert abs(latitude - 31.49) < 1e-4 and abs(longitude - 120.31) < 1e-4
    canvas.press("ArrowRight")
    expect(page.locator(".leaflet-map-pane")).not_to_have_class(re.compile("leaflet-pan-anim"))
    page.get_by_role("button", name="以地图中心为准").press("Enter")
    assert float(page.locator("[name=longitude]").input_value()) > longitude + 1e-4


def test_no_sideways_scrolling_at_double_size(site: str, phone: Callable[..., Page]) -> None:
    """360 px at 200 %."""
    page = phone(viewport={"width": 180, "height": 370})
    page.goto(f"{site}/complaints/new")
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth + 1")
