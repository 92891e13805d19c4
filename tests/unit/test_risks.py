"""风险: each rule of the project's file has what it is for and what it is not for; a city brings its own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from config.risks import DEFAULT, RisksError, load_risks
from hotline.domain.mentions import words_in
from hotline.domain.risks import UNSAID, Level, Risk, Rule, counted, find, merged, read, shown, why_urgent
from tests.unit.danger_sentences import GRAVE, sentences
from tests.unit.ordinary_sentences import ORDINARY

RULES = load_risks()
ATTENTION, URGENT = Level.ATTENTION, Level.URGENT

#: What is said, and what the desk is told of it.
TOLD = [
    ("房子漏水没人管，我要从楼顶跳楼", {"轻生": URGENT}),
    ("再不给钱我就死给你们看", {"轻生": URGENT}),
    ("他说要去跳河自尽", {"轻生": URGENT}),
    ("家里连水都没有，实在活不下去了", {"轻生": ATTENTION}),
    ("工头扬言要报复举报的人", {"威胁": URGENT}),
    ("摊主威胁说再打电话就砍我们", {"威胁": URGENT}),
    ("再不拆我就炸了它", {"威胁": URGENT}),
    ("大不了同归于尽", {"威胁": URGENT}),
    ("楼下有人拿刀追人", {"威胁": URGENT}),
    ("I will burn this place down", {"威胁": URGENT}),
    ("怕被报复，请替我保密", {"打击报复": ATTENTION}),
    ("举报之后物业就威胁我", {"打击报复": ATTENTION}),
    ("我们几十户业主联名要求更换物业", {"群体": ATTENTION}),
    ("明天去政府拉横幅", {"群体": ATTENTION}),
    ("不解决就集体上访", {"群体": ATTENTION}),
    ("村民准备堵路", {"群体": ATTENTION}),
    ("工人们停工讨薪", {"群体": ATTENTION}),
    ("业主集体去售楼部", {"群体": ATTENTION}),
    ("工地拖欠农民工工资三个月", {"讨薪": ATTENTION}),
    ("血汗钱一直要不到", {"讨薪": ATTENTION}),
    ("孩子在滑梯上摔伤了", {"有人受伤或被困": URGENT, "未成年人": URGENT}),
    ("幼儿园老师体罚小朋友", {"未成年人": URGENT}),
    ("小学生被狗咬了", {"有人受伤或被困": URGENT, "未成年人": URGENT}),
    ("三岁女童走失", {"未成年人": URGENT}),
    ("A child was bitten by a stray dog", {"未成年人": URGENT}),
    ("幼儿园教室甲醛味很重", {"未成年人": ATTENTION}),
    ("每天有黑校车接送学生", {"未成年人": ATTENTION}),
    ("隔壁天天家暴", {"家庭暴力": URGENT}),
    ("我老公喝了酒就打我", {"家庭暴力": URGENT}),
    ("My husband beat me again", {"家庭暴力": URGENT}),
    ("再不管我就找记者", {"媒体关注": ATTENTION}),
    ("不处理就在网上曝光你们", {"媒体关注": ATTENTION}),
    ("已经上热搜了", {"媒体关注": ATTENTION}),
    ("我要发抖音", {"媒体关注": ATTENTION}),
    ("视频已经在抖音上传遍了", {"媒体关注": ATTENTION}),
    ("他提着菜刀追着我骂", {"威胁": URGENT}),
    ("他说要打断我的腿", {"威胁": URGENT}),
    ("班主任揪耳朵", {"未成年人": URGENT}),
    ("有人在公园猥亵路人", {"性侵害": URGENT}),
    ("停水四天，家里有人卧床", {"困难人员": URGENT}),
    ("我已经联系了电视台", {"媒体关注": ATTENTION}),
    ("闻到燃气味道", {"燃气泄漏": URGENT}),
    ("电梯里有人困住了", {"有人受伤或被困": URGENT}),
    ("电梯停在半中间，人困里面了", {"有人受伤或被困": URGENT}),
    ("人被关在电梯里出不来", {"有人受伤或被困": URGENT}),
    (
        "路灯杆漏电，孩子被电到，触电受伤了",
        {"电线掉落或漏电": URGENT, "漏电": URGENT, "有人受伤或被困": URGENT, "未成年人": URGENT},
    ),
]
#: What sounds alike and is nothing of the kind; first what is plainly denied.
UNTOLD = [
    "菜刀摊占了人行道",
    "学校铃声打断我们休息",
    "老师收费补课",
    "街上贴着防性骚扰宣传画",
    "停水一天了什么时候来水",
    "电视台附近的路灯坏了",
    "电梯老是坏，老人出不来门",
    "电梯坏了只好关在家里",
    "没有人受伤，就是路灯不亮",
    "不是要自杀，只是心情不好",
    "他没有扬言报复",
    "我们没有联名，只是我一个人",
    "没有拖欠工资",
    "孩子没有受伤",
    "没有家暴，是吵架",
    "我不会曝光你们",
    "小树死了两棵，花草活不下去",
    "城管今天来砍树",
    "物业说要杀虫，没通知我们",
    "再不修剪，树就要砍伐了",
    "门口油炸摊油烟大",
    "楼下炸串摊占道",
    "共享单车威胁行人通行",
    "大卡车乱停堵路",
    "私家车堵了小区大门",
    "居民楼下堵塞",
    "几百人跳广场舞，聚众打牌吵得睡不着",
    "想春游行程单",
    "超市卖的联名款水杯",
    "申请愿意自费安装",
    "工资卡在哪里办",
    "农民工宿舍门口垃圾没人清",
    "学校门口路灯不亮",
    "孩子上学的路上有积水",
    "小区幼儿园门口违停",
    "学生公寓楼下夜市噪声",
    "反家暴宣传栏坏了",
    "我老公打我电话说路灯坏了",
    "网上发票开不出来",
    "曝光台公布的单位还没整改",
    "记者站门口井盖松动",
    "抖音直播的人半夜很吵",
    "网络不好，发展中心也不管",
    "请问朝着火车站的路什么时候修",
    "楼道堆物有火灾隐患",
    "如果着火消防车进不来",
    "通道堵死，一旦哪家发生火灾怎么疏散",
    "道路中间装护栏，车辆需要掉头",
    "天天收到威胁短信轰炸",
    "路面卫生一塌糊涂",
    "热水器有漏电保护",
    "燃气公司漏收了我的费用",
]


@pytest.mark.parametrize(("text", "expected"), TOLD, ids=[text for text, _ in TOLD])
def test_what_the_desk_is_told(text: str, expected: dict[str, Level]) -> None:
    assert {risk.name: risk.level for risk in find(text, RULES)} == expected


@pytest.mark.parametrize("text", UNTOLD)
def test_what_it_is_not_told(text: str) -> None:
    assert find(text, RULES) == []


WORDED = [rule for rule in RULES if rule.things]


@pytest.mark.parametrize("rule", WORDED, ids=[f"{rule.name} {rule.things[0]}" for rule in WORDED])
def test_every_rule_is_met_and_nearly_met(rule: Rule) -> None:
    """By texts above: one that it holds for, and one that begins like a thing of it and is another thing."""
    assert any(words_in(text, rule) for text, _ in TOLD)
    assert any(any(thing[:2] in text for thing in rule.things) for text in UNTOLD)


@pytest.mark.parametrize("text", sentences(GRAVE))
def test_what_is_grave_is_urgent(text: str) -> None:
    assert any(risk.level is URGENT for risk in find(text, RULES))


@pytest.mark.parametrize("text", sentences(ORDINARY))
def test_what_is_for_the_day_is_not_urgent(text: str) -> None:
    assert not [risk for risk in find(text, RULES) if risk.level is URGENT]


def test_the_sentence_and_its_line_are_told() -> None:
    (risk,) = find("您好。\n路灯不亮；再不修，我就找记者！谢谢。", RULES)
    assert (risk.words, risk.said, risk.line) == ("记者", "再不修，我就找记者", 1)


def test_a_name_told_twice_is_one_risk_the_graver() -> None:
    (risk,) = find("实在活不下去了。不行就死给你们看。", RULES)
    assert (risk.level, risk.words) == (URGENT, "死给你")


def test_suicide_has_its_own_name_at_the_desk_and_a_milder_one_in_the_reason() -> None:
    found = find("有人要跳楼", RULES)
    assert [(risk.name, risk.sensitive) for risk in found] == [("轻生", True)]
    assert why_urgent(found) == "生命危险：“跳楼”"


@pytest.mark.parametrize(
    ("times", "callers", "expected"),
    [(2, 4, []), (3, 1, [("多次反映", "第3次反映")]), (1, 5, [("多人反映", "5人反映")]), (4, 9, ["both"])],
)
def test_what_is_counted(times: int, callers: int, expected: list[object]) -> None:
    found = [(risk.name, risk.words) for risk in counted(RULES, times=times, callers=callers)]
    assert found == expected or (expected == ["both"] and len(found) == 2)


def test_what_a_ticket_carries_only_grows() -> None:
    first = Risk("威胁", ATTENTION, "威胁我", "他威胁我", 0)
    kept, new = merged([], [first])
    assert (kept, new) == ([{"name": "威胁", "level": "attention", "words": "威胁我"}], [first])
    graver = Risk("威胁", URGENT, "砍死", "他要砍死我", 0)
    kept, new = merged(kept, [first, graver])
    assert ([each["level"] for each in kept], new) == (["urgent"], [graver])
    assert merged(kept, [first]) == (kept, [])
    assert [risk.why for risk in read(kept)] == ["威胁：“砍死”"]


def test_a_count_is_the_largest_one_and_leaves_words_alone() -> None:
    kept: list[dict[str, Any]] = []
    for times in (3, 4, 3):
        kept, _ = merged(kept, counted(RULES, times=times))
    assert [(each["words"], each["count"]) for each in kept] == [("第4次反映", 4)]
    by_words = [{"name": "多次反映", "level": "attention", "words": "说了好多遍"}]
    assert merged(by_words, counted(RULES, times=9)) == (by_words, [])
    assert merged(kept, read(by_words)) == (kept, [])


def test_who_need_not_know_learns_no_sensitive_name() -> None:
    kept, _ = merged([], find("孩子被打，我要跳楼，还要找记者", RULES))
    assert [each["name"] for each in shown(kept, all_of_it=True)] == ["轻生", "未成年人", "媒体关注"]
    assert shown(kept, all_of_it=False) == [
        {"name": UNSAID, "level": "urgent", "words": ""},
        {"name": "媒体关注", "level": "attention", "words": "记者"},
    ]


def test_a_city_replaces_adds_and_leaves_out_by_name(tmp_path: Path) -> None:
    own = tmp_path / "risks.toml"
    own.write_text(
        'omit = ["讨薪"]\n[[risk]]\nname = "媒体关注"\nlevel = "urgent"\nthings = ["电视问政"]\n'
        '[[risk]]\nname = "两会"\nlevel = "attention"\nthings = ["代表"]\ntroubles = ["提案"]\nreach = 5\n',
        encoding="utf-8",
    )
    rules = load_risks(own)
    assert {risk.name: risk.level for risk in find("记者来了，要上电视问政", rules)} == {"媒体关注": URGENT}
    assert find("拖欠工资", rules) == []
    assert [risk.name for risk in find("代表有提案，工头扬言报复", rules)] == ["威胁", "两会"]


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("risks = []", "不认识“risks”"),
        ('omit = ["没有的"]', "“没有的”不是自带的规则名称"),
        ('omit = "讨薪"', "omit 应为一组规则名称"),
        ("[risk]", r"若干个 \[\[risk\]\]"),
        ('[[risk]]\nlevel = "urgent"\nthings = ["甲乙"]', "第1条：请写明 name"),
        ('[[risk]]\nname = "a"\nlevel = "high"\nthings = ["甲乙"]', "level 应为 urgent"),
        ('[[risk]]\nname = "a"\nlevel = "urgent"', "things、times、callers 三项"),
        ('[[risk]]\nname = "a"\nlevel = "urgent"\nthings = ["甲乙"]\ntimes = 3', "三项应写且只写一项"),
        ('[[risk]]\nname = "a"\nlevel = "urgent"\nthings = ["甲"]', "每个词至少两个字"),
        ('[[risk]]\nname = "a"\nlevel = "urgent"\nthings = []', "things 应为一组词"),
        ('[[risk]]\nname = "a"\nlevel = "urgent"\nthings = ["甲乙"]\nreach = 5', "reach 应为 1 到 60"),
        ('[[risk]]\nname = "a"\nlevel = "urgent"\nthings = ["甲"]\ntroubles = ["乙"]\nreach = 0', "reach 应为"),
        ('[[risk]]\nname = "a"\nlevel = "attention"\ntimes = 1', "times 应为 2 以上"),
        ('[[risk]]\nname = "a"\nlevel = "attention"\ncallers = true', "callers 应为 2 以上"),
        ('[[risk]]\nname = "a"\nlevel = "attention"\ntimes = 3\nunless = ["甲"]', "unless 只能与 things"),
        ('[[risk]]\nname = "a"\nlevel = "attention"\ntimes = 3\nsensitive = true', "sensitive 只能与 things"),
        ('[[risk]]\nname = "a"\nlevel = "urgent"\ntimes = 3', "times、callers 只提示关注，level 应为 attention"),
        ('[[risk]]\nname = "a"\nlevel = "urgent"\ncallers = 5', "times、callers 只提示关注，level 应为 attention"),
        ('[[risk]]\nname = "a"\nlevel = "urgent"\nthings = ["甲乙"]\nsensitive = 1', "sensitive 应为"),
        ('[[risk]]\nname = "a"\nlevel = "urgent"\nthings = ["甲乙"]\nlimit = 1', "不认识“limit”"),
        ("[[risk]", "不是有效的 TOML"),
    ],
)
def test_a_fault_in_the_file_is_told(tmp_path: Path, written: str, told: str) -> None:
    own = tmp_path / "risks.toml"
    own.write_text(written, encoding="utf-8")
    with pytest.raises(RisksError, match=f"risks.toml：.*{told}"):
        load_risks(own)


def test_every_fault_is_told_at_once(tmp_path: Path) -> None:
    own = tmp_path / "risks.toml"
    own.write_text('[[risk]]\nlevel = "x"\n[[risk]]\nname = "b"\nlevel = "urgent"\n', encoding="utf-8")
    with pytest.raises(RisksError) as caught:
        load_risks(own)
    assert len(caught.value.reasons) == 4


def test_the_projects_own_file_says_who_it_is_for() -> None:
    assert "HOTLINE_POLICY" in DEFAULT.read_text(encoding="utf-8")
