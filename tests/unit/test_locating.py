"""The place of a whole call: told bit by bit, put right, and not the one where the caller lives or came by."""

from __future__ import annotations

import pytest

from hotline.domain.locating import as_written, find_place
from hotline.domain.smoothing import smooth
from hotline.domain.transcript import read_dialogue

ASKED = "坐席：请问在什么位置\n市民："
SAID = "坐席：您好\n市民："
PLACES: list[tuple[str, str | None]] = [
    # bit by bit
    (SAID + "小区门口有个坑\n坐席：哪个小区\n市民：水岸新城\n坐席：水岸新城哪个门\n市民：南门", "水岸新城南门"),
    (ASKED + "恒大名都\n坐席：几号楼\n市民：十二号楼\n坐席：几单元\n市民：一单元电梯", "恒大名都12号楼1单元"),
    (ASKED + "学府街那边\n坐席：学府街具体哪个位置，附近有什么标志\n市民：市妇幼保健院对面", "学府街市妇幼保健院对面"),
    (ASKED + "嗯，在，在那个建业路，建业路，十八号，那个建业大厦A座", "建业路18号建业大厦A座"),
    (ASKED + "城西街道，城西街道第五网格，就是老纺织厂宿舍那儿", "城西街道第五网格老纺织厂宿舍"),
    (ASKED + "金桥花园小区啊，七栋，一零二室", "金桥花园小区7栋102室"),
    (ASKED + "枫林绿洲一期，地下车库D区", "枫林绿洲1期地下车库D区"),
    (ASKED + "就美食街那个老王家羊汤馆门口", "美食街老王家羊汤馆门口"),
    (ASKED + "东环路那个加油站往北大概二百米，路东", "东环路加油站往北大概200米路东"),
    (ASKED + "云锦路两百一十五号", "云锦路215号"),
    (ASKED + "凤凰路68弄12号202室", "凤凰路68弄12号202室"),
    # put right
    (SAID + "幸福大道那个，呃，幸福大道跟，跟五一路，不对，是五四路，那个路口积水", "幸福大道跟五四路路口"),
    ("坐席：是昌盛街吗\n市民：不是昌盛街，昌明街\n坐席：昌明街多少号\n市民：二十六号", "昌明街26号"),
    (ASKED + "文昌路18号\n坐席：文昌路18号\n市民：不对，是80号", "文昌路80号"),
    (SAID + "青年路那边垃圾没人清\n坐席：是青年路菜市场门口对吗\n市民：不对，是青年路小学后面", "青年路小学后面"),
    # the one that is meant
    (SAID + "我住在阳光花园5号楼，对面解放路128号那家饭馆油烟太大", "解放路128号"),
    (SAID + "我住在紫荆花园4栋302，楼上天天跳绳", "紫荆花园4栋302"),
    (SAID + "我从解放路开车过来，走到三里桥，桥面上有个大洞", "三里桥"),
    (SAID + "不是我们小区的事，是隔壁春晓苑的，他们养了十几只鸡", "春晓苑"),
    ("坐席：您是在金鼎大厦还是金鼎广场\n市民：金鼎广场，一楼南门口", "金鼎广场1楼南门口"),
    # all kinds of places
    (SAID + "长治路跟体育西路那个十字路口，红绿灯变得特别快", "长治路跟体育西路十字路口"),
    (SAID + "松江道和海河道交口那个工地半夜打桩", "松江道和海河道交口"),
    (SAID + "我想反映G208国道襄北路段，大车掉石子儿", "G208国道襄北路段"),
    (SAID + "地铁二号线人民广场站3号口，共享单车堆得走不了路", "人民广场站3号口"),
    (SAID + "永定桥下面有人烧垃圾", "永定桥下面"),
    (SAID + "太行路由西向东，过了英雄台，路面有个坑", "太行路由西向东"),
    (SAID + "兴业路和创新路之间那段人行道，地砖全翘了", "兴业路和创新路之间"),
    (SAID + "翠湖天地三期12栋楼下堆满杂物", "翠湖天地3期12栋楼下"),
    (SAID + "柳河镇大王村三组村口垃圾成堆", "柳河镇大王村三组村口"),
    (SAID + "新华书店门口全是小广告", "新华书店门口"),
    (ASKED + "丰庆路与国基路向南100米路西", "丰庆路与国基路向南100米路西"),
    (ASKED + "环城南路一百零八号，金三角建材市场里头", "环城南路108号金三角建材市场"),
    (ASKED + "幸福路和友谊大街交口西北角，中国银行门口", "幸福路和友谊大街交口西北角中国银行门口"),
    (ASKED + "尖草坪区，柴村街道，翠馨苑，一期，三号楼", "尖草坪区柴村街道翠馨苑1期3号楼"),
    (ASKED + "梅园新村，三区，十四号楼", "梅园新村3区14号楼"),
    (ASKED + "香樟公寓的对面，就是那个快拆的老电影院", "香樟公寓对面"),
    (ASKED + "绕城高速，嗯，从东往西方向", "绕城高速从东往西方向"),
    ("坐席：小区名称？\n市民：叫御景湾\n坐席：哪一栋\n市民：没单元，就8栋2401", "御景湾8栋2401"),
    # a stretch with two ends
    (ASKED + "迎宾路从火车站到体育馆，全是土", "迎宾路火车站到体育馆"),
    (SAID + "滨河东路，南沙桥到漪水桥之间那段，路灯全黑", "滨河东路南沙桥到漪水桥之间"),
    ("市民：护城河发臭了\n坐席：护城河哪一段\n市民：从东门桥一直到水闸", "护城河东门桥到水闸"),
    (SAID + "滨江花园和绿洲花园中间那条小路，一盏灯都没有", "滨江花园和绿洲花园中间"),
    (SAID + "从早上六点到九点都堵，从我家到单位要一个钟头", None),
    # what stands there, and how far
    (SAID + "建业路和广场街那个口，往东走五十来米，路南，有个井盖没了", "建业路和广场街口往东走50米路南"),
    (SAID + "水岸华庭南门口，蜜雪冰城旁边，电动车停得满满当当", "水岸华庭南门口蜜雪冰城旁边"),
    (SAID + "俺是石佛镇张庄村的，村东头，卫生室后头，有人烧塑料", "石佛镇张庄村东头卫生室后头"),
    (SAID + "火车站广场那个地下通道，西出口，水灌进来了", "火车站广场地下通道西出口"),
    (SAID + "前进路上沃尔玛门口扶手断了", "前进路沃尔玛门口"),
    (SAID + "香樟路那个公交站，玻璃碎一地", "香樟路公交站"),
    (ASKED + "万象天地负一楼，永辉超市", "万象天地负一楼永辉超市"),
    (ASKED + "兰坪里\n坐席：几号楼\n市民：六号楼底商", "兰坪里6号楼底商"),
    (
        "市民：人民公园那个厕所没扶手\n坐席：有好几个厕所，您说的哪个\n市民：南门进去，湖心亭旁边那个",
        "人民公园南门进去湖心亭旁边",
    ),
    (ASKED + "天鹅湖小区，七号楼，哦不，十七号楼", "天鹅湖小区17号楼"),
    (ASKED + "黄埔大道西同科韵路交界", "黄埔大道西同科韵路交界"),
    # agreed to in part, said back with more, compared, asked for
    (
        "市民：西门里大街，文庙对过儿，树歪了\n坐席：老城区的西门里大街吗\n市民：嗯，老城区",
        "老城区西门里大街文庙对过",
    ),
    (
        "市民：菜市场后门垃圾没人收\n坐席：是解放路的菜市场吗\n市民：不是解放路那个，是和平路上新开的那个\n"
        "坐席：哦，和平路菜市场。多久了\n市民：一个礼拜",
        "和平路菜市场",
    ),
    ("市民：我反映文庙街那个面馆，哦不是文庙街，文昌街", "文昌街"),
    ("坐席：您到营业厅办，建设路那个\n市民：建设路多少号\n坐席：建设路66号\n市民：中，知道了", None),
    # spelt wrong by the recogniser
    (ASKED + "人民录和胜利路交差口，就是西北角那儿", "人民路和胜利路交叉口西北角"),
    (ASKED + "阳光小曲3动2单员", "阳光小区3栋2单元"),
    # none is better than a wrong one
    (ASKED + "我也说不清楚", None),
    (ASKED + "不知道叫什么名字", None),
    (SAID + "我家三号楼二单元漏水", None),
    (SAID + "坐12路公交来的，司机态度差", None),
    (SAID + "路上车太多了，两条路都堵", None),
    ("坐席：您反映的是滨河路吗\n市民：不是", None),
]


