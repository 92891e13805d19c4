"""Whether a newly trained model takes the place of what is in use: on the same held-back tickets, beyond chance."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import comb

from hotline.domain import advising
from hotline.domain.guessing import Guesser
from hotline.domain.learned import REST, BodyError, Learned
from hotline.domain.lessons import Lesson, Sample

FEWEST_HELD_BACK = 30  # tickets; with fewer one cannot tell
#: How likely a lead may be a mere accident (one-sided sign test) for a model to be adopted. Two leads are looked at
#: every night: with one in twenty the model would change by chance again and again.
BY_CHANCE = 0.01
WORSE_BY_CHANCE = 0.05  # the same for what speaks against it
LEAST_LEAD = 0.02  # of the tickets, 0 to 1: less is not worth a change
TOP = 3

Place = int | None
Ranked = Callable[[Sample], Sequence[str]]


@dataclass(frozen=True, slots=True)
class Verdict:
    """Shares right, 0 to 1, of the new one and of what was in use; adopted or not, and why."""

    adopted: bool
    words: str
    top1: float
    top3: float
    before_top1: float
    before_top3: float


def examine(lesson: Lesson, guesser: Guesser, learned: Learned) -> tuple[list[Place], list[Place]]:
    """At which place the label of each held-back ticket stands: by the new model, and by what is in use."""
    try:
        before = _advised(guesser, Learned(lesson.in_use or b""))
    except BodyError:  # none, or of an older version
        before = _by_words(guesser) if lesson.subjects else _by_habit(lesson.samples)
    after = _advised(guesser, learned)
    return [_place(after, each) for each in lesson.held_back], [_place(before, each) for each in lesson.held_back]


def judge(places: Sequence[Place], before: Sequence[Place]) -> Verdict:
    """More right among the first three, by a lead that is worth it and no accident; else more right at first by such a
    lead, and no fewer among three."""
    first, third = _compare(places, before, 1), _compare(places, before, TOP)
    shares = (_share(places, 1), _share(places, TOP), _share(before, 1), _share(before, TOP))
    if len(places) < FEWEST_HELD_BACK:
        return Verdict(False, f"未采用：留出检验的工单只有{len(places)}件，不足{FEWEST_HELD_BACK}件。", *shares)
    told = (
        f"在同样{len(places)}件留出工单上，前三命中由{_percent(shares[3])}变为{_percent(shares[1])}，"
        f"首位命中由{_percent(shares[2])}变为{_percent(shares[0])}"
    )
    if first.is_worse or third.is_worse:
        return Verdict(False, f"未采用：{told}，比现用的差。", *shares)
    if third.is_better or (first.is_better and third.won >= third.lost):
        return Verdict(True, f"已采用：{told}，超出偶然波动。", *shares)
    return Verdict(
        False, f"未采用：{told}，没有明显更好（须高出{LEAST_LEAD * 100:.0f}个百分点以上，并超出偶然波动）。", *shares
    )


@dataclass(frozen=True, slots=True)
class _Compared:
    won: int  # right now, wrong before
    lost: int
    many: int  # tickets

    @property
    def is_better(self) -> bool:
        return self.won - self.lost >= LEAST_LEAD * self.many and _chance(self.won, self.lost) < BY_CHANCE

    @property
    def is_worse(self) -> bool:
        return _chance(self.lost, self.won) < WORSE_BY_CHANCE


def _compare(places: Sequence[Place], before: Sequence[Place], top: int) -> _Compared:
    pairs = [(_is_in(one, top), _is_in(other, top)) for one, other in zip(places, before, strict=True)]
    return _Compared(pairs.count((True, False)), pairs.count((False, True)), len(pairs))


def _chance(more: int, fewer: int) -> float:
    """How often a fair coin falls so, or more so, on one side (sign test; McNemar's test, exact)."""
    many = more + fewer
    return sum(comb(many, each) for each in range(more, many + 1)) / 2**many


def _is_in(place: Place, top: int) -> bool:
    return place is not None and place < top


def _share(places: Sequence[Place], top: int) -> float:
    return sum(_is_in(place, top) for place in places) / len(places) if places else 0.0


def _percent(share: float) -> str:
    return f"{share * 100:.1f}%"


def _place(ranked: Ranked, sample: Sample) -> Place:
    labels = list(ranked(sample))[:TOP]
    return labels.index(sample.label) if sample.label in labels else None


def _advised(guesser: Guesser, learned: Learned) -> Ranked:
    def ranked(sample: Sample) -> Sequence[str]:
        if guesser.subjects:
            return [str(each.category_id) for each in advising.Advisor(guesser, learned).advise(sample.text)]
        shares = learned.hear(sample.text, sample.tokens).shares()
        return sorted((label for label in shares if label != REST), key=lambda label: (-shares[label], label))

    return ranked


def _by_words(guesser: Guesser) -> Ranked:
    return lambda sample: [str(guess.subject.id) for guess in guesser.guess(sample.text)]


def _by_habit(samples: Sequence[Sample]) -> Ranked:
    """Who had most of the same category and area so far, then of the same category, then of all."""
    most: dict[tuple[str, ...], Counter[str]] = {}
    for sample in samples:
        for known in _shorter(sample.tokens):
            most.setdefault(known, Counter())[sample.label] += 1

    def ranked(sample: Sample) -> Sequence[str]:
        found: dict[str, None] = {}
        for known in _shorter(sample.tokens):
            found.update(dict.fromkeys(label for label, _ in most.get(known, Counter()).most_common(TOP)))
        return list(found)

    return ranked


def _shorter(tokens: tuple[str, ...]) -> list[tuple[str, ...]]:
    return [tokens[:many] for many in range(len(tokens), -1, -1)]
