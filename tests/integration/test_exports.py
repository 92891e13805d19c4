"""导出列表: the lines, columns and rights of the page; safe cells; long ones by a worker, once, for their owner."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from openpyxl import Workbook, load_workbook
from redis import Redis
from werkzeug.test import TestResponse

from hotline.domain.actors import Role
from hotline.domain.errors import NotFound
from hotline.models import Channel, ExportForm, ExportState, ListExport, Staff, Ticket
from hotline.services import desk, exporting_lists, overlapping, sheets, staffing, tabulating
from hotline.services.desk import Search, View
from hotline.services.exporting_lists import BATCH, SHELF
from hotline.services.work import Work
from hotline.services.writing_files import BROKEN, LEFT, NO_RIGHT, Claim, Lost
from tests.city import ZONE, City
from tests.clockwork import started, wait_until
from tests.desk import Person, make_app
from tests.work import shift_of
from workers import exports

EVERYTHING = tuple(tabulating.BY_NAME)


@pytest.fixture
def app(city: City) -> Flask:
    return make_app(city)


@pytest.fixture
def long(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is a long list here begins at two tickets."""
    monkeypatch.setattr("hotline.services.desk.counting.MOST", 2)
    monkeypatch.setattr("hotline.services.desk.MOST", 2)


def workbook(data: bytes) -> Workbook:
    return load_workbook(io.BytesIO(data))


def rows(data: bytes) -> list[list[Any]]:
    return [list(row) for row in workbook(data).active.iter_rows(values_only=True)]


def export(person: Person, file: str = "xlsx", address: str = "/desk/tickets?view=all") -> TestResponse:
    form = person.open(address).form("/desk/exports")
    assert "file" in form.names
    return person.client.post(form.action, data={**form.values, "file": file})


def only(city: City) -> ListExport:
    (row,) = city.rows(sa.select(ListExport))
    return row


def held(city: City) -> Claim[ListExport]:
    with city.work() as work:
        claimed = SHELF.claim(work)
    assert claimed is not None
    return claimed


class TestAShortList:
    def test_comes_at_once_as_it_is_on_the_page(self, city: City, app: Flask) -> None:
        number = city.handling(text="香溪路路灯不亮", place="香溪路")
        city.receive(text="别处井盖缺失")
        dora = Person(app, "dora")
        answer = export(dora, address="/desk/tickets?view=all&state=handling&columns=number.matter.state.due.heat")
        assert answer.status_code == 200
        assert "attachment" in answer.headers["Content-Disposition"]
        assert answer.headers["Cache-Control"] == "no-store"
        sheet = workbook(answer.data).active
        assert [[cell.value for cell in row] for row in sheet.iter_rows()] == [
            ["编号", "事项", "状态", "时限", "到期时间", "热度"],
            [number, "香溪路路灯不亮", "处理中", "处理", sheet["E2"].value, 1],
        ]
        due = sheet["E2"].value
        assert isinstance(due, datetime) and sheet["E2"].number_format == "yyyy-mm-dd hh:mm"
        with city.work("dora") as work:
            (line,) = desk.stream(work, Search(View.ALL, text=number))
            assert line.due is not None and due == line.due.due_at.astimezone(ZONE).replace(tzinfo=None)
        assert isinstance(sheet["F2"].value, int)
        assert sheet.freeze_panes == "A2" and sheet.auto_filter.ref == "A1:F2"
        assert sheet.column_dimensions["B"].width == 44 and sheet["A1"].font.b
        assert city.rows(sa.select(ListExport)) == []

    def test_every_column_has_its_cells_in_both_forms(self, city: City, app: Flask) -> None:
        city.submitted(channel=Channel.PHONE, confidential=True)
        city.receive()
        dora = Person(app, "dora")
        address = f"/desk/tickets?view=all&columns={'.'.join(EVERYTHING)}"
        book = rows(export(dora, address=address).data)
        answer = export(dora, "csv", address)
        assert answer.data.startswith(b"\xef\xbb\xbf"), "Excel reads it as UTF-8"
        table = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))
        assert [len(row) for row in table] == [len(row) for row in book] == [len(tabulating.headings(EVERYTHING))] * 3
        assert table[0] == book[0]
        told = [f"{cell:%Y-%m-%d %H:%M}" if isinstance(cell, datetime) else str(cell or "") for cell in book[1]]
        assert table[1] == told

    @pytest.mark.parametrize("begin", ["=", "+", "-", "@", "\t=", "＝"])
    def test_no_words_of_a_citizen_become_a_formula(self, city: City, app: Flask, begin: str) -> None:
        receipt = city.receive()
        with city.office.session() as session:
            dangerous = {"matter": f'{begin}HYPERLINK("http://x")\x01', "area": f"{begin}1+1"}
            session.execute(sa.update(Ticket).where(Ticket.id == receipt.ticket_id).values(**dangerous))
        dora = Person(app, "dora")
        address = "/desk/tickets?view=all&columns=number.matter.area"
        sheet = workbook(export(dora, address=address).data).active
        texts = list(csv.reader(io.StringIO(export(dora, "csv", address).data.decode("utf-8-sig"))))[1]
        for cell, text in zip(sheet[2], texts, strict=True):
            assert cell.data_type != "f"
            assert str(cell.value)[:1] not in "=+-@\t\r＝＋－＠" and text[:1] not in "=+-@\t\r＝＋－＠"

    def test_what_is_covered_on_the_page_is_covered_in_the_file(self, city: City, app: Flask) -> None:
        city.assigned(text="我叫张三丰，电话13812345678，举报夜间倾倒渣土", confidential=True, name="张三丰")
        city.assigned("parks", text="园林局的工单")
        hans = Person(app, "hans")
        words = str(rows(export(hans).data))
        assert "13812345678" not in words and "张三丰" not in words and "园林局的工单" not in words
        assert "渣土" in words

    def test_nothing_for_who_reads_no_list(self, city: City, app: Flask) -> None:
        adam = Person(app, "adam")
        token = adam.open("/desk/units").form("/logout").values["csrf_token"]
        assert adam.client.post("/desk/exports", data={"csrf_token": token}).status_code == 404
        assert adam.open("/desk/exports").status == 404


