"""考核评分: each city's scheme gives what its own rule says; what is wrong with a scheme is named all at once."""

from __future__ import annotations

import re
import tomllib
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.scoring import load_schemes
from hotline.domain.score_facts import NAMES, Facts, Measured, together
from hotline.domain.score_terms import half_up
from hotline.domain.scoring import Scheme, SchemeError, Score, ranks

ROOT = Path(__file__).resolve().parents[2]
SCHEMES = load_schemes()
Told = dict[str, Any]


def share(part: int, whole: int) -> Measured:
    return Measured(Fraction(part), Fraction(whole))


def events(**by_source: dict[int, int]) -> Measured:
    """By source: how many cases have so many of the thing."""
    told = {source: {Fraction(each): count for each, count in cases.items()} for source, cases in by_source.items()}
    return Measured(Fraction(sum(e * n for cases in by_source.values() for e, n in cases.items())), None, told)


def amount(value: str) -> Measured:
    return Measured(Fraction(value))


def mean(days: str, of: int = 1) -> Measured:
    return Measured(Fraction(days) * of, Fraction(of))


#: Scheme, facts, what comes out, worked by hand from the city's own formula (rules.md §15).
WORKED: list[tuple[str, Told, str]] = [
    # 处置率 97/100×30 + 按期 90/100×20 + (1−3/100)×20 + (1−3/100)×20 + (1−8/100)×10
    (
        "jinniu_szcg",
        {"handle.kept": share(97, 100), "handle.on_time": share(90, 100), "rework_rate": share(3, 100),
         "handle.missing": share(3, 100), "extension_rate": share(8, 100)},
        "95.10",
    ),
    (
        "jinniu_szcg",
        {"handle.kept": share(7, 7), "handle.on_time": share(7, 7), "rework_rate": share(0, 7),
         "handle.missing": share(0, 7), "extension_rate": share(0, 7)},
        "100.00",
    ),
    # more reworks than matters: the term stops at 0, it does not take from the others
    (
        "jinniu_szcg",
        {"handle.kept": share(2, 2), "handle.on_time": share(1, 2), "rework_rate": share(3, 2),
         "handle.missing": share(0, 2), "extension_rate": share(0, 2)},
        "70.00",
    ),
    # 受理量 30 − 500×0.002 = 29; 满意率 0.9×30 = 27; (2 − 1.5)×10 = 5; two matters with five: −2; overdue: 0
    (
        "jinniu_wlzz",
        {"received": amount("500"), "satisfied_rate": share(9, 10), "mean_days": mean("1.5", 4),
         "repeats": events(citizen={5: 1, 7: 1, 4: 9}), "handle.late": share(1, 100)},
        "79.00",
    ),
    # half a day: (2 − 0.5)×10 = 15, held to 10; nothing overdue: the full 10
    (
        "jinniu_wlzz",
        {"received": amount("0"), "satisfied_rate": share(1, 1), "mean_days": mean("0.5")},
        "100.00",
    ),
    # thirty days: held to 0; 25 matters: the cap of 20
    (
        "jinniu_wlzz",
        {"received": amount("0"), "satisfied_rate": share(1, 1), "mean_days": mean("30"),
         "repeats": events(citizen={5: 25}), "handle.missing": share(3, 3)},
        "60.00",
    ),
    # both thresholds reached: full marks though 95 and 80 percent
    (
        "jinhua",
        {"handle.kept": share(95, 100), "handle.on_time": share(80, 100), "urgent.handle.kept": share(5, 5),
         "urgent.handle.on_time": share(19, 20)},
        "100.0",
    ),
    # 结案率 45/50÷0.9 is full; 按期 35 % is half of 70 %: 15 of 30
    (
        "jinhua",
        {"handle.kept": share(90, 100), "handle.on_time": share(35, 100), "urgent.handle.kept": share(4, 5),
         "urgent.handle.on_time": share(5, 5)},
        "82.0",
    ),
    # reworks: two of one ticket 0.4, four of another 0.2+0.2+0.5+0.5 = 1.4; of a media ticket 0.2 doubled
    (
        "jinhua",
        {"handle.kept": share(10, 10), "handle.on_time": share(10, 10), "urgent.handle.kept": share(1, 1),
         "urgent.handle.on_time": share(1, 1), "reworks": events(citizen={2: 1, 4: 1}, media={1: 1})},
        "97.8",
    ),
    # refusal of a leader's matter: doubled
    (
        "jinhua",
        {"handle.kept": share(10, 10), "handle.on_time": share(10, 10), "urgent.handle.kept": share(1, 1),
         "urgent.handle.on_time": share(1, 1), "refusals": events(leader={1: 1}),
         "failed_samples": events(citizen={1: 1})},
        "97.0",
    ),
    ("zhunger", {"sign_on_time": share(9, 10), "solved_rate": share(8, 10), "satisfied_rate": share(1, 2)}, "72.50"),
    # nobody answered the survey: its 35 points go to the others in proportion, (27 + 28)/65×100
    ("zhunger", {"sign_on_time": share(9, 10), "solved_rate": share(8, 10)}, "84.62"),
]  # fmt: skip


