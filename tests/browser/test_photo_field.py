"""Photos chosen on the page of a complaint are shrunk before they are sent, whenever the form is sent."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa
from PIL import Image
from playwright.sync_api import FilePayload, Page, expect

from hotline.models import Addition, Attachment
from hotline.services.attaching import LONGEST_SIDE, place_of
from tests.browser.citizen_visit import Visit
from tests.browser.test_form import large_photo
from tests.citizen import photo

SHRUNK = 2048  # pixels; the hotline keeps more than that of a photo which comes as it is
#: The browser's encoder waits until `release()`.
HOLD = """() => { const encode = HTMLCanvasElement.prototype.toBlob, waiting = [];
  HTMLCanvasElement.prototype.toBlob = function (...how) { waiting.push(() => encode.apply(this, how)); };
  window.release = () => { HTMLCanvasElement.prototype.toBlob = encode; waiting.forEach(each => each()); } }"""


@pytest.fixture
def page(visit: Visit) -> Page:
    """Where somebody wants to add something to his complaint."""
    visit.complain()
    visit.open(f"/q/{visit.number}")
    return visit.page


def choose(page: Page, files: Path | list[FilePayload]) -> None:
    page.locator("#add summary").click()
    page.locator("#f-add-photos").set_input_files(files)


def longest_sides(visit: Visit) -> list[int]:
    """Of the photos that were kept, in the order they came."""
    sides = []
    for digest in visit.city.rows(sa.select(Attachment.digest).order_by(Attachment.id)):
        with Image.open(place_of(visit.city.office.files, digest)) as kept:
            sides.append(max(kept.size))
    return sides


def test_a_form_sent_meanwhile_waits_until_they_are_small(visit: Visit, page: Page, tmp_path: Path) -> None:
    page.evaluate(HOLD)
    choose(page, large_photo(tmp_path / "road.jpg"))
    told = page.locator("#add [data-photos-told]")
    expect(told).to_have_text("正在处理照片……")
    button = page.get_by_role("button", name="提交补充")
    button.click()
    button.click()
    expect(told).to_have_text("正在处理照片，完成后自动提交……")
    assert visit.city.rows(sa.select(Addition)) == []
    page.evaluate("release()")
    expect(page.locator(".notice")).to_contain_text("已收到您的补充")
    (side,) = longest_sides(visit)
    assert side <= SHRUNK
    assert len(visit.city.rows(sa.select(Addition))) == 1
    assert not visit.problems


def test_more_than_may_be_are_left_out_and_said(visit: Visit, page: Page) -> None:
    files = [FilePayload(name=f"{n}.jpg", mimeType="image/jpeg", buffer=photo((10 + n, 10))) for n in range(8)]
    choose(page, files)
    told = page.locator("#add [data-photos-told]")
    expect(told).to_have_text("照片最多6张，已选6张，多出的不会收下。")
    page.locator("#f-add-photos").set_input_files(files[:4])
    expect(told).to_have_text("已选4张照片。")
    page.get_by_role("button", name="提交补充").click()
    expect(page.locator(".notice")).to_contain_text("已收到您的补充")


def test_where_nobody_but_the_reader_can_fill_the_field_they_go_as_they_are(
    visit: Visit, page: Page, tmp_path: Path
) -> None:
    page.evaluate("window.DataTransfer = undefined")
    choose(page, large_photo(tmp_path / "road.jpg"))
    expect(page.locator("#add [data-photos-told]")).to_have_text("已选1张照片。")
    page.get_by_role("button", name="提交补充").click()
    expect(page.locator(".notice")).to_contain_text("已收到您的补充")
    assert longest_sides(visit) == [LONGEST_SIDE]
