"""七类标签: messages of citizens with one of seven labels, told by characters and words.

Two files of one collection: the tested messages are found in the other one first and left out of it (`matching`).
Settings were chosen by cross-validation on what is left, with near copies kept in one fold. The trained file has lost
its stop words and has blanks between words, the tested has neither: it is cut by the vocabulary of the trained one, and
what that does not know is dropped. The model is made here, for this figure, and thrown away.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.metrics import confusion_matrix, f1_score, precision_recall_fscore_support
from sklearn.model_selection import StratifiedGroupKFold, cross_val_predict
from sklearn.pipeline import Pipeline, make_pipeline, make_union
from sklearn.svm import LinearSVC

from bench.table import Line
from bench.understanding.asking import Asked
from bench.understanding.cutting import Cutter
from bench.understanding.matching import groups_of_copies, match
from bench.understanding.material import ABSENT, plain, samples, spread

TESTED, TRAINED = "tdb2020_messages_labeled.csv", "tdb2020_messages_labeled_tokens.csv"
LABEL = "一级标签"
GOAL = 0.90
FOLDS = 5
BEGINNING = 12  # words: about the title
COST = 0.3  # what was tried in cross-validation stands in docs/understanding.md


def measure(asked: Asked) -> list[Line]:
    """Macro-F1 on the tested messages, the cross-validated one beside it; each label; what is taken for what."""
    tested, rows = samples(TESTED), samples(TRAINED)
    if tested is None or rows is None:
        return [Line("七类标签", ABSENT + f"{TESTED} 或 {TRAINED}")]
    if asked.quick:
        tested, rows = spread(tested, 60), spread(rows, 400)
    messages = [plain(row["留言主题"] + row["留言详情"]) for row in tested]
    found = match([[plain(word) for word in row["分词文本"].split()] for row in rows], messages)
    left = [row for row, of in zip(rows, found, strict=True) if of is None]
    texts = [" ".join(plain(word) for word in row["分词文本"].split()) for row in left]
    labels = np.array([row[LABEL] for row in left])
    cutter = Cutter(texts)
    model = _model().fit(texts, labels)
    said = model.predict([cutter.cut(message) for message in messages])
    truth = np.array([row[LABEL] for row in tested])
    figure = f1_score(truth, said, average="macro")
    matched = len({of for of in found if of is not None})
    return [
        Line(
            "七类标签，macro-F1",
            f"{figure:.3f}",
            f"训练部分 {FOLDS} 折 {_cross_validated(texts, labels):.3f}",
            "",
            f"≥ {GOAL:.2f}",
            asked.verdict(bool(figure >= GOAL)),
        ),
        Line(
            "七类标签，训练与测试分开",
            f"训练 {len(left)} 条，测试 {len(tested)} 条",
            f"剔除 {len(rows) - len(left)} 条；{len(tested) - matched} 条测试留言在训练文件里没有",
        ),
        *_each(truth, said),
    ]


def _model() -> Pipeline:
    """Characters and pairs of them, those of the title once more, and whole words; rare labels have their weight."""
    given = {"sublinear_tf": True, "min_df": 2, "dtype": np.float32}
    characters = TfidfVectorizer(analyzer="char", ngram_range=(1, 2), preprocessor=_joined, **given)
    beginning = TfidfVectorizer(analyzer="char", ngram_range=(1, 2), preprocessor=_beginning, **given)
    words = TfidfVectorizer(analyzer=str.split, **given)
    return make_pipeline(make_union(characters, beginning, words), LinearSVC(C=COST, class_weight="balanced"))


def _joined(text: str) -> str:
    return text.replace(" ", "")


def _beginning(text: str) -> str:
    return "".join(text.split()[:BEGINNING])


def _cross_validated(texts: Sequence[str], labels: np.ndarray[tuple[int], np.dtype[np.str_]]) -> float:
    folds = StratifiedGroupKFold(FOLDS, shuffle=True, random_state=0)
    said = cross_val_predict(_model(), texts, labels, cv=folds, groups=groups_of_copies(texts))
    return float(f1_score(labels, said, average="macro"))


def _each(
    truth: np.ndarray[tuple[int], np.dtype[np.str_]], said: np.ndarray[tuple[int], np.dtype[np.str_]]
) -> list[Line]:
    names = sorted(set(truth))
    precision, recall, f1, _ = precision_recall_fscore_support(truth, said, labels=names, zero_division=0)
    taken_for = confusion_matrix(truth, said, labels=names)
    lines = []
    for row, name in enumerate(names):
        others = sorted(
            ((count, names[to]) for to, count in enumerate(taken_for[row]) if to != row and count), reverse=True
        )
        wrong = "，".join(f"当作{other} {count}" for count, other in others)
        figures = f"F1 {f1[row]:.3f}，准确 {precision[row]:.3f}，召回 {recall[row]:.3f}"
        lines.append(Line(f"  {name}（{taken_for[row].sum()}）", figures, wrong))
    return lines
