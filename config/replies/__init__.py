"""Reads by what answers are checked; a city's own file (`replies.toml`) replaces the project's entries one by one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from config.toml_file import read_toml
from hotline.domain.reply_check import Manners

DEFAULT = Path(__file__).parent / "default.toml"
_LISTS = ("brush_off", "not_ours", "took_on", "passed_on", "pending", "done", "grounds", "hollow", "courtesy")
_COUNTS = ("shortest", "thin")
_PHRASE = re.compile(r"[^\s…](?:[^\n]{0,38}[^\s…])?")


class RepliesError(ValueError):
    """The phrases cannot be used. `reasons` names every fault, in Chinese."""

    def __init__(self, reasons: list[str]) -> None:
        super().__init__("\n".join(reasons))
        self.reasons = tuple(reasons)


def load_manners(path: Path | None = None) -> Manners:
    """What is written in the city's file, and the project's for the rest. Raises RepliesError naming all faults,
    OSError."""
    manners = replace(Manners(), **_read(DEFAULT))
    return manners if path is None else replace(manners, **_read(path))


def _read(path: Path) -> dict[str, Any]:
    mapping = read_toml(path, RepliesError)
    if faults := list(_faults(mapping)):
        raise RepliesError([f"{path.name}：{fault}。" for fault in faults])
    return {name: tuple(value) if isinstance(value, list) else value for name, value in mapping.items()}


def _faults(mapping: dict[str, Any]) -> Iterator[str]:
    for name, value in mapping.items():
        if name in _LISTS:
            if not isinstance(value, list) or not all(isinstance(each, str) and _is_phrase(each) for each in value):
                yield f"{name} 应为一组词，每个 1 到 40 字，“…”只能在中间"
        elif name in _COUNTS:
            if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= 1000:
                yield f"{name} 应为 0 到 1000 的字数"
        elif name == "alike":
            if not isinstance(value, float | int) or isinstance(value, bool) or not 0.5 <= value <= 1:
                yield "alike 应为 0.5 到 1 的数"
        else:
            yield f"不认识“{name}”，可用的有 {'、'.join((*_LISTS, *_COUNTS, 'alike'))}"


def _is_phrase(text: str) -> bool:
    return _PHRASE.fullmatch(text) is not None and text.count("…") <= 1
