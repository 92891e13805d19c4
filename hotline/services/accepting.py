"""受理: the centre takes the complaint on, or says why not and who can help; or strikes it out."""

from __future__ import annotations

from dataclasses import dataclass, replace

import sqlalchemy as sa

from hotline.domain.dates import spoken
from hotline.domain.errors import Invalid
from hotline.domain.written import channel_named, declined
from hotline.models import CaseStandard, Complaint, Deadline, DeadlineKind, Ending, RequestType, Ticket, Unit, Urgency
from hotline.services import clueing, holding, messaging, promising, reaching, risking, settling, surveying
from hotline.services.hand import record, take, take_found
from hotline.services.work import Work


@dataclass(frozen=True)
class Classification:
    """What the operator has settled; None leaves the draft's or the citizen's own word."""

    category_id: int | None = None
    case_standard_id: int | None = None
    urgency: Urgency | None = None
    request_type: RequestType | None = None
    matter: str | None = None
    place: str | None = None
    area: str | None = None
    against: str | None = None  # 被反映对象
    confidential: bool | None = None
    named_unit_ids: tuple[int, ...] | None = None  # 被反映单位


def accept(
    work: Work, number: str, classification: Classification | None = None, *, version: int | None = None
) -> Ticket:
    """受理: the promises to assign, reply and close begin, at the latest when the time to accept was up.

    What became urgent after it was taken in is settled otherwise only by who names the `version` that he has seen.
    Raises Invalid if the case standard is not one of the category's.
    """
    hand = take(work, number, "accept", version=version)
    ticket = hand.ticket
    settled = classification or Classification()
    if version is None and settled.urgency is not None and risking.was_raised(work, ticket):
        settled = replace(settled, urgency=None)
    classify(work, ticket, settled)
    ticket.policy_version_id, _ = work.rules.policy_at(work.now)
    ticket.accepted_at = work.now
    begin_promises(work, ticket)
    record(hand, category_id=ticket.category_id, urgency=ticket.urgency.value)
    for complaint in complaints_of(work, ticket) if work.texts else ():
        messaging.tell_citizen(work, ticket, complaint, "accepted", due=reply_due(work, complaint))
    return ticket


def classify(work: Work, ticket: Ticket, settled: Classification) -> None:
    """Put the operator's word in the place of the guess. What a citizen said stays as it was said."""
    place = ticket.place
    for name in ("category_id", "urgency", "request_type", "matter", "place", "area", "against", "confidential"):
        value = getattr(settled, name)
        if value is not None and value != "":
            setattr(ticket, name, value)
    ticket.category_guessed = False  # somebody has looked
    if ticket.place != place:
        clueing.place_anew(work, ticket)
    if settled.case_standard_id is not None:
        standard = work.session.get(CaseStandard, settled.case_standard_id)
        if standard is None or standard.category_id != ticket.category_id:
            raise Invalid({"case_standard_id": "所选立案条件不属于该类别，请重新选择。"})
        ticket.case_standard_id = standard.id
    if settled.named_unit_ids is not None:
        ticket.named_unit_ids = _avoidable(work, settled.named_unit_ids)


def _avoidable(work: Work, unit_ids: tuple[int, ...]) -> list[int]:
    """The named units that can stand aside. The city centre cannot: somebody has to read the complaint."""
    known = work.session.scalars(sa.select(Unit.id).where(Unit.id.in_(unit_ids), Unit.parent_id.is_not(None)))
    found = sorted(known)
    if len(found) != len(set(unit_ids)):
        raise Invalid({"named_unit_ids": "被反映单位不存在，或为市级中心（不能回避），请重新选择。"})
    return found


def begin_promises(work: Work, ticket: Ticket) -> None:
    """Accepted in time: dispatch, reply and close start now, and the centre's own handling at the end of dispatch.

    Accepted late: they have been running since the time to accept was up, and stay as they are.
    """
    deadlines = promising.open_deadlines(work, ticket)
    by_kind: dict[DeadlineKind, list[Deadline]] = {}
    for deadline in deadlines:
        by_kind.setdefault(deadline.kind, []).append(deadline)
    promising.meet(work, by_kind.get(DeadlineKind.ACCEPT, []), work.now)
    for kind in (DeadlineKind.DISPATCH, DeadlineKind.REPLY, DeadlineKind.CLOSE):
        for deadline in by_kind.get(kind, []):
            if deadline.started_at > work.now:
                promising.restart(work, ticket, deadline, work.now)
    dispatch = by_kind.get(DeadlineKind.DISPATCH, [])
    for handle in by_kind.get(DeadlineKind.HANDLE, []):
        if handle.started_at > work.now and dispatch:
            promising.restart(work, ticket, handle, dispatch[0].due_at)


