"""月内看板: what the month will be by its end, the promises behind each number, and who sees which."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa

from hotline.domain.actors import SYSTEM
from hotline.domain.errors import Invalid, NotFound
from hotline.domain.foresight import FIGURES, Open, foresee, stand
from hotline.domain.rates import Promise, RateKind, Window
from hotline.models import Deadline
from hotline.services import carding, checking, handling, pausing
from hotline.services.month import board, remaining
from hotline.services.month.board import Board
from hotline.services.month.remaining import Asked, Item
from hotline.services.paging import Place
from tests.city import City
from tests.histories import play
from tests.played import Played


def seen(city: City, who: Any = SYSTEM, unit: str | None = None) -> Board:
    with city.work(who) as work:
        return board.look(work, city.unit_id(unit) if unit else None)


def listed(city: City, asked: Asked, who: Any = SYSTEM, size: int = 200) -> list[Item]:
    """The whole list, page by page; what it says that it holds is what it holds."""
    found: list[Item] = []
    place: Place[int] = Place()
    while True:
        with city.work(who) as work:
            month = carding.this_month(work)
            page = remaining.items(work, asked, month, place=place, size=size)
            total = remaining.count(work, asked, month)
        found += page
        if page.after is None:
            assert total == (len(found), len({item.ticket for item in found}))
            return found
        place = Place(page.after)


def recounted(city: City, kind: RateKind, path: str = "") -> list[tuple[int, Open]]:
    """Every promise of the kind, owed in that subtree, in plain Python."""
    return [
        (
            row.id,
            Open(
                Promise(
                    row.due_at,
                    row.original_due_at,
                    row.met_at,
                    row.extensions,
                    row.void_at is not None,
                    row.exempt_at is not None,
                ),
                row.offered_at,
            ),
        )
        for row in city.rows(sa.select(Deadline))
        if row.kind == kind.value and row.unit_path.startswith(path)
    ]


def whole(city: City) -> Window:
    with city.work() as work:
        month = carding.this_month(work)
    return Window(month.begins, month.ends)


def test_it_is_what_a_recount_by_hand_finds(city: City, played: Played) -> None:
    played.on(city, lived)
    month, found = whole(city), seen(city)
    assert found.missing and any(each.gone for each in found.rates.values()), "something is still to be done"
    for kind in RateKind:
        promises = recounted(city, kind)
        assert found.rates[kind] == foresee((each for _, each in promises), month, city.now)
        for figure, belongs in FIGURES.items():
            items = listed(city, Asked(figure, kind))
            by_hand = {id for id, each in promises if belongs(stand(each, month, city.now))}
            assert {item.deadline_id for item in items} == by_hand, figure
        for line in found.units:
            own = recounted(city, kind, line.unit.path)
            if not line.alone:
                assert line.rates[kind] == foresee((each for _, each in own), month, city.now)
            missing = listed(city, Asked("missing", kind, line.unit.id, alone=line.alone))
            assert len(missing) == line.rates[kind].missing
    missing = listed(city, Asked(), size=7)
    assert [item.deadline_id for item in missing] == [item.deadline_id for item in listed(city, Asked())]
    assert (len(missing), len({item.ticket for item in missing})) == (found.missing, found.tickets)
    _check_days(city, found, missing)


def lived(city: City) -> None:
    play(city, 3, tickets=22, days=40)


def _check_days(city: City, found: Board, missing: list[Item]) -> None:
    by_day = Counter((item.day if item.due_at >= city.now else None, item.kind.value) for item in missing)
    told = {(line.day, kind.value): count for line in found.days for kind, count in line.missing.items() if count}
    assert told == dict(by_day)
    for line in found.days:
        if line.day is not None and any(line.missing.values()):
            items = listed(city, Asked("ahead", since=line.day, until=line.day))
            assert len(items) == sum(line.missing.values())
    over = listed(city, Asked("over"))
    assert len(over) == sum(sum(line.missing.values()) for line in found.days if line.day is None)


def test_as_many_statements_for_many_units_as_for_one(city: City, played: Played) -> None:
    played.on(city, lived)
    asked = {}
    for who in ("sven", "hugo"):
        with city.work(who) as work, city.statements() as statements:
            board.look(work)
        asked[who] = len(statements)
    assert asked["sven"] == asked["hugo"] <= 3


def test_what_a_day_of_a_ticket_means_for_the_month(city: City) -> None:
    """From the day it is owed until it is late: the number stays one, and what can still be said of it changes."""
    number = city.handling()
    handle = RateKind.HANDLE
    standing = seen(city).rates[handle]
    assert (standing.owed, standing.missing, standing.over, standing.offered) == (1, 1, 0, 0)
    with city.work("hans") as work:
        handling.submit(work, number, "已更换灯头两只，10月12日晚恢复照明。")
    standing = seen(city).rates[handle]
    assert (standing.missing, standing.offered, standing.on_time_best) == (1, 1, "100.00 %")
    (item,) = listed(city, Asked("offered", handle))
    assert (item.ticket, item.unit, item.handler, item.offered_at) == (number, "市政处", "冯市政", city.now)
    with city.work("sven") as work:
        checking.approve(work, number)
    standing = seen(city).rates[handle]
    assert (standing.forecast, standing.missing) == ("100.00 %", 0)


def test_a_late_one_can_still_be_kept_and_never_again_be_on_time(city: City) -> None:
    city.handling()
    city.turn(days=12)
    standing = seen(city).rates[RateKind.HANDLE]
    assert (standing.missing, standing.over, standing.gone) == (1, 1, 1)
    assert (standing.forecast, standing.on_time_best) == ("0.00 %", "0.00 %")


def test_what_a_pause_moves_out_of_the_month_is_not_owed_in_it(city: City) -> None:
    number = city.handling()
    with city.work("hans") as work:
        pausing.request(work, number, "需等待厂家供货", date(2026, 11, 10))
    assert seen(city).rates[RateKind.HANDLE].missing == 1
    with city.work("dora") as work:
        pausing.decide(work, number, True, "同意")
    assert seen(city).rates[RateKind.HANDLE].owed == 0


def test_everybody_sees_the_own_subtree_only(city: City) -> None:
    city.handling()
    city.assigned("parks", text="人民公园北门行道树倒伏")
    city.assigned("county-roads", text="东县环城公路路面塌陷")
    handle = RateKind.HANDLE
    assert {who: seen(city, who).rates[handle].missing for who in ("sven", "lena", "hans", "paul", "cora")} == {
        "sven": 3,
        "lena": 3,
        "hans": 1,
        "paul": 1,
        "cora": 1,
    }
    assert {item.unit for item in listed(city, Asked(), "hans")} == {"市政处"}
    assert [line.unit.name for line in seen(city, "sven").units if line.rates[handle].missing] == [
        "市政处",
        "园林局",
        "东县中心",
    ]
    with pytest.raises(NotFound):
        seen(city, "hans", unit="parks")
    with pytest.raises(NotFound):
        listed(city, Asked(unit_id=city.unit_id("parks")), "hans")


def test_it_is_listed_by_unit_or_by_day(city: City) -> None:
    city.handling()
    city.turn(days=1)
    city.assigned("parks", text="人民公园北门行道树倒伏")
    city.turn(days=1)
    city.handling(text="大桥路7号路灯不亮")
    by_day, by_unit = (listed(city, Asked(kind=RateKind.HANDLE, by_unit=each)) for each in (False, True))
    assert [item.unit for item in by_day] == ["市政处", "园林局", "市政处"]
    assert [item.unit for item in by_unit] == ["市政处", "市政处", "园林局"]
    assert [item.day for item in by_day] == sorted(item.day for item in by_day)


def test_closed_ones_are_those_of_the_days(city: City) -> None:
    number = city.replied(wants_reply=False)
    assert city.ticket(number).state.value == "closed"
    then, later = date(2026, 10, 12), date(2026, 10, 13)
    closed = listed(city, Asked(remaining.CLOSED, RateKind.CLOSE, since=then, until=then))
    assert [item.ticket for item in closed] == [number]
    assert not listed(city, Asked(remaining.CLOSED, RateKind.CLOSE, since=later, until=later))


def test_a_figure_that_there_is_none_is_refused(city: City) -> None:
    with pytest.raises(Invalid):
        listed(city, Asked("everything"))
