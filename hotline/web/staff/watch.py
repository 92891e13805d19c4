"""The supervisor's pages among themselves: one row of links over all of them."""

from __future__ import annotations

from typing import Any

from flask import request, url_for

from hotline.web.door import actor
from hotline.web.staff import rights

TABS = (
    ("督办台", "staff.supervision", ("staff.expected", "staff.held")),
    ("督办单", "staff.cards", ()),
    ("核查", "staff.checks", ("staff.check", "staff.decide_check")),
    ("书面说明", "staff.explanations", ("staff.explanation", "staff.decide_explanation")),
    ("申诉", "staff.appeals", ("staff.appeal", "staff.decide_appeal", "staff.decided_appeals")),
    ("领导批示", "staff.instructions", ("staff.instruction", "staff.enter_instruction", "staff.report_instruction")),
    ("抽查", "staff.samples", ("staff.sample", "staff.draw_samples", "staff.record_sample")),
    ("回访评价", "staff.verdicts", ()),
)


def tabs() -> list[dict[str, Any]]:
    """As macros and lists show views: those of this person, the present one marked. Nothing where there is but one."""
    shown = [
        {"label": label, "url": url_for(endpoint), "current": request.endpoint in (endpoint, *more), "count": None}
        for label, endpoint, more in TABS
        if rights.may(actor(), endpoint)
    ]
    return shown if len(shown) > 1 else []
