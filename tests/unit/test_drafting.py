"""What is drawn out of a call: each part with its line, nothing that was not said, and what is still to be asked.

The dialogues were written for this project; every telephone and name in them is made up.
"""

from __future__ import annotations

import json
import sys
from dataclasses import fields
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotline.domain.drafting import DraftParts, Part, draw_out
from hotline.domain.transcript import CITIZEN, OPERATOR, UNKNOWN, Turn, read_dialogue
from tests.unit.a_call import CALLED, CITY
from tests.unit.some_calls import SAID, SOME_CALLS


def draft(text: str) -> DraftParts:
    return draw_out(read_dialogue(text), CALLED, CITY)


def told(parts: DraftParts) -> dict[str, tuple[object, int]]:
    """Field → (value, line) of what was drawn out."""
    values = {field.name: getattr(parts, field.name) for field in fields(parts)}
    return {name: (part.value, part.line) for name, part in values.items() if isinstance(part, Part)}


LAMP = """坐席：您好，12319城市管理热线，工号036，请问有什么可以帮您？
市民：喂，你好，我想反映一下，我们家门口那个路灯坏了，好几个晚上都不亮。
坐席：请问具体在什么位置？
市民：建设路和平安街路口，往南五十米那个灯杆。
坐席：什么时候开始不亮的？
市民：上个礼拜三就不亮了。
坐席：请问您贵姓？
市民：免贵姓王。
坐席：王女士，您的联系电话是多少？
市民：幺三八零零幺三八零零零。
坐席：处理结果需要给您回复吗？
市民：需要，修好了给我打个电话。
坐席：好的，我们会在三个工作日内安排维修并回复您。感谢您的来电，再见。
市民：好，谢谢。"""


def test_a_whole_call_needs_no_further_question() -> None:
    parts = draft(LAMP)
    assert told(parts) == {
        "matter": ("我们家门口那个路灯坏了，好几个晚上都不亮", 2),
        "place": ("建设路和平安街路口往南50米", 4),
        "since": ("2026-03-04", 6),
        "name": ("王女士", 8),
        "phone": ("13800138000", 10),
        "wants_reply": (True, 12),
        "request_type": ("求助", 2),
        "promise": ("好的，我们会在三个工作日内安排维修并回复您", 13),
    }
    assert parts.questions == []
    assert parts.category_words == ["路灯", "坏了", "不亮"]


CALLS: list[tuple[str, str, dict[str, tuple[object, int]]]] = [
    (
        "a report that must stay secret, on the same number",
        """[00:00:01] A：12319您好
[00:00:04] B：我要举报，阳光小区3号楼2单元501在楼顶搞违建，昨晚十点多还在施工
[00:00:15] A：请问您怎么称呼
[00:00:18] B：不要透露我的名字，我怕他们报复
[00:00:22] A：好的，我们会保密，您的电话方便留一下吗
[00:00:26] B：就打这个号码""",
        {
            "place": ("阳光小区3号楼2单元501", 2),
            "since": ("2026-03-10T22:00+08:00", 2),
            "confidential": (True, 4),
            "same_number": (True, 6),
            "request_type": ("举报", 2),
        },
    ),
    (
        "gas, in haste, half-width colons",
        "话务员:你好请讲\n来电人:人民路小学门口燃气味道很大,赶紧派人来看看!可能漏气了\n话务员:好的请您远离现场"
        ",我马上联系燃气公司到现场处理\n来电人:快点",
        {"place": ("人民路小学门口", 2), "urgency": ("urgent", 2), "request_type": ("求助", 2)},
    ),
    (
        "corrected street, number in two pieces, no reply wanted",
        """1：喂
2：您好请讲
1：是建国路18号，下水道堵了，污水都冒出来了，三天前就这样了
2：您贵姓
1：李。哦不对，是建设路，刚才说错了
2：电话
1：幺三九两个零
2：嗯
1：幺二三四五六
2：需要回复吗
1：不用了""",
        {"place": ("建设路", 5), "since": ("2026-03-08", 3), "phone": ("13900123456", 7), "wants_reply": (False, 11)},
    ),
    (
        "only the operator was recorded",
        "坐席：您好\n坐席：您好，能听到吗\n坐席：请问您反映的是滨河路积水，对吗",
        {"place": ("滨河路", 3), "matter": ("滨河路积水", 3)},
    ),
    (
        "read back and denied, then put right",
        "坐席：您好12319\n市民：青年路那边垃圾没人清\n坐席：跟您确认一下，是青年路菜市场门口对吗\n市民：不对，"
        "是青年路小学后面\n坐席：好的",
        {"place": ("青年路小学后面", 4)},
    ),
    (
        "the number was only read back and agreed to",
        "坐席：您好12319\n市民：停水了，光明新村\n坐席：您的来电号码是13700000001对吗\n市民：对的",
        {"phone": ("13700000001", 3), "place": ("光明新村", 2)},
    ),
    (
        "the shop's number is not the caller's",
        "市民：楼下饭店油烟太大，招牌上他们的电话是0355-2021234，你们打给他们。\n坐席：您的电话呢\n市民：13600000002",
        {"phone": ("13600000002", 3)},
    ),
    (
        "a caller from abroad who gives a full name",
        "坐席：您好12319。\n市民：我电话+852 2123 4567，我叫欧阳修，万达广场停车场乱收费，"
        "3月5号晚上8点半收了我五十块，希望给个答复。",
        {
            "name": ("欧阳修", 2),
            "phone": ("+85221234567", 2),
            "since": ("2026-03-05T20:30+08:00", 2),
            "wants_reply": (True, 2),
        },
    ),
    (
        "a habit is no date",
        "市民：我们小区旁边工地每天晚上十点以后施工吵得睡不着",
        {"often": ("每天晚上十点以后", 1), "matter": ("我们小区旁边工地每天晚上十点以后施工吵得睡不着", 1)},
    ),
    (
        "asked whether to keep it secret, declined",
        "坐席：您好12319\n市民：我投诉解放大道128号门口乱停车\n坐席：您的信息需要保密吗？\n市民：不用",
        {"confidential": (False, 4), "request_type": ("投诉", 2)},
    ),
    (
        "a suggestion full of stammering",
        "说话人1 00:01\n您好请问有什么能帮您\n说话人2 00:05\n嗯那个我我我想建议一下在文化公园增加几个公厕，"
        "老人小孩都不方便",
        {
            "request_type": ("建议", 4),
            "place": ("文化公园", 4),
            "matter": ("在文化公园增加几个公厕，老人小孩都不方便", 4),
        },
    ),
]


