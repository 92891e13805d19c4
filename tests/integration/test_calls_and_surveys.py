"""电话名单: two lists, one operator a call, tries that reach nobody, and what then goes on by rule."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from hotline.domain.errors import Invalid, Refused
from hotline.domain.workflow import State
from hotline.models import Complaint, Disclosure, Event, Message, MessageState, Missed, OutCall, Survey
from hotline.services import phoning, surveying
from hotline.services.phoning import Which
from tests.city import City
from tests.desk import Person, make_app
from tests.integration.test_call_list import unanswered, untold

_phones = (f"+86137{number:08}" for number in itertools.count(12340000))


@pytest.fixture
def app(city: City) -> Flask:
    return make_app(city)


@pytest.fixture
def olga(app: Flask) -> Person:
    return Person(app, "olga")


def asked(city: City, **more: Any) -> str:
    """Answered and reached; a text has asked whether it was solved, a day ago, and nobody has said anything."""
    number = city.replied(phone=next(_phones), **more)
    with city.work() as work:
        complaint = work.session.scalars(sa.select(Complaint).where(Complaint.number == number)).one()
        complaint.reached_at, complaint.reached_by = city.now, "delivered"
        survey = work.session.scalars(sa.select(Survey).where(Survey.complaint_id == complaint.id)).one()
        surveying.ask(work, survey)
    city.turn(days=1, hours=1)
    return number


def complaint_id(city: City, number: str) -> int:
    return int(city.scalar(sa.select(Complaint.id).where(Complaint.number == number)))


def is_listed(person: Person, number: str) -> bool:
    return bool(person.open("/desk/calls").links(f"/desk/calls/{number}?"))


def survey_of(city: City, number: str) -> Survey:
    return city.rows(sa.select(Survey).where(Survey.complaint_id == complaint_id(city, number)))[0]


def test_both_lists_are_counted_and_each_call_has_its_script(city: City, olga: Person) -> None:
    answer, question = unanswered(city, matter="路灯不亮"), asked(city, matter="垃圾满溢")
    page = olga.open("/desk/calls")
    assert "待联系 1" in page.text and "待回访 1" in page.text and answer in page.html
    surveys = olga.open("/desk/calls?list=surveys")
    assert question in surveys.html and "短信回访没有回复" in surveys.text and answer not in surveys.html
    told = olga.open(f"/desk/calls/{answer}")
    assert "请问是您在10月12日反映“路灯不亮”吗？" in told.text and "您反映的路灯已修复，感谢监督。" in told.text
    put = olga.open(f"/desk/calls/{question}?list=surveys")
    assert "请问问题解决了吗？" in put.text and "您打几分" in put.text and "王受理" in put.text


def test_the_number_is_opened_on_the_page_of_the_call_with_the_reason_preset(city: City, olga: Person) -> None:
    number = unanswered(city)
    page = olga.open(f"/desk/calls/{number}")
    form = page.form(f"/desk/calls/{number}/number")
    assert form.values["reason"] == ["电话答复"] and "+86138" not in page.html
    opened = olga.send(form)
    assert "138123" in opened.html and "请问是您" in opened.text, "beside what is to be said"
    (line,) = city.rows(sa.select(Disclosure))
    assert line.reason == "电话答复"
    refused = olga.send(form, reason="")
    assert refused.status == 303 and "请写明查看原因" in olga.open(refused.response.headers["Location"]).text


def test_who_was_told_is_off_the_list_and_the_next_call_comes(city: City, olga: Person) -> None:
    first = unanswered(city)
    city.turn(minutes=5)
    second = unanswered(city)
    going = olga.send(olga.open("/desk/calls").form("/desk/calls/next"))
    assert f"/desk/calls/{first}?" in going.response.headers["Location"], "what is due first"
    done = olga.send(olga.open(f"/desk/calls/{first}").form("/result"), outcome="reached", note="已告知，市民满意")
    assert done.status == 303 and f"/desk/calls/{second}?" in done.response.headers["Location"]
    assert city.steps(first).count("log_call") == 1
    again = olga.send(olga.open(f"/desk/calls/{second}").form("/result"), outcome="reached", note="已告知")
    assert again.response.headers["Location"].startswith("/desk/calls?list=answers")
    late = olga.open(f"/desk/calls/{first}")
    assert "已经联系上" in late.text and not late.offers("/result")


def test_an_answer_to_the_questions_is_a_survey(city: City, olga: Person) -> None:
    number = asked(city)
    form = olga.open(f"/desk/calls/{number}?list=surveys").form("/result")
    nothing = olga.send(form, outcome="reached", comment="说还行")
    assert nothing.status == 422 and "说还行" in nothing.html and "问题是否解决" in nothing.text
    assert olga.send(form, outcome="reached", solved="true", score="5", comment="说还行").status == 303
    survey = survey_of(city, number)
    assert (survey.solved, survey.score, survey.by, survey.comment) == (True, 5, "call", "说还行")
    assert city.ticket(number).state is State.CLOSED
    assert "待回访 0" in olga.open("/desk/calls").text


def test_an_answer_that_reaches_nobody_goes_out_by_text_again_and_comes_back(city: City, olga: Person) -> None:
    number = unanswered(city)
    for time, said in ((1, "共3次，稍后再打"), (2, "共3次，稍后再打"), (3, "再发一次短信")):
        page = olga.open(f"/desk/calls/{number}")
        assert ("已打" in page.text) == (time > 1)
        answer = olga.send(page.form("/result"), outcome="no_answer")
        assert answer.status == 303 and said in olga.open("/desk/calls").text, time
        city.turn(hours=3)
    assert city.steps(number).count("call_missed") == 3
    about = sa.select(Message).where(Message.purpose == "answered").order_by(Message.id)
    texts = city.rows(about)
    assert [text.state for text in texts] == [MessageState.FAILED, MessageState.QUEUED]
    assert not is_listed(olga, number), "it is on its way"
    with city.work() as work:
        failed = sa.update(Message).where(Message.id == texts[1].id)
        work.session.execute(failed.values(state=MessageState.FAILED, next_at=None, failed_at=city.now))
    assert is_listed(olga, number)
    assert city.scalar(sa.select(Complaint.reached_at).where(Complaint.number == number)) is None, "a reply is owed"


def test_a_number_that_does_not_exist_is_no_contact(city: City, olga: Person) -> None:
    """Said twice: a slip of the finger must not keep a promise. Then the answer stands where everybody without any
    contact finds it (design §4)."""
    number = unanswered(city)
    for _ in range(2):
        assert city.scalar(sa.select(Complaint.reached_by).where(Complaint.number == number)) is None
        olga.send(olga.open(f"/desk/calls/{number}").form("/result"), outcome="void")
    assert city.scalar(sa.select(Complaint.reached_by).where(Complaint.number == number)) == "published"
    assert not is_listed(olga, number)


def test_news_that_reaches_nobody_is_not_called_about_for_ever(city: City, olga: Person) -> None:
    number = untold(city)
    for _ in range(3):
        assert is_listed(olga, number)
        city.turn(hours=3)
        olga.send(olga.open(f"/desk/calls/{number}").form("/result"), outcome="off")
    assert not is_listed(olga, number)
    assert city.ticket(number).state is State.ACCEPTED, "the answer is owed all the same"


def test_a_question_that_reaches_nobody_ends_by_rule(city: City, olga: Person) -> None:
    number = asked(city)
    answer = olga.send(olga.open(f"/desk/calls/{number}?list=surveys").form("/result"), outcome="refused")
    assert answer.status == 303 and "不再拨打" in olga.open("/desk/calls?list=surveys").text
    survey = survey_of(city, number)
    assert survey.tries == 2 and survey.next_at is not None and survey.expired_at is None
    city.now = survey.next_at
    with city.work() as work:
        surveying.ask(work, work.session.get_one(Survey, survey.id))
    assert survey_of(city, number).expired_at is not None


def test_whoever_asks_for_another_time_is_called_then(city: City, olga: Person) -> None:
    number = unanswered(city)
    form = olga.open(f"/desk/calls/{number}").form("/result")
    for wrong in ("", "明天", "2026-10-01T09:00", "2027-10-01T09:00"):
        refused = olga.send(form, outcome="later", again_at=wrong, note="他在开会")
        assert refused.status == 422 and "他在开会" in refused.html, wrong
    assert olga.send(form, outcome="later", again_at="2026-10-13T10:00").status == 303
    with city.work("olga") as work:
        assert phoning.next_call(work, Which.ANSWERS) is None, "not before"
    assert "10月13日" in olga.open("/desk/calls").text and number in olga.open("/desk/calls").html
    city.turn(days=2)
    with city.work("olga") as work:
        assert phoning.next_call(work, Which.ANSWERS) == number
    assert city.rows(sa.select(OutCall))[0].tries == 0, "somebody was spoken to"


def test_two_operators_are_not_given_the_same_call(city: City, app: Flask, olga: Person) -> None:
    first = unanswered(city)
    city.turn(minutes=1)
    second = unanswered(city)
    otto = Person(app, "otto")
    olga.open(f"/desk/calls/{first}")
    assert "王受理正在打这个电话" in otto.open(f"/desk/calls/{first}").text
    assert "王受理正在打" in otto.open("/desk/calls").text
    with city.work("otto") as work:
        assert phoning.next_call(work, Which.ANSWERS) == second
        assert phoning.next_call(work, Which.ANSWERS, besides=second) is None
    city.turn(minutes=11)
    assert "正在打" not in otto.open(f"/desk/calls/{first}").text, "who has gone for lunch holds nothing"


def test_who_goes_on_comes_to_every_call_before_one_a_second_time(city: City) -> None:
    numbers = []
    for _ in range(3):
        numbers.append(unanswered(city))
        city.turn(minutes=1)
    led: list[str] = []
    for _ in range(4):
        with city.work("olga") as work:
            led.append(phoning.next_call(work, Which.ANSWERS, besides=led[-1] if led else "") or "")
    assert led == [*numbers, numbers[0]]


def test_calls_that_are_put_off_hide_no_others(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    """After a bad day there are more of them than are looked through for the next one."""
    monkeypatch.setattr(phoning, "LOOKED_AT", 1)
    for make, which in ((unanswered, Which.ANSWERS), (asked, Which.SURVEYS)):
        put_off, waiting = make(city), make(city)
        with city.work("olga") as work:
            phoning.put_off(work, put_off, city.now.replace(hour=23), which)
            assert phoning.next_call(work, which) == waiting


@pytest.mark.parametrize(
    ("outcome", "step"), [("no_answer", "call_missed"), ("later", "call_later"), ("reached", "log_call")]
)
def test_what_was_written_down_stays_whatever_came_of_the_call(
    city: City, olga: Person, outcome: str, step: str
) -> None:
    number = unanswered(city)
    form = olga.open(f"/desk/calls/{number}").form("/result")
    sent = olga.send(form, outcome=outcome, again_at="2026-10-13T10:00", note="家人接的，本人晚上在")
    assert sent.status == 303
    (event,) = city.rows(sa.select(Event).where(Event.step == step))
    assert "家人接的，本人晚上在" in event.data["note"]


def test_what_was_settled_meanwhile_counts_no_try(city: City, app: Flask, olga: Person) -> None:
    number = unanswered(city)
    form = olga.open(f"/desk/calls/{number}").form("/result")
    sven = Person(app, "sven")
    assert sven.send(sven.open(f"/desk/calls/{number}").form("/result"), outcome="reached").status == 303
    late = olga.send(form, outcome="no_answer", note="没人接")
    assert late.status == 409 and "已经联系上" in late.text and "没人接" in late.html
    with city.work("olga") as work, pytest.raises(Refused):
        phoning.missed(work, number, Missed.OFF, Which.ANSWERS)
    with city.work("olga") as work, pytest.raises(Invalid):
        phoning.put_off(work, number, city.now, Which.ANSWERS)


def test_statements_do_not_grow_with_the_questions(city: City, olga: Person) -> None:
    asked(city)
    few = statements(city, olga)
    for _ in range(4):
        asked(city)
    assert statements(city, olga) == few


def statements(city: City, person: Person) -> int:
    with city.statements() as told:
        assert person.open("/desk/calls?list=surveys").status == 200
    return len(told)


def test_what_is_not_the_actors_is_not_there(city: City, app: Flask) -> None:
    number = unanswered(city)
    for who in ("hans", "cora"):
        person = Person(app, who)
        assert person.open(f"/desk/calls/{number}").status == 404
    assert Person(app, "olga").open("/desk/calls/20200101000001").status == 404
