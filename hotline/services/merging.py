"""并案: one event, many callers, each is answered; and taking it back when it was not the same matter."""

from __future__ import annotations

import sqlalchemy as sa

from hotline.domain.errors import Invalid, NotFound, Refused
from hotline.domain.workflow import ENDED, STATE_LABELS, State
from hotline.models import Complaint, Deadline, DeadlineKind, Event, Ticket
from hotline.services import messaging, promising, reaching
from hotline.services.hand import lock_all, record, signature, take_found
from hotline.services.work import Work


def merge(work: Work, number: str, into: str, *, version: int | None = None) -> Ticket:
    """Join the ticket's complaints to another ticket. Returns the ticket that lives on.

    Its accepting is kept by being joined; what it owed as a ticket is void; its replies are owed by the other one.
    """
    if number == into:
        raise Invalid({"into": "不能与自己并案，请填写另一件工单的编号。"})
    tickets = lock_all(work, (number, into))
    if number not in tickets:
        raise NotFound("没有找到这件工单，请核对编号。")
    if into not in tickets:
        raise Invalid({"into": "没有找到要并入的工单，请核对编号。"})
    hand = take_found(work, tickets[number], "merge", version=version)
    source, target = tickets[number], tickets[into]
    if target.state in ENDED:
        raise Refused(f"工单{into}现为“{STATE_LABELS[target.state]}”，不能并入。", code="target_ended")
    if hand.facts.named_paths and set(source.named_unit_ids) - set(target.named_unit_ids):
        raise Refused("本工单反映的单位应当回避，与目标工单不一致，不能并案。", code="named_unit")
    source.former_state = source.state.value
    _settle(work, source)
    moved = _move(work, source, target)
    target.heat += len(moved)
    target.confidential = target.confidential or source.confidential
    source.merged_into_id = target.id
    record(hand, into=into)
    _note(work, target, "joined", from_number=number, complaints=[each.number for each in moved])
    for complaint in moved:
        _tell(work, target, complaint)
    return target


def _settle(work: Work, source: Ticket) -> None:
    deadlines = promising.open_deadlines(work, source)
    promising.meet(work, [row for row in deadlines if row.kind is DeadlineKind.ACCEPT], work.now)
    for row in deadlines:
        if row.kind is DeadlineKind.REPLY and row.started_at > work.now:
            promising.restart(work, source, row, work.now)
    gone = (DeadlineKind.DISPATCH, DeadlineKind.HANDLE, DeadlineKind.CLOSE)
    promising.void(work, [row for row in deadlines if row.kind in gone], "merged")


def _move(work: Work, source: Ticket, target: Ticket) -> list[Complaint]:
    """The complaints and what is owed to each of them go over; who has the target has them."""
    work.session.flush()
    moved = list(work.session.scalars(sa.select(Complaint).where(Complaint.ticket_id == source.id)))
    for complaint in moved:
        complaint.first_ticket_id, complaint.ticket_id = source.id, target.id
        owed = promising.reply_owed(work, complaint)
        if owed is not None:
            owed.ticket_id = target.id
            if owed.met_at is None and owed.due_at > work.now:
                owed.unit_id, owed.unit_path = target.unit_id, target.unit_path
    work.session.flush()
    return moved


def _tell(work: Work, target: Ticket, complaint: Complaint) -> None:
    """Joined to a matter that is answered already: answered at once with the same words."""
    if target.state is State.REPLIED:
        reaching.answer(work, target, complaint, "answered", answer=target.answer)
    else:
        messaging.tell_citizen(work, target, complaint, "joined")


def unmerge(work: Work, number: str, reason: str, *, version: int | None = None) -> Ticket:
    """撤销并案: the ticket stands again as it was, its clocks never having stopped."""
    row = work.session.execute(
        sa.select(Ticket.number, Ticket.merged_into_id).where(Ticket.number == number)
    ).one_or_none()
    if row is None:
        raise NotFound("没有找到这件工单，请核对编号。")
    other = work.session.scalar(sa.select(Ticket.number).where(Ticket.id == row.merged_into_id))
    tickets = lock_all(work, [each for each in (number, other) if each])
    if number not in tickets:
        raise NotFound("没有找到这件工单，请核对编号。")
    hand = take_found(work, tickets[number], "unmerge", version=version)
    source, target = tickets[number], tickets[other or ""]
    back = work.session.scalars(sa.select(Complaint).where(Complaint.first_ticket_id == source.id)).all()
    for complaint in back:
        complaint.ticket_id, complaint.first_ticket_id = source.id, None
        if (owed := promising.reply_owed(work, complaint)) is not None:
            owed.ticket_id = source.id
            if owed.met_at is None and owed.due_at > work.now:
                owed.unit_id, owed.unit_path = source.unit_id, source.unit_path
    target.heat -= len(back)
    rows = work.session.scalars(
        sa.select(Deadline).where(Deadline.ticket_id == source.id, Deadline.void_reason == "merged")
    )
    promising.revive(work, list(rows))
    if source.former_state == State.RECEIVED:
        _accept_again(work, source)
    source.merged_into_id = None
    record(hand, reason=reason)
    source.former_state = None
    _note(work, target, "separated", from_number=number, complaints=[each.number for each in back])
    return source


def _accept_again(work: Work, source: Ticket) -> None:
    """It had not been accepted before the merge: that promise runs again from where it was."""
    rows = list(
        work.session.scalars(
            sa.select(Deadline).where(Deadline.ticket_id == source.id, Deadline.kind == DeadlineKind.ACCEPT)
        )
    )
    for row in rows:
        row.met_at = None
        promising.recount(work, row)


def _note(work: Work, target: Ticket, step: str, **data: object) -> None:
    """The other ticket's line of history: its state does not change, its callers do."""
    target.version += 1
    work.session.add(
        Event(
            ticket_id=target.id,
            version=target.version,
            round=target.round,
            step=step,
            from_state=target.state.value,
            to_state=target.state.value,
            happened_at=work.now,
            noticed_at=work.now,
            data=data,
            **signature(work.actor),
        )
    )
    work.session.flush()
