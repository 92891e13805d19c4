"""Which words in a text mean danger: a thing and what is wrong with it, close together in one sentence.

A hit raises the urgency and says why; nothing here ever lowers it. The table is a default: a city passes its own.
What is plainly denied ("没有燃气泄漏，只是问问") is no danger; a question ("是不是漏电", "不是漏电吗") denies nothing.
"""

from __future__ import annotations

from collections.abc import Iterable

from hotline.domain.danger_words import BRIDGE_IN_NAME, PLAIN, SUICIDE, Danger
from hotline.domain.errors import say
from hotline.domain.mentions import find

__all__ = ["DANGERS", "NORMAL", "SUICIDE", "URGENT", "Danger", "danger_in", "urgency_of"]

NORMAL, URGENT = "normal", "urgent"

#: Everybody warns of fire; a warning is none, nor is 朝着火车站.
_NO_FIRE = (
    *(f"{fire}{it}" for fire in ("火灾", "爆炸") for it in ("隐患", "安全隐患", "的隐患", "风险", "的风险", "危险")),
    *(
        f"{if_}…{fire}"
        for if_ in (
            "如果",
            "如遇",
            "万一",
            "一旦",
            "假如",
            "倘若",
            "要是",
            "容易",
            "极易",
            "担心",
            "以防",
            "防止",
            "避免",
            "预防",
        )
        for fire in ("着火", "起火", "失火", "火灾", "爆炸")
    ),
    *("着火车", "挑起火", "大爆炸", "爆炸性", "爆炸式", "爆炸头", "信息爆炸"),
    *(f"{pop}…爆炸" for pop in ("爆米花", "鞭炮", "炮仗", "烟花", "烟火")),
)
#: A lamp post whose paint comes off, rubbish tipped out beside it, a wire that looks ugly.
_NO_LINE_DOWN = (
    *(f"{verb}掉" for verb in "拆换除坏关去扔撤锯砍清剪移擦抹"),
    *("掉漆", "掉皮", "掉色", "掉头", "脱落的漆", "掉的广告", "掉小广告"),
    *("角落", "坐落", "部落", "院落", "降落", "落后", "落实", "落户", "落叶", "村落", "段落", "落差", "落款", "落成"),
    *("断电", "断网", "断水", "不断", "中断", "判断", "断断续续", "诊断", "间断", "断头路", "断面", "断了电", "断供"),
    *("倒垃圾", "倒车", "倒是", "倒闭", "倒污水", "倒渣", "倒映", "倒油", "倒水", "倒饭", "倒班", "倒粪"),
    *("垂着…好看", "垂着…难看", "垂着…美观", "垂着…影响", "垂钓", "垂直", "垂头", "垂下来挡"),
    *("光缆箱", "牌子歪", "牌歪", "牌子掉"),
)
_IN_CHINESE = (
    Danger(
        say("燃气泄漏"),
        ("燃气", "天然气", "煤气", "液化气"),
        ("泄漏", "泄露", "漏", "味道", "味儿", "气味", "臭味", "刺鼻", "破裂", "挖断"),
        unless=("漏水", "漏洞", "遗漏", "漏收", "漏缴"),
    ),
    Danger(
        say("路面塌陷"),
        ("路面", "地面", "马路", "路上", "道路", "人行道", "路基", "路中间"),
        ("塌", "下陷", "陷下去", "陷了", "塌下去", "大坑", "大洞", "空洞", "沉陷"),
        unless=("一塌糊涂", "一大坑泥", "一大坑水", "一大坑污", "大坑泥水"),
    ),
    Danger(
        say("井盖缺失或损坏"),
        ("井盖", "窨井", "井口", "盖板", "阴井"),
        (
            "缺失",
            "没了",
            "没有了",
            "丢失",
            "不见",
            "没有盖",
            "没盖",
            "丢",
            "被偷",
            "移位",
            "翻",
            "塌",
            "敞开",
            "敞着",
            "掉下去",
            "掉进",
            "少了",
            "碎了",
            "破了",
            "破损",
        ),
    ),
    Danger(  # here the denial is the danger
        say("井盖缺失或损坏"),
        ("没有井盖", "没井盖", "无井盖", "缺井盖", "少井盖", "井没有盖", "井没盖", "井盖都没有", "井盖也没有"),
    ),
    Danger(
        say("电线掉落或漏电"),
        (
            "电线",
            "电缆",
            "根线",
            "线缆",
            "光缆",
            "线杆",
            "电杆",
            "高压线",
            "变压器",
            "配电箱",
            "电箱",
            "路灯杆",
            "灯杆",
        ),
        ("掉", "断", "垂", "落", "耷拉", "倒", "歪", "漏电", "裸露", "露出来", "冒火", "火花", "冒烟", "带电", "敞开"),
        unless=_NO_LINE_DOWN,
    ),
    Danger(say("漏电"), ("漏电", "触电", "电死", "被电到"), unless=("漏电保护", "漏电开关")),
    Danger(
        say("高空坠物或倒塌"),
        (
            "广告牌",
            "招牌",
            "外墙",
            "墙皮",
            "瓷砖",
            "围墙",
            "围挡",
            "脚手架",
            "玻璃",
            "树枝",
            "大树",
            "树",
            "塔吊",
            "房子",
            "房屋",
            "护栏",
        ),
        (
            "要掉",
            "掉下来",
            "掉了下来",
            "快掉",
            "脱落",
            "倒了",
            "要倒",
            "快倒",
            "倒塌",
            "坠落",
            "砸",
            "摇摇欲坠",
            "刮倒",
            "倒下",
        ),
        unless=("掉头", "砸墙", "打砸", "路边的护栏倒", "路边护栏倒", "隔离护栏倒", "绿化护栏倒", "护栏倒了一"),
    ),
    Danger(
        say("火情"),
        ("着火", "起火", "失火", "火灾", "冒浓烟", "爆炸", "爆燃"),
        unless=_NO_FIRE,
    ),
    Danger(
        say("水管爆裂"),
        ("水管", "自来水管", "供水管", "暖气管", "管道", "主管"),
        ("爆裂", "爆了", "爆管", "喷水", "喷出"),
    ),
    Danger(
        say("有人受伤或被困"),
        ("有人", "老人", "孩子", "小孩", "行人", "人都", "把人", "电梯"),
        ("受伤", "摔伤", "摔断", "骨折", "掉进", "掉下去", "被困", "困在", "晕倒", "砸到", "流血", "昏迷", "溺水"),
    ),
    Danger(
        say("有人受伤或被困"),
        ("电梯",),
        ("困住", "困里", "关在里", "关里", "卡在里", "里出不来", "里面出不来", "困人", "关人了"),
    ),
    Danger(say("有人受伤或被困"), ("人困住", "人困在", "人困里", "人被困", "人被关在", "人关在里", "人卡在里")),
    Danger(say("生命危险"), ("跳楼", "自杀", "轻生", "不想活", "割腕", "服毒", "寻短见", "喝农药"), risk=SUICIDE),
    Danger(say("生命危险"), ("要出人命", "会出人命", "煤气中毒", "一氧化碳")),
    Danger(
        say("危险物质泄漏"),
        ("危化品", "化学品", "硫酸", "氨气", "氯气", "有毒气体"),
        ("泄漏", "泄露", "漏", "洒", "味"),
    ),
    Danger(
        say("危险物质泄漏"),
        ("汽油", "柴油", "油罐"),
        ("泄漏", "泄露", "漏", "洒"),
        unless=("遗漏", "漏洞", "漏开", "洒水"),
    ),
    Danger(
        say("积水内涝围困"), ("积水", "内涝", "水深", "倒灌"), ("被困", "熄火", "淹到", "过膝", "没过", "进屋", "齐腰")
    ),
    Danger(
        say("积水内涝围困"),
        ("水",),
        (
            *("围上来", "围住", "围困", "困在", "困住", "被困", "出不来", "走不脱", "走不出", "出不去了"),
            *("在房顶上", "在屋顶上", "爬上房顶", "爬到房顶", "上了房顶"),
        ),
        20,
        unless=("停水", "没水", "断水", "水费", "水电", "水卡", "水表"),
    ),
    Danger(
        say("高空坠物或倒塌"),
        ("承重墙", "承重柱", "承重梁", "承重结构"),
        ("拆", "砸", "敲", "凿", "打掉", "打穿", "打了", "打通", "掏", "挖", "破坏", "开门洞", "开洞"),
    ),
    Danger(
        say("高空坠物或倒塌"),
        ("桥面", "桥墩", "桥梁", "桥板", "桥身", "大桥", "小桥", "天桥", "拱桥", "座桥", "过桥"),
        ("裂", "塌", "断了", "要断", "在晃", "就晃", "晃得", "晃动", "下沉", "沉了", "垮"),
        10,
        unless=(*BRIDGE_IN_NAME, "沟通的桥梁", "沟通桥梁", "桥梁都断", "桥梁作用"),
    ),
    Danger(
        say("高空坠物或倒塌"),
        ("楼顶", "屋顶", "广告牌", "广告架", "招牌", "灯箱", "铁皮", "雨棚", "空调外机", "外墙砖"),
        ("刮松", "吹松", "松了", "松动", "松脱", "咣当", "要掉", "掉下来", "快掉", "晃来晃去", "悬着", "耷拉"),
        unless=("掉下来…水", "轻松", "放松"),
    ),
    Danger(say("路面塌陷"), ("路塌", "路陷", "塌方", "地陷", "地塌", "路垮"), unless=("塌方式",)),
    Danger(
        say("火情"),
        ("配电", "变压器", "电表", "电箱", "电缆", "电线", "充电桩", "电瓶", "电动车", "插座", "线路"),
        ("冒烟", "冒黑烟", "冒白烟", "冒火", "焦糊", "烧焦", "糊味", "打火花", "滋滋冒"),
    ),
    Danger(
        say("有人受伤或被困"),
        ("狗", "犬"),
        ("咬了", "咬伤", "被咬", "咬到", "咬破", "咬出", "咬得", "咬住", "腿咬", "手咬", "扑倒"),
        unless=("怕…咬", "万一…咬", "会…咬", "别…咬", "差点…咬", "蚊…咬", "虫…咬"),
    ),
)
#: The same in the words of who writes English; a word is known by its beginning.
_IN_ENGLISH = (
    Danger(say("燃气泄漏"), ("gas",), ("leak", "smell", "odour", "odor", "pipe broke", "broken pipe"), 40),
    Danger(
        say("路面塌陷"),
        ("road", "pavement", "ground", "street", "footpath", "sidewalk"),
        ("collaps", "caved in", "sinkhole", "has sunk", "sinking", "deep hole", "huge hole"),
        40,
    ),
    Danger(
        say("井盖缺失或损坏"),
        ("manhole", "drain cover", "inspection cover"),
        ("missing", "no cover", "open", "uncovered", "gone", "stolen", "broken", "fell in", "fallen in"),
        40,
    ),
    Danger(say("井盖缺失或损坏"), ("no manhole", "without a manhole", "no drain cover", "without a drain cover")),
    Danger(
        say("电线掉落或漏电"),
        ("wire", "cable", "power line", "power pole", "lamp post", "transformer", "electric box"),
        ("fallen", "fell", "came down", "hanging", "snapped", "exposed", "bare", "spark", "smoking", "live", "leaning"),
        40,
    ),
    Danger(say("漏电"), ("electric shock", "electrocut")),
    Danger(
        say("高空坠物或倒塌"),
        (
            "billboard",
            "signboard",
            "shop sign",
            "wall",
            "scaffold",
            "tree",
            "branch",
            "window",
            "tiles",
            "crane",
            "roof",
            "house",
        ),
        ("falling", "about to fall", "going to fall", "fell", "fallen", "collaps", "came down", "coming loose"),
        40,
    ),
    Danger(say("火情"), ("on fire", "caught fire", "there is a fire", "explosion", "exploded", "thick smoke")),
    Danger(say("水管爆裂"), ("water main", "water pipe", "heating pipe", "pipe"), ("burst", "gushing", "spraying"), 40),
    Danger(
        say("有人受伤或被困"),
        ("somebody", "someone", "person", "people", "child", "old man", "old woman", "man", "woman"),
        ("injured", "is hurt", "are hurt", "was hurt", "trapped", "unconscious", "bleeding", "drowning", "in the lift"),
        40,
    ),
    Danger(say("生命危险"), ("suicide", "kill myself", "kill himself", "kill herself"), risk=SUICIDE),
    Danger(say("生命危险"), ("carbon monoxide",)),
    Danger(
        say("危险物质泄漏"),
        ("chemical", "acid", "ammonia", "chlorine", "petrol", "toxic"),
        ("leak", "spill", "smell"),
        40,
    ),
    Danger(
        say("积水内涝围困"),
        ("flood", "water"),
        ("trapped", "knee-deep", "waist-deep", "into the house", "into our"),
        40,
    ),
)
DANGERS = _IN_CHINESE + PLAIN + _IN_ENGLISH


def urgency_of(text: str, dangers: Iterable[Danger] = DANGERS) -> tuple[str, str]:
    """("urgent", why, with the words found) or ("normal", "")."""
    found = danger_in(text, dangers)
    return (URGENT, f"{found[0].reason}：“{found[1]}”") if found else (NORMAL, "")


def danger_in(text: str, dangers: Iterable[Danger] = DANGERS) -> tuple[Danger, str] | None:
    """The first danger of the table that the text tells of, and its words."""
    for danger in dangers:
        if (mention := find(text, danger)) is not None:
            return danger, mention.words
    return None
