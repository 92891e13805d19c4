"""Reads what operators say on the telephone (话术); a city's own file replaces the calls of a kind as a whole."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from config.toml_file import read_toml
from hotline.domain.phone_script import FIELDS, KINDS, Line, PhoneScript
from hotline.domain.wordings import WordingError, Wordings

DEFAULT = Path(__file__).parent / "calls.toml"
MOST_TRIES = 20
_LINE = {"title", "say", "note"}


def load_phone_script(path: Path | None = None) -> PhoneScript:
    """The script in a TOML file (UTF-8), what it leaves out as in the project's own. Raises WordingError naming all
    faults, OSError."""
    own = read_toml(path, WordingError) if path is not None else {}
    if faults := list(_faults(own)):
        raise WordingError([f"{path and path.name}：{fault}" for fault in faults])
    read = read_toml(DEFAULT, WordingError) | own
    return PhoneScript(read["tries"], {kind: _lines(read[kind]) for kind in KINDS})


def _lines(rows: list[dict[str, str]]) -> tuple[Line, ...]:
    return tuple(Line(row["title"], row["say"], row.get("note", "")) for row in rows)


def _faults(own: dict[str, Any]) -> Iterator[str]:
    for name, value in own.items():
        if name == "tries":
            if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= MOST_TRIES:
                yield f"tries 应为 1 到 {MOST_TRIES} 的次数。"
        elif name not in KINDS:
            yield f"没有名为“{name}”的设置，可用的有 tries、{'、'.join(KINDS)}。"
        elif not isinstance(value, list) or not value or not all(isinstance(row, dict) for row in value):
            yield f"{name} 应写作一句或多句 [[{name}]]。"
        else:
            yield from (f"{name} 第{place}句：{fault}" for place, row in enumerate(value, 1) for fault in _row(row))


def _row(row: dict[str, Any]) -> Iterator[str]:
    yield from (f"没有名为“{name}”的设置，可用的有 title、say、note。" for name in sorted(row.keys() - _LINE))
    yield from (f"{name} 应为一段文字。" for name in ("title", "say") if not _is_text(row.get(name)))
    if not isinstance(row.get("note", ""), str):
        yield "note 应为一段文字。"
    if _is_text(row.get("say")):
        try:
            unknown = Wordings("", {"say": row["say"]}).fields("say") - FIELDS
        except WordingError as error:
            yield from error.reasons
        else:
            yield from (f"“{{{field}}}”没有内容可填。" for field in sorted(unknown))


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())
