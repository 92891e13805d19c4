"""How a complaint stands, in the words of the one who complained: for the status page and for texts alike."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from hotline.domain.dates import spoken
from hotline.domain.errors import Said, say
from hotline.domain.workflow import WITH_UNIT, State
from hotline.models import Complaint, Deadline, DeadlineKind, Pause, Ticket, Unit
from hotline.services.work import Work

#: The state in a word or two; what a unit gave back or disputes is no business of the citizen's.
WORDS = {
    State.RECEIVED: say("已收到，待受理"),
    State.ACCEPTED: say("已受理"),
    State.ASSIGNED: say("办理中"),
    State.HANDLING: say("办理中"),
    State.PAUSED: say("暂缓办理"),
    State.SUPERVISED: say("办理中，已督办"),
    State.SUBMITTED: say("已办理，正在核查"),
    State.RESOLVED: say("已核查，即将答复"),
    State.REPLIED: say("已答复"),
    State.CLOSED: say("已办结"),
    State.DECLINED: say("不予受理"),
    State.MERGED: say("并案办理"),
    State.VOIDED: say("已终止办理"),
}


@dataclass(frozen=True)
class Standing:
    """`unit` is who has it, empty while it is the centre. `due` is the promise that matters to the citizen now."""

    state: Said
    headline: Said
    unit: str
    due: Deadline | None


def stand(work: Work, complaint: Complaint, ticket: Ticket) -> Standing:
    """How the complaint stands now."""
    if complaint.withdrawn_at is not None:
        return Standing(say("已撤回"), say("已撤回"), "", None)
    unit = work.session.scalar(sa.select(Unit.name).where(Unit.id == ticket.unit_id)) or ""
    unit = unit if ticket.unit_id != ticket.centre_id else ""
    due = _due(work, complaint, ticket)
    state = WORDS[ticket.state]
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


def _headline(work: Work, ticket: Ticket, state: Said, unit: str, due: Deadline | None) -> Said:
    if ticket.state is State.PAUSED:
        return _paused(work, ticket)
    if ticket.state is State.DECLINED:
        return say("不属于本热线受理范围")
    where = _where(work, ticket, state, unit)
    return say("{where}，{by_when}", where=where, by_when=_by_when(work, due)) if due is not None else where


def _where(work: Work, ticket: Ticket, state: Said, unit: str) -> Said:
    """What has become of it, and who has it."""
    if ticket.state is State.RECEIVED:
        return say("已收到")
    if ticket.state is State.ACCEPTED:
        return say("已受理，正在交办")
    if ticket.state is State.SUPERVISED:
        late = _is_late(work, ticket)
        return say("办理超时，已督办{unit}", unit=unit) if late else say("已督办{unit}加紧办理", unit=unit)
    return say("已交{unit}办理", unit=unit) if ticket.state in WITH_UNIT and unit else state


def _by_when(work: Work, due: Deadline) -> Said:
    if due.due_at < work.now:
        return say("已超过承诺的时间，正在督促")
    when = spoken(due.due_at, work.rules.zone)
    if due.kind is DeadlineKind.ACCEPT:
        return say("{when}前受理", when=when)
    return say("{when}前答复您", when=when) if due.kind is DeadlineKind.REPLY else say("{when}前办结", when=when)


def _is_late(work: Work, ticket: Ticket) -> bool:
    late = sa.exists().where(
        Deadline.ticket_id == ticket.id,
        Deadline.round == ticket.round,
        Deadline.kind == DeadlineKind.HANDLE,
        Deadline.due_at < work.now,
        Deadline.void_at.is_(None),
    )
    return bool(work.session.scalar(sa.select(late)))


def _paused(work: Work, ticket: Ticket) -> Said:
    """The reason is the unit's own words, as the citizen was told them."""
    written = work.session.scalar(
        sa.select(Pause.reason)
        .where(Pause.ticket_id == ticket.id, Pause.granted.is_(True))
        .order_by(Pause.id.desc())
        .limit(1)
    )
    reason = written or say("客观原因")
    if ticket.paused_until is None:
        return say("因{reason}暂缓办理", reason=reason)
    return say("因{reason}暂缓办理，预计{when}后恢复", reason=reason, when=spoken(ticket.paused_until, work.rules.zone))
