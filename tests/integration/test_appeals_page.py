"""申诉: the raw fact beside the reasons, two reviewers of whom the second does not know what the first has written."""

from __future__ import annotations

import re

import pytest
import sqlalchemy as sa

from hotline.domain.errors import Refused
from hotline.models import Appeal, Deadline, DeadlineKind
from hotline.services import appealing, checking, handling, replying, viewing
from hotline.services.hand import find
from tests.city import City
from tests.desk import Page, Person, make_app
from tests.integration.test_supervision_page import a_supervisor_of

REASON = "当日台风停工，有市应急局通知为证。"


def appealed(city: City, text: str = "香溪路与大桥路口路灯不亮三天了") -> str:
    """A ticket that was handled ten days late and closed, and whose unit appeals."""
    number = city.handling(text=text, wants_reply=False)
    city.turn(days=20)
    with city.work("hans") as work:
        handling.submit(work, number, "台风后已更换灯杆，恢复照明。")
    with city.work("sven") as work:
        checking.approve(work, number)
    with city.work("olga") as work:
        replying.reply(work, number, "您反映的路灯已修复，感谢监督。联系电话0320-0002101。")
    with city.work("hans") as work:
        appealing.appeal(work, number, REASON)
    return number


@pytest.fixture
def sven(city: City) -> Person:
    return Person(make_app(city), "sven")


@pytest.fixture
def sara(city: City) -> Person:
    return Person(make_app(city), "sara")


def decide(person: Person, noun: str, **typed: str) -> Page:
    return person.send(person.open("/desk/appeals").form(f"/{noun}"), **typed)


def test_the_raw_fact_and_the_reason_stand_together(city: City, sven: Person) -> None:
    number = appealed(city)
    text = sven.open("/desk/appeals").text
    for words in (number, REASON, "台风后已更换灯杆", "超期的事实", "处理", "您是第一审核人", "市政处"):
        assert words in text, words
    assert re.search(r"处理 10月\d+日 18:00 11月1日 09:00 \d+ 天 \d+ 小时", text), "due, done, and how late"


def test_the_second_reviewer_does_not_read_the_first_one(city: City, sven: Person, sara: Person) -> None:
    number = appealed(city)
    opinion = "停工通知属实，理由充分"
    assert decide(sven, "upheld", opinion=opinion).status == 303
    assert "没有待您审核的申诉" in sven.open("/desk/appeals").text, "nobody reviews twice"
    page = sara.open("/desk/appeals")
    assert "第一审核人（周督办）" in page.text
    for seen in (page.text, sara.ticket(number).text):
        assert opinion not in seen
    with city.work("sara") as work:
        ticket = find(work, number)
        told = [viewing.requests_of(work, ticket), viewing.history(work, ticket)]
    assert opinion not in repr(told), "not by the interface either"
    with city.work("sven") as work:
        assert opinion in repr(viewing.requests_of(work, find(work, number))), "his own he may read again"
    assert decide(sara, "upheld", opinion="同意").status == 303
    assert opinion in sara.ticket(number).text
    handle = city.deadlines(number, DeadlineKind.HANDLE)[-1]
    assert handle.exempt_at is not None and handle.met_at is not None
    assert handle.met_at > handle.due_at, "the raw fact stays"
    decided = sara.open("/desk/appeals/decided")
    for words in (number, "申诉成立", "周督办、吴督办", opinion, REASON):
        assert words in decided.text, words


def test_a_no_ends_it_at_once(city: City, sven: Person) -> None:
    number = appealed(city)
    bare = decide(sven, "dismissed", opinion=" ")
    assert bare.status == 422 and "请写明申诉不成立的理由，例如" in bare.text
    assert "申诉成立的理由 （选填）" in bare.text and "申诉不成立的理由 （选填）" not in bare.text
    assert decide(sven, "dismissed", opinion="没有提供证据。").status == 303
    assert city.rows(sa.select(Appeal))[0].granted is False
    assert not city.rows(sa.select(Deadline).where(Deadline.exempt_at.is_not(None)))
    assert "申诉不成立" in sven.open("/desk/appeals/decided").text
    with city.work("sara") as work, pytest.raises(Refused):
        appealing.review(work, number, True, "同意")


def test_who_reviewed_first_is_not_the_second(city: City, sven: Person) -> None:
    number = appealed(city)
    page = sven.open("/desk/appeals")
    assert sven.send(page.form("/upheld")).status == 303
    answer = sven.send(page.form("/upheld"), opinion="再次同意")
    assert answer.status == 409 and "再次同意" in answer.text
    assert city.rows(sa.select(Appeal))[0].granted is None
    assert sven.open(f"/desk/appeals/{number}").status == 303


@pytest.mark.parametrize(("login", "status"), [("dora", 200), ("olga", 404), ("hans", 404), ("lena", 404)])
def test_whose_page_it_is(city: City, login: str, status: int) -> None:
    person = Person(make_app(city), login)
    assert [person.open(address).status for address in ("/desk/appeals", "/desk/appeals/decided")] == [status] * 2


def test_a_county_sees_none_of_the_citys(city: City) -> None:
    number = appealed(city)
    cleo = Person(make_app(city), a_supervisor_of(city, "county", "cleo"))
    assert "没有待您审核的申诉" in cleo.open("/desk/appeals").text
    assert cleo.open(f"/desk/appeals/{number}").status == 404
    with city.work("sven") as work:
        appealing.review(work, number, False, "没有提供证据。")
    assert "还没有决定过的申诉" in cleo.open("/desk/appeals/decided").text


def test_as_many_statements_for_many_as_for_one(city: City, sven: Person) -> None:
    def asked() -> list[int]:
        counts = []
        for address in ("/desk/appeals", "/desk/appeals/decided"):
            sven.open(address)
            with city.statements() as statements:
                assert sven.open(address).status == 200
            counts.append(len(statements))
        return counts

    def dismissed() -> None:
        number = appealed(city, "另一处的路灯也不亮了，请修复")
        with city.work("sven") as work:
            appealing.review(work, number, False, "没有提供证据。")

    appealed(city)
    dismissed()
    before = asked()
    appealed(city, "第三处的路灯也不亮了，请修复")
    dismissed()
    assert asked() == before
