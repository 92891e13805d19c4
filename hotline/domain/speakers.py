"""Who is who in a call: by the mark where it names a side, by what is said where it does not.

Marks that name a side (坐席, 市民, Agent …) are believed unless what is said under them is plainly the other side's.
Marks that only tell voices apart (A/B, 1/2, SPEAKER_00, a channel) and missing marks are settled by what is
said: a hot-line's opening and its questions give it away, and so does who answers them.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from hotline.domain.turns import CITIZEN, OPERATOR, UNKNOWN, Turn, Utterance

_OPERATOR_MARK = (
    "坐席员?|座席员?|话务员?|客服(?:人员|代表)?|接线员|接话员|受理员|接听员|接待员|"
    "工作人员|值班(?:人员|员)|平台|热线|人工|机器人|受理|接线|坐|席|操作员|被叫|班长|"
    "智能(?:客服|语音|应答)|语音导航|自动语音|系统(?:提示|语音)?|12319|12345|agent|operator|advisor|representative|"
    "staff|bot|system|ivr"
)
_CITIZEN_MARK = (
    "市民|来电人|来电者|来电|来话人|客户|群众|居民|村民|诉求人|投诉人|举报人|反映人|"
    "求助人|咨询人|用户|业主|住户|顾客|热心市民|市|民|主叫|诉求方|来访人|商户|"
    "(?:市民|来电人)?(?:家属|家人|老伴|爱人|妻子|丈夫|儿子|女儿|母亲|父亲|邻居|朋友|同事)|旁人|"
    "customer|caller|citizen|client|user|[\u4e00-\u9fff]{1,3}(?:先生|女士|小姐|大爷|大妈|阿姨)"
)
_VOICE_MARK = (
    "[ABCDabcdＡＢＣＤ甲乙丙丁]|[0-9]{1,2}|说话人?\\s?[0-9A-Za-z一二三四]{1,2}|"
    "发言人\\s?[0-9A-Za-z一二三四]{1,2}|讲话人\\s?[0-9一二三四]{1,2}|"
    "speaker[\\s_-]?[0-9A-Za-z]{1,2}|spk[\\s_-]?[0-9]{1,2}|声道\\s?[0-9一二左右]|"
    "(?:第)?[一二三四]?(?:号)?(?:声音|讲话者|说话者)\\s?[0-9A-Za-z一二三四]{0,2}|男声?|女声?|"
    "channel[\\s_-]?[0-9]|ch[_-]?[0-9]|左声道|右声道"
)
_OPERATOR_LABEL = re.compile(rf"(?:{_OPERATOR_MARK})[\s_-]?(?:[0-9A-Za-z]{{1,8}}号?)?", re.IGNORECASE)
_CITIZEN_LABEL = re.compile(rf"(?:{_CITIZEN_MARK})[\s_-]?[0-9A-Za-z]{{0,2}}", re.IGNORECASE)
_VOICE_LABEL = re.compile(_VOICE_MARK, re.IGNORECASE)


def side_of(label: str) -> str | None:
    """The side that a mark names by itself; None for a mark that only tells voices apart."""
    if _OPERATOR_LABEL.fullmatch(label.strip()):
        return OPERATOR
    if _CITIZEN_LABEL.fullmatch(label.strip()):
        return CITIZEN
    return None


def is_voice(label: str) -> bool:
    """Whether it is a mark that only tells voices apart."""
    return _VOICE_LABEL.fullmatch(label) is not None


_LINES = r"123(?:19|45)|12328|12315|96\d{3}"
# What only one side says; the number is how much it weighs.
_OPERATOR_SIGNS = (
    (
        3,
        re.compile(
            f"(?:(?:您|你)好|这里是|欢迎(?:致电|拨打))[，,、 ]?[^，,。？?]{{0,8}}(?:{_LINES})|"
            f"(?:{_LINES})[^，,。？?]{{0,8}}"
            "(?:您好|你好|热线|为您|工号|中心|请讲)|(?:很|非常)?高兴(?:为您|能为您)?服务|(?:请问)?有(?:什么|"
            "啥)(?:可以|能)?(?:帮您|帮到您|帮助|"
            "为您|帮)|需要(?:帮您|为您)|工号|感谢您的(?:来电|理解|反映|支持)|祝您|满意度(?:评价|调查)|"
            "请(?:对我的服务|挂机|按[0-9一二])|"
            "热线(?:，|,|。)?(?:您|你)好|欢迎致电|请不要挂机|为您转接"
        ),
    ),
    (
        2,
        re.compile(
            "请问(?:一下)?您?(?:贵姓|怎么称呼|的|具体|是|在|现在|需要|还有|什么|这个|方便|要)|您贵姓|(?:怎么|"
            "如何)称呼|您的(?:联系|"
            "电话|姓名|问题|诉求|来电|情况|心情|信息|身份|地址|位置|手机)|(?:跟|和|与)您(?:再)?(?:核实|确认|核对|"
            "重复)|(?:已经?|这边|先|我)?(?:帮|"
            "给|为|替)您(?:记|登记|转|反映|核实|查|派|催|联系|生成|下单|备注)|记录(?:下来|一下|好|了)|"
            "请(?:您)?(?:稍等|稍候|"
            "讲|说|描述|保持电话|注意|放心|留意)|方便(?:留|提供|说|告)|工作日|回复您|联系您|答复您|给您(?:回|打|"
            "致电)|通知您|"
            "需要(?:为您|给您|对您)?[^。，]{0,8}(?:保密|回复|回访)[^。，]{0,3}[吗么]|"
            "理解您|不好意思(?:，)?让您|让您久等|您(?:别|先别|不要)着急|工单|(?:转|交|派|反馈)(?:给|到|至)?(?:相关|"
            "属地|辖区|责任|主管|有关|对应|城管|市政|住建|"
            "环卫|环保|物业)[^，。]{0,6}(?:部门|单位|局|中心|公司|处|办)|具体(?:是)?(?:在)?(?:什么|"
            "哪)(?:个)?(?:位置|地方|地址|里|儿|路段|小区)|"
            "还有(?:其他|别的|什么)[^。]{0,8}(?:需要|问题|反映|补充|帮)|您还有|您(?:这边|那边)(?:是|的|能|方便|大概|"
            "具体)|"
            "什么时候(?:开始|发现|出现)的|持续(?:了)?多久|有没有(?:拨打|打过|联系过|跟物业|向|找过)"
        ),
    ),
    (
        1,
        re.compile(
            "您(?:说|看|反映|那边|这边|方便|稍|是|在|住|家|先|放心|贵)|(?:对吗|是吗|是吧|对吧)[？?。]?$|请问|"
            "好的(?:[，,。](?:您|我|这边|那|已)|我们(?!等|知道))|我们(?:会|马上|尽快)?通知"
        ),
    ),
)
_CITIZEN_SIGNS = (
    (
        3,
        re.compile(
            "(?<!您说)(?<!您是)我(?:要|想|来|就想|就是想|打电话)(?:要|来|跟你们?|向你们?)?(?:投诉|反映|反应|举报|"
            "咨询|问|建议|求助|说)|我(?:来)?(?:反映|反应|投诉)(?:一下|"
            "个)|(?:俺|咱)(?:要|想|来)?(?:反映|投诉|举报|问)|我姓|免贵|我(?:叫|是)[^，。您]{0,8}(?:业主|居民|住户|"
            "村民|租户|的)|我的?(?:电话|"
            "手机)号?码?(?:是|：|:)|是12(?:319|345)(?:吗|吧|嘛|不)|就打(?:我)?这个|"
            "你们(?:赶紧|快|管不管|能不能|什么时候|到底|来|怎么|这|倒是|给|去|派|必须)|我都(?:说|打|反映|投诉)"
        ),
    ),
    (
        2,
        re.compile(
            "(?<!您)我们?(?:家|小区|这(?:儿|边|里|栋|条|块|个)|那(?:儿|边|里|个)|楼|村|单元|住|门口|孩子|爸|妈|老)|"
            "(?:俺|咱|阿拉|我哋|偶|额)们?(?:家|小区|村|这|楼|那)|"
            "(?:堆|停|摆|吵|臭|闹|挤)得(?:跟|像|满|到处)|都过不去|全占了|没(?:有)?人(?:管|来|理|修|清)|吵得|睡不着|(?:都)?(?:好几|好多|[一二两三四五六七八九十半几])个?多?(?:天|"
            "个月|年|个星期|个礼拜)了|麻烦(?:你们|你)|能不能(?:派|来|给我|帮我|让)|你(?:给|帮)(?:我)?(?:记|查|问|"
            "反映|看|转)|"
            "(?:姑娘|同志|妹子|小妹|美女|师傅|领导|小伙子?|闺女)[，,]|气死|受不了|太不像话|不管|"
            "怎么[^，。]{0,6}都不|你说(?:这|我|气|是)"
        ),
    ),
    (
        1,
        re.compile(
            "坏了|不亮|堵了|太吵|太臭|漏水|噪音|垃圾|^喂[，,]?|谢谢(?:你|您|啊)|哎呀|就是那个|你好[啊呀]|我(?!们?会|"
            "们?这边|这边|帮|给您|为您|先|再|马上)"
        ),
    ),
)
#: 哪个小区 – 车牌号 – 什么时候: a desk's questions are short. 什么时候能修好 is the caller's.
_SHORT_QUESTION = re.compile(
    "[那嗯好请问的，, ]{0,4}(?:您的?)?(?:[^，,。我俺咱你]{0,10}(?:哪|什么|谁|几|多少|多久|多长|吗|贵姓|"
    "称呼)[^，,。我俺咱你]{0,8}|"
    "(?:联系)?电话|姓名(?:和?电话)?|电话和?姓名|(?:具体)?(?:地址|位置)|车牌号?|门牌号?|(?:怎么|您)称呼)[？?。]?"
)
_ASKED_BY_CALLER = re.compile("123|热线|能|修好|处理|要带|多少钱|可以|才|管|会|几天|结果|为什么|凭什么|怎么办|办理")
_SURE = 3  # what only one side says, and nothing of the other


def lean(text: str) -> int:
    """Above zero: sounds like the operator; below: like the citizen."""
    operator = sum(weight for weight, sign in _OPERATOR_SIGNS if sign.search(text))
    if len(text) <= 18 and _SHORT_QUESTION.fullmatch(text.strip()) and not _ASKED_BY_CALLER.search(text):
        operator += _SURE
    return operator - sum(weight for weight, sign in _CITIZEN_SIGNS if sign.search(text))


def settle_speakers(utterances: Iterable[Utterance]) -> list[Turn]:
    """Turns with their side: by mark where it names one, by what is said where it does not, else unknown."""
    spoken = [utterance for utterance in utterances if utterance.text.strip()]
    labels = {utterance.label for utterance in spoken if utterance.label is not None}
    if len(labels) <= 1 and _is_one_stream(spoken, labels):
        spoken = [piece for utterance in spoken for piece in _sentences(utterance)]
        speakers = _settle_unmarked([utterance.text for utterance in spoken])
    elif labels:
        sides = _settle_labels(spoken, labels)
        speakers = [_side(utterance, sides) for utterance in spoken]
    else:
        speakers = _settle_unmarked([utterance.text for utterance in spoken])
    return [
        Turn(speaker, utterance.text, utterance.line, utterance.start_ms, utterance.end_ms)
        for speaker, utterance in zip(speakers, spoken, strict=True)
    ]


def _is_one_stream(spoken: Sequence[Utterance], labels: set[str]) -> bool:
    """Everything under one mark that names nobody, or in one long line: two persons were not told apart."""
    if any(side_of(label) is not None for label in labels):
        return False
    if not labels and len(spoken) > 3:
        return False
    leans = [lean(piece.text) for utterance in spoken for piece in _sentences(utterance)]
    return bool(leans) and max(leans) >= _SURE and min(leans) <= -2 and (bool(labels) or len(leans) > len(spoken))


_SENTENCE = re.compile(r"[^。！？!?\n]++[。！？!?]*+")


def _sentences(utterance: Utterance) -> list[Utterance]:
    pieces = [match.group().strip() for match in _SENTENCE.finditer(utterance.text) if match.group().strip()]
    return [replace(utterance, text=piece) for piece in pieces] or [utterance]


def _side(utterance: Utterance, sides: Mapping[str, str]) -> str:
    """That of the mark; a turn that is plainly the other side's has got the wrong mark."""
    side = sides.get(utterance.label, UNKNOWN) if utterance.label else UNKNOWN
    leaning = lean(utterance.text)
    doubtful = utterance.label is None or side_of(utterance.label) is None
    if side == UNKNOWN:
        return OPERATOR if leaning >= _SURE else CITIZEN if leaning <= -_SURE else UNKNOWN
    if doubtful and side == CITIZEN and leaning >= _SURE:
        return OPERATOR
    if doubtful and side == OPERATOR and leaning <= -_SURE - 1:
        return CITIZEN
    return side


