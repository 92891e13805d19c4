"""What the call is about, in the caller's words: one sentence, and the hints at a category."""

from __future__ import annotations

import re

from hotline.domain.names import find_names
from hotline.domain.spoken import find_phones

# Words of street matters and of everyday complaints; longer words first so that 路灯不亮 is not read as 路灯 twice.
_SUBJECTS = (
    "路灯|井盖|窨井|雨水箅子|下水道|下水|排水|污水|积水|管道|水管|化粪池|路面|人行道|"
    "盲道|马路|护栏|路牌|红绿灯|信号灯|公交站|站牌|电线杆|电线|电缆|"
    "变压器|垃圾桶|垃圾站|垃圾车|垃圾|渣土车|渣土|建筑垃圾|装修垃圾|杂物|落叶|公厕|"
    "厕所|绿化带|绿化|树枝|大树|行道树|草坪|违章建筑|违建|搭建|"
    "小广告|广告牌|招牌|横幅|摊贩|小摊|地摊|烧烤|夜市|早市|占道经营|占道|游商|油烟|"
    "异味|臭味|恶臭|扬尘|粉尘|噪音|噪声|广场舞|音响|喇叭|施工|工地|"
    "装修|乱停车|违停|僵尸车|共享单车|电动车|三轮车|停车位|停车费|停车|充电桩|消防通道|"
    "楼道|电梯|物业费|物业|暖气|供暖|供热|停水|停电|燃气|自来水|"
    "水压|漏水|网吧|KTV|酒吧|饭店|流浪狗|狗叫|养狗|遛狗|鸡鸣|工资|欠薪|社保|医保|"
    "公积金|房产证|拆迁|健身器材|滑梯|早点摊|早餐摊|菜摊|地砖|化粪池|顶棚|河水|鞭炮|烟花|学区|学校|公交|出租车|快递|消费|退款"
)
_TROUBLES = (
    "不亮|亮不了|闪烁|坏了|坏掉|损坏|破损|破了|断了|断裂|倒了|歪了|掉了|脱落|堵了|"
    "堵塞|堵住|不通|反水|冒水|溢出来|外溢|漏水|漏了|渗水|没水|没电|"
    "停水|停电|不热|冰凉|缺失|没了|不见了|丢了|被偷|松动|塌陷|塌了|下陷|坑洼|坑坑洼洼|"
    "有个坑|大坑|积水|淹|太吵|很吵|吵得|吵死|扰民|睡不着|睡不了觉|臭|难闻|"
    "呛人|刺鼻|乱堆|堆放|乱倒|乱扔|没人清|不清运|没人收|满了|脏|乱停|堵门|挡住|"
    "占用|占着|占了|盖房|砌起来|砌墙|乱贴|乱收费|不退|拖欠|不发|不给|没人管|不管|推诿|不处理|"
    "不解决|偷排|直排|冒烟|泄漏|漏气|着火|咬人|叫唤|违法|违规|不开|不让"
)
_SUBJECT = re.compile(_SUBJECTS)
_TROUBLE = re.compile(_TROUBLES)

_FILLER = re.compile(
    "(?:^|(?<=[，,、。！？!?\\s]))(?:那个什么|那啥|怎么讲|反正|我感觉|嗯++|啊++|呃++|额++|哦++|噢|唉|诶|哎|喂++|"
    "那个|这个|"
    "就是说|就是|然后呢?|的话|怎么说呢|是这样的?|对对?|您好|你好|同志|师傅|姑娘|"
    "小姐)++(?=[，,、。！？!?\\s])[，,、\\s]*+"
)
_STUTTER = re.compile(r"([\u4e00-\u9fff]{1,3}?)[，、,…]?(?:\1[，、,…]?){1,3}")
_BARE_FILLER = re.compile("^(?:[嗯呃额啊哦]++(?:那个|这个|就是|然后)?|那个|就是)(?=我)")
_READBACK = re.compile(
    "^(?:请问)?(?:跟您(?:核实|确认)一下)?[，,]?您(?:反映|说|投诉|讲)的(?:问题|情况)?是?|"
    "[，,](?:对吗|对吧|是吗|是吧|对不对)[？?]?$"
)
_OPENING = re.compile(
    "^(?:(?:您|你)好[啊呀]?[，,。！!\\s]*+|我?(?:跟|和|给)(?:你|您)们?(?:说|讲|反映)(?:一?下|个|一个)?(?:事儿?|情况|"
    "问题)?[啊呀哈]?[，,：:\\s]*+|喂[，,\\s]*+|嗯++[，,\\s]*+|我(?:就是)?(?:想|"
    "要|来)?(?:跟|向|给)?(?:你们|您)?(?:打电话)?(?:想|要|来)?(?:反映|反应|投诉|"
    "举报|咨询|求助|说|问|建议)(?:一下|一个|个|一件)?(?:问题|情况|事情|事|的是)?(?:就是|"
    "是)?[，,：:。\\s]*+)++"
)
_SENTENCE = re.compile(r"[^。！？!?；;\n]++[。！？!?；;]?")
_SMALL_TALK = re.compile(
    r"^(?:[好对是行嗯啊哦可以的吧没有不用了谢谢您你再见知道清楚，,。！!\s]|麻烦)*+$|"
    r"^(?:我姓|我叫|免贵|电话|号码|手机)|(?:谢谢|再见)[。！!]?$"
)
_LONGEST = 80


