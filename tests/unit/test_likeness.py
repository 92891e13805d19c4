"""Whether two complaints are of the same matter: place and matter must both agree (`domain/rules.md` §11)."""

from __future__ import annotations

import csv
import itertools
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotline.domain.likeness import (
    ENOUGH,
    LOOKED_AT,
    STEP,
    Matter,
    Reading,
    compare,
    likest,
    metres_between,
    weigh,
)
from hotline.domain.marks import marks_of
from hotline.domain.places import place_keys

SAMPLES = Path(__file__).parents[3] / "shared" / "data" / "samples"
NOON = datetime(2026, 10, 12, 4, tzinfo=UTC)
HERE = (36.195, 113.117)
LIGHTS, COVERS, NOISE = 603, 602, 101


def matter(text: str, place: str = "", *, at: tuple[float, float] | None = None, kinds: tuple[int, ...] = ()) -> Matter:
    return Matter(text, place, place_keys(place, text), at, kinds, NOON, marks_of(f"{place}\n{text}"))


def north(metres: float) -> tuple[float, float]:
    """A point so far to the north of `HERE`."""
    return HERE[0] + metres / 111_195, HERE[1]


SAME = [
    (matter("香溪路与大桥路口路灯不亮三天了"), matter("大桥路香溪路口的路灯坏了，晚上看不见")),
    (matter("路灯不亮", "香溪路"), matter("香溪路那边路灯又不亮了")),
    (matter("路灯不亮", "香溪路12号"), matter("门口路灯不亮两天", "香溪路12号门前")),
    (
        matter("夜里施工太吵睡不着", "滨河花园小区", kinds=(NOISE,)),
        matter("半夜打桩，孩子要高考", "滨河花园", kinds=(NOISE,)),
    ),
    (matter("路灯不亮", at=HERE), matter("这边路灯不亮", at=north(60))),
    (matter("路灯全灭了", "大桥路", at=HERE, kinds=(LIGHTS,)), matter("黑灯瞎火", at=north(60), kinds=(LIGHTS,))),
    # one community, written in two ways; one thing, called by two names
    (matter("搅拌站噪音大", "金桂园·滨河苑"), matter("搅拌厂噪声大，机器不停", "金桂园滨河花园")),
    (matter("搅拌站粉尘大", "万家丽新城"), matter("搅拌站扬尘大", "万佳丽新城")),
    # one block of an estate, and all of it; where people live is not where it is
    (matter("阳光花园3栋没水"), matter("阳光花园停水，3至7栋没水")),
    (matter("阳光花园3栋没水了"), matter("阳光花园全部没水了")),
    (matter("我住阳光花园3栋，搅拌站噪音大"), matter("住在阳光花园7栋，搅拌站噪音大")),
    # no place, but the same car, the same shop, the same policy
    (matter("晋E12345渣土车抛洒"), matter("渣土车沿路抛洒，车号晋E·12345", "香溪路")),
    (matter("老张头烧烤店油烟呛人"), matter("老张头烧烤城油烟太大")),
    (matter("人才购房补贴申请不通过"), matter("咨询人才购房补贴，申请一直不通过")),
]
OTHER = [
    # the same road, another matter: place alone is wrong
    (matter("香溪路路灯不亮"), matter("香溪路井盖丢了，很危险")),
    (matter("路灯不亮", at=HERE), matter("井盖丢了", at=HERE)),
    (matter("路灯不亮", "滨河花园小区", kinds=(LIGHTS,)), matter("小区门口井盖没了", "滨河花园小区", kinds=(COVERS,))),
    # the same words, another place: words alone are wrong
    (matter("香溪路路灯不亮"), matter("建设路路灯不亮")),
    (matter("路灯不亮"), matter("路灯不亮")),
    (matter("路灯不亮", at=HERE), matter("路灯不亮", at=north(600))),
    # one long road: another junction, another door, another end of it
    (matter("香溪路与大桥路口路灯不亮"), matter("香溪路与人民路口路灯不亮")),
    (matter("路灯不亮", "香溪路12号"), matter("路灯不亮", "香溪路388号")),
    (matter("路灯不亮", "香溪路", at=HERE), matter("路灯不亮", "香溪路", at=north(900))),
    (matter("香溪路12号烧烤油烟"), matter("香溪路98号烧烤油烟")),
    # one block, phase or half of an estate and the other, on the map as well
    (matter("阳光花园3栋电梯坏了"), matter("阳光花园7栋电梯困人", kinds=(LIGHTS,))),
    (matter("3栋电梯坏了", at=HERE), matter("7栋电梯坏了", at=north(60))),
    (matter("幸福里一期电梯坏"), matter("幸福里二期电梯坏")),
    (matter("金桂园东区垃圾没人收"), matter("金桂园西区垃圾没人收")),
    # branches of one chain, or of one shop
    (matter("沃尔玛超市卖过期食品，香溪路店"), matter("沃尔玛超市卖过期食品，建设路店")),
    (matter("香溪路的老张头烧烤店油烟呛人"), matter("建设路的老张头烧烤店油烟呛人")),
    # one half of an estate and the other
    (matter("搅拌站噪音大", "滨河东苑"), matter("搅拌站噪音大", "滨河西苑")),
    # the same car, shop or policy, and another matter
    (matter("晋E12345渣土车抛洒"), matter("晋E12345占用盲道停放")),
    (matter("老张头烧烤店油烟呛人"), matter("老张头烧烤店拖欠工资")),
    (matter("社保断缴能不能购房"), matter("人才落户要不要社保")),
    # half a sentence that ends like a name is no place
    (matter("严重影响小区居民，路灯不亮"), matter("未经小区同意，路灯不亮")),
    # what everybody says is no likeness
    (matter("尊敬的领导您好，我要反映香溪路的问题"), matter("领导好，反映香溪路这边的情况，请尽快处理")),
    (matter("", "香溪路"), matter("", "香溪路")),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_the_same_matter(one: Matter, other: Matter) -> None:
    assert compare(one, other).score >= ENOUGH


@pytest.mark.parametrize(("one", "other"), OTHER)
def test_not_the_same_matter(one: Matter, other: Matter) -> None:
    assert compare(one, other).score < ENOUGH


@pytest.mark.parametrize(
    ("one", "other", "because"),
    [
        (SAME[0][0], SAME[0][1], "都在大桥路、香溪路，都说到“路灯”。"),
        (SAME[4][0], SAME[4][1], "相距约50米，都说到“路灯不亮”。"),
        (SAME[3][0], SAME[3][1], "都在滨河花园，是同一类问题。"),
        (SAME[5][0], SAME[5][1], "相距约50米，是同一类问题。"),
    ],
)
def test_the_reason_is_told(one: Matter, other: Matter, because: str) -> None:
    assert compare(one, other).because == because


@pytest.mark.parametrize(
    ("one", "other", "words"),
    [
        # each reads the word that he has written himself
        ("滨河花园搅拌厂灰尘大，烧烤摊也脏", "滨河花园搅拌站扬尘，饭店太脏", ("搅拌厂灰尘", "烧烤")),
        ("滨河花园搅拌站扬尘，饭店太脏", "滨河花园搅拌厂灰尘大，烧烤摊也脏", ("搅拌站扬尘", "饭店")),
        # no scraps of words
        ("阳光花园楼一层电梯坏", "阳光花园楼一层电梯困人", ("一层电梯",)),
        ("滨河花园路灯不亮", "滨河花园路灯不太亮", ("路灯",)),
        ("滨河花园的停车费很高", "滨河花园停车费很贵", ("停车费",)),
    ],
)
def test_the_words_in_common_are_whole_words_of_the_reader(one: str, other: str, words: tuple[str, ...]) -> None:
    assert compare(matter(one), matter(other)).words == words


def test_what_no_word_tells_is_not_alike() -> None:
    scrap = compare(matter("在滨河花园，号灯很", at=HERE), matter("滨河花园，灯很", at=HERE))
    assert scrap.words == () and scrap.score == 0 < scrap.at_best


def test_a_long_story_is_told_by_its_first_words() -> None:
    """What comes late by chance (物业, 电动车 …) does not make two stories one; the matter itself is said first."""
    late = "，".join(["另外说一句，电动车充电桩不够", "快递柜收费太高", "晒衣服没有地方"])
    lamp, cover = (f"{first}，{'说了很多次也没有结果，' * 6}{late}" for first in ("路灯不亮", "井盖丢了"))
    assert compare(matter(lamp, "滨河花园"), matter(cover, "滨河花园")).score < ENOUGH
    assert compare(matter(lamp, "滨河花园"), matter("路灯不亮，看不见路", "滨河花园")).score >= ENOUGH


def test_the_same_caller_stands_for_a_place_that_is_not_named() -> None:
    said = Reading(matter("路灯不亮三天了"))
    assert weigh(said, Reading(matter("路灯还是不亮")), same_caller=True).score >= ENOUGH
    assert weigh(said, Reading(matter("井盖丢了")), same_caller=True).score < ENOUGH
    here, there = (Reading(matter("路灯不亮", place)) for place in ("香溪路", "建设路"))
    assert weigh(here, there, same_caller=True).score == 0, "one caller, two places"


def test_what_kind_it_is_is_asked_of_the_likeliest_only() -> None:
    asked: list[int] = []

    def is_of_its_kind(index: int) -> bool:
        asked.append(index)
        return index == 3

    others = [(Reading(matter("路灯不亮", "滨河花园")), False) for _ in range(30)]
    others[3] = (Reading(matter("黑灯瞎火", "滨河花园")), False)
    found = likest(Reading(matter("路灯不亮", "滨河花园")), [*others[:4], (Reading(matter("")), False)], is_of_its_kind)
    assert [index for index, _ in found] == [0, 1, 2, 3] and found[3][1].kind
    assert asked == [3], "what is said in the same words is as alike as can be"
    asked.clear()
    partly = [(Reading(matter("路灯一闪一闪，整夜", "滨河花园")), False) for _ in range(30)]
    likest(Reading(matter("路灯不亮，树枝挡着，看不见", "滨河花园")), partly, is_of_its_kind)
    assert len(asked) == LOOKED_AT


def test_what_is_near_is_more_alike_than_what_is_far() -> None:
    scores = [
        compare(matter("路灯不亮", at=HERE), matter("路灯不亮", at=north(m))).score for m in (0, 99, 200, 400, 501)
    ]
    assert scores == sorted(scores, reverse=True)
    assert (scores[0], scores[1], scores[-1]) == (1.0, 1.0, 0.0)


def test_what_is_long_ago_counts_a_little_less() -> None:
    new = matter("路灯不亮", "香溪路")
    fresh, old, ancient = (
        compare(new, Matter("路灯不亮", "香溪路", ("香溪路",), received_at=NOON - timedelta(days=days))).score
        for days in (6, 30, 600)
    )
    assert fresh > old > ancient > fresh * 0.79


@pytest.mark.parametrize(
    ("one", "other", "metres"),
    [
        ((0.0, 0.0), (0.0, 0.0), 0),
        ((0.0, 0.0), (0.0, 180.0), 20_015_087),
        ((39.9042, 116.4074), (31.2304, 121.4737), 1_067_310),  # 北京 – 上海
        ((0.0, 179.9995), (0.0, -179.9995), 111),
        ((90.0, 0.0), (90.0, 120.0), 0),
    ],
)
def test_metres_over_the_sphere(one: tuple[float, float], other: tuple[float, float], metres: int) -> None:
    assert metres_between(one, other) == pytest.approx(metres, rel=1e-3, abs=0.5)


degrees = st.tuples(st.floats(-90, 90), st.floats(-180, 180))


@given(degrees, degrees)
def test_a_distance_is_the_same_both_ways_and_never_more_than_half_round(
    one: tuple[float, float], other: tuple[float, float]
) -> None:
    there = metres_between(one, other)
    assert 0 <= there <= 20_015_100
    assert there == pytest.approx(metres_between(other, one), abs=1e-3)


words = st.text("路灯不亮井盖丢了香溪大桥0123号，。 ", max_size=30)
matters = st.builds(matter, words, words, at=st.none() | st.tuples(st.floats(36, 36.01), st.floats(113, 113.01)))


@given(matters, matters)
def test_likeness_is_mutual_and_bounded(one: Matter, other: Matter) -> None:
    there, back = compare(one, other), compare(other, one)
    assert there.score == back.score
    assert 0 <= there.score <= 1
    assert there.metres is None or (there.metres >= STEP and there.metres % STEP == 0)
    assert str(there.because)


@given(matters)
def test_everything_is_like_itself_unless_it_names_no_place_or_no_matter(one: Matter) -> None:
    itself = compare(one, one)
    assert itself.score == 0 or itself.score >= ENOUGH
    assert itself.score == 0 or itself.words


@pytest.mark.skipif(not SAMPLES.exists(), reason="the published messages are not part of the product")
def test_on_real_messages_one_matter_is_found_again_and_others_are_left_out() -> None:
    """The mixing plant at 丽发新城: of the pairs that two teams put together more than half are found by title and
    places alone, without any position; of all other messages of that city one in a thousand is taken for it."""
    with (SAMPLES / "tdb2020_hotspot_votes.csv").open(encoding="utf-8-sig", newline="") as file:
        votes = {row["留言编号"]: row for row in csv.DictReader(file)}
    with (SAMPLES / "tdb2020_messages_hotspot.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    plant, others = [], []
    for row in rows:
        told = Matter(row["留言主题"], "", place_keys("", f"{row['留言主题']}。{row['留言详情'].strip()}"))
        vote = votes.get(row["留言编号"])
        if vote is None and "搅拌" not in row["留言主题"] + row["留言详情"]:
            others.append(told)
        elif vote is not None and vote["问题"] == "搅拌站噪音扬尘" and int(vote["队伍票数"]) >= 2:
            plant.append(told)
    pairs = list(itertools.combinations(plant, 2))
    strangers = list(itertools.product(plant[::5], others[::4]))
    assert len(pairs) > 1000 and len(strangers) > 10_000
    assert sum(compare(*pair).score >= ENOUGH for pair in pairs) / len(pairs) > 0.5
    assert sum(compare(*pair).score >= ENOUGH for pair in strangers) / len(strangers) < 0.001
