"""撤回: one of several takes back only his own; the ticket goes on for the others, and the rates agree."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from flask import Flask

from hotline.domain.errors import Refused
from hotline.domain.rates import RateKind
from hotline.domain.workflow import State
from hotline.models import Channel, Complaint, DeadlineKind, Message, Survey
from hotline.services import accepting, calling, checking, citizens, handling, merging, reaching, replying, reworking
from tests.citizen import Browser
from tests.city import City
from tests.reports import totals

ONE, TWO = "+8613800000001", "+8613800000002"
ANSWER = "您反映的路灯已修复，感谢监督。联系电话0320-0002101。"


def of(city: City, number: str) -> Complaint:
    return city.rows(sa.select(Complaint).where(Complaint.number == number))[0]


def two_on_one(city: City) -> tuple[str, str]:
    """Two complaints, the second joined to the first one's ticket, which is with the unit."""
    first, second = city.handling(phone=ONE), city.receive(text="大桥路口黑灯瞎火", phone=TWO).number
    with city.work("olga") as work:
        merging.merge(work, second, first)
    return first, second


def take_back(city: City, number: str) -> None:
    with city.work("citizen") as work:
        complaint = citizens.find_complaint(work, number)
        assert complaint is not None
        citizens.withdraw(work, complaint, citizens.ticket_of(work, complaint))


def answer(city: City, number: str) -> None:
    with city.work("hans") as work:
        handling.submit(work, number, "已更换灯头，恢复照明。")
    with city.work("sven") as work:
        checking.approve(work, number)
    with city.work("olga") as work:
        replying.reply(work, number, ANSWER)


@pytest.mark.parametrize("leaver", [0, 1])
def test_one_of_two_leaves_and_the_other_is_answered(city: City, leaver: int) -> None:
    numbers = two_on_one(city)
    gone, stays = numbers[leaver], numbers[1 - leaver]
    take_back(city, gone)
    ticket = city.ticket(numbers[0])
    assert (ticket.state, ticket.heat) == (State.HANDLING, 1)
    assert city.steps(numbers[0])[-1] == "withdraw_own"
    void = {row.complaint_id: row.void_reason for row in city.deadlines(numbers[0], DeadlineKind.REPLY)}
    assert void == {of(city, gone).id: "withdrawn", of(city, stays).id: None}
    answer(city, numbers[0])
    answered = city.rows(sa.select(Message.complaint_id).where(Message.purpose == "answered"))
    assert answered == [of(city, stays).id]
    assert of(city, gone).answered_at is None


def test_the_last_one_ends_the_matter(city: City) -> None:
    first, second = two_on_one(city)
    take_back(city, first)
    take_back(city, second)
    assert (city.ticket(first).state, city.ticket(first).heat) == (State.VOIDED, 0)
    assert all(row.void_reason == "withdrawn" for row in city.deadlines(first, DeadlineKind.REPLY))
    assert city.steps(first)[-2:] == ["withdraw_own", "withdraw"]


def test_the_rates_owe_a_reply_only_to_who_stays(city: City) -> None:
    first, second = two_on_one(city)
    city.turn(days=45)

    def owed(kind: RateKind) -> tuple[int, int]:
        figures = totals(city, kind, "2026-11")
        return figures["owed"], figures["missing"]

    assert owed(RateKind.REPLY) == (2, 2)
    take_back(city, second)
    assert owed(RateKind.REPLY) == (1, 1)
    assert owed(RateKind.CLOSE) == (1, 1), "the ticket still owes its closing"
    take_back(city, first)
    assert owed(RateKind.REPLY) == owed(RateKind.CLOSE) == (0, 0)


def test_who_has_left_is_neither_called_nor_asked(city: City) -> None:
    first, second = two_on_one(city)
    answer(city, first)
    with city.work() as work:
        complaint = citizens.find_complaint(work, first)
        assert complaint is not None
        reaching.reach(work, complaint, work.now, reaching.DELIVERED)
        work.session.execute(sa.update(Message).values(state="failed", next_at=None))
    with city.work("olga") as work:
        assert [call.complaint_number for call in calling.call_list(work)] == [second]
    take_back(city, second)
    with city.work("olga") as work:
        assert calling.call_list(work) == []
    surveys = {row.complaint_id: row.expired_at for row in city.rows(sa.select(Survey))}
    assert surveys[of(city, second).id] == city.now and surveys[of(city, first).id] is None


def test_the_last_answer_that_was_waited_for_closes(city: City) -> None:
    first, second = two_on_one(city)
    answer(city, first)
    with city.work("citizen") as work:
        complaint = citizens.find_complaint(work, first)
        assert complaint is not None
        ticket = citizens.ticket_of(work, complaint)
        citizens.read(work, complaint, ticket)
        citizens.score(work, complaint, ticket, 5, "", "web")
    assert city.ticket(first).state is State.REPLIED, "the other one has not been asked"
    take_back(city, second)
    assert city.ticket(first).state is State.CLOSED


