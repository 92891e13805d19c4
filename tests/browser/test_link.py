"""The link with the key: the key goes into its field and out of the address bar; one press opens the complaint."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

from tests.city import City


@pytest.mark.parametrize("scripts", [True, False])
def test_a_link_opens_with_one_press_and_without_scripts_by_hand(
    city: City, chromium: Browser, site: str, scripts: bool
) -> None:
    receipt = city.receive()
    context = chromium.new_context(java_script_enabled=scripts, locale="zh-CN", viewport={"width": 360, "height": 740})
    page = context.new_page()
    page.goto(f"{site}/q/{receipt.number}#{receipt.key}")
    expect(page.locator("#f-number")).to_have_value(receipt.number)
    expect(page.locator("#f-key")).to_have_value(receipt.key if scripts else "")
    if scripts:
        page.wait_for_url(f"{site}/q/{receipt.number}")
    else:
        page.fill("#f-key", receipt.key.lower())
    page.get_by_role("button", name="查询").click()
    expect(page.locator(".chain")).to_be_visible()
    page.goto(f"{site}/q/{receipt.number}#{receipt.key}")
    expect(page.locator(".chain")).to_be_visible()
    if scripts:
        assert receipt.key not in page.url, "nor when it was open already"
    context.close()
