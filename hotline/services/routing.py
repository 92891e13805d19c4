"""推荐主办单位: which units probably lead for a ticket, with the reasons. Suggested, never decided (rules §10).

What speaks for a unit: a line of the 派单目录; the city's earlier tickets alike, with what came back; what was learned
from the words of earlier tickets; a station that the area is named after. A unit named in the complaint is never
suggested (信访工作条例 第二十八条), and one that has already given this ticket back comes last.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY

from hotline.domain import dispatch
from hotline.domain.dispatch import Complained, Entry, Match
from hotline.domain.limits import Limit
from hotline.models import Assignment, Category, Complaint, Ending, Event, Part, Return, Ticket, Unit, UnitKind
from hotline.services import cataloguing, covering, learning
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
    return routes_of(work, [ticket], most=most)[ticket.id]


def routes_of(work: Work, tickets: Sequence[Ticket], *, most: int = MOST) -> dict[int, Routes]:
    """The same for all tickets of a page, by their ids, in as many statements as for one."""
    known = _read(work, tickets)
    return {ticket.id: _routes(work, ticket, known, most) for ticket in tickets}


def _routes(work: Work, ticket: Ticket, known: _Known, most: int) -> Routes:
    below = known.below(ticket)
    evidence: defaultdict[int, _Evidence] = defaultdict(_Evidence)
    for source in (_by_catalogue, _by_earlier, _by_learned, _by_district):
        source(work, ticket, known, below, evidence)
    _by_station(known.complained[ticket.id], below, evidence)
    aside = _aside(ticket, below)
    returned = _covered(work, ticket, known.returned.get(ticket.id, {}))
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


_Found = Mapping[int, Unit]
_Evidences = defaultdict[int, _Evidence]


@dataclass(frozen=True)
class _Turns:
    """How many turns of a unit at the latest tickets of a category and an area: kept, or given back."""

    area: str
    unit_id: int
    returned: bool
    turns: int


@dataclass(frozen=True)
class _Known:
    """What is read beforehand for all tickets at once. `complained` and `returned` by ticket, `earlier` by category."""

    units: Sequence[Unit]
    complained: Mapping[int, Complained]
    category_ids: Mapping[int, int | None]
    entries: Mapping[str, Sequence[Entry]]
    earlier: Mapping[int, Sequence[_Turns]]
    returned: Mapping[int, Mapping[int, str]]

    def below(self, ticket: Ticket) -> dict[int, Unit]:
        """The units below the ticket's centre."""
        path = ticket.centre_path
        return {unit.id: unit for unit in self.units if unit.path.startswith(path) and unit.path != path}


def _read(work: Work, tickets: Sequence[Ticket]) -> _Known:
    ids = [ticket.id for ticket in tickets]
    texts = _texts(work, ids)
    category_ids = {
        ticket.id: _category_of(work, ticket, "\n".join([ticket.matter, *texts.get(ticket.id, ())]))
        for ticket in tickets
    }
    kinds = {id for id in category_ids.values() if id is not None}
    categories = {row.id: row for row in work.session.scalars(sa.select(Category).where(Category.id.in_(kinds)))}
    complained = {
        ticket.id: _complained(ticket, texts.get(ticket.id, ()), categories.get(category_ids[ticket.id] or 0))
        for ticket in tickets
    }
    centres = {ticket.centre_path for ticket in tickets}
    under = sa.or_(sa.false(), *(Unit.path.startswith(path) for path in centres))
    return _Known(
        units=work.session.scalars(sa.select(Unit).where(Unit.active, under).order_by(Unit.path)).all(),
        complained=complained,
        category_ids=category_ids,
        entries=cataloguing.entries(work, {each.code for each in complained.values()}),
        earlier=_earlier(work, sorted(kinds), ids),
        returned=_returned(work, ids),
    )


def _texts(work: Work, ticket_ids: Sequence[int]) -> dict[int, list[str]]:
    """By ticket what those who complain of it said first."""
    place = sa.func.row_number().over(partition_by=Complaint.ticket_id, order_by=Complaint.id).label("place")
    said = sa.select(Complaint.ticket_id, Complaint.id, Complaint.text, place).where(
        Complaint.ticket_id.in_(ticket_ids)
    )
    first = said.subquery()
    texts: defaultdict[int, list[str]] = defaultdict(list)
    for row in work.session.execute(sa.select(first).where(first.c.place <= TEXTS).order_by(first.c.id)):
        texts[row.ticket_id].append(row.text)
    return texts


def _category_of(work: Work, ticket: Ticket, text: str) -> int | None:
    """Where none is settled, the one that is likely."""
    if ticket.category_id is not None:
        return ticket.category_id
    return next((advice.category_id for advice in work.rules.advisor.advise(text, 1)), None)


def _complained(ticket: Ticket, texts: Sequence[str], category: Category | None) -> Complained:
    """The matter as lines are held against it."""
    known = {"code": category.code, "name": category.name, "parent": category.parent_name} if category else {}
    return Complained(text="\n".join([ticket.matter, *texts]), area=ticket.area, place=ticket.place, **known)


