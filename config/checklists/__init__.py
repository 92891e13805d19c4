"""Reads the questions before a result is submitted; a city's own file (`checklist.toml`) takes the place of these."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from config.toml_file import read_toml
from hotline.domain.checklist import Checklist, Point

DEFAULT = Path(__file__).parent / "default.toml"
MOST, LONGEST = 12, 60  # questions; characters of one
_CODE = re.compile(r"[a-z][a-z0-9_]{0,39}")
_PHOTOS = ("before", "after")


class ChecklistError(ValueError):
    """The questions cannot be used. `reasons` names every fault, in Chinese."""

    def __init__(self, reasons: list[str]) -> None:
        super().__init__("\n".join(reasons))
        self.reasons = tuple(reasons)


def load_checklist(path: Path | None = None) -> Checklist:
    """What is asked: the city's own file as a whole, or the project's. Raises ChecklistError naming all faults,
    OSError."""
    path = path or DEFAULT
    mapping = read_toml(path, ChecklistError)
    if faults := list(_faults(mapping)):
        raise ChecklistError([f"{path.name}：{fault}。" for fault in faults])
    return Checklist(tuple(_point(each) for each in mapping.get("point", [])))


def _point(each: dict[str, Any]) -> Point:
    return Point(each["code"], each["text"], tuple(each.get("groups", ())), each.get("photo"))


def _faults(mapping: dict[str, Any]) -> Iterator[str]:
    if unknown := set(mapping) - {"point"}:
        yield f"不认识“{'、'.join(sorted(unknown))}”，每一条写作 [[point]]"
    points = mapping.get("point", [])
    if not isinstance(points, list) or not all(isinstance(each, dict) for each in points):
        yield "每一条写作 [[point]]"
        return
    if len(points) > MOST:
        yield f"最多{MOST}条，现有{len(points)}条"
    codes = [each.get("code") for each in points]
    for place, each in enumerate(points, 1):
        yield from (f"第{place}条：{fault}" for fault in _faults_of(each))
        if codes.count(each.get("code")) > 1:
            yield f"第{place}条：code 与别的重复"


def _faults_of(each: dict[str, Any]) -> Iterator[str]:
    if unknown := set(each) - {"code", "text", "groups", "photo"}:
        yield f"不认识“{'、'.join(sorted(unknown))}”，可用的有 code、text、groups、photo"
    if not isinstance(each.get("code"), str) or not _CODE.fullmatch(each["code"]):
        yield "code 应为小写字母、数字和下划线"
    text = each.get("text")
    if not isinstance(text, str) or not 0 < len(text.strip()) <= LONGEST:
        yield f"text 应为 1 到 {LONGEST} 字"
    groups = each.get("groups", [])
    if not isinstance(groups, list) or not all(isinstance(name, str) for name in groups):
        yield "groups 应为一组大类名称"
    if "photo" in each and each["photo"] not in _PHOTOS:
        yield f"photo 应为 {' 或 '.join(_PHOTOS)}"
