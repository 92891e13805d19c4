"""Reads the deadline policy, the case standards and the retention from files; a city may give its own."""

from __future__ import annotations

import csv
from pathlib import Path

from config.toml_file import read_toml
from hotline.domain.limits import Limit, LimitError
from hotline.domain.policy import Policy, PolicyError
from hotline.domain.retention import BRIEFS, Retention, RetentionError, read_retention
from hotline.domain.standards import CaseStandard

HERE = Path(__file__).parent
STANDARD_COLUMNS = ("category_code", "number", "condition", "closing", "limit", "spelling", "example_unit")


def load_policy(path: Path | None = None) -> Policy:
    """The policy in a TOML file (UTF-8). Raises PolicyError naming all faults, OSError if the file cannot be read."""
    path = path or HERE / "default.toml"
    mapping = read_toml(path, PolicyError)
    return Policy.from_mapping(mapping)


def load_case_standards(path: Path | None = None) -> list[CaseStandard]:
    """The case standards in a CSV file (UTF-8, with header). Raises PolicyError naming all faulty lines, OSError."""
    path = path or HERE / "case_standards.csv"
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = csv.DictReader(file)
            missing = [column for column in STANDARD_COLUMNS if column not in (rows.fieldnames or ())]
            if missing:
                raise PolicyError([f"{path.name}：缺少列 {'、'.join(missing)}。"])
            return _standards(path.name, rows)
    except UnicodeDecodeError as error:
        raise PolicyError([f"{path.name}：不是 UTF-8 编码，请另存为 UTF-8（{error.reason}）。"]) from error


def _standards(name: str, rows: csv.DictReader[str]) -> list[CaseStandard]:
    standards: list[CaseStandard] = []
    faults: list[str] = []
    seen: set[tuple[str, int]] = set()
    for row in rows:
        try:
            standard = _standard(row)
            if (standard.category_code, standard.number) in seen:
                raise ValueError(f"{standard.category_code} 第 {standard.number} 条重复")
        except ValueError as error:
            faults.append(f"{name} 第 {rows.line_num} 行：{error}。")
        else:
            seen.add((standard.category_code, standard.number))
            standards.append(standard)
    if faults:
        raise PolicyError(faults)
    return standards


def _standard(row: dict[str, str]) -> CaseStandard:
    for column in ("category_code", "condition", "closing"):
        if not (row[column] or "").strip():
            raise ValueError(f"{column} 不能为空")
    if not (row["number"] or "").isascii() or not (row["number"] or "").isdigit():
        raise ValueError(f"number“{row['number']}”应为整数")
    try:
        limit = Limit.parse(row["limit"] or "")
    except LimitError as error:
        raise ValueError(f"limit：{error}") from error
    return CaseStandard(
        category_code=row["category_code"].strip(),
        number=int(row["number"]),
        condition=row["condition"].strip(),
        closing=row["closing"].strip(),
        limit=limit,
        spelling=(row["spelling"] or "").strip(),
        example_unit=(row["example_unit"] or "").strip(),
    )


def load_retention(path: Path | None = None) -> Retention:
    """How long people's data is kept, from a TOML file (UTF-8). Raises RetentionError naming all faults, OSError."""
    default = HERE / "retention.toml"
    path = path or default
    mapping = read_toml(path, RetentionError)
    if BRIEFS not in mapping:  # a city's file that is older than the briefs is as good as it was
        mapping = {**mapping, BRIEFS: read_toml(default, RetentionError)[BRIEFS]}
    try:
        return read_retention(mapping)
    except RetentionError as error:
        raise RetentionError([f"{path.name} {reason}" for reason in error.reasons]) from error
