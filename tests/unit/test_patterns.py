"""No text of a citizen keeps the hotline busy: a pattern goes over it a fixed number of times, whatever it is."""

from __future__ import annotations

import re
import subprocess
import sys
from importlib import import_module
from re import _constants as kinds  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

import pytest

MODULES = (
    *(
        "people",
        "doors",
        "names",
        "known",
        "redaction",
        "folding",
        "hearing",
        "verdicts",
        "whereabouts",
        "clues",
        "common_words",
        "likeness",
        "marks",
        "portions",
        "in_common",
        "interviewing",
    ),
    *("habits", "areas", "blaming", "callers", "dictating", "drafting", "festivals", "kinds", "locating", "matter"),
    *(
        "moments",
        "parts",
        "place_words",
        "places",
        "sections",
        "place_answers",
        "place_writing",
        "smoothing",
        "speakers",
        "spoken",
        "tempers",
        "wishes",
    ),
    *("dispatch", "mentions", "reply_check"),
    *("aloud", "retelling", "cues", "reading_back"),
    "holiday_notice",
)
MOST = 64  # times that something may repeat and be given back …
TOGETHER = 400  # … and that what is inside of it may, both counted together


def patterns() -> list[tuple[str, re.Pattern[str]]]:
    found = []
    for name in MODULES:
        module = import_module(f"hotline.domain.{name}")
        found += [(f"{name}.{key}", each) for key, each in vars(module).items() if isinstance(each, re.Pattern)]
    return found


def faults(tree: Any, outer: int = 1) -> list[str]:
    """Repeats without a bound that give back, and bounds that multiply to more than `TOGETHER`."""
    found: list[str] = []
    for kind, value in tree:
        times = outer
        if kind in (kinds.MAX_REPEAT, kinds.MIN_REPEAT):
            most = value[1]
            times = outer * max(most, 1)
            if most is kinds.MAXREPEAT or most > MOST or times > TOGETHER:
                found.append(f"repeats {most} times, {outer} times over")
        found += [fault for inside in _parts(kind, value) for fault in faults(inside, min(times, TOGETHER))]
    return found


def _parts(kind: Any, value: Any) -> list[Any]:
    if kind is kinds.BRANCH:
        return list(value[1])
    if kind in (kinds.MAX_REPEAT, kinds.MIN_REPEAT, kinds.POSSESSIVE_REPEAT):
        return [value[2]]
    if kind is kinds.SUBPATTERN:
        return [value[-1]]
    if kind in (kinds.ASSERT, kinds.ASSERT_NOT):
        return [value[1]]
    return [value] if kind is kinds.ATOMIC_GROUP else []


@pytest.mark.parametrize(("name", "pattern"), patterns(), ids=[name for name, _ in patterns()])
def test_every_repeat_has_a_bound_or_never_gives_back(name: str, pattern: re.Pattern[str]) -> None:
    assert faults(parser.parse(pattern.pattern, pattern.flags)) == []


@pytest.mark.parametrize("bad", [r"\n[\s-]*(?:x[^\n]*\n)*y", r"(?:a{0,40}){0,40}b", r"a+b", r"(?=.*x)"])
def test_the_check_finds_what_it_is_for(bad: str) -> None:
    assert faults(parser.parse(bad))


#: What took seconds once, and what hypothesis makes of the pieces that patterns look for: 10,000 characters each.
LONG = """
from hypothesis import example, given, settings, strategies as st
from hotline.domain.hearing import understand
from hotline.domain.known import Known
from hotline.domain.places import place_keys, place_of
from hotline.domain.redaction import at_a_glance, for_everybody, for_unit, names_of_writer

PIECES = (["\\n", " ", "\\t"] + "- — @ . 1 a 零 号 楼 单元 -5 138 at 皖A A1 : ： ， · 敬礼 此致 张 三 我叫 我是".split()
          + "我住 联系人 姓名 先生 业主 家 微信 您好 尊敬的 地址 卡号".split())
KNOWN = Known(["张三", "买买提·艾力"], ["+8613812345678"])

@settings(deadline=None, max_examples=60, database=None, derandomize=True)
@given(st.lists(st.sampled_from(PIECES), min_size=1, max_size=4).map("".join), st.sampled_from(["", "灯"]))
@example("\\n ", "灯")
@example("敬礼\\n", "")
@example("\\n", "灯")
@example("1 ", "")
@example("我住1", "")
@example("a.", "")
def long(piece, end):
    text = end + (piece * 10_000)[:9_998] + end
    for look in (for_unit, at_a_glance, for_everybody, names_of_writer, understand, place_of):
        look(text)
    for_everybody(text, KNOWN)
    place_keys("", text)

long()
"""


def test_ten_thousand_characters_of_anything_are_read_to_the_end() -> None:
    """The time is a guard against hanging, not a measure: it takes a few seconds."""
    subprocess.run([sys.executable, "-c", LONG], check=True, timeout=600)
