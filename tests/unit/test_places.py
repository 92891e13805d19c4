"""Where it is, out of running text: nothing that belongs to a place is cut off, and no place is made up."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from hotline.domain.places import place_keys, place_of, places_of

SAMPLES = Path(__file__).parents[3] / "shared" / "data" / "samples"

#: The first block as people say it here, the others out of the published messages of 2020.
PLACES = [
    ("香溪路与大桥路口井盖没了", "香溪路与大桥路口"),
    ("香溪路与大桥路口路灯不亮三天了", "香溪路与大桥路口"),
    ("香溪路大桥路口东侧积水", "香溪路大桥路口东侧"),
    ("香溪路与大桥路口东南角垃圾没人清", "香溪路与大桥路口东南角"),
    ("鹤鸣路快递站旁厂子冲床半夜还在响", "鹤鸣路快递站旁"),
    ("鼓楼街与东关路十字的红绿灯坏了", "鼓楼街与东关路十字"),
    ("鼓楼街与东关路十字路口的红绿灯坏了", "鼓楼街与东关路十字路口"),
    ("香溪路老邮局对面有人烧烤", "香溪路老邮局对面"),
    ("滨河花园旁工地半夜打桩", "滨河花园旁"),
    ("滨湖路路灯不亮", "滨湖路"),
    ("西苑街井盖响", "西苑街"),
    # to the junction
    ("A2区先锋街道大托路碧云路口红绿灯故障", "A2区先锋街道大托路碧云路口"),
    ("A6区普瑞大道和黄金大道口交通堵塞严重", "A6区普瑞大道和黄金大道口"),
    ("A市新开铺路与披塘路交叉路口通行安全问题", "A市新开铺路与披塘路交叉路口"),
    ("A市银杉路和银星路交汇口", "A市银杉路和银星路交汇口"),
    ("木莲路和洞井路十字路口人流量很大", "木莲路和洞井路十字路口"),
    ("A3区桃子湖路麓山南路T字路口交通指示不清", "A3区桃子湖路麓山南路T字路口"),
    ("黄兴大道与路青线交叉路口没有红绿灯", "黄兴大道与路青线交叉路口"),
    ("A4区大道太阳山路十字交叉路口", "A4区大道太阳山路十字交叉路口"),
    # to what stands beside it
    ("A2区云塘社区龙湾小学旁的垃圾中转站", "A2区云塘社区龙湾小学旁"),
    ("丽发新城小区旁建了一个大型搅拌站", "丽发新城小区旁"),
    ("A7县望仙路两旁梧桐树春天飘絮", "A7县望仙路两旁"),
    ("中南楚雅医院斜对面黑停车场", "中南楚雅医院斜对面"),
    ("A6区金星北片区的黄金大道与月亮岛路交叉口东南角", "A6区金星北片区的黄金大道与月亮岛路交叉口东南角"),
    ("A市高新区公安局旁一工地", "A市高新区公安局旁"),
    ("泉塘小学校门口的交通", "泉塘小学校门口"),
    ("s61岳临高速莲花收费站附近", "s61岳临高速莲花收费站附近"),
    # roads with a number in their names
    ("A7县星沙开元路与东四路西南角", "A7县星沙开元路与东四路西南角"),
    ("远大二路天天堵车", "远大二路"),
]


@pytest.mark.parametrize(("text", "place"), PLACES)
def test_a_place_is_told_to_its_end(text: str, place: str) -> None:
    found = place_of(text)
    assert found is not None and found.value == place


@pytest.mark.parametrize(
    "text",
    [
        "十字路口红绿灯坏了",
        "各个路口统一安装一下",
        "导致该路口天天堵车",
        "而且道路两旁停满了车",
        "增设一座人行天桥",
        "坐公交九路来的",
        "沿河旅游一路都是垃圾",
        "红十字会不管",
        "旁边的厂子很吵",
        "小区旁工地太吵",
        "虾蟹馆公然占道，怨声载道",
        "整个小区都没水",
        "两个小区的业主",
        "物业卷钱跑路",
        "从周一到周五都这样",
        "这是必经之路",
    ],
)
def test_a_common_noun_is_no_place(text: str) -> None:
    assert place_of(text) is None


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("解放路口腔诊所排污水", "解放路口腔诊所"),
        ("滨河小区口碑很差", "滨河小区"),
        ("阳光小区门面房漏水", "阳光小区"),
        ("阳光小区大厅", "阳光小区"),
    ],
)
def test_what_begins_another_word_is_left_to_it(text: str, place: str) -> None:
    found = place_of(text)
    assert found is not None and found.value == place


def test_the_keys_are_the_names_alone() -> None:
    assert place_keys("", "鹤鸣路快递站旁厂子冲床半夜还在响") == ["鹤鸣路"]
    assert place_keys("香溪路与大桥路十字路口", "") == ["大桥路", "香溪路"]


def messages() -> Iterator[str]:
    """Published messages to a city, title and beginning."""
    for name in ("labeled", "hotspot", "replies"):
        with (SAMPLES / f"tdb2020_messages_{name}.csv").open(encoding="utf-8-sig", newline="") as file:
            for row in csv.DictReader(file):
                yield f"{row['留言主题']}。{row['留言详情'].strip()[:200]}"


@pytest.mark.skipif(not SAMPLES.exists(), reason="the published messages are not part of the product")
def test_of_real_places_no_end_is_cut_off() -> None:
    """No place stops before the junction, the corner or the side that it is told by; one in a thousand may."""
    told = [text[place.end : place.end + 4] for text in messages() for place in places_of(text)]
    cut = [rest for rest in told if re.match(r"口(?![腔味碑头号气])|十字路|丁字路|旁|对面|[东西][南北]角", rest)]
    assert len(told) > 10_000
    assert len(cut) < len(told) / 1000, cut
