"""领导批示: what a leader has written on a matter, by when it is to be reported back, and the report.

Only on a matter that is on the desk already; a matter that comes in by a leader's instruction is received with that
source (`receiving`), and has its own limits by it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from hotline.domain import days
from hotline.domain.deadlines import due_at
from hotline.domain.errors import Invalid, NotFound, Refused
from hotline.models import Instruction, Source, Staff, Ticket, Unit
from hotline.services import covering
from hotline.services.hand import find, log
from hotline.services.paging import Place, Stretch, cut
from hotline.services.scoping import visible
from hotline.services.work import Work

GIVEN = "instruct"  # lines of the history
REPORTED = "report_back"
PAGE = 50
LONGEST = 4000


class Standing(StrEnum):
    OPEN = "open"  # 待反馈
    LATE = "late"  # 反馈逾期
    DONE = "done"  # 已反馈
    ALL = "all"


@dataclass(frozen=True)
class Instructed:
    """An instruction as it is read: with its ticket, who has the matter, who entered it and who reported back."""

    instruction: Instruction
    ticket: Ticket
    unit: str
    entered_by: str
    reported_by: str | None
    text: str  # as the reader may read it, like the next two
    report: str
    matter: str


def enter(work: Work, number: str, leader: str, text: str, given_on: date, due_on: date | None = None) -> Instruction:
    """登记批示 on a ticket. `given_on` is a city day. Without `due_on` the policy's limit for 领导批示 holds, counted
    from that day, by the ticket's urgency. Raises Invalid, also for one that stands there already, and NotFound for a
    ticket that is not the actor's."""
    faults = {}
    if not leader.strip():
        faults["leader"] = "请写明批示领导的姓名和职务，例如：副市长张某某。"
    if len(text.strip()) < 2:
        faults["text"] = "请照录批示原文。"
    if given_on > work.now.astimezone(work.rules.zone).date():
        faults["given_on"] = "批示日期不能晚于今天。"
    elif not days.is_countable(given_on):
        faults["given_on"] = days.TOO_FAR
    if due_on is not None and not days.is_countable(due_on):
        faults["due_on"] = days.TOO_FAR
    elif due_on is not None and due_on < given_on:
        faults["due_on"] = "反馈期限不能早于批示日期。"
    if faults:
        raise Invalid(faults)
    ticket = find(work, number, lock=True)
    given_at = work.rules.calendar.start_of_day(given_on)
    row = Instruction(
        ticket_id=ticket.id,
        leader=leader.strip(),
        text=text.strip(),
        given_at=given_at,
        due_at=_end_of(work, due_on) if due_on is not None else due_by_policy(work, ticket, given_at),
        entered_by_id=work.actor.id,
    )
    if _stands_already(work, row):
        raise Invalid({"text": "这件批示已经登记，没有重复登记，请在领导批示列表中查看。"})
    work.session.add(row)
    work.session.flush()
    log(work, ticket, GIVEN, leader=row.leader, words=row.text, report_by=row.due_at.isoformat())
    return row


def _stands_already(work: Work, row: Instruction) -> bool:
    """Whether just this was entered on the ticket before: by a form that was sent twice, or by a second clerk."""
    told = ("ticket_id", "leader", "text", "given_at", "due_at")
    same = sa.exists().where(*(getattr(Instruction, name) == getattr(row, name) for name in told))
    return bool(work.session.scalar(sa.select(same)))


def due_by_policy(work: Work, ticket: Ticket, given_at: datetime) -> datetime:
    """By when it is to be reported back where the leader has named no day: the limit of handling for 领导批示 under
    the policy now in force."""
    _, policy = work.rules.policy_at(work.now)
    limit = policy.limit("handle", source=Source.LEADER.value, urgency=ticket.urgency.value)
    return due_at(work.rules.calendar, given_at, limit)


def report(work: Work, instruction_id: int, text: str) -> Instruction:
    """办理情况反馈, once. Raises Invalid, NotFound, and Refused if it has been reported already."""
    if len(text.strip()) < 5:
        raise Invalid({"report": "请写明办理情况和结果。"})
    number = work.session.scalar(
        sa.select(Ticket.number)
        .join(Instruction, Instruction.ticket_id == Ticket.id)
        .where(Instruction.id == instruction_id, visible(work.actor))
    )
    if number is None:
        raise _unknown()
    ticket = find(work, number, lock=True)
    row = work.session.get_one(Instruction, instruction_id, populate_existing=True)
    if row.reported_at is not None:
        raise Refused("这件批示已经反馈，请查看反馈内容。", code="reported")
    row.report, row.reported_at, row.reported_by_id = text.strip(), work.now, work.actor.id
    log(work, ticket, REPORTED, leader=row.leader, report=row.report)
    return row


