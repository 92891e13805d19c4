"""同一事项: pairs of real messages that staff would be told of, against what three teams put under one hot matter.

A message belongs to a question when two teams or more voted for it. Positive pairs: both belong to the same question.
Precision is counted among the messages that belong to a question: told, and really of one. As both questions are far
apart, that alone would flatter; so there is a lower bound, too: every told pair of such a message with one for which no
team voted counts as wrong, although teams overlooked some (`--verbose` lists them, to be looked through by hand).
Messages with a single vote are neither, and left out of both. Judged by pairs of the other half.
"""

from __future__ import annotations

import itertools
from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime

from bench.table import Line
from bench.understanding import product
from bench.understanding.asking import Asked
from bench.understanding.material import ABSENT, is_of_other_half, samples
from hotline.domain.likeness import Reading

VOTES, MESSAGES = "tdb2020_hotspot_votes.csv", "tdb2020_messages_hotspot.csv"
ENOUGH_VOTES = 2
PRECISION, RECALL = 0.9, 0.8
NEAR = 5  # messages of a question that an outsider is likened to, to be no chance
QUICK = 12  # messages of each question, and 100 others


@dataclass(frozen=True)
class Message:
    """`question`: the one that it belongs to, "" for none."""

    title: str
    question: str
    of_other_half: bool
    reading: Reading


def measure(asked: Asked) -> list[Line]:
    """Precision and recall of pairs, the lower bound, and who is drawn in from outside."""
    votes, rows = samples(VOTES), samples(MESSAGES)
    if votes is None or rows is None:
        return [Line("同一事项", ABSENT + f"{VOTES} 或 {MESSAGES}")]
    belong, unclear = _by_votes(votes)
    if asked.quick:
        belong, rows = _few(belong, rows)
    messages = [_read(row, belong) for row in rows if row["留言编号"] not in unclear]
    voted = [message for message in messages if message.question]
    told: Counter[tuple[str, bool]] = Counter()
    unseen: Counter[tuple[str, bool]] = Counter()
    by_question: dict[str, Counter[bool]] = defaultdict(Counter)
    for one, other in itertools.combinations(voted, 2):
        same, said = one.question == other.question, product.is_likely_same(one.reading, other.reading)
        told["same" if same else "other", said] += 1
        unseen["same" if same else "other", said] += one.of_other_half and other.of_other_half
        if same:
            by_question[one.question][said] += 1
    drawn_in = _drawn_in(voted, [message for message in messages if not message.question], asked)
    return _lines(told, unseen, by_question, drawn_in, asked)


def _by_votes(votes: list[dict[str, str]]) -> tuple[dict[str, str], set[str]]:
    """The question of each message with enough votes, and the messages with too few to say."""
    belong = {row["留言编号"]: row["问题"] for row in votes if int(row["队伍票数"]) >= ENOUGH_VOTES}
    return belong, {row["留言编号"] for row in votes} - belong.keys()


def _few(belong: dict[str, str], rows: list[dict[str, str]]) -> tuple[dict[str, str], list[dict[str, str]]]:
    numbers = defaultdict(list)
    for number, question in belong.items():
        numbers[question].append(number)
    few = {number: question for question, some in numbers.items() for number in some[:QUICK]}
    others = [row for row in rows if row["留言编号"] not in belong][:100]
    return few, [row for row in rows if row["留言编号"] in few] + others


def _read(row: dict[str, str], belong: dict[str, str]) -> Message:
    at = datetime.strptime(row["留言时间"], "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC)
    text = f"{row['留言主题']}。{row['留言详情'].strip()}"
    return Message(
        row["留言主题"],
        belong.get(row["留言编号"], ""),
        is_of_other_half(row["留言编号"], 0),
        product.make_ready(text, at),
    )


def _drawn_in(voted: list[Message], others: list[Message], asked: Asked) -> dict[str, list[int]]:
    """For each question, to how many of its messages each outsider is likened; those without any are left out."""
    found: dict[str, list[int]] = defaultdict(list)
    for other in others:
        counted = Counter(each.question for each in voted if product.is_likely_same(each.reading, other.reading))
        for question, count in counted.items():
            found[question].append(count)
            asked.tell(f"{question}\t{count}\t{other.title}")
    return found


def _lines(
    told: Counter[tuple[str, bool]],
    unseen: Counter[tuple[str, bool]],
    by_question: dict[str, Counter[bool]],
    drawn_in: dict[str, list[int]],
    asked: Asked,
) -> list[Line]:
    right, wrong = told["same", True], told["other", True]
    outside = sum(map(sum, drawn_in.values()))
    at_least = _ratio(right, right + wrong + outside)
    lines = [
        *_pair_lines("另一半", unseen, asked, judged=True),
        *_pair_lines("全部", told, asked, judged=False),
        Line("同一事项，全部，准确率下限（无票的全算错）", f"{at_least:.3f}", f"另有 {outside} 对牵涉无票留言"),
    ]
    for question, counts in sorted(by_question.items()):
        pulled = drawn_in.get(question, [])
        recall = f"召回 {_ratio(counts[True], counts.total()):.3f}（{counts[True]}/{counts.total()} 对）"
        near = sum(count >= NEAR for count in pulled)
        lines.append(
            Line(f"  {question}", recall, f"无票的牵进 {len(pulled)} 条，其中与 {NEAR} 条以上相似的 {near} 条")
        )
    return lines


def _pair_lines(which: str, told: Counter[tuple[str, bool]], asked: Asked, *, judged: bool) -> list[Line]:
    right, missed, wrong = told["same", True], told["same", False], told["other", True]
    figures = (
        ("准确率", _ratio(right, right + wrong), f"报了 {right + wrong} 对，错 {wrong}", PRECISION),
        ("召回率", _ratio(right, right + missed), f"应有 {right + missed} 对，报了 {right}", RECALL),
    )
    return [
        Line(f"同一事项，{which}，{name}", f"{figure:.3f}", beside, "", f"≥ {goal}" if judged else "",
             asked.verdict(figure >= goal) if judged else None)
        for name, figure, beside, goal in figures
    ]  # fmt: skip


def _ratio(part: int, whole: int) -> float:
    return part / whole if whole else 0.0
