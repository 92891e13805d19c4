"""Sample contexts of the month on paper: the page that asks for it, and the circular to be printed."""

from __future__ import annotations

from datetime import date
from typing import Any

from hotline.services.month.papers.blocks import Circular, Table
from tests.unit.template_parts import LONG, NASTY, NOW, hours
from tests.unit.template_samples_month import FROZEN


def _paper(state: str, label: str, **more: Any) -> dict[str, Any]:
    told = {"form": "通报", "suffix": "Word", "number": NASTY, "version": 1, "state": state, "state_label": label}
    told |= {"waiting": state in ("queued", "running"), "stage": "明细", "written": 4000, "total": 12000}
    return told | {"size": None, "failure": "", "asked_at": NOW, "kept_until": None, "url": None} | more


A_TABLE = Table(
    "表1　2026年9月三率完成情况", ("指标", "完成率"), (("处理率", "98.20%"), (NASTY, LONG)), (1, 1), note=LONG
)

PAPERS: dict[str, dict[str, Any]] = {
    "reports/papers.html": {
        "month": "2026年9月",
        "scope": NASTY,
        "state": FROZEN,
        "begun": True,
        "unit": 3,
        "fields": [
            {"name": "agency", "label": "发文机关", "value": NASTY, "hint": LONG, "attrs": {"maxlength": 40}},
            {"name": "number", "label": "文号", "value": "", "hint": "例如", "attrs": {"maxlength": 40}},
        ],
        "errors": {"agency": LONG},
        "papers": [
            _paper("queued", "等待生成", total=None),
            _paper("running", "正在生成"),
            _paper("failed", "没有完成", failure=LONG, version=None),
            _paper("done", "已完成", size="1.2 MB", kept_until=hours(48), url="/p/x"),
            _paper("done", "已完成"),
        ],
        "waiting": True,
        "kept_days": 7,
        "url": "/p",
        "circular_url": "/c",
    },
    "reports/circular.html": {
        "letter": Circular(
            agency=NASTY,
            number="合城管〔2026〕12号",
            signer=NASTY,
            title=NASTY,
            to=NASTY,
            blocks=(),
            appendix=A_TABLE,
            dated=date(2026, 10, 3),
            cc=NASTY,
            foot=LONG,
        ),
        "blocks": [
            {"sort": "heading", "text": "一、总体情况", "level": 1},
            {"sort": "heading", "text": "（一）三率完成情况", "level": 2},
            {"sort": "paragraph", "text": LONG + NASTY},
            {"sort": "table", "table": A_TABLE},
            {
                "sort": "picture",
                "caption": "图1　各单位三率",
                "bars": [
                    {
                        "name": NASTY,
                        "rates": [
                            {"kind": "handle", "label": "处理率", "text": "98.20%", "width": "98.20"},
                            {"kind": "reply", "label": "回复率", "text": "—", "width": "0"},
                        ],
                    }
                ],
            },
        ],
        "back_url": "/p",
    },
}
