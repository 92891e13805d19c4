"""评价: answers to "is it solved?" as people give them; negation wins, and what is unclear is asked again."""

from __future__ import annotations

import pytest

from hotline.domain.folding import clauses, fold
from hotline.domain.verdicts import AMBIGUOUS, LONGEST_ANSWER, Verdict, verdict_of


def answer(text: str, *, asked: bool = True) -> Verdict | None:
    return verdict_of(text, clauses(fold(text)), asked=asked)


NOT_SOLVED = """
    未解决
    未解決
    没解决
    没
    没有
    还没有
    否
    不是
    N
    还没修好
    还沒修好
    没有修好
    没修
    问题没有解决
    问题还没有得到彻底解决
    我反映的问题一直没有解决
    没有得到解决
    没有完全解决
    部分解决
    解决了一部分
    只修了一半
    解决不了
    处理不好
    處理得不彻底
    根本没修好，还是黑的
    还是不亮
    依然堵着
    路灯修好了，井盖还松着
    又坏了
    又不亮了
    解决了，但是又坏了
    修好了，第二天又坏了
    路灯亮了，井盖还是没修好
    怎么还没修好
    一直没人处理
    三天了也没人修
    没人来
    没变化
    老样子
    问题依旧
    不彻底
    没有，还是黑的
    是的，还没有修好
    解决了吗？没解决
    not solved
    Not solved yet
    It is still not fixed.
    unsolved
    hasn't been fixed
    still dark
    nothing has been done
    no
"""
SOLVED = """
    解决
    解决了
    解決了
    已解决
    已经解决了
    问题已解决
    问题解决了
    我反映的问题已经得到解决
    基本解决
    已经修好了
    路灯已经修好了
    路灯修好了
    灯亮了，谢谢
    下水道通了
    修得很好
    没想到这么快就修好了
    等了3天才解决
    五分钟就解决了
    终于解决了，谢谢你们
    问题没有了
    没问题了
    好了
    已经好了
    解决了，师傅还帮忙扫了地
    是的
    是的，谢谢
    对
    yes
    solved
    problem solved, thank you
    It has been fixed.
"""
UNCLEAR = """
    好的
    谢谢
    解决了吗
    解决了？
    有没有解决
    解决没有
    能不能解决
    is it fixed?
    希望尽快解决
    请解决
    把路灯修好
    什么时候解决
    要是解决了就好了
    短信说已解决
    你们说修好了
    假装修好了
    隔壁的解决了
    不是没解决
    不是，已经解决了
    之前没解决，现在解决了
    可能解决了
    自己解决了
    还没看
    没来得及看
    还不清楚
    不知道
    没有不满意
    没问题
    没有，解决了
    灯亮了，可是一小时就灭了
    修好了，又开始冒水
    修好了三盏，还剩两盏
    解决了个寂寞
    谁说解决了
    fixed, but the light went off again
    态度太差
    差评
    路灯不亮了
    中山路垃圾没人清运
    香溪路电线掉下来了，冒火花
    希望给个满意的答复
    will it be fixed
"""


def lines(table: str) -> list[str]:
    return [line.strip() for line in table.strip().splitlines()]


@pytest.mark.parametrize("text", lines(NOT_SOLVED))
def test_not_solved(text: str) -> None:
    found = answer(text)
    assert found is not None and found.solved is False


@pytest.mark.parametrize("text", lines(SOLVED))
def test_solved(text: str) -> None:
    found = answer(text)
    assert found is not None and found.solved is True


@pytest.mark.parametrize("text", lines(UNCLEAR))
def test_what_is_unclear_is_no_verdict(text: str) -> None:
    assert answer(text) is None


