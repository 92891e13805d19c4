"""The deadline policy: which limit holds for whom, the ladder, and a file that says what is wrong with it."""

from __future__ import annotations

import json
from copy import deepcopy
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.calendars import load_china
from config.policy import load_policy
from hotline.domain.deadlines import due_at
from hotline.domain.ladder import LEVELS
from hotline.domain.lengths import nominal_minutes, on_the_clock_of, pace_of, part_of, plus
from hotline.domain.limits import Limit, LimitUnit
from hotline.domain.policy import Policy, PolicyError
from hotline.domain.policy_rules import KINDS, REQUEST_TYPES, SOURCES, URGENCIES

POLICY = load_policy()


def limit(kind: str, condition: str | None = None, **whose: Any) -> str:
    return str(POLICY.limit(kind, condition=Limit.parse(condition) if condition else None, **whose))


# ---- which limit holds ----


@pytest.mark.parametrize(
    ("whose", "condition", "expected"),
    [
        # 济南条例 24, 潍坊条例 20: five working days; a question that cannot be answered at once, two
        ({}, None, "5 working_days"),
        ({"request_type": "complaint"}, None, "5 working_days"),
        ({"request_type": "question"}, None, "2 working_days"),
        # 运城: the condition decides, shorter or longer than the ordinary limit, whatever the request type
        ({}, "2 urgent_hours", "2 urgent_hours"),
        ({}, "15 working_days", "15 working_days"),
        ({"request_type": "question"}, "4 office_hours", "4 office_hours"),
        # 北京: 24 hours for what is urgent, and then it runs day and night
        ({"urgency": "urgent"}, None, "24 urgent_hours"),
        ({"urgency": "urgent", "request_type": "question"}, None, "24 urgent_hours"),
        ({"urgency": "urgent"}, "2 urgent_hours", "2 urgent_hours"),
        ({"urgency": "urgent"}, "4 office_hours", "4 urgent_hours"),
        ({"urgency": "urgent"}, "5 working_days", "24 urgent_hours"),
        ({"urgency": "urgent"}, "2 natural_days", "24 urgent_hours"),
        # special sources have their own clock; the condition can only shorten it
        ({"source": "leader"}, None, "10 natural_days"),
        ({"source": "leader"}, "3 working_days", "3 natural_days"),
        ({"source": "leader"}, "15 working_days", "10 natural_days"),
        ({"source": "petition"}, None, "50 natural_days"),
        ({"source": "petition", "request_type": "question"}, None, "50 natural_days"),
        ({"source": "media"}, "5 working_days", "3 working_days"),
        ({"source": "media"}, "4 urgent_hours", "4 urgent_hours"),
        ({"source": "opinion"}, "1 working_days", "24 urgent_hours"),
        ({"source": "opinion", "urgency": "urgent"}, None, "12 urgent_hours"),
        ({"source": "leader", "urgency": "urgent"}, None, "24 urgent_hours"),
    ],
)
def test_the_limit_for_handling(whose: dict[str, str], condition: str | None, expected: str) -> None:
    assert limit("handle", condition, **whose) == expected


@pytest.mark.parametrize(
    ("kind", "whose", "condition", "expected"),
    [
        ("accept", {}, None, "2 office_hours"),
        ("accept", {"urgency": "urgent"}, None, "30 urgent_minutes"),
        ("accept", {"source": "inspection"}, None, "30 urgent_minutes"),  # 反馈问题不过夜
        ("dispatch", {"source": "inspection"}, None, "60 urgent_minutes"),
        ("dispatch", {"source": "inspection"}, "2 urgent_hours", "30 urgent_minutes"),
        ("dispatch", {}, None, "1.5 office_hours"),
        ("dispatch", {}, "2 urgent_hours", "30 urgent_minutes"),
        ("sign", {}, "4 office_hours", "60 office_minutes"),
        ("sign", {}, None, "1 working_days"),
        ("sign", {"source": "petition"}, None, "1 working_days"),
        ("check", {}, "2 urgent_hours", "4 urgent_hours"),
        ("reply", {}, None, "7 working_days"),
        ("close", {}, None, "11 working_days"),
        ("reply", {}, "4 office_hours", "12 office_hours"),
        ("reply", {}, "2 urgent_hours", "26 urgent_hours"),
        ("reply", {"source": "opinion"}, None, "48 urgent_hours"),  # 国办发〔2016〕61号
        ("reply", {"source": "opinion", "urgency": "urgent"}, None, "24 urgent_hours"),
        ("reply", {"source": "opinion", "urgency": "urgent"}, "90 office_minutes", "24 urgent_hours"),
        ("reply", {"urgency": "urgent"}, "90 office_minutes", "1530 urgent_minutes"),
        ("survey", {}, None, "3 natural_days"),
        ("explain", {}, None, "2 working_days"),
    ],
)
def test_the_limits_around_it(kind: str, whose: dict[str, str], condition: str | None, expected: str) -> None:
    assert limit(kind, condition, **whose) == expected


