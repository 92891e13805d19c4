"""短信往来: nothing that was said gets lost: too many texts, pictures beside a short word, long words, late answers."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from hotline.domain.redaction import for_everybody
from hotline.domain.whereabouts import door_of, is_known, joined, may_be_place, points_somewhere
from hotline.models import Addition, Attachment, Complaint, Message, Ticket, Urgency
from hotline.services.listening import MOST_AN_HOUR
from hotline.services.receiving import LONGEST
from tests.citizen import LAMP_TEXT as LAMP
from tests.citizen import Telephone, count
from tests.city import City
from tests.conversation import answered, assign

PICTURE = {"NumMedia": "1", "MediaUrl0": "https://api.twilio.com/1"}


def added(city: City) -> list[str]:
    return city.rows(sa.select(Addition.text).order_by(Addition.id))


# ---- too many


@pytest.fixture
def talkative(phone: Telephone) -> Telephone:
    phone.say(LAMP)
    for turn in range(MOST_AN_HOUR):
        phone.text(f"灯还是不亮，第{turn}次说")
    return phone


def test_what_is_not_answered_any_more_is_kept(city: City, talkative: Telephone) -> None:
    assert "内容已记录" in talkative.inbox()[-1]
    assert talkative.say("靠近公交站的那盏") == []
    assert added(city)[-1] == "靠近公交站的那盏"
    assert talkative.say("未解决") == []
    assert added(city)[-1] == "未解决"
    assert talkative.say("", **PICTURE) == []
    assert count(city, Attachment) == 1
    (last,) = city.rows(sa.select(Message.complaint_id).order_by(Message.id.desc()).limit(1))
    assert last == talkative.complaints()[0].id


def test_a_word_without_a_matter_adds_nothing(city: City, talkative: Telephone) -> None:
    before = added(city)
    assert talkative.say("新投诉") == []
    assert added(city) == before


def test_a_door_is_kept_however_many_texts_there_were(city: City, phone: Telephone) -> None:
    phone.say("路灯坏了三天没人修")
    for _ in range(MOST_AN_HOUR):
        phone.text("进度")
    assert phone.say("1203") == []
    assert added(city) == ["1203"]


def test_a_danger_is_heard_however_many_texts_there_were(city: City, talkative: Telephone) -> None:
    texts = talkative.say("建设路燃气泄漏，很急")
    assert any("110" in text for text in texts) and any("诉求已收到" in text for text in texts)
    assert city.rows(sa.select(Ticket.urgency).order_by(Ticket.id)) == [Urgency.NORMAL, Urgency.URGENT]


def test_a_flood_of_dangers_is_one_ticket_and_heard_once_a_minute(city: City, talkative: Telephone) -> None:
    for _ in range(20):
        talkative.text("建设路燃气泄漏，很急")
    for turn in range(10):
        talkative.text(f"燃气还在漏，第{turn}次说")
    assert len(talkative.complaints()) == 2
    assert added(city)[-1] == "燃气还在漏，第9次说"
    before = len(talkative.inbox())
    talkative.text("燃气味更大了")
    assert len(talkative.inbox()) == before
    city.turn(minutes=1)
    talkative.text("燃气泄漏，味道更大了")
    assert len(talkative.inbox()) > before


# ---- pictures with a short word


@pytest.mark.parametrize("word", ["进度", "催办", "查询", "4"])
def test_pictures_beside_a_short_word_are_added(city: City, phone: Telephone, word: str) -> None:
    phone.say(LAMP)
    phone.say(word, **PICTURE)
    assert city.rows(sa.select(Attachment.complaint_id)) == [phone.complaints()[0].id]
    assert added(city) == ["补充照片1张。"]


@pytest.mark.parametrize("word", ["解决5", "5", "9", "未解决", "撤回"])
def test_pictures_beside_a_verdict_are_kept(city: City, phone: Telephone, word: str) -> None:
    phone.say(LAMP)
    answered(city, phone.complaints()[0].number)
    phone.say(word, **PICTURE)
    assert city.rows(sa.select(Attachment.complaint_id)) == [phone.complaints()[0].id]


@pytest.mark.parametrize("word", ["进度", "5", "撤回"])
def test_pictures_with_nothing_to_belong_to_are_a_complaint(city: City, phone: Telephone, word: str) -> None:
    assert "请用一两句话写明" in phone.say(word, **PICTURE)[-1]
    assert (count(city, Complaint), count(city, Attachment)) == (1, 1)


# ---- long words


@pytest.mark.parametrize("words", ["很黑" * LONGEST, "新投诉" + "很黑" * LONGEST, "未解决，" + "很黑" * LONGEST])
def test_what_is_too_long_is_cut_and_kept(city: City, phone: Telephone, words: str) -> None:
    phone.say(LAMP)
    answered(city, phone.complaints()[0].number)
    for _ in range(2):
        assert phone.text(words).status_code == 200
    (body,) = city.rows(sa.select(Message.body_sealed).where(Message.direction == "in").order_by(Message.id).offset(2))
    assert city.office.vault.open(body) == words, "the text itself is kept whole"
    assert max((len(text) for text in added(city)), default=0) <= LONGEST


# ---- what an answer to "where?" can be


@pytest.mark.parametrize(
    "words",
    [
        *("老粮站斜对面", "就是那个老地方，你们知道的", "120号", "三岔口大槐树", "没有门牌，在桥头"),
        *("near the old school", "12 Park Road"),
    ],
)
def test_what_can_be_a_place(words: str) -> None:
    assert may_be_place(words)


@pytest.mark.parametrize(
    "words",
    [
        *("不知道", "没解决", "怎么投诉", "不清楚呀", "你们快点来", "在哪里说？", "转人工", "12319", "120", "？"),
        *("status", "how to complain"),
    ],
)
def test_what_cannot_be_a_place(words: str) -> None:
    assert not may_be_place(words)


@pytest.mark.parametrize(
    ("words", "points"),
    [
        ("老粮站斜对面", True),
        ("120号", True),
        ("旁边那盏也一样", False),
        ("老粮站路口垃圾没人清", False),
        ("哪个路口？", False),
    ],
)
def test_what_points_somewhere_whoever_has_asked(words: str, points: bool) -> None:
    assert points_somewhere(words) is points


@pytest.mark.parametrize("words", ["不知道", "没解决", "怎么投诉", "12319", "status"])
def test_what_is_no_place_is_not_written_there(city: City, phone: Telephone, words: str) -> None:
    phone.say("路灯坏了三天没人修")
    phone.say(words)
    assert city.rows(sa.select(Ticket.place)) == [""]
    phone.say("老粮站斜对面")
    assert city.rows(sa.select(Ticket.place)) == ["老粮站斜对面"]


@pytest.mark.parametrize(
    ("words", "door"),
    [
        ("1203", "门牌1203"),
        ("１２０３。", "门牌1203"),
        ("A1203", "门牌A1203"),
        ("8-1203", "门牌8-1203"),
        ("12-3-501", "门牌12-3-501"),
        ("3#302", "门牌3#302"),
        ("88", "门牌88"),
        ("门牌1203", "门牌1203"),
        ("88号", "88号"),
        ("我在88号，谢谢", "88号"),
        ("88号附3号", "88号附3号"),
        ("3栋2单元", "3栋2单元"),
        ("三号楼二单元", "三号楼二单元"),
        ("A座，1203", "A座1203"),
        ("3栋2单元1203", "3栋2单元1203"),
        ("1203室", "1203室"),
        *((words, "") for words in ("", "5", "120", "119", "12319", "95598", "13912345678", "139-1234-5678", "0")),
        *((words, "") for words in ("2026101200001", "8点", "3栋漏水", "12元", "88号线", "查询12", "88号1203")),
    ],
)
def test_what_is_only_a_door(words: str, door: str) -> None:
    assert door_of(words) == door == door_of(door)
    assert is_known(door) is False
    if "1203" in door or "501" in door:
        assert "[门牌已隐去]" in for_everybody(f"香溪路 {door}"), "where somebody lives is nobody's business"


@pytest.mark.parametrize(
    ("told", "place"),
    [
        (["1203"], "门牌1203"),
        (["1203", "1203"], "门牌1203"),
        (["3栋", "1203"], "3栋 门牌1203"),
        (["3栋", "1203", "阳光花园"], "阳光花园 3栋 门牌1203"),
        (["1203", "阳光花园3栋1203"], "阳光花园3栋1203"),
        (["88号", ""], "88号"),
        ([f"{n}号" for n in range(100, 200)], " ".join(f"{n}号" for n in range(100, 112))),
    ],
)
def test_doors_and_what_they_belong_to_are_one_place(told: list[str], place: str) -> None:
    found = ""
    for words in told:
        found = joined(found, door_of(words) or words)
    assert found == place
    assert is_known(found) is ("阳光花园" in place)


@pytest.mark.parametrize(
    ("told", "place"), [("1203", "门牌1203"), ("88号", "88号"), ("3栋2单元", "3栋2单元"), ("12-3-501", "门牌12-3-501")]
)
def test_a_door_alone_answers_where_and_what_it_belongs_to_may_follow(
    city: City, phone: Telephone, told: str, place: str
) -> None:
    phone.say("路灯坏了三天没人修")
    number = phone.complaints()[0].number
    assign(city, number)  # and a text about it has come since
    assert "补充已记入" in phone.say(told)[0]
    assert (city.ticket(number).place, added(city)) == (place, [told])
    assert "补充已记入" in phone.say("香溪路与大桥路口")[0]
    assert city.ticket(number).place == f"香溪路与大桥路口 {place}"
    assert "香溪路" in city.ticket(number).place_keys
    phone.say("5栋")
    assert city.ticket(number).place == f"香溪路与大桥路口 {place}", "the place is known now"
    assert count(city) == 1


def test_a_number_where_we_have_not_asked_is_no_door(city: City, phone: Telephone) -> None:
    """A service's number, a score, a number of ours, and digits out of the blue mean what they meant."""
    assert "直接回复问题和地点" in phone.say("1203")[0]
    phone.say(LAMP)
    place = city.ticket(phone.complaints()[0].number).place
    for words in ("1203", "302", "8-1203", "88"):
        phone.say(words)
    assert added(city) == []
    assert city.ticket(phone.complaints()[0].number).place == place


