"""从 Excel 导入: every fault by its line, nothing before it is confirmed, then all or nothing."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Sequence

import pytest
import sqlalchemy as sa
from flask import Flask
from openpyxl import Workbook, load_workbook

from hotline.domain.errors import Invalid
from hotline.models import Change, Staff, Unit, UnitKind
from hotline.services import roster, sheet_reading
from tests.city import City
from tests.desk import Page, Person, make_app

PATH = "/desk/people/import"
UNITS = [
    ["bridge-1", "桥梁一组", "站所", "bridge", "", "", ""],  # before its parent, which comes below
    ["bridge", "桥梁所", "部门", "lamps", "钱所长", "0320-77", "0320-78"],
]
PEOPLE = [
    ["qian", "钱桥梁", "bridge", "承办人、领导"],
    ["sun", "=孙一组", "桥梁一组", "承办人"],
]


@pytest.fixture
def app(city: City) -> Flask:
    return make_app(city)


def workbook(units: Sequence[Sequence[object]] = UNITS, people: Sequence[Sequence[object]] = PEOPLE) -> bytes:
    book = Workbook()
    book.remove(book["Sheet"])
    for name, heads, rows in ((roster.UNITS, roster.UNIT_HEADS, units), (roster.PEOPLE, roster.PERSON_HEADS, people)):
        sheet = book.create_sheet(name)
        for row in (heads, *rows):
            sheet.append(list(row))
            for cell in sheet[sheet.max_row]:
                cell.data_type = "s" if isinstance(cell.value, str) else cell.data_type
    packed = io.BytesIO()
    book.save(packed)
    return packed.getvalue()


def upload(who: Person, data: bytes, name: str = "名单.xlsx") -> Page:
    token = who.open(PATH).form(PATH).values["csrf_token"][0]
    return Page(who.client.post(PATH, data={"csrf_token": token, "file": (io.BytesIO(data), name)}))


def count(city: City) -> tuple[int, int, int]:
    with city.office.session() as session:
        return tuple(session.scalar(sa.select(sa.func.count()).select_from(each)) for each in (Unit, Staff, Change))  # type: ignore[return-value]


def test_what_is_right_is_previewed_confirmed_and_handed_out(city: City, app: Flask) -> None:
    adam, before = Person(app, "adam"), count(city)
    page = upload(adam, workbook())
    assert page.status == 200 and "将新增 2 个单位、 2 名人员" in page.text, page.text
    assert count(city) == before, "nothing is written by a preview"
    done = adam.send(page.form("/confirmation"))
    assert done.status == 200 and count(city) == tuple(map(sum, zip(before, (2, 2, 4), strict=True)))
    bridge, first = city.rows(sa.select(Unit).where(Unit.key.startswith("bridge")).order_by(sa.func.length(Unit.key)))
    assert (bridge.kind, bridge.head_name, bridge.duty_phone) == (UnitKind.DEPARTMENT, "钱所长", "0320-78")
    assert first.path.startswith(bridge.path)
    assert city.rows(sa.select(Staff.roles).where(Staff.login == "qian")) == [["handler", "leader"]]
    form = done.form("/invitations.xlsx")
    file = adam.client.post(form.action, data=form.values)
    sheet = load_workbook(io.BytesIO(file.data)).active
    rows = list(sheet.iter_rows(values_only=True))
    assert [row[:3] for row in rows[1:]] == [("钱桥梁", "qian", "桥梁所"), ("=孙一组", "sun", "桥梁一组")]
    assert sheet["A3"].data_type == "s", "no formula, whatever somebody is called"
    assert app.test_client().get(rows[1][3].removeprefix("http://hotline.test")).status_code == 200
    again = adam.send(page.form("/confirmation"))
    assert again.status == 422 and "账号“qian”已被使用" in again.text, "sent twice it is added once"


@pytest.mark.parametrize(
    ("units", "people", "told"),
    [
        ([["a1", "甲所", "部门", "无此处", "", "", ""]], [], "没有上级“无此处”"),
        ([["a1", "甲所", "办公室", "lamps", "", "", ""]], [], "没有性质“办公室”"),
        ([["a1", "甲所", "市级中心", "lamps", "", "", ""]], [], "市级中心只有一个"),
        ([["lamps", "甲所", "部门", "center", "", "", ""]], [], "代号“lamps”已被使用"),
        ([["a1", "园林局", "部门", "center", "", "", ""]], [], "下面已有“园林局”"),
        ([["a1", "甲所", "部门", "a2", "", "", ""], ["a2", "乙所", "部门", "a1", "", "", ""]], [], "没有上级“a2”"),
        ([["a1", "", "部门", "center", "", "", ""]], [], "请填写单位名称"),
        ([], [["qian", "钱", "无此处", "承办人"]], "没有单位“无此处”"),
        ([], [["qian", "钱", "lamps", "所长"]], "没有角色“所长”"),
        ([], [["qian", "钱", "lamps", ""]], "请至少选择一个角色"),
        ([], [["qian", "", "lamps", "承办人"]], "请填写姓名"),
        ([], [["钱", "钱", "lamps", "承办人"]], "账号用字母"),
        ([], [["Hans", "钱", "lamps", "承办人"]], "账号“Hans”已被使用"),
        ([], [["qian", "钱", "lamps", "承办人"], ["QIAN", "前", "lamps", "承办人"]], "账号“QIAN”在本表中重复"),
        ([["a1", "甲所", "无", "center", "", "", ""]], [["qian", "钱", "甲所", "承办人"]], "单位“甲所”所在的行有错"),
    ],
)
def test_each_fault_is_told_by_its_line(
    city: City, app: Flask, units: list[list[str]], people: list[list[str]], told: str
) -> None:
    before = count(city)
    page = upload(Person(app, "adam"), workbook(units, people))
    assert page.status == 422 and told in page.text, page.text
    assert not page.offers("/confirmation") and count(city) == before


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"no workbook", "不是 Excel 工作簿"),
        (b"PK\x03\x04 broken", "不是 Excel 工作簿"),
        (workbook([], []), "没有读到内容"),
        (workbook(people=[["u", "n", "lamps", "承办人"]] * 4), "超过3行"),
        (roster.written(roster.PEOPLE, ("账号", "姓名"), [("qian", "钱")]), "缺少“单位”“角色”一列"),
    ],
)
def test_what_is_no_such_file_is_told(app: Flask, data: bytes, told: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(roster, "MOST", 3)
    page = upload(Person(app, "adam"), data)
    assert page.status == 422 and told in page.text


def test_a_file_that_is_too_large_is_not_opened(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(roster, "LARGEST", 1024)
    adam = Person(app, "adam")
    assert "文件超过" in upload(adam, b"x" * 1025).text
    monkeypatch.undo()
    monkeypatch.setattr(roster, "UNPACKED", 1024)
    assert "内容过大" in upload(adam, workbook()).text


def test_the_template_is_read_again_and_names_the_citys_units(city: City, app: Flask) -> None:
    adam = Person(app, "adam")
    data = adam.client.get(f"{PATH}/template.xlsx").data
    book = load_workbook(io.BytesIO(data))
    assert ("parks", "园林局") in list(book["已有单位"].iter_rows(values_only=True))
    assert "没有读到内容" in upload(adam, data).text, "it is empty"
    book[roster.PEOPLE].append(["qian", "钱桥梁", "园林局", "承办人"])
    packed = io.BytesIO()
    book.save(packed)
    assert upload(adam, packed.getvalue()).status == 200


def test_a_preview_that_was_tampered_with_is_not_taken(city: City, app: Flask) -> None:
    adam, before = Person(app, "adam"), count(city)
    form = upload(adam, workbook()).form("/confirmation")
    answer = adam.send(form, rows=form.values["rows"][0][:-3] + "abc")
    assert answer.status == 422 and "预览已失效" in answer.text and count(city) == before


def test_a_county_brings_in_its_own_people_only(city: City, app: Flask) -> None:
    with city.office.session() as session:
        session.execute(sa.text("UPDATE staff SET roles = '{administrator}' WHERE login = 'cora'"))
    cora = Person(app, "cora")
    page = upload(cora, workbook([], [["qian", "钱", "lamps", "承办人"], ["sun", "孙", "东县公路站", "承办人"]]))
    assert page.status == 422 and "没有单位“lamps”" in page.text and "可以导入" in page.text
    offered = load_workbook(io.BytesIO(cora.client.get(f"{PATH}/template.xlsx").data))["已有单位"]
    assert [row[1] for row in offered.values] == ["名称", "东县中心", "东县公路站"]


def broken(part: str, change: Callable[[bytes], bytes]) -> bytes:
    """A workbook of which one part is damaged."""
    whole, damaged = zipfile.ZipFile(io.BytesIO(workbook())), io.BytesIO()
    with zipfile.ZipFile(damaged, "w") as packed:
        for name in whole.namelist():
            data = whole.read(name)
            packed.writestr(name, change(data) if name.endswith(part) else data)
    return damaged.getvalue()


@pytest.mark.parametrize(
    ("part", "change"),
    [
        ("sheet1.xml", lambda data: data[: len(data) // 2]),
        ("sheet1.xml", lambda data: data.replace(b'r="A2"', b'r="@@"')),
        ("workbook.xml", lambda data: b"<broken"),
        ("styles.xml", lambda data: b"<broken"),
        ("[Content_Types].xml", lambda data: b"<broken"),
    ],
)
def test_a_damaged_workbook_is_told_and_no_fault(app: Flask, part: str, change: Callable[[bytes], bytes]) -> None:
    data = broken(part, change)
    page = upload(Person(app, "adam"), data)
    assert page.status == 422 and "文件已损坏" in page.text
    with pytest.raises(Invalid, match="文件已损坏"):
        sheet_reading.read(data, roster.NEEDED[roster.UNITS])
