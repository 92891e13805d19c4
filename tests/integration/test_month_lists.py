"""The lists behind the month's figures: why a promise is late and who can mend it, narrowed, sorted, exported."""

from __future__ import annotations

import csv
from io import StringIO
from itertools import groupby
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from hotline.cli import export
from hotline.models import ExportState, ListExport, Staff
from hotline.services import checking, exporting_lists, handling, replying, returning, sheets
from hotline.services.month import asked_items
from hotline.services.month.listing import Asked, Item, items, stream
from tests.city import City, at
from tests.desk import Page, Person, make_app
from tests.freezing import freeze, restate
from tests.reports import listed
from tests.work import shift_of
from workers import exports

MONTH = "/desk/reports/2026-10"


@pytest.fixture
def app(city: City) -> Flask:
    return make_app(city)


def missing(city: City, kind: str = "handle", **more: Any) -> dict[str, Item]:
    return {item.ticket: item for item in listed(city, Asked(kind, "missing", **more))}


def told(item: Item) -> tuple[str, str]:
    assert item.hand is not None
    return item.hand.who, item.hand.what


def test_each_says_who_can_mend_it_by_where_its_ticket_stands(city: City) -> None:
    drawer, sent = city.accepted(text="路灯不亮"), city.assigned(text="井盖缺失")
    worked, offered = city.handling(text="树枝折断"), city.submitted(text="污水外溢")
    city.now = at("2026-10-29 09:00")
    found = missing(city)
    assert told(found[drawer]) == ("市城管服务中心派单员", "交办")
    assert told(found[sent]) == ("市政处承办人", "签收、办理")
    assert told(found[worked]) == ("市政处承办人", "提交办理结果")
    assert told(found[offered]) == ("市城管服务中心督办员或受理员", "核查")
    chances = {number: item.hand.chance for number, item in found.items() if item.hand}
    assert chances[offered] == "核查通过即算按时" and chances[worked] == "已逾期，补不回按时，但可以办结"
    replies = missing(city, "reply")
    assert told(replies[worked]) == ("市政处承办人", "提交办理结果")


def test_why_it_took_long_is_told_in_the_words_of_the_chain(city: City) -> None:
    number = city.assigned(text="路灯不亮")
    with city.work("hans") as work:
        returning.give_back_to_centre(work, number, "不属本单位职责，由园林局办理。")
    city.now = at("2026-10-29 09:00")
    item = missing(city)[number]
    assert list(item.reasons) == ["交办逾期", "退回1次"]
    kept = city.replied(text="垃圾桶满溢")
    assert not any(item.reasons for item in listed(city, Asked("reply", "on_time")) if item.ticket == kept)


def test_what_was_done_after_the_month_is_told_and_changes_nothing(city: City) -> None:
    number = city.handling(text="路灯不亮")
    city.now = at("2026-11-05 09:00")
    freeze(city)
    with city.work("hans") as work:
        handling.submit(work, number, "已更换灯头，恢复照明。")
    with city.work("sven") as work:
        checking.approve(work, number)
    for version in (None, 1):
        item = missing(city, version=version)[number]
        assert item.hand is not None and item.hand.who == "" and item.hand.chance == "11月5日已完成，计入11月"


def test_an_answer_that_has_not_arrived_waits_for_a_call(city: City) -> None:
    number = city.resolved(text="路灯不亮", phone="+8613812345678")
    with city.work("olga") as work:
        replying.reply(work, number, "您反映的路灯已修复，感谢监督。联系电话0320-0002101。")
    city.now = at("2026-10-29 09:00")
    assert told(missing(city, "reply")[number]) == ("市城管服务中心督办员或受理员", "按电话名单联系诉求人")


