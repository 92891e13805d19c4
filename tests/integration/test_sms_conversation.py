"""短信往来 after the first text: understood as people write, put to the right complaint, answered, judged, silenced."""

from __future__ import annotations

import re

import pytest
import sqlalchemy as sa
from flask import Flask

from hotline.domain.workflow import State
from hotline.models import Addition, Citizen, Complaint, Survey, Ticket
from hotline.services import merging, sweeping
from tests.citizen import LAMP_TEXT as LAMP
from tests.citizen import Telephone, count
from tests.city import City
from tests.conversation import answered, assign

# ---- further texts


def test_danger_does_not_wait_in_the_file_of_something_else(city: City, phone: Telephone) -> None:
    phone.say(LAMP)
    assign(city, phone.complaints()[0].number)
    phone.say("香溪路电线掉下来了，冒火花")
    assert [row.urgency for row in city.rows(sa.select(Ticket).order_by(Ticket.id))] == ["normal", "urgent"]


def test_further_words_within_a_day_belong_to_it_and_later_ones_do_not(city: City, phone: Telephone) -> None:
    phone.say(LAMP)
    city.turn(hours=23)
    (answer,) = phone.say("旁边那盏也不亮了")
    assert "补充已记入" in answer
    assert city.rows(sa.select(Addition.text)) == ["旁边那盏也不亮了"]
    city.turn(hours=25)
    phone.say("建设路垃圾没人清运")
    assert len(phone.complaints()) == 2


def test_the_same_words_again_are_told_the_state(city: City, phone: Telephone) -> None:
    phone.say(LAMP)
    (answer,) = phone.say(LAMP)
    assert "您已反映过此事" in answer
    assert (len(phone.complaints()), count(city, Addition)) == (1, 0)


def test_a_new_one_can_be_begun_at_any_time(city: City, phone: Telephone) -> None:
    phone.say(LAMP)
    phone.say("新投诉：建设路垃圾没人清运")
    assert [row.text for row in phone.complaints()] == [LAMP, "建设路垃圾没人清运"]
    (question,) = phone.say("新投诉")
    assert "请用一两句话写明" in question
    phone.say("人民路窨井冒水")
    assert len(phone.complaints()) == 3


def test_nobody_adds_to_the_complaint_of_another(city: City, app: Flask, phone: Telephone) -> None:
    phone.say(LAMP)
    number = phone.complaints()[0].number
    other = Telephone(app, city, "+8613900001111")
    (answer,) = other.say(number)
    assert "没有查到" in answer
    assert "没有查到" in other.say("进度")[0]
    other.say(f"{number} 建设路垃圾没人清运")
    assert (len(phone.complaints()), count(city, Addition)) == (2, 0)


def test_two_machines_do_not_talk_for_ever(city: City, phone: Telephone) -> None:
    answers = [phone.say(f"自动回复第{turn}次：我正在开会，香溪路") for turn in range(34)]
    assert [len(each) for each in answers[-4:]] == [1, 0, 0, 0]
    assert "暂不逐条回复" in answers[-4][0]
    assert len(phone.complaints()) == 1


# ---- progress


def test_progress_follows_the_ticket(city: City, phone: Telephone) -> None:
    phone.say(LAMP)
    number = phone.complaints()[0].number
    assert "已收到，待受理，热线中心办理，时限10月12日11时" in phone.say("进度")[0]
    assign(city, number)
    assert re.search("办理中，市政处办理，时限10月", phone.say(f"编号 {number}")[0])
    answered_number = phone.say(number.replace("2026", "2025"))[0]
    assert "没有查到" in answered_number


def test_urging_and_withdrawing(city: City, phone: Telephone) -> None:
    phone.say(LAMP)
    number = phone.complaints()[0].number
    assert "催办已记入" in phone.say("催办")[0]
    assert "待受理" in phone.say("催办")[0], "once a day"
    assert "已按您的要求撤回" in phone.say("撤回")[0]
    assert city.ticket(number).state is State.VOIDED
    assert "已撤回" in phone.say("进度")[0]


def test_urging_keeps_what_was_said_with_it(city: City, phone: Telephone) -> None:
    phone.say(LAMP)
    assert "催办已记入" in phone.say("催办：都三天了，老人不敢出门")[0]
    assert city.rows(sa.select(Addition.text)) == ["都三天了，老人不敢出门"]


def test_taking_back_is_asked_about_unless_it_was_said(city: City, phone: Telephone) -> None:
    phone.say(LAMP)
    number = phone.complaints()[0].number
    assert "请回复“撤回”" in phone.say("不用了")[0]
    assert city.ticket(number).state is State.RECEIVED
    assert "已按您的要求撤回" in phone.say("撤回投诉，已经好了")[0]
    assert city.ticket(number).state is State.VOIDED


# ---- the verdict


def test_the_question_is_answered_with_a_word_and_a_digit(city: City, phone: Telephone) -> None:
    phone.say(LAMP)
    number = phone.complaints()[0].number
    answered(city, number)
    assert "感谢您的评价" in phone.say("解决5")[0]
    (survey,) = city.rows(sa.select(Survey))
    assert (survey.solved, survey.score, survey.by) == (True, 5, "sms")
    assert city.ticket(number).state is State.CLOSED
    assert "感谢" in phone.say("解决5")[0], "twice is no complaint"
    assert len(phone.complaints()) == 1


