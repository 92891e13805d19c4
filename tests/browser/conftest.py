"""A real Chromium on a real server, whose clock is turned by hand."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from flask import Flask, abort
from playwright.sync_api import Browser, Page, ViewportSize, expect, sync_playwright
from werkzeug.exceptions import ServiceUnavailable
from werkzeug.serving import make_server

from hotline.web.app import create_app
from hotline.web.citizen import guarding
from runner import checks
from tests.browser.citizen_visit import PATIENCE, PHONE, Visit
from tests.browser.desk_visit import Desks
from tests.city import City

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The system's Chromium; `./run test` sees to it that there is one."""
    program = checks.browser()
    assert program, "请先安装 Chromium（Debian：apt install chromium-headless-shell）"
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=ARGUMENTS, timeout=4 * PATIENCE)
        yield browser
        browser.close()


@pytest.fixture
def app(city: City, monkeypatch: pytest.MonkeyPatch) -> Flask:
    """The city's application. Its clock stands still, and a test fills in a form faster than any person."""
    monkeypatch.setattr(guarding, "FASTEST", timedelta(0))
    return create_app(city.office, secret_key="browser-test-secret-key", clock=lambda: city.now)


def closed_at_last(answer: Iterable[bytes]) -> Iterator[bytes]:
    """Also where the browser hangs up: then the server of the tests forgets to close the file that it was sending."""
    try:
        yield from answer
    finally:
        close = getattr(answer, "close", None)
        if close is not None:
            close()


class Answering:
    """An application, and how many requests it has in hand: their connections are still out on loan."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._in_hand = 0
        self._over = False
        self._less = threading.Condition()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        with self._less:
            if self._over:
                return ServiceUnavailable()(environ, start_response)
            self._in_hand += 1
        try:
            return closed_at_last(self._app(environ, start_response))
        finally:
            with self._less:
                self._in_hand -= 1
                self._less.notify_all()

    def finish(self) -> None:
        """Wait for what a browser asked for and left alone, a picture or a hint; whoever comes later is refused."""
        with self._less:
            self._over = True
            assert self._less.wait_for(lambda: not self._in_hand, PATIENCE / 1000), "一个请求没有结束"


@pytest.fixture
def site(city: City, app: Flask) -> Iterator[str]:
    """The address of the city's web server."""
    answering = Answering(app)
    server = make_server("127.0.0.1", 0, answering, threaded=True)
    city.office.site = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))  # seconds until it notices the end
    thread.start()
    yield city.office.site
    server.shutdown()
    thread.join()
    server.server_close()
    answering.finish()


@pytest.fixture
def broken(app: Flask) -> None:
    """Addresses that only answer with the error in their name."""
    app.add_url_rule("/error-of-the-tests/<int:code>", view_func=abort, endpoint="error")


@pytest.fixture
def screen() -> ViewportSize:
    """How large the window is: a phone's, unless a test is marked with SCREENS."""
    return PHONE


@pytest.fixture
def visit(broken: None, chromium: Browser, site: str, city: City, screen: ViewportSize) -> Iterator[Visit]:
    """A citizen's browser."""
    context = chromium.new_context(viewport=screen, locale="zh-CN")
    visit = Visit(context.new_page(), site, city)
    yield visit
    context.close()


@pytest.fixture(scope="module")
def window(chromium: Browser) -> Iterator[Page]:
    """One for many short visits: a new one costs as much as all that is done there."""
    context = chromium.new_context(viewport=PHONE, locale="zh-CN")
    yield context.new_page()
    context.close()


@pytest.fixture
def passing(broken: None, window: Page, site: str, city: City) -> Iterator[Visit]:
    """A citizen who has never been here, in the window of whoever was here before."""
    visit = Visit(window, site, city)
    yield visit
    visit.leave()


@pytest.fixture
def desks(chromium: Browser, site: str) -> Iterator[Desks]:
    """The browsers of the desk, one for each person of the cast who sits down."""
    desks = Desks(chromium, site)
    yield desks
    desks.close()
