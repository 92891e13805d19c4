"""类别: added, renamed, locked and taken back; a scheme from a file is looked at, and comes whole or not at all."""

from __future__ import annotations

from io import BytesIO

import pytest
import sqlalchemy as sa
from flask import Flask

from config.categories import load_categories
from hotline.domain.errors import NotFound, Refused
from hotline.models import Category, Change, Staff
from hotline.services import categorising, rulebook, seeding
from tests.city import City
from tests.desk import Page, Person, make_app

HEAD = "code,kind,大类,小类,confidence\n"


@pytest.fixture
def app(city: City) -> Flask:
    return make_app(city)


def category(city: City, code: str) -> Category:
    row: Category = city.rows(sa.select(Category).where(Category.code == code))[0]
    return row


def offered(city: City) -> dict[str, int]:
    with city.work() as work:
        return dict(work.rules.category_ids)


def test_one_is_added_renamed_locked_and_brought_back(city: City, app: Flask) -> None:
    adam = Person(app, "adam")
    page = adam.open("/desk/rules/categories?q=路灯")
    assert "R0603" in page.text and "B0101" not in page.text
    wrong = adam.send(page.form("/categories"), code="R0603", kind="诉求", parent_name="道路设施", name="新类")
    assert wrong.status == 422 and "已经在用" in wrong.text
    form = wrong.form("/categories")
    assert form.values["name"] == ["新类"]
    assert adam.send(form, code="R0698").status == 303
    assert "R0698" in offered(city), "at once"
    row = category(city, "R0698")
    edit = adam.open(f"/desk/rules/categories/{row.id}").form(f"/{row.id}")
    assert adam.send(edit, name="路面积雪").status == 303
    assert category(city, "R0698").name == "路面积雪"
    lock = adam.open(f"/desk/rules/categories/{row.id}").form("/lock")
    assert adam.send(lock).status == 303 and "R0698" not in offered(city)
    changes = city.rows(sa.select(Change).where(Change.subject == "category").order_by(Change.id))
    assert [change.after and change.after.get("active") for change in changes] == [True, None, False]
    undone = adam.send(adam.open("/desk/changes").form(f"/{changes[-1].id}/reversal"))
    assert undone.status == 303 and "R0698" in offered(city)


def test_a_locked_one_stays_on_its_tickets_and_no_file_brings_it_back(city: City) -> None:
    row = category(city, "R0603")
    number = city.handling()
    with city.work() as work:
        work.session.execute(sa.text("UPDATE ticket SET category_id = :id"), {"id": row.id})
    with city.work("adam") as work:
        categorising.lock(work, row.id, active=False)
        categorising.change(work, category(city, "R0602").id, "井盖丢失", "道路设施", "井盖缺损\n道路设施\nTrue")
    with city.office.session() as session:
        rulebook.store_categories(session, [seeding._category(each) for each in load_categories()])
    assert city.ticket(number).category_id == row.id
    assert not category(city, "R0603").active and category(city, "R0602").name == "井盖丢失"


def test_of_two_who_rename_at_once_the_second_is_told(city: City, app: Flask) -> None:
    with city.office.session() as session:
        session.execute(sa.update(Staff).where(Staff.login == "olga").values(roles=["administrator"]))
    adam, olga = Person(app, "adam"), Person(app, "olga")
    url = f"/desk/rules/categories/{category(city, 'R0603').id}"
    first, second = adam.open(url).form(url), olga.open(url).form(url)
    assert adam.send(first, name="路灯熄灭").status == 303
    told = olga.send(second, name="路灯故障")
    assert told.status == 409 and "路灯熄灭" in told.text and told.form(url).values["name"] == ["路灯故障"]
    assert olga.send(told.form(url)).status == 303


def test_a_code_means_one_thing(city: City) -> None:
    with city.work("adam") as work:
        row = categorising.lock(work, category(city, "R0603").id, active=False)
        categorising.add(work, categorising.Wanted("本市", "2026", "R0603", "诉求", "道路", "路灯"))
        with pytest.raises(Refused):
            categorising.lock(work, row.id, active=True)


def sent(person: Person, text: str, encoding: str = "utf-8", **typed: str) -> Page:
    form = person.open("/desk/rules/categories/import").form("/import")
    data = form.values | {"scheme": "本市", "scheme_version": "2026", **typed}
    file = {"file": (BytesIO((HEAD + text).encode(encoding)), "scheme.csv")}
    return Page(person.client.post("/desk/rules/categories/import", data=data | file))


def test_a_scheme_is_looked_at_and_comes_whole_or_not_at_all(city: City, app: Flask) -> None:
    adam = Person(app, "adam")
    before = city.scalar(sa.select(sa.func.count()).select_from(Category))
    faulty = sent(adam, "Z01,诉求,天气,暴雨,\nZ01,诉求,天气,大风,\nB0101,部件,井盖,井盖,\n!,物,,x,\n")
    assert faulty.status == 422 and not faulty.offers("/confirmation")
    for told in ("与第2行代码重复", "已经在用", "代码用字母和数字", "请选择性质，应为部件、事件、诉求之一"):
        assert told in faulty.text, told
    looked = sent(adam, "Z01,诉求,天气,暴雨,\nZ02,诉求,天气,大风,local\n", "gb18030")
    assert "新增 2 类" in looked.text and city.scalar(sa.select(sa.func.count()).select_from(Category)) == before
    assert adam.send(looked.form("/confirmation")).status == 303
    assert {"Z01", "Z02"} <= offered(city).keys()
    again = sent(adam, "Z01,诉求,天气,特大暴雨,\n")
    assert "修改 1 类" in again.text and "文件里没有的 1 类" in again.text
    assert adam.send(again.form("/confirmation"), lock_missing="yes").status == 303
    assert category(city, "Z01").name == "特大暴雨" and "Z02" not in offered(city)
    assert "缺少" in sent(adam, "").text or "没有读到内容" in sent(adam, "").text
    book = adam.client.get("/desk/rules/categories/template.xlsx")
    file = {"file": (BytesIO(book.data), "t.xlsx"), "scheme": "副本", "scheme_version": "1"}
    form = adam.open("/desk/rules/categories/import").form("/import")
    taken = Page(adam.client.post("/desk/rules/categories/import", data=form.values | file))
    assert taken.status == 422 and "已经在用" in taken.text, "the template reads back"


def test_a_county_reads_and_others_find_no_page(city: City, app: Flask) -> None:
    with city.office.session() as session:
        session.execute(sa.update(Staff).where(Staff.login == "cora").values(roles=["administrator"]))
    cora, olga = Person(app, "cora"), Person(app, "olga")
    read = cora.open("/desk/rules/categories")
    assert read.status == 200 and not read.offers("/categories")
    assert cora.open("/desk/rules/categories/import").status == 404
    assert olga.open("/desk/rules/categories").status == 404
    with pytest.raises(NotFound), city.work("cora") as work:
        categorising.lock(work, category(city, "R0603").id, active=False)


def test_the_list_costs_the_same_however_much_of_it(city: City, app: Flask) -> None:
    adam = Person(app, "adam")
    adam.open("/desk/rules/categories")
    with city.statements() as few:
        adam.open("/desk/rules/categories?q=路灯")
    with city.statements() as many:
        adam.open("/desk/rules/categories")
    assert len(few) == len(many)
