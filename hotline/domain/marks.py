"""标记: what else than a place tells one matter from another: a number plate, the name of a shop or firm, a policy.

Each comes as a key that a ticket can be found by again (`hotline/domain/clues.py`): 车:湘A12345, 店:老地方烧烤店,
题:人才. Number plates as in GA 36-2018: a province, a letter, five characters, six on a new-energy plate; I and O are
not used, and who types them means 1 and 0.
"""

from __future__ import annotations

import re
import unicodedata

PLATE, SHOP, TOPIC = "车:", "店:", "题:"
LOOKED_THROUGH = 600  # characters: the name of a shop or a plate stands early, and who writes more repeats himself
TITLE = 120  # characters in which somebody says what it is about
MOST = 4  # keys of each kind
LEAST_TOPICS = 2  # one word of policy alone (社保) is everybody's

_PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
#: 湘A12345, 湘 A·D12345 on a new-energy car, 湘A1234挂; typed in small letters too.
_PLATE = re.compile(
    rf"([{_PROVINCES}]) ?([A-Z])[ ·•.-]{{0,2}}((?=[0-9A-Z]{{0,5}}[0-9])[0-9A-Z]{{4,5}}[0-9A-Z挂学警港澳])(?![0-9A-Z])"
)
_MISTYPED = str.maketrans("IO", "10")

_FIRM = "有限责任公司|股份有限公司|有限公司|分公司|公司|集团|事务所|经营部|合作社"
_SHOP = (
    "大药房|药房|火锅城|烧烤城|美食城|美食广场|洗浴中心|足浴城|美容院|健身房|健身中心|早教中心|培训中心|培训机构|婚纱摄影|艺术摄影|餐厅|"
    "茶楼|茶室|酒楼|酒家|食府|酒吧|网吧|棋牌室|歌厅|台球厅|修理厂|汽修厂|驿站|影楼|饭庄|KTV|店|馆"
)
_END_OF_NAME = re.compile(f"{_FIRM}|{_SHOP}")
#: “老地方”烧烤店, 名叫"一米阳光"的影楼: what stands in quotes before it is the name.
_QUOTED = re.compile(
    f'[“"「『《]([^“”"「」『』《》，。！？\\n]{{2,14}})[”"」』》]的?((?:[^\\W\\d_]{{0,2}})(?:{_SHOP}|广场|公司))'
)
_NAME_CHAR = re.compile(r"[\u4e00-\u9fffA-Za-z0-9·&]")
_LONGEST = 10  # characters before the ending
#: What leads up to a name.
_LEAD = re.compile(
    "投诉|反[映应]|举报|咨询|名叫|名为|叫做|[一这那有几两数]家|家叫|开[了的设办]|有个|一个|[这那]个|楼下|旁边?|对面|附近|门口|隔壁|"
    "小区|社区|花园|路口|[里外]面|单元|街道|希望|要求|请求|建议|通知|联系|协助|责令|监督|督促|委托|聘请|告知|包括|关于|对于|由于|但是|所有|"
    "如果|因为|可以|可否|能否|导致|严重|增加|购买|出售|承诺|答应|安排|限制|合法|非法|违规|无证|变更|旗下|下属|所属|隶属|乙方|甲方|"
    "[0-9]家|[的在是和与被向由到去叫为找让给经及号栋楼层市省县区路街巷镇乡村期我他你您该本此各每这那哪了着过会将要请望问对就又并都还只把"
    "使没不未能说以于即前后再从当而或等因如其且跟按时月日年]"
)
#: What only says what kind of shop or firm it is: 自来水公司 and 烧烤店 are no names.
_KIND = re.compile(
    "物业|管理|服务|开发商?|房地产|房产|自来水|供[水电热暖气]|热力|燃气|天然气|煤气|公交|公共|交通|移动|电信|联通|铁塔|电力|网络|保险|装[修饰]|"
    "建[筑设]|施工|劳务|外包|清洁|保洁|环卫|物流|快递|投资|科技|贸易|国有|地铁|租赁|中介|搬家|污水|排水|水务|有关|相关|同一|"
    "餐饮|饮食|美食|婚纱|摄影|照相|置业|实业|药业|酒|餐|私房|美容|美发|理发|烧烤|火锅|早餐|小吃|夜宵|宵夜|棋牌|麻将|便利|水果|奶茶|服装|五金|快餐|饭|汽修|修车|洗车|蛋糕|图书|博物|体育|"
    "文化|展览|纪念|殡仪|美术|足浴|按摩|洗浴|足疗|健身|培训|早教|幼教|烟酒|烟|茶|酒|药|书|花|面|粉|宾|旅|咖啡|串串|烤肉|牛肉|羊肉|"
    "专卖|连锁|实体|网|商|门|沿街|临街|底层|违规|违法|无证|黑|多|某|各|小|大|老|分|总|母|子|新|店|馆|铺|城|厅|个|住|户|楼|民|银行|有限|责任|股份|集团|公司|"
    "自己|造成|电话|根据|允许|得知|具体|意见|老百姓|专业|人民政府|地产|国资|外资|作业|审计|监理|信用|中国|全国|轨道|外卖|彩票"
)

