"""导出: what is written is what was owed, anybody can recount it, and no spreadsheet is tricked by it."""

from __future__ import annotations

import csv
import io
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from hotline.cli import export
from hotline.domain.rates import Month, RateKind
from hotline.models import Channel, Deadline, DeadlineKind, Ticket, Unit
from hotline.services import accepting, extending
from hotline.services.month import exporting
from hotline.services.month.reporting import monthly
from tests import histories
from tests.city import ZONE, City, at
from tests.recount import recount
from tests.reports import same_as_recounted


def exported(city: City, month: str = "2026-10") -> str:
    file = io.StringIO(newline="")
    export.write(city.office, file, month, city.now)
    return file.getvalue()


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


@pytest.mark.parametrize("seed", [21, 22])
def test_a_month_can_be_recounted_by_anybody(city: City, seed: int) -> None:
    city.now = at("2026-08-17 09:00")
    histories.play(city, seed)
    for month in ("2026-08", "2026-09", "2026-10"):
        with city.work() as work:
            report = monthly(work, month)
        said = report.as_dict()
        same_as_recounted(said, recount(io.StringIO(exported(city, month), newline=""), said["from"], said["cut_off"]))


def test_every_promise_that_is_owed_is_there_once_and_of_all_nine_kinds(city: City) -> None:
    city.now = at("2026-08-17 09:00")
    histories.play(city, 23)
    window = Month.parse("2026-09", ZONE).seen_at(city.now)
    expected = {
        str(row.id)
        for row in city.rows(sa.select(Deadline))
        if row.void_at is None and row.exempt_at is None and window.takes_in(row.due_at, row.met_at)
    }
    written = [row["deadline_id"] for row in rows(exported(city, "2026-09")) if row["state"] == "owed"]
    assert sorted(written) == sorted(expected)
    kinds = {row["kind"] for row in rows(exported(city, "2026-09"))}
    assert kinds >= {"accept", "dispatch", "sign", "handle", "check", "reply", "close"}
    assert kinds <= set(DeadlineKind)


def test_a_row_says_who_owes_what_since_when(city: City) -> None:
    number = city.handling(channel=Channel.PHONE, area="东城")
    began = city.now
    city.turn(days=15)
    (handle,) = [row for row in rows(exported(city)) if row["kind"] == "handle"]
    owed = next(row for row in city.deadlines(number, DeadlineKind.HANDLE))
    assert tuple(handle) == exporting.COLUMNS
    assert handle == {
        "deadline_id": str(owed.id),
        "ticket": number,
        "complaint": "",
        "kind": "handle",
        "round": "1",
        "unit": "lamps",
        "unit_name": "市政处",
        "unit_path": "市城管服务中心/市政处",
        "started_at": began.astimezone(ZONE).isoformat(),
        "due_at": "2026-10-19T18:00:00+08:00",
        "original_due_at": "2026-10-19T18:00:00+08:00",
        "met_at": "",
        "state": "owed",
        "why": "",
        "extensions": "0",
        "direct": "false",
        "category_code": "",
        "area": "东城",
        "channel": "phone",
        "source": "citizen",
    }
    (reply,) = [row for row in rows(exported(city)) if row["kind"] == "reply"]
    assert reply["complaint"] == number, "a reply is owed to a complaint"


def test_times_are_written_to_the_microsecond_and_read_back_as_they_were(city: City) -> None:
    number = city.handling()
    exact = at("2026-10-19 17:59:59.999999")
    with city.office.session() as session:
        session.execute(sa.update(Deadline).where(Deadline.kind == "handle").values(met_at=exact))
    city.turn(days=15)
    (handle,) = [row for row in rows(exported(city)) if row["kind"] == "handle"]
    assert handle["ticket"] == number
    assert datetime.fromisoformat(handle["met_at"]) == exact


def test_void_exempt_and_extended_rows_say_why(city: City) -> None:
    declined = city.receive().number
    with city.work("olga") as work:
        accepting.decline(work, declined, "不属本市受理范围", "省热线，电话12345")
    city.now = at("2026-10-23 09:00")
    exempt, extended = city.handling(), city.handling()
    with city.work("hans") as work:
        extending.request(work, extended, "等待配件到货")
    with city.work("dora") as work:
        extending.decide(work, extended, True, "同意")
    with city.office.session() as session:
        of_exempt = sa.select(Ticket.id).where(Ticket.number == exempt).scalar_subquery()
        session.execute(
            sa.update(Deadline)
            .where(Deadline.ticket_id == of_exempt, Deadline.kind == "handle")
            .values(exempt_at=city.now, exempt_reason="=申诉成立：暴雨", met_at=at("2026-10-31 09:00"))
        )
    city.turn(days=12)
    found = {(row["ticket"], row["kind"]): row for row in rows(exported(city))}
    assert (found[declined, "close"]["state"], found[declined, "close"]["why"]) == ("void", "declined")
    assert found[declined, "reply"]["state"] == "owed"
    assert (found[exempt, "handle"]["state"], found[exempt, "handle"]["why"]) == ("exempt", "'=申诉成立：暴雨")
    moved = found[extended, "handle"]
    assert (moved["state"], moved["why"]) == ("extended", f"extended to {moved['due_at']}")
    assert moved["original_due_at"] < "2026-11" < moved["due_at"]


