"""短信往来: what a text lacks is asked for once and waited for a set time; what was said before is counted."""

from __future__ import annotations

import html
import re

import sqlalchemy as sa
from flask import Flask

from config.policy import load_policy
from hotline.domain.limits import Limit
from hotline.domain.policy import Policy
from hotline.models import Addition, Attachment, DeadlineKind, Survey
from hotline.services.attaching import MOST_OF_A_COMPLAINT
from tests.api import person
from tests.citizen import LAMP_TEXT as LAMP
from tests.citizen import Telephone, count
from tests.city import City
from tests.conversation import answered, assign

# ---- what is missing is asked for, once


def test_a_missing_place_is_asked_for_once(city: City, phone: Telephone) -> None:
    assert ["具体地点" in answer for answer in phone.say("路灯坏了三天没人修")] == [False, True]
    answers = phone.say("就是那个老地方，你们知道的") + phone.say("快点来人")
    assert not any("具体地点" in answer for answer in answers)
    assert city.ticket(phone.complaints()[0].number).place == "就是那个老地方，你们知道的"


def test_the_place_is_taken_also_when_the_operator_was_faster(city: City, phone: Telephone) -> None:
    phone.say("路灯坏了三天没人修")
    (complaint,) = phone.complaints()
    assign(city, complaint.number)
    phone.say("老粮站斜对面")
    assert city.ticket(complaint.number).place == "老粮站斜对面"
    phone.say("再说一遍，灯杆也歪了")
    assert city.ticket(complaint.number).place == "老粮站斜对面"


def test_without_an_answer_the_ticket_goes_on_and_the_operator_sees_it(
    city: City, app: Flask, phone: Telephone
) -> None:
    phone.say("路灯坏了三天没人修")
    (complaint,) = phone.complaints()
    (accept,) = city.deadlines(complaint.number, DeadlineKind.ACCEPT)
    assert accept.started_at == complaint.received_at, "promises run from the first text"
    olga = person(app, "olga")

    def place() -> str:
        page = html.unescape(olga.client.get(f"/desk/tickets/{complaint.number}").text)
        return re.findall(r"<dt>位置</dt><dd>(.*?)</dd>", page)[0]

    assert place() == "已短信询问，等候答复至10月12日9时30分"
    city.turn(minutes=30)
    assert place() == "地点未答复（10月12日9时已短信询问）"
    phone.say("3栋2单元")
    assert place() == "3栋2单元 · 地点未答复（10月12日9时已短信询问）", "of which street nobody knows"
    assign(city, complaint.number)
    phone.say("老粮站斜对面")
    assert place().startswith("老粮站斜对面")


def test_a_score_after_the_answer_is_no_door(city: City, phone: Telephone) -> None:
    phone.say("路灯坏了三天没人修")
    number = phone.complaints()[0].number
    answered(city, number)
    phone.say("进度")  # and what was last said to the number is no question
    for words in ("88", "1203", "5"):
        phone.say(words)
    assert city.ticket(number).place == ""
    assert [row.score for row in city.rows(sa.select(Survey))] == [5]


def test_a_door_is_one_of_what_was_spoken_of_last(city: City, phone: Telephone) -> None:
    phone.say("路灯坏了三天没人修")
    asked = phone.complaints()[0].number
    phone.say(f"新投诉 {LAMP}")
    for words in ("88", "3栋2单元"):
        phone.say(words)
    assert city.ticket(asked).place == ""
    phone.say(f"查询 {asked}")
    phone.say("5栋1单元")
    assert city.ticket(asked).place == "5栋1单元"


def test_a_mere_number_is_a_door_once(city: City, phone: Telephone) -> None:
    """After it 88 is a goodbye, and four digits are the end of some number."""
    phone.say("路灯坏了三天没人修")
    number = phone.complaints()[0].number
    for words in ("1203", "88", "5678"):
        phone.say(words)
    assert city.ticket(number).place == "门牌1203"


def test_how_long_is_data(city: City) -> None:
    mapping = load_policy().to_mapping()
    assert mapping["asking"] == {"wait": "30 urgent_minutes"}
    assert Policy.from_mapping(mapping | {"asking": {"wait": "2 office_hours"}}).asking == Limit.parse("2 office_hours")
    del mapping["asking"]
    assert Policy.from_mapping(mapping).asking == Limit.parse("30 urgent_minutes"), "an older city's policy"


def test_a_place_without_a_matter_is_a_complaint_and_is_asked_for_its_matter(city: City, phone: Telephone) -> None:
    _, question = phone.say("香溪路与大桥路口")
    assert "请用一两句话写明" in question
    (answer,) = phone.say("路灯不亮三天了")
    (complaint,) = phone.complaints()
    ticket = city.ticket(complaint.number)
    assert (ticket.matter, ticket.place) == ("路灯不亮三天了", "香溪路与大桥路口")
    assert "补充已记入" in answer


