"""What a text from a citizen wants: a word of its own (退订, 进度, 未解决 …), or the words of a complaint (design §6).

A conversation, not a command line: whatever is not clearly one of the few wishes is what somebody has to say. A wish is
known by whole clauses, never by a word inside of one, so that no complaint is taken for a command.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace

from hotline.domain.folding import Clause, clauses, fold
from hotline.domain.spans import Found
from hotline.domain.texts import clean
from hotline.domain.verdicts import verdict_of
from hotline.domain.wants import PERHAPS_WITHDRAW, PERHAPS_YES, WORDS, Want

__all__ = ["Understood", "Want", "names_only", "understand"]


@dataclass(frozen=True, slots=True)
class Understood:
    """`words`: what was said, cleaned, without 新投诉. `numbers`: what looks like one of ours. `rest`: what was said
    beside a verdict or 催办. `solved` and `score`: of a verdict; 催办 may deny that it is solved, too. A score is as it
    was said, also one that is none (0, 10). `bare`: a verdict without a word about solved, and so means nothing where
    nobody has asked; without a score, too, it is a "yes" that may only be "I have read it". `sure`: 撤回 was said, and
    not only 不用了."""

    want: Want
    words: str = ""
    numbers: tuple[str, ...] = ()
    solved: bool | None = None
    score: int | None = None
    rest: str = ""
    bare: bool = False
    sure: bool = True


_POLITE = re.compile(
    "请问|请|麻烦|帮我|帮忙|给我|我想要|我想|我要|想要|想|要求|要|申请|现在|到底|究竟|一下|我们|我的|我|你们的?|您的?|你|这个|那个|"
    "的|了|吧|呢|啊|呀|嘛|哦|谢谢|please|kindly|thanks|thankyou"
)


def _core(said: str) -> str:
    return _POLITE.sub("", said)


_BY_WORD = {word: want for want, words in WORDS.items() for word in words.split()}
#: The same without politeness, where enough is left to be told apart: 请帮我查询一下我的投诉 is 查询投诉.
_BY_CORE = {core: want for word, want in _BY_WORD.items() if len(core := _core(word)) > 1}
_PERHAPS_WITHDRAW = frozenset(PERHAPS_WITHDRAW.split())

_NEW = re.compile(
    "(?:您好|你好)?[，,。!！ ]?(?:"
    "新的?(?:投诉|诉求|反映|问题|事项)"
    "|另外?(?:还有)?(?:一件|一个)?(?:投诉|反映|诉求|问题|事情?)(?:一件事|一个问题)?"
    "|(?:new|another) (?:complaint|problem|issue|report)\\b"
    "|(?:我?还?[要想]?(?:再|另外?)(?:要|想|我要|我想)?(?:投诉|反映|举报)(?:另外)?(?:一[个件起]|个|件)"
    "|我?还?[要想]?再?(?:投诉|反映|举报)(?:另外?|其他|别的)(?:的)?(?:一?[个件])?"
    "|(?:另外)?还有(?:另外)?一?[个件])(?:事情?|问题|情况)?(?=[：:，,。.、;；!！\\s是]|$)"
    ")[：:，,。.、;；!！\\s]{0,9}是?"
)
#: A wish to complain that says nothing of the matter: it is asked for.
_NO_MATTER = re.compile(
    "(?:您好|你好)?我?(?:想要?|要)?(?:再)?(?:投诉|举报|报修|求助|反映(?:问题|情况)?)(?:一下|一个问题|个问题|问题)?"
    "|i?(?:wantto|wouldliketo|want)?(?:makea|reporta|filea|complain|complaint|report)(?:complaint|problem)?"
)
#: Said beside a wish without being anything to write down: how long, how annoying, that it is over.
_BESIDE = {
    Want.STOP: re.compile(
        "(?:太|好|真)?烦(?:死|人)?了?|烦不烦|骚扰|别烦我?|不要骚扰|别骚扰|再发.{0,6}|.{0,4}短信太多了?|不需要了?|不用了"
    ),
    Want.PROGRESS: re.compile("(?:都|已经|这都)?.{1,3}天了?|这么久了?|等了.{1,4}|着急|很急"),
    Want.WITHDRAW: re.compile("(?:问题)?(?:都|已经?|自己)?(?:好|修好|解决|处理|处理好|通|亮)了|不需要了|不用了|没事了"),
}
_PERHAPS_YES = frozenset(PERHAPS_YES.split())
_EXPLICIT_URGE = ("催办", "催", "催促", "催单", "urge")

_LONGEST_WISH = 30  # characters
_SHORT_NUMBER = re.compile(r"\d{4,5}")
_NUMBER = re.compile(r"(?<![0-9a-z-])(?=[a-z-]*+\d)[0-9a-z][0-9a-z-]{5,39}(?![0-9a-z-])")
_LABEL = re.compile("(?:工单|诉求)?编号[是为]?|查询码")
_SILENT = re.compile(r"[\s，。、；：！？,.;:!?~～…“”\"'（）()【】\[\]《》]++")
_KIND_SIGNS = frozenset("👍🙏🌹❤👌😊😄☺💐🤝\ufe0f🏻🏼🏽🏾🏿")


def understand(text: str, *, asked: bool = False) -> Understood:
    """What this text wants. For the short words neither case nor width, blanks nor punctuation matter, 繁 or 简.

    `asked`: the last thing that this number was told is the question whether it is solved (hotline.domain.verdicts).
    """
    words = clean(text)
    if not words:
        return Understood(Want.NOTHING)
    heard = _hear(words, asked=asked)
    wish = _alone(heard) or _new(heard) or _withdrawal(heard) or _verdict(heard) or _lesser(heard)
    found = wish or Understood(Want.WORDS)
    return replace(found, words=found.words if found.want is Want.NEW else words, numbers=heard.numbers)


@dataclass(frozen=True, slots=True)
class _Heard:
    """`folded` is without numbers. `wants`: of each clause. `shared`: the one wish of all of them."""

    words: str
    folded: str
    numbers: tuple[str, ...]
    parts: Sequence[Clause]
    wants: Sequence[Want | None]
    shared: Want | None
    asked: bool


def _hear(words: str, *, asked: bool) -> _Heard:
    folded = fold(words)
    numbers = tuple(_NUMBER.findall(folded))
    if numbers:
        folded = _NUMBER.sub(lambda number: " " * len(number[0]), folded)
    parts = [part for part in clauses(folded) if not (numbers and _LABEL.fullmatch(part.said))]
    wants = [_want_of(part.said) for part in parts]
    return _Heard(words, folded, numbers, parts, wants, _shared(parts, wants), asked)


def _shared(parts: Sequence[Clause], wants: Sequence[Want | None]) -> Want | None:
    """The one wish of all clauses; thanks, greetings and what belongs beside the wish aside."""
    order = [want for want in dict.fromkeys(wants) if want not in (None, Want.COURTESY)]
    if len(order) > 1:
        order = [want for want in order if want is not Want.HELP]
    if not order:
        return Want.COURTESY if wants and None not in wants else None
    if len(order) > 1 and set(order) != {Want.PROGRESS, Want.URGE}:
        return None
    beside = _BESIDE.get(order[0])
    told = (part.said for part, want in zip(parts, wants, strict=True) if want is None)
    return order[0] if all(beside is not None and beside.fullmatch(said) for said in told) else None


def _want_of(said: str) -> Want | None:
    if len(said) > _LONGEST_WISH:
        return None
    if want := _BY_WORD.get(said) or _BY_CORE.get(_core(said)):
        return want
    asked_for = _core(said.rstrip("0123456789"))  # 查询12
    return Want.PROGRESS if asked_for and _BY_CORE.get(asked_for) is Want.PROGRESS else None


def _alone(heard: _Heard) -> Understood | None:
    """What is meant whatever was said before."""
    if heard.shared in (Want.STOP, Want.START, Want.PROGRESS, Want.HELP):
        return Understood(heard.shared)
    return Understood(Want.HELP) if len(heard.parts) == 1 and _SHORT_NUMBER.fullmatch(heard.parts[0].said) else None


def _new(heard: _Heard) -> Understood | None:
    if len(heard.parts) <= 4 and _NO_MATTER.fullmatch("".join(part.said for part in heard.parts)):
        return Understood(Want.NEW)
    match = _NEW.match(heard.folded)
    return Understood(Want.NEW, heard.words[match.end() :].strip()) if match else None


def _withdrawal(heard: _Heard) -> Understood | None:
    """撤回 with a word why is sure; with other words, or where only 不用了 was said, it is asked for again."""
    if heard.shared is Want.WITHDRAW:
        return Understood(Want.WITHDRAW)
    if heard.asked or sum(len(part.said) for part in heard.parts) > _LONGEST_WISH:
        return None
    said = [part.said for part, want in zip(heard.parts, heard.wants, strict=True) if want is not Want.COURTESY]
    perhaps = [each for each in said if each in _PERHAPS_WITHDRAW or _core(each) in _PERHAPS_WITHDRAW]
    others = [each for each in said if each not in perhaps and not _BESIDE[Want.WITHDRAW].fullmatch(each)]
    if (said and _want_of(said[0]) is Want.WITHDRAW) or (perhaps and not others):
        return Understood(Want.WITHDRAW, sure=False)
    return None


def _verdict(heard: _Heard) -> Understood | None:
    found = verdict_of(heard.words, heard.parts, asked=heard.asked)
    if found and (heard.asked or heard.shared is not Want.URGE):
        bare = found.solved is None
        return Understood(Want.VERDICT, solved=found.solved, score=found.score, rest=found.rest, bare=bare)
    if heard.asked and heard.shared is Want.COURTESY and any(part.said in _PERHAPS_YES for part in heard.parts):
        return Understood(Want.VERDICT, bare=True)
    return None


def _lesser(heard: _Heard) -> Understood | None:
    """催办, thanks, and texts without a word. 尽快解决 answers our question without a verdict: it is written down."""
    if not heard.parts:
        return Understood(_of_no_words(heard))
    explicit = _core(heard.parts[0].said) in _EXPLICIT_URGE
    if heard.shared is Want.COURTESY:
        return Understood(Want.COURTESY)
    if heard.shared is Want.URGE and (explicit or not heard.asked):
        denied = verdict_of(heard.words, heard.parts, asked=True)  # 怎么还没修好
        return Understood(Want.URGE, solved=denied.solved if denied else None)
    if explicit and len(heard.parts) > 1:
        return Understood(Want.URGE, rest=heard.words[heard.parts[1].start :])
    return None


def _of_no_words(heard: _Heard) -> Want:
    """A number asks how it stands; a question mark or an angry face, who we are; a thumb up wants nothing."""
    if heard.numbers:
        return Want.PROGRESS
    signs = {sign for sign in heard.folded if unicodedata.category(sign) == "So"} - _KIND_SIGNS
    return Want.HELP if signs or "?" in heard.folded else Want.COURTESY


_AROUND_A_PLACE = re.compile(r"我|现?在|就|是|位置|地[点址]|这[里边]|那[里边]|附近|旁边|门口|对面|的")


def names_only(place: Found | None, words: str) -> bool:
    """Whether a text, in which this place was found, says where and nothing of what."""
    if place is None:
        return False
    rest = words[: place.start] + words[place.end :]
    return not _AROUND_A_PLACE.sub("", _SILENT.sub("", rest))
