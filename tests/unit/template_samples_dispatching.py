"""A full sample context for the pages of dispatching and of calls to citizens, with the awkward cases in it."""

from __future__ import annotations

from typing import Any

from tests.unit.template_parts import AHEAD, LATE, LONG, NASTY, hours

CHOICES = [
    {
        "value": f"{place}:4,5:3个工作日",
        "name": LONG[:30],
        "preview": "交市路灯管理处主办，园林局协办，3个工作日，10月14日18时前",
        "load": "在办12件，超期2件，本周退回1件",
        "burdened": place == 1,
        "why": NASTY,
        "reasons": [NASTY, LONG],
    }
    for place in (1, 2, 3)
]
HOPS = [
    {"unit": "市政工程处", "at": hours(-50), "how": "退回", "reason": NASTY, "designated": False},
    {"unit": "园林局", "at": hours(-20), "how": "收回", "reason": "", "designated": True},
]
ASKED = [
    {"noun": "extension/decision", "label": "延期", "by": "市政工程处 冯市政", "at": hours(-3), "reason": NASTY,
     "until": None, "typed": NASTY},
    {"noun": "pause/decision", "label": "挂账", "by": "园林局", "at": hours(-3), "reason": LONG, "until": hours(900),
     "typed": None},
]  # fmt: skip


def row(number: str, **more: Any) -> dict[str, Any]:
    """One ticket of the queue."""
    return {
        "number": number,
        "url": "/t",
        "pane_url": "/p",
        "matter": NASTY,
        "place": LONG,
        "state": "accepted",
        "state_label": "待交办",
        "urgent": True,
        "confidential": True,
        "heat": 3,
        "risks": [{"name": "生命危险", "level": "urgent"}],
        "due": LATE,
        "unit": None,
        "returns": 1,
        "hops": HOPS,
        "asked": [],
        "choices": CHOICES,
        "version": 3,
        "tab": "returned",
        "assign_url": "/a",
        "decide_url": "/d",
    } | more


DISPATCHING: dict[str, dict[str, Any]] = {
    "staff/dispatching.html": {
        "here": "/desk/dispatching?tab=returned",
        "tab": "returned",
        "tabs": [
            {"label": "待交办", "count": 12, "url": "/q", "current": False},
            {"label": "退回", "count": "1000+", "url": "/q?tab=returned", "current": True},
        ],
        "rows": [
            row("20261013000017"),
            row("20261013000018", choices=[], hops=[], due=None, returns=0),
            row("20261013000019", asked=ASKED, due=AHEAD, unit="市政工程处"),
        ],
        "empty": "没有",
        "kept": [{"label": "意见", "value": NASTY}],
        "undo": {"number": "20261013000016", "url": "/u", "version": 4, "told": NASTY},
        "bulk_url": "/bulk",
        "next_url": "/q?after=1",
        "prev_url": None,
    },
    "staff/call.html": {
        "title": "电话回访",
        "which": "surveys",
        "number": "20261013000017",
        "matter": NASTY,
        "ticket_url": "/t",
        "waits": True,
        "gone": "已经联系上",
        "other": "李受理",
        "before": "已打1次，上次无人接听",
        "again_at": hours(3),
        "caller": "张**",
        "contact": None,
        "reason": "回访",
        "lines": [{"title": "开场", "say": NASTY, "note": LONG}, {"title": "结束", "say": "再见。", "note": ""}],
        "fields": [
            {"name": "solved", "label": "问题是否解决", "type": "radio", "required": True,
             "options": [{"value": "true", "label": "已解决"}, {"value": "false", "label": "未解决"}]},
            {"name": "comment", "label": "诉求人意见", "type": "textarea"},
        ],
        "values": {"comment": NASTY, "again_at": "2026-10-14T10:00"},
        "result_errors": {"solved": "请选择问题是否解决。"},
        "missed": [{"value": "no_answer", "label": "无人接听"}, {"value": "void", "label": "空号"}],
        "version": 3,
        "number_url": "/n",
        "result_url": "/r",
        "next_url": "/next",
        "back_url": "/calls",
    },
}  # fmt: skip
