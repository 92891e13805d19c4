"""A full sample context for the pages of the departments: what is asked of them, and what a crew has in the street."""

from __future__ import annotations

from typing import Any

from hotline.web.mapping import MapSettings
from tests.unit.template_parts import AHEAD, LATE, LONG, NASTY, NOW, PHOTO, TODAY, hours, rate


def cell(count: int, **more: Any) -> dict[str, Any]:
    return {"count": count, "url": "/list", "over": False, "day": "今天 10月13日", **more}


CELLS = [cell(12), cell(2), cell(3), cell(1, over=True)]
DEVICE = {
    "whose": "0123456789abcdef",
    "zone": "Asia/Shanghai",
    "worker_url": "/w.js",
    "token_url": "/token",
    "list_url": "/field",
}
JOB = {
    "number": "20261013000001",
    "url": "/field/20261013000001",
    "matter": NASTY,
    "place": "香溪路与大桥路口",
    "latitude": 33.12,
    "longitude": 110.78,
    "state": "handling",
    "state_label": "处理中",
    "urgency": "urgent",
    "urgency_label": "紧急",
    "unit": "市政处东站",
    "handler": "孟东站",
    "due": TODAY,
    "due_label": "处理",
    "status": "soon",
}
LINE = {**JOB, "url": "/tickets/1"}
USE = {
    "number": "20261013000001",
    "url": "/tickets/1",
    "matter": NASTY,
    "unit": "市政处",
    "at": hours(-9),
    "verdict": "已同意",
    "reason": LONG,
}

OURS: dict[str, dict[str, Any]] = {
    "staff/ours.html": {
        "unit": "市政处",
        "month": "10月",
        "up_url": "/ours",
        "until": NOW,
        "month_url": "/reports/2026-10",
        "short": [{"label": "未处理", "count": 2, "url": "/items"}],
        "late": [{"label": "处理逾期完成", "count": 1, "url": "/late"}],
        "missing": [
            {
                "number": "20261013000001",
                "url": "/tickets/1",
                "matter": NASTY,
                "kind_label": "处理",
                "due": LATE,
                "why": "尚未处理",
                "who": "冯市政",
                "step": "提交办理结果",
                "step_url": "/tickets/1#step-submission",
            },
            {
                "number": "20261013000002",
                "url": None,
                "matter": "（不在您可查看的范围内）",
                "kind_label": "办结",
                "due": LATE,
                "why": "尚未办结",
                "who": "",
                "step": "",
                "step_url": None,
            },
        ],
        "orders": [
            {
                "number": "DB00000007",
                "level": "yellow",
                "level_label": "黄牌",
                "issued_at": hours(-5),
                "due": AHEAD,
                "unit": "市政处",
                "demand": NASTY,
                "ticket": "20261013000001",
                "matter": LONG,
                "url": "/t#step-explanation",
            },
        ],
        "week": {
            "days": ["已超期", "今天 10月13日"],
            "rows": [
                {"label": "签收", "cells": [cell(0), cell(4)]},
                {"label": "处理", "cells": [cell(1, over=True), cell(2)]},
            ],
        },
        "rates": [
            {"label": "处理率", "main": rate(98, 100), "on_time": rate(90, 100), "missing": 2, "missing_url": "/m"}
        ],
        "people": [{"name": "未指定承办人", "unit": "市政处", "cells": CELLS}],
        "stations": [
            {"name": "市政处东站", "url": "/ours?unit=2", "rates": [rate(1, 1), rate(0, 0), rate(1, 2)], "cells": CELLS}
        ],
        "used": [
            {
                "label": "延期",
                "asked": 3,
                "asked_url": "/u",
                "granted": 2,
                "granted_url": "/g",
                "waiting": 1,
                "rate_label": "延期率",
                "rate": rate(2, 90),
            },
            {
                "label": "挂账",
                "asked": 0,
                "asked_url": "/u",
                "granted": 0,
                "granted_url": "/g",
                "waiting": 0,
                "rate_label": None,
                "rate": None,
            },
        ],
        "unsigned": 4,
        "sign_url": "/ours/held",
    },
    "staff/ours_list.html": {
        "here": "/desk/ours/due",
        "title": "市政处：今天 10月13日应处理",
        "back_url": "/ours",
        "tickets": [LINE, {**LINE, "due": None, "due_label": None}],
        "bulk_url": "/bulk",
        "noun": "signature",
        "next_url": "/next",
        "prev_url": None,
    },
    "staff/ours_used.html": {
        "title": "市政处：本月退回",
        "back_url": "/ours",
        "lines": [USE, {**USE, "url": None, "matter": "（已不在您可查看的范围内）", "verdict": "", "reason": ""}],
        "next_url": None,
        "prev_url": "/previous",
    },
    "staff/field_nothing.html": {"list_url": "/field", "most": 20},
    "staff/field.html": {
        "views": [
            {"label": "我的", "url": "/field?of=mine", "count": 1, "current": True},
            {"label": "本单位", "url": "/field?of=unit", "count": 12, "current": False},
        ],
        "jobs": [JOB, {**JOB, "latitude": None, "longitude": None, "handler": None, "due": None, "due_label": None}],
        "points": [
            {"latitude": 33.12, "longitude": 110.78, "title": NASTY, "href": "/f", "note": "", "status": "soon"}
        ],
        "empty_text": "没有待签收、待办理的工单。",
        "next_url": "/next",
        "prev_url": None,
        "map_settings": MapSettings(),
        "ahead": [{"url": "/field/20261013000001", "version": "3"}],
        **DEVICE,
    },
    "staff/field_sheet.html": {
        "ticket": {
            "number": "20261013000001",
            "matter": NASTY,
            "place": "香溪路与大桥路口",
            "state": "handling",
            "state_label": "处理中",
            "level": "yellow",
            "level_label": "黄牌",
            "urgency": "urgent",
            "urgency_label": "紧急",
            "confidential": True,
            "closing": "恢复",
            "handler": "孟东站",
            "due": LATE,
            "due_label": "处理",
        },
        "said": [{"text": NASTY, "received_at": hours(-30), "additions": [{"text": LONG, "added_at": hours(-2)}]}],
        "photos": [{**PHOTO, "note": "诉求"}],
        "ways": [{"label": "导航", "url": "geo:33.12,110.78"}],
        "sign": {"url": "/f/signature", "hidden": {"version": 3, "key": "k1"}},
        "submit": {
            "url": "/f/submission",
            "hidden": {"version": 3, "key": "k2"},
            "outcome": {"label": "办理结果", "hint": "做了什么、何时完成、现场情况。", "attrs": {"maxlength": 4000}},
            "points": [{"value": "site", "label": "已到现场处理，现场已恢复"}],
            "typed": {"outcome": NASTY, "checked": ["site"], "kept_photos": [{"token": "t", "name": "办理前 前.jpg"}]},
            "most": 6,
            "phrases": [{"value": 1, "name": "已修复", "text": NASTY}],
        },
        "why_not": None,
        "errors": {"form": "工单已被他人处理。", "outcome": "请写明办理结果：做了什么、何时完成、现场情况。"},
        "changes": ["陈派单：内部备注，现为“处理中”"],
        "unsent": [{"label": "办理结果", "value": NASTY}],
        "full_url": "/tickets/1",
        "back_url": "/field",
        **DEVICE,
    },
}
