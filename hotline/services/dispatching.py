"""派单台: what waits for a dispatcher, what burns first on top, each ticket with the units that may lead, when it would
be due there, and how much they have; in as many statements for a full page as for one ticket."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.sql.selectable import LateralFromClause as Lateral

from hotline.domain.actors import Role
from hotline.domain.deadlines import due_at
from hotline.domain.limits import Limit
from hotline.domain.workflow import State
from hotline.models import (
    Assignment,
    CaseStandard,
    Deadline,
    DeadlineKind,
    Ending,
    Extension,
    Part,
    Pause,
    Return,
    Staff,
    Ticket,
    Unit,
)
from hotline.services import covering, promising, routing
from hotline.services.paging import FIRST, Place, Stretch, cut
from hotline.services.scoping import visible
from hotline.services.work import Work

Condition = sa.ColumnElement[bool]

PAGE = 15
MOST = 1000  # counts stop here
_FAR = datetime(9000, 1, 1, tzinfo=UTC)  # where no promise burns; a page before this one may end with it


class Tab(StrEnum):
    WAITING = "waiting"  # 待交办
    RETURNED = "returned"  # 退回
    DISPUTED = "disputed"  # 争议: so often returned that the next unit is designated
    ASKED = "asked"  # 审批: extensions and pauses


@dataclass(frozen=True, slots=True)
class Due:
    """The promise that burns, with the moment from which on it counts as 将到期."""

    due_at: datetime
    warn_at: datetime


@dataclass(frozen=True, slots=True)
class Hop:
    """One unit's turn that came to nothing. `reason` is why it was given back, empty where it was taken back."""

    unit_id: int
    unit: str
    at: datetime
    ending: Ending
    reason: str
    designated: bool


@dataclass(frozen=True, slots=True)
class Load:
    """Who has how much, with all below: tickets in hand, those overdue of them, and what was given back this week."""

    open: int = 0
    overdue: int = 0
    returned: int = 0


@dataclass(frozen=True, slots=True)
class Choice:
    """A unit that may lead, and what assigning it now would mean. `designated`: it could not give it back."""

    unit_id: int
    name: str
    assist_ids: tuple[int, ...]
    assists: tuple[str, ...]
    own_limit: Limit | None  # the catalogue's; else the policy's holds
    limit: Limit
    due_at: datetime
    designated: bool
    reasons: tuple[str, ...]
    load: Load


@dataclass(frozen=True, slots=True)
class Asked:
    """延期 or 挂账 that waits for a decision. `noun` is the step's; `until` is asked for by a pause."""

    noun: str
    label: str
    by: str
    at: datetime
    reason: str
    until: datetime | None


@dataclass(frozen=True, slots=True)
class Row:
    """One ticket of the queue. `unit`: who has it, where it is with one."""

    ticket: Ticket
    due: Due | None
    unit: str | None
    hops: Sequence[Hop]
    asked: Sequence[Asked]
    choices: Sequence[Choice]
    avoided: Sequence[str]


def queue(work: Work, tab: Tab, place: Place[int] = FIRST, size: int = PAGE) -> Stretch[Row, int]:
    """The tickets of the tab, what falls due first on top. `place`: the id of the ticket that a page before this one
    ended or began with."""
    due = _due(tab)
    burns = sa.func.coalesce(due.c.due_at, sa.literal(_FAR, sa.TIMESTAMP(timezone=True)))
    query = (
        sa.select(Ticket, due.c.due_at, due.c.started_at, due.c.next_at, due.c.rank, Unit.name)
        .select_from(Ticket)
        .outerjoin(due, sa.true())
        .outerjoin(Unit, Unit.id == Ticket.unit_id)
        .where(*_of(work, tab))
    )
    edge = place.before if place.back else place.after
    if edge is not None:
        at = work.session.execute(
            sa.select(burns.label("burns")).select_from(Ticket).outerjoin(due, sa.true()).where(Ticket.id == edge)
        ).scalar_one_or_none()
        if at is None:
            return Stretch([], before=None, after=None, astray=True)
        here = sa.tuple_(burns, Ticket.id)
        there = sa.tuple_(sa.literal(at, sa.TIMESTAMP(timezone=True)), sa.literal(edge, sa.BigInteger))
        query = query.where(here < there if place.back else here > there)
    order = (burns.desc(), Ticket.id.desc()) if place.back else (burns, Ticket.id)
    found = work.session.execute(query.order_by(*order).limit(size + 1)).all()
    page = cut(found, place, size, lambda row: row.Ticket.id)
    rows = _rows(work, page, tab)
    return Stretch(rows, before=page.before, after=page.after, astray=page.astray)