def one(work: Work, instruction_id: int) -> Instructed:
    """One by its id. Raises NotFound."""
    row = work.session.execute(_read(work).where(Instruction.id == instruction_id)).one_or_none()
    if row is None:
        raise _unknown()
    return _instructed(work, row)


def of_ticket(work: Work, ticket: Ticket, cover: covering.Cover) -> list[Instructed]:
    """All on one ticket, the newest first; that the actor may see it has been checked. `cover`: the ticket's."""
    rows = work.session.execute(_OF_TICKET, {"ticket_id": ticket.id})
    return [_instructed(work, row, cover) for row in rows]


def listed(work: Work, standing: Standing, place: Place[int], size: int = PAGE) -> Stretch[Instructed, int]:
    """A page: of those open what is due first on top, of all others the newest."""
    query = _read(work).where(*_stands(work, standing)).limit(size + 1)
    by_due = standing in (Standing.OPEN, Standing.LATE)
    here = sa.tuple_(Instruction.due_at, Instruction.id) if by_due else sa.tuple_(-Instruction.id)
    down = (Instruction.due_at, Instruction.id) if by_due else (Instruction.id.desc(),)
    up = (Instruction.due_at.desc(), Instruction.id.desc()) if by_due else (Instruction.id,)
    if place.before is not None:
        query = query.where(here < _row(place.before, by_due)).order_by(*up)
    else:
        query = query if place.after is None else query.where(here > _row(place.after, by_due))
        query = query.order_by(*down)
    rows = work.session.execute(query).all()
    covering.read_ahead(work, (row[1] for row in rows))
    return cut([_instructed(work, row) for row in rows], place, size, lambda each: each.instruction.id)


def counting(work: Work, standing: Standing, until: datetime | None = None) -> sa.ScalarSelect[int]:
    """How many there are (due by then), as a part of a statement."""
    due = () if until is None else (Instruction.due_at <= until,)
    return (
        sa.select(sa.func.count())
        .select_from(Instruction)
        .join(Ticket, Ticket.id == Instruction.ticket_id)
        .where(*_stands(work, standing), *due, visible(work.actor))
        .scalar_subquery()
    )


def _stands(work: Work, standing: Standing) -> Sequence[sa.ColumnElement[bool]]:
    is_open = Instruction.reported_at.is_(None)
    return {
        Standing.OPEN: (is_open,),
        Standing.LATE: (is_open, Instruction.due_at < work.now),
        Standing.DONE: (~is_open,),
        Standing.ALL: (),
    }[standing]


def _row(instruction_id: int, by_due: bool) -> sa.Tuple:
    if not by_due:
        return sa.tuple_(sa.literal(-instruction_id, sa.BigInteger))
    due_at = sa.select(Instruction.due_at).where(Instruction.id == instruction_id).correlate(None)
    return sa.tuple_(due_at.scalar_subquery(), sa.literal(instruction_id, sa.BigInteger))


# Stands ready: every ticket's page asks, and to put it together takes longer than to run it.
_ENTERER, _REPORTER = aliased(Staff), aliased(Staff)
_ROWS = (
    sa.select(Instruction, Ticket, Unit.name, _ENTERER.name, _REPORTER.name)
    .join(Ticket, Ticket.id == Instruction.ticket_id)
    .join(Unit, Unit.id == Ticket.unit_id)
    .join(_ENTERER, _ENTERER.id == Instruction.entered_by_id)
    .outerjoin(_REPORTER, _REPORTER.id == Instruction.reported_by_id)
)
_OF_TICKET = _ROWS.where(Instruction.ticket_id == sa.bindparam("ticket_id", type_=sa.BigInteger)).order_by(
    Instruction.id.desc()
)


def _read(work: Work) -> sa.Select[*tuple[Any, ...]]:
    return _ROWS.where(visible(work.actor))


def _instructed(work: Work, row: Any, cover: covering.Cover | None = None) -> Instructed:
    """In a list as lists are read; on the ticket's page as its page is."""
    instruction, ticket, unit, entered_by, reported_by = row
    shown = cover or (str if covering.is_of_centre(work.actor, ticket) else covering.passing(work, ticket))
    matter = covering.passing(work, ticket)(ticket.matter)
    text, report = shown(instruction.text), shown(instruction.report)
    return Instructed(instruction, ticket, unit, entered_by, reported_by, text, report, matter)


def _end_of(work: Work, day: date) -> datetime:
    return work.rules.calendar.start_of_day(day + timedelta(days=1))


def _unknown() -> NotFound:
    return NotFound("没有找到这件批示。")
