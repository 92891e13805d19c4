"""推荐主办单位: which units probably lead for a ticket, with the reasons. Suggested, never decided (rules §10).

What speaks for a unit: a line of the 派单目录; the city's earlier tickets alike, with what came back; what was learned
from the words of earlier tickets; a station that the area is named after. A unit named in the complaint is never
suggested (信访工作条例 第二十八条), and one that has already given this ticket back comes last.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

import sqlalchemy as sa

from hotline.domain import dispatch
from hotline.domain.dispatch import Complained, Match
from hotline.domain.limits import Limit
from hotline.models import Assignment, Category, Complaint, Ending, Event, Part, Return, Ticket, Unit, UnitKind
from hotline.services import cataloguing, learning
from hotline.services.work import Work

MOST = 3
TEXTS = 5  # complaints of one ticket whose words are looked through
LATEST = 500  # earlier tickets of the category that are counted
JUDGED = 1000  # latest tickets by which the suggestions are judged,
AMONG = 10_000  # of so many of the whole city: a county's few are not looked for through all years

#: How much each source can say for a unit, 0 to 1. What several say adds up like chances: 1 − (1 − a)(1 − b).
CATALOGUE_LEAST, CATALOGUE_MORE = 0.6, 0.35
EARLIER, LEARNED, DISTRICT = 0.6, 0.4, 0.3
ELSEWHERE = 0.3  # of a ticket's weight, if it was in another area
OF_PARENT = 0.9  # of its department's score has the station that the area is named after
LEAST_CALLED = 4  # characters of a name: "管理处" alone is anybody's
DOUBT = 2  # added to the number of earlier tickets: one ticket is no custom


@dataclass(frozen=True)
class Suggested:
    """A unit that may lead. `assist_ids` and `limit` are the catalogue's; `score` from 0 to 1; reasons in Chinese."""

    unit_id: int
    name: str
    assist_ids: tuple[int, ...]
    limit: Limit | None
    score: float
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class Routes:
    """The units, best first, and why others that the same speaks for are left out."""

    units: list[Suggested]
    avoided: list[str]


@dataclass
class _Evidence:
    """What speaks for one unit."""

    score: float = 0.0
    reasons: list[tuple[float, str]] = field(default_factory=list)
    match: Match | None = None

    def add(self, score: float, reason: str) -> None:
        self.score = 1 - (1 - self.score) * (1 - score)
        self.reasons.append((score, reason))


def units(work: Work, ticket: Ticket, *, most: int = MOST) -> list[Suggested]:
    """The units that may lead, best first, `most` at most; in a fixed number of statements."""
    return routes(work, ticket, most=most).units


def rank(work: Work, ticket: Ticket, unit_id: int) -> int | None:
    """At which place the unit was suggested, from 1; 0 if others were; None where none was."""
    offered = [each.unit_id for each in units(work, ticket)]
    return None if not offered else offered.index(unit_id) + 1 if unit_id in offered else 0


@dataclass(frozen=True)
class Taken:
    """Of how many dispatched tickets the first suggestion was followed, and one of the three."""

    dispatched: int
    first: int
    among: int


def taken(work: Work) -> Taken:
    """How good the suggestions are: what was followed at the latest tickets of the actor's subtree."""
    newest = sa.select(Ticket.id, Ticket.centre_path).order_by(Ticket.id.desc()).limit(AMONG).subquery()
    latest = (
        sa.select(newest.c.id)
        .where(newest.c.centre_path.startswith(work.actor.unit_path))
        .order_by(newest.c.id.desc())
        .limit(JUDGED)
        .subquery()
    )
    place = Event.data["suggested"].as_integer()
    row = work.session.execute(
        sa.select(sa.func.count(), sa.func.count().filter(place == 1), sa.func.count().filter(place > 0))
        .join(latest, latest.c.id == Event.ticket_id)
        .where(Event.step == "assign", place.is_not(None))
    ).one()
    return Taken(*row)


