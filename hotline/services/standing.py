"""How a complaint stands, in the words of the one who complained: for the status page and for texts alike."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from hotline.domain.dates import spoken
from hotline.domain.errors import Said, say
from hotline.domain.workflow import WITH_UNIT, State
from hotline.models import Complaint, Deadline, DeadlineKind, Pause, Ticket, Unit
from hotline.services import following
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
    """`unit` is who has it, empty while it is the centre.

    `due` is the one promise that matters to the citizen now. Where the unit was granted more time than he had been
    promised (延期 moves its limit, and no other), that is the unit's limit: nobody is answered before the work is done.
    `overtaken` is the promise that cannot hold then; it is owed and counted all the same.
    """

    state: Said
    headline: Said
    unit: str
    due: Deadline | None
    overtaken: Deadline | None = None


def stand(work: Work, complaint: Complaint, ticket: Ticket) -> Standing:
    """How the complaint stands now."""
    if complaint.withdrawn_at is not None:
        return Standing(say("已撤回"), say("已撤回"), "", None)
    unit = work.session.scalar(sa.select(Unit.name).where(Unit.id == ticket.unit_id)) or ""
    unit = unit if ticket.unit_id != ticket.centre_id else ""
    due, overtaken = _due(work, complaint, ticket)
    state = WORDS[ticket.state]
    return Standing(state, _headline(work, ticket, state, unit, due), unit, due, overtaken)


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


def _due(work: Work, complaint: Complaint, ticket: Ticket) -> tuple[Deadline | None, Deadline | None]:
    """The promise that matters, and the one that an extension has overtaken."""
    if ticket.ended_at is not None or ticket.state is State.REPLIED:
        return None, None
    owed = promised(work, complaint, ticket)
    if ticket.state is State.RECEIVED:
        return owed.get(DeadlineKind.ACCEPT), None
    told = _told(work, complaint, ticket, owed)
    extended = owed.get(DeadlineKind.HANDLE)
    if told is None or extended is None or extended.extensions == 0 or extended.due_at <= told.due_at:
        return told, None
    if ticket.state in WITH_UNIT:
        return extended, told
    # The unit is done, and before its time was up: what was promised first may still hold, or no date does.
    return (None, told) if told.due_at < work.now <= extended.due_at else (told, None)


def _told(work: Work, complaint: Complaint, ticket: Ticket, owed: dict[DeadlineKind, Deadline]) -> Deadline | None:
    """By when it was promised last: a rework names the day by which it closes."""
    reply = owed.get(DeadlineKind.REPLY)
    if reply is None or reply.met_at is not None:
        return owed.get(DeadlineKind.CLOSE)
    if ticket.round > 1 and following.was_reworked(following.past_of(work, complaint)):
        return owed.get(DeadlineKind.CLOSE)
    return reply


def _headline(work: Work, ticket: Ticket, state: Said, unit: str, due: Deadline | None) -> Said:
    if ticket.state is State.PAUSED:
        return _paused(work, ticket)
    if ticket.state is State.DECLINED:
        return say("不属于本热线受理范围")
    late = ticket.state is State.SUPERVISED and _is_late(work, ticket)
    where = _where(ticket, state, unit, late)
    if due is None or (late and due.due_at < work.now):  # it is said already
        return where
    return say("{where}，{by_when}", where=where, by_when=_by_when(work, due))


def _where(ticket: Ticket, state: Said, unit: str, late: bool) -> Said:
    """What has become of it, and who has it."""
    if ticket.state is State.RECEIVED:
        return say("已收到")
    if ticket.state is State.ACCEPTED:
        return say("已受理，正在交办") if ticket.round == 1 else say("重新办理，正在交办")
    if ticket.state is State.SUPERVISED:
        return say("办理超时，已督办{unit}", unit=unit) if late else say("已督办{unit}加紧办理", unit=unit)
    return say("已交{unit}办理", unit=unit) if ticket.state in WITH_UNIT and unit else state


def _by_when(work: Work, due: Deadline) -> Said:
    if due.due_at < work.now:
        return say("已超过承诺的时间，正在督促")
    when = spoken(due.due_at, work.rules.zone)
    if due.kind is DeadlineKind.ACCEPT:
        return say("{when}前受理", when=when)
    if due.kind is DeadlineKind.HANDLE:
        return say("经批准延期至{when}", when=when)
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
    reason = written.rstrip("。") if written else say("客观原因")
    if ticket.paused_until is None:
        return say("因{reason}暂缓办理", reason=reason)
    return say("因{reason}暂缓办理，预计{when}后恢复", reason=reason, when=spoken(ticket.paused_until, work.rules.zone))