def one(work: Work, ticket: Ticket) -> Row:
    """The same of a single ticket, wherever it stands."""
    tab = Tab.WAITING if ticket.state is State.ACCEPTED else Tab.ASKED
    due = _due(tab)
    row = work.session.execute(
        sa.select(Ticket, due.c.due_at, due.c.started_at, due.c.next_at, due.c.rank, Unit.name)
        .select_from(Ticket)
        .outerjoin(due, sa.true())
        .outerjoin(Unit, Unit.id == Ticket.unit_id)
        .where(Ticket.id == ticket.id)
    ).one()
    return _rows(work, [row], tab)[0]


def counts(work: Work) -> dict[Tab, int]:
    """How many wait in each tab, at most `MOST`; one statement."""
    few = [sa.select(Ticket.id).where(*_of(work, tab)).limit(MOST).subquery() for tab in Tab]
    row = work.session.execute(
        sa.select(*(sa.select(sa.func.count()).select_from(each).scalar_subquery() for each in few))
    ).one()
    return dict(zip(Tab, row, strict=True))


def would_be(work: Work, ticket: Ticket, own_limit: Limit | None = None) -> tuple[Limit, datetime]:
    """The limit that a unit would have, and when it would be due, if it were assigned now."""
    limit = own_limit or promising.limit_for(work, ticket, DeadlineKind.HANDLE)
    return limit, due_at(work.rules.calendar, work.now, limit)


def is_designated_by_rule(work: Work, ticket: Ticket, returns: int) -> bool:
    """Whether the next unit could not give it back, so often has that been done (design §3)."""
    return returns >= work.rules.policy(ticket.policy_version_id).returns.times


def loads(work: Work, unit_ids: Collection[int]) -> dict[int, Load]:
    """Who has how much, by unit, each with all below it; one grouped statement besides that for the units."""
    paths = dict(work.session.execute(sa.select(Unit.id, Unit.path).where(Unit.id.in_(unit_ids))).all())
    if not paths:
        return {}
    under = sa.select(Unit.id).where(sa.or_(*(Unit.path.startswith(path) for path in paths.values())))
    return _rolled_up(paths, work.session.execute(_counted(work, under)).all())


def _counted(work: Work, units: sa.Select[int]) -> sa.Select[*tuple[Any, ...]]:
    zero = sa.literal(0)
    open_turn = (Assignment.part == Part.LEAD, Assignment.ended_at.is_(None), Assignment.unit_id.in_(units))
    late = (
        Deadline.kind == DeadlineKind.HANDLE, Deadline.met_at.is_(None), Deadline.void_at.is_(None),
        Deadline.offered_at.is_(None), Deadline.due_at < work.now, Deadline.unit_id.in_(units),
    )  # fmt: skip
    returned = (Return.granted.is_(True), Return.decided_at >= _monday(work), Assignment.unit_id.in_(units))
    parts = sa.union_all(
        sa.select(Assignment.unit_id.label("unit_id"), sa.func.count().label("open"), zero.label("overdue"),
                  zero.label("returned")).where(*open_turn).group_by(Assignment.unit_id),
        sa.select(Deadline.unit_id, zero, sa.func.count(), zero).where(*late).group_by(Deadline.unit_id),
        sa.select(Assignment.unit_id, zero, zero, sa.func.count())
        .join(Return, Return.assignment_id == Assignment.id).where(*returned).group_by(Assignment.unit_id),
    ).subquery()  # fmt: skip
    return sa.select(
        Unit.path,
        sa.func.sum(parts.c.open).label("open"),
        sa.func.sum(parts.c.overdue).label("overdue"),
        sa.func.sum(parts.c.returned).label("returned"),
    ).join(parts, parts.c.unit_id == Unit.id).group_by(Unit.path)  # fmt: skip