def _settle_labels(spoken: Sequence[Utterance], labels: set[str]) -> dict[str, str]:
    leans: dict[str, int] = defaultdict(int)
    for utterance in spoken:
        leans[str(utterance.label)] += lean(utterance.text)
    sides = {label: side for label in labels if (side := side_of(label)) is not None}
    if _are_swapped(sides, leans):
        sides = {label: CITIZEN if side == OPERATOR else OPERATOR for label, side in sides.items()}
    voices = sorted(labels - set(sides))
    if not voices:
        return sides
    if len(voices) == 1 and len(set(sides.values())) == 1:
        return sides | {voices[0]: CITIZEN if OPERATOR in sides.values() else OPERATOR}
    return sides | _settle_voices(voices, leans)


def _are_swapped(sides: Mapping[str, str], leans: Mapping[str, int]) -> bool:
    """The channels were mixed up: what stands under 坐席 complains, and what stands under 市民 asks and thanks."""
    operator = [leans[label] for label, side in sides.items() if side == OPERATOR]
    citizen = [leans[label] for label, side in sides.items() if side == CITIZEN]
    return bool(operator and citizen) and sum(operator) <= -_SURE and sum(citizen) >= _SURE


def _settle_voices(voices: Sequence[str], leans: Mapping[str, int]) -> dict[str, str]:
    ranked = sorted(voices, key=lambda voice: -leans[voice])
    first, last = ranked[0], ranked[-1]
    if len(voices) == 2 and leans[first] != leans[last]:
        return {first: OPERATOR, last: CITIZEN}
    if {voice.upper() for voice in voices} == {"A", "B"}:
        return {voice: OPERATOR if voice.upper() == "A" else CITIZEN for voice in voices}  # the usual transcription
    if len(voices) > 2 and leans[first] >= _SURE:  # a relative speaks for the caller, a colleague like the operator
        return {voice: OPERATOR if leans[voice] >= _SURE else CITIZEN for voice in voices}
    return {voice: OPERATOR if leans[voice] > 0 else CITIZEN if leans[voice] < 0 else UNKNOWN for voice in voices}


