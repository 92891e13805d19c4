"""冻结: what a month was is kept, sealed and chained; whatever happens later changes nothing of it."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from hotline.cli import export
from hotline.cli.importing import import_file
from hotline.domain.errors import Refused
from hotline.domain.rates import Month, RateKind
from hotline.models import Category, Complaint, DeadlineKind, Hindsight, Ticket, Unit
from hotline.services import (
    accepting,
    appealing,
    checking,
    citizens,
    closing,
    erasing,
    extending,
    handling,
    merging,
    moving,
    replying,
    reworking,
)
from hotline.services.forgetting import GONE
from hotline.services.month import freezing, reporting
from hotline.services.month.figures import MonthFigures
from hotline.services.month.itemising import UPHELD
from tests import histories
from tests.city import ZONE, City, at
from tests.freezing import count, freeze, sealed, verified
from tests.played import Played
from tests.reports import figures

PROJECT = Path(__file__).resolve().parents[2]


def months_of_work(city: City) -> None:
    """From August on, frozen nowhere; the clock stands at the freezing of October."""
    city.now = at("2026-08-17 09:00")
    histories.play(city, 23, tickets=10)
    city.now = at("2026-11-03 01:00")


def test_a_month_is_kept_as_it_stands_and_chained_to_the_one_before(city: City, played: Played) -> None:
    played.on(city, months_of_work)
    live, rows = figures(city).as_dict(), _exported(city)
    reports = [freeze(city, month) for month in ("2026-08", "2026-09", "2026-10")]
    october = reports[-1]
    assert [report.previous_checksum for report in reports] == ["", *(report.checksum for report in reports[:-1])]
    assert october.checksum == hashlib.sha256(sealed(city, october)).hexdigest()
    assert (october.items, october.calendar_id, october.policies[0]["version"]) == (len(rows), 1, "默认政策 2026")
    assert october.figures["rates"]["rates"][0]["kept"] == live["rates"][0]["kept"]
    _told_by_the_document(sealed(city, october).decode())
    assert {"rates", "indicators", "score"} <= october.figures.keys()
    kept = figures(city)
    assert kept.report is not None
    assert kept.as_dict()["rates"] == live["rates"]
    assert kept.as_dict()["units"] == live["units"]
    assert _exported(city) == rows
    assert [verdict.differences for verdict in verified(city)] == [[], [], []]


def _told_by_the_document(text: str) -> None:
    """docs/freezing.md says what the text is made of."""
    told = (PROJECT / "docs" / "freezing.md").read_text(encoding="utf-8")
    form, *head = text.partition("\nitems\t")[0].splitlines()
    assert f"`{form}`" in told
    named = told[told.index("头部") : told.index("一行 `items`")]
    assert re.findall(r"`([a-z_]+)`", named) == [line.partition("\t")[0] for line in head]
    for line in head:
        name, _, value = line.partition("\t")
        assert json.dumps(json.loads(value), ensure_ascii=False, sort_keys=True) == value, name


def _exported(city: City, month: str = "2026-10") -> list[dict[str, str]]:
    """As it is written, but for the words of an appeal, which are not kept."""
    file = io.StringIO(newline="")
    export.write(city.office, file, month, city.now)
    rows = list(csv.DictReader(io.StringIO(file.getvalue(), newline="")))
    return [row | ({"why": UPHELD} if row["state"] == "exempt" else {}) for row in rows]


def test_only_a_month_that_is_over_is_frozen_once_and_in_its_order(city: City) -> None:
    city.receive()
    city.now = at("2026-10-31 23:59")
    with pytest.raises(Refused, match="2026-10还没有结束"), city.work() as work:
        freezing.claim(work, "2026-10")
    city.now = at("2026-11-01 00:01")
    with city.work() as work:
        assert freezing.claim(work, "2026-10")
        assert not freezing.claim(work, "2026-10")
    city.now = at("2026-12-05 09:00")
    with pytest.raises(Refused, match="另一个月的月报正在冻结"), city.work() as work:
        freezing.claim(work, "2026-11")
    count(city)
    with city.work() as work:
        assert not freezing.claim(work, "2026-10")
        assert freezing.waiting(work) is None
    for month, why in (("2026-09", "不能再补冻它"), ("2026-12", "还没有结束")):
        with pytest.raises(Refused, match=why), city.work() as work:
            freezing.claim(work, month)
    city.now = at("2027-02-03 09:00")
    with pytest.raises(Refused, match="请先冻结2026-11"), city.work() as work:
        freezing.claim(work, "2026-12")


# What happens later


def test_nothing_that_happens_later_changes_a_frozen_month(city: City) -> None:
    stories: list[Callable[[], object]] = [
        story(city)
        for story in (_late, _approved, _appealed, _withdrawn, _separated, _extended, _moved, _erased, _reworked)
    ]
    city.now = at("2026-11-03 01:00")
    report = freeze(city)
    text, said, rows = sealed(city, report), figures(city).as_dict(), _exported(city)
    city.turn(hours=8)
    for happens in stories:
        happens()
    _imports(city)
    _renames(city)
    live = _live(city)
    assert live.scope.tallies[RateKind.HANDLE].all["owed"] != said["rates"][0]["owed"], "much has changed"
    assert (sealed(city, report), _exported(city)) == (text, rows)
    for name in ("units", "categories", "areas", "channels", "sources"):
        assert _numbers(figures(city).as_dict()[name]) == _numbers(said[name])
    (verdict,) = verified(city)
    assert list(map(str, verdict.differences)) == []
    assert "张伟" not in text.decode() and "暴雨" not in text.decode()
    remembered = str(city.rows(sa.select(Hindsight.was)))
    assert "'due_at'" in remembered
    assert "张伟" not in remembered and "暴雨" not in remembered


def _numbers(lines: list[dict[str, Any]]) -> dict[Any, Any]:
    """By what the line is of: names and the order of the tree may change."""
    return {line["id"] if "id" in line else line["value"]: line["rates"] for line in lines}


def _live(city: City) -> MonthFigures:
    with city.work() as work:
        return reporting.counted(work, Month.parse("2026-10", ZONE))


def _late(city: City) -> Callable[[], object]:
    number = city.handling()

    def submitted() -> None:
        with city.work("hans") as work:
            handling.submit(work, number, "已更换灯头两只。")
        with city.work("sven") as work:
            checking.approve(work, number, "已到现场核实")

    return submitted


def _approved(city: City) -> Callable[[], object]:
    number = city.submitted()

    def approved() -> None:
        with city.work("sven") as work:
            checking.approve(work, number, "已到现场核实")

    return approved


def _appealed(city: City) -> Callable[[], object]:
    start = city.now
    city.now = at("2026-10-20 09:00")
    number = city.handling(wants_reply=False)
    city.turn(days=9)
    with city.work("hans") as work:
        handling.submit(work, number, "已更换灯头两只。")
    with city.work("sven") as work:
        checking.approve(work, number, "已到现场核实")
    with city.work("olga") as work:
        replying.reply(work, number, "路灯已修复，感谢监督。")
    city.now = start

    def upheld() -> None:
        with city.work("olga") as work:
            if city.ticket(number).ended_at is None:
                closing.close(work, number)
        with city.work("hans") as work:
            appealing.appeal(work, number, "张伟家门前暴雨预警停止作业")
        for who in ("sven", "sara"):
            with city.work(who) as work:
                appealing.review(work, number, True, "属实")
        exempt = city.deadlines(number, DeadlineKind.HANDLE)[-1]
        assert exempt.exempt_reason is not None and "暴雨" in exempt.exempt_reason

    return upheld


def _withdrawn(city: City) -> Callable[[], object]:
    number = city.handling()

    def withdrawn() -> None:
        with city.work("citizen") as work:
            accepting.withdraw(work, number)

    return withdrawn


def _separated(city: City) -> Callable[[], object]:
    into, number = city.handling(), city.accepted()
    with city.work("dora") as work:
        merging.merge(work, number, into)

    def separated() -> None:
        with city.work("sven") as work:
            merging.unmerge(work, number, "并非同一事项")
        with city.office.session() as session:  # the ticket that had it meanwhile is filed anew
            category = sa.select(sa.func.max(Category.id)).scalar_subquery()
            session.execute(sa.update(Ticket).where(Ticket.number == into).values(category_id=category, area="西城"))

    return separated


def _extended(city: City) -> Callable[[], object]:
    start = city.now
    city.now = at("2026-10-23 09:00")
    number = city.handling()
    with city.work("hans") as work:
        extending.request(work, number, "等待配件到货")
    city.now = start

    def granted() -> None:
        with city.work("sven") as work:
            extending.decide(work, number, True, "同意")

    return granted


def _moved(city: City) -> Callable[[], object]:
    city.handling()

    def moved() -> None:
        with city.work("adam") as work:
            lamps, county = (work.session.get_one(Unit, city.unit_id(key)) for key in ("lamps", "county"))
            moving.move(work, lamps, f"{county.path}{lamps.id}/")

    return moved


def _erased(city: City) -> Callable[[], object]:
    number = city.receive(text="我叫张伟，门前路灯不亮", name="张伟", phone="+8613912345678").number
    with city.work("olga") as work:
        accepting.decline(work, number, "属供电公司职责", "95598")

    def erased() -> None:
        with city.work("citizen") as work:
            complaint = work.session.scalars(sa.select(Complaint).where(Complaint.number == number)).one()
            erasing.erase_on_request(work, complaint, citizens.ticket_of(work, complaint))
        assert GONE in city.rows(sa.select(Complaint.text))

    return erased


def _reworked(city: City) -> Callable[[], object]:
    number = city.replied()

    def reworked() -> None:
        with city.work("sven") as work:
            reworking.rework(work, number, "现场仍未修复")

    return reworked


def _imports(city: City) -> None:
    lines = ("编号,诉求内容,到达时间,答复时间", "Z-1,井盖丢失,2026-10-05 08:10,2026-10-06 12:00")
    assert import_file(city.office, "\n".join(lines), city.now) == 0


def _renames(city: City) -> None:
    with city.office.session() as session:
        session.execute(sa.update(Unit).where(Unit.key == "lamps").values(name="市政中心"))
        session.execute(sa.update(Category).values(name=Category.name + "（旧）"))


# The command


def test_the_sealed_text_is_exported_byte_by_byte(
    city: City, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    city.handling()
    city.now = at("2026-11-03 01:00")
    report = freeze(city)
    monkeypatch.setenv("DATABASE_URL", city.database_url)
    monkeypatch.setenv("HOTLINE_DATA", str(tmp_path / "data"))
    target = tmp_path / "2026-10.txt"
    assert export.main(["frozen", "2026-10", "--output", str(target)]) == 0
    assert hashlib.sha256(target.read_bytes()).hexdigest() == report.checksum
    assert report.checksum in capsys.readouterr().err
    assert export.main(["frozen", "2026-09", "--output", str(tmp_path / "no.txt")]) == 1
    assert "还没有冻结" in capsys.readouterr().err
    assert export.main(["frozen", "2026-10", "--version", "2"]) == 1
    assert "没有这个月的这一版" in capsys.readouterr().err
