"""Every page that a citizen can come to, and how to get there: what the tests of accessibility and comfort look at.

A scene stands for an address of the application (`endpoint`). One that has no scene and is not among NOT_PAGES fails
test_accessibility.py, so that no new page is forgotten.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from playwright.sync_api import Page

from hotline.services import accepting, assigning, checking, handling, pausing, replying, supervising
from tests.city import City

PHONE: Final = {"width": 360, "height": 740}
MATTER = "香溪路与大桥路口的路灯不亮三天了，晚上看不清路。"
PLACE = "香溪路与大桥路口"
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
        self.page.set_default_timeout(8000)
        self.page.on("pageerror", lambda error: self.problems.append(str(error)))
        self.page.on("console", self._note)

    def _note(self, message: object) -> None:
        text = getattr(message, "text", "")
        if getattr(message, "type", "") == "error" and "status of" not in text:  # a 404 that was asked for is no fault
            self.problems.append(text)

    def open(self, path: str) -> None:
        """Go there, in the language of the visit."""
        self.page.goto(f"{self.site}{path}{'&' if '?' in path else '?'}lang={self.language}")

    def send(self, inside: str = "main") -> None:
        """Press the button of the form, as somebody who has taken the time to fill it in."""
        self.city.turn(seconds=30)
        with self.page.expect_navigation():
            self.page.locator(f'{inside} form button[type="submit"]').first.click()

    def complain(self, text: str = MATTER) -> str:
        """File a complaint in this browser and stay on its receipt; the number."""
        self.open("/complaints/new")
        self.page.locator('[name="text"]').fill(text)
        self.page.locator('[name="place"]').fill(PLACE)
        self.page.locator('[name="phone"]').fill("199 0000 0001")
        self.send()
        self.page.wait_for_url("**/received*")
        found = re.search(r"\d{14}", self.page.url)
        key = re.search(r"\b[2-9A-HJKMNP-Z]{10}\b", self.page.locator("main").inner_text())
        assert found and key, self.page.locator("main").inner_text()
        self.number, self.key = found[0], key[0]
        return self.number

    def status(self, *doings: Callable[[City, str], None]) -> None:
        """File a complaint, let the house do this with it, and look at where it stands."""
        number = self.complain()
        for do in doings:
            do(self.city, number)
            self.city.turn(minutes=10)
        self.open(f"/q/{number}")


Go = Callable[[Visit], None]


@dataclass(frozen=True)
class Scene:
    """`endpoint`: whose page it is; empty for an error's."""

    endpoint: str
    go: Go


SCENES: dict[str, Scene] = {}
#: Addresses under which a citizen sees no page of ours, each with what is there instead.
NOT_PAGES: Final[dict[str, str]] = {
    "citizen.back": "sends back to the complaint's page",
}


def scene(name: str, endpoint: str) -> Callable[[Go], Go]:
    """Register a scene."""

    def register(go: Go) -> Go:
        assert name not in SCENES
        SCENES[name] = Scene(endpoint, go)
        return go

    return register


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
        supervising.supervise(work, number, Ground.BAD_CONDUCT, "请立即办理，并说明原因。")


def pause(city: City, number: str) -> None:
    with city.work("hans") as work:
        pausing.request(work, number, "等待备件到货，预计两周。", date(2026, 10, 26))
    with city.work("sven") as work:
        pausing.decide(work, number, True, "同意")


def approve(city: City, number: str) -> None:
    with city.work("sven") as work:
        checking.approve(work, number)


def reply(city: City, number: str) -> None:
    with city.work("olga") as work:
        replying.reply(work, number, ANSWER)


HANDLING = (accept, assign, sign)
ANSWERED = (*HANDLING, submit, approve, reply)

# --- the pages ---------------------------------------------------------------------------------------------------


@scene("home", "citizen.home")
def _home(visit: Visit) -> None:
    visit.open("/")


@scene("form", "citizen.complain")
def _form(visit: Visit) -> None:
    visit.open("/complaints/new")


@scene("form with errors", "citizen.complain")
def _form_with_errors(visit: Visit) -> None:
    visit.open("/complaints/new")
    visit.page.locator('[name="phone"]').fill("12")
    visit.send()


@scene("form in danger", "citizen.complain")
def _form_in_danger(visit: Visit) -> None:
    visit.open("/complaints/new")
    visit.page.locator('[name="text"]').fill("燃气泄漏，闻到很浓的煤气味")
    visit.page.locator('[name="place"]').focus()
    visit.page.wait_for_timeout(800)


