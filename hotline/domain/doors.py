"""门牌: the door somebody lives behind, as people write it. A building or a street number is a place, not a person."""

from __future__ import annotations

import re
from collections.abc import Iterator

from hotline.domain.whereabouts import CALLED_DOOR, door_of

_N = "[0-9零〇一二两三四五六七八九十]"
_BUILDING = rf"(?:[A-Za-z甲乙丙丁东西]|{_N}{{1,4}})[号#]?(?:楼|栋|幢|座|#)"
_UNIT = rf"(?:{_N}{{1,3}}|[甲乙丙丁东西])(?:单元|门|-)"
_FLOOR = rf"(?:{_N}{{1,3}}[楼层][ ,，]?)"
_SIDE = "[东西南北中][边侧]?户(?![型口籍])"
_ROOM = rf"(?:{_SIDE}(?:{_N}{{3,4}}[室房]?)?|{_N}{{3,4}}(?:号?[室房]|号)?|{_N}{{1,2}}号?[室房])"
_NO_ROOM = f"(?!{_N}|[年月日元人户家多余几平米栋幢个-])"  # 5栋500米, 68栋5000余户
_ESTATE = "[园区苑庭城府邸湾居村里寓院舍庄墅]"
_OFFICE = "(?<![议教公动验]室)(?<![议教公动验]室 )"  # 会议室12室
_NO_HOME = f"(?![屋产价租型间地贷内外厅]|东(?!户)|{_N}[厅卫室房])"  # 三室一厅, 301房东

#: 3号楼2单元501室, 三号楼二单元五零一, A座1203, 2单元501, 5栋301, 9号楼西户201, 3-2-501, 5#1-301, 花园3-501, 楼上402,
#: 花园12室, 五零一室, 501室东户, 3层西户, 门牌号：1203.
_DOOR = re.compile(
    rf"{_BUILDING}[ -]?(?:{_UNIT}[ ,，-]?)?{_FLOOR}?{_ROOM}(?:{_SIDE})?{_NO_ROOM}"
    rf"|(?:{_N}{{1,3}}|[A-Za-z甲乙丙丁东西])单元[ ,，-]?{_FLOOR}?{_ROOM}(?:{_SIDE})?{_NO_ROOM}"
    rf"|{_FLOOR}{_SIDE}"
    r"|(?<![0-9-])(?<!编号)(?<!号[:：])[0-9]{1,3}[-/][0-9]{1,2}[-/][0-9]{3,4}(?![0-9/-]|分贝|米|元)"
    rf"|(?<={_ESTATE})[0-9]{{1,3}}-[0-9]{{3,4}}(?:[室房])?(?![0-9/-]|分贝|米|元|户|号|路)"
    rf"|(?:(?<=楼上)|(?<=楼下)|(?<=隔壁)|(?<=对门))[0-9]{{3,4}}(?:号?[室房])?(?![0-9年月日元人户家多余几平米栋幢分-])"
    rf"|{CALLED_DOOR}(?:号码?)?[是为]?[:： ]{{0,2}}[A-Za-z]?[0-9]{{1,4}}(?:[-/#][0-9]{{1,4}}){{0,3}}[室房]?"
    r"(?![0-9号/#年月日元人户家多余几平米栋幢块个处张套份楼弄座单层路组-])"
    rf"|(?<={_ESTATE})[0-9]{{3,4}}户(?!\S)"
    rf"|(?:(?<={_ESTATE})|(?<={_ESTATE} )|(?<=[号弄层元栋幢座]))(?<![医学法察]院)(?<![医学法察]院 )"
    rf"(?:[A-Za-z甲乙丙丁]?{_N}{{1,2}}|[A-Za-z])号?室(?:{_SIDE})?{_NO_HOME}"
    rf"|(?<!第)(?<!{_N}){_OFFICE}[A-Za-z]?{_N}{{3,4}}号?[室房](?:{_SIDE})?{_NO_HOME}"
)
_DOOR_SIGN = re.compile("[楼栋幢座元室房户隔对牌#/-]")  # every door has one of these

_LIVE = "住(?![了院建宅户房满着不址])"
_HOME = rf"(?:我家?|我们家|本人家?|俺家?)(?:就|现)?(?:{_LIVE}在?|在|是)|{_LIVE}(?:在|的是)?"
_LABEL = (
    r"(?:家庭|居住|住宅|详细|联系|我的|我家|本人)[地住]址"
    r"|(?<!问题)(?<!事发)(?<!投诉)(?<!反映)(?<!施工)[地住]址[:：]"
)
#: 我家住 … 501, 我在 … 3栋2单元501, 地址：… 3栋501: the writer's own, with the building. 18号 by itself is a street's.
_OWN = re.compile(
    rf"(?:{_HOME}|{_LABEL})[^，,。；;！!？?\n]{{0,24}}?"
    rf"((?:{_BUILDING}(?:{_UNIT})?{_FLOOR}?|{_UNIT}{_FLOOR}?)(?:{_SIDE}(?:{_N}{{3,4}})?|{_N}{{2,4}}(?:号房|[室房号])?)"
    rf"|(?:{_FLOOR}|(?<!{_N})){_N}{{3,4}}(?:号房|[室房])|[0-9]{{1,3}}[-/](?:[0-9]{{1,2}}[-/])?[0-9]{{3,4}})"
    r"(?![0-9年月日元人多平米路街巷弄户家])"
)
#: 我住香溪路18号, 家住12号: a street number that somebody calls his home.
_OWN_NUMBER = re.compile(
    rf"(?:我|本人|俺|家|我们)(?:就|现)?{_LIVE}[^，,。；;！!？?\n]{{0,24}}?"
    rf"({_N}{{1,4}}号)(?!(?:楼|栋|幢|院|线|路|门口|对面|旁|附近))"
)


#: What stands between blanks, as doors do in a place that was told by and by: 阳光花园 1203户.
_BY_ITSELF = re.compile(r"(?<!\S)(?!第)\S{2,30}(?!\S)")
_OF_A_HOME = re.compile("[室房户]|[楼栋幢座元][,，-]?[0-9]{3,4}")
_OF_A_STREET = re.compile(f"{_N}{{1,5}}(?:号(?![楼院室房])|弄)")
_COUNTED = re.compile(r"(?:[议教公动验]室|[数共约有计及民达余近超])\s?$")  # 共 120户, 会议室 12室


def find_doors(text: str) -> Iterator[tuple[int, int]]:
    """Every door of a home, with its building where that is said."""
    if _DOOR_SIGN.search(text):
        yield from _find_by_themselves(text)
        yield from (match.span() for match in _DOOR.finditer(text))


def _find_by_themselves(text: str) -> Iterator[tuple[int, int]]:
    """Whatever is a door to `whereabouts.door_of` and somebody's home; the number in the street stays."""
    for match in _BY_ITSELF.finditer(text):
        if not _OF_A_HOME.search(match[0]) or not door_of(match[0]):
            continue
        if not _COUNTED.search(text, max(0, match.start() - 4), match.start()):
            street = _OF_A_STREET.match(match[0])
            yield match.start() + (street.end() if street else 0), match.end()


def find_own_doors(text: str) -> Iterator[tuple[int, int]]:
    """Only the writer's own."""
    if "我" in text or "住" in text or "址" in text or "本人" in text or "俺" in text:
        yield from (match.span(1) for match in _OWN.finditer(text))


def find_own_numbers(text: str) -> Iterator[tuple[int, int]]:
    """The number in a street that the writer calls his home; where something is to be mended it is the place."""
    if "住" in text:
        yield from (match.span(1) for match in _OWN_NUMBER.finditer(text))
