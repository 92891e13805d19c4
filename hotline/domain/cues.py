"""What a caller's words mean to the conversation itself (语音接听), whatever the matter is: 喂, 等一下, 转人工."""

from __future__ import annotations

import re

from hotline.domain.matter import matter_in
from hotline.domain.places import place_of
from hotline.domain.spoken import digit_groups

PERSON_KEY = "0"
KEYED = "（按键{keys}）"  # how a pressed key stands in the transcript
SURE_MATTER = 0.5

_WHO = "人工(?:坐席|座席|服务|客服)?|真人|活人|话务员|接线员|接线生|坐席|座席"
_NOT_WHO = "湖|岛|河|草|费|林|降|喂|智能|清|打|搬|挖|操作|看守"
_WANTS_PERSON = re.compile(
    f"(?<!不用)(?<!不要)(?<!不想)(?<!别)(?:转|接|找|要|换|叫|来|跟|和)(?:给|到|一下|个|一个|位|你们的?)?(?:{_WHO})(?!{_NOT_WHO})"
    f"|^[^\u4e00-\u9fff]{{0,9}}(?:请|麻烦|我要)?(?:{_WHO})[^\u4e00-\u9fff]{{0,9}}$"
    "|(?:不想|不要|不愿意?)(?:跟|和|同)(?:你这个?|这个?)?(?:机器人?|电脑)(?:说|讲|谈)"
)
_SOUNDS = "嗯|啊|哎|诶|欸|哦|噢|呃|额|呀|哈|嘛|呢|吧|哟|啦"
_CALLS = re.compile(
    "(?:喂|你好|您好|在吗|在不在|在听吗?|有人(?:在)?(?:吗|没有?)|(?:你|您)?(?:能|还)?(?:听得?到|听得?见|听不?见|听不到|"
    f"听清楚?)(?:我?(?:说话|声音))?(?:吗|没有?|不)?|(?:你|您)?(?:怎么)?(?:不)?说话|没声音|(?:你|您)|{_SOUNDS})++"
)
_ONLY_SOUNDS = re.compile(f"(?:{_SOUNDS}|你|您)++")
_WAITS = re.compile(
    f"(?:{_SOUNDS}|喂|那|好的?|不好意思|对不起|麻烦|请|你|您|先|我)*+(?:等(?:一?等|一?下下?|一?会儿?|一?小?会儿?|我)|"
    "稍等|稍候|别挂|不要挂|别急|慢着)(?:一?下|一?会儿?|片刻|电话|别挂|等等?|"
    f"{_SOUNDS})*+(?:(?:我|让我)(?:先)?(?:看|找|问|想|查|去|拿|接)[\u4e00-\u9fff]{{0,10}})?"
)
#: 这是我单位的电话，别打; 别打这个号码; 这个号打不通我.
_ITS_NUMBER = "(?:电话|号码?|手机|座机|固话)"
_DO_NOT = "(?:别|不要|不能|不用|莫|甭|勿|不方便)(?:再|给我|往|用)?"
_REFUSES_NUMBER = re.compile(
    f"{_DO_NOT}(?:打|拨|联系|用)(?:我)?(?:这个|这部|这台|本|单位|公司|办公室|来电)[^，。,]{{0,6}}?(?:{_ITS_NUMBER}|$)"
    f"|(?:这个?|这部|单位|公司|办公室|别人|朋友|同事|店里|借)[^，。,]{{0,4}}?的?{_ITS_NUMBER}[，,、 ]?(?:你们?|您)?"
    f"(?:就|可|千万)?{_DO_NOT}(?:打|拨|联系|用|回)"
    f"|(?:这个?|这部)(?:{_ITS_NUMBER})?(?:找不到我|打不通|不是我的|不是我本人|是(?:借|别人|公用))"
)
_FURTHER = re.compile(
    "还有(?:一?[个件桩点]|别的|其他|另外|个?事|呢|就是|[，,、 ]|$)|另外|再(?:说|反映|报|讲)一?[个件下]|还(?:要|想)再?"
    "(?:反映|说|问|投诉|举报)|顺便|再一个|再就是|第二[个件]|还有.{0,16}(?:也|没|不|坏|有)"
)
_ALSO = re.compile("也(?:是|都|有|在|没|不|很|太|坏|破|断|堵|漏|倒|掉|歪|丢|积|冒|被|要|得)")
_NO_MORE = re.compile(
    f"^(?:{_SOUNDS}|对|好的?|[，,、 ])*+"
    "(?:没有?(?:了|别的|其他|其它|啥|什么|其余|$)|不用了?|就这(?:样|些|么多|一?[个件]事?)?(?:了|吧)?$|行了|好了|暂时没|不了|没事了?$)"
)
_GIVES_UP = re.compile(
    "算了|记不|不记|忘了|不知道|不清楚|不(?:想|方便|愿意?)(?:说|讲|留|给)|不用|不要|不留|没有(?:电话|手机|号码)"
)
_MOST_BESIDE = 4  # 后面是零零零零
_YES = re.compile(f"^(?:{_SOUNDS}|[，,、 ])*+(?:有|还有|要|想)")