def test_a_list_is_narrowed_sorted_and_read_whole_in_the_same_order(city: City) -> None:
    days = []
    for unit in ("parks", "lamps", "parks", "lamps"):
        days.append(city.now.date())
        city.assigned(unit, text="路灯不亮", place="香溪路")
        city.turn(days=1)
    city.now = at("2026-11-20 09:00")
    for sort in ("missing", "due", "newest", "unit"):
        asked = Asked("handle", sort=sort)
        pages = [item.deadline_id for item in listed(city, asked, size=3)]
        with city.work() as work:
            assert pages == [item.deadline_id for item in stream(work, "2026-10", asked)]
    due = [item.due_at for item in listed(city, Asked("handle", sort="newest"))]
    assert due == sorted(due, reverse=True)
    by_unit = [item.unit for item in listed(city, Asked("handle", sort="unit"))]
    assert [name for name, _ in groupby(by_unit)] == list(dict.fromkeys(by_unit)), "each unit's stand together"
    whole = listed(city, Asked("handle"))
    first = min(item.due_at for item in whole).astimezone(city.office.zone).date()
    of_day = listed(city, Asked("handle", since=first, until=first))
    assert 0 < len(of_day) < len(whole)


def test_what_means_nothing_is_answered_in_chinese(city: City, app: Flask) -> None:
    lena = Person(app, "lena")
    for query in ("sort=x", "since=x", "since=0001-01-01", "age=x", "category=x", "kind=x"):
        answer = lena.open(f"{MONTH}/items?{query}")
        assert answer.status == 422, query
    for query in (
        "indicator=accept_on_time",
        "indicator=x",
        "indicator=return_rate&side=x",
        "indicator=paused&after=x",
    ):
        assert lena.open(f"{MONTH}/cases?{query}").status == 422, query
    for path in ("items?version=7", "cases?indicator=paused&version=7", "changes", "versions/2", "restatement"):
        assert lena.open(f"{MONTH}/{path}").status == 404, path
    assert lena.open(f"{MONTH}?version=x").status == 404


def test_from_the_list_to_the_ticket_and_back(city: City, app: Flask) -> None:
    city.handling(text="路灯不亮")
    city.now = at("2026-10-29 09:00")
    lena = Person(app, "lena")
    list_ = lena.open(f"{MONTH}/items?kind=handle&figure=missing&where=&channel=web&sort=due")
    assert 'data-total="1"' in list_.html
    (ticket,) = dict.fromkeys(list_.links("/desk/tickets/"))
    (first,) = dict.fromkeys(lena.open(f"{MONTH}?unit={city.unit_id('lamps')}").links("/desk/tickets/"))
    assert lena.open(first).links(f"{MONTH}?unit=")
    back = lena.open(ticket).links("/desk/reports/")
    assert f"{MONTH}/items?kind=handle&figure=missing&channel=web&sort=due" in back


def rows(page: Page) -> list[dict[str, str]]:
    """The lines of a CSV file that was answered."""
    page.response.close()
    return list(csv.DictReader(StringIO(page.html.lstrip("\ufeff"))))


def test_the_file_has_exactly_the_rows_of_the_list(city: City, app: Flask) -> None:
    for text in ("=1+1 路灯不亮", "井盖缺失"):
        city.handling(text=text)
    city.replied(text="垃圾桶满溢")
    city.now = at("2026-10-29 09:00")
    lena = Person(app, "lena")
    page = lena.open(f"{MONTH}/items?kind=handle&figure=missing")
    answer = lena.send(page.form("/items"), file="csv")
    written = rows(answer)
    assert [row["编号"] for row in written] == [item.ticket for item in listed(city, Asked("handle", "missing"))]
    assert written[0]["谁能补"] == "市政处承办人" and written[0]["补了算什么"]
    assert not any(cell.startswith("=") for row in written for cell in row.values())
    book = Person(app, "lena").client.post(f"{MONTH}/items", data=page.form("/items").values | {"file": "xlsx"})
    assert book.data.startswith(b"PK")


