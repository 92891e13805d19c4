"""评价: what somebody answers to "is it solved?": solved, not solved or unclear; a score; and what else is said.

Negation wins, and a question, a wish or a condition is no verdict: a matter is never closed on an unclear text. Each
clause is read by itself against small tables; a pattern repeats only a bounded number of times, so that ten thousand
characters cost no more than reading them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from hotline.domain.folding import Clause

AMBIGUOUS = 0  # two different scores, or a feeling against its number: asked again like 0 or 10
LONGEST_ANSWER = 60  # characters of an answer that is read in any words; in more, a verdict must stand first
SHORT_ANSWER = 20  # characters in which 没人来, 还没发 and a bare digit are about what we have asked
LONGEST_UNASKED = 40  # characters of a verdict that answers no question; more is what somebody has to say
_LONGEST_SUBJECT = 12  # characters before 修好了: 大桥路口的路灯今天


@dataclass(frozen=True, slots=True)
class Verdict:
    """`score`: as it was said, also one that is none (0, 10). `rest`: the words beyond verdict, score and thanks."""

    solved: bool | None
    score: int | None
    rest: str


class _Heard(NamedTuple):
    """One clause. `unclear`: it speaks of the outcome and decides nothing. `mere`: it says nothing beyond this.

    `word`: it is one word to our question, as 没有 is.
    """

    solved: bool | None = None
    scores: tuple[int, ...] = ()
    unclear: bool = False
    mere: bool = False
    word: bool = False


# ---- the outcome

_DONE = (
    "解决|修好|修复|修完|修理好|维修好|弄好|搞好|搞定|办好|办妥|处理好|处理完|处理掉|处理妥|处置好|整改好|整改到位|"
    "清理好|清理干净|清理完|清理掉|清走|疏通|恢复"
)
_WORK = "修理|维修|修|处理|处置|整改|整治|改善|改变|变化|清理|动静|反应|效果"
_NOT = (
    "(?:没有?|未|无法|没法|不能|不曾|不)"
    "(?:能够?|得到|得以|予以|有人|人|有|被|给|彻底|完全|真正|全部|都|及时|妥善|好好){0,3}"
)
_STILL = "还是|还|仍旧|仍然|仍|依然|依旧|照旧|照样|一直|始终|根本|压根|至今|到现在|从来|又|都"

_NO = re.compile(
    f"{_NOT}(?:{_DONE})"
    "|(?:解决|修|处理|弄|搞|清理|整改)[得的]?不(?:了|好|彻底|到位|完|掉|干净|行)"
    f"|部分(?:已经?|得到)?(?:{_DONE})|(?:{_DONE}|处理|修)了?(?:一?部分|一?半|一点|一些)|只(?:{_DONE}|处理|修)"
    "|不彻底|不完全|(?:问题|毛病|情况|现象|隐患)(?:还|仍|依然|依旧)"
    "|(?:还是|仍旧|仍然|仍|依然|依旧|照旧|照样|还|又)(?:"
    "一样|老样|那样|这样|原样|黑|堵|漏|坏|臭|吵|乱|脏|塌|冒|断|松|歪|倒|晃|响|积水|反弹|有问题|不[亮通行好]|没[好亮通修])"
)
#: What has not been done, or goes on, is a verdict when little else is said; else it may be a matter of its own.
_NO_WORK = re.compile(
    f"(?:{_NOT})(?:{_WORK})|没有?人(?:来|管|理|问)|不到位|治标不治本|(?:还|仍|仍然|依然|依旧|又)(?:"
    "未|存在|在[漏堵响吵冒占放施]|没(?!看|去|注意|来得及|确认|核实|收到|问题)|不(?!错|知|清楚|确定|了解|晓得|满意|算|太|够))"
)
_STILL_SAID = re.compile(_STILL)
_NO_WORK_ALONE = 8  # characters
_MERE_NO = re.compile(
    f"(?:我|的|反映|投诉|这个|问题|事情|这事|怎么|并|就|{_STILL}){{0,6}}"
    f"(?:{_NOT}(?:{_DONE}|修|处理)(?:任何)?(?:我的)?(?:问题)?(?:好|过)?|(?:只|仅)?(?:有一?)?部分(?:得到)?解决|"
    "(?:只|仅)?解决了?(?:一部分|一半|一点)|notyet|(?:itis|its|itwas|still|hasbeen|hasstill|is|was){0,4}"
    "(?:un|not|notbeen|notyet|nothing|isnt|hasntbeen|hasnotbeen|never)(?:solved|resolved|fixed|repaired|done)"
    "(?:yet|atall|properly){0,1})(?:了|啊|呢|呀|吧){0,2}"
)
_NO_IN_ENGLISH = re.compile(
    "(?:not|never|isnt|wasnt|hasnt|havent|didnt|nothing|nobody|cannot|cant|un)"
    "(?:yet|been|really|completely|fully|properly|even|be|has|was|is){0,3}(?:solved|resolved|fixed|fix|repaired|done|working)"
    "|still(?:the|very|so|is){0,2}(?:broken|dark|out|leaking|blocked|dirty|noisy|there|same|off|dead)|brokenagain"
)
#: One word to our question, and what it says.
_ANSWERS = {
    True: """
        是 是的 是啊 对 对的 对啊 解决 解决了 好了 已经好了 都好了 现在好了 可以了 没问题了 没有问题了
        yes y yeah yep
    """,
    False: """
        没有 没 没有啊 没呢 没啊 还没 还没有 没有呢 未 否 不 不是 不行 没好 没有好 没变 没变化 没用 老样子 一点没变
        骗人 没人管 no n not nope notyet notreally
    """,
}
_ONE_WORD = {word: solved for solved, words in _ANSWERS.items() for word in words.split()}
_HEDGED_NO = re.compile("不是|并非|不能说|不会|难道|如果|要是|假如|万一|是否|之前|以前|上次|原来|原先|[怕有]$|是不是")
_ASKS = re.compile(
    f"(?:吗|么|嘛|没有|没|否)$|^(?:is|are|has|have|was|when|did|will)(?:it|the|this|my)"
    f"|有没有|能不能|会不会|是否|(?:{_DONE})了没"
)

_YES = re.compile(
    f"(?P<subject>.{{0,{_LONGEST_SUBJECT}}}?)(?:{_DONE})"
    "(?P<end>(?:好|完|完毕|妥当?|到位|正常|问题){0,1}(?:了|啦|咯|喽|的){0,2}(?:得?(?:很|挺|非常|真|也很)?(?:快|好|及时|迅速|满意|不错)){0,1}"
    "(?:就){0,1}(?:啊|呢|哦|吧){0,1})"
)
_YES_BY_STATE = re.compile(
    "(?P<subject>.{0,6}?)(?P<end>(?:亮|通|正常|干净|不漏|不堵|不臭|不吵)了|(?:问题|事情)(?:已经?)?没有?了|修得?(?:很|挺|非常|真)?(?:好|不错))"
)
_YES_IN_ENGLISH = re.compile(
    "(?:yes|it|itis|its|itwas|has|been|is|was|now|already|all|the|problem|issue|light|lamp|my){0,6}"
    "(?:solved|resolved|fixed|repaired)(?:now|already|quickly|well|verywell|thanks|thankyou|thx|yes){0,2}"
)
_MERE_SUBJECT = re.compile(
    "(?:我|的|反映|投诉|这个|那个|该|问题|事情|这事|此事|已经|已|全都|都|全部|全|终于|总算|早就|早|现在|今天|昨天|刚刚|刚|基本上|基本|"
    "彻底|完全|圆满|顺利|妥善|得到|被|真的|确实|也|给){0,6}"
)
_NO_YES = re.compile(
    "请|希望|盼|求|望|要|想|能|会|应|该|尽|早日|赶|抓|立即|何时|时候|怎|如何|为什么|什么|谁|哪|说|称|讲|假|自己|隔壁|别|其[他它]|另|"
    "算|像|似|估|如果|若|万一|可能|大概|之前|以前|上次|去年|[0-9一二三四五六七八九十]月|不|没|未|无|非|难|为我|替|只|部分|一半|有的|"
    "个别|除|以为|等你|等着|等解|就好"
)
_ENDED = re.compile("已|得到|全|都|了")
#: Speaks of the outcome, or of what is bad about it: beside 修好了 it leaves open what holds.
_TAKES_BACK = re.compile(
    f"{_DONE}|solved|fixed|resolved|again|灭|坏|堵|漏|黑|臭|吵|脏|不[亮通行]|仍|依然|依旧|又(?!快|好)|"
    "还(?!不错|行|可以|好|帮|给|算|来|专门|特)"
)
#: Said on the way, with a 不 or 没 that denies nothing.
_ASIDE = re.compile("没想到|想不到|不错|不好意思|没多久|不久|没(?:过)?几天|不到.天|非常|总算|百分之?百")

# ---- the score

_FEELINGS = {
    5: "非常 很 十分 特别 极其 超级 超 太 相当 最 百分百",
    4: "挺 蛮 比较 都 也 还",
    3: "基本 基本上 还算 勉强",
    2: "不 不太 不怎么 不是很 不是太 不够 不大 不算 不是 并不",
    1: "非常不 很不 十分不 特别不 极其不 极不 太不 相当不 一点不 一点都不 一点也不 完全不 根本不",
}
#: The five answers of the status page, as people say them.
_SATISFIED = {
    "满意": 4,
    **{f"{how}满意": score for score, words in _FEELINGS.items() for how in words.split()},
    **{"verysatisfied": 5, "verydissatisfied": 1, "veryunsatisfied": 1, "dissatisfied": 2, "unsatisfied": 2},
    **{"notsatisfied": 2, "satisfied": 4},
}
_FEELING = re.compile("|".join(sorted(_SATISFIED, key=len, reverse=True)))
_NO_FEELING = re.compile("希望|请|让|能|才|是否|要|使|到|求|怎么|如果|没|别|未|无|不|上|何|会|盼|群众|市民|答复$")
_AFTER_A_FEELING = re.compile("(?:的|了|吧|啊|呀|哦|评价|答复|结果|thanks|thankyou){0,2}")
_NUMERAL = r"(?P<score>\d{1,3}|[零一二三四五六七八九十两满])"
_UNIT = "(?:分|颗?星|stars?|points?)"
_ONLY_A_SCORE = re.compile(
    f"(?:我|给|打|评|评分|打分|分数|总分|评价|你们|个|score){{0,4}}{_NUMERAL}(?P<unit>{_UNIT})?(?:好评|差评|吧|了|啊|哦){{0,2}}"
)
_SCORED = re.compile(rf"(?<![\d百千万十]){_NUMERAL}{_UNIT}(?:好评|差评|吧|了|啊|哦){{0,1}}(?:谢谢|感谢|非常感谢)?$")
_SCORE_AFTER = re.compile(r"(?:解决|修好|好|solved|fixed|resolved|yes|no)了?(?P<score>\d{1,3}|[一二三四五])$")
_VALUES = {char: value for value, char in enumerate("零一二三四五六七八九十")} | {"两": 2, "满": 5}
_STARS = "⭐★🌟"

_THANKS = re.compile(
    "(?:好的|非常|十分|太|真心|万分|真的){0,1}(?:谢谢|感谢|多谢|谢|辛苦|thanks|thankyou|thx|please)"
    "(?:了|啦|您|你们?|大家|师傅|领导|各位|政府|verymuch){0,2}|(?:你们?|您|大家|师傅)辛苦了?|好评|编号[是为]?"
)


def verdict_of(words: str, parts: Sequence[Clause], *, asked: bool) -> Verdict | None:
    """The verdict in these words, folded and cut into `parts`; None where they say none, or none that is clear.

    `asked`: it is the answer to our question, and so may be put in any words. Otherwise a verdict stands first, says
    nothing but itself, and is short, unless it is our own 未解决.
    """
    freely, short = asked and len(words) <= LONGEST_ANSWER, len(words) <= SHORT_ANSWER
    heard: list[_Heard] = []
    for part in parts:
        answers = short or bool(heard and heard[-1].mere and heard[-1].solved is not None)
        heard.append(_hear(part.said, asked=freely, first=not heard, short=short, answers=answers))
        if not freely and not heard[0].mere:
            return _good_news(words, parts) if short else None
    stars = sum(words.count(star) for star in _STARS)
    score = _one_score([value for each in heard for value in each.scores] + [stars] * bool(stars))
    solved = _one_verdict(heard)
    unclear = any(each.unclear for each in heard) or (solved is None and any(each.solved is not None for each in heard))
    unclear = unclear or (solved is True and _is_question(words))
    if (solved is None and score is None) or (unclear and solved is not False):
        return None
    if not freely and not _stands_first(words, parts, heard, solved, asked=asked):
        return None
    return Verdict(solved, score, _beyond(words, parts, heard))


def _good_news(words: str, parts: Sequence[Clause]) -> Verdict | None:
    """灯亮了，谢谢: where nobody has asked, and nothing else is said, it is no matter to be worked on."""
    heard = [_hear(part.said, asked=True, first=False, short=True, answers=False) for part in parts]
    if _is_question(words) or not all((each.solved or each.mere) and not each.word for each in heard):
        return None
    return Verdict(True, _one_score([value for each in heard for value in each.scores]), _beyond(words, parts, heard))


def _is_question(words: str) -> bool:
    return "?" in words or "？" in words


def _hear(said: str, *, asked: bool, first: bool, short: bool, answers: bool) -> _Heard:
    """Where nobody has asked, a verdict stands first; what follows it may take it back in any words.

    `answers`: a digit without 分 is a score here, and not a number in a list or an address.
    """
    if asked and said in _ONE_WORD:
        return _Heard(_ONE_WORD[said], mere=True, word=True)
    if _THANKS.fullmatch(said):
        return _Heard(mere=True)
    match = _ONLY_A_SCORE.fullmatch(said)
    if match and (answers or match["unit"]):
        return _Heard(scores=(_value(match),), mere=True)
    scores, left = _scores(said) if match is None else ((), said)
    solved, unclear, mere = _outcome(left, freely=asked or not first, short=short)
    return _Heard(solved, scores, unclear, mere or (bool(scores) and not left))


def _scores(said: str) -> tuple[tuple[int, ...], str]:
    """Number and feeling of one clause, and what is left of it. A number counts more than the word beside it."""
    left, feelings = said, []
    feeling = _FEELING.search(said)
    if feeling and not _NO_FEELING.search(said, 0, feeling.start()):
        tail = said[feeling.end() :]
        if _AFTER_A_FEELING.fullmatch(tail) or _ONLY_A_SCORE.fullmatch(tail):
            feelings, left = [_SATISFIED[feeling[0]]], said[: feeling.start()] + tail
            left = _AFTER_A_FEELING.sub("", left) if _ONLY_A_SCORE.fullmatch(tail) is None else left
    match = _ONLY_A_SCORE.fullmatch(left) or _SCORED.search(left) or _SCORE_AFTER.search(left)
    if match is None:
        return tuple(feelings), left
    value = _value(match)
    against = any((each <= 2 < 4 <= value) or (value <= 2 < 4 <= each) for each in feelings)
    left = left[: match.start()] if match.re is not _SCORE_AFTER else left[: match.start("score")]
    return (AMBIGUOUS if against else value,), left


def _value(match: re.Match[str]) -> int:
    said = match["score"]
    return _VALUES[said] if said in _VALUES else int(said)


def _outcome(said: str, *, freely: bool, short: bool) -> tuple[bool | None, bool, bool]:
    """Solved or not; whether it is unclear; whether it says nothing but this."""
    said = _ASIDE.sub("", said)
    if _MERE_NO.fullmatch(said) and not _ASKS.search(said):
        return False, False, True
    if freely and (no := _no(said, short=short)):
        hedged = _HEDGED_NO.search(said, 0, no.start()) or _ASKS.search(said)
        return (None, True, False) if hedged else (False, False, False)
    yes = _YES.fullmatch(said) or (freely and _YES_BY_STATE.fullmatch(said)) or None
    if yes is not None:
        mere = _MERE_SUBJECT.fullmatch(yes["subject"]) is not None
        if mere or (freely and _is_said_of_now(said, yes)):
            return True, False, mere and yes.re is _YES
    elif _YES_IN_ENGLISH.fullmatch(said) and not _ASKS.search(said):
        return True, False, True
    return None, freely and _TAKES_BACK.search(said) is not None, False


def _no(said: str, *, short: bool) -> re.Match[str] | None:
    if no := _NO.search(said) or _NO_IN_ENGLISH.search(said):
        return no
    no = _NO_WORK.search(said) if short else None
    return no if no and (len(said) <= _NO_WORK_ALONE or _STILL_SAID.search(said, 0, no.start() + 1)) else None


def _is_said_of_now(said: str, yes: re.Match[str]) -> bool:
    """路灯修好了, and not 把路灯修好, 希望修好 or 短信说修好了."""
    if _NO_YES.search(yes["subject"]) or _ASKS.search(said):
        return False
    return bool(_ENDED.search(yes["subject"]) or "了" in yes["end"] or yes.re is _YES_BY_STATE)


def _one_score(scores: Sequence[int]) -> int | None:
    if not scores:
        return None
    return scores[0] if len(set(scores)) == 1 else AMBIGUOUS


def _one_verdict(heard: Sequence[_Heard]) -> bool | None:
    """Negation wins; only a bare 不是 beside 已经解决了 says neither."""
    said = {each.solved for each in heard if each.solved is not None}
    if said == {True, False} and all(each.word for each in heard if each.solved is False):
        return None
    return False if False in said else True if said else None


def _stands_first(
    words: str, parts: Sequence[Clause], heard: Sequence[_Heard], solved: bool | None, *, asked: bool
) -> bool:
    if solved is None:  # a score, and thanks at most
        return all(each.mere for each in heard)
    first = next(place for place, each in enumerate(heard) if each.solved is not None or not each.mere)
    if not heard[first].mere:
        return False
    ours = asked or parts[first].said.startswith(("未解决", "没解决", "没有解决", "还没解决"))
    return len(words) <= LONGEST_UNASKED or (ours and solved is False and heard[first].solved is False)


def _beyond(words: str, parts: Sequence[Clause], heard: Sequence[_Heard]) -> str:
    """As it was written; clauses that stand side by side are cut out together."""
    spans: list[list[int]] = []
    for place, (part, each) in enumerate(zip(parts, heard, strict=True)):
        if each.mere:
            continue
        if spans and place and not heard[place - 1].mere:
            spans[-1][1] = part.end
        else:
            spans.append([part.start, part.end])
    return "，".join(words[start:end] for start, end in spans)