def test_every_kind_has_a_limit_for_everybody() -> None:
    for source in SOURCES:
        for urgency in URGENCIES:
            assert {kind: POLICY.limit(kind, source=source, urgency=urgency) for kind in KINDS}


def test_a_petition_is_closed_within_sixty_days_of_acceptance() -> None:
    """信访工作条例 34."""
    assert nominal_minutes(POLICY.limit("close", source="petition")) <= nominal_minutes(Limit.parse("60 natural_days"))


limits = st.builds(
    Limit,
    st.integers(1, 60) | st.fractions(Fraction(1, 2), 10, max_denominator=4),
    st.sampled_from(LimitUnit),
)
whole_limits = limits.filter(lambda one: not one.unit.is_days or one.amount.denominator == 1)
whose = st.fixed_dictionaries(
    {
        "source": st.sampled_from(sorted(SOURCES)),
        "urgency": st.sampled_from(sorted(URGENCIES)),
        "condition": st.none() | whole_limits,
        "request_type": st.none() | st.sampled_from(sorted(REQUEST_TYPES)),
    }
)
moments = st.integers(0, 330 * 24 * 60).map(
    lambda minute: datetime(2025, 12, 20, tzinfo=UTC) + timedelta(minutes=minute)
)


@given(whose)
def test_the_promises_run_on_the_clock_of_the_handling_one_after_the_other(whose: dict[str, Any]) -> None:
    handle, reply, close = (POLICY.limit(kind, **whose) for kind in ("handle", "reply", "close"))
    assert pace_of(handle) is pace_of(reply) is pace_of(close)
    assert nominal_minutes(handle) < nominal_minutes(reply) < nominal_minutes(close)


@given(whose, moments)
def test_who_is_on_time_at_every_step_keeps_the_promises(whose: dict[str, Any], accepted: datetime) -> None:
    """Each step taken at the last moment of its own limit; promises started at acceptance are kept all the same."""
    calendar = load_china()

    def due(kind: str, start: datetime) -> datetime:
        return due_at(calendar, start, POLICY.limit(kind, **whose))

    checked = due("check", due("handle", due("dispatch", accepted)))
    assert checked <= due("reply", accepted)
    assert due("survey", due("reply", accepted)) <= due("close", accepted)


@given(limits, limits)
def test_on_another_clock_a_limit_only_becomes_tighter(one: Limit, other: Limit) -> None:
    assert nominal_minutes(on_the_clock_of(one, other)) <= nominal_minutes(one)


@given(limits, limits)
def test_a_sum_is_on_the_same_clock_or_refused(one: Limit, other: Limit) -> None:
    if pace_of(one) is not pace_of(other):
        with pytest.raises(ValueError, match="different clocks"):
            plus(one, other)
    else:
        assert nominal_minutes(plus(one, other)) == nominal_minutes(one) + nominal_minutes(other)


@pytest.mark.parametrize(
    "words",
    [{"source": "mayor"}, {"urgency": "danger"}, {"request_type": "咨询"}, {"kind": "finish"}],
)
def test_words_that_no_policy_knows_are_refused_and_the_known_ones_named(words: dict[str, str]) -> None:
    asked: dict[str, Any] = {"kind": "handle"} | words
    with pytest.raises(PolicyError, match="可用的有"):
        POLICY.limit(**asked)


