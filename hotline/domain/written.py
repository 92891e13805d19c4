"""Words that are written down in a citizen's place. They are kept in Chinese, as the desks read them, and known again.

Texts and places are columns of plain words; what a form did not ask for in words (photos alone, a point on the map) is
put into words here, so that the citizen's own page can say it in the citizen's language.
"""

from __future__ import annotations

import re

from hotline.domain.errors import Said, say


def photos_added(count: int) -> Said:
    """补充照片 without a word to them."""
    return say("补充照片{count}张。", count=count)


def photos_again(count: int) -> Said:
    """Photos that came with the same words again by the form, where nobody has proved whose telephone it is."""
    return say("再次反映时附照片{count}张。", count=count)


def reason_to_withdraw(reason: str) -> Said:
    """撤回 with its reason, as the last of the additions."""
    return say("撤回原因：{reason}", reason=reason)


def point(latitude: str, longitude: str) -> Said:
    """A place that is only a point on the map, in degrees."""
    return say("定位点{latitude},{longitude}", latitude=latitude, longitude=longitude)


def declined(reason: str, channel: str) -> Said:
    """不予受理 as the answer to it."""
    return say("{reason}，请联系{channel}", reason=reason, channel=channel)


_ASKED = re.compile(r"^请您?(?:向|拨打|联系|致电)?|^(?:拨打|联系|致电)")
_REPORTED = re.compile(r"向?(.+?)反映[，,。.]?\s*(.*)", re.DOTALL)


def channel_named(typed: str) -> str:
    """Where else he can turn, as the name that our sentences put between 请向 and 反映: typed as a sentence of its own
    (请拨打95598, 向劳动监察部门反映) it would stand there twice."""
    named = _ASKED.sub("", typed.strip())
    if found := _REPORTED.fullmatch(named):
        named = "，".join(part for part in found.groups() if part)
    return named


def known_again(text: str) -> str:
    """The sentence that can be said in another language, if the text is one of ours; else the text."""
    for pattern, template in _OURS:
        if found := pattern.fullmatch(text):
            return Said(template, dict(found.groupdict()))
    return text


def _pattern(sentence: Said) -> tuple[re.Pattern[str], str]:
    words = re.split(r"(\{\w+\})", sentence.template)
    parts = (f"(?P<{word[1:-1]}>.*)" if word.startswith("{") else re.escape(word) for word in words)
    return re.compile("".join(parts), re.DOTALL), sentence.template


_OURS = tuple(
    _pattern(sentence) for sentence in (photos_added(0), photos_again(0), reason_to_withdraw(""), point("", ""))
)
