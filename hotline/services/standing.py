"""How a complaint stands, in the words of the one who complained: for the status page and for texts alike."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

import sqlalchemy as sa

from hotline.domain.workflow import WITH_UNIT, State
from hotline.models import Complaint, Deadline, DeadlineKind, Event, Pause, Ticket, Unit
from hotline.services.work import Work

#: The state in a word or two; what a unit gave back or disputes is no business of the citizen's.
WORDS = {
    State.RECEIVED: "已收到，待受理",
    State.ACCEPTED: "已受理",
    State.ASSIGNED: "办理中",
    State.HANDLING: "办理中",
    State.PAUSED: "暂缓办理",
    State.SUPERVISED: "办理中，已督办",
    State.SUBMITTED: "已办理，正在核查",
    State.RESOLVED: "已核查，即将答复",
    State.REPLIED: "已答复",
    State.CLOSED: "已办结",
    State.DECLINED: "不予受理",
    State.MERGED: "并案办理",
    State.VOIDED: "已终止办理",
}


@dataclass(frozen=True)
class Standing:
    """`unit` is who has it, empty while it is the centre. `due` is the promise that matters to the citizen now."""

    state: str
    headline: str
    unit: str
    due: Deadline | None


def stand(work: Work, complaint: Complaint, ticket: Ticket) -> Standing:
    """How the complaint stands now."""
    unit = work.session.scalar(sa.select(Unit.name).where(Unit.id == ticket.unit_id)) or ""
    unit = unit if ticket.unit_id != ticket.centre_id else ""
    due = _due(work, complaint, ticket)
    state = _withdrawn_or_void(work, ticket) if ticket.state is State.VOIDED else WORDS[ticket.state]
    return Standing(state, _headline(work, ticket, state, unit, due), unit, due)


def promised(work: Work, complaint: Complaint, ticket: Ticket) -> dict[DeadlineKind, Deadline]:
    """What is owed to this complaint by when: accept, handle, reply, close; the newest of each kind."""
    rows = work.session.scalars(
        sa.select(Deadline)
        .where(
            Deadline.ticket_id == ticket.id,
            Deadline.void_at.is_(None),
            sa.or_(Deadline.complaint_id.is_(None), Deadline.complaint_id == complaint.id),
        )
        .order_by(Deadline.id)
    )
    return {row.kind: row for row in rows}


def spoken(moment: datetime, zone: tzinfo) -> str:
    """ "10月14日18时", "10月14日17时30分"; midnight belongs to the day that ends there: "10月14日24时"."""
    local = moment.astimezone(zone)
    if local.hour == local.minute == local.second == 0:
        return f"{local - timedelta(days=1):%-m月%-d日}24时"
    return f"{local:%-m月%-d日%-H时}" + (f"{local:%M}分" if local.minute else "")


def _due(work: Work, complaint: Complaint, ticket: Ticket) -> Deadline | None:
    if ticket.ended_at is not None or ticket.state is State.REPLIED:
        return None
    owed = promised(work, complaint, ticket)
    if ticket.state is State.RECEIVED:
        return owed.get(DeadlineKind.ACCEPT)
    reply = owed.get(DeadlineKind.REPLY)
    if reply is not None and reply.met_at is None:
        return reply
    return owed.get(DeadlineKind.CLOSE)


def _withdrawn_or_void(work: Work, ticket: Ticket) -> str:
    last = work.session.scalar(
        sa.select(Event.step)
        .where(Event.ticket_id == ticket.id, Event.step.in_(("withdraw", "void")))
        .order_by(Event.id.desc())
        .limit(1)
    )
    return "已撤回" if last == "withdraw" else WORDS[State.VOIDED]


def _headline(work: Work, ticket: Ticket, state: str, unit: str, due: Deadline | None) -> str:
    if ticket.state is State.PAUSED:
        return _paused(work, ticket)
    if ticket.state is State.DECLINED:
        return "不属于本热线受理范围"
    who = {
        State.RECEIVED: "已收到",
        State.ACCEPTED: "已受理，正在交办",
        State.SUPERVISED: f"办理超时，已督办{unit}" if _is_late(work, ticket) else f"已督办{unit}加紧办理",
    }.get(ticket.state, f"已交{unit}办理" if ticket.state in WITH_UNIT and unit else state)
    return f"{who}，{_by_when(work, due)}" if due is not None else who


def _by_when(work: Work, due: Deadline) -> str:
    if due.due_at < work.now:
        return "已超过承诺的时间，正在督促"
    what = {DeadlineKind.ACCEPT: "受理", DeadlineKind.REPLY: "答复您"}.get(due.kind, "办结")
    return f"{spoken(due.due_at, work.rules.zone)}前{what}"


def _is_late(work: Work, ticket: Ticket) -> bool:
    late = sa.exists().where(
        Deadline.ticket_id == ticket.id,
        Deadline.round == ticket.round,
        Deadline.kind == DeadlineKind.HANDLE,
        Deadline.due_at < work.now,
        Deadline.void_at.is_(None),
    )
    return bool(work.session.scalar(sa.select(late)))


def _paused(work: Work, ticket: Ticket) -> str:
    reason = work.session.scalar(
        sa.select(Pause.reason)
        .where(Pause.ticket_id == ticket.id, Pause.granted.is_(True))
        .order_by(Pause.id.desc())
        .limit(1)
    )
    until = f"，预计{spoken(ticket.paused_until, work.rules.zone)}后恢复" if ticket.paused_until else ""
    return f"因{reason or '客观原因'}暂缓办理{until}"
