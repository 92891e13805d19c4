"""Reads the rules of risks; a city's own file (`risks.toml`) replaces and adds to the project's, name by name."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from config.toml_file import read_toml
from hotline.domain.risks import Level, Rule

DEFAULT = Path(__file__).parent / "default.toml"
_KEYS = ("name", "level", "things", "troubles", "reach", "unless", "times", "callers", "sensitive")
_FARTHEST = 60  # characters: what is farther apart has nothing to do with each other


class RisksError(ValueError):
    """The rules cannot be used. `reasons` names every fault, in Chinese."""

    def __init__(self, reasons: list[str]) -> None:
        super().__init__("\n".join(reasons))
        self.reasons = tuple(reasons)


def load_risks(path: Path | None = None) -> tuple[Rule, ...]:
    """The rules in the order of the file. The city's take the place of all of the project's that have the same name;
    `omit` leaves out others.

    Raises RisksError naming all faults, OSError.
    """
    own, _ = _read(DEFAULT)
    if path is None:
        return own
    city, omitted = _read(path)
    names = {rule.name for rule in own}
    if unknown := [name for name in omitted if name not in names]:
        raise RisksError([f"{path.name}：omit 中的“{name}”不是自带的规则名称。" for name in unknown])
    replaced = {rule.name for rule in city} | set(omitted)
    return tuple(rule for rule in own if rule.name not in replaced) + city


def _read(path: Path) -> tuple[tuple[Rule, ...], list[str]]:
    mapping = read_toml(path, RisksError)
    faults = [f"不认识“{key}”，可用的有 risk、omit。" for key in mapping if key not in ("risk", "omit")]
    omitted = mapping.get("omit", [])
    if not _is_words(omitted, shortest=1):
        faults.append('omit 应为一组规则名称，例如 ["媒体关注"]。')
    rows = mapping.get("risk", [])
    if not isinstance(rows, list):
        faults.append("risk 应写作若干个 [[risk]]。")
        rows = []
    for place, row in enumerate(rows, 1):
        faults += [f"第{place}条：{fault}。" for fault in _faults(row)]
    if faults:
        raise RisksError([f"{path.name}：{fault}" for fault in faults])
    return tuple(_rule(row) for row in rows), omitted


def _rule(row: dict[str, Any]) -> Rule:
    values: dict[str, Any] = {
        **{name: tuple(word.casefold() for word in row.get(name, ())) for name in ("things", "troubles", "unless")},
        **{name: row[name] for name in ("reach", "times", "callers", "sensitive") if name in row},
    }
    return Rule(row["name"].strip(), Level(row["level"]), **values)


def _faults(row: object) -> Iterator[str]:
    if not isinstance(row, dict):
        yield "应为一个 [[risk]]"
        return
    for key in row:
        if key not in _KEYS:
            yield f"不认识“{key}”，可用的有 {'、'.join(_KEYS)}"
    if not isinstance(row.get("name"), str) or not row["name"].strip():
        yield "请写明 name，例如“媒体关注”"
    if row.get("level") not in list(Level):
        yield "level 应为 urgent（提升为紧急）或 attention（提示关注）"
    elif row["level"] == Level.URGENT and ("times" in row or "callers" in row):
        yield "times、callers 只提示关注，level 应为 attention（是否紧急由内容决定，次数和人数不缩短时限）"
    if sum(name in row for name in ("things", "times", "callers")) != 1:
        yield "things、times、callers 三项应写且只写一项"
    yield from _faults_of_words(row)
    yield from _faults_of_numbers(row)


def _faults_of_words(row: dict[str, Any]) -> Iterator[str]:
    alone = not row.get("troubles")
    if "things" in row and not (row["things"] and _is_words(row["things"], shortest=2 if alone else 1)):
        yield "things 应为一组词" + ("，没有 troubles 时每个词至少两个字" if alone else "")
    for name in ("troubles", "unless"):
        if name in row and "things" not in row:
            yield f"{name} 只能与 things 一起写"
        elif name in row and not _is_words(row[name], shortest=1):
            yield f'{name} 应为一组词，例如 ["甲", "乙"]'


def _faults_of_numbers(row: dict[str, Any]) -> Iterator[str]:
    if "reach" in row and not (_is_number(row["reach"], 1, _FARTHEST) and row.get("troubles")):
        yield f"reach 应为 1 到 {_FARTHEST} 的字数，与 troubles 一起写"
    for name in ("times", "callers"):
        if name in row and not _is_number(row[name], 2, 10_000):
            yield f"{name} 应为 2 以上的整数"
    if not isinstance(row.get("sensitive", False), bool):
        yield "sensitive 应为 true 或 false"
    elif "sensitive" in row and "things" not in row:
        yield "sensitive 只能与 things 一起写"


def _is_number(value: object, least: int, most: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and least <= value <= most


def _is_words(value: object, *, shortest: int) -> bool:
    return isinstance(value, list) and all(isinstance(word, str) and len(word.strip()) >= shortest for word in value)
