"""A transcript becomes a draft: every part with the line it came from and how sure it is (design §6).

Nothing is invented: what was not said stays empty and becomes a question to ask. A person confirms the draft.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, tzinfo
from typing import Any

from hotline.domain.areas import find_area
from hotline.domain.blaming import find_against
from hotline.domain.callers import find_name, find_same_number
from hotline.domain.dangers import DANGERS, NORMAL, URGENT, Danger, urgency_of
from hotline.domain.dictating import dictated
from hotline.domain.habits import habit_of
from hotline.domain.kinds import find_kind
from hotline.domain.locating import as_written, find_places
from hotline.domain.matter import category_words, matter_in
from hotline.domain.moments import Moment, moments_of
from hotline.domain.parts import Part, is_answer_to, is_confirmed, is_readback, make_part
from hotline.domain.places import place_of, places_of
from hotline.domain.tempers import find_anger
from hotline.domain.turns import OPERATOR, Turn
from hotline.domain.wishes import Wish, promise_in, wants_reply, wants_secrecy

__all__ = ["NORMAL", "URGENT", "DraftParts", "Part", "draw_out", "place_of", "urgency_of"]


@dataclass(frozen=True, slots=True)
class DraftParts:
    """What was drawn out of one call.

    `since`: ISO 8601, a year, a month, a day, or a time with zone. `name`: as said (王女士, 王). `phone`: digits, "+"
    for abroad. `same_number`: whether to call him on the one that he calls from. `urgency`: "urgent" or nothing.
    `against`: who or what is complained of, as said; a plate as it is written. `area`: district, street office, town,
    grid. `anger`: the words in which it shows.
    `request_type`: one of 咨询, 求助, 投诉, 举报, 建议. `questions`: in Chinese, what is still to be asked.
    """

    matter: Part | None = None
    place: Part | None = None
    since: Part | None = None
    often: Part | None = None
    name: Part | None = None
    phone: Part | None = None
    same_number: Part | None = None
    wants_reply: Part | None = None
    confidential: Part | None = None
    request_type: Part | None = None
    urgency: Part | None = None
    promise: Part | None = None
    against: Part | None = None
    area: Part | None = None
    anger: Part | None = None
    category_words: list[str] = field(default_factory=list)
    questions: list[str] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        """For JSON: each part as {"value", "line", "confidence", "said"} or null, and the two lists."""
        return asdict(self)


def draw_out(
    turns: Sequence[Turn], called_at: datetime, city_zone: tzinfo, dangers: Sequence[Danger] = DANGERS
) -> DraftParts:
    """The parts of a call that began at `called_at` (aware; ValueError otherwise), times in `city_zone`.

    Turns of an unknown speaker count as the caller's, with less confidence.
    """
    if called_at.tzinfo is None:
        raise ValueError("called_at must carry a time zone")
    told = [turn for turn in turns if turn.speaker != OPERATOR]
    place, denied = find_places(turns)
    parts = {
        "matter": _at_right_place(_matter(turns), place, denied),
        "against": find_against(turns),
        "area": find_area(turns),
        "anger": find_anger(turns),
        "place": place,
        "since": _since(turns, called_at, city_zone),
        "often": _often(told),
        "name": find_name(turns),
        "phone": dictated(turns),
        "same_number": find_same_number(turns),
        "wants_reply": _wish(wants_reply(turns)),
        "confidential": _wish(wants_secrecy(turns)),
        "urgency": _urgency(told, dangers),
        "promise": _promise(turns),
    }
    parts["request_type"] = find_kind(turns, parts["matter"], parts["against"])
    return DraftParts(
        **parts,
        category_words=category_words("\n".join(turn.text for turn in told)),
        questions=_questions(parts),
    )


def _matter(turns: Sequence[Turn]) -> Part | None:
    """The caller's best sentence, the earlier of equals; failing that, what the operator read back undenied."""
    candidates: list[Part] = []
    weights: list[float] = []
    for index, turn in enumerate(turns):
        doubt = 1.0
        if turn.speaker == OPERATOR:
            confirmed = is_confirmed(turns, index)
            if not is_readback(turn) or confirmed is False:
                continue
            doubt = 1.0 if confirmed else 0.5
        told = matter_in(turn.text)
        if told is not None:
            part = make_part(told[0], turn, told[1] * doubt, turn.text.strip())
            # who calls says first what he calls for; what he is asked about later are its details
            weight = part.confidence
            if turn.speaker != OPERATOR:
                named = not candidates and part.confidence >= _NAMED and len(str(part.value)) >= _SENTENCE
                weight += _OPENING_NAMES if named else 0.0 if candidates else _FIRST_WORDS
                weight -= _DETAIL if is_answer_to(turns, index, _ASKS_DETAIL) else 0.0
            weights.append(weight)
            candidates.append(part)
    return candidates[weights.index(max(weights))] if candidates else None


def _at_right_place(matter: Part | None, place: Part | None, denied: frozenset[str]) -> Part | None:
    """The sentence without a road that the caller denied when it was read back: 建国路的灯不亮."""
    if matter is None or place is None or not denied:
        return matter
    sentence = str(matter.value)
    for found in reversed(places_of(sentence)):
        if as_written(found.value) in denied:
            sentence = sentence[: found.start] + str(place.value) + sentence[found.end :]
    return replace(matter, value=sentence)


