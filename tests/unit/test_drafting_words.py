"""What the words of a call say by themselves: when, where, how urgent, who, and what kind of request."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from hotline.domain.dangers import Danger
from hotline.domain.drafting import place_of, urgency_of
from hotline.domain.habits import habit_of
from hotline.domain.kinds import request_type_of
from hotline.domain.matter import tidy
from hotline.domain.moments import moments_of
from hotline.domain.names import find_names
from hotline.domain.places import places_of
from tests.unit.a_call import CALLED, CITY


@pytest.mark.parametrize(
    ("said", "value"),
    [
        ("昨晚十点多", "2026-03-10T22:00+08:00"),
        ("昨天 下午2点", "2026-03-10T14:00+08:00"),
        ("昨天晚上十二点", "2026-03-11T00:00+08:00"),
        ("昨晚一点", "2026-03-11T01:00+08:00"),
        ("今天早上七点二十分", "2026-03-11T07:20+08:00"),
        ("上周五下午三点一刻", "2026-03-06T15:15+08:00"),
        ("大前天夜里11点", "2026-03-08T23:00+08:00"),
        ("上个礼拜三", "2026-03-04"),
        ("周一", "2026-03-09"),
        ("周四", "2026-03-05"),
        ("星期天", "2026-03-08"),
        ("前天", "2026-03-09"),
        ("3月5号晚上8点半", "2026-03-05T20:30+08:00"),
        ("二月二十八号", "2026-02-28"),
        ("十二月三号", "2025-12-03"),
        ("上个月20号", "2026-02-20"),
        ("去年十月", "2025-10"),
        ("从去年开始", "2025"),
        ("三天前", "2026-03-08"),
        ("半个月了", "2026-02-24"),
        ("两个月前", "2026-01-11"),
        ("两个半小时前", "2026-03-11T07:00+08:00"),
        ("2026年3月5日14:20", "2026-03-05T14:20+08:00"),
        ("昨儿夜里", "2026-03-10"),
        ("今早", "2026-03-11"),
        ("上周末", "2026-03-07"),
        ("上礼拜五下午三四点", "2026-03-06T15:00+08:00"),
        ("刚爆的", "2026-03-11"),
        ("国庆那会儿", "2025-10-01"),
        ("过年的时候", "2026-02-17"),
        ("去年中秋", "2025-10-06"),
        ("从上个月底开始", "2026-02"),
        ("五月份开的", "2025-05"),
        ("二零二五年十一月", "2025-11"),
        ("23年就这样", "2023"),
        ("堆了俩礼拜了", "2026-02-25"),
        ("已经停了三天", "2026-03-08"),
        ("三四天了", "2026-03-08"),
        ("十来天了", "2026-03-01"),
        # no day where none was told
        ("今天第四天", "2026-03-08"),
        ("两三年了", "2024"),
        ("一年多了", "2025"),
        ("快一年了", "2025"),
        ("三个来月了", "2025-12"),
        ("大半年了", "2025-09"),
        # words that say when, and not which day
        ("这几天", None),
        ("一入夏就臭", None),
    ],
)
def test_moments_relative_to_the_call(said: str, value: str | None) -> None:
    assert [moment.value for moment in moments_of(said, CALLED, CITY)] == [value]


@pytest.mark.parametrize(
    "said",
    [
        "今天下午三点",
        "三天内回复",
        "五年级",
        "五一路",
        "国庆路",
        "两天一次",
        "初一",
        "明天来修",
        "前面路口",
        "三号楼",
        "五个工作日",
        "二月三十号",
        "每天晚上十点",
        "以前",
    ],
)
def test_what_is_no_moment_of_the_past(said: str) -> None:
    assert moments_of(said, CALLED, CITY) == []


def test_last_month_at_its_longest_day_is_a_day_that_exists() -> None:
    called = datetime(2026, 3, 31, 9, tzinfo=CITY)
    assert moments_of("一个月前", called, CITY)[0].value == "2026-02-28"


def test_moments_are_counted_in_city_time() -> None:
    called = datetime(2026, 3, 10, 17, 0, tzinfo=UTC)  # 01:00 on the 11th in the city
    assert moments_of("昨天", called, CITY)[0].value == "2026-03-10"


def test_habits() -> None:
    assert habit_of("他们每天晚上十点以后施工") == ("每天晚上十点以后", 2)
    assert habit_of("一下雨就淹") == ("一下雨", 0)
    assert habit_of("昨天坏的") is None
    assert habit_of("每天晚上十一点到凌晨五点 有半个月了") == ("每天晚上十一点到凌晨五点", 0)
    assert habit_of("这个月第三次了") == ("这个月第三次", 0)
    assert habit_of("一直没人管") is None


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("我在建设路上看到路灯不亮", "建设路"),
        ("投诉建设路和平安街路口的烧烤摊", "建设路和平安街路口"),
        ("和平路12号门口", "和平路12号门口"),
        ("建设路和和平路交叉口井盖没了", "建设路和和平路交叉口"),
        ("我住在阳光小区3号楼2单元501", "阳光小区3号楼2单元501"),
        ("人民医院对面的马路", "人民医院对面"),
        ("中山路小学旁边的工地", "中山路小学旁边"),
        ("不是建国路，是建设路", "建设路"),
        ("是建设路不是建国路", "建设路"),
        ("建国路18号，不对，建设路", "建设路"),
        ("城东区解放大道128号", "城东区解放大道128号"),
        ("华润城市花园南门", "华润城市花园南门"),
        ("鼓楼大街路灯坏了", "鼓楼大街"),
        ("107国道", "107国道"),
        ("A市A3区韶山路与学士路交叉口", "A市A3区韶山路与学士路交叉口"),
        ("新城区建设街道和平社区", "新城区建设街道和平社区"),
    ],
)
def test_places(text: str, place: str) -> None:
    found = place_of(text)
    assert found is not None
    assert found.value == place
    assert text[found.start : found.end].strip() == place


@pytest.mark.parametrize(
    "text",
    [
        "",
        "下水道堵了",
        "他们说那条路堵了",
        "我们小区门口很吵",
        "城管局不管",
        "知道了",
        "马路上有味道",
        "晚上施工噪音太大",
        "在市里",
        "不是建国路",
    ],
)
def test_no_place_is_made_up(text: str) -> None:
    assert place_of(text) is None


def test_a_longer_address_is_surer_than_a_bare_road() -> None:
    bare, full = places_of("建设路。建设路18号")
    assert bare.confidence < full.confidence


@pytest.mark.parametrize(
    "text",
    [
        "楼道里燃气味道很大",
        "建设路路面塌陷了一个大洞",
        "门口井盖没了",
        "电线掉下来了",
        "高压线断了垂在地上",
        "广告牌快掉了",
        "着火了",
        "有人被困在电梯里",
        "他说要跳楼",
        "路灯杆漏电",
        "大树倒了砸到车",
        "有四五个人困在里边，水灌进来了",
        "隔壁拿承重墙敲掉了",
        "桥面裂了一道大缝",
        "我孙子叫大黄狗把腿咬了",
        "楼顶上那个大牌子让风刮松了",
        "配电房在冒黑烟",
    ],
)
def test_danger_is_urgent_and_says_why(text: str) -> None:
    urgency, reason = urgency_of(text)
    assert urgency == "urgent"
    assert "：" in reason


@pytest.mark.parametrize(
    "text",
    [
        "",
        "路灯不亮",
        "烧烤摊油烟大",
        "没有漏电",
        "燃气费怎么交",
        "井盖有点响",
        "电缆入地什么时候施工",
        "墙上贴小广告",
        "狗不拴绳，怕咬到孩子",
        "天桥上有人摆摊",
    ],
)
def test_what_is_only_annoying_is_not(text: str) -> None:
    assert urgency_of(text) == ("normal", "")


@pytest.mark.parametrize(
    "text",
    [
        "没有燃气泄漏，只是问问燃气收费",
        "没有燃气泄漏，就是问问燃气收费",
        "无燃气泄漏，请问燃气怎么开户",
        "不是燃气泄漏，燃气公司说要换表",
        "未发现燃气泄漏，燃气表走得快",
        "燃气没有泄漏，只是问燃气价格",
        "没有发生路面塌陷，只是路面很脏",
        "这次没有人受伤",
    ],
)
def test_what_is_plainly_denied_is_no_danger(text: str) -> None:
    assert urgency_of(text) == ("normal", "")


@pytest.mark.parametrize(
    "text",
    [
        "井盖没有了",
        "没有井盖",
        "路上没有井盖，很危险",
        "井没盖",
        "是不是燃气泄漏了",
        "这不是燃气泄漏吗",
        "楼道有没有漏电",
        "不是漏电就是短路",
        "没有人管燃气泄漏",
        "没有别的事，燃气泄漏了",
        "燃气泄漏没有人来",
        "没有燃气泄漏？我闻到燃气味道",
        "物业没有发现有人被困电梯",
        "没有井盖丢失",  # in doubt it is one
    ],
)
def test_when_in_doubt_it_is_a_danger(text: str) -> None:
    assert urgency_of(text)[0] == "urgent"


def test_a_city_brings_its_own_dangers() -> None:
    dangers = (Danger("冰凌", ("冰凌", "冰溜子")),)
    assert urgency_of("屋檐的冰溜子很长", dangers) == ("urgent", "冰凌：“冰溜子”")
    assert urgency_of("着火了", dangers) == ("normal", "")


@pytest.mark.parametrize(
    ("said", "names"),
    [
        ("我姓王", ["王"]), ("免贵姓李", ["李"]), ("我叫张伟。", ["张伟"]), ("我是陈女士", ["陈女士"]),
        ("我姓欧阳", ["欧阳"]),
        ("我叫物业来修", []), ("我姓什么不重要", []), ("我叫他们来", []), ("我是业主", []), ("我叫王师傅来的", []),
    ],
)  # fmt: skip
def test_names(said: str, names: list[str]) -> None:
    assert [name.value for name in find_names(said)] == names


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ("我要投诉楼下饭店", "投诉"), ("我想咨询一下怎么办居住证", "咨询"), ("我举报有人偷倒渣土", "举报"),
        ("建议在路口加个红绿灯", "建议"), ("下水道堵了，能不能派人来疏通", "求助"),
    ],
)  # fmt: skip
def test_kinds_of_request(said: str, kind: str) -> None:
    found = request_type_of(said)
    assert found is not None and found[0] == kind


def test_nothing_points_to_a_kind() -> None:
    assert request_type_of("喂，听得到吗") is None


@pytest.mark.parametrize(
    ("said", "plain"),
    [
        ("嗯，那个，我我我家门口", "我家门口"),
        ("天天这样", "天天这样"),
        ("路灯，路灯坏了", "路灯坏了"),
        ("幺三三三八", "幺三三三八"),
        ("谢谢谢谢", "谢谢谢谢"),
    ],
)
def test_fillers_and_stammering_go_words_stay(said: str, plain: str) -> None:
    assert tidy(said) == plain
