"""Names to be covered: the writer's own, wherever letters put them, and third persons with a title or a part to play.

Rather one word too many than a name too few: what is covered here is read by those who need not know.
No pattern may look at a text more often than a fixed number of times: what repeats has a bound, or never gives back.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from hotline.domain.names import SURNAME, TITLE, find_names

Span = tuple[int, int]

_GIVEN = "[\u4e00-\u9fff]"
_FULL = f"{SURNAME}{_GIVEN}{{1,2}}"
#: What no given name begins with, and what none ends with: where the name before it is over.
_NO_FIRST = "(?![的了是我你您他她们吗呢吧请这那住])"
_NO_SECOND = (
    "(?![的了是我你您他她们吗呢吧啊呀哦请这那电住不没被把给让从找打骂吵闹"
    "停堵拆收投诉反举联報要就都还已次昨号栋楼单手說聯電])"
)
_NAME = f"{SURNAME}{_NO_FIRST}{_GIVEN}(?:{_NO_SECOND}{_GIVEN})?"
#: 买买提·艾力.
_DOTTED = f"{_GIVEN}{{2,7}}·{_GIVEN}{{2,7}}(?:·{_GIVEN}{{1,7}})?"
_SPACED = f"{SURNAME} {_GIVEN}{{1,2}}"
_NO_LETTER = r"(?=[\s，,。.；;：:！!？?、（(）)\[\]【】《》\"”“*\d-]|$)"
_GOES_ON = r"(?=[\s，,。.；;：:！!？?、（(）)\[\]【】《》\"”“*\d电电電手联聯反投请家住的是男女-]|$)"

#: 联系人 张三, 投诉人：李四光, 姓名 王五, 署名：…
_LABELLED = re.compile(
    r"(?:联系人|聯繫人|投诉人|投訴人|反映人|反应人|举报人|来电人|来信人|来访人|诉求人|申请人|求助人|报修人|姓名|署名|落款)"
    rf"(?:姓名)?[是为:：\s]{{0,3}}({_DOTTED}|{_NAME}{_GOES_ON}|{SURNAME}(?:{TITLE})|{_SPACED}{_NO_LETTER})"
)
#: 我姓訾，訾建国: the same surname again, in no list or in one.
_SURNAME_FIRST = re.compile(
    r"姓([\u4e00-\u9fff])[\s，,。、]{1,3}(?:我?叫|名叫)?(\1[\u4e00-\u9fff]{1,2})(?=[\s，,。；;、的啊呀]|[\d零幺]|$)"
)
_CONTACT = re.compile(rf"(?:联系方式|联系|聯繫)[是为:：\s]{{1,3}}({_DOTTED}|{_NAME}{_NO_LETTER}|{_SPACED}{_NO_LETTER})")
#: After these words comes a name, whether its surname is known or not.
_CALLED_MYSELF = re.compile(
    rf"我(?:的?名字[叫是]|名?叫做?)[:：\s]?({_DOTTED}|{_NAME}|{_SPACED}{_NO_LETTER}"
    r"|(?![了过他她你您它来物保救警车天不一几两号出外快停什做门车醒苦床服]|客服|师傅)[\u4e00-\u9fff]{2,4}(?=[\s，,。；;、（(]|$))"
)
_MYSELF = re.compile(
    rf"(?:本人|我是|在下|我，|本人，)[:：\s]?({_DOTTED}|{_FULL}(?=[\s，,。；;、（(]|{_GIVEN}?(?:岁|男|女)|$))"
)
_MY_PART = re.compile(
    r"我是[^，,。；;！!？?\n]{0,10}?(?:业主|住户|居民|村民|租户|商户|店主|市民|家长|的)"
    rf"({_NAME})(?=[\s，,。；;、（(]|$)"
)
_ENGLISH = re.compile(
    r"\b(?:[Mm]y (?:full )?name(?: is|'s|:)|[Nn]ame:|I am|I'm|[Cc]ontact:?) {0,2}(?:Mr\.? |Mrs\.? |Ms\.? |Dr\.? )?"
    r"([A-Z][A-Za-z'-]{1,20}(?: [A-Z][A-Za-z'.-]{0,20}){0,3})"
)
_ONE_WORD_IS_NO_NAME = re.compile(r"I(?: am|'m) {1,2}[A-Z][a-z]{1,20}$|[Cc]ontact")
#: Without one of these nobody has introduced himself.
_INTRODUCES = re.compile(
    "[我姓名]|本人|在下|[系繫诉訴映应报电信访求请修助]人|联系|聯繫|署名|落款|[Nn]ame|I am|I'm|[Cc]ontact"
)

_LAST_LINES, _LINE = 4, 40
_SIGNATURE = re.compile(rf"[\s-]{{0,9}}({_FULL}|{_SPACED}|{_DOTTED})[\s\d年月日.-]*+")
_DATE_ONLY = re.compile(r"[\d年月日.\s:-]*+")
_AFTER_GREETING = re.compile(rf"(?:敬礼|敬上|--)[！!。\s]{{0,9}}({_FULL}|{_DOTTED})$")

_PHONE_WORDS = (
    "联系电话|聯繫電話|联系方式|手机号码?|電話號碼?|电话号码?|电话|電話|手机|手機|号码|tel|Tel|TEL|phone|Phone"
)
_AFTER_PHONE = re.compile(rf"[\s，,、:：（(-]{{0,3}}({SURNAME}{_GIVEN}{{0,2}}?(?:{TITLE})|{_FULL}{_NO_LETTER})")
_BEFORE_PHONE = re.compile(
    rf"(?:^|[\s，,。；;：:（(、])({SURNAME}{_GIVEN}{{0,2}}?(?:{TITLE})|{_FULL}?|{_SPACED})"
    rf"(?:的|本人)?(?:{_PHONE_WORDS})?[是为:：\s，,、（(-]{{0,4}}$"
)

#: Where a name may begin: not in the middle of a word.
_BEGIN = (
    r"(?:^|(?<=[^\u4e00-\u9fff])|(?<=[的向给找和与对是叫由被让跟问请联为即及因有到称把将])|(?<=工人|司机|店主|老板))"
)
_OFFICE = (
    "主任|副主任|经理|总经理|局长|副局长|科长|处长|厅长|市长|县长|区长|镇长|乡长|村长|组长|队长|所长|站长|校长|园长|院长|"
    "书记|副书记|支书|主席|会长|董事长|医生|大夫|护士|警官|民警|法官|检察官|律师|教练|会计|出纳|同志|同学|科员|干部|老板|女儿|儿子"
)
#: 高先生家具店, 黄老板烧烤: what a shop or an estate is called.
_NO_SHOP = (
    r"(?!(?:(?![的开在说和与把租])[\u4e00-\u9fff]){0,4}"
    r"(?:店|馆|铺|坊|超市|小区|花园|家具|烧烤|火锅|烘焙|餐|面馆|饭庄|公司|厂|工作室|诊所|培训))"
)
_COURTESY = re.compile(
    rf"{_BEGIN}({SURNAME}{_GIVEN}{{0,2}}?(?:{_OFFICE})){_NO_SHOP}|({SURNAME}{_GIVEN}{{0,2}}?(?:{TITLE})){_NO_SHOP}"
)
_TITLED = re.compile(f"{TITLE}|{_OFFICE}")
_PARTS = (
    "司机|店主|摊主|车主|户主|业主|房东|租客|租户|住户|邻居|鄰居|村民|居民|负责人|法人代表|法定代表人|法人|当事人|责任人|"
    "承办人|经办人|联系人|联络人|承包人|包工头|队员|城管|民警|医生|老师(?!傅)|教师|班主任|校长|书记|主任|村支书|村主任|经理|老板娘|"
    "老板|会计|员工|职工|学生|同学|同事|朋友|保安(?!全)|门卫|儿子|女儿|孩子|小孩|父亲|母亲|爸爸|妈妈|丈夫|妻子|老公|老婆|爱人|"
    "哥哥|弟弟|姐姐|妹妹|爷爷|奶奶|外公|外婆|岳父|岳母|儿媳|女婿|孙子|孙女"
)
_AFTER_NAME = (
    r"(?=[\s，,。.；;：:！!？?、（(）)\[\]\"”“\d]|$|把|将|在|的|说|和|与|不|也|就|又|还|是|等|一|对|向|每|经|拒|占|私|违|因|被|于|有|以|"
    r"为|擅|强|打|带|及|等|未|没|从|到|给|让|叫|要|今|天|收|骂|反|养|堵|态|家|总|长|半|夜|乱|开|故|多|常|電|电|就)"
)
_IN_A_PART = re.compile(
    rf"(?:{_PARTS})(?:叫做?|名叫|名为|姓名|姓|是|为|：|:|\s)?"
    rf"({_NAME}{_AFTER_NAME}|{SURNAME}{_NO_FIRST}{_GIVEN}{{1,2}}{_AFTER_NAME}|{SURNAME}某某?|{_DOTTED}|[老小]{SURNAME}(?![{'子区学路街巷村庄'}]))"
)
_COMPANY = re.compile("企业主|行业主|[产事作][业]主")  # 企业主 is no 业主
_CALLED = re.compile(rf"(?:名叫|名为|叫做|姓名[是为:：]?|[人子女儿他她位个者的友妈爸生字别地]叫)({_FULL}){_AFTER_NAME}")
#: 老王家漏水, 刘德福家的狗; 老马家烧烤 is a shop.
_AT_HOME = re.compile(
    rf"(?:^|(?<=[^\u4e00-\u9fff])|(?<=[的向给找和与对是由被让跟问到把将楼室户层]))([老小]{SURNAME}|{_FULL})"
    r"(?=家(?:$|[\s，,。；;！!？?、]|的(?!店|餐|面)|漏|养|门口|里|装修|狗|孩|天天|晚上|每天|夜里|半夜|经常|一直|噪|楼|水管|空调|阳台|厨房|卫生间|把|堆|乱))"
)

_NOT_A_PERSON = re.compile(
    "市民|网[友民]|领导|朋友|用户|居民|业主|编辑|记者|大家|你们|您们|各位|客服|人员|中心|部门|物业|先生|女士|同志|同学|师傅|老师|"
    "[区局委办会处所院市县镇站队部厅社校科室厂人]$|公司|热线|[局市县区镇乡省厅]长|书记|主任|平台|家长|乡亲|亲爱|尊敬|来信|来电|反映|回复|答复|留言"
)
#: 钟长河：您好. 尊敬的王芳女士：. What an answer begins with.
_SALUTED = re.compile(
    rf"(?:^|(?<=\n)|(?<=[。！!：:”\"]))[\s\"“]{{0,4}}(?:尊敬的|敬爱的|亲爱的)?(?![您你])({_DOTTED}|{_GIVEN}{{2,4}}?)"
    r"(?:先生|女士|小姐|同志|同学|师傅)?\s{0,2}[：:，,！! ]\s{0,3}(?:您好|你好)"
)
_REVERED = re.compile(rf"(?:尊敬|敬爱|亲爱)的({_DOTTED}|{SURNAME}{_GIVEN}{{0,2}}(?=先生|女士|小姐|同志|同学|师傅))")
#: 请联系园林局何静怡，电话…; 何静怡（0320-…）: the name right before an official's number.
_BESIDE_NUMBER = re.compile(
    rf"(?:(?<=[局处站队所办心科院部社区会司厅室]))({_NAME})(?=[，, （(：:]{{1,2}}(?:{_PHONE_WORDS})?[：:\s]{{0,2}}0?\d)"
)
_ENGLISH_TITLE = re.compile(r"\b(?:Mr|Mrs|Ms|Miss|Dr)\.? ([A-Z][A-Za-z'-]{1,20}(?: [A-Z][A-Za-z'-]{1,20}){0,2})")

#: Words that begin with what is also a surname, as they follow people and titles in letters: 项目经理, 业主强烈要求.
_WORDS = re.compile(
    "安(?:居|全|心|危|排|装|置|宁|静|保|监|徽)|包(?:括|含|装)|毕竟|曾(?:多次|经|在|于|向|被|与)|常(?:年|务|常|住|有|来|打)|"
    "车(?:[间辆位难]|队长|管|拥|主|师傅|司机)|陈(?:述|旧)|成(?:[为员长绩立本了]|都)|单(?:[位元价独])|党|董事|段时|方[便面法式案向]|"
    "房(?:[屋产东租价款间补门]|管局)|费用|封闭|付(?:款|费|钱|出|了|清|完)|"
    "高(?:[中级质层空峰速度考铁低兴]|的|新区|三|二|一)|关[于系心注闭門门水停电]|管(?:[理部辖线道]|局|所)|何[时人况必]|和[平谐]|计划|纪[委律]|简单|解[决释放]|"
    "金[额融属钱]|江苏|经[常过营理]|强[烈制行拆度]|全[部体市区镇国家]|任[何意职课现教由]|施工|石[油头材]|时[间候常任有并而不就没未也又]|司[法机]|"
    "万[元分一州]|文[明化件字]|物业|习惯|项目|向(?:家|学|我|社|物|有|相|政|领|上|来|市|区|开|法|他|你|您|贵|主|城)|谢谢|谢[了您]|许[可多久]|严[重格禁]|"
    "尤其|游[客戏]|于(?:今|昨|是|企|年|此|上|前|去|本)|云南|占[用道]|支部|周[边围末一二三四五六日]|祝[您福]|左[右边]|白天|路[边口灯段过]|马[路上]|"
    "卫[生浴]|宁[愿可]|申[请报诉]|顾客|家长|业[主委]|住户|居民|什么|怎么|连[续夜]|屈指|温州|海[南口]|苏州|杭州|广[西东]|贵州|甘肃|湖[南北]|"
    "应该|尚未|尚[有在无]|黄色|白色|蓝色|红色|古[城镇]|林[业地]|田[地间]|水[管电]|花[园费]|明[年天]|时时|符合|查[询看处证]|温[暖度]|易[发燃]|"
    "充电|冷[气水]|阳台|党[员委]|武汉|沈阳|洪水|路[上中]|经济|麻[烦将木]|荆州|楚[天人]|范[围本例]|毕业|游子|苟且|陆续|全的|扶[手梯贫持]|储[藏存物]"
)


def find_own_names(text: str, phones: Sequence[Span]) -> Iterator[Span]:
    """The writer: who introduces or signs, is named as the one to ask for, or stands beside a telephone."""
    if _INTRODUCES.search(text):
        yield from ((name.start, name.end) for name in find_names(text) if not _WORDS.match(name.value))
        for pattern in (_LABELLED, _CALLED_MYSELF, _MYSELF, _MY_PART, _CONTACT):
            yield from _groups(pattern, text)
        yield from _english(text)
        yield from _introduced_twice(text)
    yield from _signatures(text)
    for start, end in phones:
        before = _BEFORE_PHONE.search(text, max(0, start - 24), start)
        after = _AFTER_PHONE.match(text, end)
        yield from (match.span(1) for match in (before, after) if match and not _WORDS.match(match[1]))


def find_other_names(text: str) -> Iterator[Span]:
    """Third persons: 李先生, 刘主任, 店主张三, 儿子叫王小明, and whom an answer greets. Names hidden (王某) stay."""
    if _TITLED.search(text):
        yield from _groups(_COURTESY, text)
    for start, end in _groups(_IN_A_PART, text):
        if not _COMPANY.search(text, max(0, start - 5), start):
            yield start, end
    yield from _groups(_CALLED, text)
    if "家" in text:
        yield from _groups(_AT_HOME, text)
    if "您" in text or "你好" in text or "的" in text:
        yield from _saluted(text)
    if "0" in text:
        yield from _groups(_BESIDE_NUMBER, text)
    yield from (match.span(1) for match in _ENGLISH_TITLE.finditer(text))


def is_name(words: str) -> bool:
    """Whether it has the form of a name: a surname and one or two characters, or a title; not 匿名, not 市民."""
    return _FORM.fullmatch(words) is not None and not _WORDS.match(words)


_FORM = re.compile(f"{SURNAME}(?:{_GIVEN}{{1,2}}|{_GIVEN}{{0,2}}(?:{TITLE}))")


def _groups(pattern: re.Pattern[str], text: str) -> Iterator[Span]:
    for match in pattern.finditer(text):
        group = match.lastindex or 0
        if group and "某" not in match[group] and not _WORDS.match(match[group]) and not _KIND_OF.search(match[group]):
            yield match.span(group)


_KIND_OF = re.compile("[人员者]$")  # 安徽人, 施工员: what somebody is, not what he is called


def _introduced_twice(text: str) -> Iterator[Span]:
    for match in _SURNAME_FIRST.finditer(text):
        yield from (match.span(1), match.span(2))


def _english(text: str) -> Iterator[Span]:
    for match in _ENGLISH.finditer(text):
        if not _ONE_WORD_IS_NO_NAME.match(match[0]):
            yield match.span(1)


def _signatures(text: str) -> Iterator[Span]:
    """A name that stands alone on one of the last lines, a date behind or below it; or right after 敬礼."""
    whole = text.rstrip()
    end = len(whole)
    greeted = _AFTER_GREETING.search(whole, max(0, end - _LINE))
    if greeted and not _WORDS.match(greeted[1]):
        yield greeted.span(1)
    for _ in range(_LAST_LINES):
        start = whole.rfind("\n", 0, end) + 1
        if not start or end - start > _LINE:
            return
        signed = _SIGNATURE.fullmatch(whole, start, end)
        if signed and not _WORDS.match(signed[1]):
            yield signed.span(1)
        if signed or not _DATE_ONLY.fullmatch(whole, start, end):
            return
        end = start - 1


def _saluted(text: str) -> Iterator[Span]:
    for pattern in (_SALUTED, _REVERED):
        for match in pattern.finditer(text):
            if not _NOT_A_PERSON.search(match[1]):
                yield match.span(1)