def tidy(text: str) -> str:
    """Speech without fillers and stammering: "嗯，那个，我我我家门口" is "我家门口"; nothing else is changed."""
    plain = _BARE_FILLER.sub("", _FILLER.sub("", text))
    return _STUTTER.sub(_unstutter, plain).strip(" ，,、")


def _unstutter(match: re.Match[str]) -> str:
    said, unit = match.group(), match.group(1)
    times = said.count(unit)
    if len(unit) == 1 and times == 2 and not re.search("[，、,…]", said) and unit not in "我你他这那就在":
        return said  # 天天, 慢慢, 好好 are words
    if unit in "一二三四五六七八九零幺两" or re.fullmatch("[好对是嗯谢]", unit):
        return said
    return unit + ("，" if said[-1] in "，、,…" else "")


def matter_in(text: str) -> tuple[str, float] | None:
    """The sentence of a turn that tells the matter, and how sure that is; None for small talk, names and numbers."""
    best: tuple[str, float] | None = None
    sentences = [_drop_identity(match.group()) for match in _SENTENCE.finditer(tidy(text))]
    for index, sentence in enumerate(sentences):
        score = _score(sentence)
        if score <= 0 or (best and score <= best[1]):
            continue
        told = _OPENING.sub("", sentence).strip("，,。；; ")
        if len(told) < 12 and index + 1 < len(sentences) and _score(sentences[index + 1]) > 0:
            told = f"{told}，{sentences[index + 1].strip('，,。；; ')}"
        if len(told) >= 3:
            best = (_cut(told), score)
    return best


def _drop_identity(sentence: str) -> str:
    """The sentence without its clauses that only say who calls and on what number."""
    clauses = re.split("[，,]", _READBACK.sub("", sentence))
    return "，".join(
        clause
        for clause in clauses
        if not _SECRECY.search(clause) and not find_phones(clause) and not (find_names(clause) and len(clause) < 12)
    )


_SECRECY = re.compile(
    "^(?:但是?|不过|可是)?(?:你们?|您)?(?:得|要|一定|千万|必须|可)?(?:给|替|帮)?我?(?:保密|匿名|别说是我)"
)


def _score(sentence: str) -> float:
    bare = sentence.strip()
    if len(bare) < 3 or _SMALL_TALK.search(bare):
        return 0.0
    if _ASKS.search(bare) and len(bare) >= 8:
        return 0.7
    told = _told(bare)
    return max(told - _noise(bare), 0.05) if told else 0.0


#: What is wrong in any words: 裂口子了, 停得死死的, 摆满了.
_HARM = re.compile(
    "[破裂烂坏断塌倒歪堵漏臭黑脏吵响震咬困占挡淹冒松掉翻陷漫溢涨骗欠拖挖烧砸敲摆停晃摔撞灌霉][\u4e00-\u9fff]{0,2}[了得着满住出]|(?:不|没)[有法能够敢让给开关动]|"
    "过不[去得了]|出不[来去]|打(?:桩|不开)|跳绳|睡[都也]?[不没]"
)
_GENERIC = re.compile("没人管|不管|推诿|不处理|不解决|不让|不给")
#: Indignation, and haste: how he feels about it, not what it is.
_LOUD = re.compile(
    "凭什么|管不管|有没有人管|还有人管|干啥吃|干什么吃|纳税|良心|老百姓|气死|气人|无语|忍无可忍|受够|什么玩意|嘛玩意|不作为|踢皮球|当皮球|推来推去|"
    "(?:打|反映|投诉|说)(?:了|过)?[^，。]{0,4}(?:次|遍|回|个电话)|要不要脸|什么态度|什么事儿|不像话|心太黑|曝光|"
    "(?:^|说)(?:你们)?(?:赶紧|快点?|尽快)"
)
_NODS = re.compile("^(?:是|对|嗯|好|没有|没)[的啊呀嘛呗]?(?:[，,]|$|(?=有个))")


def _told(bare: str) -> float:
    subject = _SUBJECT.search(bare)
    trouble = _TROUBLE.search(_GENERIC.sub("", bare))
    if subject and (trouble or _HARM.search(bare)):
        return 0.85
    if subject or trouble:
        return 0.65
    if _GENERIC.search(bare):
        return 0.6
    return 0.5 if _HARM.search(bare) and len(bare) >= 6 else _hint(bare)


def _noise(bare: str) -> float:
    return (0.25 if _LOUD.search(bare) else 0.0) + (0.35 if _NODS.search(bare) else 0.0)


def _hint(bare: str) -> float:
    return 0.5 if _OPENING.match(bare) and len(_OPENING.sub("", bare)) >= 6 else 0.25 if len(bare) >= 12 else 0.0


_ASKS = re.compile("请问|(?:我|就|想)(?:想|来)?(?:问问?|咨询|了解|打听)(?:一?下)?[，,]?.{4}")


def _cut(sentence: str) -> str:
    if len(sentence) <= _LONGEST:
        return sentence
    shortened = sentence[:_LONGEST]
    comma = max(shortened.rfind("，"), shortened.rfind(","))
    return shortened[:comma] if comma >= 20 else shortened


def category_words(text: str) -> list[str]:
    """The words of `text` that hint at a category, each once, in the order in which they were said."""
    hits = sorted([m for pattern in (_SUBJECT, _TROUBLE) for m in pattern.finditer(text)], key=lambda m: m.start())
    return list(dict.fromkeys(match.group() for match in hits))
