"""点位: the register with its people, which tickets are at which point, and the month's order of points."""

from __future__ import annotations

import io
from typing import Any

import pytest
import sqlalchemy as sa

from hotline.domain.errors import Invalid, NotAllowed, NotFound, Refused
from hotline.models import Change, Point
from hotline.services import changing
from hotline.services.month import point_ranking, points
from hotline.services.month.point_ranking import PointRanking
from hotline.services.month.points import Wanted
from tests.city import City, at
from tests.freezing import freeze, restate, verified

MONTH = "2026-10"


def add(city: City, name: str, unit: str = "lamps", who: str = "sven", **more: Any) -> int:
    with city.work(who) as work:
        return points.add(work, Wanted(name, "张建国", city.unit_id(unit), **more)).id


def ranked(city: City, who: str = "sven", month: str = MONTH, version: int | None = None) -> PointRanking:
    with city.work(who) as work:
        return point_ranking.ranked(work, month, version=version)


def test_a_ticket_is_at_the_point_that_its_place_names_best(city: City) -> None:
    market = add(city, "中心农贸市场", words=("中心菜场",))
    gate = add(city, "中心农贸市场北门", unit="parks")
    quiet = add(city, "滨河公园", unit="parks")
    elsewhere = add(city, "香溪路", area="西城区")
    by_name = city.handling(text="污水横流", place="中心农贸市场旁")
    by_alias = city.replied(text="占道经营", place="中心菜场对面")
    longer = city.handling(text="垃圾成堆", place="中心农贸市场北门外")
    city.handling(text="路灯不亮", place="香溪路12号", area="东城区")
    city.turn(days=12)
    found = ranked(city)
    stood = {each.point.id: each for each in found.points}
    assert {id: each.tickets for id, each in stood.items()} == {market: 2, gate: 1, quiet: 0, elsewhere: 0}
    assert stood[quiet].rank == 1 and str(stood[quiet].score.total) == "100.0", "nobody complained of it"
    # 诉求量 40 − 2×2; 处理率 1/2×30; 按时 1/2×20; 重复 10
    assert str(stood[market].score.total) == "71.0" and stood[market].rank == 3
    assert found.worst[0] == gate
    with city.work("sven") as work:
        listed = {ticket.number for ticket in point_ranking.tickets(work, found, market)}
        assert listed == {by_name, by_alias}
        assert [ticket.number for ticket in point_ranking.tickets(work, found, gate)] == [longer]
    assert {each.point.id for each in ranked(city, "hans").points} == {market, elsewhere}, "a unit reads its own"
    assert ranked(city, month="2027-01").points[0].rank is None, "a month that has not begun ranks nobody"
    assert set(ranked(city, month="2026-11").before.values()) == {1, 3, 4}


def test_a_frozen_month_keeps_the_register_as_it_was(city: City) -> None:
    """Whatever is changed in it later; a restatement takes it as it is then, and is a version of its own."""
    market, park = add(city, "中心农贸市场", words=("中心菜场",)), add(city, "滨河公园", unit="parks")
    by_name = city.handling(text="污水横流", place="中心农贸市场旁")
    by_alias = city.replied(text="占道经营", place="中心菜场对面")
    city.now = at("2026-11-03 01:00")
    live = {who: ranked(city, who) for who in ("sven", "hans")}
    report = freeze(city, MONTH)
    with city.work("sven") as work:
        points.change(work, market, Wanted("中心农贸市场", "李点长", city.unit_id("parks")))
        points.close(work, park)
    add(city, "中心农贸市场旁", unit="parks")
    for who, found in live.items():
        kept = ranked(city, who)
        assert kept.as_dict() == found.as_dict(), who
        assert {each.point.chief for each in kept.points} == {"张建国"}
        with city.work(who) as work:
            assert {ticket.number for ticket in point_ranking.tickets(work, kept, market)} == {by_name, by_alias}
    assert verified(city)[0].differences == []
    after = ranked(city, month="2026-11")
    assert after.before == {market: 2, park: 1} and len(after.points) == 2
    restated = restate(city, MONTH)
    now, before = ranked(city), ranked(city, version=1)
    assert now.report is not None and before.report is not None
    assert (now.report.version, before.report.version) == (2, 1)
    assert before.as_dict() == live["sven"].as_dict() and restated.checksum != report.checksum
    assert [(each.point.chief, each.point.unit, each.tickets) for each in now.points] == [("李点长", "园林局", 1)]
    assert [each.differences for each in verified(city)] == [[], []]


def test_the_register_is_kept_with_a_record_and_can_be_put_back(city: City) -> None:
    point = add(city, "中心农贸市场")
    with pytest.raises(Invalid, match="已有同名"):
        add(city, "中心农贸市场")
    with city.work("sven") as work:
        assert points.change(work, point, Wanted("中心农贸市场", "李点长", city.unit_id("parks")))
        assert points.close(work, point)
    add(city, "中心农贸市场")
    with city.work("adam") as work:
        with pytest.raises(Refused):
            points.close(work, point, active=True)
        changed = work.session.scalars(sa.select(Change.id).order_by(Change.id)).all()
        changing.undo(work, changed[1])
        assert work.session.get_one(Point, point).chief == "张建国"


def test_what_is_not_ones_own_is_not_found_and_not_kept(city: City) -> None:
    point = add(city, "滨河公园", unit="parks")
    for who, fault in (("hans", NotAllowed), ("olga", NotAllowed)):
        with city.work(who) as work, pytest.raises(fault):
            points.change(work, point, Wanted("滨河公园", "王", city.unit_id("parks")))
    with city.work("hans") as work, pytest.raises(NotFound):
        points.find(work, point)
    with city.work("sven") as work, pytest.raises(Invalid) as caught:
        points.add(work, Wanted("园", "", 10**9, words=("一",)))
    assert set(caught.value.fields) == {"name", "chief", "unit_id", "words"}


def test_a_register_comes_from_a_spreadsheet_whole_or_not_at_all(city: City) -> None:
    add(city, "滨河公园", unit="parks")
    good = "点位,点长,单位,别名\n滨河公园,王新,市政处,滨河绿地、河滨公园\n新街口,赵街,parks,\n".encode()
    with city.work("sven") as work:
        assert points.take_in(work, good) == (1, 1)
        assert work.session.scalars(sa.select(Point.words).where(Point.name == "滨河公园")).one() == [
            "滨河绿地",
            "河滨公园",
        ]
    bad = "点位,点长,单位\n甲乙,王,没有的局\n丙,,市政处\n甲乙,李,市政处\n".encode("gb18030")
    with city.work("sven") as work, pytest.raises(Invalid) as caught:
        points.take_in(work, bad)
    told = caught.value.fields["file"]
    assert "第2行：没有单位“没有的局”" in told and "第3行" in told and "第4行：“甲乙”在文件中重复" in told
    with city.work("sven") as work, pytest.raises(Invalid, match="缺少"):
        points.take_in(work, io.BytesIO(b"a,b\n1,2\n").getvalue())
