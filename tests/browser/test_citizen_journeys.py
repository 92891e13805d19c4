"""A citizen's ways through the site, on a phone and on a desk: filed, followed, found again, judged, in English."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest
import sqlalchemy as sa
from playwright.sync_api import Geolocation, Locator, Page, expect

from demo.photos import photo as drawn
from hotline.domain.workflow import State
from hotline.models import Attachment, Complaint, Survey, Ticket
from hotline.services import attaching, handling
from tests.browser.citizen_visit import ANSWERED, HANDLING, MATTER, SCREENS, SURVEY, Visit, approve, assign, reply, sign
from tests.browser.pictures import take_on_phone
from tests.citizen import photo
from tests.city import City

FEW = 6  # steps from the link to the number
HERE: Final[Geolocation] = {"latitude": 31.4912, "longitude": 120.3119, "accuracy": 20}
PHONE_NUMBER = "199 0000 0001"
FIXED = "已更换灯头两只，照片为修复后的现场。"
CHINESE = re.compile(r"[\u4e00-\u9fff]")


@dataclass
class Hand:
    """The citizen's: a press, a field filled and a photo chosen are one step each; only what is seen can be used."""

    page: Page
    steps: int = 0

    def press(self, place: Locator) -> None:
        place.click()
        self.steps += 1

    def write(self, name: str, text: str) -> None:
        self._seen(f'[name="{name}"]').fill(text)
        self.steps += 1

    def choose(self, name: str, picture: Path) -> None:
        self._seen(f'[name="{name}"]').set_input_files(picture)
        self.steps += 1

    def _seen(self, selector: str) -> Locator:
        place = self.page.locator(selector)
        expect(place).to_be_visible()
        return place


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    """A photo as it lies in a telephone."""
    path = tmp_path / "IMG_0412.jpg"
    path.write_bytes(photo((1600, 1200)))
    return path


def is_loaded(pictures: Locator) -> None:
    """All of them, as one sees them after scrolling there."""
    for one in pictures.all():
        one.scroll_into_view_if_needed()
        expect(one).to_have_js_property("complete", True)
        assert one.evaluate("element => element.naturalWidth") > 0


def open_with_key(visit: Visit, key: str) -> None:
    """From the home page of a browser that knows nothing, with what was written down."""
    page = visit.page
    page.context.clear_cookies()
    page.goto(visit.site)
    page.locator("main").get_by_role("link", name="查询进度").click()
    page.get_by_label("编号").fill(visit.number)
    page.get_by_label("查询码").fill(key)
    page.get_by_role("button", name="查询").click()


def turned_in(city: City, number: str) -> None:
    """The unit's result of the next round, with a photo, up to the answer."""
    assign(city, number)
    sign(city, number)
    kept = attaching.keep(city.office.files, "修复后.jpg", drawn("lamps", 0, mended=True))
    with city.work("hans") as work:
        ticket = handling.submit(work, number, FIXED)
        attaching.attach(work, kept, ticket_id=ticket.id, by_citizen=False, round=ticket.round)
    approve(city, number)
    reply(city, number)


@SCREENS
def test_from_the_link_to_the_number_in_few_steps(visit: Visit, picture: Path) -> None:
    """With a photo and the telephone's own position instead of a place in words; then where it stands."""
    page, hand = visit.page, Hand(visit.page)
    page.context.grant_permissions(["geolocation"])
    page.context.set_geolocation(HERE)
    page.goto(visit.site)
    hand.press(page.locator("main").get_by_role("link", name="我要反映"))
    hand.write("text", MATTER)
    hand.press(page.get_by_role("button", name="用我的位置"))
    hand.choose("photos", picture)
    hand.write("phone", PHONE_NUMBER)
    expect(page.locator("[data-position-told]")).to_contain_text("已记下您的位置")
    expect(page.locator("[data-photos-list] img")).to_be_visible()
    take_on_phone(page, "form")
    hand.press(page.get_by_role("button", name="提交反映"))
    page.wait_for_url("**/received")
    take_on_phone(page, "receipt")
    assert hand.steps <= FEW
    (complaint,) = visit.city.rows(sa.select(Complaint))
    slip = page.locator(".slip")
    expect(slip).to_contain_text(complaint.number)
    assert re.search(r"\b[2-9A-HJKMNP-Z]{10}\b", slip.inner_text())
    is_loaded(slip.locator("img"))
    ticket: Ticket = visit.city.ticket(complaint.number)
    assert (ticket.latitude, ticket.longitude) == (HERE["latitude"], HERE["longitude"])
    assert len(visit.city.rows(sa.select(Attachment))) == 1
    page.get_by_role("link", name="查看进度").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("已收到")
    is_loaded(page.locator(".photos img"))
    assert not visit.problems