@pytest.mark.usefixtures("long")
class TestALongList:
    @pytest.fixture
    def numbers(self, city: City) -> list[str]:
        return [city.assigned() for _ in range(3)]

    def test_is_asked_for_once_and_told_how_far_it_is(self, city: City, app: Flask, numbers: list[str]) -> None:
        dora = Person(app, "dora")
        for _ in range(2):
            answer = export(dora)
            assert answer.status_code == 303
        page = dora.open(answer.headers["Location"])
        assert "等待导出" in page.text and 'hx-trigger="every 2s"' in page.html
        claimed = held(city)
        with city.work() as work:
            SHELF.tell(work, claimed, 500)
        assert "已写入 500 件" in dora.open("/desk/exports").text
        assert only(city).columns == list(tabulating.USUAL)

    def test_is_written_by_the_worker_and_is_its_owners_alone(self, city: City, app: Flask, numbers: list[str]) -> None:
        dora, hans = Person(app, "dora"), Person(app, "hans")
        export(dora)
        assert exports.write_all(shift_of(city)) == 1
        page = dora.open("/desk/exports")
        assert "已完成" in page.text and "hx-trigger" not in page.html.partition('id="exports"')[2]
        (address,) = page.links("/desk/exports/")
        with dora.client.get(address) as file:
            assert [row[0] for row in rows(file.data)[1:]] == numbers[::-1]
        assert hans.open(address).status == 404 and Person(app, "sven").open(address).status == 404
        assert app.test_client().get(address).status_code == 302
        assert dora.open("/desk/exports/nonsense").status == 404
        assert exports.write_all(shift_of(city)) == 0

    def test_has_the_rights_of_the_moment_when_it_is_written(self, city: City, app: Flask, numbers: list[str]) -> None:
        with city.work("dora") as work:
            for view in (View.ALL, View.OPEN):
                exporting_lists.ask(work, f"view={view}", ExportForm.CSV, ("number", "matter"))
        change(city, "dora", unit_id=city.unit_id("parks"))
        assert exports.write_all(shift_of(city)) == 2
        done = city.rows(sa.select(ListExport))
        assert {(row.state, row.written) for row in done} == {(ExportState.DONE, 0)}, "narrower, as he is"
        change(city, "dora", unit_id=city.unit_id("lamps"))
        with city.work("dora") as work, pytest.raises(NotFound):
            SHELF.find(work, done[0].token)

    def test_is_nobodys_who_has_other_roles_by_now(self, city: City, app: Flask, numbers: list[str]) -> None:
        dora, centre = Person(app, "dora"), city.unit_id("center")
        export(dora)
        exports.write_all(shift_of(city))
        (address,) = dora.open("/desk/exports").links("/desk/exports/")
        city.turn(minutes=1)
        for roles, status in (((Role.DISPATCHER,), 200), ((Role.HANDLER,), 404)):
            with city.work("adam") as work:
                dora_id = city.actor("dora").staff_id or 0
                seen = overlapping.seen_as(staffing.values_of(staffing.find(work, dora_id).staff))
                staffing.change(work, dora_id, staffing.Wanted("", "陈派单", centre, roles), seen)
            with dora.client.get(address) as file:
                assert file.status_code == status, roles
            assert len(dora.open("/desk/exports").links("/desk/exports/")) == (status == 200)

    @pytest.mark.parametrize("values", [{"active": False}, {"roles": ["administrator"]}])
    def test_fails_for_who_may_read_no_more(
        self, city: City, app: Flask, numbers: list[str], values: dict[str, object]
    ) -> None:
        dora = Person(app, "dora")
        export(dora)
        change(city, "dora", **values)
        exports.write_all(shift_of(city))
        row = only(city)
        assert (row.state, row.failure) == (ExportState.FAILED, NO_RIGHT)
        assert not files(city)

    def test_is_written_anew_for_who_was_moved_while_it_was_written(self, city: City, numbers: list[str]) -> None:
        ask(city, "dora")
        claimed = held(city)
        made = SHELF.half(city.office.files)
        made.write_bytes(b"wide")
        change(city, "dora", unit_id=city.unit_id("parks"))
        with city.work() as work:
            SHELF.finish(work, claimed, 3, made)
        assert only(city).state is ExportState.QUEUED and files(city) == [made]

    def test_is_taken_over_from_a_writer_that_died_and_makes_one_file(
        self, city: City, app: Flask, numbers: list[str]
    ) -> None:
        ask(city, "dora")
        dead = held(city)
        with city.work() as work:
            assert SHELF.claim(work) is None, "it may still be alive"
        city.turn(minutes=3)
        assert exports.write_all(shift_of(city)) == 1
        late = SHELF.half(city.office.files)
        late.write_bytes(b"late")
        with city.work() as work, pytest.raises(Lost):
            SHELF.tell(work, dead, 500)
        with city.work() as work, pytest.raises(Lost):
            SHELF.finish(work, dead, 3, late)
        late.unlink()
        (file,) = files(city)
        assert rows(file.read_bytes())[0][0] == "编号"

    def test_that_cannot_be_written_says_so_and_stops_no_other(
        self, city: City, app: Flask, numbers: list[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        ask(city, "dora")
        ask(city, "hans")
        whole = exporting_lists.rows

        def broken(work: Work, search: Search, columns: tuple[str, ...]) -> Iterator[list[tabulating.Cell]]:
            if work.actor.name == "陈派单":
                raise OSError("disk full")
            return whole(work, search, columns)

        monkeypatch.setattr(exporting_lists, "rows", broken)
        assert exports.write_all(shift_of(city)) == 2
        states = {row.state: row.failure for row in city.rows(sa.select(ListExport))}
        assert states == {ExportState.FAILED: BROKEN, ExportState.DONE: ""}
        assert "没有完成" in Person(app, "dora").open("/desk/exports").text
        assert len(files(city)) == 1, "nothing half written is left"

    def test_file_is_removed_after_seven_days(self, city: City, app: Flask, numbers: list[str]) -> None:
        dora = Person(app, "dora")
        export(dora)
        exports.write_all(shift_of(city))
        (address,) = dora.open("/desk/exports").links("/desk/exports/")
        city.turn(days=7)
        assert dora.open(address).status == 404, "not even before it is swept away"
        exports.begin(shift_of(city))
        assert not files(city) and "已过保留期" in dora.open("/desk/exports").text
        city.turn(days=24)
        exports.begin(shift_of(city))
        assert not city.rows(sa.select(ListExport)), "what was looked for is forgotten"

    def test_nobody_asks_for_more_than_can_be_waited_for(self, city: City, app: Flask, numbers: list[str]) -> None:
        with city.work("dora") as work:
            for view in (View.OPEN, View.OVER, View.SOON):
                exporting_lists.ask(work, f"view={view}", ExportForm.CSV, ("number",))
        dora = Person(app, "dora")
        answer = export(dora)
        assert "已有3个导出在进行" in dora.open(answer.headers["Location"]).text

    def test_what_its_writers_die_of_keeps_nobody_waiting_and_is_given_up(
        self, city: City, app: Flask, numbers: list[str]
    ) -> None:
        ask(city, "dora")
        deadly = held(city).id
        city.turn(minutes=3)
        ask(city, "sven")
        assert held(city).id != deadly, "first what nobody has tried"
        with city.office.session() as session:
            session.execute(sa.update(ListExport).where(ListExport.id != deadly).values(state=ExportState.DONE))
        for _ in range(2):
            assert held(city).id == deadly
            city.turn(minutes=3)
        with city.work() as work:
            assert SHELF.claim(work) is None
        assert "写文件3次都中断了" in Person(app, "dora").open("/desk/exports").text

    def test_a_writer_that_packs_a_long_file_is_not_taken_for_dead(
        self, city: City, monkeypatch: pytest.MonkeyPatch, numbers: list[str]
    ) -> None:
        ask(city, "dora")
        shift, slow = shift_of(city), sheets._Told.write

        def write(file: sheets._Told, data: bytes) -> int:
            """Each piece takes a minute."""
            city.turn(minutes=1)
            with city.work() as work:
                assert not SHELF.waits(work)
            return slow(file, data)

        monkeypatch.setattr(sheets._Told, "write", write)
        assert exports.write_all(shift) == 1
        assert only(city).state is ExportState.DONE

    def test_a_worker_writes_it_and_another_takes_over_from_a_killed_one(
        self, city: City, redis: Redis, redis_url: str, numbers: list[str]
    ) -> None:
        city.now = datetime.now(ZONE)
        with city.work("dora") as work:
            token = exporting_lists.ask(work, "view=all", ExportForm.XLSX, ("number",)).token
        dead = held(city)
        with city.office.session() as session:
            left = city.now - LEFT - timedelta(seconds=1)
            session.execute(sa.update(ListExport).where(ListExport.id == dead.id).values(seen_at=left, written=2))
        with started(city, redis_url), started(city, redis_url, "workers.timetable"):
            wait_until(lambda: only(city).state is ExportState.DONE)
        folder = city.office.files / "files" / "exports"
        assert [path.name for path in folder.iterdir()] == [f"{token}.xlsx"]
        assert sorted(row[0] for row in rows((folder / f"{token}.xlsx").read_bytes())[1:]) == numbers


def test_memory_does_not_grow_with_the_list(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    """Lines are read, covered and written batch by batch: the second is asked for when the first is in the file."""
    for _ in range(5):
        city.receive()
    monkeypatch.setattr(exporting_lists, "BATCH", 2)
    monkeypatch.setattr("hotline.services.desk.reading.AT_ONCE", 2)
    with city.work("olga") as work, city.statements() as statements:
        lines = exporting_lists.rows(work, Search(View.ALL), ("number", "matter"))
        next(lines)
        begun = len(statements)
        assert len(list(lines)) == 4
        assert len(statements) > begun
    assert BATCH <= 1000


def ask(city: City, who: str) -> None:
    with city.work(who) as work:
        exporting_lists.ask(work, "view=all", ExportForm.XLSX, ("number", "matter"))


def change(city: City, who: str, **values: object) -> None:
    with city.office.session() as session:
        session.execute(sa.update(Staff).where(Staff.login == who).values(**values))


def files(city: City) -> list[Path]:
    return sorted((city.office.files / "exports").iterdir()) if (city.office.files / "exports").is_dir() else []
