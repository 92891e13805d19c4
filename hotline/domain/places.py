"""Where it is, out of running text: road and number, junction, community, landmark, with what stands beside them.

Without a gazetteer the end of a place name is known (路, 小区, 医院 …) and its beginning is guessed by stopping at the
words that lead up to places (在, 到, 反映, 我们 …). Suggestions for a person to confirm, never more.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from hotline.domain.spans import Found

_ROAD = "大道|大街|环路|高速|国道|省道|县道|胡同|立交桥|高架桥|大桥|天桥|隧道|立交|高架|路|街(?!道(?!路))|巷|桥"
_COMMUNITY = (
    "小区|花园|家园|公寓|新村|新区|社区|华庭|名邸|嘉园|佳苑|雅苑|庄园|山庄|别墅|"
    "家属院|大院|宿舍|公馆|名苑|名城|新城|新苑|"
    "豪庭|花苑|广场|大厦|国际|中心|产业园|工业园|苑|村|庄|府|湾|坊|城"
)
_LANDMARK = (
    "小学|中学|大学|学院|学校|幼儿园|医院|诊所|卫生院|超市|农贸市场|菜市场|批发市场|"
    "市场|菜场|夜市|早市|商场|商城|公园|火车站|高铁站|汽车站|"
    "地铁站|公交站|客运站|车站|银行|酒店|宾馆|饭店|加油站|派出所|工地|体育馆|图书馆|"
    "博物馆|污水处理厂|停车场|搅拌站|厂|河|湖|水库|码头|KTV"
)
_DISTRICT = "街道办?|开发区|高新区|新区|市|县|区|镇|乡"
_END_OF_NAME = re.compile(
    f"(?P<community>{_COMMUNITY})|(?P<landmark>{_LANDMARK})|(?P<road>{_ROAD})|(?P<district>{_DISTRICT})"
)

# What leads up to a place, or stands before a noun that only looks like one. Longest first.
_LEAD = re.compile(
    "投诉|反映|举报|咨询|发现|看到|看见|路过|经过|位于|地处|坐落|住在|就在|靠近|"
    "建议|希望|请问|因为|所以|今天|昨天|前天|昨晚|今晚|晚上|早上|"
    "上午|下午|凌晨|现在|目前|已经|关于|由于|我们|你们|他们|咱们|这边|那边|旁边|"
    "对面|附近|门口|隔壁|后面|前面|里面|外面|楼下|位置|地址|地点|"
    "具体|应该|好像|可能|不对|不是|其实|还是|就是|那个|这个|那条|这条|一条|整条|"
    "修建|兴建|开设|哪条|有个|有条|两条|几条|多个|一个|没有|什么|怎么|哪个|领导|尊敬|"
    "您好|你好|喂|麻烦|帮忙|来自|属于|沿着|顺着|通往|居住|本人|业主|市民|群众|路口|"
    "交叉口|旁|从|在|到|往|去|是|就|那|这|的|了|们|您|你|我|他|她|"
    "它|说|啊|嗯|呃|额|呢|吧|吗|嘛|呀|哦|把|被|但|也|很|哪"
)
# These occur inside names too (和平路, 鼓楼街, 经三路): they end a name only once two characters of it are there.
_JOINER = re.compile("[和与跟同向对叫过等后前里上下有沿顺靠经于为因由各全离都号楼栋弄还看每某整走住让给或及至]")
_NAME_CHAR = re.compile(r"[\u4e00-\u9fffA-Za-z0-9·]")
_LONGEST_NAME = 8

_NOT_A_ROAD = re.compile(
    "(?:马|道|公|小|一|半|走|修|铺|问|让|带|大|电|线|网|铁|思|套|迷|堵|拦|出|退|"
    "回|上|逛|沿|过|水|支|主|干|车|高|土|新|老|旧|断头|水泥|柏油|沥青)路"
    "|(?:逛|扫|大|小|上|步行|商业|临|沿|游)街|(?:小|街|大)巷|(?:天|高架|立交|大|"
    "小|过)桥|(?:大|小)(?:湖|河)|高速|隧道|天桥|立交|高架|胡同"
)
_NOT_A_COMMUNITY = re.compile(
    "(?:农|全|本|乡|城中|进|山|同)村|(?:县|全|古|进|商|不夜|京|老|围|名)城|(?:政|"
    "市政|官|学)府|(?:海|港|台|拐|转)湾|村庄|端庄|(?:商|厂|作)坊|国际|中心|广场|"
    "大厦|大院|宿舍"
    "|小区|社区|花园|家园|公寓|别墅|新村|新区|新城|名城|家属院"
)
_NOT_A_LANDMARK = re.compile(
    "(?:开|出|进|工|药|电|水|化工|停车|造纸|食品)厂|(?:大|小|开|护|清)河|市场|学校|"
    "医院|超市|工地|公园|车站|银行|酒店|饭店|停车场|幼儿园|小学|中学|大学|学院|"
    "商场|菜市场|派出所|加油站|宾馆|厂|河|湖|地铁站|公交站|KTV|码头|水库|菜场|诊所"
)
_NOT_A_DISTRICT = re.compile(
    "(?:城|超|都|夜|早|股|门|上|全|本|我|菜|黑|集|闹|楼|门)市|(?:全|本|我|各)县|"
    "(?:小|社|校|园|景|厂|片|辖|地|城|市|山|林|库|院|住宅|生活|休息|服务|办公|停车|"
    "郊|全|本|各|老|湖|灾|禁|居民|施工)区|(?:城|全|本|村|小|各)镇|(?:城|家|下|老|"
    "各)乡|街道"
)

#: 东六路 and 远大二路 are names, 公交九路 and "旅游一路" are none; of 十字路口 the junction is told, not a road.
_NEVER_A_NAME = re.compile(
    "(?:政府|[乡村省市县]级?公路|乡镇|[马铁网线电大]路|搭桥|[一二三四五六七八九十几两]条[路街]|"
    "(?:^|[车交坐乘够致响时开点行同省市游多])[一二三四五六七八九十几两][路街]|(?:[十丁TtYy]字|岔|交叉|交汇|红绿灯)路|"
    "(?:该|每|[两几各多这那三]个|部分|主要|多数|所有|许多|很多|通过|解决|增加|造成|导致|虽然|影响|改善)路|"
    "(?:(?<!大)道|高速|快速|进出|出入口|水泥|柏油|沥青|[与及或])路|(?:人行|过街)天桥)$"
)

_NUMBER = "[0-9０-９一二三四五六七八九十百零]{1,5}"
_DOOR = re.compile(
    rf"\s?(?:(?:第)?[A-Za-z]?{_NUMBER}(?:[-－之]{_NUMBER})?(?:号楼?|弄|栋|幢|座|楼|"
    rf"单元(?:[0-9]{{2,4}}(?![0-9]))?|室|期|组|队|巷|街坊)(?:院|店)?|[A-Z]区|[东南西北中]区){{1,4}}"
)
_CROSS = re.compile(r"\s?(?:和|与|跟|同|、|到|至|交|交叉|-|—)\s?")
#: Most people say "大桥路口" of the junction of 大桥路, and in the north "东关路十字".
_JUNCTION = re.compile(
    r"(?:的)?(?:(?:十字|丁字)?(?:交叉|交汇)路?口|交汇处|交界处|红绿灯|路口|口(?![腔岸味罩径粮碑头号气臭述]|红(?!绿)))"
    r"|[的，,]?(?:[十丁TtYy]字|三岔)(?:路口|街口|口)|十字(?![架绣会形])"
    r"|[与和][^\W\d_]{2,4}(?:[十丁TtYy]字路口|交叉路?口|交汇处)"
)
_WALK = r"(?:往?[东南西北]?(?:走|大概|大约)?[0-9一二两三四五六七八九十百几]{1,4}米(?:左右|处)?)?"
_BESIDE = re.compile(
    r"(?:的)?(?:(?:东|南|西|北|正|后|前|侧|小|大)?(?:[大校]?门口|[大校]门|门(?![面诊店户禁市卫票]))|[正斜]?对面|"
    r"(?:公?路)?[一两]?旁边?|附近|后面|前面|楼下|门前|地下车库|[东南西北]?(?:出入口|入口|出口)|"
    rf"[东南西北两]侧|[东南西北]边|[东西]?[东南西北]角|以[东南西北]){_WALK}"
    rf"|[的，,]?往[东南西北](?:走|大概|大约)?(?:[0-9一二两三四五六七八九十百几]{{1,4}}米)?(?:左右|处)?"
)
#: Beside something that has no name of its own: 快递站旁, 老邮局对面, 公安局门口.
_BESIDE_IT = re.compile(
    r"(?:上?的)?[^\W\d_不没有在了是和与到]{1,5}[站店铺馆亭楼厂院所局吧园塔牌房社部厅寺庙]"
    r"(?:旁边?|[正斜]?对面|门口|门前|附近|楼下|隔壁)"
)
_REFUSED = re.compile(r"(?:不是|并非|而不是)[^，,。！？!?；;]{0,2}$")
_CORRECTED = re.compile(r"(?:不对|错了|说错|更正|应该是)[，,、。\s啊哦是]{0,4}$")

_WEIGHTS = {"road": 0.45, "community": 0.45, "landmark": 0.35, "district": 0.15}


@dataclass(frozen=True, slots=True)
class _Atom:
    kind: str
    start: int
    end: int


def place_of(text: str) -> Found | None:
    """The place that `text` most probably speaks of, None when it names none; correction wins over what it corrects.

    Heuristic: `confidence` is about 0.5 for a bare road, 0.9 for a road with number or junction.
    """
    places = places_of(text)
    return max(places, key=lambda place: place.confidence) if places else None


def places_of(text: str) -> list[Found]:
    """Every place named in `text`, in its order, joined as far as they stand together."""
    atoms = _find_atoms(text)
    places: list[Found] = []
    index = 0
    while index < len(atoms):
        place, index = _grow(text, atoms, index)
        if place is None:
            continue
        if is_corrected(text, place):
            places.clear()
        places.append(place)
    return places


_LOOKED_THROUGH = 300  # characters of a long story; the place is named early


def place_keys(place: str, text: str) -> list[str]:
    """The roads, communities and landmarks that are named, in order of the alphabet: what likeness is sought by.

    The place counts; only where it names none does the story. A community stands there by its shorter names, too: one
    says 滨河花园小区, the other 滨河花园, the third 滨河花园小区工地.
    """
    for words in (place, text[:_LOOKED_THROUGH]):
        names = {words[atom.start : atom.end] for atom in _find_atoms(words) if atom.kind != "district"}
        if names:
            return sorted(names | {short for name in names for short in _shorter(name)})[:_MOST_KEYS]
    return []


_MOST_KEYS = 8


def _shorter(name: str) -> list[str]:
    """The communities that a name begins with."""
    ends = [match.end() for match in _END_OF_NAME.finditer(name) if match.lastgroup == "community"]
    return [name[:end] for end in ends if 4 <= end < len(name)]


def is_corrected(text: str, place: Found) -> bool:
    """Whether the speaker corrects himself with this place ("不对，是建设路"): what he named before does not hold."""
    return _CORRECTED.search(text[max(0, place.start - 12) : place.start]) is not None


def _find_atoms(text: str) -> list[_Atom]:
    atoms: list[_Atom] = []
    floor = 0
    for match in _END_OF_NAME.finditer(text):
        kind = match.lastgroup or "road"
        start = _name_start(text, match.start(), floor)
        if _goes_on(text, match.end(), kind):
            continue
        if start == match.start() == floor and atoms and kind in ("community", "landmark"):
            start = atoms.pop().start  # 中山路 + 小学 is one school, 华润城市 + 花园 one community
        elif not _is_name(kind, text[start : match.end()], match.group()):
            continue
        atoms.append(_Atom(kind, start, match.end()))
        floor = match.end()
    return atoms


def _name_start(text: str, end: int, floor: int) -> int:
    """Where the name that ends before `end` begins: left over name characters until a word that leads up to it."""
    start = end
    while start > floor and end - start < _LONGEST_NAME and _NAME_CHAR.match(text[start - 1]):
        start -= 1
    leads = [match.end() for match in _LEAD.finditer(text, start, end) if match.end() <= end]
    start = leads[-1] if leads else start
    joiners = [match.end() for match in _JOINER.finditer(text, start, end) if end - match.end() >= 2]
    return joiners[-1] if joiners else start


def _is_name(kind: str, name: str, ending: str) -> bool:
    bare = {
        "road": _NOT_A_ROAD,
        "community": _NOT_A_COMMUNITY,
        "landmark": _NOT_A_LANDMARK,
        "district": _NOT_A_DISTRICT,
    }
    stem = name[: len(name) - len(ending)]
    if not stem or bare[kind].fullmatch(name) or _NEVER_A_NAME.search(name):
        return False
    if kind == "district":
        return len(stem) >= 2 or (stem.isascii() and stem.isalpha())
    return len(stem) >= 2 or stem.isdigit() or stem.isascii() or stem in "东西南北中"


def _goes_on(text: str, end: int, kind: str) -> bool:
    """The ending is only the beginning of another word: 城管, 府里, 市民, 河道 name no place."""
    following = text[end : end + 1]
    if kind == "community" and text[end - 1] in "城府村庄湾坊苑":
        return following in tuple("管市区里民镇乡建规") or (text[end - 1] != "村" and _is_road_of(text, end))
    if kind == "district":
        return following in tuple("民政长委里府场容级")
    if kind == "landmark" and text[end - 1] in "河湖厂":
        return following in tuple("道边房家区里水") or (text[end - 1] != "厂" and _is_road_of(text, end))
    return False


def _is_road_of(text: str, end: int) -> bool:
    """滨湖路, 西苑街, 清河大道: a road that is called after it."""
    return text[end : end + 1] in tuple("路街巷桥") or text.startswith("大道", end)


def _grow(text: str, atoms: list[_Atom], index: int) -> tuple[Found | None, int]:
    """One place from `atoms[index]` on, taking in what touches it; and the index of the first atom not taken."""
    first = atoms[index]
    end, kinds, crossed, extras = first.end, [first.kind], False, 0.0
    index += 1
    while True:
        if match := _DOOR.match(text, end):
            end, extras = match.end(), extras + 0.25
        following = atoms[index] if index < len(atoms) else None
        if following is None or following.start - end > 3:
            break
        between = text[end : following.start]
        cross = bool(_CROSS.fullmatch(between)) and following.kind == "road" and kinds[-1] == "road"
        if not (cross or (between in ("", "的", " ", "，") and _belongs(between, kinds[-1], following.kind))):
            break
        end, crossed = following.end, crossed or cross
        kinds.append(following.kind)
        index += 1
    if by := _BESIDE_IT.match(text, end):
        return _weigh(text, first.start, by.end(), [*kinds, "landmark"], extras + 0.15), index
    if set(kinds) == {"district"}:
        return None, index
    end, extra = _take_tail(text, end)
    return _weigh(text, first.start, end, kinds, extras + extra + (0.2 if crossed else 0)), index


def _belongs(between: str, kind: str, following: str) -> bool:
    return between != "，" or (kind == "district" and following != "district")


def _take_tail(text: str, end: int) -> tuple[int, float]:
    extra = 0.0
    for pattern, weight in ((_JUNCTION, 0.25), (_BESIDE, 0.15), (_BESIDE, 0.0)):
        if match := pattern.match(text, end):
            end, extra = match.end(), extra + weight
    return end, extra


def _weigh(text: str, start: int, end: int, kinds: list[str], extras: float) -> Found | None:
    before = text[max(0, start - 12) : start]
    if _REFUSED.search(before):
        return None
    score = max(_WEIGHTS[kind] for kind in kinds) + 0.1 * (len(set(kinds)) - 1) + extras
    return Found(text[start:end].strip(), start, end, round(min(score, 0.95), 2))
