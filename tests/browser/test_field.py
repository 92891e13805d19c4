"""A crew's phone in the street: what was opened is there without a network; what is sent then arrives later, once."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from playwright.sync_api import Browser, Page, expect

from hotline.models import Attachment, Event, Phase, SentForm
from hotline.services import handling, replying
from tests.browser.citizen_visit import PATIENCE, PHONE
from tests.browser.desk_visit import log_in
from tests.citizen import photo
from tests.city import City, at

RESULT = "已更换灯头两只，当晚恢复照明。"
#: They wait in the page, for a page of ours evaluates no strings; what never comes is an error of theirs.
WAIT = f"""async address => {{
  const left = async () => [...(await caches.keys()).filter(name => name === 'field-pages'),
    ...await indexedDB.databases(), ...await navigator.serviceWorker.getRegistrations()].length;
  const kept = async () => (await caches.open('field-pages')).match(address);
  const late = Date.now() + {PATIENCE};
  while (!(CONDITION)) {{
    if (Date.now() > late) throw new Error('waited in vain');
    await new Promise(go => setTimeout(go, 50));
  }}
}}"""
KEPT, GONE, NOTHING_LEFT = (
    WAIT.replace("CONDITION", condition) for condition in ("await kept()", "!await kept()", "!await left()")
)


@pytest.fixture
def page(chromium: Browser, site: str, city: City) -> Iterator[Page]:
    """The phone of 冯市政, logged in, at 360 px, with a place of its own and the time of another continent."""
    context = chromium.new_context(
        viewport=PHONE,
        locale="zh-CN",
        timezone_id="America/New_York",
        base_url=site,
        geolocation={"latitude": 33.12, "longitude": 110.78},
        permissions=["geolocation"],
    )
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    log_in(context, "hans")
    yield page
    context.close()


def open_in_the_office(page: Page, number: str) -> None:
    """The list and the sheet are opened while there is a network, and kept by the worker."""
    page.goto("/desk/field")
    page.wait_for_selector("html[data-kept]")
    page.locator(f'a[href$="/{number}"]').click()
    page.wait_for_url(f"**/desk/field/{number}")
    page.evaluate(KEPT, f"/desk/field/{number}")


def shoot(page: Page, phase: str, name: str) -> None:
    """Take a photo: it is shown small."""
    shots = page.locator(f'[data-shots="{phase}"]')
    size = (10, 10) if phase == "before" else (11, 10)
    shots.locator("input").first.set_input_files({"name": name, "mimeType": "image/jpeg", "buffer": photo(size)})
    expect(shots.locator("img")).to_have_count(1)


def test_what_is_submitted_without_a_network_arrives_later_once_and_nothing_stays_after_the_log_out(
    page: Page, city: City
) -> None:
    city.now = at("2026-10-12 23:30")
    far = city.handling(text="西关大街井盖缺失", latitude=33.30, longitude=110.78)
    number = city.handling(latitude=33.121, longitude=110.78)
    open_in_the_office(page, number)
    page.evaluate(KEPT, f"/desk/field/{far}")  # nobody has opened it
    shoot(page, "before", "前.jpg")
    page.context.set_offline(True)

    page.goto(f"/desk/field/{far}")
    expect(page.locator("h1")).to_contain_text("西关大街井盖缺失")
    page.goto("/desk/field")
    kept = page.locator("[data-from-device].notice")
    expect(kept).to_contain_text("这是 10月12日 23:30 保存在本机的内容")
    is_fast = time.time() > city.now.timestamp()  # the phone has the machine's clock
    expect(kept).to_contain_text(f"本机时钟比热线{'快' if is_fast else '慢'}")
    page.get_by_role("button", name="按距离").click()
    expect(page.locator("[data-sort-told]")).to_contain_text("已按距离排序")
    assert [each.get_attribute("href") for each in page.locator("[data-job] a").all()] == [
        f"/desk/field/{number}",
        f"/desk/field/{far}",
    ]
    assert page.evaluate("document.documentElement.scrollWidth <= 360")

    page.locator(f'a[href$="/{number}"]').click()
    expect(page.locator('[data-shots="before"] img')).to_have_count(1)  # kept since it was taken
    shoot(page, "after", "后.jpg")
    page.get_by_label("办理结果").fill(RESULT)
    page.get_by_label("已到现场处理，现场已恢复").check()
    assert page.evaluate("document.documentElement.scrollWidth <= 360")
    page.get_by_role("button", name="提交办理结果").click()
    page.wait_for_url("**/desk/field")
    waiting = page.locator("[data-queue]")
    expect(waiting).to_contain_text("待发送 1 件")
    expect(waiting).to_contain_text(RESULT)
    expect(waiting).to_contain_text("照片 2 张")
    assert city.ticket(number).state == "handling"

    city.turn(minutes=45)
    page.context.set_offline(False)
    page.evaluate("dispatchEvent(new Event('online'))")  # the browser's own may come too: it is sent once
    expect(waiting).to_be_hidden()
    expect(page.locator("[data-sent]")).to_have_text("已补发 1 件，00:15。")
    expect(page.locator(f'a[href$="/{number}"]')).to_have_count(0)
    expect(kept).to_be_hidden()
    page.evaluate(GONE, f"/desk/field/{number}")
    assert city.ticket(number).outcome == RESULT and city.steps(number).count("submit") == 1
    assert len(city.rows(sa.select(SentForm))) == 1
    pictures = city.rows(sa.select(Attachment).order_by(Attachment.id))
    assert [each.phase for each in pictures] == [Phase.BEFORE, Phase.AFTER]
    assert city.rows(sa.select(Event.data).where(Event.step == "submit"))[0]["checked"][0].startswith("已到现场处理")

    page.get_by_role("button", name="菜单").click()
    page.get_by_role("button", name="退出").click()
    page.wait_for_url("**/login**")
    page.evaluate(NOTHING_LEFT)


def test_a_log_out_elsewhere_asks_here_first_and_another_person_sees_nothing_that_was_kept(
    page: Page, city: City
) -> None:
    number = city.handling()
    open_in_the_office(page, number)
    page.context.set_offline(True)
    page.get_by_label("办理结果").fill(RESULT)
    page.get_by_role("button", name="提交办理结果").click()
    waiting = page.locator("[data-queue]")
    expect(waiting).to_contain_text("待发送 1 件")
    with city.work("hans") as work:  # what waits is now out of date, and goes on waiting
        handling.hand_down(work, number, work.actor.staff_id or 0)
    page.context.set_offline(False)
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(waiting).to_contain_text("工单已被他人处理")

    page.goto("/desk/tickets")
    page.get_by_role("button", name="菜单").click()
    page.get_by_role("button", name="退出").click()
    page.wait_for_url("**/desk/field?leaving=yes")
    expect(page.locator("[data-leaving]")).to_contain_text("还没有发送的 1 件")
    expect(page.locator("[data-leaving-plain]")).to_be_hidden()
    page.get_by_role("button", name="先不退出").click()
    expect(waiting).to_contain_text(RESULT)

    log_in(page.context, "hugo")
    page.context.set_offline(True)
    page.goto(f"/desk/field/{number}")
    expect(page.locator("body")).not_to_contain_text("填写办理情况")
    page.context.set_offline(False)
    page.goto("/desk/field")
    expect(waiting).to_contain_text("本机还有其他人未发送的 1 件")


def test_what_changed_meanwhile_is_shown_and_an_expired_session_loses_nothing(page: Page, city: City) -> None:
    number = city.handling()
    open_in_the_office(page, number)
    page.context.set_offline(True)
    page.get_by_label("办理结果").fill(RESULT)
    page.get_by_role("button", name="提交办理结果").click()
    waiting = page.locator("[data-queue]")
    expect(waiting).to_contain_text("待发送 1 件")
    page.goto(f"/desk/field/{number}")
    page.get_by_label("办理结果").fill(f"再次提交：{RESULT}")
    page.get_by_role("button", name="提交办理结果").click()
    expect(page.locator("[data-send-told]")).to_contain_text("这件工单已有一份等待发送")
    page.goto("/desk/field")
    expect(waiting.locator(".words")).to_have_text(RESULT)  # the first is not replaced unasked
    with city.work("hans") as work:
        handling.hand_down(work, number, work.actor.staff_id or 0)
    with city.work("dora") as work:
        replying.note(work, number, "请注意安全")

    page.context.clear_cookies()
    page.context.set_offline(False)
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(waiting).to_contain_text("登录已过期，请重新登录")
    log_in(page.context, "hans")
    page.goto("/desk/field")
    expect(waiting).to_contain_text("工单已被他人处理")
    expect(waiting).to_contain_text("指定承办人")
    assert city.ticket(number).state == "handling"
    waiting.get_by_role("button", name="看过变化，仍要提交").click()
    expect(waiting).to_be_hidden()
    assert city.ticket(number).outcome == RESULT
