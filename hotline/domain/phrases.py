"""快捷用语: texts at hand with {fields} that are filled in from the ticket when one is taken.

A field is a word in braces; nothing of Python's format language is there, so that a text which somebody typed can
never look into an object. What has no value on a ticket leaves a gap to be filled in by hand: ……
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

FIELDS = ("编号", "事项", "地点", "承办单位", "办理结果", "到期时间")
GAP = "……"
LONGEST_NAME = 40
LONGEST = 1000
_FIELD = re.compile(r"\{([^{}]*)\}")


@dataclass(frozen=True, slots=True)
class Phrase:
    """A text by its name. `nouns` are the forms it is for; none: all of them."""

    name: str
    text: str
    nouns: tuple[str, ...] = ()


def faults(phrase: Phrase) -> dict[str, str]:
    """What is wrong with it by field, in sentences; unknown {fields} are named."""
    found = {}
    if not 1 <= len(phrase.name.strip()) <= LONGEST_NAME:
        found["name"] = f"请写一个名称，{LONGEST_NAME}字以内，例如：答复：已办结。"
    if not 1 <= len(phrase.text.strip()) <= LONGEST:
        found["text"] = f"请写下内容，{LONGEST}字以内。"
    elif wrong := _wrong_fields(phrase.text):
        known = "、".join(f"{{{name}}}" for name in FIELDS)
        found["text"] = f"不认识{'、'.join(wrong)}。花括号内可用的有{known}。"
    return found


def _wrong_fields(text: str) -> list[str]:
    unknown = [f"“{{{name}}}”" for name in dict.fromkeys(_FIELD.findall(text)) if name not in FIELDS]
    left = _FIELD.sub("", text)
    return [*unknown, *(f"不成对的“{brace}”" for brace in "{}" if brace in left)]


def fill(text: str, values: Mapping[str, str]) -> str:
    """The text with what is known of the ticket; a gap where nothing is."""
    return _FIELD.sub(lambda found: values.get(found[1], "").strip() or GAP, text)
