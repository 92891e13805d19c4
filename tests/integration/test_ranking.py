"""考核排名: each unit's score is made of what the month's lists hold, and everybody reads only what is his to see."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa

from hotline.domain.actors import SYSTEM
from hotline.domain.errors import Invalid, NotFound, Refused
from hotline.domain.rates import Month
from hotline.domain.scoring import Scheme
from hotline.models import Change, Source, Ticket
from hotline.services import changing, checking, enforcing, handling
from hotline.services.month import ranking, reporting, schemes
from hotline.services.month.listing import Asked, items
from hotline.services.month.ranking import Placed, Ranking
from tests.city import City, at
from tests.freezing import freeze
from tests.played import Played

MONTH = "2026-10"


def lived(city: City) -> None:
    """市政处 keeps two of three, one of them late; 园林局 one of one; the county one of one, late."""
    city.replied(text="垃圾桶满溢")
    late = city.handling(text="路灯不亮", source=Source.MEDIA)
    city.handling(text="井盖缺失")
    for unit, who in (("parks", "paul"), ("county-roads", "carl")):
        number = city.assigned(unit, text=f"绿化带枯死{unit}")
        with city.work(who) as work:
            handling.sign(work, number)
        if unit == "parks":
            _submit(city, number, who)
        else:
            waiting = number
    city.turn(days=12)
    _submit(city, late, "hans")
    _submit(city, waiting, "carl")


def _submit(city: City, number: str, who: str) -> None:
    with city.work(who) as work:
        handling.submit(work, number, "已按要求办理完毕，现场恢复正常，已告知反映人。")
    with city.work("sven") as work:
        checking.approve(work, number, "已到现场核实。")


@pytest.fixture
def month(city: City, played: Played) -> City:
    return played.on(city, lived)


def ranked(city: City, who: Any = SYSTEM, month: str = MONTH) -> Ranking:
    with city.work(who) as work:
        return ranking.ranked(work, month)


@contextmanager
def scored_by(city: City, key: str) -> Iterator[None]:
    with city.work("adam") as work:
        schemes.choose(work, key, schemes.in_force(work).key)
    yield


def test_scores_are_made_of_what_the_lists_hold(month: City) -> None:
    with scored_by(month, "jinniu_szcg"):
        found = ranked(month)
    names = {board.name: [(unit.name, unit.rank) for unit in board.units] for board in found.boards}
    assert names["市级部门"] == [("园林局", 1), ("市政处", 2)]
    lamps, board = found.unit(month.unit_id("lamps"))
    told = {line.name: (line.told, line.parts) for line in lamps.score.lines}
    assert told["处置率"][0] == "30 × 2/3 = 20"
    # 20 + 1/3×20 + 20 + (1 − 1/3)×20 + 10
    assert lamps.score.total == Decimal("70.00") and lamps.score.grade and lamps.score.grade.name == "不达标"
    assert board is not None and [*board.best] == [month.unit_id("parks")]
    assert [*board.worst] == [month.unit_id("lamps")]
    with month.work() as work:
        figures = reporting.monthly(work, MONTH)
        for placed in (unit for each in found.boards for unit in each.units):
            for line in placed.score.lines:
                for fact, part, whole in line.parts:
                    if fact.startswith("handle."):
                        asked = Asked("handle", fact.partition(".")[2], unit_id=placed.id)
                        assert items(work, MONTH, asked).total == part
                        group = next(each for each in figures.units if each.about["id"] == placed.id)
                        assert next(t for k, t in group.tallies.items() if k == "handle").all["owed"] == whole


def test_what_is_taken_off_is_doubled_for_the_media(month: City) -> None:
    """The ladder climbs for what is late; of each ticket the highest level counts."""
    with month.work() as work:
        enforcing.run_pass(work)
    scheme = Scheme.from_mapping(
        "x",
        {
            "name": "试", "version": "1", "full": 100, "minimum": 0,
            "term": [
                {"name": "处理率", "kind": "rate", "fact": "handle.kept", "points": 100},
                {"name": "督办", "kind": "deduction", "fact": "card.deduction", "each": 1, "times": {"media": 2}},
                {"name": "黄牌", "kind": "deduction", "fact": ["card.yellow", "card.red"], "each": "0.5"},
            ],
        },
    )  # fmt: skip
    with month.work() as work:
        found = ranking.foreseen(work, Month.parse(MONTH, work.rules.zone), scheme)
    lamps, _ = found.unit(month.unit_id("lamps"))
    lost = lamps.score.lines[1]
    assert "（媒体监督）" in lost.told and "× 2" in lost.told, lost.told
    assert lost.points is not None and lost.points < 0
    assert lamps.cards["deduction"] == lost.parts[0][1] > 0


def test_too_few_cases_stand_apart_and_nobody_is_judged_by_nothing(month: City) -> None:
    found = ranked(month)
    assert found.scheme.key == "default"
    placed = {unit.name: unit for board in found.boards for unit in board.units}
    assert placed["市政处"].rank is None and placed["市政处"].apart == "3 件，不足 10 件"
    assert placed["市政处东站"].apart == "没有可计的数据" and placed["市政处东站"].score.total is None


def test_the_statements_are_as_many_whatever_the_size(month: City) -> None:
    with month.statements() as few:
        ranked(month)
    month.replied(text="公厕停水")
    month.turn(days=5)
    with month.statements() as more:
        ranked(month)
    assert len(few) == len(more)


def test_everybody_reads_only_what_is_his_to_see(month: City) -> None:
    with scored_by(month, "jinniu_szcg"):
        mine = ranked(month, "hans")
    assert [board.name for board in mine.boards] == ["市政处 · 站所"]
    assert mine.own is not None and mine.own.name == "市政处" and mine.own.score.total == Decimal("70.00")
    with pytest.raises(NotFound):
        mine.unit(month.unit_id("parks"))
    county = ranked(month, "cora")
    assert {unit.name for board in county.boards for unit in board.units} == {"东县公路站"}


def test_a_month_is_compared_with_the_one_before(month: City) -> None:
    with scored_by(month, "jinniu_szcg"):
        found = ranked(month, month="2026-11")
    lamps = found.before[month.unit_id("lamps")]
    assert isinstance(lamps, Placed) and (lamps.rank, lamps.score.total) == (2, Decimal("70.00"))


def test_what_is_kept_is_read_back_as_it_was(month: City) -> None:
    with scored_by(month, "jinniu_szcg"):
        found = ranked(month)
    with month.work() as work:
        report = reporting.monthly(work, MONTH)
        again = ranking.read(found.as_dict(), report.month)
    assert again.as_dict() == found.as_dict()


def test_a_frozen_month_keeps_its_scores_and_its_scheme(month: City) -> None:
    with scored_by(month, "jinniu_szcg"):
        month.now = at("2026-11-03 01:00")
        lamps = month.unit_id("lamps")
        stood = ranked(month, "lena").unit(lamps)[0]
        freeze(month, MONTH)
    with scored_by(month, "zhunger"):
        month.turn(days=3)
        late = month.rows(sa.select(Ticket.number).where(Ticket.matter.contains("井盖缺失")))[0]
        _submit(month, late, "hans")
        for who in ("lena", "hans"):
            found = ranked(month, who)
            assert found.scheme.key == "jinniu_szcg" and found.report is not None
            assert found.unit(lamps)[0].score.as_dict() == stood.score.as_dict(), who
        assert ranked(month, "lena", "2026-11").before[lamps].score.total == stood.score.total
        with month.work("lena") as work:
            (told,) = ranking.history(work, lamps, Month.parse("2026-11", work.rules.zone))
        assert (str(told[0]), told[1].rank, told[1].score.total) == (MONTH, 2, stood.score.total)


def test_the_scheme_is_chosen_by_the_citys_administrators_and_can_be_put_back(city: City) -> None:
    with city.work("adam") as work:
        assert schemes.in_force(work).key == "default"
        assert schemes.choose(work, "jinhua", "default")
        assert not schemes.choose(work, "jinhua", "jinhua")
        with pytest.raises(Refused):
            schemes.choose(work, "default", "default")
        with pytest.raises(Invalid):
            schemes.choose(work, "points", "jinhua")
    with city.work("sven") as work, pytest.raises(NotFound):
        schemes.choose(work, "default", "jinhua")
    with city.work("adam") as work:
        made = work.session.scalars(sa.select(Change).order_by(Change.id.desc())).first()
        assert made is not None and made.before == {"scheme": "默认方案"}
        changing.undo(work, made.id)
        assert schemes.in_force(work).key == "default"
