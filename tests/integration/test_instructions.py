"""领导批示: entered on a ticket, owed back by a day, reported once; on the ticket's page and in its history."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from hotline.domain.errors import Invalid, NotFound, Refused
from hotline.models import Instruction
from hotline.services import instructing
from hotline.services.instructing import Standing
from hotline.services.paging import FIRST, Place
from tests.city import City, at
from tests.desk import Person, make_app
from tests.integration.test_supervision_page import a_supervisor_of

WORDS = "请城管局三日内查明原因，举一反三。"
TODAY = date(2026, 10, 12)


def entered(city: City, number: str, *, given_on: date = TODAY, due_on: date | None = None, who: str = "sven") -> int:
    with city.work(who) as work:
        return instructing.enter(work, number, "副市长张某某", WORDS, given_on, due_on).id


@pytest.mark.parametrize(
    ("given_on", "due_on", "due_at"),
    [
        (TODAY, None, "2026-10-23 00:00"),  # 领导批示: 10 natural days from the day after, the last one whole
        (date(2026, 10, 9), None, "2026-10-20 00:00"),  # it counts from the day it was given, not entered
        (TODAY, date(2026, 10, 14), "2026-10-15 00:00"),  # a day that the leader named, whole
    ],
)
def test_by_when_it_is_to_be_reported_back(city: City, given_on: date, due_on: date | None, due_at: str) -> None:
    id = entered(city, city.handling(), given_on=given_on, due_on=due_on)
    assert city.scalar(sa.select(Instruction.due_at).where(Instruction.id == id)) == at(due_at)


@pytest.mark.parametrize(
    ("leader", "text", "given_on", "due_on", "field"),
    [
        (" ", WORDS, TODAY, None, "leader"),
        ("市长", " ", TODAY, None, "text"),
        ("市长", WORDS, date(2026, 10, 13), None, "given_on"),
        ("市长", WORDS, TODAY, date(2026, 10, 11), "due_on"),
    ],
)
def test_what_cannot_be_entered(
    city: City, leader: str, text: str, given_on: date, due_on: date | None, field: str
) -> None:
    number = city.handling()
    with city.work("sven") as work, pytest.raises(Invalid) as refusal:
        instructing.enter(work, number, leader, text, given_on, due_on)
    assert list(refusal.value.fields) == [field]


def test_reported_back_once(city: City) -> None:
    number = city.handling()
    id = entered(city, number)
    with city.work("sara") as work, pytest.raises(Invalid):
        instructing.report(work, id, "好")
    with city.work("sara") as work:
        row = instructing.report(work, id, "已责成市政处更换灯杆三根，并排查全路段。")
        assert row.reported_at == city.now
    with city.work("sven") as work, pytest.raises(Refused, match="已经反馈"):
        instructing.report(work, id, "另一份反馈，内容不同。")
    assert city.steps(number)[-2:] == ["instruct", "report_back"]


def test_the_list_is_by_due_time_and_marks_what_is_late(city: City) -> None:
    number = city.handling()
    ids = [entered(city, number, due_on=TODAY + timedelta(days=days)) for days in (5, 1, 3)]
    city.turn(days=2)
    with city.work("lena") as work:
        listed = instructing.listed(work, Standing.OPEN, FIRST, size=2)
        assert [each.instruction.id for each in listed] == [ids[1], ids[2]]
        after = instructing.listed(work, Standing.OPEN, Place(after=listed.after), size=2)
        assert [each.instruction.id for each in after] == [ids[0]]
        back = instructing.listed(work, Standing.OPEN, Place(before=after.before), size=2)
        assert [each.instruction.id for each in back] == [ids[1], ids[2]]
        assert [each.instruction.id for each in instructing.listed(work, Standing.LATE, FIRST)] == [ids[1]]
        newest = instructing.listed(work, Standing.ALL, FIRST, size=2)
        assert [each.instruction.id for each in newest] == [ids[2], ids[1]]
        older = instructing.listed(work, Standing.ALL, Place(after=newest.after), size=2)
        assert [each.instruction.id for each in older] == [ids[0]]
        assert not instructing.listed(work, Standing.DONE, FIRST)


def test_entered_reported_and_printed_on_the_pages(city: City) -> None:
    number = city.handling()
    sven = Person(make_app(city), "sven")
    page = sven.open(f"/desk/instructions?number={number}")
    form = page.form("/desk/instructions")
    assert form.values["number"] == [number] and form.values["given_on"] == ["2026-10-12"]
    wrong = sven.send(form, number="20261012999999", leader="副市长张某某", text=WORDS)
    assert wrong.status == 422 and "没有找到这件工单" in wrong.text and WORDS in wrong.text
    answer = sven.send(form, leader="副市长张某某", text=WORDS, due_on="2026-10-14")
    assert answer.status == 303, answer.text
    twice = sven.send(form, leader="副市长张某某", text=WORDS, due_on="2026-10-14")
    assert twice.status == 422 and "没有重复登记" in twice.text and city.steps(number).count("instruct") == 1
    one = sven.open(answer.response.headers["Location"])
    for words in (WORDS, "副市长张某某", number, "10月14日 24:00 前", "领导批示办理情况反馈单", "以领导批示为由督办"):
        assert words in one.text, words
    handed_in = entered(city, city.submitted())
    assert "由督办" not in sven.open(f"/desk/instructions/{handed_in}").text, "nobody is left to be ordered"
    lena = Person(make_app(city), "lena")
    read = lena.open("/desk/instructions")
    assert WORDS in read.text and not read.offers("/desk/instructions"), "a leader reads"
    city.turn(days=3)
    assert "已超" in lena.open("/desk/instructions?state=late").text
    report = one.forms[-1]
    assert sven.send(report, report=" ").status == 422
    done = sven.send(report, report="已责成市政处更换灯杆三根。")
    assert done.status == 303
    assert "已责成市政处" in sven.open(done.response.headers["Location"]).text
    again = sven.send(report, report="另一份反馈，内容不同。")
    assert again.status == 409 and "另一份反馈，内容不同。" in again.text
    assert "已责成市政处" in lena.open("/desk/instructions?state=done").text
    ticket = sven.ticket(number)
    assert "领导批示" in ticket.text and WORDS in ticket.text


def test_a_county_neither_enters_nor_reads_what_is_not_its_own(city: City) -> None:
    number = city.handling()
    id = entered(city, number)
    cleo = a_supervisor_of(city, "county", "cleo")
    for attempt in (lambda: entered(city, number, who=cleo), lambda: _report(city, id, cleo)):
        with pytest.raises(NotFound):
            attempt()
    person = Person(make_app(city), cleo)
    assert person.open(f"/desk/instructions/{id}").status == 404
    assert WORDS not in person.open("/desk/instructions?state=all").text
    for login in ("olga", "dora", "hans", "adam"):
        assert Person(make_app(city), login).open("/desk/instructions").status == 404, login


def _report(city: City, id: int, who: str) -> None:
    with city.work(who) as work:
        instructing.report(work, id, "已责成市政处更换灯杆三根。")


def test_as_many_statements_for_many_as_for_one(city: City) -> None:
    entered(city, city.handling(confidential=True))
    sven = Person(make_app(city), "sven")

    def asked() -> int:
        sven.open("/desk/instructions")
        with city.statements() as statements:
            assert sven.open("/desk/instructions").status == 200
        return len(statements)

    before = asked()
    for _ in range(3):
        entered(city, city.handling(confidential=True))
    assert asked() == before
