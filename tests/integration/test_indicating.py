"""指标: each is counted through the services as docs/rates.md says, and seen by those whose it is alone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa

from hotline.domain.errors import Invalid, NotFound
from hotline.domain.rates import Month
from hotline.models import Complaint, DeadlineKind, Ticket
from hotline.services import (
    accepting,
    assigning,
    checking,
    extending,
    handling,
    merging,
    pausing,
    replying,
    returning,
    reworking,
    surveying,
    sweeping,
    verdicts,
)
from hotline.services.month import indicating, listing_cases
from hotline.services.month.listing_cases import Asked
from hotline.services.paging import FIRST, Place
from tests.city import ZONE, City, at
from tests.indicators import indicators, listed, told

ANNA, BEN = "+8619900000001", "+8619900000002"


def step(city: City, who: str, do: Callable[..., Any], number: str, *more: Any, **named: Any) -> None:
    with city.work(who) as work:
        do(work, number, *more, **named)


def november(city: City) -> None:
    city.now = at("2026-11-20 09:00")


def test_a_month_without_anything_is_dashes(city: City) -> None:
    found = indicators(city, "2026-09")
    assert {share.text for share in found.scope.values()} == {"—", "0 件"}
    assert (found.received, found.hot, len(found.days), len(found.weeks)) == (0, [], 30, 5)
    assert indicators(city, "2026-12").days == []


def test_each_step_on_time_or_late_belongs_to_whoever_owed_it(city: City) -> None:
    city.submitted()
    late = city.receive().number
    city.turn(days=4)
    step(city, "olga", accepting.accept, late)
    city.turn(days=4)
    step(city, "dora", assigning.assign, late, city.unit_id("parks"))
    city.turn(days=4)
    step(city, "paul", handling.sign, late)
    november(city)
    assert told(city, "accept_on_time") == (1, 2, "50.00 %")
    assert told(city, "dispatch_on_time") == (1, 2, "50.00 %")
    assert told(city, "sign_on_time") == (1, 2, "50.00 %")
    assert told(city, "check_on_time") == (0, 1, "0.00 %")
    assert told(city, "sign_on_time", who="paul") == (0, 1, "0.00 %")
    assert told(city, "sign_on_time", unit_id=city.unit_id("lamps")) == (1, 1, "100.00 %")


def test_turns_returned_recalled_and_transferred(city: City) -> None:
    returned, recalled, transferred, later = (city.assigned() for _ in range(4))
    step(city, "hans", returning.give_back_to_centre, returned, "不属本单位职责")
    step(city, "dora", assigning.assign, returned, city.unit_id("parks"))
    step(city, "dora", assigning.recall, recalled, "派错了单位")
    step(city, "hans", handling.sign, transferred)
    step(city, "hans", handling.transfer, transferred, city.unit_id("lamps-east"), "请东站处理")
    city.now = at("2026-10-30 09:00")
    step(city, "hugo", handling.sign, transferred)
    too_late = city.assigned()
    city.now = at("2026-11-02 09:00")
    step(city, "hans", returning.give_back_to_centre, too_late, "不属本单位职责")
    assert told(city, "return_rate") == (1, 6, "16.67 %")
    assert told(city, "dispatch_accuracy") == (5, 6, "83.33 %")
    assert told(city, "return_rate", unit_id=city.unit_id("lamps")) == (1, 5, "20.00 %")
    first, *others = listed(city, "turn")
    assert (first.ticket, first.label, first.reason, first.unit) == (returned, "被退回", "不属本单位职责", "市政处")
    assert {case.ticket for case in others} == {returned, transferred, later, too_late}
    assert [case.unit for case in others if case.ticket == transferred] == ["市政处", "市政处东站"]
    assert [case.ticket for case in listed(city, "turn", counted=False)] == [returned]


def test_reworked_but_not_what_the_checker_sent_back(city: City) -> None:
    sent_back, again = city.submitted(), city.replied()
    step(city, "sven", checking.send_back, sent_back, "现场仍未修复")
    step(city, "sven", reworking.rework, again, "又不亮了")
    direct = city.accepted()
    step(city, "olga", replying.answer, direct, "您好，路灯维修电话为0320-0002101。")
    step(city, "sven", reworking.rework, direct, "电话打不通")
    november(city)
    owed = [row for number in (sent_back, again, direct) for row in city.deadlines(number, DeadlineKind.HANDLE)]
    assert told(city, "rework_rate")[:2] == (2, len([row for row in owed if row.void_at is None]))
    assert [(case.ticket, case.unit, case.reason) for case in listed(city, "rework")] == [
        (again, "市政处", "又不亮了"),
        (direct, "市城管服务中心", "电话打不通"),
    ]
    assert told(city, "rework_rate", unit_id=city.unit_id("lamps"))[0] == 1


def test_extended_of_what_was_to_be_handled(city: City) -> None:
    extended, _ = city.handling(), city.handling()
    step(city, "hans", extending.request, extended, "等待配件到货")
    step(city, "dora", extending.decide, extended, True, "同意")
    november(city)
    assert told(city, "extension_rate") == (1, 2, "50.00 %")


def test_verdicts_are_those_of_the_verdicts_page(city: City) -> None:
    numbers = [city.replied(phone=f"+861990000000{digit}") for digit in range(5)]
    for number, solved, score in zip(numbers, (True, True, False, None, True), (5, 2, 1, 3, None), strict=True):
        with city.work("olga") as work:
            ticket = work.session.scalars(sa.select(Ticket).where(Ticket.number == number)).one()
            complaint = work.session.scalars(sa.select(Complaint).where(Complaint.ticket_id == ticket.id)).one()
            surveying.answer(work, ticket, complaint, solved=solved, score=score, comment="灯不亮", by="call")
    city.turn(days=1)
    step(city, "sven", reworking.rework, numbers[2], "又不亮了")
    step(city, "dora", assigning.assign, numbers[2], city.unit_id("parks"))
    assert told(city, "solved_rate") == (3, 4, "75.00 %")
    assert told(city, "satisfied_rate") == (2, 4, "50.00 %")
    with city.work("sven") as work:
        month = Month.parse("2026-10", ZONE)
        counted, units = verdicts.counted(work, month), verdicts.by_unit(work, month)
    assert (counted.solved, counted.solved + counted.unsolved) == told(city, "solved_rate")[:2]
    assert sum(counted.scores) == told(city, "satisfied_rate")[1]
    assert [each.unit for each in units] == ["市政处"], "whose work was judged, not who has it now"
    shares = indicators(city, unit_id=city.unit_id("lamps")).scope
    assert (units[0].content, units[0].scored) == (shares["satisfied_rate"].part, shares["satisfied_rate"].whole)
    assert [(case.value, case.label) for case in listed(city, "satisfied")][:2] == [(2, "不满意"), (1, "不满意")]
    assert listed(city, "solved", counted=False)[0].reason == "灯不亮"


def test_repeated_by_the_same_caller_or_joined_to_another(city: City) -> None:
    first = city.receive("香溪路路灯不亮三天了", phone=ANNA).number
    others = city.receive("香溪路路灯也不亮，晚上摔跤", phone=BEN).number
    again = city.receive("香溪路路灯坏了一周没人修", phone=ANNA).number
    elsewhere = city.receive("滨江路井盖破损，车辆颠簸", phone=ANNA).number
    withdrawn = city.receive("人民广场垃圾没有清运", phone=BEN).number
    step(city, "citizen", accepting.withdraw, withdrawn)
    city.turn(hours=1)
    anew = city.receive("人民广场垃圾堆了两天", phone=BEN).number
    voided = city.receive("香溪路测试来件", phone=ANNA).number
    step(city, "olga", accepting.void, voided, "测试来件")
    step(city, "olga", merging.merge, others, first)
    assert told(city, "repeat_rate") == (2, 6, "33.33 %")
    assert [case.ticket for case in listed(city, "repeat", counted=True)] == [first, again]
    assert {case.ticket for case in listed(city, "repeat", counted=False)} == {first, elsewhere, withdrawn, anew}
    city.turn(days=91)
    city.receive("香溪路路灯又不亮", phone=ANNA)
    assert told(city, "repeat_rate", "2027-01") == (0, 1, "0.00 %"), "longer ago than ninety days"
    step(city, "olga", merging.unmerge, others, "并非同一事项")
    assert told(city, "repeat_rate") == (1, 6, "16.67 %")


def _pause(city: City, until: date) -> str:
    number = city.handling()
    step(city, "hans", pausing.request, number, "等待开挖许可", until)
    step(city, "sven", pausing.decide, number, True, "同意")
    return number


def test_pauses_that_stand_and_that_began(city: City) -> None:
    city.now = at("2026-09-21 09:00")
    _pause(city, date(2026, 9, 30))
    long, resumed, withdrawn = (_pause(city, date(2026, 12, 1)) for _ in range(3))
    city.now = at("2026-10-12 09:00")
    step(city, "sven", pausing.resume, resumed)
    step(city, "citizen", accepting.withdraw, withdrawn)
    begun, _ = _pause(city, date(2026, 11, 2)), _pause(city, date(2026, 10, 31))
    november(city)
    for month, standing, new in (("2026-09", 3, 4), ("2026-10", 2, 2), ("2026-11", 1, 0)):
        assert (told(city, "paused", month)[0], told(city, "paused_begun", month)[0]) == (standing, new), month
    assert told(city, "paused") == (2, 5, "2 件")
    assert [case.ticket for case in listed(city, "pause")][:2] == [long, begun]
    assert [case.reason for case in listed(city, "pause", counted=True, begun=True)] == ["等待开挖许可"]
    with city.work() as work:  # noticed late, it is as it was
        sweeping.resume_paused(work)
    assert told(city, "paused") == (2, 5, "2 件")


def test_hours_days_and_age(city: City) -> None:
    quick, slow = city.assigned(), city.assigned("parks")
    city.turn(hours=2)
    step(city, "hans", handling.sign, quick)
    city.turn(hours=4)
    step(city, "paul", handling.sign, slow)
    city.now = at("2026-11-05 09:00")
    found = indicators(city)
    spent = found.times[DeadlineKind.SIGN]
    assert (spent.count, spent.median_hours, spent.p90_hours, spent.mean_hours) == (2, 4.0, 5.6, 4.0)
    assert found.unit_times[city.unit_id("parks")][DeadlineKind.SIGN].median_hours == 6.0
    assert [(day.key, day.received) for day in found.days if day.received] == [("2026-10-12", 2)]
    assert [(week.key, week.received) for week in found.weeks if week.received] == [("2026-W42", 2)]
    assert (found.weeks[0].key, str(found.weeks[0].first), str(found.weeks[-1].last)) == (
        "2026-W40", "2026-10-01", "2026-10-31",
    )  # fmt: skip
    handle = [day for day in found.days if day.as_dict()["rates"]["handle"]["owed"]]
    assert sum(day.as_dict()["rates"]["handle"]["owed"] for day in handle) == 2
    assert sum(found.ages[kind]["month"] + found.ages[kind]["week"] for kind in found.ages) == 6
    assert [(hot.category, hot.received) for hot in found.hot] == []


def test_a_unit_sees_its_own_and_nothing_of_what_names_it(city: City) -> None:
    own, others = city.replied(), city.assigned("parks", phone=ANNA)
    named = city.assigned("lamps", phone=BEN)
    with city.work() as work:
        work.session.execute(
            sa.update(Ticket).where(Ticket.number == named).values(named_unit_ids=[city.unit_id("lamps")])
        )
    november(city)
    seen = indicators(city, who="hans")
    assert (seen.about["name"], seen.scope["dispatch_accuracy"].whole, seen.received) == ("市政处", 1, 1)
    assert [about["key"] for about, _ in seen.units] == ["lamps", "lamps-east"]
    assert [case.ticket for case in listed(city, "turn", who="hans")] == [own]
    assert indicators(city, who="sven").scope["dispatch_accuracy"].whole == 3
    assert {case.ticket for case in listed(city, "turn", who="sven")} == {own, others, named}
    for unit in ("parks", "center"):
        with city.work("hans") as work, pytest.raises(NotFound):
            indicating.of_month(work, "2026-10", unit_id=city.unit_id(unit))
        with city.work("hans") as work, pytest.raises(NotFound):
            listing_cases.listed(work, "2026-10", Asked("turn", unit_id=city.unit_id(unit)))
    assert indicators(city, who="adam").scope["dispatch_accuracy"].whole == 0, "who reads no tickets"
    step(city, "dora", assigning.recall, others, "派错了单位")  # in November: what it was in October stays
    (case,) = listed(city, "turn", who="paul")
    assert (case.ticket, case.counted, case.ticket_open, case.matter) == (others, True, False, "")
    returned = city.assigned("parks")
    step(city, "paul", returning.give_back_to_centre, returned, "不属本单位职责")
    (case,) = listed(city, "turn", "2026-11", who="paul")
    assert (case.ticket_open, case.matter, case.reason, case.counted) == (False, "", "", False)


def test_the_indicators_take_a_constant_number_of_statements(city: City) -> None:
    city.replied()
    for who in ("sven", "hans"):
        indicators(city, who=who)
        with city.statements() as few:
            indicators(city, who=who)
        for _ in range(3):
            city.assigned("lamps-east", phone=ANNA)
        with city.statements() as many:
            indicators(city, who=who)
        assert [asked for asked, _ in many] == [asked for asked, _ in few]
        with city.statements() as compared, city.work(who) as work:
            shares = indicating.shares(work, Month.parse("2026-10", ZONE))
        assert len(compared) < len(few) and shares == indicators(city, who=who).scope


@pytest.mark.parametrize(
    ("sort", "more", "place"),
    [
        ("turns", {}, FIRST),
        ("turn", {"channel": "fax"}, FIRST),
        ("turn", {"source": "x"}, FIRST),
        ("turn", {"order": "x"}, FIRST),
        ("turn", {"order": "lowest"}, FIRST),
        ("turn", {"since": date(1, 1, 1)}, FIRST),
        ("turn", {}, Place("0-x")),
        ("turn", {}, Place("9-1-1")),
        ("turn", {"order": "unit"}, Place("x-1-1")),
    ],
)
def test_what_is_not_known_is_refused_in_chinese(
    city: City, sort: str, more: dict[str, Any], place: Place[str]
) -> None:
    with city.work() as work, pytest.raises(Invalid) as refused:
        listing_cases.listed(work, "2026-10", Asked(sort, **more), place=place)
    assert "。" in refused.value.message


def test_pages_go_on_without_gap_in_both_directions(city: City) -> None:
    for _ in range(5):
        city.assigned()
    step(city, "hans", returning.give_back_to_centre, city.assigned(), "不属本单位职责")
    whole = listed(city, "turn")
    assert [case.counted for case in whole] == [False] + [True] * 5
    assert listed(city, "turn", size=2) == whole
    with city.work() as work:
        first = listing_cases.listed(work, "2026-10", Asked("turn"), limit=4)
        last = listing_cases.listed(work, "2026-10", Asked("turn"), place=Place(first.after))
        back = listing_cases.listed(work, "2026-10", Asked("turn"), place=Place(before=last.before), limit=4)
    assert [*back.items, *last.items] == whole
    on_day = listed(city, "turn", since=date(2026, 10, 12), until=date(2026, 10, 12))
    assert on_day == whole and not listed(city, "turn", since=date(2026, 10, 13))
    assert len(listed(city, "turn", category_id=0, area="", channel="web", source="citizen")) == 6