@scene("form with me-too", "citizen.complain")
def _form_with_me_too(visit: Visit) -> None:
    visit.city.accepted(text=MATTER, place=PLACE)
    visit.open("/complaints/new")
    visit.page.locator('[name="text"]').fill(MATTER)
    visit.page.locator('[name="place"]').fill(PLACE)
    visit.send()


@scene("receipt", "citizen.received")
def _receipt(visit: Visit) -> None:
    visit.complain()


@scene("urgent receipt", "citizen.received")
def _urgent_receipt(visit: Visit) -> None:
    visit.complain("大桥路口燃气泄漏，闻到很浓的煤气味，请快来人。")


@scene("lookup", "citizen.lookup")
def _lookup(visit: Visit) -> None:
    visit.open("/q")


@scene("lookup with errors", "citizen.look_up")
def _lookup_with_errors(visit: Visit) -> None:
    visit.open("/q")
    visit.send()


@scene("lookup with a wrong key", "citizen.look_up")
def _lookup_wrong(visit: Visit) -> None:
    visit.open("/q")
    visit.page.locator('[name="number"]').fill("20261012000001")
    visit.page.locator('[name="key"]').fill("AAAAAAAAAA")
    visit.send()


@scene("somebody else's number", "citizen.status")
def _closed_door(visit: Visit) -> None:
    visit.open("/q/20261012000001")


@scene("somebody else's number with a wrong key", "citizen.open_up")
def _closed_door_with_a_wrong_key(visit: Visit) -> None:
    visit.open("/q/20261012000001")
    visit.page.locator('[name="key"]').fill("AAAAAAAAAA")
    visit.send()


@scene("received", "citizen.status")
def _received(visit: Visit) -> None:
    visit.status()


@scene("handling", "citizen.status")
def _handling(visit: Visit) -> None:
    visit.status(*HANDLING)
    for step in visit.page.locator("details > summary").all():
        step.click()


@scene("overdue and supervised", "citizen.status")
def _supervised(visit: Visit) -> None:
    visit.status(*HANDLING, supervise)


@scene("paused", "citizen.status")
def _paused(visit: Visit) -> None:
    visit.status(*HANDLING, pause)


@scene("answered", "citizen.status")
def _answered(visit: Visit) -> None:
    visit.status(*ANSWERED)


@scene("declined", "citizen.status")
def _declined(visit: Visit) -> None:
    visit.status(decline)


@scene("addition with errors", "citizen.add")
def _addition_with_errors(visit: Visit) -> None:
    visit.status(*HANDLING)
    visit.page.locator("#add > summary").click()
    visit.send("#add")


@scene("survey with errors", "citizen.survey")
def _survey_with_errors(visit: Visit) -> None:
    visit.status(*ANSWERED)
    form = 'form[action*="/survey"]'
    visit.city.turn(seconds=30)
    with visit.page.expect_navigation():
        visit.page.locator(f'{form} button[type="submit"]').click()


@scene("urged", "citizen.urge")
def _urged(visit: Visit) -> None:
    visit.status(*HANDLING)
    visit.page.locator("#urge > summary").click()
    visit.send("#urge")


@scene("withdrawn", "citizen.withdraw")
def _withdrawn(visit: Visit) -> None:
    visit.status(accept)
    visit.page.locator("#withdraw > summary").click()
    visit.send("#withdraw")


@scene("closed", "citizen.survey")
def _closed(visit: Visit) -> None:
    visit.status(*ANSWERED)
    form = visit.page.locator('form[action*="/survey"]')
    form.locator('[name="solved"][value="yes"]').check()
    form.locator('[name="satisfaction"][value="5"]').check()
    with visit.page.expect_navigation():
        form.locator('button[type="submit"]').click()


@scene("not solved", "citizen.rework")
def _not_solved(visit: Visit) -> None:
    _closed(visit)
    visit.page.locator("#unsolved > summary").click()
    visit.page.locator('#unsolved [name="reason"]').fill("东边两盏仍不亮，请再来看看。")
    visit.send("#unsolved")


@scene("left", "citizen.leave")
def _left(visit: Visit) -> None:
    visit.status()
    with visit.page.expect_navigation():
        visit.page.locator('form[action*="/leaving"] button').click()


def _error(status: int) -> None:
    @scene(f"error {status}", "")
    def go(visit: Visit) -> None:
        visit.open(f"/error-of-the-tests/{status}")


for _status in (400, 403, 404, 409, 413, 429, 500):
    _error(_status)
