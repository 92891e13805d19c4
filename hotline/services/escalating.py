"""督办: what follows from the levels that promises have reached — alerts, history, orders, and the tickets under them.

Written for a whole batch at once, in a fixed number of statements.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY

from hotline.domain.actors import SYSTEM
from hotline.domain.ladder import Rung
from hotline.domain.workflow import State
from hotline.models import Alert, Base, Deadline, DeadlineKind, Event, Ground, Supervision, Ticket
from hotline.services import bulk, notifying
from hotline.services.climbing import Climb, Reached
from hotline.services.hand import signature
from hotline.services.promising import draw
from hotline.services.work import Work

#: Promises whose breach puts a ticket under 督办 while it lies on the desk of the unit that owes them.
SUPERVISING = frozenset({DeadlineKind.SIGN, DeadlineKind.HANDLE, DeadlineKind.REPLY, DeadlineKind.CLOSE})
ON_DESK = frozenset({State.ASSIGNED, State.HANDLING})
GONE = frozenset({State.MERGED, State.VOIDED})
SUPERVISE = "supervise"

ALERT, DEADLINE, EVENT, SUPERVISION, TICKET = (
    Base.metadata.tables[model.__tablename__] for model in (Alert, Deadline, Event, Supervision, Ticket)
)
_BY_SYSTEM = {**signature(SYSTEM), "actor_kind": SYSTEM.kind.value}


@dataclass(slots=True)
class Standing:
    """A ticket as it stands while the levels of the batch are written one after the other."""

    state: State
    version: int
    level: int
    changed: bool = False


class Taken(NamedTuple):
    """A level of a promise that nobody has taken before. `live`: something is still to be done about it."""

    due: Any
    level: Reached
    live: bool

    @property
    def explains(self) -> bool:
        """Whether the unit must explain itself. The centre does not: nobody in the chain could accept it. Nor does
        anybody on a ticket that was joined to another or struck out: no explanation is taken there any more."""
        rung, due = self.level.rung, self.due
        return rung is not None and rung.explain is not None and due.unit_id != due.centre_id and due.state not in GONE


def write(work: Work, climbs: Sequence[Climb]) -> None:
    """Write down everything that the climbs say; the tickets and their promises are locked."""
    taken = _rising(work, _take(work, climbs))
    standings = {each.due.ticket_id: _standing(each.due) for each in taken}
    owed = _explanations(work, [each for each in taken if each.explains])
    events, orders = [], []
    for each in taken:
        rung = each.level.rung
        if rung is None:
            events.append(_event(each, standings, each.level.level))
        else:
            events.append(_supervise(each, rung, standings))
            orders.append(_order(each, rung, owed.get((each.due.id, each.level.level))))
    bulk.insert(work.session, EVENT, events, noticed_at=work.now, **_BY_SYSTEM)
    bulk.insert(work.session, SUPERVISION, orders, ground=Ground.OVERDUE.value, issued_by=SYSTEM.name)
    _settle(work, climbs, standings)
    notifying.notify(work, [each for each in taken if each.live])


def _take(work: Work, climbs: Iterable[Climb]) -> list[Taken]:
    """Claim the levels, in the order in which they were reached. One that was taken before is not taken again:
    the row of the promise says so already, and the unique constraint stands behind it."""
    reached = {(each.due.id, level.level): (each.due, level) for each in climbs for level in each.reached}
    alerts = [
        {"deadline_id": due.id, "level": level.level, "happened_at": str(level.at)} for due, level in reached.values()
    ]
    new = bulk.insert_new(work.session, ALERT, alerts, "deadline_id", "level", noticed_at=work.now)
    taken = [Taken(due, level, _is_live(due, level)) for due, level in (reached[key] for key in new)]
    return sorted(taken, key=lambda each: (each.level.at, each.due.id, each.level.rank))


def _rising(work: Work, taken: Sequence[Taken]) -> list[Taken]:
    """Levels only rise (design §3): a unit that stands under 黄牌 for its handling of a ticket gets no new 催办 when
    the reply falls due as well. That level was reached, and so has its alert; but there is no second order.
    """
    tickets = {each.due.ticket_id for each in taken if each.level.rung is not None}
    rows = work.session.execute(_HIGHEST, {"tickets": list(tickets)}).all() if tickets else []
    highest = {(row.ticket_id, row.round, row.unit_id): row.rank for row in rows}
    rising = []
    for each in taken:
        key = (each.due.ticket_id, each.due.round, each.due.unit_id)
        if each.level.rung is None:
            rising.append(each)
        elif each.level.rank > highest.get(key, 0):
            highest[key] = each.level.rank
            rising.append(each)
    return rising


_HIGHEST = (
    sa.select(
        Supervision.ticket_id, Supervision.round, Supervision.unit_id, sa.func.max(Supervision.rank).label("rank")
    )
    .where(Supervision.ticket_id == sa.any_(sa.bindparam("tickets", type_=ARRAY(sa.BigInteger))))
    .group_by(Supervision.ticket_id, Supervision.round, Supervision.unit_id)
)


def _is_live(due: Any, level: Reached) -> bool:
    """Late but done by now: what is left of it is the explanation that a higher level demands."""
    done = due.met_at is not None or due.offered_at is not None
    return not done or (level.rung is not None and level.rung.explain is not None)


def _standing(due: Any) -> Standing:
    return Standing(due.state, due.version, due.level)


def _explanations(work: Work, demanding: Sequence[Taken]) -> dict[tuple[int, str], int]:
    """Owe the written explanations, each from the moment at which it was demanded; their ids by promise and level."""
    ids = bulk.next_ids(work.session, DEADLINE, len(demanding))
    rows = [_explanation(work, each, id) for each, id in zip(demanding, ids, strict=True)]
    bulk.insert(work.session, DEADLINE, rows)
    return {(each.due.id, each.level.level): id for each, id in zip(demanding, ids, strict=True)}


def _explanation(work: Work, each: Taken, id: int) -> dict[str, Any]:
    due, rung = each.due, each.level.rung
    assert rung is not None
    assert rung.explain is not None
    policy = work.rules.policy(due.policy_version_id)
    return {
        "id": id,
        "ticket_id": due.ticket_id,
        "round": due.round,
        "unit_id": due.unit_id,
        "unit_path": due.unit_path,
        **draw(work.rules.calendar, policy, DeadlineKind.EXPLAIN, each.level.at, rung.explain),
    }


def _supervise(each: Taken, rung: Rung, standings: dict[int, Standing]) -> dict[str, Any]:
    """An order goes out; the ticket comes under 督办 if it lies with the unit that the order is for."""
    due, standing = each.due, standings[each.due.ticket_id]
    before = standing.state
    if due.round == due.ticket_round:
        standing.level = max(standing.level, rung.rank)
        standing.changed = True
        if each.live and before in ON_DESK and due.kind in SUPERVISING and due.unit_id == due.holder_id:
            standing.state = State.SUPERVISED
            standing.version += 1
    more = {"rank": rung.rank, "ground": Ground.OVERDUE, "demand": rung.demand}
    return _event(each, standings, SUPERVISE, before, **more)


def _event(
    each: Taken, standings: dict[int, Standing], step: str, before: State | None = None, **more: Any
) -> dict[str, Any]:
    due, standing = each.due, standings[each.due.ticket_id]
    data = {"deadline_id": due.id, "kind": due.kind, "level": each.level.level, "due_at": due.due_at.isoformat()}
    return {
        "ticket_id": due.ticket_id,
        "version": standing.version,
        "round": due.round,
        "step": step,
        "from_state": before or standing.state,
        "to_state": standing.state,
        "data": {**data, "unit_id": due.unit_id, **more},
        "happened_at": str(each.level.at),
    }


def _order(each: Taken, rung: Rung, explain_deadline_id: int | None) -> dict[str, Any]:
    due, level = each.due, each.level
    return {
        "ticket_id": due.ticket_id,
        "deadline_id": due.id,
        "round": due.round,
        "unit_id": due.unit_id,
        "unit_path": due.unit_path,
        "level": level.level,
        "rank": rung.rank,
        "demand": rung.demand,
        "copies": rung.copies,
        "deduction": rung.deduction,
        "issued_at": str(level.at),
        "explain_deadline_id": explain_deadline_id,
        "lifted_at": None if each.live else due.met_at or due.offered_at,
    }


def _settle(work: Work, climbs: Iterable[Climb], standings: dict[int, Standing]) -> None:
    tickets = [
        {"id": id, "state": standing.state, "version": standing.version, "level": standing.level}
        for id, standing in standings.items()
        if standing.changed
    ]
    bulk.update(work.session, TICKET, tickets)
    promises = [{"id": each.due.id, "rank": each.rank, "next_at": each.next_at} for each in climbs]
    bulk.update(work.session, DEADLINE, promises)
