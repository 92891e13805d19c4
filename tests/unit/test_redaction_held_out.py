"""遮蔽得有多好: a list written after the rules and not used for making them; docs/privacy.md states what it found.

The rules may become better than stated and not worse. Whoever mends a line of this list writes a new one in its place.
"""

from __future__ import annotations

import re
from pathlib import Path

from hotline.domain.redaction import for_everybody

PRIVACY = Path(__file__).parents[2] / "docs" / "privacy.md"

#: A sentence, and what strangers should not read of it.
TELLS = [
    ("我是滨河花园的住户周建军，楼下烧烤太吵", "周建军"),
    ("本人韩梅梅，反映夜间施工", "韩梅梅"),
    ("投诉人郑国强，电话不便透露", "郑国强"),
    ("有事找我，我姓秦，叫秦明月", "秦明月"),
    ("可以联系我老婆孙丽，她白天在家", "孙丽"),
    ("我爸叫赵德柱，今年七十了", "赵德柱"),
    ("我婆婆刘桂花被电动车撞了", "刘桂花"),
    ("对门吴大妈天天跳广场舞", "吴大妈"),
    ("物业的马经理收了钱不办事", "马经理"),
    ("街道办小陈一直推脱", "小陈"),
    ("店老板姓胡，胡三强，占道经营", "胡三强"),
    ("施工方负责人叫邓超英", "邓超英"),
    ("这个司机叫罗永浩，拒载", "罗永浩"),
    ("谭咏梅女士家阳台漏水", "谭咏梅"),
    ("学生家长李慧反映校门口拥堵", "李慧"),
    ("肇事者是本村的杨二狗", "杨二狗"),
    ("徐海涛、徐海波兄弟俩霸占车位", "徐海波"),
    ("回复请寄：白云小区4栋1单元302，丁一收", "302"),
    ("回复请寄白云小区，丁一收", "丁一"),
    ("艾山江·吐尔逊的烤肉摊占道", "艾山江"),
    ("迪丽娜尔反映路灯不亮", "迪丽娜尔"),
    ("My neighbour Tom Hanks plays drums at night", "Tom Hanks"),
    ("Please contact Mary Jones at the gate", "Mary Jones"),
    ("这里是陈记者，请回电", "陈记者"),
    ("我住6栋三单元七楼左手边", "七楼左手边"),
    ("阳光花园12-3-1001停水", "1001"),
    ("白云小区4幢一单元202室漏水", "202"),
    ("家在六号楼东单元四零一", "四零一"),
    ("8#902装修噪音", "902"),
    ("安康里3门502门口堆杂物", "502"),
    ("B座17层1706开麻将馆", "1706"),
    ("平湖街5号院2排3号", "2排3号"),
    ("回电：壹叁捌零零零零伍陆柒捌", "伍陆柒捌"),
    ("拨幺三八 零零零零 五六七八找我", "五六七八"),
    ("我电话是138，后面是0000 5678", "0000 5678"),
    ("打家里 2021234 也行", "2021234"),
    ("TEL:0355 2021234", "2021234"),
    ("手机：138——0000——5678", "5678"),
    ("手机13800005678（晚上）", "13800005678"),
    ("加我微信同手机13800005678", "13800005678"),
    ("我微信wangxiao_2020", "wangxiao_2020"),
    ("qq：98765432", "98765432"),
    ("抖音号是 wx20201212", "wx20201212"),
    ("发邮件到wang_xiao@126.com", "wang_xiao"),
    ("邮箱 wangxiao 艾特 qq 点 com", "wangxiao"),
    ("身份证后四位 123X", "123X"),
    ("身份证340104199003071234", "199003071234"),
    ("社保卡号 A12345678", "A12345678"),
    ("退款打到6228480402564890018", "6228480402564890018"),
    ("车牌皖H 8K9L2 堵门", "8K9L2"),
    ("皖HD12345长期占道", "D12345"),
    ("一辆皖H牌照尾号345的面包车", "345"),
    ("蓝色面包车 皖h·66888", "66888"),
    ("黄某某的车皖H00001", "00001"),
]
#: A sentence that tells of nobody.
HARMLESS = [
    "白云小区4号楼前路灯不亮",
    "平湖街与建设路交叉口红绿灯坏了",
    "王家庄村口垃圾没人清",
    "小李庄公交站牌倒了",
    "孙家巷12号公厕堵塞",
    "金华路黄金大厦楼下积水",
    "何家湾菜市场占道经营",
    "高先锋路段扬尘",
    "周末晚上广场舞太吵",
    "程序员公寓停车难",
    "万达影城3号厅空调坏",
    "马上就要下雨了，井盖还没盖",
    "老师傅面馆油烟直排",
    "张飞牛肉店门口堆货",
    "陈旧管网老化，水压低",
    "公交车103路不停站",
    "电话亭玻璃碎了",
    "小区里有30多户没有暖气",
    "5月1日至3日停电",
    "施工到凌晨2-3点",
    "路面塌陷约3米宽、2米深",
    "共享单车堆了200多辆",
    "灯杆编号XH-0312-7",
    "请12345和城管联合处理",
    "安装充电桩申请被拒",
    "方便的话请尽快处理",
    "任何人不管这件事",
    "查询工单20261020000123的进度",
    "业主群里都在反映",
    "经理不在，员工说不知道",
    "老板欠薪，工人堵路",
    "医生说是油烟引起的",
    "叫了三次都没人来",
    "我叫了救护车",
    "我是租房的，房东不管",
    "本人多次投诉无果",
    "联系人不接电话",
    "家长接送孩子堵路",
    "司机师傅态度很好，表扬",
    "居民常年受噪声困扰",
    "住户向社区反映多次",
    "您好：您反映的问题已转相关部门",
    "各位同志：您好，辛苦了",
    "领导，您好！香溪路灯坏了",
    "康复中心门口台阶太高",
    "常青藤幼儿园门口拥堵",
    "华联超市二楼厕所漏水",
    "消防通道被堵，3栋进不去车",
    "1栋到5栋全部停水",
    "18层以上水压不足",
    "2026年11月起禁止停车",
    "水费每吨3.55元太高",
    "卡口摄像头拍错车",
    "京沪高速入口拥堵",
    "贵州路下水道堵了",
    "川菜馆油烟大",
    "The street lamp near Binhe Garden is broken",
    "I am very angry about the noise",
]


def test_what_the_privacy_notes_state_is_so() -> None:
    missed = [secret for text, secret in TELLS if secret in for_everybody(text)]
    spoilt = [text for text in HARMLESS if for_everybody(text) != text]
    stated = re.search(r"(\d+) 句里漏了 (\d+) 句，.*?(\d+) 句里误遮了 (\d+) 句", PRIVACY.read_text(encoding="utf-8"))
    assert stated is not None
    tells, most_missed, harmless, most_spoilt = map(int, stated.groups())
    assert (tells, harmless) == (len(TELLS), len(HARMLESS))
    assert len(missed) <= most_missed, missed
    assert len(spoilt) <= most_spoilt, spoilt
