"""月报上纸: the workbook counts again, the circular says what the figures are, both open where they are read."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from docx import Document
from openpyxl import load_workbook
from PIL import Image

from hotline.domain.rates import RateKind
from hotline.services.month import reporting, schemes
from hotline.services.month.papers import book, charts, counting, lateness, telling
from hotline.services.month.papers.blocks import Circular, Paragraph, Table
from hotline.services.month.papers.material import Material, gather, tally
from tests.city import City
from tests.freezing import freeze
from tests.office import convert, fonts_of, pages_of
from tests.papers import GIVEN, MONTH, cells, live, without_values, write
from tests.played import Played


@pytest.fixture
def lived(city: City, played: Played) -> City:
    return played.on(city, live)


@pytest.fixture
def ranked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also units with a handful of cases have a rank here."""
    in_force = schemes.in_force
    monkeypatch.setattr(schemes, "in_force", lambda work: replace(in_force(work), minimum=0))


def told(city: City, who: str = "sven", given: dict[str, str] | None = None) -> Circular:
    with city.work(who) as work:
        return telling.tell(work, gather(work, MONTH), GIVEN if given is None else given)


def words(circular: Circular) -> list[str]:
    return [block.text for block in circular.blocks if isinstance(block, Paragraph)]


@pytest.mark.usefixtures("ranked")
def test_what_libreoffice_works_out_and_shows_is_what_the_report_says(lived: City, tmp_path: Path) -> None:
    """Every formula gives the value that was written beside it; the circular has all its parts."""
    write(lived, "sven", "xlsx", tmp_path / "book.xlsx")
    without_values(tmp_path / "book.xlsx", tmp_path / "bare.xlsx")
    write(lived, "sven", "docx", tmp_path / "circular.docx")
    convert(tmp_path / "out", {tmp_path / "bare.xlsx": "xlsx", tmp_path / "circular.docx": "pdf"})
    formulas = cells(load_workbook(tmp_path / "book.xlsx"))
    ours = cells(load_workbook(tmp_path / "book.xlsx", data_only=True))
    theirs = cells(load_workbook(tmp_path / "out" / "bare.xlsx", data_only=True))
    counted = {at: text for at, text in formulas.items() if isinstance(text, str) and text.startswith("=")}
    assert len(counted) > 300 and any("RANK(" in text for text in counted.values())
    for at, text in counted.items():
        assert theirs[at] == pytest.approx(ours[at], abs=1e-9), (at, text)
        assert not str(theirs[at]).startswith("#") and theirs[at] != "不一致"
    pages = pages_of(tmp_path / "out" / "circular.pdf")
    assert 4 <= len(pages) <= 14
    text = "".join("".join(pages).split())
    for part in (
        GIVEN["agency"],
        GIVEN["number"],
        "各区县城市管理局，局属各单位：",
        "一、总体情况",
        "（一）三率完成情况",
    ):
        assert part in text
    for part in (
        "表1",
        "图1",
        "附件",
        "2026年11月3日",
        "分）",
        "抄送：市政府办公室。",
        "2026年11月3日印发",
        "—1—",
        "—2—",
    ):
        assert part in text
    assert fonts_of(tmp_path / "out" / "circular.pdf"), "every letter has its font in the file"
    assert "\ufffd" not in text