def test_who_has_left_can_do_no_more(city: City) -> None:
    first, second = two_on_one(city)
    take_back(city, second)
    doings = {
        "withdraw": citizens.withdraw,
        "urge": citizens.urge,
        "add": lambda w, c, t: citizens.add(w, c, t, "又坏了", Channel.WEB),
        "not solved": lambda w, c, t: citizens.not_solved(w, c, t, "没有解决"),
        "score": lambda w, c, t: citizens.score(w, c, t, 5, "", "web"),
    }
    for name, doing in doings.items():
        with city.work("citizen") as work, pytest.raises(Refused) as refused:
            complaint = citizens.find_complaint(work, second)
            assert complaint is not None
            doing(work, complaint, citizens.ticket_of(work, complaint))
        assert refused.value.code == "withdrawn", name
    assert city.ticket(first).urgings == 0


def test_a_new_round_is_for_those_who_stay(city: City) -> None:
    first, second = two_on_one(city)
    take_back(city, second)
    answer(city, first)
    with city.work("sven") as work:
        reworking.rework(work, first, "抽查未解决")
    assert of(city, first).answered_at is None
    assert (city.ticket(first).round, city.ticket(first).heat) == (2, 1)


def test_a_merge_carries_along_who_has_left_and_does_not_write_to_him(city: City) -> None:
    first, second = two_on_one(city)
    third = city.accepted(text="大桥路口又黑了", phone="+8613800000003")
    with city.work("dora") as work:
        merging.unmerge(work, second, "不是同一路口")
    with city.work("dora") as work:
        merging.merge(work, third, second)
    take_back(city, third)
    with city.work("olga") as work:
        merging.merge(work, second, first)
    assert [city.ticket(each).heat for each in (first, second, third)] == [2, 0, 0]
    told = city.rows(sa.select(Message.complaint_id).where(Message.purpose == "joined"))
    assert told.count(of(city, third).id) == 1, "when it joined for the first time"
    with city.work("dora") as work:
        merging.unmerge(work, second, "不是同一路口")
    assert [city.ticket(each).heat for each in (first, second, third)] == [1, 1, 0]
    assert of(city, third).ticket_id == city.ticket(second).id


def test_a_ticket_does_not_come_back_for_nobody(city: City) -> None:
    first, second = two_on_one(city)
    take_back(city, second)
    with city.work("dora") as work, pytest.raises(Refused) as refused:
        merging.unmerge(work, second, "不是同一路口")
    assert refused.value.code == "withdrawn"
    assert city.ticket(second).state is State.MERGED and city.ticket(first).state is State.HANDLING


def test_when_only_the_joined_one_waits_its_coming_back_ends_the_other(city: City) -> None:
    first, second = two_on_one(city)
    take_back(city, first)
    with city.work("dora") as work:
        merging.unmerge(work, second, "不是同一路口")
    assert city.ticket(first).state is State.VOIDED
    assert (city.ticket(second).state, city.ticket(second).heat) == (State.RECEIVED, 1)


def test_on_the_page_it_is_only_his_own(city: City, app: Flask) -> None:
    mine, other = Browser(app), Browser(app)
    first, _ = mine.complain()
    second, _ = other.complain(text="大桥路口黑灯瞎火，路灯都不亮", phone="139 0000 5678", same="no")
    with city.work("olga") as work:
        merging.merge(work, second, first)
    assert "另有 1 人反映同一问题" in mine.text_of(f"/q/{first}")
    here = f"/q/{second}"
    assert "其他人反映的同一问题继续办理" in other.text_of(here)
    assert other.post(f"{here}/withdrawal", {"reason": "搬走了"}, of=here).status_code == 303
    page = other.text_of(here)
    assert "已撤回" in page and "撤回了这件反映" in page and "撤回原因：搬走了" in page
    assert "补充情况" not in page and "催办" not in page
    page = mine.text_of(f"/q/{first}")
    assert "人反映同一问题" not in page and "撤回了这件反映" not in page and "搬走了" not in page
    assert "已收到" in page


def test_the_reason_of_one_is_not_told_to_another_when_he_stays_alone(city: City, app: Flask) -> None:
    mine = Browser(app)
    first, _ = mine.complain()
    second = city.receive(text="大桥路口黑灯瞎火", phone=TWO).number
    with city.work("olga") as work:
        merging.merge(work, second, first)
    with city.work("olga") as work:
        accepting.accept(work, first)
        replying.answer(work, first, ANSWER)
    with city.work("citizen") as work:
        complaint = citizens.find_complaint(work, second)
        assert complaint is not None
        citizens.not_solved(work, complaint, citizens.ticket_of(work, complaint), "我家住三单元，门口还是黑的")
    take_back(city, second)
    page = mine.text_of(f"/q/{first}")
    assert "决定重新办理" in page and "三单元" not in page