# ---- warnings ----


@pytest.mark.parametrize(
    ("kind", "length", "expected"),
    [
        ("handle", "5 working_days", "4 working_days"),
        ("handle", "3 working_days", "2 working_days"),
        ("handle", "1 working_days", "4 office_hours"),
        ("handle", "1 natural_days", "12 urgent_hours"),
        ("handle", "2 urgent_hours", "96 urgent_minutes"),
        ("accept", "30 urgent_minutes", "24 urgent_minutes"),
        ("dispatch", "1.5 office_hours", "72 office_minutes"),
        ("handle", "1 urgent_minutes", None),
        ("survey", "3 natural_days", None),
    ],
)
def test_a_warning_comes_at_four_fifths_of_the_time(kind: str, length: str, expected: str | None) -> None:
    warned = POLICY.warn_limit(kind, Limit.parse(length))
    assert (str(warned) if warned else None) == expected


@given(whole_limits, moments)
def test_a_warning_never_comes_after_the_due_time(length: Limit, start: datetime) -> None:
    warned = part_of(length, Fraction(4, 5))
    if warned is not None:
        assert due_at(load_china(), start, warned) <= due_at(load_china(), start, length)


# ---- the ladder ----


def test_the_ladder_rises_from_reminder_to_exposure() -> None:
    assert [rung.level for rung in POLICY.ladder] == list(LEVELS)
    assert [rung.rank for rung in POLICY.ladder] == [1, 2, 3, 4, 5]
    assert [rung.name for rung in POLICY.ladder] == ["催办", "督办", "黄牌", "红牌", "通报"]
    assert [rung.deduction for rung in POLICY.ladder] == sorted(rung.deduction for rung in POLICY.ladder)


def test_only_an_order_and_above_demands_an_explanation() -> None:
    assert [rung.explain is not None for rung in POLICY.ladder] == [False, True, True, True, True]


@pytest.mark.parametrize(
    ("kind", "highest"),
    [("accept", "order"), ("dispatch", "order"), ("check", "order"), ("sign", "order"), ("explain", "remind"),
     ("survey", "remind"), ("reply", "red"), ("handle", "exposure"), ("close", "exposure")],
)  # fmt: skip
def test_how_far_each_promise_climbs(kind: str, highest: str) -> None:
    assert POLICY.rungs(kind)[0].level == "remind"
    assert POLICY.rungs(kind)[-1].level == highest


def test_a_red_card_is_copied_to_the_mayor_and_costs_ten() -> None:
    red = POLICY.rung("red")
    assert red.copies == ("unit_head", "vice_mayor", "mayor")
    assert red.deduction == Decimal(10)
    with pytest.raises(PolicyError, match="black"):
        POLICY.rung("black")


# ---- counts ----


def test_counts_of_returns_extensions_pauses_appeals() -> None:
    assert (str(POLICY.returns.within), POLICY.returns.times) == ("2 working_days", 2)
    assert (POLICY.extensions.times, POLICY.extensions.adds) == (2, None)
    assert (POLICY.pauses.days, POLICY.pauses.times) == (366, 1)
    assert (str(POLICY.reopen), POLICY.survey.tries, POLICY.appeals.times) == ("7 natural_days", 2, 1)


def test_a_petition_is_extended_once_by_thirty_days() -> None:
    """信访工作条例 34."""
    rule = POLICY.extension("petition")
    assert (rule.times, str(rule.adds)) == (1, "30 natural_days")
    assert POLICY.extension("citizen") == POLICY.extensions


# ---- reading and writing ----


def test_what_is_stored_as_json_reads_back_the_same() -> None:
    stored = json.loads(json.dumps(POLICY.to_mapping()))
    assert Policy.from_mapping(stored) == POLICY
    assert Policy.from_mapping(stored).effective_from == date(2000, 1, 1)


def changed(path: str, value: object) -> dict[str, Any]:
    mapping = deepcopy(POLICY.to_mapping())
    *parents, last = path.split(".")
    table: Any = mapping
    for key in parents:
        table = table[int(key) if key.isdigit() else key]
    table[int(last) if last.isdigit() else last] = value
    return mapping


