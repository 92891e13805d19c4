"""交办: one lead unit, assisting units, its full limit from now; and taking it back before it is signed for."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from hotline.domain.actors import Role
from hotline.domain.dates import spoken
from hotline.domain.errors import Invalid, Refused
from hotline.domain.limits import Limit
from hotline.models import Assignment, DeadlineKind, Ending, Part, Ticket, Unit
from hotline.services import holding, messaging, promising, routing, settling
from hotline.services.accepting import complaints_of
from hotline.services.hand import Hand, record, take
from hotline.services.work import Work

#: What units are told when a ticket is theirs.
TO_LEAD = ("unit_assigned", "unit_rework", "unit_designated")
TO_ASSIST = "unit_assist"


def assign(
    work: Work,
    number: str,
    unit_id: int,
    *,
    assist_ids: Sequence[int] = (),
    instruction: str = "",
    designated: bool = False,
    limit: Limit | None = None,
    version: int | None = None,
) -> Ticket:
    """交办 to a lead unit 主办 with assisting units 协办. A designated unit (指定承办) cannot return it; the third
    unit after two returns is designated by the rule itself.

    `limit`: only where the source sets its own (an instruction that names a date); otherwise the policy's.
    Raises Invalid for a unit that is not there or not below the centre, Refused for one that the complaint names
    (信访条例 第二十八条: avoidance) or when others than a supervisor designate.
    """
    hand = take(work, number, "assign", version=version)
    if designated and Role.SUPERVISOR not in work.actor.roles:
        raise Refused("指定承办由督办员决定，请由督办员交办，或不勾选“指定承办”。", code="supervisor_designates")
    lead = _unit(work, hand, unit_id, "unit_id")
    assists = [_unit(work, hand, each, "assist_ids") for each in dict.fromkeys(assist_ids) if each != unit_id]
    designated = designated or hand.facts.returns >= hand.facts.max_returns
    ticket = hand.ticket
    suggested = None if work.held is not None else routing.rank(work, ticket, lead.id)
    end_dispatch(hand)
    open_turn(hand, lead, designated=designated, instruction=instruction, limit=limit)
    for unit in assists:
        _add_turn(hand, unit, Part.ASSIST, instruction=instruction)
        messaging.tell_unit(work, ticket, unit.id, TO_ASSIST)
    record(
        hand,
        unit=lead.name,
        unit_id=lead.id,
        assists=[unit.name for unit in assists],
        instruction=instruction,
        designated=designated,
        suggested=suggested,  # at which place this unit was; 0: only others were
    )
    return ticket


def _unit(work: Work, hand: Hand, unit_id: int, field: str) -> Unit:
    unit = work.session.get(Unit, unit_id)
    if unit is None or not unit.active or not unit.path.startswith(hand.ticket.centre_path):
        raise Invalid({field: "所选单位不存在或已停用，请重新选择。"})
    if unit.path == hand.ticket.centre_path:
        raise Invalid({field: "不能交办给中心自己；中心可以直接答复。"})
    refuse_named(hand, unit)
    return unit


def refuse_named(hand: Hand, unit: Unit) -> None:
    """A unit named in a complaint is not assigned to it, nor is one below it (design §7)."""
    if any(unit.path.startswith(path) for path in hand.facts.named_paths):
        raise Refused(f"诉求反映了“{unit.name}”或其上级单位，应当回避，请交其他单位办理。", code="named_unit")


def end_dispatch(hand: Hand) -> None:
    """The centre has done its part: its promise is kept, and its own handling, if not yet begun, never begins."""
    work, ticket = hand.work, hand.ticket
    owed = promising.open_deadlines(work, ticket, DeadlineKind.DISPATCH, DeadlineKind.HANDLE)
    promising.meet(work, [row for row in owed if row.kind is DeadlineKind.DISPATCH], work.now)
    own = [row for row in owed if row.kind is DeadlineKind.HANDLE and row.assignment_id is None]
    promising.drop_unborn(work, own)


def open_turn(
    hand: Hand, unit: Unit, *, designated: bool = False, instruction: str = "", limit: Limit | None = None
) -> Assignment:
    """The lead unit's turn begins with its full limit; what has not fallen due is owed by it from now on."""
    work, ticket = hand.work, hand.ticket
    turn = _add_turn(hand, unit, Part.LEAD, designated=designated, instruction=instruction)
    owner = (unit.id, unit.path)
    promising.promise(work, ticket, DeadlineKind.SIGN, work.now, assignment_id=turn.id, owner=owner)
    handle = promising.promise(
        work, ticket, DeadlineKind.HANDLE, work.now, assignment_id=turn.id, owner=owner, limit=limit
    )
    promising.hand_over(work, ticket, unit.id, unit.path)
    ticket.hops += 1
    due = spoken(handle.due_at, work.rules.zone)
    messaging.tell_unit(work, ticket, unit.id, _wording(ticket, designated), due=due)
    for complaint in complaints_of(work, ticket):
        messaging.tell_citizen(work, ticket, complaint, "assigned", unit=unit.name, due=due)
    return turn


