"""A key that was replaced: the browser that had the old one is told so, by its receipt and on the page; no other is."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from tests.citizen import Browser, field, words
from tests.city import City
from tests.integration.test_citizen_keys import UNKNOWN, ask, codes, give, same

RENEWED = "这件反映的查询码已经换过，这里原来的查询码不再有效。请输入新的查询码；没有新的，可以用短信再找回。"


def renewed(city: City, app: Flask, number: str) -> tuple[Browser, str]:
    """Another browser has replaced the key by text; and the new key."""
    other = Browser(app)
    ask(other, number)
    page = other.get(give(other, number, codes(city)[-1]).location).text
    found = re.search(r"查询码</dt><dd>(\w{10})</dd>", page)
    assert found
    return other, found[1]


@pytest.mark.parametrize("hours", [0, 13], ids=["at once", "the next day"])
def test_the_old_receipt_says_that_the_key_was_replaced_and_leads_on(
    city: City, app: Flask, browser: Browser, hours: int
) -> None:
    number, _ = browser.complain()
    _, key = renewed(city, app, number)
    city.turn(hours=hours)
    for _ in range(2):
        old = browser.get(f"/complaints/{number}/received")
        assert (old.status_code, old.location) == (303, f"/q/{number}")
        page = browser.get(old.location)
        assert page.status_code == 200 and RENEWED in page.text and "用短信找回" in page.text
        assert field(page.text, "number") == number
        for told in ("香溪", "5678", "路灯", key):
            assert told not in words(page.text)
    assert browser.post("/q", {"number": number, "key": key}).status_code == 303
    opened = browser.get(f"/q/{number}").text
    assert "香溪" in opened and RENEWED not in opened
    assert browser.get(f"/complaints/{number}/received").location == f"/q/{number}", "the new key is on no receipt here"


def test_a_page_that_was_open_says_so_too(city: City, app: Flask, browser: Browser) -> None:
    number, old = browser.complain()
    reader = Browser(app)
    reader.post("/q", {"number": number, "key": old})
    renewed(city, app, number)
    for each in (browser, reader):
        assert RENEWED in each.text_of(f"/q/{number}")
        wrong = each.post("/q", {"number": number, "key": old})
        assert wrong.status_code == 404 and RENEWED in wrong.text


def test_a_stranger_is_told_nothing_of_it(city: City, app: Flask, browser: Browser) -> None:
    number, old = browser.complain()
    renewed(city, app, number)
    stranger = Browser(app)
    for path in (f"/q/{number}", f"/complaints/{number}/received"):
        known, unknown = stranger.get(path), stranger.get(path.replace(number, UNKNOWN))
        assert same(known, number) == same(unknown, UNKNOWN) and RENEWED not in known.text
    wrong = stranger.post("/q", {"number": number, "key": old})
    assert wrong.status_code == 404 and RENEWED not in wrong.text


def test_the_browser_that_replaced_it_has_the_receipt(city: City, app: Flask, browser: Browser) -> None:
    number, old = browser.complain()
    other, key = renewed(city, app, number)
    page = other.text_of(f"/complaints/{number}/received")
    assert key in page and old not in page


def test_who_has_left_is_a_stranger(city: City, app: Flask, browser: Browser) -> None:
    number, _ = browser.complain()
    renewed(city, app, number)
    browser.post(f"/q/{number}/leaving")
    assert RENEWED not in browser.text_of(f"/q/{number}")


def test_what_was_erased_says_so_to_the_browser_that_had_its_key(city: City, app: Flask, browser: Browser) -> None:
    number, key = browser.complain()
    other = Browser(app)
    other.post("/q", {"number": number, "key": key})
    other.post(f"/q/{number}/withdrawal", {"reason": ""}, of=f"/q/{number}")
    assert other.post(f"/q/{number}/data/erasure", {"sure": "yes"}, of=f"/q/{number}/data").status_code == 200
    page = browser.text_of(browser.get(f"/complaints/{number}/received").location)
    assert "个人信息已经删除" in page and "香溪" not in page
