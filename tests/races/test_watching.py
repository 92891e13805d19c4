"""Supervisors at the same moment: no ticket is drawn twice, no appeal reviewed by one hand, no report written over."""

from __future__ import annotations

from datetime import date

import sqlalchemy as sa

from hotline.models import Appeal, Event, Instruction, SampleCheck
from hotline.services import appealing, checking, instructing, sampling, together
from hotline.services.sampling import Pool
from tests.city import City
from tests.integration.test_appeals_page import appealed
from tests.integration.test_samples import closed
from tests.races.hands import at_once, doing, done, refused

OCTOBER = Pool(date(2026, 10, 1), date(2026, 10, 31))


def test_two_draw_at_once_and_no_ticket_twice(city: City) -> None:
    for place in range(6):
        closed(city, text=f"第{place}处路灯不亮，请修复")
    deeds = [(who, doing(sampling.draw, 4, OCTOBER, seed)) for who, seed in (("sven", "甲"), ("sara", "乙"))]
    assert not refused(at_once(city, deeds))
    drawn = city.rows(sa.select(SampleCheck))
    assert len(drawn) == len({check.ticket_id for check in drawn}) == 6, "what the first left the second takes"


def test_one_form_sent_twice_at_once_draws_once(city: City) -> None:
    for place in range(4):
        closed(city, text=f"第{place}处路灯不亮，请修复")
    results = at_once(city, [("sven", doing(sampling.draw, 2, OCTOBER, last=0))] * 2)
    assert len(done(results)) == 1 and [each.code for each in refused(results)] == ["drawn"]
    assert len(city.rows(sa.select(SampleCheck))) == 2


def test_two_enter_the_same_instruction(city: City) -> None:
    entering = doing(instructing.enter, city.handling(), "市长", "请查明原因。", date(2026, 10, 12))
    results = at_once(city, [("sven", entering), ("sara", entering)])
    assert len(done(results)) == len(refused(results)) == len(city.rows(sa.select(Instruction))) == 1


def test_two_order_for_the_same_group_and_raise_it_once(city: City) -> None:
    numbers = [city.handling(), city.handling()]
    tickets = [city.ticket(number) for number in numbers]
    seen = {ticket.number: ticket.version for ticket in tickets}
    ordering = doing(together.supervise_all, tickets, "请现场查看后统一整改。", seen)
    first, second = at_once(city, [("sven", ordering), ("sara", ordering)])
    assert sorted([*first.done, *second.done]) == sorted([*first.refused, *second.refused]) == sorted(numbers)
    assert [city.ticket(number).level for number in numbers] == [1, 1]


def test_two_write_down_what_they_found(city: City) -> None:
    closed(city)
    with city.work("sven") as work:
        (check,) = sampling.draw(work, 1, OCTOBER, "甲")
        id = check.id
    results = at_once(
        city, [("sven", doing(sampling.record, id, True, "")), ("sara", doing(sampling.record, id, False, "不亮"))]
    )
    assert len(done(results)) == len(refused(results)) == 1
    assert city.scalar(sa.select(sa.func.count()).where(Event.step == "sample_checked")) == 1


def test_two_reviewers_at_once_are_the_first_and_the_second(city: City) -> None:
    number = appealed(city)
    deeds = [(who, doing(appealing.review, number, True, f"{who}同意")) for who in ("sven", "sara")]
    assert not refused(at_once(city, deeds))
    row = city.rows(sa.select(Appeal))[0]
    assert row.granted is True and {row.reviewed_by_id, row.decided_by_id} == {
        city.actor(who).id for who in ("sven", "sara")
    }


def test_one_reviewer_twice_at_once_is_still_only_the_first(city: City) -> None:
    number = appealed(city)
    results = at_once(city, [("sven", doing(appealing.review, number, True, "同意"))] * 2)
    assert len(refused(results)) == 1 and city.rows(sa.select(Appeal))[0].granted is None


def test_two_check_the_same_result(city: City) -> None:
    number = city.submitted()
    version = city.ticket(number).version
    results = at_once(
        city,
        [
            ("sven", doing(checking.approve, number, version=version)),
            ("sara", doing(checking.send_back, number, "照片不是现场的。", version=version)),
        ],
    )
    assert len(done(results)) == len(refused(results)) == 1


def test_two_report_back_at_once(city: City) -> None:
    with city.work("sven") as work:
        id = instructing.enter(work, city.handling(), "市长", "请查明原因。", date(2026, 10, 12)).id
    deeds = [(who, doing(instructing.report, id, f"{who}：已责成市政处更换灯杆。")) for who in ("sven", "sara")]
    results = at_once(city, deeds)
    assert len(done(results)) == len(refused(results)) == 1
    assert len(city.rows(sa.select(Instruction).where(Instruction.reported_at.is_not(None)))) == 1
