"""What the caller wishes about the answer and his identity, and what the operator promised."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from hotline.domain.parts import says_yes
from hotline.domain.transcript import CITIZEN, OPERATOR, Turn


@dataclass(frozen=True, slots=True)
class Wish:
    """A yes or a no, and the turn that said it."""

    value: bool
    turn: Turn
    confidence: float


@dataclass(frozen=True, slots=True)
class _Topic:
    no: re.Pattern[str]
    yes: re.Pattern[str]
    asked: re.Pattern[str]
    hint: re.Pattern[str]  # says it without saying so


_ANSWER = (
    "(?:回复|答复|回电|回访|反馈|回个?[话信]|(?:告诉|通知|告知|知会)(?:您|你|一声)|"
    "(?:给|跟|向|和)(?:您|你)(?:回|打|说|讲|联系)|回过来)"
)
_REPLY = _Topic(
    no=re.compile(
        "(?:不用|不需要|不必|用不着|别|无需|不要)(?:再|你们|您|给我?|跟我|打电话)*(?:回复|"
        "答复|回电|回话|回访|打电话|联系我)|(?:答复|回复|回电|回访|回话|回电话)(?:嘛|么|呢|啥的)?(?:就|也)?(?:不用|不必|不需要|免了|算了)"
    ),
    yes=re.compile(
        "(?:给|跟|和|向)?(?:我|俺)?(?:们)?(?:讲|说|告诉|通知|言语|知会|吱)(?:我|俺)?一声|(?:给|回)(?:我|"
        "俺)?个(?:信儿?|话|准话|电话)|回(?:我|俺)(?:电话|一个|个)|"
        "给个(?:答复|回复|说法|回信)|(?:希望|请)(?:尽快|早日)?(?:答复|回复)|(?:给|跟|向)我(?:个|一个|打个|回个|回|"
        "打)?(?:答复|回复|回信|回话|电话|说法)|"
        "(?:要|需要|等)(?:你们|您)?的?(?:回复|答复|回电|回话)|(?:回复|答复|通知|告诉|"
        "联系|电话联系)(?:我|一下我)|打(?:这个|我)(?:电话|手机)|等(?:着)?(?:你们|您|你)的?(?:电话|消息|通知|回信|信儿?)|"
        "^[嗯啊好行对，, ]{0,4}要回(?:的|复|电|话|信)?(?:[啊呀吧，,。]|$)"
    ),
    asked=re.compile(
        f"(?:是否|需不需要|要不要|用不用)[^。？?]{{0,10}}{_ANSWER}[^，,。？?]{{0,8}}[？?]?|"
        f"(?<!不)(?:需要|用)[^。？?]{{0,10}}{_ANSWER}[^，,。？?]{{0,10}}(?:吗|么|不|[？?])[？?]?|"
        f"(?<!不用)(?<!不需要)(?<!不必)(?<!不要){_ANSWER}"
        "[^，,。？?]{0,12}(?:[，,][^，,。？?]{1,6})?(?:吗|么|吧|不$|[好行中成]不[好行中成]|可不可以|[？?])[？?]?"
    ),
    hint=re.compile("(?:有|出)(?:了)?结果[^，。]{0,4}(?:说|吭|言语)|给个?(?:答复|说法|交代)"),
)
_SECRET = _Topic(
    no=re.compile(
        "(?:不用|不需要|无需|不必|用不着|没必要)(?:给我)?(?:保密|匿名)|(?:可以)?公开(?:也)?(?:行|"
        "没事|没关系|可以)|实名(?:举报|投诉|反映)"
    ),
    yes=re.compile(
        "(?:不要|别|不能|不想|千万别|可别|不希望)(?:把|让|跟|给|和|被|向)?[^，。！？!?]{0,12}(?:透露|"
        "泄露|泄漏|说出去|知道|告诉|暴露|公开|说是我)"
        "|(?:不要|别|不想)(?:告诉|透露|泄露|留(?:名|姓名|名字)|说是我)|(?:给我|替我|"
        "帮我|要|想|请|得|需要|一定)[^，。]{0,4}(?:保密|匿名)|匿名(?:举报|投诉|反映|的|啊|吧|哈|处理|就|行|可以)|"
        "(?:别|不要|不能)(?:写|记|登|报|提|留)(?:上|了|下)?(?:我|俺)的?(?:名|姓|电话|手机|号码|信息)|"
        "(?:别|不要|不能)(?:把|将)(?:我|俺)[^，。！？!?]{0,8}(?:给|说给|讲给)(?:他|她|对方|人家|别人|物业|老板|商家)|"
        "(?:别|不要|不能)说是?[^，。！？!?]{0,6}(?:反映|说|讲|投诉|举报|打)的"
    ),
    asked=re.compile(
        "(?:是否|需不需要|要不要|需要)[^。？?]{0,10}(?:保密|匿名|公开)[^。？?]{0,6}(?:吗|么|[？?])|保密吗"
    ),
    hint=re.compile(
        "(?:怕|担心)(?:他们?|她们?|人家|对方|被|遭|受|物业|老板|邻居|店家|那家){0,3}(?:来|再|又)?(?:找我|打击)?(?:报复|麻烦)"
    ),
)
#: 处理完给您回电话。 – 行，我等着. A mere 好 is politeness.
_PROMISED = re.compile(f"{_ANSWER}[^，,。？?吗吧]{{0,6}}[。，,]?$")
_ACCEPTS = re.compile("^[嗯啊哦，, ]{0,4}(?:行|要得|得行|成(?!天)|中(?=[，,。]|$)|那(?:就|我)?等|我?等着?)")
_WAIVES = re.compile("^[嗯啊哦，, ]{0,4}不(?:用|必|需要)(?:了|回|打|$|[，,。])")
_HINTED = 0.45
_NEXT = 3  # an answer comes within the next turns, after a "喂" or a pause


def wants_reply(turns: Sequence[Turn]) -> Wish | None:
    """Whether the caller wants an answer; what was said last counts. None: nobody spoke of it."""
    return _last(turns, _REPLY)


def wants_secrecy(turns: Sequence[Turn]) -> Wish | None:
    """Whether the caller's identity is to be kept secret (design §7); what was said last counts."""
    return _last(turns, _SECRET)