_FIRST_WORDS = 0.12
_NAMED = 0.6  # a thing or a trouble, and not only 我反映个事
_SENTENCE = 10  # characters: 那个共享单车 tells nothing yet
_OPENING_NAMES = 0.25
_DETAIL = 0.15
_ASKS_DETAIL = re.compile("多[深大高长宽远重]|几[个盏棵辆家户层米]|多少|什么时候|多久|受伤|车牌|几点|找过|联系过")
_ASKS_WHEN = re.compile("什么时候|多久|多长时间|几点|哪天|何时|几天|持续")
_ASKS_HABIT = re.compile("一般|平时|通常|每天|几点到几点|到几点|(?:什么|哪个?)时(?:间|候)(?:段)?(?:比较|最|多)")
_STARTS = re.compile("从|自从|开始|以来|已经|就(?:这样|坏|不亮|有|没|一直|停|堵|漏)|了(?:[，,。；;]|$)")


def _since(turns: Sequence[Turn], called_at: datetime, zone: tzinfo) -> Part | None:
    """When it began: an answer to "since when" first, then words with 从, 开始, 已经, then the first told."""
    best: tuple[float, Part] | None = None
    for index, turn in enumerate(turns):
        if turn.speaker == OPERATOR:
            continue
        asked = is_answer_to(turns, index, _ASKS_WHEN) and not is_answer_to(turns, index, _ASKS_HABIT)
        for moment in _moments_told(turn.text, asked, called_at, zone):
            weight = moment.confidence + (1.0 if asked else 0.0) + (0.3 if _begins(turn.text, moment) else 0.0)
            weight += 0.2 if "T" in (moment.value or "") else 0.0  # the hour says more than the day
            if best is None or weight > best[0]:
                best = weight, make_part(moment.value, turn, moment.confidence, moment.said)
    return best[1] if best else None


def _moments_told(text: str, asked: bool, called_at: datetime, zone: tzinfo) -> list[Moment]:
    """Asked since when, 三天 is enough, and so is an hour; unasked, or told of every day, an hour begins nothing."""
    daily = _DAILY.search(text) is not None
    lasting = (_BARE_LENGTH if asked else _LASTING).sub(r"\g<0>了", text)
    return [
        each
        for each in moments_of(lasting, called_at, zone)
        if (asked or not (each.bare or _is_year(each)) or _begins(text, each))
        and not (daily and each.bare)
        and _NOT_YET.match(text, each.end) is None
    ]


def _is_year(moment: Moment) -> bool:
    """今年七十八了 dates nothing."""
    return moment.value is not None and len(moment.value) == 4


_DAILY = re.compile(
    "天天|每[天晚日夜早]|一般|平时|通常|经常|老是|总是|一到|[点半](?:多|左右|钟|过)?[，,]?(?:一直)?(?:就|要|能|得)?"
    "(?:到|至|整到|弄到|闹到|吵到|干到|搞到)(?!现在|今|目前|这会)"
)
_NOT_YET = re.compile("(?:的时候|那会儿?)?[，,]?(?:都|就)?(?:还没有?|还不|还好好的|还正常|还是好)")
#: 三天没得人收: it has been so for three days.
_LASTING = re.compile(
    "[0-9一二两俩三四五六七八九十半]{1,3}个?(?:天|月|年|周|礼拜|星期)(?=(?:都|也)?没(?:得|有)?(?:人|来|收|拉|清|水|电|亮|热))"
)
_BARE_LENGTH = re.compile("(?:[天年月周]|礼拜|星期|小时)(?:多|左右|半)?(?=[，,。吧啊呀嘛]|$)")


def _begins(text: str, moment: Moment) -> bool:
    return _STARTS.search(text[max(0, moment.start - 4) : moment.end + 4]) is not None


def _often(told: Sequence[Turn]) -> Part | None:
    for turn in told:
        if habit := habit_of(turn.text):
            return make_part(habit[0], turn, 0.8 if habit[0].startswith(("每", "天天")) else 0.6, habit[0])
    return None


def _wish(wish: Wish | None) -> Part | None:
    if wish is None:
        return None
    return make_part(wish.value, wish.turn, wish.confidence, wish.turn.text.strip()[:60])


def _urgency(told: Sequence[Turn], dangers: Iterable[Danger]) -> Part | None:
    for turn in told:
        urgency, reason = urgency_of(turn.text, dangers)
        if urgency == URGENT:
            return make_part(URGENT, turn, 0.85, reason)
    return None


def _promise(turns: Sequence[Turn]) -> Part | None:
    """The operator's last promise: what the caller was left with."""
    for turn in reversed(turns):
        if turn.speaker == OPERATOR and (promise := promise_in(turn.text)):
            return Part(promise, turn.line, 0.8, promise)
    return None


QUESTIONS = {
    "matter": "请问您要反映的具体是什么问题？",
    "place": "请问具体在什么位置？哪条路、哪个小区，附近有什么标志？",
    "since": "请问这个情况是什么时候开始的？",
    "name": "请问您怎么称呼？",
    "phone": "请问您的联系电话是多少？",
    "wants_reply": "处理结果需要给您回复吗？",
}


def _questions(parts: Mapping[str, Part | None]) -> list[str]:
    """What to ask still. A question to be answered on the spot (咨询) needs nothing more; a secret caller is not asked
    his name; who wants no answer is not asked for a number."""
    kind, secret, reply = parts["request_type"], parts["confidential"], parts["wants_reply"]
    spared: set[str] = set()
    if kind is not None and kind.value == "咨询":
        spared |= {"place", "since", "name", "phone", "wants_reply"}
    if kind is not None and kind.value == "建议":
        spared |= {"since"}
    if secret is not None and secret.value is True:
        spared |= {"name"}
    if reply is not None and reply.value is False:
        spared |= {"phone", "name"}
    if (same := parts["same_number"]) is not None and same.value is True:
        spared |= {"phone"}
    return [
        question
        for name, question in QUESTIONS.items()
        if name not in spared and ((part := parts[name]) is None or (part.value is None and not part.said))
    ]
