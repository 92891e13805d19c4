"""学习: samples in, the body of a model and its marks out. The only module that loads scikit-learn.

It runs in a process of its own (workers/lessons.py), which ends when it is done: neither the web nor the workers ever
carry the library. No database, no clock, nothing by chance: the same samples make the same model.
"""

from __future__ import annotations

from array import array
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from math import log

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.feature_selection import chi2
from sklearn.preprocessing import normalize
from sklearn.svm import LinearSVC

from hotline.domain import advising, judging
from hotline.domain.guessing import Guesser
from hotline.domain.learned import LONGEST_PIECE, MARK, REST, Contents, Learned, features_of, pack, pieces_of, times
from hotline.domain.lessons import FEWEST_EXAMPLES, FEWEST_VOICES, Lesson, Sample, Trained, apart

MOST_FEATURES = 20_000
MOST_WEIGHTS = 400_000
LATEST_SHARE = 0.15  # of the samples, without copies, by which it is found out how far the model can be believed
FEWEST_TO_TUNE, MOST_TO_TUNE = 40, 1500
SHARPNESS = (1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0)
SAY = (0.2, 0.35, 0.5, 0.6, 0.7, 0.8, 0.9)
USUAL_SHARPNESS = 4.0
PENALTY = 0.5  # C of the linear model


def train(lesson: Lesson) -> Trained | None:
    """A model of the lesson's samples, and how it does on those held back beside what is in use.

    None where there are not two labels with enough examples.
    """
    guesser = Guesser(lesson.subjects)
    sharpness, say = USUAL_SHARPNESS, lesson.most_say
    older, latest = apart(lesson.samples, lesson.copies, LATEST_SHARE)
    tuned = fit(older)
    if tuned is not None and len(latest) >= FEWEST_TO_TUNE:
        sharpness, say = _tune(guesser, Learned(pack(tuned)), latest[-MOST_TO_TUNE:], lesson.most_say)
    fitted = fit(lesson.samples, sharpness, say)
    if fitted is None:
        return None
    body = pack(fitted)
    return Trained(body, *judging.examine(lesson, guesser, Learned(body)))


def fit(samples: Sequence[Sample], sharpness: float = USUAL_SHARPNESS, say: float = 1.0) -> Contents | None:
    """The linear model itself. Labels with too few examples are one label together, `REST`."""
    counts = Counter(sample.label for sample in samples)
    kept = sorted(label for label, count in counts.items() if count >= FEWEST_EXAMPLES)
    rest = sum(count for label, count in counts.items() if count < FEWEST_EXAMPLES)
    labels = [*kept, REST] if rest >= FEWEST_EXAMPLES else kept
    if len(labels) < 2:
        return None
    place = {label: index for index, label in enumerate(labels)}
    learned = [sample for sample in samples if sample.label in place or REST in place]
    taught = np.array([place.get(sample.label, len(labels) - 1) for sample in learned])
    features = sorted(common_features(learned))
    if not features:
        return None
    matrix = _matrix(learned, features)
    if len(features) > MOST_FEATURES:
        features, matrix = _tell_most(features, matrix, taught)
    rarity = np.log((1 + len(learned)) / (1 + np.diff(matrix.tocsc().indptr))) + 1
    values = normalize(matrix.multiply(rarity).tocsr())
    machine = LinearSVC(C=PENALTY, class_weight="balanced", random_state=0, max_iter=2000).fit(values, taught)
    weights, bias = machine.coef_, machine.intercept_
    if len(labels) == 2:  # then there is but one line between them
        weights, bias = np.vstack([-weights, weights]), np.concatenate([-bias, bias])
    known = Counter(labels[index] for index in taught)
    return Contents(
        labels=labels,
        tickets=[known[label] for label in labels],
        features=features,
        rarity=[float(each) for each in rarity],
        weights=_largest(weights),
        bias=[float(each) for each in bias],
        sharpness=sharpness,
        say=say,
    )


