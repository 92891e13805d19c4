"""答复核查: what is remarked on real answers, against a person's mark whether the answer explains itself (可解释性).

The check notes, it does not decide; but a note that has nothing to do with bad answers is of no use. An answer counts
as flagged when a serious remark is made; beside it by any remark. Balanced accuracy: the mean of the share of bad
answers that are flagged and the share of good ones that are not; who always says "good" has 50 %. It is judged by the
half that the rules were not made on. The last line tells what a machine that was shown the marks makes of the same
answers (cross-validated, thrown away). Which unit answered is not known: an answer is held against the latest of all.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
from scipy.sparse import csr_matrix, hstack
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import balanced_accuracy_score
from sklearn.model_selection import StratifiedKFold

from bench.table import Line
from bench.understanding import product
from bench.understanding.asking import Asked
from bench.understanding.material import ABSENT, is_of_other_half, plain, samples, spread

FILE = "tdb2020_messages_replies.csv"
MARK, GOOD = "可解释性", "1"
OTHERS = 20  # answers given before this one that it may be copied from
FOLDS = 5
TRIVIAL = 0.5


def measure(asked: Asked) -> list[Line]:
    """The rules by serious and by any remark, each remark, and the learned comparison."""
    rows = samples(FILE)
    if rows is None:
        return [Line("答复核查", ABSENT + FILE)]
    rows = sorted(rows, key=lambda row: row["答复时间"])
    if asked.quick:
        rows = spread(rows, 60)
    bad = np.array([row[MARK] != GOOD for row in rows])
    remarked = [_remarks(rows, place) for place in range(len(rows))]
    serious = np.array([any(found.values()) for found in remarked])
    unseen = np.array([is_of_other_half(row["留言编号"], -1) for row in rows])
    lines = [
        Line("答复核查，测试", f"{len(rows)} 件答复", f"其中 {bad.sum()} 件人工标为不可解释"),
        _balanced("规则，有严重提示，另一半", bad[unseen], serious[unseen], asked, judged=True),
        _balanced("规则，有严重提示，全部", bad, serious, asked, judged=False),
        _balanced("规则，有任何提示，全部", bad, np.array([bool(found) for found in remarked]), asked, judged=False),
        *_each(remarked, bad),
    ]
    return [*lines, _balanced(f"对照：学习（{FOLDS} 折）", bad, _learned(rows, remarked, bad), asked, judged=False)]


def _remarks(rows: Sequence[dict[str, str]], place: int) -> dict[str, bool]:
    row = rows[place]
    others = [other["答复意见"] for other in rows[max(0, place - OTHERS) : place]]
    return product.remarks(f"{row['留言主题']}。{row['留言详情'].strip()}", row["答复意见"], others)


def _balanced(
    what: str,
    bad: np.ndarray[tuple[int], np.dtype[np.bool_]],
    flagged: np.ndarray[tuple[int], np.dtype[np.bool_]],
    asked: Asked,
    *,
    judged: bool,
) -> Line:
    figure = balanced_accuracy_score(bad, flagged)
    beside = f"不可解释的提示了 {flagged[bad].mean():.0%}，可解释的误提 {flagged[~bad].mean():.0%}；全说可解释 50.0%"
    met = asked.verdict(bool(figure > TRIVIAL)) if judged else None
    return Line(f"{what}，平衡准确率", f"{figure:.1%}", beside, "", "> 50 %" if judged else "", met)


def _each(remarked: Sequence[dict[str, bool]], bad: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> list[Line]:
    """How often each remark is made on answers of both kinds; the ratio tells what it is worth."""
    among = {kind: Counter(code for found, mark in zip(remarked, bad, strict=True) if mark == kind for code in found)
             for kind in (True, False)}  # fmt: skip
    many = {True: int(bad.sum()), False: int((~bad).sum())}
    lines = []
    for code in sorted(among[True] | among[False]):
        shares = {kind: among[kind][code] / many[kind] for kind in many}
        ratio = f"{shares[True] / shares[False]:.2f}" if shares[False] else "—"
        lines.append(Line(f"  {code}", f"不可解释的 {shares[True]:.1%}", f"可解释的 {shares[False]:.1%}", ratio))
    return lines


def _learned(
    rows: Sequence[dict[str, str]],
    remarked: Sequence[dict[str, bool]],
    bad: np.ndarray[tuple[int], np.dtype[np.bool_]],
) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """What a logistic regression over characters of the answer, its length and the remarks says; each fold unseen."""
    answers = [plain(row["答复意见"]) for row in rows]
    codes = sorted({code for found in remarked for code in found})
    told = csr_matrix(
        np.array(
            [
                [*(float(code in found) for code in codes), np.log1p(len(answer)), len(found)]
                for found, answer in zip(remarked, answers, strict=True)
            ],
            dtype=np.float32,
        )
    )
    said = np.zeros(len(rows), dtype=bool)
    for train, test in StratifiedKFold(FOLDS, shuffle=True, random_state=0).split(answers, bad):
        characters = TfidfVectorizer(analyzer="char", ngram_range=(1, 2), min_df=2, sublinear_tf=True, dtype=np.float32)
        known = hstack([characters.fit_transform([answers[place] for place in train]), told[train]]).tocsr()
        unseen = hstack([characters.transform([answers[place] for place in test]), told[test]]).tocsr()
        model = LogisticRegression(C=3.0, class_weight="balanced", max_iter=2000).fit(known, bad[train])
        said[test] = model.predict(unseen)
    return said
