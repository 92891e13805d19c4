"""A separate small program that recounts a month from the exported CSV, by docs/rates.md and nothing else.

Shares no code with the product on purpose: what it finds must be what the report says.
"""

from __future__ import annotations

import csv
from collections import Counter
from datetime import datetime
from typing import TextIO


def recount(file: TextIO, begins: str, cut_off: str) -> dict[str, Counter[str]]:
    """The figures of each kind, of the whole and per unit name on the path, from rows as they were written."""
    m0, t = datetime.fromisoformat(begins), datetime.fromisoformat(cut_off)
    found: dict[str, Counter[str]] = {}
    for row in csv.DictReader(file):
        names = ["", *row["unit_path"].split("/")]
        for name in names:
            counts = found.setdefault(f"{row['kind']} {name}".strip(), Counter())
            counts.update(_figures(row, m0, t))
            if row["direct"] == "false":
                counts.update({f"without_direct {figure}": number for figure, number in _figures(row, m0, t).items()})
    return found


def _figures(row: dict[str, str], m0: datetime, t: datetime) -> dict[str, int]:
    due, original = datetime.fromisoformat(row["due_at"]), datetime.fromisoformat(row["original_due_at"])
    met = datetime.fromisoformat(row["met_at"]) if row["met_at"] else None
    figures = {"exempt": int(row["state"] == "exempt"), "void": int(row["state"] == "void")}
    if row["state"] == "owed":
        assert m0 < due <= t or (due <= m0 and (met is None or met > m0)), row
        figures["owed"] = 1
        figures["kept"] = int(met is not None and met <= t)
        figures["on_time"] = int(met is not None and met <= due)
        figures["on_original"] = int(met is not None and met <= original)
        figures["extended"] = int(row["extensions"] != "0")
    if row["state"] in ("owed", "extended"):
        by_original = m0 < original <= t or (original <= m0 and (met is None or met > m0))
        figures["original owed"] = int(by_original)
        figures["original on_time"] = int(by_original and met is not None and met <= original)
    return figures