_ASKS = re.compile("[？?]$|[吗呢么]$|贵姓|称呼|(?:什么|哪里|多少|几[点时])[^，。]{0,4}$")


def _settle_unmarked(texts: Sequence[str]) -> list[str]:
    """Without any mark: the likeliest change of speakers. People mostly take turns, and a question is answered."""
    leans = [lean(text) for text in texts]
    if not leans or max(leans) < 2 or min(leans) >= 0:
        return [OPERATOR if each > 0 else CITIZEN if each < 0 else UNKNOWN for each in leans]
    sides = (1, -1)  # the operator's, the citizen's
    scores = {side: float(side * leans[0]) + (0.5 if side == 1 else 0.0) for side in sides}
    came_from: list[dict[int, int]] = []
    for before, leaning in zip(texts, leans[1:], strict=False):
        change = 2.5 if _ASKS.search(before.strip()) else 1.0
        step = {side: max(sides, key=lambda last: scores[last] + (change if last != side else 0.0)) for side in sides}
        scores = {side: scores[step[side]] + (change if step[side] != side else 0.0) + side * leaning for side in sides}
        came_from.append(step)
    side = max(sides, key=lambda each: scores[each])
    path = [side]
    for step in reversed(came_from):
        side = step[side]
        path.append(side)
    return [OPERATOR if each == 1 else CITIZEN for each in reversed(path)]