def test_a_digit_alone_answers_only_a_question(city: City, phone: Telephone) -> None:
    assert "直接回复问题和地点" in phone.say("4")[0]
    phone.say(LAMP)
    number = phone.complaints()[0].number
    for digit in ("4", "8"):
        assert "待受理" in phone.say(digit)[0], "nobody has asked"
    assert "补充已记入" in phone.say("已解决5")[0], "good to know, but no verdict"
    assert count(city, Survey) == 0
    answered(city, number)
    assert "1至5分" in phone.say("8")[0]
    phone.say("4")
    (survey,) = city.rows(sa.select(Survey))
    assert (survey.solved, survey.score) == (None, 4)


def test_the_answer_may_be_judged_before_the_question_comes(city: City, phone: Telephone) -> None:
    phone.say(LAMP)
    number = phone.complaints()[0].number
    answered(city, number, ask=False)
    assert "答复" in phone.say("5")[0] and city.ticket(number).state is State.REPLIED, "of a digit nobody knows"
    assert "感谢您的评价" in phone.say("解决4")[0]
    (survey,) = city.rows(sa.select(Survey))
    assert (survey.solved, survey.score, survey.by, survey.asked_at) == (True, 4, "sms", None)
    assert city.ticket(number).state is State.CLOSED
    city.turn(days=2)
    with city.work() as work:
        assert sweeping.ask_surveys(work) == 0, "and nobody asks what has been answered"


def test_a_verdict_after_another_answer_is_about_that_one(city: City, phone: Telephone) -> None:
    """Not about the older one, whose question is still open; of that a digit alone is the score."""
    phone.say(LAMP)
    first = phone.complaints()[0].number
    phone.say("新投诉：建设路垃圾没人清运")
    second = next(row.number for row in phone.complaints() if row.number != first)
    answered(city, first)
    city.turn(minutes=5)
    answered(city, second, ask=False)
    assert "感谢您的评价" in phone.say("解决4")[0]
    assert (city.ticket(first).state, city.ticket(second).state) == (State.REPLIED, State.CLOSED)
    phone.say("5")
    scores = {row.complaint_id: row.score for row in city.rows(sa.select(Survey))}
    assert sorted(scores.values()) == [4, 5]


def test_the_question_is_about_the_one_that_was_asked(city: City, phone: Telephone) -> None:
    phone.say(LAMP)
    first = phone.complaints()[0].number
    phone.say("新投诉：建设路垃圾没人清运")
    answered(city, first)
    phone.say("解决5")
    assert city.ticket(first).state is State.CLOSED


@pytest.mark.parametrize("said", ["没有", "根本没修好，还是黑的", "部分解决，2分"])
def test_not_solved_in_ordinary_words_is_a_new_round(city: City, phone: Telephone, said: str) -> None:
    phone.say(LAMP)
    number = phone.complaints()[0].number
    answered(city, number)
    assert "重新办理" in phone.say(said)[0]
    assert city.ticket(number).round == 2


def test_a_verdict_in_a_sentence_keeps_its_score_and_its_words(city: City, phone: Telephone) -> None:
    phone.say(LAMP)
    number = phone.complaints()[0].number
    answered(city, number)
    assert "感谢您的评价" in phone.say("解决了，但是态度不好，2分")[0]
    (survey,) = city.rows(sa.select(Survey))
    assert (survey.solved, survey.score, survey.comment) == (True, 2, "但是态度不好")


def test_what_is_unclear_is_written_down_and_asked_again_and_closes_nothing(city: City, phone: Telephone) -> None:
    phone.say(LAMP)
    number = phone.complaints()[0].number
    answered(city, number)
    for said in ("好的", "解决了？", "10分，师傅态度很好", "短信说已经修好了"):
        assert "1至5分" in phone.say(said)[0]
    assert city.rows(sa.select(Addition.text)) == ["解决了？", "师傅态度很好", "短信说已经修好了"]
    assert city.ticket(number).state is State.REPLIED
    assert "感谢您的评价" in phone.say("修好了，5星")[0]
    assert city.ticket(number).state is State.CLOSED


def test_who_is_dissatisfied_is_asked_once_what_is_not_solved(city: City, phone: Telephone) -> None:
    phone.say(LAMP)
    number = phone.complaints()[0].number
    answered(city, number)
    assert "请回复“未解决”并说明" in phone.say("不满意")[0]
    assert city.ticket(number).state is State.REPLIED, "dissatisfied is not closed without another word"
    assert "重新办理" in phone.say("灯还是黑的")[0]
    (survey,) = city.rows(sa.select(Survey))
    assert (survey.solved, survey.score) == (False, 2)


