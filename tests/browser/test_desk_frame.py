"""The frame of the desk in a real browser: by keys alone, numbers that live, dark by choice, narrow and wide."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from hotline.services import accepting, saved_views
from tests.browser.citizen_visit import PATIENCE
from tests.browser.desk_visit import log_in
from tests.browser.measures import dark_violations, hindrances, violations
from tests.city import PASSWORD, City

DESK: ViewportSize = {"width": 1280, "height": 800}
PHONE: ViewportSize = {"width": 360, "height": 740}
LOOK_AGAIN = "document.dispatchEvent(new Event('visibilitychange'))"  # as a window does that comes to the front


@pytest.fixture
def olga(chromium: Browser, site: str, city: City) -> Iterator[Page]:
    """An operator at her desk, with one complaint to accept."""
    city.receive(text="香溪路口路灯不亮")
    context = chromium.new_context(viewport=DESK, locale="zh-CN", base_url=site)
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    log_in(context, "olga")
    page.goto("/desk/")  # and wait for its scripts
    expect(page.get_by_role("heading", level=1)).to_have_text("今日")
    yield page
    context.close()


def test_by_keys_alone(olga: Page, city: City) -> None:
    keyboard = olga.keyboard
    keyboard.press("?")
    listed = olga.get_by_role("dialog", name="快捷键")
    for sentence in ("登记来电", "来电草稿", "命令面板"):
        expect(listed).to_contain_text(sentence)
    keyboard.press("Escape")
    expect(listed).to_have_count(0)

    keyboard.press("g")
    keyboard.press("l")
    olga.wait_for_url("**/desk/drafts")
    keyboard.press("n")
    olga.wait_for_url("**/desk/calls/new")
    field = olga.locator("main textarea").first
    field.focus()
    keyboard.type("gj?/n")
    expect(field).to_have_value("gj?/n")  # letters are letters where somebody writes

    keyboard.press("Control+k")
    palette = olga.get_by_role("dialog").get_by_role("combobox")
    keyboard.type("路灯")
    expect(olga.get_by_role("option", name="香溪路口路灯不亮")).to_have_attribute("aria-selected", "true")
    keyboard.press("Escape")
    keyboard.press("Control+k")
    expect(palette).to_have_value("")
    keyboard.type("月报")
    keyboard.press("ArrowDown")
    keyboard.press("ArrowUp")
    expect(olga.locator('[aria-selected="true"]')).to_contain_text("月报")
    keyboard.press("Enter")
    olga.wait_for_url("**/desk/reports/*")


def test_conditions_are_unfolded_as_the_list_stands_by_now(olga: Page, city: City) -> None:
    city.accepted(text="大桥路口树枝折断")
    olga.goto("/desk/tickets?view=all&state=received&state=accepted")
    chips = olga.locator(".chips")
    expect(chips).to_contain_text("状态：待受理")  # in force, though its own field is folded away
    olga.get_by_label("环节").select_option("受理")
    expect(chips).to_contain_text("环节：受理")
    expect(chips).to_contain_text("状态：待受理")
    olga.get_by_text("更多条件", exact=True).click()
    states = olga.get_by_role("group", name="状态")
    expect(states.get_by_label("待受理")).to_be_checked()
    expect(states.get_by_label("待交办")).to_be_checked()
    states.get_by_label("待交办").uncheck()
    expect(chips).not_to_contain_text("状态：待交办")
    expect(olga.locator("[data-rows] tbody tr")).to_have_count(1)
    olga.wait_for_url(lambda url: "stage=" in url and "state=received" in url and "accepted" not in url)


def test_numbers_live_and_a_lost_connection_is_told(olga: Page, city: City) -> None:
    waits = olga.locator('main [data-live="accept"]')
    expect(waits).to_have_text("1")
    expect(olga).to_have_title("(1) 今日 - 12319")
    focused = olga.get_by_role("link", name="登记来电").first
    focused.focus()
    number = city.receive(text="大桥路井盖缺失").number
    olga.evaluate(LOOK_AGAIN)
    expect(waits).to_have_text("2")
    expect(olga.get_by_role("status")).to_contain_text("新到 1 件待受理")
    expect(olga).to_have_title("(2) 今日 - 12319")
    expect(focused).to_be_focused()
    with city.work("otto") as work:
        accepting.accept(work, number)
    olga.evaluate(LOOK_AGAIN)
    expect(waits).to_have_text("1")

    olga.context.set_offline(True)
    olga.evaluate(LOOK_AGAIN)
    expect(olga.get_by_role("status")).to_contain_text("连接中断，正在重试")
    olga.context.set_offline(False)
    olga.evaluate(LOOK_AGAIN)
    expect(olga.get_by_role("status")).to_be_empty()
    olga.context.clear_cookies()
    olga.evaluate(LOOK_AGAIN)
    expect(olga.get_by_role("status")).to_contain_text("登录已结束")
    token = olga.locator("[name=csrf_token]").first
    old = token.input_value()
    log_in(olga.context, "olga")  # in another window
    olga.evaluate(LOOK_AGAIN)
    expect(token).not_to_have_value(old)
    olga.get_by_role("button", name="退出").click()
    expect(olga.get_by_role("heading", level=1)).to_have_text("工作人员登录")


def test_a_form_sent_too_late_promises_what_the_device_has_kept(olga: Page, city: City) -> None:
    with city.work("olga") as work:
        saved_views.save(work, "本周", "view=all&due=week")
    olga.goto("/desk/views")
    olga.locator("summary").click()
    olga.get_by_label("名称").fill("本周到期的")
    olga.context.clear_cookies()
    olga.get_by_role("button", name="保存", exact=True).click()
    promise = olga.get_by_text("您填写的内容已保存在本机，登录后恢复。")
    expect(promise).to_be_visible()
    olga.locator('[name="username"]').fill("olga")
    olga.locator('[name="password"]').fill(PASSWORD)
    olga.locator('main form button[type="submit"]').first.click()
    expect(olga.get_by_label("名称")).to_have_value("本周到期的")
    expect(olga.get_by_text("这是上次没有提交的内容")).to_be_visible()
    olga.get_by_role("button", name="保存", exact=True).click()
    expect(olga.get_by_role("main")).to_contain_text("已保存。")
    olga.locator("summary").click()
    expect(olga.get_by_label("名称")).to_have_value("本周到期的")
    expect(olga.get_by_text("这是上次没有提交的内容")).to_be_hidden()

    olga.goto("/desk/me")
    olga.get_by_label("深色").check()
    olga.context.clear_cookies()
    olga.get_by_role("button", name="保存", exact=True).click()
    expect(olga.get_by_role("alert")).to_contain_text("登录已失效")
    expect(promise).to_be_hidden()


def test_dark_by_choice_without_letters_and_on_a_phone(olga: Page) -> None:
    olga.goto("/desk/me")
    olga.get_by_label("深色").check()
    olga.get_by_label("关闭", exact=True).check()
    olga.get_by_role("button", name="保存", exact=True).click()
    expect(olga.get_by_text("已保存")).to_be_visible()
    ground = "getComputedStyle(document.body).backgroundColor"
    assert olga.evaluate(ground) == "rgb(18, 23, 29)"
    olga.keyboard.press("n")
    olga.keyboard.press("?")
    expect(olga.get_by_role("dialog")).to_have_count(0)
    assert olga.url.partition("#")[0].endswith("/desk/me")

    olga.set_viewport_size(PHONE)
    olga.goto("/desk/")
    menu = olga.locator("#menu")
    expect(menu).to_be_hidden()
    olga.get_by_role("button", name="菜单").click()
    expect(menu.get_by_role("link", name="来电草稿")).to_be_visible()
    olga.keyboard.press("Escape")
    expect(menu).to_be_hidden()
    olga.emulate_media(media="print")
    assert olga.evaluate(ground) in ("rgb(255, 255, 255)", "rgba(0, 0, 0, 0)"), "paper is white"


def test_nothing_is_in_the_way(olga: Page) -> None:
    found = []
    for path in ("/desk/", "/desk/help", "/desk/me", "/desk/find?q=路灯"):
        olga.set_viewport_size(DESK)
        olga.goto(path)
        found += [f"{path} wide {each}" for each in violations(olga)]
        olga.set_viewport_size(PHONE)
        olga.goto(path)
        found += [f"{path} narrow {each}" for each in violations(olga) + dark_violations(olga) + hindrances(olga)]
    assert not found, "\n".join(found)