def _wording(ticket: Ticket, designated: bool) -> str:
    """How a unit is told that a ticket is its to lead: one of `TO_LEAD`."""
    if designated:
        return "unit_designated"
    return "unit_rework" if ticket.round > 1 else "unit_assigned"


def _add_turn(hand: Hand, unit: Unit, part: Part, *, designated: bool = False, instruction: str = "") -> Assignment:
    turn = Assignment(
        ticket_id=hand.ticket.id,
        round=hand.ticket.round,
        part=part,
        unit_id=unit.id,
        unit_path=unit.path,
        designated=designated,
        instruction=instruction,
        assigned_at=hand.work.now,
    )
    holding.add_turn(hand.work, turn)
    return turn


def recall(work: Work, number: str, reason: str, *, version: int | None = None) -> Ticket:
    """收回交办: before the unit has signed, the dispatcher may take it back and assign it anew. A text about it that
    has not left yet does not leave; a unit that was told of it is told that it is over."""
    hand = take(work, number, "recall", version=version)
    give_back(hand, Ending.WITHDRAWN)
    for complaint in complaints_of(work, hand.ticket):
        messaging.cancel_queued(work, complaint.id, "assigned")
    messaging.cancel_notices(work, hand.ticket.id, *TO_LEAD, TO_ASSIST)
    for turn in (hand.turn, *hand.assists):
        if messaging.was_noticed(work, hand.ticket.id, turn.unit_id, turn.assigned_at, *TO_LEAD, TO_ASSIST):
            messaging.tell_unit(work, hand.ticket, turn.unit_id, "unit_recalled")
    record(hand, unit_id=hand.turn.unit_id, reason=reason)
    return hand.ticket


def give_back(hand: Hand, ending: Ending) -> None:
    """The turn ends and its promises with it; the centre has the ticket again and a new time to assign it."""
    work, ticket = hand.work, hand.ticket
    end_turns(hand, ending)
    promising.hand_over(work, ticket, ticket.centre_id, ticket.centre_path)
    begin_dispatch(work, ticket)


def end_turns(hand: Hand, ending: Ending, *, assists_too: bool = True) -> None:
    """End the lead turn; void what its unit owed for it. A kept signature stays kept."""
    work = hand.work
    turns = [hand.turn, *(hand.assists if assists_too else [])]
    for turn in turns:
        turn.ended_at, turn.ending = work.now, ending
    settling.lapse_requests(work, hand.ticket, "承办单位已变更，申请自动失效。")
    if ending is not Ending.TRANSFERRED:
        settling.lift_orders(work, hand.turn)
    owed = promising.open_deadlines(work, hand.ticket, DeadlineKind.SIGN, DeadlineKind.HANDLE)
    promising.void(work, [row for row in owed if row.assignment_id == hand.turn.id], ending.value)
    work.session.flush()


def begin_dispatch(work: Work, ticket: Ticket) -> None:
    """Accepted, or given back: to be assigned in time; and if not, the centre owes the handling itself."""
    dispatch = promising.promise(work, ticket, DeadlineKind.DISPATCH, work.now)
    own = promising.open_deadlines(work, ticket, DeadlineKind.HANDLE)
    if not any(row.assignment_id is None and row.round == ticket.round for row in own):
        promising.promise(work, ticket, DeadlineKind.HANDLE, dispatch.due_at)


def candidates(work: Work, ticket: Ticket) -> Sequence[Unit]:
    """The units that this ticket may be assigned to, in the order of the tree."""
    query = (
        sa.select(Unit)
        .where(Unit.active, Unit.path.startswith(ticket.centre_path), Unit.path != ticket.centre_path)
        .order_by(Unit.path)
    )
    named = set(ticket.named_unit_ids)
    return [
        unit
        for unit in work.session.scalars(query)
        if named.isdisjoint(int(part) for part in unit.path.strip("/").split("/"))
    ]