def test_who_is_dissatisfied_a_second_time_has_answered(city: City, phone: Telephone) -> None:
    phone.say(LAMP)
    number = phone.complaints()[0].number
    answered(city, number)
    phone.say("1分，态度太差")
    assert "感谢您的评价" in phone.say("非常不满意")[0]
    (survey,) = city.rows(sa.select(Survey))
    assert (survey.solved, survey.score) == (None, 1)
    assert city.rows(sa.select(Addition.text)) == ["1分，态度太差"]


def test_another_matter_that_is_not_mended_is_no_verdict(city: City, phone: Telephone) -> None:
    phone.say(LAMP)
    number = phone.complaints()[0].number
    answered(city, number)
    phone.say("建设路的井盖一直没有修好")
    assert (len(phone.complaints()), city.ticket(number).round) == (2, 1)


def test_urging_after_the_end_that_says_it_is_not_mended_reopens(city: City, phone: Telephone) -> None:
    phone.say(LAMP)
    number = phone.complaints()[0].number
    answered(city, number)
    phone.say("解决")
    assert "重新办理" in phone.say("怎么还没修好")[0]
    assert city.ticket(number).round == 2


def test_not_solved_is_a_new_round(city: City, phone: Telephone) -> None:
    phone.say(LAMP)
    number = phone.complaints()[0].number
    answered(city, number)
    assert "重新办理" in phone.say("未解决 2，还是不亮")[0]
    (survey,) = city.rows(sa.select(Survey))
    assert (survey.solved, survey.score) == (False, 2)
    ticket = city.ticket(number)
    assert (ticket.round, ticket.state) == (2, State.ACCEPTED)


def test_not_solved_after_closing_within_the_limit_and_after_it(city: City, phone: Telephone) -> None:
    phone.say(LAMP)
    number = phone.complaints()[0].number
    answered(city, number)
    phone.say("解决")
    city.turn(days=2)
    assert "重新办理" in phone.say("未解决")[0]
    assert city.ticket(number).round == 2


def test_not_solved_with_an_impossible_score_is_not_solved(city: City, phone: Telephone) -> None:
    phone.say(LAMP)
    number = phone.complaints()[0].number
    answered(city, number)
    assert "重新办理" in phone.say("未解决9")[0]
    assert city.ticket(number).round == 2


def test_the_others_of_the_same_matter_are_told_that_it_is_reopened(city: City, app: Flask, phone: Telephone) -> None:
    phone.say(LAMP)
    other = Telephone(app, city, "+8613900001111")
    other.say("大桥路口的路灯三天不亮，香溪路这边一片黑")
    first, second = phone.complaints()
    with city.work("olga") as work:
        merging.merge(work, second.number, first.number)
    answered(city, first.number, ask=False)
    assert "现重新办理" in phone.say("未解决")[0]
    assert "重新办理" in other.inbox()[-1] and second.number in other.inbox()[-1]
    assert sum("重新办理" in text for text in phone.inbox()) == 1


def test_after_the_limit_it_is_a_new_matter(city: City, phone: Telephone) -> None:
    phone.say(LAMP)
    answered(city, phone.complaints()[0].number)
    phone.say("解决")
    city.turn(days=30)
    assert "已超过重办时限" in phone.say("未解决")[0]
    assert len(phone.complaints()) == 1
    phone.say("未解决，香溪路的灯又不亮了")
    assert len(phone.complaints()) == 2


def test_not_solved_before_there_is_an_answer_is_added(city: City, phone: Telephone) -> None:
    phone.say(LAMP)
    assert "补充已记入" in phone.say("没解决")[0]


# ---- 退订


def test_silence_is_respected_and_undone(city: City, phone: Telephone) -> None:
    phone.say(LAMP)
    assert "已退订" in phone.say("退订")[0]
    assert phone.say("旁边那盏也不亮了") == []
    assert count(city, Addition) == 1, "what is said is heard all the same"
    assert "已恢复" in phone.say("恢复")[0]
    assert len(phone.say("再补充一点，靠近公交站")) == 1


@pytest.mark.parametrize("said", ["请退訂，谢谢", "不要再发短信了"])
def test_silence_is_asked_for_in_a_sentence_and_confirmed_once(city: City, phone: Telephone, said: str) -> None:
    phone.say(LAMP)
    (confirmed,) = phone.say(said)
    assert "已退订" in confirmed
    assert phone.say("旁边那盏也不亮了") == phone.say(said) == []


def test_a_complaint_about_opting_out_is_a_complaint(city: City, phone: Telephone) -> None:
    phone.say("电信套餐退订不了，没人管，建设路营业厅")
    assert [row.text for row in phone.complaints()] == ["电信套餐退订不了，没人管，建设路营业厅"]
    assert city.rows(sa.select(Citizen.opted_out_at)) == [None]


def test_the_carriers_own_stop_is_not_answered_twice(city: City, phone: Telephone) -> None:
    assert phone.say("STOP", OptOutType="STOP") == []
    assert city.rows(sa.select(Citizen.opted_out_at)) == [city.now]
    assert phone.say("HELP", OptOutType="HELP") == []
    assert phone.say("START", OptOutType="START") == []
    assert city.rows(sa.select(Citizen.opted_out_at)) == [None]
    assert count(city, Complaint) == 0
