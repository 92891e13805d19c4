"""Addresses in citizens' words are words; staff open one on purpose, knowing where it leads."""

from __future__ import annotations

import html
import re

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hotline.web.away import as_said
from tests.city import City
from tests.desk import Person

BAIT = "照片见 http://evil.example/a?b=1&c=2，或 www.bait-12319.top/x 和 t.cn/AbC。"


def buttons(page: str) -> list[str]:
    return [html.unescape(url) for url in re.findall(r'class="away" href="([^"]+)"', page)]


def test_an_address_is_opened_by_a_page_that_warns(city: City, app: Flask) -> None:
    number = city.accepted(text=f"香溪路路灯不亮。{BAIT}")
    desk = Person(app, "olga")
    page = desk.ticket(number).html
    assert not re.search(r'href="[^"]*(evil|bait|t\.cn)', page), "none is a link by itself"
    assert len(buttons(page)) == 3
    between = desk.open(buttons(page)[0])
    assert between.status == 200
    shown = html.unescape(between.html)
    assert "http://evil.example/a?b=1&c=2" in shown
    assert 'href="http://evil.example/a?b=1&c=2" rel="noreferrer' in shown
    assert "不属于本热线" in shown
    assert "http://www.bait-12319.top/x" in desk.open(buttons(page)[1]).html


def test_our_page_leads_only_where_somebody_has_written(city: City, app: Flask) -> None:
    desk = Person(app, "olga")
    for forged in ("http://evil.example", "ImphdmFzY3JpcHQ6YWxlcnQoMSki.x", "", "%00"):
        assert desk.open(f"/desk/away?to={forged}").status == 404
    assert app.test_client().get("/desk/away?to=x").status_code == 302, "strangers are asked to log in"


@pytest.mark.parametrize(
    "words",
    [
        "javascript:alert(1)", "data:text/html,x", "邮箱 a@b.com", "建设路18号.2026年", "3.5米", "1.com.", "a.b",
        "<a href='http-x'>", "file:///etc/passwd",
    ],
)  # fmt: skip
def test_what_is_no_web_address_gets_no_button(app: Flask, words: str) -> None:
    with app.test_request_context():
        made = str(as_said(words))
    assert "evil" not in made
    assert made.count("<a ") == (1 if words == "1.com." else 0)


def test_letters_that_only_look_alike_are_shown_as_what_they_are(app: Flask, city: City) -> None:
    number = city.accepted(text="请看 http://аpple.com/x 路灯不亮")
    desk = Person(app, "olga")
    page = desk.open(buttons(desk.ticket(number).html)[0]).html
    assert "xn--pple-43d.com" in page


@given(
    st.text() | st.lists(st.sampled_from(["http://a.cn/", "<script>", '"', "&", "www.x.com", "，", "'"])).map("".join)
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_whatever_was_written_stays_what_it_was(app: Flask, words: str) -> None:
    with app.test_request_context():
        made = str(as_said(words))
    assert html.unescape(re.sub(r' <a class="away"[^<>]*>打开链接</a>', "", made)) == words
    assert "<" not in re.sub(r' <a class="away" href="[^"<>]*" target="_blank" rel="[a-z ]*">打开链接</a>', "", made)
