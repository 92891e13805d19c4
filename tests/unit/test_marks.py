"""Number plates, names of shops and firms, and what a question of policy is about, out of running words."""

from __future__ import annotations

import pytest

from hotline.domain.marks import LOOKED_THROUGH, marks_of, plates_of, shops_of, topics_of


@pytest.mark.parametrize(
    ("text", "plates"),
    [
        ("车牌晋E12345的面包车占道", ["晋E12345"]),
        ("晋e·12345、晋E-67A89各停一排", ["晋E12345", "晋E67A89"]),
        ("新能源车晋AD12345", ["晋AD12345"]),
        ("新能源货车晋A12345D超载", ["晋A12345D"]),
        ("挂车鲁B1234挂", ["鲁B1234挂"]),
        ("京 A 12345", ["京A12345"]),
        ("晋E1O34I", ["晋E10341"]),  # O and I are not used on plates
        ("晋E12345 晋E12345", ["晋E12345"]),
        ("A区B12345号楼", []),
        ("电话13812345678，订单EABCDEF", []),
        ("晋ABCDEF", []),  # without a digit it is no plate
        ("", []),
    ],
)
def test_plates(text: str, plates: list[str]) -> None:
    assert plates_of(text) == plates


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("楼下的老张头烧烤店半夜还在吵", ["老张头"]),
        ("投诉老地方美食城拖欠押金", ["老地方"]),
        ("老地方餐饮管理有限公司不退钱", ["老地方"]),
        ("一家名叫“一米阳光”的摄影店", ["一米阳光"]),
        ("云锦同德置业有限公司捆绑销售", ["云锦同德"]),
        ("金麦汇KTV通宵营业", ["金麦汇"]),
        # what only says what kind of shop it is
        ("楼下烧烤店油烟大", []),
        ("物业公司不管，自来水公司也不管", []),
        ("有家饭店占道", []),
        ("开了一家便利店", []),
        ("", []),
    ],
)
def test_shops(text: str, names: list[str]) -> None:
    assert shops_of(text) == names


def test_topics_in_the_first_words_only() -> None:
    assert topics_of("咨询人才购房补贴什么时候发") == ["人才", "购房", "补贴"]
    assert topics_of("路灯不亮" * 40 + "补贴") == []


def test_marks_as_keys() -> None:
    assert marks_of("晋E12345停在老张头烧烤店门口") == ["店:老张头", "车:晋E12345"]
    assert marks_of("人才购房补贴") == ["题:人才", "题:补贴", "题:购房"]


def test_one_word_of_policy_is_everybodys() -> None:
    assert marks_of("咨询社保") == []


def test_a_long_story_leaves_few_marks() -> None:
    story = "".join(f"晋E{n:05}停在好再来{chr(0x4E00 + n)}饭店。" for n in range(100))
    assert len(story) > LOOKED_THROUGH
    marks = marks_of(story)
    assert sum(mark.startswith("车:") for mark in marks) == 4 and sum(mark.startswith("店:") for mark in marks) <= 4
