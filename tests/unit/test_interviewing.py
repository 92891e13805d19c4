"""语音接听: what is asked, what is read back, when a person takes over, as the table of the conversation says."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.wordings.voice import load_script
from hotline.domain.drafting import DraftParts, draw_out
from hotline.domain.interviewing import (
    ASIDES,
    CLOSINGS,
    FURTHER,
    GREETING_RECORDED,
    MOST_IDLE,
    MOST_READBACKS,
    MOST_SILENT,
    MOST_TURNS,
    READBACKS,
    Caller,
    Interview,
    Then,
    next_saying,
)
from hotline.domain.transcript import CITIZEN, OPERATOR, Turn

SCRIPT = load_script()
ZONE = ZoneInfo("Asia/Shanghai")
BEGAN = datetime(2026, 10, 12, 1, 0, tzinfo=UTC)
MOBILE = "+8613800005678"
LAMP = "香溪路和大桥路口的路灯坏了，三天了都不亮"


class Talk:
    """A call that is played: `names` of what was said last, `then` what followed, `turns` all of it."""

    def __init__(self, phone: str = MOBILE, *, seats: bool = True) -> None:
        self.caller = Caller(phone, seats)
        self.turns = [Turn(OPERATOR, SCRIPT.wordings.render(GREETING_RECORDED), 1)]
        self.asked = [GREETING_RECORDED]
        self.names: list[str] = []
        self.text = ""
        self.then = Then.LISTEN

    def say(self, text: str, *, urgent: bool = False) -> list[str]:
        assert self.then is Then.LISTEN, "nobody listens any more"
        self.turns.append(Turn(CITIZEN, text, len(self.turns) + 1))
        saying = next_saying(Interview(self.turns, self.asked, self.caller, BEGAN, ZONE, urgent))
        self.names, self.then = [line.wording for line in saying.lines], saying.then
        self.text = "".join(SCRIPT.wordings.render(line.wording, **line.fields) for line in saying.lines)
        self.turns.append(Turn(OPERATOR, self.text, len(self.turns) + 1))
        self.asked += self.names
        return self.names

    @property
    def parts(self) -> DraftParts:
        """What the draft of the call says."""
        return draw_out(self.turns, BEGAN, ZONE)


STORIES: dict[str, Sequence[tuple[str, list[str]]]] = {
    "all at once": (
        (LAMP, ["wants_reply"]),
        ("要的，给我回电话", ["phone_same"]),
        ("可以", ["readback"]),
        ("对的", ["goodbye_text"]),
    ),
    "piece by piece": (
        ("喂", ["here"]),
        ("路灯坏了没人修", ["place"]),
        ("在香溪路老粮站对面", ["since"]),
        ("上个礼拜三", ["wants_reply"]),
        ("需要", ["phone_same"]),
        ("不是", ["phone"]),
        ("幺三九，零零零零，五六七八", ["readback"]),
        ("对", ["goodbye_text"]),
    ),
    "no answer wanted": (
        ("建国路垃圾没人清，一个星期了，不用给我回复", ["readback"]),
        ("嗯对", ["goodbye"]),
    ),
    "each thing is asked once": (
        ("垃圾没人清", ["place"]),
        ("不知道", ["since"]),
        ("说不清", ["wants_reply"]),
        ("要回复", ["phone_same"]),
        ("可以", ["readback_matter"]),
        ("是的", ["goodbye_text"]),
    ),
    "corrected at once": (
        ("建国路的路灯坏了，昨天晚上开始的，不用回复", ["readback"]),
        ("不对，是建设路", ["readback"]),
        ("对", ["goodbye"]),
    ),
    "denied, then told again": (
        ("建国路的路灯坏了，昨天晚上开始的，不用回复", ["readback"]),
        ("不对", ["correct"]),
        ("是建设路的井盖没了", ["danger"]),
    ),
    "corrected in passing": (
        ("建设路的路灯坏了，昨天晚上开始的，不用回复", ["readback"]),
        ("对，不过是建国路", ["readback"]),
        ("对", ["goodbye"]),
    ),
    "where the caller lives": (
        ("香溪路的路灯坏了，昨天晚上开始的，不用回复", ["readback"]),
        ("对，我家住在建国路，路过看到的", ["goodbye"]),
    ),
    "only more exact": (
        ("建设路的路灯坏了，昨天晚上开始的，不用回复", ["readback"]),
        ("对，就在建设路老粮站对面", ["goodbye"]),
    ),
    "denied after a silence": (
        ("建国路的路灯坏了，昨天晚上开始的，不用回复", ["readback"]),
        ("", ["not_heard", "readback"]),
        ("不对，是建设路", ["readback"]),
        ("对", ["goodbye"]),
    ),
    "a number in pieces": (
        (LAMP, ["wants_reply"]),
        ("需要", ["phone_same"]),
        ("不是", ["phone"]),
        ("一三九", ["phone_rest"]),
        ("等一下", ["waiting", "phone_rest"]),
        ("零零零零", ["phone_rest"]),
        ("后面是五六七八", ["readback"]),
        ("对", ["goodbye_text"]),
    ),
    "a number begun with the no": (
        (LAMP, ["wants_reply"]),
        ("需要", ["phone_same"]),
        ("不是，打一三九", ["phone_rest"]),
        ("我看看啊", ["phone_rest"]),
        ("零零零零五六七八", ["readback"]),
    ),
    "a number that is never whole": (
        (LAMP, ["wants_reply"]),
        ("需要", ["phone_same"]),
        ("不是", ["phone"]),
        ("一三九", ["phone_rest"]),
        ("后面的记不得了", ["readback"]),
        ("零零零零", ["phone_rest"]),
        ("算了", ["readback"]),
        ("对", ["goodbye"]),
    ),
    "a second matter": (
        ("香溪路的路灯坏了，昨天晚上开始的，不用回复", ["readback"]),
        ("对，还有一个事，大桥路的井盖也坏了", ["further"]),
        ("没有了", ["goodbye"]),
    ),
    "more and more matters": (
        ("香溪路的路灯坏了，昨天晚上开始的，不用回复", ["readback"]),
        ("对，还有一个事", ["go_on"]),
        ("大桥路的井盖坏了", ["further"]),
        ("有", ["go_on"]),
        ("建国路的垃圾没人清", ["further"]),
        ("对，没有了，谢谢", ["goodbye"]),
    ),
    "is anybody there": (
        ("喂", ["here"]),
        ("喂听得到吗", ["here"]),
        (LAMP, ["wants_reply"]),
        ("等一下啊", ["waiting", "wants_reply"]),
        ("", ["here", "wants_reply"]),
        ("", ["not_heard", "wants_reply"]),
        ("不用", ["readback"]),
        ("你等会", ["waiting", "readback"]),
        ("喂喂", ["here", "readback"]),
        ("对", ["goodbye"]),
    ),
    "the number of the office": (
        (LAMP, ["wants_reply"]),
        ("要的", ["phone_same"]),
        ("这是我单位的电话，别打", ["phone_other"]),
        ("没有别的", ["readback"]),
        ("对", ["goodbye"]),
    ),
    "the number of the office, said at once": (
        (LAMP + "，要回复，不过别打这个电话，这是单位的", ["phone_other"]),
        ("幺三九零零零零五六七八", ["readback"]),
        ("对", ["goodbye_text"]),
    ),
    "denied twice": (
        ("建国路的路灯坏了，昨天晚上开始的，不用回复", ["readback"]),
        ("不对", ["correct"]),
        ("建设路的路灯坏了", ["readback"]),
        ("不对", ["not_understood"]),
    ),
    "silence, and then words": (
        ("", ["not_heard", "matter"]),
        (LAMP, ["wants_reply"]),
        ("……", ["not_heard", "wants_reply"]),
        ("不用", ["readback"]),
        ("", ["not_heard", "readback"]),
        ("对", ["goodbye"]),
    ),
    "silence": (("", ["not_heard", "matter"]), ("。", ["not_understood"])),
    "a key that means nothing": (("（按键5）", ["not_heard", "matter"]), ("（按键55）", ["not_understood"])),
    "nothing to go by": (("那个啥", ["matter"]), ("那个啥", ["not_understood"])),
    "a person": ((LAMP, ["wants_reply"]), ("我要转人工", ["hand_over"])),
    "the key for a person": (("（按键0）", ["hand_over"]),),
    "a question": (("我想咨询一下养犬证怎么办理", ["question"]),),
    "a danger": ((LAMP, ["wants_reply"]), ("电线掉下来了还在冒火花", ["danger"])),
    "a suggestion": (("我建议在香溪路增加几个垃圾桶", ["wants_reply"]),),
}


@pytest.mark.parametrize("story", STORIES)
def test_how_a_call_goes(story: str) -> None:
    talk = Talk()
    for said, asked in STORIES[story]:
        assert talk.say(said) == asked, said


@pytest.mark.parametrize(
    ("told", "right", "place"),
    [
        ("建国路的路灯坏了", "不对，是建设路", "建设路"),
        ("建国路的灯不亮", "不对，是建设路", "建设路"),
        ("建国路的灯不亮", "不是建国路，是建设路", "建设路"),
        ("建国路和香溪路口的井盖松动", "错了，是建设路", "建设路和香溪路口"),
    ],
)
def test_what_was_corrected_is_read_back(told: str, right: str, place: str) -> None:
    talk = Talk()
    talk.say(f"{told}，昨天晚上开始的，不用回复")
    assert told in talk.text and "位置在建国路" in talk.text
    assert talk.say(right) == ["readback"]
    assert f"位置在{place}，" in talk.text and f"{place}的" in talk.text and "建国路" not in talk.text
    assert talk.say("对") == ["goodbye"]
    assert talk.parts.place is not None and talk.parts.place.value == place


def test_what_is_corrected_in_passing_is_read_back() -> None:
    talk = Talk()
    talk.say("建设路的灯不亮，昨天晚上开始的，不用回复")
    talk.say("对，不过是建国路")
    assert "建国路的灯不亮" in talk.text and "建设路" not in talk.text


def test_a_number_in_pieces_is_the_draft_s() -> None:
    talk = Talk()
    for said in (LAMP, "需要", "不是", "一三九", "零零零零", "五六七八", "对"):
        talk.say(said)
    parts = talk.parts
    assert parts.phone is not None and parts.phone.value == "13900005678"
    assert parts.place is not None and parts.place.value == "香溪路和大桥路口"


def test_a_second_matter_takes_nothing_from_the_first() -> None:
    talk = Talk()
    for said in (LAMP, "不用", "对，还有一个事，大桥路的井盖也坏了", "没有了"):
        talk.say(said)
    assert talk.parts.place is not None and talk.parts.place.value == "香溪路和大桥路口"
    assert talk.parts.matter is not None and "路灯坏了" in str(talk.parts.matter.value)
    assert {"路灯", "井盖"} <= set(talk.parts.category_words)


def test_without_a_person_the_machine_goes_on_alone() -> None:
    talk = Talk(seats=False)
    assert talk.say("香溪路有一股很大的燃气味") == ["danger_alone", "wants_reply"]
    for _ in range(3):
        assert talk.say("转人工") == ["no_person", "wants_reply"]
    assert talk.say("不用") == ["readback"]
    assert talk.say("对") == ["goodbye"]
    assert Talk(seats=False).say("我想咨询一下养犬证怎么办理") != ["question"]


def test_without_a_person_who_is_not_understood_is_told_so_and_heard_on() -> None:
    talk = Talk(seats=False)
    assert talk.say("那个啥") == ["matter"]
    assert talk.say("那个啥") == ["no_person", "matter"]
    assert talk.say("说不清") == ["place"]
    assert talk.say("香溪路") == ["since"]
    talk = Talk(seats=False)
    talk.say("建国路的路灯坏了，昨天晚上开始的，不用回复")
    assert talk.say("不对") == ["correct"]
    assert talk.say("建设路的路灯坏了") == ["readback"]
    assert talk.say("不对") == ["no_person", "correct"]
    assert talk.say("大桥路的路灯坏了") == ["goodbye"]


def test_without_a_person_silence_ends_after_a_while() -> None:
    talk = Talk(seats=False)
    assert talk.say("") == ["not_heard", "matter"]
    assert talk.say("") == ["no_person", "matter"]
    assert talk.say("香溪路的路灯坏了") == ["since"]
    said = [talk.say("")[0] for _ in range(MOST_SILENT)]
    assert said == ["not_heard", "no_person", "not_heard", "sorry"] and talk.then is Then.HANG_UP


@pytest.mark.parametrize("seats", [True, False])
def test_who_only_calls_out_does_not_hear_us(seats: bool) -> None:
    talk = Talk(seats=seats)
    said = [talk.say("喂喂")[0] for _ in range(MOST_IDLE)]
    assert said == ["here"] * (MOST_IDLE - 1) + ["not_understood" if seats else "sorry"]


def test_what_the_city_calls_urgent_is_as_urgent() -> None:
    assert Talk().say("楼上又在打人", urgent=True) == ["danger"]
    alone = Talk(seats=False)
    assert alone.say("香溪路的电梯里有人出不来", urgent=True) == ["danger_alone", "wants_reply"], "since when is idle"
    assert alone.say("不用", urgent=True) == ["readback"], "it is said once"


def test_a_withheld_number_is_asked_for_and_texted_where_it_can_be() -> None:
    talk = Talk(phone="")
    talk.say(LAMP)
    assert talk.say("需要") == ["phone"]
    assert talk.say("幺三九零零零零五六七八") == ["readback"]
    assert talk.say("对") == ["goodbye_text"]
    landline = Talk(phone="+865511234567")
    landline.say(LAMP)
    landline.say("需要")
    landline.say("可以")
    assert landline.say("对") == ["goodbye"]


@given(
    st.lists(
        st.sampled_from(
            [
                *(LAMP, "不对", "对", "", "需要", "不知道", "可以", "建国路", "垃圾没人清", "喂", "等一下"),
                *("一三九", "转人工", "还有一个事", "对，不过是建设路"),
            ]
        ),
        min_size=30,
    ),
    st.booleans(),
)
def test_every_call_ends_and_asks_nothing_twice(says: list[str], seats: bool) -> None:
    talk = Talk(seats=seats)
    for said in says:
        if talk.then is not Then.LISTEN:
            break
        talk.say(said)
    assert talk.then is not Then.LISTEN
    assert sum(turn.speaker == CITIZEN for turn in talk.turns) <= MOST_TURNS
    first = [name for name, before in zip(talk.asked, ["", *talk.asked], strict=False) if before not in ASIDES]
    questions = [name for name in first if name not in READBACKS | CLOSINGS | ASIDES | {FURTHER, "go_on", "phone_rest"}]
    assert len(questions) == len(set(questions))
    assert sum(name in READBACKS for name in first) <= MOST_READBACKS
