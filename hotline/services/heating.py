"""热点: the groups of complaints that grow this week, counted by the clock and read by the centre.

Place and kind of matter together make a group; neither alone does. What is confidential or a 举报 is in none: a group
tells a place and words to more people than may open its tickets.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy import orm

from hotline.domain import hotness
from hotline.domain.actors import CENTRE_ROLES
from hotline.domain.errors import NotAllowed, NotFound
from hotline.domain.hotness import Group
from hotline.domain.workflow import ENDED, State
from hotline.models import Category, Clue, HotMatter, RequestType, Ticket
from hotline.services.covering import in_passing, passing, read_ahead
from hotline.services.scoping import is_root, visible
from hotline.services.work import Work

WEEK = timedelta(days=7)
WEEKS_BEFORE = 4
KEYS = 1000  # the places of which most is heard; a capital has no more that matter this week
OF_A_KEY = 300  # tickets that are looked at, newest first

_NOT_SQUARES = Clue.key.not_like("@%")


@dataclass(frozen=True)
class _Heard:
    """A ticket as far as it matters here."""

    kind: int | None
    words: tuple[str, ...]
    position: hotness.Position | None


@dataclass(frozen=True)
class Hot:
    """One group, with those of its tickets that the reader may see, newest first."""

    matter: HotMatter
    category: str
    tickets: Sequence[Ticket]
    covered: Mapping[int, str]  # what each is about, as this reader may read it

    @property
    def place(self) -> str:
        """Where it is, or which shop or car; a plate is not for a list."""
        return in_passing(self.matter.place)

    @property
    def open(self) -> list[Ticket]:
        """What the city still works on."""
        return [ticket for ticket in self.tickets if ticket.state not in ENDED]


def count(work: Work) -> int:
    """Count anew. A group that still grows keeps its address, one that does not is gone. Returns how many grow."""
    work.session.execute(sa.text("SELECT pg_advisory_xact_lock(12320)"))  # two workers count one after the other
    since = work.now - WEEK
    by_key = _heard_of(work, since, work.now)
    heard = _look_at(work, {id for ids in by_key.values() for id in ids})
    groups = hotness.distinct(
        Group(key, kind, ids) for key, told in by_key.items() for kind, ids in _by_kind(told, heard).items()
    )
    usual = _usual(work, groups, since)
    rising = [group for group in groups if hotness.is_rising(len(group.tickets), usual[group.key, group.kind])]
    known = {(row.place, row.category_id): row for row in work.session.scalars(sa.select(HotMatter))}
    for group in rising:
        row = known.pop((group.place, group.kind), None) or HotMatter(place=group.place, category_id=group.kind)
        _write(work, row, group, usual[group.key, group.kind], heard)
    for row in known.values():
        work.session.delete(row)
    work.session.flush()
    return len(rising)


def _heard_of(
    work: Work, since: datetime, until: datetime, keys: Collection[str] | None = None
) -> dict[str, list[int]]:
    """By place, the tickets that came in meanwhile, newest first: one that was joined since is one more voice."""
    ids = sa.func.array_agg(sa.text("ticket.id ORDER BY ticket.id DESC"))
    query = (
        sa.select(Clue.key, ids)
        .join(Ticket, Ticket.id == Clue.ticket_id)
        .where(
            Ticket.received_at > since,
            Ticket.received_at <= until,
            Ticket.state.not_in((State.VOIDED, State.DECLINED)),
            ~Ticket.confidential,
            Ticket.request_type != RequestType.REPORT,
            _NOT_SQUARES,
        )
        .group_by(Clue.key)
    )
    if keys is None:
        query = query.having(sa.func.count() >= hotness.LEAST).order_by(sa.func.count().desc(), Clue.key).limit(KEYS)
    else:
        query = query.where(Clue.key.in_(keys))
    return {key: list(found)[:OF_A_KEY] for key, found in work.session.execute(query)}


def _look_at(work: Work, ids: Collection[int]) -> dict[int, _Heard]:
    """What kind of matter each is: as it was filed, or that which it was joined to; as its words say where nobody has
    looked yet."""
    joined = orm.aliased(Ticket)
    rows = work.session.execute(
        sa.select(
            Ticket.id,
            Ticket.matter,
            Ticket.latitude,
            Ticket.longitude,
            sa.case((~Ticket.category_guessed, Ticket.category_id)).label("filed"),
            sa.case((~joined.category_guessed, joined.category_id)).label("filed_with"),
        )
        .outerjoin(joined, joined.id == Ticket.merged_into_id)
        .where(Ticket.id.in_(ids))
    )
    found: dict[int, _Heard] = {}
    for row in rows:
        guess = next(iter(work.rules.guesser.guess(row.matter, 1)), None)
        filed = row.filed_with if row.filed_with is not None else row.filed
        kind = work.rules.kind_of(filed) if filed is not None else guess.subject.id if guess is not None else None
        position = None if row.latitude is None or row.longitude is None else (row.latitude, row.longitude)
        found[row.id] = _Heard(kind, guess.words if guess is not None else (), position)
    return found


def _by_kind(ids: Iterable[int], heard: Mapping[int, _Heard]) -> dict[int, list[int]]:
    """What is of no kind makes no group: the place alone says nothing."""
    kinds: dict[int, list[int]] = defaultdict(list)
    for id in ids:
        if (kind := heard[id].kind) is not None:
            kinds[kind].append(id)
    return {kind: found for kind, found in kinds.items() if len(found) >= hotness.LEAST}


def _usual(work: Work, groups: Sequence[Group], until: datetime) -> dict[tuple[str, int | None], float]:
    """Complaints a week of the same kind at the same place, in the four weeks before."""
    before = _heard_of(work, until - WEEKS_BEFORE * WEEK, until, {group.key for group in groups})
    heard = _look_at(work, {id for ids in before.values() for id in ids})
    return {
        (group.key, group.kind): sum(heard[id].kind == group.kind for id in before.get(group.key, ())) / WEEKS_BEFORE
        for group in groups
    }


def _write(work: Work, row: HotMatter, group: Group, usual: float, heard: Mapping[int, _Heard]) -> None:
    on_map = {id: position for id in group.tickets if (position := heard[id].position) is not None}
    row.counted_at = work.now
    row.words = hotness.commonest(heard[id].words for id in group.tickets)
    row.this_week, row.usual = len(group.tickets), usual
    row.ticket_ids = list(group.tickets)
    row.latitude, row.longitude = hotness.middle(group.tickets, on_map) or (None, None)
    work.session.add(row)


def newest(work: Work) -> list[Hot]:
    """As counted last, what rises most first: the groups of which the actor may see three tickets or more, or all.

    Raises NotAllowed for who is not of a centre.
    """
    _check_role(work)
    rises = HotMatter.this_week - HotMatter.usual
    return _with_tickets(work, work.session.scalars(sa.select(HotMatter).order_by(rises.desc(), HotMatter.id)).all())


def find(work: Work, hot_id: int) -> Hot:
    """One group as counted last. Raises NotFound, NotAllowed."""
    _check_role(work)
    row = work.session.get(HotMatter, hot_id)
    found = _with_tickets(work, [row]) if row is not None else []
    if not found:
        raise NotFound("没有找到这个热点，可能已经降温，请返回热点列表。")
    return found[0]


def _with_tickets(work: Work, rows: Sequence[HotMatter]) -> list[Hot]:
    ids = {id for row in rows for id in row.ticket_ids}
    seen = {
        ticket.id: ticket
        for ticket in work.session.scalars(
            sa.select(Ticket).where(Ticket.id.in_(ids), visible(work.actor), ~Ticket.confidential)
        )
    }
    read_ahead(work, seen.values())
    names = {row.id: row.name for row in work.session.execute(sa.select(Category.id, Category.name))}
    shown = []
    for row in rows:
        tickets = [seen[id] for id in row.ticket_ids if id in seen]
        if not (is_root(work.actor) or len(tickets) == len(row.ticket_ids)):
            continue
        covered = {ticket.id: passing(work, ticket)(ticket.matter) for ticket in tickets}
        shown.append(Hot(row, names.get(row.category_id or 0, ""), tickets, covered))
    return shown


def _check_role(work: Work) -> None:
    if not work.actor.is_any(CENTRE_ROLES):
        raise NotAllowed("热点由中心的工作人员查看，您没有这项权限。")
