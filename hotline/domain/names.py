"""How callers name themselves: 我姓王, 免贵姓李, 我叫张伟, 我是陈女士. Only what was said; nothing is guessed."""

from __future__ import annotations

import re

from hotline.domain.spans import Found

_SURNAMES = (
    "王李张刘陈杨黄赵周吴徐孙朱马胡郭林何高梁郑罗宋谢唐韩曹许邓萧肖冯曾程蔡彭潘袁于董余苏叶吕魏蒋田杜丁沈"
    "姜范江傅钟卢汪戴崔任"
    "陆廖姚方金邱夏谭韦贾邹石熊孟秦阎闫薛侯雷白龙段郝孔邵史毛常万顾赖武康贺严尹钱施牛洪龚汤陶黎温莫易樊乔"
    "文安殷颜庄章鲁倪庞"
    "邢俞翟蓝聂齐向申葛柴伍覃骆关焦柳欧祝纪尚毕耿芦左季管符辛苗詹曲欧靳祁路涂兰甘裴梅童翁霍游阮尤岳柯牟滕"
    "谷舒卜成饶宁凌盛查单"
    "冉鲍华包屈房喻解蒲卫简时连车项闵邬吉党阳司费蒙席晏隋古强穆姬占宫冷桂全佟仇"
    "付褚仝卓晁阚冼丛臧佘敖逄逯亓刁麦荆屠栾桑窦娄苟楚巩匡鞠寇郜邸郗阙嵇甄邝丘蔺扈邰郦戚诸储缪扶奚"
    "張劉陳楊黃趙吳孫馬鄭羅謝韓許鄧蕭馮蘇葉呂盧蔣賈鍾鐘陸範閻龍賀顧萬錢湯嚴齊譚鄒寧龔顏魯韋鄔婁畢聶關單紀費連喬賴龐蘭"
)
DOUBLE = (
    "欧阳|司马|上官|诸葛|东方|皇甫|尉迟|公孙|慕容|令狐|司徒|夏侯|长孙|宇文|端木|南宫|轩辕|"
    "呼延|完颜|赫连|澹台|拓跋|百里|东郭|万俟|濮阳|歐陽|司馬|諸葛|東方"
)
SURNAME = f"(?:{DOUBLE}|[{_SURNAMES}])"
TITLE = "(?:女士|先生|小姐|大爷|大妈|阿姨|大姐|大哥|师傅|老师)"
END = r"(?=[啊呀吧的嘛哈]?(?:[\s，,。.！!？?；;、（(]|$))"

_BY_TITLE = re.compile(f"(?:我(?:是|姓)|叫我|免贵姓?|本人姓?)({SURNAME}{TITLE})")
_BY_FULL_NAME = re.compile(
    "(?:我(?:的名字)?叫|我的?名字(?:叫|是)|本人(?:叫|姓名)?|我的?姓名(?:是|叫)|(?:姓名|联系人)(?:是|[:：])\\s{0,9}|我是)"
    f"({SURNAME}[\u4e00-\u9fff]{{1,2}}){END}"
)
_BYSURNAME = re.compile(f"(?:[我俺咱]姓|免贵姓?|本人姓|敝姓|(?:^|[，,。\\s])姓)[，,\\s]?({SURNAME})")
_NO_NAME = re.compile("什么|师傅|经理|老板|主任|队长|怎么|业主|住户|居民|[人员者]$")


def find_names(text: str) -> list[Found]:
    """The names by which the speaker of `text` calls himself, in its order; each as fully as said."""
    if not _SPEAKS_OF_HIMSELF.search(text):
        return []
    found: list[Found] = []
    for pattern, confidence in ((_BY_TITLE, 0.95), (_BY_FULL_NAME, 0.85), (_BYSURNAME, 0.9)):
        for match in pattern.finditer(text):
            start, end = match.span(1)
            if not _NO_NAME.search(match.group(1)) and not any(f.start < end and start < f.end for f in found):
                found.append(Found(match.group(1), start, end, confidence))
    return sorted(found, key=lambda name: name.start)


_SPEAKS_OF_HIMSELF = re.compile("[我姓免]|本人|联系人")  # without one of these none of the three can match

_ANSWER = re.compile(
    f"(?:我?姓|免贵姓?|叫)?\\s{{0,9}}({SURNAME}(?:{TITLE}|[\u4e00-\u9fff]{{0,2}}))[啊呀吧的。"
    f"，,！!\\s]*+(?:弓长|木子|耳东|古月|双口|草头)?"
)


def name_in_answer(text: str) -> Found | None:
    """The name in a bare answer to 您贵姓: "王", "姓王。", "张伟"."""
    match = _ANSWER.fullmatch(text.strip())
    if match is None or _NO_NAME.search(match.group(1)):
        return None
    return Found(match.group(1), match.start(1), match.end(1), 0.8)


_ADDRESSED = re.compile(f"({SURNAME})({TITLE})")


def addressed_as(text: str) -> list[tuple[str, str]]:
    """(surname, title) of everybody whom `text` addresses or names with a title: 王女士, 李先生."""
    return [(match.group(1), match.group(2)) for match in _ADDRESSED.finditer(text)]
