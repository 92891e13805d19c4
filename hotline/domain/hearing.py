"""What a text from a citizen wants: a word of its own (退订, 进度, 未解决 …), or the words of a complaint (design §6).

A conversation, not a command line: whatever is not clearly one of the few words is what somebody has to say.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum

from hotline.domain.spans import Found
from hotline.domain.texts import clean


class Want(StrEnum):
    STOP = "stop"  # 退订
    START = "start"  # 恢复
    HELP = "help"  # 帮助
    COURTESY = "courtesy"  # 谢谢, 好的: nothing to be done
    PROGRESS = "progress"  # 进度, or nothing but a number
    URGE = "urge"  # 催办
    WITHDRAW = "withdraw"  # 撤回
    VERDICT = "verdict"  # 解决5, 未解决 2, a digit
    NEW = "new"  # 新投诉 …
    WORDS = "words"  # anything else
    NOTHING = "nothing"  # an empty text


@dataclass(frozen=True, slots=True)
class Understood:
    """`words`: what was said, cleaned, without 新投诉. `numbers`: what looks like one of ours. `rest`: words after a
    verdict. `bare`: a verdict that is only a digit, and so means nothing where nobody has asked."""

    want: Want
    words: str = ""
    numbers: tuple[str, ...] = ()
    solved: bool | None = None
    score: int | None = None
    rest: str = ""
    bare: bool = False


#: Texts that are one of these words and nothing more. English ones as carriers know them.
WORDS = {
    Want.STOP: "退订 退定 TD T 回复TD 回复退订 取消订阅 不再接收 STOP STOPALL UNSUBSCRIBE CANCEL END QUIT "
    "REVOKE OPTOUT",
    Want.START: "恢复 恢复接收 恢复短信 START UNSTOP",
    Want.HELP: "帮助 怎么用 HELP INFO",
    Want.COURTESY: "谢谢 谢谢您 谢谢你 谢谢你们 感谢 非常感谢 多谢 辛苦了 谢谢辛苦了 好 好的 好的谢谢 收到 收到谢谢 "
    "知道了 嗯 嗯嗯 哦 行 可以 您好 你好 在吗 喂 没事了 OK HI HELLO",
    Want.PROGRESS: "进度 查询 查询进度 查进度 查 办理进度 办理情况 处理进度 处理情况 到哪了 怎么样了 处理了吗 办了吗 "
    "状态 CX JD",
    Want.URGE: "催办 催一下 催 请尽快办理 尽快处理 请尽快处理 快点处理",
    Want.WITHDRAW: "撤回 撤诉 撤销 撤回诉求 撤销投诉 撤回投诉 不投诉了",
}
_BY_WORD = {word: want for want, words in WORDS.items() for word in words.split()}

_NEW = re.compile(
    r"^(?:新的?(?:投诉|诉求|反映|问题|事项)|另外?(?:还有)?(?:一件|一个)?(?:投诉|反映|诉求|问题|事情?))[：:，,。.\s]*"
)
#: A wish to complain that says nothing of the matter: it is asked for.
_NO_MATTER = re.compile(
    r"(?:您好|你好)?我?(?:想要?|要)?(?:再)?(?:投诉|举报|报修|求助|反映(?:问题|情况)?)(?:一下|一个问题|个问题|问题)?"
)
_VERDICT = re.compile(
    r"^(?:(?P<no>未|没有|没|尚未|还没有|还没|仍未|不)|(?:已经?|都)?)(?:得到)?解决(?:了|好了)?"
    r"[，,。.！!：:\s]*(?P<score>\d{1,3}|[一二三四五])?\s*分?(?P<rest>$|[，,。.；;！!：:\s].*$)",
    re.DOTALL,
)
_DIGIT = re.compile(r"^(?:[我给打评]+)?(?P<score>\d|[一二三四五])\s*分?[。.！!]*$")
#: The five answers of the status page, as people say them.
_SATISFIED = {"非常满意": 5, "很满意": 5, "满意": 4, "基本满意": 3, "不满意": 2, "很不满意": 1, "非常不满意": 1}
_SCORES = {"一": 1, "二": 2, "三": 3, "四": 4, "五": 5}
_NUMBER = re.compile(r"(?<![0-9A-Za-z-])(?=[0-9A-Za-z-]*\d)[0-9A-Za-z][0-9A-Za-z-]{5,39}(?![0-9A-Za-z-])")
_SILENT = re.compile(r"[\s，。、；：！？,.;:!?~～…“”\"'（）()【】\[\]《》]+")
_LABEL = re.compile(r"(?:工单|诉求)?编号(?:是|为)?|查询码")


def understand(text: str) -> Understood:
    """What this text wants. For the short words neither case nor width, blanks nor punctuation matter."""
    words = clean(text).strip()
    if not words:
        return Understood(Want.NOTHING)
    typed = unicodedata.normalize("NFKC", words)
    numbers = tuple(_NUMBER.findall(typed))
    said = _SILENT.sub("", _LABEL.sub("", _NUMBER.sub("", typed))).upper()
    if not said:
        return Understood(_of_no_words(typed, numbers), words, numbers)
    if want := _BY_WORD.get(said):
        return Understood(want, words, numbers)
    if _NO_MATTER.fullmatch(said):
        return Understood(Want.NEW, "", numbers)
    if found := _verdict(typed, words, numbers):
        return found
    if match := _NEW.match(words):
        return Understood(Want.NEW, words[match.end() :].strip(), numbers)
    return Understood(Want.WORDS, words, numbers)


_AROUND_A_PLACE = re.compile(r"我|现?在|就|是|位置|地[点址]|这[里边]|那[里边]|附近|旁边|门口|对面|的")


def names_only(place: Found | None, words: str) -> bool:
    """Whether a text, in which this place was found, says where and nothing of what."""
    if place is None:
        return False
    rest = words[: place.start] + words[place.end :]
    return not _AROUND_A_PLACE.sub("", _SILENT.sub("", rest))


def _of_no_words(typed: str, numbers: tuple[str, ...]) -> Want:
    if numbers:
        return Want.PROGRESS
    return Want.HELP if re.fullmatch(r"[?？\s]+", typed) else Want.COURTESY


def _verdict(typed: str, words: str, numbers: tuple[str, ...]) -> Understood | None:
    without = _NUMBER.sub("", typed).strip(" ，,：:")
    if match := _VERDICT.match(without):
        rest = match["rest"].strip(" ，,。.；;！!：:\n\t")
        return Understood(Want.VERDICT, words, numbers, match["no"] is None, _score(match["score"]), rest)
    plain = _SILENT.sub("", without)
    feeling = next((word for word in _SATISFIED if plain.rstrip("12345分") == word), None)
    if feeling is not None:
        score = int(plain.removeprefix(feeling).rstrip("分") or _SATISFIED[feeling])
        return Understood(Want.VERDICT, words, numbers, None, score, bare=True)
    if match := _DIGIT.match(without):
        return Understood(Want.VERDICT, words, numbers, None, _score(match["score"]), bare=True)
    return None


def _score(typed: str | None) -> int | None:
    return None if typed is None else _SCORES.get(typed) or int(typed)
