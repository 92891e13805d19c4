"""来电人: what the telephone that is calling has complained of, and what its caller may do about it while he calls.

The number is what the caller or the exchange says, so nothing is opened: the matters are found by its fingerprint. Only
those of the operator's own centre and of the centres below it are told.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.sql.selectable import LateralFromClause as Lateral

from hotline.domain.actors import a_citizen
from hotline.domain.errors import NotFound, Refused
from hotline.domain.texts import clean
from hotline.domain.workflow import BY_NAME, STATE_LABELS, State
from hotline.models import (
    Addition,
    Assignment,
    Channel,
    Citizen,
    Complaint,
    Deadline,
    DeadlineKind,
    Ending,
    Event,
    Part,
    Ticket,
    Unit,
)
from hotline.services import citizens, covering
from hotline.services.scoping import visible
from hotline.services.transcribing import check_role
from hotline.services.work import Work

MOST = 10  # matters that are shown; whoever has more is told how many
COUNTED = 100


@dataclass(frozen=True)
class Due:
    """The reply that the city has promised him, as it stands."""

    due_at: datetime
    met_at: datetime | None


@dataclass(frozen=True)
class Own:
    """One complaint of the telephone. `can_urge`, `can_add`: whether its caller may do so now; `urged_until`: he has
    urged, and may again from then on. `unit`: who has it or had it last."""

    complaint: str
    number: str
    matter: str
    place: str
    state: State
    state_label: str
    unit: str | None
    received_at: datetime
    due: Due | None
    open: bool
    withdrawn: bool
    can_urge: bool
    can_add: bool
    urged_until: datetime | None


@dataclass(frozen=True)
class Past:
    """What is open stands first, then the newest. `total` counts all, `open` those that are not ended."""

    matters: Sequence[Own]
    total: int
    open: int


def past_of(work: Work, phone: str) -> Past:
    """The complaints of the telephone (E.164), in three statements. Raises NotAllowed for who takes no calls."""
    check_role(work)
    own = _own(work, phone)
    is_open = sa.and_(Ticket.ended_at.is_(None), Complaint.withdrawn_at.is_(None))
    lead, reply = _lead(), _reply()
    rows = work.session.execute(
        own.with_only_columns(Complaint, Ticket, lead.label("unit"), *reply.c)
        .outerjoin(reply, sa.true())
        .order_by(is_open.desc(), Complaint.id.desc())
        .limit(MOST)
    ).all()
    if not rows:
        return Past([], 0, 0)
    few = own.with_only_columns(is_open.label("open")).limit(COUNTED).subquery()
    total, opened = work.session.execute(
        sa.select(sa.func.count(), sa.func.count().filter(few.c.open)).select_from(few)
    ).one()
    urged = _urged(work, [row.Complaint for row in rows])
    covering.read_ahead(work, (row.Ticket for row in rows))
    return Past([_shown(work, row, urged.get(row.Complaint.number)) for row in rows], total, opened)


def urge(work: Work, phone: str, complaint_number: str) -> Ticket:
    """催办 in the caller's name, by whoever took the call. Raises NotFound for a complaint that is not the
    telephone's, Refused when it was urged today or has ended."""
    complaint, ticket = _hold(work, phone, complaint_number)
    citizens.urge(work.act_as(a_citizen(complaint.citizen_id)), complaint, ticket, taken_by=work.actor.name)
    return ticket


def add(work: Work, phone: str, complaint_number: str, text: str) -> Ticket:
    """补充 in the caller's name. Said twice in the same words it is written once. Raises NotFound, Invalid, Refused."""
    complaint, ticket = _hold(work, phone, complaint_number)
    cleaned = clean(text).strip()
    again = sa.exists().where(Addition.complaint_id == complaint.id, Addition.text == cleaned)
    if cleaned and work.session.scalar(sa.select(again)):
        raise Refused("同样的内容已经补充过，没有重复登记。", code="added")
    caller = work.act_as(a_citizen(complaint.citizen_id))
    citizens.add(caller, complaint, ticket, text, Channel.PHONE, taken_by=work.actor.name)
    return ticket


