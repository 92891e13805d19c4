"""The plain words for danger: how people say that it burns, that it comes down, that somebody is caught.

They stand beside the table of `hotline.domain.dangers`, by the same reasons. A word of one character is only looked for
beside another one.
"""

from __future__ import annotations

from dataclasses import dataclass

from hotline.domain.errors import say

SUICIDE = "轻生"


@dataclass(frozen=True, slots=True)
class Danger:
    """`reason` holds where the words are found (`hotline.domain.mentions`).

    `risk` is what the desk calls it where the citizen is told something milder; such a mark is for few eyes.
    """

    reason: str
    things: tuple[str, ...]
    troubles: tuple[str, ...] = ()
    reach: int = 14
    unless: tuple[str, ...] = ()
    risk: str = ""


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


#: What smokes every day and is a nuisance.
_NUISANCE = tuple(
    f"{what}…{smoke}"
    for what in _words(
        "烟囱 油烟 烟道 烧烤 饭店 餐馆 炒菜 排风 锅炉 货车 汽车 公交车 渣土车 卡车 大车 面包车 摩托车 拖拉机 洒水车 挖机 挖掘机"
    )
    for smoke in _words("冒黑烟 冒浓烟 黑烟 浓烟 冒烟")
)
#: Who fears that somebody might fall asks for a railing.
_ONLY_FEARED = tuple(
    f"{fear}…{hurt}"
    for fear in _words("容易 怕 担心 万一 小心 以免 避免 防止 差点 险些 会不会")
    for hurt in _words("摔倒 滑倒 绊倒 撞 倒地 流血")
)
#: 大桥路, 桥头, 桥下: a place, and not the bridge.
BRIDGE_IN_NAME = tuple(
    f"桥{rest}"
    for rest in _words("路 街 镇 乡 村 巷 小区 社区 公园 市场 车站 站 头 下 南 北 东 西 口 新村 花园 中学 小学 医院")
)