def routes(work: Work, ticket: Ticket, *, most: int = MOST) -> Routes:
    """The same, with why a unit is not among them."""
    below = _below(work, ticket)
    complained, category_id = _complained(work, ticket)
    evidence: defaultdict[int, _Evidence] = defaultdict(_Evidence)
    for source in (_by_catalogue, _by_earlier, _by_learned, _by_district):
        source(work, ticket, complained, category_id, below, evidence)
    _by_station(complained, below, evidence)
    aside = _aside(ticket, below)
    returned = _returned(work, ticket)
    found = [
        _suggest(below, unit_id, each, returned.get(unit_id), aside)
        for unit_id, each in evidence.items()
        if unit_id not in aside
    ]
    found.sort(key=lambda each: (each.unit_id in returned, -each.score, below[each.unit_id].path))
    avoided = [
        f"诉求反映“{below[unit_id].name}”或其上级单位，应当回避，不作推荐。"
        for unit_id in below
        if unit_id in aside & evidence.keys()
    ]
    return Routes(found[:most], avoided)


def words_of(work: Work, ticket: Ticket) -> str:
    """The matter, and what those who complain of it said first."""
    said = work.session.scalars(
        sa.select(Complaint.text).where(Complaint.ticket_id == ticket.id).order_by(Complaint.id).limit(TEXTS)
    )
    return "\n".join([ticket.matter, *said])


def _below(work: Work, ticket: Ticket) -> dict[int, Unit]:
    """The units below the ticket's centre."""
    path = ticket.centre_path
    query = sa.select(Unit).where(Unit.active, Unit.path.startswith(path), Unit.path != path).order_by(Unit.path)
    return {unit.id: unit for unit in work.session.scalars(query)}


def _complained(work: Work, ticket: Ticket) -> tuple[Complained, int | None]:
    """The matter as lines are held against it, and its category; where none is settled, the one that is likely."""
    text = words_of(work, ticket)
    category_id = ticket.category_id
    if category_id is None:
        category_id = next((advice.category_id for advice in work.rules.advisor.advise(text, 1)), None)
    category = work.session.get(Category, category_id) if category_id else None
    known = {"code": category.code, "name": category.name, "parent": category.parent_name} if category else {}
    return Complained(text=text, area=ticket.area, place=ticket.place, **known), category_id


_Found = Mapping[int, Unit]
_Evidences = defaultdict[int, _Evidence]


def _by_catalogue(
    work: Work, ticket: Ticket, complained: Complained, category_id: int | None, below: _Found, found: _Evidences
) -> None:
    for match in dispatch.matches(cataloguing.entries(work, complained.code), complained):
        if match.entry.lead not in below:
            continue
        note = f"（{match.entry.note}）" if match.entry.note else ""
        guessed = "类别尚未确定，" if ticket.category_id is None and match.entry.category else ""
        evidence = found[match.entry.lead]
        evidence.match = match
        score = CATALOGUE_LEAST + CATALOGUE_MORE * match.score
        evidence.add(score * (0.7 if guessed else 1), f"派单目录：{guessed}{match.because}{note}")


def _by_earlier(
    work: Work, ticket: Ticket, complained: Complained, category_id: int | None, below: _Found, found: _Evidences
) -> None:
    counts = _earlier(work, ticket, category_id)
    weight = sum(_weight(count, ticket) for count in counts.values()) + DOUBT
    for unit_id, count in counts.items():
        if unit_id not in below or not count.kept:
            continue
        share = _weight(count, ticket) / weight * count.kept / (count.kept + count.returned)
        here = f"，其中{ticket.area} {count.here} 件" if ticket.area and count.here else ""
        back = f"；退回过 {count.returned} 件" if count.returned else ""
        reason = f"办过的同类工单：近期“{complained.name}”由本单位办理 {count.kept} 件{here}{back}"
        found[unit_id].add(EARLIER * share, reason)


@dataclass
class _Count:
    """Turns of one unit at tickets alike: those it kept, of these in the same area, and those it gave back."""

    kept: int = 0
    here: int = 0
    returned: int = 0


def _weight(count: _Count, ticket: Ticket) -> float:
    return count.here + ELSEWHERE * (count.kept - count.here) if ticket.area else count.kept