@pytest.mark.parametrize(
    ("text", "expected"), [(text, expected) for _, text, expected in CALLS], ids=[name for name, _, _ in CALLS]
)
def test_calls(text: str, expected: dict[str, tuple[object, int]]) -> None:
    parts = told(draft(text))
    assert {name: parts.get(name) for name in expected} == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [(text, expected) for _, text, expected in SOME_CALLS],
    ids=[name for name, _, _ in SOME_CALLS],
)
def test_calls_of_all_parts_of_the_country(text: str, expected: dict[str, object]) -> None:
    values = {name: value for name, (value, _) in told(draft(text)).items()}
    wanted = {name: values.get(name) if value is SAID else value for name, value in expected.items()}
    assert {name: values.get(name) for name in expected} == wanted
    assert all(values.get(name) is not None for name, value in expected.items() if value is SAID)


NEVER_SAID = {
    "habit": (CALLS[8][1], {"since", "place", "phone", "name", "wants_reply", "confidential", "promise", "urgency"}),
    "secret": (CALLS[0][1], {"name", "phone", "wants_reply", "urgency"}),
    "shop": (CALLS[6][1], {"name", "since", "wants_reply"}),
    "small talk": (
        "坐席：您好12319\n市民：喂\n市民：听得到吗",
        {field.name for field in fields(DraftParts)} - {"category_words", "questions"},
    ),
}


@pytest.mark.parametrize(("text", "empty"), NEVER_SAID.values(), ids=NEVER_SAID.keys())
def test_what_was_not_said_stays_empty(text: str, empty: set[str]) -> None:
    assert empty.isdisjoint(told(draft(text)))


def test_what_is_missing_becomes_a_question() -> None:
    questions = draft("坐席：您好12319\n市民：路灯不亮").questions
    assert [word for word in ("位置", "什么时候", "称呼", "联系电话", "回复") if any(word in q for q in questions)] == [
        "位置",
        "什么时候",
        "称呼",
        "联系电话",
        "回复",
    ]
    assert not any("什么问题" in question for question in questions)


def test_a_question_is_answered_on_the_spot() -> None:
    parts = draft(
        "您好，12345热线，请问有什么可以帮您\n我想问一下公积金怎么提取，需要什么材料\n您带身份证到政务大厅二楼"
        "办理\n好的谢谢"
    )
    assert parts.request_type is not None and parts.request_type.value == "咨询"
    assert parts.questions == []


def test_who_wants_secrecy_is_not_asked_his_name_and_who_wants_no_reply_no_number() -> None:
    assert not any("称呼" in question for question in draft(CALLS[0][1]).questions)
    assert not any("电话" in question for question in draft("市民：路灯坏了，不用给我回电话").questions)