def test_a_long_list_is_written_behind_the_page(
    city: City, app: Flask, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    city.handling(text="路灯不亮")
    city.now = at("2026-10-29 09:00")
    monkeypatch.setattr(exporting_lists, "AT_ONCE", 1)
    lena = Person(app, "lena")
    form = lena.open(f"{MONTH}/items?kind=handle&figure=missing").form("/items")
    assert lena.send(form, file="csv").status == 303
    assert lena.send(form, file="csv").status == 303, "a double click is one"
    shift: Any = SimpleNamespace(office=city.office, clock=lambda: city.now)
    assert exports.write_all(shift) == 1
    (export,) = city.rows(sa.select(ListExport))
    assert (export.state, export.total) == (ExportState.DONE, 1), export.failure
    page = lena.open("/desk/exports")
    assert "2026年10月 全市 处理率：未完成" in page.text
    written = rows(lena.open(page.links("/desk/exports/")[0]))
    with city.work("lena") as work:
        found = items(work, "2026-10", asked_items.read(asked_items.fields(export.query)))
    assert [row["编号"] for row in written] == [item.ticket for item in found.items]


def test_a_long_list_is_of_the_version_and_with_the_rights_of_who_asked(
    city: City, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was asked for as the first version stays so when there is a second; who was moved meanwhile reads less."""
    numbers = {unit: city.assigned(unit, text="我叫张三丰，路灯不亮", confidential=True) for unit in ("lamps", "parks")}
    city.now = at("2026-11-05 09:00")
    freeze(city)
    monkeypatch.setattr(exporting_lists, "AT_ONCE", 0)
    dora = Person(app, "dora")
    cases = f"{MONTH}/cases?indicator=return_rate"
    for address in (MONTH, f"{cases}&unit={city.unit_id('lamps')}", cases):
        page = dora.open(address)
        sent = dora.send(page.form("/cases"), file="csv") if "cases" in address else dora.send(page.form("/deadlines"))
        assert sent.status == 303
    restate(city)
    with city.office.session() as session:
        session.execute(sa.update(Staff).where(Staff.login == "dora").values(unit_id=city.unit_id("parks")))
    assert exports.write_all(shift_of(city)) == 3
    every, lamps, all_ = city.rows(sa.select(ListExport).order_by(ListExport.id))
    assert all("version=1" in each.query for each in (every, lamps, all_))
    assert (lamps.state, lamps.failure) == (ExportState.FAILED, "没有找到这个单位，请重新选择。")
    assert (every.state, all_.state, all_.total) == (ExportState.DONE, ExportState.DONE, 1)
    page = dora.open("/desk/exports")
    assert "2026年10月 园林局 明细" in page.text and "2026年10月 园林局 本月交办" in page.text
    for address in page.links("/desk/exports/"):
        answer = dora.open(address)
        answer.response.close()
        assert numbers["parks"] in answer.html and numbers["lamps"] not in answer.html and "张三丰" not in answer.html


def test_every_promise_of_the_month_is_written_however_many_there_are(
    city: City, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """CSV has no last row as a workbook has; what the worker writes is what the command does."""
    for _ in range(3):
        city.handling(text="路灯不亮")
    city.now = at("2026-10-29 09:00")
    monkeypatch.setattr(exporting_lists, "AT_ONCE", 1)
    monkeypatch.setattr(sheets, "MOST_ROWS", 2)
    lena = Person(app, "lena")
    page = lena.open(MONTH)
    assert lena.send(page.form("/deadlines")).status == lena.send(page.form("/deadlines")).status == 303
    lena.send(lena.open(f"{MONTH}/items?kind=handle").form("/items"), file="xlsx")
    assert exports.write_all(shift_of(city)) == 2
    whole, book = city.rows(sa.select(ListExport).order_by(ListExport.id))
    assert (book.state, book.failure) == (ExportState.FAILED, exporting_lists.TOO_LONG)
    assert whole.state is ExportState.DONE and whole.total > 2
    made, file = StringIO(newline=""), exporting_lists.SHELF.path_of(city.office.files, whole)
    assert export.write(city.office, made, "2026-10", city.now, excel=True) == whole.total
    assert file.read_bytes() == made.getvalue().encode()
    answer = lena.open(lena.open("/desk/exports").links("/desk/exports/")[0])
    answer.response.close()
    assert answer.response.headers["Content-Disposition"] == "attachment; filename=deadlines-2026-10.csv"
