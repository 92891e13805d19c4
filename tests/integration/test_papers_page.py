"""通报和报表: what is asked for on the page, how far it is, whose it is, and what becomes of it."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from docx import Document
from flask import Flask
from openpyxl import load_workbook
from werkzeug.test import TestResponse

from hotline.models import ExportState, PaperForm, ReportPaper
from hotline.services.month.papers import asking, book
from hotline.services.month.papers.asking import SHELF, following
from hotline.services.writing_files import BROKEN
from tests.city import City
from tests.desk import Person, make_app
from tests.papers import GIVEN
from tests.work import shift_of
from workers import papers

PAGE = "/desk/reports/2026-10/papers"


@pytest.fixture
def app(city: City) -> Flask:
    city.handling()
    city.replied()
    city.turn(days=15)
    return make_app(city)


def ask(person: Person, form: str = "docx", page: str = PAGE, **typed: str) -> TestResponse:
    """Send the form as it stands, with what was typed."""
    begun = person.open(page).form(page.partition("?")[2] or "/papers")
    values = {"csrf_token": begun.values["csrf_token"], "form": form, **(GIVEN if form == "docx" else {}), **typed}
    return person.client.post(begun.action, data=values)


def only(city: City) -> ReportPaper:
    (row,) = city.rows(sa.select(ReportPaper))
    return row


def files(city: City) -> list[Path]:
    return sorted((city.office.files / "papers").glob("*"))


def test_a_circular_is_asked_for_written_and_is_its_askers_alone(city: City, app: Flask) -> None:
    lena, sven = Person(app, "lena"), Person(app, "sven")
    for _ in range(2):
        assert ask(lena).status_code == 303
    page = lena.open(PAGE)
    assert "等待生成" in page.text and 'hx-trigger="every 2s"' in page.html and "立即更新" in page.text
    assert papers.write_all(shift_of(city)) == 1, "a double click is one"
    page = lena.open(PAGE)
    (address,) = page.links(f"{PAGE}/")
    assert "已完成" in page.text and "hx-trigger" not in page.html.partition('id="papers"')[2]
    with lena.client.get(address) as file:
        made = Document(io.BytesIO(file.data))
    texts = [paragraph.text for paragraph in made.paragraphs]
    assert "合肥市城市管理局文件" in texts and "合城管〔2026〕12号" in texts
    assert sven.open(address).status == 404 and not sven.open(PAGE).links(f"{PAGE}/")
    assert app.test_client().get(address).status_code == 302
    row = only(city)
    assert (row.state, row.written, row.version) == (ExportState.DONE, 3, None)


def test_how_far_it_is_is_told(city: City, app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    sven = Person(app, "sven")
    ask(sven, "xlsx")
    seen: list[str] = []
    whole = book._front

    def front(*arguments: Any) -> None:
        page = sven.open(PAGE)
        seen.append(page.text)
        assert "<progress" in page.html
        whole(*arguments)

    monkeypatch.setattr(book, "_front", front)
    assert papers.write_all(shift_of(city)) == 1
    assert "汇总表" in seen[0] and "正在生成" in seen[0]
    row = only(city)
    assert row.total == row.written > 0


def test_a_unit_gets_its_own_subtree_and_no_other(city: City, app: Flask) -> None:
    hans, sven = Person(app, "hans"), Person(app, "sven")
    parks = city.unit_id("parks")
    assert hans.open(f"{PAGE}?unit={parks}").status == 404
    assert hans.open(f"/desk/reports/2026-10/circular?unit={parks}").status == 404
    assert ask(hans, "xlsx", unit=str(parks)).status_code == 404
    ask(hans, "xlsx")
    ask(sven, "xlsx", f"{PAGE}?unit={city.unit_id('lamps')}", unit=str(city.unit_id("lamps")))
    assert papers.write_all(shift_of(city)) == 2
    for path in files(city):
        made = load_workbook(path)
        assert made["说明"]["B3"].value == "市政处"
        assert {row[4] for row in made["明细"].iter_rows(min_row=2, values_only=True)} == {"市政处"}


def test_what_cannot_be_written_is_told(city: City, app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*arguments: Any) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(book, "_front", broken)
    sven = Person(app, "sven")
    ask(sven, "xlsx")
    assert papers.write_all(shift_of(city)) == 1
    assert only(city).failure == BROKEN and "没有完成" in sven.open(PAGE).text
    assert not files(city), "nothing half written is left"


def test_one_whose_writer_died_is_taken_over_and_files_are_forgotten(city: City, app: Flask) -> None:
    lena = Person(app, "lena")
    ask(lena)
    with city.work() as work:
        assert SHELF.claim(work) is not None
        assert SHELF.claim(work) is None, "it may still be alive"
    city.turn(minutes=3)
    assert papers.write_all(shift_of(city)) == 1
    assert len(files(city)) == 1 and only(city).tries == 2
    city.turn(days=8)
    papers.begin(shift_of(city))
    assert not files(city) and "已过保留期" in lena.open(PAGE).text
    city.turn(days=800)
    papers.begin(shift_of(city))
    assert not city.rows(sa.select(ReportPaper))


def test_what_was_typed_is_remembered_and_checked(city: City, app: Flask) -> None:
    lena = Person(app, "lena")
    refused = ask(lena, agency="局" * 41)
    assert refused.status_code == 422 and "发文机关最多40字" in refused.get_data(as_text=True)
    assert not city.rows(sa.select(ReportPaper))
    ask(lena)
    values = lena.open(PAGE).form("/papers").values
    assert (values["agency"], values["number"]) == ([GIVEN["agency"]], ["合城管〔2026〕13号"])
    assert "合肥市城市管理局" in lena.open("/desk/reports/2026-10/circular").text


@pytest.mark.parametrize(
    ("number", "year", "following_one"),
    [
        ("合城管〔2026〕12号", 2026, "合城管〔2026〕13号"),
        ("合城管〔2026〕12号", 2027, "合城管〔2027〕1号"),
        ("第5期", 2026, "第5期"),
        ("", 2026, ""),
    ],
)
def test_the_number_is_one_further(number: str, year: int, following_one: str) -> None:
    assert following(number, year) == following_one


def test_the_circular_as_a_page_says_the_same_words(city: City, app: Flask) -> None:
    page = Person(app, "lena").open("/desk/reports/2026-10/circular")
    assert page.status == 200
    for part in ("一、总体情况", "表1 2026年10月三率完成情况", "特此通报。", "尚未冻结"):
        assert part in page.text


@pytest.mark.parametrize("address", ["papers", "circular"])
def test_addresses_that_are_none_do_not_exist(app: Flask, address: str) -> None:
    lena = Person(app, "lena")
    assert lena.open(f"/desk/reports/nonsense/{address}").status == 404
    assert lena.open(f"/desk/reports/2026-10/{address}?unit=999999999").status == 404
    assert lena.open(f"/desk/reports/2026-10/{address}?version=7").status == 404
    assert lena.open(f"/desk/reports/2150-01/{address}").status == 200
    assert Person(app, "adam").open(f"/desk/reports/2026-10/{address}").status == 404


def test_nobody_waits_for_more_than_three(city: City, app: Flask) -> None:
    with city.work("lena") as work:
        for month in ("2026-07", "2026-08", "2026-09"):
            asking.ask(work, month, PaperForm.XLSX)
    lena = Person(app, "lena")
    answer = ask(lena)
    assert "已有3个导出在进行" in lena.open(answer.headers["Location"]).text