def test_words_without_a_value_are_kept_as_said_and_not_asked_again() -> None:
    parts = draft("坐席：多久了？\n市民：好几天了")
    assert parts.since == Part(None, 2, 0.3, "好几天了")
    assert not any("什么时候" in question for question in parts.questions)


def test_nothing_said_is_nothing_drawn() -> None:
    parts = draw_out([], CALLED, CITY)
    assert told(parts) == {}
    assert len(parts.questions) == 6


def test_the_draft_travels_as_json() -> None:
    parts = json.loads(json.dumps(draft(LAMP).as_dict(), ensure_ascii=False))
    assert parts["place"]["line"] == 4
    assert parts["urgency"] is None


def test_the_call_must_say_when_it_was() -> None:
    with pytest.raises(ValueError, match="time zone"):
        draw_out([], CALLED.replace(tzinfo=None), CITY)


def test_an_unknown_voice_counts_less_than_the_caller() -> None:
    known = draw_out([Turn(CITIZEN, "建设路18号路灯坏了", 1)], CALLED, CITY)
    unknown = draw_out([Turn(UNKNOWN, "建设路18号路灯坏了", 1)], CALLED, CITY)
    assert known.place and unknown.place
    assert known.place.value == unknown.place.value
    assert unknown.place.confidence < known.place.confidence


WORDS = st.lists(
    st.sampled_from(
        [
            "建设路",
            "和平街",
            "路口",
            "18号",
            "阳光小区",
            "不对，是",
            "昨晚",
            "十点多",
            "上个礼拜三",
            "幺三八",
            "两个零",
            "13812345678",
            "我姓王",
            "不要透露",
            "给我回电话",
            "燃气",
            "漏",
            "嗯",
            "，",
            "。",
            "？",
            "二月三十号",
            "九千万年前",
            "万万万天前",
            "的",
            "A",
            "😀",
        ]
    ),
    max_size=12,
).map("".join)
TURNS = st.lists(
    st.builds(
        Turn, st.sampled_from([OPERATOR, CITIZEN, UNKNOWN]), st.one_of(WORDS, st.text(max_size=40)), st.integers(1, 99)
    ),
    max_size=8,
)


@given(TURNS, st.datetimes(datetime(1990, 1, 1), datetime(2090, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001 - bounds
def test_any_turns_give_a_draft_whose_parts_come_from_them(turns: list[Turn], called_at: datetime) -> None:
    parts = draw_out(turns, called_at, CITY)
    spoken = {turn.line: "" for turn in turns}
    for turn in turns:
        spoken[turn.line] += turn.text + "\n"
    for name in told(parts):
        part = getattr(parts, name)
        assert part.line in spoken
        assert 0 <= part.confidence <= 1
    if parts.place:
        assert parts.place.said in spoken[parts.place.line]
    if parts.since and parts.since.value and "T" in str(parts.since.value):
        assert datetime.fromisoformat(str(parts.since.value)) <= called_at


def a_call_of(sentences: int) -> list[Turn]:
    """The call about the lamp, and then so many sentences more."""
    more = (
        f"{'坐席' if i % 2 else '市民'}：第{i}句，那个建设路{i}号旁边的事情说了好几次，一直没人管，电话{i % 90 + 10}。"
        for i in range(sentences)
    )
    return read_dialogue("\n".join([LAMP, *more]))


def test_a_call_of_hours_is_drawn_out_whole() -> None:
    parts = draw_out(a_call_of(3000), CALLED, CITY)
    assert parts.phone is not None and parts.phone.line == 10


def steps_of(turns: list[Turn]) -> int:
    """Calls of functions that it takes to draw out a call: the same on every machine."""
    calls = 0

    def count(_frame: object, event: str, _arg: object) -> None:
        nonlocal calls
        calls += event in ("call", "c_call")

    sys.setprofile(count)
    try:
        draw_out(turns, CALLED, CITY)
    finally:
        sys.setprofile(None)
    return calls


def test_a_call_of_twice_the_length_takes_twice_the_steps() -> None:
    steps_of(a_call_of(10))  # what is made once and kept
    assert steps_of(a_call_of(800)) < 2.2 * steps_of(a_call_of(400))


@pytest.mark.parametrize(
    "text",
    [
        "一" * 20_000,
        "路" * 20_000,
        "我" * 20_000,
        "1" * 20_000,
        "昨" * 20_000,
        "建设路" * 5_000,
        "，" * 20_000,
        "会" * 20_000,
        "两个零" * 5_000,
    ],
)
def test_a_monotonous_text_does_not_hang_the_reader(text: str) -> None:
    parts = draw_out([Turn(CITIZEN, text, 1), Turn(OPERATOR, text, 2)], CALLED, CITY)
    assert parts.phone is None
