"""The kind of request (咨询, 求助, 投诉, 举报, 建议), by the words used and by whether somebody is to blame."""

from __future__ import annotations

import re
from collections.abc import Sequence

from hotline.domain.matter import tidy
from hotline.domain.parts import Part, is_confirmed, make_part
from hotline.domain.turns import OPERATOR, Turn

REQUEST_TYPES = ("咨询", "求助", "投诉", "举报", "建议")

# (kind, weight, words): an explicit "我要投诉" outweighs everything that merely sounds like it.
_KINDS = (
    ("举报", 5, re.compile("(?:我|俺|要|想|实名|匿名)(?:要|想|来)?举报")),
    ("投诉", 5, re.compile("(?:我|俺|要|想)(?:要|想|来)?投诉")),
    (
        "建议",
        5,
        re.compile(
            "(?:我|有个|提个|提一个|提点)(?:想|有|要)?(?:个|一个|点)?(?:小)?建议|建议(?:你们|咱们|市里|政府|能|在|"
            "把|增|加|设|"
            "改|延|取消|给|路|公交|小区|这)"
        ),
    ),
    (
        "咨询",
        5,
        re.compile(
            "(?:我|要|想|就)(?:要|想|来)?咨询|(?:我|就)?(?:是)?(?:想|来)?(?:打听|了解|问问?)(?:一下|个事|个问题|下)"
        ),
    ),
    ("求助", 5, re.compile("(?:我|要|想)(?:要|想|来)?求助|救(?:救|人|命)")),
    ("举报", 2, re.compile("举报|偷排|无证|无照|黑作坊|违建|违章建筑|非法|偷倒|造假|假冒|地沟油|黑车|赌博|传销")),
    (
        "投诉",
        2,
        re.compile(
            "投诉|扰民|(?:没人|不)(?:管|理|拉|清)|推诿|态度(?:太|很|恶劣)|吵|欺负|乱(?:收费|停|倒|扔|堆|贴|搭)|占道|"
            "占用|占着|油烟|噪[音声]|震天|"
            "音[乐响]|熏|呛|臭|灰尘|扬尘|堵(?:在|着|住)|拖欠|不退|不给|不发|骗|涨价|反映(?:过|了)?(?:好几|多|几|"
            "[两三四五])次|第[二三四五六]次|都不接|"
            "划破|烂了|被咬|太不像话|受不了|施工|打桩|半夜|飞来飞去|跳舞|喇叭|叫卖|遛狗|狗叫|鸡叫|咬了|咬伤|跳绳|咚咚|拉肚子|切割|甩站|发霉|浑(?:得|浊)|闹腾|涨的?价|蹦"
        ),
    ),
    (
        "求助",
        2,
        re.compile(
            "(?:能不能|可不可以|麻烦|帮忙|赶紧|尽快)[^。！？!?]{0,10}(?:派|来|修|看看|处理|清理|疏通|解决|弄)|坏了|"
            "不亮|堵了|堵塞|"
            "黑了|灭了|没亮|停水|停电|没[水电气](?!平)|漏水|漏气|爆了|爆裂|塌|掉(?:了|下)|断了|倒了|积水|淹|熄火|"
            "不热|被困|困(?:住|在)|裂|闪|灌进|冒(?:黑)?烟|陷下|刮松|松动|歪了|走不脱|救命|反水|冒水|井盖|不见了|走失|求求"
        ),
    ),
    (
        "咨询",
        2,
        re.compile(
            "怎么(?:办理|办(?!啊)|申请|交|查|报名|收费|领|续)|(?:在|到|去)哪(?:里|儿)?(?:办|交|申请|报|领|续|查)|"
            "哪(?:里|儿)(?:可以|能)(?:办|交|领)|"
            "(?:需要|要带?|带)(?:什么|哪些|啥)(?:材料|手续|证件|东西)|什么时候(?:开始|能|可以|发|到账|开放|停|来水|"
            "来电|恢复|通车|供暖)|"
            "几点(?:上班|下班|开门|关门)|(?:是不是|有没有)(?:规定|政策|补贴)|问一下|请问.{2,20}(?:吗|怎么|哪里|多少|"
            "几)|符合.{0,6}条件|要带.{1,8}吗"
        ),
    ),
    (
        "建议",
        2,
        re.compile(
            "希望(?:能|可以|你们)?(?:在|给|把)?[^，。]{0,6}(?:增加|增设|开通|设置|延长|改|装|加)|最好(?:能|"
            "是)?(?:在|给)?[^，。]{0,6}(?:增|加|设|改|装|开)|"
            "(?:能不能|可不可以|应该)(?:在|给|把)?[^，。]{0,8}(?:增设|增加|开通|加装|设个|装个|加个|延长|多开|安个|"
            "建个)|起码开到|多(?:放|设|装|摆)(?:几|一)?个"
        ),
    ),
)
_PROBLEM = re.compile("坏|堵|吵|臭|漏|塌|爆|断|没人|不管|扰|占|倒|乱|脏|投诉|举报|积水|停[水电]|不亮|欠|骗|被咬")
_SUGGESTS = re.compile("您(?:是)?(?:的)?(?:想)?建议|您是希望")
_QUESTION = re.compile("[？?]|[吗呢]$|怎么|哪里|多少|几点|什么时候")