def decline(work: Work, number: str, reason: str, channel: str, *, version: int | None = None) -> Ticket:
    """不予受理: needs the reason and the legal channel, and still owes a reply (北京条例 第十一条)."""
    missing = {
        name: text
        for name, value, text in (
            ("reason", reason, "请写明不予受理的原因。"),
            ("channel", channel, "请写明诉求人可以使用的法定渠道（部门和电话），例如：劳动监察部门（12333）。"),
        )
        if not value.strip()
    }
    if missing:
        raise Invalid(missing)
    hand = take(work, number, "decline", version=version)
    ticket = hand.ticket
    ticket.decline_reason, ticket.decline_channel = reason.strip(), channel_named(channel)
    deadlines = promising.open_deadlines(work, ticket)
    promising.meet(work, [row for row in deadlines if row.kind is DeadlineKind.ACCEPT], work.now)
    replies = [row for row in deadlines if row.kind is DeadlineKind.REPLY]
    for deadline in replies:
        if deadline.started_at > work.now:
            promising.restart(work, ticket, deadline, work.now)
    drop(work, ticket, "declined", DeadlineKind.DISPATCH, DeadlineKind.HANDLE, DeadlineKind.CLOSE)
    record(hand, reason=ticket.decline_reason, channel=ticket.decline_channel)
    ticket.answer = declined(ticket.decline_reason, ticket.decline_channel)
    for complaint in complaints_of(work, ticket):
        reaching.answer(
            work, ticket, complaint, "declined", reason=ticket.decline_reason, channel=ticket.decline_channel
        )
    return ticket


def void(work: Work, number: str, reason: str, *, version: int | None = None) -> Ticket:
    """作废: a test call, a slip, something empty. Nothing is owed; the reason stays."""
    if not reason.strip():
        raise Invalid({"reason": "请写明作废原因。"})
    hand = take(work, number, "void", version=version)
    drop(work, hand.ticket, "voided")
    record(hand, reason=reason.strip())
    return hand.ticket


def withdraw(work: Work, number: str, *, version: int | None = None) -> Ticket:
    """撤回: whoever still complains of the matter takes it back; nothing is owed any more.

    One of several takes back only his own: `citizens.withdraw` tells the two apart.
    """
    hand = take(work, number, "withdraw", version=version)
    own = complaints_of(work, hand.ticket)
    surveying.expire_open(work, hand.ticket)
    settling.lapse_requests(work, hand.ticket, "诉求人已撤回诉求，申请自动失效。")
    drop(work, hand.ticket, "withdrawn")
    for complaint in own:
        complaint.withdrawn_at = work.now
        messaging.cancel_queued(work, complaint.id, *messaging.AFTERWARDS)
    hand.ticket.heat = 0
    for turn in [*hand.assists, *([hand.lead] if hand.lead else [])]:
        turn.ended_at, turn.ending = work.now, Ending.WITHDRAWN
        settling.lift_orders(work, turn)
    hand.ticket.paused_until = None
    record(hand, complaint=own[0].number if own else None)
    return hand.ticket


def take_back(work: Work, ticket: Ticket, complaint: Complaint) -> None:
    """撤回本人诉求: one of several complains no more, and is owed nothing; the ticket goes on for the others."""
    hand = take_found(work, ticket, "withdraw_own")
    surveying.expire_open(work, ticket, complaint)
    messaging.cancel_queued(work, complaint.id, *messaging.AFTERWARDS)
    owed = promising.reply_owed(work, complaint)
    if owed is not None and owed.void_at is None and (owed.met_at is None or _is_of_this_round(owed, ticket)):
        promising.void(work, [owed], "withdrawn")
    complaint.withdrawn_at = work.now
    ticket.heat = len(complaints_of(work, ticket))
    record(hand, complaint=complaint.number, bump=False)


def drop(work: Work, ticket: Ticket, reason: str, *kinds: DeadlineKind) -> None:
    """Void what is owed on the ticket: what was promised to the citizen even if kept, the steps only if open.

    A round that is over stays as it was: what was kept in it, in time or late, is not wiped out by what comes after.
    """
    rows = work.session.scalars(sa.select(Deadline).where(Deadline.ticket_id == ticket.id, Deadline.void_at.is_(None)))
    chosen = [row for row in rows if not kinds or row.kind in kinds]
    promising.void(work, [row for row in chosen if row.met_at is None or _is_of_this_round(row, ticket)], reason)


def _is_of_this_round(row: Deadline, ticket: Ticket) -> bool:
    return row.kind in promising.PROMISED and row.round == ticket.round


def complaints_of(work: Work, ticket: Ticket) -> list[Complaint]:
    """Everybody who complains of the matter, first comer first; not who has taken it back."""
    return [complaint for complaint in all_complaints_of(work, ticket) if complaint.withdrawn_at is None]


def all_complaints_of(work: Work, ticket: Ticket) -> list[Complaint]:
    """Everybody who ever complained of it."""
    return list(holding.complaints_of(work, ticket))


def reply_due(work: Work, complaint: Complaint) -> str:
    """By when the answer is promised, as the citizen reads it."""
    owed = promising.reply_owed(work, complaint)
    return spoken(owed.due_at, work.rules.zone) if owed else ""
