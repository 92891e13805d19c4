"""更正: a frozen month counted anew is its next version, with reason, author and what differs from the one before."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from hotline.cli.importing import import_file
from hotline.domain.errors import Invalid, NotFound, Refused
from hotline.models import DeadlineKind
from hotline.services import checking
from hotline.services.month import freezing, frozen
from hotline.services.month.comparing_versions import compare
from tests.city import City, at
from tests.freezing import count, freeze, restate, sealed, verified


def test_a_restatement_is_a_new_version_with_its_reason_and_what_differs(city: City) -> None:
    submitted, came_late = city.submitted(), city.handling()
    city.now = at("2026-11-03 01:00")
    with pytest.raises(Refused, match="还没有冻结"), city.work("sven") as work:
        freezing.restate(work, "2026-10", "漏登了两件核查")
    first = freeze(city)
    text = sealed(city, first)
    city.turn(hours=9)
    with city.work("sven") as work:
        checking.approve(work, submitted)
    with pytest.raises(Invalid, match="原因"), city.work("sven") as work:
        freezing.restate(work, "2026-10", " 漏 ")
    with city.work("sven") as work:
        assert freezing.restate(work, "2026-10", "核查在月底前已完成，漏登一件") == 2
    with pytest.raises(Refused, match="正在冻结"), city.work("sven") as work:
        freezing.restate(work, "2026-10", "核查在月底前已完成，漏登一件")
    second = count(city)
    assert (second.version, second.frozen_by, second.previous_checksum) == (2, "周督办", first.checksum)
    assert second.reason in sealed(city, second).decode()
    assert sealed(city, first) == text
    with city.work("sven") as work:
        newest = frozen.find(work, "2026-10")
        assert newest is not None and newest.id == second.id
        found = compare(work, "2026-10", 2)
    whole = {(each.kind.value, each.figure): (each.before, each.after) for each in found.figures if not each.unit_id}
    assert whole["handle", "kept"] == (0, 1)
    assert whole["handle", "missing"] == (2, 1)
    assert {each.unit for each in found.figures} >= {"市城管服务中心", "市政处"}
    mended = next(each for each in found.items if each.kind is DeadlineKind.HANDLE)
    assert (mended.how, mended.why) == ("changed", "冻结后确认已兑现")
    assert found.total == len(found.items)
    assert came_late not in {each.ticket for each in found.items}
    with city.work("paul") as work:
        assert compare(work, "2026-10", 2).items == []
    with pytest.raises(NotFound), city.work("sven") as work:
        compare(work, "2026-10", 3)
    city.now = at("2026-12-03 01:00")
    assert freeze(city, "2026-11").previous_checksum == second.checksum
    assert [list(map(str, verdict.differences)) for verdict in verified(city)] == [[], [], []]


def test_what_came_and_went_between_two_versions_is_told(city: City) -> None:
    number, gone = city.handling(), city.handling()
    city.now = at("2026-11-03 01:00")
    freeze(city)
    lines = ("编号,诉求内容,到达时间,答复时间", "Z-1,井盖丢失,2026-10-05 08:10,2026-10-06 12:00")
    assert import_file(city.office, "\n".join(lines), city.now) == 0
    with city.office.session() as session:
        session.execute(sa.text("DELETE FROM deadline WHERE ticket_id = :id AND kind = 'handle'"),
                        {"id": city.ticket(gone).id})  # fmt: skip
    restate(city)
    with city.work("sven") as work:
        told = {(each.ticket, each.kind.value): (each.how, each.why) for each in compare(work, "2026-10", 2).items}
    assert told.pop((gone, "handle"))[0] == "went"
    assert number not in {ticket for ticket, _ in told}
    assert set(told.values()) == {("came", "冻结后补录")}
    assert [list(map(str, verdict.differences)) for verdict in verified(city)] == [[], []]
