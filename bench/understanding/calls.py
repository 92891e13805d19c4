"""来电草稿: each field that is drawn out of the written calls, against what a person would have filed.

A value is right when it is one of those that the gold names, after NFKC and without blanks and punctuation. Where
nothing was said, anything is wrong ("invented"). What counts as the field's figure is the share of all calls in which
the operator would have nothing to correct in it. The two sets of held-out calls, each of an author of its own, are
counted apart.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import datetime

from bench.table import Line
from bench.understanding import product
from bench.understanding.asking import Asked
from bench.understanding.material import FIELDS, Dialogue, Value, dialogues, plain, says, spread
from bench.understanding.product import CITY, Drawn

RIGHT, EMPTY, WRONG, MISSING, INVENTED, ABSENT = "对", "对（未说，留空）", "错", "漏", "无中生有", "没有这一项"
NAMES = {
    "place": "地点",
    "phone": "电话",
    "since": "起始时间",
    "often": "频次",
    "name": "姓名",
    "request_type": "诉求性质",
    "wants_reply": "是否要回复",
    "confidential": "保密",
    "urgent": "紧急",
    "against": "被反映对象",
    "category": "类别（草稿）",
}
#: The sets that are measured, with what stands behind the name of each of their lines.
SETS = {"held_out": "", "held_out_2": " 第二组"}
GOALS = {"place": 0.8, "phone": 0.9, "category": 0.5}  # "most need no correction of place and category"


def measure(asked: Asked) -> list[Line]:
    """The lines of every set, one set after the other."""
    sets = {asked.folder: ""} if asked.dev else SETS
    return [line for folder, beside in sets.items() for line in _measure_set(folder, beside, asked)]


def _measure_set(folder: str, beside: str, asked: Asked) -> list[Line]:
    """One line for each field, then the sentence that tells the matter, who speaks, and the whole form."""
    calls = dialogues(folder)
    if asked.quick:
        calls = spread(calls, 8)
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    voices: Counter[bool] = Counter()
    untouched = 0
    for call in calls:
        drawn = product.draw(call.path.read_bytes(), call.path.name, call.called_at)
        verdicts = {field: judge(field, call, value_of(field, call, drawn)) for field in FIELDS}
        verdicts["matter"] = _judge_matter(call, drawn)
        for field, verdict in verdicts.items():
            counts[field][verdict] += 1
            if verdict not in (RIGHT, EMPTY):
                asked.tell_written(
                    f"{call.path.name}\t{field}\t{verdict}\t{value_of(field, call, drawn)!r}\t{_gold(field, call)}"
                )
        untouched += all(verdicts[field] in (RIGHT, EMPTY) for field in ("place", "phone", "category"))
        voices.update(_voices(call, drawn))
    lines = [_line(NAMES[field] + beside, counts[field], asked, GOALS.get(field)) for field in FIELDS]
    return [
        *lines,
        _line(f"事由一句话含要点{beside}", counts["matter"], asked, None),
        Line(f"说话人{beside}", _share(voices[True], voices.total()), f"{voices.total()} 句"),
        Line(
            f"地点、电话、类别都不用改{beside}",
            _share(untouched, len(calls)),
            f"{len(calls)} 通",
            "",
            "> 50 %",
            asked.verdict(untouched * 2 > len(calls)),
        ),
    ]


def value_of(field: str, call: Dialogue, drawn: Drawn) -> Value | None:
    """What the draft says in a field; the number that called stands for "call me back on this one"."""
    if field == "matter":
        return drawn.value("matter")
    if field == "category":
        return next(iter(product.suggest(drawn.told)), None)
    if field == "urgent":
        return drawn.value("urgency") == "urgent"
    if field == "confidential":
        return bool(drawn.value("confidential"))
    if field == "phone":
        return drawn.value("phone") or (call.caller if drawn.value("same_number") else None)
    try:
        return drawn.value(field)
    except AttributeError:
        return ABSENT


def judge(field: str, call: Dialogue, value: Value | None) -> str:
    """How a value stands to the gold of its field."""
    if value == ABSENT:
        return ABSENT
    gold, also = call.gold[field], call.also[field]
    if value is None or value == "":
        return EMPTY if "" in (gold, *also) else MISSING
    if any(_same(field, each, value) for each in (gold, *also) if each != ""):
        return RIGHT
    return WRONG if gold != "" else INVENTED


def _same(field: str, gold: Value, value: Value) -> bool:
    if isinstance(gold, bool) or isinstance(value, bool):
        return gold is value
    if field == "phone":
        return _digits(gold) == _digits(value)
    if field == "since":
        return _moment(gold) == _moment(value)
    return plain(gold) == plain(value) or says(gold, value)


def _digits(number: str) -> str:
    digits = "".join(char for char in number if char.isdecimal())
    return digits.removeprefix("86") if number.startswith("+86") else digits


def _moment(written: str) -> str:
    """A time in city time to the minute; a day, month or year as it is."""
    if "T" not in written:
        return written
    moment = datetime.fromisoformat(written)
    moment = moment.replace(tzinfo=CITY) if moment.tzinfo is None else moment.astimezone(CITY)
    return moment.isoformat(timespec="minutes")


def _judge_matter(call: Dialogue, drawn: Drawn) -> str:
    """Right when the sentence has one of the words without which the matter is not told."""
    said = drawn.value("matter")
    if not call.matter_words:
        return EMPTY if not said else RIGHT  # nothing to tell, and nothing that would be wrong
    if not said:
        return MISSING
    return RIGHT if any(word in str(said) for word in call.matter_words) else WRONG


def _voices(call: Dialogue, drawn: Drawn) -> list[bool]:
    if not call.speakers:
        return []
    heard = "".join(speaker[0] for speaker in drawn.speakers)
    if len(heard) != len(call.speakers):
        return [False] * len(call.speakers)
    return [one == other for one, other in zip(heard, call.speakers, strict=True)]


def _gold(field: str, call: Dialogue) -> str:
    return "、".join(call.matter_words) if field == "matter" else repr(call.gold[field])


def _line(name: str, counts: Counter[str], asked: Asked, goal: float | None) -> Line:
    if counts[ABSENT]:
        return Line(name, "草稿没有这一项")
    good = counts[RIGHT] + counts[EMPTY]
    beside = "，".join(f"{what} {counts[what]}" for what in (RIGHT, EMPTY, WRONG, MISSING, INVENTED) if counts[what])
    wanted, met = ("", None) if goal is None else (f"≥ {goal:.0%}", asked.verdict(good >= goal * counts.total()))
    return Line(name, _share(good, counts.total()), beside, "", wanted, met)


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.1%}（{part}/{whole}）" if whole else "—"
