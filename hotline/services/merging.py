"""并案: one event, many callers, each is answered; and taking it back when it was not the same matter."""

from __future__ import annotations

import sqlalchemy as sa

from hotline.domain.actors import a_citizen
from hotline.domain.errors import Invalid, NotFound, Refused
from hotline.domain.workflow import ENDED, STATE_LABELS, State
from hotline.models import Complaint, Deadline, DeadlineKind, Ticket
from hotline.services import accepting, closing, clueing, messaging, promising, reaching, risking, surveying
from hotline.services.covering import is_of_centre
from hotline.services.hand import Hand, find, lock_all, log, record, take, take_found
from hotline.services.work import Work

OTHER_CENTRE = "目标工单由其他热线中心管理，不能并入。请联系该中心办理。"


def merge(work: Work, number: str, into: str, *, version: int | None = None) -> Ticket:
    """Join the ticket's complaints to another ticket, which is this centre's too. Returns the ticket that lives on.

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
    if not is_of_centre(work.actor, target):  # seen because a unit assists: its answers are not this hand's to give
        raise Invalid({"into": OTHER_CENTRE})
    if target.state in ENDED:
        raise Refused(f"工单{into}现为“{STATE_LABELS[target.state]}”，不能并入。", code="target_ended")
    if hand.facts.named_paths and set(source.named_unit_ids) - set(target.named_unit_ids):
        raise Refused("本工单反映的单位应当回避，与目标工单不一致，不能并案。", code="named_unit")
    moved = _unite(hand, target)
    target.confidential = target.confidential or source.confidential
    for complaint in moved:
        _tell(work, target, complaint)
    return target


def join(work: Work, number: str, target: Ticket) -> None:
    """随同反映: a complaint that has just come in is one more of the same matter, in the citizen's own words.

    `target` is locked and not answered yet. It is not a new version of the target, unless that becomes urgent by it:
    whoever has it open goes on, and everybody who has joined by then is answered. Nothing is texted: who chose it
    knows it.
    """
    for complaint in _unite(take(work, number, "join"), target, bump=False):
        _recount_reply(work, complaint)


def _unite(hand: Hand, target: Ticket, *, bump: bool = True) -> list[Complaint]:
    """All that is on the ticket in hand goes over to the target, and is returned."""
    work, source = hand.work, hand.ticket
    source.former_state = source.state.value
    _settle(work, source)
    moved = accepting.all_complaints_of(work, source)
    for complaint in moved:
        complaint.first_ticket_id = complaint.first_ticket_id or source.id
        _carry(work, complaint, target)
    _count(work, source, target)
    source.merged_into_id = target.id
    record(hand, into=target.number)
    numbers = [each.number for each in moved]
    _note(work, target, "joined", bump=bump, from_number=source.number, complaints=numbers)
    risking.bring(work, source, target)
    clueing.bring(work, source, target)
    return moved


def _settle(work: Work, source: Ticket) -> None:
    deadlines = promising.open_deadlines(work, source)
    promising.meet(work, [row for row in deadlines if row.kind is DeadlineKind.ACCEPT], work.now)
    for row in deadlines:
        if row.kind is DeadlineKind.REPLY and row.started_at > work.now:
            promising.restart(work, source, row, work.now)
    gone = (DeadlineKind.DISPATCH, DeadlineKind.HANDLE, DeadlineKind.CLOSE, DeadlineKind.EXPLAIN)
    promising.void(work, [row for row in deadlines if row.kind in gone], "merged")


def _carry(work: Work, complaint: Complaint, ticket: Ticket) -> None:
    """The complaint and its reply go over; who has the ticket owes the reply, and its pauses count from now on."""
    complaint.ticket_id = ticket.id
    work.session.flush()
    owed = promising.reply_owed(work, complaint)
    if owed is None:
        return
    owed.ticket_id, owed.direct = ticket.id, ticket.direct
    if owed.met_at is None and owed.due_at > work.now:
        owed.unit_id, owed.unit_path = ticket.unit_id, ticket.unit_path
    work.session.flush()


def _count(work: Work, *tickets: Ticket) -> None:
    """热度 of the tickets: the complaints that are on them now, without those taken back."""
    for ticket in tickets:
        ticket.heat = len(accepting.complaints_of(work, ticket))


def _tell(work: Work, target: Ticket, complaint: Complaint) -> None:
    """Joined to a matter that is answered already: answered at once with the same words, and asked like the others."""
    if complaint.withdrawn_at is not None:
        return
    if target.state is State.REPLIED:
        reaching.answer(work, target, complaint, "answered", answer=target.answer)
        surveying.prepare(work, target, complaint)
        return
    messaging.tell_citizen(work, target, complaint, "joined")
    if target.state is State.PAUSED:
        _recount_reply(work, complaint)


def unmerge(work: Work, number: str, reason: str, *, version: int | None = None) -> Ticket:
    """撤销并案: the ticket stands again as it was, its clocks never having stopped, with all that had joined it.

    What the other matter was answered in the meantime was no answer to this one: it is owed again.
    """
    source, living = _hold(work, number)
    hand = take_found(work, source, "unmerge", version=version)
    back = family_of(work, source, living)
    if all(complaint.withdrawn_at is not None for complaint in back):
        raise Refused("诉求人已经撤回，不需要撤销并案。", code="withdrawn")
    for complaint in back:
        _take_back(work, complaint, source, living)
    _count(work, source, living)
    rows = work.session.scalars(
        sa.select(Deadline).where(Deadline.ticket_id == source.id, Deadline.void_reason == "merged")
    )
    promising.revive(work, list(rows))
    if source.former_state == State.RECEIVED:
        _accept_again(work, source)
    source.merged_into_id = None
    record(hand, reason=reason)
    source.former_state = None
    _note(work, living, "separated", from_number=number, complaints=[each.number for each in back])
    for ticket in (source, living):
        clueing.rewrite(work, ticket)
    _go_on(work, living)
    return source


def _go_on(work: Work, living: Ticket) -> None:
    """Those who stay may all have been answered; or have taken it back, which only now ends the matter."""
    if living.state in ENDED or accepting.complaints_of(work, living):
        closing.close_if_finished(work, living)
    else:
        accepting.withdraw(work.act_as(a_citizen()), living.number)


def _hold(work: Work, number: str) -> tuple[Ticket, Ticket]:
    """The ticket and the one that has its complaints, both locked, with all between them if that was merged in turn.

    The other one may lie outside of the actor's view: his own ticket comes back all the same.
    """
    first = find(work, number)
    ids = chain_of(work, first.id)
    locking = sa.select(Ticket).where(Ticket.id.in_(ids)).order_by(Ticket.id).with_for_update(key_share=True)
    held = {row.id: row for row in work.session.scalars(locking.execution_options(populate_existing=True))}
    if chain_of(work, first.id) != ids:
        raise Refused("工单刚刚被他人并案或撤销并案，请刷新后再操作。", code="moved")
    return held[ids[0]], held[ids[-1]]


def chain_of(work: Work, ticket_id: int) -> list[int]:
    """The ticket, the one it was merged into, and so on to the one that lives, by id."""
    ids = [ticket_id]
    while into := work.session.scalar(sa.select(Ticket.merged_into_id).where(Ticket.id == ids[-1])):
        ids.append(into)
    return ids


def family_of(work: Work, source: Ticket, living: Ticket) -> list[Complaint]:
    """The complaints on the living ticket that came there by way of this one."""
    family = wave = {source.id}
    while wave:
        wave = set(work.session.scalars(sa.select(Ticket.id).where(Ticket.merged_into_id.in_(wave))))
        family = family | wave
    return [each for each in accepting.all_complaints_of(work, living) if each.first_ticket_id in family]


def _take_back(work: Work, complaint: Complaint, source: Ticket, living: Ticket) -> None:
    joined_at = source.ended_at or work.now
    surveying.expire_open(work, living, complaint)
    messaging.cancel_queued(work, complaint.id, "joined", "declined", *messaging.AFTERWARDS)
    if complaint.withdrawn_at is None and messaging.was_told(work, complaint.id, "joined"):
        messaging.tell_citizen(work, source, complaint, "separated")
    if complaint.first_ticket_id == source.id:
        complaint.first_ticket_id = None
    if complaint.withdrawn_at is not None:
        _carry(work, complaint, source)
        return
    complaint.answered_at = complaint.reached_at = complaint.reached_by = None
    owed = promising.reply_owed(work, complaint)
    if owed is not None and owed.met_at is not None and owed.met_at >= joined_at:
        promising.owe_again(work, owed)
    _carry(work, complaint, source)
    _recount_reply(work, complaint)


def _recount_reply(work: Work, complaint: Complaint) -> None:
    owed = promising.reply_owed(work, complaint)
    if owed is not None and owed.met_at is None and owed.void_at is None:
        promising.recount(work, owed)


def _accept_again(work: Work, source: Ticket) -> None:
    """It had not been accepted before the merge: that promise runs again from where it was."""
    rows = list(
        work.session.scalars(
            sa.select(Deadline).where(Deadline.ticket_id == source.id, Deadline.kind == DeadlineKind.ACCEPT)
        )
    )
    for row in rows:
        promising.owe_again(work, row)
        promising.recount(work, row)


def _note(work: Work, target: Ticket, step: str, *, bump: bool = True, **data: object) -> None:
    """The other ticket's line of history: its state does not change, its callers do."""
    target.version += bump
    log(work, target, step, **data)