@pytest.mark.parametrize(
    ("path", "value", "named"),
    [
        ("version", "", "version"),
        ("effective_from", "2026年1月", "effective_from"),
        ("handle.normal", "0 working_days", "handle.normal"),
        ("handle.normal", "5 fortnights", "handle.normal"),
        ("handle.normal", 5, "handle.normal"),
        ("handle.types.咨询", "1 working_days", "handle.types.咨询"),
        ("handel", {}, "handel"),
        ("paces", [], "paces"),
        ("paces.working.reply", "2 natural_days", "paces.working.reply"),
        ("paces.working.reply", "1 working_days", "paces.working.reply"),
        ("paces.working.close", "5 working_days", "paces.working.close"),
        ("paces.office.reply", "4 office_hours", "paces.office.reply"),
        ("paces.urgent.close", "100 urgent_hours", "paces.urgent.close"),
        ("sources.press", {}, "sources.press"),
        ("sources.media.urgnt", {}, "sources.media.urgnt"),
        ("sources.opinion.urgent.reply", "6 urgent_hours", "sources.opinion.urgent.reply"),
        ("sources.opinion.urgent.reply", "2 working_days", "sources.opinion.urgent.reply"),
        ("sources.media.normal.survey", "1 natural_days", "sources.media.normal.survey"),
        ("sources.citizen", {"normal": {"reply": "3 working_days"}}, "sources.citizen.normal.handle"),
        ("warnings.default", "1", "warnings.default"),
        ("warnings.default", "often", "warnings.default"),
        ("ladder.0.level", "nudge", r"ladder\[1\].level"),
        ("ladder.1.kinds", ["handel"], r"ladder\[2\].kinds"),
        ("ladder.1.kinds", ["handle", "explain"], r"ladder\[2\].kinds"),
        ("ladder.2.kinds", ["handle", "dispatch"], r"ladder\[3\].kinds"),
        ("ladder.2.copies", ["president"], r"ladder\[3\].copies"),
        ("ladder.2.after", "1 office_hours", "ladder"),
        ("ladder.2.deduction", "-5", r"ladder\[3\].deduction"),
        ("ladder.3.deduction", "1", "ladder"),
        ("ladder.2.level", "remind", "ladder"),
        ("ladder", [], "ladder"),
        ("ladder", "steep", "ladder"),
        ("returns.times", "2", "returns.times"),
        ("returns.times", True, "returns.times"),
        ("pauses.days", 0, "pauses.days"),
        ("extensions.petition.adds", "soon", "extensions.petition.adds"),
        ("survey.tries", 9, "survey.limit"),
    ],
)
def test_a_fault_is_named_by_its_place(path: str, value: object, named: str) -> None:
    with pytest.raises(PolicyError, match=named) as refusal:
        Policy.from_mapping(changed(path, value))
    assert len(refusal.value.reasons) == 1, refusal.value.reasons


def test_all_faults_are_named_at_once() -> None:
    mapping = changed("handle.normal", "never")
    mapping["pauses"]["days"] = -1
    mapping["surprise"] = 1
    del mapping["appeals"]
    with pytest.raises(PolicyError) as refusal:
        Policy.from_mapping(mapping)
    places = {reason.split("：")[0] for reason in refusal.value.reasons}
    assert places == {"handle.normal", "pauses.days", "surprise", "appeals"}


words = st.text(max_size=8)
nonsense = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | words,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=3),
)


@given(nonsense, st.sampled_from(sorted(POLICY.to_mapping())))
def test_nonsense_is_refused_and_never_crashes(nonsense: Any, key: str) -> None:
    try:
        Policy.from_mapping(changed(key, nonsense))
    except PolicyError as refusal:
        assert refusal.reasons


@pytest.mark.parametrize("content", [b"version = ", '版本 = "一"'.encode("gb18030")])
def test_a_broken_file_is_refused_with_its_name(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "own.toml"
    path.write_bytes(content)
    with pytest.raises(PolicyError, match=r"own\.toml"):
        load_policy(path)
