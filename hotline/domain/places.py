"""Where it is, out of running text: road and number, junction, community, landmark, with what stands beside them.

Without a gazetteer the end of a place name is known (路, 小区, 医院 …) and its beginning is guessed by stopping at the
words that lead up to places (在, 到, 反映, 我们 …). Suggestions for a person to confirm, never more.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from hotline.domain.place_words import (
    BESIDE,
    BESIDE_IT,
    CLAUSE,
    CORRECTED,
    CROSS,
    DOOR,
    END_OF_NAME,
    FACILITY,
    JOINER,
    JUNCTION,
    LEAD,
    LONGEST_NAME,
    NAME_CHAR,
    NEVER_A_NAME,
    NOT_A_COMMUNITY,
    NOT_A_DISTRICT,
    NOT_A_LANDMARK,
    NOT_A_ROAD,
    NOT_IN_A_NAME,
    REFUSED,
    ROAD_JOINER,
)
from hotline.domain.sections import sections_of
from hotline.domain.spans import Found

_WEIGHTS = {"section": 0.6, "road": 0.45, "community": 0.45, "landmark": 0.35, "district": 0.15}


@dataclass(frozen=True, slots=True)
class _Atom:
    kind: str
    start: int
    end: int


def place_of(text: str) -> Found | None:
    """The place that `text` most probably speaks of, None when it names none; correction wins over what it corrects.

    Heuristic: `confidence` is about 0.5 for a bare road, 0.9 for a road with number or junction.
    """
    places = places_of(text)
    return max(places, key=lambda place: place.confidence) if places else None


def places_of(text: str, *, corrected: bool = True) -> list[Found]:
    """Every place named in `text`, in its order, joined as far as they stand together.

    With `corrected` what the speaker takes back a moment later is left out.
    """
    atoms = _with_sections(text, _find_atoms(text))
    places: list[Found] = []
    index = 0
    while index < len(atoms):
        place, index = _grow(text, atoms, index)
        if place is None:
            continue
        if corrected and is_corrected(text, place):
            places.clear()
        places.append(place)
    return places


def _with_sections(text: str, atoms: list[_Atom]) -> list[_Atom]:
    """A stretch is one thing, whatever its ends are made of."""
    sections = [_Atom("section", found.start, found.end) for found in sections_of(text)]
    if not sections:
        return atoms
    kept = []
    waiting = iter([*sections, _Atom("section", len(text) + 1, len(text) + 1)])
    section = next(waiting)
    for atom in atoms:
        while section.end <= atom.start:
            section = next(waiting)
        if atom.end <= section.start:
            kept.append(atom)
    return sorted([*kept, *sections], key=lambda atom: atom.start)


_PAUSES = re.compile("[的，]")
_GRID = re.compile("第?[0-9一二三四五六七八九十]{1,3}号?网格")
_ZONE = re.compile("(?:(?<=[在是住到于])|(?<![\u4e00-\u9fff]))(?:高新|开发|经开)区")


def districts_of(text: str) -> list[Found]:
    """The administrative areas named in `text` (城东区长青街道第三网格), each as far as its parts stand together."""
    atoms = [atom for atom in _find_atoms(text) if atom.kind == "district"]
    spans = sorted([(atom.start, atom.end) for atom in atoms] + [match.span() for match in _ZONE.finditer(text)])
    areas: list[tuple[int, int]] = []
    for start, end in spans:
        joins = bool(areas) and text[areas[-1][1] : start] in ("", "的", "，")
        first = areas.pop()[0] if joins else start
        grid = _GRID.match(text, end)
        areas.append((first, grid.end() if grid else end))
    return [Found(_PAUSES.sub("", text[start:end]), start, end, 0.8) for start, end in areas]


_LOOKED_THROUGH = 300  # characters of a long story; the place is named early


def place_keys(place: str, text: str) -> list[str]:
    """The roads, communities and landmarks that are named, in order of the alphabet: what likeness is sought by.

    The place counts; only where it names none does the story. A community stands there by its shorter names, too: one
    says 滨河花园小区, the other 滨河花园, the third 滨河花园小区工地.
    """
    for words in (place, text[:_LOOKED_THROUGH]):
        names = {words[atom.start : atom.end] for atom in _find_atoms(words) if atom.kind != "district"}
        names = {name for name in names if not NOT_A_LANDMARK.fullmatch(name) and not _ONLY_A_PHASE.match(name)}
        if names:
            return sorted(names | {short for name in names for short in _shorter(name)})[:_MOST_KEYS]
    return []


_MOST_KEYS = 8
_ONLY_A_PHASE = re.compile("第?[0-9一二三四五六七八九十]{1,3}期")  # 三期工地: whose is told by the name before it


def _shorter(name: str) -> list[str]:
    """The communities that a name begins with."""
    ends = [match.end() for match in END_OF_NAME.finditer(name) if match.lastgroup == "community"]
    return [name[:end] for end in ends if 4 <= end < len(name)]


def is_corrected(text: str, place: Found) -> bool:
    """Whether the speaker corrects himself with this place ("不对，是建设路"): what he named before does not hold."""
    return CORRECTED.search(text[max(0, place.start - 12) : place.start]) is not None


_SCALES = {"district": 0.0, "road": 1.0, "section": 1.5, "community": 2.0, "landmark": 3.0}
_WIDE = re.compile("(?:[河湖]|公园|广场|机场|火车站|大学|学院|市场)$")


def scale_of(place: str) -> float:
    """How narrow it is by the widest thing that it names: 0 a district, 1 a road, 2 an estate or a name of any kind,
    3 what stands somewhere (卫生室旁边). A river and a park are as wide as what lies in them is told."""
    atoms = _with_sections(place, _find_atoms(place))
    return min((_scale(place, atom) for atom in atoms), default=2.0)


def _scale(place: str, atom: _Atom) -> float:
    if atom.kind == "landmark" and (wide := _WIDE.search(place[atom.start : atom.end])):
        return 1.0 if wide.group() in "河湖" else 2.0
    return _SCALES[atom.kind]


def _find_atoms(text: str) -> list[_Atom]:
    atoms: list[_Atom] = []
    floor = 0
    for match in END_OF_NAME.finditer(text):
        kind, end = match.lastgroup or "road", match.end()
        if kind == "highway":
            atoms.append(_Atom("road", match.start(), end))
            floor = end
            continue
        start = _name_start(text, match.start(), floor, of_road=bool(atoms) and atoms[-1].kind == "road")
        if _goes_on(text, end, kind):
            continue
        goes_on = kind in ("community", "landmark") or _is_bridge(match.group())
        if start == match.start() == floor and atoms and goes_on:
            # 中山路 + 小学 is one school, 华润城市 + 花园 one community, 南环路 + 高架桥 one bridge
            start = atoms.pop().start
        elif not _is_name(kind, text[start:end], match.group()):
            # 东环路那个加油站 is the one on that road
            pointed_at = kind == "landmark" and start == match.start() and text[floor:start] in _POINTING
            if not (atoms and pointed_at):
                continue
        kind = "landmark" if _WITHIN.match(text, start, end) else _KINDS.get(kind, kind)
        atoms.append(_Atom(kind, start, end))
        floor = end
    return atoms


_POINTING = ("的", "那个", "的那个", "这个")


def _is_bridge(ending: str) -> bool:
    return len(ending) > 1 and (ending[-1] == "桥" or ending in ("高架", "立交", "隧道"))


_WITHIN = re.compile("(?:中心|中央|休闲|健身|儿童|景观|下沉)(?:花园|广场|公园)$")  # they lie in an estate
_KINDS = {"estate": "community", "neighbour": "landmark"}


def _name_start(text: str, end: int, floor: int, *, of_road: bool) -> int:
    """Where the name that ends before `end` begins: left over name characters until a word that leads up to it."""
    start = end
    while start > floor and end - start < LONGEST_NAME and NAME_CHAR.match(text[start - 1]):
        start -= 1
    leads = [match.end() for match in LEAD.finditer(text, start, end) if match.end() <= end]
    start = leads[-1] if leads else start
    if start == floor and of_road and end - start >= 3 and ROAD_JOINER.match(text, start):
        start += 1
    joiners = [match.end() for match in JOINER.finditer(text, start, end) if end - match.end() >= 2]
    return joiners[-1] if joiners else start


def _is_name(kind: str, name: str, ending: str) -> bool:
    stem = name[: len(name) - len(ending)]
    if not stem or (kind in _BARE and _BARE[kind].fullmatch(name)) or NEVER_A_NAME.search(name):
        return False
    if kind == "estate":
        return len(stem) >= 3 and not NOT_IN_A_NAME.search(stem)
    if kind == "neighbour":
        return not _NUMBERED.fullmatch(stem) and len(stem) >= 2 and not NOT_IN_A_NAME.search(name)
    if kind == "district":
        return not _TIMES.match(stem) and (len(stem) >= 2 or (stem.isascii() and stem.isalpha()))
    if kind == "landmark" and len(stem) > 1 and stem[-1] in "和与跟或及":
        return False  # 物业和派出所
    if kind == "landmark" and stem in _OFFICIAL and len(ending) > 1:
        return True  # 市图书馆, 县医院
    if ending in ("环", "环路"):
        return True
    return len(stem) >= 2 or stem.isdigit() or stem.isascii() or stem in "东西南北中"


_NUMBERED = re.compile("[0-9零一二三四五六七八九十百]{1,6}号")  # 八十七号院门口 is a door
_TIMES = re.compile("[0-9一二两三四五六七八九十几好]{1,3}[趟次回遍个家]")  # 跑了三趟街道办
_OFFICIAL = tuple("市省县区镇乡村")
_BARE = {
    "road": NOT_A_ROAD,
    "community": NOT_A_COMMUNITY,
    "landmark": NOT_A_LANDMARK,
    "district": NOT_A_DISTRICT,
}


def _goes_on(text: str, end: int, kind: str) -> bool:
    """The ending is only the beginning of another word: 城管, 府里, 市民, 河道 name no place."""
    following = text[end : end + 1]
    if kind == "community" and text[end - 1] in "城府村庄湾坊苑园":
        return (
            following in tuple("管市区里民镇乡建规")
            or text.startswith("庄子", end - 1)
            or (text[end - 1] != "村" and _is_road_of(text, end))
        )
    if kind == "road" and text[end - 1] == "桥" and _CALLED_AFTER.match(text, end):
        return True  # 香溪路大桥路口 is where 大桥路 meets it
    if kind == "road" and text[end - 1] == "路" and text.startswith("公交", end):
        return text[end - 2 : end - 1].isdigit()
    if kind == "district":
        return following in tuple("民政长委里府场容级")
    if kind == "landmark" and text[end - 1] in "河湖厂":
        return following in tuple("道边房家区里水镇村乡县") or (text[end - 1] != "厂" and _is_road_of(text, end))
    return False


def _is_road_of(text: str, end: int) -> bool:
    """滨湖路, 西苑街, 清河大道: a road that is called after it. 滨河花园路灯 and 滨河花园路口 are there themselves."""
    return _CALLED_AFTER.match(text, end) is not None and not text.startswith("路口", end)


_CALLED_AFTER = re.compile("路(?![灯面边上段旁障牌基况中])|街(?![边上坊])|巷|桥(?![下上头])|大道")


def _grow(text: str, atoms: list[_Atom], index: int) -> tuple[Found | None, int]:
    """One place from `atoms[index]` on, taking in what touches it; and the index of the first atom not taken."""
    first = atoms[index]
    end, kinds, crossed, extras = first.end, [first.kind], False, 0.0
    index += 1
    while True:
        if match := DOOR.match(text, end):
            end, extras = match.end(), extras + 0.25
        if not _joins(text, end, kinds[-1], atoms[index : index + 1], only="section"):
            if by := BESIDE_IT.match(text, end):
                end, extras, kinds = by.end(), extras + 0.15, [*kinds, "landmark"]
            elif set(kinds) != {"district"}:
                end, extra = _take_tail(text, end)
                extras += extra
        index, end, reached = _pass_over(atoms, index, end)
        kinds = [*kinds, *reached]
        following = atoms[index : index + 1]
        if _joins(text, end, kinds[-1], following):
            crossed = crossed or CROSS.fullmatch(text, end, following[0].start) is not None
            end, kinds, index = following[0].end, [*kinds, following[0].kind], index + 1
        elif (after := _end_of_clause(text, end, following)) is not None:
            end, extras = after, extras + 0.1
        else:
            break
    if set(kinds) == {"district"} and not extras:
        return None, index
    return _weigh(text, first.start, end, kinds, extras + (0.2 if crossed else 0)), index


def _pass_over(atoms: list[_Atom], index: int, end: int) -> tuple[int, int, list[str]]:
    """The first atom behind `end`, the end itself and the kinds taken in: 三期工地 goes on with 金桂湾三期."""
    reached: list[str] = []
    while index < len(atoms) and atoms[index].start < end:
        if atoms[index].kind == "landmark" and atoms[index].end > end:
            end = atoms[index].end
            reached.append("landmark")
        index += 1
    return index, end, reached


def _end_of_clause(text: str, end: int, following: list[_Atom]) -> int | None:
    """Where a clause ends that says nothing but where; None where another road begins in it."""
    clause = CLAUSE.match(text, end)
    if clause is None or (clause["name"] and NOT_IN_A_NAME.search(clause["name"])):
        return None
    if any(each.start < clause.end() and each.kind in ("road", "district", "section") for each in following):
        return None
    return clause.end()


def _joins(text: str, end: int, kind: str, following: list[_Atom], only: str = "") -> bool:
    """Whether what follows goes on with the same place that ends at `end` with something of this kind."""
    if (
        not following
        or following[0].start - end > 3
        or following[0].start < end
        or (only and following[0].kind != only)
    ):
        return False
    between = text[end : following[0].start]
    if following[0].kind == "section":
        return between in _BEFORE_A_SECTION
    if kind == following[0].kind == "road" and CROSS.fullmatch(between):
        return True
    return between in _GAPS and _belongs(between, kind, following[0].kind)


_BEFORE_A_SECTION = ("", "，", "的", "上", "上，", "那个", "，就", "，就是", "上的")
_GAPS = ("", "的", " ", "，", "那个", "的那个", "这个")


def _belongs(between: str, kind: str, following: str) -> bool:
    """Behind a comma a place only becomes more exact: 城东区，建设路; 春晖路，春晖小学."""
    return between != "，" or (kind, following) in _CLOSER


_CLOSER = {
    ("district", "district"),
    ("district", "road"),
    ("district", "community"),
    ("district", "landmark"),
    ("road", "community"),
    ("road", "landmark"),
    ("community", "landmark"),
}


def _take_tail(text: str, end: int) -> tuple[int, float]:
    extra = 0.0
    for pattern, weight in ((JUNCTION, 0.25), (FACILITY, 0.1), (BESIDE, 0.15), (BESIDE, 0.0)):
        if match := pattern.match(text, end):
            end, extra = match.end(), extra + weight
    return end, extra


def _weigh(text: str, start: int, end: int, kinds: list[str], extras: float) -> Found | None:
    before = text[max(0, start - 12) : start]
    if REFUSED.search(before):
        return None
    score = max(_WEIGHTS[kind] for kind in kinds) + 0.1 * (len(set(kinds)) - 1) + extras
    return Found(text[start:end].strip(), start, end, round(min(score, 0.95), 2))