def common_features(samples: Sequence[Sample]) -> set[str]:
    """Those that at least `FEWEST_VOICES` people used who have nothing to do with each other: nobody's own words.

    Length by length: a longer piece is common only if the shorter one that it begins with is, which keeps this small.
    """
    common = _of_enough((_tokens(sample), sample.voice) for sample in samples)
    shorter: set[str] | None = None
    for length in range(1, LONGEST_PIECE + 1):
        longer = _of_enough((_pieces(sample.text, length, shorter), sample.voice) for sample in samples)
        common |= longer
        shorter = longer
    return common


def _tokens(sample: Sample) -> Iterable[str]:
    return (MARK + token for token in sample.tokens)


def _pieces(text: str, length: int, shorter: set[str] | None) -> Iterable[str]:
    return {piece for piece in pieces_of(text, length) if shorter is None or piece[:-1] in shorter}


def _of_enough(said: Iterable[tuple[Iterable[str], int]]) -> set[str]:
    voices: dict[str, set[int]] = defaultdict(set)
    for features, voice in said:
        for feature in features:
            if len(heard := voices[feature]) < FEWEST_VOICES:
                heard.add(voice)
    return {feature for feature, heard in voices.items() if len(heard) >= FEWEST_VOICES}


def _matrix(samples: Sequence[Sample], features: Sequence[str]) -> csr_matrix:
    place = {feature: index for index, feature in enumerate(features)}
    ends, columns, values = array("q", [0]), array("q"), array("d")  # lists would take five times as much
    for sample in samples:
        for feature, count in features_of(sample.text, sample.tokens).items():
            if feature in place:
                columns.append(place[feature])
                values.append(times(count))
        ends.append(len(columns))
    parts = np.asarray(values), np.asarray(columns), np.asarray(ends)
    return csr_matrix(parts, shape=(len(samples), len(features)), dtype=np.float64)


def _tell_most(
    features: Sequence[str], matrix: csr_matrix, taught: np.ndarray[tuple[int, ...], np.dtype[np.int64]]
) -> tuple[list[str], csr_matrix]:
    """The features on which labels depend most, by the chi-square statistic."""
    told = np.nan_to_num(chi2(matrix, taught)[0])
    chosen = np.sort(np.argsort(-told, kind="stable")[:MOST_FEATURES])
    return [features[index] for index in chosen], matrix[:, chosen]


def _largest(weights: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> list[dict[int, float]]:
    """By feature; the smallest weights, which change nothing, are left out so that the body stays small."""
    least = 0.0
    if weights.size > MOST_WEIGHTS:
        least = float(np.partition(np.abs(weights).ravel(), -MOST_WEIGHTS)[-MOST_WEIGHTS])
    rows: list[dict[int, float]] = [{} for _ in range(weights.shape[1])]
    for label, feature in zip(*np.nonzero(np.abs(weights) > least), strict=True):
        rows[int(feature)][int(label)] = float(weights[label, feature])
    return rows


def _tune(guesser: Guesser, learned: Learned, latest: Sequence[Sample], most_say: float) -> tuple[float, float]:
    """How sharp its scores are and how much it is to say beside the words: what makes the truth least surprising."""
    heard = [
        (sample.label, learned.hear(sample.text, sample.tokens), guesser.look(sample.text).shares())
        for sample in latest
    ]
    best = (float("inf"), USUAL_SHARPNESS, most_say)
    for sharpness in SHARPNESS:
        taught = [(label, each.shares(sharpness), said) for label, each, said in heard]
        for say in [1.0] if not guesser.subjects else sorted({min(each, most_say) for each in SAY}):
            surprise = sum(_surprise(advising.mix(told, said, say), label) for label, told, said in taught)
            best = min(best, (surprise, sharpness, say))
    return best[1], best[2]


def _surprise(shares: Mapping[str, float], label: str) -> float:
    return -log(max(shares.get(label, 0.0), 1e-4))
