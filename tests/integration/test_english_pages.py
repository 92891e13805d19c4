"""Somebody whose browser asks for English reads no Chinese but names, and what people wrote; the desks stay Chinese.

Everybody in these scenes writes English, but for a few words (CHINESE), so that whatever else is Chinese on a page was
forgotten in the catalogue.
A page that has no scene fails the first test.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final

import pytest
import sqlalchemy as sa
from werkzeug.test import TestResponse

from hotline.models import Category, Ground, Message, Unit
from hotline.services import (
    accepting,
    assigning,
    checking,
    extending,
    handling,
    pausing,
    replying,
    reworking,
    supervising,
    surveying,
)
from tests.citizen import Browser, field, file, make_app, photo
from tests.city import City
from tests.desk import Person
from tests.unit.test_languages import HAN

LAMP: Final = "The street lamps at the corner have been dark for three days."
PLACE: Final = "corner of Xiangxi Road and Daqiao Road"
GAS: Final = "There is a strong smell of gas on the stairs."
CHINESE: Final = ("香溪路与大桥路口的路灯不亮三天了", "香溪路与大桥路口", "路灯", "不亮")
ANSWER: Final = "Two lamps were replaced on 13 October. Telephone 0320-0002101."

#: Addresses of the citizens' doors under which nobody reads a page, each with what is there instead.
NO_PAGES: Final = {
    "citizen.back": "sends back to the complaint's page",
    "citizen.back_to_own_data": "sends back to the page of one's own data",
    "citizen.own_data_file": "one's own data for machines",
    "public.photo": "a picture",
    "public.feed": "a feed, in Chinese for everybody",
    "public.rates_json": "figures for machines",
    "public.rates_csv": "figures for spreadsheets",
}


class Visit:
    """A citizen with an English browser; every page that she is shown is kept to be read."""

    def __init__(self, city: City) -> None:
        self.city, self.app = city, make_app(city)
        self.browser = Browser(self.app)
        self.browser.headers["Accept-Language"] = "en-GB,en;q=0.9"
        self.pages: list[tuple[str, str]] = []
        self.number = self.key = ""

    def see(self, path: str, status: int = 200) -> str:
        """Open a page."""
        return self._shown(path, self.browser.get(path), status)

    def send(self, path: str, status: int, **fields: Any) -> str:
        """Send a form and read what comes back, or where it leads."""
        answer = self.browser.post(path, fields)
        if answer.status_code == 303:
            return self.see(answer.location, status)
        return self._shown(path, answer, status)

    def _shown(self, path: str, answer: TestResponse, status: int) -> str:
        assert answer.status_code == status, f"{path}: {answer.status}\n{answer.text[:2000]}"
        self.pages.append((path, answer.text))
        return answer.text

    def form(self, **fields: Any) -> dict[str, Any]:
        """The complaint form, filled in by somebody who takes her time."""
        filled = self.browser.form(**{"text": LAMP, "place": PLACE, "name": "Jane Doe"} | fields)
        self.city.turn(seconds=30)
        return filled

    def complain(self, **fields: Any) -> str:
        """File a complaint and read the receipt."""
        answer = self.browser.send(self.form(**fields))
        assert answer.status_code == 303, answer.text
        receipt = self.see(answer.location)
        found = re.search(r"<dd>(\d{14})</dd>.*?<dd>(\w+)</dd>", receipt, re.DOTALL)
        assert found
        self.number, self.key = found.groups()
        return self.number

    def come_back(self) -> str:
        """Another day: the key is asked for again."""
        self.see(f"/q/{self.number}")
        return self.send("/q", 200, number=self.number, key=self.key)

    def last_code(self) -> str:
        """The code of the last text message."""
        with self.city.office.session() as session:
            body = session.scalar(sa.select(Message.body_sealed).order_by(Message.id.desc()).limit(1))
        found = re.search(r"\d{6}", self.city.office.vault.open(body))
        assert found
        return found[0]

    def follow(self, *doings: Callable[[City, str], None], **fields: Any) -> str:
        """File a complaint, let the house do this with it, and look where it stands after each."""
        self.complain(**fields)
        for do in doings:
            self.city.turn(minutes=10)
            do(self.city, self.number)
            self.come_back() if do is rot else self.see(f"/q/{self.number}")
        return self.see(f"/q/{self.number}")


# --- what the house does


def accept(city: City, number: str) -> None:
    with city.work("olga") as work:
        accepting.accept(work, number)


def decline(city: City, number: str) -> None:
    with city.work("olga") as work:
        accepting.decline(work, number, "This is for the water company", "water company, telephone 96116")


def void(city: City, number: str) -> None:
    with city.work("olga") as work:
        accepting.void(work, number, "A test")


def assign(city: City, number: str) -> None:
    with city.work("dora") as work:
        assigning.assign(work, number, city.unit_id("lamps"))


def sign(city: City, number: str) -> None:
    with city.work("hans") as work:
        handling.sign(work, number)


def extend(city: City, number: str) -> None:
    with city.work("hans") as work:
        extending.request(work, number, "the part has to be ordered")
    with city.work("sven") as work:
        extending.decide(work, number, True, "yes")


def pause(city: City, number: str) -> None:
    with city.work("hans") as work:
        pausing.request(work, number, "the part is to come", (city.now + timedelta(days=14)).date())
    with city.work("sven") as work:
        pausing.decide(work, number, True, "yes")


def resume(city: City, number: str) -> None:
    with city.work("sven") as work:
        pausing.resume(work, number)


def supervise(city: City, number: str) -> None:
    with city.work("sven") as work:
        supervising.supervise(work, number, "order", Ground.LEADER, "At once, with an explanation.")


def rot(city: City, number: str) -> None:
    city.turn(days=60)


def submit(city: City, number: str) -> None:
    with city.work("hans") as work:
        handling.submit(work, number, "Two lamps replaced.")


def approve(city: City, number: str) -> None:
    with city.work("sven") as work:
        checking.approve(work, number)


def reply(city: City, number: str) -> None:
    with city.work("olga") as work:
        replying.reply(work, number, ANSWER)


def judge(city: City, number: str) -> None:
    with city.work("olga") as work:
        surveying.log(work, number, number, True, 5, "Thank you")


def rework(city: City, number: str) -> None:
    with city.work("sven") as work:
        reworking.rework(work, number, "One lamp is dark again")


HANDLING: Final = (accept, assign, sign)
ANSWERED: Final = (*HANDLING, submit, approve, reply)

# --- the scenes

Scene = Callable[[Visit], None]
SCENES: dict[str, tuple[Scene, tuple[str, ...]]] = {}


def scene(*endpoints: str) -> Callable[[Scene], Scene]:
    """A scene, and whose pages it reads."""

    def keep(go: Scene) -> Scene:
        SCENES[go.__name__] = (go, endpoints)
        return go

    return keep


@scene("citizen.home")
def home(visit: Visit) -> None:
    visit.see("/")


@scene("citizen.complain", "citizen.received")
def complain(visit: Visit) -> None:
    visit.see("/complaints/new")
    visit.complain(photos=file())
    visit.complain(identity="anonymous", phone="", wants_reply="no", text=GAS)


@scene("citizen.complain")
def complain_with_errors(visit: Visit) -> None:
    at = "/complaints/new"
    visit.send(at, 422)
    visit.send(at, 422, text="x" * 10_001, place="y" * 300, name="z" * 60, phone="12", form_key="none of ours")
    for phone in ("+999 1", "3552222", "1380000", "not a number", "1" * 50):
        visit.send(at, 422, **visit.form(phone=phone))
    for picture in (file("a.jpg", b""), file("b.jpg", b"no picture"), file("c.heic", b"\0\0\0\x18ftypheic")):
        visit.send(at, 422, **visit.form(photos=picture))
    visit.send(at, 422, **visit.form(photos=[file(data=photo((64 + n, 48))) for n in range(8)]))
    key = field(visit.see(at), "form_key")
    visit.send(at, 422, text=LAMP, place=PLACE, phone="138 0000 5678", form_key=key)  # faster than anybody writes
    visit.send(at, 422, **visit.form(website="http://example.com"))


@scene("citizen.complain", "citizen.hints")
def complain_about_the_same(visit: Visit) -> None:
    visit.city.accepted(text=CHINESE[0], place=CHINESE[1])
    filled = visit.form(phone="139 0000 5678", same=None, text=CHINESE[0], place=CHINESE[1])
    assert "reported by 1 person" in visit.send("/complaints/hints", 200, **filled)
    assert "(gas leak)" in visit.send("/complaints/hints", 200, **filled | {"text": GAS})
    visit.send("/complaints/new", 200, **filled)
    visit.send("/complaints/new", 200, **filled | {"same": "no"})
    visit.send("/complaints/new", 200, **visit.form(phone="139 0000 5678", text=CHINESE[0], place=CHINESE[1]))


@scene("citizen.lookup", "citizen.look_up", "citizen.open_up")
def lookup(visit: Visit) -> None:
    visit.see("/q")
    visit.see("/q/20261012000001")
    visit.send("/q", 422)
    visit.send("/q", 404, number="20261012000001", key="AAAAAAAAAA")
    visit.send("/q/20261012000001", 404, key="AAAAAAAAAA")
    for _ in range(12):
        last = visit.browser.post("/q", {"number": "20261012000001", "key": "AAAAAAAAAA"})
    visit.pages.append(("/q, too often", last.text))


@scene("citizen.status", "citizen.leave")
def handled(visit: Visit) -> None:
    page = visit.follow(*HANDLING, extend, pause, resume, supervise, submit, approve, reply)
    assert ANSWER in page
    visit.send(f"/q/{visit.number}/leaving", 200)


@scene("citizen.status")
def late(visit: Visit) -> None:
    visit.follow(rot, accept, rot, assign, rot, supervise, rot)


@scene("citizen.status")
def declined(visit: Visit) -> None:
    visit.follow(decline)


@scene("citizen.status")
def voided(visit: Visit) -> None:
    visit.follow(void)


@scene("citizen.add", "citizen.urge")
def add_and_urge(visit: Visit) -> None:
    visit.follow(*HANDLING)
    at = f"/q/{visit.number}"
    visit.send(f"{at}/additions", 422)
    visit.send(f"{at}/additions", 422, text="x" * 10_001)
    visit.send(f"{at}/additions", 422, text="Look", photos=file("a.jpg", b"no picture"))
    visit.send(f"{at}/additions", 200, text="It is dark there.", photos=file())
    visit.send(f"{at}/additions", 200, photos=file())
    visit.send(f"{at}/urging", 200)
    visit.send(f"{at}/urging", 409)


@scene("citizen.withdraw")
def withdraw(visit: Visit) -> None:
    visit.follow(accept)
    at = f"/q/{visit.number}"
    visit.send(f"{at}/withdrawal", 200, reason="It shines again")
    visit.send(f"{at}/additions", 409, text="It does not")
    visit.send(f"{at}/urging", 409)
    visit.send(f"{at}/withdrawal", 409)


@scene("citizen.survey", "citizen.rework")
def judge_it(visit: Visit) -> None:
    visit.follow(*ANSWERED)
    at = f"/q/{visit.number}"
    visit.send(f"{at}/survey", 422)
    visit.send(f"{at}/survey", 422, solved="no", satisfaction="9", comment="x" * 1001)
    visit.send(f"{at}/survey", 422, solved="no", satisfaction="1")
    visit.send(f"{at}/survey", 200, solved="yes", satisfaction="5", comment="Thank you")
    visit.send(f"{at}/survey", 409, solved="yes", satisfaction="5")
    visit.send(f"{at}/rework", 422, reason="")
    visit.send(f"{at}/rework", 200, reason="One is dark again", photos=file())
    for do in (assign, sign, submit, approve, reply):
        do(visit.city, visit.number)
    visit.see(at)
    visit.send(f"{at}/survey", 200, solved="no", satisfaction="2", comment="Still dark")
    for do in (assign, sign, submit, approve, reply):
        do(visit.city, visit.number)
    visit.see(at)  # the answer has been read, so that the verdict closes it
    judge(visit.city, visit.number)
    visit.see(at)
    rot(visit.city, visit.number)
    visit.come_back()
    visit.send(f"{at}/rework", 409, reason="Too late")
    rework(visit.city, visit.number)
    visit.see(at)


@scene("citizen.urge")
def from_another_browser(visit: Visit) -> None:
    visit.complain()
    visit.browser.client.delete_cookie("session")
    visit.send(f"/q/{visit.number}/urging", 403)


@scene("citizen.lost", "citizen.send_code", "citizen.code", "citizen.redeem")
def lose_the_key(visit: Visit) -> None:
    visit.complain(phone="138 0000 5678")
    visit.see("/q/lost")
    visit.send("/q/lost", 422, number="", phone="12")
    visit.send("/q/lost", 200, number=visit.number, phone="138 0000 5678")
    visit.see("/q/lost/code")
    visit.send("/q/lost/code", 422, number=visit.number, code="")
    visit.send("/q/lost/code", 404, number=visit.number, code="000000")
    visit.send("/q/lost/code", 200, number=visit.number, code=visit.last_code())


@scene("citizen.own_data", "citizen.correct_own_data", "citizen.erase_own_data")
def own_data(visit: Visit) -> None:
    visit.follow(*ANSWERED, photos=file())
    at = f"/q/{visit.number}/data"
    visit.send(f"/q/{visit.number}/additions", 200, photos=file())
    visit.send(f"/q/{visit.number}/survey", 200, solved="yes", satisfaction="5", comment="Thank you")
    visit.see(at)
    visit.send(f"{at}/correction", 422, name="x" * 60, phone="12")
    visit.send(f"{at}/correction", 200, name="Jane Doe-Smith", phone="139 0000 5678")
    visit.send(f"{at}/erasure", 422)
    visit.send(f"{at}/erasure", 200, sure="yes")


@scene("citizen.erase_own_data")
def erase_too_early(visit: Visit) -> None:
    visit.follow(*HANDLING)
    visit.see(f"/q/{visit.number}/data")
    visit.send(f"/q/{visit.number}/data/erasure", 409, sure="yes")


@scene("citizen.privacy", "citizen.privacy_version")
def privacy(visit: Visit) -> None:
    assert "2026-1" in visit.see("/privacy")
    visit.see("/privacy/2026-1")
    visit.see("/privacy/1999-1", 404)


@scene("public.tickets", "public.ticket")
def public(visit: Visit) -> None:
    visit.see("/public")
    lamp = visit.city.scalar(sa.select(Category.id).where(Category.name == "路灯不亮"))
    number = visit.city.accepted(text=LAMP, place=PLACE, category_id=lamp, latitude=31.49, longitude=120.31)
    for do in (assign, sign, submit, approve, reply):
        do(visit.city, number)
    late = visit.city.handling(text=LAMP, place=PLACE, category_id=lamp)
    visit.city.turn(days=40)
    supervise(visit.city, late)
    assert "The street lamps" in visit.see("/public")
    visit.see(f"/public/{number}")
    visit.see(f"/public/{late}")
    visit.see("/public?q=zebra&state=done")
    visit.see("/public/20990101000001", 404)


@scene()
def errors(visit: Visit) -> None:
    visit.see("/no/such/page", 404)
    visit.see("/files/none", 404)
    answer = visit.browser.client.delete("/q", headers=visit.browser.headers)
    visit.pages.append(("DELETE /q", answer.text))
    answer = visit.browser.client.post("/q", data={"number": "1"}, headers=visit.browser.headers)
    visit.pages.append(("/q without its token", answer.text))

    def breakdown() -> str:
        raise RuntimeError("on purpose")

    visit.app.view_functions["citizen.home"] = breakdown
    visit.see("/", 500)


# --- what is read


@pytest.fixture(scope="module")
def names(founded: str) -> list[str]:
    """The names of the city, longest first: data in every language."""
    engine = sa.create_engine(founded, poolclass=sa.NullPool)
    with engine.connect() as connection:
        found = [*connection.scalars(sa.select(Unit.name)), *connection.scalars(sa.select(Category.name))]
        found += connection.scalars(sa.select(Category.parent_name))
    return sorted(set(found) - {""}, key=len, reverse=True)


def test_every_page_has_a_scene(city: City) -> None:
    app = make_app(city)
    pages = {
        rule.endpoint for rule in app.url_map.iter_rules() if rule.endpoint.partition(".")[0] in ("citizen", "public")
    }
    read = {endpoint for _, endpoints in SCENES.values() for endpoint in endpoints}
    assert read - pages == set(), "there is no such page any more"
    assert pages - read - NO_PAGES.keys() == set(), "nobody reads them in English"


@pytest.mark.parametrize("name", SCENES)
def test_no_chinese_is_left(city: City, names: list[str], name: str) -> None:
    visit = Visit(city)
    SCENES[name][0](visit)
    assert visit.pages
    left = {path: found for path, page in visit.pages if (found := chinese_in(page, names))}
    assert not left
    for path, page in visit.pages:
        assert "<html" not in page or re.search(r'<html[^>]* lang="en"', page), path


def chinese_in(page: str, names: list[str]) -> list[str]:
    """The Chinese of a page with what it sits in, besides the city's names and the switch to Chinese."""
    page = re.sub("|".join(map(re.escape, [*names, *CHINESE])), "", page)
    page = re.sub(r'<a [^>]*lang="zh-CN"[^>]*>中文</a>', "", page)
    page = re.sub("【12319】[^<]*", "", page)  # a text message, as it was sent
    return re.findall(rf"[^\n]{{0,40}}{HAN.pattern}[^\n]{{0,40}}", page)