@pytest.mark.parametrize(("key", "facts", "expected"), WORKED)
def test_a_citys_scheme_gives_what_its_rule_says(key: str, facts: Told, expected: str) -> None:
    assert SCHEMES[key].score(Facts(facts)).total == Decimal(expected)


def test_a_score_tells_why_line_by_line() -> None:
    key, facts, _ = WORKED[0]
    score = SCHEMES[key].score(Facts(facts))
    assert score.lines[0].told == "30 × 97/100 = 29.1"
    assert score.lines[2].told == "20 × （1 − 3/100） = 19.4"
    assert sum(line.points or 0 for line in score.lines) == Fraction("95.1")
    assert score.grade is not None and (score.grade.name, score.grade.colour) == ("达标", "green")
    assert score.cases == 100
    kept = Score.from_dict(score.as_dict(), SCHEMES[key].grades)
    assert kept.as_dict() == score.as_dict() and kept.total == score.total


def test_of_whom_nothing_is_known_there_is_no_score() -> None:
    score = SCHEMES["jinniu_szcg"].score(Facts())
    assert score.total is None and score.grade is None and score.cases == 0


def test_the_full_score_is_never_reached_by_rounding() -> None:
    facts = {**WORKED[1][1], "handle.on_time": share(99_999, 100_000)}
    assert SCHEMES["jinniu_szcg"].score(Facts(facts)).total == Decimal("99.99")


def scheme(**more: Any) -> Told:
    """A small scheme as a file would give it."""
    term = {"name": "处理率", "kind": "rate", "fact": "handle.kept", "points": 100}
    return {"name": "试", "version": "1", "full": 100, "minimum": 0, "term": [term]} | more


def test_a_bonus_comes_on_top_of_the_full_score() -> None:
    steps = [{"from": "85 %", "points": 2}, {"from": "95 %", "points": 5}]
    bonus = {"name": "满意加分", "kind": "steps", "fact": "satisfied_rate", "bonus": True, "steps": steps}
    rules = Scheme.from_mapping("x", scheme(term=[*scheme()["term"], bonus]))
    told = {"handle.kept": share(10, 10)}
    for satisfied, expected in ((share(84, 100), 100), (share(85, 100), 102), (share(95, 100), 105)):
        assert rules.score(Facts({**told, "satisfied_rate": satisfied})).total == expected
    assert rules.score(Facts(told)).total == 100


@pytest.mark.parametrize(("word", "expected"), [("full", 75), ("zero", 25), ("spread", 50)])
def test_what_a_share_of_nothing_is_worth_says_the_scheme(word: str, expected: int) -> None:
    terms = [
        {"name": "处理率", "kind": "rate", "fact": "handle.kept", "points": 50},
        {"name": "满意率", "kind": "rate", "fact": "satisfied_rate", "points": 50},
    ]
    rules = Scheme.from_mapping("x", scheme(term=terms, empty=word))
    assert rules.score(Facts({"handle.kept": share(1, 2)})).total == expected


def test_all_that_is_wrong_with_a_scheme_is_named_at_once() -> None:
    terms = [
        {"name": "甲", "kind": "rate", "fact": "handle.kept", "points": 40, "weight": 3},
        {"name": "甲", "kind": "rate", "fact": "received", "points": -1},
        {"name": "丙", "kind": "deduction", "fact": "mean_days", "each": "多", "each_from": 1, "times": {"mayor": 2}},
        {"name": "丁", "kind": "magic"},
        {
            "name": "戊",
            "kind": "steps",
            "fact": "nothing",
            "steps": [{"from": 2, "points": 1}, {"from": 1, "points": 2}],
        },
        {"name": "己", "kind": "line", "fact": "received", "points": 5, "least": 9, "base": 0, "slope": 1},
    ]
    grades = [{"name": "好", "colour": "blue", "from": 50}]
    with pytest.raises(SchemeError) as caught:
        Scheme.from_mapping("x", scheme(term=terms, grade=grades, minimum=-1, empty="perhaps", colour="red"))
    told = str(caught.value)
    for expected in (
        "term[1].weight：不认识该项",
        "term[2].fact：“受理量”不是比率",
        "term[2].points：“-1”应为 0 至 10000 之间的数",
        "term[3].fact：“平均办理天数”不是一件一件的事",
        "term[3].each：“多”应为",
        "term[3].each_from：应与 nth 一起写",
        "term[3].times.mayor：不认识这个来源",
        "term[4].kind：不认识“magic”",
        "term[5].fact：不认识“nothing”",
        "term[5].steps：各档的 from 与 points 应从低到高",
        "term[6].least：不能大于 points",
        "grade[1].colour：“blue”应为",
        "grade：最低一等的 from 应不高于最低分 0",
        "term：有两项都叫“甲”",
        "minimum：“-1”应为",
        "empty：“perhaps”应为",
        "colour：不认识该项",
    ):
        assert expected in told, expected


