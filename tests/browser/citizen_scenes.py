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

import sqlalchemy as sa
from playwright.sync_api import Page

from hotline.models import Ground, Message
from hotline.services import accepting, assigning, checking, handling, pausing, replying, supervising
from tests.citizen import photo
from tests.city import City

PHONE: Final = {"width": 360, "height": 740}
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
        found = re.search(r"\d{14}", self.page.url)
        key = re.search(r"\b[2-9A-HJKMNP-Z]{10}\b", self.page.locator("main").inner_text())
        assert found and key, self.page.locator("main").inner_text()
        self.number, self.key = found[0], key[0]
        return self.number

    def code(self) -> str:
        """The code of the last text that was sent."""
        vault, query = self.city.office.vault, sa.select(Message).order_by(Message.id.desc())
        code = re.search(r"\b\d{6}\b", vault.open(self.city.rows(query)[0].body_sealed))
        assert code
        return code[0]

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
    "citizen.back_to_own_data": "sends back to one's own data",
    "citizen.own_data_file": "a file",
    "citizen.hints": "parts of the form, looked at there",
    "public.photo": "a picture",
    "public.feed": "for programmes",
    "public.rates_csv": "a file",
    "public.rates_json": "for programmes",
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
        supervising.supervise(work, number, "order", Ground.LEADER, "请立即办理，并说明原因。")


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
SURVEY = 'form[action*="/survey"]'

# --- the pages ---------------------------------------------------------------------------------------------------


@scene("home", "citizen.home")
def _home(visit: Visit) -> None:
    visit.open("/")


@scene("privacy", "citizen.privacy")
def _privacy(visit: Visit) -> None:
    visit.open("/privacy")


@scene("privacy of a version", "citizen.privacy_version")
def _privacy_of_a_version(visit: Visit) -> None:
    (newest, *_) = reversed(list(visit.city.office.privacy.notices))
    visit.open(f"/privacy/{newest.version}")


# filing


@scene("form", "citizen.complain")
def _form(visit: Visit) -> None:
    visit.open("/complaints/new")
    for fold in visit.page.locator("main details > summary").all():
        fold.click()


@scene("form with errors", "citizen.complain")
def _form_with_errors(visit: Visit) -> None:
    visit.fill_in("", "", "12")
    visit.send(SEND)


@scene("form in danger", "citizen.complain")
def _form_in_danger(visit: Visit) -> None:
    visit.fill_in("大桥路口燃气泄漏，闻到很浓的煤气味")
    visit.page.wait_for_selector("[data-part=danger] .notice")


@scene("form with what others have said", "citizen.complain")
def _form_with_neighbours(visit: Visit) -> None:
    visit.city.accepted(text=MATTER, place=PLACE)
    visit.fill_in()
    visit.page.wait_for_selector("[data-part=nearby] fieldset")


@scene("form with a photo", "citizen.complain")
def _form_with_a_photo(visit: Visit) -> None:
    visit.fill_in()
    visit.page.locator('[name="photos"]').set_input_files(
        {"name": "灯.jpg", "mimeType": "image/jpeg", "buffer": photo((320, 240))}
    )
    visit.page.wait_for_selector("[data-photos-list] img")


@scene("asked whether it is the same", "citizen.complain")
def _asked_whether_the_same(visit: Visit) -> None:
    visit.city.accepted(text=MATTER, place=PLACE)
    visit.fill_in()
    visit.send(SEND)
    visit.page.wait_for_selector(".matters")


@scene("complained already", "citizen.complain")
def _complained_already(visit: Visit) -> None:
    visit.complain()
    visit.city.turn(hours=1)
    visit.fill_in()
    visit.send(SEND)
    if visit.page.locator(".matters").count():
        visit.send('[name="same"][value="no"]')


@scene("receipt", "citizen.received")
def _receipt(visit: Visit) -> None:
    visit.complain()


@scene("urgent receipt", "citizen.received")
def _urgent_receipt(visit: Visit) -> None:
    visit.complain("大桥路口燃气泄漏，闻到很浓的煤气味，请快来人。")


# finding it again


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


@scene("lost key", "citizen.lost")
def _lost(visit: Visit) -> None:
    visit.open("/q/lost")


@scene("lost key with errors", "citizen.send_code")
def _lost_with_errors(visit: Visit) -> None:
    visit.open("/q/lost")
    visit.send()


@scene("code asked for", "citizen.code")
def _code(visit: Visit) -> None:
    number = visit.complain()
    visit.open("/q/lost")
    visit.page.locator('[name="number"]').fill(number)
    visit.page.locator('[name="phone"]').fill("199 0000 0001")
    visit.send()


