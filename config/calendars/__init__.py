"""Calendar files: the one of the project for China, and those that a city writes itself.

A file is TOML or JSON in the shape of `hotline.domain.calendar_facts`, and may name a folder with one file a year
(`years = "china"`). A year's file holds `status` (confirmed | provisional), `holidays` and `makeup_days`.
"""

from __future__ import annotations

import json
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from hotline.domain.calendar import Calendar, CalendarError
from hotline.domain.reading import Reading

CHINA = Path(__file__).with_name("china.toml")
_BLANK: dict[str, Any] = {"holidays": "节假日", "makeup_days": []}  # what stands for a date without more


@cache
def load_china() -> Calendar:
    """The project's calendar for China."""
    return load_calendar(CHINA)


def load_calendar(path: Path | str) -> Calendar:
    """The calendar of a file. Raises CalendarError, also when the file cannot be read."""
    return Calendar.from_mapping(read_mapping(path))


def read_mapping(path: Path | str) -> dict[str, Any]:
    """A calendar file with its years put together, as plain JSON values, so that it can be stored as it is."""
    path = Path(path)
    mapping = _parse(path)
    folder = mapping.pop("years", None)
    if isinstance(folder, str):
        _add_years(mapping, path.parent / folder)
    elif folder is not None:
        raise CalendarError([f"{path}：years 应为存放年度文件的目录名。"])
    return mapping


def _add_years(mapping: dict[str, Any], folder: Path) -> None:
    """Add the dates of every year's file to those of the calendar itself."""
    files = sorted(folder.glob("*.toml"))
    faults = [] if files else [f"{folder}：没有年度文件。"]
    top = Reading(mapping, faults=faults)
    for key in _BLANK:
        mapping[key] = _by_date(top, key)
    mapping.setdefault("provisional_years", [])
    for file in files:
        year = Reading(_parse(file), file.name, faults)
        status = year.text("status")
        if status not in ("confirmed", "provisional"):
            year.fault("status", "应为 confirmed 或 provisional")
        if not file.stem.isdecimal():
            faults.append(f"{file.name}：文件名应为年份，如 2026.toml。")
        elif status == "provisional":
            mapping["provisional_years"].append(int(file.stem))
        for key in _BLANK:
            mapping[key].update(_by_date(year, key))
        year.close()
    if faults:
        raise CalendarError(faults)


def _by_date(table: Reading, key: str) -> dict[str, Any]:
    """Dates as a table, also where they were written as a list."""
    value = table.get(key) if key in table else {}
    if isinstance(value, dict):
        return value
    if isinstance(value, list):
        return {str(day): _BLANK[key] for day in value}
    table.fault(key, "应为若干日期")
    return {}


def _parse(path: Path) -> dict[str, Any]:
    try:
        text = path.read_bytes().decode("utf-8-sig")
        value = json.loads(text) if text.lstrip().startswith("{") else tomllib.loads(text)
    except OSError as error:
        raise CalendarError([f"读不到日历文件 {path}（{error.strerror}）。"]) from None
    except (ValueError, RecursionError) as error:
        raise CalendarError([f"日历文件 {path} 不是有效的 TOML 或 JSON（{error}）。"]) from None
    plain: dict[str, Any] = json.loads(json.dumps(value, default=str))  # TOML has dates of its own
    return plain
