"""What is true of every ticket after every step, whoever took it: each a function named after what it says."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise
from typing import Any

import sqlalchemy as sa

from hotline.domain.policy import Policy
from hotline.domain.workflow import BY_NAME, ENDED, WITH_UNIT, State, Target
from hotline.models import (
    Assignment,
    Complaint,
    Deadline,
    DeadlineKind,
    Ending,
    Event,
    Extension,
    Part,
    Pause,
    Return,
    Supervision,
    Survey,
    Ticket,
)
from hotline.services.work import Work

Kind = DeadlineKind
SILENT = frozenset({"note", "add", "urge", "withdraw_own"})  # steps that move nothing
#: Lines that are no step of this ticket's.
BESIDE = frozenset({"receive", "joined", "separated", "risk", "warn", "breach"})
LEADS_TO: dict[str, set[str]] = {
    Target.WORK: {State.ASSIGNED, State.HANDLING, State.SUPERVISED},
    Target.FORMER: {State.RECEIVED, State.ACCEPTED},
}
WITH_LEAD = WITH_UNIT | {State.SUBMITTED}


@dataclass
class Past:
    """What was seen before and may not change any more."""

    started: dict[int, datetime] = field(default_factory=dict)
    levels: dict[tuple[int, int], int] = field(default_factory=dict)
    events: dict[int, tuple[Any, ...]] = field(default_factory=dict)


@dataclass
class Story:
    """Everything that is written about one ticket."""

    ticket: Ticket
    now: datetime
    policy: Policy
    past: Past
    events: list[Event]
    deadlines: list[Deadline]
    turns: list[Assignment]
    complaints: list[Complaint]
    surveys: list[Survey]
    orders: list[Supervision]
    returns: list[Return]
    extensions: list[Extension]
    pauses: list[Pause]

    def of(self, *kinds: Kind) -> list[Deadline]:
        return [row for row in self.deadlines if row.kind in kinds]

    @property
    def leads(self) -> list[Assignment]:
        return [turn for turn in self.turns if turn.part is Part.LEAD]


TICKETS = (
    sa.select(Ticket).where(Ticket.number.in_(sa.bindparam("numbers", expanding=True))).order_by(Ticket.id)
)  # put together once: it is read after every step
OF_TICKETS: dict[Any, sa.Select[Any]] = {
    model: sa.select(model).where(model.ticket_id.in_(sa.bindparam("ids", expanding=True))).order_by(model.id)
    for model in (Event, Deadline, Assignment, Complaint, Survey, Supervision, Return, Extension, Pause)
}


def read(work: Work, numbers: list[str], past: Past) -> list[Story]:
    """Read it all, oldest first."""
    tickets = work.session.scalars(TICKETS, {"numbers": numbers}).all()
    ids = [ticket.id for ticket in tickets]
    rows: dict[tuple[Any, int], list[Any]] = {(model, id): [] for model in OF_TICKETS for id in ids}
    for model, query in OF_TICKETS.items():
        for row in work.session.scalars(query, {"ids": ids}):
            rows[model, row.ticket_id].append(row)
    return [
        Story(
            ticket,
            work.now,
            work.rules.policy(ticket.policy_version_id),
            past,
            *(rows[model, ticket.id] for model in OF_TICKETS),
        )
        for ticket in tickets
    ]


def is_open(row: Deadline) -> bool:
    return row.met_at is None and row.void_at is None


def the_history_is_unbroken(s: Story) -> None:
    assert (s.events[0].step, s.events[0].from_state) == ("receive", None)
    assert all(after.from_state == before.to_state for before, after in pairwise(s.events))
    assert s.events[-1].to_state == s.ticket.state


def every_move_stands_in_the_table(s: Story) -> None:
    for event in s.events:
        if event.step in BESIDE or (event.actor_kind == "system" and event.from_state == event.to_state):
            assert event.step == "receive" or event.from_state == event.to_state
            continue
        step = BY_NAME[event.step]
        assert event.from_state in step.states, event.step
        allowed = {event.from_state} if step.target is Target.STAY else LEADS_TO.get(step.target, {step.target})
        assert event.to_state in allowed, (event.step, event.to_state)


def the_version_counts_the_moves(s: Story) -> None:
    assert s.events[0].version == 1
    for before, after in pairwise(s.events):
        by_the_clock = after.actor_kind == "system" and after.step in BESIDE | {"supervise"}
        is_raised = after.step == "risk" and "urgency" in after.data and after.to_state == State.RECEIVED
        moves = after.step not in SILENT and (not by_the_clock or is_raised or after.from_state != after.to_state)
        assert after.version - before.version == moves, after.step
    assert s.events[-1].version == s.ticket.version


def a_unit_has_it_or_the_centre(s: Story) -> None:
    opened = [turn for turn in s.leads if turn.ended_at is None]
    assert len(opened) == (s.ticket.state in WITH_LEAD)
    if s.ticket.state is not State.VOIDED:  # withdrawn from a unit's desk it stays in that unit's view
        assert s.ticket.unit_id == (opened[0].unit_id if s.ticket.state in WITH_UNIT else s.ticket.centre_id)
    if s.ticket.state not in WITH_LEAD:
        assert all(turn.ended_at is not None for turn in s.turns), "assisting units go with the lead"
    assert s.ticket.hops == len(s.leads)


def what_is_promised_to_the_citizen_is_owed_by_who_has_it(s: Story) -> None:
    for row in s.of(Kind.REPLY, Kind.CLOSE):
        if is_open(row) and row.due_at > s.now:
            assert row.unit_id == s.ticket.unit_id, row.kind


def each_caller_has_one_reply_promise(s: Story) -> None:
    promised = Counter(row.complaint_id for row in s.of(Kind.REPLY))
    assert promised == {each.id: 1 for each in s.complaints if each.wants_reply}
    assert s.ticket.heat == sum(each.withdrawn_at is None for each in s.complaints)


def who_has_taken_it_back_is_owed_nothing(s: Story) -> None:
    gone = {each.id for each in s.complaints if each.withdrawn_at is not None}
    assert not [row for row in s.of(Kind.REPLY) if row.complaint_id in gone and is_open(row)]
    assert s.ticket.ended_at is not None or len(gone) < len(s.complaints), "somebody waits for it, or it has ended"


def each_round_has_one_close_promise(s: Story) -> None:
    assert Counter(row.round for row in s.of(Kind.CLOSE)) == dict.fromkeys(range(1, s.ticket.round + 1), 1)


def each_turn_has_one_limit(s: Story) -> None:
    for kind in (Kind.SIGN, Kind.HANDLE):
        owed = {row.assignment_id: row for row in s.of(kind) if row.assignment_id}
        assert sorted(owed) == [turn.id for turn in s.leads] and len(owed) == sum(
            row.assignment_id is not None for row in s.of(kind)
        )
        for turn in s.leads:
            assert turn.ended_at is None or not is_open(owed[turn.id]), "a turn that is over owes nothing"


def what_the_state_waits_for_is_owed(s: Story) -> None:
    waits = {State.RECEIVED: Kind.ACCEPT, State.ACCEPTED: Kind.DISPATCH, State.SUBMITTED: Kind.CHECK}
    for state, kind in waits.items():
        owed = sum(is_open(row) for row in s.of(kind))
        if state is s.ticket.state:
            assert owed == 1, kind
        elif not (kind is Kind.DISPATCH and s.ticket.state is State.RECEIVED):
            assert owed == 0, kind


def times_are_in_order(s: Story) -> None:
    for row in s.deadlines:
        assert row.started_at <= row.original_due_at <= row.due_at
        assert all(row.started_at <= at for at in (row.met_at, row.offered_at) if at is not None), row.kind
        assert (row.void_at is None) == (row.void_reason is None)
    assert (s.ticket.paused_until is not None) == (s.ticket.state is State.PAUSED)
    assert (s.ticket.ended_at is not None) == (s.ticket.state in ENDED)


def a_promise_in_force_never_restarts(s: Story) -> None:
    for row in s.deadlines:
        before = s.past.started.get(row.id, row.started_at)
        assert row.started_at == before or (row.started_at < before and s.now < before)
        s.past.started[row.id] = row.started_at


def what_is_owed_is_watched_and_what_is_not_is_left_alone(s: Story) -> None:
    for row in s.deadlines:
        rungs = s.policy.rungs(row.kind.value)
        at_the_top = bool(rungs) and row.rank >= rungs[-1].rank
        if is_open(row) and row.offered_at is None:
            assert row.next_at is not None or at_the_top, row.kind
        elif row.next_at is not None:
            ended = row.met_at or row.offered_at
            assert row.void_at is None and ended is not None and row.next_at <= ended, "only what was missed before"


def what_has_ended_owes_nothing_but_the_answer_and_the_explanation(s: Story) -> None:
    owed = {row.kind for row in s.deadlines if is_open(row)}
    left = {
        State.CLOSED: {Kind.EXPLAIN},
        State.DECLINED: {Kind.EXPLAIN, Kind.REPLY},
        State.MERGED: set(),
        State.VOIDED: set(),
    }
    assert owed <= left.get(s.ticket.state, set(Kind)), owed


def nothing_is_closed_behind_anybodys_back(s: Story) -> None:
    if s.ticket.state is State.CLOSED:
        assert all(each.reached_at for each in s.complaints if each.wants_reply)
        assert all(row.met_at for row in s.of(Kind.REPLY, Kind.HANDLE, Kind.CLOSE) if row.void_at is None)


def limits_on_asking_hold(s: Story) -> None:
    assert sum(row.granted is True for row in s.returns) <= 2
    assert not any(turn.designated and turn.ending is Ending.RETURNED for turn in s.turns)
    assert sum(row.granted is True for row in s.pauses) <= 1
    granted = Counter(row.deadline_id for row in s.extensions if row.granted)
    assert {row.id: row.extensions for row in s.deadlines if row.extensions} == granted
    assert all(count <= 2 for count in Counter(row.round for row in s.extensions if row.granted).values())


def no_request_outlives_its_turn(s: Story) -> None:
    opened = {turn.id for turn in s.turns if turn.ended_at is None}
    requests: list[Return | Extension | Pause] = [*s.returns, *s.extensions, *s.pauses]
    for row in requests:
        if row.granted is None:
            assert s.ticket.state in WITH_UNIT and row.assignment_id in opened
    for pause in s.pauses:
        if pause.granted:
            assert pause.from_at is not None and pause.from_at <= (pause.resumed_at or pause.until)


def supervision_only_rises_and_holds_who_has_it(s: Story) -> None:
    key = (s.ticket.id, s.ticket.round)
    assert s.ticket.level >= s.past.levels.get(key, 0)
    s.past.levels[key] = s.ticket.level
    if s.ticket.state is State.SUPERVISED:
        assert any(row.lifted_at is None and s.ticket.unit_path.startswith(row.unit_path) for row in s.orders)


def only_the_answered_are_asked(s: Story) -> None:
    for row in s.surveys:
        if row.answered_at is None and row.expired_at is None:
            assert (s.ticket.state, row.round) == (State.REPLIED, s.ticket.round)
            assert row.complaint_id in {each.id for each in s.complaints}
        else:
            assert row.next_at is None


def history_is_never_changed(s: Story) -> None:
    seen = {row.id: (row.step, row.from_state, row.to_state, row.version, row.happened_at) for row in s.events}
    before = {id: line for id, line in s.past.events.items() if line[0] == s.ticket.id}
    assert {id: line[1:] for id, line in before.items()}.items() <= seen.items()
    s.past.events |= {id: (s.ticket.id, *line) for id, line in seen.items()}


def the_history_alone_tells_how_it_stands(s: Story) -> None:
    """State, round and holder, replayed from the lines."""
    state, rounds, lead, holder = "", 1, 0, s.ticket.centre_id
    for event in s.events:
        state = event.to_state
        rounds += event.step == "rework"
        if event.step in ("assign", "transfer", "transfer_supervised"):
            lead = event.data["unit_id"]
        holder = lead if State(state) in WITH_UNIT else holder if state == State.VOIDED else s.ticket.centre_id
    assert (state, rounds, holder) == (s.ticket.state, s.ticket.round, s.ticket.unit_id)


def a_merged_ticket_lives_on_in_another(s: Story) -> None:
    assert (s.ticket.state is State.MERGED) == (s.ticket.merged_into_id is not None)
    if s.ticket.state is State.MERGED:
        assert s.complaints == []


INVARIANTS: tuple[Callable[[Story], None], ...] = (
    the_history_is_unbroken,
    every_move_stands_in_the_table,
    the_version_counts_the_moves,
    a_unit_has_it_or_the_centre,
    what_is_promised_to_the_citizen_is_owed_by_who_has_it,
    each_caller_has_one_reply_promise,
    who_has_taken_it_back_is_owed_nothing,
    each_round_has_one_close_promise,
    each_turn_has_one_limit,
    what_the_state_waits_for_is_owed,
    times_are_in_order,
    a_promise_in_force_never_restarts,
    what_is_owed_is_watched_and_what_is_not_is_left_alone,
    what_has_ended_owes_nothing_but_the_answer_and_the_explanation,
    nothing_is_closed_behind_anybodys_back,
    limits_on_asking_hold,
    no_request_outlives_its_turn,
    supervision_only_rises_and_holds_who_has_it,
    only_the_answered_are_asked,
    history_is_never_changed,
    the_history_alone_tells_how_it_stands,
    a_merged_ticket_lives_on_in_another,
)