def own_on(work: Work, phone: str, ticket: Ticket) -> Complaint | None:
    """The first complaint that the telephone has on the ticket, if any."""
    if not phone:
        return None
    mine = _own(work, phone).where(Ticket.id == ticket.id, Complaint.withdrawn_at.is_(None))
    return work.session.scalar(mine.with_only_columns(Complaint).order_by(Complaint.id).limit(1))


def _hold(work: Work, phone: str, complaint_number: str) -> tuple[Complaint, Ticket]:
    check_role(work)
    query = _own(work, phone).where(Complaint.number == complaint_number)
    complaint = work.session.scalar(query.with_only_columns(Complaint)) if phone else None
    if complaint is None:
        raise NotFound("这个号码没有反映过这件诉求，请核对号码和编号。")
    return complaint, citizens.ticket_of(work, complaint)


def _own(work: Work, phone: str) -> sa.Select[Complaint]:
    """Who called is for the centre to know that holds the ticket, and for those above it."""
    return (
        sa.select(Complaint)
        .join(Citizen, Citizen.id == Complaint.citizen_id)
        .join(Ticket, Ticket.id == Complaint.ticket_id)
        .where(Citizen.phone_print == work.vault.fingerprint(phone), Complaint.erased_at.is_(None))
        .where(Ticket.centre_path.startswith(work.actor.unit_path), visible(work.actor))
    )


def _lead() -> sa.ScalarSelect[str]:
    return (
        sa.select(Unit.name)
        .join(Assignment, Assignment.unit_id == Unit.id)
        .where(Assignment.ticket_id == Ticket.id, Assignment.part == Part.LEAD)
        .where(sa.or_(Assignment.ending.is_(None), Assignment.ending == Ending.SUBMITTED))
        .order_by(Assignment.id.desc())
        .limit(1)
        .scalar_subquery()
    )


def _reply() -> Lateral:
    """The promise to answer; that of the last round, where there were several."""
    return (
        sa.select(Deadline.due_at, Deadline.met_at)
        .where(Deadline.complaint_id == Complaint.id, Deadline.kind == DeadlineKind.REPLY, Deadline.void_at.is_(None))
        .order_by(Deadline.id.desc())
        .limit(1)
        .lateral("reply")
    )


def _urged(work: Work, complaints: Sequence[Complaint]) -> dict[str, datetime]:
    """By complaint when it was urged last, on whichever ticket."""
    tickets = {id for each in complaints for id in (each.ticket_id, each.first_ticket_id) if id is not None}
    number = Event.data["complaint"].astext
    rows = work.session.execute(
        sa.select(number, sa.func.max(Event.happened_at))
        .where(Event.step == "urge", Event.ticket_id.in_(tickets), number.in_([each.number for each in complaints]))
        .group_by(number)
    )
    return {row[0]: row[1] for row in rows}


def _shown(work: Work, row: sa.Row[Any], urged: datetime | None) -> Own:
    complaint, ticket = row.Complaint, row.Ticket
    cover = covering.passing(work, ticket)
    withdrawn = complaint.withdrawn_at is not None
    until = urged + citizens.URGE_EVERY if urged is not None else None
    waits = until is not None and until > work.now
    return Own(
        complaint=complaint.number,
        number=ticket.number,
        matter=cover(ticket.matter),
        place=cover(ticket.place),
        state=ticket.state,
        state_label=str(STATE_LABELS[ticket.state]),
        unit=row.unit,
        received_at=complaint.received_at,
        due=Due(row.due_at, row.met_at) if row.due_at is not None else None,
        open=ticket.ended_at is None and not withdrawn,
        withdrawn=withdrawn,
        can_urge=not withdrawn and not waits and ticket.state in BY_NAME["urge"].states,
        can_add=not withdrawn and ticket.state in BY_NAME["add"].states,
        urged_until=until if waits else None,
    )