@scene("code with errors", "citizen.redeem")
def _code_with_errors(visit: Visit) -> None:
    _code(visit)
    visit.page.locator('[name="code"]').fill("12")
    visit.send()


@scene("code redeemed", "citizen.redeem")
def _code_redeemed(visit: Visit) -> None:
    _code(visit)
    visit.page.locator('[name="code"]').fill(visit.code())
    visit.send()


# where it stands


@scene("received", "citizen.status")
def _received(visit: Visit) -> None:
    visit.status()


@scene("handling", "citizen.status")
def _handling(visit: Visit) -> None:
    visit.status(*HANDLING)
    for fold in visit.page.locator("main details > summary").all():
        fold.click()


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


# what the citizen does with it


@scene("addition with errors", "citizen.add")
def _addition_with_errors(visit: Visit) -> None:
    visit.status(*HANDLING)
    visit.page.locator("#add > summary").click()
    visit.send("#add [type=submit]")


@scene("urged", "citizen.urge")
def _urged(visit: Visit) -> None:
    visit.status(*HANDLING)
    visit.page.locator("#urge > summary").click()
    visit.send("#urge [type=submit]")


@scene("withdrawn", "citizen.withdraw")
def _withdrawn(visit: Visit) -> None:
    visit.status(accept)
    visit.page.locator("#withdraw > summary").click()
    visit.send("#withdraw [type=submit]")


@scene("survey with errors", "citizen.survey")
def _survey_with_errors(visit: Visit) -> None:
    visit.status(*ANSWERED)
    visit.send(f"{SURVEY} [type=submit]")


@scene("closed", "citizen.survey")
def _closed(visit: Visit) -> None:
    visit.status(*ANSWERED)
    visit.page.locator(f'{SURVEY} [name="solved"][value="yes"]').check()
    visit.page.locator(f'{SURVEY} [name="satisfaction"][value="5"]').check()
    visit.send(f"{SURVEY} [type=submit]")


@scene("not solved", "citizen.rework")
def _not_solved(visit: Visit) -> None:
    _closed(visit)
    visit.page.locator("#unsolved > summary").click()
    visit.page.locator('#unsolved [name="reason"]').fill("东边两盏仍不亮，请再来看看。")
    visit.send("#unsolved [type=submit]")


@scene("left", "citizen.leave")
def _left(visit: Visit) -> None:
    visit.status()
    visit.send('form[action*="/leaving"] button')


# one's own data


@scene("own data", "citizen.own_data")
def _own_data(visit: Visit) -> None:
    number = visit.complain()
    visit.open(f"/q/{number}/data")
    for fold in visit.page.locator("main details > summary").all():
        fold.click()


@scene("correction with errors", "citizen.correct_own_data")
def _correction_with_errors(visit: Visit) -> None:
    _own_data(visit)
    visit.page.locator('#correction [name="phone"]').fill("12")
    visit.send("#correction [type=submit]")


@scene("erasure with errors", "citizen.erase_own_data")
def _erasure_with_errors(visit: Visit) -> None:
    _closed(visit)
    visit.open(f"/q/{visit.number}/data")
    visit.page.locator("#erasure > summary").click()
    visit.send("#erasure [type=submit]")


@scene("erased", "citizen.erase_own_data")
def _erased(visit: Visit) -> None:
    _erasure_with_errors(visit)
    visit.page.locator('#erasure [name="sure"]').check()
    visit.send("#erasure [type=submit]")


# what everybody may see


@scene("public", "public.tickets")
def _public(visit: Visit) -> None:
    _publish(visit)
    visit.open("/public")
    for fold in visit.page.locator("main details > summary").all():
        fold.click()


@scene("public and empty", "public.tickets")
def _public_and_empty(visit: Visit) -> None:
    visit.open("/public")


@scene("public with nothing found", "public.tickets")
def _public_with_nothing_found(visit: Visit) -> None:
    visit.open("/public?q=没有这样的事")


@scene("public matter", "public.ticket")
def _public_matter(visit: Visit) -> None:
    visit.open(f"/public/{_publish(visit)}")
    assert visit.page.locator("h1").inner_text()


def _publish(visit: Visit) -> str:
    """Two matters that strangers may see, one of them answered; its number."""
    visit.city.accepted(text="人民广场垃圾满了没有人清运", place="人民广场", latitude=30.1, longitude=120.2)
    return visit.city.replied(text=MATTER, place=PLACE, latitude=30.12, longitude=120.21)


# when something is wrong


def _error(status: int) -> None:
    @scene(f"error {status}", "")
    def go(visit: Visit) -> None:
        answer = visit.page.goto(f"{visit.site}/error-of-the-tests/{status}?lang={visit.language}")
        assert answer is not None and answer.status == status


for _status in (400, 403, 404, 409, 413, 429, 500):
    _error(_status)
