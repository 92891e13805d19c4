"""Numbers said aloud are covered as written ones are, in whatever pieces; a house number, a day, a count stays."""

from __future__ import annotations

import pytest

from hotline.domain.known import Known
from hotline.domain.redaction import at_a_glance, for_everybody, for_unit

SAID = [
    ("我电话幺三八，零零零零，幺二三四", "我电话[电话已隐去]"),
    ("一三八 两个零 零零 幺二三四，路灯不亮", "[电话已隐去]，路灯不亮"),
    ("幺三八，三个六，六幺二，三四五", "[电话已隐去]"),
    ("幺三八\n零零零零\n嗯对\n幺二三四\n对", "[电话已隐去]\n对"),
    ("电话是幺三八零零，嗯，不对，幺三八零零零零幺二三四", "电话是[电话已隐去]"),
    ("幺三八，等一下，零零零零，然后后面是幺二三四。", "[电话已隐去]。"),
    ("我住三零一，幺三八零零零零幺二三四", "我住三零一，[电话已隐去]"),
    ("打八六七五三零九就行", "打[电话已隐去]就行"),
    ("身份证号 一四零一零五 一九九零零三零七 一二三X", "身份证号 [证件号已隐去]"),
    ("卡号六二二二 零二一零 零一一一 六二四五 七零二", "卡号[卡号已隐去]"),
]
NOT_A_PERSONS = [
    "一百二十号门口，两百二十八号对面",
    "三点五十到四点五十，二十二点三十",
    "二零二六年十月十二号，二零二五年也是",
    "二零二四，二零二五，二零二六都反映过",
    "经十路和纬二路，十一路、八十八路公交",
    "三零一，三零二，三零三都漏水",
    "一二三四五六七楼都停水",
    "第一，二，三，四，五，六，七栋",
    "零零一二三四五号路灯不亮",
    "路灯编号零零一二三四五",
    "上回的工单号二零二六一一二零零零零一",
    "打了四零零 八二零 八八二零没人接",
    "我一个人，两个小孩，三个老人，四五六天了，七八九次",
    "欠了一万三千五百二十块，两百一十七户",
]


@pytest.mark.parametrize(("text", "covered"), SAID)
def test_a_number_said_aloud_is_covered(text: str, covered: str) -> None:
    assert for_unit(text) == covered
    assert for_everybody(text) == at_a_glance(text)


@pytest.mark.parametrize("text", NOT_A_PERSONS)
def test_what_is_said_of_the_matter_stays(text: str) -> None:
    assert for_unit(text) == text


def test_a_plate_said_aloud_is_covered_to_its_end() -> None:
    assert at_a_glance("皖H幺二三四五六停着") == "[车牌已隐去]停着"
    assert at_a_glance("皖H幺二三四五一直停着，皖H零幺二三四五个晚上") == "[车牌已隐去]一直停着，[车牌已隐去]五个晚上"


def test_who_is_known_is_found_in_what_was_said_aloud() -> None:
    known = Known(["仉女士"], ["+8613800001234"], kept=["0320-0002101"])
    assert for_unit("俺姓仉，路灯不亮", known) == "俺[姓名已隐去]，路灯不亮"
    assert for_unit("幺三八那个，您记着啊零零零零后面的话幺二三四", known) == "[电话已隐去]"
    office = "请拨零三二零零零零二幺零幺"
    assert for_unit(office, known) == office
    assert for_unit(office) != office