def has_words(text: str) -> bool:
    """Something was understood; a key that means nothing is no word."""
    return any(char.isalnum() for char in text) and not text.startswith(KEYED[:3])


def wants_person(text: str) -> bool:
    """The caller wants to speak with somebody, by words or by the key."""
    return text == KEYED.format(keys=PERSON_KEY) or _WANTS_PERSON.search(text.strip()) is not None


def calls_out(text: str) -> bool:
    """喂, 听得到吗: nothing but whether anybody is there. A mere 嗯 is an answer."""
    words = _bare(text)
    return _CALLS.fullmatch(words) is not None and _ONLY_SOUNDS.fullmatch(words) is None


def asks_to_wait(text: str) -> bool:
    """等一下啊, 你等会, 等等我看看路牌: and nothing else."""
    return _WAITS.fullmatch(_bare(text)) is not None


def refuses_number(text: str) -> bool:
    """The caller does not want to be called on the number that he calls from."""
    return _REFUSES_NUMBER.search(text) is not None


def tells_further(text: str, *, asked: bool = False) -> bool:
    """A second thing beside the first: 还有一个事，大桥路的井盖也坏了. Being `asked`, any matter is one."""
    if ends_there(text) or not tells_matter(text):
        return False
    return asked or _FURTHER.search(text) is not None or _ALSO.search(text) is not None


def announces_further(text: str, *, asked: bool = False) -> bool:
    """There is more to come, and it is not said yet: 还有一个事. Being `asked`, 有 is enough."""
    if ends_there(text):
        return False
    return _FURTHER.search(text) is not None or (asked and _YES.search(text) is not None)


def ends_there(text: str) -> bool:
    """没有了, 就这个事."""
    return _NO_MORE.search(text) is not None


def tells_matter(text: str) -> bool:
    """A sentence that surely tells a matter."""
    told = matter_in(text)
    return told is not None and told[1] >= SURE_MATTER


def tells_anew(text: str) -> bool:
    """More than a bare "不对": the right thing with it."""
    return place_of(text) is not None or tells_matter(text)


def digits_told(text: str) -> str:
    """The digits of a number that is told in pieces."""
    return "".join(group.value for group in digit_groups(text))


def is_mere_digits(text: str) -> bool:
    """Three digits or more, and little else: the rest of a number, whatever was asked."""
    digits = digits_told(text)
    return len(digits) >= 3 and len(_bare(text)) <= len(digits) + _MOST_BESIDE


def gives_up(text: str) -> bool:
    """The rest of the number does not come: 算了, 记不得了."""
    return ends_there(text) or _GIVES_UP.search(text) is not None


def _bare(text: str) -> str:
    return "".join(char for char in text if char.isalnum())
