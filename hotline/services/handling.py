"""处理: what the unit does in its turn — sign, name a person, pass down, give an assisting opinion, submit."""

from __future__ import annotations

from collections.abc import Collection

from hotline.domain.errors import Invalid, NotAllowed
from hotline.models import Deadline, DeadlineKind, Ending, Phase, Staff, Ticket, Unit
from hotline.services import promising, self_checking, settling
from hotline.services.assigning import end_turns, open_turn, refuse_named
from hotline.services.hand import Hand, record, take
from hotline.services.work import Work


def sign(work: Work, number: str, *, version: int | None = None) -> Ticket:
    """签收 by the lead unit."""
    hand = take(work, number, "sign", "sign_supervised", version=version)
    hand.turn.signed_at = work.now
    if hand.turn.handler_id is None and work.actor.unit_id == hand.turn.unit_id:
        hand.turn.handler_id = work.actor.staff_id
    promising.meet(work, _own(hand, DeadlineKind.SIGN), work.now)
    record(hand)
    return hand.ticket


def hand_down(work: Work, number: str, staff_id: int, *, version: int | None = None) -> Ticket:
    """指定承办人 inside the unit: changes the person, not the clock."""
    hand = take(work, number, "hand_down", version=version)
    person = work.session.get(Staff, staff_id)
    unit = work.session.get_one(Unit, person.unit_id) if person else None
    if person is None or unit is None or not person.active or not unit.path.startswith(hand.turn.unit_path):
        raise Invalid({"staff_id": "该人员不属于本单位或已停用，请重新选择。"})
    hand.turn.handler_id = person.id
    record(hand, handler=person.name)
    return hand.ticket


def transfer(work: Work, number: str, unit_id: int, reason: str, *, version: int | None = None) -> Ticket:
    """转下级单位: the turn goes down the tree, to a unit below the lead unit, with a full limit of its own."""
    hand = take(work, number, "transfer", "transfer_supervised", version=version)
    unit = work.session.get(Unit, unit_id)
    if unit is None or not unit.active or unit.id == hand.turn.unit_id or not unit.path.startswith(hand.turn.unit_path):
        raise Invalid({"unit_id": "只能转给本单位的下级单位，请重新选择。"})
    refuse_named(hand, unit)
    former = hand.turn
    end_turns(hand, Ending.TRANSFERRED, assists_too=False)
    for turn in hand.assists:
        if turn.unit_id == unit.id:  # 协办 becomes 主办
            turn.ended_at, turn.ending = work.now, Ending.TRANSFERRED
    work.session.flush()
    open_turn(hand, unit, designated=former.designated, instruction=former.instruction)
    record(hand, unit=unit.name, unit_id=unit.id, reason=reason)
    return hand.ticket


def assist(work: Work, number: str, opinion: str, *, version: int | None = None) -> Ticket:
    """协办意见: the assisting unit reports to the lead within the lead's limit (北京条例 第十四条)."""
    if not opinion.strip():
        raise Invalid({"opinion": "请填写协办意见。"})
    hand = take(work, number, "assist", version=version)
    turn = next((each for each in hand.assists if work.actor.unit_path.startswith(each.unit_path)), None)
    if turn is None:
        raise NotAllowed("本单位不是该工单的协办单位。")
    turn.signed_at = turn.signed_at or work.now
    turn.submitted_at, turn.opinion = work.now, opinion.strip()
    record(hand, unit_id=turn.unit_id, opinion=turn.opinion)
    return hand.ticket


def submit(
    work: Work,
    number: str,
    outcome: str,
    checked: Collection[str] | None = None,
    photos: Collection[Phase] = (),
    *,
    version: int | None = None,
) -> Ticket:
    """提交办理结果: the unit's clock waits; whether the promise is kept is decided by the check.

    `checked`: the codes that were ticked in the 自查, None where it was not asked; `photos`: what the pictures that
    come with it show. Neither keeps anybody from submitting.
    """
    if len(outcome.strip()) < 5:
        raise Invalid({"outcome": "请写明办理结果：做了什么、何时完成、现场情况。"})
    hand = take(work, number, "submit", version=version)
    ticket = hand.ticket
    ticket.outcome, ticket.submitted_at = outcome.strip(), work.now
    hand.turn.submitted_at = work.now
    settling.lapse_requests(work, ticket, "已提交办理结果，申请自动失效。")
    promising.offer(work, promising.open_deadlines(work, ticket, DeadlineKind.HANDLE), work.now)
    promising.hand_over(work, ticket, ticket.centre_id, ticket.centre_path)
    promising.promise(work, ticket, DeadlineKind.CHECK, work.now)
    record(hand, outcome=ticket.outcome, **self_checking.answers(work, ticket, checked, photos))
    return ticket


def _own(hand: Hand, kind: DeadlineKind) -> list[Deadline]:
    owed = promising.open_deadlines(hand.work, hand.ticket, kind)
    return [row for row in owed if row.assignment_id == hand.turn.id]
