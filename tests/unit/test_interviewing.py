"""语音接听: what is asked, what is read back, when a person takes over, as the table of the conversation says."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.wordings.voice import load_script
from hotline.domain.drafting import draw_out
from hotline.domain.interviewing import (
    CLOSINGS,
    GREETING_RECORDED,
    MOST_TURNS,
    READBACKS,
    Caller,
    Interview,
    Script,
    Then,
    next_saying,
    wants_person,
)
from hotline.domain.parts import is_readback
from hotline.domain.transcript import CITIZEN, OPERATOR, Turn
from hotline.domain.wordings import WordingError

SCRIPT = load_script()
ZONE = ZoneInfo("Asia/Shanghai")
BEGAN = datetime(2026, 10, 12, 1, 0, tzinfo=UTC)
MOBILE = "+8613800005678"
FULL = {"matter": "路灯坏了", "place": "香溪路"}
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

    def say(self, text: str) -> list[str]:
        assert self.then is Then.LISTEN, "nobody listens any more"
        self.turns.append(Turn(CITIZEN, text, len(self.turns) + 1))
        saying = next_saying(Interview(self.turns, self.asked, self.caller, BEGAN, ZONE))
        self.names, self.then = [line.wording for line in saying.lines], saying.then
        self.text = "".join(SCRIPT.wordings.render(line.wording, **line.fields) for line in saying.lines)
        self.turns.append(Turn(OPERATOR, self.text, len(self.turns) + 1))
        self.asked += self.names
        return self.names


STORIES: dict[str, Sequence[tuple[str, list[str]]]] = {
    "all at once": (
        (LAMP, ["wants_reply"]),
        ("要的，给我回电话", ["phone_same"]),
        ("可以", ["readback"]),
        ("对的", ["goodbye_text"]),
    ),
    "piece by piece": (
        ("喂", ["matter"]),
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
    "nothing to go by": (("喂喂", ["matter"]), ("你好", ["not_understood"])),
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


def test_what_was_corrected_is_read_back() -> None:
    talk = Talk()
    talk.say("建国路的路灯坏了，昨天晚上开始的，不用回复")
    assert "路灯坏了" in talk.text and "建国路" in talk.text
    talk.say("不对，是建设路")
    assert "位置在建设路" in talk.text
    parts = draw_out(talk.turns, BEGAN, ZONE)
    assert parts.place is not None and parts.place.value == "建设路"


def test_without_a_person_the_machine_goes_on_alone() -> None:
    talk = Talk(seats=False)
    assert talk.say("香溪路有一股很大的燃气味") == ["danger_alone", "since"]
    assert talk.say("转人工") == ["no_person", "since"]
    assert talk.say("转人工") == ["sorry"] and talk.then is Then.HANG_UP
    talk = Talk(seats=False)
    talk.say("")
    assert talk.say("") == ["sorry"]
    assert Talk(seats=False).say("我想咨询一下养犬证怎么办理") != ["question"]


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


@pytest.mark.parametrize(
    "said", ["人工", "转人工", "我要找个真人", "给我转人工坐席吧", "请接话务员", "我不想跟机器人说", "人工服务。"]
)
def test_who_wants_a_person(said: str) -> None:
    assert wants_person(said)


@pytest.mark.parametrize(
    "said",
    [
        "小区人工湖的水发臭",
        "收人工费太高了",
        "不用转人工",
        "人工草坪没人管",
        "工作人员态度差",
        "找人工湖的管理处",
        "零",
    ],
)
def test_who_does_not(said: str) -> None:
    assert not wants_person(said)


@given(
    st.lists(
        st.sampled_from([LAMP, "不对", "对", "", "需要", "不知道", "可以", "建国路", "垃圾没人清", "喂"]), min_size=30
    )
)
def test_every_call_ends_and_asks_nothing_twice(says: list[str]) -> None:
    talk = Talk()
    for said in says:
        if talk.then is not Then.LISTEN:
            break
        talk.say(said)
    assert talk.then is not Then.LISTEN
    assert sum(turn.speaker == CITIZEN for turn in talk.turns) <= MOST_TURNS + 4
    first = [name for name, before in zip(talk.asked, ["", *talk.asked], strict=False) if before != "not_heard"]
    questions = [name for name in first if name not in READBACKS | CLOSINGS | {"not_heard"}]
    assert len(questions) == len(set(questions))
    assert sum(name in READBACKS for name in first) <= 2


class TestTheSentences:
    @pytest.mark.parametrize("name", SCRIPT.wordings.names)
    def test_each_is_short_and_whole(self, name: str) -> None:
        text = SCRIPT.wordings.render(name, **FULL)
        assert "{" not in text and text.endswith(("。", "？"))
        assert len(text) <= (110 if name.startswith("greeting") else 60)
        assert SCRIPT.wordings.fields(name) <= (set(FULL) if name in READBACKS else set())

    def test_all_that_ends_a_call_is_there(self) -> None:
        assert set(SCRIPT.wordings.names) >= CLOSINGS | READBACKS

    def test_who_is_recorded_is_told(self) -> None:
        assert "录音" in SCRIPT.wordings.render("greeting_recorded")
        assert "录音" not in SCRIPT.wordings.render("greeting")
        assert all("转成文字" in SCRIPT.wordings.render(name) for name in ("greeting", "greeting_recorded"))

    def test_the_machine_s_own_words_are_nobody_s_complaint(self) -> None:
        """A draft is drawn out of the whole call: only what is read back may speak for the caller."""
        said = {name: SCRIPT.wordings.render(name, **FULL) for name in SCRIPT.wordings.names}
        assert {name for name, text in said.items() if is_readback(Turn(OPERATOR, text, 1))} == READBACKS
        alone = [Turn(OPERATOR, text, 1) for name, text in said.items() if name not in READBACKS]
        told = draw_out(alone, BEGAN, ZONE).as_dict()
        assert {name for name, part in told.items() if part} == {"questions"}


class TestACitysOwnScript:
    def load(self, folder: Path, text: str) -> Script:
        path = folder / "voice.toml"
        path.write_text(text, encoding="utf-8")
        return load_script(path)

    def test_replaces_what_it_names(self, tmp_path: Path) -> None:
        script = self.load(tmp_path, 'records = false\nhints = ["云锦路"]\n[texts]\ngoodbye = "再见。"\n')
        assert (script.records, script.hints) == (False, ("云锦路",))
        assert script.wordings.render("goodbye") == "再见。"
        assert script.wordings.render("place") == SCRIPT.wordings.render("place")

    def test_every_fault_is_named(self, tmp_path: Path) -> None:
        with pytest.raises(WordingError) as fault:
            self.load(
                tmp_path,
                'speed = 1\nrecords = "yes"\nhints = ["a,b"]\n'
                '[texts]\nhello = "您好"\nplace = "{where}"\nsince = ["x"]\n',
            )
        told = "\n".join(fault.value.reasons)
        for word in ("speed", "records", "hints", "hello", "{where}", "since"):
            assert word in told
        assert told.count("voice.toml") == 6
