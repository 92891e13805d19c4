"""学习记录: what was learned from the city's decisions, night by night, how well it does, and whether it is in use."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import render_template

from hotline.models import LearnedModel, ModelKind
from hotline.services import learning
from hotline.web.door import work

KINDS = {ModelKind.CATEGORY: "类别建议", ModelKind.UNIT: "主办单位建议"}


def show() -> str:
    """GET /desk/learning."""
    with work() as unit:
        lines = _lines(learning.records(unit))
    return render_template("staff/learning.html", lines=lines, fewest=learning.FEWEST_TICKETS)


def _lines(records: Sequence[tuple[LearnedModel, bool]]) -> list[dict[str, Any]]:
    return [
        {
            "kind": KINDS[row.kind],
            "trained_at": row.trained_at,
            "tickets": row.tickets,
            "held_back": row.held_back,
            "shares": [_percent(each) for each in (row.top1, row.top3, row.before_top1, row.before_top3)],
            "in_use": in_use,
            "verdict": row.verdict,
        }
        for row, in_use in records
    ]


def _percent(share: float) -> str:
    return f"{share * 100:.1f}%"
