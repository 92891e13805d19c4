"""Who or what is complained of: a shop, a company, a site, a vehicle's plate, a neighbour.

Only what was named or pointed at; the place where it happens is no culprit (春晖小学围墙外), nor is the office that the
caller has asked for help before (找了物业).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from hotline.domain.parts import Part, is_answer_to, is_confirmed, make_part
from hotline.domain.place_words import JOINER, LEAD, NOT_IN_A_NAME
from hotline.domain.smoothing import smooth
from hotline.domain.spans import Found
from hotline.domain.spoken import digits_of
from hotline.domain.turns import OPERATOR, Turn

_ASKS_WHO = re.compile(
    "(?<!您)(?:叫|是)(?:什么|啥)(?:名|店|公司|厂|$|[，,？?])|店名|名称|招牌|哪一?家|哪个(?:公司|单位|店|厂|物业|工地|学校|"
    "商家|平台)|"
    "哪一?[户家]|(?:什么|啥)(?:店|公司|单位|厂|工地|物业)|(?<!您叫)(?<!您的)(?:什么|啥)名字|是谁|谁家|谁(?:在|弄|放|堆|干|倒|养)|车牌|对方"
)
_POINTING = re.compile("(?:那个|这个|那家|这家)")
_PROVINCE = "[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼]"
_PLATE_CHAR = "[A-HJ-NP-Za-hj-np-z0-9零〇幺一二两三四五六七八九]"
_PLATE = re.compile(rf"{_PROVINCE}\s?[A-Za-z](?:[，,、·. -]{{0,2}}{_PLATE_CHAR}){{5,6}}(?![A-Za-z0-9])")

_SHOP = (
    "KTV|ktv|酒吧|网吧|迪厅|洗浴中心|浴场|足浴店?|按摩店|烧烤[店摊城]?|火锅店|大排档|排档|龙虾[店馆]|饭[店馆庄]|"
    "餐[厅馆]|酒楼|面馆|茶楼|奶茶店|"
    "蛋糕店|小吃店|早餐店|咖啡[店馆]|菜馆|食堂|超市|便利店|小卖部|商店|专卖店|4S店|4s店|修[车理][店厂铺]|"
    "汽修[店厂]?|洗车[店行]|理发店|美容[院店]|健身房|"
    "棋牌室|麻将馆|宠物[店医]院?|服装店|手机店|家具[店厂]|养[殖猪鸡鸭]场|屠宰场|搅拌站|沙场|砖厂|加工厂|石材厂|"
    "废品站|回收站|修理厂|工厂|公司|集团|物业|"
    "工地|项目部|施工队|售楼[部处]|中介|培训[班机]构?|驾校|快递站?|菜鸟驿站|厂"
)
_BLAMED = re.compile(
    f"(?P<name>[^，,。！？!?；;、\\s]{{0,10}}?)(?P<kind>{_SHOP})(?P<person>(?:的)?(?:老板娘?|司机|经理|工人))?"
)
_BESIDE = re.compile(
    "(?:的)?(?:门口|门前|旁边?|对面|附近|隔壁|后面|前面|楼下|那边|那儿|围墙|里面?的?路|斜对面|路口|(?:有(?:个|一个|"
    "家)))|[0-9一二三四五六七八九十]{1,3}号|家属|宿舍|小区|[路街院]|员工|的?人说|说|来|到|至"
)
_ASKED_FOR_HELP = re.compile(
    "(?:找|问|打给?|联系|跟|向|和|叫|喊|通知|告诉|让|归|报|等|我是|我们是)(?:过|了)?(?:你们|我们|他们|那个)?$"
)
#: A desk of everybody's: it is blamed only where it is said what it does wrong.
_EVERYBODYS = re.compile("^(?:物业|公司|超市|工地|厂|工厂|中介|快递站?|食堂|商店)$")
_DOES = re.compile(
    "^(?:老板|公司|的人)?(?:不|乱|又|总|老|一直|天天|每天|晚上|半夜|夜里|凌晨|把|在(?:施工|装修|放|排|烧|打)|排|往|"
    "占|收|涨|欠|骗|放|偷|没|开到|装修|施工|太|噪|油烟|卖)"
)
_NEARBY = "楼上|楼下|隔壁|对门|对面|旁边|门口|我家旁边|小区(?:里|门口|外面?)|附近"
_NEIGHBOUR = re.compile(
    "(?P<who>(?:我们?家?)?(?:楼上|楼下|隔壁|对门|对面)(?:的)?(?:邻居|住户|那家|那户|人家|租户|业主|一家|"
    "[0-9零一二三四五六七八九]{3,4}(?:室|的)?)|"
    "[0-9零一二三四五六七八九]{3,4}(?:室|号)?(?:的)?(?:住户|业主|那家|那户|租户)|邻居(?=[^，。]{0,10}(?:养|吵|装修|"
    "弹|跳|砸|堆|占|漏|放)))"
)
_ENDS = re.compile("(?:的呗|呗|的)?[吧啊呢嘛呀哈噻嘞哦哩]?$")
_LEADS = re.compile(
    "^(?:.{0,6}(?:写的?是?|写着|挂的)的?)?(?:(?:就|好像|应该|也)?(?:是|叫|在)?(?:那个|这个|一家|一个|我们?|旁边的?)?)"
)
_NO_NAME = re.compile(
    "不(?:知道|清楚|晓得|太)|没(?:看|有|注意)|^没(?!食子)|[吗？?]|^(?:对|嗯|是|好|有|没|我)$|他们|我们|这个|就是那"
)


#: A bus by its line, where it is said what its driver did; who lives by what he makes: 做铝合金门窗的.
_BUS = re.compile(
    "(?P<line>[0-9零一二三四五六七八九十百]{1,5}路公交车?(?:司机)?)(?=[^。！!？?]{0,12}(?:甩站|不停|拒载|态度|骂|司机|急刹|抽烟|打电话|闯))"
)
_MAKER = re.compile(
    "(?P<maker>(?:做|卖|搞|收|修|开)(?!过|完|得|好|了)[\u4e00-\u9fff]{2,6}的)(?=[，,]?(?:每天|天天|成天|整天|老是|一直|半夜|占|把|乱|又))"
)


def find_against(turns: Sequence[Turn]) -> Part | None:
    """The surest of: a plate, the answer to "who is it?", a shop or company that was named, a neighbour."""
    best: Part | None = None
    for index, turn in enumerate(turns):
        if turn.speaker == OPERATOR and not is_confirmed(turns, index):
            continue
        asked = turn.speaker != OPERATOR and is_answer_to(turns, index, _ASKS_WHO)
        spoken = smooth(turn.text).text
        plates = [Found(_plate(match.group()), *match.span(), 0.95) for match in _PLATE.finditer(turn.text)]
        for found in (*plates, *_blamed_in(spoken, asked)):
            value = _POINTING.sub("", found.value)
            part = make_part(value, turn, found.confidence, found.value)
            if best is None or part.confidence > best.confidence:
                best = part
    return best


def _blamed_in(text: str, asked: bool) -> Iterator[Found]:
    named = list(_named_in(text))
    yield from named
    for match in _NEIGHBOUR.finditer(text):
        yield Found(re.sub("^我们?家?", "", match["who"]), *match.span("who"), 0.6)
    for pattern, group in ((_BUS, "line"), (_MAKER, "maker")):
        for match in pattern.finditer(text):
            yield Found(match[group], *match.span(group), 0.55)
    if asked and not named and (answer := _answer(text)) is not None:
        yield answer


def _plate(said: str) -> str:
    return "".join(digits_of(char) or char.upper() for char in re.sub(r"[，,、·.\s-]", "", said))


def _named_in(text: str) -> Iterator[Found]:
    """Shops and companies with a name of their own, or pointed at (楼下饭店) and said to do wrong."""
    for match in _BLAMED.finditer(text):
        kind, person, after = match["kind"], match["person"] or "", text[match.end() :]
        before = text[: match.start("kind")]
        name = _name_of(match["name"])
        if _BESIDE.match(after) and not person:
            continue
        if _ASKED_FOR_HELP.search(before[len(before) - min(len(before), 8) : len(before) - len(name)]):
            continue
        if name:
            yield Found(name + kind + person, match.start("kind") - len(name), match.end(), 0.8)
        elif person or _DOES.match(after) or re.search("(?:有|开了?)一?[个家间]$", before):
            where = re.search(f"(?P<near>{_NEARBY})(?:的|那个|那家|这家|有个|有家|一家|一个)?$", before)
            if _EVERYBODYS.match(kind) and not (where or _DOES.match(after)):
                continue
            value = (where["near"] if where else "") + kind + person
            yield Found(value, match.start("kind"), match.end(), 0.65 if where or person else 0.5)


_NEAR_LEAD = re.compile(
    f"(?:{_NEARBY})(?:的|那个|那家|这家|有个|有家|一家|一个)?|(?:开|有)了?(?:一?[个家间])?|新开的?|"
    f"[那这]一?[个家间]|一家|叫做?|[上后侧门]?面?(?:写|印|挂|喷|贴)(?:的|着)是?"
)


def _name_of(words: str) -> str:
    """What of the words before 饭店 or 公司 is its name: up to what leads to it."""
    cuts = [match.end() for pattern in (LEAD, JOINER, _NEAR_LEAD) for match in pattern.finditer(words)]
    name = words[max(cuts) :] if cuts else words
    if (rest := re.sub("^.*[路街巷号]", "", name)) and len(rest) >= 2:
        name = rest  # 新华路沃尔玛超市
    if len(name) < 2 or len(name) > 8 or NOT_IN_A_NAME.search(name) or _GENERIC.search(name):
        return ""
    return name


_GENERIC = re.compile(
    "^(?:建筑|施工|装修|大型|小型|露天|夜间|路边|流动|这种|好多|很多|几|半夜|晚上|白天|油烟|噪音|无证|黑|小|大|早餐|"
    "废品|垃圾)|[0-9]{2,8}$|路$|小区$|[门路巷街]口$|的$"
)


def _answer(text: str) -> Found | None:
    """The first clause of an answer to "who is it?"."""
    clause = re.match("[^，,。；;！!？? ]{1,20}", text)
    if clause is None or _NO_NAME.search(clause.group()):
        return None
    lead = _LEADS.match(clause.group())
    start = lead.end() if lead else 0
    name = _ENDS.sub("", clause.group()[start:])
    if not 2 <= len(name) <= 14 or not re.search("[\u4e00-\u9fffA-Za-z0-9]{2}", name):
        return None
    return Found(name, start, start + len(name), 0.75)
