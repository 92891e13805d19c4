"""Which words in a text mean danger: a thing and what is wrong with it, close together in one sentence.

A hit raises the urgency and says why; nothing here ever lowers it. The table is a default: a city passes its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

NORMAL, URGENT = "normal", "urgent"


@dataclass(frozen=True, slots=True)
class Danger:
    """`reason` holds when one of `things` and one of `troubles` stand within `reach` characters of one sentence;
    with no troubles a thing alone is enough."""

    reason: str
    things: tuple[str, ...]
    troubles: tuple[str, ...] = ()
    reach: int = 14


DANGERS = (
    Danger(
        "燃气泄漏",
        ("燃气", "天然气", "煤气", "液化气"),
        ("泄漏", "泄露", "漏", "味道", "味儿", "气味", "臭味", "刺鼻", "破裂", "挖断"),
    ),
    Danger(
        "路面塌陷",
        ("路面", "地面", "马路", "路上", "道路", "人行道", "路基", "路中间"),
        ("塌", "下陷", "陷下去", "陷了", "塌下去", "大坑", "大洞", "空洞", "沉陷"),
    ),
    Danger(
        "井盖缺失或损坏",
        ("井盖", "窨井", "井口", "盖板", "阴井"),
        (
            "缺失",
            "没了",
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
    Danger(
        "电线掉落或漏电",
        ("电线", "电缆", "线杆", "电杆", "高压线", "变压器", "配电箱", "电箱", "路灯杆", "灯杆"),
        ("掉", "断", "垂", "落", "倒", "歪", "漏电", "裸露", "露出来", "冒火", "火花", "冒烟", "带电", "敞开"),
    ),
    Danger("漏电", ("漏电", "触电", "电死", "被电到")),
    Danger(
        "高空坠物或倒塌",
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
    ),
    Danger("火情", ("着火", "起火", "失火", "火灾", "冒浓烟", "爆炸", "爆燃")),
    Danger(
        "水管爆裂", ("水管", "自来水管", "供水管", "暖气管", "管道", "主管"), ("爆裂", "爆了", "爆管", "喷水", "喷出")
    ),
    Danger(
        "有人受伤或被困",
        ("有人", "老人", "孩子", "小孩", "行人", "人都", "把人", "电梯"),
        ("受伤", "摔伤", "摔断", "骨折", "掉进", "掉下去", "被困", "困在", "晕倒", "砸到", "流血", "昏迷", "溺水"),
    ),
    Danger("生命危险", ("跳楼", "自杀", "轻生", "不想活", "要出人命", "会出人命", "煤气中毒", "一氧化碳")),
    Danger(
        "危险物质泄漏",
        ("危化品", "化学品", "硫酸", "氨气", "氯气", "汽油", "有毒气体"),
        ("泄漏", "泄露", "漏", "洒", "味"),
    ),
    Danger("积水内涝围困", ("积水", "内涝", "水深", "倒灌"), ("被困", "熄火", "淹到", "过膝", "没过", "进屋", "齐腰")),
)

_SENTENCE = re.compile(r"[^。！？!?；;\n]+")
_DENIED = re.compile(r"(?:没有|没|未|不会|不是|并无|无)(?:发生|出现|造成|再)?$")


def urgency_of(text: str, dangers: Iterable[Danger] = DANGERS) -> tuple[str, str]:
    """("urgent", why, with the words found) or ("normal", "")."""
    found = danger_in(text, dangers)
    return (URGENT, f"{found[0].reason}：“{found[1]}”") if found else (NORMAL, "")


def danger_in(text: str, dangers: Iterable[Danger] = DANGERS) -> tuple[Danger, str] | None:
    """The first danger of the table that the text tells of, and its words."""
    sentences = [match.group() for match in _SENTENCE.finditer(text)]
    for danger in dangers:
        for sentence in sentences:
            words = _words_of(danger, sentence)
            if words is not None:
                return danger, words
    return None


def _words_of(danger: Danger, sentence: str) -> str | None:
    for thing in danger.things:
        for start in _positions(thing, sentence):
            if not danger.troubles:
                return thing
            near = sentence[max(0, start - danger.reach) : start + len(thing) + danger.reach]
            trouble = next((word for word in danger.troubles if any(True for _ in _positions(word, near))), None)
            if trouble is not None:
                return f"{thing}…{trouble}"
    return None


def _positions(word: str, text: str) -> Iterable[int]:
    """Where `word` stands in `text` without being denied ("没有漏电")."""
    start = text.find(word)
    while start >= 0:
        if not _DENIED.search(text[max(0, start - 5) : start]):
            yield start
        start = text.find(word, start + 1)
