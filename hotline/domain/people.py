"""Names to be covered: the writer's own, wherever letters put them, and third persons with a title or a part to play.

Rather one word too many than a name too few: what is covered here is read by those who need not know.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from hotline.domain.names import SURNAME, TITLE, find_names

Span = tuple[int, int]

_GIVEN = "[\u4e00-\u9fff]"
_FULL = f"{SURNAME}{_GIVEN}{{1,2}}"
_NO_LETTER = r"(?=[\s，,。.；;：:！!？?、（(）)\[\]【】《》\"”“*\d]|$)"
#: 联系人 张三, 投诉人：李四光, 姓名 王五, 署名：…
_LABELLED = re.compile(
    rf"(?:联系人|投诉人|反映人|反应人|举报人|来电人|来信人|来访人|诉求人|申请人|求助人|姓名|署名|落款)"
    rf"(?:姓名)?[是为:：\s]{{0,3}}({_FULL}|{SURNAME}(?:{TITLE})){_NO_LETTER}"
)
_MYSELF = re.compile(
    rf"(?:本人|我叫|我是|我名叫|名字叫|在下|我，|本人，)[:：\s]?({_FULL})(?=[\s，,。；;、（(]|{_GIVEN}?(?:岁|男|女)|$)"
)
_SIGNED = re.compile(
    rf"\n[\s—-]*(?:此致[^\n]*\n|敬礼[^\n]*\n)*[\s—-]*({_FULL})\s*(?:\n?\s*[\d年月日.\s-]*)$"
    rf"|(?:敬礼|——)[！!。\s]*({_FULL})\s*$"
)
_AFTER_PHONE = re.compile(rf"[\s，,、:：（(-]{{0,3}}({SURNAME}{_GIVEN}{{0,2}}?(?:{TITLE})|{_FULL}{_NO_LETTER})")
_BEFORE_PHONE = re.compile(
    rf"(?:^|[\s，,。；;：:（(、])({SURNAME}{_GIVEN}{{0,2}}?(?:{TITLE})|{_FULL}?)"
    rf"(?:的|本人)?(?:联系电话|联系方式|手机号码?|电话号码?|电话|手机|号码|tel|Tel|TEL)?[是为:：\s，,、（(-]{{0,4}}$"
)

#: Where a name may begin: not in the middle of a word.
_BEGIN = (
    r"(?:^|(?<=[^\u4e00-\u9fff])|(?<=[的向给找和与对是叫由被让跟问请联为即及因有到称把将])|(?<=工人|司机|店主|老板))"
)
_OFFICE = (
    "主任|副主任|经理|总经理|局长|副局长|科长|处长|厅长|市长|县长|区长|镇长|乡长|村长|组长|队长|所长|站长|校长|园长|院长|"
    "书记|副书记|支书|主席|会长|董事长|医生|大夫|护士|警官|民警|法官|检察官|律师|教练|会计|出纳|同志|同学|科员|干部|老板|女儿|儿子"
)
_COURTESY = re.compile(rf"{_BEGIN}({SURNAME}{_GIVEN}{{0,2}}?(?:{_OFFICE}))|({SURNAME}{_GIVEN}{{0,2}}?(?:{TITLE}))")
_PARTS = (
    "司机|店主|摊主|车主|户主|(?<!企)业主|房东|租客|租户|住户|邻居|村民|居民|负责人|法人代表|法定代表人|法人|当事人|责任人|经办人|承包人|包工头|"
    "队员|城管|民警|医生|老师|教师|班主任|校长|书记|主任|村支书|村主任|经理|老板|老板娘|会计|员工|职工|学生|同学|同事|朋友|"
    "儿子|女儿|孩子|小孩|父亲|母亲|爸爸|妈妈|丈夫|妻子|老公|老婆|爱人|哥哥|弟弟|姐姐|妹妹|爷爷|奶奶|外公|外婆|岳父|岳母|儿媳|女婿|孙子|孙女"
)
_AFTER_NAME = (
    r"(?=[\s，,。.；;：:！!？?、（(）)\[\]\"”“\d]|$|把|将|在|的|说|和|与|不|也|就|又|还|是|等|一|对|向|每|经|拒|占|私|违|因|被|于|有|以|"
    r"为|擅|强|打|带|及|等|未|没|从|到|给|让|叫|要)"
)
_IN_A_PART = re.compile(rf"(?:{_PARTS})(?:叫做?|名叫|名为|姓名|姓|是|为|：|:|\s)?({_FULL}|{SURNAME}某某?){_AFTER_NAME}")
_CALLED = re.compile(rf"(?:名叫|名为|叫做|姓名[是为:：]?|叫)({_FULL}){_AFTER_NAME}")

#: Words that begin with what is also a surname, as they follow people and titles in letters: 项目经理, 业主强烈要求.
_WORDS = re.compile(
    "安(?:全|心|危|排|装|置|宁|静|保|监)|包(?:括|含|装)|毕竟|曾(?:多次|经|在|于|向|被|与)|常(?:年|务|常|住)|车(?:[间辆位]|队长|管|拥|主|师傅|司机)|"
    "陈(?:述|旧)|成(?:[为员长绩立本]|都)|单(?:[位元价独])|党|董事|段时|方[便面法式案]|房(?:[屋产东租价款间补门]|管局)|费用|封闭|"
    "高(?:[中级质层空峰速度考铁低]|的)|关[于系心注闭]|管(?:[理部辖线道]|局|所)|何[时人况必]|和[平谐]|计划|纪[委律]|简单|解[决释放]|金[额融属钱]|"
    "经[常过营理]|强[烈制行拆度]|全[部体市区镇国家]|任[何意职课现教]|施工|石[油头材]|时[间候常任]|司[法机]|万[元分一]|文[明化件字]|物业|"
    "习惯|项目|向(?:我|社|物|有|相|政|领|上|来|市|区|开|法)|许[可多久]|严[重格禁]|尤其|游[客戏]|于(?:今|昨|是|企|年|此)|占[用道]|支部|周[边围末一二三四五六日]|"
    "祝[您福]|左[右边]|白天|路[边口灯段]|马[路上]|卫[生浴]|宁[愿可]|申[请报]|顾客|家长|业[主委]|住户|居民|什么|怎么"
)


def find_own_names(text: str, phones: Sequence[Span]) -> Iterator[Span]:
    """The writer: who introduces or signs, is named as the one to ask for, or stands beside a telephone."""
    yield from ((name.start, name.end) for name in find_names(text) if not _WORDS.match(name.value))
    for pattern in (_LABELLED, _MYSELF, _SIGNED):
        yield from _groups(pattern, text)
    for start, end in phones:
        before = _BEFORE_PHONE.search(text, max(0, start - 24), start)
        after = _AFTER_PHONE.match(text, end)
        yield from (match.span(1) for match in (before, after) if match and not _WORDS.match(match[1]))


def find_other_names(text: str) -> Iterator[Span]:
    """Third persons: 李先生, 刘主任, 店主张三, 儿子叫王小明. Names already hidden (王某) stay."""
    for pattern in (_COURTESY, _IN_A_PART, _CALLED):
        yield from _groups(pattern, text)


def is_name(words: str) -> bool:
    """Whether it has the form of a name: a surname and one or two characters, or a title; not 匿名, not 市民."""
    return _NAME.fullmatch(words) is not None and not _WORDS.match(words)


_NAME = re.compile(f"{SURNAME}(?:{_GIVEN}{{1,2}}|{_GIVEN}{{0,2}}(?:{TITLE}))")


def _groups(pattern: re.Pattern[str], text: str) -> Iterator[Span]:
    for match in pattern.finditer(text):
        group = match.lastindex or 0
        if group and "某" not in match[group] and not _WORDS.match(match[group]):
            yield match.span(group)