def _last(turns: Sequence[Turn], topic: _Topic) -> Wish | None:
    wish = None
    for index, turn in enumerate(turns):
        if turn.speaker == OPERATOR:
            wish = _answer(turns, index, topic) or wish
        elif topic.no.search(turn.text):
            wish = Wish(False, turn, 0.95 if turn.speaker == CITIZEN else 0.7)
        elif topic.yes.search(turn.text):
            wish = Wish(True, turn, 0.9 if turn.speaker == CITIZEN else 0.65)
        elif wish is None and topic.hint.search(turn.text):
            wish = Wish(True, turn, _HINTED)
    return wish


def _answer(turns: Sequence[Turn], index: int, topic: _Topic) -> Wish | None:
    question = turns[index].text
    if topic is _REPLY and _PROMISED.search(question):
        following = next(iter(turns[index + 1 : index + 2]), None)
        if following is not None and following.speaker != OPERATOR and _ACCEPTS.search(following.text):
            return Wish(True, following, _HINTED + 0.1)
        if following is not None and following.speaker != OPERATOR and _WAIVES.search(following.text):
            return Wish(False, following, 0.8)
    asked = list(topic.asked.finditer(question))
    if not asked or re.search("[？?]", question[asked[-1].end() :]):
        return None  # another question follows, and the answer is to that one
    for turn in turns[index + 1 : index + 1 + _NEXT]:
        if turn.speaker == OPERATOR:
            return None
        said = says_yes(asked[-1].group(), turn.text)
        if said is not None:
            return Wish(said, turn, 0.85)
    return None


_SENTENCE = re.compile(r"[^。！？!?；;\n]++")
_PROMISE = re.compile(
    "(?:会|将|马上|尽快|立即|立刻|稍后|[0-9一二三四五六七八九十两]{1,3}个?(?:工作日|"
    "小时|天)(?:之?内))[^。！？!?]{0,24}?(?:处理|转(?:给|交|办|派)|转到|派(?:单|"
    "人|工)|交办|回复|答复|联系|核实|维修|安排|到场|到现场|清理|反馈|跟进)"
)
_NO_PROMISE = re.compile("会不会|请您|您(?:可以|先)|[吗么]$")


def promise_in(text: str) -> str | None:
    """The operator's sentence that promises something ("我们会在五个工作日内回复您"), without a clause that asks or
    advises; a question is none."""
    for match in _SENTENCE.finditer(text):
        clauses = re.split("(?<=[，,])", match.group().strip("，, "))
        if text[match.end() : match.end() + 1] in ("?", "？"):
            clauses = clauses[:-1]
        told = "".join(clause for clause in clauses if not _NO_PROMISE.search(clause.strip("，, "))).strip("，, ")
        if _PROMISE.search(told):
            return told
    return None
