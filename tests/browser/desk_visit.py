"""A person of the cast at a browser of the desk."""

from __future__ import annotations

from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize

from tests.browser.citizen_visit import DESK, PATIENCE
from tests.citizen import field
from tests.city import PASSWORD


def log_in(context: BrowserContext, login: str) -> None:
    """Without looking at the page: the log-in has tests of its own."""
    form = context.request.get("/login").text()
    known: dict[str, str | float | bool] = {
        "csrf_token": field(form, "csrf_token"),
        "username": login,
        "password": PASSWORD,
    }
    assert context.request.post("/login", form=known).ok


class Desks:
    """The browsers of a test, each with one person logged in."""

    def __init__(self, browser: Browser, site: str) -> None:
        self._browser = browser
        self._site = site
        self._contexts: list[BrowserContext] = []

    def sit(self, login: str, screen: ViewportSize = DESK) -> Page:
        """A window of that person's own browser."""
        page = self.stand(screen)
        log_in(page.context, login)
        return page

    def stand(self, screen: ViewportSize = DESK) -> Page:
        """A window of somebody who is not logged in."""
        context = self._browser.new_context(viewport=screen, locale="zh-CN", base_url=self._site)
        self._contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        return page

    def close(self) -> None:
        """All of them."""
        for context in self._contexts:
            context.close()