def request_type_of(text: str) -> tuple[str, float] | None:
    """咨询, 求助, 投诉, 举报 or 建议 by the words used, and how sure; None where nothing points to one."""
    return _best(_scores(text))


def _scores(text: str) -> dict[str, int]:
    scores = dict.fromkeys(REQUEST_TYPES, 0)
    for kind, weight, words in _KINDS:
        scores[kind] += weight * min(len(words.findall(text)), 3 if weight < 5 else 1)
    if scores["咨询"] and not _PROBLEM.search(text):
        scores["咨询"] += 3
    return scores


def _best(scores: dict[str, int]) -> tuple[str, float] | None:
    kind = max(REQUEST_TYPES, key=lambda name: scores[name])
    if scores[kind] == 0:
        return None
    sure = 0.4 + 0.5 * scores[kind] / sum(scores.values()) + (0.1 if scores[kind] >= 5 else 0)
    return kind, round(min(0.95, sure), 2)


def find_kind(turns: Sequence[Turn], matter: Part | None, against: Part | None) -> Part | None:
    """Of the call as a whole; the line is the first turn that alone says the same.

    Somebody who is to blame makes a complaint of what could be a call for help; a matter without any sign of a kind is
    a complaint, too, and not a sure one.
    """
    told = [turn for turn in turns if turn.speaker != OPERATOR]
    scores = _scores("\n".join(turn.text for turn in told))
    if against is not None and (scores["投诉"] or not scores["求助"]) and not scores["举报"]:
        scores["投诉"] += 3
    for index, turn in enumerate(turns):
        if turn.speaker == OPERATOR and _SUGGESTS.search(turn.text) and is_confirmed(turns, index):
            scores["建议"] += 6
    kind = _best(scores)
    if kind is None:
        return _without_a_sign(told, matter)
    for turn in told:
        if (alone := request_type_of(turn.text)) and alone[0] == kind[0]:
            return make_part(kind[0], turn, kind[1], tidy(turn.text)[:60])
    line = next((turn for turn in told if matter is not None and turn.line == matter.line), told[0] if told else None)
    return make_part(kind[0], line, kind[1], tidy(line.text)[:60]) if line else None


def _without_a_sign(told: Sequence[Turn], matter: Part | None) -> Part | None:
    if matter is None or matter.confidence < 0.25:
        return None
    turn = next((turn for turn in told if turn.line == matter.line), None)
    if turn is None:
        return None
    return make_part("咨询" if _QUESTION.search(turn.text) else "投诉", turn, 0.4, tidy(turn.text)[:60])
