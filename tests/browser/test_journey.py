"""One complaint from a phone-sized page to the figure of the month, by everybody's own hands in a real browser."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from hotline.domain.workflow import State
from tests.browser.citizen_visit import PATIENCE
from tests.city import PASSWORD, City, at
from tests.work import deliver_everything

PHONE_SIZE = {"width": 360, "height": 740}
DESK_SIZE = {"width": 1280, "height": 800}
ANSWER = "您反映的香溪路路灯已于10月13日修复，如仍有问题请联系市政处0320-0002101。"


class Person:
    """Somebody of the staff at a desk of his own."""

    def __init__(self, browser: Browser, site: str, login: str) -> None:
        self.context: BrowserContext = browser.new_context(viewport=DESK_SIZE, locale="zh-CN")  # type: ignore[arg-type]
        self.page: Page = self.context.new_page()
        self.page.set_default_timeout(PATIENCE)
        self.site = site
        self.page.goto(f"{site}/login")
        self.page.locator('[name="username"]').fill(login)
        self.page.locator('[name="password"]').fill(PASSWORD)
        self.page.locator('main form button[type="submit"]').first.click()
        expect(self.page.get_by_role("heading", level=1)).not_to_have_text("工作人员登录")

    def take(self, number: str, noun: str, **fields: str) -> None:
        """Open the ticket and send the form of one step."""
        self.page.goto(f"{self.site}/desk/tickets/{number}")
        form = self.page.locator(f'form[action*="/{noun}#"]')
        details = self.page.locator("details.step", has=form)
        if details.get_attribute("open") is None:
            details.locator("summary").click()
        for name, value in fields.items():
            field = form.locator(f'[name="{name}"]')
            if field.evaluate("element => element.tagName") == "SELECT":
                field.select_option(value)
            else:
                field.fill(value)
        with self.page.expect_navigation():
            form.locator('.actions button[type="submit"]').first.click()


@pytest.fixture
def browser(chromium: Browser) -> Iterator[Browser]:
    """Its windows are closed afterwards, whoever opened them."""
    others = chromium.contexts
    yield chromium
    for context in chromium.contexts:
        if context not in others:
            context.close()


def test_a_complaint_from_the_phone_to_the_month(browser: Browser, site: str, city: City) -> None:
    citizen = browser.new_context(viewport=PHONE_SIZE, locale="zh-CN").new_page()  # type: ignore[arg-type]
    number, key = complain(citizen, site)

    operator = Person(browser, site, "olga")
    operator.take(number, "acceptance")
    dispatcher = Person(browser, site, "dora")
    dispatcher.take(number, "assignment", unit_id=str(city.unit_id("lamps")), instruction="请尽快修复")
    city.turn(hours=1)
    unit = Person(browser, site, "hans")
    unit.take(number, "signature")
    city.turn(days=1)
    unit.take(number, "submission", outcome="已更换灯头两只，10月13日10时恢复照明。")
    assert city.ticket(number).state is State.SUBMITTED
    supervisor = Person(browser, site, "sven")
    supervisor.take(number, "approval")
    operator.take(number, "reply", text=ANSWER)
    assert city.ticket(number).state is State.REPLIED
    deliver_everything(city)

    read_the_answer(citizen, site, number, key)
    assert city.ticket(number).state is State.CLOSED

    city.now = at("2026-11-02 09:00")
    leader = Person(browser, site, "lena")
    find_behind_the_figure(leader.page, site, number)


def complain(page: Page, site: str) -> tuple[str, str]:
    """Fill in the form on a phone; the number and the key of the receipt."""
    page.goto(site)
    page.get_by_role("link", name=re.compile("我要反映")).first.click()
    page.locator('[name="text"]').fill("香溪路与大桥路口的路灯不亮三天了，晚上看不清路。")
    page.locator('[name="place"]').fill("香溪路与大桥路口")
    page.locator('[name="phone"]').fill("199 0000 0001")
    wide = page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
    assert not wide, "no sideways scrolling on a phone"
    page.locator('main form button[type="submit"]').first.click()
    page.wait_for_url("**/received")
    number = re.search(r"\d{14}", page.url)
    key = re.search(r"\b[2-9A-HJKMNP-Z]{10}\b", page.locator("main").inner_text())
    assert number and key, page.locator("main").inner_text()
    return number[0], key[0]


def read_the_answer(page: Page, site: str, number: str, key: str) -> None:
    """Another browser than the one that complained: number and key open the page; then a score."""
    fresh = page.context.browser
    assert fresh is not None
    page = fresh.new_context(viewport=PHONE_SIZE, locale="zh-CN").new_page()  # type: ignore[arg-type]
    page.goto(f"{site}/q")
    page.locator('[name="number"]').fill(number)
    page.locator('[name="key"]').fill(key)
    page.locator('main form button[type="submit"]').first.click()
    expect(page.locator("main")).to_contain_text(ANSWER)
    form = page.locator('form[action$="/survey"]')
    form.locator('[name="solved"][value="yes"]').check()
    form.locator('[name="satisfaction"][value="5"]').check()
    form.locator('button[type="submit"]').click()
    expect(page.locator("main")).to_contain_text("已办结")


def find_behind_the_figure(page: Page, site: str, number: str) -> None:
    """The month's page, the figure 回复率, the list behind it, and in it the ticket."""
    page.goto(f"{site}/desk/reports/2026-10")
    expect(page.locator("main")).to_contain_text("回复率")
    page.locator('a[href*="/items"][href*="kind=reply"]').first.click()
    expect(page.locator("main")).to_contain_text(number)
    page.locator(f'a[href*="/desk/tickets/{number}"]').first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("路灯")