#: What the city's policies are about. They have no street: who asks why 人才购房补贴 was refused is one of many.
_TOPIC = re.compile(
    "人才|购房|租房|补贴|补助|津贴|奖励|新政|落户|户口|居住证|公积金|社保|医保|养老金|养老保险|低保|残疾证|学位|学区|入学|招生|中考|高考|"
    "拆迁|征收|安置房|公租房|廉租房|经适房|限购|限价房|摇号|房产证|不动产证|产权证|职称|职业资格|技师|驾照|驾驶证|年检|年审|退休|转业|士官|"
    "退伍|退役|产假|生育|独生子女|二胎|教师资格|编制|招聘|地铁|城铁|高铁|公交卡|电动车上牌|限行|垃圾分类|疫苗|疫情"
)


def marks_of(text: str) -> list[str]:
    """All marks of a text as keys, in order of the alphabet. Heuristic: a hint for a person."""
    plain = text[:LOOKED_THROUGH]
    topics = topics_of(plain)
    return sorted(
        {
            *(PLATE + plate for plate in plates_of(plain)[:MOST]),
            *(SHOP + shop for shop in shops_of(plain)[:MOST]),
            *(TOPIC + topic for topic in topics if len(topics) >= LEAST_TOPICS),
        }
    )


def plates_of(text: str) -> list[str]:
    """Number plates, as on the plate, in the order of the text."""
    found = [match[1] + match[2] + match[3].translate(_MISTYPED) for match in _PLATE.finditer(_plain(text).upper())]
    return list(dict.fromkeys(found))


def shops_of(text: str) -> list[str]:
    """Names of shops and firms without their kind, as most people call them, in the order of the text: 老地方 of
    老地方美食城 as of 老地方餐饮管理有限公司."""
    plain = _plain(text)
    found = [match[1] for match in _QUOTED.finditer(plain)]
    floor = 0
    for match in _END_OF_NAME.finditer(plain):
        found.append(_core(plain[_begin(plain, match.start(), floor) : match.start()]))
        floor = match.end()
    return [name for name in dict.fromkeys(found) if name]


def _core(name: str) -> str:
    """The name as far as it is one: two characters and more before what says of what kind it is."""
    kind = _KIND.search(name, 2)
    core = name[: kind.start()] if kind else name
    return core if len(core) >= 2 and len(_KIND.sub("", core)) >= 2 else ""


def topics_of(text: str) -> list[str]:
    """What a question of policy is about, in the order of the text."""
    return list(dict.fromkeys(_TOPIC.findall(_plain(text)[:TITLE])))


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text)


def _begin(text: str, end: int, floor: int) -> int:
    """Where the name that ends before `end` begins: after the last word that leads up to it."""
    start = end
    while start > floor and end - start < _LONGEST and _NAME_CHAR.match(text[start - 1]):
        start -= 1
    leads = [match.end() for match in _LEAD.finditer(text, start, end)]
    return leads[-1] if leads else start
