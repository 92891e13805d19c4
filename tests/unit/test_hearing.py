"""来信: what a text wants, as people write it: simplified and traditional, in a word or a sentence, in English."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotline.domain.hearing import Understood, Want, names_only, understand
from hotline.domain.places import place_of
from hotline.domain.texts import clean
from hotline.domain.wants import WORDS

SAMPLES = Path(__file__).parents[3] / "shared" / "data" / "samples"


def rows(table: dict[Want, str]) -> list[tuple[str, Want]]:
    return [(text.strip(), want) for want, texts in table.items() for text in texts.strip().split("\n")]


WISHES = {
    Want.STOP: """
        退订
        ｔｄ。
        T
        Stop
        请退订
        退订谢谢
        我要退订
        TD退订
        回TD退订
        退訂
        不要再发短信了
        不要再發短信了
        别再发了
        取消短信
        退订！别再发了，烦死了
        退订，你们短信太多了
        谢谢，退订
        STOP please
        please stop
        unsubscribe
        stop texting me
        cancel
    """,
    Want.START: """
        恢复
        恢復
        我要恢复短信
        取消退订
        START
    """,
    Want.PROGRESS: """
        进度
        進度
        查询
        查詢。
        查询 20261012000001
        编号：20261012000001
        編號是20261012000001
        20261012000001
        status 20261012000001
        查询12
        查询一下我的投诉
        帮我查一下我的投诉
        我的投诉怎么样了
        請問進度如何
        请问进度如何？
        你好，查询进度
        进度怎么样了，都三天了
        编号多少
        查询码是多少
        什么时候能修好
        解决了吗
        修好没有
        13812345678
        any update?
        Where is my complaint?
    """,
    Want.URGE: """
        催办！
        催辦
        我要催办
        催一下
        催办：都三天了
        快点
        请尽快处理
        怎么还不修
        怎么还没修好？
        hurry up
    """,
    Want.WITHDRAW: """
        撤回
        撤銷
        我要撤回
        撤回投诉，已经好了
        请撤销我的投诉，谢谢
        取消投诉
        我不想投诉了
        不用了
        不用了，谢谢
        算了
        取消
        已经好了，不用来了
        撤回，换个说法
        withdraw my complaint
    """,
    Want.NEW: """
        新投诉：井盖松了
        新投訴：井蓋鬆了
        新诉求 井盖松了
        新投诉井盖松了
        另外反映，井盖松了
        另外反映一件事
        另一件事：井盖松了
        再投诉一个，井盖松了
        我还要投诉另一件事：井盖松了
        还有一个问题：井盖松了
        还有一个问题是井盖松了
        我要投诉
        您好，我想反映一个问题
        new complaint: a loose manhole
        Another problem, a loose manhole
        I want to make a complaint
    """,
    Want.COURTESY: """
        谢谢！
        謝謝
        谢谢，好的
        好的，知道了
        谢谢😊
        👍
        没有
        是的
        ）
        Thank you!
    """,
    Want.HELP: """
        ？
        帮助
        你们是谁
        你好
        在吗？
        转人工
        怎么投诉
        😡😡😡
        110
        12319
        120！
        who are you
        hello
    """,
    Want.VERDICT: """
        未解决
        未解決
        未解决，香溪路的灯又不亮了
        没有解决问题，2分
        还没修好
        根本没修好，还是黑的
        问题已解决
        已經解決，謝謝
        5
        五星好评
        满意，谢谢
        Not solved
        solved 5
        灯亮了，谢谢
        路灯修好了
        路灯已经修好了，谢谢你们
    """,
    Want.WORDS: """
        好的，在香溪路
        电信套餐退订不了，没人管
        退订了三次，物业还在发短信
        我想退订，套餐退不了
        解决一下路灯问题
        没解决问题的是物业
        取消香溪路的占道停车位
        恢复香溪路的路灯
        撤回的文件没有公示
        查询窗口没人上班
        20261012000001 还是没人来
        我要投诉香溪路的路灯
        请尽快处理：香溪路路灯不亮
        进度，旁边井盖也丢了
        还有，路灯也坏了
        再反映一下，香溪路还是黑
        路灯修好了，井盖还松着
        120号
        路灯不亮，催了三次
        The street light on Xiangxi Road is still not fixed
        stop sign fallen at Xiangxi Road
        Please help, the lamp is out
    """,
    Want.NOTHING: "\u202e\0",
}


@pytest.mark.parametrize(("text", "want"), rows(WISHES))
def test_what_a_text_wants(text: str, want: Want) -> None:
    assert understand(text).want is want


@pytest.mark.parametrize(("text", "want"), [(word, want) for want, words in WORDS.items() for word in words.split()])
def test_each_word_of_the_tables_is_understood(text: str, want: Want) -> None:
    """A word stands in one table only, and no other reading takes it first."""
    assert understand(text).want is want


# ---- what is kept of it


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("新投訴：濱河路井蓋鬆了。", "濱河路井蓋鬆了。"),
        ("再投诉一个，滨河路井盖松了", "滨河路井盖松了"),
        ("还有一个问题是井盖松了", "井盖松了"),
        ("新投诉", ""),
        ("我要投诉", ""),
        ("另外反映一件事", ""),
    ],
)
def test_a_new_complaint_keeps_its_words_as_they_were_written(text: str, words: str) -> None:
    assert understand(text) == Understood(Want.NEW, words)


def test_what_was_said_beside_urging_is_kept() -> None:
    assert understand("催办：都三天了，還是黑的").rest == "都三天了，還是黑的"
    assert understand("我要催办").rest == ""


@pytest.mark.parametrize(
    ("text", "sure"),
    [
        ("撤回", True),
        ("我要撤回", True),
        ("撤回投诉，已经好了", True),
        ("我不想投诉了", True),
        ("不用了", False),
        ("取消", False),
        ("算了，不用来了", False),
        ("撤回，换个说法", False),
    ],
)
def test_taking_back_is_grave_and_asked_about_unless_it_was_said(text: str, sure: bool) -> None:
    assert understand(text) == Understood(Want.WITHDRAW, text, sure=sure)


def test_urging_may_deny_that_it_is_solved() -> None:
    assert understand("怎么还没修好").solved is False
    assert understand("催办").solved is None


def test_numbers_are_read_in_any_width_and_beside_a_verdict() -> None:
    assert understand("编号２０２６１０１２０００００１").numbers == ("20261012000001",)
    found = understand("20261012000001解决5")
    assert (found.want, found.numbers, found.solved, found.score) == (Want.VERDICT, ("20261012000001",), True, 5)


def test_after_our_question_a_plain_yes_may_only_mean_that_it_was_read() -> None:
    for text in ("好的", "OK", "嗯"):
        assert understand(text, asked=True) == Understood(Want.VERDICT, text, bare=True)
    assert understand("谢谢", asked=True).want is Want.COURTESY


@pytest.mark.parametrize("text", ["退订", "进度", "新投诉：井盖松了", "撤回", "催办", "110", "解决了吗"])
def test_after_our_question_the_wishes_stay_what_they_are(text: str) -> None:
    assert understand(text, asked=True).want is understand(text).want is not Want.VERDICT


@pytest.mark.parametrize("text", ["尽快解决", "态度太差", "不用了", "解决了？", "建设路垃圾没人清运"])
def test_an_unclear_answer_is_words_to_be_written_down(text: str) -> None:
    assert understand(text, asked=True) == Understood(Want.WORDS, text)


@pytest.mark.parametrize(
    ("text", "only"),
    [
        ("香溪路与大桥路口", True),
        ("我在香溪路120号附近", True),
        ("位置：滨河花园小区门口", True),
        ("香溪路路灯不亮", False),
        ("路灯不亮", False),
        ("香溪路路灯", False),
    ],
)
def test_a_place_alone_is_told_from_a_matter(text: str, only: bool) -> None:
    assert names_only(place_of(text), text) is only


# ---- no complaint is a command


def real_messages() -> Iterator[str]:
    for name in ("hotspot", "labeled", "replies"):
        path = SAMPLES / f"tdb2020_messages_{name}.csv"
        with path.open(encoding="utf-8-sig", newline="") as file:
            for row in csv.DictReader(file):
                yield from (text for text in (row["留言主题"], row["留言详情"]) if any(map(str.isalnum, text or "")))


@pytest.fixture(scope="module")
def messages() -> list[str]:
    if not SAMPLES.exists():
        pytest.skip("the samples are not on this machine")
    found = sorted(set(real_messages()))
    assert len(found) > 10_000
    return found


def test_no_real_message_is_taken_for_a_command(messages: list[str]) -> None:
    misread = [text for text in messages if understand(text).want is not Want.WORDS]
    assert misread == []


def test_no_real_message_closes_a_ticket_after_our_question(messages: list[str]) -> None:
    """Some say "not solved" in an answer's length, and are right; none is solved, a score, or a command."""
    heard = [(text, understand(text, asked=True)) for text in messages]
    assert [text for text, each in heard if each.solved is True] == []
    assert [text for text, each in heard if each.want not in (Want.WORDS, Want.VERDICT)] == []
    assert all(len(text) <= 60 for text, each in heard if each.want is Want.VERDICT)
    scored = [text for text, each in heard if each.want is Want.VERDICT and each.solved is None]
    assert len(scored) <= 1, "…之一、二 is two numbers"


@given(st.text(max_size=200), st.booleans())
def test_any_text_is_understood_and_loses_nothing(text: str, asked: bool) -> None:
    found = understand(text, asked=asked)
    if found.want is not Want.NEW:
        assert found.words == clean(text)
    assert all(each in found.words for each in found.rest.split("，"))


@given(st.text("没有未不解决修好了的吗请5分，。 吧满意很", max_size=40), st.booleans())
def test_what_is_denied_is_never_solved(text: str, asked: bool) -> None:
    assert understand("没有解决，" + text, asked=asked).solved is not True
    assert understand(text + "，没有修好", asked=asked).solved is not True