def test_digits_after_the_place_was_asked_for_keep_their_meaning(city: City, phone: Telephone) -> None:
    phone.say("路灯坏了三天没人修")
    number = phone.complaints()[0].number
    for words in ("12319", "120", "5", number, "查询12", f"查询 {number}"):
        phone.say(words)
    assert (city.ticket(number).place, added(city)) == ("", [])
    answered(city, number)
    assert "解决" in phone.say("88")[0], "we have asked whether it is solved: that is no score, and asked again"
    assert city.ticket(number).place == ""
    assert "感谢" in phone.say("5")[0]


@pytest.mark.parametrize("place", ["香溪路与大桥路口", "老粮站斜对面", "我在香溪路18号门口"])
def test_the_place_is_taken_days_later(city: City, phone: Telephone, place: str) -> None:
    phone.say("路灯坏了三天没人修")
    assign(city, phone.complaints()[0].number)
    city.turn(hours=25)
    assert "补充已记入" in phone.say(place)[0]
    (ticket,) = city.rows(sa.select(Ticket))
    assert ticket.place and ticket.place in place


def test_after_a_week_a_place_is_a_complaint_again(city: City, phone: Telephone) -> None:
    phone.say("路灯坏了三天没人修")
    city.turn(days=8)
    assert "请用一两句话写明" in phone.say("香溪路与大桥路口")[-1]
    assert count(city) == 2


def test_words_beside_an_urging_are_written_down(city: City, phone: Telephone) -> None:
    phone.say(LAMP)
    phone.say("催办：孩子晚上摔了一跤")
    assert added(city) == ["孩子晚上摔了一跤"]


def test_who_does_not_say_that_he_takes_it_back_is_asked(city: City, phone: Telephone) -> None:
    phone.say(LAMP)
    number = phone.complaints()[0].number
    assert "请回复“撤回”" in phone.say("不用了")[0]
    assert city.ticket(number).ended_at is None
    assert "已按您的要求撤回" in phone.say("撤回")[0]


def test_an_hour_later_everything_is_answered_again(city: City, talkative: Telephone) -> None:
    city.now += timedelta(hours=1, seconds=1)
    assert "补充已记入" in talkative.say("旁边那盏也不亮")[0]


def test_not_solved_and_dangerous_is_urgent_now(city: City, phone: Telephone) -> None:
    phone.say(LAMP)
    number = phone.complaints()[0].number
    answered(city, number)
    told = phone.say("未解决，电线掉下来冒火花")
    assert any("110" in text for text in told) and any("重新办理" in text for text in told)
    assert (city.ticket(number).round, city.ticket(number).urgency) == (2, Urgency.URGENT)