def _by_catalogue(work: Work, ticket: Ticket, known: _Known, below: _Found, found: _Evidences) -> None:
    complained = known.complained[ticket.id]
    for match in dispatch.matches(known.entries[complained.code], complained):
        if match.entry.lead not in below:
            continue
        note = f"（{match.entry.note}）" if match.entry.note else ""
        guessed = "类别尚未确定，" if ticket.category_id is None and match.entry.category else ""
        evidence = found[match.entry.lead]
        evidence.match = match
        score = CATALOGUE_LEAST + CATALOGUE_MORE * match.score
        evidence.add(score * (0.7 if guessed else 1), f"派单目录：{guessed}{match.because}{note}")


def _by_earlier(work: Work, ticket: Ticket, known: _Known, below: _Found, found: _Evidences) -> None:
    counts = _counted(ticket, known.earlier.get(known.category_ids[ticket.id] or 0, ()))
    weight = sum(_weight(count, ticket) for count in counts.values()) + DOUBT
    for unit_id, count in counts.items():
        if unit_id not in below or not count.kept:
            continue
        share = _weight(count, ticket) / weight * count.kept / (count.kept + count.returned)
        here = f"，其中{ticket.area} {count.here} 件" if ticket.area and count.here else ""
        back = f"；退回过 {count.returned} 件" if count.returned else ""
        reason = f"办过的同类工单：近期“{known.complained[ticket.id].name}”由本单位办理 {count.kept} 件{here}{back}"
        found[unit_id].add(EARLIER * share, reason)


@dataclass
class _Count:
    """Turns of one unit at tickets alike: those it kept, of these in the same area, and those it gave back."""

    kept: int = 0
    here: int = 0
    returned: int = 0


def _weight(count: _Count, ticket: Ticket) -> float:
    return count.here + ELSEWHERE * (count.kept - count.here) if ticket.area else count.kept


def _counted(ticket: Ticket, earlier: Sequence[_Turns]) -> dict[int, _Count]:
    """By unit, with those in the ticket's own area apart."""
    counts: defaultdict[int, _Count] = defaultdict(_Count)
    for row in earlier:
        count = counts[row.unit_id]
        count.returned += row.turns if row.returned else 0
        count.kept += 0 if row.returned else row.turns
        count.here += row.turns if row.area == ticket.area and not row.returned else 0
    return counts


def _earlier(work: Work, category_ids: Sequence[int], besides: Sequence[int]) -> dict[int, list[_Turns]]:
    """Who had the latest tickets of each category; by the index of the public list, so that a million cost no more.

    `besides`: the tickets that are asked about.
    """
    kinds = sa.select(sa.func.unnest(sa.cast(category_ids, ARRAY(sa.BigInteger))).label("id")).subquery()
    alike = (
        sa.select(Ticket.id, Ticket.area)
        .where(Ticket.category_id == kinds.c.id, Ticket.id.not_in(besides))
        .where(Ticket.accepted_at.is_not(None), sa.not_(Ticket.confidential))
        .order_by(Ticket.id.desc())
        .limit(LATEST)
        .lateral()
    )
    returned = sa.func.coalesce(Assignment.ending == Ending.RETURNED, sa.false()).label("returned")
    rows = work.session.execute(
        sa.select(kinds.c.id, alike.c.area, Assignment.unit_id, returned, sa.func.count().label("turns"))
        .select_from(kinds)
        .join(alike, sa.true())
        .join(Assignment, Assignment.ticket_id == alike.c.id)
        .where(Assignment.part == Part.LEAD, Assignment.ending.is_distinct_from(Ending.WITHDRAWN))
        .group_by(kinds.c.id, alike.c.area, Assignment.unit_id, returned)
    )
    found: defaultdict[int, list[_Turns]] = defaultdict(list)
    for row in rows:
        found[row.id].append(_Turns(row.area, row.unit_id, row.returned, row.turns))
    return found


def _by_learned(work: Work, ticket: Ticket, known: _Known, below: _Found, found: _Evidences) -> None:
    text, category_id = known.complained[ticket.id].text, known.category_ids[ticket.id]
    active = {unit.id for unit in known.units}
    for unit_id, share, words in learning.units_for(work, text, ticket.area, category_id, active):
        if unit_id in below:
            said = f"说到“{'”“'.join(words)}”的" if words else "这样的"
            found[unit_id].add(LEARNED * share, f"从以往办件学到：{said}诉求多由本单位办理")


def _by_district(work: Work, ticket: Ticket, known: _Known, below: _Found, found: _Evidences) -> None:
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


def _returned(work: Work, ticket_ids: Sequence[int]) -> dict[int, dict[int, str]]:
    """By ticket who has given it back, and why."""
    rows = work.session.execute(
        sa.select(Return.ticket_id, Assignment.unit_id, Return.reason)
        .join(Assignment, Assignment.id == Return.assignment_id)
        .where(Return.ticket_id.in_(ticket_ids), Return.granted.is_(True))
        .order_by(Return.id)
    )
    found: defaultdict[int, dict[int, str]] = defaultdict(dict)
    for row in rows:
        found[row.ticket_id][row.unit_id] = row.reason
    return found


def _covered(work: Work, ticket: Ticket, returned: Mapping[int, str]) -> dict[int, str]:
    """A suggestion is a hint, which tells no more of who complained than a line of a list."""
    if not returned:
        return {}
    cover = covering.passing(work, ticket)
    return {unit_id: cover(reason) for unit_id, reason in returned.items()}


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