PLAIN = (
    Danger(
        say("火情"),
        _words(
            "着了火 起了火 失了火 烧起来 烧着了 燃起来 自燃 冒火苗 火苗窜 窜火苗 蹿火苗 有火苗 明火 火光冲天 滚滚浓烟 浓烟滚滚 火势 火都烧 火烧到 "
            "一片火海 起大火 着大火 发大火 场大火 了大火 大火烧 火灭不 火扑不"
        ),
        unless=_words(
            "发烧起来 烧起来味 纠纷火势 用明火 明火烧烤 明火作业 动明火 严禁明火 禁止明火 使用明火 不见明火 无明火"
        ),
    ),
    Danger(
        say("火情"),
        _words(
            "大楼 楼里 楼上 楼内 楼下 仓库 库房 厂房 车间 厂里 屋里 屋顶 家里 房子 房间 窗户 窗口 阳台 商场 宾馆 酒店 宿舍 教室 车库 地下室 商铺 "
            "店里 店铺 门面 楼道 电梯 工棚 草堆 柴堆 山上 林子 电动车 电瓶车 充电"
        ),
        _words("冒黑烟 冒浓烟 黑烟 浓烟 窜火 冒火"),
        10,
        unless=_NUISANCE,
    ),
    Danger(
        say("火情"),
        _words(
            "锅炉 气罐 煤气罐 液化气罐 罐子 变压器 电瓶 电池 充电桩 高压锅 热水器 电动车 电瓶车 化工厂 车间 厂里 管道 电箱"
        ),
        _words("炸了 炸开 炸裂 爆了 炸飞 炸响"),
        8,
        unless=_words("爆了胎 油炸了"),
    ),
    Danger(
        say("高空坠物或倒塌"),
        _words(
            "楼 房 屋 墙 围墙 天花板 吊顶 棚 阳台 教室 厂房 舞台 看台 脚手架 支架 模板 山 坡 堤 坝 亭子 塔吊 铁塔 烟囱 雨棚 门楼 牌坊 桥 立柱"
        ),
        _words(
            "要塌 快塌 会塌 塌了 塌下 塌掉 塌方 垮塌 坍塌 倒塌 垮了 垮掉 要垮 快垮 要倒 快倒 会倒下 随时倒 随时会倒 裂开 裂了一 大裂缝 大裂口 "
            "裂缝越来越大 裂得能"
        ),
        8,
        unless=_words(
            "一塌糊涂 塌了面子 累垮 拖垮 搞垮 压垮 垮了身体 要倒垃圾 要倒车 快倒车 要倒闭 快倒闭 要倒班 要倒贴 会倒下去"
        ),
    ),
    Danger(
        say("高空坠物或倒塌"),
        _words("围墙 墙体 院墙 墙 房子 楼体 大楼 塔吊 脚手架 铁塔 烟囱 挡土墙"),
        _words("歪了 歪得 歪斜 倾斜 斜了 鼓包 鼓出来 往外鼓"),
        6,
        unless=_words("墙皮鼓包 墙面鼓包 歪了心 墙纸 墙砖"),
    ),
    Danger(
        say("高空坠物或倒塌"),
        ("桥",),
        _words("裂了 裂开 大缝 断了 断裂 塌 垮 在晃 直晃 就晃 晃得 下沉"),
        7,
        unless=BRIDGE_IN_NAME,
    ),
    Danger(
        say("高空坠物或倒塌"),
        _words("山体滑坡 滑坡 泥石流 山洪 决堤 溃坝 溃口 管涌 落石 滚石 山崩"),
        unless=_words("成绩滑坡 业绩滑坡 经济滑坡 质量滑坡 服务滑坡 滑坡演练 防滑坡 滑坡治理 落石网"),
    ),
    Danger(say("高空坠物或倒塌"), _words("石头 山石 巨石 土石"), _words("滚到 滚下 滚落 砸下 垮下"), 6),
    Danger(
        say("高空坠物或倒塌"),
        _words("高空抛物 往下扔 往下丢 往下抛 往下砸 扔下来 丢下来 抛下来 掉下来 掉下 落下来 坠落"),
        _words("砸伤 砸到人 砸到头 砸中 砸死 砸着人 差点砸 险些砸 砸破头"),
        16,
    ),
    Danger(
        say("高空坠物或倒塌"),
        _words("铁皮 彩钢瓦 屋顶 楼顶 顶棚 雨棚 广告布 牌子 招牌 树枝 花盆 空调外机 玻璃"),
        _words("要飞下 飞下来 刮飞 吹飞 刮下来 吹下来 吹落 刮落 摇摇晃晃 砸伤 砸到人"),
        12,
    ),
    Danger(
        say("有人受伤或被困"),
        _words(
            "埋了人 埋住人 埋着人 人埋 被埋 埋在下面 埋里面 压在下面 压住了人 压住人 被压在 砸伤 砸死 撞死 轧死 电死 淹死 捅伤 砍伤"
        ),
        unless=_words(
            "管道埋 线路埋 电缆被埋 管子被埋 井盖被埋 被埋没 车压在下面 树撞死 猫 流浪狗…死 老鼠…死 草…淹死 树…淹死 花…淹死 菜…淹死 苗…淹死 "
            "井盖…被埋 阀门…被埋 水表…被埋 井口…被埋 死猫 路牌被压在"
        ),
    ),
    Danger(
        say("有人受伤或被困"),
        ("电梯",),
        _words(
            "里面有人 里面还有人 有人出不来 人出不来 人在里面 还有人在里面 人下不来 被关里 关着人 卡着人 坠下 坠落 急坠 掉了几层 往下掉"
        ),
        16,
        unless=_words("出不来门 出不了门 里面有人抽烟 里面有人吸烟 里面有人遛 里面有人贴 里面有人推"),
    ),
    Danger(
        say("有人受伤或被困"),
        _words("人出不来 里面有人 有人在里面 人还在里面 车里有人 车里还有人 里头有人 人在里头 人没出来 人没跑出来"),
        _words("水 淹 塌 火 烟 烧 埋 翻了"),
        14,
        unless=_words("水费 停水 水电 烟酒 抽烟 吸烟 香烟 烧烤 烟花 火锅 出不来门 洗车 水池边"),
    ),
    Danger(
        say("有人受伤或被困"),
        _words(
            "有人 一个人 老人 老太太 老头 大爷 大妈 大娘 奶奶 爷爷 孩子 小孩 孕妇 行人 路人 工人 师傅 乘客 男子 女子 男的 女的 骑车的 我妈 我爸 母亲 父亲 "
            "伤者 学生 环卫工 保洁员"
        ),
        _words(
            "流血 流了好多血 流了很多血 一地血 满脸是血 头破血流 大出血 倒在地 倒在路 倒地不 躺在地上不 不省人事 没有呼吸 没呼吸 快不行了 抽搐 叫不醒 昏倒 "
            "昏过去 晕过去 晕倒 摔下 摔断 摔成 骨折 砸伤 烫伤 烧伤 轧伤 撞伤 撞飞 被车撞 被撞 撞倒 被电 电击 溺水 落水 掉水里 掉河里 掉进 掉井里"
        ),
        12,
        unless=(
            *_ONLY_FEARED,
            *_words("晕倒在 被电话 被电动车挡 被电线 被电瓶车堵 被电动车堵 撞倒垃圾 撞倒护栏 被撞坏 被撞歪 被撞倒的"),
        ),
    ),
    Danger(
        say("有人受伤或被困"), ("孕妇", "老人", "大爷", "老太太"), _words("摔倒 摔了 摔伤 摔得 跌倒"), 8, _ONLY_FEARED
    ),
    Danger(
        say("有人受伤或被困"),
        _words("掉河里 掉到河 掉进河 掉水里 掉进水 落水 溺水 掉进湖 掉进池 掉进坑 掉进沟 掉井里 掉下井 掉进井"),
        _words("人 孩 老 娃 他 她 我 学生"),
        12,
        unless=_words(
            "预防溺水 防溺水 溺水警示 落水管 落水口 雨落水 降落水 工人…落水管 手机…掉 钥匙…掉 东西…掉 防落水 救生"
        ),
    ),
    Danger(
        say("积水内涝围困"),
        _words("大水 洪水 积水 水位 雨水 河水 水都 水已经 水漫 水淹 进水 涨水 内涝"),
        _words(
            "漫到车窗 没过车 淹到车窗 淹没 漫过 车里有人 车里还有人 人出不来 齐腰 到腰 到胸口 到脖子 过膝 没膝 上房顶 人困 进家 灌进家 灌进屋"
        ),
        14,
        unless=_words("水漫过道 洗车"),
    ),
    Danger(
        say("电线掉落或漏电"),
        _words("配电箱 电箱 变电箱 配电柜 电表箱 配电房 变压器"),
        _words("门开着 门大开 敞着 没锁 没有锁 没门 没有门 门坏了 门掉了 伸手就能 摸得到 能摸到 够得着 线露在"),
        14,
    ),
    Danger(
        say("电线掉落或漏电"),
        _words("电线 电缆 高压线"),
        _words("碰头 碰到头 碰到人 打到人 耷拉 滋滋响 打火 噼里啪啦 漏着电 泡在水"),
        12,
    ),
    Danger(
        say("漏电"),
        _words("麻手 麻人 电到人 电到了 电着人 电到狗 电死 电晕 电倒 有电流"),
        _words("电 灯 杆 水 栏 箱"),
        12,
    ),
    Danger(
        say("生命危险"),
        _words(
            "桥 楼顶 楼上 天台 塔吊 窗户 窗台 窗口 阳台 高楼 顶楼 楼边 护栏 栏杆 铁塔 信号塔 广告牌 河边 江边 湖边 井边 屋顶"
        ),
        _words(
            "往下跳 要跳下 想跳下 准备跳 要跳楼 跳下去 上不下来 不肯下来 不愿下来 死活不下来 要跳河 要跳江 跳河 跳江 要跳桥 一脚在外"
        ),
        10,
        unless=_words(
            "跳舞 跳广场 跳绳 跳操 跳闸 跳来跳去 往下跳着玩 猫…跳 跳下去玩 水上不下来 水…上不下来 车…上不下来"
        ),
        risk=SUICIDE,
    ),
    Danger(
        say("生命危险"),
        _words("屋里 家里 房间 房里 门里 老人 老太太 老头 独居 邻居 大爷 隔壁"),
        _words(
            "敲门没人应 敲门没应 没人应声 没动静 没有动静 几天没见人 几天没见着人 几天没露面 尸臭 断气 没气了 没气息"
        ),
        16,
        unless=_words(
            "投诉…没动静 物业…没动静 反映…没动静 报修…没动静 还是没动静 一直没动静 煤气…没气了 燃气…没气了 天然气…没气了"
        ),
    ),
    Danger(
        say("危险物质泄漏"),
        _words("刺鼻 呛人 毒气 怪味 异味 气味 气体 臭味 农药味 化工味"),
        _words("呕吐 吐了 晕倒 昏倒 晕过去 窒息 喘不上气 喘不过气 送医院 住院 中毒 呼吸困难"),
        16,
        unless=_words("想呕吐 要呕吐 欲呕 令人作呕 让人呕吐 怕…中毒 担心…中毒"),
    ),
    Danger(
        say("危险物质泄漏"),
        _words("汽油味 柴油味"),
        _words("下水道 井里 井口 屋里 家里 楼道 地下室 车库 头晕 刺鼻 呛 一股 越来越"),
        unless=_words("加油站"),
    ),
)
