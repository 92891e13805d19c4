"""A call-back number, however it is told: in pieces, put right, read back, by somebody who misheard it."""

from __future__ import annotations

import pytest

from hotline.domain.dictating import dictated
from hotline.domain.spoken import digit_groups, find_phones_misheard
from hotline.domain.transcript import read_dialogue

ASKED = "坐席：您的电话是多少\n"
NUMBERS: list[tuple[str, str | None]] = [
    # told in one go
    (ASKED + "市民：幺三八 零零幺三 八零零零", "13800138000"),
    (ASKED + "市民：我的号是一三八，两个零，幺三，八，三个零", "13800138000"),
    (ASKED + "市民：幺三零，三三四，四五五六六", "13033445566"),
    # in pieces, said back piece by piece
    (
        ASKED + "市民：我给你报一下啊，一八六\n坐席：一八六\n市民：五五\n"
        "坐席：五五\n市民：二一\n坐席：嗯\n市民：七七八九",
        "18655217789",
    ),
    (ASKED + "市民：一三五，六六七八\n坐席：嗯，135 6678\n市民：九零幺二", "13566789012"),
    (ASKED + "市民：前面是138，中间是3456，后面是7890", "13834567890"),
    (ASKED + "市民：壹三八叁四伍六七八九零", "13834567890"),
    (ASKED + "市民：1，3，8，0，3，5，1，2，2，2，1", "13803512221"),
    # put right by the caller himself
    (ASKED + "市民：幺三八零零，不对，是幺三九零零幺二三四五六", "13900123456"),
    (ASKED + "市民：一三九，三个零，四个六，二，不对，是一三九，零零零，六六六六二，没错十一位。", "13900066662"),
    (ASKED + "市民：幺三五六六七八九零幺二，不对不对，九零二幺", "13566789021"),
    (
        ASKED + "市民：幺三八\n坐席：嗯\n市民：零零幺三\n坐席：零零一三\n"
        "市民：不对，零零幺四\n坐席：嗯\n市民：八零零零",
        "13800148000",
    ),
    (ASKED + "市民：幺三八零零幺三八零零\n坐席：好像少一位，您再说一遍\n市民：幺三八 零零幺三 八零零幺", "13800138001"),
    # read back
    (ASKED + "市民：一三八零零一三八零零零\n坐席：13800138001对吗\n市民：不对，最后一位是零", "13800138000"),
    (
        ASKED + "市民：一三八零零一三八零九八\n坐席：好的13800138098\n市民：不是，最后两位是八九，不是九八",
        "13800138089",
    ),
    (
        ASKED + "市民：15912345678\n坐席：159 1234 5687，对吗\n市民：不对，后面是78\n坐席：5678是吧\n市民：对",
        "15912345678",
    ),
    (ASKED + "市民：一五零，三五五，五八八六六\n坐席：150 3555 8866\n市民：错了，是150 3555 8666", "15035558666"),
    ("坐席：您的来电号码是13700000001对吗\n市民：对的", "13700000001"),
    # not a mobile
    (ASKED + "市民：零五七一，八八八六一二三四，转八零六", "057188861234转806"),
    (ASKED + "市民：座机，八八八六一二三四", "88861234"),
    (ASKED + "市民：座机行吗，2188 345\n坐席：0355-2188345？\n市民：对", "03552188345"),
    (ASKED + "市民：四零零八一二三四五六", "4008123456"),
    # whose it is
    (ASKED + "市民：13800138000，打不通就打我老伴的13900139000", "13800138000"),
    (
        "市民：他们老板电话是13800138000\n坐席：好的，那您的电话\n市民：我的是幺三九，嗯，零零幺三，九零零零",
        "13900139000",
    ),
    ("坐席：您这个号码能联系到您吗\n市民：这个是我老板的，你打我的，幺三三，八八九九，七六五四", "13388997654"),
    ("市民：楼道里全是小广告，上面写着一三八零零一三八零零零", None),
    ("市民：罚单编号一三八零零一三八零零零", None),
    ("市民：我反映小广告，我电话是一三八零零一三八零零零", "13800138000"),
    (
        "市民：小广告上的电话是一三八零零一三八零零零\n坐席：小广告上的电话是13800138000对吗\n市民：对\n"
        "坐席：您的电话呢\n市民：一三九一二三四五六七八",
        "13912345678",
    ),
    ("坐席：广告上的电话是多少\n市民：一三八零零一三八零零零", None),
    ("坐席：您还有其他联系方式吗\n市民：一三八零零一三八零零零", "13800138000"),
    # not asked for, and an area code by itself
    ("市民：我电话一八六五三一，然后是七七八八九\n坐席：18653177889\n市民：对", "18653177889"),
    (ASKED + "市民：零三五五\n坐席：嗯\n市民：二零二一二三四", "03552021234"),
    # the recogniser heard other words
    (ASKED + "市民：要三八零零一三吧零零零", "13800138000"),
    # no number at all
    (ASKED + "市民：就打这个", None),
    (ASKED + "市民：一百三十八，零零一三，八千", None),
    (ASKED + "市民：一三八三个五六七八九幺二", None),
    ("坐席：工单号\n市民：20260301000123\n坐席：好的", None),
    ("市民：店里的投诉电话4008123456没人接", None),
    ("坐席：您的来电号码尾号是5678的这个可以联系到您吗\n市民：可以", None),
]


@pytest.mark.parametrize(("call", "number"), NUMBERS)
def test_the_number_that_a_call_ends_up_with(call: str, number: str | None) -> None:
    part = dictated(read_dialogue(call))
    assert (part.value if part else None) == number


def test_the_line_is_where_the_number_begins() -> None:
    part = dictated(read_dialogue(ASKED + "市民：幺三九\n坐席：嗯\n市民：零零幺二\n坐席：嗯\n市民：三四五六"))
    assert part is not None
    assert (part.value, part.line, part.said) == ("13900123456", 2, "139 0012 3456")


def test_a_number_that_is_only_read_back_is_less_sure() -> None:
    unanswered = dictated(read_dialogue("坐席：您的号码是13700000001吗\n坐席：喂？"))
    agreed = dictated(read_dialogue("坐席：您的号码是13700000001吗\n市民：对"))
    assert unanswered and agreed and unanswered.confidence < agreed.confidence


def test_digits_keep_the_groups_in_which_they_were_said() -> None:
    assert [each.value for each in digit_groups("幺三八，零零幺三，两个八")] == ["138", "0013", "88"]
    assert digit_groups("等一下，我看一看") == []


@pytest.mark.parametrize("text", ["我要去五一路口看看", "要是三八妇女节就好了", "吧吧吧吧吧吧吧吧吧吧吧", "一" * 40])
def test_words_that_sound_like_digits_make_no_number(text: str) -> None:
    assert find_phones_misheard(text) == []
