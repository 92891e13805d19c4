"""Who is who: swapped channels, a third voice, no marks, one stream, and short questions of a desk."""

from __future__ import annotations

import pytest

from hotline.domain.speakers import lean
from hotline.domain.transcript import CITIZEN, OPERATOR, UNKNOWN, read_dialogue

OP, CI, UN = OPERATOR, CITIZEN, UNKNOWN
CALLS = {
    "swapped channels": (
        "市民：您好，12319城管热线，请问有什么可以帮您？\n坐席：我要投诉，楼上半夜拖桌子，吵得睡不着。\n"
        "市民：请问您住在哪里？\n坐席：清河家园。",
        [OP, CI, OP, CI],
    ),
    "diarised the other way round": (
        "spk1：您好12319请问有什么可以帮您\nspk0：我们小区半夜施工吵得睡不着\nspk1：哪个小区\nspk0：锦绣江南",
        [OP, CI, OP, CI],
    ),
    "numbers of channels": ("2：您好，有什么可以帮您\n1：路灯坏了\n2：请问具体位置\n1：滨河路", [OP, CI, OP, CI]),
    "a relative speaks for the caller": (
        "说话人1：您好，请问有什么可以帮您\n说话人2：我们家暖气不热\n说话人1：您家地址\n说话人3：书院街55号\n说话人2：听见了吧",
        [OP, CI, OP, CI, CI],
    ),
    "a machine before the operator": (
        "系统：欢迎致电12319，人工服务请按0\n坐席：您好，请讲\n市民：路灯坏了",
        [OP, OP, CI],
    ),
    "one turn under the wrong mark": (
        "A：您好，12319，请问有什么可以帮您\nB：我要反映路灯坏了\nB：请问您贵姓，您的联系电话是多少\nB：我姓王",
        [OP, CI, OP, CI],
    ),
    "short questions without marks": (
        "您好请讲\n有辆车堵在我们小区消防通道上\n哪个小区\n时代花城\n车牌号\n云B86Q32\n贵姓\n姓仇",
        [OP, CI, OP, CI, OP, CI, OP, CI],
    ),
    "two sentences of the caller without marks": (
        "您好这里是12319\n喂你好我想说一下那个共享单车\n公交站那边车堆得跟山一样\n盲道全占了推婴儿车都过不去\n"
        "您怎么称呼\n姓纪\n好的我们通知企业清运\n嗯尽快吧",
        [OP, CI, CI, CI, OP, CI, OP, CI],
    ),
    "all in one line": (
        "您好，12319，请问有什么可以帮您？我要投诉，我们小区门口没人清垃圾。请问您的联系电话？13800138000。",
        [OP, CI, OP, CI],
    ),
    "all under one mark": (
        "spk0：您好，12319，请问有什么可以帮您？\nspk0：我要投诉我们小区门口的烧烤。\nspk0：请问您贵姓？\nspk0：姓王。",
        [OP, CI, OP, CI],
    ),
    "only the caller": ("路灯坏了\n在建设路\n三天了，没人管", [CI, UN, CI]),
    "who asks for the hot-line is no operator": ("1：请问是12319吗\n2：您好，是的，请讲\n1：我要投诉", [CI, OP, CI]),
    "believed as they stand": ("坐席：嗯\n市民：哦\n坐席：好", [OP, CI, OP]),
}


@pytest.mark.parametrize(("text", "sides"), CALLS.values(), ids=CALLS.keys())
def test_who_is_who(text: str, sides: list[str]) -> None:
    assert [turn.speaker for turn in read_dialogue(text)] == sides


@pytest.mark.parametrize(
    "text", ["哪个小区", "电话？", "几点开始施工的", "谁家的装修垃圾？", "请问您贵姓", "物业是哪家"]
)
def test_a_desk_asks_like_this(text: str) -> None:
    assert lean(text) >= 2


@pytest.mark.parametrize("text", ["什么时候能修好？", "你们到底管不管", "要带房产证吗？", "我姓王", "怎么打电话都不接"])
def test_a_caller_asks_like_this(text: str) -> None:
    assert lean(text) <= 0
