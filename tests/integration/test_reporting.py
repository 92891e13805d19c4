"""考核: the figures of a month, for whom, and the promises behind each of them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from hotline.domain.actors import SYSTEM
from hotline.domain.errors import HotlineError, Invalid, NotFound
from hotline.domain.rates import Month, MonthError, RateKind
from hotline.models import Deadline, DeadlineKind, Ticket
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
from hotline.services.month.listing import Asked, items
from hotline.services.paging import Place
from tests.city import ZONE, City, at
from tests.reports import figures, listed, totals


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


@pytest.mark.parametrize(
    "asked",
    [Asked("x"), Asked("handle", "x"), Asked("handle", channel="fax"), Asked("handle", source="x")],
)
def test_words_that_are_not_known_are_refused(city: City, asked: Asked) -> None:
    with pytest.raises(Invalid, match="请选择"):
        listed(city, asked)


@pytest.mark.parametrize("words", ["", "x", "3-1-1", "0-1", "0--1-1", "0-99999999999999999999-1", "0-1-1 "])
@pytest.mark.parametrize("way", ["after", "before"])
def test_a_broken_place_in_the_list_is_refused(city: City, way: str, words: str) -> None:
    place = Place(**{way: words})
    with city.work() as work, pytest.raises(Invalid, match="翻页"):
        items(work, "2026-10", Asked("handle"), place=place)


def test_an_area_that_nobody_has_is_an_empty_list(city: City) -> None:
    city.assigned("lamps", area="东城")
    city.turn(days=15)
    assert [len(listed(city, Asked("handle", area=area))) for area in ("东城", "\x00东城", "西城", "")] == [1, 1, 0, 0]


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
