"""The chain against a written list: what each role may do in each state, when no guard stands in the way."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from hotline.domain.actors import SYSTEM, Actor, ActorKind, Role, a_citizen
from hotline.domain.errors import NotAllowed, Refused
from hotline.domain.workflow import BY_NAME, ENDED, STAGES, STATE_LABELS, STEPS, Facts, State, allowed, check

NOW = datetime(2026, 10, 12, 1, tzinfo=UTC)
CENTRE, LAMPS, STATION, PARKS = "1/", "1/2/", "1/2/3/", "1/4/"

#: Seen from the person: the steps of one role at its own desk. Requests and orders are open or not as the case says.
EXPECTED: dict[Role, dict[State, str]] = {
    Role.OPERATOR: {
        State.RECEIVED: "accept decline merge void note",
        State.ACCEPTED: "decline merge void answer note",
        State.ASSIGNED: "note",
        State.HANDLING: "note",
        State.PAUSED: "note",
        State.SUPERVISED: "note",
        State.SUBMITTED: "approve send_back note",
        State.RESOLVED: "reply note",
        State.REPLIED: "log_call survey close note",
        State.CLOSED: "note",
        State.DECLINED: "log_call note",
        State.MERGED: "unmerge note",
        State.VOIDED: "note",
    },
    Role.DISPATCHER: {
        State.RECEIVED: "decline merge note",
        State.ACCEPTED: "decline merge assign answer note",
        State.ASSIGNED: "recall transfer note",
        State.HANDLING: "transfer grant_extension refuse_extension grant_pause refuse_pause note",
        State.PAUSED: "note",
        State.SUPERVISED: "transfer_supervised note",
        State.SUBMITTED: "note",
        State.RESOLVED: "note",
        State.REPLIED: "note",
        State.CLOSED: "review_appeal note",
        State.DECLINED: "note",
        State.MERGED: "unmerge note",
        State.VOIDED: "note",
    },
    Role.HANDLER: {
        State.RECEIVED: "",
        State.ACCEPTED: "explain note",
        State.ASSIGNED: "sign return transfer assist explain note",
        State.HANDLING: "return transfer hand_down assist request_extension request_pause explain submit note",
        State.PAUSED: "assist resume explain note",
        State.SUPERVISED: (
            "request_return transfer_supervised hand_down assist request_extension request_pause explain submit note"
        ),
        State.SUBMITTED: "explain note",
        State.RESOLVED: "explain note",
        State.REPLIED: "explain note",
        State.CLOSED: "explain appeal note",
        State.DECLINED: "",
        State.MERGED: "",
        State.VOIDED: "",
    },
    Role.SUPERVISOR: {
        State.RECEIVED: "void accept_explanation refuse_explanation note",
        State.ACCEPTED: "void assign accept_explanation refuse_explanation note",
        State.ASSIGNED: "supervise accept_explanation refuse_explanation note",
        State.HANDLING: (
            "grant_extension refuse_extension grant_pause refuse_pause supervise accept_explanation"
            " refuse_explanation note"
        ),
        State.PAUSED: "resume accept_explanation refuse_explanation note",
        State.SUPERVISED: (
            "grant_return refuse_return grant_extension refuse_extension grant_pause refuse_pause supervise"
            " accept_explanation refuse_explanation lift note"
        ),
        State.SUBMITTED: "accept_explanation refuse_explanation approve send_back note",
        State.RESOLVED: "accept_explanation refuse_explanation reply note",
        State.REPLIED: "accept_explanation refuse_explanation log_call survey close rework note",
        State.CLOSED: "accept_explanation refuse_explanation rework review_appeal note",
        State.DECLINED: "accept_explanation refuse_explanation log_call note",
        State.MERGED: "unmerge note",
        State.VOIDED: "note",
    },
    Role.LEADER: {},
    Role.ADMINISTRATOR: {},
    Role.CITIZEN: {
        **{state: "withdraw withdraw_own add urge" for state in State if state not in ENDED},
        State.RECEIVED: "join withdraw withdraw_own add urge",
        State.REPLIED: "withdraw withdraw_own survey rework add urge",
        State.CLOSED: "rework",
    },
    Role.SYSTEM: {
        State.ASSIGNED: "supervise",
        State.HANDLING: "supervise",
        State.SUPERVISED: "supervise",
        State.PAUSED: "resume_by_clock",
        State.REPLIED: "survey close",
    },
}


def person(role: Role, unit_id: int, path: str, staff_id: int = 7) -> Actor:
    """Somebody with one role at one unit."""
    if role is Role.CITIZEN:
        return a_citizen()
    if role is Role.SYSTEM:
        return SYSTEM
    return Actor(ActorKind.STAFF, "某人", staff_id, frozenset({role}), unit_id, path)


def at_own_desk(role: Role) -> Actor:
    """A handler of the lead unit, everybody else of the city centre."""
    return person(role, 2, LAMPS) if role is Role.HANDLER else person(role, 1, CENTRE)


def facts_for(state: State) -> Facts:
    """A ticket in this state of which every guard that can hold does: all requests wait, all questions are open."""
    with_unit = state not in {State.RECEIVED, State.DECLINED, State.MERGED, State.VOIDED}
    finished = state is State.REPLIED
    return Facts(
        state=state,
        now=NOW,
        centre_path=CENTRE,
        lead_unit_id=2 if with_unit else None,
        lead_path=LAMPS if with_unit else "",
        signed=state is not State.ASSIGNED,
        handle_due_at=NOW + timedelta(days=1),
        return_until=NOW + timedelta(days=1),
        late=True,
        ordered_paths=(LAMPS,) if with_unit else (),
        orders=1 if state is State.SUPERVISED else 0,
        unanswered=0 if finished else 1,
        reopen_until=NOW + timedelta(days=1),
    )


WAITING = ("return", "extension", "pause", "appeal")


def steps_in_any_case(actor: Actor, state: State) -> set[str]:
    """The union over what may be open: requests, an explanation owed or given, callers answered or not, one or two."""
    found: set[str] = set()
    facts = facts_for(state)
    for waiting in (frozenset[str](), frozenset(WAITING)):
        for owes, explained in ((False, False), (True, False), (False, True)):
            for unanswered, unsurveyed, complaints in ((0, 0, 1), (0, 1, 1), (1, 0, 1), (1, 0, 2)):
                case = replace(
                    facts,
                    waiting=waiting,
                    owes_explanation=owes,
                    explained=explained,
                    unanswered=unanswered,
                    unsurveyed=unsurveyed,
                    complaints=complaints,
                )
                found |= {step.name for step in allowed(actor, case)}
    return found


@pytest.mark.parametrize("state", list(State))
@pytest.mark.parametrize("role", list(Role))
def test_each_role_in_each_state(role: Role, state: State) -> None:
    expected = set(EXPECTED[role].get(state, "").split())
    assert steps_in_any_case(at_own_desk(role), state) == expected


def test_every_state_has_a_name_and_every_open_one_a_way_out() -> None:
    assert set(STATE_LABELS) == set(State)
    assert {state for states in STAGES.values() for state in states} == set(State) - (ENDED - {State.CLOSED})
    moving = {state for step in STEPS for state in step.states if step.target not in ("stay",)}
    assert set(State) - ENDED <= moving


def test_a_stranger_unit_may_do_nothing() -> None:
    for role in Role:
        if role in (Role.CITIZEN, Role.SYSTEM):
            continue
        for state in State:
            assert steps_in_any_case(person(role, 4, PARKS), state) == set(), (role, state)


def test_a_unit_below_the_lead_works_and_a_unit_above_does_too() -> None:
    facts = facts_for(State.HANDLING)
    for unit, path in ((3, STATION), (2, LAMPS)):
        assert "submit" in {step.name for step in allowed(person(Role.HANDLER, unit, path), facts)}


def test_nobody_checks_his_own_work() -> None:
    own = Actor(ActorKind.STAFF, "市政处督办", 9, frozenset({Role.SUPERVISOR, Role.HANDLER}), 2, LAMPS)
    with pytest.raises(NotAllowed):
        check(BY_NAME["approve"], own, facts_for(State.SUBMITTED))


def test_nobody_approves_his_own_request() -> None:
    facts = replace(facts_for(State.HANDLING), waiting=frozenset({"extension"}), asked_by={"extension": 7})
    asker = person(Role.SUPERVISOR, 1, CENTRE, staff_id=7)
    with pytest.raises(Refused) as refused:
        check(BY_NAME["grant_extension"], asker, facts)
    assert refused.value.code == "own_request"
    check(BY_NAME["grant_extension"], person(Role.SUPERVISOR, 1, CENTRE, staff_id=8), facts)


def test_the_named_unit_and_those_below_it_may_do_nothing() -> None:
    facts = replace(facts_for(State.HANDLING), named_paths=(LAMPS,))
    for unit, path in ((2, LAMPS), (3, STATION)):
        assert allowed(person(Role.HANDLER, unit, path), facts) == []


REFUSALS = [
    ("return", State.ASSIGNED, {"returns": 2}, "returns_used"),
    ("return", State.ASSIGNED, {"designated": True}, "designated"),
    ("return", State.HANDLING, {"return_until": NOW - timedelta(seconds=1)}, "return_limit"),
    ("request_extension", State.HANDLING, {"extensions": 2}, "extensions_used"),
    ("request_extension", State.HANDLING, {"handle_due_at": NOW - timedelta(seconds=1)}, "overdue"),
    ("request_extension", State.HANDLING, {"waiting": frozenset({"extension"})}, "extension_waiting"),
    ("request_pause", State.HANDLING, {"pauses": 1}, "pause_used"),
    ("submit", State.HANDLING, {"signed": False}, "not_signed"),
    ("submit", State.HANDLING, {"assists_open": 1}, "assists_open"),
    ("appeal", State.CLOSED, {"late": False}, "not_late"),
    ("appeal", State.CLOSED, {"appeals": 1}, "appealed"),
]


@pytest.mark.parametrize(("name", "state", "change", "code"), REFUSALS)
def test_the_guards_say_why_not(name: str, state: State, change: dict[str, object], code: str) -> None:
    actor = at_own_desk(Role.HANDLER)
    check(BY_NAME[name], actor, facts_for(state))
    with pytest.raises(Refused) as refused:
        check(BY_NAME[name], actor, replace(facts_for(state), **change))  # type: ignore[arg-type]
    assert refused.value.code == code


@pytest.mark.parametrize(("change", "code"), [({"unanswered": 1}, "unanswered"), ({"unsurveyed": 1}, "unsurveyed")])
def test_nothing_is_closed_before_everybody_is_answered_and_asked(change: dict[str, int], code: str) -> None:
    facts = replace(facts_for(State.REPLIED), unsurveyed=0)
    check(BY_NAME["close"], SYSTEM, facts)
    with pytest.raises(Refused) as refused:
        check(BY_NAME["close"], SYSTEM, replace(facts, **change))  # type: ignore[arg-type]
    assert refused.value.code == code


def test_exactly_at_the_limit_is_in_time() -> None:
    citizen = a_citizen()
    facts = replace(facts_for(State.CLOSED), reopen_until=NOW)
    check(BY_NAME["rework"], citizen, facts)
    with pytest.raises(Refused):
        check(BY_NAME["rework"], citizen, replace(facts, reopen_until=NOW - timedelta(microseconds=1)))
    check(BY_NAME["rework"], person(Role.SUPERVISOR, 1, CENTRE), replace(facts, reopen_until=NOW - timedelta(days=99)))


def test_under_supervision_the_dispatcher_no_longer_decides() -> None:
    facts = replace(facts_for(State.SUPERVISED), waiting=frozenset({"extension"}))
    with pytest.raises(Refused) as refused:
        check(BY_NAME["grant_extension"], person(Role.DISPATCHER, 1, CENTRE), facts)
    assert refused.value.code == "supervisor_consent"
    check(BY_NAME["grant_extension"], person(Role.SUPERVISOR, 1, CENTRE), facts)


def test_an_order_is_explained_by_the_unit_it_went_to_also_after_its_turn() -> None:
    gone = replace(facts_for(State.ACCEPTED), lead_unit_id=None, lead_path="", owes_explanation=True)
    check(BY_NAME["explain"], at_own_desk(Role.HANDLER), gone)
    with pytest.raises(NotAllowed):
        check(BY_NAME["explain"], person(Role.HANDLER, 4, PARKS), gone)
    to_the_centre = replace(gone, ordered_paths=(CENTRE,))
    check(BY_NAME["explain"], at_own_desk(Role.DISPATCHER), to_the_centre)
    with pytest.raises(NotAllowed):
        check(BY_NAME["explain"], at_own_desk(Role.HANDLER), to_the_centre)