def _earlier(work: Work, ticket: Ticket, category_id: int | None) -> dict[int, _Count]:
    """Who had the latest tickets of the category; by the index of the public list, so that a million cost no more."""
    if category_id is None:
        return {}
    alike = (
        sa.select(Ticket.id, (Ticket.area == ticket.area).label("here"))
        .where(Ticket.category_id == category_id, Ticket.id != ticket.id)
        .where(Ticket.accepted_at.is_not(None), sa.not_(Ticket.confidential))
        .order_by(Ticket.id.desc())
        .limit(LATEST)
        .subquery()
    )
    returned = sa.func.coalesce(Assignment.ending == Ending.RETURNED, sa.false()).label("returned")
    rows = work.session.execute(
        sa.select(Assignment.unit_id, alike.c.here, returned, sa.func.count().label("turns"))
        .join(alike, alike.c.id == Assignment.ticket_id)
        .where(Assignment.part == Part.LEAD, Assignment.ending.is_distinct_from(Ending.WITHDRAWN))
        .group_by(Assignment.unit_id, alike.c.here, returned)
    )
    counts: defaultdict[int, _Count] = defaultdict(_Count)
    for row in rows:
        count = counts[row.unit_id]
        count.returned += row.turns if row.returned else 0
        count.kept += 0 if row.returned else row.turns
        count.here += row.turns if row.here and not row.returned else 0
    return counts


def _by_learned(
    work: Work, ticket: Ticket, complained: Complained, category_id: int | None, below: _Found, found: _Evidences
) -> None:
    for unit_id, share, words in learning.units_for(work, complained.text, ticket.area, category_id):
        if unit_id in below:
            said = f"说到“{'”“'.join(words)}”的" if words else "这样的"
            found[unit_id].add(LEARNED * share, f"从以往办件学到：{said}诉求多由本单位办理")


def _by_district(
    work: Work, ticket: Ticket, complained: Complained, category_id: int | None, below: _Found, found: _Evidences
) -> None:
    """The unit is unclear, the area known: to the district (北京条例 第十二条)."""
    for unit in below.values():
        if unit.kind is UnitKind.COUNTY_CENTRE and dispatch.is_named_after(ticket.area, unit.name):
            found[unit.id].add(DISTRICT, f"位于{ticket.area}，由{unit.name}统一派办")


def _by_station(complained: Complained, below: _Found, found: _Evidences) -> None:
    """The station of a department that the area is named after, close behind its department."""
    for unit_id, evidence in list(found.items()):
        unit = below[unit_id]
        if unit.kind is UnitKind.COUNTY_CENTRE:
            continue  # it finds its own
        under = [
            (each.id, each.name)
            for each in below.values()
            if each.parent_id == unit_id and each.kind is UnitKind.STATION
        ]
        for station_id in dispatch.stations(complained.area, unit.name, under):
            reason = f"位于{complained.area}，是{unit.name}在该片区的站所"
            found[station_id].add(OF_PARENT * evidence.score, reason)
            found[station_id].match = found[station_id].match or evidence.match


def _aside(ticket: Ticket, below: _Found) -> set[int]:
    """The units that the complaint is about, and all below them: by the operator's mark, or by how they were called."""
    named = {*ticket.named_unit_ids, *_called(ticket.against.strip(), below)}
    return {each for each, unit in below.items() if not named.isdisjoint(map(int, unit.path.strip("/").split("/")))}


def _called(against: str, below: _Found) -> list[int]:
    """Whose whole name was said, the longest where one holds another; else those whose name holds what was said."""
    said = [unit.name for unit in below.values() if against and unit.name in against]
    longest = {name for name in said if not any(name != other and name in other for other in said)}
    if not longest and len(against) >= LEAST_CALLED:
        longest = {unit.name for unit in below.values() if against in unit.name}
    return [each for each, unit in below.items() if unit.name in longest]


def _returned(work: Work, ticket: Ticket) -> dict[int, str]:
    """Who has given this very ticket back, and why."""
    rows = work.session.execute(
        sa.select(Assignment.unit_id, Return.reason)
        .join(Assignment, Assignment.id == Return.assignment_id)
        .where(Return.ticket_id == ticket.id, Return.granted.is_(True))
        .order_by(Return.id)
    )
    return {row.unit_id: row.reason for row in rows}


def _suggest(below: _Found, unit_id: int, evidence: _Evidence, returned: str | None, aside: set[int]) -> Suggested:
    entry = evidence.match.entry if evidence.match else None
    reasons = [f"已退回：{returned}"] if returned is not None else []
    reasons += [reason for _, reason in sorted(evidence.reasons, key=lambda each: -each[0])]
    assists = entry.assists if entry else ()
    return Suggested(
        unit_id=unit_id,
        name=below[unit_id].name,
        assist_ids=tuple(each for each in assists if each in below and each not in aside and each != unit_id),
        limit=entry.limit if entry else None,
        score=round(evidence.score, 3),
        reasons=tuple(reasons),
    )