def test_after_a_picture_alone_the_matter_and_then_the_place_are_asked_for(city: City, phone: Telephone) -> None:
    picture = {"NumMedia": "1", "MediaUrl0": "https://api.twilio.com/1"}
    assert "请用一两句话写明" in phone.say("", **picture)[1]
    (question,) = phone.say("井盖翘起来了")
    assert "具体地点" in question
    phone.say("老粮站斜对面")
    (complaint,) = phone.complaints()
    ticket = city.ticket(complaint.number)
    assert (ticket.matter, ticket.place) == ("井盖翘起来了", "老粮站斜对面")


def test_a_wish_to_complain_is_asked_for_the_matter_and_then_helped(city: City, phone: Telephone) -> None:
    assert "请用一两句话写明" in phone.say("我要投诉")[0]
    assert "直接回复问题和地点" in phone.say("我要投诉")[0]
    assert phone.complaints() == []
    phone.say(LAMP)
    assert len(phone.complaints()) == 1


# ---- the same again


def test_a_thousand_times_the_same_are_one_ticket_and_are_told_so_once(
    city: City, app: Flask, phone: Telephone
) -> None:
    for _ in range(1000):
        assert phone.text(LAMP).status_code == 200
    (complaint,) = phone.complaints()
    assert (complaint.repeats, count(city, Addition)) == (999, 0)
    received, known = phone.inbox()
    assert "诉求已收到" in received and "您已反映过此事" in known
    page = person(app, "olga").client.get(f"/desk/tickets/{complaint.number}").text
    assert "同样的短信重复 999 次" in page


def test_the_same_addition_again_is_counted_too(city: City, phone: Telephone) -> None:
    phone.say(LAMP)
    for _ in range(40):
        phone.text("旁边那盏也不亮了")
    assert (count(city, Addition), phone.complaints()[0].repeats) == (1, 39)
    assert len(phone.inbox()) == 3


def test_a_picture_with_the_same_words_is_news(city: City, phone: Telephone) -> None:
    phone.say(LAMP)
    city.turn(days=3)
    (answer,) = phone.say(LAMP, NumMedia="1", MediaUrl0="https://api.twilio.com/1")
    assert "补充已记入" in answer
    (complaint,) = phone.complaints()
    assert (count(city, Attachment), complaint.repeats) == (1, 1)
    assert city.rows(sa.select(Addition.text)) == ["补充照片1张。"]


def test_a_flood_of_pictures_with_the_same_words_fills_one_complaint_and_is_told_so_once(
    city: City, phone: Telephone
) -> None:
    phone.say(LAMP)
    for place in range(MOST_OF_A_COMPLAINT + 10):
        phone.text(LAMP, NumMedia="1", MediaUrl0=f"https://api.twilio.com/{place}")
    (complaint,) = phone.complaints()
    assert count(city, Attachment) == count(city, Addition) == MOST_OF_A_COMPLAINT
    assert complaint.repeats == MOST_OF_A_COMPLAINT + 10
    told = phone.inbox()[1:]
    assert ["补充已记入" in text for text in told] == [True] * MOST_OF_A_COMPLAINT + [False]
    assert "照片已满" in told[-1]


def test_pictures_that_do_not_fit_are_told_of_whatever_they_came_with(city: City, phone: Telephone) -> None:
    def pictures(turn: int) -> dict[str, str]:
        urls = {f"MediaUrl{place}": f"https://api.twilio.com/{turn}/{place}" for place in range(10)}
        return {"NumMedia": "10"} | urls

    phone.say(LAMP, **pictures(0))
    phone.say("旁边那盏也不亮", **pictures(1))
    assert "补充已记入" in phone.say("", **pictures(2))[0]
    assert count(city, Attachment) == MOST_OF_A_COMPLAINT == 30
    assert "照片已满" in phone.say("再旁边那盏也不亮", **pictures(3))[0]
    assert "照片已满" in phone.say("", **pictures(4))[0]
    assert count(city, Attachment) == MOST_OF_A_COMPLAINT
    assert city.rows(sa.select(Addition.text).order_by(Addition.id)) == [
        "旁边那盏也不亮",
        "补充照片10张。",
        "再旁边那盏也不亮",
    ]


def test_the_same_picture_from_the_carrier_again_adds_nothing(city: City, phone: Telephone) -> None:
    media = {"NumMedia": "1", "MediaUrl0": "https://api.twilio.com/1"}
    phone.say(LAMP, **media)
    assert "您已反映过此事" in phone.say(LAMP, **media)[0]
    assert (count(city, Attachment), count(city, Addition)) == (1, 0)
