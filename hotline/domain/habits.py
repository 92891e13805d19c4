"""How often something happens, in the speaker's words: 每天晚上十点以后, 隔三差五, 这个月第三次."""

from __future__ import annotations

import re

_PART = "(?:凌晨|清晨|清早|一?大早上?|早上|早晨|上午|中午|下午|傍晚|晚上|夜里|夜间|半夜|深夜|后半夜|早|晚)"
_CLOCK = "(?:[0-9零一二两三四五六七八九十]{1,3}(?:[点时:：](?:钟|半|一刻|三刻|[0-9零一二三四五六七八九十]{1,3}分?)?))"
_TIME = f"(?:{_PART}(?:大概|大约)?{_CLOCK}?|{_CLOCK})(?:多|左右|以后|之后|过后)?"
_SPAN = f"(?:(?:从|都是|基本上?|大概)?{_TIME}(?:[到至](?:第二天|次日|转天|夜里)?{_TIME})?(?:以后|之后|左右|多)?)?"
_TIMES = "[0-9一二两三四五六七八九十几好]{1,3}"
#: The surest ways of saying it; where none was used, the next. 一直 says nothing of how often.
_WAYS = (
    re.compile(
        f"(?:每天|每晚|每日|每夜|天天|夜夜|日日|几乎每天|每到|每逢|每个?(?:周|星期|礼拜)[一二三四五六日天末]?|"
        f"每个?月|一到(?={_PART}|下雨|周末|饭点|阴天))"
        f"{_SPAN}(?:下雨天?|阴天|周末|饭点)?"
    ),
    re.compile(
        f"一(?:个)?(?:天|周|星期|礼拜|个?月|年)(?:要|得|能|都)?(?:有)?{_TIMES}[次回趟]|(?:隔|每隔){_TIMES}(?:天|"
        f"个星期|个礼拜|个月|小时|分钟)|{_TIMES}天一[次回趟]|"
        f"(?:这个?月|今年|本周|这周|这个?星期)(?:都|已经|里)?(?:是)?第{_TIMES}[次回]|一(?:下|刮)大?[雨风](?=就|，|"
        f"又|门|路|这|那|都|总|全)"
    ),
    re.compile(
        "隔三[差岔]五|三天两头|时不时|动不动|从早到晚|一天到晚|没日没夜|整[天晚夜宿]|成[天宿]|通宵|昼夜|反反?复复|"
        "经常|老是|总是|常常"
    ),
)


def habit_of(text: str) -> tuple[str, int] | None:
    """How often (每天晚上十点以后, 隔三差五) and where these words start; None where it was not said."""
    for way in _WAYS:
        for match in way.finditer(text):
            if not _HIS_OWN.search(text[max(0, match.start() - 4) : match.end() + 12]):
                return match.group(), match.start()
    return None


_HIS_OWN = re.compile(
    "(?:我|俺)?(?:每天|天天|每晚)(?:都|要|从|得|上班|下班|接送?|送)[^，,。]{0,8}(?:过|走|去|上班|下班|骑|坐|路过|经过|孩子)"
)


def habits_in(text: str) -> list[tuple[int, int]]:
    """Where habits are told: what o'clock is named in them is no moment."""
    return [match.span() for match in _WAYS[0].finditer(text)]