def test_the_check_can_fail() -> None:
    assert chinese_in("<p>With 市政处</p>", ["市政处"]) == []
    assert chinese_in('<a class="tongue" href="?lang=zh" lang="zh-CN" hreflang="zh-CN">中文</a>', []) == []
    assert chinese_in('<img alt="照片">', []) == ['<img alt="照片">']


def test_the_same_pages_are_chinese_for_everybody_else(city: City) -> None:
    browser = Browser(make_app(city))
    for path in ("/", "/complaints/new", "/q"):
        assert 'lang="zh-CN"' in browser.get(path).text
        assert "城市管理服务热线" in browser.get(path).text


def test_the_switch_stays(city: City) -> None:
    browser = Browser(make_app(city))
    assert 'lang="en"' in browser.get("/?lang=en").text
    page = browser.get("/q").text
    assert re.search(r'<html[^>]* lang="en"', page) and re.search(r'href="[^"]*lang=zh"', page)
    assert '<html lang="zh-CN"' in browser.get("/q?lang=zh").text


def test_desks_and_machines_stay_chinese(city: City) -> None:
    browser = Browser(make_app(city))
    browser.headers["Accept-Language"] = "en"
    browser.get("/?lang=en")
    page = browser.get("/login").text
    assert '<html lang="zh-CN"' in page and "登录" in page
    answer = browser.get("/api/v1/no-such-thing")
    assert answer.status_code == 404 and HAN.search(answer.get_json()["title"])


def test_operators_see_who_reads_english(city: City) -> None:
    visit = Visit(city)
    olga = Person(visit.app, "olga")
    assert "英文界面" in olga.ticket(visit.complain()).text
    assert "英文界面" not in olga.ticket(city.accepted()).text


def test_texts_stay_chinese(city: City) -> None:
    visit = Visit(city)
    visit.complain()
    with city.office.session() as session:
        body = session.scalar(sa.select(Message.body_sealed).order_by(Message.id.desc()).limit(1))
    assert HAN.search(city.office.vault.open(body))