@pytest.mark.parametrize(
    ("text", "solved", "score", "rest"),
    [
        ("解决5", True, 5, ""),
        ("解决５", True, 5, ""),
        ("已解決5", True, 5, ""),
        ("已解决，5分", True, 5, ""),
        ("已经解决了 很快", True, None, "很快"),
        ("已经解决，谢谢！5分", True, 5, ""),
        ("解决了5分，非常感谢", True, 5, ""),
        ("解决了，但是态度不好，2分", True, 2, "但是态度不好"),
        ("解决 非常满意", True, 5, ""),
        ("没想到这么快就修好了，满意", True, 4, "没想到这么快就修好了"),
        ("解决了，师傅很好，路也扫了，5分", True, 5, "师傅很好，路也扫了"),
        ("未解决 2", False, 2, ""),
        ("未解决2 东边两盏仍不亮", False, 2, "东边两盏仍不亮"),
        ("未解决1。没人来", False, 1, "没人来"),
        ("未解决5", False, 5, ""),
        ("未解决9", False, 9, ""),
        ("未解决，差评", False, None, "差评"),
        ("没有解决问题，2分", False, 2, ""),
        ("没有解决，東邊兩盞仍不亮", False, None, "東邊兩盞仍不亮"),
        ("5分，但是没修", False, 5, "但是没修"),
        ("solved 5", True, 5, ""),
        ("fixed. 4", True, 4, ""),
        ("not solved 2", False, 2, ""),
        ("5", None, 5, ""),
        ("５", None, 5, ""),
        ("⑤", None, 5, ""),
        ("5！", None, 5, ""),
        ("5 5", None, 5, ""),
        ("5分", None, 5, ""),
        ("五分", None, 5, ""),
        ("5星", None, 5, ""),
        ("五顆星", None, 5, ""),
        ("五星好评", None, 5, ""),
        ("⭐⭐⭐⭐", None, 4, ""),
        ("满分", None, 5, ""),
        ("我打3分", None, 3, ""),
        ("给你们5分", None, 5, ""),
        ("服务态度打2分", None, 2, "服务态度打2分"),
        ("5，谢谢", None, 5, ""),
        ("很满意 5分 谢谢你们", None, 5, ""),
        ("非常满意", None, 5, ""),
        ("十分滿意", None, 5, ""),
        ("满意，谢谢", None, 4, ""),
        ("基本满意", None, 3, ""),
        ("不满意", None, 2, ""),
        ("不太满意", None, 2, ""),
        ("很不满意", None, 1, ""),
        ("非常不满意", None, 1, ""),
        ("very satisfied", None, 5, ""),
        ("not satisfied", None, 2, ""),
        ("0", None, 0, ""),
        ("6", None, 6, ""),
        ("10分", None, 10, ""),
        ("十分", None, 10, ""),
        ("100分", None, 100, ""),
        ("5 3", None, AMBIGUOUS, ""),
        ("不满意 5分", None, AMBIGUOUS, ""),
    ],
)
def test_verdict_score_and_what_else_was_said(text: str, solved: bool | None, score: int | None, rest: str) -> None:
    assert answer(text) == Verdict(solved, score, rest)


@pytest.mark.parametrize(
    "text",
    [
        "中山路3号路灯不亮",
        "等了5天",
        "打了12345也没用，共3次，2栋、3栋、5栋都停水，请派人来看看",
        "1、路灯不亮，很黑；2、井盖松动，车一过就响",
    ],
)
def test_a_number_in_a_complaint_is_no_score(text: str) -> None:
    found = answer(text)
    assert found is None or found.score is None


# ---- where nobody has asked


@pytest.mark.parametrize(
    ("text", "solved"),
    [
        ("未解决", False),
        ("还没修好", False),
        ("问题没有解决", False),
        ("未解决，" + "香溪路的路灯还是不亮。" * 20, False),
        ("已解决，谢谢", True),
        ("解决了，但是又坏了", False),
        ("5", None),
        ("很满意，谢谢", None),
        ("灯亮了，谢谢", True),
        ("路灯修好了", True),
    ],
)
def test_unasked_a_verdict_stands_first_and_alone(text: str, solved: bool | None) -> None:
    found = answer(text, asked=False)
    assert found is not None and found.solved is solved


@pytest.mark.parametrize(
    "text",
    [
        "没有",
        "是的",
        "路灯修好了？",
        "路灯修好了，井盖还松着",
        "路灯修好了又坏了",
        "香溪路的路灯没有修好",
        "5分钟前路灯灭了",
        "解决了路灯，" + "还有别的" * 20,
        "满意小区停水",
    ],
)
def test_unasked_anything_else_is_words(text: str) -> None:
    assert answer(text, asked=False) is None


def test_a_long_answer_is_no_verdict_unless_it_begins_with_one() -> None:
    story = "师傅来看了一下就走了，说是要等配件，" * 4 + "到现在还是没有修好"
    assert len(story) > LONGEST_ANSWER
    assert answer(story) is None
    found = answer("没有修好，" + story)
    assert found is not None and found.solved is False


# ---- folding


def test_folding_keeps_every_character_in_its_place() -> None:
    written = "未解決 ＴＤ，謝謝。Stop！①𠮷😀"
    folded = fold(written)
    assert folded == "未解决 td,谢谢。stop!1𠮷😀"
    assert [written[part.start : part.end] for part in clauses(folded)] == ["未解決", "ＴＤ", "謝謝", "Stop", "①𠮷"]


def test_english_words_in_a_row_are_one_clause() -> None:
    assert [part.said for part in clauses("isn't it not solved 2, stop td退订")] == [
        "isntitnotsolved",
        "2",
        "stop",
        "td退订",
    ]
