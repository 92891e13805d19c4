"""A citizen's browser on the city's site, and what the house does with the complaint meanwhile."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Final

import pytest
import sqlalchemy as sa
from playwright.sync_api import Page, ViewportSize

from hotline.models import Ground, Message
from hotline.services import accepting, assigning, checking, handling, pausing, replying, supervising
from tests.citizen import field as field_of
from tests.city import City

PATIENCE: Final = 60_000  # ms: a busy machine shrinks a photo in many seconds, and only what fails waits so long
PHONE: Final[ViewportSize] = {"width": 360, "height": 740}
DESK: Final[ViewportSize] = {"width": 1280, "height": 800}
SCREENS: Final = pytest.mark.parametrize("screen", [PHONE, DESK], ids=["360px", "1280px"])
MATTER = "香溪路与大桥路口的路灯不亮三天了，晚上看不清路。"
PLACE = "香溪路与大桥路口"
SEND = "main form[data-send] .actions [type=submit]"
ANSWER = "您反映的香溪路路灯已于10月13日修复，如仍有问题请联系市政处0320-0002101。"


@dataclass
class Visit:
    """A citizen's browser on the city's site; `language` is the one the pages are asked for in."""

    page: Page
    site: str
    city: City
    language: str = "zh"
    number: str = ""
    key: str = ""
    problems: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.set_default_timeout(PATIENCE)
        self.page.on("pageerror", self._fail)
        self.page.on("console", self._note)

    def _fail(self, error: object) -> None:
        self.problems.append(str(error))

    def _note(self, message: object) -> None:
        text = getattr(message, "text", "")
        if getattr(message, "type", "") == "error" and "status of" not in text:  # a 404 that was asked for is no fault
            self.problems.append(text)

    def leave(self) -> None:
        """Leave the window to who comes next: nothing is remembered here, and nothing is set otherwise."""
        self.page.remove_listener("pageerror", self._fail)
        self.page.remove_listener("console", self._note)
        self.page.evaluate("localStorage.clear(); sessionStorage.clear()")
        self.page.context.clear_cookies()
        self.page.goto("about:blank")
        self.page.set_viewport_size(PHONE)
        self.page.emulate_media(color_scheme="light", forced_colors="none")

    def open(self, path: str) -> None:
        """Go there, in the language of the visit."""
        self.page.goto(f"{self.site}{path}{'&' if '?' in path else '?'}lang={self.language}")

    def send(self, button: str = 'main form button[type="submit"]') -> None:
        """Press it, as somebody who has taken the time to fill the form in; done when another page is there.

        Where scripts send a form they write the page that comes back over this one, without going anywhere.
        """
        self.city.turn(seconds=30)
        self.page.evaluate("document.body.setAttribute('data-left', '')")
        self.page.locator(button).first.click()
        self.page.wait_for_selector("body:not([data-left]) footer")
        self.page.wait_for_load_state()

    def fill_in(self, text: str = MATTER, place: str = PLACE, phone: str = "199 0000 0001") -> None:
        """Open the form and write into it."""
        self.open("/complaints/new")
        self.page.locator('[name="text"]').fill(text)
        self.page.locator('[name="place"]').fill(place)
        self.page.locator('[name="phone"]').fill(phone)

    def complain(self, text: str = MATTER) -> str:
        """File a complaint in this browser and stay on its receipt; the number."""
        self.fill_in(text)
        self.send(SEND)
        self.page.wait_for_url("**/received*")
        return self._take(self.page.content())

    def filed(self, text: str = MATTER) -> str:
        """File one in this browser beforehand, without looking at the pages, for who wants to see what comes after."""
        browser, address = self.page.context.request, f"{self.site}/complaints/new?lang={self.language}"
        form = browser.get(address).text()
        self.city.turn(seconds=30)
        told: dict[str, str | float | bool] = {"text": text, "place": PLACE, "phone": "199 0000 0001"}
        told |= {"identity": "named", "wants_reply": "yes"}
        told |= {name: field_of(form, name) for name in ("csrf_token", "form_key")}
        return self._take(browser.post(address, form=told).text())

    def _take(self, page: str) -> str:
        """Number and key are what a receipt says first."""
        number, key, *_ = re.findall(r"<dt>[^<]*</dt><dd>(\w+)</dd>", page)
        self.number, self.key = number, key
        return self.number

    def code(self) -> str:
        """The code of the last text that was sent."""
        vault, query = self.city.office.vault, sa.select(Message).order_by(Message.id.desc())
        code = re.search(r"(?<!\d)\d{6}(?!\d)", vault.open(self.city.rows(query)[0].body_sealed))
        assert code
        return code[0]

    def status(self, *doings: Callable[[City, str], None]) -> None:
        """File a complaint, let the house do this with it, and look at where it stands."""
        number = self.filed()
        for do in doings:
            do(self.city, number)
            self.city.turn(minutes=10)
        self.open(f"/q/{number}")


# --- what the house does -----------------------------------------------------------------------------------------


def accept(city: City, number: str) -> None:
    with city.work("olga") as work:
        accepting.accept(work, number)


def decline(city: City, number: str) -> None:
    with city.work("olga") as work:
        accepting.decline(work, number, "属于供水企业的服务事项", "市供水公司热线 96116")


def assign(city: City, number: str) -> None:
    with city.work("dora") as work:
        assigning.assign(work, number, city.unit_id("lamps"))


def sign(city: City, number: str) -> None:
    with city.work("hans") as work:
        handling.sign(work, number)


def submit(city: City, number: str) -> None:
    with city.work("hans") as work:
        handling.submit(work, number, "已更换灯头两只，10月12日晚恢复照明。")


def supervise(city: City, number: str) -> None:
    with city.work("sven") as work:
        supervising.supervise(work, number, "order", Ground.LEADER, "请立即办理，并说明原因。")


def pause(city: City, number: str) -> None:
    with city.work("hans") as work:
        pausing.request(work, number, "等待备件到货，预计两周。", date(2026, 10, 26))
    with city.work("sven") as work:
        pausing.decide(work, number, True, "同意")


def approve(city: City, number: str) -> None:
    with city.work("sven") as work:
        checking.approve(work, number, "结果属实。")


def reply(city: City, number: str) -> None:
    with city.work("olga") as work:
        replying.reply(work, number, ANSWER)


HANDLING = (accept, assign, sign)
ANSWERED = (*HANDLING, submit, approve, reply)
SURVEY = 'form[action*="/survey"]'