def test_what_is_due_later_this_month_is_not_there_yet(city: City) -> None:
    number = city.handling()
    assert {row["kind"] for row in rows(exported(city))} == set()
    city.turn(days=15)
    assert (number, "handle") in {(row["ticket"], row["kind"]) for row in rows(exported(city))}
    assert rows(exported(city, "2026-12")) == [], "a month that has not begun"


@pytest.mark.parametrize("lead", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"])
def test_no_cell_begins_a_formula(city: City, lead: str) -> None:
    with city.office.session() as session:
        session.execute(sa.update(Unit).where(Unit.key == "center").values(name=f"{lead}1+1"))
        session.execute(sa.update(Unit).where(Unit.key == "lamps").values(name=f'{lead}cmd|" /C calc"!A0'))
    city.handling()
    with city.office.session() as session:
        session.execute(sa.update(Ticket).values(area=f"{lead}HYPERLINK(1)"))
    city.turn(days=15)
    cells = [cell for row in csv.reader(io.StringIO(exported(city), newline="")) for cell in row]
    assert not [cell for cell in cells if cell.startswith(lead)]
    assert f"'{lead}HYPERLINK(1)" in cells


def test_thousands_of_rows_come_in_stretches(city: City, capsys: pytest.CaptureFixture[str]) -> None:
    city.handling()
    with city.office.session() as session:
        session.execute(
            sa.text(
                "INSERT INTO deadline (ticket_id, kind, round, unit_id, unit_path, limit_text, started_at, due_at,"
                " original_due_at) SELECT ticket_id, kind, round, unit_id, unit_path, limit_text, started_at, due_at,"
                " original_due_at FROM deadline, generate_series(1, 20000) WHERE kind = 'handle'"
            )
        )
    city.turn(days=15)
    found = rows(exported(city))
    assert len([row for row in found if row["kind"] == "handle"]) == 20_001
    assert found == sorted(found, key=lambda row: (row["due_at"], int(row["deadline_id"])))
    assert "已导出 20000 条……" in capsys.readouterr().err


# The command


@pytest.fixture
def command(city: City, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> City:
    monkeypatch.setenv("DATABASE_URL", city.database_url)
    monkeypatch.setenv("HOTLINE_DATA", str(tmp_path / "data"))
    return city


def past(city: City) -> str:
    """A month that is over by the real clock as well, with one ticket that rots in it."""
    city.now = at("2026-03-02 09:00")
    number = city.handling()
    city.turn(days=40)
    return number


def test_the_command_writes_to_standard_output(command: City, capfd: pytest.CaptureFixture[str]) -> None:
    number = past(command)
    assert export.main(["deadlines", "2026-03"]) == 0
    written, told = capfd.readouterr()
    assert written.startswith("deadline_id,ticket,")
    assert (number, "handle") in {(row["ticket"], row["kind"]) for row in rows(written)}
    assert told == f"已导出 {len(rows(written))} 条。\n"


def test_the_command_writes_a_file_which_excel_opens_rightly(command: City, tmp_path: Path) -> None:
    past(command)
    plain, excel = tmp_path / "a.csv", tmp_path / "b.csv"
    assert export.main(["deadlines", "2026-03", "--output", str(plain)]) == 0
    assert export.main(["deadlines", "2026-03", "--excel", "--output", str(excel)]) == 0
    assert excel.read_bytes() == b"\xef\xbb\xbf" + plain.read_bytes()
    assert "市城管服务中心/市政处" in plain.read_text(encoding="utf-8")
    assert sorted(path.name for path in tmp_path.glob("*.csv*")) == ["a.csv", "b.csv"]


def test_what_cannot_be_written_is_said_and_leaves_nothing(
    command: City, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "kept.csv"
    target.write_text("earlier")
    assert export.main(["deadlines", "2026-3", "--output", str(target)]) == 2
    assert "应写作“2026-10”" in capsys.readouterr().err
    assert target.read_text() == "earlier"
    assert list(tmp_path.glob(".kept*")) == []
    assert export.main(["deadlines", "2026-03", "--output", str(tmp_path / "no" / "x.csv")]) == 1
    assert "写不了文件" in capsys.readouterr().err
    with pytest.raises(SystemExit) as misused:
        export.main(["tickets", "2026-03"])
    assert misused.value.code == 2
    monkeypatch.setenv("DATABASE_URL", "postgresql+psycopg://nobody@127.0.0.1:1/none")
    assert export.main(["deadlines", "2026-03"]) == 1
    assert "连不上数据库" in capsys.readouterr().err


def test_a_promise_belongs_to_the_month_in_which_its_last_second_lies(city: City) -> None:
    city.handling()
    for due, months in (("2026-11-01 00:00", ["2026-10", "2026-11"]), ("2026-11-01 00:00:00.000001", ["2026-11"])):
        with city.office.session() as session:
            session.execute(
                sa.update(Deadline)
                .where(Deadline.kind == RateKind.HANDLE.value)
                .values(due_at=at(due), original_due_at=at(due))
            )
        city.now = at("2026-12-24 09:00") + timedelta(hours=1)
        owing = [
            month
            for month in ("2026-10", "2026-11")
            if any(row["kind"] == "handle" and row["state"] == "owed" for row in rows(exported(city, month)))
        ]
        assert owing == months
