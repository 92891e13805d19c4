"""Sample contexts of the list, its saved lists, its exports, and the steps taken for many."""

from __future__ import annotations

from typing import Any

from hotline.services import tabulating
from tests.unit.template_parts import NASTY, TICKETS, UNITS, hours

MORE = {
    "due_label": "处理",
    "handler": "冯市政",
    "category": "路灯",
    "area": NASTY,
    "channel_label": "电话",
    "round": 2,
    "received_at": hours(-30),
    "ended_at": None,
}
KEPT = [
    {"label": NASTY, "url": "/t", "count": "999+", "current": True, "by": None},
    {"label": "处里的", "url": "/t", "count": None, "current": False, "by": "冯市政"},
]
ROW = {
    "number": "20261013000001",
    "url": "/t/1",
    "matter": NASTY,
    "state": "accepted",
    "state_label": "待交办",
    "unit": "市城管服务中心",
    "value": "20261013000001~3",
    "goes": True,
    "checked": True,
    "why_not": "",
    "limit": "3个工作日",
    "due_at": hours(70),
}
TOLD = {"number": "20261013000001", "url": "/t/1", "matter": NASTY, "state": "assigned", "state_label": "待签收"}
VIEW = {
    "id": 7,
    "name": NASTY,
    "shared": True,
    "by": None,
    "url": "/t",
    "count": 12,
    "view": "全部",
    "words": "状态：待签收",
    "change_url": "/v/7",
    "remove_url": "/v/7/removal",
    "errors": {},
}
EXPORT = {
    "view": "全部",
    "words": NASTY,
    "list_url": "/t",
    "form": "Excel",
    "state": "running",
    "state_label": "正在导出",
    "waiting": True,
    "written": 12500,
    "size": None,
    "failure": "",
    "asked_at": hours(-1),
    "kept_until": None,
    "url": None,
}

LISTS: dict[str, dict[str, Any]] = {
    "staff/tickets.html": {
        "title": "待我办理",
        "ignored": ["到期：someday"],
        "views": [
            {"label": "待我办理", "url": "/t", "count": 14, "current": False, "around": True},
            {"label": "将到期", "url": "/t", "count": "999+", "current": False, "around": False},
            {"label": "全部", "url": "/t", "count": None, "current": False, "around": False},
        ],
        "kept": KEPT,
        "filters": [
            {"name": "q", "label": "编号、词语、电话后四位", "type": "search", "attrs": {"data-find": "list"}},
            {"name": "unit", "label": "单位（含下级）", "type": "select", "blank": "全部", "options": UNITS},
        ],
        "more": [
            {"name": "state", "label": "状态", "type": "checkboxes", "inline": True,
             "options": [{"value": "handling", "label": "处理中"}, {"value": "paused", "label": "挂账"}]},
            {"name": "since", "label": "收到日期，从", "type": "date"},
        ],
        "more_url": "/desk/tickets?view=mine&more=yes",
        "folded": [],
        "values": {"state": ["handling"], "q": NASTY},
        "hidden": {"view": "mine"},
        "chips": [{"label": "查找", "value": NASTY, "url": "/t"}],
        "clear_url": "/t",
        "found": "1000 件以上",
        "shown": 6,
        "count_url": "/count?view=all",
        "heads": [
            {"name": column.name, "label": column.label, "url": "/t?sort=due" if column.name == "due" else None,
             "sorted": "ascending" if column.name == "due" else None}
            for column in tabulating.COLUMNS
        ],
        "columns": [{"name": column.name, "label": column.label, "checked": column.usual}
                    for column in tabulating.COLUMNS if not column.fixed],
        "chosen": "number.matter",
        "tickets": [ticket | MORE for ticket in TICKETS],
        "query": "view=mine&q=%E8%B7%AF",
        "steps": [{"value": "signature", "label": "签收"}],
        "most": {"bulk": 200, "export": 1000},
        "next_url": "/t?after=6",
        "prev_url": "/t?before=1",
        "empty_text": "还没有待签收的工单。新工单会在这里出现，并发短信给值班人员。",
        "to": {"new": "/calls/new", "views": "/v", "counted": "/v?list=x", "columns": "/c", "export": "/e",
               "exports": "/e", "bulk": "/b"},
    },
    "staff/views.html": {
        "kept": KEPT,
        "own": [VIEW, VIEW | {"id": 8, "shared": False, "errors": {"name": "请填写名称，30字以内。"}}],
        "others": [VIEW | {"id": 9, "by": "冯市政"}],
        "new": {"name": NASTY, "shared": True, "query": "view=all", "errors": {"name": "请填写名称，30字以内。"}},
        "removed": {"name": NASTY, "query": "view=all", "shared": True},
        "save_url": "/v",
        "back_url": "/t",
        "longest": 30,
    },
    "staff/exports.html": {
        "exports": [
            EXPORT,
            EXPORT | {"state": "done", "state_label": "已完成", "waiting": False, "size": "1.2 MB", "url": "/e/x",
                      "kept_until": hours(160)},
            EXPORT | {"state": "failed", "state_label": "没有完成", "waiting": False, "failure": NASTY},
        ],
        "waiting": True,
        "kept_days": 7,
        "url": "/e",
        "back_url": "/t",
    },
    "staff/bulk.html": {
        "back": "/desk/dispatching?tab=waiting",
        "label": "交办",
        "fields": [
            {"name": "unit_id", "label": "主办单位", "type": "select", "required": True, "options": UNITS},
            {"name": "instruction", "label": "交办要求", "type": "textarea"},
        ],
        "typed": {"instruction": NASTY},
        "errors": {"unit_id": "请选择主办单位。"},
        "rows": [ROW, ROW | {"goes": False, "why_not": NASTY, "limit": "", "due_at": None}],
        "going": 1,
        "staying": 1,
        "limits": True,
        "tried": True,
        "cut": True,
        "most": 200,
        "url": "/b/assignment",
        "key": "2f9d2c1e-0000-4000-8000-000000000000",
        "query": "view=all",
        "back_url": "/t",
    },
    "staff/bulk_done.html": {
        "back": "/desk/dispatching?tab=waiting",
        "label": "交办",
        "done": [TOLD | {"done": True, "note": ""}, TOLD | {"url": None, "matter": "", "done": True, "note": ""}],
        "left": [TOLD | {"done": False, "note": NASTY}],
        "again": [("noun", "assignment"), ("instruction", NASTY)],
        "url": "/b",
        "sent_to": "/b/assignment",
        "query": "view=all",
        "back_url": "/t",
    },
}  # fmt: skip
