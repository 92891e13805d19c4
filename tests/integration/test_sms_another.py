"""短信往来: whether further words belong to what is open or are another matter; and that no words end in silence."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from flask import Flask

from hotline.domain.workflow import State
from hotline.models import Addition, Attachment, Complaint, Survey, Ticket, Urgency
from hotline.services import calling, delivering, surveying, sweeping
from hotline.services.calling import Why
from tests.citizen import LAMP_TEXT as LAMP
from tests.citizen import Telephone
from tests.city import City
from tests.conversation import answer, answered, assign
from tests.desk import Person

RUBBISH = "中山路垃圾没人清运"


def said(city: City) -> list[str]:
    return city.rows(sa.select(Complaint.text).order_by(Complaint.id))


def added(city: City) -> list[str]:
    return city.rows(sa.select(Addition.text).order_by(Addition.id))


def sweep(city: City, days: int) -> None:
    """Day after day the questions that are due are asked, and what silence ends is ended."""
    for _ in range(days):
        city.turn(days=1)
        with city.work() as work:
            while sweeping.ask_surveys(work):
                pass


# ---- another place and another matter


@pytest.mark.parametrize("words", [RUBBISH, "建设路井盖松了", "人民路窨井冒水", "建设路施工到半夜，睡不着"])
def test_another_matter_at_another_place_is_a_complaint_of_its_own(city: City, phone: Telephone, words: str) -> None:
    phone.say(LAMP)
    received, told = phone.say(words)
    assert said(city) == [LAMP, words] and added(city) == []
    number = phone.complaints()[1].number
    assert number in received
    assert number in told and "如属对前一件的补充，请回复“补充”" in told


@pytest.mark.parametrize(
    "words",
    [
        "旁边那盏也不亮",
        "建设路的路灯也不亮",  # the same matter: perhaps the same cable
        "香溪路垃圾也没人清",  # the same place
        "大桥路那边也黑了一片",
        "维修车昨天停在建设路就走了",  # no matter of its own
    ],
)
def test_what_may_belong_to_it_is_added_and_the_way_out_is_named(city: City, phone: Telephone, words: str) -> None:
    phone.say(LAMP)
    (told,) = phone.say(words)
    assert said(city) == [LAMP] and added(city) == [words]
    assert "补充已记入" in told and "“新投诉”" in told


def test_a_place_that_answers_our_question_is_no_other_place(city: City, phone: Telephone) -> None:
    phone.say("路灯坏了三天没人修")
    phone.say("中山路小学门口")
    assert city.rows(sa.select(Ticket.place)) == ["中山路小学门口"]
    phone.say("中山路18号那盏")
    assert said(city) == ["路灯坏了三天没人修"]


@pytest.mark.parametrize("place", ["滨河花园小区门口，垃圾站旁边", "中山路公交站对面", "建设路井盖厂门口"])
def test_a_place_beside_something_is_no_matter(city: City, phone: Telephone, place: str) -> None:
    phone.say("路灯坏了三天没人修")
    phone.say(place)
    assert said(city) == ["路灯坏了三天没人修"] and added(city) == [place]


def test_another_matter_is_no_answer_to_where(city: City, phone: Telephone) -> None:
    phone.say("路灯坏了三天没人修")
    phone.say("中山路口垃圾没人清运")
    assert city.rows(sa.select(Ticket.place).order_by(Ticket.id))[0] == ""
    assert len(said(city)) == 2


def test_a_number_says_what_it_belongs_to(city: City, phone: Telephone) -> None:
    phone.say(LAMP)
    phone.say(f"{phone.complaints()[0].number} {RUBBISH}")
    assert len(said(city)) == 1


def test_what_was_taken_for_another_goes_back_with_its_pictures(city: City, phone: Telephone) -> None:
    phone.say(LAMP)
    phone.say(RUBBISH, NumMedia="1", MediaUrl0="https://api.twilio.com/1")
    lamp, other = phone.complaints()
    (told,) = phone.say("补充")
    assert "补充已记入" in told and lamp.number in told
    assert added(city) == [RUBBISH]
    assert city.ticket(other.number).state is State.VOIDED
    assert city.rows(sa.select(Attachment.complaint_id)) == [lamp.id]
    phone.say("补充一点，靠近公交站")
    assert added(city) == [RUBBISH, "补充一点，靠近公交站"], "the word means this once only"


def test_what_somebody_works_on_does_not_go_back(city: City, phone: Telephone) -> None:
    phone.say(LAMP)
    phone.say(RUBBISH)
    other = phone.complaints()[1]
    assign(city, other.number)
    phone.say("补充")
    assert city.ticket(other.number).state is State.ASSIGNED


# ---- danger


def urgencies(city: City) -> list[Urgency]:
    return city.rows(sa.select(Ticket.urgency).order_by(Ticket.id))


def test_a_danger_elsewhere_is_a_ticket_of_its_own(city: City, phone: Telephone) -> None:
    phone.say(LAMP)
    assert any("110" in text for text in phone.say("建设路燃气泄漏，味道很大"))
    assert urgencies(city) == [Urgency.NORMAL, Urgency.URGENT]
    phone.say("中山路小学燃气泄漏")
    assert urgencies(city) == [Urgency.NORMAL, Urgency.URGENT, Urgency.URGENT]


def test_the_same_danger_stays_with_its_ticket_also_when_somebody_has_it(city: City, phone: Telephone) -> None:
    phone.say("香溪路燃气泄漏")
    assign(city, phone.complaints()[0].number)
    assert any("110" in text for text in phone.say("燃气味道更大了，快来人"))
    assert (urgencies(city), added(city)) == ([Urgency.URGENT], ["燃气味道更大了，快来人"])
    phone.say("香溪路电线掉下来了，冒火花")
    assert urgencies(city) == [Urgency.URGENT, Urgency.URGENT]


def test_nothing_else_is_filed_with_an_urgent_one(city: City, phone: Telephone) -> None:
    phone.say("香溪路燃气泄漏")
    phone.say("滨河路垃圾没人清")
    assert urgencies(city) == [Urgency.URGENT, Urgency.NORMAL]


def test_who_has_asked_for_silence_is_answered_about_a_danger(city: City, phone: Telephone) -> None:
    phone.say("退订")
    assert phone.say(LAMP) == []
    texts = phone.say("建设路燃气泄漏，味道很大")
    number = phone.complaints()[1].number
    assert any(number in text and "查询码" in text for text in texts)
    assert any("110" in text for text in texts)
    with city.work() as work:
        assert phone.complaints()[1].notice_version == work.notice_version
    assert phone.say("味道还在，燃气还在漏")[0].startswith("如有人身危险")
    assert phone.say("进度") == []


# ---- after the answer


def test_a_matter_elsewhere_said_to_our_question_is_a_new_one(city: City, phone: Telephone) -> None:
    phone.say(LAMP)
    answered(city, phone.complaints()[0].number)
    phone.say("建设路的路灯也坏了")
    assert said(city) == [LAMP, "建设路的路灯也坏了"] and added(city) == []


def test_words_that_are_no_verdict_are_not_ended_by_silence(city: City, app: Flask, phone: Telephone) -> None:
    phone.say(LAMP)
    number = phone.complaints()[0].number
    answered(city, number)
    (question,) = phone.say("师傅来看过一次，说要等配件")
    assert "请您评价" in question
    sweep(city, 12)
    assert city.ticket(number).state is State.REPLIED
    with city.work("olga") as work:
        (call,) = calling.call_list(work)
    assert (call.why, call.said) == (Why.WORDS, "师傅来看过一次，说要等配件")
    page = Person(app, "olga").open("/desk/calls")
    assert "答复之后又来信" in page.text and "师傅来看过一次" in page.text
    with city.work("olga") as work:
        surveying.log(work, number, number, solved=True, score=4, comment="已电话核实")
    assert city.ticket(number).state is State.CLOSED
    with city.work("olga") as work:
        assert calling.call_list(work) == []


@pytest.mark.parametrize(("verdict", "state"), [("解决5", State.CLOSED), ("未解决", State.ACCEPTED)])
def test_a_verdict_after_unclear_words_ends_the_waiting(
    city: City, phone: Telephone, verdict: str, state: State
) -> None:
    phone.say(LAMP)
    number = phone.complaints()[0].number
    answered(city, number)
    phone.say("师傅来看过一次，说要等配件")
    phone.say(verdict)
    assert city.ticket(number).state is state
    with city.work("olga") as work:
        assert calling.call_list(work) == []


def test_silence_alone_ends_the_question(city: City, phone: Telephone) -> None:
    phone.say(LAMP)
    phone.say("旁边那盏也不亮")
    number = phone.complaints()[0].number
    city.turn(hours=1)
    assign(city, number)
    answer(city, number)
    with city.work() as work:
        row = work.session.scalars(sa.select(Complaint)).one()
        row.reached_at, row.reached_by = city.now, "delivered"
    sweep(city, 12)
    assert city.ticket(number).state is State.CLOSED
    assert city.rows(sa.select(Survey.answered_at)) == [None]


def test_all_that_answers_a_text_is_prompt_by_its_name_or_its_moment() -> None:
    assert {"another", "added", "withdraw_sure"} <= delivering.PROMPT
