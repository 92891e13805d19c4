"""Who calls and how to reach him: the name as said, the call-back number however it was spelt out."""

from __future__ import annotations

import re
from collections.abc import Sequence

from hotline.domain.cues import refuses_number
from hotline.domain.dictating import ASKS_PHONE
from hotline.domain.names import DOUBLE, SURNAME, TITLE, addressed_as, find_names, name_in_answer
from hotline.domain.parts import Part, is_answer_to, make_part, says_yes
from hotline.domain.smoothing import smooth
from hotline.domain.spans import Found
from hotline.domain.turns import OPERATOR, Turn

_ASKS_NAME = re.compile("贵姓|您姓|(?:怎么|如何)称呼|姓名|您的名字|姓(?:什么|啥|么)|您叫(?:什么|啥)|称呼您")


def find_name(turns: Sequence[Turn]) -> Part | None:
    """The caller's name as said: "王女士", "张伟"; a bare surname takes the title that the operator gives it."""
    part, surname = _own_name(turns)
    if part is None or surname is None:
        return part
    for turn in turns:
        if turn.speaker == OPERATOR:
            for spoken, title in addressed_as(turn.text):
                if spoken == surname:
                    return Part(surname + title, part.line, part.confidence, part.said)
    return part


def _own_name(turns: Sequence[Turn]) -> tuple[Part | None, str | None]:
    """The first name given, and the surname when it was no more than that."""
    for index, turn in enumerate(turns):
        if turn.speaker == OPERATOR:
            continue
        asked = is_answer_to(turns, index, _ASKS_NAME)
        name = _first_name(smooth(turn.text).text, turn.text, asked)
        if name is not None:
            bare = name.value if len(name.value) == 1 or name.value in _DOUBLE else None
            if bare and (fuller := _FULLER.search(turn.text)) and fuller["surname"] == bare:
                name, bare = Found(fuller["full"], *fuller.span("full"), 0.85), None  # 我姓王，王建国: no stammer
            return make_part(name.value, turn, name.confidence, turn.text.strip()[:40]), bare
    return None, None


_DOUBLE = tuple(DOUBLE.split("|"))
#: Somebody else's: 小卖部老板，姓温的; 司机姓李.
_ANOTHERS = re.compile("(?:老板娘?|他|她|司机|经理|师傅|主任|队长|那个?人|邻居|负责人|房东|对方)[^。！？!?；;]{0,6}$")
#: 俺姓佘; a surname that no list knows counts where the name was asked for.
_ANY_SURNAME = re.compile(r"(?:[我俺咱]|^|[，,。\s])(?:免贵)?姓[，,\s]?([\u4e00-\u9fff])(?!名|什么|的)")
_FULLER = re.compile(
    rf"姓[，,\s]?(?P<surname>{DOUBLE}|[\u4e00-\u9fff])[，,。\s]{{1,3}}(?:我?叫)?"
    r"(?P<full>(?P=surname)[\u4e00-\u9fff]{1,2})(?=[，,。\s啊]|$)"
)
_CALL_ME = re.compile(
    "(?:叫我|就叫|喊我)(?P<name>[老小阿][\u4e00-\u9fff]|[\u4e00-\u9fff](?:先生|女士|小姐|师傅|老师|大姐|大哥|阿姨|"
    "大爷|大妈|哥|姐|叔))"
)


def _first_name(text: str, spoken: str, asked: bool) -> Found | None:
    for name in find_names(text):
        before = text[max(0, name.start - 14) : name.start]
        if (not _ANOTHERS.search(before) or re.search("[我俺咱]$|[我俺咱]姓$", before)) and text[
            name.end : name.end + 1
        ] != "的":
            fuller = _FULLER.search(text)
            if fuller and fuller["surname"] == name.value:
                return Found(fuller["full"], fuller.start("full"), fuller.end("full"), 0.85)
            return name
    if match := _CALL_ME.search(text):
        return Found(match["name"], *match.span("name"), 0.8)
    if asked and (match := _ANY_SURNAME.search(text)):
        return Found(match.group(1), *match.span(1), 0.8)
    return (name_in_answer(text) or _spelt_out(spoken)) if asked else None


_OPENING = re.compile(
    "^(?:[嗯啊哦呃，,。\\s]{0,4}(?:您好|你好|免贵|我的?名字|我|俺|咱|姓名|复姓|敝姓|本人|名字|就|是|叫|姓)){0,4}[，,\\s]{0,2}"
)
_TOKEN = re.compile(
    f"(?P<name>(?:{DOUBLE})[\u4e00-\u9fff]{{0,2}}|[\u4e00-\u9fff]{{1,3}}?(?:{TITLE})|[\u4e00-\u9fff]{{1,3}})(?=[啊呀吧的]?(?:[，,。！!\\s]|$))"
)
_NO_NAME = re.compile(
    "[我你您他她它不没对嗯是的好有哎喂了吗呢这那哪吧么]|匿名|保密|业主|居民|住户|市民|方便|知道|什么|电话|手机|号码|可以|免了|算了|随便|"
    "[人员者]$"
)


def _spelt_out(text: str) -> Found | None:
    """A name that no list knows, asked for ("商，商量的商", "单晓东，单姓读善"); the fuller of two tellings."""
    opening = _OPENING.match(text)
    match = _TOKEN.match(text, opening.end() if opening else 0)
    if match is None or _NO_NAME.search(match["name"]):
        return None
    name, rest = match["name"], text[match.end() :]
    told = opening is not None and "姓" in opening.group()
    if len(name) > 1 and name not in _DOUBLE and not name.startswith(_DOUBLE) and not re.match(SURNAME, name):
        spelt = any(char in rest for char in name)
        if not spelt and len(name) == 2 and not re.search(TITLE, name):
            return None
    fuller = (
        re.search(f"[，,。\\s](?:我?叫)?({re.escape(name)}[\u4e00-\u9fff]{{1,2}})(?=[，,。\\s啊]|$)", rest)
        if len(name) < 3
        else None
    )
    if fuller:
        start = match.end() + fuller.start(1)
        return Found(fuller.group(1), start, start + len(fuller.group(1)), 0.85)
    return Found(name, *match.span("name"), 0.8 if told or len(name) > 1 else 0.7)