@SCREENS
def test_status_with_key_then_more_words_and_a_reminder(visit: Visit, picture: Path) -> None:
    visit.status(*HANDLING)
    open_with_key(visit, visit.key)
    page = visit.page
    expect(page.get_by_role("heading", level=1)).to_contain_text("已交市政处办理")
    expect(page.locator(".chain")).to_contain_text("受理")
    page.get_by_text("补充情况", exact=True).click()
    page.get_by_label("补充的内容").fill("旁边那盏也不亮了。")
    page.locator('#add [name="photos"]').set_input_files(picture)
    page.get_by_role("button", name="提交补充").click()
    expect(page.get_by_role("status")).to_contain_text("已收到您的补充")
    expect(page.locator(".said")).to_contain_text("旁边那盏也不亮了。")
    is_loaded(page.locator(".photos img"))
    page.locator("#urge > summary").click()
    page.get_by_role("button", name="催办").click()
    expect(page.get_by_role("status")).to_contain_text("已记入您的催办")
    page.locator("#urge > summary").click()
    expect(page.locator("#urge")).to_contain_text("您已经催办过")
    assert visit.city.ticket(visit.number).urgings == 1
    assert not visit.problems


@SCREENS
def test_a_lost_key_comes_back_by_text(visit: Visit) -> None:
    visit.complain()
    lost = visit.key
    page = visit.page
    page.context.clear_cookies()
    page.goto(f"{visit.site}/q")
    page.get_by_role("link", name="用短信找回").click()
    page.get_by_label("编号").fill(visit.number)
    page.get_by_label("手机号码").fill(PHONE_NUMBER)
    page.get_by_role("button", name="发送验证码").click()
    expect(page.get_by_label("验证码")).to_be_visible()
    page.get_by_label("验证码").fill(visit.code())
    page.get_by_role("button", name="打开我的反映").click()
    found = re.search(r"\b[2-9A-HJKMNP-Z]{10}\b", page.locator(".slip").inner_text())
    assert found and found[0] != lost
    open_with_key(visit, lost)
    expect(page.locator(".error-summary")).to_contain_text("编号或查询码不对")
    open_with_key(visit, found[0])
    expect(page.get_by_role("heading", level=1)).to_contain_text("已收到")
    assert not visit.problems


@SCREENS
def test_not_solved_is_a_new_round_and_then_a_score(visit: Visit) -> None:
    visit.status(*ANSWERED)
    page, city = visit.page, visit.city
    page.get_by_role("radio", name=re.compile("^没有解决")).check()
    page.get_by_label("不满意", exact=True).check()
    page.get_by_label("想说的话").fill("东边两盏仍不亮。")
    page.get_by_role("button", name="提交评价").click()
    expect(page.get_by_role("status")).to_contain_text("现重新办理")
    expect(page.get_by_role("heading", level=1)).to_contain_text("重新办理，正在交办")
    expect(page.locator(".said")).to_contain_text("东边两盏仍不亮")
    assert (city.ticket(visit.number).state, city.ticket(visit.number).round) == (State.ACCEPTED, 2)

    turned_in(city, visit.number)
    page.reload()
    is_loaded(page.locator(".answer img"))
    take_on_phone(page, "status")
    page.get_by_label("已解决", exact=True).check()
    page.get_by_label("满意", exact=True).check()
    page.get_by_label("想说的话").fill("这次都亮了，谢谢。")
    page.get_by_role("button", name="提交评价").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("已办结")
    expect(page.locator(".said")).to_contain_text("已解决，满意，这次都亮了，谢谢。")
    assert page.locator(SURVEY).count() == 0
    assert city.ticket(visit.number).state is State.CLOSED
    surveys = [(row.round, row.solved, row.score) for row in city.rows(sa.select(Survey).order_by(Survey.round))]
    assert surveys == [(1, False, 2), (2, True, 4)]
    assert not visit.problems


@SCREENS
def test_in_english_from_the_home_page_to_the_score(visit: Visit) -> None:
    """Once chosen, every page speaks it; what people wrote stays as they wrote it."""
    page, city = visit.page, visit.city
    page.goto(visit.site)
    page.get_by_role("link", name="English").click()
    _speaks_english(page)
    page.locator("main .first a").click()
    page.locator('[name="text"]').fill("The street lamp has been dark for three nights.")
    page.locator('[name="place"]').fill("Corner of Xiangxi Road and Daqiao Road")
    page.locator('[name="phone"]').fill(PHONE_NUMBER)
    _speaks_english(page)
    page.locator("form[data-send] .actions [type=submit]").click()
    page.wait_for_url("**/received")
    _speaks_english(page)
    (complaint,) = city.rows(sa.select(Complaint))
    assert complaint.language == "en"
    for do in ANSWERED:
        do(city, complaint.number)
    page.locator(".actions .btn-primary").click()
    page.wait_for_url("**/q/*")
    _speaks_english(page)
    page.locator('[name="solved"][value="yes"]').check()
    page.locator('[name="satisfaction"][value="5"]').check()
    page.locator(f"{SURVEY} [type=submit]").click()
    expect(page.get_by_role("status")).to_be_visible()
    _speaks_english(page)
    assert city.ticket(complaint.number).state is State.CLOSED
    assert not visit.problems


def _speaks_english(page: Page) -> None:
    """Everything that leads through the page; names of units stay what they are."""
    page.wait_for_load_state()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    texts = page.locator("h1, h2, legend, label, summary, dt, .btn, nav a:not([lang])").all_inner_texts()
    assert len(texts) > 5
    assert not [text for text in texts if CHINESE.search(text.replace("市政处", ""))]