def test_the_workbook_has_the_report_and_its_rows(lived: City, tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    material = write(lived, "sven", "xlsx", path)
    made = load_workbook(path, data_only=True)
    assert made.sheetnames == [
        *("说明", "三率", "按单位", "按类别", "按区域", "按渠道", "按来源", "按日", "按周", "指标", "单位指标", "排名"),
        *("未完成清单", "明细"),
    ]
    weeks = list(made["按周"].iter_rows(min_row=5, values_only=True))
    assert [row[0] for row in weeks[:6]] == ["以前结转", *(f"第{week}周" for week in range(40, 45))]
    assert [day.date() for day in weeks[1][1:3]] == [date(2026, 10, 1), date(2026, 10, 4)]
    weeks_told = material.indicators.weeks
    assert [row[3:5] for row in weeks[1:6]] == [
        (week.received, week.rates[RateKind.HANDLE]["owed"]) for week in weeks_told
    ]
    rates, rows = made["三率"], list(made["明细"].iter_rows(min_row=2, values_only=True))
    for place, kind in enumerate(RateKind, 4):
        counts = tally(material.figures, kind)
        assert [rates.cell(place, column).value for column in (1, 2, 5)] == [
            kind.label,
            counts["owed"],
            counts["missing"],
        ]
        name = counting.NAMES[kind]
        assert sum(row[2] == name and row[10] == "未完成" for row in rows) == counts["missing"]
    assert len(rows) == material.rows
    missing = [row for row in made["未完成清单"].iter_rows(min_row=2, values_only=True) if row[6] == "未完成"]
    assert len(missing) == sum(tally(material.figures, kind)["missing"] for kind in RateKind)
    assert all(row[8] for row in missing), "each with its reason"
    for sheet in made:
        assert sheet.page_setup.orientation == "landscape" and sheet.freeze_panes
    assert len(load_workbook(path)["按单位"]._charts) == 1


def test_long_months_take_several_sheets_and_stored_lines(
    lived: City, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(book, "MOST_ROWS", 40)
    monkeypatch.setattr(counting, "LIVE", 0)
    material = write(lived, "sven", "xlsx", tmp_path / "book.xlsx")
    made = load_workbook(tmp_path / "book.xlsx")
    details = [name for name in made.sheetnames if name.startswith("明细")]
    assert details[:2] == ["明细", "明细2"]
    assert sum(made[name].max_row - 1 for name in details) == material.rows
    assert isinstance(made["按单位"]["E5"].value, int), "a line of a long table is the report's number"
    assert made["三率"]["C4"].value.count("COUNTIFS") == len(details), "the whole is counted again all the same"
    assert made["按区域"]["B5"].value.startswith("=SUM("), "and the sums are sums"


def test_a_unit_has_its_own(lived: City, tmp_path: Path) -> None:
    with lived.work("hans") as work:
        whole = reporting.monthly(work, MONTH).scope.tallies[RateKind.HANDLE].all
    material = write(lived, "hans", "xlsx", tmp_path / "hans.xlsx")
    assert material.name == "市政处" and tally(material.figures, RateKind.HANDLE) == whole
    units = {row[4] for row in load_workbook(tmp_path / "hans.xlsx")["明细"].iter_rows(min_row=2, values_only=True)}
    assert units <= {"市政处", "市政处东站"}


def test_the_circular_is_written_from_the_figures(lived: City) -> None:
    with lived.work("sven") as work:
        material = gather(work, MONTH)
    circular = told(lived)
    said = "\n".join(words(circular))
    counts = tally(material.figures, RateKind.HANDLE)
    assert circular.title == "关于2026年10月全市城市管理服务热线办理情况的通报"
    assert f"应处理{counts['owed']}件，已处理{counts['kept']}件，未处理{counts['missing']}件" in said
    assert ("个百分点" in said and "较上月" in said and "予以通报表扬" not in said) or "个单位到期事项全部完成" in said
    units = next(block for block in circular.blocks if isinstance(block, Table) and "各单位三率" in block.caption)
    kept = sum(int(row[1].split("/")[0]) for row in units.rows)
    assert kept == counts["kept"], "the lines add up to the whole"
    assert circular.appendix is not None and circular.appendix.rows[0][6] == "未完成"
    assert circular.dated == date(2026, 11, 3) and "尚未冻结" in circular.foot


def test_the_appendix_says_what_it_does_not_list(lived: City, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = told(lived).appendix
    assert whole is not None and not whole.note
    monkeypatch.setattr(lateness, "LISTED", 3)
    circular = told(lived)
    assert circular.appendix is not None and len(circular.appendix.rows) == 3
    more = f"另有{len(whole.rows) - 3}件次，详见《2026年10月月报表》“未完成清单”工作表。"
    assert circular.appendix.note == more
    assert f"共{len(whole.rows)}件次，附件列出前3件次。" in words(circular)
    write(lived, "sven", "docx", tmp_path / "circular.docx")
    assert more in [paragraph.text for paragraph in Document(str(tmp_path / "circular.docx")).paragraphs]


def test_a_month_in_which_nothing_was_owed_says_so(city: City) -> None:
    circular = told(city, given={})
    said = "\n".join(words(circular))
    assert "处理率：没有到期应处理的事项。" in said and "100.00%" not in said
    assert "没有未完成和逾期完成的事项" in said and circular.appendix is None
    assert circular.agency == "市城管服务中心"


def test_charts_have_all_their_words(lived: City) -> None:
    """A character that the font does not have would be a warning, and so a fault."""
    with lived.work("sven") as work:
        material: Material = gather(work, MONTH)
    pictures: list[Any] = [charts.trend([*material.before, material.figures]), charts.units(material.members)]
    for picture in pictures:
        image = Image.open(io.BytesIO(picture))
        assert image.width == 1228 and len(image.convert("L").getcolors(256) or []) > 20


def test_a_frozen_month_is_written_as_it_was_frozen(lived: City, tmp_path: Path) -> None:
    report = freeze(lived)
    material = write(lived, "sven", "xlsx", tmp_path / "book.xlsx")
    made = load_workbook(tmp_path / "book.xlsx", data_only=True)
    assert made["三率"].oddFooter.left.text == f"第1版　校验码 {report.checksum}"
    assert material.rows == made["明细"].max_row - 1
    assert [made["三率"].cell(row, 9).value for row in range(4, 10)] == ["一致"] * 6
    circular = told(lived)
    assert report.checksum in circular.foot and "尚未冻结" not in "".join(words(circular))
