"""考核: the figures of a month, for whom, and the promises behind each of them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from random import Random
from typing import Any

import pytest
import sqlalchemy as sa

from hotline.domain.actors import SYSTEM
from hotline.domain.errors import HotlineError, Invalid, NotFound
from hotline.domain.rates import FIGURES, Month, MonthError, Promise, RateKind, count
from hotline.models import Category, Channel, Deadline, DeadlineKind, Event, Source, Ticket
from hotline.services import (
    accepting,
    appealing,
    assigning,
    checking,
    extending,
    handling,
    replying,
    returning,
    reworking,
)
from hotline.services.figures import MonthFigures
from hotline.services.listing import Asked, Item, items
from hotline.services.reporting import monthly
from tests import histories
from tests.city import ZONE, City, at

# Whoever asks for a month


def figures(city: City, month: str = "2026-10", who: Any = SYSTEM, **more: Any) -> MonthFigures:
    with city.work(who) as work:
        return monthly(work, month, **more)


def totals(city: City, kind: RateKind, month: str = "2026-10", who: Any = SYSTEM) -> dict[str, int]:
    return figures(city, month, who).scope.tallies[kind].all


def listed(city: City, asked: Asked, month: str = "2026-10", who: Any = SYSTEM, size: int = 200) -> list[Item]:
    """The whole list, page by page."""
    found: list[Item] = []
    after = None
    while True:
        with city.work(who) as work:
            page = items(work, month, asked, after=after, limit=size)
        found += page.items
        after = page.after
        if after is None:
            return found


def test_nothing_owed_is_a_dash_and_no_percentage(city: City) -> None:
    report = figures(city, "2026-09").as_dict()
    assert [rate["name"] for rate in report["rates"]] == ["处理率", "回复率", "办结率"]
    for rate in report["rates"]:
        assert (rate["owed"], rate["rate"], rate["rate_text"]) == (0, None, "—")


def test_a_ticket_done_in_time_is_three_kept_promises(city: City) -> None:
    city.replied()
    city.turn(days=19, hours=16)  # past the end of the month
    report = figures(city).as_dict()
    assert (report["from"], report["to"]) == ("2026-10-01T00:00:00+08:00", "2026-11-01T00:00:00+08:00")
    assert (report["cut_off"], report["provisional"], report["zone"]) == (report["to"], False, "Asia/Shanghai")
    assert (report["month"], report["previous"], report["next"]) == ("2026-10", "2026-09", "2026-11")
    due = {
        rate["kind"]: (rate["kept"], rate["owed"], rate["rate"], rate["on_time_rate_text"]) for rate in report["rates"]
    }
    assert due["handle"] == due["reply"] == (1, 1, "100.00", "100.00 %")


def test_what_is_not_yet_due_is_not_owed_yet(city: City) -> None:
    city.replied()
    report = figures(city)
    assert report.provisional
    assert report.scope.tallies[RateKind.HANDLE].all["owed"] == 0


def test_a_submission_that_waits_for_its_check_is_missing_until_it_is_approved(city: City) -> None:
    number = city.submitted()
    submitted = city.now
    city.turn(days=15)
    assert totals(city, RateKind.HANDLE)["missing"] == 1
    (item,) = listed(city, Asked("handle", "missing"))
    assert (item.ticket, item.lacks) == (number, "已提交，待核查")
    with city.work("sven") as work:
        checking.approve(work, number)
    assert totals(city, RateKind.HANDLE)["on_time"] == 1
    (item,) = listed(city, Asked("handle"))
    assert (item.met_at, item.standing, item.lacks) == (submitted, "on_time", "")


def test_a_drawer_owes_everything(city: City) -> None:
    number = city.receive().number
    city.turn(days=60)
    for kind in RateKind:
        owed = listed(city, Asked(kind.value), "2026-11") + listed(city, Asked(kind.value), "2026-10")
        assert {(item.ticket, item.standing, item.unit) for item in owed} == {(number, "missing", "市城管服务中心")}


def test_a_missing_promise_is_carried_over_until_it_is_kept(city: City) -> None:
    number = city.handling()
    city.turn(days=40)
    assert totals(city, RateKind.HANDLE, "2026-10")["missing"] == 1
    assert totals(city, RateKind.HANDLE, "2026-11")["missing"] == 1
    with city.work("hans") as work:
        handling.submit(work, number, "已更换灯头，恢复照明。")
    with city.work("sven") as work:
        checking.approve(work, number)
    city.turn(days=30)
    assert totals(city, RateKind.HANDLE, "2026-10")["missing"] == 1, "October is past"
    november = totals(city, RateKind.HANDLE, "2026-11")
    assert (november["kept"], november["late"], november["on_time"]) == (1, 1, 0)
    assert totals(city, RateKind.HANDLE, "2026-12")["owed"] == 0


def test_a_month_that_has_not_begun_owes_nothing(city: City) -> None:
    city.handling()
    city.turn(days=40)
    assert totals(city, RateKind.HANDLE, "2026-12")["owed"] == 0
    assert figures(city, "2026-12").provisional
    assert listed(city, Asked("handle"), "2026-12") == []


def test_callers_who_want_no_reply_are_owed_none(city: City) -> None:
    city.accepted(wants_reply=False)
    city.turn(days=40)
    assert totals(city, RateKind.REPLY)["owed"] == 0
    assert totals(city, RateKind.CLOSE)["owed"] == 1


def test_a_declined_complaint_owes_its_reply_and_nothing_else(city: City) -> None:
    number = city.receive().number
    with city.work("olga") as work:
        accepting.decline(work, number, "不属本市受理范围", "省热线，电话12345")
    city.turn(days=19)
    assert [totals(city, kind)["owed"] for kind in RateKind] == [0, 1, 0]
    (item,) = listed(city, Asked("close", "void"))
    assert (item.ticket, item.standing, item.why) == (number, "void", "不予受理")


def test_extended_into_the_next_month_it_stays_in_the_figures_on_original_due_times(city: City) -> None:
    city.now = at("2026-10-23 09:00")
    number = city.handling()
    (handle,) = [row for row in city.deadlines(number, DeadlineKind.HANDLE) if row.assignment_id]
    with city.work("hans") as work:
        extending.request(work, number, "等待配件到货")
    with city.work("dora") as work:
        extending.decide(work, number, True, "同意")
    (extended,) = [row for row in city.deadlines(number, DeadlineKind.HANDLE) if row.id == handle.id]
    month = Month.parse("2026-10", ZONE)
    assert extended.original_due_at <= month.ends < extended.due_at, "the case that is meant"
    city.turn(days=40)
    found = totals(city, RateKind.HANDLE)
    assert (found["owed"], found["original_owed"], found["original_on_time"]) == (0, 1, 0)
    assert [item.ticket for item in listed(city, Asked("handle", "original_owed"))] == [number]
    november = totals(city, RateKind.HANDLE, "2026-11")
    assert (november["owed"], november["extended"], november["missing"]) == (1, 1, 1)


def test_an_upheld_appeal_is_exempt_and_shown_apart(city: City) -> None:
    number = city.handling()
    city.turn(days=9)
    with city.work("hans") as work:
        handling.submit(work, number, "已更换灯头，恢复照明。")
    with city.work("sven") as work:
        checking.approve(work, number)
    with city.work("olga") as work:
        replying.reply(work, number, "路灯已修复，感谢监督。")
    assert totals(city, RateKind.HANDLE)["late"] == 1
    with city.work("hans") as work:
        appealing.appeal(work, number, "当日暴雨预警停止作业")
    for reviewer in ("sven", "sara"):
        with city.work(reviewer) as work:
            appealing.review(work, number, True, "属实")
    after = totals(city, RateKind.HANDLE)
    assert (after["owed"], after["exempt"]) == (0, 1)
    (item,) = listed(city, Asked("handle", "exempt"))
    assert item.standing == "exempt"
    assert "当日暴雨预警停止作业" in item.why
    assert item.met_at is not None and item.met_at > item.due_at, "the raw fact stays visible"


def test_direct_answers_stand_with_and_without_also_after_a_rework(city: City) -> None:
    number = city.accepted()
    with city.work("olga") as work:
        replying.answer(work, number, "您好，路灯维修电话为0320-0002101。")
    city.turn(days=1)
    with city.work("sven") as work:
        reworking.rework(work, number, "还没有修")
    with city.work("dora") as work:
        assigning.assign(work, number, city.unit_id("lamps"))
    city.turn(days=45)
    for kind in RateKind:
        all_months = [figures(city, month).scope.tallies[kind] for month in ("2026-10", "2026-11")]
        direct = [
            item for month in ("2026-10", "2026-11") for item in listed(city, Asked(kind.value, direct=True), month)
        ]
        assert len(direct) == 1, kind
        assert direct[0].round == 1
        assert sum(tally.direct["kept"] for tally in all_months) == 1
    assert totals(city, RateKind.HANDLE, "2026-11")["missing"] == 1, "the round that was dispatched is not direct"
    assert figures(city, "2026-11").scope.tallies[RateKind.HANDLE].without_direct["missing"] == 1


# For whom


def test_each_sees_the_own_subtree_and_every_figure_counts_the_units_below(city: City) -> None:
    city.now = at("2026-10-05 09:00")
    for unit in ("lamps", "lamps-east", "parks", "county-roads"):
        city.assigned(unit)
    city.turn(days=40)

    def missing(who: Any) -> dict[str, int]:
        report = figures(city, who=who)
        return {group.about["key"]: group.tallies[RateKind.HANDLE].all["missing"] for group in report.units}

    whole = {"center": 4, "lamps": 2, "lamps-east": 1, "parks": 1, "county": 1, "county-roads": 1}
    assert missing(SYSTEM) == missing("lena") == whole
    assert missing("hans") == {"lamps": 2, "lamps-east": 1}
    assert missing("cora") == {"county": 1, "county-roads": 1}
    assert missing("citizen") == {}
    assert figures(city, who="hans").scope.about["name"] == "市政处"
    one = figures(city, unit_id=city.unit_id("lamps"))
    assert one.scope.tallies[RateKind.HANDLE].all["missing"] == 2
    assert [group.about["key"] for group in one.units] == ["lamps", "lamps-east"]
    assert one.scope.asked_by == {"unit_id": city.unit_id("lamps")}


def test_another_units_figures_do_not_exist(city: City) -> None:
    for asked in (city.unit_id("parks"), city.unit_id("center"), 999_999):
        with pytest.raises(NotFound):
            figures(city, who="hans", unit_id=asked)
        with pytest.raises(NotFound):
            listed(city, Asked("handle", unit_id=asked), who="hans")


def test_what_names_a_unit_is_not_counted_before_its_eyes(city: City) -> None:
    number = city.assigned("lamps")
    city.turn(days=15)
    assert totals(city, RateKind.HANDLE, who="hans")["missing"] == 1
    with city.office.session() as session:
        session.execute(sa.update(Ticket).where(Ticket.number == number).values(named_unit_ids=[city.unit_id("lamps")]))
    assert totals(city, RateKind.HANDLE, who="hans")["owed"] == 0
    assert totals(city, RateKind.HANDLE, who="hugo")["owed"] == 0
    assert listed(city, Asked("handle"), who="hans") == []
    assert totals(city, RateKind.HANDLE, who="sven")["missing"] == 1


def test_a_promise_stays_with_the_unit_that_let_it_pass_and_the_list_shows_it_without_the_ticket(city: City) -> None:
    """退回之后，工单不再是它的，逾期的回复仍是它的。"""
    number = city.assigned("lamps")
    reply = city.deadlines(number, DeadlineKind.REPLY)[0]
    with city.office.session() as session:  # a reply that falls due tomorrow, while the unit has the ticket
        session.execute(sa.update(Deadline).where(Deadline.id == reply.id).values(due_at=city.now + timedelta(hours=2)))
    city.turn(hours=3)
    with city.work("hans") as work:
        returning.give_back_to_centre(work, number, "不属本单位职责")
    (item,) = listed(city, Asked("reply"), who="hans")
    assert (item.ticket, item.ticket_open, item.matter) == (number, False, "")
    assert totals(city, RateKind.REPLY, who="hans")["missing"] == 1
    (item,) = listed(city, Asked("reply"), who="sven")
    assert item.ticket_open
    assert item.matter


# The lists


def test_the_list_is_ordered_missing_late_on_time_and_pages_without_gap(city: City) -> None:
    _scatter(city, 7)
    whole = listed(city, Asked("close"))
    ranks = [{"missing": 0, "late": 1, "on_time": 2}[item.standing] for item in whole]
    assert set(ranks) == {0, 1, 2}
    places = [(rank, item.due_at, item.deadline_id) for rank, item in zip(ranks, whole, strict=True)]
    assert places == sorted(places)
    assert [item.deadline_id for item in listed(city, Asked("close"), size=7)] == [item.deadline_id for item in whole]


@pytest.mark.parametrize(
    "asked",
    [Asked("sign"), Asked("x"), Asked("handle", "x"), Asked("handle", channel="fax"), Asked("handle", source="x")],
)
def test_words_that_are_not_known_are_refused(city: City, asked: Asked) -> None:
    with pytest.raises(Invalid, match="请选择"):
        listed(city, asked)


@pytest.mark.parametrize("after", ["", "x", "3-1-1", "0-1", "0--1-1", "0-99999999999999999999-1", "0-1-1 "])
def test_a_broken_place_in_the_list_is_refused(city: City, after: str) -> None:
    with city.work() as work, pytest.raises(Invalid, match="翻页"):
        items(work, "2026-10", Asked("handle"), after=after)


def test_a_word_that_is_no_month_is_refused(city: City) -> None:
    with pytest.raises(MonthError):
        figures(city, "2026-13")
    with pytest.raises(HotlineError):
        listed(city, Asked("handle"), "october")


def test_the_json_leads_to_the_lists(city: City) -> None:
    city.assigned("lamps")
    city.turn(days=15)
    report = figures(city).as_dict()
    assert report["rates"][0]["items"] == "/api/v1/reports/monthly/2026-10/items?kind=handle"
    lamps = next(line for line in report["units"] if line["key"] == "lamps")
    assert lamps["rates"][0]["items"].endswith(f"items?kind=handle&unit_id={city.unit_id('lamps')}")
    assert [line["name"] for line in report["categories"]] == ["未分类"]
    assert report["categories"][0]["rates"][0]["items"].endswith("kind=handle&category_id=0")
    assert [line["name"] for line in report["areas"]] == ["未填写"]
    assert [line["name"] for line in report["channels"]] == ["网站"]
    assert [line["name"] for line in report["sources"]] == ["市民"]
    handle = report["rates"][0]
    assert (handle["owed"], handle["kept"], handle["missing"], handle["rate_text"]) == (1, 0, 1, "0.00 %")
    assert handle["without_direct"]["owed"] == 1
    with city.work() as work:
        shown = items(work, "2026-10", Asked("handle")).as_dict()["items"][0]
    assert (shown["standing"], shown["lacks"], shown["due_at"][-6:]) == ("missing", "尚未处理", "+08:00")


# The same as the rules in Python


def test_the_report_takes_a_constant_number_of_statements(city: City) -> None:
    figures(city)  # reads the rules
    with _counted(city) as few:
        figures(city)
    _scatter(city, 3)
    with _counted(city) as many:
        figures(city)
    assert many == few
    assert len(many) == 3, "the units, the scan, the categories"


@contextmanager
def _counted(city: City) -> Iterator[list[str]]:
    statements: list[str] = []

    def note(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        statements.append(statement)

    sa.event.listen(city.office.engine, "before_cursor_execute", note)
    yield statements
    sa.event.remove(city.office.engine, "before_cursor_execute", note)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_scattered_promises_are_counted_as_the_rules_say(city: City, seed: int) -> None:
    """Times on both sides of every boundary, by a microsecond."""
    _scatter(city, seed)
    for now in ("2026-09-30 23:59", "2026-10-15 12:00", "2026-11-01 00:00", "2026-12-24 09:00"):
        city.now = at(now)
        for month in ("2026-09", "2026-10", "2026-11"):
            _compare(city, month)


@pytest.mark.parametrize("seed", [11, 12])
def test_a_history_is_counted_as_the_rules_say(city: City, seed: int) -> None:
    """Late, early, carried over, paused, extended, merged, un-merged, declined, appealed, direct, reworked …"""
    city.now = at("2026-08-17 09:00")
    taken = set(histories.play(city, seed))
    assert taken >= {"accept", "assign", "answer", "submit", "approve", "reply", "grant", "rework", "return", "merge"}
    for month in ("2026-08", "2026-09", "2026-10"):
        _compare(city, month)
    city.turn(days=60)
    _compare(city, "2026-10")
    _compare(city, "2026-12")


def _compare(city: City, month: str) -> None:
    """Every figure of every line, and every list behind it, against the rules applied to the rows one by one."""
    report = figures(city, month)
    window = Month.parse(month, ZONE).seen_at(city.now)
    rows = _rows(city)
    for kind in RateKind:
        of_kind = [row for row in rows if row[0].kind.value == kind.value]
        tally = report.scope.tallies[kind]
        assert tally.all == count((row[3] for row in of_kind), window), (month, kind)
        assert tally.direct == count((row[3] for row in of_kind if row[2]), window), (month, kind)
        for name, belongs in FIGURES.items():
            expected = {row[0].id for row in of_kind if belongs(row[3], window)}
            assert {item.deadline_id for item in listed(city, Asked(kind.value, name), month)} == expected, (kind, name)
        for group in report.units:
            below = [row[3] for row in of_kind if row[0].unit_path.startswith(group.about["path"])]
            assert group.tallies[kind].all == count(below, window), group.about
        for groups, name in ((report.areas, "area"), (report.channels, "channel"), (report.sources, "source")):
            for group in groups:
                some = [row[3] for row in of_kind if getattr(row[1], name) == group.about["value"]]
                assert group.tallies[kind].all == count(some, window), group.about
        for group in report.categories:
            some = [row[3] for row in of_kind if row[1].category_id == group.about["id"]]
            assert group.tallies[kind].all == count(some, window), group.about
            asked = Asked(kind.value, category_id=group.about["id"] or 0)
            assert len(listed(city, asked, month)) == group.tallies[kind].all["owed"]


def _rows(city: City) -> list[tuple[Deadline, Ticket, bool, Promise]]:
    """Each promise with its ticket, whether it was answered directly in its round, and what the rules look at."""
    with city.office.session() as session:
        answered = {
            (row.ticket_id, row.round) for row in session.scalars(sa.select(Event).where(Event.step == "answer"))
        }
        pairs = session.execute(sa.select(Deadline, Ticket).join(Ticket, Ticket.id == Deadline.ticket_id)).all()
    return [
        (
            row,
            ticket,
            ticket.direct if row.round == ticket.round else (ticket.id, row.round) in answered,
            Promise(
                row.due_at,
                row.original_due_at,
                row.met_at,
                row.extensions,
                void=row.void_at is not None,
                exempt=row.exempt_at is not None,
            ),
        )
        for row, ticket in pairs
    ]


def _scatter(city: City, seed: int, tickets: int = 40, promises: int = 12) -> None:
    """Tickets of every kind with promises at random, bunched at the ends of months."""
    random = Random(seed)
    tick = timedelta(microseconds=1)
    edges = [at(f"2026-{month}-01 00:00") + shift for month in ("09", "10", "11") for shift in (-tick, tick * 0, tick)]
    units = [(unit_id, path) for unit_id, path in _units(city)]

    def moment() -> Any:
        edge = random.choice(edges)
        return edge if random.random() < 0.4 else edge + timedelta(minutes=random.randrange(-40_000, 40_000))

    with city.work() as work:
        categories = [*work.session.scalars(sa.select(Category.id).order_by(Category.id).limit(3)), None]
        for _ in range(tickets):
            number = city.receive().number
            ticket = work.session.scalars(sa.select(Ticket).where(Ticket.number == number)).one()
            ticket.channel, ticket.source = random.choice(list(Channel)), random.choice(list(Source))
            ticket.area, ticket.category_id = random.choice(["", "东城", "西城"]), random.choice(categories)
            ticket.direct = random.random() < 0.3
            work.session.execute(sa.delete(Deadline).where(Deadline.ticket_id == ticket.id))
            for _ in range(promises):
                unit_id, path = random.choice(units)
                original = moment()
                extensions = random.choice((0, 0, 0, 1, 2))
                void, exempt = random.random() < 0.1, random.random() < 0.1
                work.session.add(
                    Deadline(
                        ticket_id=ticket.id,
                        kind=random.choice([DeadlineKind(kind) for kind in RateKind]),
                        round=1,
                        unit_id=unit_id,
                        unit_path=path,
                        limit_text="1 working_days",
                        extensions=extensions,
                        started_at=at("2026-01-01 09:00"),
                        due_at=original + extensions * timedelta(days=9),
                        original_due_at=original,
                        met_at=random.choice((None, moment(), moment())),
                        void_at=city.now if void else None,
                        void_reason="returned" if void else None,
                        exempt_at=city.now if exempt else None,
                        exempt_reason="申诉成立" if exempt else None,
                    )
                )


def _units(city: City) -> list[tuple[int, str]]:
    with city.office.session() as session:
        return [(row.id, row.path) for row in session.execute(sa.text("SELECT id, path FROM unit"))]
