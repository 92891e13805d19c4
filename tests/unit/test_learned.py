"""What was learned is read back as it was written, says why, and takes the place of what is in use only if better."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotline.domain import judging
from hotline.domain.advising import Advisor, mix
from hotline.domain.guessing import Guesser, Subject
from hotline.domain.learned import REST, BodyError, Contents, Learned, features_of, pack
from hotline.domain.lessons import HELD_BACK, Lesson, Sample, apart, copies_among, voices_of

LAMP, WELL, ODD = "1", "2", "3"


def contents(**more: object) -> Contents:
    """Two labels: 路灯 speaks for the first, 井盖 for the second, the area 东县 for the second, too."""
    given: dict[str, object] = {
        "labels": [LAMP, WELL, REST],
        "tickets": [40, 30, 10],
        "features": ["路灯", "不亮", "井盖", "=area:东县"],
        "rarity": [1.0, 1.5, 1.0, 1.0],
        "weights": [{0: 2.0, 1: -1.0}, {0: 1.0}, {1: 2.0, 0: -1.0}, {1: 0.5}],
        "bias": [-0.5, -0.5, -0.4],
        "sharpness": 2.0,
        "say": 0.6,
    }
    return Contents(**(given | more))  # type: ignore[arg-type]


LEARNED = Learned(pack(contents()))


class TestPieces:
    def test_of_one_to_four_characters_that_stand_together(self) -> None:
        found = features_of("路灯坏")
        assert set(found) == {"路", "灯", "坏", "路灯", "灯坏", "路灯坏"}

    @pytest.mark.parametrize("text", ["路3灯", "路，灯", "路 灯", "路[姓名已隐去]灯", "路\n灯"])
    def test_numbers_signs_and_what_was_covered_divide(self, text: str) -> None:
        assert set(features_of(text)) == {"路", "灯"}

    def test_are_the_same_however_wide_or_large_the_letters_are(self) -> None:
        assert features_of("ＫＴＶ") == features_of("ktv")

    def test_what_is_no_word_is_never_said_in_a_text(self) -> None:
        assert "=area:东县" in features_of("路灯", ["area:东县"])
        assert "=area:东县" not in features_of("=area:东县")


class TestABody:
    def test_is_read_as_it_was_written(self) -> None:
        assert LEARNED.labels == [LAMP, WELL, REST]
        assert LEARNED.tickets == {LAMP: 40, WELL: 30, REST: 10}
        assert list(LEARNED.features) == ["路灯", "不亮", "井盖", "=area:东县"]
        assert (LEARNED.sharpness, LEARNED.say) == (2.0, 0.6)

    def test_scores_are_the_weights_of_what_is_there(self) -> None:
        assert LEARNED.hear("路灯").scores == pytest.approx([1.5, -1.5, -0.4], abs=1e-3)
        assert LEARNED.hear("无关").scores == pytest.approx([-0.5, -0.5, -0.4], abs=1e-3)

    @pytest.mark.parametrize("body", [b"", b"HLM0abc", b"HLM1abc", pack(contents())[:-9]])
    def test_of_another_version_or_damaged_is_refused(self, body: bytes) -> None:
        with pytest.raises(BodyError):
            Learned(body)

    @given(st.text(max_size=200), st.lists(st.sampled_from(["area:东县", "area:x"]), max_size=2))
    def test_any_text_has_shares_that_make_one(self, text: str, tokens: list[str]) -> None:
        heard = LEARNED.hear(text, tokens)
        assert sum(heard.shares().values()) == pytest.approx(1)
        assert all(word in text.casefold() or word.isascii() for word in heard.words(LAMP))


class TestWords:
    def test_are_those_of_the_text_put_together_again(self) -> None:
        assert LEARNED.hear("小区门口路灯不亮了").words(LAMP) == ("路灯不亮",)
        assert LEARNED.hear("路灯一直都是不亮").words(LAMP) == ("路灯", "不亮")

    def test_none_speak_where_none_are_known_or_for_another_label(self) -> None:
        assert LEARNED.hear("停水了").words(LAMP) == ()
        assert LEARNED.hear("路灯").words(WELL) == ()


SUBJECTS = [
    Subject(1, "R1", "路灯不亮", "道路", ("黑灯瞎火",)),
    Subject(2, "R2", "井盖缺损", "道路", ("窨井",)),
    Subject(3, "R3", "树木倒伏", "绿化", ("树倒",)),
]


class TestAdvice:
    def test_without_anything_learned_is_that_of_the_words(self) -> None:
        (advice,) = Advisor(Guesser(SUBJECTS)).advise("晚上黑灯瞎火")
        assert (advice.category_id, advice.words, advice.learned) == (1, ("黑灯瞎火",), ())
        assert 0 < advice.share < 1

    def test_with_both_names_the_words_of_both(self) -> None:
        first, *_ = Advisor(Guesser(SUBJECTS), LEARNED).advise("路灯不亮，黑灯瞎火")
        assert first.category_id == 1
        assert "黑灯瞎火" in first.words and first.learned == ("路灯不亮",)
        assert first.tickets == 40

    def test_what_was_not_learned_keeps_the_words_say(self) -> None:
        first, *_ = Advisor(Guesser(SUBJECTS), LEARNED).advise("树倒了")
        assert first.category_id == 3

    def test_nothing_is_advised_from_nothing(self) -> None:
        assert Advisor(Guesser(SUBJECTS), LEARNED).advise("你好") == []

    def test_the_rest_goes_to_what_was_not_learned(self) -> None:
        mixed = mix({LAMP: 0.2, REST: 0.8}, {LAMP: 0.75, ODD: 0.25}, 0.6)
        assert mixed == pytest.approx({LAMP: 0.6 * 0.2 + 0.4 * 0.75, ODD: 0.4 * 0.25 + 0.6 * 0.8})

    def test_what_was_learned_has_what_the_words_leave_open(self) -> None:
        assert mix({LAMP: 0.9, WELL: 0.1}, {}, 0.3) == pytest.approx({LAMP: 0.9, WELL: 0.1})
        assert mix({LAMP: 0.9, WELL: 0.1}, {WELL: 0.5}, 0.3) == pytest.approx(
            {LAMP: 0.65 * 0.9, WELL: 0.65 * 0.1 + 0.35}
        )


class TestTheLesson:
    def test_copies_with_a_word_changed_are_one_group(self) -> None:
        chain = "我们全体业主强烈要求物业公开公共收益的全部账目并且立即退还多收的停车费"
        texts = [chain, "路灯不亮", chain.replace("立即", "马上"), "路灯不亮！", "井盖没了"]
        assert copies_among(texts) == [0, 1, 0, 1, 4]

    def test_the_newest_fifth_is_held_back_without_copies_of_what_is_older(self) -> None:
        samples = [Sample(str(number), LAMP) for number in range(20)]
        copies = [0, *range(1, 16), 0, 17, 18, 17]
        taught, held_back = apart(samples, copies, HELD_BACK)
        assert [each.text for each in taught] == [str(number) for number in range(16)]
        assert [each.text for each in held_back] == ["17", "18"]

    def test_one_caller_and_one_text_are_one_voice(self) -> None:
        assert voices_of([0, 1, 2, 0, 4], [7, 7, 8, 9, 8]) == [0, 0, 2, 0, 2]

    def test_whom_nobody_knows_may_be_one_and_the_same(self) -> None:
        assert voices_of([0, 1, 2, 3], [7, None, 8, None]) == [0, 1, 2, 1]

    def test_what_was_learned_may_say_more_with_more_tickets(self) -> None:
        few, many = (Lesson([Sample("", LAMP)] * number, [0] * number, []).most_say for number in (200, 5000))
        assert 0.3 < few < 0.5 < 0.9 < many < 1


def places(right: int, third: int, wrong: int) -> list[int | None]:
    return [0] * right + [2] * third + [None] * wrong


class TestTheVerdict:
    @pytest.mark.parametrize(
        ("new", "before", "adopted", "why"),
        [
            (places(50, 40, 10), places(40, 20, 40), True, "已采用：在同样100件留出工单上，前三命中由60.0%变为90.0%"),
            (places(60, 30, 10), places(40, 50, 10), True, "首位命中由40.0%变为60.0%"),  # no more among three
            (places(50, 40, 10), places(50, 38, 12), False, "没有明显更好"),
            (places(50, 40, 10), places(50, 40, 10), False, "没有明显更好"),
            (places(50, 40, 10), places(50, 35, 15), False, "没有明显更好"),  # one night in thirty, by chance
            (places(0, 815, 185), places(0, 800, 200), False, "没有明显更好"),  # no accident, and not worth it
            (places(0, 820, 180), places(0, 800, 200), True, "前三命中由80.0%变为82.0%"),
            (places(30, 40, 30), places(40, 50, 10), False, "比现用的差"),
            (places(30, 65, 5), places(50, 30, 20), False, "比现用的差"),  # more among three, far fewer at first
            (places(20, 5, 0), places(0, 0, 25), False, "不足30件"),
        ],
    )
    def test_needs_more_than_chance(
        self, new: Sequence[int | None], before: Sequence[int | None], adopted: bool, why: str
    ) -> None:
        verdict = judging.judge(new, before)
        assert verdict.adopted is adopted
        assert why in verdict.words and verdict.words.startswith("已采用" if adopted else "未采用")

    def test_is_told_on_the_same_tickets_by_what_is_in_use(self) -> None:
        held_back = [Sample("路灯", LAMP), Sample("井盖", WELL), Sample("黑灯瞎火", LAMP)]
        blind = pack(contents(weights=[{}, {}, {}, {}]))
        after, before = judging.examine(Lesson([], [], held_back, SUBJECTS), Guesser(SUBJECTS), LEARNED)
        assert after[0] == 0 and None not in after[:2]
        assert before[2] == 0
        _, in_use = judging.examine(Lesson([], [], held_back, SUBJECTS, blind), Guesser(SUBJECTS), LEARNED)
        assert in_use[2] == 0

    def test_units_are_first_compared_with_who_always_had_the_like(self) -> None:
        taught = [Sample("x", LAMP, tokens=("category:5", "area:东"))] * 3 + [Sample("x", WELL, tokens=("category:6",))]
        held_back = [Sample("y", LAMP, tokens=("category:5", "area:西")), Sample("y", ODD, tokens=("category:6",))]
        _, before = judging.examine(Lesson(taught, [0] * 4, held_back), Guesser(()), LEARNED)
        assert before == [0, None]
