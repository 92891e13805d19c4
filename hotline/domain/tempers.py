"""Whether a caller is angry, and how it shows: in his words, never in one exclamation mark alone."""

from __future__ import annotations

import re
from collections.abc import Sequence

from hotline.domain.parts import Part, make_part
from hotline.domain.turns import OPERATOR, Turn

_STRONG = re.compile(
    "气死|气炸|太气人|火大|冒火|忍无可忍|忍不下去|受够了?|凭什么|什么玩意儿?|什么东西|狗屁|屁话|放屁|他妈的?|妈的|"
    "他娘的?|老子|扯淡|混蛋|王八蛋?|"
    "龟儿子|不作为|吃干饭|吃闲饭|吃屎|养(?:着)?你们(?:干|有)|干什么吃的|纳税人的钱|太过分|欺人太甚|欺负(?:人|"
    "老百姓)|无法无天|没(?:有)?王法|"
    "(?:到底|究竟)(?:还)?(?:管不管|有没有人管|谁管)|管不管(?:了)?[啊！!？?]|踢皮球|推来推去|糊弄(?:谁|人|我|老百姓)|"
    "敷衍|丧良心|缺德|不要脸|草菅人命|"
    "太不像话|不像话|岂有此理|愤怒|恼火|说了(?:多少|八百|一百|几百)[遍次回]|骗(?:谁|鬼|子)|我就(?:不信|要)(?:没人|"
    "去告|上访|曝光)|等着瞧|你们等着"
)
_MILD = re.compile(
    "受不了|烦死|烦人|吵死|真是的|(?:打|说|反映|投诉)(?:了|过)?(?:好几|多少|无数|几十|[三四五六七八九十])(?:次|遍|"
    "回)|还是(?:没人|不)(?:管|理|修|解决)|"
    "怎么(?:还|老|总)(?:不|没)|到底|曝光|找媒体|找电视台|要个说法|太差劲?|推诿|[！!]{2,9}"
)
_CALMED = re.compile("您(?:先)?(?:别|不要)(?:生气|激动|着急上火|发火)|消消气|理解您的(?:心情|愤怒)|您冷静")
_MOST = 4


def find_anger(turns: Sequence[Turn]) -> Part | None:
    """The angry words (气死、凭什么), from one strong sign or two mild ones on; the operator's soothing is one, too."""
    signs: list[tuple[str, Turn]] = []
    strong = soothed = 0
    for turn in turns:
        if turn.speaker == OPERATOR:
            soothed = soothed or int(_CALMED.search(turn.text) is not None)
            continue
        hits = [match.group() for match in _STRONG.finditer(turn.text)]
        strong += len(hits)
        signs += [(word, turn) for word in hits]
        signs += [(match.group(), turn) for match in _MILD.finditer(turn.text)]
    words = list(dict.fromkeys(word for word, _ in signs if word.strip("！!")))
    if not words or not (strong or len(words) + soothed >= 2):
        return None
    first = next(turn for word, turn in signs if word == words[0])
    return make_part("、".join(words[:_MOST]), first, 0.5 + 0.15 * min(strong, 2) + 0.1 * soothed, words[0])