@pytest.mark.parametrize(("call", "place"), PLACES)
def test_the_place_of_a_call(call: str, place: str | None) -> None:
    part = find_place(read_dialogue(call))
    assert (part.value if part else None) == place


def test_what_was_agreed_to_is_surer_than_what_was_only_said() -> None:
    said = find_place(read_dialogue("坐席：您好\n市民：建设路有个坑"))
    agreed = find_place(read_dialogue("坐席：您反映建设路与平安街路口有个坑，对吗\n市民：对"))
    assert said and agreed and agreed.confidence > said.confidence


@pytest.mark.parametrize(
    ("said", "written"),
    [
        ("纺织路，那个七十七号院，三号楼二单元门口", "纺织路77号院3号楼2单元门口"),
        ("五四路十八号", "五四路18号"),
        ("第五网格", "第五网格"),
        ("二环路与三里桥", "二环路与三里桥"),
        ("往南五十米", "往南50米"),
        ("12栋五零一", "12栋501"),
    ],
)
def test_a_place_as_it_stands_on_a_form(said: str, written: str) -> None:
    assert as_written(said) == written


def test_smooth_words_know_where_they_came_from() -> None:
    words = smooth("嗯，在那个，建设路，建设路18号")
    start = words.text.index("建设路18号")
    assert words.said(start, len(words.text)) == "建设路18号"
    assert smooth("天天跳，三三两两，八，八六").text == "天天跳，三三两两，八，八六"
