"""Abuse of the complaint form: programmes, floods, lost Redis. Nobody honest loses a word, or a puzzle's minute."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask
from redis import Redis
from structlog.testing import capture_logs

from runner.servers import embedded_redis
from tests.citizen import LAMP, Browser, count, field, file, make_app
from tests.city import City


def test_who_fills_in_what_nobody_sees_is_asked_once_more(city: City, browser: Browser) -> None:
    """Also a browser that fills in forms by itself: its owner has lost nothing and presses again."""
    filled = browser.form(website="http://example.test")
    page = browser.send(filled)
    assert page.status_code == 422 and "再点一次" in page.text and LAMP in page.text
    assert field(page.text, "website") == ""
    again = filled | {"form_key": field(page.text, "form_key"), "website": ""}
    assert browser.send(again).status_code == 303
    assert count(city) == 1


def test_faster_than_anybody_reads_is_asked_once_more(city: City, browser: Browser) -> None:
    filled = browser.form(photos=[file()])
    filled["form_key"] = field(browser.get("/complaints/new").text, "form_key")  # shown this very moment
    page = browser.send(filled)
    assert page.status_code == 422 and "提交得太快" in page.text and LAMP in page.text
    again = filled | {"form_key": field(page.text, "form_key"), "kept_photo": field(page.text, "kept_photo")}
    again.pop("photos")
    assert browser.send(again).status_code == 303, "the second time counts at once"
    assert count(city) == 1


def test_the_hidden_field_is_hidden_from_everybody(browser: Browser) -> None:
    page = browser.get("/complaints/new").text
    around = page[page.index('class="apart"') : page.index("</div>", page.index('class="apart"'))]
    assert 'aria-hidden="true"' in around and 'tabindex="-1"' in around and 'autocomplete="off"' in around


@pytest.mark.parametrize("form_key", ["", "made up", "WyJhIiwgMV0.x", "[]", "😀"])
def test_a_form_that_is_none_of_ours_is_shown_again(city: City, browser: Browser, form_key: str) -> None:
    page = browser.send(browser.form(form_key=form_key))
    assert page.status_code == 422 and LAMP in page.text and count(city) == 0


def test_without_cookies_it_is_said_what_to_do(city: City, app: Flask, browser: Browser) -> None:
    filled = browser.form()
    page = app.test_client().post("/complaints/new", data=filled)
    assert page.status_code == 422 and "允许本站使用 Cookie" in page.text and LAMP in page.text


def test_ten_a_day_of_one_telephone_whatever_the_address(city: City, app: Flask) -> None:
    for place in range(10):
        Browser(app).complain(text=f"{LAMP}第{place}处")
    late = Browser(app)
    page = late.send(late.form(text="香溪路第十一件事，路灯不亮"))
    assert page.status_code == 429 and "这个手机号码今天" in page.text and "第十一件事" in page.text
    late.complain(text="香溪路第十一件事，路灯不亮", phone="139 0000 1111")
    late.complain(text="香溪路第十二件事，路灯不亮", identity="anonymous")


def test_corrections_and_retries_are_not_counted(city: City, browser: Browser) -> None:
    for _ in range(12):
        assert browser.send(browser.form(text="")).status_code == 422
    filled = browser.form()
    for _ in range(12):
        assert browser.send(filled).status_code == 303
    assert count(city) == 1


def test_no_number_lies_in_redis(city: City, redis: Redis, redis_url: str) -> None:
    browser = Browser(make_app(city, redis_url=redis_url))
    browser.complain()
    keys = [str(key) for key in redis.keys("*")]
    assert any("10/1/day" in key for key in keys)
    assert not any("13800005678" in key or "00005678" in key for key in keys)


def test_processes_count_together(city: City, redis: Redis, redis_url: str) -> None:
    apps = [make_app(city, redis_url=redis_url) for _ in range(2)]
    for place in range(10):
        Browser(apps[place % 2]).complain(text=f"{LAMP}第{place}处")
    late = Browser(apps[0])
    assert late.send(late.form(text="香溪路第十一件事，路灯不亮")).status_code == 429


def test_without_redis_complaints_come_in_and_one_line_says_so(city: City, tmp_path: Path) -> None:
    with embedded_redis(tmp_path / "r") as url:
        app = make_app(city, redis_url=url)
        Browser(app).complain(text=LAMP + "一")
    with capture_logs() as lines:
        Browser(app).complain(text=LAMP + "二")
        Browser(app).complain(text=LAMP + "三")
    assert count(city) == 3
    warnings = [line for line in lines if line["event"] == "rate_limits_counted_per_process"]
    assert [line["log_level"] for line in warnings] == ["warning"]
    assert "13800005678" not in str(lines) and "路灯" not in str(lines)
