"""Many hands on one ticket at the same moment: one does it, the others are told; nobody is forgotten."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
import sqlalchemy as sa

from hotline.domain.actors import SYSTEM, ActorKind
from hotline.domain.errors import HotlineError, Refused, Stale
from hotline.domain.workflow import State
from hotline.models import (
    Assignment,
    Channel,
    Citizen,
    Complaint,
    DeadlineKind,
    Event,
    Extension,
    Message,
    Pause,
    Survey,
    Ticket,
)
from hotline.services import (
    accepting,
    appealing,
    assigning,
    checking,
    citizens,
    closing,
    enforcing,
    extending,
    handling,
    merging,
    pausing,
    receiving,
    replying,
    returning,
    reworking,
    surveying,
    sweeping,
)
from hotline.services.work import Work
from tests.city import City, at
from tests.races.hands import Deed, at_once, doing, done, refused

EIGHT = 8
PHONE = "+8619900000001"
ANSWER = "您反映的路灯已修复，感谢监督。联系电话0320-0002101。"


def complaints_on(city: City, number: str) -> list[Complaint]:
    query = sa.select(Complaint).join(Ticket, Ticket.id == Complaint.ticket_id).where(Ticket.number == number)
    return city.rows(query.order_by(Complaint.id))


def by_citizen(number: str, doing: Callable[[Work, Complaint, Ticket], object]) -> Deed:
    """What a citizen does on the page of that complaint."""

    def deed(work: Work) -> object:
        complaint = citizens.find_complaint(work, number)
        assert complaint is not None
        return doing(work, complaint, citizens.ticket_of(work, complaint))

    return deed


def all_are_well(city: City) -> None:
    """Every complaint is on a ticket that lives or was answered; no line of history was lost or doubled."""
    for ticket in city.rows(sa.select(Ticket)):
        events = city.rows(sa.select(Event).where(Event.ticket_id == ticket.id).order_by(Event.id))
        assert [each.from_state for each in events[1:]] == [each.to_state for each in events[:-1]]
        assert events[-1].to_state == ticket.state
        moves = [each for each in events if each.from_state != each.to_state or each.actor_kind is not ActorKind.SYSTEM]
        bumping = [each.version for each in moves if each.step not in ("note", "add", "urge", "withdraw_own")]
        assert bumping == sorted(set(bumping))
        standing = [each for each in complaints_on(city, ticket.number) if each.withdrawn_at is None]
        assert ticket.heat == len(standing)
        assert (ticket.heat == 0) == (ticket.state in (State.MERGED, State.VOIDED))
    for complaint in city.rows(sa.select(Complaint)):
        ticket = city.rows(sa.select(Ticket).where(Ticket.id == complaint.ticket_id))[0]
        if ticket.state in (State.REPLIED, State.CLOSED):
            assert complaint.answered_at is not None or complaint.withdrawn_at is not None


STEPS: list[tuple[str, str, str, Deed | Callable[[Work, str], object]]] = [
    ("received", "accept", "olga", accepting.accept),
    ("accepted", "answer", "olga", lambda w, n: replying.answer(w, n, ANSWER)),
    ("accepted", "decline", "dora", lambda w, n: accepting.decline(w, n, "不属本市", "省热线12345")),
    ("assigned", "sign", "hans", handling.sign),
    ("assigned", "recall", "dora", lambda w, n: assigning.recall(w, n, "派错了单位")),
    ("assigned", "return", "hans", lambda w, n: returning.give_back_to_centre(w, n, "不属本单位")),
    ("handling", "submit", "hans", lambda w, n: handling.submit(w, n, "已更换灯头，恢复照明。")),
    ("submitted", "approve", "sven", checking.approve),
    ("submitted", "send_back", "sven", lambda w, n: checking.send_back(w, n, "仍有一盏不亮")),
    ("resolved", "reply", "olga", lambda w, n: replying.reply(w, n, ANSWER)),
    ("replied", "rework", "sven", lambda w, n: reworking.rework(w, n, "抽查未解决")),
]


@pytest.mark.parametrize(("state", "step", "who", "act"), STEPS, ids=[step for _, step, _, _ in STEPS])
def test_one_of_eight_takes_the_step(
    city: City, state: str, step: str, who: str, act: Callable[[Work, str], object]
) -> None:
    number = city.receive(phone=PHONE).number if state == "received" else getattr(city, state)(phone=PHONE)
    results = at_once(city, [(who, lambda work: act(work, number))] * EIGHT)
    assert len(done(results)) == 1
    assert all(isinstance(each, HotlineError) for each in refused(results))
    assert city.steps(number).count(step) == 1
    all_are_well(city)


def test_with_the_version_that_was_seen_the_others_are_told_what_happened(city: City) -> None:
    number = city.accepted()
    seen = city.ticket(number).version
    units = [city.unit_id(key) for key in ("lamps", "parks", "county", "lamps-east")] * 2
    deeds: list[tuple[str, Deed]] = [("dora", doing(assigning.assign, number, unit, version=seen)) for unit in units]
    results = at_once(city, deeds)
    assert len(done(results)) == 1
    for each in refused(results):
        assert isinstance(each, Stale)
        assert [change["step"] for change in each.changes] == ["assign"]
    assert len(city.rows(sa.select(Assignment))) == 1


def test_one_extension_is_asked_for_and_one_approval_counts(city: City) -> None:
    number = city.handling()
    (before,) = city.deadlines(number, DeadlineKind.HANDLE)
    for _ in range(2):
        asked = at_once(city, [("hans", lambda work: extending.request(work, number, "等待灯杆到货"))] * EIGHT)
        assert len(done(asked)) == 1
        assert {each.code for each in refused(asked)} == {"extension_waiting"}
        granted = at_once(
            city, [(who, lambda work: extending.decide(work, number, True, "同意")) for who in ("dora", "sven", "sara")]
        )
        assert len(done(granted)) == 1
        assert {each.code for each in refused(granted)} == {"no_extension"}
    (after,) = city.deadlines(number, DeadlineKind.HANDLE)
    assert (after.extensions, after.original_due_at) == (2, before.due_at)
    assert after.due_at == at("2026-11-02 18:00")
    third = at_once(city, [("hans", lambda work: extending.request(work, number, "再等等"))] * EIGHT)
    assert {each.code for each in refused(third)} == {"extensions_used"}
    assert len(city.rows(sa.select(Extension))) == 2


def test_approval_and_refusal_of_a_pause_meet(city: City) -> None:
    number = city.handling()
    with city.work("hans") as work:
        pausing.request(work, number, "等待雨季结束", date(2026, 10, 20))
    results = at_once(city, [("sven", doing(pausing.decide, number, yes, "")) for yes in (True, False) * 4])
    assert len(done(results)) == 1
    (pause,) = city.rows(sa.select(Pause))
    assert (city.ticket(number).state is State.PAUSED) == pause.granted


@pytest.mark.parametrize(
    ("state", "one", "other"),
    [
        (
            "handling",
            ("hans", lambda w, n: handling.submit(w, n, "已更换灯头，恢复照明。")),
            ("hans", lambda w, n: returning.give_back_to_centre(w, n, "不属本单位")),
        ),
        (
            "submitted",
            ("sven", checking.approve),
            ("olga", lambda w, n: checking.send_back(w, n, "仍有一盏不亮")),
        ),
        (
            "accepted",
            ("dora", lambda w, n: assigning.assign(w, n, 2)),
            ("olga", lambda w, n: replying.answer(w, n, ANSWER)),
        ),
        (
            "assigned",
            ("hans", lambda w, n: returning.give_back_to_centre(w, n, "不属本单位")),
            ("dora", lambda w, n: assigning.recall(w, n, "派错了单位")),
        ),
    ],
    ids=["submit-return", "approve-send_back", "assign-answer", "return-recall"],
)
def test_of_two_opposites_one_happens(
    city: City,
    state: str,
    one: tuple[str, Callable[[Work, str], object]],
    other: tuple[str, Callable[[Work, str], object]],
) -> None:
    number = getattr(city, state)(phone=PHONE)
    results = at_once(city, [(who, doing(act, number)) for who, act in (one, other) * 4])
    assert len(done(results)) == 1
    all_are_well(city)


def test_two_tickets_merged_into_each_other(city: City) -> None:
    first, second = city.accepted(phone=PHONE), city.receive(phone="+8619900000002").number
    pairs = [(first, second), (second, first)] * 4
    results = at_once(city, [("olga", doing(merging.merge, *pair)) for pair in pairs])
    assert len(done(results)) == 1
    assert {city.ticket(number).heat for number in (first, second)} == {0, 2}
    all_are_well(city)


def test_merges_of_overlapping_tickets_in_opposite_order(city: City) -> None:
    numbers = [city.accepted(phone=f"+861990000000{each}") for each in range(4)]
    ring = [(numbers[each], numbers[(each + 1) % 4]) for each in range(4)]
    back = [(into, number) for number, into in ring]
    results = at_once(city, [("dora", doing(merging.merge, *pair)) for pair in ring + back])
    assert done(results)
    living = [number for number in numbers if city.ticket(number).state is State.ACCEPTED]
    assert sum(len(complaints_on(city, number)) for number in living) == 4
    all_are_well(city)


def test_a_merge_is_taken_back_by_eight_while_others_join(city: City) -> None:
    first, second, third = city.accepted(), city.accepted(phone=PHONE), city.accepted()
    with city.work("dora") as work:
        merging.merge(work, second, first)
    apart: list[tuple[str, Deed]] = [("dora", lambda work: merging.unmerge(work, second, "不是同一路口"))] * 5
    together: list[tuple[str, Deed]] = [
        ("olga", lambda work: merging.merge(work, third, first)),
        ("olga", lambda work: merging.merge(work, first, third)),
        ("dora", lambda work: merging.merge(work, second, third)),
    ]
    results = at_once(city, apart + together)
    assert len(done(results[:5])) <= 2, "a second time only if it had been joined again"
    assert {each.code for each in refused(results)} <= {"wrong_state", "moved", "target_ended"}
    if city.ticket(second).state is State.MERGED:
        with city.work("dora") as work:
            merging.unmerge(work, second, "不是同一路口")
    assert len(complaints_on(city, second)) >= 1
    all_are_well(city)


@pytest.mark.parametrize("again", range(3))
def test_who_joins_while_the_answer_goes_out_is_answered_too(city: City, again: int) -> None:
    target = city.resolved(phone=PHONE)
    joining = [city.receive(phone=f"+861990000001{each}").number for each in range(6)]
    deeds: list[tuple[str, Deed]] = [("olga", doing(merging.merge, number, target)) for number in joining]
    deeds.insert(again * 2, ("olga", lambda work: replying.reply(work, target, ANSWER)))
    results = at_once(city, deeds)
    assert refused(results) == []
    assert city.ticket(target).state is State.REPLIED
    assert all(each.answered_at is not None for each in complaints_on(city, target))
    texts = city.rows(sa.select(Message).where(Message.purpose == "answered"))
    asked = city.rows(sa.select(Survey))
    assert len(texts) == len({each.complaint_id for each in texts}) == 7
    assert len(asked) == len({each.complaint_id for each in asked}) == 7
    all_are_well(city)


def test_rework_appeal_and_close_meet(city: City) -> None:
    number = city.handling()
    city.now = at("2026-11-02 09:00")
    with city.work("hans") as work:
        handling.submit(work, number, "已更换灯头，恢复照明。")
    with city.work("sven") as work:
        checking.approve(work, number)
    with city.work("olga") as work:
        replying.reply(work, number, ANSWER)
    assert city.ticket(number).state is State.CLOSED
    reason = "又不亮了，请尽快处理"
    results = at_once(
        city,
        [
            ("citizen", by_citizen(number, lambda w, c, t: citizens.not_solved(w, c, t, reason))),
            ("sven", lambda work: reworking.rework(work, number, reason)),
            ("hans", lambda work: appealing.appeal(work, number, "当日暴雨预警停止作业")),
            ("hans", lambda work: appealing.appeal(work, number, "当日暴雨预警停止作业")),
            ("olga", lambda work: closing.close(work, number)),
            ("citizen", by_citizen(number, lambda w, c, t: citizens.not_solved(w, c, t, reason))),
        ],
    )
    steps = city.steps(number)
    assert steps.count("rework") == 1
    assert steps.count("appeal") <= 1
    assert len(done(results)) == 1 + steps.count("appeal")
    assert city.ticket(number).round == 2
    assert [row.round for row in city.deadlines(number, DeadlineKind.CLOSE)] == [1, 2]


def test_the_last_answer_closes_it_once(city: City) -> None:
    number = city.replied(phone=PHONE)
    with city.work("citizen") as work:
        complaint = citizens.find_complaint(work, number)
        assert complaint is not None
        citizens.read(work, complaint, citizens.ticket_of(work, complaint))
    scoring = by_citizen(number, lambda w, c, t: citizens.score(w, c, t, 5, "", "sms"))
    calling: Deed = lambda work: surveying.log(work, number, number, True, 3, "")  # noqa: E731
    results = at_once(city, [("citizen", scoring), ("olga", calling)] * 4)
    assert len(done(results)) == 1
    assert all(isinstance(each, Refused) for each in refused(results))
    (survey,) = city.rows(sa.select(Survey))
    assert survey.score in (3, 5)
    assert city.steps(number).count("close") == 1


def test_the_question_expires_while_it_is_answered(city: City) -> None:
    number = city.replied(phone=PHONE)
    with city.work("olga") as work:
        replying.log_call(work, number, number, "")
    for _ in range(2):
        city.now = max(city.now, city.rows(sa.select(Survey))[0].next_at)
        with city.work() as work:
            sweeping.ask_surveys(work)
    city.now = city.rows(sa.select(Survey))[0].next_at
    scoring = by_citizen(number, lambda w, c, t: citizens.score(w, c, t, 5, "", "sms"))
    at_once(city, [("citizen", scoring), (SYSTEM, sweeping.ask_surveys)] * 4)
    (survey,) = city.rows(sa.select(Survey))
    assert survey.score == 5, "expired or not, the citizen's word counts"
    assert survey.next_at is None
    assert city.steps(number).count("close") == 1


def test_the_same_phone_complains_eight_times_at_once(city: City) -> None:
    intakes = [
        receiving.Intake(text=f"香溪路{each}号路灯不亮", channel=Channel.SMS, phone=PHONE) for each in range(EIGHT)
    ]
    receipts = at_once(city, [("citizen", doing(receiving.receive, each)) for each in intakes])
    assert refused(receipts) == []
    assert len({receipt.number for receipt in receipts}) == EIGHT
    assert len(city.rows(sa.select(Citizen))) == 1
    assert len(city.rows(sa.select(Complaint))) == len(city.rows(sa.select(Ticket))) == EIGHT


def test_one_intake_sent_eight_times_at_once_is_one_complaint(city: City) -> None:
    intake = receiving.Intake(text="路灯不亮", channel=Channel.API, phone=PHONE, idempotency_key="form-1")
    receipts = at_once(city, [("citizen", lambda work: receiving.receive(work, intake))] * EIGHT)
    assert refused(receipts) == []
    assert len({receipt.number for receipt in receipts}) == 1
    assert sum(not receipt.repeated for receipt in receipts) == 1
    for model in (Ticket, Complaint, Event, Message):
        assert len(city.rows(sa.select(model))) == 1


def test_urged_eight_times_at_once_counts_once(city: City) -> None:
    number = city.handling(phone=PHONE)
    results = at_once(city, [("citizen", by_citizen(number, citizens.urge))] * EIGHT)
    assert len(done(results)) == 1
    assert {each.code for each in refused(results)} == {"urged"}
    assert city.ticket(number).urgings == 1


def test_a_citizen_writes_while_the_ticket_is_joined_to_another(city: City) -> None:
    first, second = city.handling(), city.accepted(phone=PHONE)
    adding = by_citizen(second, lambda w, c, t: citizens.add(w, c, t, "在加油站旁", Channel.WEB))
    results = at_once(city, [("dora", lambda work: merging.merge(work, second, first)), *[("citizen", adding)] * 7])
    assert not isinstance(results[0], HotlineError)
    assert {each.code for each in refused(results)} <= {"moved"}
    all_are_well(city)


def test_the_clock_and_the_people_do_not_wait_for_each_other(city: City) -> None:
    numbers = [city.handling(phone=PHONE) for _ in range(4)]
    city.turn(days=30)

    def submit_all(work: Work) -> object:
        return [handling.submit(work, number, "已更换灯头，恢复照明。") for number in numbers]

    def backwards(work: Work) -> object:
        return [replying.note(work, number, "请抓紧") for number in numbers]

    results = at_once(city, [("hans", submit_all), ("olga", backwards), *[(SYSTEM, enforcing.run_pass)] * 6])
    with city.work() as work:
        while enforcing.run_pass(work):
            pass
    assert refused(results) == []
    assert {city.ticket(number).state for number in numbers} == {State.SUBMITTED}
    all_are_well(city)