def _rolled_up(paths: Mapping[int, str], rows: Iterable[sa.Row[Any]]) -> dict[int, Load]:
    found = {unit_id: Load() for unit_id in paths}
    for row in rows:
        for unit_id, path in paths.items():
            if row.path.startswith(path):
                load = found[unit_id]
                found[unit_id] = Load(
                    load.open + int(row.open), load.overdue + int(row.overdue), load.returned + int(row.returned)
                )
    return found


def _monday(work: Work) -> datetime:
    """When this week began, in city time."""
    local = work.now.astimezone(work.rules.zone)
    day = local.replace(hour=0, minute=0, second=0, microsecond=0)
    return day - timedelta(days=local.weekday())


def _of(work: Work, tab: Tab) -> list[Condition]:
    ours = [Ticket.centre_path.startswith(work.actor.unit_path), visible(work.actor)]
    if tab is Tab.ASKED:
        states = [State.HANDLING, *([State.SUPERVISED] if Role.SUPERVISOR in work.actor.roles else [])]
        return [*ours, Ticket.state.in_(states), Ticket.id.in_(_asked(work))]
    waiting = [*ours, Ticket.state == State.ACCEPTED]
    if tab is Tab.WAITING:
        return waiting
    returns = (
        sa.select(sa.func.count())
        .where(Return.ticket_id == Ticket.id, Return.granted.is_(True))
        .correlate(Ticket)
        .scalar_subquery()
    )
    return [*waiting, returns >= _times(work)] if tab is Tab.DISPUTED else [*waiting, returns > 0]


def _times(work: Work) -> sa.ColumnElement[int]:
    """`is_designated_by_rule`, of each ticket by the policy that it was accepted under."""
    times = {id: policy.returns.times for id, policy in work.rules.policies}
    return sa.case(times, value=Ticket.policy_version_id)


def _asked(work: Work) -> sa.CompoundSelect[int]:
    """Tickets with a request; not by the reader himself: nobody decides on his own. From the few requests to their
    tickets, for there are many tickets in those states."""
    return sa.union_all(
        *(
            sa.select(model.ticket_id).where(model.granted.is_(None), model.asked_by_id.is_distinct_from(work.actor.id))
            for model in (Extension, Pause)
        )
    )


def _due(tab: Tab) -> Lateral:
    kind = DeadlineKind.HANDLE if tab is Tab.ASKED else DeadlineKind.DISPATCH
    return (
        sa.select(Deadline.due_at, Deadline.started_at, Deadline.next_at, Deadline.rank)
        .where(Deadline.ticket_id == Ticket.id, Deadline.kind == kind)
        .where(Deadline.met_at.is_(None), Deadline.void_at.is_(None))
        .order_by(Deadline.due_at, Deadline.id)
        .limit(1)
        .lateral("due")
    )


