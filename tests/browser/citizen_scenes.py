"""Every page that a citizen can come to, and how to get there: what the tests of accessibility and comfort look at.

A scene stands for an address of the application (`endpoint`). One that has no scene and is not among NOT_PAGES fails
test_accessibility.py, so that no new page is forgotten.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from playwright.sync_api import expect

from tests.browser.citizen_visit import (
    ANSWERED,
    HANDLING,
    MATTER,
    PLACE,
    SEND,
    SURVEY,
    Visit,
    accept,
    decline,
    pause,
    supervise,
)
from tests.browser.gone_by import october
from tests.citizen import photo

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
    "public.month_csv": "a file",
    "public.month_json": "for programmes",
}


def scene(name: str, endpoint: str) -> Callable[[Go], Go]:
    """Register a scene."""

    def register(go: Go) -> Go:
        assert name not in SCENES
        SCENES[name] = Scene(endpoint, go)
        return go

    return register


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
    expect(visit.page.locator(".error-summary")).to_be_focused()


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
    visit.filed()
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
    number = visit.filed()
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
    number = visit.filed()
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
    visit.page.evaluate("document.querySelectorAll('main details').forEach(fold => { fold.open = true })")
    visit.page.wait_for_selector(".map-mark")


@scene("public and empty", "public.tickets")
def _public_and_empty(visit: Visit) -> None:
    visit.open("/public")


@scene("public with nothing found", "public.tickets")
def _public_with_nothing_found(visit: Visit) -> None:
    visit.open("/public?q=没有这样的事")


@scene("public months", "public.months")
def _public_months(visit: Visit) -> None:
    october(visit.city)
    visit.open("/public/rates")


@scene("public month", "public.month")
def _public_month(visit: Visit) -> None:
    october(visit.city)
    visit.open("/public/rates/2026-10")


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