def test_the_points_must_add_up_to_the_full_score() -> None:
    with pytest.raises(SchemeError, match="各项分值合计 100，应与 full 的 95 相等"):
        Scheme.from_mapping("x", scheme(full=95))


def test_every_scheme_that_ships_can_be_kept_and_read_back() -> None:
    for key, each in SCHEMES.items():
        kept = each.as_dict()
        again = Scheme.from_mapping(key, kept["mapping"])
        assert again == each and again.checksum == kept["checksum"]
        assert sum(term.points for term in each.terms) == each.full


def test_the_scheme_in_the_documents_can_be_used() -> None:
    """As it stands there, by a city that has put it into its folder."""
    text = (ROOT / "docs" / "scoring.md").read_text(encoding="utf-8")
    mapping = tomllib.loads(text.split("```toml\n")[1].split("```")[0])
    rules = Scheme.from_mapping("own", mapping)
    perfect = {
        "handle.kept": share(5, 5),
        "rework_rate": share(0, 5),
        "mean_days": mean("1"),
        "satisfied_rate": share(1, 1),
    }
    assert rules.score(Facts(perfect)).total == Decimal("102.0") and rules.most == 102
    named = set(re.findall(r"`([a-z_.]+)`", text.split("## 用得上的数据")[1].split("## 名次")[0]))
    facts = {name for name in NAMES if name.count(".") == 0 or name.startswith(("card.", "handle."))}
    assert facts <= named, facts - named


def test_a_citys_own_files_stand_beside_those_that_ship(tmp_path: Path) -> None:
    own = tmp_path / "scoring.toml"
    own.write_text((ROOT / "config/scoring/zhunger.toml").read_text(encoding="utf-8"), encoding="utf-8")
    (tmp_path / "points.toml").write_text("full = 1", encoding="utf-8")
    found = load_schemes(lambda name: own if name == "scoring.toml" else None)
    assert next(iter(found)) == "own" and found["own"].name == "准格尔旗三率" and len(found) == len(SCHEMES) + 1
    with pytest.raises(SchemeError, match=r"points\.toml name：缺少该项"):
        load_schemes(lambda name: tmp_path / name if name == "points.toml" else None)


def test_the_same_score_has_the_same_rank_and_the_next_is_skipped() -> None:
    scores = {"a": Decimal("90.0"), "b": Decimal("95.5"), "c": Decimal("90.0"), "d": Decimal("80.1")}
    assert ranks(scores) == {"b": 1, "a": 2, "c": 2, "d": 4}


@given(st.dictionaries(st.integers(), st.decimals(0, 100, places=1), max_size=30))
def test_ranks_are_as_the_scores_are(scores: dict[int, Decimal]) -> None:
    found = ranks(scores)
    assert found.keys() == scores.keys()
    for one, score in scores.items():
        assert found[one] == 1 + sum(other > score for other in scores.values())


CASES = st.dictionaries(st.integers(1, 6).map(Fraction), st.integers(1, 5), max_size=4)


@given(
    st.integers(0, 20),
    st.dictionaries(st.sampled_from(["citizen", "leader", "media"]), CASES, max_size=3),
    st.sampled_from(["citizen", "leader", "media"]),
    st.integers(1, 6),
)
def test_one_more_thing_that_is_taken_off_for_never_raises_a_score(
    kept: int, had: dict[str, dict[Fraction, int]], source: str, more: int
) -> None:
    base = {"handle.kept": share(kept, 20), "handle.on_time": share(kept, 20), "urgent.handle.kept": share(1, 1)}
    before, one = (
        Facts({**base, "reworks": Measured(Fraction(0), None, had)}),
        Facts({"reworks": events(**{source: {more: 1}})}),
    )
    rules = SCHEMES["jinhua"]
    less, full = rules.score(together([before, one])).total, rules.score(before).total
    assert less is not None and full is not None and rules.least <= less <= full <= rules.most


@given(st.fractions(-1000, 1000), st.integers(0, 4))
def test_rounding_is_half_up_and_exact(value: Fraction, places: int) -> None:
    unit = Fraction(1, 10**places)
    off = Fraction(half_up(value, places)) - value
    assert -unit / 2 <= off <= unit / 2 and (abs(off) < unit / 2 or (off > 0) == (value > 0))


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=6))
def test_a_unit_with_all_below_it_is_the_sum_of_them(parts: list[tuple[int, int]]) -> None:
    found = together(Facts({"handle.kept": share(part, part + more)}) for part, more in parts)["handle.kept"]
    assert found.part == sum(p for p, _ in parts) and (found.whole or 0) == sum(p + m for p, m in parts)
