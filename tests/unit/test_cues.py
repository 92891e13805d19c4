"""语音接听: what a caller's words mean to the conversation: 喂, 等一下, 转人工, 别打这个电话, 还有一件事."""

from __future__ import annotations

import pytest

from hotline.domain.cues import (
    announces_further,
    asks_to_wait,
    calls_out,
    ends_there,
    gives_up,
    is_mere_digits,
    refuses_number,
    tells_further,
    wants_person,
)


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
def test_who_wants_none(said: str) -> None:
    assert not wants_person(said)


@pytest.mark.parametrize(
    "said",
    ["喂", "喂喂喂", "喂，听得到吗？", "喂听得到吗", "你好", "您好，有人吗", "能听见我说话吗", "在吗", "怎么不说话"],
)
def test_who_calls_out(said: str) -> None:
    assert calls_out(said)


@pytest.mark.parametrize("said", ["", "嗯", "你", "喂，路灯坏了", "你好，我要反映", "有人在烧烤", "对", "在"])
def test_who_does_not_call_out(said: str) -> None:
    assert not calls_out(said)


@pytest.mark.parametrize(
    "said",
    ["等一下啊", "你等会", "等等", "稍等一下", "你等我一下", "请稍等，我找一下", "等一下，我看看路牌", "好，你别挂啊"],
)
def test_who_asks_to_wait(said: str) -> None:
    assert asks_to_wait(said)


@pytest.mark.parametrize("said", ["等了三天没人修", "等一下路灯又灭了怎么办", "一直等", "我等你们回复", "公交等半天"])
def test_who_does_not_ask_to_wait(said: str) -> None:
    assert not asks_to_wait(said)


@pytest.mark.parametrize(
    "said",
    [
        "这是我单位的电话，别打",
        "别打这个电话",
        "不要打我单位的电话",
        "这个号码是借的，不要打",
        "这个电话不是我的",
        "公司电话不方便打",
    ],
)
def test_whose_number_is_not_to_be_used(said: str) -> None:
    assert refuses_number(said)


@pytest.mark.parametrize("said", ["打这个电话", "就这个号码", "别打了，吵死了", "打城管电话打不通", "不用打电话"])
def test_whose_number_may_be_used(said: str) -> None:
    assert not refuses_number(said)


@pytest.mark.parametrize(
    "said", ["对，还有一个事，大桥路的井盖也坏了", "是的，另外建国路垃圾没人清", "对，我们小区的电梯也坏了好几天了"]
)
def test_a_second_matter(said: str) -> None:
    assert tells_further(said)


@pytest.mark.parametrize("said", ["对，就是路灯不亮", "对的", "没有了，路灯不亮就行", "还有一个事"])
def test_no_second_matter(said: str) -> None:
    assert not tells_further(said)


def test_what_is_announced() -> None:
    assert announces_further("对，还有一个事") and announces_further("有", asked=True)
    assert not announces_further("有") and not announces_further("没有别的了", asked=True)


@pytest.mark.parametrize("said", ["没有了", "没了，谢谢", "对，没有别的了", "就这样", "就这个事", "不用了", "嗯没有"])
def test_who_has_no_more_to_tell(said: str) -> None:
    assert ends_there(said)


@pytest.mark.parametrize("said", ["就这个路口的井盖也坏了", "还有", "没有路灯", "对"])
def test_who_has(said: str) -> None:
    assert not ends_there(said)


def test_the_rest_of_a_number() -> None:
    assert is_mere_digits("零零零零") and is_mere_digits("后面是五六七八")
    assert not is_mere_digits("三栋") and not is_mere_digits("香溪路一三五号的路灯坏了")
    assert gives_up("后面的记不得了") and not gives_up("我看看")
