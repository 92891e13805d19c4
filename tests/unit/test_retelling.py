"""复述: the complaint's text reads as the matter; nothing that may be a word about it is lost."""

from __future__ import annotations

import pytest

from hotline.domain.retelling import words_of_matter
from hotline.domain.transcript import read_dialogue

NAME, NUMBER = "王建国", "13800001234"

#: What was asked, what the caller said, what of it stands in the text.
CLAUSES = [
    ("您好", "喂，你好，建设路36号井盖碎了", "喂，你好，建设路36号井盖碎了"),
    ("怎么称呼", "我姓王。", ""),
    ("怎么称呼", "免贵姓王，王建国，三横王", ""),
    ("怎么称呼", "我是王家村的", "我是王家村的"),
    ("怎么称呼", "王家村", "王家村"),
    ("怎么称呼", "我姓王，白天晚上都吵", "白天晚上都吵"),
    ("您的电话", "嗯，幺三八，零零零零，不对，零零零零，幺二三四", ""),
    ("您的电话", "13800001234，没错", ""),
    ("您的电话", "你记一下，一三八", ""),
    ("您的电话", "我姓王，电话幺三八零零零零幺二三四，路灯三天不亮了", "路灯三天不亮了"),
    ("您的电话", "打不通就打我爱人的，13099887766", "打不通就打我爱人的，13099887766"),
    ("您的电话", "他们店里的电话是13800005678", "他们店里的电话是13800005678"),
    ("您的电话和门牌号是多少", "三零一", "三零一"),
    ("几号楼", "五零一", "五零一"),
    ("还有别的吗", "没有了", "没有了"),
    ("是路灯吗", "对对对", ""),
    ("好的", "嗯好的，谢谢你啊，再见", ""),
]


@pytest.mark.parametrize(("asked", "said", "told"), CLAUSES)
def test_what_tells_only_who_calls_is_left_out(asked: str, said: str, told: str) -> None:
    turns = read_dialogue(f"坐席：您好\n市民：路灯不亮\n坐席：{asked}\n市民：{said}")
    assert words_of_matter(turns, NAME, [NUMBER]) == f"路灯不亮\n{told}".strip()


def test_a_number_told_piece_by_piece_is_left_out_too() -> None:
    pieces = "坐席：您的电话\n市民：一三八\n坐席：嗯\n市民：零零零零\n坐席：您接着说\n市民：幺二三四"
    call = f"市民：路灯不亮\n{pieces}\n坐席：几号门口\n市民：三零一"
    assert words_of_matter(read_dialogue(call), "", []) == "路灯不亮\n三零一"


def test_a_call_of_nothing_else_keeps_its_words() -> None:
    assert words_of_matter(read_dialogue("坐席：您好\n市民：喂\n市民：我姓王"), NAME, [NUMBER]) == "喂\n我姓王"
    assert words_of_matter([], NAME, [NUMBER]) == ""