def _rows(work: Work, page: Sequence[sa.Row[Any]], tab: Tab) -> list[Row]:
    tickets = [row.Ticket for row in page]
    if not tickets:
        return []
    ids = [ticket.id for ticket in tickets]
    covering.read_ahead(work, tickets)
    hops = _hops(work, ids)
    assigned = tab is not Tab.ASKED
    routes = routing.routes_of(work, tickets) if assigned else {}
    asked = {} if assigned else _requests(work, ids)
    suggested = [each for found in routes.values() for each in found.units]
    load = loads(work, {each.unit_id for each in suggested})
    names = _names(work, {id for each in suggested for id in each.assist_ids})
    standards = {ticket.case_standard_id for ticket in tickets if ticket.case_standard_id is not None}
    # Held while the limits are reckoned, which then need not ask for each.
    held = work.session.scalars(sa.select(CaseStandard).where(CaseStandard.id.in_(standards))).all() if assigned else []
    rows = []
    for row in page:
        ticket = row.Ticket
        found = routes.get(ticket.id)
        mine = hops.get(ticket.id, [])
        designated = is_designated_by_rule(work, ticket, sum(hop.ending is Ending.RETURNED for hop in mine))
        choices = [_choice(work, ticket, each, load, names, designated) for each in found.units] if found else []
        rows.append(
            Row(ticket, _due_of(row), None if assigned else row.name, mine, asked.get(ticket.id, []), choices,
                found.avoided if found else [])
        )  # fmt: skip
    del held
    return rows


def _choice(
    work: Work, ticket: Ticket, each: routing.Suggested, load: Mapping[int, Load], names: Mapping[int, str],
    designated: bool,
) -> Choice:  # fmt: skip
    limit, due = would_be(work, ticket, each.limit)
    return Choice(
        unit_id=each.unit_id,
        name=each.name,
        assist_ids=each.assist_ids,
        assists=tuple(names[id] for id in each.assist_ids if id in names),
        own_limit=each.limit,
        limit=limit,
        due_at=due,
        designated=designated,
        reasons=each.reasons,
        load=load.get(each.unit_id, Load()),
    )


def _due_of(row: sa.Row[Any]) -> Due | None:
    if row.due_at is None:
        return None
    return Due(row.due_at, row.next_at if row.rank < promising.WARN and row.next_at is not None else row.started_at)


def _hops(work: Work, ticket_ids: Sequence[int]) -> dict[int, list[Hop]]:
    """Every turn of a lead unit that was given back or taken back, oldest first."""
    rows = work.session.execute(
        sa.select(Assignment, Unit.name, Return.reason)
        .join(Unit, Unit.id == Assignment.unit_id)
        .outerjoin(Return, sa.and_(Return.assignment_id == Assignment.id, Return.granted.is_(True)))
        .where(Assignment.ticket_id.in_(ticket_ids), Assignment.part == Part.LEAD)
        .where(Assignment.ending.in_((Ending.RETURNED, Ending.WITHDRAWN)))
        .order_by(Assignment.id)
    )
    found: defaultdict[int, list[Hop]] = defaultdict(list)
    for turn, name, reason in rows:
        assert turn.ended_at is not None and turn.ending is not None  # it was asked for by its ending
        hop = Hop(turn.unit_id, name, turn.ended_at, turn.ending, reason or "", turn.designated)
        found[turn.ticket_id].append(hop)
    return found


def _requests(work: Work, ticket_ids: Sequence[int]) -> dict[int, list[Asked]]:
    found: defaultdict[int, list[Asked]] = defaultdict(list)
    for model, noun, label in ((Extension, "extension/decision", "延期"), (Pause, "pause/decision", "挂账")):
        until = Pause.until if model is Pause else sa.cast(None, sa.TIMESTAMP(timezone=True)).label("until")
        rows = work.session.execute(
            sa.select(model.ticket_id, model.asked_at, model.reason, until, Staff.name, Unit.name.label("unit"))
            .join(Assignment, Assignment.id == model.assignment_id)
            .join(Unit, Unit.id == Assignment.unit_id)
            .outerjoin(Staff, Staff.id == model.asked_by_id)
            .where(model.ticket_id.in_(ticket_ids), model.granted.is_(None))
            .where(model.asked_by_id.is_distinct_from(work.actor.id))
            .order_by(model.id)
        )
        for row in rows:
            by = f"{row.unit} {row.name}" if row.name else row.unit
            found[row.ticket_id].append(Asked(noun, label, by, row.asked_at, row.reason, row.until))
    return found


def _names(work: Work, unit_ids: Collection[int]) -> dict[int, str]:
    return dict(work.session.execute(sa.select(Unit.id, Unit.name).where(Unit.id.in_(unit_ids))).all())