_SAME = re.compile(
    "(?:就是?|打|用|是)(?:现在)?(?:我)?(?:这个|这部|本)(?:电话|号码?|手机|机)|打(?:我)?这个(?=就|吧|行|可以|能|"
    "[，,。]|$)|(?:来电|"
    "当前|打过来的?)(?:这个)?(?:号码|电话)(?:就)?(?:行|可以|是)?|本机号?码?|(?:你|您)们?(?:那边|那儿|那里)?(?:看到|看见|看得到|显示)的?(?:就是)?(?:这|那)个(?=号|电话|手机|就|也|吧|啊|嘛|呗|[，,。]|$)|"
    "(?:我)?(?:现在|正在?)打(?:着|过来)?的(?:就是)?(?:这|那)个"
)
#: In answer to "your number?": the one that he is calling from, in whatever words.
_SAME_ANSWERED = re.compile(
    "(?:我)?(?:现在|正|这会儿)(?:在)?(?:打|用|拨|说话|通话)(?:过来|进来|着|电话)?的?(?:这|那)?个?|打(?:过|进)来的|显示|本机|"
    "(?:就|是|打|用|还是)(?:我)?(?:这|那)个|这个(?:号|电话|手机)?(?:就|也)?(?:行|可以|能|成|好)|不用另(?:外)?留|"
    "(?:手机|电话|号码)?(?:就|也)(?:是)?(?:这|那)个|同一个号"
)
_NOT_SAME = re.compile(
    "(?:不是|别打|不要打|不用)这个|这个(?:号码?|电话|手机)?(?:不|没|打不通|是(?:我)?(?:他|她|老|朋友|公司|单位|别人|同事|儿子|女儿))|换一?个"
)
#: The operator asks whether that number will do.
_SAME_ASKED = re.compile(
    "(?:这个|这部|此|本|来电|当前|现在|目前|打(?:过|进)?来的|呼入|您用的)[^，,。？?]{0,10}(?:号码?|电话|手机|座机)|"
    "(?:号码?|电话|手机)[^，。？?]{0,12}(?:这个|本机|打进来|打过来|来电)|[0-9零幺一二三四五六七八九]{2,4}(?:开头|打头)|尾号|"
    "手(?:里|上|头)的?这?[个部台](?:手机|电话|号码?|座机|机子)|"
    "(?<![0-9栋幢号元楼室零一二三四五六七八九])[1幺一][3-9三四五六七八九][0-9零幺一二三四五六七八九]{1,2}的?(?:这|那)个"
)


def find_same_number(turns: Sequence[Turn]) -> Part | None:
    """Whether the caller wants to be called on the number that he is calling from: what he says last counts; None
    where nobody spoke of it."""
    part: Part | None = None
    for index, turn in enumerate(turns):
        if turn.speaker != OPERATOR:
            part = _of_same(turns, index) or part
        elif _SAME_ASKED.search(turn.text) and (part is None or part.value is False) and _agreed_to(turns, index):
            part = Part(True, turn.line, 0.8, turn.text.strip()[:40])
    return part


def _of_same(turns: Sequence[Turn], index: int) -> Part | None:
    turn = turns[index]
    offered = is_answer_to(turns, index, _SAME_OFFERED)
    if refuses_number(turn.text) or (offered and _DECLINED.search(turn.text)):
        return make_part(False, turn, 0.9, turn.text.strip()[:40])
    pattern = _SAME_ANSWERED if is_answer_to(turns, index, _ASKS_NUMBER) else _SAME
    match = pattern.search(turn.text) or _SAME.search(turn.text)
    return make_part(True, turn, 0.9, match.group()) if match and not _NOT_SAME.search(turn.text) else None


#: The operator offers to call that very number: 就打当前这个号码，可以吗？
_SAME_OFFERED = re.compile(
    "(?:这个|当前|来电|本机|打(?:过|进)来的?|呼入的?|您用的)(?:这个|的)?(?:联系)?(?:号码?|电话|手机号?)[^，。？?留]{0,8}"
    "(?:[，,]?(?:可以|行|好|方便|对|是|能打通|没问题)[^，。？?]{0,3}(?:[吗么吧？?]|不)|[吗吧？?])"
)
_DECLINED = re.compile(
    "^[嗯啊哦呃哎，,\\s]{0,8}(?:不行|不可以|不要|不方便|不好|别打|不能|不合适|换一?个)|(?:这|那)?(?:个)?是(?:我)?(?:们)?"
    "(?:单位|公司|办公室|老公|老婆|儿子|女儿|朋友|同事|别人|邻居|店里|借)[^，。]{0,4}(?:电话|手机|号码?)"
)

_ASKS_NUMBER = re.compile(f"{ASKS_PHONE.pattern}|(?:告诉|通知|回复|联系|反馈)(?:给)?您")


def _agreed_to(turns: Sequence[Turn], index: int) -> bool:
    """The next words of the caller say yes to the operator's turn."""
    for turn in turns[index + 1 : index + 3]:
        if turn.speaker == OPERATOR:
            return False
        said = None if _NOT_SAME.search(turn.text) else says_yes(turns[index].text, turn.text)
        if said is not None:
            return said
    return False
